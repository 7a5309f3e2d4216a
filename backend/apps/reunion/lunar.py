"""Days of the farmers' calendar, as the widest span of days they can fall on. Pure; no table of years.

A month of that calendar is named after the middle solar term that lies in it (雨水 in the first, …), so it begins at most
29 days before that term and not after it; a leap month follows it and holds none. That is exact enough for a search, and
holds for every year that people alive remember.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from backend.apps.reunion.facts import Span
from backend.apps.reunion.wording import NUMBER, Problem, ProblemCode, interval, number

#: Middle term of each month: month of the solar calendar, first and last day it falls on.
_TERMS: Final = (
    (2, 18, 20), (3, 20, 22), (4, 19, 21), (5, 20, 22), (6, 20, 22), (7, 22, 24),
    (8, 22, 24), (9, 22, 24), (10, 23, 24), (11, 21, 23), (12, 21, 23), (13, 19, 21),
)  # fmt: skip
_LONGEST_MONTH: Final = 30
_NAMES: Final = {"正": 1, "冬": 11, "腊": 12}
_MONTH: Final = re.compile(
    rf"(农历|阴历|旧历)?(闰)?([正冬腊]|{NUMBER})月份?(?:(初?{NUMBER})[日号]?|(初|上旬|中旬|下旬|底|末))?"
)
_PARTS: Final = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 30), "底": (21, 30), "末": (21, 30)}
#: Feasts by lunar month and day.
_FEASTS: Final = {"春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7), "中秋": (8, 15), "重阳": (9, 9)}
#: And by month, first and last day of the solar calendar.
_SOLAR_FEASTS: Final = {
    "元旦": (1, 1, 1), "三八": (3, 8, 8), "清明": (4, 4, 6), "五一": (5, 1, 1), "劳动": (5, 1, 1), "六一": (6, 1, 1),
    "儿童": (6, 1, 1), "国庆": (10, 1, 1), "十一": (10, 1, 1), "冬至": (12, 21, 23),
}  # fmt: skip
FEAST: Final = re.compile(rf"({'|'.join([*_FEASTS, *_SOLAR_FEASTS, '过年', '大年', '除夕', '年三十'])})节?(前|后|期间)?")


def days(year: int, month: int, least: int, most: int, *, leap: bool = False) -> Span:
    """Where days `least` to `most` of a lunar month of `year` can fall; the twelfth one reaches into the next year."""
    solar, first, last = _TERMS[month - 1]
    in_year, in_month = (year + 1, 1) if solar == 13 else (year, solar)
    starts = date(in_year, in_month, first) - timedelta(days=_LONGEST_MONTH - 1)
    ends = date(in_year, in_month, last)
    if leap:
        starts, ends = date(in_year, in_month, first) + timedelta(days=1), ends + timedelta(days=_LONGEST_MONTH)
    return Span(starts + timedelta(days=least - 1), ends + timedelta(days=most - 1))


def feast(name: str, year: int) -> Span:
    """When a feast named in `FEAST` can fall in a year."""
    if name in _SOLAR_FEASTS:
        month, first, last = _SOLAR_FEASTS[name]
        return Span(date(year, month, first), date(year, month, last))
    month, day = _FEASTS.get(name, _FEASTS["春节"])
    span = days(year, month, day, day)
    before, after = {"除夕": (1, -1), "年三十": (1, -1), "过年": (8, 15), "大年": (8, 15)}.get(name, (0, 0))
    return Span(span.earliest - timedelta(days=before), span.latest + timedelta(days=after))


def parse(text: str, year: int) -> Span | Problem | None:
    """农历八月十五, 正月初一, 闰六月, 腊月廿三. None when nothing says that it is the farmers' calendar."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    name, leap, month_text, day_text, part = found.groups()
    if not (name or leap or month_text in _NAMES or (day_text or "").startswith("初")):
        return None
    month = _NAMES.get(month_text) or number(month_text) or 0
    if not 1 <= month <= 12:
        return Problem(ProblemCode.NO_SUCH_MONTH, {"month": month})
    within = _PARTS[part] if part else interval(day_text.removeprefix("初")) if day_text else (1, _LONGEST_MONTH)
    if within is None:
        return None
    if not 1 <= within[0] <= within[1] <= _LONGEST_MONTH:
        return Problem(ProblemCode.NO_SUCH_DAY, {"year": year, "month": month, "day": within[1]})
    return days(year, month, *within, leap=leap is not None)
