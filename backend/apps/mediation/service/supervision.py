"""Ring 3, responsibility: urging, supervision notices and their replies, more time, pauses, escalation by clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from backend.apps.mediation import papers, rules
from backend.apps.mediation.inputs import (
    ExtensionDecisionInput,
    ExtensionInput,
    SupervisionReplyInput,
    SuspendInput,
    UrgeInput,
)
from backend.apps.mediation.models import Dispute, Responsibility, SupervisionNotice
from backend.apps.mediation.service import common, scoring
from backend.kernel import clock
from backend.kernel.access import participants
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.models import ExtensionRequest, MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.validation import Checks, as_id

#: Who hears of a supervision notice, by its level.
NOTICE_HEARERS = {
    1: (Role.TOWN_LEADER,),
    2: (Role.TOWN_LEADER, Role.COUNTY_CENTER),
    3: (Role.TOWN_LEADER, Role.COUNTY_CENTER, Role.PROGRAM_OFFICE),
}


async def urge_dispute(actor: Actor, request: UrgeInput) -> Dispute:
    """Ask the responsible person to get on with it; at most once an hour."""
    standing = await common.begin(actor, request.id, "urge")
    dispute = standing.dispute
    checks = Checks()
    text = checks.text("note", request.note, least=2, most=500)
    checks.done()
    recent = await fetch(
        "select 1 from event where matter_id = $1 and county = $2 and tag = 'mediation:dispute:urged' "
        "and occurred_at > $3",
        dispute.id, dispute.county, clock.now() - timedelta(hours=1),
    )  # fmt: skip
    if recent:
        raise Refusal("URGED_ALREADY")
    await common.note(actor, dispute, "dispute:urged", note=text)
    await common.tell(await common.handler_accounts(dispute), "dispute.urged", dispute)
    return dispute


async def reply_to_supervision(actor: Actor, request: SupervisionReplyInput) -> Dispute:
    """Say why it took so long and what is done about it."""
    notice = await SupervisionNotice.get_or_none(id=as_id(request.notice_id, "noticeId"))
    if notice is None:
        raise not_found("noticeId")
    standing = await common.begin(actor, notice.dispute_id, "reply_to_supervision")
    dispute = standing.dispute
    checks = Checks()
    reply = checks.text("reply", request.reply, least=4, most=2000)
    checks.done()
    await notice.refresh_from_db()
    if notice.replied_at is not None:
        raise Refusal("ALREADY_DECIDED", "noticeId")
    notice.reply, notice.replied_at = reply, clock.now()
    await notice.save(update_fields=["reply", "replied_at"])
    if not await SupervisionNotice.filter(dispute_id=dispute.id, replied_at__isnull=True).exists():
        await common.meet_clocks(dispute, "reply")
    await common.note(actor, dispute, "supervision:replied", level=notice.level, reply=reply)
    hearers = await common.staff_for(dispute, NOTICE_HEARERS[notice.level])
    await common.tell([row.account_id for row in hearers], "supervision.replied", dispute, level=notice.level)
    return dispute


async def _begin(actor: Actor, clock_id: str, action: str) -> tuple[Dispute, MatterClock]:
    """Lock the dispute of this clock and then the clock, in the order every command keeps."""
    wanted = as_id(clock_id, "clockId")
    row = await MatterClock.get_or_none(id=wanted, app=common.APP)
    if row is None:
        raise not_found("clockId")
    standing = await common.begin(actor, row.matter_id, action)
    return standing.dispute, await clocks.locked(wanted)


def _require_movable(row: MatterClock) -> None:
    if row.rule in rules.NOT_MOVABLE:
        raise Refusal("STATUTORY_LIMIT", "clockId")


async def ask_extension(actor: Actor, request: ExtensionInput) -> Dispute:
    """Ask for more time, on a named basis."""
    dispute, row = await _begin(actor, request.clock_id, "ask_extension")
    checks = Checks()
    basis = checks.text("basis", request.basis, least=4, most=500)
    reason = checks.text("reason", request.reason, least=4, most=2000)
    checks.done()
    _require_movable(row)
    asked = await clocks.ask_extension(
        actor, row, length=request.length, unit=request.unit, basis=basis, reason=reason
    )
    await common.note(
        actor, dispute, "extension:asked", rule=row.rule, length=asked.length, unit=asked.unit, reason=reason
    )
    deciders = await common.staff_for(dispute, (Role.TOWN_LEADER, Role.COUNTY_CENTER))
    told = [each.account_id for each in deciders if each.account_id != actor.account_id]
    await common.tell(told, "extension.asked", dispute)
    return dispute


async def decide_extension(actor: Actor, request: ExtensionDecisionInput) -> Dispute:
    """Grant or refuse more time, with an opinion; the parties are told of a new date."""
    asked = await ExtensionRequest.get_or_none(id=as_id(request.request_id, "requestId"))
    if asked is None:
        raise not_found("requestId")
    standing = await common.begin(actor, asked.matter_id, "decide_extension")
    # The dispute is locked now, so nobody else decides at the same time.
    await asked.refresh_from_db()
    dispute = standing.dispute
    checks = Checks()
    opinion = checks.text("opinion", request.opinion, least=2, most=1000)
    checks.done()
    row = await clocks.decide_extension(actor, asked, grant=request.grant, opinion=opinion)
    await common.show_next_clock(dispute)
    await common.note(
        actor, dispute, "extension:decided", rule=row.rule, granted=request.grant, opinion=opinion,
        due_at=row.due_at.isoformat(),
    )  # fmt: skip
    told = [asked.requested_by, *(await common.party_accounts(actor, dispute) if request.grant else [])]
    await common.tell(told, "extension.decided", dispute, granted=request.grant, dueAt=row.due_at.isoformat())
    return dispute


async def suspend_clock(actor: Actor, request: SuspendInput) -> Dispute:
    """Stop a clock for one of the listed causes."""
    dispute, row = await _begin(actor, request.clock_id, "suspend_clock")
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    _require_movable(row)
    await clocks.suspend(row, request.cause, clock.now())
    await common.show_next_clock(dispute)
    await common.note(actor, dispute, "clock:suspended", rule=row.rule, cause=request.cause, reason=reason)
    return dispute


async def resume_clock(actor: Actor, clock_id: str) -> Dispute:
    """Let the clock run on."""
    dispute, row = await _begin(actor, clock_id, "resume_clock")
    await clocks.resume(row, clock.now())
    await common.show_next_clock(dispute)
    await common.note(actor, dispute, "clock:resumed", rule=row.rule, due_at=row.due_at.isoformat())
    return dispute


# --------------------------------------------------------------------------------------------- by the clock


async def on_clock_mark(actor: Actor, row: MatterClock, mark: int) -> None:
    """Job: remind at half time, turn yellow, turn red, and climb the ladder (0, 3 and 7 days overdue)."""
    # The job holds the clock already, and commands lock the dispute first. Where both wait for each other, the job gives
    # way and comes again: PostgreSQL looks for a victim only after a second.
    await execute("set local lock_timeout = '500ms'")
    dispute = await Dispute.filter(id=row.matter_id).select_for_update().first()
    if dispute is None:
        return
    if row.rule == "reply":
        await _on_reply_mark(actor, dispute, row, mark)
        return
    if row.rule == "return_visit":
        if mark == 100:
            visitors = await common.staff_for(dispute, (Role.TOWN_DISPATCHER, Role.TOWN_LEADER, Role.COUNTY_CENTER))
            await common.tell([each.account_id for each in visitors], "return_visit.due", dispute)
        return
    if mark < 100:
        kind = "deadline.half" if mark == 50 else "deadline.yellow"
        told = await _answerable_accounts(dispute, row)
        await common.tell(told, kind, dispute, rule=row.rule, dueAt=row.due_at.isoformat())
        return
    if mark == 100:
        await common.tell(await _answerable_accounts(dispute, row), "deadline.red", dispute, rule=row.rule)
    await common.note(actor, dispute, "clock:mark", rule=row.rule, mark=mark, clock=str(row.id))
    if row.rule in rules.SUPERVISED:
        await _issue_notice(actor, dispute, row, rules.NOTICE_LEVEL[mark])
        await scoring.overdue(dispute, row, mark)


async def _on_reply_mark(actor: Actor, dispute: Dispute, row: MatterClock, mark: int) -> None:
    """An unanswered notice: its person is reminded; when the time is up the next level hears of it."""
    notice = await SupervisionNotice.filter(
        dispute_id=dispute.id, issued_at=row.started_at, replied_at__isnull=True
    ).first()  # fmt: skip
    told = await common.handler_accounts(dispute)
    if notice is None or mark not in (80, 100):
        return
    if mark == 80:
        await common.tell(told, "deadline.yellow", dispute, rule=row.rule, dueAt=row.due_at.isoformat())
        return
    next_level = await common.staff_for(dispute, NOTICE_HEARERS[min(notice.level + 1, max(NOTICE_HEARERS))])
    told = sorted({*told, *(each.account_id for each in next_level)})
    await common.tell(told, "deadline.red", dispute, rule=row.rule)
    await common.note(actor, dispute, "clock:mark", rule=row.rule, mark=mark, clock=str(row.id))


async def _answerable_accounts(dispute: Dispute, row: MatterClock) -> list[UUID]:
    """The confirmation window is the parties' own and an objection the county centre's to decide; everything else is
    the handlers' duty."""
    if row.rule == "objection":
        return [each.account_id for each in await common.staff_for(dispute, (Role.COUNTY_CENTER,))]
    if row.rule in ("confirm", "perform"):
        return await participants.accounts_of(dispute.id)
    return await common.handler_accounts(dispute)


