"""Care: finds of one person, whom to call, what was agreed, and when a search is tried again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.reunion import rules
from backend.apps.reunion.enums import CareReason
from backend.kernel import clock
from tests.apps.reunion.test_row_level_security import NEXT_PATH, staff
from tests.factories import faces
from tests.factories.city import City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    missing,
    pictured,
    searched,
    step,
    told,
)
from tests.factories.supervision import act
from tests.kernel.db.test_row_level_security import COUNTY_PATH, as_login

CARE = """care { finds { code isThis registeredAt } links { id otherCode reason linkedBy } reasons kin { id name relation phoneMasked }
    plan { needs wristband reviewOn agreedWith livesAlone } card { dutyPhone } calls { id } }"""
PHONE = "13800000001"
PLAN = {"needs": "按时服药,有人陪同", "measures": "每周上门一次", "agreedWith": "PERSON", "reviewOn": "2027-03-01"}


async def care(person: Person, case: dict[str, Any]) -> dict[str, Any]:
    return dict((await look(person, case, CARE))["care"])


async def refusal(person: Person, command: str, case: dict[str, Any], **fields: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        await step(person, command, case, **fields)
    return refused.value.errors[0]["code"], refused.value.errors[0]["field"]


async def link(person: Person, case: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return await step(person, "linkReunionFind", case, code=other["code"].lower(), reason="站长当面认出,手上伤疤相同")


async def test_three_finds_of_one_person_are_seen_from_each_of_them(city: City, database: Any) -> None:
    first, second, third = [await found(city) for _ in range(3)]
    station = await city.sign_in(STATION)
    await link(station, second, first)
    await link(station, third, second)
    for case in (first, second, third):
        seen = await care(station, case)
        assert [each["code"] for each in seen["finds"]] == [first["code"], second["code"], third["code"]]
        assert [each["code"] for each in seen["finds"] if each["isThis"]] == [case["code"]]
        assert "REPEAT_FINDS" in seen["reasons"]
    assert await refusal(station, "linkReunionFind", first, code=third["code"], reason="同一个人") == ("ALREADY_LINKED", "code")
    row = (await care(station, third))["links"][0]
    await act(station, "unlinkReunionFind", show="case { id }", id=row["id"], reason="指纹不同,不是一个人")
    assert len((await care(station, third))["finds"]) == 1
    assert len((await care(station, first))["finds"]) == 2
    with pytest.raises(Refused) as refused:
        await act(station, "unlinkReunionFind", show="case { id }", id=row["id"], reason="再撤一次")
    assert refused.value.codes == ["ALREADY_DECIDED"]
    async with open_ledger(database.admin_dsn) as ledger:
        kept = await ledger.fetchrow("select undone_by_name, undo_reason from reunion_find_link where id = $1", UUID(row["id"]))
    assert tuple(kept) == ("测试救助站", "指纹不同,不是一个人")


async def test_what_is_no_find_of_ours_is_not_linked(city: City) -> None:
    case, sought = await found(city), await missing(city)
    station, expert = await city.sign_in(STATION), await city.sign_in(EXPERT)
    reason = "当面认出是同一人"
    for code, answer in ((sought["code"], "NOT_FOUND"), ("331024-26-XXXXX", "NOT_FOUND"), (case["code"], "INVALID")):
        assert await refusal(station, "linkReunionFind", case, code=code, reason=reason) == (answer, "code")
    assert (await refusal(station, "linkReunionFind", case, code=case["code"], reason="是"))[0] == "TOO_SHORT"
    with pytest.raises(Refused) as refused:
        await act(expert, "linkReunionFind", show="case { id }", id=case["id"], version=case["version"], code="x", reason=reason)
    assert refused.value.codes == ["NOT_FOUND"], "an expert sees cases with candidates only"


async def test_two_officers_link_the_same_pair_at_once(city: City) -> None:
    one, two = await found(city), await found(city)
    station, civil = await city.sign_in(STATION), await city.sign_in(CIVIL)
    done = await asyncio.gather(link(station, one, two), link(civil, two, one), return_exceptions=True)
    assert [each.codes for each in done if isinstance(each, Refused)] in ([["ALREADY_LINKED"]], [])
    assert sum(isinstance(each, dict) for each in done) == 1, done


async def test_a_relatives_number_is_sealed_and_revealed_for_a_reason_that_is_written_down(city: City, database: Any) -> None:
    case, station = await found(city), await city.sign_in(STATION)
    assert "NO_NEXT_OF_KIN" in (await care(station, case))["reasons"]
    await step(station, "addNextOfKin", case, name="测试侄子", relation="侄子", phone=PHONE)
    (kin,) = (await care(station, case))["kin"]
    assert kin["phoneMasked"] == "138****0001"
    assert "NO_NEXT_OF_KIN" not in (await care(station, case))["reasons"]
    with pytest.raises(Refused) as refused:
        await act(station, "revealNextOfKin", show="phone", id=kin["id"], reason="看")
    assert refused.value.codes == ["TOO_SHORT"]
    told = await act(station, "revealNextOfKin", show="name phone", id=kin["id"], reason="本人再次走失,通知家属")
    assert (told["name"], told["phone"]) == ("测试侄子", PHONE)
    async with open_ledger(database.admin_dsn) as ledger:
        sealed = await ledger.fetchval("select phone_sealed from reunion_next_of_kin where id = $1", UUID(kin["id"]))
        looks = await ledger.fetchval("select count(*) from access_log where matter_id = $1 and what = 'PHONE'", UUID(case["id"]))
        said = await ledger.fetchval("select count(*) from event where data::text like '%' || $1 || '%'", PHONE)
    assert PHONE not in sealed
    assert (looks, said) == (1, 0)
    for phone, code in ((NEXT_POLICE, "NOT_FOUND"), (CHIEF, "NOT_PERMITTED")):
        with pytest.raises(Refused) as refused:
            await act(await city.sign_in(phone), "revealNextOfKin", show="phone", id=kin["id"], reason="想知道一下")
        assert refused.value.codes == [code]
    await act(station, "removeNextOfKin", show="case { id }", id=kin["id"], reason="家属要求不再联系")
    assert (await care(station, case))["kin"] == []


async def test_a_plan_is_agreed_and_looked_at_again(city: City, database: Any) -> None:
    case, station, civil = await found(city), await city.sign_in(STATION), await city.sign_in(CIVIL)
    band = f"XJ-{uuid4().hex[:8]}".upper()
    await step(station, "saveCarePlan", case, **{**PLAN, "wristband": band.lower(), "livesAlone": True})
    seen = await care(station, case)
    assert seen["plan"]["wristband"] == band
    assert seen["reasons"] == ["DEMENTIA", "LIVES_ALONE", "NO_NEXT_OF_KIN"]
    other = await found(city)
    assert await refusal(station, "saveCarePlan", other, **PLAN, wristband=band) == ("WRISTBAND_TAKEN", "wristband")
    await step(civil, "saveCarePlan", case, **{**PLAN, "reviewOn": "2027-01-10"})
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch("select state from matter_clock where matter_id = $1 and rule = 'care_review' order by started_at", UUID(case["id"]))
    assert [row["state"] for row in rows] == ["MET", "RUNNING"], "one review at a time"
    await step(station, "saveCarePlan", other, **PLAN, wristband=band)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reviewOn": "2020-01-01"}, "reviewOn"), ({"reviewOn": "2036-01-01"}, "reviewOn"), ({"needs": " "}, "needs"),
        ({"wristband": "手环 1"}, "wristband"), ({"agreedWith": "GUARDIAN"}, "agreedName"),
    ],
)  # fmt: skip
async def test_a_plan_that_says_too_little_is_refused(city: City, fields: dict[str, Any], field: str) -> None:
    case, station = await found(city), await city.sign_in(STATION)
    assert (await refusal(station, "saveCarePlan", case, **{**PLAN, **fields}))[1] == field


async def test_of_a_child_the_guardian_agrees(city: City) -> None:
    child, station = await found(city, conditions=["CHILD"]), await city.sign_in(STATION)
    assert await refusal(station, "saveCarePlan", child, **PLAN) == ("GUARDIAN_NEEDED", "agreedWith")
    await step(station, "saveCarePlan", child, **{**PLAN, "agreedWith": "GUARDIAN", "agreedName": "县未成年人救助保护中心"})


async def test_care_is_for_the_found_and_the_living(city: City) -> None:
    sought = await missing(city)
    dead = await found(city, kind="DECEASED")
    police, station = await city.sign_in(NEXT_POLICE), await city.sign_in(STATION)
    assert (await look(police, sought, "care { reasons }"))["care"] is None
    for person, case in ((police, sought), (station, dead)):
        for command, fields in (("saveCarePlan", PLAN), ("addNextOfKin", {"name": "甲", "relation": "子", "phone": PHONE}), ("issueHomeCard", {"dutyPhone": "0576-87770000"})):
            with pytest.raises(Refused) as refused:
                version = (await look(person, case))["version"]
                await act(person, command, show="case { id }", id=case["id"], version=version, **fields)
            assert refused.value.codes == ["INVALID"], command


async def test_care_is_erased_with_the_case_and_the_link_keeps_no_words(city: City, database: Any) -> None:
    first, case, station = await found(city), await found(city), await city.sign_in(STATION)
    await link(station, case, first)
    await step(station, "addNextOfKin", case, name="测试侄子", relation="侄子", phone=PHONE)
    await step(station, "saveCarePlan", case, **PLAN)
    await step(station, "withdrawReunionCase", case, text="本人离站,撤回")
    await city.work()
    async with open_ledger(database.admin_dsn) as ledger:
        for table in ("reunion_next_of_kin", "reunion_care_plan", "reunion_home_card", "reunion_card_call"):
            assert await ledger.fetchval(f"select count(*) from {table} where case_id = $1", UUID(case["id"])) == 0, table
        kept = await ledger.fetchrow("select reason, undone_at from reunion_find_link where case_id = $1", UUID(case["id"]))
    assert tuple(kept) == ("", None)


async def test_neighbours_and_other_applications_see_no_row_by_raw_sql(city: City, database: Any) -> None:
    first, case, station = await found(city), await found(city), await city.sign_in(STATION)
    await link(station, case, first)
    await step(station, "addNextOfKin", case, name="测试侄子", relation="侄子", phone=PHONE)
    await step(station, "saveCarePlan", case, **PLAN)
    tables = ("reunion_next_of_kin", "reunion_care_plan", "reunion_find_link")
    for scope, expected in (
        (staff(COUNTY_PATH), 1), (staff(COUNTY_PATH, "mediation,reunion_tasks"), 0), (staff(NEXT_PATH, county="331023"), 0),
        (staff(COUNTY_PATH, county="331023"), 0),
    ):  # fmt: skip
        async with as_login(database.login_dsn, scope) as connection:
            for table in tables:
                assert await connection.fetchval(f"select count(*) from {table} where case_id = $1", UUID(case["id"])) == expected, table
    async with as_login(database.login_dsn, staff(COUNTY_PATH)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("delete from reunion_find_link where case_id = $1", UUID(case["id"]))


def test_reasons_stand_by_themselves() -> None:
    assert rules.care_reasons(finds=1, conditions=["MUTE"], lives_alone=False, has_kin=True) == []
    assert rules.care_reasons(finds=2, conditions=["DEMENTIA"], lives_alone=True, has_kin=False) == list(CareReason)


# ------------------------------------------------------------------------------------------ the next search


async def again(city: City, case: dict[str, Any]) -> dict[str, Any]:
    police = await city.sign_in(POLICE)
    return await step(police, "requestFaceSearch", case, purpose="STRANDED_SEARCH", legalBasis="民发〔2015〕158号", necessity="再次比对")


async def waiting(city: City, database: Any) -> dict[str, Any]:
    """As `NO_MATCH` after a search that ran: other tests' people must not be listed, so the state is set by hand."""
    guest = await searched(city, await found(city, facts={"sex": "MALE", "name": "测试无名氏", "born": "1930年", "marks": "无"}))
    async with open_ledger(database.admin_dsn) as ledger:
        day = rules.retry_on(clock.now().astimezone(clock.LOCAL).date())
        await ledger.execute("update reunion_case set state = 'NO_MATCH', retry_on = $2 where id = $1", UUID(guest["id"]), day)
        await ledger.execute("update face_search set state = 'EXPIRED' where matter_id = $1", UUID(guest["id"]))
    return guest


