"""Ring 2, who handles it: triage, redirect, assign, return, accept, hand up, send down, joint mediation."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from backend.apps.mediation import papers, rules
from backend.apps.mediation.enums import DisputeState as S
from backend.apps.mediation.enums import HandlingLevel, RelationKind, Route, TeamKind
from backend.apps.mediation.inputs import (
    AcceptInput,
    AssignInput,
    EscalateInput,
    JointInput,
    RedirectInput,
    ReturnInput,
    SendDownInput,
    TriageInput,
)
from backend.apps.mediation.models import Dispute, Party, Relation, Responsibility, TeamMember
from backend.apps.mediation.permissions import GRANTS, Permission
from backend.apps.mediation.service import common, scoring, warning
from backend.apps.mediation.service.intake import tell_of_violence
from backend.kernel import clock
from backend.kernel.access import participants
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import place_of
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.identity.models import Membership
from backend.kernel.validation import Checks, as_id

HANDLER_ROLES = tuple(role for role, granted in GRANTS.items() if Permission.ACCEPT in granted)


async def triage_dispute(actor: Actor, request: TriageInput) -> Dispute:
    """Say what kind of dispute it is, how grave, and which way it goes; or merge it into an earlier one."""
    if request.merge_into:
        await _lock_both(request.id, request.merge_into)
    standing = await common.begin(actor, request.id, "triage", request.version)
    dispute = standing.dispute
    checks = Checks()
    note = checks.text("note", request.note, most=1000)
    checks.true("duplicatesChecked", request.duplicates_checked)
    checks.done()
    if request.merge_into:
        return await _merge(actor, dispute, request.merge_into)
    was_violent = dispute.violence
    dispute.category = request.category
    dispute.severity = request.severity
    dispute.route = request.route
    dispute.violence = request.violence
    await common.start_clock(dispute, rules.RULES["assign"])
    await common.meet_clocks(dispute, "triage")
    await common.move(
        actor, dispute, "triage", "dispute:triaged", {"duplicatesChecked": True}, category=request.category,
        severity=request.severity, route=request.route, violence=request.violence, note=note or None,
    )  # fmt: skip
    if request.violence and not was_violent:
        await tell_of_violence(dispute)
    await warning.check_dispute(dispute)
    await common.tell(await common.party_accounts(actor, dispute), "dispute.triaged", dispute)
    return dispute


async def _lock_both(one: str, other: str) -> None:
    """In the order of their ids, so that two merges the opposite way do not wait for each other."""
    await Dispute.filter(id__in=[as_id(one), as_id(other, "mergeInto")]).order_by("id").select_for_update()


async def _merge(actor: Actor, dispute: Dispute, into: str) -> Dispute:
    """The report ends here and is linked to the earlier dispute, where the matter goes on. Its parties are told the
    code; they take part there only when the earlier dispute names them."""
    target = await Dispute.filter(id=as_id(into, "mergeInto")).select_for_update().first()
    if target is None or target.id == dispute.id or target.county != dispute.county:
        raise not_found("mergeInto")
    if target.state in (S.MERGED, S.CLOSED):
        raise Refusal("WRONG_STATE", "mergeInto", state=target.state)
    dispute.merged_into = target.id
    await common.meet_all_clocks(dispute)
    await common.move(
        actor, dispute, "merge", "dispute:merged", {"mergeInto": target.id}, into=str(target.id), into_code=target.code
    )
    await Relation.create(
        **place_of(target), dispute_id=target.id, other_id=dispute.id, kind=RelationKind.MERGED,
        created_at=clock.now(),
    )  # fmt: skip
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "dispute.merged", dispute, into=target.code)
    return dispute


async def redirect_dispute(actor: Actor, request: RedirectInput) -> Dispute:
    """Name the legal route and who takes it over; the person is told."""
    standing = await common.begin(actor, request.id, "redirect", request.version)
    dispute = standing.dispute
    checks = Checks()
    receiver = checks.text("receiver", request.receiver, least=2, most=100)
    reason = checks.text("reason", request.reason, least=4, most=2000)
    if request.route == Route.MEDIATION:
        checks.refuse("INVALID", "route")
    checks.done()
    dispute.route = request.route
    await common.meet_all_clocks(dispute)
    await common.start_clock(dispute, rules.RULES["verify"])
    await common.move(
        actor, dispute, "redirect", "dispute:redirected", {"receiver": receiver, "reason": reason},
        route=request.route, receiver=receiver, reason=reason,
    )  # fmt: skip
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "dispute.redirected", dispute, route=request.route, receiver=receiver)
    return dispute


async def assign_dispute(actor: Actor, request: AssignInput) -> Dispute:
    """Give the dispute to one named person; the parties learn name and office telephone."""
    standing = await common.begin(actor, request.id, "assign", request.version)
    dispute = standing.dispute
    checks = Checks()
    note = checks.text("note", request.note, most=1000)
    checks.done()
    if dispute.route != Route.MEDIATION:
        raise Refusal("ROUTE_NOT_MEDIATION", route=dispute.route)
    member = await _assignee(dispute, request.responsible, request.level)
    if dispute.state == S.RETURNED:
        await scoring.returned_wrongly(dispute, member.agency_name)
    await _give(actor, dispute, member, "ASSIGNED")
    await common.move(
        actor, dispute, "assign", "dispute:assigned", {"responsible": member.id}, responsible=member.name,
        unit=member.agency_name, level=dispute.level, note=note or None,
    )  # fmt: skip
    await _tell_assigned(actor, dispute, member)
    return dispute


async def _assignee(dispute: Dispute, membership_id: str, level: HandlingLevel) -> Membership:
    """Somebody who may handle it, at `level`, whose place contains the dispute's.

    Raises:
        Refusal: `NOT_FOUND`, `CONFLICT_OF_INTEREST`, `RECUSED`.
    """
    wanted = as_id(membership_id, "responsible")
    for member in await common.staff_for(dispute, HANDLER_ROLES, level):
        if member.id == wanted:
            await common.require_fit(dispute, member, "responsible")
            return member
    raise not_found("responsible")


async def _give(actor: Actor, dispute: Dispute, member: Membership, reason: str) -> None:
    await common.make_responsible(dispute, member, reason)
    await common.start_clock(dispute, rules.RULES["accept"])
    await common.meet_clocks(dispute, "assign")
    running = MatterClock.filter(matter_id=dispute.id, rule__startswith="mediate_", met_at__isnull=True)
    if not await running.exists():
        assert dispute.severity is not None
        await common.start_clock(dispute, rules.mediation_rule(dispute.severity))
        await common.show_next_clock(dispute)
    await _invite_parties(dispute)


async def _invite_parties(dispute: Dispute) -> None:
    """Let the parties whose telephone is known take part in the app."""
    for party in await Party.filter(dispute_id=dispute.id).exclude(phone_index=""):
        if not party.is_reporter:
            await participants.invite(dispute, party.id, party.phone_index, party.side)


async def _tell_assigned(actor: Actor, dispute: Dispute, member: Membership) -> None:
    await common.tell([member.account_id], "dispute.assigned", dispute, severity=dispute.severity)
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "dispute.handler_named", dispute, unit=member.agency_name, phone=member.duty_phone)


async def return_dispute(actor: Actor, request: ReturnInput) -> Dispute:
    """Hand back what is not one's duty, with the text of the rule. The third time there is no way back."""
    standing = await common.begin(actor, request.id, "return", request.version)
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=2000)
    rule_text = checks.text("ruleText", request.rule_text, least=4, most=2000)
    checks.done()
    dispute.times_returned += 1
    roles = common.ASSIGNER_ROLES if dispute.times_returned == 1 else (Role.TOWN_LEADER, Role.COUNTY_CENTER)
    next_one = await common.first_office(dispute, roles, above=dispute.level)
    await common.meet_clocks(dispute, "accept")
    await common.make_responsible(dispute, next_one, "RETURNED")
    await common.start_clock(dispute, rules.RULES["assign"])
    await common.move(
        actor, dispute, "return", "dispute:returned", {"reason": reason, "ruleText": rule_text}, reason=reason,
        rule_text=rule_text, times=dispute.times_returned,
    )  # fmt: skip
    await common.tell([next_one.account_id], "dispute.returned", dispute)
    return dispute


