"""The one source of "now".

In development the clock can be moved forward for everybody (web and worker) so that escalation can be seen
without waiting: the offset lives in Valkey and is read at the start of every request, job and sweep. In
production `synchronise` does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from backend.settings import settings

#: Legal days are days in China Standard Time.
LOCAL = ZoneInfo("Asia/Shanghai")

_KEY = "dev:clock-offset-seconds"
_offset = timedelta()


def now() -> datetime:
    """The current instant, UTC and aware."""
    return datetime.now(UTC) + _offset


def parse_day(text: str) -> date:
    """An ISO day. Raises ValueError."""
    return date.fromisoformat(text)


def offset() -> timedelta:
    """How far this development installation's clock was moved."""
    return _offset


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Another now for this process: for the demonstration seed, which writes a past, and for tests."""
    global _offset
    before = _offset
    _offset = by
    try:
        yield
    finally:
        _offset = before


async def synchronise(valkey: Redis) -> None:
    """Take over the development offset, if this is a development installation."""
    global _offset
    if settings().is_development:
        _offset = timedelta(seconds=float(await valkey.get(_KEY) or 0))


async def move(valkey: Redis, by: timedelta) -> datetime:
    """Move everybody's clock by `by` and return the new now. Refused outside development."""
    if not settings().is_development:
        raise RuntimeError("the clock moves in development only")
    await valkey.incrbyfloat(_KEY, by.total_seconds())
    await synchronise(valkey)
    return now()
