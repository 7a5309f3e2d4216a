"""The board: a division's figures of every application, with trend, targets and colours, and the divisions below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.apps.cockpit import access
from backend.apps.cockpit.colours import Colour, colour
from backend.apps.cockpit.models import Indicator
from backend.apps.cockpit.permissions import Permission
from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import may_read_rows, rows_behind
from backend.kernel.deadlines.calendar import add_months
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page
from backend.kernel.manifest import RowBehind
from backend.kernel.metrics import asking, monthly
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.metrics.formulas import Formula, Result, months
from backend.kernel.metrics.models import FigureFact
from backend.kernel.tenancy.models import Division, Level
from backend.kernel.tenancy.service import lies_in

#: Months a trend shows, the last of the period included.
TREND_MONTHS = 12


@dataclass(frozen=True)
class Figure:
    """One figure of the board. `trend` follows the board's months, `below` and `colours_below` its divisions."""

    id: FigureId
    formula: Formula
    own: Result
    trend: Sequence[float | None]
    below: Sequence[float | None]
    indicator: Indicator | None
    open_rows: bool

    @property
    def parts(self) -> tuple[float | None, int | None]:
        """Numerator and denominator; none of people whom somebody could count by subtracting, nor of a median, which has none."""
        hidden = self.formula.guarded or self.formula.kind == "MEDIAN"
        return (None, None) if hidden else (self.own.numerator, self.own.rows)

    @property
    def value(self) -> float | None:
        return shown(self.own)

    @property
    def colour(self) -> Colour:
        return self._colour(self.value)

    @property
    def colours_below(self) -> list[Colour]:
        return [self._colour(value) for value in self.below]

    def _colour(self, value: float | None) -> Colour:
        wanted = self.indicator
        return Colour.NONE if wanted is None else colour(value, wanted.target, wanted.tolerance, wanted.better)


@dataclass(frozen=True)
class Board:
    division: Division
    months: Sequence[date]
    as_of: datetime | None
    below: Sequence[str]
    figures: Sequence[Figure]


def shown(result: Result | None) -> float | None:
    """The value, unless there is too little to say or too few people to say it of."""
    return None if result is None or not result.sufficient or result.withheld else result.value


def side_by_side(results: Sequence[Result | None]) -> list[float | None]:
    """Their values; none at all where a count of people is withheld, which the others and the sum would tell."""
    told = all(result is None or result.formula.kind != "COUNT" or not result.withheld for result in results)
    return [shown(result) if told else None for result in results]


async def board(actor: Actor, code: str, first: date, last: date) -> Board:
    """Every figure of a division for whole months. Raises `NOT_PERMITTED`, `NOT_FOUND`, `INVALID`."""
    division = await _asked(actor, code, first, last)
    since = min(first, add_months(last, 1 - TREND_MONTHS))
    read = await monthly.read(division.path, first, last, since=since)
    shown_months, below = months(since, last), await monthly.paths_below(division.path)
    targets = await _targets(actor, division.path, last)
    assert actor.membership is not None
    return Board(
        division, shown_months, await monthly.as_of(actor.membership.counties), [path.rsplit(".", 1)[-1] for path in below],
        [
            Figure(
                figure, formula, read.own.get(figure, Result(formula, 0, 0, 0.0)),
                side_by_side([read.trend.get(figure, {}).get(month) for month in shown_months]),
                side_by_side([read.below.get(figure, {}).get(path) for path in below]),
                targets.get(figure), may_open_rows(actor, figure),
            )
            for figure, formula in figures().items()
        ],
    )  # fmt: skip


def may_open_rows(actor: Actor, figure: FigureId) -> bool:
    """Rows are for who reads the application's matters; children and supervised persons are not listed from here at all."""
    return not figures()[figure].guarded and may_read_rows(actor, figure.app)


async def rows(
    actor: Actor, figure: FigureId, code: str, first: date, last: date, counted: bool | None, size: int, after: str | None
) -> tuple[Page[FigureFact], Mapping[UUID, RowBehind]]:
    """What a figure counts, newest first, and what the reader may see of it. Raises as `board`, `NOT_FOUND` on `key`."""
    division = await _asked(actor, code, first, last)
    if figure not in figures():
        raise Refusal("NOT_FOUND", "key")
    if not may_open_rows(actor, figure):
        raise Refusal("NOT_PERMITTED", "key")
    page = await monthly.facts(figure, division.path, first, last, counted, size, after)
    return page, await rows_behind(actor, figure.app, sorted({row.matter_id for row in page.rows}))


async def _asked(actor: Actor, code: str, first: date, last: date) -> Division:
    division = await asking.place(actor, Permission.FIGURES, code)
    asking.check_period(first, last)
    if division.level is Level.GRID:
        raise Refusal("INVALID", "division")
    if first.day != 1 or last.day != 1:
        raise Refusal("INVALID", "from")
    return division


async def _targets(actor: Actor, path: str, month: date) -> dict[FigureId, Indicator]:
    """The target that holds in a division: its own before that of a wider one, a newer before an older."""
    holding = [
        row for row in await access.indicators(actor).order_by("valid_from")
        if row.app and lies_in(path, row.path) and month_of_day(row.valid_from) <= month
    ]  # fmt: skip
    holding.sort(key=lambda row: (row.path.count("."), row.valid_from))
    return {FigureId(row.app, row.key): row for row in holding}


def month_of_day(day: date) -> date:
    return day.replace(day=1)
