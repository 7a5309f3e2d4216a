"""The chain of responsibility: a missed link shows who and since when, warnings come daily, a whistle calls people together."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel import clock
from tests.factories.city import City, Person, Refused
from tests.factories.supervision import (
    GRID,
    OFFICE,
    POLICE,
    WORKER,
    act,
    look,
    new_phone,
    started,
    step,
    whose,
)

TASKS = """query($id: ID!) { myRehabTasks(first: 100, filter: {caseId: $id}) {
    edges { node { id kind link state personName caseCode record } } } }"""


async def tasks(person: Person, case: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    found = [edge["node"] for edge in (await person.ask(TASKS, id=case["id"]))["myRehabTasks"]["edges"]]
    return [each for each in found if not kind or each["kind"] == kind]


async def await_task(city: City, person: Person, case: dict[str, Any], kind: str) -> dict[str, Any]:
    """The next duty of this kind, however many days it takes to open."""
    for _ in range(20):
        found = await tasks(person, case, kind)
        if found:
            return found[0]
        await city.pass_time(days=3)
    raise AssertionError(f"no {kind}")


async def kinds(person: Person, case: dict[str, Any]) -> list[str]:
    """What the person was told about the case, page by page: other cases' words come between."""
    query = "query($after: String) { inbox(first: 100, after: $after) { edges { node { kind matterId } } pageInfo { hasNextPage endCursor } } }"
    found, after = [], None
    while True:
        inbox = (await person.ask(query, after=after))["inbox"]
        found += [edge["node"]["kind"] for edge in inbox["edges"] if edge["node"]["matterId"] == case["id"]]
        if not inbox["pageInfo"]["hasNextPage"]:
            return found
        after = inbox["pageInfo"]["endCursor"]


async def test_a_missed_link_shows_who_and_is_warned_of_daily(city: City) -> None:
    worker, office = await city.sign_in(WORKER), await city.sign_in(OFFICE)
    for _ in range(5):
        case = await started(city)
        try:
            await step(worker, "demandCheckIn", case, reason="联系不上,请报到", hours=1)
        except Refused as problem:
            assert problem.codes == ["ALREADY_OPEN"], "the dice have called him up already"
        else:
            break
    await city.work()
    before = (await kinds(worker, case)).count("rehab.task.missed")
    await city.pass_time(hours=2)
    chain = (await look(office, case, "chain { kind link state assignee dueAt }"))["chain"]
    missed = [each for each in chain if each["state"] == "MISSED"]
    assert [(each["kind"], each["link"], each["assignee"]) for each in missed] == [("CHECK_IN", "PERSON", "测试丁四")]
    after_one = (await kinds(worker, case)).count("rehab.task.missed")
    assert after_one > before
    await city.pass_time(days=1, minutes=1)
    assert (await kinds(worker, case)).count("rehab.task.missed") > after_one
    assert (await look(office, case, "score { score }"))["score"] == {"score": 60.0}


async def answered(city: City, case: dict[str, Any], task: dict[str, Any]) -> None:
    """A check-in without a face, confirmed by telephone."""
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await act(person, "submitCheckIn", taskId=task["id"], mode="NO_FACE", capturedAt=clock.now().isoformat())
    await city.work()
    (open_one,) = (await look(worker, case, "checkIns(first: 1) { id }"))["checkIns"]
    await act(worker, "reviewCheckIn", checkInId=open_one["id"], accept=True, note="电话核实")


async def test_demands_are_limited(city: City) -> None:
    case = await started(city)
    worker, person = await city.sign_in(WORKER), await whose(city, case)
    # The plan may have opened one today.
    for task in await tasks(person, case, "CHECK_IN"):
        await answered(city, case, task)
    for number in range(3):
        await step(worker, "demandCheckIn", case, reason="请今天报到", hours=4)
        with pytest.raises(Refused) as refused:
            await step(worker, "demandCheckIn", case, reason="请今天再报到", hours=4)
        assert refused.value.codes == ["TOO_MANY" if number == 2 else "ALREADY_OPEN"]
        (task,) = await tasks(person, case, "CHECK_IN")
        await answered(city, case, task)


