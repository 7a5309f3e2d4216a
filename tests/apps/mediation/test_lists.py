"""Every list answers with the same number of SQL statements, however many rows it has."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.db import scope
from tests.factories.city import APPLICANT, COUNTY_CENTER, City
from tests.factories.disputes import accepted, reported

CARD = """id code state version title category severity level violence registeredAt updatedAt placeText
    division { code name } responsible { name role } clock { id rule dueAt colour usedFraction }"""
LISTS = {
    "disputes": f"query {{ disputes(first: 50) {{ edges {{ node {{ {CARD} }} }} }} }}",
    "myTasks": f"query {{ myTasks(first: 50) {{ edges {{ node {{ {CARD} }} }} }} }}",
    "inbox": "query { inbox(first: 50) { edges { node { id kind matterId } } } }",
    "divisions": 'query { divisions(parent: "331024103", first: 200) { code name level } }',
    "disputeMap": 'query { disputeMap(division: "331024") { id colour } }',
    "similarDisputes": 'query { similarDisputes(text: "楼上漏水泡坏天花板", first: 20) { id similarity } }',
    "disputeSignals": "query { disputeSignals(first: 50) { edges { node { id division { name } } } } }",
    "briefings": "query { briefings(first: 50) { id division { name } paper { title } } }",
    "unitScores": 'query { unitScores(division: "331024") { unit entries { id } } }',
    "nested": """query { disputes(first: 20) { edges { node { id papers { id signatures { name } mySignature }
        agreement { paper { id } instalments { id } } team { name } clocks { id }
        sessions { id attendance { partyId } } } } } }""",
}


async def statements(city: City, phone: str, query: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many statements the operation's own scope ran."""
    counted: list[int] = []
    real = scope.OpenScope.end

    async def end(self: Any, sql: str) -> None:
        counted.append(self.statements)
        await real(self, sql)

    with monkeypatch.context() as counting:
        counting.setattr(scope.OpenScope, "end", end)
        await (await city.sign_in(phone)).ask(query)
    return sum(counted)


@pytest.mark.parametrize("name", LISTS)
async def test_more_rows_need_no_more_statements(city: City, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = APPLICANT if name == "nested" else COUNTY_CENTER
    await accepted(city, latitude=28.7, longitude=120.6)
    await (await city.sign_in(phone)).ask(LISTS[name])
    few = await statements(city, phone, LISTS[name], monkeypatch)
    for _ in range(3):
        await accepted(city, latitude=28.7, longitude=120.6)
    await reported(city)
    many = await statements(city, phone, LISTS[name], monkeypatch)
    assert many <= max(few, 2) + (1 if few == 0 else 0), (few, many)
    assert many <= 20
