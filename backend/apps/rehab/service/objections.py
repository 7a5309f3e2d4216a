"""异议: a line or a colour is disputed in the app, answered in a limit by somebody who had no part in it, once more by the city."""

from __future__ import annotations

from uuid import UUID

from backend.apps.rehab import rules
from backend.apps.rehab.access import SUPERVISED
from backend.apps.rehab.enums import (
    AssessmentCause,
    EntryState,
    Mark,
    ObjectionState,
    ObjectionTarget,
)
from backend.apps.rehab.inputs import DecideObjectionInput, FileObjectionInput, FurtherReviewInput
from backend.apps.rehab.models import Assessment, Case, Objection, PointEntry, PointMark
from backend.apps.rehab.service import common, ledger, scoring
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.jobs.service import enqueue
from backend.kernel.tenancy.models import Level, level_of_path
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.matters import officers

S = ObjectionState


async def file_objection(actor: Actor, request: FileObjectionInput) -> Case:
    """Object to a line or to a colour. A contested line does not count against the person until it is decided."""
    case = (await common.begin(actor, request.id, "file_objection")).case
    checks = Checks()
    grounds = checks.text("grounds", request.grounds, least=4, most=2000)
    checks.done()
    target = as_id(request.target_id, "targetId")
    if await Objection.filter(case_id=case.id, target_id=target).exists():
        raise Refusal("ALREADY_OBJECTED", "targetId")
    if request.target == ObjectionTarget.ENTRY:
        await _contest(actor, case, target)
    else:
        await _disputed_band(case, target)
    row = await Objection.create(
        **place_of(case), id=new_id(), case_id=case.id, target=request.target, target_id=target, grounds=grounds,
        state=S.FILED, filed_at=clock.now(),
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["objection"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "objection:filed", objection=str(row.id), target=request.target)
    await _ask_rules(case)
    deciders = [each.account_id for each in await officers(case, Role.ANTI_DRUG_OFFICE)]
    await common.tell(deciders, "objection.filed", case)
    return case


async def _contest(actor: Actor, case: Case, target: UUID) -> None:
    entry = await PointEntry.get_or_none(id=target, case_id=case.id)
    if entry is None:
        raise not_found("targetId")
    marks = (await ledger.marks_of([case.id]))[entry.id]
    if ledger.state_of(marks) is not EntryState.CONFIRMED:
        raise Refusal("WRONG_STATE", "targetId", state=ledger.state_of(marks))
    _in_time(local_date(marks[-1].at))
    await PointMark.create(
        **place_of(case), id=new_id(), case_id=case.id, entry_id=entry.id, mark=Mark.CONTESTED, by=actor.account_id,
        entry_by=entry.recorded_by, reason="", at=clock.now(),
    )  # fmt: skip


async def _disputed_band(case: Case, target: UUID) -> None:
    row = await Assessment.get_or_none(id=target, case_id=case.id)
    if row is None or row.decided_at is None:
        raise not_found("targetId")
    _in_time(local_date(row.decided_at))


def _in_time(told_on: object) -> None:
    """Ten working days from the notice. Raises `OBJECTION_LATE`; the legal remedies stay."""
    last = clocks.calendar().add_working_days(told_on, rules.OBJECTION_WINDOW_DAYS)  # type: ignore[arg-type]
    if common.today() > last:
        raise Refusal("OBJECTION_LATE", "targetId", last=str(last))


async def _ask_rules(case: Case) -> None:
    cause = AssessmentCause.OBJECTION
    await enqueue(scoring.ASSESS_JOB, case, case_id=str(case.id), cause=cause, dedupe=f"assess:{case.id}")


async def decide_objection(actor: Actor, request: DecideObjectionInput) -> Case:
    """Answer with reasons; never who recorded, confirmed or decided what is disputed."""
    case, row = await _open(actor, request, "decide_objection", S.FILED)
    if actor.account_id in await _involved(row):
        raise Refusal("INVOLVED_BEFORE", "objectionId")
    text = _decision(request)
    row.state = S.UPHELD if request.uphold else S.DISMISSED
    row.decided_by, row.decided_at, row.decision = actor.account_id, clock.now(), text
    row.decided_by_name = actor.membership.name if actor.membership else ""
    await row.save()
    await _carry_out(actor, case, row, uphold=request.uphold, reason=text)
    await clocks.meet(case.id, "objection", clock.now(), subject_id=row.id)
    await common.note(
        actor, case, "objection:decided", objection=str(row.id), upheld=request.uphold, decision=text
    )
    await common.tell(await common.person_account(case), "objection.decided", case)
    return case


async def ask_further_review(actor: Actor, request: FurtherReviewInput) -> Case:
    """One more look, by the city."""
    row = await Objection.get_or_none(id=as_id(request.objection_id, "objectionId"))
    if row is None:
        raise not_found("objectionId")
    case = (await common.begin(actor, row.case_id, "ask_further_review", field="objectionId")).case
    if row.state != S.DISMISSED or row.decided_at is None:
        raise Refusal("WRONG_STATE", "objectionId", state=row.state)
    _in_time(local_date(row.decided_at))
    checks = Checks()
    row.further_grounds = checks.text("grounds", request.grounds, least=4, most=2000)
    checks.done()
    row.state, row.further_at = S.FURTHER_REVIEW, clock.now()
    await row.save()
    await clocks.start(case, common.APP, rules.RULES["further_review"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "objection:further_review", objection=str(row.id))
    city = [each for each in await officers(case, Role.ANTI_DRUG_OFFICE) if _is_city(each.path)]
    await common.tell([each.account_id for each in city], "objection.further_review", case)
    return case


async def decide_further_review(actor: Actor, request: DecideObjectionInput) -> Case:
    """The city's word ends the objection; reconsideration and court stay open."""
    case, row = await _open(actor, request, "decide_further_review", S.FURTHER_REVIEW)
    if actor.membership is None or not _is_city(actor.membership.path):
        raise not_permitted("rehab:objection:final")
    if actor.account_id in {*await _involved(row), row.decided_by}:
        raise Refusal("INVOLVED_BEFORE", "objectionId")
    text = _decision(request)
    row.state = S.FINAL_UPHELD if request.uphold else S.FINAL_DISMISSED
    row.final_by, row.final_at, row.final_decision = actor.account_id, clock.now(), text
    row.final_by_name = actor.membership.name
    await row.save()
    if request.uphold:
        await _carry_out(actor, case, row, uphold=True, reason=text)
    await clocks.meet(case.id, "further_review", clock.now(), subject_id=row.id)
    await common.note(actor, case, "objection:final", objection=str(row.id), upheld=request.uphold, decision=text)
    await common.tell(await common.person_account(case), "objection.decided", case)
    return case


def _is_city(path: str) -> bool:
    return level_of_path(path) in (Level.CITY, Level.PROVINCE)


async def _open(actor: Actor, request: DecideObjectionInput, action: str, state: S) -> tuple[Case, Objection]:
    row = await Objection.get_or_none(id=as_id(request.objection_id, "objectionId"))
    if row is None:
        raise not_found("objectionId")
    case = (await common.begin(actor, row.case_id, action, field="objectionId")).case
    row = await Objection.filter(id=row.id).select_for_update().get()
    if row.state != state:
        raise Refusal("WRONG_STATE", "objectionId", state=row.state)
    return case, row


def _decision(request: DecideObjectionInput) -> str:
    checks = Checks()
    text = checks.text("decision", request.decision, least=10, most=2000)
    checks.done()
    return text


async def _involved(row: Objection) -> set[UUID | None]:
    """Accounts that had a part in what is disputed."""
    if row.target == ObjectionTarget.BAND:
        return {(await Assessment.get(id=row.target_id)).decided_by}
    entry = await PointEntry.get(id=row.target_id)
    confirmed = await PointMark.filter(entry_id=entry.id, mark=Mark.CONFIRMED)
    return {entry.recorded_by, *(mark.by for mark in confirmed)} - {None}


async def _carry_out(actor: Actor, case: Case, row: Objection, *, uphold: bool, reason: str) -> None:
    """A line falls or stands; a colour goes back to what it was, by this decision."""
    if row.target == ObjectionTarget.ENTRY:
        entry = await PointEntry.get(id=row.target_id)
        await scoring.mark(actor, case, entry, Mark.REVOKED if uphold else Mark.UPHELD, reason)
        await _ask_rules(case)
        return
    disputed = await Assessment.get(id=row.target_id)
    # After the end of supervision the answer stands by itself: there is no colour any more.
    if uphold and case.band == disputed.to_band and case.state in SUPERVISED:
        await scoring.change_band(actor, case, disputed.from_band, AssessmentCause.OBJECTION, reason)
