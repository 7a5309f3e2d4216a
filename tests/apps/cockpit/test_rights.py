"""Who may do what in the programme: allowed, wrong county, wrong place, too low a role, somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.demonstration import COUNTY, TOWN, VILLAGE
from tests.factories import cockpit as c
from tests.factories.city import City, Refused

NO = ["NOT_PERMITTED"]


async def refusals(command: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        await command
    return refused.value.codes


async def test_only_those_who_run_the_programme_read_it(city: City) -> None:
    await c.called(city)
    await c.proposed(city)
    for phone in (c.GRID, c.VILLAGE_OFFICER, c.REGULATOR, c.DEPUTY, c.CITIZEN):
        person = await city.sign_in(phone)
        for field in ("cockpitMeetings", "cockpitScenes"):
            answer = await person.client.post("/graphql", json={"query": f"{{ {field} {{ edges {{ node {{ id }} }} }} }}"})
            assert "NOT_PERMITTED" in answer.text, (phone, field)
    for phone in (c.OFFICE, c.CENTER, c.CITY_OFFICE):
        assert await c.listed(await city.sign_in(phone), "meeting"), phone


async def test_a_private_person_is_refused_by_type_in_every_command(city: City) -> None:
    citizen = await city.sign_in(c.CITIZEN)
    nothing = "018f0000-0000-7000-8000-000000000001"
    tried: dict[str, dict[str, Any]] = {
        "assignAction": {"text": "排查隐患", "owner": nothing, "dueOn": c.day()}, "finishAction": {"id": nothing, "version": 1, "result": "已完成"},
        "reportProblem": {"division": TOWN, "title": "难点", "text": "难点内容", "to": ["TASK_FORCE"]}, "findHazard": c.seen(),
        "callMeeting": {"division": COUNTY, "kind": "AD_HOC", "title": "会商", "plannedOn": c.day()},
        "writePlan": {"milestoneId": nothing, "day": c.day(), "text": "计划"}, "correctTask": {"id": nothing, "text": "更正内容"},
        "reportPlan": {"entryId": nothing, "result": "结果"}, "checkPlan": {"entryId": nothing}, "finishMilestone": {"milestoneId": nothing, "proof": "证明"},
        "gradeHazard": {"id": nothing, "version": 1, "reason": "核实", "grade": "GENERAL"},
    }  # fmt: skip
    for command, fields in tried.items():
        assert await refusals(c.do(citizen, command, **fields)) == NO, command


async def test_a_task_is_its_owners_and_checked_by_another(city: City) -> None:
    task = await c.assigned(city)
    office, center = await city.sign_in(c.OFFICE), await city.sign_in(c.CENTER)
    assert await refusals(c.step(center, "finishAction", task, result="替他完成")) == NO
    assert await c.find(await city.sign_in(c.NEIGHBOUR), "task", task) is None
    task = await c.step(await city.sign_in(c.LEADER), "finishAction", task, result="已经完成")
    assert await refusals(c.step(await city.sign_in(c.LEADER), "checkAction", task, passed=True, finding="属实")) == NO
    assert (await c.step(office, "checkAction", task, passed=True, finding="属实"))["state"] == "CHECKED"


async def test_tasks_go_down_and_never_up_or_aside(city: City) -> None:
    leader, office = await city.sign_in(c.LEADER), await city.sign_in(c.OFFICE)
    up = await c.chosen(office, c.OFFICE, city)
    assert await refusals(c.do(leader, "assignAction", text="向上交办", owner=up, dueOn=c.day(3))) == ["NOT_FOUND"]
    down = await c.chosen(leader, c.VILLAGE_OFFICER, city)
    task = await c.do(leader, "assignAction", text="走访出租房", owner=down, dueOn=c.day(3))
    officer = await city.sign_in(c.VILLAGE_OFFICER)
    assert task["id"] in await c.listed(officer, "task", "mine: true")
    # Whoever only has tasks sees his own alone.
    others = await c.assigned(city, owner=c.REGULATOR)
    assert await c.find(officer, "task", others) is None
    assert await c.find(await city.sign_in(c.REGULATOR), "task", others) is not None


async def test_a_major_hazard_is_graded_and_ordered_by_the_regulator_alone(city: City) -> None:
    leader, regulator = await city.sign_in(c.LEADER), await city.sign_in(c.REGULATOR)
    hazard = await c.found(city)
    assert await refusals(c.step(leader, "gradeHazard", hazard, grade="MAJOR", reason="现场核实")) == NO
    assert await refusals(c.step(await city.sign_in(c.GRID), "gradeHazard", hazard, grade="GENERAL", reason="核实")) in (NO, ["NOT_FOUND"])
    hazard = await c.step(regulator, "gradeHazard", hazard, grade="MAJOR", reason="现场核实")
    owner = await c.chosen(leader, c.VILLAGE_OFFICER, city, "RECTIFICATION", about=hazard["id"])
    assert await refusals(c.step(leader, "orderRectification", hazard, owner=owner, demand="立即整改", dueOn=c.day(3))) == NO


async def test_a_hazard_is_put_right_by_somebody_who_reaches_it(city: City) -> None:
    regulator = await city.sign_in(c.REGULATOR)
    smaller, hazard = [
        await c.step(regulator, "gradeHazard", await c.found(city, **where), grade="GENERAL", reason="现场核实")
        for where in ({"by": c.GRID, "division": f"{VILLAGE}001"}, {})
    ]
    grid = await c.chosen(regulator, c.GRID, city, "RECTIFICATION", about=smaller["id"])
    query = "query($id: ID) { cockpitOfficers(purpose: RECTIFICATION, about: $id) { membershipId name } }"
    offered = (await regulator.ask(query, id=hazard["id"]))["cockpitOfficers"]
    assert "测试村干部" in [row["name"] for row in offered]
    assert grid not in [row["membershipId"] for row in offered]
    assert (await regulator.ask(query, id=None))["cockpitOfficers"] == []
    order = {"owner": grid, "demand": "立即整改", "dueOn": c.day(3)}
    assert await refusals(c.step(regulator, "orderRectification", hazard, **order)) == ["NOT_FOUND"]
    assert (await c.step(regulator, "orderRectification", smaller, **order))["state"] == "RECTIFYING"
    # Whoever is above the orderer reaches the hazard and is not his to order.
    leader = await city.sign_in(c.LEADER)
    above = await c.chosen(regulator, c.REGULATOR, city, "RECTIFICATION", about=hazard["id"])
    assert await refusals(c.step(leader, "orderRectification", hazard, **{**order, "owner": above})) == ["NOT_FOUND"]


async def test_only_its_owner_rectifies(city: City) -> None:
    hazard = await c.ordered(city)
    for phone in (c.LEADER, c.REGULATOR):
        assert await refusals(c.step(await city.sign_in(phone), "rectifyHazard", hazard, text="已经整改", fileIds=[])) == NO
    assert await refusals(c.step(await city.sign_in(c.VILLAGE_OFFICER), "rectifyHazard", hazard, text="已经整改", fileIds=[])) == ["REQUIRED"]


async def test_a_neighbouring_county_sees_nothing(city: City) -> None:
    hazard, task = await c.found(city), await c.assigned(city)
    neighbour = await city.sign_in(c.NEIGHBOUR)
    assert await c.find(neighbour, "hazard", hazard) is None
    assert await refusals(c.do(neighbour, "findHazard", **c.seen(division=VILLAGE))) == ["NOT_FOUND"]
    assert await refusals(c.do(neighbour, "correctTask", id=task["id"], text="不是我的")) == ["NOT_FOUND"]


async def test_only_its_reporter_judges_a_problem_and_only_the_assigned_answers(city: City) -> None:
    problem = await c.given_out(city, await c.reported(city))
    office, center = await city.sign_in(c.OFFICE), await city.sign_in(c.CENTER)
    assert await refusals(c.step(office, "answerProblem", problem, answer="代为答复")) == NO
    problem = await c.step(center, "answerProblem", problem, answer="已经协调")
    assert await refusals(c.step(center, "judgeProblem", problem, accept=True, opinion="自己认可")) == NO


async def test_the_reporter_does_not_answer_his_own_problem(city: City) -> None:
    problem = await c.reported(city, by=c.CENTER, division=COUNTY)
    office = await city.sign_in(c.OFFICE)
    rows = (await office.ask("query($id: ID) { cockpitOfficers(purpose: PROBLEM, about: $id) { name } }", id=problem["id"]))["cockpitOfficers"]
    assert rows
    assert "测试县中心甲" not in [row["name"] for row in rows]


async def test_nobody_reviews_the_scene_he_proposed(city: City) -> None:
    scene = await c.proposed(city)
    assert await refusals(c.step(await city.sign_in(c.OFFICE), "reviewScene", scene, text="同意建设")) == ["INVOLVED_BEFORE"]


async def test_a_leader_reaches_his_scene(city: City) -> None:
    office = await city.sign_in(c.OFFICE)
    scene = await c.step(await city.sign_in(c.CITY_OFFICE), "reviewScene", await c.proposed(city), text="同意建设")
    below = await c.chosen(office, c.LEADER, city, "TEAM")
    team = [{"membershipId": below, "role": role, "share": "分工"} for role in ("BUSINESS_LEAD", "TECHNICAL_LEAD")]
    assert await refusals(c.step(office, "establishScene", scene, leader=below, team=team)) == ["NOT_FOUND"]
    lone = [{"membershipId": below, "role": "MEMBER", "share": "分工"}] * 2
    leader = await c.chosen(office, c.CENTER, city, "LEADER", about=scene["id"])
    assert await refusals(c.step(office, "establishScene", scene, leader=leader, team=lone)) == ["LEADS_MISSING"]


async def test_a_unit_corrects_what_is_said_about_it_and_nobody_else_does(city: City) -> None:
    task = await c.assigned(city)
    leader = await city.sign_in(c.LEADER)
    await c.do(leader, "correctTask", id=task["id"], text="责任单位应为镇应急办")
    assert "cockpit.item.corrected" in await c.told(city, c.OFFICE, task)
    seen = await c.look(leader, "task", task, "corrections { text unit }")
    assert seen["corrections"] == [{"text": "责任单位应为镇应急办", "unit": "白塔镇人民政府"}]
    assert await refusals(c.do(await city.sign_in(c.CENTER), "correctTask", id=task["id"], text="与我无关")) == NO


async def test_an_applications_figure_is_never_entered_by_hand(city: City) -> None:
    given: dict[str, Any] = {
        "division": COUNTY, "app": "mediation", "key": "satisfaction", "name": "满意率", "ownerUnit": "县专班", "target": 0.9, "better": "HIGHER",
        "validFrom": c.day(),
    }  # fmt: skip
    assert await refusals(c.do(await city.sign_in(c.OFFICE), "setIndicator", **given, value=0.99)) == ["INVALID"]
    assert await refusals(c.do(await city.sign_in(c.LEADER), "setIndicator", **given)) == NO
    assert await refusals(c.do(await city.sign_in(c.OFFICE), "setIndicator", **{**given, "division": "3310"})) == ["NOT_FOUND"]
