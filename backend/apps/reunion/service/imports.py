"""Commands of an import of existing records: begin, correct, choose, run, stop, finish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from backend.apps.reunion import archives, rules, tables
from backend.apps.reunion.enums import (
    FOUND_KINDS,
    SOUGHT_KINDS,
    CaseKind,
    ImportRowState,
    ImportState,
    RepeatChoice,
    Side,
)
from backend.apps.reunion.inputs.imports import (
    CreateImportInput,
    ImportCellInput,
    ImportChoiceInput,
    ImportStepInput,
    ReviseImportInput,
)
from backend.apps.reunion.models import ImportPicture, ImportRow, ImportRun
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import imports_rows, registering
from backend.apps.reunion.service.imports_common import (
    FINISH_JOB,
    READ_JOB,
    RUN_JOB,
    UPLOAD,
    begin,
    cells_of,
    name_of,
    note,
    seal_cells,
)
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id
from backend.kernel.errors import Refusal, conflict, not_found
from backend.kernel.files.bulk import ARCHIVE, TABLE
from backend.kernel.files.models import StoredFile
from backend.kernel.files.service import attach
from backend.kernel.jobs.service import enqueue
from backend.kernel.privacy.retention import keep_for
from backend.kernel.validation import Checks, as_id

MOST_ARCHIVES = 20
S = ImportState
#: Rows may be corrected and chosen.
EDITABLE = (S.PREVIEW, S.STOPPED)


async def create_import(actor: Actor, request: CreateImportInput) -> ImportRun:
    """Begin an import of existing records: a job reads the table and shows what would become of it; nothing is made yet."""
    actor.require(Permission.IMPORT)
    actor.require(Permission.REGISTER)
    assert actor.membership is not None
    assert actor.account_id is not None
    division = await registering.place_for(actor, request.division)
    checks = Checks()
    text = registering.check_ground(checks, request.basis, request.text, is_minor=False)
    station = checks.text("station", request.station, most=200)
    _check_kind(checks, request.side, request.kind)
    checks.items("archiveIds", request.archive_ids, most=MOST_ARCHIVES)
    checks.done()
    now = clock.now()
    run = ImportRun(
        id=new_id(), county=division.county, path=division.path, side=request.side, state=S.READING, kind=request.kind,
        station=station, basis=request.basis, basis_text=text, guardian_agreed=request.guardian_agreed,
        table_id=as_id(request.table_id, "tableId"), membership_id=actor.membership.id, account_id=actor.account_id,
        clerk_name=actor.membership.name, created_at=now, updated_at=now,
    )  # fmt: skip
    # The event first: files belong to an application by it.
    await record(actor, "reunion:import:created", run, from_state="", to_state=run.state, side=run.side, basis=run.basis)
    await _take_files(actor, run, request.table_id, request.archive_ids)
    await run.save(force_create=True)
    await enqueue(READ_JOB, run, run_id=str(run.id))
    return run


async def revise_import(actor: Actor, request: ReviseImportInput) -> ImportRun:
    """A corrected table, other archives or another ground: everything is read anew. Nothing that became a case is touched."""
    run = await begin(actor, request.id, (S.PREVIEW, S.FAILED), request.version)
    if await ImportRow.filter(run_id=run.id, case_id__isnull=False).exists():
        raise Refusal("WRONG_STATE", "id", state=run.state)
    checks = Checks()
    basis, text = request.basis or run.basis, request.text if request.text is not None else run.basis_text
    run.basis_text = registering.check_ground(checks, basis, text, is_minor=False)
    run.basis = basis
    if request.guardian_agreed is not None:
        run.guardian_agreed = request.guardian_agreed
    if request.kind is not None:
        _check_kind(checks, run.side, request.kind)
        run.kind = request.kind
    if request.station is not None:
        run.station = checks.text("station", request.station, most=200)
    checks.items("archiveIds", request.archive_ids, most=MOST_ARCHIVES)
    checks.done()
    await _take_files(actor, run, request.table_id, request.archive_ids)
    run.problem, run.problem_data = "", {}
    await note(actor, run, "revised", S.READING, basis=run.basis)
    await enqueue(READ_JOB, run, run_id=str(run.id))
    return run


async def fix_cell(actor: Actor, request: ImportCellInput) -> ImportRun:
    """Correct one cell; the row is looked at anew."""
    actor.require(Permission.IMPORT)
    found = await ImportRow.get_or_none(id=as_id(request.row_id, "rowId"))
    if found is None:
        raise not_found("rowId")
    run = await begin(actor, found.run_id, EDITABLE)
    row = await ImportRow.filter(id=found.id).select_for_update().get()
    if row.version != request.version:
        raise conflict(row.version)
    if row.state == ImportRowState.DONE:
        raise Refusal("WRONG_STATE", "rowId", state=row.state)
    checks = Checks()
    if request.column not in tables.columns_of(run.side):
        checks.refuse("INVALID", "column")
    text = checks.text("text", request.text, most=tables.LONGEST_CELL)
    checks.done()
    cells = {**cells_of(row), request.column: text}
    row.cells_sealed = seal_cells(row, {column: cell for column, cell in cells.items() if cell})
    if row.broken.get("column") in ("", request.column):
        row.broken = {}
    if imports_rows.reads_pictures([request.column]):
        await _match(run, row, cells)
    await _look_again(actor, run, row, cells)
    await note(actor, run, "cell:corrected", row=row.number, column=request.column)
    return run


async def decide_rows(actor: Actor, request: ImportChoiceInput) -> ImportRun:
    """What becomes of rows that may repeat a record: left out, made all the same, or their pictures added to what is there."""
    run = await begin(actor, request.id, EDITABLE)
    rows = ImportRow.filter(run_id=run.id).exclude(state=ImportRowState.DONE)
    if request.rows is None:
        rows = rows.filter(state=ImportRowState.DUPLICATE)
    else:
        wanted = {as_id(each, "rows") for each in request.rows}
        rows = rows.filter(id__in=list(wanted))
    found = await rows.order_by("number").select_for_update()
    if request.rows is not None and len(found) != len(wanted):
        raise not_found("rows")
    target = as_id(request.case_id, "caseId") if request.case_id else None
    for row in found:
        row.choice, row.target_id = request.choice, _target(row, target) if request.choice == RepeatChoice.ADD else None
        row.state = imports_rows.settle(row)
        row.version += 1
        await row.save(update_fields=["choice", "target_id", "state", "version"])
    await note(actor, run, "rows:decided", choice=request.choice, rows=len(found))
    return run


async def run_import(actor: Actor, request: ImportStepInput) -> ImportRun:
    """Make the cases of every row that is ready. Goes on where it was stopped; no row is made twice."""
    actor.require(Permission.REGISTER)
    run = await begin(actor, request.id, (S.PREVIEW, S.STOPPED), request.version)
    ready = await ImportRow.filter(run_id=run.id, state=ImportRowState.READY).count()
    if not ready:
        raise Refusal("NOTHING_READY", "id")
    run.started_at = run.started_at or clock.now()
    run.problem, run.problem_data = "", {}
    # Cases are made in the name of whoever starts it.
    assert actor.membership is not None
    assert actor.account_id is not None
    run.membership_id, run.account_id, run.clerk_name = actor.membership.id, actor.account_id, actor.membership.name
    await note(actor, run, "started", S.RUNNING, rows=ready)
    await enqueue(RUN_JOB, run, run_id=str(run.id))
    return run


async def stop_import(actor: Actor, request: ImportStepInput) -> ImportRun:
    """Stop after the rows that are being made; the rest can go on later."""
    run = await begin(actor, request.id, (S.RUNNING,), request.version)
    await note(actor, run, "stopped", S.STOPPED)
    return run


async def finish_import(actor: Actor, request: ImportStepInput) -> ImportRun:
    """The import is over: what is left of the table and its archives is erased, and only what became of each row stays."""
    run = await begin(actor, request.id, (S.READING, S.PREVIEW, S.STOPPED, S.FAILED), request.version)
    run.ended_at = clock.now()
    await note(actor, run, "finished", S.DONE)
    await enqueue(FINISH_JOB, run, run_id=str(run.id))
    return run


def _check_kind(checks: Checks, side: Side, kind: CaseKind | None) -> None:
    if kind is not None and kind not in (SOUGHT_KINDS if side == Side.SOUGHT else FOUND_KINDS):
        checks.refuse("INVALID", "kind")


async def _take_files(
    actor: Actor, run: ImportRun, table_id: str | None, archive_ids: Sequence[str] | None
) -> None:
    """Make the uploads files of the run; what they replace is erased. Raises `NOT_FOUND` and `INVALID` with their field."""
    before = {run.table_id, *map(UUID, run.archive_ids)}
    if table_id is not None:
        run.table_id = await _take(actor, run, table_id, TABLE, "tableId")
    if archive_ids is not None:
        taken = [await _take(actor, run, each, ARCHIVE, "archiveIds") for each in archive_ids]
        run.archive_ids = [str(each) for each in taken]
    for file_id in before - {run.table_id, *map(UUID, run.archive_ids)}:
        await keep_for(run, file_id, "REPLACED", timedelta(0), rules.ERASE_BASIS)


async def _take(actor: Actor, run: ImportRun, upload_id: str, kind: str, field: str) -> UUID:
    wanted = as_id(upload_id, field)
    kept = await StoredFile.filter(id=wanted, matter_id=run.id).first()
    try:
        file = kept or (await attach(actor, [wanted], run, purpose=UPLOAD))[0]
    except Refusal as problem:
        raise Refusal(problem.code, field) from None
    if file.content_type != kind:
        raise Refusal("INVALID", field)
    return file.id


def _target(row: ImportRow, target: UUID | None) -> UUID:
    """Which of the cases found gets the pictures."""
    known = [UUID(each["case"]) for each in row.repeats if "case" in each]
    if not known or (target is not None and target not in known):
        raise Refusal("INVALID", "caseId")
    return target or known[0]


async def _match(run: ImportRun, row: ImportRow, cells: dict[str, str]) -> None:
    """Which pictures the row's new words name, among those that belong to nobody or to it."""
    await ImportPicture.filter(row_id=row.id, picture_id__isnull=True).update(row_id=None)
    free = await ImportPicture.filter(run_id=run.id, row_id__isnull=True, name_sealed__not="")
    names = dict(enumerate(name_of(picture) for picture in free))
    found, lost = archives.match([(row.number, cells.get("key", ""), tables.several(cells.get("pictures", "")))], names)
    await ImportPicture.filter(id__in=[free[each].id for each in found[row.number]]).update(row_id=row.id)
    row.lost_pictures = len(lost[row.number])


async def _look_again(actor: Actor, run: ImportRun, row: ImportRow, cells: dict[str, str]) -> None:
    assert actor.membership is not None
    pictures = await ImportPicture.filter(row_id=row.id).count()
    verdict = await imports_rows.judge(actor, run, cells, row.broken, pictures)
    found = await imports_rows.repeats(run, actor.membership.path, {row.number: verdict})
    row.problems = verdict.problems
    row.repeats = found.get(row.number, []) + await imports_rows.twins(run, row.number, verdict)
    row.twin_index, row.police_index = verdict.twin, verdict.police
    if row.choice == RepeatChoice.ADD and all(each.get("case") != str(row.target_id) for each in row.repeats):
        row.choice, row.target_id = None, None
    row.state = imports_rows.settle(row)
    row.version += 1
    await row.save()


