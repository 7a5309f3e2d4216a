"""What is sent about places and hazards."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.cockpit.enums import HazardGrade, HazardState, KeyUnit


@strawberry.input
class RegisterPlaceInput:
    """`contact` is a duty telephone and nobody's private one."""

    division: str
    unit: KeyUnit
    name: str
    address: str = ""
    contact: str = ""


@strawberry.input
class FindHazardInput:
    """`hazardId` is made on the phone: sent twice, the hazard is recorded once."""

    hazard_id: ID
    division: str
    unit: KeyUnit
    place_text: str
    text: str
    found_at: datetime
    place_id: ID | None = None
    latitude: float | None = None
    longitude: float | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class GradeHazardInput:
    """Without a grade there is no hazard, which `reason` explains."""

    id: ID
    version: int
    reason: str
    grade: HazardGrade | None = None


@strawberry.input
class OrderRectificationInput:
    """`owner` is a membership: whoever answers for it."""

    id: ID
    version: int
    owner: ID
    demand: str
    due_on: date


@strawberry.input
class RectifyHazardInput:
    id: ID
    version: int
    text: str
    file_ids: list[ID] | None = None


@strawberry.input
class VerifyHazardInput:
    id: ID
    version: int
    passed: bool
    finding: str
    due_on: date | None = None


@strawberry.input
class CockpitHazardFilter:
    states: list[HazardState] | None = None
    units: list[KeyUnit] | None = None
    grades: list[HazardGrade] | None = None
    open: bool | None = None
    mine: bool | None = strawberry.field(default=None, description="Found by me, or mine to rectify.")
    overdue: bool | None = None
    search: str | None = strawberry.field(default=None, description="Code or place.")
    division: str | None = None
