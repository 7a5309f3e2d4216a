"""Which figures somebody may ask for: of which place and period."""

from __future__ import annotations

from datetime import date

from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal, not_found
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import find, lies_in

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
MOST_DAYS = 1100


def check_period(first: date, last: date) -> None:
    """Raises `INVALID` unless the period runs forward and is at most three years long."""
    if not FIRST_DAY <= first <= last <= LAST_DAY or (last - first).days > MOST_DAYS:
        raise Refusal("INVALID", "to")


async def place(actor: Actor, permission: str, code: str) -> Division:
    """The division, when it lies in the actor's place. Raises `NOT_PERMITTED`, `NOT_FOUND`."""
    actor.require(permission)
    division = await find(code)
    if division is None or actor.membership is None or not lies_in(division.path, actor.membership.path):
        raise not_found("division")
    return division
