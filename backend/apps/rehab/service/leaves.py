"""外出报告: filed, acknowledged, extended, returned from. In the green band it is acknowledged at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from backend.apps.rehab import papers, rules
from backend.apps.rehab.enums import LeaveState
from backend.apps.rehab.inputs import DecideLeaveInput, LeaveChangeInput, LeaveInput
from backend.apps.rehab.models import Case, Leave
from backend.apps.rehab.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.jobs.service import enqueue, enqueue_found
from backend.kernel.validation import Checks, as_id

S = LeaveState
ACKNOWLEDGE_JOB = "rehab.acknowledge_leave"
OVERDUE_JOB = "rehab.leave_overdue"
FARTHEST = timedelta(days=90)


async def file_leave(actor: Actor, request: LeaveInput) -> Case:
    """Report a journey before it. Longer than three days is a written report, which this is (戒毒条例 19)."""
    case = (await common.begin(actor, request.id, "file_leave")).case
    checks = Checks()
    place = checks.text("place", request.place, least=2, most=200)
    reason = checks.text("reason", request.reason, least=2, most=1000)
    today = common.today()
    checks.day("fromDay", request.from_day, least=today, most=today + FARTHEST)
    checks.done()
    longest = timedelta(days=rules.LONGEST_LEAVE_DAYS - 1)
    checks.day("toDay", request.to_day, least=request.from_day, most=request.from_day + longest)
    checks.done()
    await _no_overlap(case, request.from_day, request.to_day)
    row = await Leave.create(
        **place_of(case), id=new_id(), case_id=case.id, from_day=request.from_day, to_day=request.to_day, place=place,
        reason=reason, state=S.FILED, fast_lane=common.has_pass(case), filed_at=clock.now(),
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["leave"], clock.now(), subject_id=row.id)
    await common.note(
        actor, case, "leave:filed", leave=str(row.id), days=_days(row), written=_days(row) > rules.WRITTEN_LEAVE_DAYS,
        fast_lane=row.fast_lane,
    )  # fmt: skip
    # The system acknowledges a green person's report: it gives nothing that could have been refused him.
    await enqueue(ACKNOWLEDGE_JOB, case, leave_id=str(row.id))
    return case


def _days(row: Leave) -> int:
    return (row.to_day - row.from_day).days + 1


async def _no_overlap(case: Case, first: date, last: date, *, but: UUID | None = None) -> None:
    rows = Leave.filter(case_id=case.id, state__in=[S.FILED, S.ACKNOWLEDGED], from_day__lte=last, to_day__gte=first)
    if await rows.exclude(id=but or UUID(int=0)).exists():
        raise Refusal("OVERLAPS", "fromDay")


async def acknowledge(actor: Actor, leave_id: str) -> None:
    """Job: write the report down as a paper; in the fast lane it is acknowledged, otherwise the workers are told."""
    row = await Leave.filter(id=UUID(leave_id)).select_for_update().first()
    if row is None or row.state != S.FILED or row.paper_id is not None:
        return
    case = await Case.get(id=row.case_id)
    if _days(row) > rules.WRITTEN_LEAVE_DAYS:
        row.paper_id = (await papers.leave_report(actor, case, row)).id
    if row.fast_lane and common.has_pass(case):
        await _answer(actor, case, row, S.ACKNOWLEDGED, "绿色快速通道:即时登记")
        return
    await row.save()
    await common.tell(await common.workers(case), "leave.filed", case)


async def _answer(actor: Actor, case: Case, row: Leave, state: S, note: str) -> None:
    row.state, row.note, row.decided_at = state, note, clock.now()
    row.decided_by = actor.account_id
    await row.save()
    await clocks.meet(case.id, "leave", clock.now(), subject_id=row.id)
    await common.note(actor, case, "leave:answered", leave=str(row.id), state=state, note=note)
    await common.tell(await common.person_account(case), "leave.answered", case, state=state)


async def decide_leave(actor: Actor, request: DecideLeaveInput) -> Case:
    """Acknowledge or refuse a report, or a later day of return; a refusal says why."""
    row, case = await _leave(actor, request.leave_id, "decide_leave")
    checks = Checks()
    text = checks.text("note", request.note, least=2 if request.grant else 4, most=1000)
    checks.done()
    if row.state == S.FILED:
        await _answer(actor, case, row, S.ACKNOWLEDGED if request.grant else S.REFUSED, text)
        return case
    if row.extend_to is None:
        raise Refusal("WRONG_STATE", "leaveId", state=row.state)
    if request.grant:
        row.to_day = row.extend_to
    row.extend_to = None
    await _answer(actor, case, row, S.ACKNOWLEDGED, text)
    return case


async def extend_leave(actor: Actor, request: LeaveChangeInput) -> Case:
    """Ask for a later return, before the day of return is over."""
    row, case = await _leave(actor, request.leave_id, "extend_leave")
    if row.state != S.ACKNOWLEDGED:
        raise Refusal("WRONG_STATE", "leaveId", state=row.state)
    checks = Checks()
    reason = checks.text("reason", request.reason, least=2, most=1000)
    checks.true("toDay", request.to_day is not None)
    longest = timedelta(days=rules.LONGEST_LEAVE_DAYS - 1)
    checks.day("toDay", request.to_day, least=row.to_day + timedelta(days=1), most=row.from_day + longest)
    checks.done()
    assert request.to_day is not None
    if common.today() > row.to_day:
        raise Refusal("TOO_LATE", "toDay")
    await _no_overlap(case, row.from_day, request.to_day, but=row.id)
    row.extend_to, row.extend_reason = request.to_day, reason
    await row.save(update_fields=["extend_to", "extend_reason"])
    await clocks.start(case, common.APP, rules.RULES["leave"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "leave:extension_asked", leave=str(row.id), to=str(request.to_day))
    await common.tell(await common.workers(case), "leave.filed", case)
    return case


async def return_from_leave(actor: Actor, request: LeaveChangeInput) -> Case:
    """Back again (销假)."""
    row, case = await _leave(actor, request.leave_id, "return_from_leave")
    if row.state != S.ACKNOWLEDGED or common.today() < row.from_day:
        raise Refusal("WRONG_STATE", "leaveId", state=row.state)
    row.state, row.returned_at, row.extend_to = S.RETURNED, clock.now(), None
    await row.save()
    await clocks.meet(case.id, "leave", clock.now(), subject_id=row.id)
    late = common.today() > row.to_day
    await common.note(actor, case, "leave:returned", leave=str(row.id), late=late)
    await common.tell(await common.workers(case), "leave.returned", case)
    return case


async def withdraw_leave(actor: Actor, request: LeaveChangeInput) -> Case:
    """The journey does not happen."""
    row, case = await _leave(actor, request.leave_id, "withdraw_leave")
    if row.state != S.FILED:
        raise Refusal("WRONG_STATE", "leaveId", state=row.state)
    row.state = S.WITHDRAWN
    await row.save(update_fields=["state"])
    await clocks.meet(case.id, "leave", clock.now(), subject_id=row.id)
    await common.note(actor, case, "leave:withdrawn", leave=str(row.id))
    return case


async def _leave(actor: Actor, leave_id: str, action: str) -> tuple[Leave, Case]:
    row = await Leave.get_or_none(id=as_id(leave_id, "leaveId"))
    if row is None:
        raise not_found("leaveId")
    case = (await common.begin(actor, row.case_id, action, field="leaveId")).case
    return await Leave.filter(id=row.id).select_for_update().get(), case


async def sweep_overdue(now: datetime) -> None:
    """Who has not come back on the day, once a day."""
    await enqueue_found(
        OVERDUE_JOB,
        """select id::text as row, county, path, case_id as matter, jsonb_build_object('leave_id', id) as args
           from rehab_leave where state = 'ACKNOWLEDGED' and to_day < ($1::timestamptz at time zone 'Asia/Shanghai')::date
               and (overdue_told_on is null or overdue_told_on < ($1::timestamptz at time zone 'Asia/Shanghai')::date)""",
        now,
    )


async def overdue(actor: Actor, leave_id: str) -> None:
    """Job: remind the person and tell his workers; nothing else follows by itself."""
    row = await Leave.filter(id=UUID(leave_id)).select_for_update().first()
    today = common.today()
    if row is None or row.state != S.ACKNOWLEDGED or row.to_day >= today or row.overdue_told_on == today:
        return
    case = await Case.get(id=row.case_id)
    row.overdue_told_on = today
    await row.save(update_fields=["overdue_told_on"])
    told = [*await common.person_account(case), *await common.workers(case)]
    await common.tell(told, "leave.overdue", case, days=(today - row.to_day).days)
