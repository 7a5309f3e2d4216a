"""Ring 4, assessment: return visits, closing, ratings, objections, reopening, material, risk, reveal."""

from __future__ import annotations

from backend.apps.mediation import access, papers, rules
from backend.apps.mediation.enums import (
    ChecklistItem,
    CloseType,
    ConfirmState,
    ObjectionState,
    Performance,
    ReopenGround,
    Route,
)
from backend.apps.mediation.inputs import (
    CloseInput,
    NoteInput,
    ObjectionDecisionInput,
    ObjectionInput,
    RateInput,
    ReopenInput,
    ReturnVisitInput,
    RevealInput,
    RiskInput,
)
from backend.apps.mediation.models import (
    Agreement,
    Dispute,
    Objection,
    Party,
    Rating,
    Responsibility,
    ReturnVisit,
)
from backend.apps.mediation.permissions import Permission
from backend.apps.mediation.service import common, scoring
from backend.kernel import clock
from backend.kernel.access import participants
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import place_of
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.files.service import attach
from backend.kernel.jobs.service import enqueue
from backend.kernel.privacy import vault
from backend.kernel.privacy.models import AccessLogEntry
from backend.kernel.validation import Checks, as_id

REOPEN_JOB = "mediation.reopen"


async def record_return_visit(actor: Actor, request: ReturnVisitInput) -> Dispute:
    """Somebody other than the handler asks the parties how it stands."""
    standing = await common.begin(actor, request.id, "record_return_visit", request.version)
    dispute = standing.dispute
    checks = Checks()
    performance = checks.choice("performance", request.performance, Performance)
    notes = checks.text("notes", request.notes, most=2000)
    checks.done()
    assert performance is not None
    await ReturnVisit.create(
        **place_of(dispute), dispute_id=dispute.id, visited_at=clock.now(), performance=performance,
        satisfaction=request.satisfaction, notes=notes,
    )  # fmt: skip
    await papers.return_visit(actor, dispute, performance, request.satisfaction, notes)
    await common.meet_clocks(dispute, "verify", "return_visit")
    await common.note(
        actor, dispute, "return_visit:recorded", performance=performance, satisfaction=request.satisfaction
    )
    return dispute


async def close_dispute(actor: Actor, request: CloseInput) -> Dispute:
    """A leader who did not handle it looks at the checklist and closes; the parties are asked to rate."""
    standing = await common.begin(actor, request.id, "close", request.version)
    dispute = standing.dispute
    checks = Checks()
    note = checks.text("note", request.note, most=1000)
    await _check_closing(checks, dispute, request)
    checks.done()
    if standing.has_objection:
        raise Refusal("OBJECTION_OPEN")
    dispute.close_type = request.close_type
    dispute.closed_at = clock.now()
    await common.meet_all_clocks(dispute)
    # Whether it holds is asked again in thirty days; a closed dispute shows no deadline for that.
    await common.start_clock(dispute, rules.RULES["return_visit"])
    common.show_clock(dispute, None)
    await common.move(
        actor, dispute, "close", "dispute:closed", {"closeType": request.close_type, "checklist": request.checklist},
        close_type=request.close_type, level=dispute.level, checklist=request.checklist, note=note or None,
    )  # fmt: skip
    await scoring.closed(dispute)
    parties = await common.party_accounts(actor, dispute)
    await common.tell(parties, "dispute.closed", dispute, closeType=request.close_type)
    await common.tell(parties, "rating.invited", dispute)
    await common.tell(await common.handler_accounts(dispute), "dispute.closed", dispute, closeType=request.close_type)
    given = await Rating.filter(dispute_id=dispute.id, round=dispute.times_reopened)
    if any(rules.rating_reopens(row.process, row.result, dispute.times_reopened) for row in given):
        await _reopen_soon(dispute)
    return dispute


async def _reopen_soon(dispute: Dispute) -> None:
    """The reopening is the body's act, not the person's: a job does it in the county's own scope."""
    await enqueue(REOPEN_JOB, dispute, dedupe=str(dispute.id), dispute_id=str(dispute.id), ground="UNSATISFIED")


