"""From a ledger to a standing, with every step shown. Nothing is stored here and nothing reads the clock.

How it counts, so that a person can do the sum by hand:
- A weight is rounded to four decimals; points x weight and their sum are exact; the score is rounded once, to two
  decimals, half up; the band is read from the rounded score.
- Points count as given at the time. Base, bounds, fading, bands and the quarter's limit are those of the rule set in force
  on the day; category, yearly cap and ceiling those of the version the entry names.
- Where a limit (year, quarter) is exceeded, the newest facts count first. So one more good fact never lowers a score,
  and a deduction that is contested or revoked never lowers it either, whatever the others are.
- "n months after day d" runs through the corresponding day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Final, NamedTuple

from backend.kernel.errors import Refusal
from backend.kernel.points.entries import Account, Entry, EntryState
from backend.kernel.points.rules import ZERO, Rule, RuleSet
from backend.kernel.points.timeline import ONE, Timeline, faded_after, fading, months_after, rounded
from backend.kernel.points.timeline import counts_until as expiry

ONE_DAY: Final = timedelta(days=1)
_BY_FACT: Final = attrgetter("fact_on", "id")
_CONFIRMED, _CONTESTED, _UPHELD = EntryState.CONFIRMED, EntryState.CONTESTED, EntryState.UPHELD


class Why(StrEnum):
    """Why an entry counts for less than its points, apart from fading."""

    DRAFT = "DRAFT"
    CONTESTED = "CONTESTED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    EXCUSED = "EXCUSED"
    BEFORE_ACCOUNT = "BEFORE_ACCOUNT"
    BEFORE_RESTART = "BEFORE_RESTART"
    YEAR_CAP = "YEAR_CAP"
    QUARTER_CAP = "QUARTER_CAP"
    OVER = "OVER"
    """Its time has run out."""


class Contribution(NamedTuple):
    """`given` becomes `counted` by caps and states, and `points` = `counted` x `weight` is what the score holds.

    Attributes:
        full_until: last day of the full weight.
        counts_until: last day of any weight, or of its ceiling when it has no points: the entry's expiry.
        why: None when all of `given` is counted and time has not run out. With a cap, `counted` may be a part.
    """

    entry_id: str
    rule_id: str
    rule_version: int
    fact_on: date
    state: EntryState
    given: Decimal
    counted: Decimal
    weight: Decimal
    points: Decimal
    full_until: date
    counts_until: date
    why: Why | None


class HeldBack(NamedTuple):
    """A better `band` is out of reach through `until`; `code` is CLEAN_MONTHS or CEILING (then `entry_id` says whose)."""

    code: str
    band: str
    until: date
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger says on one day. The band is a proposal: a person decides.

    Attributes:
        base: points counted from, of `base_since` (opening, or the last restart).
        total: base and contributions before the bounds. score: within them, two decimals.
        band_by_score: before requirements and ceilings, which `held_back` explains.
        clean_since: day of the last breach, or of the opening.
        contributions: oldest fact first; every entry known that day.
    """

    on: date
    rule_version: int
    base: Decimal
    base_since: date
    total: Decimal
    score: Decimal
    band: str
    band_by_score: str
    held_back: tuple[HeldBack, ...]
    clean_since: date
    contributions: tuple[Contribution, ...]


def evaluate(timeline: Timeline, account: Account, on: date, *, known_on: date | None = None) -> Standing:
    """The standing on a day, from what was recorded and decided by then.

    `known_on`, no later than `on`, asks what will be if nothing happens in between. Raises Refusal: ACCOUNT_NOT_OPEN,
    KIND_UNKNOWN, RULE_UNKNOWN, NO_RULES_IN_FORCE.
    """
    return Book(timeline, account, on if known_on is None else known_on).standing(on)


#: An entry after states and caps, before weights: (entry, its state, what counts of it, why not all of it).
Row = tuple[Entry, EntryState, Decimal, Why | None]


class Hold(NamedTuple):
    """A ceiling that an entry set: no better than `band` through `until`."""

    entry_id: str
    band: str
    until: date
    restart: Decimal | None


