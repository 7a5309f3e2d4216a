"""Whether two names may be one person's. A child's or a confused adult's name is often only a sound, so sounds count. Pure.

Hanzi, pinyin and other Latin names compare with each other. Of traditional characters only those of common names are
turned into simplified ones (`_TRADITIONAL`); the rest still sound the same.
"""

from __future__ import annotations

import os.path
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from backend.apps.reunion.pinyin import Sound, blur, readings, split_latin

LONGEST: Final = 40
#: Names of one person that are looked at.
MOST_NAMES: Final = 20
_MOST_KEYS: Final = 8
#: A Latin name shorter than this is another one with another letter.
_LEAST_LETTERS: Final = 5

_TRADITIONAL: Final = str.maketrans(
    "張陳劉黃趙吳楊孫馬許鄭謝馮葉蔣鄧蕭羅蘇盧韓賴龍鳳國華偉強麗蘭軍鄒賈譚陸鍾範萬錢湯龔莊關藍顧呂紅貴榮愛寶義東雲連衛東麥買",
    "张陈刘黄赵吴杨孙马许郑谢冯叶蒋邓萧罗苏卢韩赖龙凤国华伟强丽兰军邹贾谭陆钟范万钱汤龚庄关蓝顾吕红贵荣爱宝义东云连卫东麦买",
)
_TITLES: Final = ("先生", "女士", "小姐", "师傅", "老师", "同志", "大爷", "大妈", "大娘", "奶奶", "爷爷", "阿姨", "叔叔", "老人", "某某", "某", "氏")
_NOTES: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_COMPOUND_SURNAMES: Final = frozenset({"欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯", "端木", "南宫"})
_CALLED: Final = re.compile(r"([阿小老大])(.{1,2})|(.)\3|(.{1,2})([子儿哥姐弟妹仔娃伯叔姨婶])")
#: Called by the surname, these and no others: 老王, 小王, 王哥.
_BEFORE_SURNAMES: Final = "老小大"


class NameCode(StrEnum):
    """How two names are alike, for the page to word."""

    SAME_NAME = "SAME_NAME"
    SAME_SOUND = "SAME_SOUND"
    SIMILAR_SOUND = "SIMILAR_SOUND"  # the same with a southern accent: n/l, z/zh, en/eng, h/f …
    PART_OF_NAME = "PART_OF_NAME"  # the given name alone, or one part of a long name
    SWAPPED = "SWAPPED"
    NICKNAME = "NICKNAME"  # 阿强 of 王强
    ONE_CHARACTER = "ONE_CHARACTER"  # all but one
    ONE_SYLLABLE = "ONE_SYLLABLE"  # all but one, by their sound
    SURNAME_ONLY = "SURNAME_ONLY"
    DIFFERENT_NAME = "DIFFERENT_NAME"


#: 0 says nothing in favour, 1 everything a name can say. Of two characters one is not much.
STRENGTH: Final = {
    NameCode.SAME_NAME: 1.0, NameCode.SAME_SOUND: 0.9, NameCode.SIMILAR_SOUND: 0.8, NameCode.PART_OF_NAME: 0.7,
    NameCode.SWAPPED: 0.7, NameCode.NICKNAME: 0.6, NameCode.ONE_CHARACTER: 0.6, NameCode.ONE_SYLLABLE: 0.45,
    NameCode.SURNAME_ONLY: 0.3, NameCode.DIFFERENT_NAME: 0.0,
}  # fmt: skip
ONE_OF_TWO: Final = 0.3


@dataclass(frozen=True)
class Likeness:
    """`strength` from 0 to 1."""

    code: NameCode
    strength: float


@dataclass(frozen=True)
class _Name:
    text: str
    sounds: tuple[Sound, ...]  # one per character, or per syllable of a Latin name
    blurred: tuple[Sound, ...]


NOTHING_ALIKE: Final = Likeness(NameCode.DIFFERENT_NAME, 0.0)


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """One form of a name: width, common simplified characters, no tones, titles, notes in brackets, dots or spaces.

    Rare characters, those of private use (old registers) and descriptions of missing ones (⿰王莹) are kept.
    """
    text = name[:LONGEST]
    while (shorter := _fold_once(text)) != text:
        text = shorter
    return text


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", _without_tones(unicodedata.normalize("NFKC", text))).casefold()
    text = _NOTES.sub("", text).translate(_TRADITIONAL)
    text = "".join(each for each in text if _stays(each))[:LONGEST]
    for title in _TITLES:
        if len(text) > len(title):
            text = text.removesuffix(title)
    return text


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Co" or "\u2ff0" <= character <= "\u2fff"


def _without_tones(text: str) -> str:
    """zhāng → zhang, lǚ → lv. Marks on other letters are dropped as well: clerks do."""
    text = re.sub("[üǖǘǚǜÜǕǗǙǛ]", "v", text)
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub(r"(?<=[a-zA-Z])[\u0300-\u036f]+", "", apart))


@lru_cache(maxsize=4096)
def _read(name: str) -> _Name:
    text = fold(name)
    if text.isascii():
        # The spaces of the original say where syllables end: "xi an" is not "xian".
        words = re.findall(r"[a-z]+", _without_tones(unicodedata.normalize("NFKC", name[:LONGEST])).casefold())
        whole = words if "".join(words) == text else [text] if text else []
        sounds = tuple(frozenset({syllable}) for word in whole for syllable in split_latin(word))
    else:
        sounds = tuple(readings(each) for each in text)
    return _Name(text, sounds, tuple(frozenset(map(blur, each)) for each in sounds))


def sounds(name: str) -> tuple[str, ...]:
    """Keys to find a name by its sound in a table: alike sounds share one. At most eight, for characters read in many ways."""
    return tuple(sorted(_keys(_read(name).blurred)))


