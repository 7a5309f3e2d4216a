"""Days as clerks write them ("约1987年冬", "去年三月", "三四年前", "农历八月十五"), read as the days they may mean. Pure.

What is said loosely is read widely: a span that is too wide costs a little certainty, one that is too narrow a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from backend.apps.reunion import lunar
from backend.apps.reunion.facts import Span
from backend.apps.reunion.wording import NUMBER, Problem, ProblemCode, digits, interval, number, plain
from backend.kernel.deadlines.calendar import add_months

FIRST_YEAR: Final = 1900
_TWELVE: Final = range(1, 13)
_DAY, _WEEK, _FORTNIGHT, _MONTH, _YEAR = (timedelta(days=days) for days in (1, 7, 15, 31, 365))

_ABOUT: Final = re.compile(r"大约|大概|可能|估计|好像|记得|左右|前后|上下|约|\(不详\)|\?")
#: Hours and weekdays say nothing that a day does not.
_HOURS: Final = re.compile(
    r"t?\d{1,2}[:点时](\d{1,2}分?)?(:\d{1,2})?(\.\d+)?(z|[+-]\d\d:?\d\d)?$"
    r"|\(?(星期|周|礼拜)[一二三四五六日天]\)?$|(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜|半夜|夜间|晚)$|(那天|当天|那年|的?某[天日]|的?一天|许)$|^[在于是]",
    re.ASCII,
)
_YEAR_WORDS: Final = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2, "大前年": 3}
_DAY_WORDS: Final = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "前日": 2, "大前天": 3}
_YEAR_PART: Final = (
    rf"(?a:(?P<word>{'|'.join(sorted(_YEAR_WORDS, key=len, reverse=True))})年?|民国(?P<republic>{NUMBER})年"
    r"|(?P<full>(?:\d|[〇零一二三四五六七八九]){4})年?|(?P<short>(?:\d|[〇零一二三四五六七八九]){2})年)"
)
_SPLIT: Final = re.compile(rf"(?:{_YEAR_PART}[.,、]?)?(?P<rest>.*)")
_NUMERIC: Final = re.compile(r"(\d{4})[-./、](\d{1,2})(?:[-./、](\d{1,2})[日号]?)?|(\d{4})(\d\d)(\d\d)?", re.ASCII)
_DECADE: Final = re.compile(
    r"(?:上个?世纪|二十世纪|20世纪)?((?:\d\d)?\d0|[二三四五六七八九]十|[一二][〇零一二九][〇零一二三四五六七八九][〇零]|〇〇|零零)年代"
    r"(初期?|早期|中期?|末期?|后期|底)?",
    re.ASCII,
)
_AGO: Final = re.compile(rf"(?:(半)|({NUMBER}))(年|个?月|周|个?星期|个?礼拜|天|日)(半)?(以|之)?前")
#: Beyond this, 90年以前 is "before 1990", which is no span.
_MOST_YEARS_AGO: Final = 30
_SEASON: Final = re.compile(r"[初早晚深暮隆]?([春夏秋冬])[天季]?([春夏秋冬])?[天季]?[初末]?(?:之交)?")
_NUMERIC_START: Final = re.compile(r"[0-9]{4}[./]")
_MONTH_DAY: Final = re.compile(rf"(?:(上个?月|本月|这个月)|({NUMBER})月)(?:份?(上旬|中旬|下旬|初|中|底|末)|({NUMBER})[日号]?|份|间)?")
_SEASONS: Final = {"春": (2, 5), "夏": (5, 8), "秋": (8, 11), "冬": (11, 14)}
_PARTS_OF_YEAR: Final = {
    "初": (1, 3), "中": (5, 8), "底": (11, 13), "末": (11, 13), "尾": (11, 13), "上半年": (1, 6), "下半年": (7, 12),
}  # fmt: skip
_PARTS_OF_MONTH: Final = {
    "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "中": (10, 20), "底": (21, 31), "末": (21, 31),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a text means, and by how much "about" widens it on either side."""

    span: Span
    slack: timedelta


Outcome = Said | Problem | None


