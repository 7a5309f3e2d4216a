"""Divisions as they are today: a merged one leads on, one that ended without a successor is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from backend.kernel import clock
from backend.kernel.db.migrate import as_owner
from backend.kernel.demonstration import VILLAGE
from backend.kernel.tenancy.importing import merge_division
from tests.factories.city import APPLICANT, DISPATCHER, City, Refused
from tests.factories.disputes import report, reported

OLD, NEW = f"{VILLAGE}003", f"{VILLAGE}001"
PLACE = "query($id: ID!) { dispute(id: $id) { division { code } } }"


@pytest.fixture
async def owner(city: City, database: Any) -> AsyncIterator[asyncpg.Connection]:
    async with as_owner(database.admin_dsn) as connection:
        yield connection
        await connection.execute("update division set valid_to = null, successor = '' where code = $1", OLD)


async def test_a_report_for_a_merged_grid_goes_on_in_its_successor(
    city: City, owner: asyncpg.Connection
) -> None:
    before = await reported(city, division=OLD)
    await merge_division(owner, OLD, NEW, clock.now().date())
    after = await reported(city, division=OLD)
    dispatcher = await city.sign_in(DISPATCHER)
    places = [
        (await dispatcher.ask(PLACE, id=each["id"]))["dispute"]["division"]["code"]
        for each in (before, after)
    ]
    assert places == [OLD, NEW]
    offered = await dispatcher.ask("query($p: String!) { divisions(parent: $p) { code } }", p=VILLAGE)
    assert OLD not in [each["code"] for each in offered["divisions"]]


async def test_a_grid_that_ended_takes_no_report(city: City, owner: asyncpg.Connection) -> None:
    await owner.execute("update division set valid_to = current_date where code = $1", OLD)
    with pytest.raises(Refused) as refused:
        await (await city.sign_in(APPLICANT)).do("reportDispute", **report(division=OLD))
    assert refused.value.errors == [{"code": "NOT_FOUND", "field": "division", "data": {}}]
