"""What the commands and jobs of an import share: find and lock a run, seal and open its cells, say what changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from backend.apps.reunion import access
from backend.apps.reunion.enums import ImportState
from backend.apps.reunion.models import ImportPicture, ImportRow, ImportRun
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import permissions_of
from backend.kernel.audit.service import record
from backend.kernel.errors import Refusal, conflict, not_found
from backend.kernel.identity.models import Membership
from backend.kernel.identity.service import active
from backend.kernel.notifications.service import announce
from backend.kernel.validation import as_id

UPLOAD = "reunion.import"
READ_JOB = "reunion.import_read"
CHECK_JOB = "reunion.import_check"
RUN_JOB = "reunion.import_run"
FACES_JOB = "reunion.import_faces"
FINISH_JOB = "reunion.import_finish"


async def begin(actor: Actor, run_id: str | UUID, states: tuple[ImportState, ...], version: int | None = None) -> ImportRun:
    """Lock the run. Raises `NOT_PERMITTED`, `NOT_FOUND`, `CONFLICT`, `WRONG_STATE`, in this order."""
    wanted = run_id if isinstance(run_id, UUID) else as_id(run_id)
    run = await access.importable(actor).filter(id=wanted).select_for_update().first()
    if run is None:
        raise not_found("id")
    if version is not None and version != run.version:
        raise conflict(run.version)
    if run.state not in states or run.erased_at is not None:
        raise Refusal("WRONG_STATE", "id", state=run.state)
    return run


async def note(actor: Actor, run: ImportRun, tag: str, state: ImportState | None = None, **data: Any) -> None:
    """Store the run, in another state or the same, write the event, and let open pages know."""
    before, run.state = run.state, state or run.state
    run.version += 1
    run.updated_at = clock.now()
    await run.save()
    await record(actor, f"{common.APP}:import:{tag}", run, from_state=before, to_state=run.state, **data)
    announce(run.id)


async def clerk_of(run: ImportRun) -> Actor | None:
    """Whoever started the import, as he is now; None when he may not import any more."""
    row = await Membership.get_or_none(id=run.membership_id)
    if row is None or (row.ended_at is not None and row.ended_at <= clock.now()):
        return None
    actor = Actor(run.account_id, row.name, await active(row), permissions_of(row.role))
    return actor if actor.may(Permission.IMPORT) else None


def seal_cells(row: ImportRow, cells: dict[str, str]) -> str:
    return common.seal("import_row", "cells", row.id, orjson.dumps(cells).decode(), row.county)


def cells_of(row: ImportRow) -> dict[str, str]:
    """Empty once they are erased."""
    opened = common.unseal("import_row", "cells", row.id, row.cells_sealed, row.county)
    cells: dict[str, str] = orjson.loads(opened) if opened else {}
    return cells


def seal_name(picture: ImportPicture, name: str) -> str:
    return common.seal("import_picture", "name", picture.id, name, picture.county)


def name_of(picture: ImportPicture) -> str:
    return common.unseal("import_picture", "name", picture.id, picture.name_sealed, picture.county)
