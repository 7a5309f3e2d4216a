"""Reads of the cockpit. Every one starts from `access`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from backend.apps.cockpit import access
from backend.apps.cockpit.enums import ChoiceFor, KeyUnit
from backend.apps.cockpit.inputs import (
    CockpitActionFilter,
    CockpitHazardFilter,
    CockpitMeetingFilter,
    CockpitProblemFilter,
    CockpitSceneFilter,
)
from backend.apps.cockpit.models import (
    ActionItem,
    Hazard,
    Honour,
    Indicator,
    Meeting,
    Pillar,
    Problem,
    SafetyPlace,
    Scene,
)
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.apps.cockpit.service import hazards as hazards_service
from backend.apps.cockpit.service import problems as problems_service
from backend.apps.cockpit.workflow import OPEN_HAZARDS
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page, newest_first
from backend.kernel.identity.models import Membership
from backend.kernel.manifest import RowBehind
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id
from backend.kernel.workflow.matters import officers

MOST_CHOICES, MOST_PLACES = 200, 200
CHOSEN_FOR = {ChoiceFor.TEAM: P.READ_ALL, ChoiceFor.TASK: P.DO}


async def pillars(actor: Actor) -> list[Pillar]:
    """The structure that holds in the actor's place: his own rows and those of the places above."""
    return await access.pillars(actor).order_by("kind", "code", "path")


async def indicators(actor: Actor) -> list[Indicator]:
    """Every target that holds in the actor's place, newest first."""
    return await access.indicators(actor).order_by("code", "path", "-valid_from")


async def honours(actor: Actor) -> list[Honour]:
    """Newest first."""
    return await access.honours(actor).order_by("-awarded_on", "-id").limit(200)


async def scenes(actor: Actor, wanted: CockpitSceneFilter | None, first: int, after: str | None) -> Page[Scene]:
    query = access.scenes(actor)
    if wanted is not None:
        if wanted.states:
            query = query.filter(state__in=wanted.states)
        if wanted.track:
            query = query.filter(track=wanted.track)
        if wanted.key_unit:
            query = query.filter(key_unit=wanted.key_unit)
    return await newest_first(query, by="updated_at", first=first, after=after)


async def meetings(actor: Actor, wanted: CockpitMeetingFilter | None, first: int, after: str | None) -> Page[Meeting]:
    query = access.meetings(actor)
    if wanted is not None:
        for field, values in (("kind__in", wanted.kinds), ("state__in", wanted.states)):
            if values:
                query = query.filter(**{field: values})
    return await newest_first(query, by="updated_at", first=first, after=after)


async def tasks(actor: Actor, wanted: CockpitActionFilter | None, first: int, after: str | None) -> Page[ActionItem]:
    """Tasks within reach; with `mine` those that are the actor's to do."""
    query = access.tasks(actor)
    if wanted is not None:
        if wanted.states:
            query = query.filter(state__in=wanted.states)
        if wanted.mine:
            query = query.filter(owner=actor.account_id)
        if wanted.meeting_id:
            query = query.filter(meeting_id=_id(wanted.meeting_id))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def problems(actor: Actor, wanted: CockpitProblemFilter | None, first: int, after: str | None) -> Page[Problem]:
    query = access.problems(actor)
    if wanted is not None:
        if wanted.states:
            query = query.filter(state__in=wanted.states)
        if wanted.mine:
            query = query.filter(Q(owner=actor.account_id) | Q(reporter=actor.account_id))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def hazards(actor: Actor, wanted: CockpitHazardFilter | None, first: int, after: str | None) -> Page[Hazard]:
    """Hazards within reach, newest change first; no list of places is ordered by them."""
    query = access.hazards(actor)
    if wanted is not None:
        for field, values in (("state__in", wanted.states), ("unit__in", wanted.units), ("grade__in", wanted.grades)):
            if values:
                query = query.filter(**{field: values})
        if wanted.open is not None:
            query = query.filter(state__in=OPEN_HAZARDS) if wanted.open else query.exclude(state__in=OPEN_HAZARDS)
        if wanted.mine:
            query = query.filter(Q(owner=actor.account_id) | Q(finder=actor.account_id))
        if wanted.overdue:
            query = query.filter(state="RECTIFYING", due_at__lt=clock.now())
        if wanted.search and wanted.search.strip():
            text = wanted.search.strip()[:60]
            query = query.filter(Q(place_text__icontains=text) | Q(code__icontains=text))
        if wanted.division:
            division = await find_division(wanted.division)
            if division is None:
                raise Refusal("NOT_FOUND", "division")
            # The path comes from the table of divisions: digits and dots only.
            query = query.filter(id__in=RawSQL(f"(select h.id from cockpit_hazard h where h.path <@ '{division.path}'::ltree)"))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def places(actor: Actor, unit: KeyUnit | None, search: str) -> list[SafetyPlace]:
    """Places of the key units within reach, by name."""
    query = access.places(actor)
    if unit is not None:
        query = query.filter(unit=unit)
    if search.strip():
        query = query.filter(name__icontains=search.strip()[:60])
    return await query.order_by("name", "id").limit(MOST_PLACES)


