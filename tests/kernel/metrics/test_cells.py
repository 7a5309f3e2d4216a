"""Figures kept ready say what the formulas say of the same month, however often they were brought up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import COUNTY
from backend.kernel.metrics import cells, monthly
from backend.kernel.metrics.catalogue import figures
from backend.kernel.metrics.formulas import Formula, months, report
from backend.kernel.privacy.retention import keep_for
from backend.kernel.tenancy.service import county_path
from tests.factories.city import City
from tests.factories.disputes import reported
from tests.factories.histories import PATH, START, History, Matter, empty_past

LAST_DAY = 260
MONTHS = months(date(2024, 1, 1), date(2024, 9, 1))


@contextmanager
def on_day(days: float) -> Iterator[None]:
    with clock.shifted(START + timedelta(days=days) - datetime.now(UTC)):
        yield


@pytest.fixture
async def history(product: Any) -> AsyncIterator[History]:
    with on_day(0):
        async with empty_past("mediation") as made:
            yield made


def story(app: str, chance: Random, day: float) -> list[tuple[str, float, dict[str, Any]]]:
    """What may happen to a matter of this application: tag, day, data. Sometimes it breaks off."""
    def due(days: float) -> str:
        return (START + timedelta(days=day + days)).isoformat()

    stories: dict[str, list[tuple[str, float, dict[str, Any]]]] = {
        "mediation": [
            ("dispute:registered", 0, {}),
            ("dispute:assigned", 1, {}),
            *([("dispute:returned", 2, {}), ("dispute:assigned", 40, {})] if chance.random() < 0.3 else []),
            ("agreement:effective", 5, {"perform_due": (START + timedelta(days=day + 45)).date().isoformat()}),
            ("dispute:closed", 9, {"close_type": chance.choice(["AGREED_PERFORMED", "WITHDRAWN"]), "level": "VILLAGE"}),
            ("dispute:rated", 12, {"party": "A", "result": chance.choice(["SATISFIED", "DISSATISFIED"])}),
            *([("dispute:reopened", 38, {}), ("dispute:closed", 70, {"close_type": "CONFIRMED", "level": "TOWN"})] if chance.random() < 0.4 else []),
        ],
        "rehab": [
            ("case:started", 0, {}),
            ("task:missed", 8, {"task": "one", "kind": "URINE_TEST", "link": "PERSON"}),
            ("task:done", 33, {"task": "one", "kind": "URINE_TEST", "link": "PERSON"}),
            ("task:done", 36, {"task": "two", "kind": "TALK", "link": "WORKER", "late": chance.random() < 0.5}),
        ],
        "reunion": [
            ("case:registered", 0, {}),
            ("search:done", 2, {}),
            ("search:done", 40, {}),
            ("return:handed_over", 50, {"kind": chance.choice(["ELDERLY", "ABDUCTED_CHILD"])}),
        ],
        "oversight": [
            ("clue:accepted", 0, {}),
            ("recommendation:served", 3, {"due": due(60)}),
            ("extension:decided", 30, {"due": due(90)}),
            ("recommendation:replied", chance.choice([50, 95]), {"reply_class": "A"}),
            ("recommendation:checked", 100, {"verdict": "RECTIFIED"}),
            ("clue:case_filed", chance.choice([20, 100]), {}),
            ("clue:closed", 110, {}),
        ],
    }  # fmt: skip
    told = [(tag, day + after, data) for tag, after, data in sorted(stories[app], key=lambda step: step[1])]
    return told[: chance.randint(1, len(told))]


async def tell(history: History, app: str, matter: Matter, tag: str, day: float, data: dict[str, Any]) -> None:
    history.app = app
    await history.tell(matter, tag, day, **data)


async def kept() -> dict[tuple[str, str, date, str], tuple[Any, ...]]:
    rows = await fetch("select app, key, month, path::text as path, rows, counted, matters, total, spread from figure_cell where county = $1",
                       PATH.rsplit(".", 1)[-1])  # fmt: skip
    return {
        (row["app"], row["key"], row["month"], row["path"]):
        (row["rows"], row["counted"], row["matters"], round(row["total"], 6), row["spread"] and [round(value, 6) for value in row["spread"]])
        for row in rows
    }  # fmt: skip


async def happened(history: History, chance: Random) -> None:
    """Two hundred and sixty days, brought up to date now and then."""
    actor = history.actor
    told = sorted(
        (
            (day, app, matter, tag, data)
            for app in ("mediation", "rehab", "reunion", "oversight")
            for _ in range(6)
            for matter in [history.matter(chance.randint(0, 1))]
            for tag, day, data in story(app, chance, chance.uniform(0, LAST_DAY - 120))
        ),
        key=lambda step: step[0],
    )
    for day, app, matter, tag, data in told:
        with on_day(day):
            await tell(history, app, matter, tag, day, data)
            if chance.random() < 0.2:
                await cells.refresh(actor)


@pytest.mark.parametrize("seed", range(4))
async def test_kept_figures_say_what_the_formulas_say_and_what_a_rebuild_says(
    history: History, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(cells, "BATCH", chance.choice([1, 3, 5000]))
    await happened(history, chance)
    with on_day(LAST_DAY):
        for _ in range(300):
            await cells.refresh(history.actor)
            (behind,) = await fetch(
                "select m.seq < (select max(seq) from event where county = m.county) as behind from figure_mark m where county = $1",
                PATH.rsplit(".", 1)[-1],
            )  # fmt: skip
            if not behind["behind"]:
                break
        found = await kept()
        assert {app for app, *_ in found} == {"mediation", "rehab", "reunion", "oversight"}
        await says_what_the_formulas_say(history, found)
        await cells.rebuild(history.actor)
        assert await kept() == found


def by_app() -> dict[str, dict[str, Formula]]:
    made: dict[str, dict[str, Formula]] = {}
    for figure, formula in figures().items():
        made.setdefault(figure.app, {})[figure.key] = formula
    return made


async def says_what_the_formulas_say(history: History, found: dict[tuple[str, str, date, str], tuple[Any, ...]]) -> None:
    town = history.paths[0].rsplit(".", 1)[0]
    seen = 0
    for month in MONTHS:
        last = months(month, month.replace(month=month.month + 1))[1] - timedelta(days=1)
        for path in (PATH, town, history.paths[1]):
            said = {app: (await report(theirs, path, month, last)).own for app, theirs in by_app().items()}
            read = await monthly.read(path, month, month)
            for figure, formula in figures().items():
                theirs = said[figure.app][figure.key]
                ours = read.own.get(figure)
                if theirs.rows == 0:
                    assert ours is None, (figure, month, path)
                    continue
                assert ours is not None, (figure, month, path)
                assert (ours.rows, ours.counted) == (theirs.rows, theirs.counted), (figure, month, path)
                assert ours.value == pytest.approx(theirs.value), (figure, month, path)
                assert ours.coverage == pytest.approx(theirs.coverage), (figure, month, path)
                assert formula.kind != "MEDIAN" or found[*figure, month, path][4]
                seen += 1
    assert seen > 50


async def test_a_limit_that_runs_out_counts_from_then_on_without_an_event(history: History) -> None:
    matter = history.matter()
    with on_day(1):
        await tell(history, "oversight", matter, "recommendation:served", 1, {"due": (START + timedelta(days=20)).isoformat()})
        await cells.refresh(history.actor)
        assert not [key for _, key, *_ in await kept() if key == "reply_on_time"]
    with on_day(21):
        await cells.refresh(history.actor)
        assert (await kept())["oversight", "reply_on_time", date(2024, 1, 1), PATH][:2] == (1, 0)


async def test_who_is_under_way_counts_in_a_month_that_began_without_an_event(history: History) -> None:
    with on_day(5):
        await tell(history, "rehab", history.matter(), "case:started", 5, {})
        await cells.refresh(history.actor)
    with on_day(70):
        await cells.refresh(history.actor)
        counted = {month for _, key, month, path in await kept() if key == "contact_rate" and path == PATH}
    assert counted == set(months(date(2024, 1, 1), date(2024, 3, 1)))


async def test_the_sweep_finds_who_is_behind_and_the_job_brings_him_up_to_date(fresh: None, city: City) -> None:
    actor = system_actor(COUNTY, await county_path(COUNTY))
    await reported(city)
    await cells.sweep(clock.now())
    await city.work()
    async with open_scope(Scope(DbRole.RELAY)):
        behind = {row["county"] for row in await fetch("select county from figures_due($1)", clock.now())}
    assert COUNTY not in behind
    async with open_scope(actor.scope):
        rows = await fetch("select distinct path::text as path from figure_cell where county = $1 and key = 'registered_total'", COUNTY)
    assert {actor.membership.path if actor.membership else ""} < {row["path"] for row in rows}


async def test_a_quiet_county_is_right_up_to_now(fresh: None, city: City) -> None:
    await reported(city)
    actor = system_actor(COUNTY, await county_path(COUNTY))
    async with open_scope(actor.scope):
        await cells.refresh(actor)
    for later in (timedelta(0), timedelta(minutes=7)):
        with clock.shifted(later):
            async with open_scope(actor.scope):
                at = await monthly.as_of([COUNTY])
                assert at is not None
                assert abs(at - clock.now()) < timedelta(seconds=5)
    await reported(city)
    with clock.shifted(timedelta(minutes=9)):
        async with open_scope(actor.scope):
            at = await monthly.as_of([COUNTY])
            assert at is not None
            assert clock.now() - at > timedelta(minutes=8), "something happened since"


async def test_a_job_that_was_given_up_does_not_stop_the_figures_for_ever(fresh: None, city: City) -> None:
    await reported(city)

    async def waiting() -> int:
        async with open_scope(system_actor(COUNTY, await county_path(COUNTY)).scope):
            return len(await fetch("select 1 from job where name = $1 and county = $2 and state = 'PENDING'", cells.REFRESH_JOB, COUNTY))

    await cells.sweep(clock.now())
    assert await waiting() == 1
    async with open_scope(system_actor(COUNTY, await county_path(COUNTY)).scope):
        await execute("update job set state = 'DEAD' where name = $1 and county = $2", cells.REFRESH_JOB, COUNTY)
    await cells.sweep(clock.now() + timedelta(hours=1))
    assert await waiting() == 1


async def test_a_file_that_is_not_erased_when_it_is_due_counts_without_an_event(history: History) -> None:
    matter = history.matter()
    with on_day(1):
        await tell(history, "reunion", matter, "case:registered", 1, {})
        await cells.refresh(history.actor)
        await keep_for(matter, new_id(), "TIP", timedelta(days=3), "测试")  # type: ignore[arg-type]
    with on_day(5):
        await cells.refresh(history.actor)
        assert (await kept())["reunion", "erasure_on_time", date(2024, 1, 1), PATH][:2] == (1, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from figure_cell",
        "update figure_cell set counted = rows",
        "delete from figure_fact",
        "update figure_mark set seq = 0",
    ],
)
async def test_no_officer_writes_a_figure(city: City, statement: str) -> None:
    await reported(city)
    actor = system_actor(COUNTY, await county_path(COUNTY))
    async with open_scope(actor.scope):
        await cells.rebuild(actor)
    before = await _state(actor)
    officer = Scope(DbRole.STAFF, (COUNTY,), (await county_path(COUNTY),), purpose="cockpit_all,mediation")
    async with open_scope(officer) as scope, scope as connection:
        assert (await connection.execute(statement)).endswith(" 0")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with open_scope(officer) as scope, scope as connection:
            await connection.execute(
                "insert into figure_cell (id, county, path, app, key, month, rows, counted, matters, total) values "
                "(gen_random_uuid(), $1, $2::ltree, 'mediation', 'x', '2024-01-01', 1, 1, 1, 0)", COUNTY, await county_path(COUNTY),
            )  # fmt: skip
    assert await _state(actor) == before


async def _state(actor: Any) -> list[dict[str, Any]]:
    async with open_scope(actor.scope):
        return await fetch("select app, key, month, path::text as place, rows, counted from figure_cell where county = $1 order by 1, 2, 3, 4", COUNTY)


async def test_facts_are_for_those_who_work_in_the_application(fresh: None, city: City) -> None:
    await reported(city)
    actor = system_actor(COUNTY, await county_path(COUNTY))
    async with open_scope(actor.scope):
        await cells.rebuild(actor)
    path = await county_path(COUNTY)
    for purpose, seen, summed in (("mediation", {"mediation"}, False), ("cockpit", set(), False), ("cockpit_all,rehab", set(), True)):
        async with open_scope(Scope(DbRole.STAFF, (COUNTY,), (path,), purpose=purpose)):
            assert {row["app"] for row in await fetch("select distinct app from figure_fact")} == seen
            assert bool(await fetch("select 1 from figure_cell limit 1")) is summed
    async with open_scope(Scope(DbRole.STAFF, ("331081",), (PATH,), purpose="*")):
        assert not await fetch("select 1 from figure_cell where county = $1", COUNTY)
