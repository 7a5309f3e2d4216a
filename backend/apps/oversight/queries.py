"""Reads of oversight. Every one starts from `access`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from backend.apps.oversight import access, figures, rules
from backend.apps.oversight.enums import RecommendationState
from backend.apps.oversight.inputs import (
    OversightClueFilter,
    OversightLessonFilter,
    OversightSuggestionFilter,
)
from backend.apps.oversight.models import Baseline, Clue, JointProject, Lesson, Recommendation, Suggestion
from backend.apps.oversight.permissions import Permission
from backend.apps.oversight.rules import Sketch
from backend.apps.oversight.workflow import ENDED, G_ENDED, OWES_REPLY, R_ENDED, SIGNABLE
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import fetch
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page, newest_first
from backend.kernel.identity.models import Membership
from backend.kernel.manifest import RowBehind
from backend.kernel.metrics import asking
from backend.kernel.metrics.formulas import matter_ids
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import as_id
from backend.kernel.workflow.matters import officers

#: How many open suggestions a new one is compared with.
MOST_COMPARED = 500


async def clues(actor: Actor, wanted: OversightClueFilter | None, first: int, after: str | None) -> Page[Clue]:
    """Clues within reach, newest change first."""
    query = access.readable(actor)
    if wanted is not None:
        for field, values in (("state__in", wanted.states), ("field__in", wanted.fields)):
            if values:
                query = query.filter(**{field: values})
        if wanted.open is not None:
            query = query.exclude(state__in=ENDED) if wanted.open else query.filter(state__in=ENDED)
        if wanted.mine:
            query = query.filter(id__in=RawSQL(f"(select p.clue_id from oversight_part p where p.account_id = '{actor.account_id}')"))
        if wanted.search and wanted.search.strip():
            text = wanted.search.strip()[:60]
            query = query.filter(Q(title__icontains=text) | Q(code__icontains=text))
        if wanted.division:
            division = await find_division(wanted.division)
            if division is None:
                raise Refusal("NOT_FOUND", "division")
            # The path comes from the table of divisions: digits and dots only.
            query = query.filter(id__in=RawSQL(f"(select c.id from oversight_clue c where c.path <@ '{division.path}'::ltree)"))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def clue(actor: Actor, clue_id: str) -> Clue | None:
    """One clue, or None when there is none within reach."""
    return await access.readable(actor).filter(id=_id(clue_id)).first()


async def recommendations(
    actor: Actor, first: int, after: str | None, *, owing: bool | None = None, open: bool | None = None
) -> Page[Recommendation]:
    """The unit's own desk, and everybody else's within reach."""
    query = access.recommendations(actor)
    for wanted, states in ((owing, OWES_REPLY), (open, frozenset(RecommendationState) - R_ENDED)):
        if wanted is not None:
            query = query.filter(state__in=states) if wanted else query.exclude(state__in=states)
    return await newest_first(query, by="updated_at", first=first, after=after)


async def recommendation(actor: Actor, row_id: str) -> Recommendation | None:
    return await access.recommendations(actor).filter(id=_id(row_id)).first()


async def suggestions(
    actor: Actor, wanted: OversightSuggestionFilter | None, first: int, after: str | None
) -> Page[Suggestion]:
    """Suggestions within reach, newest change first."""
    query = access.suggestions(actor)
    if wanted is not None:
        if wanted.states:
            query = query.filter(state__in=wanted.states)
        if wanted.open is not None:
            query = query.exclude(state__in=G_ENDED) if wanted.open else query.filter(state__in=G_ENDED)
        # An agency sees none but its own.
        if wanted.mine and not access.is_unit(actor):
            query = query.filter(
                id__in=RawSQL(f"(select s.suggestion_id from oversight_signer s where s.account_id = '{actor.account_id}')")
            )
        if wanted.search and wanted.search.strip():
            text = wanted.search.strip()[:60]
            query = query.filter(Q(title__icontains=text) | Q(code__icontains=text))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def suggestion(actor: Actor, row_id: str) -> Suggestion | None:
    return await access.suggestions(actor).filter(id=_id(row_id)).first()


async def alike_suggestions(actor: Actor, field: str, division: str, words: str) -> list[Suggestion]:
    """Public ones like what is being written, which may still be signed."""
    actor.require(Permission.SUGGEST)
    mine = Sketch(field, await _within(actor, division), words[:200])
    rows = await access.suggestions(actor).filter(public=True, state__in=SIGNABLE).order_by("-updated_at").limit(MOST_COMPARED)
    return _best([(row, Sketch(str(row.field), row.path, row.title)) for row in rows], mine)


def _best(found: Sequence[tuple[Any, Sketch]], mine: Sketch) -> list[Any]:
    """Those that are alike, the likest first."""
    scored = [(rules.likeness(mine, sketch), number, row) for number, (row, sketch) in enumerate(found)]
    best = sorted((each for each in scored if each[0] >= rules.ALIKE), key=lambda each: (-each[0], each[1]))
    return [row for _, _, row in best[: rules.MOST_ALIKE]]


async def _within(actor: Actor, division: str) -> str:
    """The division's path, where the actor's own place contains it."""
    place = await find_division(division)
    if place is None or actor.membership is None or not lies_in(place.path, actor.membership.path):
        raise Refusal("NOT_FOUND", "division")
    return place.path


async def agencies(actor: Actor, suggestion_id: str) -> list[Membership]:
    """Agencies to which a suggestion may go: an officer of each, by whose membership it is named."""
    actor.require(Permission.ASSIGN)
    row = await suggestion(actor, suggestion_id)
    members = await officers(row, Role.SUPERVISED_UNIT) if row is not None else []
    return list({each.agency_name: each for each in reversed(members)}.values())[::-1]


async def lessons(actor: Actor, wanted: OversightLessonFilter | None, first: int, after: str | None) -> Page[Lesson]:
    """Lessons within reach, newest change first."""
    query = access.lessons(actor)
    if wanted is not None:
        for field, values in (("kind__in", wanted.kinds), ("field__in", wanted.fields)):
            if values:
                query = query.filter(**{field: values})
        if wanted.search and wanted.search.strip():
            text = wanted.search.strip()[:60]
            query = query.filter(Q(title__icontains=text) | Q(summary__icontains=text))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def lesson(actor: Actor, row_id: str) -> Lesson | None:
    return await access.lessons(actor).filter(id=_id(row_id)).first()


async def projects(actor: Actor, first: int, after: str | None) -> Page[JointProject]:
    return await newest_first(access.projects(actor), by="updated_at", first=first, after=after)


async def project(actor: Actor, row_id: str) -> JointProject | None:
    return await access.projects(actor).filter(id=_id(row_id)).first()


def _id(text: str) -> UUID:
    """An id that finds nothing where it is none."""
    try:
        return as_id(text)
    except Refusal:
        return UUID(int=0)


async def alike(actor: Actor, field: str, division: str, words: str) -> list[tuple[UUID, str, str, int]]:
    """(id, code, title, how many raised it) of open clues like this one; never who raised them."""
    actor.require(Permission.JOIN)
    mine = Sketch(field, await _within(actor, division), words[:200])
    assert actor.membership is not None
    rows = await fetch(
        "select a.* from unnest($1::text[]) as c (county), oversight_alike(c.county) a", list(actor.membership.counties)
    )
    near = sorted((row for row in rows if lies_in(row["path"], actor.membership.path)), key=lambda row: str(row["code"]))
    best = _best([(row, Sketch(row["field"], row["path"], row["title"])) for row in near], mine)
    return [(row["id"], row["code"], row["title"], row["supporters"]) for row in best]


async def choices(actor: Actor, clue_id: str, role: Role) -> list[Membership]:
    """Agencies to which the case may go, or deputies who may go along: of the case's place."""
    actor.require(Permission.SCREEN)
    found = await clue(actor, clue_id)
    if found is None or role not in (Role.SUPERVISED_UNIT, Role.DEPUTY):
        return []
    return await officers(found, role)


