"""Ring 5, early warning: signals from single disputes and from counts, and their written analysis."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from backend.apps.mediation import rules
from backend.apps.mediation.enums import SignalPattern as Pattern
from backend.apps.mediation.enums import SignalState
from backend.apps.mediation.inputs import SignalAnalysisInput
from backend.apps.mediation.models import Dispute, Signal
from backend.apps.mediation.permissions import Permission
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.deadlines.calendar import WorkingCalendar
from backend.kernel.errors import Refusal, not_found
from backend.kernel.identity.models import Membership
from backend.kernel.notifications.service import notify
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import Checks, as_id

WINDOW = timedelta(days=30)
RED = frozenset({Pattern.VIOLENCE, Pattern.GROUP_DISPUTE, Pattern.WAGE_CLAIM})
HEARERS = (Role.TOWN_LEADER, Role.COUNTY_CENTER, Role.PROGRAM_OFFICE)


async def check_dispute(dispute: Dispute) -> None:
    """Raise the signals a single dispute gives, alone or with others of the last thirty days."""
    since = clock.now() - WINDOW
    if dispute.violence:
        await _raise(dispute, Pattern.VIOLENCE, str(dispute.id), 1, since)
    if dispute.people_involved >= rules.GROUP_PEOPLE:
        await _raise(dispute, Pattern.GROUP_DISPUTE, str(dispute.id), dispute.people_involved, since)
    amount = float(dispute.amount) if dispute.amount is not None else None
    if rules.wage_warning(dispute.category, amount, dispute.people_involved):
        await _raise(dispute, Pattern.WAGE_CLAIM, str(dispute.id), dispute.people_involved, since)
    await _check_village(dispute, since)
    await _check_parties(dispute, since)
    await _check_repeats(dispute, since)


async def _check_village(dispute: Dispute, since: datetime) -> None:
    village = ".".join(dispute.path.split(".")[:5])
    (row,) = await fetch(
        "select count(*) as n from mediation_dispute where county = $1 and path <@ $2::text::ltree and category = $3 "
        "and registered_at >= $4 and state <> 'MERGED'",
        dispute.county, village, dispute.category, since,
    )  # fmt: skip
    if row["n"] >= rules.CATEGORY_IN_VILLAGE and village.count(".") == 4:
        month = f"{clock.now():%Y%m}"
        key = f"{village.rsplit('.', 1)[1]}:{dispute.category}:{month}"
        await _raise(dispute, Pattern.CATEGORY_IN_VILLAGE, key, row["n"], since, path=village)


async def _check_parties(dispute: Dispute, since: datetime) -> None:
    """The same respondent (by telephone, else by name) in three disputes. No list of applicants is ever made."""
    rows = await fetch(
        """select coalesce(nullif(o.phone_index, ''), o.name_index) as who, count(distinct o.dispute_id) as n
           from mediation_party p join mediation_party o on o.county = p.county and o.side = 'RESPONDENT'
               and ((p.phone_index <> '' and o.phone_index = p.phone_index)
                    or (p.phone_index = '' and o.name_index = p.name_index))
           join mediation_dispute d on d.id = o.dispute_id and d.county = o.county
               and d.registered_at >= $3 and d.state <> 'MERGED'
           where p.dispute_id = $1 and p.county = $2 and p.side = 'RESPONDENT' and p.name_index <> ''
           group by 1 having count(distinct o.dispute_id) >= $4""",
        dispute.id, dispute.county, since, rules.RESPONDENT_DISPUTES,
    )  # fmt: skip
    for row in rows:
        await _raise(dispute, Pattern.REPEAT_RESPONDENT, f"{row['who']}:{clock.now():%Y%m}", row["n"], since)


async def _check_repeats(dispute: Dispute, since: datetime) -> None:
    rows = await fetch(
        """with recursive chain as (
               select $1::uuid as id union
               select r.other_id from mediation_relation r join chain c on r.dispute_id = c.id where r.county = $2)
           select count(*) as n, min(id::text) as first from chain""",
        dispute.id,
        dispute.county,
    )
    if rows[0]["n"] >= rules.REPEAT_VISITS:
        await _raise(dispute, Pattern.REPEAT_VISIT, rows[0]["first"], rows[0]["n"], since)


async def _raise(
    dispute: Dispute, pattern: Pattern, key: str, count: int, since: datetime, *, path: str = ""
) -> None:
    place = _Place(dispute.county, path or dispute.path)
    today = clock.now().astimezone(clock.LOCAL).date()
    await raise_signal(
        place, pattern, f"{pattern}:{key}", count, since.astimezone(clock.LOCAL).date(), today,
        category=dispute.category,
    )  # fmt: skip


class _Place:
    """County and path of a signal before it is a row."""

    def __init__(self, county: str, path: str) -> None:
        self.id = new_id()
        self.county = county
        self.path = path


async def raise_signal(
    place: Any, pattern: Pattern, key: str, count: int, first: date, last: date, *, category: str = "",
    rise: rules.Rise | None = None,
) -> bool:  # fmt: skip
    """Raise a signal unless the same finding is there already; tells leaders. A red one asks for an analysis."""
    now = clock.now()
    severity = "RED" if pattern in RED else "YELLOW"
    reply = rules.RULES["reply"]
    due = WorkingCalendar.from_chinesecalendar().due(now, reply.length, reply.unit, roll=False).due_at
    made = await execute(
        """insert into mediation_signal (id, county, path, key, pattern, severity, category, division, count,
               expected, statistic, statistic_name, period_from, period_to, state, raised_at, analysis_due, cause,
               rule_gap, proposal)
           values ($1, $2, $3::text::ltree, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'OPEN', $15, $16, '', '', '')
           on conflict (county, key) do nothing""",
        place.id, place.county, place.path, key, pattern, severity, category, place.path.rsplit(".", 1)[-1], count,
        rise.expected if rise else None, rise.probability if rise else None, "poisson_upper_tail" if rise else "",
        first, last, now, due if severity == "RED" else None,
    )  # fmt: skip
    if made.endswith(" 0"):
        return False
    hearers = await Membership.filter(county=place.county, role__in=list(HEARERS), ended_at__isnull=True)
    inside = [row.account_id for row in hearers if lies_in(place.path, row.path)]
    await notify(inside, "mediation.signal.raised", place, pattern=pattern, category=category)
    return True


async def analyse_signal(actor: Actor, request: SignalAnalysisInput) -> Signal:
    """The written analysis of a signal: cause, gap in the rules, proposal (规范一类事、形成一套制)."""
    actor.require(Permission.ANALYSE)
    row = await Signal.filter(id=as_id(request.id)).select_for_update().first()
    if row is None:
        raise not_found("id")
    checks = Checks()
    cause = checks.text("cause", request.cause, least=4, most=3000)
    rule_gap = checks.text("ruleGap", request.rule_gap, least=2, most=3000)
    proposal = checks.text("proposal", request.proposal, least=4, most=3000)
    checks.done()
    if row.state != SignalState.OPEN:
        raise Refusal("WRONG_STATE", "id", state=row.state)
    row.cause, row.rule_gap, row.proposal = cause, rule_gap, proposal
    row.state, row.analysed_by, row.analysed_at = SignalState.ANALYSED, actor.account_id, clock.now()
    await row.save()
    await record(actor, "mediation:signal:analysed", row, pattern=row.pattern)
    return row


# ------------------------------------------------------------------------------------------ the weekly look


async def rising(county: str, week_from: date) -> list[tuple[Pattern, str, str, rules.Rise]]:
    """Categories and townships of the county whose week is high against the trailing eight weeks.

    Returns (pattern, category or township code, ltree path, rise).
    """
    start = datetime.combine(week_from, datetime.min.time(), clock.LOCAL)
    rows = await fetch(
        """select category, subpath(path, 0, least(nlevel(path), 4)) as town,
                  floor(extract(epoch from ($2 - registered_at)) / 604800)::int as weeks_ago, count(*) as n
           from mediation_dispute
           where county = $1 and registered_at >= $2 - interval '56 days' and registered_at < $2 + interval '7 days'
               and state <> 'MERGED'
           group by 1, 2, 3""",
        county,
        start,
    )
    found = []
    for pattern, column in ((Pattern.RISING_CATEGORY, "category"), (Pattern.RISING_PLACE, "town")):
        for name in sorted({row[column] for row in rows}):
            counts = [0] * (rules.TRAILING_WEEKS + 1)
            for row in rows:
                if row[column] == name:
                    counts[max(-1, min(row["weeks_ago"], 7)) + 1] += row["n"]
            rise = rules.rise(counts[0], counts[1:])
            if rise.is_rising:
                path = name if column == "town" else ""
                found.append((pattern, name, path, rise))
    return found


async def raise_rising(actor: Actor, week_from: date) -> list[tuple[Pattern, str, str, rules.Rise]]:
    """Raise a signal for everything that rises in this week."""
    assert actor.membership is not None
    found = await rising(actor.membership.county, week_from)
    for pattern, name, path, rise in found:
        place = _Place(actor.membership.county, path or actor.membership.path)
        category = name if pattern is Pattern.RISING_CATEGORY else ""
        last = week_from + timedelta(days=6)
        await raise_signal(
            place, pattern, f"{pattern}:{name}:{week_from}", rise.count, week_from, last, category=category, rise=rise
        )
    return found
