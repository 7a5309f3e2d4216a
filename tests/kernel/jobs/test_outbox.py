"""Jobs survive whatever is killed between commit and done; nothing is lost and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context
from typing import Any
from uuid import UUID

import pytest
from arq import ArqRedis
from redis.exceptions import ConnectionError as ValkeyAway

from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import COUNTY
from backend.kernel.jobs.relay import LEASE, relay_once
from backend.kernel.jobs.runner import MAX_ATTEMPTS, run_job
from backend.kernel.jobs.service import enqueue
from backend.kernel.tenancy.service import county_path
from tests.factories.city import City


class Place:
    """A row that gives a job its county."""

    def __init__(self, path: str) -> None:
        self.id = new_id()
        self.county = COUNTY
        self.path = path


@pytest.fixture
async def actor(city: City) -> AsyncIterator[Actor]:
    me = system_actor(COUNTY, await county_path(COUNTY))
    async with open_scope(me.scope):
        await execute("update job set state = 'DONE' where state = 'PENDING'")
    yield me


async def put(actor: Actor, **args: Any) -> Place:
    assert actor.membership is not None
    place = Place(actor.membership.path)
    async with open_scope(actor.scope):
        await enqueue("test.mark", place, **args)  # type: ignore[arg-type]
    return place


async def job_of(actor: Actor, place: Place) -> dict[str, Any]:
    async with open_scope(actor.scope):
        (row,) = await fetch("select * from job where matter_id = $1", place.id)
        return row


class Marks:
    """A handler whose work is a row in the database: it can be counted, and it rolls back."""

    def __init__(self, *, fail: int = 0) -> None:
        self.fail = fail
        self.calls = 0

    async def __call__(self, actor: Actor, matter: str) -> None:
        self.calls += 1
        await execute(
            "insert into number_sequence (id, county, path, series, year, last_number) "
            "values ($1, $2, $3::text::ltree, $4, 2000, 1)",
            new_id(), COUNTY, actor.membership.path if actor.membership else "", f"job {matter}",
        )  # fmt: skip
        if self.calls <= self.fail:
            raise RuntimeError("killed in the middle")


async def done(actor: Actor, matter: str) -> int:
    async with open_scope(actor.scope):
        (row,) = await fetch("select count(*) as n from number_sequence where series = $1", f"job {matter}")
        return int(row["n"])


async def test_a_rollback_takes_the_job_along(actor: Actor) -> None:
    assert actor.membership is not None
    place = Place(actor.membership.path)
    with pytest.raises(RuntimeError):
        async with open_scope(actor.scope):
            await enqueue("test.mark", place)  # type: ignore[arg-type]
            raise RuntimeError
    async with open_scope(actor.scope):
        assert await fetch("select 1 from job where matter_id = $1", place.id) == []


async def test_a_hand_over_that_failed_is_made_again(city: City, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Valkey dies after the lease is committed and before the job is in the queue."""
    place = await put(actor)
    with monkeypatch.context() as broken:

        async def away(*_: Any, **__: Any) -> None:
            raise ValkeyAway

        broken.setattr(ArqRedis, "enqueue_job", away)
        with pytest.raises(ValkeyAway):
            await relay_once(city.arq)
    assert await relay_once(city.arq) == 0, "leased: nobody else may take it yet"
    with clock.shifted(LEASE * 2):
        assert await relay_once(city.arq) == 1
    assert (await job_of(actor, place))["state"] == "PENDING"


async def test_valkey_that_forgot_everything_loses_nothing(city: City, actor: Actor) -> None:
    await put(actor)
    assert await relay_once(city.arq) == 1
    await city.arq.flushdb()
    with clock.shifted(LEASE * 2):
        assert await relay_once(city.arq) == 1
        assert await city.arq.zcard("shanzhi:jobs") == 1


