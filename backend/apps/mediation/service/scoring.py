"""Points of units for process performance (`domain.md` 3.6): never of citizens, never for the number of disputes."""

from __future__ import annotations

from datetime import datetime

from backend.apps.mediation import papers, rules
from backend.apps.mediation.enums import ConfirmState, ScoreState, Severity
from backend.apps.mediation.inputs import ScoreReplyInput
from backend.apps.mediation.models import Agreement, Dispute, Responsibility, ScoreEntry
from backend.apps.mediation.permissions import Permission
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
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
        rules.quarter_of(papers.local_day(when)), rule.id, rule.version, f"{rule.id}:{fact}", rule.points,
        ScoreState.COUNTED, when,
    )  # fmt: skip


async def _unit(dispute: Dispute) -> str:
    row = await Responsibility.filter(dispute_id=dispute.id, until__isnull=True).first()
    return row.agency_name if row else ""


async def overdue(dispute: Dispute, row: MatterClock, mark: int) -> None:
    """A supervised clock passed its end, or three days more."""
    unit = await _unit(dispute)
    if not unit:
        return
    if row.rule == "first_contact":
        if mark == 100:
            await give(dispute, "first_contact_late", unit, str(row.id))
    elif mark == 100:
        await give(dispute, "overdue", unit, str(row.id))
    else:
        await give(dispute, "overdue_more", unit, f"{row.id}:{mark}")


async def closed(dispute: Dispute) -> None:
    """Good work counts when it is done: complex and performed, confirmed and performed."""
    unit = await _unit(dispute)
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
