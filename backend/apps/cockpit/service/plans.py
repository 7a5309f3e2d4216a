"""Plans of milestones: a weekly list, or a plan and a report every day by 18:00."""

from __future__ import annotations

from datetime import date, timedelta

from backend.apps.cockpit import papers, rules
from backend.apps.cockpit.enums import Rhythm, WorkState
from backend.apps.cockpit.inputs import CheckPlanInput, ReportPlanInput, WeeklyListInput, WritePlanInput
from backend.apps.cockpit.models import Milestone, PlanEntry, Scene
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.apps.cockpit.workflow import UNDONE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import place_of
from backend.kernel.errors import Refusal, not_found
from backend.kernel.validation import Checks, as_id, text_of

_steps = common.scene_steps
#: How far ahead a plan may be written.
AHEAD = timedelta(days=62)


async def write_plan(actor: Actor, request: WritePlanInput) -> Scene:
    """What is to be done on the day or in the week. Raises `ALREADY_DONE` for a day or week that has its plan."""
    actor.require(P.REPORT)
    milestone = await Milestone.get_or_none(id=as_id(request.milestone_id, "milestoneId"))
    if milestone is None:
        raise not_found("milestoneId")
    # Locks the scene: of two plans for one day the second finds the first.
    scene: Scene = await common.begin(actor, Scene, milestone.scene_id, "work", field="milestoneId")
    checks = Checks()
    text = checks.text("text", request.text, least=2)
    today, rhythm = common.today(), rules.RHYTHM[milestone.phase]
    day = rules.day_of(rhythm, request.day) if abs(request.day - today) < timedelta(days=3000) else request.day
    checks.day("day", day, least=rules.day_of(rhythm, today), most=today + AHEAD)
    checks.done()
    if milestone.done_on is not None:
        raise Refusal("ALREADY_DONE", "milestoneId")
    if await PlanEntry.filter(milestone_id=milestone.id, rhythm=rhythm, day=day).exists():
        raise Refusal("ALREADY_DONE", "day")
    entry = await PlanEntry.create(
        **place_of(scene), scene_id=scene.id, milestone_id=milestone.id, rhythm=rhythm, day=day, state=WorkState.OPEN, text=text,
        due_at=rules.report_due(rhythm, day), planned_by=common.account_of(actor),
    )  # fmt: skip
    await _steps.note(actor, scene, "plan:written", entry=str(entry.id), rhythm=rhythm, day=str(day))
    return scene


async def _entry(actor: Actor, entry_id: str) -> tuple[Scene, PlanEntry]:
    """A plan and its scene, locked: the scene first."""
    found = await PlanEntry.get_or_none(id=as_id(entry_id, "entryId"))
    if found is None:
        raise not_found("entryId")
    scene: Scene = await common.find(actor, Scene, found.scene_id, "entryId")
    return scene, await PlanEntry.filter(id=found.id).select_for_update().get()


async def report_plan(actor: Actor, request: ReportPlanInput) -> Scene:
    """What came of it; of a daily plan this is the day's report (专班日报)."""
    actor.require(P.REPORT)
    scene, entry = await _entry(actor, request.entry_id)
    if entry.state not in UNDONE:
        raise Refusal("ALREADY_DONE")
    entry.result = text_of(request.result, "result", least=2)
    entry.reported_by, entry.reported_at = actor.account_id, clock.now()
    late = entry.reported_at > entry.due_at
    entry.state = WorkState.DONE
    if entry.rhythm == Rhythm.DAILY:
        milestone = await Milestone.get(id=entry.milestone_id)
        entry.paper_id = (await papers.daily_report(actor, scene, milestone, entry)).id
    await entry.save()
    await _steps.note(actor, scene, "plan:reported", entry=str(entry.id), rhythm=entry.rhythm, late=late)
    if scene.leader is not None and scene.leader != actor.account_id:
        await _steps.tell([scene.leader], "plan.reported", scene, rhythm=entry.rhythm)
    return scene


async def check_plan(actor: Actor, request: CheckPlanInput) -> Scene:
    """Somebody else than who reported it has looked. Raises `WRONG_STATE`, `INVOLVED_BEFORE`."""
    actor.require(P.CHECK)
    scene, entry = await _entry(actor, request.entry_id)
    if entry.state != WorkState.DONE:
        raise Refusal("WRONG_STATE", "entryId", state=entry.state)
    if entry.reported_by == actor.account_id:
        raise Refusal("INVOLVED_BEFORE")
    entry.state, entry.checked_by = WorkState.CHECKED, actor.account_id
    await entry.save()
    await _steps.note(actor, scene, "plan:checked", entry=str(entry.id))
    return scene


async def issue_weekly_list(actor: Actor, request: WeeklyListInput) -> Scene:
    """工作清单 of a week: every plan of the scene in it, as a paper. Raises `NOTHING_PLANNED`."""
    actor.require(P.REPORT)
    scene: Scene = await common.find(actor, Scene, request.id)
    monday = _monday(request.day)
    entries = await PlanEntry.filter(scene_id=scene.id, day__gte=monday, day__lt=monday + timedelta(days=7)).order_by("day", "id")
    if not entries:
        raise Refusal("NOTHING_PLANNED", "day")
    names = {row.id: row.name for row in await Milestone.filter(scene_id=scene.id)}
    paper = await papers.weekly_list(actor, scene, monday, [(names[entry.milestone_id], entry) for entry in entries])
    await _steps.note(actor, scene, "plan:listed", number=paper.number, week=str(monday))
    return scene


def _monday(day: date) -> date:
    checks = Checks()
    today = common.today()
    checks.day("day", day, least=today - timedelta(days=366), most=today + AHEAD)
    checks.done()
    return rules.day_of(Rhythm.WEEKLY, day)


async def pass_due(actor: Actor, entry_id: str) -> None:
    """Job: 18:00 has passed without a report. Leader and leads are reminded; the log remembers."""
    found = await PlanEntry.get(id=entry_id)
    scene = await Scene.filter(id=found.scene_id).select_for_update().get()
    entry = await PlanEntry.filter(id=found.id).select_for_update().get()
    if entry.state != WorkState.OPEN or entry.due_at > clock.now():
        return
    entry.state = WorkState.LATE
    await entry.save()
    await _steps.note(actor, scene, "plan:late", entry=str(entry.id), rhythm=entry.rhythm)
    await _steps.tell([entry.planned_by, *await common.team_of(scene)], "plan.late", scene, rhythm=entry.rhythm)
