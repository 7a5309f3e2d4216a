"""The first passkey of an officer: a text message alone must not make one, it would open his office."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from redis.asyncio import Redis

from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal
from backend.kernel.identity import passkeys, service

LIVES_SECONDS = 24 * 3600


def _key(account_id: UUID) -> str:
    return f"enrolment:{account_id}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(valkey: Redis, account_id: UUID) -> str:
    """A token for one passkey of the account, good for a day; an older one stops working."""
    token = secrets.token_urlsafe(24)
    await valkey.set(_key(account_id), _digest(token), ex=LIVES_SECONDS)
    return token


async def require(valkey: Redis, actor: Actor, token: str) -> None:
    """Whether the actor's account may register a passkey now.

    Raises:
        Refusal: for an officer without a recent step-up or the right token `STEP_UP_REQUIRED`, or
            `ENROLMENT_REQUIRED` when he has no passkey to step up with.
    """
    assert actor.account_id is not None
    if not actor.needs_step_up or not await service.is_officer(actor.account_id):
        return
    known = await valkey.get(_key(actor.account_id))
    if known is not None and hmac.compare_digest(known, _digest(token)):
        return
    if await passkeys.of_account(actor.account_id):
        raise Refusal("STEP_UP_REQUIRED")
    raise Refusal("ENROLMENT_REQUIRED", "token")


async def use_up(valkey: Redis, account_id: UUID) -> None:
    """The token has served."""
    await valkey.delete(_key(account_id))
