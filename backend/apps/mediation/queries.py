"""Reads of mediation. Every one starts from `access.readable`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from backend.apps.mediation import access, figures, rules
from backend.apps.mediation.enums import DisputeState as S
from backend.apps.mediation.enums import HandlingLevel
from backend.apps.mediation.inputs import DisputeFilter
from backend.apps.mediation.models import Briefing, Dispute, ScoreEntry, Signal
from backend.apps.mediation.permissions import Permission
from backend.apps.mediation.service import common
from backend.apps.mediation.service.assignment import HANDLER_ROLES, mediator_roles, open_matters_of
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import fetch
from backend.kernel.deadlines.clock import Colour
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page, newest_first
from backend.kernel.identity.models import Membership
from backend.kernel.manifest import Outline, RowBehind
from backend.kernel.metrics import asking
from backend.kernel.metrics.asking import FIRST_DAY, LAST_DAY
from backend.kernel.metrics.formulas import period
from backend.kernel.privacy.models import AccessLogEntry
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id

ENDED = (S.CLOSED, S.MERGED)


async def disputes(actor: Actor, wanted: DisputeFilter | None, first: int, after: str | None) -> Page[Dispute]:
    """Disputes within reach, newest change first."""
    query = access.readable(actor)
    if wanted is not None:
        query = await _filtered(actor, query, wanted)
    return await newest_first(query, by="updated_at", first=first, after=after)


async def _filtered(actor: Actor, query: QuerySet[Dispute], wanted: DisputeFilter) -> QuerySet[Dispute]:
    for name, day in (("registeredFrom", wanted.registered_from), ("registeredTo", wanted.registered_to)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise Refusal("INVALID", name, least=str(FIRST_DAY), most=str(LAST_DAY))
    for field, values in (
        ("state__in", wanted.states),
        ("category__in", wanted.categories),
        ("severity__in", wanted.severities),
        ("level__in", wanted.levels),
    ):
        if values:
            query = query.filter(**{field: values})
    if wanted.violence is not None:
        query = query.filter(violence=wanted.violence)
    if wanted.open is not None:
        query = query.exclude(state__in=ENDED) if wanted.open else query.filter(state__in=ENDED)
    if wanted.colours:
        query = query.filter(_coloured(wanted.colours))
    if wanted.registered_from:
        query = query.filter(registered_at__gte=period(wanted.registered_from, wanted.registered_from)[0])
    if wanted.registered_to:
        query = query.filter(registered_at__lt=period(wanted.registered_to, wanted.registered_to)[1])
    if wanted.division:
        query = query.filter(id__in=RawSQL(await _below(wanted.division)))
    if wanted.search and wanted.search.strip():
        text = wanted.search.strip()[:100]
        query = query.filter(Q(title__icontains=text) | Q(statement__icontains=text) | Q(code__icontains=text))
    if wanted.mine:
        query = query.filter(id__in=await _mine(actor))
    return query


def _coloured(colours: list[Colour]) -> Q:
    """The colour of the clock a list shows, as a condition on its instants."""
    now = clock.now()
    conditions = {
        Colour.RED: Q(due_at__lt=now),
        Colour.YELLOW: Q(due_at__gte=now, yellow_at__lte=now),
        Colour.BLUE: Q(due_at__gte=now, yellow_at__gt=now),
        Colour.GREY: Q(due_at__isnull=True),
    }
    chosen = Q()
    for colour in colours:
        chosen |= conditions[colour]
    return chosen


async def _below(code: str) -> str:
    division = await find_division(code)
    if division is None:
        raise Refusal("NOT_FOUND", "division")
    # The path comes from the table of divisions: digits and dots only.
    return f"(select d.id from mediation_dispute d where d.path <@ '{division.path}'::ltree)"


async def _mine(actor: Actor) -> list[UUID]:
    """Disputes the actor answers for or mediates; for a person his own."""
    if actor.membership is None:
        rows = await fetch("select matter_id as id from participant where account_id = $1", actor.account_id)
    else:
        rows = await fetch(
            """select dispute_id as id from mediation_responsibility where membership_id = $1 and until is null
               union select dispute_id from mediation_team_member
               where membership_id = $1 and left_at is null and not recused""",
            actor.membership.id,
        )
    return [row["id"] for row in rows]


async def my_tasks(actor: Actor, first: int, after: str | None) -> Page[Dispute]:
    """Open disputes the actor has to act on."""
    query = access.readable(actor).filter(id__in=await _mine(actor)).exclude(state__in=ENDED)
    return await newest_first(query, by="updated_at", first=first, after=after)


async def dispute(actor: Actor, dispute_id: str) -> Dispute | None:
    """One dispute, or None when there is none within reach."""
    try:
        wanted = as_id(dispute_id)
    except Refusal:
        return None
    return await access.readable(actor).filter(id=wanted).first()


async def outline(actor: Actor, matter_id: UUID) -> Outline | None:
    """What of a dispute may go over to another application: its code and category."""
    found = await access.readable(actor).filter(id=matter_id).first() if actor.is_staff else None
    return Outline(found.code, str(found.category), found) if found else None


async def similar(
    actor: Actor, text: str, division: str | None, latitude: float | None, longitude: float | None, first: int
) -> list[dict[str, Any]]:
    """Disputes of the last two years within the actor's reach that read alike or lie near (pg_trgm, distance).

    A person is offered his own only: other people's disputes are not his to know.
    """
    actor.require(Permission.READ)
    place = await find_division(division) if division else None
    return await fetch(
        """select id, code, category, registered_at, state, place_text, similarity, distance,
                  exists (select 1 from participant p where p.matter_id = s.id and p.account_id = $6) as mine
           from (
               select d.*, greatest(similarity(d.title || ' ' || d.statement, $1),
                                    word_similarity($1, d.title || ' ' || d.statement)) as similarity,
                      case when $3::float is null or d.latitude is null then null else
                          6371000 * 2 * asin(sqrt(power(sin(radians(d.latitude - $3) / 2), 2)
                              + cos(radians($3)) * cos(radians(d.latitude))
                              * power(sin(radians(d.longitude - $4) / 2), 2))) end as distance
               from mediation_dispute d
               where d.registered_at > $5 and ($2::text is null or d.path <@ $2::text::ltree)) s
           where similarity >= 0.12 or (distance <= 500 and similarity >= 0.05)
           order by similarity desc, registered_at desc limit $7""",
        text[:500], ".".join(place.path.split(".")[:4]) if place else None, latitude, longitude,
        clock.now() - timedelta(days=730), actor.account_id, min(max(first, 1), 20),
    )  # fmt: skip


async def on_map(actor: Actor, division: str, *, open_only: bool | None) -> list[Dispute]:
    """Disputes with a position, at most a thousand, newest first."""
    actor.require(Permission.READ)
    query = access.readable(actor).filter(latitude__isnull=False, id__in=RawSQL(await _below(division)))
    if open_only:
        query = query.exclude(state__in=ENDED)
    return await query.order_by("-updated_at").limit(1000)


async def assignees(actor: Actor, dispute_id: str, level: HandlingLevel) -> list[tuple[Membership, int]]:
    """Who may be given the dispute at `level` (mediators included), with the number of open matters each has."""
    found = await dispute(actor, dispute_id)
    if found is None or not actor.is_staff:
        return []
    members = await common.staff_for(found, {*HANDLER_ROLES, *mediator_roles()}, level)
    loads = await open_matters_of([member.id for member in members])
    return [(member, loads[member.id]) for member in members]


async def access_log(actor: Actor, matter_id: str) -> list[AccessLogEntry]:
    """Who looked at masked data of the matter: for the persons concerned and for supervisors."""
    found = await dispute(actor, matter_id)
    if found is None:
        return []
    query = AccessLogEntry.filter(matter_id=found.id)
    if not actor.is_staff:
        standing = await common.standing_of(actor, found)
        query = query.filter(subject_id=standing.party_id)
    return await query.order_by("-at", "-id").limit(100)


async def figure_rows(
    actor: Actor, key: str, code: str, first: date, last: date, counted: bool | None, size: int, after: str | None
) -> Page[Dispute]:
    """The disputes a figure counts."""
    asking.check_period(first, last)
    division = await asking.place(actor, Permission.FIGURES, code)
    if key not in figures.FORMULAS:
        raise Refusal("NOT_FOUND", "figure")
    ids = await figures.matter_ids(key, division.path, first, last, counted=counted)
    return await newest_first(access.readable(actor).filter(id__in=ids), by="updated_at", first=size, after=after)


async def by_category(path: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    return await fetch(
        """select category, count(*) as n from mediation_dispute where path <@ $1::text::ltree
               and registered_at >= $2 and registered_at < $3 and state <> 'MERGED' group by 1 order by 2 desc""",
        path, start, end,
    )  # fmt: skip


async def open_by_colour(path: str) -> list[dict[str, Any]]:
    return await fetch(
        """select case when due_at is null then 'GREY' when due_at < $2 then 'RED'
                       when yellow_at <= $2 then 'YELLOW' else 'BLUE' end as colour, count(*) as n
           from mediation_dispute where path <@ $1::text::ltree and state not in ('CLOSED', 'MERGED')
           group by 1 order by 1""",
        path, clock.now(),
    )  # fmt: skip


async def signals(actor: Actor, states: list[Any] | None, first: int, after: str | None) -> Page[Signal]:
    """Warning signals of the actor's place, newest first."""
    if not (actor.may(Permission.FIGURES) or actor.may(Permission.ANALYSE)):
        actor.require(Permission.FIGURES)
    query = Signal.all()
    if states:
        query = query.filter(state__in=states)
    return await newest_first(query, by="raised_at", first=first, after=after)


async def briefings(actor: Actor, first: int) -> list[Briefing]:
    """Weekly briefings, newest first."""
    actor.require(Permission.FIGURES)
    return await Briefing.all().order_by("-week_from", "-id").limit(min(max(first, 1), 100))


async def score_entries(actor: Actor, code: str, quarter: str | None) -> tuple[str, list[ScoreEntry]]:
    """Score entries below a division in one quarter (the running one by default), newest first."""
    actor.require(Permission.SCORES)
    division = await find_division(code)
    if division is None:
        raise Refusal("NOT_FOUND", "division")
    wanted = quarter or rules.quarter_of(clock.now().astimezone(clock.LOCAL).date())
    rows = await ScoreEntry.filter(
        quarter=wanted, id__in=RawSQL(f"(select s.id from mediation_score_entry s where s.path <@ '{division.path}'::ltree)")
    ).order_by("-occurred_at", "-id").limit(500)  # fmt: skip
    return wanted, rows


async def rows_behind(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, RowBehind]:
    """The disputes among these that the actor may read."""
    rows = await access.readable(actor).filter(id__in=list(ids)).only("id", "code", "title", "state")
    return {row.id: RowBehind(row.code, row.title, row.state) for row in rows}
