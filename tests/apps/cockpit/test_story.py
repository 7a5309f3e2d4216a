"""The programme from a red figure to a checked task, from a hazard to its closed loop, from a proposal to a scene that is rolled out."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.demonstration import COUNTY, TOWN
from tests.apps.cockpit.test_board import refreshed
from tests.factories import cockpit as c
from tests.factories import disputes
from tests.factories.city import City, Refused


async def test_a_red_figure_comes_before_the_months_consultation_and_ends_in_a_checked_task(fresh: None, city: City) -> None:
    office, leader = await city.sign_in(c.OFFICE), await city.sign_in(c.LEADER)
    dispute = await disputes.reported(city)
    await refreshed()
    await c.do(
        await city.sign_in(c.CITY_OFFICE), "setIndicator", division=c.CITY, app="mediation", key="registered_total", name="登记总数",
        ownerUnit="市专班", target=100, better="HIGHER", validFrom=c.day(),
    )  # fmt: skip
    red: dict[str, Any] = {"app": "mediation", "key": "registered_total", "division": TOWN, "month": c.day()[:7], "matterIds": [dispute["id"]]}
    meeting = await c.do(office, "addToConsultation", **red)
    again = await c.do(office, "addToConsultation", **red)
    assert again["id"] == meeting["id"]
    shown = await c.look(office, "meeting", meeting, "kind agenda { id source app key value target matterIds division { code } } clocks { rule }")
    assert shown["kind"] == "MONTHLY"
    (item,) = shown["agenda"]
    assert (item["value"], item["target"], item["division"]["code"]) == (1, 100, TOWN)
    assert item["matterIds"] == red["matterIds"]
    assert [each["rule"] for each in shown["clocks"]] == ["meeting"]

    task = await c.assigned(city, meetingId=meeting["id"], agendaItemId=item["id"])
    assert await c.told(city, c.LEADER, task) == ["cockpit.action.assigned"]
    seen = await c.look(leader, "task", task, "mine meetingTitle app key matterIds availableActions { name }")
    assert (seen["mine"], seen["app"], seen["matterIds"]) == (True, "mediation", red["matterIds"])
    assert "finish" in [each["name"] for each in seen["availableActions"]]
    meeting = await c.held(city, meeting)
    papers = (await c.look(office, "meeting", meeting, "papers { title number html } attendees { head }"))["papers"]
    assert papers[0]["title"] == "会商纪要"
    assert "登记总数" in papers[0]["html"]

    task = await c.step(leader, "finishAction", task, result="已排查42处")
    assert task["state"] == "DONE"
    task = await c.step(office, "checkAction", task, passed=False, finding="缺少照片")
    assert task["state"] == "OPEN"
    task = await c.step(leader, "finishAction", task, result="已补充照片")
    task = await c.step(office, "checkAction", task, passed=True, finding="属实")
    assert task["state"] == "CHECKED"
    # This month's was held: what is red now waits for the next one.
    following = await c.do(office, "addToConsultation", **red)
    assert following["id"] != meeting["id"]
    assert following["month"] > meeting["month"]


async def test_a_city_is_a_tenant_whose_meetings_stay_there_and_whose_tasks_go_down(city: City) -> None:
    city_office, office, leader = await city.sign_in(c.CITY_OFFICE), await city.sign_in(c.OFFICE), await city.sign_in(c.LEADER)
    meeting = await c.called(city, by=c.CITY_OFFICE, kind="WEEKLY_LINK", title="市县每周连线")
    assert meeting["code"].startswith("331000-")
    assert await c.find(office, "meeting", meeting) is None
    task = await c.assigned(city, by=c.CITY_OFFICE, meetingId=meeting["id"])
    assert task["code"].startswith("331024-")
    seen = await c.look(leader, "task", task, "meetingTitle meetingId timeline { edges { node { tag } } }")
    assert seen["meetingTitle"] == "市县每周连线"
    assert [each["node"]["tag"] for each in seen["timeline"]["edges"]] == ["cockpit:action:assigned"]
    assert await c.find(leader, "meeting", {"id": seen["meetingId"]}) is None
    meeting = await c.held(city, meeting, by=c.CITY_OFFICE)
    paper = (await c.look(city_office, "meeting", meeting, "papers { number }"))["papers"][0]
    assert paper["number"].startswith("会商〔")


async def test_clocks_and_jobs_of_a_citys_rows_run(city: City) -> None:
    meeting = await c.called(city, by=c.CITY_OFFICE, plannedOn=c.day(3))
    await c.later(city, days=5)
    tags = await c.look(await city.sign_in(c.CITY_OFFICE), "meeting", meeting, "timeline { edges { node { tag data } } }")
    assert "cockpit:clock:mark" in [each["node"]["tag"] for each in tags["timeline"]["edges"]]
    assert "cockpit.clock.mark" in await c.told(city, c.CITY_OFFICE, meeting)


async def test_a_task_that_is_not_done_by_its_day_is_late_and_can_still_be_done(city: City) -> None:
    task = await c.assigned(city, dueOn=c.day(2))
    await c.later(city, days=4)
    leader = await city.sign_in(c.LEADER)
    task = await c.look(leader, "task", task)
    assert task["state"] == "LATE"
    assert "cockpit.action.late" in await c.told(city, c.LEADER, task)
    assert (await c.step(leader, "finishAction", task, result="已全部完成"))["state"] == "DONE"


async def test_an_unanswered_problem_stands_on_the_next_agenda_by_itself(fresh: None, city: City) -> None:
    problem = await c.reported(city)
    leader = await city.sign_in(c.LEADER)
    problem = await c.step(leader, "reportProblemAgain", problem, to="VERTICAL", verticalUnit="台州市港航渔业局")
    assert problem["state"] == "REPORTED_TWICE"
    assert (await c.look(leader, "problem", problem, "papers { title }"))["papers"][0]["title"] == "难点堵点双报告"
    problem = await c.given_out(city, problem)
    await c.later(city, days=12)
    office = await city.sign_in(c.OFFICE)
    (meeting,) = await c.listed(office, "meeting", "kinds: [MONTHLY]")
    (item,) = (await c.look(office, "meeting", {"id": meeting}, "agenda { source title problemId }"))["agenda"]
    assert item == {"source": "PROBLEM", "title": "流动渔船信息无法共享", "problemId": problem["id"]}

    center, leader = await city.sign_in(c.CENTER), await city.sign_in(c.LEADER)
    problem = await c.step(center, "answerProblem", problem, answer="本月内开放查询接口")
    problem = await c.step(leader, "judgeProblem", problem, accept=False, opinion="只开放了一半")
    assert problem["state"] == "REOPENED"
    problem = await c.step(center, "answerProblem", problem, answer="已全部开放")
    assert (await c.step(leader, "judgeProblem", problem, accept=True, opinion="已解决"))["state"] == "ACCEPTED"


async def test_a_hazard_is_closed_by_another_person_than_the_one_who_rectified_it(city: City) -> None:
    hazard = await c.rectified(city, await c.ordered(city))
    officer, regulator = await city.sign_in(c.VILLAGE_OFFICER), await city.sign_in(c.REGULATOR)
    with pytest.raises(Refused) as refused:
        await c.step(officer, "verifyHazard", hazard, passed=True, finding="已整改")
    assert refused.value.codes == ["NOT_PERMITTED"]
    hazard = await c.step(regulator, "verifyHazard", hazard, passed=False, finding="仍有一处未改", dueOn=c.day(3))
    assert (hazard["state"], hazard["round"]) == ("RECTIFYING", 2)
    hazard = await c.step(regulator, "verifyHazard", await c.rectified(city, hazard), passed=True, finding="已整改到位")
    assert hazard["state"] == "CLOSED"
    shown = await c.look(regulator, "hazard", hazard, "rectifications { round verified verifierName files { id } } papers { title } clocks { rule }")
    assert [row["verified"] for row in shown["rectifications"]] == [False, True]
    assert all(row["files"] for row in shown["rectifications"])
    assert (shown["papers"][0]["title"], shown["clocks"]) == ("隐患整改通知单", [])


async def test_whoever_orders_his_own_rectification_does_not_verify_it(city: City) -> None:
    regulator = await city.sign_in(c.REGULATOR)
    hazard = await c.rectified(city, await c.ordered(city, owner=c.REGULATOR), by=c.REGULATOR)
    with pytest.raises(Refused) as refused:
        await c.step(regulator, "verifyHazard", hazard, passed=True, finding="已整改")
    assert refused.value.codes == ["NOT_PERMITTED"]
    leader = await city.sign_in(c.LEADER)
    assert (await c.step(leader, "verifyHazard", hazard, passed=True, finding="属实"))["state"] == "CLOSED"


async def test_a_scene_goes_on_only_with_what_it_needs(city: City) -> None:
    office = await city.sign_in(c.OFFICE)
    scene = await c.established(city)
    assert await refusals(c.step(office, "advanceScene", scene, to="BUILDING", reason="开始建设")) == ["EVIDENCE_MISSING"]
    scene, milestone = await c.planned(city, scene)
    scene = await c.step(office, "advanceScene", scene, to="BUILDING", reason="开始建设")
    assert await refusals(c.step(office, "advanceScene", scene, to="PILOT", reason="开始试点")) == ["EVIDENCE_MISSING"]
    for kind in ("IMPACT_ASSESSMENT", "SECURITY_GRADE"):
        scene = await c.step(office, "proveScene", scene, kind=kind, text="已完成评估和备案")
    assert await refusals(c.step(office, "advanceScene", scene, to="ROLLED_OUT", reason="越级推广")) == ["WRONG_STATE"]
    scene = await c.step(office, "advanceScene", scene, to="PILOT", reason="开始试点")
    for kind in ("USER_TEST", "USABLE_RESULT"):
        scene = await c.step(office, "proveScene", scene, kind=kind, text="用户试用通过,实战有效")
    scene = await c.step(office, "advanceScene", scene, to="ROLLED_OUT", reason="全县推广")

    await c.do(office, "writePlan", milestoneId=milestone, day=c.day(), text="开通账号")
    (entry,) = await plans(office, scene)
    scene = await c.do(office, "reportPlan", entryId=entry["id"], result="全部开通")
    papers = [each["title"] for each in (await c.look(office, "scene", scene, "papers { title }"))["papers"]]
    assert papers == ["专班日报"]
    assert await refusals(c.do(office, "checkPlan", entryId=entry["id"])) == ["INVOLVED_BEFORE"]
    await c.do(office, "issueWeeklyList", id=scene["id"], day=c.day())
    scene = await c.do(office, "finishMilestone", milestoneId=milestone, proof="已上线")
    assert await refusals(c.do(office, "finishMilestone", milestoneId=milestone, proof="已上线")) == ["ALREADY_DONE"]
    scene = await c.step(office, "advanceScene", scene, to="IMPROVING", reason="持续优化")
    assert (await c.step(office, "retireScene", scene, text="并入新场景"))["state"] == "RETIRED"


async def test_a_day_without_its_report_by_six_is_late(city: City) -> None:
    scene, milestone = await c.planned(city, await c.established(city))
    await c.do(await city.sign_in(c.OFFICE), "writePlan", milestoneId=milestone, day=c.day(1), text="开通账号")
    await c.later(city, days=2)
    office = await city.sign_in(c.OFFICE)
    (entry,) = await plans(office, scene)
    assert entry["state"] == "LATE"
    assert "cockpit.plan.late" in await c.told(city, c.CENTER, scene)


async def test_structure_targets_and_honours_are_set_above_and_seen_below(city: City) -> None:
    city_office, leader, grid = await city.sign_in(c.CITY_OFFICE), await city.sign_in(c.LEADER), await city.sign_in(c.GRID)
    await c.do(city_office, "definePillar", division=c.CITY, kind="KEY_UNIT", code="FISHERY", leadUnit="市港航渔业局")
    await c.do(city_office, "definePillar", division=c.CITY, kind="KEY_UNIT", code="FISHERY", leadUnit="市海洋局")
    for person in (leader, grid):
        rows = (await person.ask("{ cockpitPillars { code leadUnit division { code } } }"))["cockpitPillars"]
        assert rows == [{"code": "FISHERY", "leadUnit": "市海洋局", "division": {"code": c.CITY}}]
    await c.do(
        city_office, "setIndicator", division=c.CITY, app="mediation", key="local_resolution", name="就地化解率", ownerUnit="市专班", target=0.95,
        better="HIGHER", validFrom=c.day(),
    )  # fmt: skip
    rows = (await leader.ask("{ cockpitIndicators { code target } }"))["cockpitIndicators"]
    assert rows == [{"code": "mediation:local_resolution", "target": 0.95}]
    honour = await c.do(await city.sign_in(c.OFFICE), "recordHonour", division=COUNTY, name="典型案例", level="CITY", awardedOn=c.day())
    assert honour["name"] == "典型案例"


async def plans(person: Any, scene: dict[str, Any]) -> list[dict[str, Any]]:
    rows = (await c.look(person, "scene", scene, "milestones { plans { id state day } }"))["milestones"]
    return [entry for row in rows for entry in row["plans"]]


async def refusals(command: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        await command
    return refused.value.codes
