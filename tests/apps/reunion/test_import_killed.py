"""An import whose workers are killed without warning: another one goes on, and nothing is lost or there twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.reunion import rules
from backend.apps.reunion.models import ImportRow
from backend.apps.reunion.service import imports_common, imports_reading, imports_running
from backend.kernel import clock
from backend.kernel.db.scope import open_scope
from backend.kernel.jobs.queue import valkey
from backend.kernel.jobs.runner import run_job
from tests.apps.rehab.test_under_fire import outcomes
from tests.apps.reunion.test_imports import unique
from tests.factories import faces
from tests.factories.city import City
from tests.factories.imports import begun, by_number, look, sought, step, variant
from tests.factories.ledger import open_ledger
from tests.factories.reunion import POLICE
from tests.factories.supervision import act
from tests.servers import ROOT

ROWS, PICTURES = 120, 24
PATIENCE_S = 120.0

ONCE = """
    select count(*) filter (where r.state = 'DONE') as done, count(distinct r.case_id) as cases,
        (select count(*) from event e where e.tag = 'reunion:case:registered' and e.data->>'imported' = ($1::uuid)::text) as registered,
        (select count(*) from reunion_missing m where m.case_id in (select case_id from reunion_import_row where run_id = $1)) as reports
    from reunion_import_row r where r.run_id = $1
"""
FACES = """
    select count(*) as faces, count(distinct g.file_id) as files, count(distinct p.id) as pictures
    from reunion_import_picture i join reunion_picture p on p.id = i.picture_id
        left join gallery_face g on g.file_id = p.file_id where i.run_id = $1 and p.state = 'READY'
"""


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test's database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.worker"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)


async def until(raw: asyncpg.Connection, sql: str, run: dict[str, Any], enough: Callable[[int], bool]) -> int:
    """The figure, once it is enough."""
    for _ in range(int(PATIENCE_S / 0.05)):
        found = int(await raw.fetchval(sql, UUID(run["id"])))
        if enough(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"never enough: {found}")


DONE = "select count(*) from reunion_import_row where run_id = $1 and state = 'DONE'"
#: A transaction that has written for a while, or rows that are done.
WRITING = """
    select (select count(*) from reunion_import_row where run_id = $1 and state = 'DONE') + (select count(*) from pg_stat_activity
        where datname = current_database() and usename = 'shanzhi_login' and backend_xid is not null
            and clock_timestamp() - xact_start > interval '0.1 seconds')
