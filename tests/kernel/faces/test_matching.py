"""Comparing and counting errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.faces.codes import Verdict
from backend.kernel.faces.matching import Thresholds, compare, cosine, rates, verdict
from tests.kernel.faces.heads import face

THRESHOLDS = Thresholds(0.4, 0.28)
scores = st.lists(st.floats(-1, 1), max_size=40)


def test_a_face_is_itself_and_nobody_else() -> None:
    assert cosine(face(1), face(1)) == pytest.approx(1)
    assert abs(cosine(face(1), face(2))) < 0.2
    assert cosine(face(1), np.zeros(512, dtype=np.float32)) == 0


def test_best_and_mean_of_several_templates() -> None:
    comparison = compare(face(1), [face(1) * 3, face(2)])
    assert comparison is not None
    assert comparison.best == pytest.approx(1)
    assert comparison.mean == pytest.approx(0.7, abs=0.1)
    assert comparison.score == pytest.approx((comparison.best + comparison.mean) / 2)
    assert compare(face(1), []) is None


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (0.4, Verdict.MATCH), (0.3999, Verdict.UNSURE), (0.28, Verdict.UNSURE), (0.2799, Verdict.MISMATCH),
        (-1.0, Verdict.MISMATCH),
    ],
)  # fmt: skip
def test_the_two_thresholds(score: float, expected: Verdict) -> None:
    assert verdict(score, THRESHOLDS) is expected


def test_rates_are_exact_counts() -> None:
    (low, high) = rates([0.9, 0.5, 0.3], [0.1, 0.3, 0.2, 0.45], [0.3, 0.46])
    assert (low.false_matches, low.impostors, low.false_non_matches, low.genuine) == (2, 4, 0, 3)
    assert (high.false_matches, high.false_non_matches) == (0, 1)
    assert low.false_match_rate == 0.5
    assert high.false_non_match_rate == pytest.approx(1 / 3)
    (none,) = rates([], [], [0.5])
    assert none.false_match_rate is None and none.false_non_match_rate is None


@given(scores, scores, st.lists(st.floats(-1, 1), min_size=2, max_size=10))
def test_a_higher_threshold_matches_fewer(genuine: list[float], impostor: list[float], at: list[float]) -> None:
    table = rates(genuine, impostor, sorted(at))
    assert [rate.false_matches for rate in table] == sorted((rate.false_matches for rate in table), reverse=True)
    assert [rate.false_non_matches for rate in table] == sorted(rate.false_non_matches for rate in table)
