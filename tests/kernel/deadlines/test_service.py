"""What lists show of a clock, from the instants kept with its row, is what the pure clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.deadlines import clock as pure
from backend.kernel.deadlines import service
from backend.kernel.deadlines.calendar import Unit
from backend.kernel.deadlines.clock import Clock, ClockState
from backend.kernel.deadlines.models import MatterClock

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def row_of(value: Clock) -> MatterClock:
    row = MatterClock(
        county="331024", path="33", app="test", matter_id=UUID(int=0), rule="r", started_at=value.started_at,
        length=value.length, unit=value.unit, roll=value.roll,
    )  # fmt: skip
    service._take(row, value)
    return row


@given(st.sampled_from(Unit), st.integers(1, 40), INSTANTS, st.none() | INSTANTS)
def test_a_clock_that_ran_through(unit: Unit, length: int, now: datetime, met_at: datetime | None) -> None:
    value = Clock(START, length, unit, roll=unit is Unit.MONTH)
    if met_at is not None and met_at <= now:
        value = pure.meet(value, met_at)
    row = row_of(value)
    assert service.colour(row, now) is pure.colour(value, now, service.calendar())
    assert abs(service.fraction(row, now) - pure.fraction(value, now, service.calendar())) < 1e-9


@given(st.integers(3, 40), st.integers(0, 2), st.integers(0, 5), INSTANTS)
def test_a_clock_that_was_paused(length: int, after: int, days: int, now: datetime) -> None:
    at = START + timedelta(days=after)
    value = pure.suspend(Clock(START, length, Unit.WD, roll=False), "APPRAISAL", at, service.calendar())
    if days:
        value = pure.resume(value, at + timedelta(days=days))
    row = row_of(value)
    assert service.value_of(row) == value
    assert service.colour(row, now) is pure.colour(value, now, service.calendar())


def test_an_excused_clock_is_grey() -> None:
    due = START + timedelta(days=9)
    value = pure.excuse(pure.expire(Clock(START, 3, Unit.CD, roll=False), due, service.calendar()))
    row = row_of(value)
    assert row.state == ClockState.EXCUSED
    assert row.next_mark_at is None
    assert service.colour(row, due) is pure.Colour.GREY
