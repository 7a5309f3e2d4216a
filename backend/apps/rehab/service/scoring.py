"""Points and colours: recorded by one, confirmed by another, computed by rules, and a band moved by a named person only."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.apps.rehab import papers, rules
from backend.apps.rehab.enums import (
    AssessmentCause,
    AssessmentState,
    Band,
    EntryState,
    LinkKind,
    Mark,
    TaskKind,
    TaskSource,
    TaskState,
)
from backend.apps.rehab.inputs import (
    ConfirmPointsInput,
    DecideBandInput,
    OverrideBandInput,
    RecordPointsInput,
)
from backend.apps.rehab.models import Assessment, Case, PointEntry, PointMark, Task
from backend.apps.rehab.service import common, drafts, duties, ledger, rulebook
from backend.apps.rehab.workflow import LIVE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.jobs.service import enqueue, enqueue_found
from backend.kernel.points.features import Evidence
from backend.kernel.points.ledger import Standing, evaluate
from backend.kernel.points.rules import missing_evidence
from backend.kernel.validation import Checks, as_id

ASSESS_JOB = "rehab.assess"
RECOMPUTE_JOB = "rehab.recompute"
#: Ledgers held in memory at a time.
AT_ONCE = 200
#: An override is for what rules cannot see, and it ends.
LONGEST_OVERRIDE = timedelta(days=90)
OLDEST_FACT = timedelta(days=180)


async def record_points(actor: Actor, request: RecordPointsInput) -> Case:
    """Write a line under a rule, with its fact, day, cause and evidence. It counts once somebody else confirmed it."""
    case = (await common.begin(actor, request.id, "record_points")).case
    rule_set = await rulebook.in_force(case.county)
    checks = Checks()
    cause = checks.text("cause", request.cause, least=4, most=500)
    rule = rule_set.rules.get(request.rule)
    if rule is None:
        raise not_found("rule")
    today = common.today()
    checks.day("factOn", request.fact_on, least=max(case.term_from or today, today - OLDEST_FACT), most=today)
    given = [checks.choice(f"evidence.{number}", each, Evidence) for number, each in enumerate(request.evidence)]
    if request.excuse and request.excuse not in rule.excuses:
        checks.refuse("INVALID", "excuse", accepted=list(rule.excuses))
    checks.done()
    missing = missing_evidence(rule, [each for each in given if each is not None])
    if missing:
        raise Refusal("EVIDENCE_MISSING", "evidence", missing=[str(each) for each in missing])
    source = await _source(case, request.task_id)
    if await PointEntry.filter(case_id=case.id, rule=rule.id, source_id=source, fact_on=request.fact_on).exists():
        raise Refusal("ALREADY_RECORDED", "factOn")
    row = await PointEntry.create(
        **place_of(case), id=new_id(), case_id=case.id, rule=rule.id, rule_version=rule_set.version,
        points=float(rule.points), fact_on=request.fact_on, cause=cause, evidence=list(request.evidence),
        excuse=request.excuse or "", source_kind=drafts.TASK if request.task_id else drafts.OTHER, source_id=source,
        recorded_by=actor.account_id, recorded_at=clock.now(),
    )  # fmt: skip
    await common.note(actor, case, "point:recorded", entry=str(row.id), rule=rule.id, version=rule_set.version)
    others = [*await common.workers(case), *await common.link_accounts(case, LinkKind.OFFICE)]
    await common.tell([each for each in others if each != actor.account_id], "point.to_confirm", case)
    return case


async def _source(case: Case, task_id: str | None) -> UUID:
    """The task the fact comes from, or the case itself."""
    if task_id is None:
        return case.id
    task = await Task.get_or_none(id=as_id(task_id, "taskId"), case_id=case.id)
    if task is None:
        raise not_found("taskId")
    return task.id


async def confirm_points(actor: Actor, request: ConfirmPointsInput) -> Case:
    """A second person confirms lines, or drops them. What the person may object to he is told at once."""
    case = (await common.begin(actor, request.id, "confirm_points")).case
    checks = Checks()
    reason = checks.text("reason", request.reason, least=2, most=500)
    checks.items("entryIds", request.entry_ids, least=1, most=50)
    checks.done()
    wanted = {as_id(each, "entryIds") for each in request.entry_ids}
    rows = await PointEntry.filter(case_id=case.id, id__in=wanted)
    if len(rows) != len(wanted):
        raise not_found("entryIds")
    marks = await ledger.marks_of([case.id])
    for row in rows:
        if ledger.state_of(marks[row.id]) is not EntryState.DRAFT:
            raise Refusal("ALREADY_DECIDED", "entryIds")
        if request.confirm and row.recorded_by == actor.account_id:
            raise Refusal("SELF_CONFIRMED", "entryIds")
        await mark(actor, case, row, Mark.CONFIRMED if request.confirm else Mark.REVOKED, reason)
    await common.note(
        actor, case, "point:confirmed" if request.confirm else "point:dropped", entries=[str(row.id) for row in rows],
        reason=reason,
    )  # fmt: skip
    if request.confirm:
        await common.tell(await common.person_account(case), "point.confirmed", case)
        await enqueue(ASSESS_JOB, case, case_id=str(case.id), cause=AssessmentCause.EVENT, dedupe=f"assess:{case.id}")
    return case


async def mark(actor: Actor, case: Case, entry: PointEntry, what: Mark, reason: str) -> None:
    """Say something about a line; nothing is ever taken back but by saying more."""
    await PointMark.create(
        **place_of(case), id=new_id(), case_id=case.id, entry_id=entry.id, mark=what, by=actor.account_id,
        by_name=actor.membership.name if actor.membership else "", entry_by=entry.recorded_by, reason=reason,
        at=clock.now(),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------- proposals


async def assess(actor: Actor, case_id: str, cause: str) -> None:
    """Job: compare what the rules say with the band that holds, and propose a change with its explanation."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.state not in LIVE or case.term_from is None or case.term_from > common.today():
        return
    overridden = case.override_until is not None and case.override_until >= common.today()
    found = await ledger.standing(case)
    standing = await Assessment.get_or_none(case_id=case.id, state=AssessmentState.PROPOSED)
    same = standing is not None and (standing.to_band, standing.score) == (found.band, float(found.score))
    if same and not overridden:
        return
    if standing is not None:
        standing.state = AssessmentState.SUPERSEDED
        await standing.save(update_fields=["state"])
    if case.override_until is not None and not overridden:
        case.override_until = None
        await case.save(update_fields=["override_until"])
    if overridden or found.band == case.band:
        return
    await propose(actor, case, found, AssessmentCause(cause))


