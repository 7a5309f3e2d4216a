"""The actor: who asks, as what, with which permissions, and the scope that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.errors import Refusal, not_permitted
from backend.settings import settings

#: How long a passkey step-up holds.
STEP_UP_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class ActiveMembership:
    """The membership the session acts as. `counties` is every county below `path`."""

    id: UUID
    name: str
    role: Role
    agency_name: str
    division: str
    county: str
    path: str
    counties: tuple[str, ...]


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a person privately, an officer through a membership, or the system itself."""

    account_id: UUID | None
    display_name: str
    membership: ActiveMembership | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    stepped_up_at: datetime | None = None
    is_system: bool = False

    @property
    def role(self) -> Role:
        return self.membership.role if self.membership else Role.PERSON

    @property
    def is_staff(self) -> bool:
        return self.membership is not None

    @property
    def scope(self) -> Scope:
        """What the database lets this actor see."""
        if self.membership is None:
            return Scope(DbRole.SELF, person=self.account_id)
        return Scope(
            DbRole.STAFF, self.membership.counties, (self.membership.path,), person=self.account_id, purpose=self.purpose
        )

    @property
    def purpose(self) -> str:
        """The applications an officer works in: those of which his role carries a permission."""
        if self.is_system:
            return "*"
        return ",".join(sorted({permission.split(":", 1)[0] for permission in self.permissions}))

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises `NOT_PERMITTED` unless the actor's role carries `permission`."""
        if not self.may(permission):
            raise not_permitted(permission)

    @property
    def needs_step_up(self) -> bool:
        """No passkey confirmed the person within `STEP_UP_FOR`. In the demonstration city nobody has to have one."""
        if settings().demo or self.is_system:
            return False
        return self.stepped_up_at is None or clock.now() - self.stepped_up_at > STEP_UP_FOR

    def require_step_up(self) -> None:
        """Raises `STEP_UP_REQUIRED`."""
        if self.needs_step_up:
            raise Refusal("STEP_UP_REQUIRED")


def system_actor(county: str, county_path: str) -> Actor:
    """The actor of a job: sees one whole county, has no account and no permission of its own.

    It sweeps, reminds, escalates and renders; `domain.md` 1.12 keeps every decision for a person.
    """
    membership = ActiveMembership(
        id=UUID(int=0),
        name="",
        role=Role.PROGRAM_OFFICE,
        agency_name="",
        division=county,
        county=county,
        path=county_path,
        counties=(county,),
    )
    return Actor(None, "", membership, is_system=True)
