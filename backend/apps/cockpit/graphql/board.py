"""The board as GraphQL shows it. Columns instead of objects: forty figures of nine places over a year are sent often."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry import ID

from backend.apps.cockpit import board
from backend.apps.cockpit.board import Board, Figure
from backend.apps.cockpit.colours import Colour
from backend.apps.cockpit.enums import Better
from backend.apps.cockpit.permissions import Permission
from backend.kernel.db.scope import open_scope
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import messages
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import Division, division_of
from backend.kernel.manifest import RowBehind
from backend.kernel.metrics import asking, cells, monthly
from backend.kernel.metrics.catalogue import FigureId
from backend.kernel.metrics.models import FigureFact

FromMonth = Annotated[date, strawberry.argument(name="from", description="First day of the first month.")]
strawberry.enum(Colour, name="CockpitColour")


@strawberry.type(
    description="One figure. `value` is empty where there is too little to say (`sufficient`), or too few people (`withheld`); "
    "`trend` follows the board's `months`, `below` and `coloursBelow` its `below`."
)
class CockpitFigure:
    app: str
    key: str
    unit: str
    kind: str
    formula: str
    value: float | None
    numerator: float | None
    denominator: int | None
    sufficient: bool
    withheld: bool
    coverage: float | None
    baseline: float | None
    target: float | None
    tolerance: float | None
    better: Better | None
    colour: Colour
    trend: list[float | None]
    below: list[float | None]
    colours_below: list[Colour]
    open_rows: bool = strawberry.field(description="Whether I may see the rows behind it.")

    @classmethod
    def of(cls, figure: Figure) -> CockpitFigure:
        own, wanted = figure.own, figure.indicator
        numerator, denominator = figure.parts
        return cls(
            app=figure.id.app, key=figure.id.key, unit=figure.formula.unit, kind=figure.formula.kind, formula=figure.formula.text,
            value=figure.value, numerator=numerator, denominator=denominator, sufficient=own.sufficient, withheld=own.withheld,
            coverage=None if denominator is None else own.coverage, baseline=figure.formula.baseline,
            target=wanted.target if wanted else None, tolerance=wanted.tolerance if wanted else None,
            better=wanted.better if wanted else None, colour=figure.colour, trend=list(figure.trend), below=list(figure.below),
            colours_below=figure.colours_below, open_rows=figure.open_rows,
        )  # fmt: skip


@strawberry.type(description="A division's figures of every application for whole months; kept within a minute of the events.")
class CockpitBoard:
    months: list[date]
    as_of: datetime | None
    figures: list[CockpitFigure]
    code: strawberry.Private[str]
    codes_below: strawberry.Private[list[str]]

    @classmethod
    def of(cls, read: Board) -> CockpitBoard:
        return cls(
            months=list(read.months), as_of=read.as_of, figures=[CockpitFigure.of(figure) for figure in read.figures],
            code=read.division.code, codes_below=list(read.below),
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.code)

    @strawberry.field
    async def below(self, info: Info) -> list[Division]:
        return [await division_of(info, code) for code in self.codes_below]


@strawberry.type(description="What a figure counts; code, title and state as far as I may read the matter.")
class CockpitRow:
    id: ID
    matter_id: ID
    at: datetime
    counted: bool
    value: float | None
    code: str | None
    title: str | None
    state: str | None
    kind: str | None = strawberry.field(description="As a notification's, for the way to its page.")
    place: strawberry.Private[str]

    @classmethod
    def of(cls, row: FigureFact, behind: RowBehind | None) -> CockpitRow:
        return cls(
            id=ID(str(row.id)), matter_id=ID(str(row.matter_id)), at=row.at, counted=row.counted, value=row.value, code=behind.code if behind else None,
            title=(behind.title or None) if behind else None, state=behind.state if behind else None,
            kind=behind.kind if behind else None, place=row.path.rsplit(".", 1)[-1],
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.place)


@strawberry.type
class CockpitBoardQuery:
    @strawberry.field(description="The board of a division in my place, for whole months.")
    async def cockpit_board(self, info: Info, division: str, from_: FromMonth, to: date) -> CockpitBoard:
        return CockpitBoard.of(await board.board(info.context.actor, division, from_, to))

    @strawberry.field(description="What a figure of the board counts, newest first.")
    async def cockpit_rows(
        self, info: Info, app: str, key: str, division: str, from_: FromMonth, to: date, counted: bool | None = None,
        first: int = 20, after: str | None = None,
    ) -> Connection[CockpitRow]:  # fmt: skip
        page, behind = await board.rows(info.context.actor, FigureId(app, key), division, from_, to, counted, first, after)
        return page.connection(lambda row: CockpitRow.of(row, behind.get(row.matter_id)))


@strawberry.type
class CockpitSubscription:
    @strawberry.subscription(description="When the figures of a division in my place are new: as of when they are.")
    async def cockpit_changed(self, info: Info, division: str) -> AsyncGenerator[datetime, None]:
        actor = info.context.actor
        async with open_scope(actor.scope):
            place = await asking.place(actor, Permission.FIGURES, division)
        # What is smaller than a county changes with its county.
        county_or_wider = place.path.split(".")[:3][-1]
        async for listener, _ in messages(info.context, cells.channel(county_or_wider)):
            if listener.membership is None or not listener.may(Permission.FIGURES):
                return
            async with open_scope(listener.scope):
                at = await monthly.as_of(listener.membership.counties)
            if at is not None:
                yield at
