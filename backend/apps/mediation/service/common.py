"""What every command needs: find and lock the dispute, know the actor's standing, move it, tell people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.apps.mediation import access, rules
from backend.apps.mediation.access import Standing
from backend.apps.mediation.enums import HandlingLevel, ReporterMode
from backend.apps.mediation.models import Dispute, Party, Responsibility
from backend.apps.mediation.workflow import MACHINE
from backend.kernel import clock
from backend.kernel.access import participants
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.deadlines.rules import DeadlineRule
from backend.kernel.errors import Refusal, conflict, not_found
from backend.kernel.identity.models import Membership
from backend.kernel.tenancy.models import level_of_path
from backend.kernel.validation import as_id
from backend.kernel.workflow.matters import Steps

APP = "mediation"
ASSIGNER_ROLES = (Role.TOWN_DISPATCHER, Role.TOWN_LEADER, Role.COUNTY_CENTER)

_STANDING = """
select
    (select r.membership_id from mediation_responsibility r
        where r.dispute_id = $1 and r.county = $2 and r.until is null) as responsible,
    array(select t.membership_id from mediation_team_member t
        where t.dispute_id = $1 and t.county = $2 and t.left_at is null and not t.recused) as team,
    (select p.id from participant m join mediation_party p on p.id = m.subject_id and p.county = m.county
        where m.matter_id = $1 and m.county = $2 and m.account_id = $3 limit 1) as party_id,
    exists (select 1 from paper_signature s join paper d on d.id = s.paper_id and d.county = s.county
        where s.matter_id = $1 and s.county = $2 and s.signed_at is null and d.state = 'DRAFT' and (s.account_id = $3 or s.subject_id = $4 or s.subject_id in (
            select m.subject_id from participant m where m.matter_id = $1 and m.account_id = $3))) as to_sign,
    exists (select 1 from mediation_responsibility r where r.dispute_id = $1 and r.county = $2
        and r.account_id = $3 and r.reason <> all ($7))
        or exists (select 1 from mediation_team_member t where t.dispute_id = $1 and t.county = $2
            and t.account_id = $3) as has_handled,
    exists (select 1 from participant m where m.matter_id = $1 and m.county = $2 and m.account_id = $3)
        or $3 in (select accounts_with_phones(array(select p.phone_index::text from mediation_party p
            where p.dispute_id = $1 and p.county = $2 and p.phone_index <> ''))) as takes_part,
    exists (select 1 from mediation_rating r where r.dispute_id = $1 and r.county = $2 and r.account_id = $3
        and r.round = $5) as rated,
    exists (select 1 from mediation_supervision_notice n where n.dispute_id = $1 and n.county = $2
        and n.replied_at is null) as has_notice,
    exists (select 1 from mediation_session s where s.dispute_id = $1 and s.county = $2
        and s.state = 'PLANNED') as has_session,
    exists (select 1 from mediation_agreement a where a.dispute_id = $1 and a.county = $2
        and a.effective_at is not null and a.confirm_until >= $6 and a.withdrawn_at is null) as has_agreement,
    exists (select 1 from paper d where d.matter_id = $1 and d.county = $2
        and d.template = 'confirmation_application' and d.state = 'DRAFT') as has_application,
    exists (select 1 from mediation_objection o where o.dispute_id = $1 and o.county = $2
        and o.state = 'FILED') as has_objection,
    (select e.requested_by from extension_request e where e.matter_id = $1 and e.county = $2
        and e.state = 'ASKED' limit 1) as extension_by,
    exists (select 1 from matter_clock c where c.matter_id = $1 and c.county = $2
        and c.state = 'RUNNING' and c.rule <> all ($8)) as clock_running,
    exists (select 1 from matter_clock c where c.matter_id = $1 and c.county = $2
        and c.state = 'SUSPENDED') as clock_paused
