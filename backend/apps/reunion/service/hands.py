"""Many hands: what other agencies and helpers are asked to do for a case, until the giver has seen that it is done.

A giver locks the case, then the task; a helper, who may not see the case, locks the task alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from backend.apps.reunion import access, rules
from backend.apps.reunion.access import UNSETTLED
from backend.apps.reunion.enums import TaskState as T
from backend.apps.reunion.inputs import FinishTaskInput, GiveTaskInput, ReturnTaskInput, TaskStepInput
from backend.apps.reunion.models import Case, HandTask
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import Unit, local_date
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.deadlines.rules import DeadlineRule
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.files.service import attach_one
from backend.kernel.identity.models import Membership
from backend.kernel.jobs.service import enqueue
from backend.kernel.notifications.service import announce
from backend.kernel.privacy.retention import keep_for
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.machine import WrongState
from backend.kernel.workflow.matters import officers, touch

MET_JOB: Final = "reunion.task_met"
UPLOAD: Final = "reunion"
#: Tasks of one case that nobody has settled yet.
MOST_OPEN: Final = 20
LONGEST_RETURN_DAYS: Final = 30

#: Who may be asked. Those who cannot open cases are asked by name, so that one of them, and not everybody, sees the task.
AGENCIES = (Role.CIVIL_AFFAIRS, Role.POLICE_OFFICER, Role.RESCUE_STATION)
HELPERS = (Role.GRID_WORKER, Role.SOCIAL_WORKER, Role.VILLAGE_OFFICER)
#: Whose leader hears that a task stays undone.
LEADERS = {
    Role.POLICE_OFFICER: Role.POLICE_CHIEF,
    Role.RESCUE_STATION: Role.CIVIL_AFFAIRS,
    Role.CIVIL_AFFAIRS: Role.CIVIL_AFFAIRS,
}


# ------------------------------------------------------------------------------------------------------- the giver


async def give_task(actor: Actor, request: GiveTaskInput) -> Case:
    """Ask an agency, or a helper by name, for one thing; the limit is the rule's or shorter."""
    case = (await common.begin(actor, request.id, "give_task", request.version)).case
    if await HandTask.filter(case_id=case.id, state__in=UNSETTLED).count() >= MOST_OPEN:
        raise Refusal("TOO_MANY", most=MOST_OPEN)
    checks = Checks()
    instruction = checks.text("instruction", request.instruction, least=4, most=1000)
    role = checks.choice("role", request.role, Role)
    if role is not None and role not in (*AGENCIES, *HELPERS):
        checks.refuse("INVALID", "role", accepted=[*AGENCIES, *HELPERS])
    if role in HELPERS and not request.membership_id:
        checks.refuse("REQUIRED", "membershipId")
    rule = _rule(checks, f"task_{request.kind.lower()}", request.due_on, emergency=case.alarm is not None)
    checks.done()
    assert role is not None and actor.membership is not None and actor.account_id is not None
    helper = await _helper(case, role, request.membership_id)
    task = HandTask(
        id=new_id(), county=case.county, path=_place(case, helper), case_id=case.id, case_code=case.code, case_side=case.side,
        case_kind=case.kind, emergency=case.alarm is not None, kind=request.kind, state=T.GIVEN, instruction=instruction,
        role=role, given_by=actor.membership.id, given_by_account=actor.account_id, given_by_role=actor.role,
        given_by_name=actor.membership.name, given_by_agency=actor.membership.agency_name, given_at=clock.now(),
        given_by_phone=await _duty_phone(actor),
    )  # fmt: skip
    if helper is not None:
        _address(task, helper)
    await _start(case, task, rule)
    await task.save(force_create=True)
    await common.note(actor, case, "task:given", **_said(task), due=task.due_at.isoformat())
    await _tell_helpers(case, task, "task.given", but=actor.account_id)
    return case


def _rule(checks: Checks, name: str, due_on: date | None, *, emergency: bool) -> DeadlineRule:
    rule = rules.rule(name, emergency=emergency)
    if due_on is None:
        return rule
    today = common.today()
    longest = local_date(clocks.calendar().due(clock.now(), rule.length, rule.unit, roll=rule.roll).due_at)
    checks.day("dueOn", due_on, least=today + timedelta(days=1), most=longest)
    return replace(rule, length=max(1, (due_on - today).days), unit=Unit.CD)


async def helpers(case: Case, role: Role) -> list[Membership]:
    """Who may be asked in this role: whose place contains the case's, or lies in its county."""
    county = ".".join(case.path.split(".")[:3])
    now = clock.now()
    inside = Membership.filter(role=role, county=case.county, active_from__lte=now)
    found = {row.id: row for row in await inside if lies_in(row.path, county)}
    found |= {row.id: row for row in await officers(case, role)}
    living = [row for row in found.values() if row.ended_at is None or row.ended_at > now]
    return sorted(living, key=lambda row: (row.path, row.name, row.id))


async def _helper(case: Case, role: Role, membership_id: str | None) -> Membership | None:
    if not membership_id:
        if not await officers(case, role):
            raise not_found("role")
        return None
    wanted = as_id(membership_id, "membershipId")
    for row in await helpers(case, role):
        if row.id == wanted:
            return row
    raise not_found("membershipId")


