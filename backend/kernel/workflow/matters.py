"""What the commands of every application do with a matter: take a step, note something, tell people, find officers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import TenantModel
from backend.kernel.errors import not_found
from backend.kernel.identity.models import Membership
from backend.kernel.notifications.service import announce, notify
from backend.kernel.validation import as_id
from backend.kernel.workflow.machine import Machine


class Matter(Protocol):
    """The row of a matter that its commands lock and change. `state` is one of the application's states."""

    id: UUID
    county: str
    path: str
    code: str
    version: int
    updated_at: datetime
    state: Any

    async def save(self, *given: Any, **named: Any) -> None: ...


class Steps:
    """The steps of one application's matters; `app` is the first part of its tags and notifications."""

    def __init__(self, app: str, machine: Machine) -> None:
        self.app = app
        self.machine = machine

    async def move(
        self, actor: Actor, matter: Matter, transition: str, tag: str, facts: Mapping[str, Any], **data: Any
    ) -> None:
        """Take the step in the state machine, store the matter and write the event.

        `facts` is the evidence the machine asks for; `data` goes into the event.
        """
        permission = self.machine.transition(transition).permission
        # Who may is decided by `access`, which knows the part an actor has; the machine judges state and evidence.
        step = self.machine.apply(transition, matter.state, facts, {permission}, {actor.role})
        matter.state = type(matter.state)(step.to_state)
        await touch(matter)
        await record(actor, f"{self.app}:{tag}", matter, from_state=step.from_state, to_state=step.to_state, **data)

    async def note(self, actor: Actor, matter: Matter, tag: str, **data: Any) -> None:
        """Store the matter and write an event that changes no state."""
        await touch(matter)
        await record(actor, f"{self.app}:{tag}", matter, from_state=matter.state, to_state=matter.state, **data)

    async def tell(self, accounts: Iterable[UUID | None], kind: str, matter: Any, **data: Any) -> None:
        """Notify accounts about the matter; `kind` without the application. `data` carries nothing personal."""
        known = [account for account in accounts if account is not None]
        await notify(known, f"{self.app}.{kind}", matter, code=matter.code, **data)


async def touch(matter: Matter) -> None:
    """One version more; open pages of the matter are told after the commit."""
    matter.version += 1
    matter.updated_at = clock.now()
    await matter.save()
    announce(matter.id)


async def officers(matter: Matter | TenantModel, *roles: Role) -> list[Membership]:
    """Memberships in these roles, in force, whose place contains the matter's; nearest place first."""
    labels = matter.path.split(".")
    paths = [".".join(labels[: index + 1]) for index in range(len(labels))]
    now = clock.now()
    rows = await Membership.filter(role__in=list(roles), active_from__lte=now, path__in=paths)
    living = [row for row in rows if row.ended_at is None or row.ended_at > now]
    return sorted(living, key=lambda row: (-row.path.count("."), row.active_from, row.id))


async def officer(matter: Matter | TenantModel, membership_id: str, roles: Iterable[Role], field: str) -> Membership:
    """A membership in one of these roles whose place contains the matter's. Raises `NOT_FOUND` on `field`."""
    wanted = as_id(membership_id, field)
    for row in await officers(matter, *roles):
        if row.id == wanted:
            return row
    raise not_found(field)
