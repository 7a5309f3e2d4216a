"""The worker process: arq carries out jobs, the relay hands them over, sweeps look for work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import structlog
from arq import ArqRedis, Worker
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from backend.installed import INSTALLED, models, register
from backend.kernel import clock, logs
from backend.kernel.db.connection import connected
from backend.kernel.deadlines import service as deadlines
from backend.kernel.faces import galleries
from backend.kernel.faces import service as faces
from backend.kernel.files.service import sweep_stale
from backend.kernel.instruments.office import sweep_renderings
from backend.kernel.jobs.cleaning import sweep_done
from backend.kernel.jobs.queue import QUEUE, close_valkey, valkey
from backend.kernel.jobs.relay import run_relay
from backend.kernel.jobs.runner import run_job
from backend.kernel.manifest import Cron, JobHandler
from backend.kernel.metrics import cells
from backend.kernel.notifications.push import push
from backend.kernel.notifications.service import PUSH_JOB
from backend.kernel.privacy import retention
from backend.kernel.sharing import service as sharing
from backend.settings import settings

log = structlog.get_logger()

KERNEL_CRONS = (
    Cron("kernel.clock_marks", deadlines.sweep, every_seconds=5),
    Cron("kernel.stale_uploads", sweep_stale, every_seconds=3600),
    Cron("kernel.done", sweep_done, every_seconds=24 * 3600),
    Cron("kernel.face_renewals", faces.sweep_renewals, every_seconds=3600),
    Cron("kernel.face_searches", galleries.sweep_searches, every_seconds=60),
    Cron("kernel.figures", cells.sweep, every_seconds=15),
    Cron("kernel.retention", retention.sweep, every_seconds=30),
    Cron("kernel.shares", sharing.sweep, every_seconds=60),
    Cron("kernel.renderings", sweep_renderings, every_seconds=24 * 3600),
)


def handlers() -> dict[str, JobHandler]:
    """Every job of the kernel and the installed applications, by name."""
    marks = {app.name: app.on_clock_mark for app in INSTALLED if app.on_clock_mark}
    made: dict[str, JobHandler] = {
        PUSH_JOB: push,
        deadlines.MARK_JOB: partial(deadlines.pass_marks, marks),
        retention.ERASE_JOB: retention.erase_file,
        faces.EXPIRE_JOB: faces.expire,
        galleries.EXPIRE_SEARCH_JOB: galleries.expire_search,
        sharing.END_JOB: sharing.expire,
        cells.REFRESH_JOB: cells.refresh,
    }
    for app in INSTALLED:
        made.update(app.jobs)
    return made


def arq_worker(arq: ArqRedis) -> Worker:
    """arq's worker. Retries are ours (the outbox keeps them), so arq tries once."""

    async def run(ctx: dict[Any, Any], job_id: str, county: str) -> str:
        return await run_job(known, job_id, county)

    known = handlers()
    run.__qualname__ = "run_job"
    return Worker(
        functions=[run], redis_pool=arq, queue_name=QUEUE, max_tries=1, keep_result=0, max_jobs=max(1, settings().pool_size // 2),
        job_timeout=300, poll_delay=0.1, health_check_interval=30,
    )  # fmt: skip


async def run_sweep(cron: Cron) -> None:
    """One sweep for the life of the process; failures of the servers are waited out."""
    while True:
        try:
            await clock.synchronise(valkey())
            await cron.sweep(clock.now())
        except (RedisError, OSError, RuntimeError) as problem:
            log.warning("sweep.waits", name=cron.name, problem=type(problem).__name__)
        except Exception as problem:
            log.error("sweep.failed", name=cron.name, exc_info=problem)
        await asyncio.sleep(cron.every_seconds)


def background(arq: ArqRedis) -> list[Callable[[], Awaitable[None]]]:
    """The relay and every sweep."""
    crons = [*KERNEL_CRONS, *(cron for app in INSTALLED for cron in app.crons)]
    return [partial(run_relay, arq), *(partial(run_sweep, cron) for cron in crons)]


async def main() -> None:
    logs.configure(settings().log_level)
    register()
    arq = ArqRedis(ConnectionPool.from_url(settings().valkey_url), default_queue_name=QUEUE)
    async with connected(models()):
        tasks = [asyncio.ensure_future(start()) for start in background(arq)]
        worker = arq_worker(arq)
        jobs = asyncio.ensure_future(worker.async_run())
        try:
            await until_one_ends(jobs, tasks)
        except asyncio.CancelledError:
            log.info("worker.stopped")
        finally:
            for task in (jobs, *tasks):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(jobs, *tasks, return_exceptions=True)
            await worker.close()
            await close_valkey()


async def until_one_ends(jobs: asyncio.Future[None], tasks: Sequence[asyncio.Future[None]]) -> None:
    """Wait for the end of the jobs. A background task that ends is a failure: whoever started us starts us again.

    Raises:
        SystemExit: a background task has ended.
    """
    await asyncio.wait([jobs, *tasks], return_when=asyncio.FIRST_COMPLETED)
    if not jobs.done():
        ended = next(task for task in tasks if task.done())
        log.critical("worker.background_ended", exc_info=ended.exception())
        raise SystemExit(1)
    await jobs


if __name__ == "__main__":
    asyncio.run(main())
