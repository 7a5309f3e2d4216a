"""The programme's structure, and what commands answer with."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.cockpit import enums as e
from backend.apps.cockpit import models
from backend.apps.cockpit.graphql.matters import (
    CockpitHazard,
    CockpitMeeting,
    CockpitProblem,
    CockpitScene,
    CockpitTask,
)
from backend.apps.cockpit.graphql.parts import CockpitHonour, CockpitPlace
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import Division, division_of
from backend.kernel.metrics.catalogue import figures


@strawberry.type(description="A track or key unit as a place runs it.")
class CockpitPillar:
    id: ID
    kind: e.PillarKind
    code: str
    lead_unit: str
    leader: str | None
    duty: str | None
    updated_at: datetime
    row: strawberry.Private[models.Pillar]

    @classmethod
    def of(cls, row: models.Pillar) -> CockpitPillar:
        return cls(
            id=ID(str(row.id)), kind=row.kind, code=row.code, lead_unit=row.lead_unit, leader=row.leader or None,
            duty=row.duty or None, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.path.rsplit(".", 1)[-1])


@strawberry.type(description="A target for a place: of a figure (`app`, `key`) or of a value that is entered.")
class CockpitIndicator:
    id: ID
    code: str
    app: str | None
    key: str | None
    name: str
    owner_unit: str
    formula: str | None
    unit: str
    target: float
    tolerance: float
    better: e.Better
    value: float | None
    valid_from: date
    updated_at: datetime
    row: strawberry.Private[models.Indicator]

    @classmethod
    def of(cls, row: models.Indicator) -> CockpitIndicator:
        return cls(
            id=ID(str(row.id)), code=row.code, app=row.app or None, key=row.key or None, name=row.name, owner_unit=row.owner_unit,
            formula=row.formula or None, unit=row.unit, target=row.target, tolerance=row.tolerance, better=row.better,
            value=row.value, valid_from=row.valid_from, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.path.rsplit(".", 1)[-1])


@strawberry.type(description="A figure of an application, for which a target may be set.")
class CockpitFigureChoice:
    app: str
    key: str
    name: str
    unit: str

    @classmethod
    def all(cls) -> list[CockpitFigureChoice]:
        return [cls(app=each.app, key=each.key, name=formula.name, unit=formula.unit) for each, formula in figures().items()]


@strawberry.type
class CockpitPillarPayload:
    pillar: CockpitPillar | None
    errors: list[UserError]


@strawberry.type
class CockpitIndicatorPayload:
    indicator: CockpitIndicator | None
    errors: list[UserError]


@strawberry.type
class CockpitHonourPayload:
    honour: CockpitHonour | None
    errors: list[UserError]


@strawberry.type
class CockpitPlacePayload:
    place: CockpitPlace | None
    errors: list[UserError]


@strawberry.type
class CockpitScenePayload:
    scene: CockpitScene | None
    errors: list[UserError]


@strawberry.type
class CockpitMeetingPayload:
    meeting: CockpitMeeting | None
    errors: list[UserError]


@strawberry.type
class CockpitTaskPayload:
    task: CockpitTask | None
    errors: list[UserError]


@strawberry.type
class CockpitProblemPayload:
    problem: CockpitProblem | None
    errors: list[UserError]


@strawberry.type
class CockpitHazardPayload:
    hazard: CockpitHazard | None
    errors: list[UserError]
