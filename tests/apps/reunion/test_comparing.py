"""Field by field: what agrees, what contradicts, what says nothing; and that the lines add up to the score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.reunion import texts
from backend.apps.reunion.comparing import (
    STRONG,
    WEIGHTS,
    Comparison,
    Field,
    FieldResult,
    FieldVerdict,
    Why,
    age_gap_years,
    compare,
)
from backend.apps.reunion.facts import Facts, Range, Span

TODAY = date(2026, 11, 25)
XIANJU, LINHAI, LUCHENG, JINAN = "33.3310.331024", "33.3310.331082", "33.3303.330302", "37.3701.370102"


def day(text: str) -> Span:
    return Span(date.fromisoformat(text), date.fromisoformat(text))


def year(number: int) -> Span:
    return Span(date(number, 1, 1), date(number, 12, 31))


OLD_MAN = Facts(
    names=("王建国",), sex="M", born=year(1950), height_cm=Range(168, 168), dialect="wu.taizhou", origin=XIANJU,
    marks="左手缺小指,额头有疤", clothes="蓝色外套", place_path=XIANJU + ".331024103", when=day("2026-11-20"), relatives=("王小明",),
)  # fmt: skip
STRANGER = Facts(
    names=("老王",), sex="M", born=Span(date(1946, 1, 1), date(1956, 1, 1)), height_cm=Range(165, 170), dialect="wu.taizhou",
    origin=XIANJU, marks="小指缺失", clothes="蓝色上衣外套", place_path=LINHAI, when=day("2026-11-23"), relatives=("小明",),
)  # fmt: skip


def line(comparison: Comparison, what: Field) -> FieldResult:
    return next(each for each in comparison.fields if each.field is what)


def one(what: Field, sought: dict[str, Any], found: dict[str, Any]) -> tuple[FieldVerdict, str]:
    result = line(compare(Facts(**sought), Facts(**found), TODAY), what)
    return result.verdict, result.code


def test_an_old_man_found_three_days_later_in_the_next_county() -> None:
    comparison = compare(OLD_MAN, STRANGER, TODAY)
    verdicts = {each.field: each.verdict for each in comparison.fields}
    assert verdicts == {
        Field.NAME: FieldVerdict.CLOSE, Field.SEX: FieldVerdict.MATCH, Field.BORN: FieldVerdict.MATCH,
        Field.HEIGHT: FieldVerdict.MATCH, Field.DIALECT: FieldVerdict.MATCH, Field.ORIGIN: FieldVerdict.MATCH,
        Field.MARKS: FieldVerdict.CLOSE, Field.CLOTHES: FieldVerdict.MATCH, Field.PLACE: FieldVerdict.CLOSE,
        Field.TIME: FieldVerdict.MATCH, Field.RELATIVES: FieldVerdict.CLOSE, Field.DECEASED: FieldVerdict.BLANK,
    }  # fmt: skip
    # Marks share 小指 of three pairs (0.6 + 0.4/3), clothes all of 蓝, 蓝色, 外套 but 色外.
    told = 4 * 0.3 + 1 + 3 + 1 + 1 + 2 + 2 * (0.6 + 0.4 / 3) + (0.6 + 0.4 * 3 / 4) + 0.7 + 1 + 3 * 0.7
    assert comparison.score == pytest.approx(told / 20)
    assert comparison.coverage == pytest.approx(20 / 21)


def test_every_field_is_there_in_one_order_even_when_nothing_is_known() -> None:
    nothing = compare(Facts(), Facts(), TODAY)
    assert [each.field for each in nothing.fields] == list(Field)
    assert (nothing.score, nothing.coverage) == (0, 0)
    assert {each.verdict for each in nothing.fields} == {FieldVerdict.BLANK}


def test_one_matching_name_is_full_agreement_on_little() -> None:
    comparison = compare(Facts(names=("王建国",)), Facts(names=("王建国",)), TODAY)
    assert comparison.score == 1
    assert comparison.coverage < 0.2


@pytest.mark.parametrize(
    ("sought", "found", "verdict", "code"),
    [
        (year(1950), year(1950), FieldVerdict.MATCH, Why.BORN_OVERLAPS),
        (year(1950), year(1954), FieldVerdict.CLOSE, Why.BORN_APART),
        (year(1950), year(1970), FieldVerdict.MISMATCH, Why.BORN_APART),
        (year(2018), year(2020), FieldVerdict.CLOSE, Why.BORN_APART),
        (year(2016), year(2020), FieldVerdict.MISMATCH, Why.BORN_APART),  # a child's age is guessed better
        (None, year(1950), FieldVerdict.BLANK, Why.NOT_SAID),
    ],
)
def test_birth(sought: Span | None, found: Span, verdict: FieldVerdict, code: str) -> None:
    assert one(Field.BORN, {"born": sought}, {"born": found}) == (verdict, code)


def test_a_gap_of_birth_is_told_in_years() -> None:
    comparison = compare(Facts(born=year(1950)), Facts(born=year(1954)), TODAY)
    assert line(comparison, Field.BORN).data == {"years": 3}


@pytest.mark.parametrize(
    ("sought", "found", "verdict"),
    [
        ((168, 168), (165, 170), FieldVerdict.MATCH),
        ((168, 168), (171, 171), FieldVerdict.MATCH),
        ((160, 160), (168, 168), FieldVerdict.CLOSE),
        ((160, 160), (180, 180), FieldVerdict.MISMATCH),
    ],
)
def test_height_of_a_grown_up(sought: tuple[int, int], found: tuple[int, int], verdict: FieldVerdict) -> None:
    man = {"born": year(1950), "when": day("2010-05-01")}
    assert one(Field.HEIGHT, man | {"height_cm": Range(*sought)}, {"height_cm": Range(*found)})[0] is verdict


@pytest.mark.parametrize(
    ("born", "lost", "found", "code"),
    [
        (year(2010), "2016-06-01", "2026-06-01", Why.GREW_SINCE),  # missing at six, found at sixteen
        (year(2010), "2026-06-01", "2026-07-01", Why.HEIGHT_APART),  # a month later
        (None, "2016-06-01", "2026-06-01", Why.GREW_SINCE),  # nobody knows the age
        (year(1980), "2016-06-01", "2026-06-01", Why.HEIGHT_APART),
    ],
)
def test_a_child_grows(born: Span | None, lost: str, found: str, code: str) -> None:
    sought = {"born": born, "height_cm": Range(115, 115), "when": day(lost)}
    assert one(Field.HEIGHT, sought, {"height_cm": Range(165, 165), "when": day(found)})[1] == code


@pytest.mark.parametrize(
    ("lost", "found", "verdict", "code"),
    [
        ("2026-11-20", "2026-11-23", FieldVerdict.MATCH, Why.FOUND_SOON),
        ("2020-11-20", "2026-11-23", FieldVerdict.BLANK, Why.FOUND_LATER),
        ("2026-11-23", "2026-11-22", FieldVerdict.CLOSE, Why.FOUND_BEFORE_LOST),  # a slip of a day
        ("2026-11-23", "2026-11-01", FieldVerdict.MISMATCH, Why.FOUND_BEFORE_LOST),
    ],
)
def test_time(lost: str, found: str, verdict: FieldVerdict, code: str) -> None:
    assert one(Field.TIME, {"when": day(lost)}, {"when": day(found)}) == (verdict, code)


@pytest.mark.parametrize(
    ("place", "found", "verdict", "code"),
    [
        (XIANJU + ".331024103", "2026-11-22", FieldVerdict.MATCH, Why.SAME_COUNTY),
        (LINHAI, "2026-11-22", FieldVerdict.CLOSE, Why.SAME_CITY),
        (LUCHENG, "2026-11-22", FieldVerdict.CLOSE, Why.SAME_PROVINCE),
        (JINAN, "2026-11-22", FieldVerdict.MISMATCH, Why.OTHER_PROVINCE),
        (JINAN, "2026-12-22", FieldVerdict.BLANK, Why.ANYWHERE_BY_NOW),
    ],
)
def test_place_by_what_the_paths_share_and_the_time_there_was(place: str, found: str, verdict: FieldVerdict, code: str) -> None:
    sought = {"place_path": XIANJU, "when": day("2026-11-20")}
    assert one(Field.PLACE, sought, {"place_path": place, "when": day(found)}) == (verdict, code)


@pytest.mark.parametrize(
    ("found", "verdict", "code"),
    [
        ({"origin": XIANJU + ".331024103"}, FieldVerdict.MATCH, Why.SAME_COUNTY),
        ({"origin": LINHAI}, FieldVerdict.CLOSE, Why.SAME_CITY),
        ({"origin": "33"}, FieldVerdict.CLOSE, Why.INSIDE),
        ({"origin": JINAN}, FieldVerdict.MISMATCH, Why.OTHER_PROVINCE),
        ({"origin": JINAN, "origin_text": "白塔镇"}, FieldVerdict.MATCH, Why.WORDS_SHARED),
        ({"origin_text": "好像是白塔的"}, FieldVerdict.MATCH, Why.WORDS_SHARED),
        ({"origin_text": "白水"}, FieldVerdict.BLANK, Why.NOTHING_SHARED),
        ({"origin_text": "山东"}, FieldVerdict.BLANK, Why.NOTHING_SHARED),
        ({}, FieldVerdict.BLANK, Why.NOT_SAID),
    ],
)
def test_origin_by_division_or_by_what_is_said(found: dict[str, str], verdict: FieldVerdict, code: str) -> None:
    assert one(Field.ORIGIN, {"origin": XIANJU, "origin_text": "仙居白塔镇"}, found) == (verdict, code)


def test_clothes_count_within_a_week_only() -> None:
    sought = {"clothes": "蓝色外套", "when": day("2026-11-01")}
    assert one(Field.CLOTHES, sought, {"clothes": "蓝衣", "when": day("2026-11-08")})[0] is FieldVerdict.MATCH
    later = one(Field.CLOTHES, sought, {"clothes": "蓝衣", "when": day("2026-11-09")})
    assert later == (FieldVerdict.BLANK, Why.CLOTHES_CHANGED_SINCE)
    assert one(Field.CLOTHES, sought, {"clothes": "蓝衣"})[0] is FieldVerdict.BLANK


def test_other_marks_are_no_contradiction_and_none_are_none() -> None:
    assert one(Field.MARKS, {"marks": "左手缺小指"}, {"marks": "额头疤痕"}) == (FieldVerdict.BLANK, Why.NOTHING_SHARED)
    assert one(Field.MARKS, {"marks": "左手缺小指"}, {"marks": "无明显特征"}) == (FieldVerdict.BLANK, Why.NOT_SAID)
    assert texts.words("无") == texts.words("不详。") == texts.words("") == frozenset()
    assert "无名" in texts.words("左手无名指断")


def test_dialects_of_one_family_are_close() -> None:
    assert one(Field.DIALECT, {"dialect": "wu.taizhou"}, {"dialect": "wu.wenzhou"})[0] is FieldVerdict.CLOSE
    assert one(Field.DIALECT, {"dialect": "wu.taizhou"}, {"dialect": "min"})[0] is FieldVerdict.MISMATCH


def test_relatives_match_by_any_name_and_never_contradict() -> None:
    assert one(Field.RELATIVES, {"relatives": ("王小明", "李芳")}, {"relatives": ("力方",)})[0] is FieldVerdict.MATCH
    assert one(Field.RELATIVES, {"relatives": ("王小明",)}, {"relatives": ("李芳",)})[0] is FieldVerdict.BLANK


def test_a_nickname_counts_as_a_name() -> None:
    assert one(Field.NAME, {"names": ("王强",), "nicknames": ("狗蛋",)}, {"nicknames": ("狗蛋",)})[0] is FieldVerdict.MATCH


@pytest.mark.parametrize(
    ("sought", "found", "verdict"),
    [
        (False, True, FieldVerdict.BLANK), (False, False, FieldVerdict.BLANK), (True, True, FieldVerdict.MATCH),
        (True, False, FieldVerdict.MISMATCH),
    ],
)  # fmt: skip
def test_somebody_sought_may_have_died(sought: bool, found: bool, verdict: FieldVerdict) -> None:
    assert one(Field.DECEASED, {"deceased": sought}, {"deceased": found})[0] is verdict


def test_another_sex_weighs_six_times_what_the_same_one_does() -> None:
    other = compare(OLD_MAN, replace(STRANGER, sex="F"), TODAY)
    assert other.strong_mismatches == (Field.SEX,)
    assert line(other, Field.SEX).weight == 6
    assert 0 < other.score < compare(OLD_MAN, STRANGER, TODAY).score
    without = other.without(other.strong_mismatches)
    assert without.score == compare(OLD_MAN, replace(STRANGER, sex="U"), TODAY).score


def test_a_disagreement_never_weighs_less_than_agreement() -> None:
    assert all(weight.against >= weight.speaks > 0 for weight in WEIGHTS.values())
    assert set(WEIGHTS) == set(Field)
    assert {Field.SEX, Field.TIME, Field.DECEASED} == STRONG


@pytest.mark.parametrize(
    ("first", "second", "years"),
    [
        (day("2016-06-01"), day("2026-06-02"), 10), (year(2020), year(2025), 5), (year(2020), year(2026), 6),
        (None, year(2025), None),
    ],
)  # fmt: skip
def test_years_between_two_pictures_are_the_most_there_may_be(first: Span | None, second: Span | None, years: int | None) -> None:
    assert age_gap_years(first, second) == age_gap_years(second, first) == years


SPANS = st.builds(
    lambda start, length: Span(start, start + timedelta(days=length)),
    st.dates(date(1920, 1, 1), date(2026, 1, 1)),
    st.integers(0, 300),
)
WORDS = st.one_of(st.text(max_size=20), st.text("左右手缺小指额头有疤蓝色外套红无不详", max_size=10))
PEOPLE = st.text("王李张明强国阿小芳", max_size=3)
FACTS = st.builds(
    Facts,
    names=st.lists(PEOPLE, max_size=2).map(tuple),
    nicknames=st.lists(PEOPLE, max_size=1).map(tuple),
    sex=st.sampled_from(["", "M", "F", "U"]),
    born=st.none() | SPANS,
    height_cm=st.none() | st.integers(40, 220).map(lambda cm: Range(cm, cm + 5)),
    dialect=st.sampled_from(["", "wu.taizhou", "wu.wenzhou", "min"]),
    origin=st.sampled_from(["", "33", XIANJU, LINHAI, LUCHENG, JINAN]),
    origin_text=WORDS,
    marks=WORDS,
    clothes=WORDS,
    place_path=st.sampled_from(["", XIANJU, LINHAI, LUCHENG, JINAN]),
    when=st.none() | SPANS,
    relatives=st.lists(PEOPLE, max_size=2).map(tuple),
    deceased=st.booleans(),
)
#: A value for each field that touches no other one.
MATCHING: dict[Field, dict[str, Any]] = {
    Field.NAME: {"names": ("王建国",), "nicknames": ()}, Field.SEX: {"sex": "F"}, Field.DIALECT: {"dialect": "wu.taizhou"},
    Field.ORIGIN: {"origin": XIANJU, "origin_text": ""}, Field.MARKS: {"marks": "左手缺小指"}, Field.RELATIVES: {"relatives": ("李芳",)},
    Field.PLACE: {"place_path": XIANJU}, Field.DECEASED: {"deceased": True},
}  # fmt: skip
BLANK: dict[Field, dict[str, Any]] = {
    Field.NAME: {"names": (), "nicknames": ()}, Field.SEX: {"sex": ""}, Field.DIALECT: {"dialect": ""},
    Field.ORIGIN: {"origin": "", "origin_text": ""}, Field.MARKS: {"marks": ""}, Field.RELATIVES: {"relatives": ()},
    Field.PLACE: {"place_path": ""}, Field.DECEASED: {"deceased": False},
}  # fmt: skip


@given(FACTS, FACTS)
def test_the_lines_add_up_to_the_score(sought: Facts, found: Facts) -> None:
    comparison = compare(sought, found, TODAY)
    lines = comparison.as_json()["fields"]
    total = sum(each["weight"] for each in lines)
    summed = sum(each["weight"] * each["agreement"] for each in lines) / total if total else 0
    assert summed == pytest.approx(comparison.score, abs=1e-3)
    assert 0 <= comparison.score <= 1
    assert 0 <= comparison.coverage <= 1
    for each in comparison.fields:
        assert (each.weight == 0) == (each.verdict is FieldVerdict.BLANK)
        assert (each.agreement == 0) == (each.verdict in (FieldVerdict.BLANK, FieldVerdict.MISMATCH))


@given(FACTS, FACTS, st.sampled_from(sorted(MATCHING)))
def test_a_field_that_matches_never_lowers(sought: Facts, found: Facts, what: Field) -> None:
    before = compare(replace(sought, **BLANK[what]), replace(found, **BLANK[what]), TODAY)
    after = compare(replace(sought, **MATCHING[what]), replace(found, **MATCHING[what]), TODAY)
    assert line(after, what).verdict is FieldVerdict.MATCH
    assert after.score >= before.score - 1e-9
    assert after.coverage > before.coverage


@given(FACTS, FACTS, st.sampled_from(sorted(BLANK)))
def test_a_field_that_one_side_leaves_blank_changes_nothing(sought: Facts, found: Facts, what: Field) -> None:
    both = compare(replace(sought, **BLANK[what]), replace(found, **BLANK[what]), TODAY)
    # Whether somebody found is dead says nothing by itself; whether somebody sought is does.
    kept = replace(found, **BLANK[what]) if what is Field.DECEASED else found
    one_side = compare(replace(sought, **BLANK[what]), kept, TODAY)
    assert (one_side.score, one_side.coverage) == (both.score, both.coverage)


@given(FACTS, FACTS)
def test_fields_without_a_direction_read_the_same_from_both_sides(sought: Facts, found: Facts) -> None:
    there, back = compare(sought, found, TODAY), compare(found, sought, TODAY)
    for what in set(Field) - {Field.TIME, Field.HEIGHT, Field.DECEASED}:
        assert line(there, what) == line(back, what)


@given(st.text(max_size=100), st.text(max_size=100))
def test_no_text_raises(one: str, other: str) -> None:
    sought, found = (
        Facts(
            names=(text,), nicknames=(text,), sex=text, dialect=text, origin=text, origin_text=text, marks=text, clothes=text,
            place_path=text, when=day("2026-11-20"), kind=text, relatives=(text,),
        )
        for text in (one, other)
    )  # fmt: skip
    compare(sought, found, TODAY)