async def _check_closing(checks: Checks, dispute: Dispute, request: CloseInput) -> None:
    """What is claimed has to be on file."""
    ticked = {checks.choice(f"checklist.{n}", item, ChecklistItem) for n, item in enumerate(request.checklist)}
    needed = {ChecklistItem.AGREEMENT_OR_REDIRECT_ON_FILE, ChecklistItem.PARTIES_TOLD, ChecklistItem.RETURN_VISIT_DONE}
    if dispute.state == "PERFORMED":
        needed.add(ChecklistItem.PERFORMANCE_SEEN)
    if needed - ticked:
        checks.refuse("EVIDENCE_MISSING", "checklist", missing=sorted(needed - ticked))
    if not await ReturnVisit.filter(dispute_id=dispute.id).exists():
        checks.refuse("RETURN_VISIT_MISSING", "checklist")
    agreement = await Agreement.filter(dispute_id=dispute.id, withdrawn_at__isnull=True).first()
    confirmed = agreement is not None and agreement.confirm_state == ConfirmState.CONFIRMED
    fits = {
        CloseType.AGREED_PERFORMED: dispute.state == "PERFORMED",
        CloseType.CONFIRMED: dispute.state == "PERFORMED" and confirmed,
        CloseType.REDIRECTED: dispute.state == "REDIRECTED",
        CloseType.OPINION_ACCEPTED: dispute.state == "REDIRECTED" and dispute.route in (Route.PETITION, Route.ADMIN_PROCEDURE),
    }
    if not fits.get(request.close_type, True):
        checks.refuse("CLOSE_TYPE_UNFIT", "closeType", state=dispute.state)


async def rate_dispute(actor: Actor, request: RateInput) -> Dispute:
    """A party's view of process and result; dissatisfaction reopens the dispute once."""
    standing = await common.begin(actor, request.id, "rate")
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, most=1000)
    checks.done()
    await Rating.create(
        **place_of(dispute), dispute_id=dispute.id, party_id=standing.party_id, account_id=actor.account_id,
        round=dispute.times_reopened, process=request.process, result=request.result, reason=reason,
        rated_at=clock.now(),
    )  # fmt: skip
    await common.note(
        actor, dispute, "dispute:rated", process=request.process, result=request.result,
        party=str(standing.party_id), round=dispute.times_reopened,
    )  # fmt: skip
    if rules.rating_reopens(request.process, request.result, dispute.times_reopened):
        centre = await common.staff_for(dispute, (Role.COUNTY_CENTER,))
        await common.tell([row.account_id for row in centre], "rating.dissatisfied", dispute)
        if dispute.state == "CLOSED":
            await _reopen_soon(dispute)
    return dispute


async def reopen_dispute(actor: Actor, request: ReopenInput) -> Dispute:
    """The county centre takes the matter up again, under the same code."""
    standing = await common.begin(actor, request.id, "reopen", request.version)
    dispute = standing.dispute
    checks = Checks()
    ground = checks.choice("ground", request.ground, ReopenGround)
    reason = checks.text("reason", request.reason, least=4, most=2000)
    checks.done()
    assert ground is not None
    await reopen(actor, dispute, ground, reason)
    return dispute


async def reopen(actor: Actor, dispute: Dispute, ground: ReopenGround, reason: str) -> None:
    """Back to be assigned; the responsible body hears of it."""
    unit = await scoring.unit_of(dispute)
    # What was redirected comes back to be mediated: it is assigned next.
    dispute.route = Route.MEDIATION
    dispute.closed_at = dispute.close_type = None
    dispute.times_reopened += 1
    centre = await common.staff_for(dispute, (Role.COUNTY_CENTER,))
    barred = await common.unfit(dispute)
    fit = [row for row in centre if row.account_id not in barred]
    if fit:
        await common.make_responsible(dispute, fit[0], "REOPENED")
    if not actor.is_system:
        await scoring.reopened(dispute, unit, ground)
    await common.meet_clocks(dispute, "return_visit")
    await common.start_clock(dispute, rules.RULES["assign"])
    await common.move(
        actor, dispute, "reopen", "dispute:reopened", {"ground": ground, "reason": reason}, ground=ground, reason=reason
    )
    before = await Responsibility.filter(dispute_id=dispute.id)
    told = {*(row.account_id for row in before), *(row.account_id for row in centre), *await participants.accounts_of(dispute.id)}
    await common.tell(sorted(told), "dispute.reopened", dispute, ground=ground)


async def file_objection(actor: Actor, request: ObjectionInput) -> Dispute:
    """A party objects to the closing, the facts or somebody's conduct; it replaces no legal remedy."""
    standing = await common.begin(actor, request.id, "file_objection")
    dispute = standing.dispute
    checks = Checks()
    grounds = checks.text("grounds", request.grounds, least=4, most=2000)
    checks.items("fileIds", request.file_ids, most=20)
    checks.done()
    if await Objection.filter(party_id=standing.party_id, state=ObjectionState.FILED).exists():
        raise Refusal("ALREADY_ASKED")
    row = await Objection.create(
        **place_of(dispute), dispute_id=dispute.id, party_id=standing.party_id, grounds=grounds, filed_at=clock.now()
    )
    await attach(
        actor, [as_id(each, "fileIds") for each in request.file_ids or []], dispute, subject_id=row.id,
        hide_uploader=common.leaves_no_name(actor, dispute),
    )  # fmt: skip
    await common.start_clock(dispute, rules.RULES["objection"])
    await common.note(actor, dispute, "objection:filed", grounds=grounds)
    centre = await common.staff_for(dispute, (Role.COUNTY_CENTER,))
    await common.tell([each.account_id for each in centre], "objection.filed", dispute)
    return dispute


