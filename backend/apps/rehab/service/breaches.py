"""违反协议: recorded by the worker with what the person said to it, confirmed by the office; what is serious the law says."""

from __future__ import annotations

from backend.apps.rehab import papers, rules
from backend.apps.rehab.enums import BreachKind, LinkKind
from backend.apps.rehab.inputs import BreachDecisionInput, BreachNoteInput, CaseStepInput
from backend.apps.rehab.models import Breach, Case
from backend.apps.rehab.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.validation import Checks, as_id


async def note_breach(actor: Actor, request: BreachNoteInput) -> Case:
    """Write down a breach, its clause of the agreement, and what the person said. It is nothing until it is confirmed."""
    case = (await common.begin(actor, request.id, "note_breach", request.version)).case
    assert actor.account_id is not None
    checks = Checks()
    fact = checks.text("fact", request.fact, least=4, most=2000)
    clause = checks.text("clause", request.clause, least=2, most=500)
    heard = checks.text("heard", request.heard, least=2, most=2000)
    checks.number("daysAway", request.days_away, least=0, most=400)
    checks.done()
    row = await Breach.create(
        **place_of(case), id=new_id(), case_id=case.id, kind=request.kind, fact=fact, clause=clause, heard=heard,
        days_away=request.days_away or 0, recorded_by=actor.account_id, recorded_at=clock.now(),
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["breach"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "breach:noted", breach=str(row.id), kind=row.kind)
    await common.tell(await common.link_accounts(case, LinkKind.OFFICE), "breach.to_confirm", case)
    await common.tell(await common.person_account(case), "breach.noted", case)
    return case


async def confirm_breach(actor: Actor, request: BreachDecisionInput) -> Case:
    """Another person confirms it with a written warning, or drops it."""
    case = (await common.begin(actor, request.id, "confirm_breach", request.version)).case
    row = await Breach.filter(id=as_id(request.breach_id, "breachId"), case_id=case.id).select_for_update().first()
    if row is None:
        raise not_found("breachId")
    if row.confirmed_at is not None or row.dropped_at is not None:
        raise Refusal("ALREADY_DECIDED", "breachId")
    if row.recorded_by == actor.account_id:
        raise Refusal("SELF_CONFIRMED", "breachId")
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    await clocks.meet(case.id, "breach", clock.now(), subject_id=row.id)
    if not request.confirm:
        row.dropped_at = clock.now()
        await row.save(update_fields=["dropped_at"])
        await common.note(actor, case, "breach:dropped", breach=str(row.id), reason=reason)
        return case
    row.confirmed_by, row.confirmed_at = actor.account_id, clock.now()
    row.paper_id = (await papers.warning(actor, case, row)).id
    await row.save()
    facts = {"fact": row.fact, "heard": row.heard}
    if case.state == "IN_PROGRESS":
        await common.move(
            actor, case, "note_breach", "breach:confirmed", facts, breach=str(row.id), kind=row.kind,
            paper=str(row.paper_id), reason=reason,
        )  # fmt: skip
    else:
        await common.note(actor, case, "breach:confirmed", breach=str(row.id), kind=row.kind, paper=str(row.paper_id))
    await common.tell(await common.person_account(case), "breach.confirmed", case)
    return case


async def settle_breach(actor: Actor, request: CaseStepInput) -> Case:
    """The warning did its work: supervision goes on as before."""
    case = (await common.begin(actor, request.id, "settle_breach", request.version)).case
    reason = _text(request)
    await common.move(actor, case, "settle_breach", "breach:settled", {"reason": reason}, reason=reason)
    await common.tell(await common.person_account(case), "breach.settled", case)
    return case


async def report_serious_breach(actor: Actor, request: CaseStepInput) -> Case:
    """Only what 戒毒条例 20 lists is serious; the system counts, the office reports, the police decide."""
    case = (await common.begin(actor, request.id, "report_serious_breach", request.version)).case
    reason = _text(request)
    counts = await serious_counts(case)
    if not rules.is_serious(*counts):
        raise Refusal("NOT_SERIOUS", evaded=counts[0], away=counts[1], days=counts[2])
    paper = await papers.serious_breach(actor, case, counts, reason)
    await common.move(
        actor, case, "report_serious_breach", "breach:serious", {"warnings": paper.id}, paper=str(paper.id),
        reason=reason,
    )  # fmt: skip
    police = await common.link_accounts(case, LinkKind.POLICE)
    await common.tell([*police, *await common.person_account(case)], "breach.serious", case)
    return case


async def serious_counts(case: Case) -> tuple[int, int, int]:
    """Confirmed: tests evaded, journeys without a report, days away in all."""
    rows = await Breach.filter(case_id=case.id, confirmed_at__isnull=False)
    evaded = sum(row.kind == BreachKind.TEST_EVADED for row in rows)
    away = [row for row in rows if row.kind == BreachKind.LEFT_WITHOUT_LEAVE]
    return evaded, len(away), sum(row.days_away for row in away)


def _text(request: CaseStepInput) -> str:
    checks = Checks()
    text = checks.text("text", request.text, least=4, most=2000)
    checks.done()
    return text
