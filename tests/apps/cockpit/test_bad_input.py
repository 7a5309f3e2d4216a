"""Whatever is sent to the cockpit, by whomever: a well-formed refusal with code and field, never an internal error, no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kernel.identity import limits
from tests.apps.rehab.test_bad_input import BOUNDED, OF_A_FIELD, refusals
from tests.factories import cockpit as c
from tests.factories import hostile
from tests.factories.city import City, Refused
from tests.factories.ledger import digest, open_ledger
from tests.factories.parts import of_others
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

MUTATIONS, QUERIES = (
    sorted(name for name in hostile.fields(kind) if name not in of_others("cockpit", kind) and name in of_others("mediation", kind))
    for kind in ("mutation", "query")
)  # fmt: skip
PEOPLE = ("", c.OFFICE, c.CITY_OFFICE, c.LEADER, c.CENTER, c.REGULATOR, c.VILLAGE_OFFICER, c.GRID, c.DEPUTY, c.CITIZEN)


@dataclass
class Town:
    """A city in the middle of its work."""

    city: City
    ledger: asyncpg.Connection
    known: hostile.Known

    async def send(self, phone: str, content: bytes) -> Any:
        client = (await self.city.sign_in(phone)).client if phone else self.city.client()
        return await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
async def town(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    meeting = await c.called(city)
    await c.step(await city.sign_in(c.OFFICE), "addAgendaItem", meeting, title="研究试点推进")
    await c.assigned(city, meetingId=meeting["id"])
    await c.given_out(city, await c.reported(city))
    await c.rectified(city, await c.ordered(city))
    _, milestone = await c.planned(city, await c.established(city))
    await c.do(await city.sign_in(c.OFFICE), "writePlan", milestoneId=milestone, day=c.day(), text="开通账号")
    regulator = await city.sign_in(c.REGULATOR)
    await c.do(regulator, "registerSafetyPlace", division="331024103", unit="NINE_PLACES", name="测试副食店", contact="0576-00000000")
    for phone in PEOPLE[1:]:
        await city.sign_in(phone)
    async with open_ledger(database.admin_dsn) as ledger:
        yield Town(city, ledger, hostile.Known(await existing(ledger)))


async def existing(ledger: asyncpg.Connection) -> dict[str, list[str]]:
    """Ids by the name of the argument that takes them."""
    matters = tuple(f"cockpit_{name}" for name in ("scene", "meeting", "action", "problem", "hazard"))
    tables: dict[str, tuple[str, ...]] = {
        "id": matters, "about": matters, "meetingId": ("cockpit_meeting",), "agendaItemId": ("cockpit_agenda_item",),
        "sceneId": ("cockpit_scene",), "milestoneId": ("cockpit_milestone",), "entryId": ("cockpit_plan_entry",),
        "placeId": ("cockpit_place",), "hazardId": ("cockpit_hazard",), "owner": ("membership",), "leader": ("membership",),
        "membershipId": ("membership",),
    }  # fmt: skip
    made = {
        name: [row["id"] for table in some for row in await ledger.fetch(f"select id::text from {table} order by id desc limit 20")]
        for name, some in tables.items()
    }
    assert all(made.values()), made
    return {**made, "division": ["331024", "331024103", "331023", "3310"], "app": ["mediation"], "month": ["2026-11"], "level": ["331024"]}


async def attack(town: Town, kind: str, name: str, data: st.DataObject) -> None:
    variables = data.draw(hostile.arguments(hostile.fields(kind)[name], town.known))
    phone = data.draw(st.sampled_from(PEOPLE))
    before = await digest(town.ledger)
    refused = refusals(await town.send(phone, hostile.body(hostile.operation(kind, name), variables)))
    if refused or kind == "query":
        after = await digest(town.ledger)
        assert {table for table in after if after[table] != before.get(table)} == set(), (name, refused)
    for error in refused:
        if error.get("code") in OF_A_FIELD:
            assert error["field"], (name, error)


def test_every_mutation_of_the_cockpit_is_attacked() -> None:
    assert len(MUTATIONS) >= 38
    assert {"addToConsultation", "establishScene", "findHazard", "holdMeeting", "judgeProblem", "writePlan"} <= set(MUTATIONS)


@settings(BOUNDED, max_examples=10)
@given(data=st.data())
async def test_a_mutation_refuses_by_type_and_leaves_no_trace(town: Town, data: st.DataObject) -> None:
    for name in MUTATIONS:
        await attack(town, "mutation", name, data)


@settings(BOUNDED, max_examples=8)
@given(data=st.data())
async def test_a_query_refuses_by_type_and_changes_nothing(town: Town, data: st.DataObject) -> None:
    for name in QUERIES:
        await attack(town, "query", name, data)


@pytest.mark.parametrize(("changes", "field"), [
    ({"text": "短"}, "text"), ({"text": "字" * 3001}, "text"), ({"placeText": ""}, "placeText"), ({"division": "331023"}, "division"),
    ({"latitude": 91.0}, "latitude"), ({"foundAt": "2020-01-01T00:00:00Z"}, "foundAt"), ({"foundAt": "2099-01-01T00:00:00Z"}, "foundAt"),
    ({"hazardId": "x"}, "hazardId"), ({"placeId": str(uuid4())}, "placeId"), ({"fileIds": ["x"] * 10}, "fileIds"),
    ({"fileIds": [str(uuid4())]}, "fileIds.0"), ({"text": "标题\x00里有空字符"}, "text"),
])  # fmt: skip
async def test_a_hazard_says_what_is_wrong_with_it(city: City, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        await c.found(city, **changes)
    assert [error["field"] for error in refused.value.errors] == [field]


@pytest.mark.parametrize(("changes", "field"), [
    ({"app": "Med'"}, "key"), ({"key": ""}, "key"), ({"key": "no_such_figure"}, "key"), ({"month": "2026-13"}, "month"),
    ({"month": "2099-01"}, "month"),
    ({"matterIds": ["x"]}, "matterIds.0"), ({"matterIds": [str(uuid4()) for _ in range(201)]}, "matterIds"), ({"division": "331023"}, "division"),
    ({"level": "3310"}, "level"), ({"level": "331024103", "division": "331024"}, "division"),
])  # fmt: skip
async def test_a_figure_says_what_is_wrong_with_it(city: City, changes: dict[str, Any], field: str) -> None:
    figure = {"app": "mediation", "key": "satisfaction", "division": "331024", "month": c.day()[:7], **changes}
    with pytest.raises(Refused) as refused:
        await c.do(await city.sign_in(c.OFFICE), "addToConsultation", **figure)
    assert [error["field"] for error in refused.value.errors] == [field]


async def test_pictures_of_others_or_meant_for_something_else_are_refused(city: City) -> None:
    officer, grid = await city.sign_in(c.VILLAGE_OFFICER), await city.sign_in(c.GRID)
    mine, elsewhere, theirs = [
        (await upload(person.client, photograph(), purpose=purpose, name="x.jpg"))["id"]
        for person, purpose in ((officer, "cockpit"), (officer, "mediation"), (grid, "cockpit"))
    ]
    for wrong in (elsewhere, theirs):
        with pytest.raises(Refused) as refused:
            await c.found(city, fileIds=[wrong])
        assert [error["field"] for error in refused.value.errors] == ["fileIds.0"]
    hazard = await c.found(city, fileIds=[mine])
    shown = (await c.look(officer, "hazard", hazard, "files { url }"))["files"]
    assert (await officer.client.get(shown[0]["url"])).status_code == 200
    for outsider in (await city.sign_in(c.NEIGHBOUR), await city.sign_in(c.DEPUTY), await city.sign_in(c.CITIZEN)):
        assert (await outsider.client.get(shown[0]["url"])).status_code == 404


async def test_words_to_search_by_are_words_and_no_sql(city: City) -> None:
    hazard = await c.found(city)
    regulator = await city.sign_in(c.REGULATOR)
    query = "query($f: CockpitHazardFilter) { cockpitHazards(first: 100, filter: $f) { edges { node { id } } } }"
    for text in ("' or true --", "%", "\\", "字" * 5000, "\x1b[2J"):
        answer = await regulator.client.post("/graphql", json={"query": query, "variables": {"f": {"search": text}}})
        assert "INTERNAL" not in answer.text, text
    assert hazard["id"] not in str(await regulator.ask(query, f={"search": "' or true --"}))
