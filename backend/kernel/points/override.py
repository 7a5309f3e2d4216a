"""What a lower level may change in the rule set of the level above."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Final

from backend.kernel.errors import Refusal
from backend.kernel.points.rules import RuleSet

#: Notice before a county's own rules apply.
NOTICE: Final = timedelta(days=30)
#: A weight may differ by this share of the city's.
WEIGHT_SHARE: Final = Decimal("0.3")
#: A band's limit may differ by so many points.
BAND_POINTS: Final = Decimal(5)

Change = tuple[str, object, object]


def check_override(county: RuleSet, city: RuleSet, effective_from: date, today: date) -> list[Refusal]:
    """Every reason why these rules may not replace the city's; empty when they may.

    Codes: APPROVAL_MISSING, OTHER_BASE, TOO_SOON, LOCKED, NOT_OVERRIDABLE, WEIGHT_OUT_OF_RANGE, SIGN_CHANGED,
    BAND_LIMIT_OUT_OF_RANGE, PROTECTION_WEAKENED, EXCUSE_REMOVED, RULE_REMOVED, RULE_ADDED, FEATURE_ADDED.
    The limits are those of the system (weights, band limits, caps, measures, extra assistance; nothing retroactive).
    """
    problems = []
    if not county.approval:
        problems.append(Refusal("APPROVAL_MISSING", "approval"))
    if county.overrides != city.reference:
        problems.append(Refusal("OTHER_BASE", "overrides", expected=city.reference))
    if effective_from < today + NOTICE:
        problems.append(Refusal("TOO_SOON", "effective_from", least=str(today + NOTICE)))
    for change in changes(city, county):
        path = change[0]
        if any(fnmatchcase(path, pattern) for pattern in city.locked):
            problems.append(Refusal("LOCKED", path))
        else:
            problems += _judge(change, city, county)
    return problems


def changes(before: RuleSet, after: RuleSet) -> Iterator[Change]:
    """(key, old, new) of everything that differs; None stands for "not there". Versions and approvals are left out."""
    old, new = _flat(before), _flat(after)
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            yield path, old.get(path), new.get(path)


def _flat(rule_set: RuleSet) -> dict[str, object]:
    """Each thing that can differ under a key of its own, as locks name it."""
    keys: dict[str, object] = {
        name: getattr(rule_set, name)
        for name in (
            "min_score", "max_score", "grace_days", "half_life_days", "addition_months", "quarter_deduction_cap",
        )
    }  # fmt: skip
    keys["band_order"] = tuple(band.name for band in rule_set.bands)
    keys |= {f"bases.{kind}": base for kind, base in rule_set.bases.items()}
    keys |= {f"excuses.{key}": text for key, text in rule_set.excuses.items()}
    keys |= {f"principles.{principle.key}": principle for principle in rule_set.principles}
    for band in rule_set.bands:
        for name in ("lower", "clean_months", "label", "basis"):
            keys[f"bands.{band.name}.{name}"] = getattr(band, name)
        keys |= {f"bands.{band.name}.measures.{key}": value for key, value in band.measures.items()}
    for rule in rule_set.rules.values():
        keys[f"rules.{rule.id}"] = True
        for name in (
            "category",
            "feature",
            "points",
            "cap_per_year",
            "evidence",
            "excuses",
            "ceiling",
            "basis",
        ):
            keys[f"rules.{rule.id}.{name}"] = getattr(rule, name)
    return keys


def _judge(change: Change, city: RuleSet, county: RuleSet) -> Iterator[Refusal]:
    path, old, new = change
    part, _, rest = path.partition(".")
    if part == "rules":
        yield from _judge_rule(change, rest, city, county)
    elif part == "bands":
        yield from _judge_band(change)
    elif part == "excuses":
        if old is not None:
            yield Refusal("EXCUSE_REMOVED" if new is None else "NOT_OVERRIDABLE", path)
    elif path == "quarter_deduction_cap":
        # It protects the person: a county may take less in a quarter, not more.
        if county.quarter_deduction_cap > city.quarter_deduction_cap:
            yield Refusal("PROTECTION_WEAKENED", path, most=str(city.quarter_deduction_cap))
    else:
        yield Refusal("NOT_OVERRIDABLE", path)


def _judge_band(change: Change) -> Iterator[Refusal]:
    path, old, new = change
    if path.endswith(".lower") and isinstance(old, Decimal) and isinstance(new, Decimal):
        if abs(new - old) > BAND_POINTS:
            least, most = str(old - BAND_POINTS), str(old + BAND_POINTS)
            yield Refusal("BAND_LIMIT_OUT_OF_RANGE", path, least=least, most=most)
    elif ".measures." not in path or old is None or new is None:
        yield Refusal("NOT_OVERRIDABLE", path)


def _judge_rule(change: Change, rest: str, city: RuleSet, county: RuleSet) -> Iterator[Refusal]:
    path, old, new = change
    rule_id, _, name = rest.partition(".")
    if rule_id not in city.rules or rule_id not in county.rules:
        if not name:
            yield from _judge_presence(path, rule_id, city, county)
    elif name == "points" and isinstance(old, Decimal) and isinstance(new, Decimal):
        if (old < 0, old > 0) != (new < 0, new > 0):
            yield Refusal("SIGN_CHANGED", path)
        elif abs(new - old) > abs(old) * WEIGHT_SHARE:
            least, most = sorted((old * (1 - WEIGHT_SHARE), old * (1 + WEIGHT_SHARE)))
            yield Refusal("WEIGHT_OUT_OF_RANGE", path, least=str(least), most=str(most))
    elif name == "excuses":
        if not set(city.rules[rule_id].excuses) <= set(county.rules[rule_id].excuses):
            yield Refusal("EXCUSE_REMOVED", path)
    elif name != "cap_per_year" or old is None or new is None:
        yield Refusal("NOT_OVERRIDABLE", path)


def _judge_presence(path: str, rule_id: str, city: RuleSet, county: RuleSet) -> Iterator[Refusal]:
    """An extra rule may only assist: give points for something that the city's rules value already."""
    if rule_id not in county.rules:
        yield Refusal("RULE_REMOVED", path)
        return
    rule = county.rules[rule_id]
    if rule.adverse:
        yield Refusal("RULE_ADDED", path)
    if rule.feature not in {known.feature for known in city.rules.values()}:
        yield Refusal("FEATURE_ADDED", f"{path}.feature", feature=rule.feature.value)