async def _duty_phone(actor: Actor) -> str:
    assert actor.membership is not None
    row = await Membership.get_or_none(id=actor.membership.id)
    return row.duty_phone if row else ""


def _place(case: Case, helper: Membership | None) -> str:
    """The helper's place, so that what he writes about the task is in his reach; the case's for whoever reaches that."""
    return case.path if helper is None or lies_in(case.path, helper.path) else helper.path


def _address(task: HandTask, helper: Membership) -> None:
    task.assignee, task.assignee_account = helper.id, helper.account_id
    task.assignee_name, task.assignee_agency = helper.name, helper.agency_name


async def _start(case: Case, task: HandTask, rule: DeadlineRule) -> None:
    running = await clocks.start(case, common.APP, rule, clock.now(), subject_id=task.id)
    task.rule, task.due_at = rule.id, running.due_at


def _said(task: HandTask) -> dict[str, Any]:
    """What an event may keep for ever: which task, of which kind, for which role. Never what was written."""
    return {"task": str(task.id), "kind": str(task.kind), "role": str(task.role)}


async def verify_task(actor: Actor, request: TaskStepInput) -> HandTask:
    """The giver has seen the result and it is enough."""
    _, task = await _settle(actor, request.id, "verify")
    await _close(task, T.VERIFIED)
    await _noted(actor, task, "verified")
    return task


async def return_task(actor: Actor, request: ReturnTaskInput) -> HandTask:
    """It is not enough: why, and until when again."""
    case, task = await _settle(actor, request.id, "return")
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    if not 1 <= request.days <= LONGEST_RETURN_DAYS:
        checks.refuse("INVALID", "days", least=1, most=LONGEST_RETURN_DAYS)
    checks.done()
    await _met(task)
    rule = replace(rules.RULES[task.rule], length=request.days, unit=Unit.CD)
    task.state, task.reason, task.done_at = T.RETURNED, reason, None
    await _start(case, task, rule)
    await task.save()
    await _noted(actor, task, "returned", due=task.due_at.isoformat())
    return task


async def cancel_task(actor: Actor, request: TaskStepInput) -> HandTask:
    """It is not needed any more; whoever worked on it hears so."""
    _, task = await _settle(actor, request.id, "cancel")
    task.reason = _reason(request.text)
    await _close(task, T.CANCELLED)
    await _noted(actor, task, "cancelled")
    return task


async def _settle(actor: Actor, task_id: str, step: str) -> tuple[Case, HandTask]:
    """The case and its task, locked in this order. Nobody settles what he did himself."""
    actor.require(Permission.GIVE)
    known = await HandTask.get_or_none(id=as_id(task_id))
    if known is None:
        raise not_found("id")
    case = await common.find(actor, known.case_id)
    if not access.is_ours(actor, case):
        raise not_permitted(Permission.GIVE)
    task = await HandTask.filter(id=known.id).select_for_update().get()
    if task.state not in access.SETTLING[step]:
        raise WrongState(step, task.state, access.SETTLING[step])
    if step != "cancel" and access.did_it_himself(actor, task):
        raise Refusal("SELF_CONFIRMED")
    return case, task


async def _close(task: HandTask, state: T) -> None:
    await _met(task)
    task.state, task.settled_at = state, clock.now()
    await task.save()


async def _met(task: HandTask) -> None:
    """The limit was kept, or not, when the work was done; what nobody did is met when it is given up."""
    await clocks.meet(task.case_id, task.rule, task.done_at or clock.now(), subject_id=task.id)


async def _noted(actor: Actor, task: HandTask, what: str, **data: str) -> None:
    case = await Case.get(id=task.case_id)
    await common.note(actor, case, f"task:{what}", **_said(task), **data)
    await _tell_helpers(case, task, f"task.{what}", but=actor.account_id)


async def _tell_helpers(case: Case, task: HandTask, kind: str, *, but: UUID | None = None) -> None:
    told: Iterable[UUID | None] = [task.assignee_account]
    if task.assignee_account is None:
        told = await common.accounts(case, Role(task.role))
    await common.tell([each for each in told if each != but], kind, case, task=str(task.id))


def _reason(text: str | None) -> str:
    return text_of(text, "text", least=4, most=1000)


# ------------------------------------------------------------------------------------------------------ the helper


async def accept_task(actor: Actor, request: TaskStepInput) -> HandTask:
    """I do it. Of an agency that was asked as such, whoever accepts first."""
    task = await _mine(actor, request.id, "accept")
    task.state, task.accepted_at = T.ACCEPTED, clock.now()
    if task.assignee is None:
        _address(task, await Membership.get(id=_membership(actor)))
    await task.save()
    await _answered(actor, task, "accepted")
    return task


