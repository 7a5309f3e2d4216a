"""The order of candidates: face, facts, both; what stands out; nothing that depends on who came first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.reunion.comparing import Field, compare
from backend.apps.reunion.facts import Facts
from backend.apps.reunion.ranking import (
    DISPLAY,
    MARGIN,
    STRONG_LEAD,
    Caution,
    Scored,
    face_value,
    facts_value,
    rank,
    together,
)
from tests.apps.reunion.test_comparing import FACTS, OLD_MAN, STRANGER, TODAY

ALIKE = compare(OLD_MAN, STRANGER, TODAY)
SAME = compare(OLD_MAN, OLD_MAN, TODAY)
NOTHING = compare(OLD_MAN, Facts(), TODAY)
COSINES = st.none() | st.floats(-1, 1)
COMPARISONS = st.none() | st.builds(compare, FACTS, FACTS, st.just(TODAY))
VALUES = st.none() | st.floats(0, 1)


@st.composite
def candidates(draw: st.DrawFn) -> list[Scored]:
    keys = draw(st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=8))
    return [Scored(key, draw(COSINES), draw(COMPARISONS), draw(st.none() | st.integers(0, 40))) for key in keys]


@pytest.mark.parametrize(
    ("cosine", "least", "most"),
    [
        (-1, 0, 0), (0, 0.3, 0.3), (0.252, 0.55, DISPLAY - 0.001), (0.26, DISPLAY, 0.7), (0.446, STRONG_LEAD, STRONG_LEAD),
        (1, 1, 1),
    ],
)  # fmt: skip
def test_measured_pairs_lie_where_they_belong(cosine: float, least: float, most: float) -> None:
    value = face_value(cosine)
    assert value is not None
    assert least <= round(value, 6) <= most


def test_no_face_and_no_number_are_no_value() -> None:
    assert face_value(None) is None
    assert face_value(math.nan) is None
    assert face_value(7.0) == 1


def test_little_compared_says_little() -> None:
    assert facts_value(None) is None
    assert facts_value(NOTHING) is None
    full, little = facts_value(SAME), facts_value(SAME.without(set(Field) - {Field.SEX}))
    assert full == 1
    assert little is not None
    assert 0.5 < little < DISPLAY


@pytest.mark.parametrize(
    ("face", "facts", "expected"),
    [
        (0.8, None, 0.8), (None, 0.7, 0.7), (None, None, 0), (0.8, 0.5, 0.8), (0.8, 0.7, 0.86), (0.8, 0.0, 0.65),
        (0.3, 0.9, 0.84), (1, 1, 1),
    ],
)  # fmt: skip
def test_both_readings_together(face: float | None, facts: float | None, expected: float) -> None:
    assert together(face, facts) == pytest.approx(expected)


def test_the_best_stands_first_and_likely_only_when_it_stands_out() -> None:
    ranked = rank([Scored("b", 0.30), Scored("a", 0.50, ALIKE), Scored("stranger", 0.1)])
    assert [each.key for each in ranked] == ["a", "b"]
    assert [each.rank for each in ranked] == [1, 2]
    assert [each.likely for each in ranked] == [True, False]
    close = rank([Scored("a", 0.50), Scored("b", 0.49)])
    assert [each.likely for each in close] == [False, False]


def test_the_only_one_is_likely_and_nobody_is_certain() -> None:
    (only,) = rank([Scored("a", 0.30)])
    assert only.likely
    assert not only.strong
    assert rank([]) == rank([Scored("a", 0.1)]) == rank([Scored("a")]) == []


def test_facts_alone_show_whom_a_childs_picture_cannot() -> None:
    (found,) = rank([Scored("a", 0.0, SAME, 20)])
    assert found.score >= DISPLAY
    assert {Caution.AGE_GAP, Caution.FACE_AGAINST_FACTS} <= set(found.cautions)


def test_another_sex_lowers_and_is_said_but_never_hides() -> None:
    wrong = compare(OLD_MAN, replace(STRANGER, sex="F"), TODAY)
    lower, right = rank([Scored("x", None, wrong)]), rank([Scored("x", None, ALIKE)])
    assert lower[0].score < right[0].score
    assert Caution.SEX_DIFFERS in lower[0].cautions
    assert not lower[0].likely
    by_face = rank([Scored("x", 0.27, wrong)])
    assert [each.key for each in by_face] == ["x"]


def test_what_is_missing_is_said() -> None:
    assert rank([Scored("a", 0.5)])[0].cautions == (Caution.AGE_GAP_UNKNOWN, Caution.FEW_FACTS)
    assert rank([Scored("a", None, SAME)])[0].cautions == (Caution.NO_FACE,)
    assert rank([Scored("a", 0.5, SAME, 5)])[0].cautions == ()
    assert rank([Scored("a", 0.5, SAME, 6)])[0].cautions == (Caution.AGE_GAP,)


def test_twenty_at_most_and_ties_by_key() -> None:
    ranked = rank([Scored(f"{number:02}", 0.5) for number in reversed(range(30))])
    assert [each.key for each in ranked] == [f"{number:02}" for number in range(20)]
    assert not any(each.likely for each in ranked)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_cosine_never_ranks_lower(one: float, other: float) -> None:
    low, high = (face_value(each) for each in sorted((one, other)))
    assert low is not None
    assert high is not None
    assert 0 <= low <= high <= 1


@given(VALUES, VALUES)
def test_together_is_the_same_both_ways_and_moves_by_little(face: float | None, facts: float | None) -> None:
    both = together(face, facts)
    assert both == together(facts, face)
    stronger = max((each for each in (face, facts) if each is not None), default=0.0)
    assert abs(both - stronger) <= 0.15 + 1e-9


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_of_either_never_lowers(fixed: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert together(fixed, low) <= together(fixed, high) + 1e-9


@given(candidates(), st.randoms(use_true_random=False))
def test_the_order_they_came_in_does_not_matter(given: Sequence[Scored], dice: Random) -> None:
    shuffled = list(given)
    dice.shuffle(shuffled)
    ranked = rank(given)
    assert ranked == rank(shuffled)
    assert len(ranked) <= 20
    assert sum(each.likely for each in ranked) <= 1
    assert all(not each.likely for each in ranked[1:])
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)
    if ranked and ranked[0].likely and len(ranked) > 1:
        assert ranked[0].score - ranked[1].score >= MARGIN - 1e-9


@given(candidates())
def test_nobody_is_hidden_by_others_or_by_what_speaks_against_them(given: Sequence[Scored]) -> None:
    shown = {each.key for each in rank(given, most=100)}
    for each in given:
        alone = {line.key for line in rank([each])}
        assert (each.key in shown) == bool(alone)
        value = face_value(each.cosine)
        if value is not None and value >= DISPLAY:
            assert alone
