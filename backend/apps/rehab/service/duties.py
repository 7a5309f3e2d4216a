"""The duties of every link: planned ahead, opened, reminded of, missed in the open, done or excused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.apps.rehab import access, rules
from backend.apps.rehab.enums import CheckInState, LinkKind, TaskKind, TaskSource, TaskState
from backend.apps.rehab.inputs import CompleteTaskInput, DemandCheckInInput, ExcuseTaskInput
from backend.apps.rehab.models import Agreement, Case, CheckIn, Task
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import common, rulebook
from backend.apps.rehab.workflow import LIVE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id, place_of
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.files.service import attach
from backend.kernel.privacy import vault
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import WrongState

OPEN = (TaskState.OPEN, TaskState.MISSED)
#: Done by recording what was seen; the others end with a check-in, a test or a decision.
BY_RECORD = (
    TaskKind.HOME_VISIT, TaskKind.TALK, TaskKind.PATROL, TaskKind.FAMILY_CARE, TaskKind.CALL_BACK, TaskKind.WHISTLE,
    TaskKind.RELEASE_NOTICE,
)  # fmt: skip


# ---------------------------------------------------------------------------------------------------- planning


async def plan_case(case: Case) -> None:
    """Set the duties of the next days; planned again on the same day, nothing is added. Whoever is not supervised has none."""
    if case.state not in LIVE:
        return
    assert case.term_from is not None
    today = common.today()
    measures = await rulebook.measures(case)
    agreed = await Agreement.filter(case_id=case.id, effective_at__isnull=False, withdrawn_at__isnull=True).exists()
    # No test that neither law nor the signed agreement contains (`domain.md` 6.6).
    wanted = rules.duties(measures, rules.year_of_term(case.term_from, today), tested=agreed)
    links = await common.links_of(case)
    for planned in rules.plan(wanted, case.band, case.term_from, today, _dice(case)):
        if planned.duty.kind is TaskKind.CHECK_IN:
            await _write(case, planned, None, case.subject_id, case.name)
            continue
        for link in links:
            if link.kind == planned.duty.link:
                subject = link.id if link.kind == LinkKind.FAMILY else None
                await _write(case, planned, link.membership_id, subject, link.name)
    case.planned_on = today
    await case.save(update_fields=["planned_on"])


def _dice(case: Case) -> Any:
    """A keyed hash: the person cannot work out on which day the next test falls."""
    return lambda key: int.from_bytes(vault.draw(f"rehab:{case.id}:{key}")[:4])


async def _write(
    case: Case, planned: rules.Planned, membership_id: UUID | None, subject_id: UUID | None, assignee: str
) -> None:
    """`on conflict`: two planners at once make one task."""
    key = f"{planned.key}:{subject_id or membership_id}"
    if await Task.filter(case_id=case.id, plan_key=key).exists():
        return
    await make(
        case, planned.duty.kind, planned.duty.link, membership_id=membership_id, subject_id=subject_id,
        assignee=assignee, source=TaskSource.SCHEDULE, opens_at=planned.opens_at, due_at=planned.due_at,
        why=planned.why, plan_key=key,
    )  # fmt: skip


async def make(
    case: Case, kind: TaskKind, link: LinkKind, *, opens_at: datetime, due_at: datetime, source: TaskSource,
    membership_id: UUID | None = None, subject_id: UUID | None = None, assignee: str = "",
    source_id: UUID | None = None, why: Mapping[str, Any] | None = None, plan_key: str = "",
) -> Task:  # fmt: skip
    """One duty (staff and jobs)."""
    return await Task.create(
        **place_of(case), id=new_id(), case_id=case.id, case_code=case.code, kind=kind, link=link,
        membership_id=membership_id, subject_id=subject_id, assignee=assignee, source=source, source_id=source_id,
        plan_key=plan_key, opens_at=opens_at, due_at=due_at, why=dict(why or {}), next_at=max(opens_at, clock.now()),
    )  # fmt: skip


async def for_links(case: Case, kind: TaskKind, *kinds: LinkKind, within: timedelta, source_id: UUID) -> list[Task]:
    """The same duty, now, for each link of these kinds; people are told by the task's own opening."""
    now = clock.now()
    return [
        await make(
            case, kind, link.kind, membership_id=link.membership_id,
            subject_id=link.id if link.kind == LinkKind.FAMILY else None, assignee=link.name,
            source=TaskSource.WHISTLE if kind is TaskKind.WHISTLE else TaskSource.CHECK_IN, source_id=source_id,
            opens_at=now, due_at=now + within,
        )
        for link in await common.links_of(case, *kinds)
    ]  # fmt: skip