async def decide_objection(actor: Actor, request: ObjectionDecisionInput) -> Dispute:
    """Somebody who did not handle the dispute decides; an upheld objection against a closed one reopens it."""
    row = await Objection.get_or_none(id=as_id(request.objection_id, "objectionId"))
    if row is None:
        raise not_found("objectionId")
    standing = await common.begin(actor, row.dispute_id, "decide_objection")
    # The dispute is locked now, so nobody else decides at the same time.
    await row.refresh_from_db()
    dispute = standing.dispute
    checks = Checks()
    outcome = checks.choice("outcome", request.outcome, ObjectionState)
    if outcome is ObjectionState.FILED:
        checks.refuse("INVALID", "outcome")
    reason = checks.text("reason", request.reason, least=4, most=2000)
    checks.done()
    if row.state != ObjectionState.FILED:
        raise Refusal("ALREADY_DECIDED", "objectionId")
    assert outcome is not None
    row.state, row.decision = outcome, reason
    row.decided_by, row.decided_at = actor.account_id, clock.now()
    await row.save()
    await common.meet_clocks(dispute, "objection")
    await common.note(actor, dispute, "objection:decided", outcome=outcome, reason=reason)
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "objection.decided", dispute, outcome=outcome)
    if outcome is not ObjectionState.DISMISSED and dispute.state == "CLOSED":
        await reopen(actor, dispute, ReopenGround.OBJECTION, reason)
    return dispute


async def add_material(actor: Actor, request: NoteInput) -> Dispute:
    """More facts, from a party or a handler."""
    standing = await common.begin(actor, request.id, "add_material")
    dispute = standing.dispute
    checks = Checks()
    text = checks.text("text", request.text, least=1, most=4000)
    checks.items("fileIds", request.file_ids, most=20)
    checks.done()
    files = [as_id(each, "fileIds") for each in request.file_ids or []]
    await attach(actor, files, dispute, hide_uploader=common.leaves_no_name(actor, dispute))
    await common.note(
        actor, dispute, "material:added", text=text, files=[str(each) for each in files] or None,
        by=standing.side,
    )  # fmt: skip
    told = [each for each in await common.handler_accounts(dispute) if each != actor.account_id]
    await common.tell(told, "material.added", dispute)
    return dispute


async def _party(party_id: str) -> Party:
    party = await Party.get_or_none(id=as_id(party_id, "partyId"))
    if party is None:
        raise not_found("partyId")
    return party


async def flag_risk(actor: Actor, request: RiskInput) -> Dispute:
    """A handler judges that somebody is in danger or needs care. Never computed, only seen by handlers."""
    party = await _party(request.party_id)
    standing = await common.begin(actor, party.dispute_id, "flag_risk")
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    party.at_risk = request.at_risk
    await party.save(update_fields=["at_risk"])
    await common.note(actor, dispute, "risk:flagged", party=str(party.id), at_risk=request.at_risk, reason=reason)
    if request.at_risk:
        hearers = await common.staff_for(dispute, (Role.TOWN_LEADER, Role.COUNTY_CENTER))
        await common.tell([each.account_id for each in hearers], "dispute.violence", dispute)
    return dispute


class Contact:
    """A party's contact data, shown once."""

    def __init__(self, party_id: object, phone: str, id_number: str) -> None:
        self.id = party_id
        self.phone = phone
        self.id_number = id_number


async def reveal_party_contact(actor: Actor, request: RevealInput) -> Contact:
    """Show a masked telephone and identity number, for a reason that the person can read later."""
    party = await _party(request.party_id)
    dispute = await common.find(actor, party.dispute_id, "partyId")
    standing = await common.standing_of(actor, dispute)
    if not access.may_see_contact(standing) or (party.is_reporter and not access.may_see_reporter(standing)):
        raise not_permitted(Permission.REVEAL)
    actor.require_step_up()
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=500)
    checks.done()
    assert actor.membership is not None
    await AccessLogEntry.create(
        **place_of(dispute), matter_id=dispute.id, subject_id=party.id, account_id=actor.account_id,
        who=f"{actor.membership.agency_name} {actor.membership.name}", role=actor.role, what="CONTACT",
        reason=reason, at=clock.now(),
    )  # fmt: skip
    await record(actor, "mediation:party:revealed", dispute, party=str(party.id), reason=reason)
    return Contact(
        party.id,
        vault.unseal("mediation_party", "phone", party.id, party.phone, party.county),
        vault.unseal("mediation_party", "id_number", party.id, party.id_number, party.county),
    )
