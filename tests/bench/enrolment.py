"""Pictures of an import on their way into the gallery, by the product's own worker, against the bare models on all cores.

Both sides see the same rendered photographs and take turns, so that a busy machine is busy for both. The bare side gets
decoded pixels and only finds and embeds the face; ours reads the stored file, decodes it, judges its quality, writes the
picture, its event and its face in the gallery, and hands out the jobs. `measure` runs this module as a process of its own,
with the product's environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg
import psutil

from backend.kernel.db.models import new_id
from tests.smoke.product import ROOT, Product

#: The issue's number, and how many of them a run enrols; in short runs the end, when one core waits for the other, counts too much.
PICTURES, BLOCK, ROUNDS = 10_000, 960, 2
DISTINCT = 60
GOAL = 0.85
COUNTY = "331081"
PATIENCE_S = 120.0

_CASES = """
    insert into reunion_case (id, county, path, code, version, side, kind, state, alarm_receipt, subject_id, registered_by,
        registered_by_name, agency_name, duty_phone, registered_at, updated_at, facts_at, name, nicknames, sounds, sex, born_text,
        height_text, dialect, origin_text, marks, clothes, relatives, circumstances, place_text, when_text, dna_ref, dna_lab, basis,
        basis_text, quick_check, no_contact, guardian_agreed, maybe_child, contact_statement, return_plan, return_wish, finding)
    select id, d.code, d.path, d.code || '-bench-' || id, 1, 'SOUGHT', 'ELDERLY', 'BASIS_RECORDED', '', gen_random_uuid(),
        gen_random_uuid(), '', '', '', now(), now(), now(), '', '[]', '[]', 'U', '', '', '', '', '', '', '[]', '', '', '', '', '',
        'STATUTORY_DUTY', '依法', '', false, false, false, '', '', '', ''
    from unnest($1::uuid[]) id, division d where d.code = $2
"""
_PICTURES = """
    insert into reunion_picture (id, county, path, case_id, file_id, taken_text, state, problem, faces, added_at)
    select p.file, c.county, c.path, c.id, p.file, '', 'READING', '', '[]', now()
    from unnest($1::uuid[], $2::uuid[]) as p(file, case_id) join reunion_case c on c.id = p.case_id
"""
_JOB = """
    insert into job (id, county, path, name, args, dedupe, matter_id, state, run_at, attempts, last_error, created_at)
    select gen_random_uuid(), d.code, d.path, 'reunion.import_faces', jsonb_build_object('run_id', $3::uuid, 'picture_ids', $2::text[]), '', $3,
        'PENDING', now(), 0, '', now() from division d where d.code = $1