async def test_without_anything_new_the_next_search_waits_for_its_day(city: City, database: Any) -> None:
    guest = await waiting(city, database)
    with pytest.raises(Refused) as refused:
        await again(city, guest)
    assert refused.value.codes == ["TOO_EARLY_AGAIN"]
    assert refused.value.errors[0]["data"]["retry_on"] > str(clock.now().date() + timedelta(days=170))
    station = await city.sign_in(STATION)
    facts = {"sex": "MALE", "name": "测试无名氏", "born": "1930年", "marks": "无"}
    await step(station, "correctReunionFacts", guest, facts=facts)
    with pytest.raises(Refused) as refused:
        await again(city, guest)
    assert refused.value.codes == ["TOO_EARLY_AGAIN"], "the same facts once more are nothing new"
    await step(station, "correctReunionFacts", guest, facts={**facts, "marks": "右耳后有痣"})
    assert (await again(city, guest))["state"] == "SEARCH_REQUESTED"


async def test_a_new_picture_is_new_material(city: City, database: Any) -> None:
    guest = await waiting(city, database)
    await pictured(city, STATION, guest, faces.astronaut(), face=0)
    assert (await again(city, guest))["state"] == "SEARCH_REQUESTED"


async def test_on_its_day_the_officers_are_reminded_once_and_may_ask(city: City, database: Any) -> None:
    guest = await waiting(city, database)
    async with open_ledger(database.admin_dsn) as ledger:
        await ledger.execute("update reunion_case set retry_on = $2 where id = $1", UUID(guest["id"]), clock.now().astimezone(clock.LOCAL).date())
    police = await city.sign_in(POLICE)
    for _ in range(2):
        await city.pass_time(hours=1)
    assert len(await told(police, "reunion.search.retry_due", guest)) == 1
    assert (await again(city, guest))["state"] == "SEARCH_REQUESTED"


async def test_the_placed_are_searched_for_every_year(city: City, database: Any) -> None:
    guest = await waiting(city, database)
    placed = await step(await city.sign_in(CIVIL), "placePerson", guest, text="县政府批准安置")
    day = (await look(await city.sign_in(CIVIL), placed, "retryOn"))["retryOn"]
    assert day == str(rules.retry_on(clock.now().astimezone(clock.LOCAL).date(), placed=True))
    with pytest.raises(Refused) as refused:
        await again(city, guest)
    assert refused.value.codes == ["TOO_EARLY_AGAIN"]


async def test_an_alarm_and_a_refusal_are_said_once(city: City) -> None:
    guest, station = await found(city), await city.sign_in(STATION)
    await step(station, "raiseReunionAlarm", guest, alarm="DANGER", receipt="110-2026-1")
    assert (await refusal(station, "raiseReunionAlarm", guest, alarm="MINOR", receipt="110-2026-2"))[0] == "ALREADY_DECIDED"
    await step(station, "refuseContact", guest, text="本人不愿与家人联系")
    assert (await refusal(station, "refuseContact", guest, text="再说一次"))[0] == "ALREADY_DECIDED"