async def test_a_relative_sees_his_own_task_and_nothing_else(city: City) -> None:
    case = await started(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    number = new_phone()
    await step(person, "inviteFamily", case, name="测试己六", phone=number)
    await step(person, "inviteFamily", case, name="测试己六", phone=number)
    await city.work()
    assert [each["kind"] for each in (await look(worker, case, "links { kind }"))["links"]].count("FAMILY") == 1
    relative = await city.sign_in(number)
    assert (await relative.ask("{ myRehabCase { id } }"))["myRehabCase"] is None
    assert (await relative.ask("query($id: ID!) { rehabCase(id: $id) { id } }", id=case["id"]))["rehabCase"] is None
    task = await await_task(city, relative, case, "FAMILY_CARE")
    assert task["personName"] is None
    await act(relative, "completeRehabTask", show="task { state late }", taskId=task["id"], text="一起吃饭,状态不错")
    with pytest.raises(Refused) as refused:
        await act(relative, "completeRehabTask", show="task { id }", taskId=task["id"], text="再记一次")
    assert refused.value.codes == ["TRANSITION_REFUSED"] or refused.value.codes == ["WRONG_STATE"]
    chain = (await look(worker, case, "chain { kind state record }"))["chain"]
    assert ("FAMILY_CARE", "DONE", "一起吃饭,状态不错") in [(each["kind"], each["state"], each["record"]) for each in chain]
    for each in await tasks(person, case):
        assert each["link"] == "PERSON"


async def test_a_grid_member_does_his_link_and_does_not_see_the_case(city: City) -> None:
    case = await started(city)
    grid = await city.sign_in(GRID)
    task = await await_task(city, grid, case, "PATROL")
    done = await act(grid, "completeRehabTask", show="task { state }", taskId=task["id"], text="走访,家中无异常")
    assert done["task"]["state"] == "DONE"
    answer = await grid.client.post("/graphql", json={"query": "{ rehabCases { edges { node { id } } } }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


async def test_a_whistle_calls_links_within_a_limit_and_ends_with_a_finding(city: City) -> None:
    case = await started(city)
    worker, police, person = await city.sign_in(WORKER), await city.sign_in(POLICE), await whose(city, case)
    await step(worker, "blowWhistle", case, ground="OUT_OF_CONTACT", text="三天联系不上", called=["POLICE", "GRID"])
    with pytest.raises(Refused) as refused:
        await step(worker, "blowWhistle", case, ground="OUT_OF_CONTACT", text="再吹一次", called=["POLICE"])
    assert refused.value.codes == ["ALREADY_OPEN"]
    await city.work()
    (task,) = await tasks(police, case, "WHISTLE")
    await act(police, "completeRehabTask", show="task { state }", taskId=task["id"], text="已到场,本人在家")
    assert (await look(person, case, "whistles { id }"))["whistles"] == []
    (whistle,) = (await look(worker, case, "whistles { id state text }"))["whistles"]
    await act(worker, "closeWhistle", whistleId=whistle["id"], finding="HELPED", text="手机坏了,已换号")
    chain = (await look(worker, case, "chain { kind link state } whistles { state finding closing }"))
    assert chain["whistles"][0] == {"state": "CLOSED", "finding": "HELPED", "closing": "手机坏了,已换号"}
    assert not [each for each in chain["chain"] if each["kind"] == "WHISTLE" and each["state"] == "OPEN"]


async def test_whoever_does_not_see_the_case_raises_the_alarm_from_his_task(city: City) -> None:
    case = await started(city)
    grid, police, worker = await city.sign_in(GRID), await city.sign_in(POLICE), await city.sign_in(WORKER)
    task = await await_task(city, grid, case, "PATROL")
    for _ in range(2):
        done = await act(grid, "raiseAlarm", show="ok", taskId=task["id"], ground="HEALTH_DANGER", text="门没关,叫不应")
        assert done == {"ok": True}
    await city.work()
    (whistle,) = (await look(worker, case, "whistles { ground text blownBy }"))["whistles"]
    assert whistle == {"ground": "HEALTH_DANGER", "text": "门没关,叫不应", "blownBy": "测试网格员"}
    own = await await_task(city, police, case, "WHISTLE")
    with pytest.raises(Refused) as refused:
        await act(police, "raiseAlarm", show="ok", taskId=own["id"], ground="HEALTH_DANGER", text="由个案直接吹哨")
    assert refused.value.codes == ["NOT_PERMITTED"]


async def test_a_listed_reason_excuses_a_miss(city: City) -> None:
    case = await started(city)
    worker, person = await city.sign_in(WORKER), await whose(city, case)
    # By chance one may be open by schedule already; it is let run out as well.
    if not await tasks(person, case, "CHECK_IN"):
        await step(worker, "demandCheckIn", case, reason="请今天报到", hours=1)
    await city.pass_time(days=4)
    task = next(each for each in await tasks(person, case, "CHECK_IN") if each["state"] == "MISSED")
    await act(worker, "excuseRehabTask", taskId=task["id"], excuse="FLOOD_OR_TYPHOON", reason="台风停电")
    assert task["id"] not in [each["id"] for each in await tasks(person, case, "CHECK_IN")]


async def test_a_link_is_given_to_somebody_else_with_its_duties(city: City) -> None:
    case = await started(city)
    office, grid = await city.sign_in(OFFICE), await city.sign_in(GRID)
    people = await office.ask(
        "query($id: ID!) { rehabAssignees(caseId: $id, kind: GRID) { membershipId name } }", id=case["id"]
    )
    (member,) = [each for each in people["rehabAssignees"] if each["name"] == "测试网格员"]
    await step(office, "assignRehabLink", case, kind="GRID", membership=member["membershipId"])
    with pytest.raises(Refused):
        await step(grid, "assignRehabLink", case, kind="GRID", membership=member["membershipId"])
