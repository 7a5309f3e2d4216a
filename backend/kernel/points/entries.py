"""Lines of the ledger and the account they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class EntryState(StrEnum):
    """DRAFT → CONFIRMED → (CONTESTED → UPHELD | REVOKED) → EXPIRED."""

    DRAFT = "DRAFT"
    CONFIRMED = "CONFIRMED"
    CONTESTED = "CONTESTED"
    UPHELD = "UPHELD"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class Change(NamedTuple):
    """The entry is in `state` from `on` (a day in Shanghai)."""

    on: date
    state: EntryState


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    Attributes:
        rule_version: version of the rule set it was made under.
        points: as given at the time; below zero for a deduction.
        fact_on: day of the fact. recorded_on: day it was written down.
        changes: in order of time; none means DRAFT. They are kept so that any past day can be computed as it was known.
        excuse: cause found when it was recorded; such an entry is shown and takes nothing. One found later revokes it.
    """

    id: str
    rule_id: str
    rule_version: int
    points: Decimal
    fact_on: date
    recorded_on: date
    changes: tuple[Change, ...] = ()
    excuse: str = ""

    def state_on(self, day: date) -> EntryState:
        state = EntryState.DRAFT
        for change in self.changes:
            if change.on > day:
                break
            state = change.state
        return state


@dataclass(frozen=True, slots=True)
class Account:
    """`closed_on` is the last day it has a score."""

    id: str
    kind: str
    opened_on: date
    entries: tuple[Entry, ...]
    closed_on: date | None = None
