"""What is sent about figures."""

from __future__ import annotations

from datetime import date

import strawberry


@strawberry.input
class BaselineInput:
    """What the figure was in the period before, by what source. Only figures in days have one."""

    figure: str
    days: float
    first_on: date
    last_on: date
    source: str
