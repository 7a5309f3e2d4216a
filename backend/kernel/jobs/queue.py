"""The connection to Valkey and the wish to have the outbox looked at."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.settings import settings

#: arq's queue of this product.
QUEUE = "shanzhi:jobs"

#: A token here wakes the relay; it holds at most one.
WAKE = "shanzhi:relay:wake"

_valkey: Redis | None = None


def valkey() -> Redis:
    """This process's client; connects with the first command."""
    global _valkey
    if _valkey is None:
        _valkey = Redis.from_url(settings().valkey_url, decode_responses=True)
    return _valkey


async def close_valkey() -> None:
    """Close the client at the end of the process (or of the event loop it belongs to)."""
    global _valkey
    if _valkey is not None:
        await _valkey.aclose()
        _valkey = None


async def wake_relay() -> None:
    """Ask the relay to look now. Losing the call costs a second, never a job: the relay also looks by itself."""
    try:
        async with valkey().pipeline(transaction=True) as pipe:
            pipe.lpush(WAKE, "1")
            pipe.ltrim(WAKE, 0, 0)
            await pipe.execute()
    except (RedisError, OSError):
        return
