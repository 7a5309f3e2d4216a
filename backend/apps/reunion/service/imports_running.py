"""Jobs of an import that make cases: a few rows each, every row once, whatever is killed in the middle; then everything is erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from backend.apps.reunion import rules
from backend.apps.reunion.enums import ImportRowState, ImportState, RepeatChoice
from backend.apps.reunion.models import Case, ImportPicture, ImportRow, ImportRun
from backend.apps.reunion.service import common, imports_pictures, imports_rows, registering
from backend.apps.reunion.service.imports_common import (
    FACES_JOB,
    FINISH_JOB,
    RUN_JOB,
    cells_of,
    clerk_of,
    note,
)
from backend.apps.reunion.service.imports_reading import picture_counts, store
from backend.apps.reunion.service.imports_rows import Verdict
from backend.apps.reunion.service.registering import Found, Missing
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import execute
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.jobs.service import enqueue, enqueue_found
from backend.kernel.notifications.service import announce, notify
from backend.kernel.privacy.retention import keep_for

#: Rows of one job, and pictures read by one job.
MADE_AT_ONCE = 50
READ_AT_ONCE = 24
DRAWS = 3
#: A table that nobody goes on with is erased.
KEPT_FOR = timedelta(days=7)
PATIENCE = ("PREVIEW", "STOPPED", "FAILED", "READING")


async def run(actor: Actor, run_id: str) -> None:
    """Job: make some rows' cases and ask for the next. Two of these at once take different rows."""
    found = await ImportRun.get_or_none(id=UUID(run_id))
    if found is None or found.state != ImportState.RUNNING:
        return
    clerk = await clerk_of(found)
    if clerk is None:
        return await _stop(actor, found, "CLERK_GONE")
    ready = ImportRow.filter(run_id=found.id, state=ImportRowState.READY).order_by("number").limit(MADE_AT_ONCE)
    rows = await ready.select_for_update(skip_locked=True)
    if not rows:
        return await _end(actor, found)
    await _make(clerk, found, rows)
    await enqueue(RUN_JOB, found, run_id=run_id)
    announce(found.id)


async def _make(clerk: Actor, run: ImportRun, rows: list[ImportRow]) -> None:
    """What is slow first: the first event holds up every other command of the county until the end."""
    assert clerk.membership is not None
    cells = {row.number: cells_of(row) for row in rows}
    counts = await picture_counts(rows)
    verdicts = {row.number: await imports_rows.judge(clerk, run, cells[row.number], row.broken, counts.get(row.id, 0)) for row in rows}
    known = await imports_rows.repeats(run, clerk.membership.path, verdicts)
    for row in rows:
        # What has happened since the clerk looked: a case that was not there, a division that is no more.
        row.problems = verdicts[row.number].problems
        news = [each for each in known.get(row.number, []) if all(each["case"] != old.get("case") for old in row.repeats)]
        if news and row.choice != RepeatChoice.ADD:
            row.repeats, row.choice = [*row.repeats, *news], None
        row.state = imports_rows.settle(row)
    ready = imports_pictures.bounded([row for row in rows if row.state == ImportRowState.READY], counts)
    taken = await imports_pictures.take_out(ready)
    refused = [row for row in rows if row.state != ImportRowState.READY]
    kept: list[str] = []
    for row in ready:
        case = await _one(clerk, run, row, verdicts[row.number])
        if case is None:
            refused.append(row)
        else:
            kept += await imports_pictures.attach(clerk, case, taken.get(row.id, []), cells[row.number].get("taken", ""))
    if refused:
        await store(refused)
    for start in range(0, len(kept), READ_AT_ONCE):
        await enqueue(FACES_JOB, run, run_id=str(run.id), picture_ids=kept[start : start + READ_AT_ONCE])


async def _one(clerk: Actor, run: ImportRun, row: ImportRow, verdict: Verdict) -> Case | None:
    """The row as a case, or the case that gets its pictures. What goes wrong stays with the row, and the others go on."""
    try:
        case = await _tried(clerk, run, row, verdict)
    except (Refusal, Refusals) as problem:
        items = problem.items if isinstance(problem, Refusals) else [problem]
        row.problems = [{"code": each.code, "column": "", "data": {}} for each in items]
        row.choice = None if row.choice == RepeatChoice.ADD else row.choice
        row.state = ImportRowState.PROBLEM
        return None
    row.case_id, row.state, row.done_at = case.id, ImportRowState.DONE, clock.now()
    row.version += 1
    await row.save(update_fields=["case_id", "state", "done_at", "version", "problems", "repeats"])
    return case


async def _tried(clerk: Actor, run: ImportRun, row: ImportRow, verdict: Verdict) -> Case:
    """All of the row or nothing of it. Among thousands of codes drawn by lot two are the same now and then: drawn again."""
    for attempt in range(DRAWS):
        await execute("savepoint one_row")
        try:
            case = await (_existing(clerk, row) if row.choice == RepeatChoice.ADD else _new(clerk, run, verdict))
        except (Refusal, Refusals, IntegrityError) as problem:
            await execute("rollback to savepoint one_row")
            if not isinstance(problem, IntegrityError) or attempt == DRAWS - 1:
                raise
        else:
            await execute("release savepoint one_row")
            return case
    raise AssertionError("unreachable")


