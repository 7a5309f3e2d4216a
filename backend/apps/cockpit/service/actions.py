"""任务清单: tasks for officers, decided in meetings or between them; done with proof, checked by somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.apps.cockpit import rules
from backend.apps.cockpit.enums import WorkState
from backend.apps.cockpit.inputs import (
    AssignActionInput,
    CheckActionInput,
    CorrectItemInput,
    FinishActionInput,
    PostponeActionInput,
)
from backend.apps.cockpit.models import ActionItem, AgendaItem, Correction, Hazard, Meeting, Problem
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common, meetings
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal
from backend.kernel.validation import Checks, text_of

_steps = common.task_steps
MOST_CORRECTIONS = 20


async def assign_action(actor: Actor, request: AssignActionInput) -> ActionItem:
    """A task with owner and limit. It lies in its owner's place; of the meeting it takes words along."""
    actor.require(P.ASSIGN)
    meeting, item = await _origin(actor, request)
    owner = await common.officer_below(actor, str(request.owner), P.DO, "owner")
    checks = Checks()
    text = checks.text("text", request.text, least=2)
    today = common.today()
    checks.day("dueOn", request.due_on, least=today, most=today + timedelta(days=rules.MOST_TASK_DAYS))
    checks.done()
    now = clock.now()
    task = ActionItem(
        county=owner.county, path=owner.path, id=new_id(), code=rules.new_code(owner.county, today, "T"), state=WorkState.OPEN,
        text=text, owner=owner.account_id, owner_name=owner.name, owner_unit=owner.agency_name, due_on=request.due_on,
        assigned_by=common.account_of(actor), assigned_unit=common.unit_of(actor), assigned_at=now, updated_at=now,
        **_words(meeting, item),
    )  # fmt: skip
    await task.save(force_create=True)
    await clocks.start(task, common.APP, rules.until("action", request.due_on, today, "会议决定或者交办时确定的期限"), now)
    await _steps.note(actor, task, "action:assigned", due=str(task.due_on), meeting=meeting.code if meeting else None)
    if meeting is not None:
        await common.meeting_steps.note(actor, meeting, "meeting:decided", task=task.code)
    await _steps.tell([task.owner], "action.assigned", task)
    return task


async def _origin(actor: Actor, request: AssignActionInput) -> tuple[Meeting | None, AgendaItem | None]:
    if request.meeting_id is None:
        return None, None
    meeting: Meeting = await common.begin(actor, Meeting, request.meeting_id, "decide", field="meetingId")
    item = await meetings.agenda_item(meeting, request.agenda_item_id) if request.agenda_item_id else None
    return meeting, item


def _words(meeting: Meeting | None, item: AgendaItem | None) -> dict[str, Any]:
    """What a task keeps of its meeting: no row of another tenant, only what it was called."""
    words: dict[str, Any] = {}
    if meeting is not None:
        words = {"meeting_id": meeting.id, "meeting_title": meeting.title, "meeting_on": meeting.held_on or meeting.planned_on}
    if item is not None:
        words |= {"app": item.app, "key": item.key, "matters": list(item.matters)}
    return words


async def postpone_action(actor: Actor, request: PostponeActionInput) -> ActionItem:
    """A later day, with its ground, by somebody else than its owner: what was late is under way again."""
    task: ActionItem = await common.begin(actor, ActionItem, request.id, "postpone", request.version)
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=500)
    today = common.today()
    first = max(today, task.due_on + timedelta(days=1))
    checks.day("dueOn", request.due_on, least=first, most=today + timedelta(days=rules.MOST_TASK_DAYS))
    checks.done()
    before, task.due_on = task.due_on, request.due_on
    await common.meet(task, "action")
    await clocks.start(task, common.APP, rules.until("action", task.due_on, today, "经同意延长的期限"), clock.now())
    facts = {"dueOn": task.due_on, "reason": reason}
    await _steps.move(actor, task, "postpone", "action:postponed", facts, due=str(task.due_on), before=str(before), reason=reason)
    await _steps.tell([task.owner], "action.postponed", task, due=str(task.due_on))
    return task


