"""Check-ins through the API with two workers, and the colours of ten thousand people computed anew; on a running product.

`measure` runs this module as a process of its own, with the product's environment.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from statistics import median
from typing import Any

from tests.smoke.product import ROOT, Product

PEOPLE = 10_000
ENTRIES = 150
COUNTIES = ("331081", "331082")
GOAL_S = 60.0
CHECK_INS = 24
SENDERS = 6

_CASES = """
insert into rehab_case (id, county, path, code, version, state, kind, subject_id, name, name_index, phone_sealed, phone_index,
    id_number_sealed, division, place_text, fence_metres, order_no, term_from, term_to, band, registered_at, updated_at)
select gen_random_uuid(), d.code, d.path, d.code || '-00-' || n, 1, 'IN_PROGRESS', 'COMMUNITY_TREATMENT', gen_random_uuid(), '测试', '',
    '', 'bench' || n, '', d.code, '', 3000, '', current_date - 1826, current_date + 365, 'B', now(), now()
from generate_series(1, $2::int) n, division d where d.code = $1
"""
_ENTRIES = """
insert into rehab_point_entry (id, county, path, case_id, rule, rule_version, points, fact_on, cause, evidence, excuse,
    source_kind, source_id, recorded_at)
select gen_random_uuid(), c.county, c.path, c.id, r.rule, 1, r.points, current_date - 1 - ((n * 12) % 1825), '事实', '[]', '',
    'OTHER', gen_random_uuid(), now() - (1 + (n * 12) % 1825) * interval '1 day'
from rehab_case c, generate_series(1, $2::int) n,
    lateral (select * from (values (0, 'urine_negative', 2), (1, 'contact_on_time', 1), (2, 'contact_on_time', 1),
        (3, 'test_late', -3), (4, 'course_done', 1), (5, 'urine_negative', 2), (6, 'duty_missed', -4)) as v (k, rule, points)
        where v.k = n % 7) r
where c.county = $1
"""
_MARKS = """
insert into rehab_point_mark (id, county, path, case_id, entry_id, mark, marked_by, by_name, reason, marked_at)
select gen_random_uuid(), e.county, e.path, e.case_id, e.id, m.mark, gen_random_uuid(), '', '核实', e.recorded_at + m.after
from rehab_point_entry e, lateral (values ('CONFIRMED', interval '1 hour'), ('CONTESTED', interval '3 days'),
    ('UPHELD', interval '9 days')) as m (mark, after)
where e.county = $1 and (m.mark = 'CONFIRMED' or (e.points < 0 and abs(hashtext(e.id::text)) % 10 = 0))
"""
_FORGET = ("rehab_point_mark", "rehab_point_entry", "job", "rehab_case")


def measure(product: Product) -> Iterator[str]:
    """Lines of the report, as they come."""
    command = [sys.executable, "-m", "tests.bench.rehab"]
    process = subprocess.Popen(command, cwd=ROOT, env=product.environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield from (line.rstrip() for line in process.stdout)
    if process.wait() != 0:
        raise RuntimeError("the measurement of check-ins and colours failed")


# -------------------------------------------------------------------------------------------------- recomputation


async def recomputation() -> None:
    """Two counties, one job each in a process of its own: reading the ledgers, evaluating, asking for assessments."""
    import asyncpg

    from backend.kernel.db.connection import credentials
    from backend.settings import settings

    admin = await asyncpg.connect(**credentials(settings().database_admin_url))
    try:
        await admin.execute("set session_replication_role = replica; set synchronous_commit = off")
        for county in COUNTIES:
            await admin.execute(_CASES, county, PEOPLE // len(COUNTIES))
            await admin.execute(_ENTRIES, county, ENTRIES)
            await admin.execute(_MARKS, county)
        await admin.execute("analyze rehab_point_entry; analyze rehab_point_mark")
        lines = await admin.fetchval("select count(*) from rehab_point_entry where county = any ($1)", list(COUNTIES))
        started = time.perf_counter()
        command = [sys.executable, "-m", "tests.bench.rehab"]
        jobs = [await asyncio.create_subprocess_exec(*command, county, cwd=ROOT) for county in COUNTIES]
        if any(await asyncio.gather(*(job.wait() for job in jobs))):
            raise RuntimeError("a recomputation failed")
        seconds = time.perf_counter() - started
        moved = await admin.fetchval("select count(*) from job where name = 'rehab.assess' and county = any ($1)", list(COUNTIES))
        verdict = "reaches" if seconds < GOAL_S else "misses"
        print(
            f"  {seconds:5.1f} s for {PEOPLE:,} people with {lines:,} lines of five years, two processes "
            f"({verdict} {GOAL_S:.0f} s); {moved:,} to assess",
            flush=True,
        )
    finally:
        for table in _FORGET:
            await admin.execute(f"delete from {table} where county = any ($1)", list(COUNTIES))
        await admin.close()


async def recompute(county: str) -> None:
    """The worker's job for one county."""
    from backend.apps.rehab.service import scoring
    from backend.installed import models
    from backend.kernel.access.actor import system_actor
    from backend.kernel.db.connection import connected
    from backend.kernel.db.scope import open_scope
    from backend.kernel.tenancy.service import county_path

    async with connected(models()):
        actor = system_actor(county, await county_path(county))
        async with open_scope(actor.scope):
            await scoring.recompute(actor)