"""
_FORGET = ("gallery_face", "reunion_picture", "job", "reunion_case")


def measure(product: Product) -> Iterator[str]:
    """Lines of the report, as they come."""
    command = [sys.executable, "-m", "tests.bench.enrolment"]
    process = subprocess.Popen(command, cwd=ROOT, env=product.environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield from (line.rstrip() for line in process.stdout)
    if process.wait() != 0:
        raise RuntimeError("the measurement of enrolments failed")


async def report() -> None:
    from backend.kernel.db.connection import credentials
    from backend.kernel.files.pictures import sanitise
    from backend.settings import settings
    from tests.factories.faces import astronaut, basketball_player
    from tests.factories.imports import variant

    # As uploads keep them: encoded anew, progressive.
    files = [sanitise(variant((astronaut, basketball_player)[number % 2](), number)).data for number in range(DISTINCT)]
    admin = await asyncpg.connect(**credentials(settings().database_admin_url))
    await admin.set_type_codec("ltree", encoder=str, decoder=str, schema="public", format="text")
    try:
        # Both load their models with the first pictures.
        bare(files[:8])
        await enrol(admin, files[:24])
        lot = [files[number % DISTINCT] for number in range(BLOCK)]
        seconds: tuple[list[float], list[float]] = ([], [])
        work = [0.0, 0.0]
        for number in range(ROUNDS):
            for which in (0, 1) if number % 2 else (1, 0):
                before = processor(which)
                seconds[which].append(await enrol(admin, lot) if which else bare(lot))
                work[which] += processor(which) - before
        theirs, ours = (BLOCK / median(each) for each in seconds)
        faces = await admin.fetchval("select count(*) from gallery_face where county = $1", COUNTY)
        if faces != ROUNDS * BLOCK + 24:
            raise RuntimeError(f"{faces} faces in the gallery")
        tell(ours, theirs)
        each = [1000 * spent / ROUNDS / BLOCK for spent in work]
        print(f"  {each[0] / each[1]:5.2f} by processor time: {each[1]:.1f} ms a picture, database and queue included; {each[0]:.1f} ms bare")
    finally:
        await admin.execute("set session_replication_role = replica")
        for table in _FORGET:
            await admin.execute(f"delete from {table} where county = $1", COUNTY)
        await admin.close()


def tell(ours: float, theirs: float) -> None:
    ratio = ours / theirs
    verdict = "reaches" if ratio >= GOAL else "misses"
    print(f"  {ours:5.1f} pictures a second from the store into the gallery ({ROUNDS} times {BLOCK}, one face each)")
    print(f"  {theirs:5.1f} by the bare models on {os.cpu_count()} threads, decoded beforehand")
    print(f"  {ratio:5.2f} of the bare models ({verdict} {GOAL}); {PICTURES:,} would take {PICTURES / ours / 60:.1f} min at this rate", flush=True)


def processor(which: int) -> float:
    """Processor seconds so far: of this process, or of the product's (1). They tell the same on a busy machine."""
    if not which:
        spent = psutil.Process().cpu_times()
        return float(spent.user + spent.system)
    started = json.loads((Path(os.environ["SHANZHI_SECRET_DIR"]).parent / "children.json").read_text(encoding="utf-8"))
    total = 0.0
    for entry in started:
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(entry["pid"])
            for process in (top, *top.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    spent = process.cpu_times()
                    total += spent.user + spent.system
    return total


def bare(files: Sequence[bytes]) -> float:
    """Seconds in which the models alone find and embed the faces, one picture a core."""
    from backend.kernel.faces import insightface
    from backend.kernel.faces.pictures import pixels_of

    engine, cores = insightface.engine(), os.cpu_count() or 1
    decoded = {data: pixels_of(data) for data in set(files)}

    def one(data: bytes) -> None:
        picture = decoded[data]
        engine.embed(picture, engine.detect(picture)[0])

    with ThreadPoolExecutor(cores) as threads:
        started = time.perf_counter()
        list(threads.map(one, files))
        return time.perf_counter() - started


async def enrol(admin: asyncpg.Connection, files: Sequence[bytes]) -> float:
    """Seconds from the jobs' commit until the worker has read the last picture."""
    from backend.apps.reunion.service.imports_running import READ_AT_ONCE
    from backend.kernel.files.storage import file_key, storage
    from backend.kernel.jobs.queue import wake_relay

    cases, pictures = [new_id() for _ in files], [new_id() for _ in files]
    for picture, data in zip(pictures, files, strict=True):
        await storage().put(file_key(picture), data)
    await admin.execute(_CASES, cases, COUNTY)
    await admin.execute(_PICTURES, pictures, cases)
    started = time.perf_counter()
    async with admin.transaction():
        for start in range(0, len(pictures), READ_AT_ONCE):
            await admin.execute(_JOB, COUNTY, [str(each) for each in pictures[start : start + READ_AT_ONCE]], cases[start])
    await wake_relay()
    await _all_read(admin, pictures)
    return time.perf_counter() - started


async def _all_read(admin: asyncpg.Connection, pictures: Sequence[UUID]) -> None:
    deadline = time.perf_counter() + PATIENCE_S
    while await admin.fetchval("select count(*) from reunion_picture where id = any ($1) and state <> 'READY'", list(pictures)):
        if time.perf_counter() > deadline:
            raise RuntimeError("the worker does not come to the end of the pictures")
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(report())
