"""Names of the closed sets of words in the schema, given before any input uses them.

Other applications have states, requests and tasks too, so each gets a word of its own in front.
"""

from __future__ import annotations

from enum import StrEnum

import strawberry

from backend.apps.rehab import enums

for _kind in vars(enums).values():
    if isinstance(_kind, type) and issubclass(_kind, StrEnum) and _kind is not StrEnum:
        strawberry.enum(_kind, name=f"Rehab{_kind.__name__}")
