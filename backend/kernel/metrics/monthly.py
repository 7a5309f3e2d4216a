"""Read the figures kept ready: of a division month by month, and of the divisions right below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.expressions import RawSQL

from backend.kernel import clock
from backend.kernel.db.connection import fetch
from backend.kernel.graphql.pages import Page, newest_first
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.metrics.formulas import Result
from backend.kernel.metrics.models import FigureFact
from backend.kernel.tenancy.models import Division, Level, level_of_path

#: A province or a city has cells of the counties in it, not of its own.
ABOVE_COUNTY = (Level.PROVINCE, Level.CITY)


@dataclass(frozen=True)
class Monthly:
    """Results of a period by figure: the division's own, month by month, and of each division right below it."""

    own: Mapping[FigureId, Result]
    trend: Mapping[FigureId, Mapping[date, Result]]
    below: Mapping[FigureId, Mapping[str, Result]]


async def read(path: str, first: date, last: date, *, since: date | None = None) -> Monthly:
    """The figures of a division for whole months; the caller's scope limits what is counted.

    Whoever is under way (`Formula.by_period`) counts once in every month of the period.

    Args:
        path: ltree path of a province, city, county, township or village.
        first, last: first days of the period's first and last month.
        since: where the trend starts, the period's first month without.
    """
    wide = level_of_path(path) in ABOVE_COUNTY
    inside = await _tenants(path) if wide else await paths_below(path)
    places = [path, *inside] if wide else [path]
    by_place = await _results(f"subpath(path, 0, {path.count('.') + 2})::text", inside, first, last)
    trend = await _results("month", places, since or first, last)
    if first == last:
        return Monthly({figure: months[last] for figure, months in trend.items() if last in months}, trend, by_place)
    own = await _results("''", places, first, last)
    return Monthly({figure: parts[""] for figure, parts in own.items()}, trend, by_place)


async def as_of(counties: Sequence[str]) -> datetime | None:
    """As of when the figures of all these counties are right; none as long as one of them has none yet."""
    (row,) = await fetch("select figures_as_of($1::text[], $2) as at", list(counties), clock.now())
    at: datetime | None = row["at"]
    return at


async def facts(
    figure: FigureId, path: str, first: date, last: date, counted: bool | None, size: int, after: str | None
) -> Page[FigureFact]:
    """What a figure counts in these months, newest first; only for who works in its application (row-level security)."""
    rows = FigureFact.filter(app=figure.app, key=figure.key, month__gte=first, month__lte=last, ahead=False)
    if counted is not None:
        rows = rows.filter(counted=counted)
    # The path comes from the table of divisions: digits and dots only.
    below = f"(select f.id from figure_fact f where f.path <@ '{path}'::ltree and f.app = '{figure.app}' and f.key = '{figure.key}')"
    return await newest_first(rows.filter(id__in=RawSQL(below)), by="at", first=size, after=after)


async def paths_below(path: str) -> list[str]:
    """Of the divisions right below this one, by code."""
    rows = Division.filter(parent=path.rsplit(".", 1)[-1], valid_to__isnull=True).order_by("code")
    return [str(row) for row in await rows.values_list("path", flat=True)]


async def _tenants(path: str) -> list[str]:
    """Of every county and city inside a province or city, itself left out; those that have ended too: their past counts on."""
    rows = await fetch(
        """select path::text as path from division where level in ('CITY', 'COUNTY') and path <@ $1::text::ltree
           and path <> $1::text::ltree""",
        path,
    )
    return [row["path"] for row in rows]


async def _results(group: str, places: Sequence[str], first: date, last: date) -> dict[FigureId, dict[Any, Result]]:
    """Sums of the cells of these places, one result for each figure and group."""
    divisions = [path.rsplit(".", 1)[-1] for path in places]
    where = "from figure_cell {more} where division = any ($1) and month >= $2 and month <= $3"
    sums = await fetch(
        f"""select app, key, {group} as part, sum(rows)::int as rows, sum(counted)::int as counted, sum(matters)::int as matters,
            sum(total) as total {where.format(more="")} group by 1, 2, 3""",
        divisions, first, last,
    )  # fmt: skip
    medians = await fetch(
        f"""select app, key, {group} as part, percentile_cont(0.5) within group (order by value) as median
            {where.format(more="cross join lateral unnest(spread) value")} and app || ':' || key = any ($4) group by 1, 2, 3""",
        divisions, first, last, [f"{figure.app}:{figure.key}" for figure, formula in figures().items() if formula.kind == "MEDIAN"],
    )  # fmt: skip
    middle = {(row["app"], row["key"], row["part"]): row["median"] for row in medians}
    matters = {(row["app"], row["key"], row["part"]): row["matters"] for row in sums}
    made: dict[FigureId, dict[Any, Result]] = {}
    for row in sums:
        formula = figures().get(FigureId(row["app"], row["key"]))
        if formula is None:
            continue  # of a version of the formulas that is gone
        cell = (row["app"], row["key"], row["part"])
        whole = matters.get((row["app"], formula.covers, row["part"]), 0)
        made.setdefault(FigureId(*cell[:2]), {})[row["part"]] = Result(
            formula, row["rows"], row["counted"], row["total"], row["matters"] / whole if whole else None, middle.get(cell)
        )
    return made