async def one(actor: Actor, kind: type[Any], row_id: str) -> Any:
    """A scene, meeting, task, problem or hazard, or None when there is none within reach."""
    return await common.READERS[kind](actor).filter(id=_id(row_id)).first()


def _id(text: str) -> UUID:
    """An id that finds nothing where it is none."""
    try:
        return as_id(text)
    except Refusal:
        return UUID(int=0)


async def choices(actor: Actor, what: ChoiceFor, about: str | None) -> list[Membership]:
    """Officers who may take a task or a part in a team; who may lead the scene, answer the problem, rectify the hazard `about`."""
    actor.require(P.READ)
    if what == ChoiceFor.PROBLEM:
        actor.require(P.DISTRIBUTE)
        problem = await one(actor, Problem, about or "")
        return await problems_service.answerers(problem) if problem else []
    if what == ChoiceFor.RECTIFICATION:
        actor.require(P.GRADE)
        hazard = await one(actor, Hazard, about or "")
        return await hazards_service.rectifiers(actor, hazard) if hazard else []
    if what == ChoiceFor.LEADER:
        actor.require(P.MANAGE)
        scene = await one(actor, Scene, about or "")
        return await officers(scene, *common.roles_with(P.READ_ALL)) if scene else []
    actor.require(P.ASSIGN)
    assert actor.membership is not None
    now = clock.now()
    # The path is the actor's own: digits and dots only.
    below = RawSQL(f"(select m.id from membership m where m.path <@ '{actor.membership.path}'::ltree)")
    rows = Membership.filter(id__in=below, role__in=list(common.roles_with(CHOSEN_FOR[what])), active_from__lte=now)
    living = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now))
    return await living.order_by("path", "agency_name", "name", "id").limit(MOST_CHOICES)


async def any_of(actor: Actor, row_id: UUID) -> Any:
    """The row with this id, of whatever kind, or None when there is none within reach."""
    for kind, reader in common.READERS.items():
        if actor.may(access.OPENED_WITH[kind]):
            row = await reader(actor).filter(id=row_id).first()
            if row is not None:
                return row
    return None


async def may_open(actor: Actor, matter_id: UUID, subject_id: UUID, blurred: bool) -> bool:
    """The guard of files and papers: whoever reaches the row they hang on. A blurred copy asks for as much."""
    if await any_of(actor, matter_id) is not None:
        return True
    return actor.may(P.READ_ALL) and await Honour.filter(id=matter_id).exists()


async def rows_behind(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, RowBehind]:
    """The programme's matters among these that the actor may read."""
    named = (
        ("scene", access.scenes, "name"), ("meeting", access.meetings, "title"), ("action", access.tasks, "text"),
        ("problem", access.problems, "title"), ("hazard", access.hazards, "text"),
    )  # fmt: skip
    found: dict[UUID, RowBehind] = {}
    for kind, readable, title in named:
        for row in await readable(actor).filter(id__in=list(ids)):
            found[row.id] = RowBehind(row.code, getattr(row, title)[:80], row.state, f"cockpit.{kind}")
    return found
