"""Pure rules of mediation: levels, points, warnings and their statistic."""

from __future__ import annotations

import math
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.mediation import rules
from backend.apps.mediation.enums import HandlingLevel, RatingScale, Severity
from backend.kernel.tenancy.models import Level

COUNTS = st.integers(0, 200)
WEEKS = st.lists(st.integers(0, 60), min_size=8, max_size=8)


@given(count=COUNTS, mean=st.floats(0.01, 150))
def test_the_probability_is_one_and_falls_with_every_dispute_more(count: int, mean: float) -> None:
    here, next_one = rules.poisson_at_least(count, mean), rules.poisson_at_least(count + 1, mean)
    assert 0.0 <= next_one <= here + 1e-9 <= 1.0 + 2e-9


@given(count=st.integers(0, 60), mean=st.floats(0.05, 40))
def test_the_probability_is_that_of_the_textbook(count: int, mean: float) -> None:
    term, tail = math.exp(-mean), 0.0
    for k in range(400):
        tail += term if k >= count else 0.0
        term *= mean / (k + 1)
    assert rules.poisson_at_least(count, mean) == pytest.approx(tail, abs=1e-9)


@given(count=COUNTS, trailing=WEEKS)
def test_a_week_rises_only_above_what_is_expected(count: int, trailing: list[int]) -> None:
    found = rules.rise(count, trailing)
    assert found.expected == pytest.approx((sum(trailing) + 0.5) / 8)
    if found.is_rising:
        assert count >= rules.RISING_LEAST
        assert count > found.expected
        assert found.probability <= rules.RISING_P
        assert rules.rise(count + 1, trailing).is_rising
        assert rules.rise(count, [max(0, week - 1) for week in trailing]).is_rising


@pytest.mark.parametrize(
    ("count", "trailing", "rising"),
    [
        (3, [0] * 8, False),
        (4, [0] * 8, True),
        (4, [1] * 8, False),
        (7, [1] * 8, True),
        (20, [20] * 8, False),
        (35, [20] * 8, True),
    ],
)
def test_known_weeks(count: int, trailing: list[int], rising: bool) -> None:
    assert rules.rise(count, trailing).is_rising is rising


def test_one_step_up_at_a_time_unless_it_is_grave() -> None:
    order = list(HandlingLevel)
    for level, to, severity, violence in product(order, order, [None, *Severity], [True, False]):
        steps = order.index(to) - order.index(level)
        grave = violence or severity in (Severity.COMPLEX, Severity.MAJOR)
        expected = steps == 1 or (steps > 1 and grave)
        assert rules.may_escalate(level, to, severity, violence=violence) is expected


def test_levels_above_the_county_act_as_county() -> None:
    assert [rules.level_of(level) for level in Level] == [
        "COUNTY",
        "COUNTY",
        "COUNTY",
        "TOWN",
        "VILLAGE",
        "GRID",
    ]
    assert rules.next_level(HandlingLevel.COUNTY) is None


def test_dissatisfaction_reopens_once() -> None:
    for process, result in product(RatingScale, RatingScale):
        expected = RatingScale.DISSATISFIED in (process, result)
        assert rules.rating_reopens(process, result, 0) is expected
        assert not rules.rating_reopens(process, result, 1)


@pytest.mark.parametrize(
    ("category", "amount", "people", "warns"),
    [
        ("LABOUR", 500_000, 10, False), ("LABOUR", 500_000.01, 1, True), ("LABOUR", None, 11, True),
        ("CONTRACT_DEBT", 900_000, 50, False),
    ],
)  # fmt: skip
def test_wage_claims(category: str, amount: float | None, people: int, warns: bool) -> None:
    assert rules.wage_warning(category, amount, people) is warns


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_codes_tell_county_and_year_and_nothing_else(day: date) -> None:
    code = rules.new_code("331024", day)
    county, year, rest = code.split("-")
    assert (county, year, len(rest)) == ("331024", f"{day:%y}", 8)
    assert not set(rest) & set("ILOU01")
    assert rules.new_code("331024", day) != code
    assert rules.quarter_of(day) == f"{day.year}Q{(day.month + 2) // 3}"


def test_no_rule_gives_points_for_a_number_of_disputes_and_every_limit_names_its_source() -> None:
    assert not [
        rule for rule in rules.SCORE_RULES if "count" in rule or "number" in rule or "registered" in rule
    ]
    assert all(rule.source for rule in rules.RULES.values())
    assert all(rule in rules.RULES for rule in rules.SUPERVISED)
    assert "confirm" not in rules.SUPERVISED
