"""Commands and jobs of the cockpit twice, out of order, two at once, killed in the middle, too late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.apps.cockpit.models import Meeting, PlanEntry, Problem
from backend.apps.cockpit.service import plans, problems
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.demonstration import COUNTY, TOWN, VILLAGE
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import counties_below, county_path
from backend.kernel.workflow.matters import Steps
from tests.apps.rehab.test_under_fire import outcomes
from tests.factories import cockpit as c
from tests.factories.city import City, Refused
from tests.factories.ledger import digest, open_ledger
from tests.kernel.db.test_row_level_security import COUNTY_PATH

RED = {"app": "mediation", "key": "satisfaction", "division": TOWN, "month": c.day()[:7]}


async def test_two_who_put_red_figures_on_the_agenda_at_once_make_one_meeting(fresh: None, city: City) -> None:
    office, leader = await city.sign_in(c.OFFICE), await city.sign_in(c.LEADER)
    same = [c.do(office, "addToConsultation", **RED) for _ in range(3)]
    other = [c.do(office, "addToConsultation", **{**RED, "key": key}) for key in ("local_resolution", "avg_close_days")]
    assert await outcomes(*same, *other) == ["DONE"] * 5
    (meeting,) = await c.listed(office, "meeting", "kinds: [MONTHLY]")
    agenda = (await c.look(office, "meeting", {"id": meeting}, "agenda { key }"))["agenda"]
    assert sorted(item["key"] for item in agenda) == ["avg_close_days", "local_resolution", "satisfaction"]
    # A township's consultation is another one.
    own = await c.do(leader, "addToConsultation", **RED)
    assert own["id"] != meeting


async def test_a_month_has_one_consultation_unless_it_was_cancelled(fresh: None, city: City) -> None:
    office = await city.sign_in(c.OFFICE)
    given = {"division": COUNTY, "kind": "MONTHLY", "title": "月度会商", "plannedOn": c.day()}
    assert await outcomes(*(c.do(office, "callMeeting", **given) for _ in range(3))) == ["ALREADY_DONE", "ALREADY_DONE", "DONE"]
    (meeting,) = await c.listed(office, "meeting", "kinds: [MONTHLY]")
    await c.step(office, "cancelMeeting", {"id": meeting}, reason="改期举行")
    assert (await c.do(office, "callMeeting", **given))["id"] != meeting


async def test_a_hazard_sent_twice_or_at_once_is_one(city: City) -> None:
    officer, grid = await city.sign_in(c.VILLAGE_OFFICER), await city.sign_in(c.GRID)
    given = c.seen()
    assert await outcomes(*(c.do(officer, "findHazard", **given) for _ in range(3))) == ["DONE"] * 3
    assert (await c.listed(officer, "hazard")).count(given["hazardId"]) == 1
    with pytest.raises(Refused) as refused:
        await c.do(officer, "findHazard", **{**given, "text": "完全不同的一处隐患"})
    assert refused.value.codes == ["IDEMPOTENCY_MISMATCH"]
    # The same id in another's name, whose place it is not even in.
    place = await first_grid()
    with pytest.raises(AssertionError):
        await c.do(grid, "findHazard", **{**given, "division": place})


async def first_grid() -> str:
    async with open_scope(Scope(DbRole.RELAY)):
        division = await Division.filter(level="GRID", code__startswith=VILLAGE).order_by("code").first()
    assert division is not None
    return division.code


async def test_two_rectify_or_verify_at_once_and_one_does(city: City) -> None:
    hazard = await c.rectified(city, await c.ordered(city))
    regulator, leader = await city.sign_in(c.REGULATOR), await city.sign_in(c.LEADER)
    version = (await c.look(regulator, "hazard", hazard))["version"]
    given = {"id": hazard["id"], "version": version, "passed": True, "finding": "已整改到位"}
    assert await outcomes(*(c.do(person, "verifyHazard", **given) for person in (regulator, leader))) == ["CONFLICT", "DONE"]
    closed = await c.look(regulator, "hazard", hazard)
    assert await outcomes(c.step(regulator, "verifyHazard", closed, passed=True, finding="再次核验")) == ["WRONG_STATE"]


async def test_commands_out_of_order_are_refused(city: City) -> None:
    hazard = await c.found(city)
    regulator, office = await city.sign_in(c.REGULATOR), await city.sign_in(c.OFFICE)
    owner = await c.chosen(regulator, c.VILLAGE_OFFICER, city, "RECTIFICATION", about=hazard["id"])
    order = {"owner": owner, "demand": "立即整改", "dueOn": c.day(3)}
    assert await outcomes(c.step(regulator, "orderRectification", hazard, **order)) == ["WRONG_STATE"]
    assert await outcomes(c.step(regulator, "verifyHazard", hazard, passed=True, finding="属实")) == ["WRONG_STATE"]
    meeting = await c.called(city)
    held = await c.held(city, meeting)
    for command, more in (("addAgendaItem", {"title": "再加一项"}), ("cancelMeeting", {"reason": "不开了"})):
        assert await outcomes(c.step(office, command, held, **more)) == ["WRONG_STATE"]
    task = await c.assigned(city)
    assert await outcomes(c.step(office, "checkAction", task, passed=True, finding="属实")) == ["WRONG_STATE"]
    stale = {"id": meeting["id"], "version": 1, "title": "旧版本上的议题"}
    assert await outcomes(c.do(office, "addAgendaItem", **stale)) == ["CONFLICT"]


async def test_a_task_sent_twice_is_one(city: City) -> None:
    once = str(uuid4())
    office = await city.sign_in(c.OFFICE)
    given = {"text": "报送试点名单", "owner": await c.chosen(office, c.LEADER, city), "dueOn": c.day(3)}
    first, second = [await c.do(office, "assignAction", once=once, **given) for _ in range(2)]
    assert first["id"] == second["id"]


async def test_a_monthly_meeting_needs_heads_of_units(fresh: None, city: City) -> None:
    meeting = await c.called(city, kind="MONTHLY", title="月度会商")
    without = {"heldOn": c.day(), "placeText": "会议室", "minutes": "会议研究了有关工作和问题。", "attendees": [{"unit": "测试单位", "name": "测试甲"}]}
    assert await outcomes(c.step(await city.sign_in(c.OFFICE), "holdMeeting", meeting, **without)) == ["HEADS_MISSING"]


async def test_a_command_killed_in_the_middle_leaves_nothing(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    office = await city.sign_in(c.OFFICE)
    owner = await c.chosen(office, c.LEADER, city)

    async def killed(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    async with open_ledger(database.admin_dsn) as ledger:
        before = await digest(ledger)
        monkeypatch.setattr(Steps, "tell", killed)
        with pytest.raises(AssertionError):
            await c.do(office, "assignAction", text="排查隐患", owner=owner, dueOn=c.day(3))
        assert await digest(ledger) == before


async def test_jobs_that_run_twice_act_once(city: City) -> None:
    problem = await c.given_out(city, await c.reported(city))
    scene, milestone = await c.planned(city, await c.established(city))
    await c.do(await city.sign_in(c.OFFICE), "writePlan", milestoneId=milestone, day=c.day(), text="开通账号")
    system = system_actor(COUNTY, COUNTY_PATH)
    with clock.shifted(clock.offset() + timedelta(days=20)):
        for _ in range(2):
            async with open_scope(system.scope):
                await problems.pass_day(system, await Problem.get(id=problem["id"]))
                (entry,) = await PlanEntry.filter(milestone_id=milestone)
                await plans.pass_due(system, str(entry.id))
    async with open_scope(system.scope):
        events = await MatterClock.filter(matter_id=UUID(problem["id"])).count()
        assert events == 1
        assert await Meeting.filter(kind="MONTHLY").exclude(state="CANCELLED").count() >= 1
    tags = [kind for kind in await c.told(city, c.LEADER, problem) if kind == "cockpit.problem.overdue"]
    assert len(tags) == 1
    assert len([kind for kind in await c.told(city, c.CENTER, scene) if kind == "cockpit.plan.late"]) == 1


async def test_an_answer_in_time_stops_the_way_to_the_agenda(city: City) -> None:
    problem = await c.given_out(city, await c.reported(city))
    await c.step(await city.sign_in(c.CENTER), "answerProblem", problem, answer="已经协调解决")
    await c.later(city, days=20)
    seen = await c.look(await city.sign_in(c.LEADER), "problem", problem, "onAgendaAt")
    assert seen["onAgendaAt"] is None


async def test_an_expired_session_changes_nothing(city: City) -> None:
    task = await c.assigned(city)
    leader = await city.sign_in(c.LEADER)
    await city.pass_time(days=40)
    with pytest.raises(AssertionError):
        await c.do(leader, "finishAction", id=task["id"], version=1, result="已经完成")
    city.people.clear()


async def test_a_city_stands_for_itself_and_every_county_below(product: Any) -> None:
    assert await county_path("331000") == "33.3310"
    assert await county_path("330000") == "33"
    assert await county_path("331024") == COUNTY_PATH
    async with open_scope(Scope(DbRole.RELAY)):
        below = await counties_below("33.3310")
        assert {"331000", "331024", "331083"} <= set(below)
        assert set(await counties_below("33")) == {"330000", *below}
        assert await counties_below(f"{COUNTY_PATH}.331024103") == ("331024",)
    with pytest.raises(LookupError):
        await county_path("339900")
