"""The hash chain finds one changed byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from backend.kernel.audit.verification import verify, verify_all
from backend.kernel.db.connection import credentials
from backend.kernel.db.migrate import as_auditor
from backend.kernel.demonstration import COUNTY
from tests.factories.city import City
from tests.factories.disputes import reported


@asynccontextmanager
async def tampered(admin_dsn: str, statement: str, *values: Any) -> AsyncIterator[asyncpg.Connection]:
    """The database as a superuser left it who switched the triggers off; undone afterwards."""
    connection = await asyncpg.connect(**credentials(admin_dsn))
    try:
        await connection.execute("begin; set session_replication_role = replica; set row_security = off")
        await connection.execute(statement, *values)
        yield connection
    finally:
        await connection.execute("rollback")
        await connection.close()


async def last_event(admin_dsn: str) -> dict[str, Any]:
    async with as_auditor(admin_dsn) as auditor:
        return dict(await auditor.fetchrow("select * from event where county = $1 order by seq desc limit 1", COUNTY))


async def test_an_untouched_chain_is_whole(city: City, database: Any) -> None:
    await reported(city)
    async with as_auditor(database.admin_dsn) as auditor:
        chains = [chain async for chain in verify_all(auditor)]
    assert COUNTY in {county for county, _, _ in chains}
    assert all(problems == [] for _, _, problems in chains)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update event set actor_name = actor_name || ' ' where id = $1", "CONTENT"),
        ("update event set occurred_at = occurred_at + interval '1 microsecond' where id = $1", "CONTENT"),
        ("update event set data = jsonb_set(data, '{channel}', '\"code\"') where id = $1", "DATA"),
        ("update event set hash = 'f' || substr(hash, 2) || '0' where id = $1", "CONTENT"),
        ("delete from event where id = $1", "HEAD"),
    ],
)
async def test_one_changed_byte_is_found(city: City, database: Any, statement: str, problem: str) -> None:
    await reported(city)
    event = await last_event(database.admin_dsn)
    async with tampered(database.admin_dsn, statement, event["id"]) as connection:
        problems = await verify(connection, COUNTY)
    assert problem in {found["problem"] for found in problems}
    assert problems[0]["seq"] >= event["seq"]


async def test_erased_data_leaves_the_chain_whole(city: City, database: Any) -> None:
    await reported(city)
    event = await last_event(database.admin_dsn)
    async with tampered(database.admin_dsn, "update event set data = null where id = $1", event["id"]) as connection:
        assert await verify(connection, COUNTY) == []
