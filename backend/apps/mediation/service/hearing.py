"""Ring 2, the mediation itself: mediators, sessions with consent, minutes, failure."""

from __future__ import annotations

from datetime import timedelta

from backend.apps.mediation import papers
from backend.apps.mediation.enums import SessionResult, SessionState, TeamKind
from backend.apps.mediation.inputs import (
    FailInput,
    MinutesInput,
    NoteInput,
    ReplaceMediatorInput,
    SessionInput,
    SessionResponseInput,
    StartMediationInput,
)
from backend.apps.mediation.models import Attendance, Dispute, Party, Session, TeamMember
from backend.apps.mediation.service import common
from backend.apps.mediation.service.assignment import add_to_team, mediator_roles
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import place_of
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.service import attach
from backend.kernel.jobs.service import enqueue
from backend.kernel.validation import Checks, as_id

TERMINATION_JOB = "mediation.termination_notice"
HAND_OVER_JOB = "mediation.hand_over"


async def start_mediation(actor: Actor, request: StartMediationInput) -> Dispute:
    """Name the mediators, after the rights notice and the check for conflicts of interest."""
    standing = await common.begin(actor, request.id, "start_mediation", request.version)
    dispute = standing.dispute
    checks = Checks()
    checks.items("mediators", request.mediators, least=1, most=5)
    checks.true("rightsNoticeGiven", request.rights_notice_given)
    checks.true("noConflict", request.no_conflict)
    checks.done()
    if await Party.filter(dispute_id=dispute.id, willing=False).exists():
        raise Refusal("PARTY_UNWILLING")
    possible = {member.id: member for member in await common.staff_for(dispute, mediator_roles())}
    chosen = []
    for number, text in enumerate(request.mediators):
        member = possible.get(as_id(text, f"mediators.{number}"))
        if member is None:
            raise not_found(f"mediators.{number}")
        await add_to_team(dispute, member, TeamKind.MEDIATOR)
        chosen.append(member)
    await common.move(
        actor, dispute, "start_mediation", "dispute:mediation_started",
        {"mediators": chosen, "rightsNoticeGiven": True, "noConflict": True},
        mediators=[member.name for member in chosen], forces=[member.force for member in chosen if member.force],
        rights_notice=True,
    )  # fmt: skip
    await common.tell([member.account_id for member in chosen], "mediation.started", dispute)
    await common.tell(await common.party_accounts(actor, dispute), "mediation.started", dispute)
    return dispute


async def replace_mediator(actor: Actor, request: ReplaceMediatorInput) -> Dispute:
    """Recusal: a party, the mediator himself or the dispatcher asks that somebody else mediates."""
    standing = await common.begin(actor, request.id, "replace_mediator", request.version)
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    wanted = as_id(request.mediator, "mediator")
    leaving = await TeamMember.filter(dispute_id=dispute.id, membership_id=wanted, left_at__isnull=True).first()
    if leaving is None:
        raise not_found("mediator")
    leaving.recused, leaving.left_at, leaving.reason = True, clock.now(), reason
    await leaving.save()
    if wanted == standing.responsible:
        # Who answers for it next is the body's to say, not a party's: a job does it in the county's own scope.
        await enqueue(HAND_OVER_JOB, dispute, dedupe=f"hand_over:{dispute.id}:{dispute.version}", dispute_id=str(dispute.id))
    name = await _replacement(dispute, request.replacement)
    left = await TeamMember.filter(dispute_id=dispute.id, left_at__isnull=True).count()
    await common.note(
        actor, dispute, "mediator:replaced", reason=reason, leaving=leaving.name, replacement=name, left=left
    )
    told = [*await common.handler_accounts(dispute), leaving.account_id, *await common.party_accounts(actor, dispute)]
    await common.tell([each for each in told if each != actor.account_id], "mediation.started", dispute)
    return dispute


async def _replacement(dispute: Dispute, membership_id: str | None) -> str | None:
    """A party does not name the next mediator; an officer may."""
    if not membership_id:
        return None
    wanted = as_id(membership_id, "replacement")
    for member in await common.staff_for(dispute, mediator_roles()):
        if member.id == wanted:
            await add_to_team(dispute, member, TeamKind.MEDIATOR)
            return member.name
    raise not_found("replacement")


async def schedule_session(actor: Actor, request: SessionInput) -> Dispute:
    """Invite the parties to a meeting; each says whether he comes."""
    standing = await common.begin(actor, request.id, "schedule_session", request.version)
    dispute = standing.dispute
    now = clock.now()
    checks = Checks()
    place = checks.text("place", request.place, least=2, most=200)
    checks.moment("startsAt", request.starts_at, least=now - timedelta(minutes=5), most=now + timedelta(days=365))
    checks.done()
    session = await Session.create(
        **place_of(dispute), dispute_id=dispute.id, starts_at=request.starts_at, place=place
    )
    for party in await Party.filter(dispute_id=dispute.id):
        await Attendance.create(
            **place_of(dispute), dispute_id=dispute.id, session_id=session.id, party_id=party.id
        )
    await common.note(
        actor, dispute, "session:planned", starts_at=request.starts_at.isoformat(), place=place
    )
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "session.planned", dispute, startsAt=request.starts_at.isoformat())
    return dispute


