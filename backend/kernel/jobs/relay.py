"""Hand due jobs of the outbox to arq, again and again until they are done."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from arq import ArqRedis
from prometheus_client import Counter, Gauge

from backend.kernel import clock
from backend.kernel.db.connection import fetch
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.jobs.queue import QUEUE, WAKE, valkey

log = structlog.get_logger()

#: A job handed over and neither done nor failed after this long is handed over again.
LEASE = timedelta(seconds=90)
BATCH = 100
IDLE_SECONDS = 1

HANDED = Counter("shanzhi_jobs_handed_total", "Jobs handed from the outbox to arq")
WAITING = Gauge("shanzhi_jobs_waiting", "Jobs due and not yet handed over, at the last look")


async def relay_once(arq: ArqRedis) -> int:
    """Hand over what is due; returns how many.

    The lease is committed before the hand-over: a crash between the two delays the jobs by one lease.
    """
    async with open_scope(Scope(DbRole.RELAY)):
        # One relay at a time, asked in a statement of its own: a second one that still sees the jobs without their
        # lease would lock their rows for a moment, and a runner takes a locked row for one that runs elsewhere.
        if not (await fetch("select pg_try_advisory_xact_lock(hashtextextended('relay', 0)) as mine"))[0]["mine"]:
            return 0
        rows = await fetch(
            """
            update job set leased_until = $2
            where (id, county) in (
                select id, county from job
                where state = 'PENDING' and run_at <= $1 and (leased_until is null or leased_until < $1)
                order by run_at limit $3 for update skip locked)
            returning id, county, attempts
            """,
            clock.now(),
            clock.now() + LEASE,
            BATCH,
        )
    for row in rows:
        # The attempt is part of arq's id: arq refuses an id it has seen, and a retry is another attempt.
        await arq.enqueue_job(
            "run_job", str(row["id"]), row["county"], _queue_name=QUEUE,
            _job_id=f"{row['id']}:{row['attempts']}:{int(clock.now().timestamp())}",
        )  # fmt: skip
    HANDED.inc(len(rows))
    WAITING.set(len(rows))
    return len(rows)


async def run_relay(arq: ArqRedis) -> None:
    """Relay for the life of the process; failures of Valkey or PostgreSQL are waited out."""
    while True:
        try:
            await clock.synchronise(valkey())
            if not await relay_once(arq):
                await valkey().blpop([WAKE], timeout=IDLE_SECONDS)
        except Exception as problem:  # noqa: BLE001  # asyncpg has errors of its own for a server that goes away
            log.warning("relay.waits", problem=type(problem).__name__)
            await asyncio.sleep(IDLE_SECONDS)
