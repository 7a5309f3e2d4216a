"""Whether a database already has every migration of this version, read from the database itself.

`shanzhi migrate` would find the same, but has to load the whole product first.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg

BACKEND = Path(__file__).resolve().parent.parent


def nothing_new(dsn: str) -> bool:
    """False also when that cannot be told."""
    try:
        return _shipped() <= asyncio.run(_applied(dsn))
    except (asyncpg.PostgresError, OSError):
        return False


def _shipped() -> set[tuple[str, str]]:
    """(application, migration) of the kernel and of every application folder."""
    kernel = {("kernel", path.stem) for path in BACKEND.glob("kernel/db/migrations/[0-9]*.py")}
    return kernel | {(path.parts[-3], path.stem) for path in BACKEND.glob("apps/*/migrations/[0-9]*.py")}


async def _applied(dsn: str) -> set[tuple[str, str]]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select app, name from tortoise_migrations")
    finally:
        await connection.close()
    return {(row["app"], row["name"]) for row in rows}