async def cancel_all(case: Case) -> None:
    """Nothing is asked of anybody any more: suspension, transfer, the end of the term."""
    await cancel(Task.filter(case_id=case.id, state__in=list(OPEN)).exclude(kind=TaskKind.RELEASE_NOTICE))


async def cancel(tasks: QuerySet[Task]) -> None:
    """Not asked for any more. Their plan key is free again: the same duty may come back with a band or after a suspension."""
    await tasks.update(state=TaskState.CANCELLED, next_at=None, plan_key="")


# ---------------------------------------------------------------------------------------------------- lifecycle


async def advance(actor: Actor, task_id: str) -> None:
    """Job: what is due for a task now: open it, remind, call it missed, warn daily. Safe to repeat."""
    task = await Task.filter(id=UUID(task_id)).select_for_update().first()
    now = clock.now()
    if task is None or task.next_at is None or task.next_at > now or task.state not in OPEN:
        return
    case = await Case.get(id=task.case_id)
    if case.state not in LIVE and task.kind is not TaskKind.RELEASE_NOTICE:
        task.state, task.next_at = TaskState.CANCELLED, None
        await task.save()
        return
    steps = rules.reminders(task.opens_at, task.due_at)
    passed = sum(at <= now for at in steps)
    if task.state == TaskState.MISSED:
        await _warn(actor, case, task)
    elif passed == len(steps):
        await _miss(actor, case, task)
    else:
        if passed > task.reminded:
            # Several at once, after a pause of the worker: one word is enough.
            await _remind(case, task, passed)
        task.reminded = max(passed, task.reminded)
        task.next_at = steps[passed]
    await task.save()


async def _remind(case: Case, task: Task, step: int) -> None:
    word = ("opened", "reminder", "last_day")[step - 1]
    await common.tell(await assignees(task), f"task.{word}", case, task=task.kind, due=task.due_at.isoformat())


async def _miss(actor: Actor, case: Case, task: Task) -> None:
    task.state, task.reminded = TaskState.MISSED, 4
    task.next_at = clock.now() + timedelta(days=1)
    await record(
        actor, "rehab:task:missed", case, task=str(task.id), kind=task.kind, link=task.link,
        assignee=task.assignee if task.membership_id else None, due=task.due_at.isoformat(),
    )  # fmt: skip
    await _tell_missed(case, task, 0)


async def _warn(actor: Actor, case: Case, task: Task) -> None:
    days = (clock.now() - task.due_at).days
    task.next_at = clock.now() + timedelta(days=1) if days < rules.WARNED_DAYS else None
    await record(actor, "rehab:chain:warned", case, task=str(task.id), kind=task.kind, link=task.link, days=days)
    await _tell_missed(case, task, days)


async def _tell_missed(case: Case, task: Task, days: int) -> None:
    """The link itself, and the one above it: the worker for the person and the family, the office for officers."""
    above = LinkKind.DRUG_WORKER if task.link in (LinkKind.PERSON, LinkKind.FAMILY) else LinkKind.OFFICE
    told = {*await assignees(task), *await common.link_accounts(case, above)}
    await common.tell(sorted(told), "task.missed", case, task=task.kind, link=task.link, days=days)


async def assignees(task: Task) -> list[UUID]:
    """Accounts of whoever the task belongs to."""
    if task.membership_id is not None:
        rows = await fetch("select account_id from membership where id = $1", task.membership_id)
        return [row["account_id"] for row in rows]
    parts = await Participant.filter(subject_id=task.subject_id, matter_id=task.case_id, account_id__isnull=False)
    return [part.account_id for part in parts if part.account_id is not None]


async def finish(actor: Actor, task: Task, at: datetime) -> bool:
    """The duty was done at `at`; returns whether in time. An offline record counts from when it was made."""
    task.late = at > task.due_at
    task.state, task.done_at, task.done_by, task.next_at = TaskState.DONE, at, actor.account_id, None
    await task.save()
    await record(
        actor, "rehab:task:done", task, matter_id=task.case_id, task=str(task.id), kind=task.kind, link=task.link,
        late=task.late,
    )  # fmt: skip
    return not task.late


# ----------------------------------------------------------------------------------------------------- commands


