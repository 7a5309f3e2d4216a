"""Working days and day counting, with the shared test vector of the deadline rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.deadlines.calendar import (
    SHANGHAI,
    Unit,
    WorkingCalendar,
    add_months,
    end_of_day,
    local_date,
)

HOLIDAYS = frozenset(
    [date(2026, 9, day) for day in (25, 26, 27)] + [date(2026, 10, day) for day in range(1, 8)]
)
VECTOR = WorkingCalendar(HOLIDAYS, frozenset({date(2026, 9, 20)}), frozenset({2026}))

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(SHANGHAI))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    holidays = draw(st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20))
    worked = draw(st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=10))
    return WorkingCalendar(holidays - worked, worked, frozenset({2026}))


class TestSharedVector:
    """domain.md 1.5."""

    def test_last_day_to_sue_falls_on_a_sunday_and_moves_to_monday(self) -> None:
        assert add_months(date(2026, 1, 5), 6) == date(2026, 7, 5)
        due = VECTOR.due(noon(date(2026, 1, 5)), 6, Unit.MONTH, roll=True)
        assert due.last_day == date(2026, 7, 6)
        assert [step.code for step in due.steps] == ["STARTED", "COUNTED", "ROLLED"]

    def test_window_to_apply_opens_the_day_after_and_closes_behind_the_holiday(self) -> None:
        suit_ends = VECTOR.due(noon(date(2026, 1, 5)), 6, Unit.MONTH, roll=True).last_day
        assert suit_ends + timedelta(days=1) == date(2026, 7, 7)
        plain = VECTOR.due(noon(suit_ends), 3, Unit.MONTH, roll=False)
        assert plain.last_day == date(2026, 10, 6)
        assert VECTOR.due(noon(suit_ends), 3, Unit.MONTH, roll=True).last_day == date(2026, 10, 8)

    def test_ten_working_days_after_the_demand_notice(self) -> None:
        tenth = VECTOR.due(noon(date(2026, 7, 10)), 10, Unit.WD, roll=False).last_day
        assert tenth == date(2026, 7, 24)
        assert VECTOR.next_working_day(tenth) == date(2026, 7, 27)

    def test_last_useful_day_to_serve_the_demand_notice(self) -> None:
        def earliest_filing(served: date) -> date:
            return VECTOR.next_working_day(VECTOR.add_working_days(served, 10))

        window_ends = date(2026, 10, 8)
        assert earliest_filing(date(2026, 9, 16)) <= window_ends
        assert earliest_filing(date(2026, 9, 17)) > window_ends


class TestPublishedCalendar:
    published = WorkingCalendar.from_chinesecalendar()

    @pytest.mark.parametrize(
        ("day", "worked"),
        [
            (date(2024, 10, 1), False),
            (date(2024, 9, 29), True),  # a Sunday, worked for the National Day week
            (date(2024, 10, 12), True),  # a Saturday, likewise
            (date(2024, 2, 12), False),
            (date(2024, 3, 2), False),
            (date(2024, 3, 4), True),
        ],
    )
    def test_holidays_and_worked_weekends(self, day: date, worked: bool) -> None:
        assert self.published.is_working_day(day) is worked

    def test_a_year_without_a_notice_is_counted_as_weekdays_and_says_so(self) -> None:
        year = max(self.published.known_years) + 2
        due = self.published.due(noon(date(year, 3, 1)), 5, Unit.WD, roll=False)
        assert due.assumed_calendar
        assert due.steps[-1].data["assumed_calendar"] is True

    def test_a_published_year_is_not_assumed(self) -> None:
        assert not self.published.due(noon(date(2024, 3, 1)), 5, Unit.WD, roll=False).assumed_calendar

    def test_calendar_days_need_no_notice_unless_they_roll(self) -> None:
        year = max(self.published.known_years) + 2
        assert not self.published.due(noon(date(year, 3, 1)), 5, Unit.CD, roll=False).assumed_calendar
        assert self.published.due(noon(date(year, 3, 1)), 5, Unit.CD, roll=True).assumed_calendar


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_a_month_without_the_day_ends_on_its_last_day(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@given(days, st.integers(1, 36))
def test_months_keep_the_day_or_shorten_it(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(calendars(), days, st.integers(1, 40))
def test_counting_working_days_inverts_adding_them(
    calendar: WorkingCalendar, start: date, count: int
) -> None:
    end = calendar.add_working_days(start, count)
    assert calendar.is_working_day(end)
    assert calendar.count_working_days(start + timedelta(days=1), end + timedelta(days=1)) == count


@given(
    calendars(), instants, st.integers(1, 60), st.sampled_from([Unit.CD, Unit.WD, Unit.MONTH]), st.booleans()
)
def test_a_period_in_days_ends_with_its_last_day(
    calendar: WorkingCalendar, start: datetime, length: int, unit: Unit, roll: bool
) -> None:
    due = calendar.due(start, length, unit, roll=roll)
    assert due.due_at == end_of_day(due.last_day)
    assert due.last_day > local_date(start)
    assert due.due_at.tzinfo is UTC
    if roll or unit is Unit.WD:
        assert calendar.is_working_day(due.last_day)
    # 当日不计:同一天任何时刻起算,结果相同
    midnight = datetime.combine(local_date(start), time(), SHANGHAI)
    assert calendar.due(midnight, length, unit, roll=roll).due_at == due.due_at


@given(calendars(), instants, st.integers(1, 60), st.sampled_from([Unit.CD, Unit.MONTH]))
def test_rolling_only_ever_moves_to_the_next_working_day(
    calendar: WorkingCalendar, start: datetime, length: int, unit: Unit
) -> None:
    plain = calendar.due(start, length, unit, roll=False).last_day
    rolled = calendar.due(start, length, unit, roll=True).last_day
    assert rolled == calendar.first_working_day(plain)


@given(calendars(), instants, st.integers(1, 500), st.sampled_from([Unit.HOUR, Unit.MINUTE]), st.booleans())
def test_hours_run_through_nights_and_holidays(
    calendar: WorkingCalendar, start: datetime, length: int, unit: Unit, roll: bool
) -> None:
    span = timedelta(hours=length) if unit is Unit.HOUR else timedelta(minutes=length)
    assert calendar.due(start, length, unit, roll=roll).due_at == start + span


@given(calendars(), instants, st.integers(1, 60), st.sampled_from(Unit), st.booleans())
def test_the_explanation_ends_with_the_date_it_explains(
    calendar: WorkingCalendar, start: datetime, length: int, unit: Unit, roll: bool
) -> None:
    due = calendar.due(start, length, unit, roll=roll)
    shown: Any = due.as_json()
    assert shown["steps"][0]["code"] == "STARTED"
    assert shown["steps"][-1]["data"]["due_at"] == shown["due_at"] == due.due_at.isoformat()


def test_a_day_is_a_day_in_shanghai() -> None:
    assert local_date(datetime(2026, 7, 9, 16, 30, tzinfo=UTC)) == date(2026, 7, 10)
    with pytest.raises(ValueError, match="timezone"):
        local_date(datetime(2026, 7, 9))


def test_a_period_has_a_length() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        VECTOR.due(noon(date(2026, 7, 9)), 0, Unit.CD, roll=False)
    with pytest.raises(ValueError, match="negative"):
        VECTOR.add_working_days(date(2026, 7, 9), -1)