"""
#: Reasons for which an office is responsible only until it has assigned the dispute; that is not handling it.
_UNTIL_ASSIGNED = ["RETURNED", "ESCALATED", "REOPENED", "RECUSED"]


async def standing_of(actor: Actor, dispute: Dispute) -> Standing:
    """What the actor is to the dispute, in one statement."""
    (row,) = await fetch(
        _STANDING, dispute.id, dispute.county, actor.account_id, actor.membership.id if actor.membership else None,
        dispute.times_reopened, clock.now(), _UNTIL_ASSIGNED, sorted(rules.NOT_MOVABLE),
    )  # fmt: skip
    row["team"] = frozenset(row["team"])
    if actor.is_staff:
        # Whoever acts for an agency is not a party at the same time.
        row["party_id"] = None
    party = await Party.get_or_none(id=row["party_id"]) if row["party_id"] else None
    return Standing(actor, dispute, side=party.side if party else None, **row)


async def find(actor: Actor, dispute_id: UUID, field: str = "id") -> Dispute:
    """The dispute, locked. Raises `NOT_FOUND`."""
    dispute = await access.readable(actor).filter(id=dispute_id).select_for_update().first()
    if dispute is None:
        raise not_found(field)
    return dispute


async def begin(actor: Actor, dispute_id: str | UUID, action: str, version: int | None = None) -> Standing:
    """Lock the dispute and make sure the actor may do `action` now.

    Raises:
        Refusal: `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `WRONG_STATE`, `STEP_UP_REQUIRED`, in this order.
    """
    wanted = dispute_id if isinstance(dispute_id, UUID) else as_id(dispute_id)
    standing = await standing_of(actor, await find(actor, wanted))
    asked = access.ACTIONS[action]
    if asked.is_permitted(standing) and version is not None and version != standing.dispute.version:
        raise conflict(standing.dispute.version)
    asked.require(standing)
    return standing


_steps = Steps(APP, MACHINE)
tell = _steps.tell


async def move(
    actor: Actor, dispute: Dispute, transition: str, tag: str, facts: Mapping[str, Any], **data: Any
) -> None:
    """As `Steps.move`; an anonymous reporter leaves no name."""
    await _steps.move(actor, dispute, transition, tag, facts, hide_actor=leaves_no_name(actor, dispute), **data)


async def note(actor: Actor, dispute: Dispute, tag: str, **data: Any) -> None:
    """As `Steps.note`; an anonymous reporter leaves no name."""
    await _steps.note(actor, dispute, tag, hide_actor=leaves_no_name(actor, dispute), **data)


def leaves_no_name(actor: Actor, dispute: Dispute) -> bool:
    """In a matter reported anonymously no event and no file tells which account a private person has."""
    return not actor.is_staff and dispute.reporter_mode == ReporterMode.ANONYMOUS


async def party_accounts(actor: Actor, dispute: Dispute) -> list[UUID]:
    """Accounts of the parties, without the actor's own."""
    if actor.is_staff:
        return await participants.accounts_of(dispute.id, but=actor.account_id)
    rows = await fetch("select account_id from matter_accounts($1, $2)", dispute.id, dispute.county)
    return sorted(row["account_id"] for row in rows if row["account_id"] != actor.account_id)


async def handler_accounts(dispute: Dispute) -> list[UUID]:
    """The responsible person and the team."""
    rows = await fetch(
        """select account_id from mediation_responsibility where dispute_id = $1 and county = $2 and until is null
           union select account_id from mediation_team_member
           where dispute_id = $1 and county = $2 and left_at is null and not recused""",
        dispute.id,
        dispute.county,
    )
    return sorted(row["account_id"] for row in rows)


# ------------------------------------------------------------------------------------------- responsibility


async def unfit(dispute: Dispute) -> dict[UUID, str]:
    """Accounts that must not handle the dispute, each with the reason as an error code: `CONFLICT_OF_INTEREST` for
    who takes part in it privately, `RECUSED` for who stood aside."""
    phones = await Party.filter(dispute_id=dispute.id).exclude(phone_index="").values_list("phone_index", flat=True)
    rows = await fetch(
        """select account_id, 'RECUSED' as why from mediation_team_member
               where dispute_id = $1 and county = $2 and recused
           union all select account_id, 'CONFLICT_OF_INTEREST' from participant
               where matter_id = $1 and county = $2 and account_id is not null
           union all select accounts_with_phones($3), 'CONFLICT_OF_INTEREST'""",
        dispute.id, dispute.county, list(phones),
    )  # fmt: skip
    return {row["account_id"]: row["why"] for row in rows}


async def require_fit(dispute: Dispute, member: Membership, field: str) -> None:
    """Raises `CONFLICT_OF_INTEREST` or `RECUSED`."""
    why = (await unfit(dispute)).get(member.account_id)
    if why is not None:
        raise Refusal(why, field, name=member.name)


async def first_office(
    dispute: Dispute, roles: Iterable[Role], *, above: HandlingLevel, level: HandlingLevel | None = None
) -> Membership:
    """The nearest office above `above` (or at `level`) that assigns. Raises `NO_OFFICE_HERE`."""
    barred = await unfit(dispute)
    for member in await staff_for(dispute, roles, level):
        at = level_of(member)
        if member.account_id in barred:
            continue
        if level is not None or rules.is_above(at, above) or at is HandlingLevel.COUNTY:
            return member
    raise Refusal("NO_OFFICE_HERE", "level")


async def staff_for(
    dispute: Dispute, roles: Iterable[Role], level: HandlingLevel | None = None
) -> list[Membership]:
    """Memberships in these roles whose place contains the dispute's, nearest place first.

    With `level` only those who work at that level.
    """
    now = clock.now()
    rows = await Membership.filter(
        county=dispute.county, role__in=list(roles), active_from__lte=now, path__in=ancestors(dispute.path)
    ).order_by("active_from", "id")
    living = [row for row in rows if row.ended_at is None or row.ended_at > now]
    if level is not None:
        living = [row for row in living if level_of(row) is level]
    return sorted(living, key=lambda row: -row.path.count("."))


def ancestors(path: str) -> list[str]:
    """The path and every path above it."""
    labels = path.split(".")
    return [".".join(labels[: index + 1]) for index in range(len(labels))]


def level_of(membership: Membership) -> HandlingLevel:
    return rules.level_of(level_of_path(membership.path))


async def make_responsible(dispute: Dispute, member: Membership, reason: str) -> None:
    """From now on `member` answers for the dispute, and nobody else; the handling level follows."""
    now = clock.now()
    before = await Responsibility.get_or_none(dispute_id=dispute.id, until__isnull=True)
    if before is not None:
        before.until = now
        await before.save(update_fields=["until"])
    level = level_of(member)
    await Responsibility.create(
        **place_of(dispute), dispute_id=dispute.id, membership_id=member.id, account_id=member.account_id,
        name=member.name, role=member.role, agency_name=member.agency_name, duty_phone=member.duty_phone,
        level=level, reason=reason, since=now,
    )  # fmt: skip
    dispute.level = level


# --------------------------------------------------------------------------------------------------- clocks


async def start_clock(dispute: Dispute, rule: DeadlineRule, at: datetime | None = None) -> MatterClock:
    """Start a clock; the list shows the newest."""
    row = await clocks.start(dispute, APP, rule, at or clock.now())
    show_clock(dispute, row)
    return row


def show_clock(dispute: Dispute, row: MatterClock | None) -> None:
    dispute.active_clock = row.id if row else None
    dispute.due_at = row.due_at if row else None
    dispute.yellow_at = row.yellow_at if row else None


async def meet_clocks(dispute: Dispute, *names: str) -> None:
    """The duties were done; the list shows the next clock that still runs, if any."""
    now = clock.now()
    for rule in names:
        await clocks.meet(dispute.id, rule, now)
    await show_next_clock(dispute)


async def meet_all_clocks(dispute: Dispute) -> None:
    """The dispute is at an end: nothing runs any more."""
    names = await MatterClock.filter(matter_id=dispute.id, met_at__isnull=True).values_list("rule", flat=True)
    await meet_clocks(dispute, *{str(name) for name in names})


async def show_next_clock(dispute: Dispute) -> None:
    row = await MatterClock.filter(matter_id=dispute.id, met_at__isnull=True).order_by("due_at").first()
    show_clock(dispute, row)

