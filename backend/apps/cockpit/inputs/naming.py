"""The names of the closed sets in the schema, given before any input uses them; other applications have states and kinds too."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from backend.apps.cockpit import enums

for _kind in vars(enums).values():
    if isinstance(_kind, type) and issubclass(_kind, StrEnum) and _kind is not StrEnum:
        strawberry.enum(_kind, name=f"Cockpit{_kind.__name__}")
