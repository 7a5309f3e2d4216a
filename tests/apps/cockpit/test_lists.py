"""Every list answers with the same number of SQL statements, however many rows it has; and the demonstration fills them."""

from __future__ import annotations

from collections import Counter

import pytest

from backend.apps.cockpit import seed
from tests.apps.mediation.test_lists import statements
from tests.factories import cockpit as c
from tests.factories.city import City

LISTS = {
    "scenes": (c.OFFICE, "team { name } evidence { files { id } } milestones { plans { id paper { id } } } honours { id } problems { id } papers { id }"),
    "meetings": (c.OFFICE, "agenda { division { name } } tasks { id clocks { id } } papers { id }"),
    "tasks": (c.OFFICE, "files { id } corrections { text }"),
    "problems": (c.OFFICE, "scene { name } corrections { text } papers { id }"),
    "hazards": (c.REGULATOR, "place { name } files { id } rectifications { files { id } } corrections { text } papers { id }"),
}  # fmt: skip


async def one_more(city: City) -> None:
    """A row of every kind."""
    meeting = await c.step(await city.sign_in(c.OFFICE), "addAgendaItem", await c.called(city), title="研究试点推进")
    await c.assigned(city, meetingId=meeting["id"])
    await c.reported(city)
    await c.rectified(city, await c.ordered(city))
    await c.planned(city, await c.established(city))


@pytest.mark.parametrize("name", LISTS)
async def test_more_rows_need_no_more_statements(city: City, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, parts = LISTS[name]
    field = f"cockpit{name.capitalize()}"
    query = f"query {{ {field}(first: 50) {{ edges {{ node {{ id division {{ name }} clocks {{ id }} availableActions {{ name }} {parts} }} }} }} }}"
    await one_more(city)
    await (await city.sign_in(phone)).ask(query)
    few = await statements(city, phone, query, monkeypatch)
    for _ in range(2):
        await one_more(city)
    assert await statements(city, phone, query, monkeypatch) <= few
    assert few <= 20


async def test_the_demonstration_shows_the_programme_at_every_step(fresh: None, city: City) -> None:
    await seed.play()
    await city.work()
    office, regulator = await city.sign_in(c.OFFICE), await city.sign_in(c.REGULATOR)
    nodes = (await regulator.ask("{ cockpitHazards(first: 50) { edges { node { state } } } }"))["cockpitHazards"]["edges"]
    assert Counter(edge["node"]["state"] for edge in nodes) == {"FOUND": 1, "GRADED": 1, "RECTIFYING": 2}
    assert len(await c.listed(office, "meeting")) == 2
    assert len(await c.listed(await city.sign_in(c.CITY_OFFICE), "meeting")) == 3
    assert (await c.listed(office, "scene")) != []
    assert len((await office.ask("{ cockpitPillars { code } }"))["cockpitPillars"]) == 10
