"""Erase stored files when their period is over; the event log keeps that, when and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.files.service import remove_objects_of
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.privacy import erasures
from backend.kernel.privacy.models import Retention

ERASE_JOB: Final = "kernel.erase_file"


async def keep_for(
    matter: TenantModel, file_id: UUID, category: str, period: timedelta, basis: str, *, matter_id: UUID | None = None
) -> None:
    """From now the file is kept for `period`; a later word on the same file replaces the earlier one (staff and jobs).

    Args:
        category: the application's word for why it is kept.
        basis: legal or other source of the period, as people read it.
    """
    row = await Retention.filter(file_id=file_id, erased_at__isnull=True).first()
    row = row or Retention(**place_of(matter), matter_id=matter_id or matter.id, file_id=file_id)
    row.category, row.basis, row.erase_at = category, basis, clock.now() + period
    await row.save()


async def sweep(now: datetime) -> None:
    """One job for every file of any county whose period is over."""
    await enqueue_found(
        ERASE_JOB,
        """select id::text as row, county, path, matter_id as matter, jsonb_build_object('retention_id', id) as args
           from retention where erased_at is null and erase_at <= $1""",
        now,
    )


async def erase_file(actor: Actor, retention_id: str) -> None:
    """Job: the bytes first, then the row; a tombstone stays in the event log, and one beside the files for restored backups."""
    row = await Retention.filter(id=UUID(retention_id)).select_for_update().first()
    if row is None or row.erased_at is not None or row.erase_at > clock.now():
        return
    await erasures.remember(row.file_id)
    await remove_objects_of(row.file_id)
    await execute("select erase_stored_file($1, $2, $3)", row.file_id, row.county, clock.now())
    row.erased_at = clock.now()
    await row.save(update_fields=["erased_at"])
    await record(
        actor, "kernel:file:erased", row, matter_id=row.matter_id, category=row.category, basis=row.basis,
        file=str(row.file_id),
    )  # fmt: skip
