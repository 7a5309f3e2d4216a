"""What is done is kept for a month, for looking into mistakes, and then forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.kernel.db.connection import execute
from backend.kernel.db.scope import DbRole, Scope, open_scope

KEPT_FOR = timedelta(days=30)


async def sweep_done(now: datetime) -> None:
    """Remove jobs done and commands repeated no more."""
    async with open_scope(Scope(DbRole.RELAY)):
        await execute("delete from job where state = 'DONE' and finished_at < $1", now - KEPT_FOR)
        await execute("delete from idempotency_record where created_at < $1", now - KEPT_FOR)