async def propose(actor: Actor, case: Case, found: Standing, cause: AssessmentCause) -> Assessment:
    """Put the change before a human; until he decides the old band holds."""
    row = await Assessment.create(
        **place_of(case), id=new_id(), case_id=case.id, on_day=found.on, cause=cause, score=float(found.score),
        from_band=case.band, to_band=found.band, rule_version=found.rule_version,
        explanation=ledger.explanation(found), state=AssessmentState.PROPOSED, proposed_at=clock.now(),
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["band"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "band:proposed", proposal=str(row.id), from_band=row.from_band, to_band=row.to_band)
    await common.tell(await common.link_accounts(case, LinkKind.OFFICE), "band.proposed", case)
    return row


async def decide_band(actor: Actor, request: DecideBandInput) -> Case:
    """A named officer takes the proposal or leaves the band as it is, with the reason the person reads."""
    case = (await common.begin(actor, request.id, "decide_band", request.version)).case
    row = await Assessment.get_or_none(id=as_id(request.proposal_id, "proposalId"), case_id=case.id)
    if row is None or row.state != AssessmentState.PROPOSED:
        raise not_found("proposalId")
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    # The ledger may have moved since: what is decided is what the person will read.
    found = await ledger.standing(case)
    if request.accept and found.band != row.to_band:
        await enqueue(ASSESS_JOB, case, case_id=str(case.id), cause=row.cause, dedupe=f"assess:{case.id}")
        raise Refusal("OUT_OF_DATE", "proposalId", band=found.band)
    await _decide(actor, case, row, reason, accept=request.accept)
    return case


async def _decide(actor: Actor, case: Case, row: Assessment, reason: str, *, accept: bool) -> None:
    row.state = AssessmentState.DECIDED if accept else AssessmentState.DECLINED
    row.decided_by, row.decided_at, row.reason = actor.account_id, clock.now(), reason
    row.decided_by_name = actor.membership.name if actor.membership else ""
    case.band_reviewed_on = common.today()
    if accept:
        await put_band(actor, case, row.to_band)
        row.paper_id = (await papers.band_notice(actor, case, row)).id
    await row.save()
    await clocks.meet(case.id, "band", clock.now(), subject_id=row.id)
    await finish_reviews(case, actor)
    await common.note(
        actor, case, "band:decided" if accept else "band:declined", proposal=str(row.id), from_band=row.from_band,
        to_band=row.to_band, cause=row.cause, rule_version=row.rule_version, score=row.score, reason=reason,
        paper=str(row.paper_id) if row.paper_id else None,
    )  # fmt: skip
    if accept:
        await common.tell(await common.person_account(case), "band.decided", case)
        await duties.plan_case(case)


async def put_band(actor: Actor, case: Case, band: Band) -> None:
    """The only place where a band changes; planned duties of the old one that have not opened yet fall away."""
    if actor.is_system:
        raise AssertionError("a band is decided by a person")
    case.band, case.band_since, case.override_until = band, common.today(), None
    ahead = Task.filter(
        case_id=case.id, source=TaskSource.SCHEDULE, state=TaskState.OPEN, opens_at__gt=clock.now()
    ).exclude(kind=TaskKind.REVIEW_BAND)
    await duties.cancel(ahead)


async def finish_reviews(case: Case, actor: Actor) -> None:
    """Looking at the band is what the office's review asked for."""
    rows = await Task.filter(case_id=case.id, kind=TaskKind.REVIEW_BAND, state__in=list(duties.OPEN))
    for task in rows:
        if task.opens_at <= clock.now():
            await duties.finish(actor, task, clock.now())


async def override_band(actor: Actor, request: OverrideBandInput) -> Case:
    """What the rules cannot see: another band for a while, with a reason; then the rules are asked again."""
    case = (await common.begin(actor, request.id, "override_band", request.version)).case
    checks = Checks()
    reason = checks.text("reason", request.reason, least=10, most=1000)
    checks.day("until", request.until, least=common.today(), most=common.today() + LONGEST_OVERRIDE)
    if request.band == case.band:
        checks.refuse("INVALID", "band")
    checks.done()
    await change_band(actor, case, request.band, AssessmentCause.OVERRIDE, reason, until=request.until)
    return case


async def change_band(
    actor: Actor, case: Case, band: Band, cause: AssessmentCause, reason: str, *, until: date | None = None
) -> None:
    """Decide another band than the rules propose; with its explanation, notice and event like any other."""
    found = await ledger.standing(case)
    await Assessment.filter(case_id=case.id, state=AssessmentState.PROPOSED).update(state=AssessmentState.SUPERSEDED)
    row = Assessment(
        **place_of(case), id=new_id(), case_id=case.id, on_day=common.today(), cause=cause, score=float(found.score),
        from_band=case.band, to_band=band, rule_version=found.rule_version, explanation=ledger.explanation(found),
        state=AssessmentState.PROPOSED, proposed_at=clock.now(), override_until=until,
    )  # fmt: skip
    await row.save(force_create=True)
    await _decide(actor, case, row, reason, accept=True)
    case.override_until = until
    await case.save(update_fields=["override_until"])


# ------------------------------------------------------------------------------------------------------ sweeps


async def sweep_counties(now: datetime) -> None:
    """Every county with supervised persons: time alone moves a ledger, and an override ends."""
    await enqueue_found(
        RECOMPUTE_JOB,
        """select 'recompute' as row, d.code as county, d.path, null::uuid as matter, '{}'::jsonb as args
           from division d where d.level = 'COUNTY' and $1::timestamptz is not null and exists (
               select 1 from rehab_case c where c.county = d.code
                   and c.state in ('IN_PROGRESS', 'BREACH_NOTED', 'SERIOUS_BREACH', 'RELAPSE_FOUND'))""",
        now,
    )


async def recompute(actor: Actor) -> None:
    """Job: read every supervised person's ledger anew and ask for an assessment where the rules say another colour."""
    assert actor.membership is not None
    county, today = actor.membership.county, common.today()
    line = await rulebook.timeline(county)
    query = Case.filter(county=county, state__in=list(LIVE), term_from__lte=today)
    ids = [row.id for row in await query.only("id").order_by("id")]
    for start in range(0, len(ids), AT_ONCE):
        cases = await Case.filter(id__in=ids[start : start + AT_ONCE])
        for case, account in zip(cases, await ledger.accounts(cases), strict=True):
            ended = case.override_until is not None and case.override_until < today
            cause = AssessmentCause.OVERRIDE_ENDED if ended else AssessmentCause.REVIEW
            if ended or evaluate(line, account, today).band != case.band:
                await enqueue(ASSESS_JOB, case, case_id=str(case.id), cause=cause, dedupe=f"assess:{case.id}")
        # Other jobs of this process go on meanwhile.
        await asyncio.sleep(0)
