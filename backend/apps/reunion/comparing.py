"""How somebody sought and somebody found read alike, field by field. Pure; an explanation for reviewers, never a decision.

A field that is blank on either side, or that cannot speak (clothes after a month, a child's height after years), takes no
part. The score is the weighted mean of what the others say, and the coverage how much of all that could be said was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from backend.apps.reunion import names, texts
from backend.apps.reunion.facts import Facts, Span


class Field(StrEnum):
    NAME = "NAME"
    SEX = "SEX"
    BORN = "BORN"
    HEIGHT = "HEIGHT"
    DIALECT = "DIALECT"
    ORIGIN = "ORIGIN"
    MARKS = "MARKS"
    CLOTHES = "CLOTHES"
    PLACE = "PLACE"
    TIME = "TIME"
    RELATIVES = "RELATIVES"
    DECEASED = "DECEASED"


class FieldVerdict(StrEnum):
    MATCH = "MATCH"
    CLOSE = "CLOSE"
    MISMATCH = "MISMATCH"
    BLANK = "BLANK"  # takes no part


class Why(StrEnum):
    """What a field's verdict rests on. A name's is a `names.NameCode`."""

    NOT_SAID = "NOT_SAID"
    NOTHING_SHARED = "NOTHING_SHARED"  # other words or relatives on either side: no contradiction
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    BORN_OVERLAPS = "BORN_OVERLAPS"
    BORN_APART = "BORN_APART"  # data: years
    HEIGHT_OVERLAPS = "HEIGHT_OVERLAPS"
    HEIGHT_APART = "HEIGHT_APART"  # data: cm
    GREW_SINCE = "GREW_SINCE"  # a child, or perhaps one, and time has passed
    SAME_FAMILY_OF_SPEECH = "SAME_FAMILY_OF_SPEECH"
    SAME_COUNTY = "SAME_COUNTY"
    SAME_CITY = "SAME_CITY"
    SAME_PROVINCE = "SAME_PROVINCE"
    OTHER_PROVINCE = "OTHER_PROVINCE"
    INSIDE = "INSIDE"  # one names a place that contains the other's
    WORDS_SHARED = "WORDS_SHARED"  # data: words
    CLOTHES_CHANGED_SINCE = "CLOTHES_CHANGED_SINCE"
    FOUND_BEFORE_LOST = "FOUND_BEFORE_LOST"  # data: days
    FOUND_SOON = "FOUND_SOON"  # data: days
    FOUND_LATER = "FOUND_LATER"  # possible, but says nothing; data: days
    ANYWHERE_BY_NOW = "ANYWHERE_BY_NOW"  # data: days
    ONLY_ONE_DEAD = "ONLY_ONE_DEAD"


@dataclass(frozen=True)
class Weight:
    """`against` holds where a field disagrees; never less than `speaks`, so that more agreement never lowers a score."""

    speaks: float
    against: float


#: Bumped with every change below, and kept with every comparison.
WEIGHTS_VERSION: Final = "2026-1"
#: Half of all people share a sex: the same says little, another one much. A confused person's name and memories may be
#: wrong, so nothing else weighs more against somebody than for. [assumption]
WEIGHTS: Final[Mapping[Field, Weight]] = {
    Field.NAME: Weight(4, 4), Field.SEX: Weight(1, 6), Field.BORN: Weight(3, 3), Field.HEIGHT: Weight(1, 1),
    Field.DIALECT: Weight(1, 1), Field.ORIGIN: Weight(2, 2), Field.MARKS: Weight(2, 2), Field.CLOTHES: Weight(1, 1),
    Field.PLACE: Weight(1, 1), Field.TIME: Weight(1, 6), Field.RELATIVES: Weight(3, 3), Field.DECEASED: Weight(1, 6),
}  # fmt: skip
_WHOLE: Final = sum(weight.speaks for weight in WEIGHTS.values())
#: Disagreement here weighs more than agreement. It lowers a candidate and is said aloud, and never hides one.
STRONG: Final = frozenset(each for each, weight in WEIGHTS.items() if weight.against > weight.speaks)

#: From this agreement on a field matches.
MATCHES_FROM: Final = 0.8
GROWN_YEARS: Final = 18
#: Half a year changes no height that matters.
GROWS_AFTER_DAYS: Final = 183
#: Heights are estimated: so much apart is the same, and so much is another person's.
SAME_CM, OTHER_CM = 3, 11
CLOTHES_DAYS: Final = 7
#: A day written down wrongly by one is a slip.
SLIP_DAYS: Final = 1
SOON_DAYS: Final = 30
#: Within so many days a confused person on foot or by bus rarely leaves the province.
NEAR_DAYS: Final = 3
_DAYS_A_YEAR: Final = 365.25
#: Agreement of places by what they share: nothing, province, city, county.
_SHARED: Final = (0.0, 0.4, 0.7, 1.0)
_SHARED_WHY: Final = (Why.OTHER_PROVINCE, Why.SAME_PROVINCE, Why.SAME_CITY, Why.SAME_COUNTY)
#: And of a place that contains the other: as far as it goes, it fits.
_INSIDE: Final = 0.6
_SAME_FAMILY: Final = 0.6
#: Relatives' names that are less alike say nothing: there are many relatives.
_LEAST_RELATIVE: Final = 0.6


@dataclass(frozen=True)
class FieldResult:
    """`agreement` from 0 to 1; `weight` is what it counts with, 0 for BLANK. `data` is JSON, for the wording."""

    field: Field
    verdict: FieldVerdict
    weight: float
    agreement: float
    code: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """All fields in a fixed order. `score` is Σ weight x agreement / Σ weight."""

    fields: tuple[FieldResult, ...]
    weights: str = WEIGHTS_VERSION

    @cached_property
    def score(self) -> float:
        """0 to 1; 0 where no field speaks, which the coverage tells apart."""
        total = sum(each.weight for each in self.fields)
        return sum(each.weight * each.agreement for each in self.fields) / total if total else 0.0

    @cached_property
    def coverage(self) -> float:
        """0 to 1: the share of everything that could be compared that was. One matching name is no full agreement."""
        return sum(WEIGHTS[each.field].speaks for each in self.fields if each.weight) / _WHOLE

    @property
    def strong_mismatches(self) -> tuple[Field, ...]:
        return tuple(each.field for each in self.fields if each.verdict is FieldVerdict.MISMATCH and each.field in STRONG)

    def without(self, left_out: Collection[Field]) -> Comparison:
        """As if these fields had been blank."""
        kept = tuple(_blank(each.field, each.code) if each.field in left_out else each for each in self.fields)
        return Comparison(kept, self.weights)

    def as_json(self) -> dict[str, Any]:
        """For storing beside the candidate; figures rounded to four places."""
        lines = [
            {"field": each.field, "verdict": each.verdict, "weight": each.weight, "agreement": round(each.agreement, 4),
             "code": each.code, "data": dict(each.data)}
            for each in self.fields
        ]  # fmt: skip
        return {"weights": self.weights, "score": round(self.score, 4), "coverage": round(self.coverage, 4), "fields": lines}


def compare(sought: Facts, found: Facts, today: date) -> Comparison:
    """Every field of the two sides. `today` stands in where nobody says when somebody was found."""
    elapsed = _elapsed(sought, found)
    return Comparison(
        (
            _name(sought, found),
            _sex(sought, found),
            _born(sought, found, today),
            _height(sought, found, today),
            _dialect(sought, found),
            _origin(sought, found),
            _words(Field.MARKS, sought.marks, found.marks),
            _clothes(sought, found, elapsed),
            _place(sought, found, elapsed),
            _time(sought, found),
            _relatives(sought, found),
            _deceased(sought, found),
        )
    )


def age_gap_years(one: Span | None, other: Span | None) -> int | None:
    """Whole years between two pictures, at the most; None where one is undated. Over five, only DNA proves (`domain.md` 2.4)."""
    if one is None or other is None:
        return None
    days = max((one.latest - other.earliest).days, (other.latest - one.earliest).days)
    return int(days / _DAYS_A_YEAR)


def _blank(what: Field, code: str = Why.NOT_SAID, **data: Any) -> FieldResult:
    return FieldResult(what, FieldVerdict.BLANK, 0.0, 0.0, code, data)


def _result(what: Field, agreement: float, code: str, **data: Any) -> FieldResult:
    weight = WEIGHTS[what]
    if agreement <= 0:
        return FieldResult(what, FieldVerdict.MISMATCH, weight.against, 0.0, code, data)
    verdict = FieldVerdict.MATCH if agreement >= MATCHES_FROM else FieldVerdict.CLOSE
    return FieldResult(what, verdict, weight.speaks, agreement, code, data)


def _elapsed(sought: Facts, found: Facts) -> int | None:
    """The least number of days from last seen to found; None where one is not said."""
    if sought.when is None or found.when is None:
        return None
    return sought.when.days_apart(found.when)


def _name(sought: Facts, found: Facts) -> FieldResult:
    likeness = names.best(sought.names + sought.nicknames, found.names + found.nicknames)
    return _blank(Field.NAME) if likeness is None else _result(Field.NAME, likeness.strength, likeness.code)


def _sex(sought: Facts, found: Facts) -> FieldResult:
    if not {sought.sex, found.sex} <= {"M", "F"}:
        return _blank(Field.SEX)
    return _result(Field.SEX, 1.0, Why.SAME) if sought.sex == found.sex else _result(Field.SEX, 0.0, Why.DIFFERENT)


def _born(sought: Facts, found: Facts, today: date) -> FieldResult:
    if sought.born is None or found.born is None:
        return _blank(Field.BORN)
    years = sought.born.days_apart(found.born) / _DAYS_A_YEAR
    if not years:
        return _result(Field.BORN, 1.0, Why.BORN_OVERLAPS)
    # A child's age is guessed to two years, an old person's to seven.
    age = (today - max(sought.born.latest, found.born.latest)).days / _DAYS_A_YEAR
    guessed = max(2.0, age / 10)
    return _result(Field.BORN, 0.75 * (1 - years / guessed), Why.BORN_APART, years=max(1, round(years)))


def _height(sought: Facts, found: Facts, today: date) -> FieldResult:
    if sought.height_cm is None or found.height_cm is None:
        return _blank(Field.HEIGHT)
    if _may_have_grown(sought, found, today):
        return _blank(Field.HEIGHT, Why.GREW_SINCE)
    apart = sought.height_cm.apart(found.height_cm)
    if not apart:
        return _result(Field.HEIGHT, 1.0, Why.HEIGHT_OVERLAPS)
    agreement = 1.0 if apart <= SAME_CM else 1 - (apart - SAME_CM) / (OTHER_CM - SAME_CM)
    return _result(Field.HEIGHT, agreement, Why.HEIGHT_APART, cm=round(apart, 1))


def _may_have_grown(sought: Facts, found: Facts, today: date) -> bool:
    """Not certainly grown up when last seen, and not certainly found within half a year of that."""
    until = found.when.latest if found.when else today
    if sought.when is not None and (until - sought.when.earliest).days <= GROWS_AFTER_DAYS:
        return False
    born = [each.latest for each in (sought.born, found.born) if each is not None]
    if not born or sought.when is None:
        return True
    return (sought.when.earliest - max(born)).days < GROWN_YEARS * _DAYS_A_YEAR


def _dialect(sought: Facts, found: Facts) -> FieldResult:
    one, other = sought.dialect.strip().lower(), found.dialect.strip().lower()
    if not one or not other:
        return _blank(Field.DIALECT)
    if one == other:
        return _result(Field.DIALECT, 1.0, Why.SAME)
    if one.split(".")[0] == other.split(".")[0]:
        return _result(Field.DIALECT, _SAME_FAMILY, Why.SAME_FAMILY_OF_SPEECH)
    return _result(Field.DIALECT, 0.0, Why.DIFFERENT)


def _origin(sought: Facts, found: Facts) -> FieldResult:
    """By the division, and by what is said of it where that says more."""
    told = _words(Field.ORIGIN, sought.origin_text, found.origin_text)
    if not sought.origin or not found.origin:
        return told
    one, other = sought.origin.split("."), found.origin.split(".")
    shared = min(_shared(one, other), 3)
    agreement, code = _SHARED[shared], _SHARED_WHY[shared]
    if shared < 3 and shared == min(len(one), len(other)):
        agreement, code = max(agreement, _INSIDE), Why.INSIDE
    placed = _result(Field.ORIGIN, agreement, code)
    return max(placed, told, key=lambda each: each.agreement)


def _shared(one: list[str], other: list[str]) -> int:
    """How many labels two paths begin with in common: 1 province, 2 city, 3 county."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _words(what: Field, one: str, other: str) -> FieldResult:
    """Shared words speak for somebody. Other words are no contradiction: two clerks look at different things."""
    left, right = (texts.words(text, colours=what is not Field.ORIGIN) for text in (one, other))
    if not left or not right:
        return _blank(what)
    shared = left & right
    if not shared:
        return _blank(what, Why.NOTHING_SHARED)
    share = len(shared) / min(len(left), len(right))
    return _result(what, 0.6 + 0.4 * share, Why.WORDS_SHARED, words=sorted(shared)[:10])