async def _issue_notice(actor: Actor, dispute: Dispute, row: MatterClock, level: int) -> None:
    """督办单: one per clock and level, to be answered by the person responsible."""
    answerable = await Responsibility.filter(dispute_id=dispute.id, until__isnull=True).first()
    if answerable is None:
        return
    reply = await clocks.start(dispute, common.APP, rules.RULES["reply"], clock.now())
    await common.show_next_clock(dispute)
    now, due = reply.started_at, reply.due_at
    paper = await papers.supervision_notice(actor, dispute, row.rule, row.due_at, due, level, answerable)
    await SupervisionNotice.create(
        **place_of(dispute), dispute_id=dispute.id, clock_id=row.id, rule=row.rule, level=level,
        responsible_id=answerable.membership_id, unit=answerable.agency_name, paper_id=paper.id, issued_at=now,
        due_at=due,
    )  # fmt: skip
    await common.note(
        actor, dispute, "supervision:issued", level=level, rule=row.rule, unit=answerable.agency_name,
        number=paper.number,
    )  # fmt: skip
    hearers = await common.staff_for(dispute, NOTICE_HEARERS[level])
    told = [answerable.account_id, *(each.account_id for each in hearers)]
    await common.tell(told, "supervision.issued", dispute, level=level, rule=row.rule)