def _keys(sounds: tuple[Sound, ...]) -> frozenset[str]:
    keys = [""]
    for each in sounds:
        keys = [f"{key} {syllable}".strip() for key in keys for syllable in sorted(each)][:_MOST_KEYS]
    return frozenset(key for key in keys if key)


def compare(one: str, other: str) -> Likeness:
    """The strongest way in which two names are alike; the same both ways round. A blank name is like none."""
    a, b = _read(one), _read(other)
    if not a.text or not b.text:
        return NOTHING_ALIKE
    found = [Likeness(code, _strength(code, a, b)) for code, holds in _TESTS if holds(a, b) or holds(b, a)]
    return max(found, key=lambda each: each.strength, default=NOTHING_ALIKE)


def best(ones: Iterable[str], others: Iterable[str]) -> Likeness | None:
    """The strongest likeness between any two names of two people. None where one side has no name at all."""
    left, right = _some(ones), _some(others)
    found = [compare(one, other) for one in left for other in right]
    return max(found, key=lambda each: (each.strength, each.code), default=None)


def _some(names: Iterable[str]) -> list[str]:
    return [name for name in names if fold(name)][:MOST_NAMES]


def _strength(code: NameCode, a: _Name, b: _Name) -> float:
    short = min(len(a.sounds), len(b.sounds)) <= 2
    return ONE_OF_TWO if code is NameCode.ONE_CHARACTER and short else STRENGTH[code]


def _alike(ones: tuple[Sound, ...], others: tuple[Sound, ...]) -> bool:
    return len(ones) == len(others) > 0 and all(one & other for one, other in zip(ones, others, strict=True))


def _same_sound(a: _Name, b: _Name) -> bool:
    # Latin letters without spaces can be cut in more than one way: then they are read as a whole.
    latin = a.text.isascii() or b.text.isascii()
    return _alike(a.sounds, b.sounds) or (latin and bool(_spellings(a) & _spellings(b)))


def _spellings(name: _Name) -> frozenset[str]:
    if name.text.isascii():
        return frozenset({name.text})
    return frozenset(key.replace(" ", "") for key in _keys(name.sounds))


def _swapped(a: _Name, b: _Name) -> bool:
    if len(a.blurred) < 2 or len(a.blurred) != len(b.blurred):
        return False
    return any(_alike(a.blurred[at:] + a.blurred[:at], b.blurred) for at in range(1, len(a.blurred)))


def _part(a: _Name, b: _Name) -> bool:
    """`a` is `b` without its surname, or the beginning or end of a long name (买买提 of 买买提·艾力)."""
    short, long = a.blurred, b.blurred
    if len(short) < 2 or len(short) >= len(long):
        return False
    return _alike(short, long[-len(short) :]) or (len(short) >= 3 and _alike(short, long[: len(short)]))


def _called(a: _Name, b: _Name) -> bool:
    """`a` is a pet form of `b`'s given name: 阿强, 小明, 强子, 明明."""
    found = _CALLED.fullmatch(a.text)
    if found is None or len(b.sounds) < 2:
        return False
    start, end = found.span(2) if found[1] else found.span(3) if found[3] else found.span(4)
    core = a.blurred[start:end]
    return len(core) < len(b.blurred) and _alike(core, b.blurred[-len(core) :])


def _surname_only(a: _Name, b: _Name) -> bool:
    """`a` is nothing but `b`'s surname, alone or as 老王, 王哥."""
    surname = _surname(b)
    found = _CALLED.fullmatch(a.text)
    core = a.text
    if found is not None:
        core = (found[2] if found[1] and found[1] in _BEFORE_SURNAMES else found[4]) or ""
    return core == surname != "" and len(b.text) > len(surname) and a.text != b.text


def _surname(name: _Name) -> str:
    if name.text.isascii():
        return ""
    return name.text[:2] if name.text[:2] in _COMPOUND_SURNAMES else name.text[:1]


def _one_differs(a: _Name, b: _Name) -> bool:
    """One character of either is another one, or missing; everything before and behind it is the same."""
    one, other = a.text, b.text
    least = _LEAST_LETTERS if one.isascii() and other.isascii() else 2
    if min(len(one), len(other)) < least or one.isascii() != other.isascii():
        return False
    before = len(os.path.commonprefix([one, other]))
    one, other = one[before:], other[before:]
    behind = len(os.path.commonprefix([one[::-1], other[::-1]]))
    return max(len(one), len(other)) - behind == 1


def _one_syllable_differs(a: _Name, b: _Name) -> bool:
    if len(a.blurred) != len(b.blurred) or len(a.blurred) < 3:
        return False
    return sum(not one & other for one, other in zip(a.blurred, b.blurred, strict=True)) == 1


def _same(a: _Name, b: _Name) -> bool:
    return a.text == b.text


def _same_with_an_accent(a: _Name, b: _Name) -> bool:
    return _alike(a.blurred, b.blurred)


#: From the strongest to the weakest.
_TESTS: Final[tuple[tuple[NameCode, Callable[[_Name, _Name], bool]], ...]] = (
    (NameCode.SAME_NAME, _same),
    (NameCode.SAME_SOUND, _same_sound),
    (NameCode.SIMILAR_SOUND, _same_with_an_accent),
    (NameCode.PART_OF_NAME, _part),
    (NameCode.SWAPPED, _swapped),
    (NameCode.NICKNAME, _called),
    (NameCode.ONE_CHARACTER, _one_differs),
    (NameCode.ONE_SYLLABLE, _one_syllable_differs),
    (NameCode.SURNAME_ONLY, _surname_only),
)
