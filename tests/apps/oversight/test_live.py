"""An open clue, recommendation or joint project shows each change to whoever may read it, and to nobody else. And where a clue lies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.factories.city import City, Refused
from tests.factories.oversight import (
    CENTER,
    CHIEF,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    OTHER_UNIT,
    PROSECUTOR,
    RAISED,
    UNIT,
    do,
    later,
    look,
    raised,
    served,
    step,
)
from tests.factories.sockets import listening, read, serving

CLUE = "subscription($id: ID!) { oversightClueChanged(id: $id) { id version state parts { name } } }"
ROW = "subscription($id: ID!) { oversightRecommendationChanged(id: $id) { id version state clue { id } } }"
PROJECT = "subscription($id: ID!) { oversightJointChanged(id: $id) { id version state } }"
HERE: dict[str, Any] = {"latitude": 28.7189, "longitude": 120.6213}


@pytest.fixture
async def address(city: City) -> AsyncIterator[str]:
    async with serving(city) as where:
        yield where


async def test_a_deputy_watches_his_clue(city: City, address: str) -> None:
    clue = await raised(city)
    async with listening(address, await city.sign_in(DEPUTY), CLUE, id=clue["id"]) as ws:
        changed = await step(await city.sign_in(PROSECUTOR), "screenClue", clue, decision="ACCEPT", reason="属于检察监督范围")
        seen = (await read(ws))["payload"]["data"]["oversightClueChanged"]
        assert (seen["id"], seen["version"], seen["state"]) == (clue["id"], changed["version"], "ACCEPTED")


async def test_the_congress_watches_without_a_shielded_name(city: City, address: str) -> None:
    clue = await raised(city, shielded=True)
    async with listening(address, await city.sign_in(CONGRESS), CLUE, id=clue["id"]) as ws:
        await step(await city.sign_in(PROSECUTOR), "screenClue", clue, decision="ACCEPT", reason="属于检察监督范围")
        assert (await read(ws))["payload"]["data"]["oversightClueChanged"]["parts"] == []


async def test_the_agency_watches_what_was_served_on_it(city: City, address: str) -> None:
    _, row = await served(city)
    unit = await city.sign_in(UNIT)
    async with listening(address, unit, ROW, id=row["id"]) as ws:
        await step(unit, "objectToRecommendation", row, text="部分事实与实际不符,请予复核")
        seen = (await read(ws))["payload"]["data"]["oversightRecommendationChanged"]
        assert (seen["state"], seen["clue"]) == ("OBJECTED", None)


async def test_both_sides_watch_their_project(city: City, address: str) -> None:
    clue = await raised(city)
    congress, chief = await city.sign_in(CONGRESS), await city.sign_in(CHIEF)
    project = await do(congress, "proposeJointSupervision", subject="流域直排污水专项督办", basis="多名代表反映", form="FOLLOW_UP", clues=[clue["id"]])
    async with listening(address, congress, PROJECT, id=project["id"]) as ws:
        await step(chief, "decideJointSupervision", project, agree=True, opinion="同意")
        assert (await read(ws))["payload"]["data"]["oversightJointChanged"]["state"] == "AGREED"


@pytest.mark.parametrize("phone", [DEPUTY_2, UNIT, CENTER])
async def test_a_clue_without_a_part_of_ones_own_is_not_to_be_watched(city: City, address: str, phone: str) -> None:
    clue = await raised(city)
    async with listening(address, await city.sign_in(phone), CLUE, id=clue["id"]) as ws:
        assert "NOT_FOUND" in str(await read(ws))


async def test_another_agency_watches_nothing(city: City, address: str) -> None:
    _, row = await served(city)
    async with listening(address, await city.sign_in(OTHER_UNIT), ROW, id=row["id"]) as ws:
        assert "NOT_FOUND" in str(await read(ws))
    async with listening(address, await city.sign_in(DEPUTY), PROJECT, id=row["id"]) as ws:
        assert "NOT_PERMITTED" in str(await read(ws))


async def test_where_it_lies_is_for_those_who_go_there(city: City) -> None:
    clue = await do(await city.sign_in(DEPUTY), "raiseClue", **RAISED, **HERE)
    for phone in (PROSECUTOR, CHIEF):
        seen = await look(await city.sign_in(phone), clue, "latitude longitude")
        assert {key: seen[key] for key in HERE} == HERE
    for phone in (CONGRESS, DEPUTY):
        seen = await look(await city.sign_in(phone), clue, "latitude longitude")
        assert (seen["latitude"], seen["longitude"]) == (None, None), phone


@pytest.mark.parametrize(
    ("position", "problem"),
    [({"latitude": 28.7}, ("REQUIRED", "longitude")), ({"longitude": 120.6}, ("REQUIRED", "latitude")), ({**HERE, "latitude": 91.0}, ("INVALID", "latitude"))],
)
async def test_half_a_position_and_none_on_earth_are_refused(city: City, position: dict[str, Any], problem: tuple[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        await do(await city.sign_in(DEPUTY), "raiseClue", **RAISED, **position)
    assert [(each["code"], each["field"]) for each in caught.value.errors] == [problem]


async def test_a_position_is_erased_with_the_words(city: City) -> None:
    prosecutor = await city.sign_in(PROSECUTOR)
    clue = await do(await city.sign_in(DEPUTY), "raiseClue", **RAISED, **HERE)
    await step(prosecutor, "screenClue", clue, decision="REJECT", reason="不属于检察监督范围")
    await later(city, days=366)
    await city.work()
    seen = await look(await city.sign_in(PROSECUTOR), clue, "latitude longitude erasedAt")
    assert seen["erasedAt"]
    assert (seen["latitude"], seen["longitude"]) == (None, None)
