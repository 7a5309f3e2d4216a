"""Figures, warnings, briefings and unit scores, as GraphQL shows them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.mediation import models, rules
from backend.apps.mediation.enums import DisputeCategory, DisputeState, Force, SignalState
from backend.apps.mediation.service.scoring import total
from backend.kernel.deadlines.clock import Colour
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import Division, Paper, division_of
from backend.kernel.metrics.formulas import Result


@strawberry.type(description="One figure with what it is made of. `sufficient` is false below 20 rows.")
class Figure:
    key: str
    value: float | None
    unit: str
    numerator: float | None
    denominator: int
    coverage: float | None
    sufficient: bool
    baseline: float | None
    formula: str

    @classmethod
    def of(cls, result: Result) -> Figure:
        return cls(
            key=result.formula.key, value=result.value, unit=result.formula.unit, numerator=result.numerator,
            denominator=result.rows, coverage=result.coverage, sufficient=result.sufficient,
            baseline=result.formula.baseline, formula=result.formula.text,
        )  # fmt: skip


@strawberry.type
class TrendPoint:
    from_: date = strawberry.field(name="from")
    to: date
    value: float | None
    count: int


@strawberry.type
class Trend:
    key: str
    points: list[TrendPoint]


@strawberry.type
class ChildFigures:
    figures: list[Figure]
    code: strawberry.Private[str]

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.code)


@strawberry.type
class CategoryCount:
    category: DisputeCategory
    count: int


@strawberry.type
class ColourCount:
    colour: Colour
    count: int


@strawberry.type(description="The five rings of one division in one period, computed from events.")
class MediationFigures:
    from_: date = strawberry.field(name="from")
    to: date
    computed_at: datetime
    rings: JSON
    figures: list[Figure]
    trends: list[Trend]
    children: list[ChildFigures]
    by_category: list[CategoryCount]
    open_by_colour: list[ColourCount]
    code: strawberry.Private[str]

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.code)


@strawberry.type(description="纠纷预警信号, with the statistic that raised it.")
class DisputeSignal:
    id: ID
    pattern: str
    severity: str
    category: DisputeCategory | None
    count: int
    expected: float | None
    statistic: float | None
    statistic_name: str | None
    period_from: date
    period_to: date
    state: SignalState
    raised_at: datetime
    analysis_due: datetime | None
    cause: str | None
    rule_gap: str | None
    proposal: str | None
    code: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.Signal) -> DisputeSignal:
        return cls(
            id=ID(str(row.id)), pattern=row.pattern, severity=row.severity,
            category=DisputeCategory(row.category) if row.category else None, count=row.count, expected=row.expected,
            statistic=row.statistic, statistic_name=row.statistic_name or None, period_from=row.period_from,
            period_to=row.period_to, state=row.state, raised_at=row.raised_at, analysis_due=row.analysis_due,
            cause=row.cause or None, rule_gap=row.rule_gap or None, proposal=row.proposal or None, code=row.division,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.code)


@strawberry.type
class SignalPayload:
    signal: DisputeSignal | None
    errors: list[UserError]


@strawberry.type
class Briefing:
    id: ID
    week_from: date
    week_to: date
    row: strawberry.Private[models.Briefing]

    @classmethod
    def of(cls, row: models.Briefing) -> Briefing:
        return cls(id=ID(str(row.id)), week_from=row.week_from, week_to=row.week_to, row=row)

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.division)

    @strawberry.field
    async def paper(self, info: Info) -> Paper:
        row = await info.context.load(kernel_loaders.papers, self.row.paper_id)
        assert row is not None
        return Paper.of(row)


@strawberry.type(description="Points with the rule that gave them; the unit may reply.")
class ScoreEntry:
    id: ID
    points: int
    rule: str
    rule_version: int
    rule_text: str
    matter_code: str
    occurred_at: datetime
    state: str
    reply: str | None

    @classmethod
    def of(cls, row: models.ScoreEntry) -> ScoreEntry:
        rule = rules.SCORE_RULES.get(row.rule)
        return cls(
            id=ID(str(row.id)), points=row.points, rule=row.rule, rule_version=row.rule_version,
            rule_text=rule.text if rule else row.rule, matter_code=row.matter_code, occurred_at=row.occurred_at,
            state=row.state, reply=row.reply or None,
        )  # fmt: skip


@strawberry.type(description="A unit's quarter: 100 plus its entries; process only, never the number of disputes.")
class UnitScore:
    unit: str
    quarter: str
    score: int
    entries: list[ScoreEntry]

    @classmethod
    def of(cls, unit: str, quarter: str, rows: list[models.ScoreEntry]) -> UnitScore:
        return cls(unit=unit, quarter=quarter, score=total(rows), entries=[ScoreEntry.of(row) for row in rows])


@strawberry.type
class SimilarDispute:
    id: ID
    code: str
    category: DisputeCategory
    registered_at: datetime
    state: DisputeState
    place_text: str | None
    distance_metres: float | None
    similarity: float
    mine: bool


@strawberry.type
class MapPoint:
    id: ID
    code: str
    latitude: float
    longitude: float
    category: DisputeCategory
    colour: Colour
    state: DisputeState


@strawberry.type
class Assignee:
    membership_id: ID
    name: str
    role: str
    agency_name: str
    force: Force | None
    open_matters: int


@strawberry.type
class ContactPayload:
    phone: str | None
    id_number: str | None
    errors: list[UserError]
