"""Pure decisions of the programme: limits, days of meetings and plans, what a place belongs to. Every number names its source."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta

from backend.apps.cockpit.enums import HazardGrade, KeyUnit, MeetingKind, Phase, PillarKind, Rhythm, Track
from backend.kernel.deadlines.calendar import SHANGHAI, Unit, WorkingCalendar, add_months
from backend.kernel.deadlines.rules import BasisMark, DeadlineRule, load_rules

_PROGRAMME = "137+X工作机制(`一月度一会商`等),天数为本系统默认值"
_OURS = "本系统默认值,县(市、区)可按规定调整"

#: `domain.md` 11.3; the programme's own rhythm, and working days where its rules say so (1.5).
RULES: dict[str, DeadlineRule] = load_rules(
    {
        "answer_problem": {"length": 5, "unit": "WD", "source": "137+X“双报告”机制:难点堵点5个工作日内答复,超期列入下月会商",
                           "basis_mark": "assumption"},
        "grade_hazard": {"length": 2, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "order_hazard": {"length": 1, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "verify_hazard": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "check_action": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
    }
)  # fmt: skip

#: The monthly consultation is held by this day of the month; the day's report is due at this hour.
MONTHLY_BY_DAY = 10
REPORT_BY = time(18, 0)
#: 2+N: two leads at least.
LEADS = 2
#: References that a figure takes along to a meeting.
MOST_MATTERS = 200
#: The longest limits that are set here.
MOST_TASK_DAYS, MOST_HAZARD_DAYS = 366, {HazardGrade.GENERAL: 30, HazardGrade.MAJOR: 180}

CODES: dict[PillarKind, frozenset[str]] = {
    PillarKind.TRACK: frozenset(Track),
    PillarKind.KEY_UNIT: frozenset(KeyUnit),
}
#: Weekday of the meetings that have one (Monday = 0).
WEEKDAY = {MeetingKind.WEEKLY_CITY: 0, MeetingKind.WEEKLY_LINK: 4}
RHYTHM = {Phase.ROUTINE: Rhythm.WEEKLY, Phase.KEY: Rhythm.DAILY}

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code(county: str, day: date, kind: str) -> str:
    """A code that says nothing about anybody: county, kind, year, five letters."""
    return f"{county}-{kind}{day:%y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(5))


def until(rule: str, due: date, today: date, source: str) -> DeadlineRule:
    """A limit that somebody set by its day, as a rule."""
    return DeadlineRule(rule, max(1, (due - today).days), Unit.CD, False, source, BasisMark.PRACTICE)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def first_of(month: str) -> date:
    """The first day of `YYYY-MM`. Raises ValueError."""
    year, number = month.split("-")
    if len(year) != 4 or len(number) != 2:
        raise ValueError(month)
    return date(int(year), int(number), 1)


def next_month(month: str) -> str:
    return month_of(add_months(first_of(month), 1))


def monthly_day(month: str, today: date) -> date:
    """The day by which the month's consultation is held, or today when that has passed."""
    return max(first_of(month).replace(day=MONTHLY_BY_DAY), today)


def consultation_month(today: date, *, held: bool) -> str:
    """The month whose consultation takes up what is red today: this one, unless it was held already."""
    month = month_of(today)
    return next_month(month) if held else month


def next_weekly_day(kind: MeetingKind, day: date) -> date:
    """When the kind's meeting of the week after `day` is held; of a holiday its next working day."""
    monday = day + timedelta(days=7 - day.weekday())
    return WorkingCalendar.from_chinesecalendar().first_working_day(monday + timedelta(days=WEEKDAY[kind]))


def day_of(rhythm: Rhythm, day: date) -> date:
    """The day a plan stands under: a week's Monday, or the day."""
    return day - timedelta(days=day.weekday()) if rhythm is Rhythm.WEEKLY else day


def report_due(rhythm: Rhythm, day: date) -> datetime:
    """By 18:00 of the day, or of the week's Friday."""
    last = day + timedelta(days=4) if rhythm is Rhythm.WEEKLY else day
    return datetime.combine(last, REPORT_BY, SHANGHAI).astimezone(UTC)
