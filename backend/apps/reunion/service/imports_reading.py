"""Jobs of an import before anything is made: read the table and the lists of its archives, then look at every row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.apps.reunion import archives, tables
from backend.apps.reunion.archives import Archive, ArchiveProblem
from backend.apps.reunion.enums import ImportRowState, ImportState
from backend.apps.reunion.models import ImportPicture, ImportRow, ImportRun
from backend.apps.reunion.service import imports_rows
from backend.apps.reunion.service.imports_common import (
    CHECK_JOB,
    cells_of,
    clerk_of,
    note,
    seal_cells,
    seal_name,
)
from backend.apps.reunion.tables import Table, TableProblem
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import as_json, execute, fetch
from backend.kernel.db.models import new_id, place_of
from backend.kernel.files.examine import in_thread
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.kernel.jobs.service import enqueue
from backend.kernel.notifications.service import announce

#: Rows of one job.
CHECKED_AT_ONCE = 400
WRITTEN_AT_ONCE = 1000

_INSERT_ROWS = """
    insert into reunion_import_row (county, path, run_id, id, number, version, state, cells_sealed, broken, problems, repeats,
        twin_index, police_index, lost_pictures)
    select $1, $2::text::ltree, $3, n.id, n.number, 1, 'NEW', n.cells_sealed, n.broken, '[]', '[]', '', '', n.lost_pictures
    from jsonb_to_recordset($4::jsonb) as n(id uuid, number int, cells_sealed text, broken jsonb, lost_pictures int)
"""
_INSERT_PICTURES = """
    insert into reunion_import_picture (county, path, run_id, id, row_id, archive_id, number, name_sealed, problem)
    select $1, $2::text::ltree, $3, n.id, n.row_id, n.archive_id, n.number, n.name_sealed, n.problem
    from jsonb_to_recordset($4::jsonb) as n(id uuid, row_id uuid, archive_id uuid, number int, name_sealed text, problem text)
