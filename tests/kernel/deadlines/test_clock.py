"""Clocks that pause, extend, remind, colour and explain themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.kernel.deadlines import clock as clocks
from backend.kernel.deadlines.calendar import SHANGHAI, Unit, WorkingCalendar, local_date
from backend.kernel.deadlines.clock import Clock, ClockError, ClockState, Colour, Extension

PLAIN = WorkingCalendar(frozenset(), frozenset(), frozenset({2026}))
START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)  # a Monday
DAY = timedelta(days=1)


def running(length: int = 10, unit: Unit = Unit.WD, *, roll: bool = False) -> Clock:
    return Clock(START, length, unit, roll)


def due(clock: Clock) -> datetime:
    return clocks.due_at(clock, PLAIN).due_at


def granted(length: int, unit: Unit, **changes: Any) -> Extension:
    return replace(Extension(length, unit, "officer", "leader", "信访条例 22", "complex"), **changes)


def paused(clock: Clock, since: datetime, until: datetime) -> Clock:
    return clocks.resume(clocks.suspend(clock, "APPRAISAL", since, PLAIN), until)


@st.composite
def histories(draw: st.DrawFn) -> Clock:
    """A clock with pauses that follow one another inside its time, and extensions."""
    clock = Clock(START, draw(st.integers(2, 30)), draw(st.sampled_from(Unit)), draw(st.booleans()))
    for _ in range(draw(st.integers(0, 3))):
        at = START if not clock.suspensions else clock.suspensions[-1].until
        assert at is not None
        left = (due(clock) - at).total_seconds()
        since = at + timedelta(seconds=draw(st.floats(0, 1)) * left)
        clock = clocks.suspend(clock, draw(st.sampled_from(clocks.Cause)), since, PLAIN)
        clock = clocks.resume(clock, since + timedelta(minutes=draw(st.integers(0, 10_000))))
    for _ in range(draw(st.integers(0, 2))):
        clock = clocks.extend(clock, granted(draw(st.integers(1, 10)), clock.unit))
    return clock


def test_ten_working_days_end_two_weeks_later() -> None:
    assert local_date(due(running())) == date(2026, 3, 16)


def test_a_pause_pushes_a_working_day_clock_by_the_working_days_it_took() -> None:
    # 周四到下周二:停四个工作日的周四、五、一
    clock = paused(running(), START + 3 * DAY, START + 8 * DAY)
    assert local_date(due(clock)) == date(2026, 3, 19)


def test_a_pause_pushes_an_hour_clock_by_its_exact_length() -> None:
    clock = running(24, Unit.HOUR)
    clock = paused(clock, START + timedelta(hours=2), START + timedelta(hours=7, minutes=30))
    assert due(clock) == START + timedelta(hours=29, minutes=30)


def test_a_pause_that_lasts_pushes_nothing_yet_and_says_so() -> None:
    clock = clocks.suspend(running(), "HEARING", START + DAY, PLAIN)
    derivation = clocks.due_at(clock, PLAIN)
    assert derivation.due_at == due(running())
    assert derivation.steps[-1].code == "SUSPENSION_OPEN"


def test_the_due_date_is_never_before_the_day_of_resumption() -> None:
    # 工作日期限延长五个自然日,到周六;周六中止、周日恢复,其间没有工作日
    clock = clocks.extend(running(), granted(5, Unit.CD))
    assert local_date(due(clock)) == date(2026, 3, 21)
    clock = paused(clock, START + 19 * DAY, START + 20 * DAY)
    assert local_date(due(clock)) == date(2026, 3, 22)


@given(histories())
def test_the_explanation_equals_the_date(clock: Clock) -> None:
    derivation = clocks.due_at(clock, PLAIN)
    shown: Any = derivation.as_json()
    assert shown["steps"][-1]["data"]["due_at"] == derivation.due_at.isoformat()
    assert [step["code"] for step in shown["steps"]].count("EXTENDED") == len(clock.extensions)
    assert [step["code"] for step in shown["steps"]].count("SUSPENDED") == len(clock.suspensions)


@given(histories(), st.integers(1, 20))
def test_more_time_never_brings_the_date_forward(clock: Clock, length: int) -> None:
    # A day more that falls on a Saturday may end on the same Monday.
    assert due(clocks.extend(clock, granted(length, clock.unit))) >= due(clock)


@given(histories())
def test_marks_come_in_order_inside_the_time(clock: Clock) -> None:
    times = clocks.mark_times(clock, PLAIN)
    assert set(times) == {50, 80, 100}
    assert clock.started_at <= times[50] <= times[80] <= times[100] == due(clock)


@given(histories(), st.floats(0, 1.5))
def test_a_mark_is_passed_from_its_instant_on(clock: Clock, share: float) -> None:
    now = clock.started_at + (due(clock) - clock.started_at) * share
    passed = clocks.passed_marks(clock, now, PLAIN)
    assert passed == tuple(mark for mark, at in clocks.mark_times(clock, PLAIN).items() if at <= now)


@given(histories(), st.floats(0, 1.5), st.floats(0, 1.5))
def test_the_used_share_only_grows(clock: Clock, one: float, other: float) -> None:
    span = due(clock) - clock.started_at
    earlier, later = sorted([clock.started_at + span * one, clock.started_at + span * other])
    first, second = (clocks.fraction(clock, at, PLAIN) for at in (earlier, later))
    assert 0 <= first <= second <= 1


@given(histories())
def test_colour_turns_yellow_at_the_warning_and_red_after_the_end(clock: Clock) -> None:
    yellow = clocks.mark_times(clock, PLAIN)[80]
    assume(clock.started_at < yellow < due(clock))
    tick = timedelta(microseconds=5)
    assert clocks.colour(clock, due(clock) + tick, PLAIN) is Colour.RED
    assert clocks.colour(clock, due(clock), PLAIN) is Colour.YELLOW
    assert clocks.colour(clock, yellow + tick, PLAIN) is Colour.YELLOW
    assert clocks.colour(clock, clock.started_at, PLAIN) is Colour.BLUE


def test_while_paused_no_share_is_used_and_no_later_mark_has_a_date() -> None:
    clock = clocks.suspend(running(100, Unit.HOUR), "FORCE_MAJEURE", START + timedelta(hours=60), PLAIN)
    assert set(clocks.mark_times(clock, PLAIN)) == {50}
    assert clocks.fraction(clock, START + timedelta(hours=500), PLAIN) == pytest.approx(0.6)
    assert clocks.colour(clock, START + timedelta(hours=500), PLAIN) is Colour.BLUE


def test_what_was_met_in_time_is_grey_and_what_was_late_stays_red() -> None:
    in_time = clocks.meet(running(), START + DAY)
    late = clocks.meet(clocks.expire(running(), due(running()) + DAY, PLAIN), due(running()) + 2 * DAY)
    assert in_time.state is ClockState.MET
    assert clocks.colour(in_time, due(running()) + 9 * DAY, PLAIN) is Colour.GREY
    assert clocks.passed_marks(in_time, due(running()) + 9 * DAY, PLAIN) == ()
    assert late.state is ClockState.EXPIRED
    assert clocks.colour(late, due(running()) + 9 * DAY, PLAIN) is Colour.RED
    assert clocks.colour(clocks.excuse(late), due(running()) + 9 * DAY, PLAIN) is Colour.GREY


def test_meeting_the_duty_ends_a_pause() -> None:
    clock = clocks.meet(clocks.suspend(running(), "HEARING", START + DAY, PLAIN), START + 2 * DAY)
    assert clock.state is ClockState.MET
    assert clock.suspensions[-1].until == START + 2 * DAY


MET = clocks.meet(running(), START + DAY)
EXPIRED = clocks.expire(running(), due(running()) + DAY, PLAIN)
PAUSED = clocks.suspend(running(), "HEARING", START + 2 * DAY, PLAIN)


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (lambda: clocks.suspend(running(), "HOLIDAY", START + DAY, PLAIN), "CAUSE_NOT_LISTED"),
        (lambda: clocks.suspend(running(), "HEARING", START - DAY, PLAIN), "OUT_OF_ORDER"),
        (lambda: clocks.suspend(running(), "HEARING", due(running()) + DAY, PLAIN), "ALREADY_DUE"),
        (lambda: clocks.suspend(PAUSED, "HEARING", START + 3 * DAY, PLAIN), "WRONG_CLOCK_STATE"),
        (lambda: clocks.resume(PAUSED, START + DAY), "OUT_OF_ORDER"),
        (lambda: clocks.resume(running(), START + DAY), "WRONG_CLOCK_STATE"),
        (lambda: clocks.meet(PAUSED, START + DAY), "OUT_OF_ORDER"),
        (lambda: clocks.meet(MET, START + 2 * DAY), "WRONG_CLOCK_STATE"),
        (lambda: clocks.meet(clocks.meet(EXPIRED, due(running()) + 2 * DAY), START), "WRONG_CLOCK_STATE"),
        (lambda: clocks.expire(running(), due(running()), PLAIN), "NOT_YET_DUE"),
        (lambda: clocks.expire(PAUSED, due(running()) + 9 * DAY, PLAIN), "WRONG_CLOCK_STATE"),
        (lambda: clocks.excuse(running()), "WRONG_CLOCK_STATE"),
        (lambda: clocks.extend(MET, granted(1, Unit.WD)), "WRONG_CLOCK_STATE"),
        (lambda: clocks.extend(EXPIRED, granted(1, Unit.WD)), "WRONG_CLOCK_STATE"),
        (lambda: clocks.extend(running(), granted(0, Unit.WD)), "EXTENSION_INCOMPLETE"),
        (lambda: clocks.extend(running(), granted(1, Unit.WD, basis=" ")), "EXTENSION_INCOMPLETE"),
        (
            lambda: clocks.extend(running(), granted(1, Unit.WD, approver="officer")),
            "EXTENSION_SELF_APPROVED",
        ),
    ],
)
def test_illegal_moves_are_refused(move: Any, code: str) -> None:
    with pytest.raises(ClockError) as caught:
        move()
    assert caught.value.code == code


def test_extensions_count_on_from_the_date_before_in_the_order_granted() -> None:
    clock = clocks.extend(clocks.extend(running(1, Unit.MONTH), granted(1, Unit.MONTH)), granted(3, Unit.CD))
    assert local_date(due(clock)) == date(2026, 5, 5)
    assert [step.code for step in clocks.due_at(clock, PLAIN).steps] == [
        "STARTED",
        "COUNTED",
        "EXTENDED",
        "EXTENDED",
    ]
    assert due(clock).tzinfo is UTC