def parse_date(text: str, today: date, *, year_required: bool = False) -> Span | Problem:
    """The days a text may mean, none after `today`.

    Without a year it is the last time before `today`, or a problem with `year_required` (a birthday says no year).
    Reading a span's own `str` gives the span back.
    """
    cleaned = plain(text)
    if isinstance(cleaned, Problem):
        return cleaned
    about = _ABOUT.search(cleaned) is not None
    # "农历1955年八月" says it of the month, wherever it stands.
    bare = _without_hours(_ABOUT.sub("", cleaned))
    named = _CALENDAR_FIRST.sub(r"\2\1", bare)
    reading = _Reading(today, year_required)
    # A year or a season of the farmers' calendar is near enough to the same of ours.
    ways = [read(text) for text in (named, _CALENDAR.sub("", bare)) for read in (reading.one, reading.two)]
    said = ways[0] or ways[1] or ways[2] or ways[3] or Problem(ProblemCode.NOT_A_DATE)
    return said if isinstance(said, Problem) else _bounded(said, about, today)


_CALENDAR: Final = re.compile(r"^(农历|阴历|旧历)")
_CALENDAR_FIRST: Final = re.compile(r"^(农历|阴历|旧历)(.+?年)(?=.)")


def _without_hours(text: str) -> str:
    shorter = _HOURS.sub("", text)
    return text if shorter == text or not shorter else _without_hours(shorter)


def _bounded(said: Said, about: bool, today: date) -> Span | Problem:
    slack = said.slack if about else timedelta()
    earliest, latest = said.span.earliest - slack, said.span.latest + slack
    if said.span.earliest > today:
        return Problem(ProblemCode.IN_THE_FUTURE)
    if latest.year < FIRST_YEAR:
        return Problem(ProblemCode.TOO_EARLY, {"least": FIRST_YEAR})
    return Span(max(earliest, date(FIRST_YEAR, 1, 1)), min(latest, today))


