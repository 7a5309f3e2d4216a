"""Names that are one person's however they were heard, spelled or shortened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.reunion import names
from backend.apps.reunion.names import NameCode
from backend.apps.reunion.pinyin import blur, readings, split_latin

CHARACTERS = "王李张刘陈牛林凌胡傅强明国建阿小老子买提·艾力單單𠅤㛃⿰某氏先生（）abz ü'"
NAMES = st.one_of(st.text(CHARACTERS, max_size=8), st.text(max_size=50))


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("张三", "张三", NameCode.SAME_NAME),
        ("張國強", "张国强", NameCode.SAME_NAME),
        ("张　三", "张三先生", NameCode.SAME_NAME),
        ("张三（音）", "张三", NameCode.SAME_NAME),
        ("买买提·艾力", "买买提艾力", NameCode.SAME_NAME),
        ("Zhang San", "zhangsan", NameCode.SAME_NAME),
        ("王㛃", "王㛃", NameCode.SAME_NAME),
        ("张伟", "章伟", NameCode.SAME_SOUND),
        ("单雄信", "shan xiongxin", NameCode.SAME_SOUND),  # a surname that is read in its own way
        ("吕布", "Lǚ Bù", NameCode.SAME_SOUND),
        ("吕布", "lv bu", NameCode.SAME_SOUND),
        ("李娜", "lina", NameCode.SAME_SOUND),
        ("买买提", "麦麦提", NameCode.SAME_SOUND),
        ("刘芳", "牛芳", NameCode.SIMILAR_SOUND),
        ("陈静", "程静", NameCode.SIMILAR_SOUND),
        ("胡飞", "福灰", NameCode.SIMILAR_SOUND),
        ("石林", "Si Ling", NameCode.SIMILAR_SOUND),
        ("王建国", "建国", NameCode.PART_OF_NAME),
        ("买买提·艾力", "买买提", NameCode.PART_OF_NAME),
        ("张三", "San Zhang", NameCode.SWAPPED),
        ("王强", "阿强", NameCode.NICKNAME),
        ("李明", "小明", NameCode.NICKNAME),
        ("李明", "明明", NameCode.NICKNAME),
        ("王强", "强子", NameCode.NICKNAME),
        ("王建国", "王建军", NameCode.ONE_CHARACTER),
        ("王建国", "王国", NameCode.ONE_CHARACTER),
        ("Wang Jianguo", "王建军", NameCode.ONE_SYLLABLE),
        ("王建国", "老王", NameCode.SURNAME_ONLY),
        ("王建国", "王某某", NameCode.SURNAME_ONLY),
        ("王强", "李刚", NameCode.DIFFERENT_NAME),
        ("张三", "", NameCode.DIFFERENT_NAME),
    ],
)
def test_how_two_names_are_alike(one: str, other: str, code: NameCode) -> None:
    assert names.compare(one, other).code is code
    assert names.compare(other, one).code is code


def test_one_character_of_two_says_little() -> None:
    assert names.compare("王强", "王刚").strength == names.ONE_OF_TWO < names.STRENGTH[NameCode.ONE_CHARACTER]


def test_the_best_of_several_names_counts() -> None:
    found = names.best(["李刚", "王强"], ["不详", "阿强"])
    assert found is not None
    assert found.code is NameCode.NICKNAME
    assert names.best([], ["王强"]) is None
    assert names.best([" ", "·"], ["王强"]) is None


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("师傅", "师傅"),  # a title alone stays: nothing else would be left
        ("⿰王莹丽", "⿰王莹丽"),
        ("\ue863", "\ue863"),  # private use: rare characters of old registers
        ("𠅤", "𠅤"),
        ("张三2", "张三"),
        ("Zhāng Sān", "zhangsan"),
        ("王大爷先生", "王"),
    ],
)
def test_folding(name: str, folded: str) -> None:
    assert names.fold(name) == folded


def test_sounds_find_a_name_that_was_heard() -> None:
    assert set(names.sounds("刘芳")) & set(names.sounds("Niu Fang"))
    assert set(names.sounds("单雄信")) & set(names.sounds("山熊新"))
    assert names.sounds("") == ()
    assert len(names.sounds("重乐行解单")) <= 8


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("zhangsan", ("zhang", "san")), ("xiongxin", ("xiong", "xin")), ("smith", ("smith",)), ("", ("",)), ("lv", ("lv",))],
)
def test_pinyin_without_spaces_is_cut(word: str, syllables: tuple[str, ...]) -> None:
    assert split_latin(word) == syllables


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shi", "si"), ("zhang", "zang"), ("liu", "niu"), ("chen", "cheng"), ("lin", "ling"), ("hu", "fu"), ("huang", "fang"),
        ("hui", "fei"),
    ],
)  # fmt: skip
def test_what_a_southern_accent_does_not_tell_apart(one: str, other: str) -> None:
    assert blur(one) == blur(other)


def test_blurring_twice_changes_nothing_and_rare_characters_are_themselves() -> None:
    heard = {syllable for code in range(0x4E00, 0x5E00) for syllable in readings(chr(code))}
    assert {each for each in heard if blur(blur(each)) != blur(each)} == set()
    assert readings("\uf8f0") == {"\uf8f0"}


@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert names.fold(names.fold(name)) == names.fold(name)


@given(NAMES, NAMES)
def test_likeness_is_the_same_both_ways_round(one: str, other: str) -> None:
    likeness = names.compare(one, other)
    assert likeness == names.compare(other, one)
    assert 0 <= likeness.strength <= 1
    names.sounds(one)


@given(NAMES)
def test_a_name_is_its_own(name: str) -> None:
    if names.fold(name):
        assert names.compare(name, name).code is NameCode.SAME_NAME
        assert names.sounds(name)


@given(st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=5), NAMES)
def test_another_name_never_makes_people_less_alike(ones: list[str], others: list[str], extra: str) -> None:
    before, after = names.best(ones, others), names.best([*ones, extra], others)
    assert before is None or (after is not None and after.strength >= before.strength)
    assert names.best(others, ones) == before
