"""Deadline rules loaded from plain data."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.deadlines.calendar import Unit
from backend.kernel.deadlines.rules import BasisMark, RuleError, load_rules

GOOD: dict[str, Any] = {"length": 5, "unit": "WD", "source": "人民调解法 20", "basis_mark": "law"}


def test_a_rule_is_complete_with_length_unit_source_and_basis() -> None:
    rule = load_rules({"accept": GOOD})["accept"]
    assert (rule.length, rule.unit, rule.roll, rule.basis_mark) == (5, Unit.WD, False, BasisMark.LAW)
    assert rule.warn_fraction == 0.8


@pytest.mark.parametrize(
    "change",
    [
        {"length": 0},
        {"length": True},
        {"length": "5"},
        {"unit": "WEEK"},
        {"roll": "yes"},
        {"source": "  "},
        {"basis_mark": "rumour"},
        {"warn_fraction": 0},
        {"warn_fraction": 1.1},
        {"warn_fraction": True},
        {"lenght": 5},
    ],
)
def test_a_bad_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RuleError) as caught:
        load_rules({"accept": GOOD | change})
    assert set(caught.value.problems) == {"accept"}


def test_every_bad_rule_is_named_at_once() -> None:
    with pytest.raises(RuleError) as caught:
        load_rules({"accept": GOOD, "handle": {}, "verify": GOOD | {"length": -1}})
    assert set(caught.value.problems) == {"handle", "verify"}
    assert "missing" in caught.value.problems["handle"]
