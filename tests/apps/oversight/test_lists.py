"""Every list answers with the same number of SQL statements, however many rows it has; and the demonstration fills them."""

from __future__ import annotations

from collections import Counter

import pytest

from backend.apps.oversight import seed
from tests.apps.mediation.test_lists import statements
from tests.factories.city import City
from tests.factories.oversight import DEPUTY, PROSECUTOR, UNIT, raised, replied, served

PARTS = "parts { name } files { url } recommendations { id replies { id paper { title } } ratings { words } ratingMeans { count } checks { id } }"
LISTS = {
    "clues": (PROSECUTOR, f"query {{ oversightClues(first: 50) {{ edges {{ node {{ id title division {{ name }} clocks {{ id }} {PARTS} }} }} }} }}"),
    "mine": (DEPUTY, "query { oversightClues(first: 50, filter: {mine: true}) { edges { node { id parts { name } clocks { id } } } } }"),
    "desk": (UNIT, "query { oversightRecommendations(first: 50) { edges { node { id delays { days } clocks { id } promises { id } clue { id } } } } }"),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
async def test_more_rows_need_no_more_statements(city: City, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, query = LISTS[name]
    _, row = await served(city)
    await replied(city, row)
    await (await city.sign_in(phone)).ask(query)
    few = await statements(city, phone, query, monkeypatch)
    for _ in range(2):
        await raised(city)
        _, row = await served(city)
        await replied(city, row)
    assert await statements(city, phone, query, monkeypatch) <= few
    assert few <= 20


async def test_the_demonstration_shows_clues_at_every_step(fresh: None, city: City) -> None:
    await seed.play()
    await city.work()
    query = "query { oversightClues(first: 50) { edges { node { state recommendations { state } } } } }"
    nodes = [edge["node"] for edge in (await (await city.sign_in(PROSECUTOR)).ask(query))["oversightClues"]["edges"]]
    assert Counter(node["state"] for node in nodes) == {"SUBMITTED": 1, "ACCEPTED": 1, "CASE_FILED": 3}
    assert sorted(row["state"] for node in nodes for row in node["recommendations"]) == ["REPLIED", "SERVED"]
