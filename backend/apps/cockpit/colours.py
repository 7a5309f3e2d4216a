"""The colour of a figure against its target."""

from __future__ import annotations

from enum import StrEnum

from backend.apps.cockpit.enums import Better


class Colour(StrEnum):
    """NONE: no target, or too little to say."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    NONE = "NONE"


def colour(value: float | None, target: float, tolerance: float, better: Better) -> Colour:
    """Green on target, yellow within the tolerance beside it, red beyond."""
    if value is None:
        return Colour.NONE
    short = target - value if better is Better.HIGHER else value - target
    return Colour.GREEN if short <= 0 else Colour.YELLOW if short <= tolerance else Colour.RED
