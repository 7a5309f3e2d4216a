"""Who looked: every reading of guarded data leaves a line that the person concerned can read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.privacy.models import AccessLogEntry

#: The same person looking at the same thing for the same reason again within this time is one look.
ONE_LOOK = timedelta(minutes=30)


async def note_look(actor: Actor, matter: TenantModel, subject_id: UUID, what: str, reason: str) -> None:
    """Write that an officer looked at `what` of `subject_id`, in the current scope; a person's own look is none."""
    if actor.membership is None or actor.is_system:
        return
    earlier = AccessLogEntry.filter(
        matter_id=matter.id, subject_id=subject_id, account_id=actor.account_id, what=what, reason=reason,
        at__gt=clock.now() - ONE_LOOK,
    )  # fmt: skip
    if await earlier.exists():
        return
    await AccessLogEntry.create(
        **place_of(matter), matter_id=matter.id, subject_id=subject_id, account_id=actor.account_id,
        who=f"{actor.membership.name}（{actor.membership.agency_name}）", role=actor.role, what=what, reason=reason,
        at=clock.now(),
    )  # fmt: skip