async def _session(session_id: str) -> Session:
    session = await Session.get_or_none(id=as_id(session_id, "sessionId"))
    if session is None:
        raise not_found("sessionId")
    return session


async def respond_to_session(actor: Actor, request: SessionResponseInput) -> Dispute:
    """A party says whether he comes. Coming is voluntary; staying away has no consequence."""
    session = await _session(request.session_id)
    standing = await common.begin(actor, session.dispute_id, "respond_to_session")
    dispute = standing.dispute
    checks = Checks()
    note = checks.text("note", request.note, most=500)
    checks.done()
    if session.state != SessionState.PLANNED:
        raise Refusal("WRONG_STATE", "sessionId", state=session.state)
    changed = await Attendance.filter(session_id=session.id, party_id=standing.party_id).update(
        agreed=request.attending, note=note
    )
    if not changed:
        raise not_found("sessionId")
    await common.note(actor, dispute, "session:answered", attending=request.attending, note=note or None)
    told = await common.handler_accounts(dispute)
    await common.tell(told, "session.answered", dispute, attending=request.attending)
    return dispute


async def record_minutes(actor: Actor, request: MinutesInput) -> Dispute:
    """Who came, what was said and proposed, and how it ended; the minutes become a paper."""
    session = await _session(request.session_id)
    standing = await common.begin(actor, session.dispute_id, "record_minutes", request.version)
    dispute = standing.dispute
    checks = Checks()
    session.statements = checks.text("statements", request.statements, least=4, most=8000)
    session.proposals = checks.text("proposals", request.proposals, most=4000)
    result = checks.choice("result", request.result, SessionResult)
    checks.items("attended", request.attended, most=40)
    checks.done()
    if session.state != SessionState.PLANNED:
        raise Refusal("WRONG_STATE", "sessionId", state=session.state)
    present = {as_id(text, "attended") for text in request.attended}
    rows = await Attendance.filter(session_id=session.id)
    if present - {row.party_id for row in rows}:
        raise not_found("attended")
    for row in rows:
        row.attended = row.party_id in present
        await row.save(update_fields=["attended"])
    files = [as_id(each, "fileIds") for each in request.file_ids or []]
    await attach(actor, files, dispute, subject_id=session.id)
    assert result is not None
    session.state, session.result = SessionState.HELD, result
    paper = await papers.minutes(actor, dispute, session)
    session.paper_id = paper.id
    await session.save()
    await common.note(
        actor, dispute, "minutes:recorded", result=result, attended=len(present), invited=len(rows),
        files=[str(each) for each in files] or None,
    )  # fmt: skip
    await common.tell(await common.party_accounts(actor, dispute), "minutes.recorded", dispute)
    return dispute


async def fail_mediation(actor: Actor, request: FailInput) -> Dispute:
    """No agreement: the parties get a paper with their other legal routes (人民调解法 26)."""
    standing = await common.begin(actor, request.id, "fail", request.version)
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=2000)
    checks.true("remediesTold", request.remedies_told)
    checks.done()
    await papers.withdraw_agreement(dispute)
    await papers.termination_notice(actor, dispute, reason)
    await common.meet_clocks(dispute, "accept", f"mediate_{dispute.severity}")
    await common.move(
        actor, dispute, "fail", "mediation:failed", {"reason": reason, "remediesTold": True}, reason=reason
    )
    await common.tell(await common.party_accounts(actor, dispute), "mediation.failed", dispute)
    return dispute


async def end_mediation(actor: Actor, request: NoteInput) -> Dispute:
    """A party ends the mediation, at any time and without having to give a reason (人民调解法 23)."""
    standing = await common.begin(actor, request.id, "end_mediation")
    dispute = standing.dispute
    checks = Checks()
    text = checks.text("text", request.text, most=1000)
    checks.done()
    await papers.withdraw_agreement(dispute)
    await common.meet_clocks(dispute, "accept", f"mediate_{dispute.severity}")
    await common.move(actor, dispute, "end_mediation", "mediation:ended", {}, reason=text or None)
    # The notice carries a number of the office, which is not a person's to take: the county's job issues it.
    await enqueue(TERMINATION_JOB, dispute, dedupe=f"termination:{dispute.id}:{dispute.version}", dispute_id=str(dispute.id))
    await common.tell(await common.handler_accounts(dispute), "mediation.failed", dispute)
    return dispute
