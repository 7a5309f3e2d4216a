"""What clerks write of days, ages and heights; and that nothing they write raises."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.reunion import lunar, vague
from backend.apps.reunion.facts import Range, Span
from backend.apps.reunion.vague import Problem, ProblemCode
from backend.apps.reunion.wording import digits, interval, number

TODAY = date(2026, 11, 25)
#: Characters that the readers know, so that nonsense made of them goes deep.
KNOWN = "0123456789〇零一二两三四五六七八九十百廿几多来半年月日号岁米尺寸周天前初旬底春夏秋冬农历闰正腊民国去约左右前后至到-~./、:()cm厘虚近不到以上下个代世纪节 \u3000"
WORDS = [
    "2025", "87", "12", "年", "月", "日", "三", "十", "二三", "约", "前", "冬", "农历", "闰", "初", "至", "-", "/", "岁", "多", "民国", "去年", "八十",
    "年代", "春节", "个月", "半", "几", "以前", "上个月", "底", "1.6", "米", "尺",
]  # fmt: skip
WRITTEN = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=7).map("".join),
    st.text(max_size=80),
    st.text(KNOWN, max_size=16),
    st.text("0123456789年月日-./", max_size=12),
)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def days(first: str, last: str = "") -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-01", days("2025-03-01")),
        ("2025.3.1", days("2025-03-01")),
        ("2025/3/1 14:30", days("2025-03-01")),
        ("2025-03-01T14:30:00", days("2025-03-01")),
        ("20250301", days("2025-03-01")),
        ("2025-03", days("2025-03-01", "2025-03-31")),
        ("２０２５年３月", days("2025-03-01", "2025-03-31")),
        ("二〇二五年三月", days("2025-03-01", "2025-03-31")),
        ("二○二五年三月五號晚上", days("2025-03-05")),
        ("2008年5月12日14时28分", days("2008-05-12")),
        ("2025年3月5", days("2025-03-05")),
        ("1987年", days("1987-01-01", "1987-12-31")),
        ("87年", days("1987-01-01", "1987-12-31")),
        ("〇三年春", days("2003-02-01", "2003-05-31")),
        ("民国三十五年", days("1946-01-01", "1946-12-31")),
        ("1987年底", days("1987-11-01", "1988-01-31")),
        ("1987年冬", days("1987-11-01", "1988-02-29")),
        ("约1987年冬", days("1987-10-01", "1988-03-31")),
        ("1975年夏秋之交", days("1975-05-01", "1975-11-30")),
        ("1988年左右", days("1987-01-01", "1989-12-31")),
        ("上世纪八十年代初", days("1980-01-01", "1983-12-31")),
        ("1990年代", days("1990-01-01", "1999-12-31")),
        ("2025年3月上旬", days("2025-03-01", "2025-03-10")),
        ("2025年2月底", days("2025-02-21", "2025-02-28")),
    ],
)
def test_a_date_as_it_is_written(text: str, expected: Span) -> None:
    assert vague.parse_date(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1986-1988年", days("1986-01-01", "1988-12-31")),
        ("86到88年", days("1986-01-01", "1988-12-31")),
        ("2025年3月1日至5日", days("2025-03-01", "2025-03-05")),
        ("2025年3月-5月", days("2025-03-01", "2025-05-31")),
        ("2025.3.1-3.5", days("2025-03-01", "2025-03-05")),
        ("75年7、8月", days("1975-07-01", "1975-08-31")),
        ("七八月间", days("2026-07-01", "2026-08-31")),
        ("1987年冬至1988年春", days("1987-11-01", "1988-05-31")),
    ],
)
def test_from_one_to_another(text: str, expected: Span) -> None:
    assert vague.parse_date(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("去年三月", days("2025-03-01", "2025-03-31")),
        ("前年夏天", days("2024-05-01", "2024-08-31")),
        ("三四年前", days("2022-05-27", "2024-05-25")),
        ("三五年前", days("2021-05-27", "2024-05-25")),
        ("十几年前", days("2007-05-27", "2016-05-25")),
        ("半年前", days("2026-03-28", "2026-07-26")),
        ("3天前", days("2026-11-22")),
        ("昨天晚上", days("2026-11-24")),
        ("上个月", days("2026-10-01", "2026-10-31")),
        ("上个月三号", days("2026-10-03")),
        ("3月5日", days("2026-03-05")),
        ("12月24日", days("2025-12-24")),  # the last one: this year's is still to come
        ("今年", days("2026-01-01", "2026-11-25")),  # and no day after today
    ],
)
def test_a_day_seen_from_today(text: str, expected: Span) -> None:
    assert vague.parse_date(text, TODAY) == expected


#: Days of the farmers' calendar as they fell. [published calendars]
FELL = [
    ("1985年正月初一", "1985-02-20"), ("87年春节前后", "1987-01-29"), ("2023年春节", "2023-01-22"), ("2025年端午节", "2025-05-31"),
    ("2025年闰六月初一", "2025-07-25"), ("2025年农历八月十五", "2025-10-06"), ("2014年中秋", "2014-09-08"),
    ("农历八月十五", "2026-09-25"), ("农历一九五五年腊月初八", "1956-01-20"), ("阴历1955年八月十五", "1955-09-30"),
    ("2025年腊月廿三", "2026-02-10"), ("2025年除夕", "2025-01-28"), ("2024年清明", "2024-04-04"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fell"), FELL)
def test_a_day_of_the_farmers_calendar_lies_in_its_span(text: str, fell: str) -> None:
    span = vague.parse_date(text, TODAY)
    assert isinstance(span, Span)
    assert span.earliest <= date.fromisoformat(fell) <= span.latest
    assert (span.latest - span.earliest).days <= 62


def test_a_season_of_the_farmers_calendar_is_near_enough() -> None:
    assert vague.parse_date("农历1955年冬", TODAY) == vague.parse_date("1955年冬", TODAY)
    assert vague.parse_date("约阴历1955年", TODAY) == vague.parse_date("约1955年", TODAY)


def test_lunar_months_follow_each_other() -> None:
    starts = [lunar.days(2025, month, 1, 1) for month in range(1, 13)]
    assert starts == sorted(starts, key=lambda each: each.earliest)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ProblemCode.BLANK), ("　", ProblemCode.BLANK), ("不知道", ProblemCode.NOT_A_DATE), ("hello", ProblemCode.NOT_A_DATE),
        ("2025-13", ProblemCode.NO_SUCH_MONTH), ("2025年2月30日", ProblemCode.NO_SUCH_DAY), ("2025年闰十三月", ProblemCode.NO_SUCH_MONTH),
        ("2025年正月三十五", ProblemCode.NO_SUCH_DAY), ("2027年", ProblemCode.IN_THE_FUTURE), ("2026-11-26", ProblemCode.IN_THE_FUTURE),
        ("9999-12-31", ProblemCode.IN_THE_FUTURE), ("1850年", ProblemCode.TOO_EARLY), ("300年前", ProblemCode.TOO_EARLY),
        ("1988年至1986年", ProblemCode.BACKWARDS), ("十二三月", ProblemCode.NOT_A_DATE), ("2000年以前", ProblemCode.NOT_A_DATE), ("年" * 61, ProblemCode.TOO_LONG),
    ],
)  # fmt: skip
def test_what_is_no_date_says_why(text: str, code: ProblemCode) -> None:
    problem = vague.parse_date(text, TODAY)
    assert isinstance(problem, Problem)
    assert problem.code is code


def test_a_problem_names_the_day_that_does_not_exist() -> None:
    assert vague.parse_date("2025年2月30日", TODAY) == Problem(ProblemCode.NO_SUCH_DAY, {"year": 2025, "month": 2, "day": 30})


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("8岁", (8, 8)), ("8", (8, 8)), ("约8岁", (7, 9)), ("八九岁", (8, 9)), ("十七八岁", (17, 18)), ("60-70岁", (60, 70)),
        ("六十到七十", (60, 70)), ("六七十岁", (60, 70)), ("七十来岁", (66, 74)), ("70余岁", (71, 79)), ("65岁左右", (60, 70)),
        ("五十出头", (50, 54)), ("年近七十", (66, 69)), ("不到十岁", (0, 9)), ("18岁以下", (0, 18)), ("60岁以上", (60, 130)),
        ("虚岁8岁", (6, 7)), ("中年", (35, 64)), ("老人", (55, 100)), ("八十岁的老人", (80, 80)),
    ],
)  # fmt: skip
def test_an_age_on_a_day_says_when_somebody_was_born(text: str, years: tuple[int, int]) -> None:
    least, most = years
    first = date(TODAY.year - most - 1, 11, 26)
    assert vague.parse_age(text, TODAY) == Span(first, date(TODAY.year - least, 11, 25))


def test_small_children_are_counted_in_months() -> None:
    assert vague.parse_age("8个月", TODAY) == days("2026-02-26", "2026-03-25")
    assert vague.parse_age("3到5个月", TODAY) == days("2026-05-26", "2026-08-25")
    assert vague.parse_age("2岁8个月", TODAY) == days("2024-02-26", "2024-03-25")
    assert vague.parse_age("一岁半", TODAY) == days("2025-01-26", "2025-08-25")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ProblemCode.BLANK), ("abc", ProblemCode.NOT_AN_AGE), ("200岁", ProblemCode.OUT_OF_RANGE), ("70-60岁", ProblemCode.BACKWARDS)],
)
def test_what_is_no_age_says_why(text: str, code: ProblemCode) -> None:
    problem = vague.parse_age(text, TODAY)
    assert isinstance(problem, Problem)
    assert problem.code is code


def test_birth_is_a_date_with_its_year_or_an_age() -> None:
    assert vague.parse_born("1960", TODAY) == days("1960-01-01", "1960-12-31")
    assert vague.parse_born("60", TODAY) == vague.parse_age("60岁", TODAY)
    assert vague.parse_born("六十年代", TODAY) == days("1960-01-01", "1969-12-31")
    assert vague.parse_born("3月5日", TODAY) == Problem(ProblemCode.YEAR_MISSING)
    assert vague.parse_born("不知道", TODAY) == Problem(ProblemCode.NOT_A_DATE)


@pytest.mark.parametrize(
    ("text", "cm"),
    [
        ("165", (165, 165)), ("165cm", (165, 165)), ("１６５厘米", (165, 165)), ("1.65m", (165, 165)), ("1.65", (165, 165)),
        ("一米六五", (165, 165)), ("1米65", (165, 165)), ("1米6", (160, 160)), ("一米六", (160, 160)), ("一米六几", (161, 169)),
        ("165左右", (160, 170)), ("约1.7米", (165, 175)), ("160-165", (160, 165)), ("一米六到一米七", (160, 170)),
        ("五尺二", (173, 173)), ("5尺", (167, 167)), ("一百六十五", (165, 165)), ("身高一米七", (170, 170)),
    ],
)  # fmt: skip
def test_a_height_as_it_is_written(text: str, cm: tuple[float, float]) -> None:
    assert vague.parse_height(text) == Range(*cm)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ProblemCode.BLANK), ("高", ProblemCode.NOT_A_HEIGHT), ("20", ProblemCode.OUT_OF_RANGE), ("170-160", ProblemCode.BACKWARDS)],
)
def test_what_is_no_height_says_why(text: str, code: ProblemCode) -> None:
    problem = vague.parse_height(text)
    assert isinstance(problem, Problem)
    assert problem.code is code


@pytest.mark.parametrize(
    ("text", "expected"),
    [("十八", 18), ("廿三", 23), ("卅", 30), ("一百零五", 105), ("二十", 20), ("18", 18), ("三四", None), ("", None), ("百", None)],
)
def test_numbers_in_words(text: str, expected: int | None) -> None:
    assert number(text) == expected


@given(st.integers(0, 999))
def test_a_number_means_itself(value: int) -> None:
    assert interval(str(value)) == (value, value)
    assert digits(str(value)) == value


@given(WRITTEN, DAYS)
def test_nothing_that_is_written_raises_and_no_day_lies_ahead(text: str, today: date) -> None:
    for read in (vague.parse_date, vague.parse_born, vague.parse_age):
        said = read(text, today)
        assert isinstance(said, Problem) or said.latest <= today
    vague.parse_height(text)


@given(WRITTEN, DAYS)
def test_reading_what_was_understood_changes_nothing(text: str, today: date) -> None:
    span = vague.parse_date(text, today)
    if isinstance(span, Span):
        assert vague.parse_date(str(span), today) == span


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 20_000))
def test_iso_days_and_intervals_are_read_as_they_are(first: date, length: int) -> None:
    span = Span(first, min(TODAY, first + timedelta(days=length)))
    assert vague.parse_date(str(span), TODAY) == span


@given(st.integers(0, 120), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_an_age_covers_a_year_and_about_it_covers_more(years: int, today: date) -> None:
    exact, about = vague.parse_age(f"{years}岁", today), vague.parse_age(f"约{years}岁", today)
    assert isinstance(exact, Span)
    assert isinstance(about, Span)
    assert 363 <= (exact.latest - exact.earliest).days <= 366
    assert about.earliest <= exact.earliest <= exact.latest <= about.latest