async def finish_task(actor: Actor, request: FinishTaskInput) -> HandTask:
    """What was done, with a picture where one helps. The giver looks at it."""
    task = await _mine(actor, request.id, "finish")
    checks = Checks()
    result = checks.text("text", request.text, least=4, most=2000)
    checks.done()
    if request.file_id:
        file = await attach_one(
            actor, as_id(request.file_id, "fileId"), task, field="fileId", purpose=UPLOAD, subject_id=task.id,
            matter_id=task.case_id,
        )  # fmt: skip
        task.file_id = file.id
    task.state, task.result, task.done_at = T.DONE, result, clock.now()
    await task.save()
    await _answered(actor, task, "done", late=task.done_at > task.due_at)
    # The clock hangs on the case, which a helper does not reach.
    await enqueue(MET_JOB, task, matter_id=task.case_id, task_id=str(task.id))
    return task


async def refuse_task(actor: Actor, request: TaskStepInput) -> HandTask:
    """I cannot do it, and why: the giver asks somebody else."""
    task = await _mine(actor, request.id, "refuse")
    task.reason = _reason(request.text)
    task.state, task.settled_at = T.REFUSED, clock.now()
    if task.assignee is None:
        _address(task, await Membership.get(id=_membership(actor)))
    await task.save()
    await _answered(actor, task, "refused")
    await enqueue(MET_JOB, task, matter_id=task.case_id, task_id=str(task.id))
    return task


async def _mine(actor: Actor, task_id: str, step: str) -> HandTask:
    """A task for this actor, locked. Raises `NOT_FOUND`, `NOT_PERMITTED` for a colleague's, `WRONG_STATE`."""
    actor.require(Permission.DO_TASK)
    task = await HandTask.filter(id=as_id(task_id)).select_for_update().first()
    if task is None:
        raise not_found("id")
    if not access.is_addressed(actor, task):
        raise not_permitted(Permission.DO_TASK) if actor.may(Permission.READ) else not_found("id")
    if task.state not in access.DOING[step]:
        raise WrongState(step, task.state, access.DOING[step])
    return task


def _membership(actor: Actor) -> UUID:
    assert actor.membership is not None
    return actor.membership.id


async def _answered(actor: Actor, task: HandTask, what: str, **data: Any) -> None:
    """The event and the giver's notification: written where the helper reaches, about the case."""
    await record(actor, f"reunion:task:{what}", task, matter_id=task.case_id, **_said(task), **data)
    place = Case(**place_of(task), id=task.case_id, code=task.case_code)
    await common.tell([task.given_by_account], f"task.{what}", place, task=str(task.id))
    announce(task.case_id)


# ----------------------------------------------------------------------------------------- jobs, marks and the end


async def met(actor: Actor, task_id: str) -> None:
    """Job: a helper's work stops the clock, at the moment when he wrote it down."""
    known = await HandTask.get_or_none(id=UUID(task_id))
    if known is None:
        return
    case = await Case.filter(id=known.case_id).select_for_update().get()
    task = await HandTask.filter(id=known.id).select_for_update().get()
    if task.state in (T.DONE, T.REFUSED):
        # Open pages of the case, whose version a helper cannot raise, read it again.
        await touch(case)
        await clocks.meet(task.case_id, task.rule, task.done_at or task.settled_at or clock.now(), subject_id=task.id)


async def on_mark(actor: Actor, running: MatterClock, mark: int) -> None:
    """First whoever has it in hand, when it is late also the giver, three days later his leader; in an emergency at once."""
    task = await HandTask.get_or_none(id=running.subject_id) if running.subject_id else None
    if task is None or task.state not in UNSETTLED or task.state == T.DONE:
        return
    case = await Case.get(id=task.case_id)
    told: set[UUID | None] = {task.assignee_account}
    if task.assignee_account is None:
        told = set(await common.accounts(case, Role(task.role)))
    if mark >= 100:
        told.add(task.given_by_account)
    if mark > 100 or (mark == 100 and task.emergency):
        leader = LEADERS.get(Role(task.given_by_role))
        told |= set(await common.accounts(case, leader)) if leader else set()
    if mark >= 100:
        await record(actor, "reunion:clock:mark", case, rule=running.rule, mark=mark, task=str(task.id))
    await common.tell(sorted(filter(None, told)), "task.mark", case, task=str(task.id), mark=mark)


async def require_none_open(case: Case) -> None:
    """Raises `TASKS_OPEN` with how many: whoever closes a case has seen the end of every task."""
    count = await HandTask.filter(case_id=case.id, state__in=UNSETTLED).count()
    if count:
        raise Refusal("TASKS_OPEN", count=count)


async def forget(actor: Actor, case: Case) -> None:
    """The case is over: what still waits is cancelled, and what was written and photographed goes."""
    for task in await HandTask.filter(case_id=case.id).select_for_update():
        if task.state in UNSETTLED:
            await _close(task, T.CANCELLED)
            await record(actor, "reunion:task:cancelled", case, **_said(task))
            await _tell_helpers(case, task, "task.cancelled")
        if task.file_id is not None:
            await keep_for(case, task.file_id, "CLOSED", timedelta(days=rules.ERASE_AFTER_DAYS), rules.ERASE_BASIS)
        task.instruction, task.result, task.reason, task.file_id = "", "", "", None
        await task.save()


def late(task: HandTask, now: datetime) -> bool:
    return task.state in UNSETTLED and (task.done_at or now) > task.due_at
