"""Which rules hold on a day, and how long what they give weighs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Final

from backend.kernel.deadlines.calendar import add_months
from backend.kernel.errors import Refusal
from backend.kernel.points.entries import Entry
from backend.kernel.points.rules import ZERO, Base, Rule, RuleSet

ONE: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_WEIGHT_STEP: Final = Decimal("0.0001")
_HALF: Final = Decimal("0.5")


class Timeline:
    """Rule sets with the first day each is in force, and any `others` that entries may name.

    Raises ValueError when two of them share a version: an entry would name either.
    """

    def __init__(self, steps: Iterable[tuple[date, RuleSet]], others: Iterable[RuleSet] = ()) -> None:
        self.steps = tuple(sorted(steps, key=lambda step: step[0]))
        self.others = tuple(others)
        self._days = [day for day, _ in self.steps]
        sets: dict[int, RuleSet] = {}
        for known in (*self.others, *(rule_set for _, rule_set in self.steps)):
            if sets.setdefault(known.version, known) != known:
                raise ValueError(f"two rule sets of version {known.version}")
        self._rules = {
            (version, rule.id): rule for version, known in sets.items() for rule in known.rules.values()
        }

    def in_force(self, day: date) -> RuleSet:
        """Raises Refusal `NO_RULES_IN_FORCE`."""
        index = bisect_right(self._days, day)
        if index == 0:
            raise Refusal("NO_RULES_IN_FORCE", "on", on=str(day))
        return self.steps[index - 1][1]

    def rule(self, entry: Entry) -> Rule:
        """Raises Refusal `RULE_UNKNOWN`."""
        try:
            return self._rules[entry.rule_version, entry.rule_id]
        except KeyError:
            raise Refusal("RULE_UNKNOWN", "rule_id", version=entry.rule_version, rule=entry.rule_id) from None

    def base(self, kind: str, day: date) -> Base:
        """Raises Refusal `KIND_UNKNOWN`."""
        base = self.in_force(day).bases.get(kind)
        if base is None:
            raise Refusal("KIND_UNKNOWN", "kind", kind=kind)
        return base

    def replaced(self, rule_set: RuleSet, day: date) -> Timeline:
        """The same with `rule_set` in force from `day` on for good."""
        kept = [step for step in self.steps if step[0] < day]
        dropped = [old for start, old in self.steps if start >= day]
        return Timeline([*kept, (day, rule_set)], [*self.others, *dropped])


#: `add_months`, remembered: an evaluation asks for the same few thousand days again and again.
months_after = lru_cache(maxsize=1 << 16)(add_months)


@lru_cache(maxsize=1 << 16)
def fading(age_days: int, grace_days: int, half_life_days: int) -> Decimal:
    """Weight of a deduction, four decimals; the same on every machine (`exp` of decimals is correctly rounded)."""
    if age_days <= grace_days:
        return ONE
    with localcontext() as context:
        context.prec = 28
        halvings = Decimal(age_days - grace_days) / half_life_days
        return (halvings * _HALF.ln()).exp().quantize(_WEIGHT_STEP)


@lru_cache(maxsize=64)
def faded_after(grace_days: int, half_life_days: int) -> int:
    """The last age in days at which a deduction still weighs something."""
    # 0.5 ** 15 is less than half of the smallest weight.
    ages = range(grace_days, grace_days + 15 * half_life_days + 1)
    return ages[bisect_left(ages, True, key=lambda age: fading(age, grace_days, half_life_days) == ZERO)] - 1


def counts_until(rule_set: RuleSet, rule: Rule, fact_on: date) -> date:
    """Expiry of an entry: the last day on which it weighs anything, or its ceiling holds, under these rules."""
    if rule.points > 0:
        return months_after(fact_on, rule_set.addition_months)
    if rule.points == 0 and rule.ceiling is not None:
        return months_after(fact_on, rule.ceiling.months)
    return fact_on + timedelta(days=faded_after(rule_set.grace_days, rule_set.half_life_days))


def rounded(total: Decimal, rule_set: RuleSet) -> Decimal:
    """The score of a total: within the bounds, two decimals, half up."""
    return min(max(total, rule_set.min_score), rule_set.max_score).quantize(_CENT, ROUND_HALF_UP)
