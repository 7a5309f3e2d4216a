"""Pure decisions of reunion: limits, who may search where, when somebody counts as recognised. Every number names its source."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from backend.apps.reunion.enums import (
    Alarm,
    AssistAddressee,
    AssistFinding,
    CareReason,
    CaseKind,
    Condition,
    Gallery,
    ProofKind,
    Purpose,
    ReunionKind,
    Side,
    TaskKind,
    Verdict,
)
from backend.kernel.deadlines.calendar import add_months
from backend.kernel.deadlines.rules import DeadlineRule, load_rules

_OURS = "本系统默认值,县(市、区)可按规定调整"
_STATION = "《城市生活无着的流浪乞讨人员救助管理办法实施细则》第十二条:救助期限一般不超过十天"
_SEARCH = "民发〔2015〕158号及地方寻亲工作规范"

_SAMPLING = "民发〔2015〕158号及地方规范:救助机构报告后一个月内免费采集血样"
_PLACING = "民发〔2015〕158号:超过三个月仍无法查明身份的,提出安置方案"


def _assumed(length: int, unit: str) -> dict[str, object]:
    return {"length": length, "unit": unit, "source": _OURS, "basis_mark": "assumption"}


#: Limits of a task by its kind; in an emergency everything but a placement is a matter of hours.
_TASKS: dict[str, dict[str, object]] = {
    TaskKind.SAMPLE_DNA: {"length": 1, "unit": "MONTH", "source": _SAMPLING, "basis_mark": "practice"},
    TaskKind.HEALTH_CHECK: _assumed(2, "CD"),
    TaskKind.VISIT_HOME: _assumed(3, "WD"),
    TaskKind.CHECK_HOUSEHOLD: _assumed(3, "WD"),
    TaskKind.ESCORT: _assumed(7, "CD"),
    TaskKind.PLACE: {"length": 3, "unit": "MONTH", "source": _PLACING, "basis_mark": "practice"},
    TaskKind.FOLLOW_UP_VISIT: _assumed(7, "CD"),
    TaskKind.OTHER: _assumed(7, "CD"),
}

RULES: dict[str, DeadlineRule] = load_rules(
    {
        **{f"task_{kind.lower()}": limit for kind, limit in _TASKS.items()},
        **{f"task_{kind.lower()}_emergency": _assumed(12, "HOUR") for kind in _TASKS if kind != TaskKind.PLACE},
        "care_review": _assumed(6, "MONTH"),
        "card_call": _assumed(15, "MINUTE"),
        "notice": {"length": 24, "unit": "HOUR", "source": _SEARCH, "basis_mark": "practice"},
        "station": {"length": 10, "unit": "CD", "source": _STATION, "basis_mark": "law"},
        "approve": {"length": 4, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "approve_emergency": {"length": 30, "unit": "MINUTE", "source": _OURS, "basis_mark": "assumption"},
        "review": {"length": 48, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "review_emergency": {"length": 4, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "verify": {"length": 3, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "verify_emergency": {"length": 12, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "assist": {"length": 3, "unit": "WD", "source": _OURS, "basis_mark": "assumption"},
        "assist_emergency": {"length": 12, "unit": "HOUR", "source": _OURS, "basis_mark": "assumption"},
        "return": {"length": 7, "unit": "CD", "source": _OURS, "basis_mark": "assumption"},
    }
)

#: An approval to search ends by itself (`domain.md` 2.3).
SEARCH_DAYS = 30
#: Without a match a new search needs new material or this many months (2.4).
RETRY_MONTHS = 6
PLACED_RETRY_MONTHS = 12
#: How long a card opens its page.
CARD_DAYS = 365
FOLLOW_UP_MONTHS = (1, 3, 6)
#: Candidates of one search (2.6).
MOST_CANDIDATES = 20
#: Candidate sets that one reviewer looks at in a day (2.6).
REVIEWS_A_DAY = 40
#: Ages further apart than this are proven by DNA alone (2.4).
CROSS_AGE_YEARS = 5

#: Which galleries a purpose opens. A search looks at the other side only.
GALLERIES: Mapping[str, frozenset[str]] = {
    Purpose.STRANDED_SEARCH: frozenset({Gallery.MISSING}),
    Purpose.LOST_RESCUE: frozenset({Gallery.FOUND}),
    Purpose.VAGRANT_AID: frozenset({Gallery.MISSING, Gallery.FOUND}),
    Purpose.CROSS_REGION: frozenset({Gallery.MISSING, Gallery.FOUND}),
}
PURPOSES_OF: Mapping[Side, tuple[Purpose, ...]] = {
    Side.SOUGHT: (Purpose.LOST_RESCUE, Purpose.CROSS_REGION),
    Side.FOUND: (Purpose.STRANDED_SEARCH, Purpose.VAGRANT_AID, Purpose.CROSS_REGION),
}

#: What is opened to a helper ends by itself (2.3).
ASSIST_DAYS = 30
#: What an expert says of faces, and a county of the person.
FINDINGS: Mapping[AssistAddressee, frozenset[AssistFinding]] = {
    AssistAddressee.EXPERT: frozenset({AssistFinding.SAME, AssistFinding.DIFFERENT, AssistFinding.UNSURE}),
    AssistAddressee.COUNTY: frozenset({AssistFinding.KNOWN_HERE, AssistFinding.NOT_KNOWN_HERE, AssistFinding.UNSURE}),
    AssistAddressee.BOARD: frozenset({AssistFinding.KNOWN_HERE, AssistFinding.NOT_KNOWN_HERE, AssistFinding.UNSURE}),
}

#: A bulletin is renewed by a person, or it ends.
BULLETIN_DAYS = 90
#: Longer edge in pixels of the picture that strangers get.
BULLETIN_EDGE = 640
TIPS_A_DAY = 20
STATUS_LINK_FOR = timedelta(days=180)

#: Pictures and templates after the end of a case (`domain.md` 1.9).
ERASE_AFTER_DAYS = 30
ERASE_BASIS = "《个人信息保护法》第四十七条:处理目的已实现"
KEEP_BASIS = "寻亲案件办理期间"

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code(county: str, day: date) -> str:
    """A case's code, which says nothing about the person: county, year, five letters."""
    return f"{county}-{day:%y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(5))


