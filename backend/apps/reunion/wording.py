"""Text as clerks write it: cleaned up, numbers in words (十八, 三四, 七十来, 十几), and why something cannot be read. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

#: Longer text is a story, and belongs into the circumstances.
LONGEST: Final = 60


class ProblemCode(StrEnum):
    """Why a field cannot be read; the page words each with an example of what can."""

    BACKWARDS = "BACKWARDS"  # the end lies before the beginning
    BLANK = "BLANK"
    IN_THE_FUTURE = "IN_THE_FUTURE"
    NO_SUCH_DAY = "NO_SUCH_DAY"  # data: year, month, day
    NO_SUCH_MONTH = "NO_SUCH_MONTH"  # data: month
    NOT_AN_AGE = "NOT_AN_AGE"
    NOT_A_DATE = "NOT_A_DATE"
    NOT_A_HEIGHT = "NOT_A_HEIGHT"
    OUT_OF_RANGE = "OUT_OF_RANGE"  # data: least, most
    TOO_EARLY = "TOO_EARLY"  # data: least, the first year
    TOO_LONG = "TOO_LONG"  # data: most characters
    YEAR_MISSING = "YEAR_MISSING"


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be read. `data` holds numbers for the wording, never what was written."""

    code: ProblemCode
    data: Mapping[str, int] = field(default_factory=dict)


_SPELLINGS: Final = str.maketrans("號歲農曆約週○—–－−～兩個後間時", "号岁农历约周〇----~两个后间时")


def plain(text: str) -> str | Problem:
    """One width, no spaces, one spelling of dashes and of the few traditional characters dates are written with."""
    # Widening can make one character eighteen, so the length is looked at first as well.
    if len(text) > LONGEST:
        return Problem(ProblemCode.TOO_LONG, {"most": LONGEST})
    cleaned = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).translate(_SPELLINGS)).lower()
    return cleaned or Problem(ProblemCode.BLANK)


#: A run of characters that may be a number.
NUMBER: Final = r"[0-9〇零一二两三四五六七八九十百廿卅几数来多余]+"

_DIGITS: Final = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_CHINESE: Final = "".join(_DIGITS)
_ONE: Final = "[一二两三四五六七八九]"
_MOST_DIGITS: Final = 8
#: "Several" stands for these.
_FEW, _MANY = 2, 9
_SAYINGS: Final = {
    "三五": (3, 5), "几": (_FEW, _MANY), "数": (_FEW, _MANY), "几十": (20, 90), "数十": (20, 90),
}  # fmt: skip
#: "About seventy" (七十来岁) lies within this share of it.
_ABOUT: Final = 0.05


def digits(text: str) -> int | None:
    """A number written digit by digit, in either script: 1987, 一九八七, 二〇〇三. None for anything else."""
    if not text or len(text) > _MOST_DIGITS or not all(each in _CHINESE or each in "0123456789" for each in text):
        return None
    return int("".join(str(_DIGITS.get(each, each)) for each in text))


def number(text: str) -> int | None:
    """A single whole number below 1,000: 18, 十八, 二十, 廿三, 一百零五. None for anything else, vague ones included."""
    if text.isascii():
        return digits(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    found = re.fullmatch(rf"(?:({_ONE})百零?)?(?:({_ONE})?(十))?({_ONE})?", text)
    if found is None or not text:
        return _DIGITS.get(text)
    hundreds, tens, ten, ones = found.groups()
    if not hundreds and not ten:
        return _DIGITS.get(text)
    return 100 * _DIGITS.get(hundreds, 0) + (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


def interval(text: str) -> tuple[int, int] | None:
    """The least and most a number may mean; both the same for a plain one. None when it is no number.

    三四 → 3–4, 十七八 → 17–18, 七八十 → 70–80, 十几 and 十多 → 11–19, 几十 → 20–90, 七十来 → 66–74, 60多 → 61–69.
    """
    exact = number(text)
    if exact is not None:
        return exact, exact
    if text in _SAYINGS:
        return _SAYINGS[text]
    for pattern, read in ((_ENDING, _with_ending), (_PAIR, _pair), (_PAIR_OF_TENS, _pair_of_tens)):
        found = pattern.fullmatch(text)
        if found is not None:
            return read(found)
    return None


_ENDING: Final = re.compile(r"(.+?)([几来多余])")
_PAIR: Final = re.compile(rf"({_ONE}?十)?({_ONE})({_ONE})")
_PAIR_OF_TENS: Final = re.compile(rf"({_ONE})({_ONE})十")


def _with_ending(found: re.Match[str]) -> tuple[int, int] | None:
    base = number(found[1])
    if base is None or base == 0 or base % 10:
        return None
    if found[2] == "来":
        about = max(1, round(base * _ABOUT))
        return base - about, base + about
    # Beyond a hundred "more than" may still reach far: 一百多 is up to 199.
    return base + 1, base + (99 if base % 100 == 0 else 9)


def _pair(found: re.Match[str]) -> tuple[int, int] | None:
    tens = number(found[1]) if found[1] else 0
    low, high = _DIGITS[found[2]], _DIGITS[found[3]]
    return None if tens is None or high != low + 1 else (tens + low, tens + high)


def _pair_of_tens(found: re.Match[str]) -> tuple[int, int] | None:
    low, high = _DIGITS[found[1]], _DIGITS[found[2]]
    return None if high != low + 1 else (10 * low, 10 * high)
