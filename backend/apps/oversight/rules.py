"""Pure decisions of oversight: limits, what is alike, triage, ratings. Every number names its source."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.apps.oversight.enums import CaseType, Trigger, Verdict
from backend.kernel.deadlines.calendar import Unit
from backend.kernel.deadlines.rules import BasisMark, DeadlineRule, load_rules

_OURS = "本系统默认值,县(市、区)可按规定调整"
_LOCAL = "代表建议办理的地方规定和惯例"
_RECOMMENDATION = "《人民检察院检察建议工作规定》第{}条"

#: `domain.md` 9.5, all of it; calendar days and months unless the rule says working days (1.5).
RULES: dict[str, DeadlineRule] = load_rules(
    {
        "screen": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "first_hand": {"length": 2, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "feedback": {"length": 15, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "investigate": {"length": 2, "unit": "MONTH", "source": _RECOMMENDATION.format("十五"), "basis_mark": "law"},
        "objection": {"length": 7, "unit": "WD", "source": _RECOMMENDATION.format("十六") + "第五项;天数为默认值",
                      "basis_mark": "assumption"},
        "reply": {"length": 2, "unit": "MONTH", "source": _RECOMMENDATION.format("十九"), "basis_mark": "law"},
        "reply_public_interest": {"length": 2, "unit": "MONTH", "source": "法释〔2020〕20号第二十一条", "basis_mark": "law"},
        "reply_urgent": {"length": 15, "unit": "CD", "source": "法释〔2020〕20号第二十一条:国家利益或者社会公共利益损害继续扩大等紧急情形",
                         "basis_mark": "law"},
        "rework": {"length": 1, "unit": "MONTH", "source": _OURS, "basis_mark": "assumption"},
        "court_reply": {"length": 3, "unit": "MONTH", "source": "民事执行监督惯例(可延长一个月)", "basis_mark": "practice"},
        "suggestion": {"length": 3, "unit": "MONTH", "source": "《代表法》及浙江省代表建议办理规定(2023)", "basis_mark": "law"},
        "suggestion_wide": {"length": 6, "unit": "MONTH", "source": "《代表法》及浙江省代表建议办理规定(2023)", "basis_mark": "law"},
        "assist": {"length": 1, "unit": "MONTH", "source": _LOCAL, "basis_mark": "practice"},
        "return": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "assign": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "reassign": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "rate": {"length": 30, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "settle": {"length": 5, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "track": {"length": 12, "unit": "MONTH", "source": _LOCAL, "basis_mark": "practice"},
    }
)  # fmt: skip

#: Joint supervision (`domain.md` 9.6).
OVERDUE_DAYS, UNITS, REPEATS, DEMANDS = 15, 3, 3, 10
#: A case counts for its clue when it was filed within this window (9.8).
CASE_WINDOW_DAYS = 90
#: Fewer ratings than this say nothing, and might say who gave them.
FEWEST_RATINGS = 5
#: From here on a clue is looked at first (9.6).
FIRST_HAND_SCORE = 60
#: The most each part of the triage may give; it orders work and decides nothing.
TRIAGE = {"public_interest": 30, "affected": 20, "evidence": 20, "repeat": 15, "urgency": 15}

#: Refused or expired requests are kept for a year (`domain.md` 1.9); the log keeps that there was one.
KEPT_FOR = timedelta(days=365)
KEPT_BASIS = "不受理或者未立案的线索,保存一年后删除内容"

#: Six months from assignment is the latest, whoever grants more time (9.5).
LATEST_MONTHS = 6
#: Offered as alike from here on.
ALIKE = 0.45
MOST_ALIKE = 8

#: Telephones, mobile and fixed, and identity numbers, old ones too; whatever stands between their digits was taken out.
_NUMBERS = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{9,11}|[1-9]\d{14}|[1-9]\d{16}[\dXx])(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-—–－()（）]+(?=[\dXx])")
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code(county: str, day: date, kind: str = "") -> str:
    """A code that says nothing about anybody: county, year, five letters."""
    return f"{county}-{kind}{day:%y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(5))


def promise(due: date, today: date) -> DeadlineRule:
    """The limit that a unit set itself, as a rule."""
    return DeadlineRule("promise", (due - today).days, Unit.CD, False, "被监督单位在回复中承诺的期限", BasisMark.PRACTICE)


@dataclass(frozen=True)
class Sketch:
    """What likeness is judged by; never who wrote it."""

    field: str
    path: str
    words: str


def pairs(text: str) -> frozenset[str]:
    """Neighbouring characters: a measure of likeness that needs no dictionary."""
    plain = "".join(char for char in text.lower() if char.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def likeness(one: Sketch, other: Sketch) -> float:
    """0 to 1 over category, place and words, each by itself symmetric."""
    category = 1.0 if one.field == other.field else 0.0
    mine, theirs = one.path.split("."), other.path.split(".")
    shared = 0
    for a, b in zip(mine, theirs, strict=False):
        if a != b:
            break
        shared += 1
    place = shared / max(len(mine), len(theirs))
    left, right = pairs(one.words), pairs(other.words)
    words = len(left & right) / len(left | right) if left and right else 0.0
    return 0.25 * category + 0.25 * place + 0.5 * words


def verdict_of(points: Sequence[Verdict]) -> Verdict:
    """What the findings on each demand come to: all met, none met, or something between."""
    kinds = set(points)
    return kinds.pop() if len(kinds) == 1 else Verdict.PARTLY


def suggestion_rule(*, wide: bool) -> DeadlineRule:
    """Three months from assignment; six where the matter is wide or difficult."""
    return RULES["suggestion_wide" if wide else "suggestion"]


def is_dissatisfied(process: int, result: int) -> bool:
    """One and two of five, on either question."""
    return min(process, result) <= 2


def names_somebody(text: str, names: Iterable[str]) -> bool:
    """Whether a text for everybody has one of these names, a telephone or an identity number."""
    return _NUMBERS.search(_BETWEEN_DIGITS.sub("", text)) is not None or any(name and name in text for name in names)


def mean(ratings: Sequence[int]) -> float | None:
    """None below `FEWEST_RATINGS`."""
    return sum(ratings) / len(ratings) if len(ratings) >= FEWEST_RATINGS else None


def triggers(*, units: int, clues: int, supporters: int) -> list[Trigger]:
    """What calls for joint supervision, of what can be counted."""
    found = []
    if units >= UNITS:
        found.append(Trigger.UNITS)
    if clues >= REPEATS:
        found.append(Trigger.REPEATED)
    if supporters >= DEMANDS:
        found.append(Trigger.DEMANDED)
    return found


def triage_score(parts: Iterable[int]) -> int:
    return sum(parts)


def reply_rule(case_type: CaseType, *, urgent: bool) -> DeadlineRule:
    """Two months, three for a court's retrial; fifteen days where harm to the public goes on."""
    if urgent:
        return RULES["reply_urgent"]
    return RULES[{CaseType.PUBLIC_INTEREST: "reply_public_interest", CaseType.RETRIAL: "court_reply"}.get(case_type, "reply")]
