"""Keep figures ready: facts of the matters that something happened to, and the sums of places and months they change.

A fact is a row of a formula, a cell a sum of facts. Whatever is written here comes from the formulas alone, so that
`rebuild` gives the same numbers as any number of `refresh`es did, and a month's cell what `formulas.report` says of that month.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import DbRole, Scope, after_commit, open_scope
from backend.kernel.jobs.queue import valkey
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.metrics.formulas import Formula, month_of, month_period, months

REFRESH_JOB: Final = "kernel.figures"
#: Events read in one go; more are left to the next job.
BATCH: Final = 5000
#: Counties made anew at the same time.
AT_ONCE: Final = 4
LATE: Final = timedelta(hours=1)
#: From the county down to the village; what is smaller has no cell of its own.
DEEPEST: Final = 5
ALWAYS: Final = (datetime(2000, 1, 1, tzinfo=clock.LOCAL), datetime(2100, 1, 1, tzinfo=clock.LOCAL))

#: A cell's key: application, figure, month, division.
Cell = tuple[str, str, date, str]

_FACTS = """
insert into figure_fact (id, county, path, app, key, matter_id, month, at, counted, value, ahead)
select figure_id(), $4, r.path, $5, $6, r.matter_id, {month}, r.at, coalesce(r.counted, false), r.value, r.at > $8
from {rows} r where $7::uuid[] is null or r.matter_id = any ($7)
"""
#: A cell's columns behind its id. Distinct matters and sorted values cost a sort, so they are left to the figures that need them.
_PLAIN = """
    $1, {node}, subpath({node}, -1)::text, f.app, f.key, f.month, count(*), count(*) filter (where f.counted), 0,
    coalesce(sum(f.value), 0), null::float[]
"""
_FULL = """
    $1, {node}, subpath({node}, -1)::text, f.app, f.key, f.month, count(*), count(*) filter (where f.counted),
    count(distinct f.matter_id), coalesce(sum(f.value), 0), array_agg(f.value order by f.value) filter (where f.value is not null)
"""
_WHICH = {_PLAIN: "f.app || ':' || f.key <> all ($2)", _FULL: "f.app || ':' || f.key = any ($2)"}
_CELLS = "insert into figure_cell (id, county, path, division, app, key, month, rows, counted, matters, total, spread) select figure_id(), "


@dataclass(frozen=True)
class County:
    """The county whose figures are kept, and the instant as of which."""

    code: str
    path: str
    now: datetime

    def cells(self, rows: Iterable[dict[str, Any]]) -> Iterator[Cell]:
        """The cells in which these facts (app, key, month, path) count."""
        for row in rows:
            labels = row["path"].split(".")
            for depth in range(self.path.count(".") + 1, min(len(labels), DEEPEST) + 1):
                yield row["app"], row["key"], row["month"], ".".join(labels[:depth])


def channel(code: str) -> str:
    """Where it is said that the figures of a division, or of one below it, are new."""
    return f"figures:{code}"


async def sweep(now: datetime) -> None:
    """One job for every county whose cells are behind."""
    await enqueue_found(
        REFRESH_JOB,
        # One key an hour: a job that was given up does not stop the county's figures for ever.
        """select county || to_char($1::timestamptz, ' YYYYMMDDHH24') as row, county, path::ltree, null::uuid as matter,
           '{}'::jsonb as args from figures_due($1)""",
        now,
    )


async def refresh(actor: Actor) -> None:
    """Job: take in what happened in the county since its mark."""
    county = _county_of(actor)
    seq, since = await _mark(county)
    events = await fetch("select seq, matter_id from event where county = $1 and seq > $2 order by seq limit $3", county.code, seq, BATCH)
    # A file that is due to be erased and is not makes no event; whoever said so may have been a little late.
    due = await fetch(
        "select matter_id from retention where county = $1 and erased_at is null and erase_at > $2 and erase_at <= $3",
        county.code, since - LATE, county.now,
    )  # fmt: skip
    touched = sorted({row["matter_id"] for row in (*events, *due) if row["matter_id"]})
    dirty = await _forget(county, "matter_id = any ($2)", touched)
    dirty |= await _remember(county, touched)
    dirty |= await _begin_months(county, since)
    dirty |= await _fallen_due(county)
    await _sum_up(county, dirty)
    await _set_mark(county, events[-1]["seq"] if events else seq)


async def rebuild(actor: Actor) -> None:
    """All facts and cells of the county, from its events alone."""
    county = _county_of(actor)
    await _mark(county)
    await execute("delete from figure_fact where county = $1", county.code)
    await execute("delete from figure_cell where county = $1", county.code)
    (last,) = await fetch("select coalesce(max(seq), 0) as seq, min(occurred_at) as first from event where county = $1", county.code)
    spans = months(month_of(last["first"] or county.now), month_of(county.now))
    for figure, formula in figures().items():
        statement, values = _facts(county, figure, formula, spans, None)
        await execute(statement, *values)
    for sums, which in _WHICH.items():
        await execute(
            f"""{_CELLS} {sums.format(node="n.node")} from figure_fact f cross join lateral (
                    select subpath(f.path, 0, depth) as node
                    from generate_series(nlevel($3::text::ltree), least(nlevel(f.path), {DEEPEST})) depth) n
                where f.county = $1 and not f.ahead and {which} group by n.node, f.app, f.key, f.month""",
            county.code, _particular(), county.path,
        )  # fmt: skip
    await _set_mark(county, last["seq"])


async def rebuild_all() -> int:
    """`rebuild` every county in which anything ever happened, a few at a time; returns how many."""
    async with open_scope(Scope(DbRole.RELAY)):
        counties = await fetch("select county, path from figures_due('infinity')")

    async def one(code: str, path: str) -> None:
        async with at_once:
            actor = system_actor(code, path)
            async with open_scope(actor.scope):
                await rebuild(actor)

    at_once = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(one(row["county"], row["path"]) for row in counties))
    return len(counties)


def _county_of(actor: Actor) -> County:
    assert actor.membership is not None
    return County(actor.membership.county, actor.membership.path, clock.now())


async def _mark(county: County) -> tuple[int, datetime]:
    """How far the county has been read, locked until the end of the transaction."""
    await execute(
        "insert into figure_mark (id, county, path, seq, at) values ($1, $2, $3::text::ltree, 0, $4) on conflict do nothing",
        new_id(), county.code, county.path, ALWAYS[0],
    )  # fmt: skip
    (row,) = await fetch("select seq, at from figure_mark where county = $1 for update", county.code)
    return row["seq"], row["at"]


async def _set_mark(county: County, seq: int) -> None:
    await execute("update figure_mark set seq = $2, at = $3 where county = $1", county.code, seq, county.now)

    async def say() -> None:
        for code in county.path.split("."):
            await valkey().publish(channel(code), b"{}")

    after_commit(say)


async def _forget(county: County, which: str, *values: Any) -> set[Cell]:
    rows = await fetch(
        f"delete from figure_fact where county = $1 and {which} returning app, key, month, path::text as path", county.code, *values
    )
    return set(county.cells(rows))


async def _remember(county: County, matters: Sequence[UUID]) -> set[Cell]:
    """Facts of these matters; each application's formulas look at matters of its own."""
    (first,) = await fetch(
        "select min(occurred_at) as at, array_agg(distinct app) as apps from event where county = $1 and matter_id = any ($2)",
        county.code, matters,
    )  # fmt: skip
    if first["at"] is None:
        return set()
    spans = months(month_of(first["at"]), month_of(county.now))
    made: set[Cell] = set()
    for figure, formula in figures().items():
        if figure.app in first["apps"]:
            made |= await _add(county, figure, formula, spans, matters)
    return made