async def may_open(actor: Actor, matter_id: UUID, subject_id: UUID, blurred: bool) -> bool:
    """The guard of files and papers; which of a matter's files somebody reaches is the database's. A blurred copy asks for as much."""
    if not actor.may(Permission.READ):
        return False
    for query in (access.readable(actor), access.recommendations(actor), access.suggestions(actor)):
        if await query.filter(id=matter_id).exists():
            return True
    return access.side_of(actor) is not None and await access.projects(actor).filter(id=matter_id).exists()


async def baselines(actor: Actor, path: str) -> dict[str, Baseline]:
    """Figure → the newest statement of the county in which `path` lies; none for a place above the counties."""
    labels = path.split(".")
    rows = access.baselines(actor).filter(county=labels[2] if len(labels) > 2 else "").order_by("at", "id")
    return {row.figure: row for row in await rows}


#: Whose events a figure is made of.
_BEHIND: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    **dict.fromkeys(figures.FORMULAS, access.recommendations),
    **dict.fromkeys(("lead_to_case", "joint_rate", "handling_days", "deputy_satisfaction"), access.readable),
    "joint_total": access.projects,
    **dict.fromkeys(figures.OF_SUGGESTIONS, access.suggestions),
}


async def figure_rows(
    actor: Actor, key: str, code: str, first_day: date, last: date, counted: bool | None, size: int, after: str | None
) -> Page[Any]:
    """The matters a figure counts, as far as the actor may read them."""
    asking.check_period(first_day, last)
    division = await asking.place(actor, Permission.FIGURES, code)
    formula = figures.FORMULAS.get(key)
    if formula is None:
        raise Refusal("NOT_FOUND", "figure")
    ids = await matter_ids(formula, division.path, first_day, last, counted=counted)
    return await newest_first(_BEHIND[key](actor).filter(id__in=ids), by="updated_at", first=size, after=after)


async def rows_behind(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, RowBehind]:
    """The clues, recommendations, suggestions and joint projects among these that the actor may read."""
    wanted = list(ids)
    joint = access.projects(actor) if access.side_of(actor) or access.works_on_cases(actor) else JointProject.filter(id__in=[])
    return {
        **{row.id: RowBehind(row.code, row.title, row.state) for row in await access.readable(actor).filter(id__in=wanted)},
        **{row.id: RowBehind(row.code, row.unit_name, row.state, "oversight.recommendation") for row in await access.recommendations(actor).filter(id__in=wanted)},
        **{row.id: RowBehind(row.code, row.title, row.state, "oversight.suggestion") for row in await access.suggestions(actor).filter(id__in=wanted)},
        **{row.id: RowBehind(row.code, row.subject, row.state, "oversight.joint") for row in await joint.filter(id__in=wanted)},
    }
