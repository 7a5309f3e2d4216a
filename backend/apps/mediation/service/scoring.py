"""Points of units for process performance (`domain.md` 3.6): never of citizens, never for the number of disputes."""

from __future__ import annotations

from datetime import datetime

from backend.apps.mediation import rules
from backend.apps.mediation.enums import ConfirmState, ReopenGround, ScoreState, Severity, TeamKind
from backend.apps.mediation.inputs import ScoreDecisionInput, ScoreReplyInput
from backend.apps.mediation.models import Agreement, Dispute, Responsibility, ScoreEntry, TeamMember
from backend.apps.mediation.permissions import Permission
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.validation import Checks, as_id


async def give(dispute: Dispute, rule_id: str, unit: str, fact: str, at: datetime | None = None) -> None:
    """Count a fact once: the same `fact` under the same rule gives no second entry."""
    rule = rules.SCORE_RULES[rule_id]
    when = at or clock.now()
    await execute(
        """insert into mediation_score_entry (id, county, path, dispute_id, matter_code, unit, quarter, rule,
               rule_version, key, points, state, reply, occurred_at)
           values ($1, $2, $3::text::ltree, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13)
           on conflict (county, key) do nothing""",
        new_id(), dispute.county, dispute.path, dispute.id, dispute.code, unit,
        rules.quarter_of(local_date(when)), rule.id, rule.version, f"{rule.id}:{fact}", rule.points,
        ScoreState.COUNTED, when,
    )  # fmt: skip


async def unit_of(dispute: Dispute) -> str:
    """The unit that answers for the dispute now."""
    row = await Responsibility.filter(dispute_id=dispute.id, until__isnull=True).first()
    return row.agency_name if row else ""


async def overdue(dispute: Dispute, row: MatterClock, mark: int) -> None:
    """A supervised clock passed its end, or three days more."""
    unit = await unit_of(dispute)
    if not unit:
        return
    if row.rule == "first_contact":
        if mark == 100:
            await give(dispute, "first_contact_late", unit, str(row.id))
    elif mark == 100:
        await give(dispute, "overdue", unit, str(row.id))
    else:
        await give(dispute, "overdue_more", unit, f"{row.id}:{mark}")


async def returned_wrongly(dispute: Dispute, unit: str) -> None:
    """The dispute is given back to the very unit that had returned it as not its own."""
    before = await Responsibility.filter(dispute_id=dispute.id, reason__in=["ASSIGNED", "SENT_DOWN"]).order_by("-since")
    if before and before[0].agency_name == unit:
        await give(dispute, "wrongful_return", unit, f"{dispute.id}:{dispute.times_returned}")


async def reopened(dispute: Dispute, unit: str, ground: ReopenGround) -> None:
    """A person found the complaint about a closed dispute justified."""
    rule = "repeat_visit" if ground is ReopenGround.REPEAT_VISIT else "unsatisfied_justified"
    if unit:
        await give(dispute, rule, unit, f"{dispute.id}:{dispute.times_reopened}")


async def closed(dispute: Dispute) -> None:
    """Good work counts when it is done: complex and performed, confirmed and performed, mediated jointly."""
    for member in await TeamMember.filter(dispute_id=dispute.id, kind=TeamKind.JOINT, recused=False):
        await give(dispute, "joint_accepted", member.agency_name, f"{dispute.id}:{member.agency_name}")
    unit = await unit_of(dispute)
    agreement = await Agreement.filter(dispute_id=dispute.id, withdrawn_at__isnull=True).first()
    if not unit or agreement is None or dispute.close_type not in rules.RESOLVED:
        return
    if dispute.severity in (Severity.COMPLEX, Severity.MAJOR):
        await give(dispute, "complex_settled", unit, str(dispute.id))
    if agreement.confirm_state == ConfirmState.CONFIRMED:
        await give(dispute, "confirmed_performed", unit, str(dispute.id))


async def reply_to_score(actor: Actor, request: ScoreReplyInput) -> ScoreEntry:
    """The unit's right of reply: a contested entry does not count until somebody has decided."""
    actor.require(Permission.SCORES)
    entry = await ScoreEntry.filter(id=as_id(request.entry_id, "entryId")).select_for_update().first()
    if entry is None:
        raise not_found("entryId")
    if actor.membership is None or actor.membership.agency_name != entry.unit:
        raise not_permitted(Permission.SCORES)
    checks = Checks()
    reply = checks.text("reply", request.reply, least=4, most=1000)
    checks.done()
    if entry.state != ScoreState.COUNTED or entry.points > 0:
        raise Refusal("WRONG_STATE", "entryId", state=entry.state)
    entry.reply, entry.replied_at, entry.state = reply, clock.now(), ScoreState.CONTESTED
    await entry.save()
    await record(
        actor, "mediation:score:contested", entry, matter_id=entry.dispute_id, rule=entry.rule, points=entry.points
    )
    return entry


async def decide_score(actor: Actor, request: ScoreDecisionInput) -> ScoreEntry:
    """Somebody of another unit decides on a contested entry (`domain.md` 1.8.3)."""
    actor.require(Permission.DECIDE_SCORES)
    entry = await ScoreEntry.filter(id=as_id(request.entry_id, "entryId")).select_for_update().first()
    if entry is None:
        raise not_found("entryId")
    if actor.membership is None or actor.membership.agency_name == entry.unit:
        raise not_permitted(Permission.DECIDE_SCORES)
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    if entry.state != ScoreState.CONTESTED:
        raise Refusal("WRONG_STATE", "entryId", state=entry.state)
    entry.state = ScoreState.UPHELD if request.uphold else ScoreState.REVOKED
    await entry.save()
    await record(
        actor, "mediation:score:decided", entry, matter_id=entry.dispute_id, rule=entry.rule, points=entry.points,
        upheld=request.uphold, reason=reason,
    )  # fmt: skip
    return entry


def total(entries: list[ScoreEntry]) -> int:
    """Base plus every entry that counts; the deductions for overruns are capped at ten per dispute."""
    counted = [entry for entry in entries if entry.state in (ScoreState.COUNTED, ScoreState.UPHELD)]
    late: dict[str, int] = {}
    other = 0
    for entry in counted:
        if entry.rule in ("overdue", "overdue_more"):
            late[entry.matter_code] = late.get(entry.matter_code, 0) + entry.points
        else:
            other += entry.points
    return rules.BASE_SCORE + other + sum(max(points, -10) for points in late.values())