# ------------------------------------------------------------------------------------------------------ check-ins


@contextmanager
def second_worker() -> Iterator[None]:
    """Beside the product's own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.worker"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


async def check_ins() -> None:
    """Whole check-ins: upload, command, judgement by a worker; beside the engine alone on the same pictures."""
    from backend.installed import models, register
    from backend.kernel.db.connection import connected
    from backend.kernel.jobs.queue import close_valkey
    from tests.bench.phones import Phone, phones, sheets

    register()
    async with connected(models()):
        people: list[Phone] = await phones(CHECK_INS)
        films = sheets()
        engine_s = _engine_seconds(films)
        with ExitStack() as stack:
            stack.enter_context(second_worker())
            await asyncio.sleep(5)
            # The engines load their models with the first picture they see.
            await asyncio.gather(*(phone.check_in(films) for phone in people[:4]))
            await _all_judged(people[:4])
            waiting = asyncio.Semaphore(SENDERS)

            async def send(phone: Phone) -> float:
                async with waiting:
                    return await phone.check_in(films)

            measured = people[4:]
            started = time.perf_counter()
            answers = await asyncio.gather(*(send(phone) for phone in measured))
            await _all_judged(measured)
            seconds = time.perf_counter() - started
        for phone in people:
            await phone.http.aclose()
        rate, bare = len(measured) / seconds, 2 / engine_s
        print(f"  {rate:5.1f} check-ins a second from upload to verdict, two workers, {SENDERS} phones at a time")
        print(f"  {bare:5.1f} by the engine alone on the same pictures, two cores; {rate / bare:.2f} of it")
        print(f"  {1000 * median(answers):5.0f} ms until a phone has its answer (median; the verdict comes live)", flush=True)
    await close_valkey()


def _engine_seconds(films: dict[Any, bytes]) -> float:
    """Median time to read one burst, one thread."""
    from backend.kernel.faces import insightface
    from backend.kernel.faces.codes import Gesture
    from backend.kernel.faces.judging import read_burst
    from backend.kernel.faces.pictures import frames_of
    from tests.factories import faces

    engine, seconds = insightface.engine(), []
    for gestures, film in list(films.items())[:4]:
        count = 2 + 4 * len(gestures)
        started = time.perf_counter()
        frames = frames_of(film, faces.COLUMNS, count)
        read_burst(engine, frames, faces.times(count), [Gesture(each) for each in gestures])
        seconds.append(time.perf_counter() - started)
    return median(seconds)


async def _all_judged(people: list[Any]) -> None:
    """Raises TimeoutError after five minutes."""
    async with asyncio.timeout(timedelta(minutes=5).total_seconds()):
        for phone in people:
            while not await phone.is_judged():
                await asyncio.sleep(0.05)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(recompute(sys.argv[1]))
    else:
        asyncio.run(check_ins())
        asyncio.run(recomputation())
