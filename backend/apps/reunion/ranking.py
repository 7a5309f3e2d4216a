"""The order in which candidates are shown. Pure; a hint for reviewers that is never certain and decides nothing.

Face and facts are each read on one scale from 0 to 1, where 0.5 says nothing. Together they are the better of the two,
moved by the other by at most 0.15: max(face, facts) + 0.3 x (min(face, facts) - 0.5). Agreement of both lifts, a
contradiction lowers, and neither can hide somebody whom the other one shows.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.apps.reunion.comparing import Comparison, Field
from backend.apps.reunion.rules import CROSS_AGE_YEARS, MOST_CANDIDATES

#: `domain.md` 2.6.
DISPLAY: Final = 0.60
STRONG_LEAD: Final = 0.85

#: Cosine → face value, straight lines between. On 300 labelled pairs with the models that ship, each of 262 pairs of
#: different people had 0.252 or less and each of 38 pairs of the same person 0.446 or more. So what no pair of strangers
#: reached is shown, and what every pair of one person reached is a strong lead. Other models need other anchors.
ANCHORS: Final = ((-1.0, 0.0), (0.0, 0.30), (0.252, 0.59), (0.446, 0.85), (1.0, 1.0))

#: How far the weaker reading moves the stronger one, on either side of its middle.
_OTHER_SHARE: Final = 0.3
#: Facts speak fully from this coverage on; less is drawn towards the middle.
FULL_COVERAGE: Final = 0.6
_MIDDLE: Final = 0.5
#: "Likely" stands out from the next one by so much.
MARGIN: Final = 0.10
_PLACES: Final = 4


class Caution(StrEnum):
    """What a reviewer is told beside a candidate."""

    AGE_GAP = "AGE_GAP"  # pictures over five years apart: faces change, and only DNA proves
    AGE_GAP_UNKNOWN = "AGE_GAP_UNKNOWN"
    FEW_FACTS = "FEW_FACTS"
    FACE_AGAINST_FACTS = "FACE_AGAINST_FACTS"  # one of them alone would not have shown this candidate
    NO_FACE = "NO_FACE"
    SEX_DIFFERS = "SEX_DIFFERS"
    FOUND_BEFORE_LOST = "FOUND_BEFORE_LOST"
    ONLY_ONE_DEAD = "ONLY_ONE_DEAD"


_SAID_ALOUD: Final = {
    Field.SEX: Caution.SEX_DIFFERS, Field.TIME: Caution.FOUND_BEFORE_LOST, Field.DECEASED: Caution.ONLY_ONE_DEAD,
}  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """One candidate before ranking.

    Attributes:
        key: unique and stable; decides ties.
        cosine: the best over both sides' pictures; None without a face on either side.
        age_gap_years: between the two pictures that gave it; None where one is undated.
    """

    key: str
    cosine: float | None = None
    comparison: Comparison | None = None
    age_gap_years: int | None = None


@dataclass(frozen=True)
class Ranked:
    """One line of the list.

    Attributes:
        rank: from 1.
        score: face and facts together; `face` and `facts` alone, None where they say nothing. 0 to 1.
        strong: a strong lead, which is no confirmation.
        likely: stands out from the next one, or is the only one. Never more than one line of a list.
    """

    rank: int
    scored: Scored
    score: float
    face: float | None
    facts: float | None
    strong: bool
    likely: bool
    cautions: tuple[Caution, ...]

    @property
    def key(self) -> str:
        return self.scored.key

    @property
    def comparison(self) -> Comparison | None:
        return self.scored.comparison


@dataclass(frozen=True)
class _Valued:
    scored: Scored
    face: float | None
    facts: float | None
    score: float
    shown: bool


def face_value(cosine: float | None) -> float | None:
    """A cosine on the scale of `DISPLAY` and `STRONG_LEAD`; rises with it. None for none, or for no number."""
    if cosine is None or math.isnan(cosine):
        return None
    cosine = min(1.0, max(-1.0, cosine))
    at = min(bisect_right([anchor for anchor, _ in ANCHORS], cosine), len(ANCHORS) - 1)
    (low, from_value), (high, to_value) = ANCHORS[at - 1], ANCHORS[at]
    return from_value + (to_value - from_value) * (cosine - low) / (high - low)


def facts_value(comparison: Comparison | None) -> float | None:
    """A comparison's score, drawn towards 0.5 where little could be compared. None where nothing could."""
    if comparison is None or not comparison.coverage:
        return None
    return _MIDDLE + (comparison.score - _MIDDLE) * min(1.0, comparison.coverage / FULL_COVERAGE)


def together(face: float | None, facts: float | None) -> float:
    """Both readings as one, 0 to 1; one alone is itself."""
    said = sorted(each for each in (face, facts) if each is not None)
    if len(said) < 2:
        return said[0] if said else 0.0
    return min(1.0, max(0.0, said[1] + _OTHER_SHARE * (said[0] - _MIDDLE)))


def rank(candidates: Sequence[Scored], most: int = MOST_CANDIDATES) -> list[Ranked]:
    """The candidates worth a look, best first, at most `most`; the order they came in does not matter."""
    shown = [each for each in map(_valued, candidates) if each.shown]
    shown.sort(key=lambda each: (-each.score, each.scored.key))
    return [_ranked(at, each, likely=at == 1 and _stands_out(shown)) for at, each in enumerate(shown[:most], 1)]


def _valued(scored: Scored) -> _Valued:
    face, facts = face_value(scored.cosine), facts_value(scored.comparison)
    # A wrong sex or day may be a slip of the pen: it lowers, but whoever would be shown without it still is.
    lenient = None
    if scored.comparison is not None:
        lenient = facts_value(scored.comparison.without(scored.comparison.strong_mismatches))
    best = max((each for each in (face, facts, lenient) if each is not None), default=0.0)
    return _Valued(scored, face, facts, round(together(face, facts), _PLACES), round(best, _PLACES) >= DISPLAY)


def _stands_out(shown: Sequence[_Valued]) -> bool:
    first = shown[0]
    if first.score < DISPLAY or (first.scored.comparison is not None and first.scored.comparison.strong_mismatches):
        return False
    return len(shown) == 1 or round(first.score - shown[1].score, _PLACES) >= MARGIN


def _ranked(at: int, valued: _Valued, *, likely: bool) -> Ranked:
    strong = valued.score >= STRONG_LEAD
    return Ranked(at, valued.scored, valued.score, valued.face, valued.facts, strong, likely, _cautions(valued))


def _cautions(valued: _Valued) -> tuple[Caution, ...]:
    comparison, gap = valued.scored.comparison, valued.scored.age_gap_years
    found = [_SAID_ALOUD[each] for each in comparison.strong_mismatches] if comparison else []
    if valued.face is None:
        found.append(Caution.NO_FACE)
    elif gap is None:
        found.append(Caution.AGE_GAP_UNKNOWN)
    elif gap > CROSS_AGE_YEARS:
        found.append(Caution.AGE_GAP)
    if comparison is None or comparison.coverage < FULL_COVERAGE / 2:
        found.append(Caution.FEW_FACTS)
    if valued.face is not None and valued.facts is not None and min(valued.face, valued.facts) < _MIDDLE - MARGIN:
        found.append(Caution.FACE_AGAINST_FACTS)
    return tuple(found)
