"""Suspension, breaches, relapse and every end; the term ends supervision by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.kernel import clock
from tests.factories.city import City, Refused
from tests.factories.supervision import (
    CHIEF,
    OFFICE,
    OFFICE_2,
    POLICE,
    WORKER,
    act,
    green,
    look,
    registered,
    started,
    step,
    whose,
)


async def test_the_term_ends_supervision_by_itself_and_what_it_allowed(city: City) -> None:
    case = await green(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await step(person, "consentToFace", case, consentVersion="2026-11", agreed=True)
    days = (date.fromisoformat(case["termTo"]) - clock.now().astimezone(clock.LOCAL).date()).days
    await city.pass_time(days=days)
    # Nobody stays signed in for three years.
    city.people.clear()
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    assert (await look(worker, case))["state"] == "IN_PROGRESS"
    await city.pass_time(days=1)
    await city.work()
    seen = await look(worker, case, "chain { kind state } enrolment { state }")
    assert seen["state"] == "COMPLETED"
    assert not seen["hasPass"]
    assert {each["kind"] for each in seen["chain"] if each["state"] == "OPEN"} <= {"RELEASE_NOTICE"}
    assert seen["enrolment"]["state"] == "ENDED"
    with pytest.raises(Refused):
        await step(worker, "demandCheckIn", case, reason="请报到", hours=4)
    with pytest.raises(Refused):
        await step(person, "fileLeave", case, fromDay=str(clock.now().date()), toDay=str(clock.now().date()), place="杭州", reason="探亲")


async def test_a_suspended_term_stands_still(city: City) -> None:
    case = await started(city)
    office, person = await city.sign_in(OFFICE), await whose(city, case)
    await step(office, "suspendRehabCase", case, cause="HOSPITAL", document="住院证明")
    suspended = await look(person, case, "suspendCause timeline { edges { node { tag data } } }")
    assert suspended["suspendCause"] == "HOSPITAL"
    assert "HOSPITAL" not in str(suspended["timeline"]), "health is in no event"
    tasks = await person.ask("{ myRehabTasks { edges { node { id } } } }")
    assert tasks["myRehabTasks"]["edges"] == []
    await city.pass_time(days=20)
    resumed = await step(office, "resumeRehabCase", case, text="出院小结")
    assert date.fromisoformat(resumed["termTo"]) == date.fromisoformat(case["termTo"]) + timedelta(days=20)
    assert resumed["state"] == "IN_PROGRESS"


async def breach(city: City, case: dict[str, Any], **fields: Any) -> dict[str, Any]:
    worker, office = await city.sign_in(WORKER), await city.sign_in(OFFICE)
    given = {"kind": "TEST_EVADED", "fact": "未到场检测", "clause": "第三条", "heard": "本人称忘记了", **fields}
    await step(worker, "noteBreach", case, **given)
    rows = (await look(office, case, "breaches { id confirmedAt }"))["breaches"]
    open_one = next(each for each in rows if each["confirmedAt"] is None)
    return await step(office, "confirmBreach", case, breachId=open_one["id"], confirm=True, reason="经核实属实")


async def test_a_breach_is_confirmed_by_another_and_serious_only_by_law(city: City) -> None:
    case = await started(city)
    office, chief, police = await city.sign_in(OFFICE), await city.sign_in(CHIEF), await city.sign_in(POLICE)
    case = await breach(city, case)
    assert case["state"] == "BREACH_NOTED"
    with pytest.raises(Refused) as refused:
        await step(office, "reportSeriousBreach", case, text="多次违反协议")
    assert refused.value.codes == ["NOT_SERIOUS"]
    await breach(city, case)
    await breach(city, case)
    case = await step(office, "reportSeriousBreach", case, text="三次逃避检测")
    assert case["state"] == "SERIOUS_BREACH"
    for wrong in (office, police):
        with pytest.raises(Refused) as refused:
            await step(wrong, "orderIsolation", case, decisionNo="仙公强戒〔2026〕1号", reason="严重违反协议,依法决定")
        assert refused.value.codes == ["NOT_PERMITTED"]
    case = await step(chief, "orderIsolation", case, decisionNo="仙公强戒〔2026〕1号", reason="严重违反协议,依法决定")
    assert case["state"] == "ISOLATION_ORDERED"


async def test_a_positive_on_site_result_proves_nothing(city: City) -> None:
    case = await started(city)
    worker, police, person = await city.sign_in(WORKER), await city.sign_in(POLICE), await whose(city, case)
    await step(worker, "recordDrugTest", case, kind="URINE", result="ONSITE_POSITIVE", place="白塔镇", witness="测试民警",
               sampleA="A1", sampleB="B1")  # fmt: skip
    (test,) = (await look(person, case, "tests { id result paper { title } }"))["tests"]
    assert test["paper"]["title"] == "检测结果告知书"
    with pytest.raises(Refused) as refused:
        await step(police, "findRelapse", case, testId=test["id"], assessment="认定复吸")
    assert refused.value.codes == ["NOT_CONFIRMED"]
    await act(person, "askLaboratory", testId=test["id"], reason="吃了感冒药")
    await act(worker, "recordLabResult", testId=test["id"], lab="省检测中心", result="NEGATIVE")
    assert (await look(person, case, "tests { result }"))["tests"] == [{"result": "NEGATIVE"}]
    with pytest.raises(Refused):
        await step(worker, "recordDrugTest", case, kind="URINE", result="LAB_POSITIVE", place="白塔镇", witness="测试民警",
                   sampleA="A2", sampleB="B2")  # fmt: skip


async def test_a_confirmed_relapse_can_be_answered_with_help(city: City) -> None:
    case = await started(city)
    worker, police = await city.sign_in(WORKER), await city.sign_in(POLICE)
    await step(worker, "recordDrugTest", case, kind="HAIR", result="ONSITE_POSITIVE", place="白塔镇", witness="测试民警",
               sampleA="A1", sampleB="B1")  # fmt: skip
    (test,) = (await look(worker, case, "tests { id }"))["tests"]
    await act(worker, "recordLabResult", testId=test["id"], lab="省检测中心", result="LAB_POSITIVE")
    case = await step(police, "findRelapse", case, testId=test["id"], assessment="结合本人陈述认定")
    assert case["state"] == "RELAPSE_FOUND"
    case = await step(police, "settleRelapse", case, text="本人主动求助,转自愿治疗并继续社区戒毒")
    assert case["state"] == "IN_PROGRESS"
    with pytest.raises(Refused) as refused:
        await step(police, "findRelapse", case, testId=test["id"], assessment="同一结果再次认定")
    assert refused.value.codes == ["ALREADY_DECIDED"]


async def test_who_does_not_report_is_looked_for_first(city: City) -> None:
    case = await registered(city)
    worker = await city.sign_in(WORKER)
    with pytest.raises(Refused) as refused:
        await step(worker, "recordNotReported", case, search="电话三次、上门一次", reasonAsked="家属称外出")
    assert refused.value.codes == ["NOT_YET_DUE"]
    await city.pass_time(days=16)
    case = await step(worker, "recordNotReported", case, search="电话三次、上门一次", reasonAsked="家属称外出")
    assert case["state"] == "NOT_REPORTED"


async def test_whoever_recorded_a_breach_does_not_confirm_it(city: City) -> None:
    case = await started(city)
    office, other = await city.sign_in(OFFICE), await city.sign_in(OFFICE_2)
    case = await breach(city, case)
    rows = (await look(other, case, "breaches { id }"))["breaches"]
    with pytest.raises(Refused) as refused:
        await step(office, "confirmBreach", case, breachId=rows[0]["id"], confirm=True, reason="再次确认")
    assert refused.value.codes == ["ALREADY_DECIDED"]


async def test_a_new_order_after_the_term_begins_a_case_of_its_own(city: City) -> None:
    case = await started(city)
    police = await city.sign_in(POLICE)
    with pytest.raises(Refused) as refused:
        await step(police, "terminateRehabCase", case, endType="NEW_ORDER", document="仙公社戒决字〔2029〕9号")
    assert refused.value.codes == ["INVALID"], "inside the term nothing new begins"
    days = (date.fromisoformat(case["termTo"]) - clock.now().astimezone(clock.LOCAL).date()).days + 1
    await city.pass_time(days=days)
    city.people.clear()
    police = await city.sign_in(POLICE)
    assert (await look(police, case))["state"] == "COMPLETED"
    with pytest.raises(Refused) as refused:
        await registered(city, phone=case["phone"])
    assert refused.value.codes == ["ALREADY_REGISTERED"]
    await step(police, "terminateRehabCase", case, endType="NEW_ORDER", document="仙公社戒决字〔2029〕9号")
    anew = await registered(city, phone=case["phone"])
    assert anew["state"] == "ORDERED"
    assert anew["id"] != case["id"]
