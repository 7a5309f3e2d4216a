"""The programme of the demonstration city: structure, a scene that is being built, meetings with tasks, problems, hazards. Places and
units are artificial on purpose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from strawberry import ID

from backend.apps.cockpit import enums as e
from backend.apps.cockpit import inputs as i
from backend.apps.cockpit.models import ActionItem, Meeting, Milestone, PlanEntry, Scene
from backend.apps.cockpit.service import (
    actions,
    common,
    hazards,
    meetings,
    plans,
    problems,
    scenes,
    structure,
)
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import COUNTY, TOWN, VILLAGE, actor_of, play_as

DAY = timedelta(days=1)
GRID, OFFICER, LEADER, CENTER, OFFICE, CITY_OFFICE, REGULATOR = (
    "19900000011", "19900000012", "19900000022", "19900000031", "19900000034", "19900000041", "19900000091",
)  # fmt: skip
CITY = "3310"
LEADS = {
    (e.PillarKind.TRACK, e.Track.RISK_LOOP): "台州市委政法委", (e.PillarKind.TRACK, e.Track.CASE_HANDLING): "台州市中级人民法院",
    (e.PillarKind.TRACK, e.Track.ENFORCEMENT): "台州市综合行政执法局", (e.PillarKind.KEY_UNIT, e.KeyUnit.ENTERPRISE): "台州市应急管理局",
    (e.PillarKind.KEY_UNIT, e.KeyUnit.FISHERY): "台州市港航口岸和渔业管理局", (e.PillarKind.KEY_UNIT, e.KeyUnit.SEA_AREA): "台州海警局",
    (e.PillarKind.KEY_UNIT, e.KeyUnit.NINE_PLACES): "台州市公安局", (e.PillarKind.KEY_UNIT, e.KeyUnit.CAMPUS): "台州市教育局",
    (e.PillarKind.KEY_UNIT, e.KeyUnit.TRAFFIC): "台州市交通运输局", (e.PillarKind.KEY_UNIT, e.KeyUnit.VILLAGE): "台州市民政局",
}  # fmt: skip
#: Application, key, name, unit, target, tolerance, direction: what the programme asks of the applications' figures.
TARGETS = (
    ("mediation", "local_resolution", "就地化解率", "%", 0.95, 0.03, e.Better.HIGHER),
    ("mediation", "avg_close_days", "平均办结时长", "d", 7.0, 3.0, e.Better.LOWER),
    ("mediation", "satisfaction", "群众满意率", "%", 0.95, 0.03, e.Better.HIGHER),
    ("oversight", "reply_on_time", "检察建议按期回复率", "%", 1.0, 0.05, e.Better.HIGHER),
    ("cockpit", "action_done", "任务按期完成率", "%", 0.95, 0.05, e.Better.HIGHER),
    ("cockpit", "hazard_closed_on_time", "隐患按期闭环率", "%", 0.98, 0.03, e.Better.HIGHER),
)
#: Days ago, who, key unit, place, text, how many steps were taken.
HAZARDS = (
    (1, GRID, e.KeyUnit.NINE_PLACES, "测试小餐馆后厨", "后厨灭火器压力不足,疏散通道堆放杂物。", 0),
    (6, GRID, e.KeyUnit.VILLAGE, "茶溪村测试出租房", "出租房电动自行车在楼道内充电,线路老化。", 2),
    (12, OFFICER, e.KeyUnit.NINE_PLACES, "测试副食店", "店内违规留宿人员,二楼无第二逃生出口。", 3),
    (25, REGULATOR, e.KeyUnit.ENTERPRISE, "测试工艺品厂喷漆车间", "喷漆车间防爆电气不符合要求,未设可燃气体报警。", 4),
)


async def play() -> None:
    cast = {phone: await actor_of(phone) for phone in (GRID, OFFICER, LEADER, CENTER, OFFICE, CITY_OFFICE, REGULATOR)}
    with clock.shifted(-60 * DAY):
        await _structure(cast)
    await _scene(cast)
    await _meetings(cast)
    await _problems(cast)
    for row in HAZARDS:
        await _hazard(cast, row)


async def _structure(cast: dict[str, Actor]) -> None:
    city, first = cast[CITY_OFFICE], date(2026, 1, 1)
    for (kind, code), unit in LEADS.items():
        await play_as(city, structure.define_pillar, i.DefinePillarInput(
            division=CITY, kind=kind, code=code, lead_unit=unit, leader="测试牵头领导"))  # fmt: skip
    for app, key, name, unit, target, tolerance, better in TARGETS:
        await play_as(city, structure.set_indicator, i.SetIndicatorInput(
            division=CITY, app=app, key=key, name=name, owner_unit="台州市数字法治专班", unit=unit, target=target,
            tolerance=tolerance, better=better, valid_from=first))  # fmt: skip
    await play_as(cast[OFFICE], structure.record_honour, i.RecordHonourInput(
        division=COUNTY, name="矛盾纠纷就地化解工作法入选市级典型案例", level=e.HonourLevel.CITY, awarded_on=common.today() - 20 * DAY,
        document="测试发〔2026〕1号"))  # fmt: skip


def _member(actor: Actor) -> ID:
    assert actor.membership is not None
    return ID(str(actor.membership.id))


async def _scene(cast: dict[str, Actor]) -> None:
    office, leader, center = cast[OFFICE], cast[LEADER], cast[CENTER]
    with clock.shifted(-45 * DAY):
        scene = await play_as(office, scenes.propose_scene, i.ProposeSceneInput(
            division=COUNTY, name="五环智控", goal="矛盾纠纷从感知到化解全程闭环,小事不出村、大事不出镇", lead_unit="仙居县社会治理中心",
            apps=["mediation"], track=e.Track.RISK_LOOP, pilot=TOWN))  # fmt: skip
        # Reviewed by the city: nobody reviews what he proposed.
        scene = await play_as(cast[CITY_OFFICE], scenes.review_scene, i.SceneStepInput(
            id=ID(str(scene.id)), version=scene.version, text="场景边界清楚,同意建设"))  # fmt: skip
        scene = await play_as(office, scenes.establish_scene, i.EstablishSceneInput(
            id=ID(str(scene.id)), version=scene.version, leader=_member(center), team=[
                i.TeamMemberInput(membership_id=_member(center), role=e.TeamRole.BUSINESS_LEAD, share="业务流程和考核口径"),
                i.TeamMemberInput(membership_id=_member(office), role=e.TeamRole.TECHNICAL_LEAD, share="系统开发和数据归集"),
                i.TeamMemberInput(membership_id=_member(leader), role=e.TeamRole.MEMBER, share="乡镇试点"),
            ]))  # fmt: skip
        for name, phase, days in (("镇村网格通讯录归集", e.Phase.ROUTINE, 30), ("白塔镇试点上线", e.Phase.KEY, 60)):
            scene = await play_as(office, scenes.plan_milestone, i.PlanMilestoneInput(
                id=ID(str(scene.id)), version=scene.version, name=name, phase=phase, planned_on=common.today() + days * DAY))  # fmt: skip
    await _build(cast, scene)


async def _build(cast: dict[str, Actor], scene: Scene) -> None:
    office, key = cast[OFFICE], ID(str(scene.id))
    with clock.shifted(-20 * DAY):
        for kind, number, text in (
            (e.Proof.IMPACT_ASSESSMENT, "测评〔2026〕1号", "个人信息保护影响评估已完成,风险可控"),
            (e.Proof.SECURITY_GRADE, "测备〔2026〕3号", "网络安全等级保护二级已备案"),
        ):
            scene = await play_as(office, scenes.prove_scene, i.ProveSceneInput(
                id=key, version=scene.version, kind=kind, text=text, number=number))  # fmt: skip
        for to in (e.SceneState.BUILDING, e.SceneState.PILOT):
            scene = await play_as(office, scenes.advance_scene, i.AdvanceSceneInput(
                id=key, version=scene.version, to=to, reason="节点和材料齐备"))  # fmt: skip
        async with open_scope(office.scope):
            first, second = await Milestone.filter(scene_id=scene.id).order_by("planned_on")
        await play_as(office, scenes.finish_milestone, i.FinishMilestoneInput(
            milestone_id=ID(str(first.id)), proof="通讯录已归集,核对无误"))  # fmt: skip
    with clock.shifted(-1 * DAY):
        for text in ("完成镇村两级账号开通和培训",):
            await play_as(office, plans.write_plan, i.WritePlanInput(
                milestone_id=ID(str(second.id)), day=common.today(), text=text))  # fmt: skip
            async with open_scope(office.scope):
                entry = await PlanEntry.filter(milestone_id=second.id).get()
            await play_as(office, plans.report_plan, i.ReportPlanInput(entry_id=ID(str(entry.id)), result="账号已全部开通,培训两场"))
    await play_as(office, plans.write_plan, i.WritePlanInput(
        milestone_id=ID(str(second.id)), day=common.today() + DAY, text="走访三个村,收集试用问题"))  # fmt: skip


async def _meetings(cast: dict[str, Actor]) -> None:
    office, leader = cast[OFFICE], cast[LEADER]
    with clock.shifted(-30 * DAY):
        meeting = await play_as(office, meetings.call_meeting, i.CallMeetingInput(
            division=COUNTY, kind=e.MeetingKind.MONTHLY, title="上月数字法治工作会商", planned_on=common.today(), place_text="县社会治理中心"))  # fmt: skip
        meeting = await play_as(office, meetings.hold_meeting, i.HoldMeetingInput(
            id=ID(str(meeting.id)), version=meeting.version, held_on=common.today(), place_text="县社会治理中心三楼会议室", attendees=[
                i.AttendeeInput(unit="仙居县社会治理中心", name="测试县中心甲", head=True),
                i.AttendeeInput(unit="白塔镇人民政府", name="测试镇领导", head=True),
            ], minutes="会议听取了各单位上月工作情况,研究了试点推进和隐患整改,议定事项列入任务清单。"))  # fmt: skip
        task = await _task(office, leader, meeting, "对白塔镇出租房消防隐患开展一次全面排查", 45)
        await play_as(leader, actions.finish_action, i.FinishActionInput(
            id=ID(str(task.id)), version=task.version, result="已排查出租房42处,发现问题6处,均已列入整改"))  # fmt: skip
    with clock.shifted(-3 * DAY):
        await _task(office, leader, None, "报送下阶段试点村名单", 7)
    await play_as(cast[CITY_OFFICE], meetings.call_meeting, i.CallMeetingInput(
        division=CITY, kind=e.MeetingKind.WEEKLY_LINK, title="市县每周连线", planned_on=common.today() + 2 * DAY, place_text="视频会议"))  # fmt: skip
    await play_as(office, meetings.add_to_consultation, i.AddToConsultationInput(
        app="mediation", key="local_resolution", division=TOWN, month=f"{common.today() - 31 * DAY:%Y-%m}"))  # fmt: skip


async def _task(office: Actor, owner: Actor, meeting: Meeting | None, text: str, days: int) -> ActionItem:
    return await play_as(office, actions.assign_action, i.AssignActionInput(
        text=text, owner=_member(owner), due_on=common.today() + days * DAY, meeting_id=ID(str(meeting.id)) if meeting else None))  # fmt: skip


async def _problems(cast: dict[str, Actor]) -> None:
    with clock.shifted(-4 * DAY):
        row = await play_as(cast[LEADER], problems.report_problem, i.ReportProblemInput(
            division=TOWN, title="流动渔船信息无法共享", text="外地籍渔船停靠信息分散在多个系统,网格无法掌握,建议市级打通。",
            to=[e.ReportTo.VERTICAL, e.ReportTo.TASK_FORCE], vertical_unit="台州市港航口岸和渔业管理局"))  # fmt: skip
        row = await play_as(cast[OFFICE], problems.assign_problem, i.AssignProblemInput(
            id=ID(str(row.id)), version=row.version, owner=_member(cast[CITY_OFFICE])))  # fmt: skip
    with clock.shifted(-2 * DAY):
        await play_as(cast[CITY_OFFICE], problems.answer_problem, i.AnswerProblemInput(
            id=ID(str(row.id)), version=row.version, answer="已协调数据局,本月内开放渔船停靠信息查询接口。"))  # fmt: skip
    with clock.shifted(-1 * DAY):
        await play_as(cast[LEADER], problems.report_problem, i.ReportProblemInput(
            division=TOWN, title="出租房二维码门牌重复", text="同一出租房有两个二维码门牌,登记信息不一致。", to=[e.ReportTo.TASK_FORCE]))  # fmt: skip


async def _hazard(cast: dict[str, Actor], row: tuple[int, str, e.KeyUnit, str, str, int]) -> None:
    """The first `steps` of: graded, ordered, ordered to the regulator, closed loop left open for a person."""
    ago, finder, unit, place, text, steps = row
    regulator, officer = cast[REGULATOR], cast[OFFICER]
    with clock.shifted(-ago * DAY):
        assert cast[finder].membership is not None
        division = VILLAGE if finder == OFFICER else cast[finder].membership.division  # type: ignore[union-attr]
        hazard = await play_as(cast[finder], hazards.find_hazard, i.FindHazardInput(
            hazard_id=ID(str(uuid4())), division=division, unit=unit, place_text=place, text=text, found_at=clock.now()))  # fmt: skip
        if steps >= 2:
            grade = e.HazardGrade.MAJOR if steps == 4 else e.HazardGrade.GENERAL
            hazard = await play_as(regulator, hazards.grade_hazard, _step(hazard, i.GradeHazardInput, grade=grade, reason="现场核实"))
        if steps >= 3:
            owner = officer if steps == 3 else regulator
            await play_as(regulator, hazards.order_rectification, _step(
                hazard, i.OrderRectificationInput, owner=_member(owner), demand="立即整改并上传整改照片",
                due_on=common.today() + (10 if steps == 3 else 60) * DAY))  # fmt: skip


def _step(row: Any, kind: type[Any], **fields: Any) -> Any:
    return kind(id=ID(str(row.id)), version=row.version, **fields)
