"""Queries of reunion."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry import ID

from backend.apps.reunion import figures, queries
from backend.apps.reunion.graphql.desk import DeskQuery
from backend.apps.reunion.graphql.hands import HandsQuery
from backend.apps.reunion.graphql.imports import ImportQuery
from backend.apps.reunion.graphql.public import ReunionTip
from backend.apps.reunion.graphql.types import ReunionCase
from backend.apps.reunion.inputs import ReunionCaseFilter
from backend.apps.reunion.permissions import Permission
from backend.kernel import clock
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import Division, division_of
from backend.kernel.metrics import asking
from backend.kernel.metrics.formulas import Result, report
from backend.kernel.tenancy.models import Level, level_of_path

FromDate = Annotated[date, strawberry.argument(name="from")]


@strawberry.type(description="A figure; `value` is empty where there is too little to say.")
class ReunionFigure:
    key: str
    text: str
    unit: str
    value: float | None
    rows: int

    @classmethod
    def of(cls, result: Result, place: str) -> ReunionFigure:
        """Above the county nobody counts a few children, nor takes them for the rest of a median's rows."""
        wide = level_of_path(place) in (Level.PROVINCE, Level.CITY)
        hidden = wide and (result.withheld or result.formula.kind == "MEDIAN")
        return cls(
            key=result.formula.key, text=result.formula.text, unit=result.formula.unit,
            value=result.value if result.sufficient and not (wide and result.withheld) else None, rows=0 if hidden else result.rows,
        )  # fmt: skip


@strawberry.type
class ReunionChildFigures:
    division: Division
    figures: list[ReunionFigure]


@strawberry.type(description="Figures of a division and of those below it.")
class ReunionFigures:
    computed_at: datetime
    figures: list[ReunionFigure]
    children: list[ReunionChildFigures]


@strawberry.type
class ReunionQuery(DeskQuery, HandsQuery, ImportQuery):
    @strawberry.field(description="What I said I saw, newest first.")
    async def my_tips(self, info: Info) -> list[ReunionTip]:
        rows = await queries.my_tips(info.context.actor)
        files = await info.context.load_many(kernel_loaders.files_of_matter, [row.id for row in rows])
        return [ReunionTip.of(row, own, whole=False) for row, own in zip(rows, files, strict=True)]

    @strawberry.field(description="Cases of my place, newest change first; for a family its own reports.")
    async def reunion_cases(
        self, info: Info, first: int = 20, after: str | None = None, filter: ReunionCaseFilter | None = None
    ) -> Connection[ReunionCase]:
        page = await queries.cases(info.context.actor, filter, first, after)
        return page.connection(ReunionCase.of)

    @strawberry.field
    async def reunion_case(self, info: Info, id: ID) -> ReunionCase | None:
        row = await queries.case(info.context.actor, id)
        return ReunionCase.of(row) if row else None

    @strawberry.field(description="Figures of a division in `[from, to]`, both days included.")
    async def reunion_figures(self, info: Info, division: str, from_: FromDate, to: date) -> ReunionFigures:
        asking.check_period(from_, to)
        place = await asking.place(info.context.actor, Permission.FIGURES, division)
        found = await report(figures.FORMULAS, place.path, from_, to)
        return ReunionFigures(
            computed_at=clock.now(), figures=[ReunionFigure.of(each, place.path) for each in found.own.values()],
            children=[
                ReunionChildFigures(
                    division=await division_of(info, path.rsplit(".", 1)[-1]),
                    figures=[ReunionFigure.of(each, place.path) for each in results.values()],
                )
                for path, results in sorted(found.children.items())
                if path != place.path
            ],
        )  # fmt: skip
