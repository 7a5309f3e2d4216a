"""What is sent about the structure: tracks, key units, indicators, honours."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.cockpit.enums import Better, HonourLevel, PillarKind


@strawberry.input
class DefinePillarInput:
    """`code` is a track's or a key unit's; sent again for the same place it replaces what stood there."""

    division: str
    kind: PillarKind
    code: str
    lead_unit: str
    leader: str = ""
    duty: str = ""


@strawberry.input
class SetIndicatorInput:
    """A target of a figure (`app` and `key`), or an indicator with a `code` of its own and a `value` that is entered."""

    division: str
    name: str
    owner_unit: str
    target: float
    better: Better
    valid_from: date
    tolerance: float = 0.0
    app: str = ""
    key: str = ""
    code: str = ""
    formula: str = ""
    unit: str = ""
    value: float | None = None


@strawberry.input
class RecordHonourInput:
    division: str
    name: str
    level: HonourLevel
    awarded_on: date
    document: str = ""
    scene_id: ID | None = None
    file_ids: list[ID] | None = None
