"""What nobody took up is forgotten after a year: words, names and files; the log keeps that there was something."""

from __future__ import annotations

from datetime import timedelta
from json import loads
from typing import Any

import pytest

from backend.apps.oversight.service import retention
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.scope import open_scope
from tests.factories.city import City
from tests.factories.ledger import open_ledger
from tests.factories.oversight import (
    DEPUTY,
    DEPUTY_2,
    PROSECUTOR,
    RAISED,
    assessed,
    do,
    later,
    look,
    raised,
    step,
)
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

SEEN = "content placeText reason erasedAt parts { name } files { id }"


@pytest.fixture
async def pictured(city: City) -> dict[str, Any]:
    deputy = await city.sign_in(DEPUTY)
    picture = (await upload(deputy.client, photograph(), purpose="oversight", name="x.jpg"))["id"]
    return await do(deputy, "raiseClue", **{**RAISED, "fileIds": [picture]})


async def test_a_declined_clue_is_erased_after_a_year(city: City, pictured: dict[str, Any], database: Any) -> None:
    prosecutor = await city.sign_in(PROSECUTOR)
    declined = await step(prosecutor, "screenClue", pictured, decision="REJECT", reason="不属于检察监督范围,请向住建部门反映")
    ended = await step(prosecutor, "divertClue", await assessed(city), ending="END", reason="经评估不符合立案条件")
    kept = await step(prosecutor, "screenClue", await raised(city), decision="TRANSFER", reason="涉嫌违纪", organ="县纪委监委")
    await later(city, days=364)
    assert (await look(await city.sign_in(PROSECUTOR), declined, SEEN))["content"] == RAISED["content"]
    await later(city, days=2)
    await city.work()
    prosecutor = await city.sign_in(PROSECUTOR)
    for clue in (declined, ended):
        seen = await look(prosecutor, clue, SEEN)
        assert seen["erasedAt"]
        assert (seen["title"], seen["content"], seen["placeText"], seen["reason"], seen["files"]) == ("", "", None, None, [])
        assert {part["name"] for part in seen["parts"]} == {""}
    assert (await look(prosecutor, kept, SEEN))["erasedAt"] is None
    async with open_ledger(database.admin_dsn) as ledger:
        tags = [row["tag"] for row in await ledger.fetch("select tag from event where matter_id = $1::uuid", declined["id"])]
        assert tags.count("oversight:clue:erased") == 1
        assert "kernel:file:erased" in tags
        assert not await ledger.fetch("select id from stored_file where matter_id = $1::uuid", declined["id"])


async def test_what_was_investigated_goes_with_it(city: City, database: Any) -> None:
    prosecutor = await city.sign_in(PROSECUTOR)
    ended, kept = await assessed(city), await assessed(city)
    lines = {"kind": "INQUIRY", "text": "询问作坊负责人某某"}
    for clue in (ended, kept):
        picture = (await upload(prosecutor.client, photograph(), purpose="oversight", name="log.jpg"))["id"]
        await do(prosecutor, "logInvestigation", id=clue["id"], **lines, fileIds=[picture])
    ended = await step(prosecutor, "divertClue", ended, ending="END", reason="经评估不符合立案条件")
    await later(city, days=366)
    await later(city, days=1)
    async with open_ledger(database.admin_dsn) as ledger:
        for clue, text, files in ((ended, "", 0), (kept, lines["text"], 1)):
            (line,) = await ledger.fetch("select text, files, by_name from oversight_log where clue_id = $1::uuid", clue["id"])
            assert (line["text"], len(loads(line["files"]))) == (text, files)
            assert line["by_name"], "that somebody looked into it is no secret"
            assert await ledger.fetchval("select count(*) from stored_file where matter_id = $1::uuid", clue["id"]) == files


async def test_what_was_merged_into_it_goes_with_it(city: City) -> None:
    prosecutor = await city.sign_in(PROSECUTOR)
    first, second = await raised(city), await raised(city, DEPUTY_2)
    await step(prosecutor, "screenClue", second, decision="MERGE", reason="同一问题并案", into=first["id"])
    await city.work()
    await later(city, days=366)
    prosecutor = await city.sign_in(PROSECUTOR)
    assert (await look(prosecutor, second, SEEN))["erasedAt"] is None, "the other one is not over"
    await step(prosecutor, "screenClue", first, decision="REJECT", reason="不属于检察监督范围")
    await later(city, days=366)
    await city.work()
    prosecutor = await city.sign_in(PROSECUTOR)
    for clue in (first, second):
        assert (await look(prosecutor, clue, SEEN))["erasedAt"]


async def test_the_job_waits_for_its_year_and_runs_once(city: City) -> None:
    prosecutor = await city.sign_in(PROSECUTOR)
    clue = await step(prosecutor, "screenClue", await raised(city), decision="REJECT", reason="不属于检察监督范围")
    system = system_actor("331024", "33.3310.331024")
    for days, version in ((0, 0), (366, 1), (367, 1)):
        with clock.shifted(clock.offset() + timedelta(days=days)):
            async with open_scope(system.scope):
                await retention.erase(system, clue["id"])
        assert (await look(prosecutor, clue))["version"] == clue["version"] + version
