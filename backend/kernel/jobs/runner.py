"""Run one job: lock its row, do it, mark it done, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.scope import open_scope
from backend.kernel.jobs.queue import valkey
from backend.kernel.manifest import JobHandler
from backend.kernel.tenancy.service import county_path

log = structlog.get_logger()

MAX_ATTEMPTS = 8
DONE = Counter("shanzhi_jobs_done_total", "Jobs done", ["name"])
FAILED = Counter("shanzhi_jobs_failed_total", "Failed attempts of jobs", ["name"])
DEAD = Counter("shanzhi_jobs_dead_total", "Jobs given up", ["name"])
SECONDS = Histogram("shanzhi_job_seconds", "Time a job took", ["name"])


async def run_job(handlers: Mapping[str, JobHandler], job_id: str, county: str) -> str:
    """Do job `job_id` of `county`; returns DONE, GONE (done already or running elsewhere) or FAILED.

    Whatever the handler did is rolled back when it fails; the attempt is counted in a transaction of its own.
    """
    await clock.synchronise(valkey())
    actor = system_actor(county, await county_path(county))
    name = ""
    try:
        async with open_scope(actor.scope):
            rows = await fetch(
                "select name, args::text as args from job where id = $1::text::uuid and county = $2 and state = 'PENDING' "
                "for update skip locked",
                job_id,
                county,
            )
            if not rows:
                return "GONE"
            name = rows[0]["name"]
            with SECONDS.labels(name).time():
                await handlers[name](actor, **_arguments(rows[0]["args"]))
            await execute(
                "update job set state = 'DONE', finished_at = $3 where id = $1::text::uuid and county = $2",
                job_id, county, clock.now(),
            )  # fmt: skip
    except Exception as problem:  # noqa: BLE001  # whatever it was: counted, logged, tried again
        await _count_failure(actor.scope, job_id, county, name, problem)
        return "FAILED"
    DONE.labels(name).inc()
    return "DONE"


def _arguments(text: str) -> dict[str, Any]:
    import orjson

    loaded: dict[str, Any] = orjson.loads(text)
    return loaded


async def _count_failure(scope: Any, job_id: str, county: str, name: str, problem: Exception) -> None:
    """Next try after 2, 4, 8 … seconds; after `MAX_ATTEMPTS` the job is a dead letter."""
    FAILED.labels(name).inc()
    log.error("job.failed", job=job_id, name=name, problem=type(problem).__name__, exc_info=problem)
    async with open_scope(scope):
        rows = await fetch(
            """
            update job set attempts = attempts + 1, last_error = $3, leased_until = null,
                state = case when attempts + 1 >= $4 then 'DEAD' else 'PENDING' end,
                run_at = $5::timestamptz + ($6 * power(2, least(attempts, 8))) * interval '1 second'
            where id = $1::text::uuid and county = $2 and state = 'PENDING' returning state
            """,
            job_id, county, type(problem).__name__, MAX_ATTEMPTS, clock.now(), timedelta(seconds=2).seconds,
        )  # fmt: skip
    if rows and rows[0]["state"] == "DEAD":
        DEAD.labels(name).inc()