async def _begin_months(county: County, since: datetime) -> set[Cell]:
    """A new month counts again whoever is under way, without anything having happened to him."""
    begun = months(month_of(since), month_of(county.now))[1:]
    if since == ALWAYS[0] or not begun:
        return set()
    made: set[Cell] = set()
    for figure, formula in figures().items():
        if formula.by_period:
            made |= await _forget(county, "app = $2 and key = $3 and month = any ($4)", *figure, begun)
            made |= await _add(county, figure, formula, begun, None)
    return made


async def _fallen_due(county: County) -> set[Cell]:
    rows = await fetch(
        """update figure_fact set ahead = false where county = $1 and ahead and at <= $2
           returning app, key, month, path::text as path""",
        county.code, county.now,
    )  # fmt: skip
    return set(county.cells(rows))


async def _add(
    county: County, figure: FigureId, formula: Formula, spans: Sequence[date], matters: Sequence[UUID] | None
) -> set[Cell]:
    statement, values = _facts(county, figure, formula, spans, matters)
    rows = await fetch(f"{statement} returning app, key, month, path::text as path", *values)
    return set(county.cells(rows))


def _facts(
    county: County, figure: FigureId, formula: Formula, spans: Sequence[date], matters: Sequence[UUID] | None
) -> tuple[str, tuple[Any, ...]]:
    """The statement that writes a figure's facts, of these matters or of all, and its parameters."""
    bounds: Sequence[object] = ALWAYS
    rows, month = f"({formula.sql})", "date_trunc('month', r.at at time zone 'Asia/Shanghai')::date"
    if formula.by_period:
        bounds = tuple(zip(*(month_period(day) for day in spans), strict=True))
        inner = formula.sql.replace("$2", "span.start").replace("$3", "span.stop")
        rows = f"""(select part.*, span.start from unnest($2::timestamptz[], $3::timestamptz[]) span (start, stop)
            cross join lateral ({inner}) part)"""
        month = "(r.start at time zone 'Asia/Shanghai')::date"
    return _FACTS.format(rows=rows, month=month), (county.path, *bounds, county.code, *figure, matters, county.now)


async def _sum_up(county: County, dirty: set[Cell]) -> None:
    """Write these cells anew; a cell without facts is gone."""
    if not dirty:
        return
    columns = [list(column) for column in zip(*sorted(dirty), strict=True)]
    await execute(
        f"""delete from figure_cell c using {_keyed(2)} where c.county = $1 and c.app = d.app and c.key = d.key and c.month = d.month
            and c.division = subpath(d.node::ltree, -1)::text""",
        county.code, *columns,
    )  # fmt: skip
    for sums, which in _WHICH.items():
        await execute(
            f"""{_CELLS} {sums.format(node="d.node::ltree")} from {_keyed(3)} join figure_fact f
                    on f.county = $1 and f.app = d.app and f.key = d.key and f.month = d.month and f.path <@ d.node::ltree
                where not f.ahead and {which} group by d.node, f.app, f.key, f.month""",
            county.code, _particular(), *columns,
        )  # fmt: skip


def _keyed(first: int) -> str:
    """The keys of cells as rows, from four parameters in the order of `Cell`."""
    types = ("text", "text", "date", "text")
    return f"unnest({', '.join(f'${number}::{kind}[]' for number, kind in enumerate(types, first))}) d (app, key, month, node)"


def _particular() -> list[str]:
    """Figures of which more than sums are kept: medians, and those whose matters a coverage compares."""
    whole = {FigureId(figure.app, formula.covers) for figure, formula in figures().items() if formula.covers}
    return [
        f"{figure.app}:{figure.key}" for figure, formula in figures().items()
        if formula.kind == "MEDIAN" or formula.covers or figure in whole
    ]  # fmt: skip
