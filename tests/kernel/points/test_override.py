"""A county may change a little of the city's rules, with notice and approval."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.kernel.points.override import changes, check_override
from tests.kernel.points.samples import SAMPLE, data, rule_set

TODAY = date(2026, 6, 1)
IN_TIME = TODAY + timedelta(days=30)
COUNTY: dict[str, Any] = {"version": 2, "overrides": "sample@1", "approval": "某政办〔2026〕12号"}


def problems(effective_from: date = IN_TIME, **changed: Any) -> set[tuple[str, str | None]]:
    county = rule_set(**(COUNTY | changed))
    return {(item.code, item.field) for item in check_override(county, SAMPLE, effective_from, TODAY)}


def test_the_same_rules_with_an_approval_are_fine() -> None:
    assert problems() == set()


def test_an_approval_a_base_and_thirty_days_are_needed() -> None:
    assert problems(IN_TIME - timedelta(days=1)) == {("TOO_SOON", "effective_from")}
    assert problems(overrides="sample@7") == {("OTHER_BASE", "overrides")}
    county = rule_set(version=2)
    found = {item.code for item in check_override(county, SAMPLE, TODAY - timedelta(days=1), TODAY)}
    assert found == {"APPROVAL_MISSING", "OTHER_BASE", "TOO_SOON"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rules__missed__points", -5.6),
        ("rules__missed__points", -10.4),
        ("rules__met__points", 2.6),
        ("rules__met__points", 1.4),
        ("bands__TOP__lower", 90),
        ("bands__HIGH__lower", 60),
        ("rules__course__cap_per_year", 20),
        ("bands__HIGH__measures__days", 21),
        ("quarter_deduction_cap", 20),
        ("excuses__EXAM", {"zh": "考试", "en": "Exam"}),
    ],
)
def test_weights_band_limits_caps_measures_and_assistance_may_differ(path: str, value: Any) -> None:
    assert problems(**{path: value}) == set()


@pytest.mark.parametrize(
    ("path", "value", "code", "at"),
    [
        ("rules__missed__points", -10.41, "WEIGHT_OUT_OF_RANGE", "rules.missed.points"),
        ("rules__missed__points", -5.59, "WEIGHT_OUT_OF_RANGE", "rules.missed.points"),
        ("rules__met__points", 2.61, "WEIGHT_OUT_OF_RANGE", "rules.met.points"),
        ("rules__missed__points", 8, "SIGN_CHANGED", "rules.missed.points"),
        ("rules__refused__points", -19, "LOCKED", "rules.refused.points"),
        ("bands__LOW__measures__factor", 1.4, "LOCKED", "bands.LOW.measures.factor"),
        ("bands__TOP__lower", 90.01, "BAND_LIMIT_OUT_OF_RANGE", "bands.TOP.lower"),
        ("bands__HIGH__lower", 59.99, "BAND_LIMIT_OUT_OF_RANGE", "bands.HIGH.lower"),
        ("bands__TOP__clean_months", 18, "NOT_OVERRIDABLE", "bands.TOP.clean_months"),
        ("bands__HIGH__label__en", "Other", "NOT_OVERRIDABLE", "bands.HIGH.label"),
        ("bands__HIGH__measures__curfew", True, "NOT_OVERRIDABLE", "bands.HIGH.measures.curfew"),
        ("bands__HIGH__measures__days", None, "NOT_OVERRIDABLE", "bands.HIGH.measures.days"),
        ("quarter_deduction_cap", 31, "PROTECTION_WEAKENED", "quarter_deduction_cap"),
        ("rules__late__excuses", [], "EXCUSE_REMOVED", "rules.late.excuses"),
        ("rules__thanked__cap_per_year", 10, "NOT_OVERRIDABLE", "rules.thanked.cap_per_year"),
        ("rules__late__evidence", [["WITNESS"]], "NOT_OVERRIDABLE", "rules.late.evidence"),
        ("rules__late__text__en", "Else", "NOT_OVERRIDABLE", "rules.late.basis"),
        ("rules__late__feature", "CONTACT", "NOT_OVERRIDABLE", "rules.late.feature"),
        ("rules__late__category", "other", "NOT_OVERRIDABLE", "rules.late.category"),
        ("rules__serious__ceiling__months", 9, "NOT_OVERRIDABLE", "rules.serious.ceiling"),
        ("bases__PLAIN__points", 50, "NOT_OVERRIDABLE", "bases.PLAIN"),
        ("grace_days", 30, "NOT_OVERRIDABLE", "grace_days"),
        ("half_life_days", 360, "NOT_OVERRIDABLE", "half_life_days"),
        ("addition_months", 12, "NOT_OVERRIDABLE", "addition_months"),
        ("excuses__ILL__en", "Else", "NOT_OVERRIDABLE", "excuses.ILL"),
        ("principles", [], "NOT_OVERRIDABLE", "principles.fading"),
    ],
)
def test_everything_else_may_not(path: str, value: Any, code: str, at: str) -> None:
    assert problems(**{path: value}) == {(code, at)}


def with_rules(change: Any) -> set[tuple[str, str | None]]:
    rules = data()["rules"]
    return problems(rules=change(rules))


def test_a_rule_may_not_go_away() -> None:
    assert with_rules(lambda rules: rules[1:]) == {("RULE_REMOVED", "rules.met")}


def test_a_new_rule_may_only_assist() -> None:
    extra = data()["rules"][3] | {"id": "extra"}
    assert with_rules(lambda rules: [*rules, extra]) == set()
    assert with_rules(lambda rules: [*rules, extra | {"feature": "EMPLOYMENT"}]) == {
        ("FEATURE_ADDED", "rules.extra.feature")
    }
    worse = data()["rules"][4] | {"id": "worse"}
    assert with_rules(lambda rules: [*rules, worse]) == {("RULE_ADDED", "rules.worse")}


def test_an_excuse_may_not_go_away() -> None:
    rules = data(rules__late__excuses=[], rules__missed__excuses=[])["rules"]
    assert problems(rules=rules, excuses={}) == {
        ("EXCUSE_REMOVED", "excuses.ILL"),
        ("EXCUSE_REMOVED", "rules.late.excuses"),
        ("EXCUSE_REMOVED", "rules.missed.excuses"),
    }


def test_bands_keep_their_order_and_names() -> None:
    bands = data()["bands"]
    del bands[1]
    codes = {code for code, _ in problems(bands=bands)}
    assert codes == {"NOT_OVERRIDABLE", "LOCKED"}


def test_changes_name_key_old_and_new() -> None:
    county = rule_set(rules__late__points=-3.5, bands__TOP__lower=80, version=9)
    assert list(changes(SAMPLE, county)) == [
        ("bands.TOP.lower", Decimal(85), Decimal(80)),
        ("rules.late.points", Decimal(-3), Decimal("-3.5")),
    ]
