"""Tell people something: inbox row now, live event after commit, Web Push by job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from redis.exceptions import RedisError

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import as_json, execute
from backend.kernel.db.models import TenantModel, new_id
from backend.kernel.db.scope import after_commit
from backend.kernel.errors import Refusal
from backend.kernel.jobs.queue import valkey
from backend.kernel.jobs.service import enqueue
from backend.kernel.notifications.browsers import check_endpoint, check_keys
from backend.kernel.notifications.models import Notification, PushSubscription

PUSH_JOB = "kernel.push"
#: Of one account.
MOST_BROWSERS = 10


def inbox_channel(account_id: UUID | str) -> str:
    """Valkey channel with the notifications of one account."""
    return f"inbox:{account_id}"


def matter_channel(matter_id: UUID | str) -> str:
    """Valkey channel that hears of every committed change of one matter."""
    return f"matter:{matter_id}"


async def notify(
    accounts: Iterable[UUID], kind: str, matter: TenantModel, *, code: str = "", **data: Any
) -> None:
    """Tell each account once.

    Args:
        kind: `application.subject.what`; the client words it.
        data: never personal data: it travels to push services (only kind and code do) and stays in the inbox.
    """
    app = kind.split(".", 1)[0]
    for account_id in dict.fromkeys(accounts):
        row_id = new_id()
        # No RETURNING: the row belongs to somebody else, and the writer may not read it.
        await execute(
            """insert into notification (id, county, path, account_id, matter_id, matter_code, app, kind, data,
                                         created_at)
               values ($1, $2, $3::text::ltree, $4, $5, $6, $7, $8, $9::jsonb, $10)""",
            row_id, matter.county, matter.path, account_id, matter.id, code, app, kind, as_json(data), clock.now(),
        )  # fmt: skip
        await enqueue(
            PUSH_JOB, matter, account_id=str(account_id), kind=kind, code=code, matter=str(matter.id)
        )
        after_commit(_Publish(inbox_channel(account_id), {"id": str(row_id)}))


def announce(matter_id: UUID) -> None:
    """Let open pages of the matter know, after commit, that it changed."""
    after_commit(_Publish(matter_channel(matter_id), {"id": str(matter_id)}))


class _Publish:
    """A message for after the commit. When Valkey is away the inbox row is still there to be read."""

    def __init__(self, channel: str, message: dict[str, str]) -> None:
        self.channel = channel
        self.message = message

    async def __call__(self) -> None:
        try:
            await valkey().publish(self.channel, orjson.dumps(self.message))
        except (RedisError, OSError):
            return


async def mark_read(actor: Actor, ids: list[UUID]) -> None:
    """Mark the actor's own notifications read; repeating changes nothing."""
    await Notification.filter(account_id=actor.account_id, id__in=ids, read_at=None).update(read_at=clock.now())


async def subscribe(actor: Actor, endpoint: str, p256dh: str, auth: str) -> None:
    """Let this browser receive pushes.

    Raises:
        Refusal: `INVALID` for an endpoint that is not https, or keys that are none; `TOO_MANY` browsers.
    """
    check_endpoint(endpoint)
    check_keys(p256dh, auth)
    assert actor.account_id is not None
    await PushSubscription.filter(account_id=actor.account_id, endpoint=endpoint).delete()
    if await PushSubscription.filter(account_id=actor.account_id).count() >= MOST_BROWSERS:
        raise Refusal("TOO_MANY", "endpoint", most=MOST_BROWSERS)
    await PushSubscription.create(
        account_id=actor.account_id, endpoint=endpoint, p256dh=p256dh, auth=auth, created_at=clock.now()
    )


async def unsubscribe(actor: Actor, endpoint: str) -> None:
    """Stop pushes to this browser."""
    await PushSubscription.filter(account_id=actor.account_id, endpoint=endpoint).delete()