async def accept_dispute(actor: Actor, request: AcceptInput) -> Dispute:
    """Take the dispute on, with each party's own will to mediate (人民调解法 3, 17)."""
    standing = await common.begin(actor, request.id, "accept", request.version)
    dispute = standing.dispute
    checks = Checks()
    note = checks.text("note", request.note, most=1000)
    checks.items("willing", request.willing, least=1, most=40)
    checks.done()
    await _record_willingness(dispute, {as_id(w.party_id, "willing"): w.willing for w in request.willing})
    await papers.acceptance(actor, dispute)
    await common.meet_clocks(dispute, "accept", "first_contact")
    await common.move(
        actor, dispute, "accept", "dispute:accepted", {"willing": request.willing}, note=note or None,
        willing=sum(w.willing for w in request.willing), unwilling=sum(not w.willing for w in request.willing),
    )  # fmt: skip
    await common.tell(await common.party_accounts(actor, dispute), "dispute.accepted", dispute)
    return dispute


async def _record_willingness(dispute: Dispute, answers: dict[UUID, bool]) -> None:
    """Both sides are asked; mediation of an unwilling party is not possible."""
    parties = {party.id: party for party in await Party.filter(dispute_id=dispute.id)}
    for party_id in answers:
        if party_id not in parties:
            raise not_found("willing")
    for party_id, party in parties.items():
        if party_id in answers:
            party.willing = answers[party_id]
            await party.save(update_fields=["willing"])
    asked = [party for party in parties.values() if party.willing is not None]
    if {party.side for party in asked} != {party.side for party in parties.values()}:
        raise Refusal("BOTH_SIDES_NEEDED", "willing")