"""
READ = """select count(*) from reunion_import_picture i join reunion_picture p on p.id = i.picture_id
    where i.run_id = $1 and p.state <> 'READING'"""


async def test_killed_workers_lose_no_row_and_make_none_twice(city: City, database: Any) -> None:
    pictures = {f"{number:04}.jpg": variant((faces.astronaut, faces.basketball_player)[number % 2](), number) for number in range(PICTURES)}
    run = await begun(city, [sought(f"{number:04}", unique()) for number in range(ROWS)], pictures)
    assert run["rowsBy"]["ready"] == ROWS
    run = await step(city, run, "run", work=False)
    async with open_ledger(database.admin_dsn) as raw:
        made, killed = 0, 0
        with worker():
            # Killed while it writes the first rows, or just after.
            await until(raw, WRITING, run, bool)
        await clock.move(valkey(), timedelta(minutes=2))
        while made < ROWS:
            before = made
            with worker():
                # Killed in the middle of what comes next, whatever that is.
                made = await until(raw, DONE, run, lambda found, least=before: found > least)  # type: ignore[misc]
            killed += 1
            # The lease of what the killed one had in hand is over.
            await clock.move(valkey(), timedelta(minutes=2))
        with worker():
            await until(raw, READ, run, lambda found: found == PICTURES)
        assert killed >= 3
        once = dict(await raw.fetchrow(ONCE, UUID(run["id"])))
        assert once == {"done": ROWS, "cases": ROWS, "registered": ROWS, "reports": ROWS}
        there = dict(await raw.fetchrow(FACES, UUID(run["id"])))
        assert there == {"faces": PICTURES, "files": PICTURES, "pictures": PICTURES}
    await city.work()
    assert (await look(city, run))["state"] == "DONE"


async def jobs_of(database: Any, run: dict[str, Any], name: str) -> list[tuple[str, str]]:
    async with open_ledger(database.admin_dsn) as raw:
        rows = await raw.fetch("select id::text, county from job where name = $1 and args->>'run_id' = $2 and state = 'PENDING'", name, run["id"])
    return [(row["id"], row["county"]) for row in rows]


async def test_two_jobs_at_once_take_different_rows(city: City, database: Any) -> None:
    from backend.worker import handlers

    run = await begun(city, [sought(str(number), unique()) for number in range(70)])
    run = await step(city, run, "run", work=False)
    ((job, county),) = await jobs_of(database, run, imports_common.RUN_JOB)
    async with open_ledger(database.admin_dsn) as raw:
        twin = str(uuid4())
        await raw.execute("insert into job select (jsonb_populate_record(j, jsonb_build_object('id', $2::text))).* from job j where id = $1", UUID(job), twin)
    assert sorted(await asyncio.gather(*(run_job(handlers(), each, county) for each in (job, twin, job)))) == ["DONE", "DONE", "GONE"]
    await city.work()
    async with open_ledger(database.admin_dsn) as raw:
        once = dict(await raw.fetchrow(ONCE, UUID(run["id"])))
    assert once == {"done": 70, "cases": 70, "registered": 70, "reports": 70}
    assert (await look(city, run))["state"] == "DONE"


@pytest.mark.parametrize("name", ["read", "check", "run"])
async def test_a_job_that_dies_at_its_end_leaves_nothing_behind(
    city: City, database: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: dict[str, Callable[..., Awaitable[None]]] = {
        "read": imports_reading.read, "check": imports_reading.check, "run": imports_running.run,
    }  # fmt: skip
    died: list[int] = []

    async def dying(actor: Any, **args: Any) -> None:
        await plain[name](actor, **args)
        if len(died) < 2:
            died.append(1)
            raise RuntimeError("killed")

    from backend.worker import handlers

    known = {**handlers(), f"reunion.import_{name}": dying}
    monkeypatch.setattr("backend.worker.handlers", lambda: known)
    run = await begun(city, [sought("1", unique(), 照片="1.jpg"), sought("2", unique())], {"1.jpg": variant(faces.astronaut(), 3)})
    for _ in range(3):
        await city.pass_time(seconds=30)
    run = await look(city, run)
    if name == "run":
        run = await step(city, run, "run")
        for _ in range(3):
            await city.pass_time(seconds=30)
        run = await look(city, run)
        assert (run["state"], run["picturesBy"]["kept"], run["picturesBy"]["read"]) == ("DONE", 1, 1)
    else:
        assert run["rowsBy"]["ready"] == run["rowsBy"]["total"] == 2
    assert len(died) == 2


async def test_start_and_stop_pressed_twice(city: City) -> None:
    run = await begun(city, [sought(str(number), unique()) for number in range(3)])
    police = await city.sign_in(POLICE)
    given = {"id": run["id"], "version": run["version"]}
    assert await outcomes(*(act(police, "runReunionImport", show="run { id }", **given) for _ in range(3))) == ["CONFLICT", "CONFLICT", "DONE"]
    same = {"id": run["id"], "version": (await look(city, run))["version"]}
    assert await outcomes(*(act(police, "stopReunionImport", show="run { id }", key="k1", **same) for _ in range(2))) == ["DONE", "DONE"]
    assert (await look(city, run))["state"] == "STOPPED"
    assert by_number(run)
    async with open_scope((await imports_actor()).scope):
        assert await ImportRow.filter(run_id=UUID(run["id"]), state="DONE").count() == 0


async def imports_actor() -> Any:
    from backend.kernel.access.actor import system_actor
    from backend.kernel.tenancy.service import county_path

    return system_actor("331024", await county_path("331024"))


async def test_a_code_that_is_taken_is_drawn_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, drawn = rules.new_code, []

    def repeating(county: str, day: date) -> str:
        drawn.append(plain(county, day))
        # Rows are judged with codes of their own; of those that are made, the second draws the first one's.
        return drawn[0] if len(drawn) in (3, 4) else drawn[-1]

    run = await begun(city, [sought("1", unique()), sought("2", unique())])
    run = await step(city, run, "run", work=False)
    monkeypatch.setattr(rules, "new_code", lambda county, day: repeating(county, day))
    await city.work()
    run = await look(city, run)
    assert (run["state"], run["rowsBy"]["done"], len(drawn)) == ("DONE", 2, 5)
