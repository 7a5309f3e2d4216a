"""Leave, requests and a transfer to the next county, each followed to its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.kernel import clock
from tests.factories.city import City, Person, Refused
from tests.factories.supervision import (
    NEIGHBOUR_OFFICE,
    NEIGHBOUR_WORKER,
    OFFICE,
    WORKER,
    act,
    green,
    look,
    started,
    step,
    whose,
)

NEIGHBOUR_VILLAGE = "331023101213"


def day(ahead: int) -> str:
    today: date = clock.now().astimezone(clock.LOCAL).date()
    return str(today + timedelta(days=ahead))


async def leaves(person: Person, case: dict[str, Any]) -> list[dict[str, Any]]:
    seen = await look(person, case, "leaves { id state fastLane toDay extendTo note paper { title } }")
    return list(seen["leaves"])


async def test_a_leave_is_filed_answered_extended_and_returned_from(city: City) -> None:
    case = await started(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await step(person, "fileLeave", case, fromDay=day(0), toDay=day(4), place="杭州", reason="看病")
    await city.work()
    (leave,) = await leaves(worker, case)
    assert (leave["state"], leave["fastLane"], leave["paper"]["title"]) == ("FILED", False, "外出报告")
    with pytest.raises(Refused) as refused:
        await step(person, "fileLeave", case, fromDay=day(2), toDay=day(6), place="宁波", reason="探亲")
    assert refused.value.codes == ["OVERLAPS"]
    await act(worker, "decideLeave", leaveId=leave["id"], grant=True, note="同意,注意按时返回")
    await act(person, "extendLeave", leaveId=leave["id"], toDay=day(6), reason="复查推迟")
    assert (await leaves(person, case))[0]["extendTo"] == day(6)
    await act(worker, "decideLeave", leaveId=leave["id"], grant=True, note="同意延长")
    assert (await leaves(person, case))[0]["toDay"] == day(6)
    await city.pass_time(days=8)
    await act(person, "returnFromLeave", leaveId=leave["id"])
    assert (await leaves(worker, case))[0]["state"] == "RETURNED"
    with pytest.raises(Refused):
        await act(person, "returnFromLeave", leaveId=leave["id"])


async def test_in_the_green_band_a_leave_is_acknowledged_at_once(city: City) -> None:
    case = await green(city)
    person = await whose(city, case)
    await step(person, "fileLeave", case, fromDay=day(1), toDay=day(2), place="杭州", reason="出差")
    await city.work()
    (leave,) = await leaves(person, case)
    assert (leave["state"], leave["fastLane"]) == ("ACKNOWLEDGED", True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fromDay": -1, "toDay": 2}, "INVALID"),
        ({"fromDay": 3, "toDay": 2}, "INVALID"),
        ({"fromDay": 1, "toDay": 40}, "INVALID"),
    ],
)
async def test_impossible_journeys_are_refused(city: City, fields: dict[str, int], code: str) -> None:
    case = await started(city)
    person = await whose(city, case)
    with pytest.raises(Refused) as refused:
        days = {name: day(ahead) for name, ahead in fields.items()}
        await step(person, "fileLeave", case, place="杭州", reason="探亲", **days)
    assert refused.value.codes == [code]


async def test_a_request_shows_who_sees_to_it_and_what_came_of_it(city: City) -> None:
    case = await started(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await step(person, "fileRehabRequest", case, kind="WORK", text="想学电工,希望介绍培训班")
    with pytest.raises(Refused) as refused:
        await step(person, "fileRehabRequest", case, kind="WORK", text="再申请一次")
    assert refused.value.codes == ["ALREADY_OPEN"]
    (request,) = (await look(worker, case, "requests { id state }"))["requests"]
    await act(worker, "takeRehabRequest", requestId=request["id"])
    await act(worker, "decideRehabRequest", requestId=request["id"], grant=True, answer="已联系人社局,下周一开班")
    (request,) = (await look(person, case, "requests { state handler answer }"))["requests"]
    assert request == {"state": "GRANTED", "handler": "测试禁毒社工", "answer": "已联系人社局,下周一开班"}


async def test_a_case_moves_to_the_next_county_with_its_term_and_ledger(city: City) -> None:
    case = await started(city)
    person, worker, office = await whose(city, case), await city.sign_in(WORKER), await city.sign_in(OFFICE)
    await step(worker, "recordPoints", case, rule="course_done", factOn=day(0), cause="参加课程", evidence=["CERTIFICATE"])
    (entry,) = (await look(office, case, "entries { id }"))["entries"]
    await step(office, "confirmPoints", case, entryIds=[entry["id"]], confirm=True, reason="证书已核")
    await step(person, "fileRehabRequest", case, kind="TRANSFER", text="到天台工作", toDivision=NEIGHBOUR_VILLAGE)
    (request,) = (await look(worker, case, "requests { id }"))["requests"]
    with pytest.raises(Refused):
        await act(worker, "decideRehabRequest", requestId=request["id"], grant=True, answer="同意转出")
    await act(office, "decideRehabRequest", requestId=request["id"], grant=True, answer="同意转出")
    there = await city.sign_in(NEIGHBOUR_OFFICE)
    waiting = (await there.ask("{ rehabTransfers { id code state incoming } }"))["rehabTransfers"]
    transfer = next(each for each in waiting if each["code"] == case["code"])
    assert transfer["incoming"]
    with pytest.raises(Refused):
        await act(office, "answerTransfer", transferId=transfer["id"], accept=True, reason="自己接收")
    await act(there, "answerTransfer", transferId=transfer["id"], accept=True, reason="接收,安排白鹤镇")
    await city.work()
    old = await look(office, case)
    assert old["state"] == "TRANSFERRED"
    mine = (await person.ask("{ myRehabCase { id state termFrom termTo score { score } entries { rule state } } }"))["myRehabCase"]
    assert mine["id"] != case["id"]
    assert (mine["termFrom"], mine["termTo"]) == (old["termFrom"], old["termTo"])
    assert mine["entries"] == [{"rule": "course_done", "state": "CONFIRMED"}]
    assert mine["score"] == {"score": 61.0}
    new_worker = await city.sign_in(NEIGHBOUR_WORKER)
    await look(new_worker, {"id": mine["id"]})