async def escalate_dispute(actor: Actor, request: EscalateInput) -> Dispute:
    """Hand up, with what was tried and why it did not work."""
    standing = await common.begin(actor, request.id, "escalate", request.version)
    dispute = standing.dispute
    checks = Checks()
    reasons = checks.text("reasons", request.reasons, least=4, most=2000)
    attempts = checks.text("attempts", request.attempts, least=4, most=2000)
    if not rules.may_escalate(dispute.level, request.level, dispute.severity, violence=dispute.violence):
        checks.refuse("LEVEL_NOT_POSSIBLE", "level", level=dispute.level)
    checks.done()
    from_level = dispute.level
    member = await common.first_office(dispute, common.ASSIGNER_ROLES, above=from_level, level=request.level)
    await common.make_responsible(dispute, member, "ESCALATED")
    await common.meet_clocks(dispute, "accept", f"mediate_{dispute.severity}")
    await common.start_clock(dispute, rules.RULES["assign"])
    await common.move(
        actor, dispute, "escalate", "dispute:escalated", {"reasons": reasons, "attempts": attempts}, reason=reasons,
        attempts=attempts, from_level=from_level, level=dispute.level,
    )  # fmt: skip
    await common.tell([member.account_id], "dispute.escalated", dispute, level=dispute.level)
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "dispute.escalated", dispute, level=dispute.level)
    return dispute


async def send_down_dispute(actor: Actor, request: SendDownInput) -> Dispute:
    """Give the dispute to a named person on a lower level."""
    standing = await common.begin(actor, request.id, "send_down", request.version)
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=2000)
    if rules.is_above(request.level, standing.level) or request.level is standing.level:
        checks.refuse("LEVEL_NOT_POSSIBLE", "level", level=standing.level)
    checks.done()
    member = await _assignee(dispute, request.responsible, request.level)
    await common.meet_clocks(dispute, "accept")
    await _give(actor, dispute, member, "SENT_DOWN")
    await common.move(
        actor, dispute, "send_down", "dispute:sent_down", {"responsible": member.id, "reason": reason},
        responsible=member.name, unit=member.agency_name, reason=reason, level=dispute.level,
    )  # fmt: skip
    await common.tell([member.account_id], "dispute.sent_down", dispute)
    await _tell_assigned(actor, dispute, member)
    return dispute


async def invite_joint(actor: Actor, request: JointInput) -> Dispute:
    """Ask others in to mediate jointly (联合调处); the responsible person stays the same."""
    standing = await common.begin(actor, request.id, "invite_joint", request.version)
    dispute = standing.dispute
    checks = Checks()
    note = checks.text("note", request.note, most=1000)
    checks.items("members", request.members, least=1, most=10)
    checks.done()
    mediators = {m.id: m for m in await common.staff_for(dispute, mediator_roles())}
    invited = []
    for number, text in enumerate(request.members):
        member = mediators.get(as_id(text, f"members.{number}"))
        if member is None:
            raise not_found(f"members.{number}")
        if await add_to_team(dispute, member, TeamKind.JOINT):
            invited.append(member)
    await common.note(
        actor, dispute, "joint:invited", members=[member.name for member in invited], note=note or None
    )
    await common.tell([member.account_id for member in invited], "joint.invited", dispute)
    return dispute


def mediator_roles() -> tuple[Role, ...]:
    return tuple(role for role, granted in GRANTS.items() if Permission.MEDIATE in granted)


async def add_to_team(dispute: Dispute, member: Membership, kind: TeamKind) -> bool:
    """False when the person is on the team already.

    Raises:
        Refusal: `CONFLICT_OF_INTEREST` when the person takes part in the dispute privately, `RECUSED` when he stood
            aside before.
    """
    await common.require_fit(dispute, member, "mediators")
    if await TeamMember.filter(dispute_id=dispute.id, membership_id=member.id, left_at__isnull=True).exists():
        return False
    await TeamMember.create(
        **place_of(dispute), dispute_id=dispute.id, membership_id=member.id, account_id=member.account_id, kind=kind,
        name=member.name, role=member.role, agency_name=member.agency_name, force=member.force,
        joined_at=clock.now(),
    )  # fmt: skip
    return True


async def open_matters_of(membership_ids: list[UUID]) -> dict[UUID, int]:
    """How many open disputes each membership answers for."""
    rows = await Responsibility.filter(membership_id__in=membership_ids, until__isnull=True)
    counted = Counter(row.membership_id for row in rows)
    return {membership_id: counted[membership_id] for membership_id in membership_ids}
