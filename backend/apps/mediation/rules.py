"""Pure decisions of mediation: limits, levels, points, warnings. Every number names its source."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.apps.mediation.enums import HandlingLevel, RatingScale, Severity
from backend.kernel.deadlines.rules import DeadlineRule, load_rules
from backend.kernel.tenancy.models import Level

_PRACTICE = "仙居县矛盾调处化解工作规范(3分钟入库、5分钟交办、1小时配队)"
_OURS = "本系统默认值,县(市、区)可按规定调整"

RULES: dict[str, DeadlineRule] = load_rules(
    {
        "triage": {"length": 3, "unit": "MINUTE", "source": _PRACTICE, "basis_mark": "practice"},
        "assign": {"length": 5, "unit": "MINUTE", "source": _PRACTICE, "basis_mark": "practice"},
        "accept": {"length": 1, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "first_contact": {"length": 24, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "mediate_SIMPLE": {"length": 3, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "mediate_GENERAL": {"length": 7, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "mediate_COMPLEX": {
            "length": 30,
            "unit": "CD",
            "source": "《人民调解工作若干规定》一般一个月内调结;期限按自然日",
            "basis_mark": "practice",
        },
        "mediate_MAJOR": {"length": 30, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "confirm": {
            "length": 30,
            "unit": "CD",
            "roll": True,
            "source": "《人民调解法》第三十三条:自调解协议生效之日起三十日内共同申请司法确认",
            "basis_mark": "law",
        },
        "perform": {"length": 30, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "verify": {"length": 7, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "return_visit": {"length": 30, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
        "reply": {"length": 3, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "objection": {"length": 10, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
    }
)  # fmt: skip

#: Clocks whose overrun is supervised: a 督办单 climbs town leader → county centre → county leader.
SUPERVISED = frozenset(
    {"accept", "first_contact", "verify", *(rule for rule in RULES if rule.startswith("mediate_"))}
)
#: Days overdue (0, 3, 7) → level of the supervision notice (`domain.md` 3.6).
NOTICE_LEVEL = {100: 1, 103: 2, 107: 3}

#: Limits that neither a pause nor more time moves: of the law, of supervision, and those that bind who asks.
NOT_MOVABLE = frozenset({"confirm", "reply", "objection", "return_visit"})

RETURNS_BEFORE_LEADER = 1

#: Characters of a code people can read to each other: without I, L, O, U, 0, 1.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_ORDER = list(HandlingLevel)


def new_code(county: str, day: date) -> str:
    """一事一码: county, year and eight random characters, so that nobody can count or guess."""
    return f"{county}-{day:%y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def mediation_rule(severity: Severity) -> DeadlineRule:
    """The limit for settling, by weight of the dispute."""
    return RULES[f"mediate_{severity}"]


def level_of(division_level: Level) -> HandlingLevel:
    """The level a membership works at; city and province act as county."""
    try:
        return HandlingLevel(division_level)
    except ValueError:
        return HandlingLevel.COUNTY


def is_above(level: HandlingLevel, other: HandlingLevel) -> bool:
    return _ORDER.index(level) > _ORDER.index(other)


def next_level(level: HandlingLevel) -> HandlingLevel | None:
    """Where a dispute goes when it is handed up one step; None at the top."""
    index = _ORDER.index(level) + 1
    return _ORDER[index] if index < len(_ORDER) else None


def may_escalate(level: HandlingLevel, to: HandlingLevel, severity: Severity | None, *, violence: bool) -> bool:
    """One step up at a time; grave or violent disputes may skip steps."""
    if not is_above(to, level):
        return False
    return to is next_level(level) or violence or severity in (Severity.COMPLEX, Severity.MAJOR)


def yuan(amount: float | None) -> Decimal | None:
    """An amount as it is stored: to the fen."""
    return None if amount is None else Decimal(str(amount)).quantize(Decimal("0.01"))


def rating_reopens(process: RatingScale, result: RatingScale, times_reopened: int) -> bool:
    """A dissatisfied party gets the dispute looked at again, once."""
    return RatingScale.DISSATISFIED in (process, result) and times_reopened == 0


# ---------------------------------------------------------------------------------------- points of units


@dataclass(frozen=True)
class ScoreRule:
    """Points for the process performance of a unit; text as the unit reads it."""

    id: str
    points: int
    text: str
    version: int = 1


SCORE_RULES = {
    rule.id: rule
    for rule in (
        ScoreRule("first_contact_late", -1, "首次联系当事人超过24小时"),
        ScoreRule("overdue", -2, "办理超过期限"),
        ScoreRule("overdue_more", -1, "超过期限后每再超3日(每件累计不超过10分)"),
        ScoreRule("wrongful_return", -3, "退回理由不成立"),
        ScoreRule("false_closing", -10, "经查实虚假办结"),
        ScoreRule("repeat_visit", -5, "办结后90日内因合理诉求重复上访"),
        ScoreRule("unsatisfied_justified", -3, "群众不满意且经核实有理"),
        ScoreRule("complex_settled", 3, "复杂矛盾化解并履行到位"),
        ScoreRule("confirmed_performed", 1, "司法确认并履行到位"),
        ScoreRule("joint_accepted", 1, "接受联合调处"),
    )
}
BASE_SCORE = 100


def quarter_of(day: date) -> str:
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


# ------------------------------------------------------------------------------------------------ warnings

CATEGORY_IN_VILLAGE = 5
RESPONDENT_DISPUTES = 3
GROUP_PEOPLE = 10
WAGE_YUAN = 500_000
REPEAT_VISITS = 3
TRAILING_WEEKS = 8
#: A week is called rising when a Poisson count as high as this one has at most this probability …
RISING_P = 0.01
#: … and it is at least this many, so that one dispute after a quiet year does not alarm anybody.
RISING_LEAST = 4


@dataclass(frozen=True)
class Rise:
    """A week against the mean of the trailing eight: `probability` of so many or more by chance (Poisson)."""

    count: int
    expected: float
    probability: float

    @property
    def is_rising(self) -> bool:
        return self.count >= RISING_LEAST and self.count > self.expected and self.probability <= RISING_P


def rise(count: int, trailing: Sequence[int]) -> Rise:
    """Compare `count` with the weekly counts before it.

    The mean gets half a dispute added, so that a place without history is not infinitely surprising.
    """
    expected = (sum(trailing) + 0.5) / max(len(trailing), 1)
    return Rise(count, expected, poisson_at_least(count, expected))


def poisson_at_least(count: int, mean: float) -> float:
    """P(X ≥ count) for a Poisson variable."""
    below = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count))
    return max(0.0, 1.0 - below)


def wage_warning(category: str, amount: float | None, people: int) -> bool:
    return category == "LABOUR" and ((amount or 0) > WAGE_YUAN or people > 10)


# ------------------------------------------------------------------------------------------------- figures

RESOLVED = ("AGREED_PERFORMED", "CONFIRMED", "OPINION_ACCEPTED")
