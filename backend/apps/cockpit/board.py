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
from backend.kernel.access.grants import rows_behind
from backend.kernel.deadlines.calendar import add_months
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page
from backend.kernel.manifest import RowBehind
from backend.kernel.metrics import asking, monthly
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.metrics.formulas import Formula, Result, months
from backend.kernel.metrics.models import FigureFact
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import lies_in

#: Months a trend shows, the last of the period included.
TREND_MONTHS = 12
#: A group of children or supervised persons smaller than this is not told from the cockpit (`domain.md` 1.11 no. 9).
SMALLEST_GROUP = 10


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
    def withheld(self) -> bool:
        return is_withheld(self.own)

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


def is_withheld(result: Result) -> bool:
    return result.formula.guarded and 0 < result.rows < SMALLEST_GROUP


def shown(result: Result | None) -> float | None:
    """The value, unless there is too little to say or too few people to say it of."""
    return None if result is None or not result.sufficient or is_withheld(result) else result.value


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
                [shown(read.trend.get(figure, {}).get(month)) for month in shown_months],
                [shown(read.below.get(figure, {}).get(path)) for path in below],
                targets.get(figure), may_open_rows(actor, figure),
            )
            for figure, formula in figures().items()
        ],
    )  # fmt: skip


def may_open_rows(actor: Actor, figure: FigureId) -> bool:
    """Rows are for who works in the application; children and supervised persons are not listed from here at all."""
    return not figures()[figure].guarded and figure.app in actor.purpose.split(",")


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
