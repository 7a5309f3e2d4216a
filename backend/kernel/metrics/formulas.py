"""What a figure is, and how it is computed.

Each formula is one statement that yields the rows it looks at: `matter_id`, `path`, `at`, whether the row is `counted`, and
a `value`. The figure, its trend, its parts by division and its drill-down are all made of the same rows. Parameters:
$1 ltree path of the division, $2 and $3 the period `[from, to)`. A row whose `at` lies ahead (a limit that has not run out)
does not count yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.kernel import clock
from backend.kernel.db.connection import fetch
from backend.kernel.deadlines.calendar import add_months

#: Fewer rows than this say nothing about a rate (`domain.md` 1.13).
SUFFICIENT = 20
#: A group of children or supervised persons smaller than this is not told in city figures (`domain.md` 1.11 no. 9).
SMALLEST_GROUP = 10

_GROUPED = """
select child, at, count(*) as n, count(*) filter (where counted) as hits, sum(value) as total,
       percentile_cont(0.5) within group (order by value) as median, count(distinct matter_id) as matters
from (select matter_id, counted, value, subpath(path, 0, least(nlevel(path), nlevel($1::text::ltree) + 1)) as child,
             date_trunc('{bucket}', at at time zone 'Asia/Shanghai')::date as at
      from ({rows}) rows where at <= $4) r
group by grouping sets ((), (child), (at))
"""


@dataclass(frozen=True)
class Formula:
    """One figure: how it is named, measured and computed.

    Attributes:
        sql: yields the rows.
        kind: MEAN or MEDIAN of `value`, RATE of counted rows, or COUNT of counted rows.
        baseline: value before the reform, as the source article gives it (period not stated there).
        text: the formula as people read it.
        covers: key of the figure whose matters should each have a row here; their share is the coverage.
        by_period: whether a row exists depends on the period beyond its `at`: who is under way counts in every month.
        name: as tables and papers call it.
        guarded: about children or supervised persons: above the township a group under ten is withheld (`domain.md` 1.11).
    """

    key: str
    kind: str
    unit: str
    sql: str
    text: str
    baseline: float | None = None
    covers: str = ""
    by_period: bool = False
    guarded: bool = False
    name: str = ""


def named(names: Mapping[str, str], formulas: Iterable[Formula], *, guarded: bool = False) -> dict[str, Formula]:
    """An application's formulas by key, each with its name; with `guarded` all of them are."""
    return {formula.key: replace(formula, name=names[formula.key], guarded=guarded or formula.guarded) for formula in formulas}


@dataclass(frozen=True)
class Result:
    """One figure of one place. A rate over fewer than `SUFFICIENT` rows is shown as insufficient data."""

    formula: Formula
    rows: int
    counted: int
    total: float
    coverage: float | None = None
    median: float | None = None

    @property
    def sufficient(self) -> bool:
        return self.formula.kind == "COUNT" or self.rows >= SUFFICIENT

    @property
    def withheld(self) -> bool:
        """Too few people to be told of where many look on."""
        group = self.counted if self.formula.kind == "COUNT" else self.rows
        return self.formula.guarded and 0 < group < SMALLEST_GROUP

    @property
    def value(self) -> float | None:
        if self.formula.kind == "COUNT":
            return float(self.counted)
        if self.rows == 0:
            return None
        if self.formula.kind == "MEDIAN":
            return self.median
        return self.total / self.rows if self.formula.kind == "MEAN" else self.counted / self.rows

    @property
    def numerator(self) -> float | None:
        if self.formula.kind == "MEDIAN":
            return None
        return round(self.total, 2) if self.formula.kind == "MEAN" else float(self.counted)


@dataclass(frozen=True)
class Report:
    """All figures of a division and period, by child division, and as trend."""

    own: dict[str, Result]
    children: dict[str, dict[str, Result]]
    trends: dict[str, list[tuple[date, Result]]]


def period(first: date, last: date) -> tuple[datetime, datetime]:
    """Instants of `[first day, day after the last)` in China Standard Time."""
    start = datetime.combine(first, datetime.min.time(), clock.LOCAL)
    return start, datetime.combine(last, datetime.min.time(), clock.LOCAL) + timedelta(days=1)


def month_of(at: datetime) -> date:
    """The first day of the month an instant lies in, in China Standard Time."""
    return at.astimezone(clock.LOCAL).date().replace(day=1)


def months(first: date, last: date) -> list[date]:
    """First days of the months from one to another, both included."""
    return [add_months(first, n) for n in range((last.year - first.year) * 12 + last.month - first.month + 1)]


def month_period(month: date) -> tuple[datetime, datetime]:
    """Instants of a whole month."""
    return period(month, add_months(month, 1) - timedelta(days=1))


def bucket(first: date, last: date) -> str:
    """Trends are weekly up to a quarter, monthly beyond."""
    return "week" if (last - first).days <= 92 else "month"


async def report(formulas: Mapping[str, Formula], path: str, first: date, last: date) -> Report:
    """Compute every formula; the caller's scope limits what is counted."""
    start, end = period(first, last)
    made = Report({}, {}, {})
    for key, formula in formulas.items():
        made.own[key] = Result(formula, 0, 0, 0.0)
        for row in await fetch(_GROUPED.format(rows=formula.sql, bucket=bucket(first, last)), path, start, end, clock.now()):
            result = Result(formula, row["n"], row["hits"], row["total"] or 0.0, median=row["median"])
            if row["child"] is not None:
                made.children.setdefault(row["child"], {})[key] = result
            elif row["at"] is not None:
                made.trends.setdefault(key, []).append((row["at"], result))
            else:
                made.own[key] = await _with_coverage(formulas, result, row["matters"], path, start, end)
    for points in made.trends.values():
        points.sort(key=lambda point: point[0])
    return made


async def _with_coverage(
    formulas: Mapping[str, Formula], result: Result, matters: int, path: str, start: datetime, end: datetime
) -> Result:
    """Beside a figure that not every matter takes part in: how many of them do."""
    if not result.formula.covers:
        return result
    whole = formulas[result.formula.covers].sql
    (row,) = await fetch(f"select count(distinct matter_id) as n from ({whole}) rows where at <= $4", path, start, end, clock.now())
    return replace(result, coverage=matters / row["n"] if row["n"] else None)


async def matter_ids(formula: Formula, path: str, first: date, last: date, *, counted: bool | None) -> list[UUID]:
    """The matters behind a figure; with `counted` only those in (or not in) the numerator."""
    start, end = period(first, last)
    condition = "" if counted is None else f"and counted is {'true' if counted else 'false'}"
    rows = await fetch(
        f"select distinct matter_id from ({formula.sql}) rows where at <= $4 {condition}", path, start, end, clock.now()
    )
    return [row["matter_id"] for row in rows]