def rule(name: str, *, emergency: bool) -> DeadlineRule:
    """The limit, in its short form for an emergency where there is one."""
    return RULES.get(f"{name}_emergency", RULES[name]) if emergency else RULES[name]


def forced_alarm(kind: CaseKind, conditions: Iterable[Condition], *, is_minor: bool) -> Alarm | None:
    """Whoever is a child, was abducted or is in danger is an emergency, whatever the form says (`domain.md` 2.4)."""
    if kind == CaseKind.ABDUCTED:
        return Alarm.ABDUCTION
    if is_minor or Condition.CHILD in conditions:
        return Alarm.MINOR
    return Alarm.DANGER if Condition.UNCONSCIOUS in conditions else None


def outcome(verdicts: Sequence[Verdict]) -> bool | None:
    """What reviewers' verdicts come to: a lead, no lead, or not decided yet.

    Two independent ones that agree decide; otherwise a third one does, and two of three carry. Unsure is no agreement.
    """
    same = sum(each == Verdict.SAME for each in verdicts)
    if same >= 2:
        return True
    if sum(each == Verdict.DIFFERENT for each in verdicts) >= 2 or len(verdicts) >= 3:
        return False
    return None


def needs_dna(*, is_minor: bool, kinds: Iterable[CaseKind], age_gap: int | None) -> bool:
    """Children, the abducted, and pictures further apart than five years (`domain.md` 2.4)."""
    crossed = age_gap is not None and age_gap > CROSS_AGE_YEARS
    return is_minor or crossed or any(kind in (CaseKind.CHILD, CaseKind.ABDUCTED) for kind in kinds)


def is_proven(proofs: Iterable[ProofKind], *, dna: bool) -> bool:
    """At least one means of its own beside the face; where DNA is asked for, DNA."""
    found = set(proofs)
    return ProofKind.DNA in found if dna else bool(found)


def reunion_kind(sought: CaseKind, found: CaseKind) -> ReunionKind:
    if sought in (CaseKind.ABDUCTED,):
        return ReunionKind.ABDUCTED_CHILD
    return ReunionKind.STRANDED if found in (CaseKind.AT_STATION, CaseKind.IN_HOSPITAL) else ReunionKind.LOST


def settles(addressee: AssistAddressee, finding: AssistFinding | None) -> bool:
    """Whether an answer is the end of the question: on the board others may still know more than one who knows nothing."""
    return addressee != AssistAddressee.BOARD or finding == AssistFinding.KNOWN_HERE


def board_refusal(*, abducted: bool, is_minor: bool, guardian_agreed: bool, by_chief: bool) -> str:
    """Why a case may not go to the board, as a code; empty when it may (`domain.md` 2.7, 2.9)."""
    if by_chief:
        return ""
    if abducted:
        return "CHIEF_NEEDED"
    return "GUARDIAN_NEEDED" if is_minor and not guardian_agreed else ""


def age_range(born_from: date | None, born_to: date | None, today: date) -> tuple[int, int] | None:
    """Whole years, the least and the most he may be."""
    if born_from is None or born_to is None:
        return None
    least, most = ((today.toordinal() - day.toordinal()) / 365.2425 for day in (born_to, born_from))
    return max(0, int(least)), max(0, int(most))


def retry_on(day: date, *, placed: bool = False) -> date:
    """When the next search is due without new material: half a year, and a year after a placement (`domain.md` 2.4)."""
    return add_months(day, PLACED_RETRY_MONTHS if placed else RETRY_MONTHS)


def care_reasons(*, finds: int, conditions: Iterable[str], lives_alone: bool, has_kin: bool) -> list[CareReason]:
    """Why somebody may get lost again, each by itself: there is no sum, no rank and no colour (`domain.md` 1.11)."""
    said = {
        CareReason.REPEAT_FINDS: finds > 1,
        CareReason.DEMENTIA: Condition.DEMENTIA in conditions,
        CareReason.LIVES_ALONE: lives_alone,
        CareReason.NO_NEXT_OF_KIN: not has_kin,
    }
    return [reason for reason, holds in said.items() if holds]


def follow_up_days(day: date) -> list[tuple[int, date]]:
    return [(month, add_months(day, month)) for month in FOLLOW_UP_MONTHS]


def erase_after(days: int = ERASE_AFTER_DAYS) -> timedelta:
    return timedelta(days=days)
