"""What every command needs: find and lock the row, know the actor's standing, place it, and tell those who must be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.apps.cockpit import access
from backend.apps.cockpit.access import Standing
from backend.apps.cockpit.models import ActionItem, Hazard, Meeting, Milestone, Problem, Scene, TeamMember
from backend.apps.cockpit.permissions import GRANTS
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.workflow import ACTIONS, HAZARDS, MEETINGS, PROBLEMS, SCENES
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import not_found
from backend.kernel.files.service import attach
from backend.kernel.identity.models import Membership
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.matters import Steps, officers

APP = "cockpit"
#: What an upload for this application is announced for.
FILES = "cockpit"
MOST_FILES = 9

scene_steps = Steps(APP, SCENES)
meeting_steps = Steps(APP, MEETINGS)
task_steps = Steps(APP, ACTIONS)
problem_steps = Steps(APP, PROBLEMS)
hazard_steps = Steps(APP, HAZARDS)

READERS: dict[type[Any], Callable[[Actor], QuerySet[Any]]] = {
    Scene: access.scenes, Meeting: access.meetings, ActionItem: access.tasks, Problem: access.problems, Hazard: access.hazards,
}  # fmt: skip


async def scenes_with_work(rows: Sequence[Scene]) -> frozenset[UUID]:
    """Those of the scenes that have a milestone to reach."""
    ids = [row.id for row in rows]
    return frozenset(row.scene_id for row in await Milestone.filter(scene_id__in=ids, done_on__isnull=True))


async def standing_of(actor: Actor, row: Any) -> Standing:
    """What the actor is to the row."""
    busy = isinstance(row, Scene) and row.id in await scenes_with_work([row])
    return Standing(actor, row, frozenset({"milestone"}) if busy else frozenset())


async def find(actor: Actor, kind: type[Any], row_id: str | UUID, field: str = "id") -> Any:
    """The row, locked. Raises `NOT_FOUND`."""
    wanted = row_id if isinstance(row_id, UUID) else as_id(row_id, field)
    row = await READERS[kind](actor).filter(id=wanted).select_for_update().first()
    if row is None:
        raise not_found(field)
    return row


async def begin(
    actor: Actor, kind: type[Any], row_id: str | UUID, action: str, version: int | None = None, *, field: str = "id"
) -> Any:
    """Lock a scene, meeting, task, problem or hazard and make sure the actor may do `action` now.

    Raises:
        Refusal: `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `WRONG_STATE`, in this order.
    """
    row = await find(actor, kind, row_id, field)
    access.OFFERED[kind][action].admit(await standing_of(actor, row), version)
    return row


async def own_division(actor: Actor, code: str, field: str = "division") -> Division:
    """A division of the actor's place. Raises `NOT_FOUND`."""
    division = await find_division(code)
    if division is None or actor.membership is None or not lies_in(division.path, actor.membership.path):
        raise not_found(field)
    return division


def today() -> date:
    return local_date(clock.now())


def account_of(actor: Actor) -> UUID:
    assert actor.account_id is not None
    return actor.account_id


def name_of(actor: Actor) -> str:
    assert actor.membership is not None
    return actor.membership.name


def unit_of(actor: Actor) -> str:
    assert actor.membership is not None
    return actor.membership.agency_name


def roles_with(permission: P) -> tuple[Role, ...]:
    """Roles that carry a permission of this application."""
    return tuple(role for role, granted in GRANTS.items() if permission in granted)


async def officer_below(actor: Actor, membership_id: str, permission: P, field: str) -> Membership:
    """An officer of the actor's place, in a role that may do this. Raises `NOT_FOUND`."""
    now = clock.now()
    row = await Membership.get_or_none(id=as_id(membership_id, field))
    assert actor.membership is not None
    living = row is not None and row.active_from <= now and (row.ended_at is None or row.ended_at > now)
    if row is None or not living or row.role not in roles_with(permission) or not lies_in(row.path, actor.membership.path):
        raise not_found(field)
    return row


async def team_of(scene: Scene) -> list[UUID]:
    """Leader and team of the scene, as far as they reach it: its page is no use to the others."""
    team = await TeamMember.filter(scene_id=scene.id, left_at__isnull=True)
    reach = {row.account_id for row in await officers(scene, *roles_with(P.READ_ALL))}
    return [each for each in dict.fromkeys([scene.leader, *(row.account_id for row in team)]) if each in reach and each is not None]


async def tell_officers(row: Any, kind: str, *roles: Role, but: UUID | None = None, **data: Any) -> None:
    """Officers in these roles whose place contains the row's."""
    accounts = [each.account_id for each in await officers(row, *roles) if each.account_id != but]
    await scene_steps.tell(accounts, kind, row, **data)


async def attach_files(actor: Actor, ids: list[Any] | None, matter: Any, *, subject_id: UUID | None = None, matter_id: UUID | None = None) -> list[str]:
    """Attach what was uploaded; returns the ids as the row keeps them."""
    checks = Checks()
    checks.items("fileIds", ids, most=MOST_FILES)
    checks.done()
    wanted = [as_id(str(each), f"fileIds.{number}") for number, each in enumerate(ids or [])]
    files = await attach(
        actor, wanted, matter, subject_id=subject_id, matter_id=matter_id, purpose=FILES, field="fileIds", app=APP
    )
    return [str(file.id) for file in files]


async def meet(row: Any, *rules: str) -> None:
    for rule in rules:
        await clocks.meet(row.id, rule, clock.now())


async def meet_all(row: Any) -> None:
    """The row is at an end: nothing runs any more."""
    running = await MatterClock.filter(matter_id=row.id, met_at__isnull=True).values_list("rule", flat=True)
    await meet(row, *{str(rule) for rule in running})
