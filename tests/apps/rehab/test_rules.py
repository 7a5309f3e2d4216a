"""Pure decisions: planned duties, places, terms, what is serious."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.rehab import rules
from backend.apps.rehab.enums import Band, CaseKind, PlaceHint, TaskKind
from backend.kernel.deadlines.calendar import local_date

START = date(2026, 1, 5)
MEASURES = {
    Band.A: rules.Measures(7, 7, 1.5, 3), Band.B: rules.Measures(14, 14, 1, 3), Band.C1: rules.Measures(30, 30, 1, 3),
    Band.C2: rules.Measures(90, 90, 1, 3),
}  # fmt: skip


def dice(key: str) -> int:
    return sum(map(ord, key)) * 7919


def year(band: Band, kind: TaskKind, *, tested: bool = True) -> list[rules.Planned]:
    """A year of one kind of duty, planned day by day as the sweep does."""
    found: dict[str, rules.Planned] = {}
    for offset in range(365):
        day = START + timedelta(days=offset)
        wanted = rules.duties(MEASURES[band], rules.year_of_term(START, day), tested=tested)
        for planned in rules.plan(wanted, band, START, day, dice):
            if planned.duty.kind is kind:
                found.setdefault(planned.key, planned)
    return list(found.values())


@pytest.mark.parametrize(("band", "least", "most"), [(Band.A, 50, 54), (Band.B, 24, 28), (Band.C1, 11, 14), (Band.C2, 3, 6)])
def test_check_ins_come_as_often_as_the_band_says(band: Band, least: int, most: int) -> None:
    assert least <= len(year(band, TaskKind.CHECK_IN)) <= most


def test_twelve_tests_in_the_first_year_and_none_without_an_agreement() -> None:
    assert 11 <= len(year(Band.B, TaskKind.URINE_TEST)) <= 13
    assert year(Band.B, TaskKind.URINE_TEST, tested=False) == []


@given(today=st.dates(START, START + timedelta(days=1100)), band=st.sampled_from(list(Band)))
def test_planning_again_makes_nothing_new_and_nothing_in_the_past(today: date, band: Band) -> None:
    wanted = rules.duties(MEASURES[band], rules.year_of_term(START, today), tested=True)
    first, again = (rules.plan(wanted, band, START, today, dice) for _ in range(2))
    assert first == again
    assert len({planned.key for planned in first}) == len(first)
    for planned in first:
        assert local_date(planned.opens_at) <= today + timedelta(days=7)
        assert local_date(planned.due_at) >= today
        assert planned.due_at > planned.opens_at


@given(today=st.dates(START, START + timedelta(days=400)))
def test_the_same_period_falls_on_the_same_day_whenever_it_is_planned(today: date) -> None:
    wanted = rules.duties(MEASURES[Band.B], 1, tested=True)
    by_key = {planned.key: planned.opens_at for planned in rules.plan(wanted, Band.B, START, today, dice)}
    later = {planned.key: planned.opens_at for planned in rules.plan(wanted, Band.B, START, today + timedelta(days=1), dice)}
    assert all(later[key] == at for key, at in by_key.items() if key in later)


@pytest.mark.parametrize(
    ("kind", "last"), [(CaseKind.COMMUNITY_TREATMENT, date(2029, 1, 4)), (CaseKind.VOLUNTARY, date(2027, 1, 4))]
)
def test_a_term_ends_the_day_before_its_corresponding_day(kind: CaseKind, last: date) -> None:
    assert rules.term_to(kind, START) == last


@pytest.mark.parametrize(("day", "expected"), [(START, 1), (date(2027, 1, 4), 1), (date(2027, 1, 5), 2), (date(2028, 1, 5), 3)])
def test_years_of_a_term(day: date, expected: int) -> None:
    assert rules.year_of_term(START, day) == expected


HOME = (28.72, 120.60)


@pytest.mark.parametrize(
    ("at", "accuracy", "hint"),
    [
        ((28.72, 120.60), 30.0, PlaceHint.INSIDE),
        ((28.72, 120.605), 5000.0, PlaceHint.UNCERTAIN),
        ((28.90, 120.60), 50.0, PlaceHint.OUTSIDE),
        ((28.72, 120.60), None, PlaceHint.INSIDE),
        (None, None, PlaceHint.UNKNOWN),
    ],
)
def test_a_place_is_a_hint_as_sure_as_its_accuracy(
    at: tuple[float, float] | None, accuracy: float | None, hint: PlaceHint
) -> None:
    assert rules.place_hint(HOME, at, accuracy, 2000) is hint


@given(
    at=st.tuples(st.floats(-90, 90), st.floats(-180, 180)), accuracy=st.none() | st.floats(0, 1e6),
    fence=st.integers(50, 100_000),
)  # fmt: skip
def test_no_position_is_ever_called_outside_when_it_might_be_inside(
    at: tuple[float, float], accuracy: float | None, fence: int
) -> None:
    hint = rules.place_hint(HOME, at, accuracy, fence)
    if hint is PlaceHint.OUTSIDE:
        assert rules.metres(HOME, at) - (accuracy if accuracy is not None else fence) > fence
    assert rules.place_hint(None, at, accuracy, fence) is PlaceHint.UNKNOWN


@pytest.mark.parametrize(
    ("counts", "serious"), [((2, 2, 30), False), ((3, 0, 0), True), ((0, 3, 0), True), ((0, 1, 31), True), ((0, 0, 0), False)]
)
def test_only_what_the_law_lists_is_serious(counts: tuple[int, int, int], serious: bool) -> None:
    assert rules.is_serious(*counts) is serious
