"""Rate limits and lockout, counted in Valkey by account and by address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from redis.asyncio import Redis

from backend.kernel.errors import Refusal


@dataclass(frozen=True)
class Limit:
    """At most `count` in `seconds`."""

    name: str
    count: int
    seconds: int


SEND_PAUSE = Limit("send-pause", 1, 60)
SEND_BY_PHONE = Limit("send-phone", 6, 3600)
SEND_BY_ADDRESS = Limit("send-address", 60, 3600)
WRONG_BY_PHONE = Limit("wrong-phone", 10, 900)
WRONG_BY_ADDRESS = Limit("wrong-address", 50, 3600)
PASSKEY_BY_ADDRESS = Limit("passkey-address", 60, 600)
INTAKE_BY_ADDRESS = Limit("intake-address", 600, 60)
LINKS_BY_ADDRESS = Limit("links-address", 60, 60)
WALL_BY_ADDRESS = Limit("wall-address", 600, 60)
COMMANDS_BY_ACCOUNT = Limit("commands", 240, 60)


def _key(limit: Limit, who: str) -> str:
    # The telephone number or address itself never becomes a key.
    return f"limit:{limit.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


async def _refuse(valkey: Redis, limit: Limit, key: str) -> None:
    wait = max(1, await valkey.ttl(key))
    raise Refusal("RATE_LIMITED", retry_after=wait)


async def check(valkey: Redis, limit: Limit, who: str) -> None:
    """Raises `RATE_LIMITED` when the limit is used up; counts nothing."""
    key = _key(limit, who)
    if int(await valkey.get(key) or 0) >= limit.count:
        await _refuse(valkey, limit, key)


async def count(valkey: Redis, limit: Limit, who: str) -> None:
    """Count one, then raise `RATE_LIMITED` when that was one too many."""
    key = _key(limit, who)
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.set(key, 0, ex=limit.seconds, nx=True)
        pipe.incr(key)
        _, used = await pipe.execute()
    if used > limit.count:
        await _refuse(valkey, limit, key)


async def clear(valkey: Redis, limit: Limit, who: str) -> None:
    """Forget what was counted, after a success."""
    await valkey.delete(_key(limit, who))