async def find_own(actor: Actor, task_id: str) -> Task:
    """The actor's own task, not locked. Raises `NOT_FOUND`."""
    task = await access.own_tasks(actor).filter(id=as_id(task_id, "taskId")).first()
    if task is None:
        raise not_found("taskId")
    return task


async def own_task(actor: Actor, task_id: str) -> Task:
    """The actor's own task, locked, for what touches no case. Raises `NOT_FOUND`."""
    found = await find_own(actor, task_id)
    return await Task.filter(id=found.id).select_for_update().get()


async def complete_task(actor: Actor, request: CompleteTaskInput) -> Task:
    """Record a visit, talk, patrol, call or family note. Made without a network it counts from when it was made."""
    task = await own_task(actor, request.task_id)
    if not (actor.may(Permission.DO_TASK) or actor.may(Permission.TAKE_PART)) or task.kind not in BY_RECORD:
        raise not_permitted(Permission.DO_TASK)
    if task.state not in OPEN:
        raise WrongState("complete_task", task.state, frozenset(OPEN))
    checks = Checks()
    text = checks.text("text", request.text, least=2, most=2000)
    now = clock.now()
    checks.moment("doneAt", request.done_at, least=None, most=None)
    checks.items("fileIds", request.file_ids, most=6)
    checks.done()
    files = [as_id(each, "fileIds") for each in request.file_ids or []]
    await attach(actor, files, task, matter_id=task.case_id, subject_id=task.id)
    task.record_sealed = common.seal("task", "record", task.id, text, task.county)
    # A phone's clock may be wrong by days; the record counts inside what we know.
    await finish(actor, task, min(max(request.done_at or now, task.opens_at), now))
    return task


async def excuse_task(actor: Actor, request: ExcuseTaskInput) -> Case:
    """A listed reason excuses a miss of the person's; it costs nothing and is remembered."""
    known = await Task.get_or_none(id=as_id(request.task_id, "taskId"))
    if known is None:
        raise not_found("taskId")
    case = (await common.begin(actor, known.case_id, "excuse_task", field="taskId")).case
    task = await Task.filter(id=known.id).select_for_update().get()
    if task.state not in OPEN or task.link != LinkKind.PERSON:
        raise WrongState("excuse_task", task.state, frozenset(OPEN))
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=500)
    checks.done()
    task.state, task.excuse, task.next_at = TaskState.EXCUSED, request.excuse, None
    task.record_sealed = common.seal("task", "record", task.id, reason, task.county)
    await task.save()
    # Illness and pregnancy stay in the row: the event log carries no health data.
    await common.note(actor, case, "task:excused", task=str(task.id), kind=task.kind)
    await common.tell(await assignees(task), "task.excused", case, task=task.kind)
    return case


async def demand_check_in(actor: Actor, request: DemandCheckInInput) -> Case:
    """Ask for a check-in now, for a reason the person reads; not more often than the rules allow."""
    case = (await common.begin(actor, request.id, "demand_check_in")).case
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=500)
    least, most = rules.DEMAND_HOURS
    checks.number("hours", request.hours, least=least, most=most)
    checks.done()
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"rehab:demand:{case.id}")
    now = clock.now()
    recent = Task.filter(case_id=case.id, source=TaskSource.DEMAND, opens_at__gt=now - timedelta(days=7))
    if await recent.count() >= rules.DEMANDS_IN_A_WEEK:
        raise Refusal("TOO_MANY", most=rules.DEMANDS_IN_A_WEEK, days=7)
    if await _has_open_check_in(case, now):
        raise Refusal("ALREADY_OPEN")
    task = await make(
        case, TaskKind.CHECK_IN, LinkKind.PERSON, subject_id=case.subject_id, assignee=case.name,
        source=TaskSource.DEMAND, opens_at=now, due_at=now + timedelta(hours=request.hours),
        why={"reason": reason, "by": actor.membership.name if actor.membership else ""},
    )  # fmt: skip
    await common.note(actor, case, "check_in:demanded", task=str(task.id), reason=reason, hours=request.hours)
    return case


async def _has_open_check_in(case: Case, now: datetime) -> bool:
    open_now = Task.filter(case_id=case.id, kind=TaskKind.CHECK_IN, state=TaskState.OPEN, opens_at__lte=now)
    answered = CheckIn.filter(case_id=case.id, state__in=[CheckInState.CHECKING, CheckInState.RETAKE, CheckInState.IN_REVIEW])
    return await open_now.exists() or await answered.exists()


