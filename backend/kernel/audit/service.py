"""Write events; verify chains."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.models import Event
from backend.kernel.db.models import place_of


async def record(
    actor: Actor,
    tag: str,
    matter: Any,
    *,
    matter_id: UUID | None = None,
    from_state: str = "",
    to_state: str = "",
    occurred_at: datetime | None = None,
    hide_actor: bool = False,
    **data: Any,
) -> Event:
    """Append an event in the current transaction.

    Args:
        tag: `application:resource:action`; its first part is the application.
        matter: the row that gives county and path, and by default the matter.
        hide_actor: for an anonymous report: no trace of who acted.
        data: reason, files and other facts; JSON-able. `None` values are left out.
    """
    membership = actor.membership
    return await Event.create(
        **place_of(matter),
        app=tag.split(":", 1)[0],
        tag=tag,
        matter_id=matter_id or matter.id,
        from_state=from_state,
        to_state=to_state,
        actor_id=None if hide_actor else actor.account_id,
        actor_name="" if hide_actor or not membership else membership.name,
        actor_role="SYSTEM" if actor.is_system else actor.role,
        unit=membership.agency_name if membership else "",
        occurred_at=occurred_at or clock.now(),
        data={key: value for key, value in data.items() if value is not None},
    )


async def record_reading(actor: Actor, tag: str, **data: Any) -> None:
    """Append an event about a reading of many rows, an export for instance; it belongs to the reader's place."""
    assert actor.membership is not None
    await record(actor, tag, _Reading(actor.membership.county, actor.membership.path), **data)


class _Reading:
    """Where a reading is recorded: no matter of its own."""

    id = None

    def __init__(self, county: str, path: str) -> None:
        self.county = county
        self.path = path