@dataclass(frozen=True)
class _Reading:
    """Reads on a given day. Every method gives None for "not of this form"."""

    today: date
    year_required: bool

    def one(self, text: str) -> Outcome:
        for read in (self._numeric, self._ago, self._decade, self._word):
            said = read(text)
            if said is not None:
                return said
        return self._dated(text)

    def _numeric(self, text: str) -> Outcome:
        """2025-03, 2025.3.1, 2025/3/1, 20250301."""
        found = _NUMERIC.fullmatch(text)
        if found is None:
            return None
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
        if int(year) > self.today.year:
            return Problem(ProblemCode.IN_THE_FUTURE)
        if int(year) < FIRST_YEAR:
            return Problem(ProblemCode.TOO_EARLY, {"least": FIRST_YEAR})
        return _month(int(year), int(month), None if day is None else (int(day), int(day)))

    def two(self, text: str) -> Outcome:
        """From one to another: 1986-1988年, 3月1日至5日, 2025-03-01/2025-03-10."""
        parts = re.split(r"至|到|~|、|和|或|(?<=[./]\d)-|(?<=[./]\d\d)-|/(?=\d{4}-)|(?<!\d)-|-(?!\d{1,2}(?:\D|$))|-(?=\d{1,2}[年月日号])", text)
        if len(parts) != 2 or not all(parts):
            return None
        left, right = parts
        first = self._first(left, left + right[-1])
        last = self._first(*_continuations(left, right))
        if not isinstance(first, Said) or not isinstance(last, Said):
            return first if isinstance(first, Problem) else last
        if last.span.latest < first.span.earliest:
            return Problem(ProblemCode.BACKWARDS)
        latest = max(first.span.latest, last.span.latest)
        return Said(Span(first.span.earliest, latest), max(first.slack, last.slack))

    def _first(self, *texts: str) -> Outcome:
        """The first of several ways to complete a text that can be read; else what is wrong with one."""
        outcomes = [self.one(text) for text in texts]
        problems = [each for each in outcomes if isinstance(each, Problem)]
        return next((each for each in outcomes if isinstance(each, Said)), problems[0] if problems else None)

    def _ago(self, text: str) -> Outcome:
        found = _AGO.fullmatch(text)
        if found is None:
            return None
        half, count, unit, and_half, before = found.groups()
        least, most = (0, 0) if half else interval(count) or (-1, -1)
        if least < 0 or (unit == "年" and before and least > _MOST_YEARS_AGO):
            return None
        if unit == "年" or unit.endswith("月"):
            return self._months_ago(least, most, months=12 if unit == "年" else 1, half=bool(half or and_half))
        days = 1 if unit in ("天", "日") else 7
        if most * days > 366 * 100:
            return Problem(ProblemCode.TOO_EARLY, {"least": FIRST_YEAR})
        give = timedelta(days=days // 2)
        span = Span(self.today - timedelta(days=most * days) - give, self.today - timedelta(days=least * days) + give)
        return Said(_until(span, self.today), timedelta(days=3 * days))

    def _months_ago(self, least: int, most: int, *, months: int, half: bool) -> Outcome:
        if most * months > 12 * 150:
            return Problem(ProblemCode.TOO_EARLY, {"least": FIRST_YEAR})
        # Nobody counts to the day: three years ago is two and a half to three and a half.
        give = timedelta(days=182 if months == 12 else 15)
        middle = timedelta(days=give.days if half else 0)
        if half:
            give /= 3
        earliest, latest = add_months(self.today, -most * months), add_months(self.today, -least * months)
        span = Span(earliest - middle - give, latest - middle + give)
        return Said(_until(span, self.today), _YEAR if months == 12 else _MONTH)

    def _decade(self, text: str) -> Outcome:
        found = _DECADE.fullmatch(text)
        if found is None:
            return None
        start = number(found[1]) if "十" in found[1] else digits(found[1])
        if start is None:
            return None
        start = start if start >= 100 else _century(start, self.today)
        if start > self.today.year:
            return Problem(ProblemCode.IN_THE_FUTURE)
        first, last = {"初": (0, 3), "早": (0, 3), "中": (3, 7), "末": (7, 9), "后": (6, 9), "底": (7, 9)}.get((found[2] or " ")[0], (0, 9))
        return _within(start + first, 1, start + last, 12, 2 * _YEAR)

    def _word(self, text: str) -> Outcome:
        if text in _DAY_WORDS:
            day = self.today - timedelta(days=_DAY_WORDS[text])
            return Said(Span(day, day), _DAY)
        if text in ("上周", "上星期", "上个星期", "本周", "这周", "这个星期"):
            monday = self.today - timedelta(days=self.today.weekday() + (7 if text.startswith("上") else 0))
            return Said(_until(Span(monday, monday + timedelta(days=6)), self.today), _WEEK)
        return None

    def _dated(self, text: str) -> Outcome:
        """A year, if there is one, and a part of it."""
        found = _SPLIT.fullmatch(text)
        if found is None:
            return None
        year, rest = self._year(found), found["rest"]
        if year is None and found["republic"]:
            return None
        if year is not None and year > self.today.year:
            return Problem(ProblemCode.IN_THE_FUTURE)
        if year is not None and year < FIRST_YEAR - 1:
            return Problem(ProblemCode.TOO_EARLY, {"least": FIRST_YEAR})
        if year is not None and not rest:
            return _within(year, 1, year, 12, _YEAR)
        if not rest:
            return None
        return _in_year(rest, year, self.today) if year is not None else self._last(rest)

    def _year(self, found: re.Match[str]) -> int | None:
        if found["word"]:
            return self.today.year - _YEAR_WORDS[found["word"]]
        if found["republic"]:
            count = number(found["republic"])
            return None if not count else 1911 + count
        if found["full"]:
            return digits(found["full"])
        short = digits(found["short"] or "")
        return None if short is None else _century(short, self.today)

    def _last(self, rest: str) -> Outcome:
        """The last time that is not yet to come."""
        said = _in_year(rest, self.today.year, self.today)
        if said is None:
            return None
        relative = rest.startswith(("上", "本", "这"))
        if self.year_required and not relative:
            return Problem(ProblemCode.YEAR_MISSING)
        if isinstance(said, Said) and said.span.earliest <= self.today:
            return said
        return _in_year(rest, self.today.year - 1, self.today)


def _continuations(left: str, right: str) -> tuple[str, ...]:
    """The end of a range with what it leaves out of its beginning: 3月1日至5日 → 3月5日."""
    whole = re.fullmatch(r"(.*?年)?(.*?月)?.*", left)
    year, month = (whole[1] or "", whole[2] or "") if whole else ("", "")
    numeric = _NUMERIC_START.match(left)
    if numeric and not _NUMERIC_START.match(right):
        return (numeric[0] + right,)
    if re.match(_YEAR_PART, right):
        return (right,)
    return (year + month + right, year + right, right) if "月" not in right else (year + right, right)


def _in_year(rest: str, year: int, today: date) -> Outcome:
    """A part of a year: 三月五日, 冬, 底, 春节, 农历八月十五."""
    readers: tuple[Callable[[str, int], Outcome], ...] = (_part, _feast, _lunar)
    for read in readers:
        said = read(rest, year)
        if said is not None:
            return said
    found = _MONTH_DAY.fullmatch(rest)
    if found is None:
        return None
    word, count, part, day = found.groups()
    if word:
        first = add_months(today.replace(day=1), -1 if word.startswith("上") else 0)
        year, months = first.year, (first.month, first.month)
    else:
        months = interval(count) or (0, 0)
    days = _PARTS_OF_MONTH[part] if part else interval(day) if day else (1, 31)
    if days is None:
        return None
    if months[0] != months[1]:
        return None if day or part or not {*months} <= {*_TWELVE} else _within(year, months[0], year, months[1], _MONTH)
    return _month(year, months[0], days if day or part else None, loose=bool(part))


def _month(year: int, month: int, days: tuple[int, int] | None, *, loose: bool = False) -> Outcome:
    """A month, or days of it; with `loose` the last ones may be missing."""
    if month not in _TWELVE:
        return Problem(ProblemCode.NO_SUCH_MONTH, {"month": month})
    whole = _within(year, month, year, month, _MONTH)
    if days is None:
        return whole
    least, most = days[0], min(days[1], whole.span.latest.day) if loose else days[1]
    if not 1 <= least <= most <= whole.span.latest.day:
        return Problem(ProblemCode.NO_SUCH_DAY, {"year": year, "month": month, "day": most})
    return Said(Span(date(year, month, least), date(year, month, most)), _WEEK)


def _part(rest: str, year: int) -> Outcome:
    season = _SEASON.fullmatch(rest)
    if season is not None:
        first, last = _SEASONS[season[1]], _SEASONS[season[2] or season[1]]
        return _within(year, first[0], year + (last < first), last[1], _MONTH)
    bounds = _PARTS_OF_YEAR.get(rest) or _PARTS_OF_YEAR.get(rest.removeprefix("年"))
    return None if bounds is None else _within(year, bounds[0], year, bounds[1], _MONTH)


def _feast(rest: str, year: int) -> Outcome:
    found = lunar.FEAST.fullmatch(rest)
    if found is None:
        return None
    span = lunar.feast(found[1], year)
    before, after = {"前": (_FORTNIGHT, _DAY * 0), "后": (_DAY * 0, _FORTNIGHT), "期间": (_WEEK, _WEEK)}.get(
        found[2] or "", (_DAY * 0, _DAY * 0)
    )
    return Said(Span(span.earliest - before, span.latest + after), _FORTNIGHT)


def _lunar(rest: str, year: int) -> Outcome:
    span = lunar.parse(rest, year)
    return None if span is None else span if isinstance(span, Problem) else Said(span, _WEEK)


def _within(year: int, month: int, last_year: int, last_month: int, slack: timedelta) -> Said:
    """From the first day of a month to the last one of another; months beyond 12 lie in the next year."""
    after = add_months(date(last_year, 1, 1), last_month)
    return Said(Span(date(year, month, 1), after - _DAY), slack)


def _century(short: int, today: date) -> int:
    """A year of two digits: the last such year."""
    return 2000 + short if 2000 + short <= today.year else 1900 + short


def _until(span: Span, today: date) -> Span:
    return Span(min(span.earliest, today), min(span.latest, today))
