"""Figures of oversight, what they are compared with, and the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.oversight import models
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import Division
from backend.kernel.metrics.formulas import Result


@strawberry.type(description="What the county states that a figure was before, and by what source.")
class OversightBaseline:
    id: ID
    figure: str
    days: float
    first_on: date
    last_on: date
    source: str
    stated_at: datetime

    @classmethod
    def of(cls, row: models.Baseline) -> OversightBaseline:
        return cls(
            id=ID(str(row.id)), figure=row.figure, days=row.days, first_on=row.first_on, last_on=row.last_on, source=row.source,
            stated_at=row.at,
        )  # fmt: skip


@strawberry.type(description="A figure; `value` is empty where there is too little to say.")
class OversightFigure:
    key: str
    text: str
    unit: str
    value: float | None
    rows: int
    baseline: OversightBaseline | None
    saved: float | None = strawberry.field(description="Days fewer than before; negative when it takes longer now.")

    @classmethod
    def of(cls, result: Result, baselines: Mapping[str, models.Baseline] | None = None) -> OversightFigure:
        value = result.value if result.sufficient else None
        before = (baselines or {}).get(result.formula.key)
        return cls(
            key=result.formula.key, text=result.formula.text, unit=result.formula.unit, value=value, rows=result.rows,
            baseline=OversightBaseline.of(before) if before else None,
            saved=before.days - value if before and value is not None else None,
        )  # fmt: skip


@strawberry.type
class OversightChildFigures:
    division: Division
    figures: list[OversightFigure]


@strawberry.type(description="Figures of a division and of those below it; none is about one deputy.")
class OversightFigures:
    computed_at: datetime
    figures: list[OversightFigure]
    children: list[OversightChildFigures]


@strawberry.type(description="A matter that a figure looks at: `kind` is CLUE, RECOMMENDATION, SUGGESTION or PROJECT, and `title` what its list calls it.")
class OversightFigureRow:
    id: ID
    kind: str
    code: str
    title: str
    state: str
    updated_at: datetime

    @classmethod
    def of(cls, row: models.Clue | models.Recommendation | models.Suggestion | models.JointProject) -> OversightFigureRow:
        kind, title = {
            models.Clue: ("CLUE", "title"), models.Recommendation: ("RECOMMENDATION", "unit_name"), models.JointProject: ("PROJECT", "subject"),
            models.Suggestion: ("SUGGESTION", "title"),
        }[type(row)]  # fmt: skip
        return cls(
            id=ID(str(row.id)), kind=kind, code=row.code, title=getattr(row, title), state=str(row.state), updated_at=row.updated_at
        )


@strawberry.type
class OversightBaselinePayload:
    baseline: OversightBaseline | None
    errors: list[UserError]