async def finish_action(actor: Actor, request: FinishActionInput) -> ActionItem:
    """Done, says its owner, and shows it."""
    task: ActionItem = await common.begin(actor, ActionItem, request.id, "finish", request.version)
    task.result = text_of(request.result, "result", least=2)
    # What was sent back kept its first proof on file; this is the new one's.
    task.files = [*task.files, *await common.attach_files(actor, request.file_ids, task)]
    task.done_at = clock.now()
    in_time = common.today() <= task.due_on
    await common.meet(task, "action")
    await clocks.start(task, common.APP, rules.RULES["check_action"], task.done_at)
    await _steps.move(actor, task, "finish", "action:done", {"result": task.result}, in_time=in_time, due=str(task.due_on))
    await _steps.tell([task.assigned_by], "action.done", task)
    return task


async def check_action(actor: Actor, request: CheckActionInput) -> ActionItem:
    """Somebody else looks at it; what does not pass goes back to its owner."""
    task: ActionItem = await common.begin(actor, ActionItem, request.id, "check", request.version)
    task.finding = text_of(request.finding, "finding", least=2)
    await common.meet(task, "check_action")
    if request.passed:
        task.checked_by = actor.account_id
        await _steps.move(actor, task, "check", "action:checked", {"finding": task.finding})
    else:
        await _steps.move(actor, task, "send_back", "action:sent_back", {"finding": task.finding})
        rule = rules.until("action", max(task.due_on, common.today()), common.today(), "原交办期限")
        await clocks.start(task, common.APP, rule, clock.now())
    await _steps.tell([task.owner], "action.checked", task, passed=request.passed)
    return task


async def correct_task(actor: Actor, request: CorrectItemInput) -> ActionItem:
    """What a unit says is wrong about a task that concerns it (`domain.md` 11.4); whoever runs the programme hears."""
    task: ActionItem = await common.begin(actor, ActionItem, request.id, "correct")
    await _correct(actor, task, request.text)
    return task


async def correct_problem(actor: Actor, request: CorrectItemInput) -> Problem:
    """As `correct_task`, of a problem."""
    problem: Problem = await common.begin(actor, Problem, request.id, "correct")
    await _correct(actor, problem, request.text)
    return problem


async def correct_hazard(actor: Actor, request: CorrectItemInput) -> Hazard:
    """As `correct_task`, of a hazard."""
    hazard: Hazard = await common.begin(actor, Hazard, request.id, "correct")
    await _correct(actor, hazard, request.text)
    return hazard


async def _correct(actor: Actor, row: Any, words: str) -> None:
    text = text_of(words, "text", least=2)
    if await Correction.filter(matter_id=row.id).count() >= MOST_CORRECTIONS:
        raise Refusal("TOO_MANY", "id", most=MOST_CORRECTIONS)
    await Correction(
        **place_of(row), id=new_id(), matter_id=row.id, text=text, by=common.account_of(actor), by_name=common.name_of(actor),
        unit=common.unit_of(actor), at=clock.now(),
    ).save(force_create=True)  # fmt: skip
    await _steps.note(actor, row, "item:corrected")
    of = {ActionItem: "action", Problem: "problem", Hazard: "hazard"}[type(row)]
    await common.tell_officers(row, "item.corrected", Role.PROGRAM_OFFICE, but=actor.account_id, of=of)


async def pass_day(actor: Actor, task: ActionItem) -> None:
    """The day has passed and it is not done: it is late, and owner and giver hear of it."""
    locked = await ActionItem.filter(id=task.id).select_for_update().get()
    if locked.state == WorkState.OPEN:
        await _steps.move(actor, locked, "pass_day", "action:late", {}, due=str(locked.due_on))
        await _steps.tell([locked.owner, locked.assigned_by], "action.late", locked)
