"""Above and below the county: a city's offices have several counties, a township's do not speak for theirs."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.access.roles import Role
from backend.kernel.demonstration import COUNTY, TOWN
from tests.factories.city import City, Refused
from tests.factories.desk import officer_of
from tests.factories.oversight import CHIEF, RAISED, accepted, do, look, raised, step
from tests.factories.supervision import act

CITY_DEPUTY, CITY_CONGRESS, CITY_PROSECUTOR, NEXT_DEPUTY, TOWN_CONGRESS = (f"1990000930{number}" for number in range(1, 6))
CITY, NEXT_COUNTY = "3310", "331023"
PROJECT: dict[str, Any] = {"subject": "两县溪流污染联合督办", "basis": "监督法及检察建议工作规定", "form": "REPORT"}


async def refused(awaited: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(Refused) as caught:
        await awaited
    return [(error["code"], error["field"]) for error in caught.value.errors]


async def raised_next_door(city: City) -> dict[str, Any]:
    deputy = await officer_of(city, NEXT_DEPUTY, Role.DEPUTY, NEXT_COUNTY)
    return await do(deputy, "raiseClue", **{**RAISED, "division": NEXT_COUNTY})


async def test_a_citys_deputy_is_offered_and_joins_what_lies_in_its_counties(city: City) -> None:
    clues = [await raised(city), await raised_next_door(city)]
    deputy = await officer_of(city, CITY_DEPUTY, Role.DEPUTY, CITY)
    query = "query($d: String!, $w: String!) { alikeOversightClues(field: ENVIRONMENT, division: $d, words: $w) { id } }"
    for clue, division in zip(clues, (COUNTY, NEXT_COUNTY), strict=True):
        title = f"测试{division}湖畔餐馆油烟直排"
        alike = await do(deputy, "raiseClue", **{**RAISED, "division": division, "title": title})
        offered = (await deputy.ask(query, d=division, w=title))["alikeOversightClues"]
        assert offered[0]["id"] == alike["id"]
        assert (await step(deputy, "joinClue", clue))["supporters"] == 2
        assert (await look(deputy, clue))["id"] == clue["id"]


async def test_a_county_deputy_joins_nothing_next_door(city: City) -> None:
    ours = await raised(city)
    deputy = await officer_of(city, NEXT_DEPUTY, Role.DEPUTY, NEXT_COUNTY)
    assert await refused(do(deputy, "joinClue", id=ours["id"])) == [("NOT_FOUND", "id")]


async def test_a_joint_project_is_one_countys(city: City) -> None:
    ours, theirs = await raised(city), await raised_next_door(city)
    congress = await officer_of(city, CITY_CONGRESS, Role.NPC_OFFICE, CITY)
    assert await refused(do(congress, "proposeJointSupervision", **PROJECT, clues=[ours["id"], theirs["id"]])) == [("INVALID", "clues")]
    project = await do(congress, "proposeJointSupervision", **PROJECT, clues=[ours["id"]])
    chief = await city.sign_in(CHIEF)
    assert (await step(chief, "decideJointSupervision", project, agree=True, opinion="同意联合督办"))["state"] == "AGREED"


async def test_clues_of_two_counties_are_not_merged(city: City) -> None:
    ours, theirs = await accepted(city), await raised_next_door(city)
    prosecutor = await officer_of(city, CITY_PROSECUTOR, Role.PROSECUTOR, CITY)
    merge = step(prosecutor, "screenClue", theirs, decision="MERGE", reason="同一问题并案", into=ours["id"])
    assert await refused(merge) == [("INVALID", "into")]
    assert (await look(prosecutor, theirs))["state"] == "SUBMITTED"


async def test_a_township_does_not_speak_for_its_county(city: City) -> None:
    clue = await raised(city, division=TOWN)
    congress = await officer_of(city, TOWN_CONGRESS, Role.NPC_OFFICE, TOWN)
    assert (await look(congress, clue))["id"] == clue["id"]
    assert await refused(do(congress, "proposeJointSupervision", **PROJECT, clues=[clue["id"]])) == [("NOT_PERMITTED", None)]
    stated: dict[str, Any] = {"figure": "handling_days", "days": 62.5, "firstOn": "2025-01-01", "lastOn": "2025-12-31", "source": "县检察院年度统计"}
    assert await refused(act(congress, "stateOversightBaseline", show="baseline { id }", **stated)) == [("NOT_PERMITTED", None)]