async def test_one_relay_at_a_time(city: City, actor: Actor) -> None:
    """What a second one locked for a moment, a runner would take for a job that runs elsewhere, and leave for a lease."""
    await put(actor)
    async with open_scope(Scope(DbRole.RELAY)):
        await execute("select pg_advisory_xact_lock(hashtextextended('relay', 0))")
        assert await asyncio.create_task(relay_once(city.arq), context=Context()) == 0
    assert await relay_once(city.arq) == 1


async def test_a_job_killed_in_the_middle_leaves_nothing_half_done_and_is_done_once(actor: Actor) -> None:
    place = await put(actor, matter="killed")
    job = await job_of(actor, place)
    handler = Marks(fail=1)
    assert await run_job({"test.mark": handler}, str(job["id"]), COUNTY) == "FAILED"
    assert await done(actor, "killed") == 0, "rolled back"
    assert await run_job({"test.mark": handler}, str(job["id"]), COUNTY) == "DONE"
    assert await run_job({"test.mark": handler}, str(job["id"]), COUNTY) == "GONE"
    assert (await done(actor, "killed"), handler.calls) == (1, 2)


async def test_two_workers_with_one_job_do_it_once(actor: Actor) -> None:
    place = await put(actor, matter="twice")
    job = await job_of(actor, place)
    handler = Marks()
    ends = await asyncio.gather(*(run_job({"test.mark": handler}, str(job["id"]), COUNTY) for _ in range(4)))
    assert sorted(ends) == ["DONE", "GONE", "GONE", "GONE"]
    assert await done(actor, "twice") == 1


async def test_a_worker_killed_before_it_said_done_does_it_once(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the work and before DONE: both are one transaction, so both are gone."""
    place = await put(actor, matter="crash")
    job = await job_of(actor, place)
    real = execute

    async def dies(sql: str, *values: Any) -> str:
        if "'DONE'" in sql:
            raise asyncio.CancelledError
        return await real(sql, *values)

    with monkeypatch.context() as crash:
        crash.setattr("backend.kernel.jobs.runner.execute", dies)
        with pytest.raises(asyncio.CancelledError):
            await run_job({"test.mark": Marks()}, str(job["id"]), COUNTY)
    assert await done(actor, "crash") == 0
    assert await run_job({"test.mark": Marks()}, str(job["id"]), COUNTY) == "DONE"
    assert await done(actor, "crash") == 1


async def test_a_job_that_always_fails_becomes_a_dead_letter(actor: Actor) -> None:
    place = await put(actor, matter="dead")
    job = await job_of(actor, place)
    for _ in range(MAX_ATTEMPTS):
        await run_job({"test.mark": Marks(fail=99)}, str(job["id"]), COUNTY)
    job = await job_of(actor, place)
    assert (job["state"], job["attempts"], job["last_error"]) == ("DEAD", MAX_ATTEMPTS, "RuntimeError")


async def test_waiting_jobs_with_one_key_are_one(actor: Actor) -> None:
    assert actor.membership is not None
    key = str(new_id())
    first, second = Place(actor.membership.path), Place(actor.membership.path)
    async with open_scope(actor.scope):
        await enqueue("test.mark", first, dedupe=key)  # type: ignore[arg-type]
        await enqueue("test.mark", second, dedupe=key)  # type: ignore[arg-type]
        rows = await fetch("select matter_id from job where dedupe = $1", key)
    assert [UUID(str(row["matter_id"])) for row in rows] == [first.id]


async def test_what_is_done_is_forgotten_after_a_month(city: City, actor: Actor) -> None:
    from backend.kernel.jobs.cleaning import KEPT_FOR, sweep_done

    old, new = await put(actor), await put(actor)
    async with open_scope(actor.scope):
        for place, at in ((old, clock.now() - KEPT_FOR * 2), (new, clock.now())):
            await execute("update job set state = 'DONE', finished_at = $2 where matter_id = $1", place.id, at)
    await sweep_done(clock.now())
    async with open_scope(actor.scope):
        rows = await fetch("select matter_id from job where matter_id = any ($1)", [old.id, new.id])
    assert [row["matter_id"] for row in rows] == [new.id]