class Book:
    """An account as it was known at the end of a day, to be weighed on that or any later day."""

    def __init__(self, timeline: Timeline, account: Account, known_on: date) -> None:
        self.timeline = timeline
        self.account = account
        self.clean_since = account.opened_on
        self.holds: list[Hold] = []
        self._known: list[tuple[Entry, Rule, EntryState, Why | None]] = []
        self._rows: dict[tuple[date, Decimal], list[Row]] = {}
        known = [
            item for item in account.entries if item.recorded_on <= known_on and item.fact_on <= known_on
        ]
        known.sort(key=_BY_FACT)
        for entry in known:
            rule, state = timeline.rule(entry), entry.state_on(known_on)
            why = self._why_not(entry, rule, state)
            self._known.append((entry, rule, state, why))
            if why is None and _is_adverse(entry, rule):
                self._note_breach(entry, rule)

    def _why_not(self, entry: Entry, rule: Rule, state: EntryState) -> Why | None:
        if entry.fact_on < self.account.opened_on:
            return Why.BEFORE_ACCOUNT
        # Compared by identity: hashing members of an enum is slow, and this runs for every line of everybody.
        counts = (
            state is _CONFIRMED or state is _UPHELD or (state is _CONTESTED and not _is_adverse(entry, rule))
        )
        if not counts:
            return Why(state)
        return Why.EXCUSED if entry.excuse else None

    def _note_breach(self, entry: Entry, rule: Rule) -> None:
        self.clean_since = entry.fact_on
        if rule.ceiling is not None:
            until = months_after(entry.fact_on, rule.ceiling.months)
            self.holds.append(Hold(entry.id, rule.ceiling.band, until, rule.ceiling.restart))

    def start(self, on: date) -> tuple[date, Decimal]:
        """Since when the account counts, and from how many points: its opening, or the last restart before or on the day."""
        restarts = [
            (hold.until + ONE_DAY, hold.restart)
            for hold in self.holds
            if hold.restart is not None and hold.until < on
        ]
        if restarts:
            return max(restarts, key=lambda restart: restart[0])
        return self.account.opened_on, self.timeline.base(self.account.kind, on).points

    def rows(self, since: date, quarter_cap: Decimal) -> list[Row]:
        """Entries after caps, newest first."""
        if (since, quarter_cap) in self._rows:
            return self._rows[since, quarter_cap]
        years: dict[tuple[str, int], Decimal] = {}
        quarters: dict[tuple[int, int], Decimal] = {}
        rows: list[Row] = []
        for entry, rule, state, why in reversed(self._known):
            counted, day = entry.points, entry.fact_on
            if why is None and day < since:
                why = Why.BEFORE_RESTART
            if why is not None:
                counted = ZERO
            elif counted > 0 and rule.cap_per_year is not None:
                year = (rule.category, day.year)
                used = years.get(year, ZERO)
                if used + counted > rule.cap_per_year:
                    counted, why = max(rule.cap_per_year - used, ZERO), Why.YEAR_CAP
                years[year] = used + counted
            elif counted < 0:
                quarter = (day.year, (day.month - 1) // 3)
                used = quarters.get(quarter, ZERO)
                if used - counted > quarter_cap:
                    counted, why = used - quarter_cap, Why.QUARTER_CAP
                quarters[quarter] = used - counted
            rows.append((entry, state, counted, why))
        self._rows[since, quarter_cap] = rows
        return rows

    def standing(self, on: date) -> Standing:
        if on < self.account.opened_on or (
            self.account.closed_on is not None and on > self.account.closed_on
        ):
            raise Refusal("ACCOUNT_NOT_OPEN", "on", on=str(on))
        rule_set = self.timeline.in_force(on)
        since, base = self.start(on)
        rows = self.rows(since, rule_set.quarter_deduction_cap)
        contributions = _contributions(rows, rule_set, self.timeline, on)
        contributions.reverse()
        total = sum((item.points for item in contributions), base)
        score = rounded(total, rule_set)
        by_score = rule_set.band_of(score).name
        band, held = self.band(rule_set, by_score, on)
        return Standing(
            on=on,
            rule_version=rule_set.version,
            base=base,
            base_since=since,
            total=total,
            score=score,
            band=band,
            band_by_score=by_score,
            held_back=held,
            clean_since=self.clean_since,
            contributions=tuple(contributions),
        )

    def band(self, rule_set: RuleSet, by_score: str, on: date) -> tuple[str, tuple[HeldBack, ...]]:
        """The best band at or below the score's whose requirement is met and no ceiling bars; and what bars better ones."""
        top = rule_set.rank(by_score)
        waits = {
            rank: until
            for rank, band in enumerate(rule_set.bands[: top + 1])
            if band.clean_months and on <= (until := months_after(self.clean_since, band.clean_months))
        }
        holds = [(ceiling_rank(rule_set, hold), hold) for hold in self.holds if on <= hold.until]
        highest = min((rank for rank, _ in holds), default=top)
        rank = max(rank for rank in range(min(top, highest) + 1) if rank not in waits)
        held = [
            HeldBack("CLEAN_MONTHS", rule_set.bands[barred].name, until)
            for barred, until in waits.items()
            if barred > rank
        ]
        held += [
            HeldBack("CEILING", by_score, hold.until, hold.entry_id) for most, hold in holds if most < top
        ]
        return rule_set.bands[rank].name, tuple(held)


def ceiling_rank(rule_set: RuleSet, hold: Hold) -> int:
    """A band that a later rule set no longer has leaves only the lowest."""
    return next((rank for rank, band in enumerate(rule_set.bands) if band.name == hold.band), 0)


def _is_adverse(entry: Entry, rule: Rule) -> bool:
    """Takes points or limits the band: a breach while it counts, and nothing while it is contested."""
    return entry.points < 0 or rule.ceiling is not None


def _contributions(rows: list[Row], rule_set: RuleSet, timeline: Timeline, on: date) -> list[Contribution]:
    """In the order of `rows`. Flat and sparing: this is most of what recomputing a county costs."""
    grace, half_life = rule_set.grace_days, rule_set.half_life_days
    full, some = timedelta(days=grace), timedelta(days=faded_after(grace, half_life))
    months = rule_set.addition_months
    made = []
    for entry, state, counted, why in rows:
        given, fact_on = entry.points, entry.fact_on
        if given > 0:
            full_until = counts_until = months_after(fact_on, months)
            weight = ONE if on <= counts_until else ZERO
        elif not given:
            # It only holds the band down.
            full_until = counts_until = expiry(rule_set, timeline.rule(entry), fact_on)
            weight = ONE if on <= counts_until else ZERO
        else:
            full_until, counts_until = fact_on + full, fact_on + some
            weight = fading((on - fact_on).days, grace, half_life)
        points = counted if weight is ONE else counted * weight
        if why is None and not weight:
            why = Why.OVER
        line = (
            entry.id, entry.rule_id, entry.rule_version, fact_on, state, given, counted, weight, points,
            full_until, counts_until, why,
        )  # fmt: skip
        made.append(Contribution._make(line))
    return made
