"""Working-day calendar and day counting; pure.

Days are days of Asia/Shanghai. A period counted in days ends at 24:00 of its last day; that instant is kept as
the last microsecond of the day, so that the local date of `due_at` is the last day itself and `now > due_at`
means overdue for every unit.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
ONE_DAY: Final = timedelta(days=1)


class Unit(StrEnum):
    HOUR = "HOUR"
    MINUTE = "MINUTE"
    CD = "CD"
    """Calendar day, 自然日."""
    WD = "WD"
    """Working day, 工作日."""
    MONTH = "MONTH"

    @property
    def counts_days(self) -> bool:
        return self not in (Unit.HOUR, Unit.MINUTE)


@dataclass(frozen=True)
class DerivationStep:
    """One reason for a date: a stable code and its JSON-serialisable data; words are added at the edge."""

    code: str
    data: Mapping[str, str | int | bool]


@dataclass(frozen=True)
class Derivation:
    """A due instant (UTC) and how it came about; the last step always carries `due_at`."""

    steps: tuple[DerivationStep, ...]
    due_at: datetime
    assumed_calendar: bool
    """True when a year without a published holiday notice was counted as plain weekdays."""

    @property
    def last_day(self) -> date:
        return local_date(self.due_at)

    def as_json(self) -> dict[str, object]:
        return {
            "due_at": self.due_at.isoformat(),
            "assumed_calendar": self.assumed_calendar,
            "steps": [{"code": step.code, "data": dict(step.data)} for step in self.steps],
        }


def local_date(instant: datetime) -> date:
    """The day in Shanghai; raises ValueError for a naive instant."""
    if instant.tzinfo is None:
        raise ValueError("instant must be timezone-aware")
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """Last microsecond of a Shanghai day, in UTC."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The corresponding day, or the last day of a month that has none (民法典 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class WorkingCalendar:
    """Statutory holidays and worked weekends; outside `known_years` Monday to Friday are assumed to be worked."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    known_years: frozenset[int]

    @classmethod
    def from_chinesecalendar(cls) -> WorkingCalendar:
        """The State Council's annual notices, as the package chinesecalendar carries them."""
        return _published_calendar()

    def is_known(self, year: int) -> bool:
        return year in self.known_years

    def is_working_day(self, day: date) -> bool:
        if day in self.make_up_days:
            return True
        return day not in self.holidays and day.weekday() < 5

    def first_working_day(self, day: date) -> date:
        """The day itself when it is worked, otherwise the next worked one."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.first_working_day(day + ONE_DAY)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is itself not counted; 0 gives `day`."""
        if count < 0:
            raise ValueError("count must not be negative")
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def count_working_days(self, start: date, end: date) -> int:
        """Working days in `[start, end)`."""
        return sum(
            self.is_working_day(start + timedelta(days=offset)) for offset in range((end - start).days)
        )

    def due(self, start: datetime, length: int, unit: Unit, *, roll: bool) -> Derivation:
        """When a period that starts at `start` ends; the first day is not counted (民事诉讼法 85).

        `roll` moves a last day on a weekend or statutory holiday to the next working day; it does not touch
        hours and minutes, which run through nights and holidays.
        """
        if length < 1:
            raise ValueError("length must be at least 1")
        begun = DerivationStep(
            "STARTED", {"at": start.astimezone(UTC).isoformat(), "day": str(local_date(start))}
        )
        if not unit.counts_days:
            span = timedelta(hours=length) if unit is Unit.HOUR else timedelta(minutes=length)
            return self._ended((begun,), start + span, length, unit, assumed=False)
        return self._due_in_days(begun, local_date(start), length, unit, roll)

    def _due_in_days(
        self, begun: DerivationStep, first: date, length: int, unit: Unit, roll: bool
    ) -> Derivation:
        last = self._last_day(first, length, unit)
        assumed = unit is Unit.WD and not self._knows(first, last)
        derivation = self._ended((begun,), end_of_day(last), length, unit, assumed=assumed)
        if not roll or unit is Unit.WD:
            return derivation
        moved = self.first_working_day(last)
        assumed = not self._knows(last, moved)
        if moved == last:
            return Derivation(derivation.steps, derivation.due_at, assumed)
        due_at = end_of_day(moved)
        step = DerivationStep("ROLLED", {"from": str(last), "to": str(moved), "due_at": due_at.isoformat()})
        return Derivation((*derivation.steps, step), due_at, assumed)

    def _last_day(self, first: date, length: int, unit: Unit) -> date:
        if unit is Unit.WD:
            return self.add_working_days(first, length)
        return add_months(first, length) if unit is Unit.MONTH else first + timedelta(days=length)

    def _knows(self, first: date, last: date) -> bool:
        return all(self.is_known(year) for year in range(first.year, last.year + 1))

    @staticmethod
    def _ended(
        before: tuple[DerivationStep, ...], due: datetime, length: int, unit: Unit, *, assumed: bool
    ) -> Derivation:
        due_at = due.astimezone(UTC)
        data: dict[str, str | int | bool] = {
            "length": length,
            "unit": unit.value,
            "assumed_calendar": assumed,
            "due_at": due_at.isoformat(),
        }
        return Derivation((*before, DerivationStep("COUNTED", data)), due_at, assumed)


@cache
def _published_calendar() -> WorkingCalendar:
    holidays = frozenset(chinese_calendar.holidays)
    # 次年元旦的通知可能已含来年一两天;有国庆节数据的年份才算完整
    complete = frozenset(day.year for day in holidays if day.month == 10)
    return WorkingCalendar(holidays, frozenset(chinese_calendar.workdays), complete)
