"""Queries of mediation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.mediation import figures, queries
from backend.apps.mediation.enums import DisputeCategory, Force, HandlingLevel, SignalState
from backend.apps.mediation.graphql.reports import (
    Assignee,
    Briefing,
    CategoryCount,
    ChildFigures,
    ColourCount,
    DisputeSignal,
    Figure,
    MapPoint,
    MediationFigures,
    SimilarDispute,
    Trend,
    TrendPoint,
    UnitScore,
)
from backend.apps.mediation.graphql.types import Dispute
from backend.apps.mediation.inputs import DisputeFilter
from backend.apps.mediation.models import ScoreEntry
from backend.apps.mediation.permissions import Permission
from backend.kernel import clock
from backend.kernel.deadlines.clock import Colour
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import AccessLogEntry
from backend.kernel.metrics import asking
from backend.kernel.metrics.formulas import Result, period

FromDate = Annotated[date, strawberry.argument(name="from")]


@strawberry.type
class MediationQuery:
    @strawberry.field(description="Disputes within my reach, newest change first.")
    async def disputes(
        self, info: Info, first: int = 20, after: str | None = None, filter: DisputeFilter | None = None
    ) -> Connection[Dispute]:
        page = await queries.disputes(info.context.actor, filter, first, after)
        return page.connection(Dispute.of)

    @strawberry.field(description="Open disputes I answer for, mediate or am a party of.")
    async def my_tasks(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Dispute]:
        page = await queries.my_tasks(info.context.actor, first, after)
        return page.connection(Dispute.of)

    @strawberry.field
    async def dispute(self, info: Info, id: ID) -> Dispute | None:
        row = await queries.dispute(info.context.actor, id)
        return Dispute.of(row) if row else None

    @strawberry.field(description="Disputes that read alike or lie near, offered while a report is typed.")
    async def similar_disputes(
        self, info: Info, text: str, division: str | None = None, latitude: float | None = None,
        longitude: float | None = None, first: int = 5,
    ) -> list[SimilarDispute]:  # fmt: skip
        if len(text.strip()) < 4:
            return []
        rows = await queries.similar(info.context.actor, text.strip(), division, latitude, longitude, first)
        return [
            SimilarDispute(
                id=ID(str(row["id"])), code=row["code"], category=DisputeCategory(row["category"]),
                registered_at=row["registered_at"], state=row["state"], place_text=row["place_text"] or None,
                distance_metres=row["distance"], similarity=round(row["similarity"], 3), mine=row["mine"],
            )
            for row in rows
        ]  # fmt: skip

    @strawberry.field(description="Disputes with a position.")
    async def dispute_map(self, info: Info, division: str, open: bool | None = None) -> list[MapPoint]:
        now = clock.now()
        rows = await queries.on_map(info.context.actor, division, open_only=open)
        return [
            MapPoint(
                id=ID(str(row.id)), code=row.code, latitude=row.latitude or 0.0, longitude=row.longitude or 0.0,
                category=row.category, state=row.state,
                colour=Colour.GREY if row.due_at is None else Colour.RED if row.due_at < now
                else Colour.YELLOW if row.yellow_at and row.yellow_at <= now else Colour.BLUE,
            )
            for row in rows
        ]  # fmt: skip

    @strawberry.field(description="The five rings of a division in `[from, to]`, both days included.")
    async def mediation_figures(self, info: Info, division: str, from_: FromDate, to: date) -> MediationFigures:
        asking.check_period(from_, to)
        place = await asking.place(info.context.actor, Permission.FIGURES, division)
        report = await figures.report(place.path, from_, to)
        start, end = period(from_, to)
        return MediationFigures(
            from_=from_, to=to, computed_at=clock.now(), code=place.code,
            rings=JSON(await figures.ring_counts(place.path, from_, to)),
            figures=[Figure.of(result) for result in report.own.values()],
            trends=[_trend(key, points, to) for key, points in report.trends.items()],
            children=[
                ChildFigures(code=path.rsplit(".", 1)[-1], figures=[Figure.of(each) for each in results.values()])
                for path, results in sorted(report.children.items())
                if path != place.path
            ],
            by_category=[
                CategoryCount(category=DisputeCategory(row["category"]), count=row["n"])
                for row in await queries.by_category(place.path, start, end)
            ],
            open_by_colour=[
                ColourCount(colour=Colour(row["colour"]), count=row["n"])
                for row in await queries.open_by_colour(place.path)
            ],
        )  # fmt: skip

    @strawberry.field(description="The disputes behind a figure.")
    async def figure_rows(
        self, info: Info, figure: str, division: str, from_: FromDate, to: date, counted: bool | None = None,
        first: int = 20, after: str | None = None,
    ) -> Connection[Dispute]:  # fmt: skip
        page = await queries.figure_rows(
            info.context.actor, figure, division, from_, to, counted, first, after
        )
        return page.connection(Dispute.of)

    @strawberry.field
    async def dispute_signals(
        self, info: Info, first: int = 20, after: str | None = None, states: list[SignalState] | None = None
    ) -> Connection[DisputeSignal]:
        page = await queries.signals(info.context.actor, states, first, after)
        return page.connection(DisputeSignal.of)

    @strawberry.field
    async def briefings(self, info: Info, first: int = 10) -> list[Briefing]:
        return [Briefing.of(row) for row in await queries.briefings(info.context.actor, first)]

    @strawberry.field(description="Unit scores of a quarter (2026Q4).")
    async def unit_scores(self, info: Info, division: str, quarter: str | None = None) -> list[UnitScore]:
        name, rows = await queries.score_entries(info.context.actor, division, quarter)
        units: dict[str, list[ScoreEntry]] = {}
        for row in rows:
            units.setdefault(row.unit, []).append(row)
        return [UnitScore.of(unit, name, entries) for unit, entries in sorted(units.items())]

    @strawberry.field(description="Who may be given the dispute, or asked to mediate it, at a level.")
    async def assignees(self, info: Info, dispute_id: ID, level: HandlingLevel) -> list[Assignee]:
        return [
            Assignee(
                membership_id=ID(str(member.id)), name=member.name, role=member.role, agency_name=member.agency_name,
                force=Force(member.force) if member.force else None, open_matters=load,
            )
            for member, load in await queries.assignees(info.context.actor, dispute_id, level)
        ]  # fmt: skip

    @strawberry.field(description="Who looked at masked data of this matter, and why.")
    async def access_log(self, info: Info, matter_id: ID) -> list[AccessLogEntry]:
        return [
            AccessLogEntry.of(row)
            for row in await queries.access_log(info.context.actor, matter_id)
        ]


def _trend(key: str, points: list[tuple[date, Result]], last: date) -> Trend:
    ends = [*(start - timedelta(days=1) for start, _ in points[1:]), last]
    return Trend(
        key=key,
        points=[
            TrendPoint(from_=start, to=end, value=result.value, count=result.rows)
            for (start, result), end in zip(points, ends, strict=True)
        ],
    )