async def _new(clerk: Actor, run: ImportRun, verdict: Verdict) -> Case:
    assert verdict.division is not None
    if isinstance(verdict.record, Missing):
        case = await registering.open_missing(clerk, verdict.division, verdict.record, imported=run.id)
    else:
        assert isinstance(verdict.record, Found)
        case = await registering.open_found(clerk, verdict.division, verdict.record, imported=run.id)
    await registering.ground(
        clerk, case, run.basis, run.basis_text, guardian_agreed=run.guardian_agreed, imported=run.id
    )
    return case


async def _existing(clerk: Actor, row: ImportRow) -> Case:
    assert row.target_id is not None
    return (await common.begin(clerk, row.target_id, "add_picture")).case


async def _end(actor: Actor, run: ImportRun) -> None:
    """No row is left that nobody has in hand: done, or back to the clerk with those that are not ready."""
    locked = await ImportRun.filter(id=run.id).select_for_update().get()
    if locked.state != ImportState.RUNNING or await ImportRow.filter(run_id=run.id, state=ImportRowState.READY).exists():
        # Whoever has them in hand comes back here.
        return
    made = await ImportRow.filter(run_id=run.id, state=ImportRowState.DONE).count()
    left = await ImportRow.filter(run_id=run.id).exclude(state__in=[ImportRowState.DONE, ImportRowState.SKIPPED]).count()
    if left:
        await note(actor, locked, "paused", ImportState.PREVIEW, made=made, left=left)
    else:
        locked.ended_at = clock.now()
        await note(actor, locked, "done", ImportState.DONE, made=made)
        await _tell_of_emergencies(locked)
        await enqueue(FINISH_JOB, locked, run_id=str(run.id))


async def _tell_of_emergencies(run: ImportRun) -> None:
    """Children, the abducted and those in danger among the old records: one message for all of them."""
    made = await ImportRow.filter(run_id=run.id, state=ImportRowState.DONE, case_id__isnull=False).values_list("case_id", flat=True)
    count = await Case.filter(id__in=list(made), alarm__isnull=False).count()
    if count:
        police = await common.accounts(run, Role.POLICE_OFFICER, Role.POLICE_CHIEF)
        await notify(police, "reunion.import.emergencies", run, count=count)


async def _stop(actor: Actor, run: ImportRun, code: str) -> None:
    locked = await ImportRun.filter(id=run.id).select_for_update().get()
    if locked.state == ImportState.RUNNING:
        locked.problem = code
        await note(actor, locked, "stopped", ImportState.STOPPED, problem=code)


async def finish(actor: Actor, run_id: str) -> None:
    """Job: erase what the table and its archives said. What became of each row stays."""
    found = await ImportRun.filter(id=UUID(run_id)).select_for_update().first()
    if found is None:
        return
    if found.erased_at is not None:
        if found.erased_at <= clock.now() - KEPT_FOR:
            await ImportPicture.filter(run_id=found.id).update(name_sealed="")
        return
    if found.state != ImportState.DONE:
        if found.state == ImportState.RUNNING or found.updated_at > clock.now() - KEPT_FOR:
            return
        found.state, found.ended_at = ImportState.DONE, clock.now()
    unmade = ImportRow.filter(run_id=found.id).exclude(state=ImportRowState.DONE)
    await unmade.update(state=ImportRowState.SKIPPED)
    await ImportRow.filter(run_id=found.id).update(cells_sealed="", twin_index="", police_index="")
    # The others' names stay a while: which file was of no use is what the clerk goes and looks for.
    await ImportPicture.filter(run_id=found.id, picture_id__isnull=False).update(name_sealed="")
    await imports_pictures.forget_unused(found.id)
    for file_id in {found.table_id, *map(UUID, found.archive_ids)}:
        await keep_for(found, file_id, "IMPORT", timedelta(0), rules.ERASE_BASIS)
    found.ignored, found.erased_at = [], clock.now()
    await note(actor, found, "erased")


async def sweep_forgotten(now: datetime) -> None:
    """Cron: imports that nobody went on with, and names of files that were of no use."""
    days = f"interval '{KEPT_FOR.days} days'"
    await enqueue_found(
        FINISH_JOB,
        f"""select 'import:' || i.id::text as row, i.county, i.path, i.id as matter, jsonb_build_object('run_id', i.id) as args
           from reunion_import i where (i.erased_at is null and i.state in {PATIENCE} and i.updated_at <= $1::timestamptz - {days})
               or (i.erased_at <= $1::timestamptz - {days} and exists (select 1 from reunion_import_picture p
                   where p.run_id = i.id and p.county = i.county and p.name_sealed <> ''))""",
        now,
    )
