"""What gets an account to a band, and what another rule set would do to all accounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from itertools import islice
from typing import Final, NamedTuple

from backend.kernel.deadlines.calendar import add_months
from backend.kernel.points.entries import Account
from backend.kernel.points.ledger import ONE_DAY, Book, ceiling_rank, evaluate
from backend.kernel.points.rules import ZERO, Rule, RuleSet
from backend.kernel.points.timeline import Timeline, fading, months_after, rounded

#: How far ahead a band is looked for.
HORIZON_MONTHS: Final = 36


@dataclass(frozen=True, slots=True)
class Offer:
    """An addition that the rules still have for this account.

    Attributes:
        available: points left of the category's cap in this calendar year; None without a cap.
        times: how often the fact still gives something this year; None without a cap.
        needed: how often it alone would close today's gap; None when its cap does not allow that.
        reached_on: first day of the band if the available points (without a cap: the needed ones) were earned today
            and nothing else happened; None when not within the horizon.
    """

    rule_id: str
    points: Decimal
    available: Decimal | None
    times: int | None
    needed: int | None
    reached_on: date | None


@dataclass(frozen=True, slots=True)
class Path:
    """What leads to `band`.

    Attributes:
        missing_points: from today's score to the band's limit; 0 when the score suffices.
        reached_on: first day (`on` itself included) of this band or a better one if nothing happens; None: not within the
            horizon of three years.
        clean_from: first day on which the time without a breach is long enough; None when it is.
        free_from: first day after the ceilings that bar the band; None when none does.
        offers: what would help, the earliest first; empty when the points suffice or no addition brings the day nearer.
        earliest_on: first day if all offers were earned today. Never later than `reached_on`.
    """

    band: str
    on: date
    score: Decimal
    missing_points: Decimal
    reached_on: date | None
    clean_from: date | None
    free_from: date | None
    offers: tuple[Offer, ...]
    earliest_on: date | None


class _Day(NamedTuple):
    """One day to come: the total if nothing happens, and since when entries count then."""

    on: date
    rule_set: RuleSet
    total: Decimal
    since: date


class _Outlook:
    """The days to come of one account, as far as anybody has asked."""

    def __init__(self, timeline: Timeline, account: Account, band: str, on: date) -> None:
        self.band, self.on = band, on
        self.book = Book(timeline, account, on)
        last = add_months(on, HORIZON_MONTHS)
        self.last = last if account.closed_on is None else min(last, account.closed_on)
        self.lost_after = add_months(on, timeline.in_force(on).addition_months)
        self._days: list[_Day] = []
        self._coming = self._compute()

    def _compute(self) -> Iterator[_Day]:
        """As `Book.standing` sums it, but with what changes from day to day only."""
        day, run = self.on, None
        while day <= self.last:
            rule_set = self.book.timeline.in_force(day)
            since, base = self.book.start(day)
            if run != (rule_set.version, since):
                run = (rule_set.version, since)
                ending, taken = self._sums(rule_set, since, day)
                given = sum(ending.values(), ZERO)
            total = base + given
            for fact_on, points in taken.items():
                total += points * fading((day - fact_on).days, rule_set.grace_days, rule_set.half_life_days)
            yield _Day(day, rule_set, total, since)
            given -= ending.get(day, ZERO)
            day += ONE_DAY

    def _sums(
        self, rule_set: RuleSet, since: date, day: date
    ) -> tuple[dict[date, Decimal], dict[date, Decimal]]:
        """From `day` on: additions by their last day, deductions by the day of the fact."""
        ending: defaultdict[date, Decimal] = defaultdict(Decimal)
        taken: defaultdict[date, Decimal] = defaultdict(Decimal)
        for entry, _, counted, _ in self.book.rows(since, rule_set.quarter_deduction_cap):
            last = months_after(entry.fact_on, rule_set.addition_months)
            if counted > 0 and day <= last:
                ending[last] += counted
            elif counted < 0:
                taken[entry.fact_on] += counted
        return ending, taken

    def days(self) -> Iterator[_Day]:
        index = 0
        while True:
            if index == len(self._days):
                self._days += islice(self._coming, 1)
            if index == len(self._days):
                return
            yield self._days[index]
            index += 1

    def first(self, extra: Decimal = ZERO) -> date | None:
        """First day of the band or a better one, with `extra` points earned on the first of these days."""
        for day in self.days():
            kept = day.on <= self.lost_after and day.since <= self.on
            score = rounded(day.total + extra if kept else day.total, day.rule_set)
            if score >= day.rule_set.band(self.band).lower and self._allowed(day, score):
                return day.on
        return None

    def _allowed(self, day: _Day, score: Decimal) -> bool:
        reached, _ = self.book.band(day.rule_set, day.rule_set.band_of(score).name, day.on)
        return day.rule_set.rank(reached) >= day.rule_set.rank(self.band)


def path_to(timeline: Timeline, account: Account, band: str, on: date) -> Path:
    """Raises what `evaluate` raises, and Refusal `BAND_UNKNOWN`."""
    standing = evaluate(timeline, account, on)
    rule_set = timeline.in_force(on)
    wanted = rule_set.band(band)
    outlook = _Outlook(timeline, account, band, on)
    missing = max(wanted.lower - standing.score, ZERO)
    # What the bounds cut off must be made up for before a new addition shows.
    gap = max(wanted.lower - standing.total, ZERO)
    alone = outlook.first()
    offers, earliest = _offers(outlook, rule_set, gap, alone) if missing else ((), alone)
    clean_until = add_months(standing.clean_since, wanted.clean_months)
    holds = [
        hold.until
        for hold in outlook.book.holds
        if on <= hold.until and ceiling_rank(rule_set, hold) < rule_set.rank(band)
    ]
    return Path(
        band=band,
        on=on,
        score=standing.score,
        missing_points=missing,
        reached_on=alone,
        clean_from=clean_until + ONE_DAY if wanted.clean_months and on <= clean_until else None,
        free_from=max(holds) + ONE_DAY if holds else None,
        offers=offers,
        earliest_on=earliest,
    )


def _offers(
    outlook: _Outlook, rule_set: RuleSet, gap: Decimal, alone: date | None
) -> tuple[tuple[Offer, ...], date | None]:
    """Additions still open, and the day if all were earned; none when they bring nothing nearer."""
    open_rules = _open_additions(outlook, rule_set, gap)
    gains: dict[str, Decimal] = {}
    for rule, _, gain in open_rules:
        gains[rule.category] = max(gains.get(rule.category, ZERO), gain)
    earliest = outlook.first(sum(gains.values(), ZERO))
    if earliest == alone:
        return (), alone
    offers = [
        Offer(
            rule_id=rule.id,
            points=rule.points,
            available=left,
            times=None if left is None else _times(left, rule),
            needed=_times(gap, rule) if gain >= gap else None,
            reached_on=outlook.first(gain),
        )
        for rule, left, gain in open_rules
    ]
    return tuple(sorted(offers, key=lambda offer: (offer.reached_on or date.max, offer.rule_id))), earliest


def _open_additions(
    outlook: _Outlook, rule_set: RuleSet, gap: Decimal
) -> list[tuple[Rule, Decimal | None, Decimal]]:
    """(rule, what its category's cap leaves this year, what it could give): without a cap as much as the gap needs."""
    used = _used_this_year(outlook, rule_set)
    found = []
    for rule in rule_set.rules.values():
        left = None if rule.cap_per_year is None else rule.cap_per_year - used.get(rule.category, ZERO)
        if rule.points > 0 and (left is None or left > 0):
            found.append((rule, left, rule.points * _times(gap, rule) if left is None else left))
    return found


def _used_this_year(outlook: _Outlook, rule_set: RuleSet) -> dict[str, Decimal]:
    used: dict[str, Decimal] = {}
    since, _ = outlook.book.start(outlook.on)
    for entry, _, counted, _ in outlook.book.rows(since, rule_set.quarter_deduction_cap):
        if counted > 0 and entry.fact_on.year == outlook.on.year:
            category = outlook.book.timeline.rule(entry).category
            used[category] = used.get(category, ZERO) + counted
    return used


def _times(points: Decimal, rule: Rule) -> int:
    """How many such facts give so many points; the last may be cut by the cap."""
    return int((points / rule.points).to_integral_value(ROUND_CEILING))


class Move(NamedTuple):
    """An account whose band or score would be another."""

    account_id: str
    band_before: str
    band_after: str
    score_before: Decimal
    score_after: Decimal


@dataclass(frozen=True, slots=True)
class Shift:
    """Bands run from the lowest to the highest.

    Attributes:
        before, after: accounts per band.
        flow: (band before, band after) → accounts, unchanged ones included.
        moved: accounts that change their band. rescored: accounts that keep it with another score.
    """

    accounts: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    flow: Mapping[tuple[str, str], int]
    moved: tuple[Move, ...]
    rescored: int


def shift(
    timeline: Timeline, candidate: RuleSet, accounts: Iterable[Account], on: date, *, repriced: bool = False
) -> Shift:
    """Dry run: the accounts open on a day under the rules in force and under a candidate for them.

    Committed rules never touch points that were given; `repriced` asks what the same facts would have been worth, so that
    a changed weight shows at all. Raises what `evaluate` raises.
    """
    current, proposed = timeline.in_force(on), timeline.replaced(candidate, on)
    flow: Counter[tuple[str, str]] = Counter()
    moved, rescored = [], 0
    for account in accounts:
        if on < account.opened_on or (account.closed_on is not None and on > account.closed_on):
            continue
        before = evaluate(timeline, account, on)
        after = evaluate(proposed, _repriced(account, candidate) if repriced else account, on)
        flow[before.band, after.band] += 1
        if before.band != after.band:
            moved.append(Move(account.id, before.band, after.band, before.score, after.score))
        elif before.score != after.score:
            rescored += 1
    return Shift(
        accounts=flow.total(),
        before=_counts(current, ((old, count) for (old, _), count in flow.items())),
        after=_counts(candidate, ((new, count) for (_, new), count in flow.items())),
        flow=dict(flow),
        moved=tuple(moved),
        rescored=rescored,
    )


def _counts(rule_set: RuleSet, parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts = {band.name: 0 for band in rule_set.bands}
    for band, count in parts:
        counts[band] += count
    return counts


def _repriced(account: Account, candidate: RuleSet) -> Account:
    """The same facts with the candidate's points, where it has the rule."""
    entries = tuple(
        replace(
            entry, points=candidate.rules[entry.rule_id].points, rule_version=candidate.version
        ) if entry.rule_id in candidate.rules else entry
        for entry in account.entries
    )  # fmt: skip
    return replace(account, entries=entries)
