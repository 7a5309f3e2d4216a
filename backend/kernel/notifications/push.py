"""Web Push (VAPID): a kind and a code, no names; the words are the phone's own."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import UUID

import orjson
import requests
import structlog
from pywebpush import WebPushException, webpush

from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import DbRole, Scope, after_commit, open_scope
from backend.kernel.notifications.browsers import is_outside
from backend.kernel.notifications.models import PushSubscription
from backend.settings import settings

log = structlog.get_logger()

#: Push services answer these when a browser has gone for good.
GONE = {404, 410}
TIMEOUT_SECONDS = 10


async def push(actor: Actor, account_id: str, kind: str, code: str, matter: str) -> None:
    """Job: push to every browser of the account, once the job's own transaction is over and its connection free."""
    payload = orjson.dumps({"kind": kind, "code": code, "matter": matter}).decode()
    after_commit(partial(_deliver, account_id, payload))


async def _deliver(account_id: str, payload: str) -> None:
    """Send; forget browsers that have gone."""
    async with open_scope(Scope(DbRole.RELAY)):
        browsers = await PushSubscription.filter(account_id=UUID(account_id))
    if not browsers:
        return
    answers = await asyncio.gather(*(asyncio.to_thread(_send, browser, payload) for browser in browsers))
    gone = [browser.id for browser, status in zip(browsers, answers, strict=True) if status in GONE]
    if gone:
        async with open_scope(Scope(DbRole.RELAY)):
            await PushSubscription.filter(id__in=gone).delete()


def _send(browser: PushSubscription, payload: str) -> int:
    """HTTP status of the push service; 0 when it could not be reached, or is a machine of our own network."""
    try:
        if not is_outside(browser.endpoint):
            log.warning("push.inside")
            return 0
        with _no_redirects() as session:
            return _post(session, browser, payload)
    except WebPushException as problem:
        return int(problem.response.status_code) if problem.response is not None else 0
    except OSError as problem:
        log.warning("push.unreachable", problem=type(problem).__name__)
        return 0


def _no_redirects() -> requests.Session:
    """A push service answers itself; where else it would send us is not looked at."""
    session = requests.Session()
    session.max_redirects = 0
    return session


def _post(session: requests.Session, browser: PushSubscription, payload: str) -> int:
    answer = webpush(
        {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}},
        payload,
        vapid_private_key=settings().secret("vapid_private_key"),
        vapid_claims={"sub": settings().push_contact},
        ttl=24 * 3600,
        timeout=TIMEOUT_SECONDS,
        requests_session=session,
    )
    return int(answer.status_code)
