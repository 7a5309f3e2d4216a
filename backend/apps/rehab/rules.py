"""Pure decisions of supervision: limits, planned duties, places. Every number names its source."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from backend.apps.rehab.enums import Band, CaseKind, LinkKind, PlaceHint, TaskKind
from backend.kernel.deadlines.calendar import SHANGHAI, add_months, end_of_day
from backend.kernel.deadlines.rules import DeadlineRule, load_rules

_OURS = "本系统默认值,县(市、区)可按规定调整"
_POINTS = "浙公通字〔2022〕65号及本系统积分规则(个人信息保护法第二十四条的说明与拒绝权)"

RULES: dict[str, DeadlineRule] = load_rules(
    {
        "report": {"length": 15, "unit": "CD", "source": "《戒毒条例》第十四条:收到决定书之日起十五日内报到", "basis_mark": "law"},
        "release_notice": {"length": 7, "unit": "CD", "source": "《戒毒条例》第二十三条:解除通知书七日内通知", "basis_mark": "law"},
        "lab_ask": {"length": 3, "unit": "CD", "source": "《吸毒检测程序规定》(条号待核)", "basis_mark": "law"},
        "lab_decide": {"length": 3, "unit": "CD", "source": "《吸毒检测程序规定》(条号待核)", "basis_mark": "law"},
        "review": {"length": 24, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "face_confirm": {"length": 2, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "leave": {"length": 1, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "request": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "breach": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "transfer": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "band": {"length": 3, "unit": "WD", "source": _POINTS, "basis_mark": "assumption"},
        "objection": {"length": 10, "unit": "WD", "source": _POINTS, "basis_mark": "assumption"},
        "further_review": {"length": 15, "unit": "WD", "source": _POINTS, "basis_mark": "assumption"},
        "whistle": {"length": 24, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
    }
)

#: Days after a notice within which the person may object, in working days (`domain.md` 1.8.3).
OBJECTION_WINDOW_DAYS = 10
TERM_MONTHS: Mapping[CaseKind, int] = {
    CaseKind.COMMUNITY_TREATMENT: 36,  # 禁毒法 33
    CaseKind.COMMUNITY_RECOVERY: 36,  # at the most: 禁毒法 48
    CaseKind.VOLUNTARY: 12,
    CaseKind.MAINTENANCE: 36,
}
#: Dynamic control ends three years after the term, without relapse (戒毒条例 7).
FOLLOW_UP_MONTHS = 36
#: Leaving the county for longer needs a written report before (戒毒条例 19).
WRITTEN_LEAVE_DAYS = 3
LONGEST_LEAVE_DAYS = 30
#: 戒毒条例 20: serious breach.
SERIOUS_TIMES = 3
SERIOUS_DAYS_AWAY = 30

CHECK_IN_WINDOW = timedelta(days=3)
#: On demand: not more often than this, for one person.
DEMANDS_IN_A_WEEK = 3
DEMAND_HOURS = (1, 24)
CALL_BACK_HELP = timedelta(hours=1)
CALL_BACK_LOW = timedelta(hours=24)
WHISTLE_ANSWER = timedelta(hours=2)
#: How long a failed picture waits for the person's choice before a human looks at it.
RETAKE_WAIT = timedelta(minutes=30)
MOST_ATTEMPTS = 3
#: Daily warnings about a missed duty, then it stays red without new words.
WARNED_DAYS = 7

#: How long check-in pictures are kept, by outcome (`domain.md` 1.9, configurable).
PICTURE_DAYS: Mapping[str, int] = {"MATCH": 7, "REVIEWED": 28, "CONCERN": 90, "ENROLMENT": 30}
PICTURE_BASIS = "《个人信息保护法》第十九条、第四十七条:最短必要期限(本系统默认值)"

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_EARTH_METRES = 6_371_000


def new_code(county: str, day: date) -> str:
    """A code that says nothing about what it is for."""
    return f"{county}-{day:%y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def term_to(kind: CaseKind, start: date) -> date:
    """The last day of the term."""
    return add_months(start, TERM_MONTHS[kind]) - timedelta(days=1)


def year_of_term(start: date, today: date) -> int:
    """1 in the first year; the day before the term starts counts as its first year."""
    return max(1, sum(today >= add_months(start, 12 * year) for year in range(1, 10)) + 1)


# ------------------------------------------------------------------------------------------------ planned duties


@dataclass(frozen=True)
class Duty:
    """One kind of recurring duty: whose it is, how often, how long its window is open."""

    kind: TaskKind
    link: LinkKind
    every_days: int
    window_days: int
    source: str


@dataclass(frozen=True)
class Planned:
    """A duty on its dates; `key` names it, so that planning again makes nothing new."""

    duty: Duty
    key: str
    opens_at: datetime
    due_at: datetime
    why: dict[str, Any]


@dataclass(frozen=True)
class Measures:
    """What a band means in duties, as the rule set in force says (`domain.md` 6.5, 6.6)."""

    contact_days: int
    visit_days: int
    test_factor: float
    review_months: int


#: Tests in the first, second and later years of the term: monthly, every two months, quarterly.
TEST_DAYS = (30, 61, 91)
_TESTS = "尿检频次:第一年每月、第二年每两月、第三年每季一次(以协议为准)"


def duties(measures: Measures, year: int, *, tested: bool) -> list[Duty]:
    """Every recurring duty of the chain for a person in this band and year of the term."""
    made = [
        Duty(TaskKind.CHECK_IN, LinkKind.PERSON, measures.contact_days, 3, _OURS),
        Duty(TaskKind.HOME_VISIT, LinkKind.DRUG_WORKER, measures.visit_days, min(7, measures.visit_days), _OURS),
        Duty(TaskKind.TALK, LinkKind.POLICE, max(30, measures.visit_days), 10, _OURS),
        Duty(TaskKind.PATROL, LinkKind.GRID, max(30, measures.visit_days), 10, _OURS),
        Duty(TaskKind.TALK, LinkKind.VILLAGE, 91, 14, _OURS),
        Duty(TaskKind.FAMILY_CARE, LinkKind.FAMILY, 30, 7, _OURS),
        Duty(TaskKind.REVIEW_BAND, LinkKind.OFFICE, measures.review_months * 30, 10, _OURS),
    ]
    if tested:
        days = math.floor(TEST_DAYS[min(year, len(TEST_DAYS)) - 1] / measures.test_factor)
        made += [
            Duty(TaskKind.URINE_TEST, LinkKind.DRUG_WORKER, max(7, days), 5, _TESTS),
            Duty(TaskKind.HAIR_TEST, LinkKind.DRUG_WORKER, 182, 14, _OURS),
        ]
    return made


def plan(
    wanted: Iterable[Duty], band: Band, start: date, today: date, dice: Callable[[str], int], *, ahead_days: int = 7
) -> list[Planned]:
    """The duties whose window opens within the next days.

    The day inside a period is drawn by `dice` (key → a number nobody can foretell), so that tests and check-ins do not
    fall on a fixed day; drawn again, it is the same.
    """
    made = []
    for duty in wanted:
        first = max(0, (today - start).days // duty.every_days)
        for number in (first, first + 1):
            key = f"{duty.kind}:{duty.link}:{band}:{duty.every_days}:{number}"
            room = max(1, duty.every_days - duty.window_days)
            jitter = dice(key) % room
            opens = start + timedelta(days=number * duty.every_days + jitter)
            # One whose window is open already is still made: the planner may have stood still for a day.
            if opens + timedelta(days=duty.window_days - 1) < today or opens > today + timedelta(days=ahead_days):
                continue
            made.append(_planned(duty, key, band, opens))
    return made


def _planned(duty: Duty, key: str, band: Band, opens: date) -> Planned:
    due = opens + timedelta(days=duty.window_days - 1)
    why = {"band": band, "everyDays": duty.every_days, "windowDays": duty.window_days, "source": duty.source}
    return Planned(duty, key, datetime.combine(opens, time(8), SHANGHAI), end_of_day(due), why)


def reminders(opens_at: datetime, due_at: datetime) -> list[datetime]:
    """When a duty is spoken of: at its opening, at half time, on its last day; missed right after it."""
    last_day = max(opens_at, due_at - timedelta(days=1))
    half = opens_at + (due_at - opens_at) / 2
    return [opens_at, half, max(half, last_day), due_at + timedelta(seconds=1)]


# -------------------------------------------------------------------------------------------------------- place


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees."""
    lat1, lon1, lat2, lon2 = (math.radians(value) for value in (*one, *other))
    a = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(a)))


def place_hint(
    home: tuple[float, float] | None, at: tuple[float, float] | None, accuracy: float | None, fence: int
) -> PlaceHint:
    """A hint for the human who reviews, never a verdict: UNCERTAIN when the accuracy reaches over the fence."""
    if home is None or at is None:
        return PlaceHint.UNKNOWN
    distance, unsure = metres(home, at), accuracy if accuracy is not None else fence
    if distance + unsure <= fence:
        return PlaceHint.INSIDE
    return PlaceHint.OUTSIDE if distance - unsure > fence else PlaceHint.UNCERTAIN


# ------------------------------------------------------------------------------------------------------- breach


def is_serious(test_evasions: int, unreported_leaves: int, days_away: int) -> bool:
    """戒毒条例 20: tests evaded three times, left without leave three times, or more than thirty days in all."""
    return test_evasions >= SERIOUS_TIMES or unreported_leaves >= SERIOUS_TIMES or days_away > SERIOUS_DAYS_AWAY
