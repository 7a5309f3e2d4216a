"""The demonstration city, loaded into a database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from backend.installed import INSTALLED
from backend.seed import seed_demo
from backend.settings import settings
from tests.conftest import prepare_database
from tests.factories.ledger import open_ledger
from tests.servers import Servers, take_database


@pytest.fixture
def another(servers: Servers, database: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    """A database that no other test of this worker counts in."""
    name = database.admin_dsn.split("?")[0].rsplit("/", 1)[-1]
    mine = asyncio.run(take_database(servers, f"{name}_demo", prepare_database(servers).migrate, valkey_database=14))
    for variable, value in (("DATABASE_URL", mine.login_dsn), ("DATABASE_ADMIN_URL", mine.admin_dsn), ("VALKEY_URL", mine.valkey_url)):
        monkeypatch.setenv(variable, value)
    settings.cache_clear()
    yield mine
    monkeypatch.undo()
    settings.cache_clear()


async def _events(admin_dsn: str) -> dict[str, int]:
    async with open_ledger(admin_dsn) as ledger:
        return {row["app"]: row["count"] for row in await ledger.fetch("select app, count(*) from event group by app")}


def test_loaded_again_it_adds_nothing(another: Any) -> None:
    asyncio.run(seed_demo())
    first = asyncio.run(_events(another.admin_dsn))
    assert set(first) >= {app.name for app in INSTALLED if app.seed is not None}
    asyncio.run(seed_demo())
    assert asyncio.run(_events(another.admin_dsn)) == first