def _clothes(sought: Facts, found: Facts, elapsed: int | None) -> FieldResult:
    result = _words(Field.CLOTHES, sought.clothes, found.clothes)
    if result.weight and (elapsed is None or elapsed > CLOTHES_DAYS):
        return _blank(Field.CLOTHES, Why.CLOTHES_CHANGED_SINCE)
    return result


def _place(sought: Facts, found: Facts, elapsed: int | None) -> FieldResult:
    """Nearness speaks for somebody; distance against him only while there was no time for it."""
    if not sought.place_path or not found.place_path:
        return _blank(Field.PLACE)
    shared = min(_shared(sought.place_path.split("."), found.place_path.split(".")), 3)
    if shared or (elapsed is not None and elapsed <= NEAR_DAYS):
        return _result(Field.PLACE, _SHARED[shared], _SHARED_WHY[shared])
    return _blank(Field.PLACE, Why.ANYWHERE_BY_NOW)


def _time(sought: Facts, found: Facts) -> FieldResult:
    if sought.when is None or found.when is None:
        return _blank(Field.TIME)
    early = (sought.when.earliest - found.when.latest).days
    if early > 0:
        return _result(Field.TIME, 0.3 if early <= SLIP_DAYS else 0.0, Why.FOUND_BEFORE_LOST, days=early)
    days = sought.when.days_apart(found.when)
    if days > SOON_DAYS:
        return _blank(Field.TIME, Why.FOUND_LATER, days=days)
    return _result(Field.TIME, 1.0, Why.FOUND_SOON, days=days)


def _relatives(sought: Facts, found: Facts) -> FieldResult:
    likeness = names.best(sought.relatives, found.relatives)
    if likeness is None:
        return _blank(Field.RELATIVES)
    if likeness.strength < _LEAST_RELATIVE:
        return _blank(Field.RELATIVES, Why.NOTHING_SHARED)
    return _result(Field.RELATIVES, likeness.strength, likeness.code)


def _deceased(sought: Facts, found: Facts) -> FieldResult:
    """Somebody sought may have died; somebody known to be dead was not found alive."""
    if not sought.deceased:
        return _blank(Field.DECEASED)
    return _result(Field.DECEASED, 1.0, Why.SAME) if found.deceased else _result(Field.DECEASED, 0.0, Why.ONLY_ONE_DEAD)
