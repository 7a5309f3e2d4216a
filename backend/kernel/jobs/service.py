"""Put work into the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kernel import clock
from backend.kernel.db.connection import as_json, execute
from backend.kernel.db.models import TenantModel, new_id
from backend.kernel.db.scope import DbRole, Scope, after_commit, open_scope
from backend.kernel.jobs.queue import wake_relay


async def enqueue(
    name: str,
    place: TenantModel,
    *,
    matter_id: UUID | None = None,
    run_at: datetime | None = None,
    dedupe: str = "",
    **args: Any,
) -> None:
    """Write a job that starts once the current transaction has committed; a rollback takes it along.

    Args:
        name: the handler's name in a manifest.
        place: row that gives county and path; the job runs in that county's scope.
        dedupe: with the same key a job that still waits is kept and no second one made.
    """
    # Self-service may insert a job of its own matter but not read jobs: no RETURNING, no look first.
    await execute(
        """insert into job (id, county, path, name, args, dedupe, matter_id, state, run_at, attempts, last_error,
                            created_at)
           values ($1, $2, $3::text::ltree, $4, $5::jsonb, $6, $7, 'PENDING', $8, 0, '', $9)
           on conflict do nothing""",
        new_id(), place.county, place.path, name, as_json(args), dedupe, matter_id or place.id,
        run_at or clock.now(), clock.now(),
    )  # fmt: skip
    after_commit(wake_relay)


async def enqueue_found(name: str, found: str, now: datetime) -> None:
    """A sweep: one job for each row of the statement `found`, in every county at once.

    A job that still waits is not made a second time, nor one that was given up.

    Args:
        found: yields `row` (the key of the work), county, path, `matter` and `args`; its parameter $1 is `now`.
    """
    async with open_scope(Scope(DbRole.RELAY)):
        await execute(
            f"""insert into job (id, county, path, name, args, dedupe, matter_id, state, run_at, attempts, last_error,
                                 created_at)
                select gen_random_uuid(), f.county, f.path, $2::text, f.args, f.row, f.matter, 'PENDING', $1, 0, '', $1
                from ({found}) f where not exists (
                    select 1 from job dead where dead.state = 'DEAD' and dead.dedupe = f.row and dead.county = f.county
                        and dead.name = $2)
                on conflict do nothing""",
            now,
            name,
        )
        after_commit(wake_relay)
