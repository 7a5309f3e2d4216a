"""Job of an import that looks at pictures: many in one transaction, so that the models, not the statements, take the time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from backend.apps.reunion.models import Case, ImportRun, Picture
from backend.apps.reunion.service import common, gallery
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import as_json, execute
from backend.kernel.faces import galleries
from backend.kernel.notifications.service import announce

#: All of a case that says whether, and where, a face of it may stand.
_OF_A_CASE = ("id", "county", "path", "side", "state", "basis", "no_contact", "ended_at", "subject_id")
#: What was seen, in one statement.
_SEEN = """
    update reunion_picture p set state = n.state, problem = n.problem, faces = n.faces, chosen = n.chosen
    from jsonb_to_recordset($1::jsonb) as n(id uuid, state text, problem text, faces jsonb, chosen int)
    where p.id = n.id and p.county = $2
"""


async def read(actor: Actor, run_id: str, picture_ids: list[str]) -> None:
    """Job: as `gallery.read`, for several pictures; one event tells of all of them."""
    found = await Picture.filter(id__in=[UUID(each) for each in picture_ids], state__in=gallery.UNREAD)
    portraits = dict(zip([row.id for row in found], await asyncio.gather(*map(gallery.look, found)), strict=True))
    # Looking takes a while; what happened meanwhile counts.
    locked = Case.filter(id__in=list({row.case_id for row in found})).order_by("id").select_for_update()
    cases = {case.id: case for case in await locked.only(*_OF_A_CASE)}
    rows = await Picture.filter(id__in=list(portraits), state__in=gallery.UNREAD).order_by("id").select_for_update()
    seen = [row for row in rows if cases[row.case_id].ended_at is None]
    if not seen:
        return
    faces = []
    for row in seen:
        case, portrait = cases[row.case_id], portraits[row.id]
        gallery.use(row, portrait)
        face = gallery.face_of(case, row, portrait)
        if face is None:
            await gallery.ask(case)
        else:
            faces.append(face)
    await galleries.add_faces(faces)
    await _store(seen)
    for case_id in {row.case_id for row in seen}:
        announce(case_id)
    await _tell(actor, run_id, seen)


async def _store(rows: Sequence[Picture]) -> None:
    given = [{name: getattr(row, name) for name in ("id", "state", "problem", "faces", "chosen")} for row in rows]
    await execute(_SEEN, as_json(given), rows[0].county)


async def _tell(actor: Actor, run_id: str, rows: Sequence[Picture]) -> None:
    run = await ImportRun.get_or_none(id=UUID(run_id))
    usable = sum(not row.problem for row in rows)
    pictures = [str(row.id) for row in rows]
    await record(
        actor, f"{common.APP}:import:pictures_read", run or rows[0], matter_id=UUID(run_id), pictures=pictures, usable=usable
    )
    if run is not None:
        announce(run.id)
