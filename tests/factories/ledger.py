"""What stands in the database, as one digest: to show that a refused command left no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from backend.kernel.db.connection import credentials

#: Jobs' and clocks' own affairs go on without any command.
STANDING = {"division", "tortoise_migrations"}


@asynccontextmanager
async def open_ledger(admin_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees every row."""
    connection = await asyncpg.connect(**credentials(admin_dsn))
    try:
        yield connection
    finally:
        await connection.close()


async def digest(ledger: asyncpg.Connection) -> dict[str, str]:
    """Table → number and hash of its rows, for every table an application writes."""
    tables = await ledger.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    parts = " union all ".join(
        f"select '{name}' as name, count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) as hash from {name} t"
        for name in sorted(row["relname"] for row in tables)
        if name not in STANDING
    )
    return {row["name"]: row["hash"] for row in await ledger.fetch(parts)}
