"""What clerks write of days, ages and heights, read as spans and ranges. Nothing here raises; a Problem says what is wrong.

A text that is blank after trimming is a Problem too (BLANK), so that no caller takes "not said" for an answer.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from backend.apps.reunion.facts import Range, Span
from backend.apps.reunion.vague_dates import parse_date
from backend.apps.reunion.wording import NUMBER, Problem, ProblemCode, interval, number, plain
from backend.kernel.deadlines.calendar import add_months

__all__ = ["Problem", "ProblemCode", "parse_age", "parse_born", "parse_date", "parse_height"]

OLDEST: Final = 130
SHORTEST_CM, TALLEST_CM = 30, 250

_ABOUT: Final = re.compile(r"大约|大概|可能|估计|看上去|看起来|目测|左右|上下|约")
_AGE: Final = re.compile(
    rf"(?:年龄)?(虚岁?)?(?:现年|刚满|已满|满)?(近|将近|快|年近|不到|未满|不满)?({NUMBER})(?:个?(月)大?|(?:周?岁|岁)(半)?)?"
    r"(以上|以下|出头|开外)?(?:的?(?:老人|孩子|男孩|女孩))?"
)
_YEARS_AND_MONTHS: Final = re.compile(rf"({NUMBER})周?岁零?({NUMBER})个?月")
_TO: Final = re.compile(r"[-~至到]")
#: Times of life, in years. An "old" person may look it early.
_TIMES_OF_LIFE: Final = {
    "婴儿": (0, 1), "幼儿": (1, 6), "儿童": (3, 13), "小孩": (2, 13), "孩子": (2, 13), "少年": (10, 17), "未成年": (0, 17),
    "青年": (16, 40), "年轻人": (16, 40), "成年": (18, 100), "中年": (35, 64), "中年人": (35, 64), "中老年": (45, 80),
    "老年": (55, 100), "老年人": (55, 100), "老人": (55, 100), "成年人": (18, 100),
}  # fmt: skip
#: "Not yet seventy" (年近七十) and "just past fifty" (五十出头) lie within so many years.
_NEARLY, _JUST_PAST = 4, 4
#: "About" is this share of the age, at least one year and at most five.
_ABOUT_AGE: Final = 0.1

_CM_PER_CHI: Final = 100 / 3
_ABOUT_CM: Final = 5
_METRES: Final = re.compile(rf"([一二两12])(?:米|m)(?:([0-9〇零一二三四五六七八九]{{1,2}})|({NUMBER}))?(?:cm|厘米|公分)?")
_DECIMAL_METRES: Final = re.compile(r"([0-2]\.\d{1,2})(?:米|m|公尺)?", re.ASCII)
_CENTIMETRES: Final = re.compile(rf"(\d{{2,3}}(?:\.\d)?|{NUMBER})(?:cm|厘米|公分)?", re.ASCII)
_CHI: Final = re.compile(rf"([三四五六七3-7])尺(?:({NUMBER})寸?)?")


def parse_born(text: str, on: date) -> Span | Problem:
    """A day of birth (with its year), or an age on the day `on`."""
    born = parse_date(text, on, year_required=True)
    if not isinstance(born, Problem):
        return born
    aged = parse_age(text, on)
    # Whoever wrote an age too high wants to hear about ages; for everything else the example of a day helps more.
    return born if isinstance(aged, Problem) and aged.code is ProblemCode.NOT_AN_AGE else aged


def parse_age(text: str, on: date) -> Span | Problem:
    """When somebody of that age on the day `on` was born: "七十来岁", "60-70岁", "约8岁", "八九岁", "3个月", "中年"."""
    cleaned = plain(text)
    if isinstance(cleaned, Problem):
        return cleaned
    about = _ABOUT.search(cleaned) is not None
    bare = _ABOUT.sub("", cleaned)
    months = _time_of_life(bare) or _months(bare, about) or _months_to(bare, about)
    if months is None:
        return Problem(ProblemCode.NOT_AN_AGE)
    least, most = months
    if most < least:
        return Problem(ProblemCode.BACKWARDS)
    if least > OLDEST * 12:
        return Problem(ProblemCode.OUT_OF_RANGE, {"least": 0, "most": OLDEST})
    most = min(most, OLDEST * 12 + 11)
    # One who is seven has not had the eighth birthday: the span begins the day after it would have been.
    first = add_months(on, -most - 1) + timedelta(days=1)
    return Span(first, max(first, add_months(on, -least)))


def _time_of_life(text: str) -> tuple[int, int] | None:
    years = _TIMES_OF_LIFE.get(text)
    return None if years is None else (years[0] * 12, years[1] * 12 + 11)


def _months(text: str, about: bool) -> tuple[int, int] | None:
    """Least and most months of one age."""
    both = _YEARS_AND_MONTHS.fullmatch(text)
    if both is not None:
        years, extra = number(both[1]), number(both[2])
        return None if years is None or extra is None else (years * 12 + extra, years * 12 + extra)
    found = _AGE.fullmatch(text)
    bounds = interval(found[3]) if found else None
    if found is None or bounds is None:
        return None
    nominal, before, _, months, half, after = found.groups()
    least, most = bounds
    if months:
        return (max(0, least - 1), most + 1) if about else (least, most)
    if before:
        least, most = (0, least - 1) if before in ("不到", "未满", "不满") else (least - _NEARLY, least - 1)
    elif after:
        least, most = {"以上": (least, OLDEST), "以下": (0, most), "出头": (least, most + _JUST_PAST), "开外": (least, most + 9)}[after]
    if about:
        give = min(5, max(1, round(_ABOUT_AGE * most)))
        least, most = least - give, most + give
    if nominal:  # 虚岁: one at birth, one more at each new year
        least, most = least - 2, most - 1
    least, most = max(0, least), max(0, most)
    return (least * 12 + 3, most * 12 + 9) if half else (least * 12, most * 12 + 11)


def _months_to(text: str, about: bool) -> tuple[int, int] | None:
    """60-70岁, 六十到七十岁, 3到5个月."""
    parts = _TO.split(text)
    if len(parts) != 2:
        return None
    unit = "个月" if "月" in parts[1] and "岁" not in parts[0] else "岁"
    low = _months(parts[0] if parts[0].endswith(("岁", "月")) else parts[0] + unit, about)
    high = _months(parts[1], about)
    return None if low is None or high is None else (low[0], high[1])


def parse_height(text: str) -> Range | Problem:
    """Centimetres: "一米六五", "165左右", "1.65m", "五尺二", "160-165", "一米六几"."""
    cleaned = plain(text)
    if isinstance(cleaned, Problem):
        return cleaned
    about = _ABOUT_CM if _ABOUT.search(cleaned) else 0
    bare = _ABOUT.sub("", cleaned).removeprefix("身高")
    found = _height(bare) or _height_to(bare)
    if found is None:
        return Problem(ProblemCode.NOT_A_HEIGHT)
    least, most = found
    if most < least:
        return Problem(ProblemCode.BACKWARDS)
    if not SHORTEST_CM <= least <= most <= TALLEST_CM:
        return Problem(ProblemCode.OUT_OF_RANGE, {"least": SHORTEST_CM, "most": TALLEST_CM})
    return Range(max(SHORTEST_CM, least - about), min(TALLEST_CM, most + about))


def _height(text: str) -> tuple[float, float] | None:
    """Least and most centimetres of one height."""
    metres = _DECIMAL_METRES.fullmatch(text)
    if metres is not None:
        return _alike(round(float(metres[1]) * 100, 1))
    spoken = _METRES.fullmatch(text)
    if spoken is not None:
        return _spoken(spoken)
    chi = _CHI.fullmatch(text)
    if chi is not None:
        cun = interval(chi[2]) if chi[2] else (0, 0)
        feet = number(chi[1]) or 0
        return None if cun is None else (round((feet + cun[0] / 10) * _CM_PER_CHI), round((feet + cun[1] / 10) * _CM_PER_CHI))
    plainly = _CENTIMETRES.fullmatch(text)
    if plainly is None:
        return None
    return _alike(float(plainly[1])) if re.fullmatch(r"[0-9.]+", plainly[1]) else interval(plainly[1])


def _spoken(found: re.Match[str]) -> tuple[float, float] | None:
    """一米六五 and 1米65 are 165; 一米六 is 160; 一米六几 is 161 to 169."""
    metres = 100 * (number(found[1]) or 0)
    if found[2]:
        cm = int("".join(str(number(each) or 0) for each in found[2]))
        return _alike(metres + (cm * 10 if len(found[2]) == 1 else cm))
    if not found[3]:
        return _alike(metres)
    vague = re.fullmatch(r"([0-9一二三四五六七八九])([几多来余])", found[3])
    if vague is not None:
        tens = metres + 10 * (number(vague[1]) or 0)
        return tens + 1, tens + 9
    bounds = interval(found[3])
    return None if bounds is None else (metres + bounds[0], metres + bounds[1])


def _height_to(text: str) -> tuple[float, float] | None:
    """160-165, 一米六到一米七, 1.6-1.65米."""
    parts = _TO.split(text)
    low, high = (_height(part) for part in parts) if len(parts) == 2 else (None, None)
    return None if low is None or high is None else (low[0], high[1])


def _alike(cm: float) -> tuple[float, float]:
    return cm, cm
