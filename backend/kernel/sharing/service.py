"""Open a matter to another county, and end that. Both run in the matter's own county; the caller writes the event."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute
from backend.kernel.db.models import TenantModel, new_id, place_of
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.sharing.models import Share

END_JOB: Final = "kernel.end_share"


async def open_to(
    matter: TenantModel, app: str, *, to_county: str, to_path: str, to_matter: UUID, reason: str, until: datetime,
    to_account: UUID | None = None,
) -> Share | None:  # fmt: skip
    """Let the officers of `to_county` who work on `to_matter` read the matter; None when they may already.

    Args:
        to_account: only this person, whatever his colleagues' place.
    """
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"share:{matter.id}:{to_matter}")
    if await Share.filter(matter_id=matter.id, to_matter=to_matter, ended_at__isnull=True).exists():
        return None
    return await Share.create(
        **place_of(matter), app=app, matter_id=matter.id, to_county=to_county, to_path=to_path, to_matter=to_matter,
        to_account=to_account, reason=reason, opened_at=clock.now(), expires_at=until,
    )  # fmt: skip


async def note_look(actor: Actor, matter: TenantModel, subject_id: UUID, what: str, reason: str) -> None:
    """An officer of another county looks at what was opened to him: the line stands in the matter's own county."""
    if actor.membership is None or actor.is_system:
        return
    await execute(
        "select note_shared_look($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new_id(), matter.id, matter.county, subject_id, f"{actor.membership.name}（{actor.membership.agency_name}）", str(actor.role),
        what, reason, clock.now(),
    )  # fmt: skip


async def end(matter: TenantModel, *, to_matter: UUID | None = None) -> int:
    """Close the matter again, to everybody or to those who work on `to_matter`; returns how many could read it."""
    rows = Share.filter(matter_id=matter.id, ended_at__isnull=True)
    if to_matter is not None:
        rows = rows.filter(to_matter=to_matter)
    return await rows.update(ended_at=clock.now())


async def sweep(now: datetime) -> None:
    """One job for every share whose time is over."""
    await enqueue_found(
        END_JOB,
        """select id::text as row, county, path, matter_id as matter, jsonb_build_object('share_id', id) as args
           from share where ended_at is null and expires_at <= $1""",
        now,
    )


async def expire(actor: Actor, share_id: str) -> None:
    """Job: the time is over."""
    await Share.filter(id=UUID(share_id), ended_at__isnull=True, expires_at__lte=clock.now()).update(ended_at=clock.now())