"""


async def read(actor: Actor, run_id: str) -> None:
    """Job: the table as rows, and which pictures belong to which. A file that cannot be read says where and why."""
    run = await ImportRun.filter(id=UUID(run_id)).select_for_update().first()
    if run is None or run.state != ImportState.READING:
        return
    await ImportPicture.filter(run_id=run.id).delete()
    await ImportRow.filter(run_id=run.id).delete()
    try:
        data = await storage().get(file_key(run.table_id))
        table = await in_thread(lambda: tables.read(data, run.side))
        rows = await in_thread(lambda: _rows(run, table))
        pictures = await in_thread(lambda: _pictures(run, table, rows))
    except (TableProblem, ArchiveProblem) as problem:
        return await _fail(actor, run, problem.code, dict(problem.data))
    except ObjectMissing:
        return await _fail(actor, run, "CORRUPT", {})
    given = [name for name, value in (("kind", run.kind), ("station", run.station)) if value]
    missing = tables.missing_columns(table.columns, run.side, given)
    if missing:
        return await _fail(actor, run, "MISSING_COLUMNS", {"columns": missing, "found": list(table.columns)})
    await _insert(rows, _INSERT_ROWS, ("id", "number", "cells_sealed", "broken", "lost_pictures"))
    await _insert(pictures, _INSERT_PICTURES, ("id", "row_id", "archive_id", "number", "name_sealed", "problem"))
    run.columns, run.ignored, run.encoding = list(table.columns), list(table.ignored), table.encoding
    await note(actor, run, "read", rows=len(rows), pictures=len(pictures))
    await enqueue(CHECK_JOB, run, run_id=str(run.id))


async def check(actor: Actor, run_id: str) -> None:
    """Job: look at some rows, and ask for the next; after the last one the clerk may look himself."""
    run = await ImportRun.get_or_none(id=UUID(run_id))
    if run is None or run.state != ImportState.READING:
        return
    new = ImportRow.filter(run_id=run.id, state=ImportRowState.NEW)
    rows = await new.order_by("number").limit(CHECKED_AT_ONCE).select_for_update()
    if rows:
        await _check(run, rows)
        await enqueue(CHECK_JOB, run, run_id=run_id)
        announce(run.id)
        return
    locked = await ImportRun.filter(id=run.id).select_for_update().get()
    if locked.state == ImportState.READING:
        await note(actor, locked, "previewed", ImportState.PREVIEW)


async def _check(run: ImportRun, rows: list[ImportRow]) -> None:
    clerk = await clerk_of(run)
    if clerk is None or clerk.membership is None:
        for row in rows:
            row.problems, row.state = [{"code": "CLERK_GONE", "column": "", "data": {}}], ImportRowState.PROBLEM
        return await store(rows)
    counts = await picture_counts(rows)
    verdicts = {row.number: await imports_rows.judge(clerk, run, cells_of(row), row.broken, counts.get(row.id, 0)) for row in rows}
    for row in rows:
        row.twin_index, row.police_index = verdicts[row.number].twin, verdicts[row.number].police
    known = await imports_rows.repeats(run, clerk.membership.path, verdicts)
    # Stored first: rows of the same lot may repeat each other.
    await store(rows)
    for row in rows:
        row.problems = verdicts[row.number].problems
        row.repeats = known.get(row.number, []) + await imports_rows.twins(run, row.number, verdicts[row.number])
        row.state = imports_rows.settle(row)
    await store(rows)


async def store(rows: list[ImportRow]) -> None:
    """What looking at rows has found, in one statement."""
    await execute(
        """update reunion_import_row r set state = n.state, problems = n.problems, repeats = n.repeats,
               twin_index = n.twin_index, police_index = n.police_index, version = r.version + 1
           from jsonb_to_recordset($1::jsonb) as n(id uuid, state text, problems jsonb, repeats jsonb, twin_index text, police_index text)
           where r.id = n.id and r.county = $2""",
        as_json(
            [
                {
                    "id": row.id, "state": row.state, "problems": row.problems, "repeats": row.repeats,
                    "twin_index": row.twin_index, "police_index": row.police_index,
                }
                for row in rows
            ]
        ),
        rows[0].county,
    )  # fmt: skip


async def picture_counts(rows: list[ImportRow]) -> dict[UUID, int]:
    found = await fetch(
        "select row_id, count(*) as pictures from reunion_import_picture where row_id = any ($1) group by 1", [row.id for row in rows]
    )
    return {each["row_id"]: each["pictures"] for each in found}


def open_archive(archive_id: UUID) -> Archive:
    """Blocking. Raises ArchiveProblem, ObjectMissing."""
    return Archive(storage().open_in_thread(file_key(archive_id)))


def _rows(run: ImportRun, table: Table) -> list[ImportRow]:
    made = []
    for each in table.rows:
        row = ImportRow(id=new_id(), **place_of(run), run_id=run.id, number=each.number, state=ImportRowState.NEW)
        row.cells_sealed = seal_cells(row, dict(each.cells))
        if each.problem:
            row.broken = {"code": each.problem, "column": each.column}
        made.append(row)
    return made


def _pictures(run: ImportRun, table: Table, rows: list[ImportRow]) -> list[ImportPicture]:
    made: list[ImportPicture] = []
    names: dict[int, str] = {}
    for number, archive_id in enumerate(run.archive_ids, 1):
        try:
            entries = open_archive(UUID(archive_id)).entries()
        except ArchiveProblem as problem:
            raise ArchiveProblem(problem.code, **problem.data, archive=number) from None
        for entry in entries:
            picture = ImportPicture(
                id=new_id(), **place_of(run), run_id=run.id, archive_id=UUID(archive_id), number=entry.number, problem=entry.problem,
            )  # fmt: skip
            picture.name_sealed = seal_name(picture, entry.name)
            names[len(made)] = entry.name
            made.append(picture)
    wanted = [(row.number, row.cells.get("key", ""), tables.several(row.cells.get("pictures", ""))) for row in table.rows]
    found, lost = archives.match(wanted, names)
    for row in rows:
        row.lost_pictures = len(lost[row.number])
        for place in found[row.number]:
            # A picture belongs to one row: the first that names it.
            made[place].row_id = made[place].row_id or row.id
    return made


async def _insert(rows: Sequence[ImportRow] | Sequence[ImportPicture], sql: str, columns: Sequence[str]) -> None:
    """New rows of one run, many in one statement."""
    for start in range(0, len(rows), WRITTEN_AT_ONCE):
        lot = rows[start : start + WRITTEN_AT_ONCE]
        given = [{column: getattr(row, column) for column in columns} for row in lot]
        await execute(sql, lot[0].county, lot[0].path, lot[0].run_id, as_json(given))


async def _fail(actor: Actor, run: ImportRun, code: str, data: dict[str, Any]) -> None:
    run.problem, run.problem_data = code, data
    await note(actor, run, "failed", ImportState.FAILED, problem=code)
