"""How characters sound: toneless pinyin with every reading, and with what a southern accent makes one. Pure."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

#: Readings of one character, or of one syllable of a Latin name.
Sound = frozenset[str]

_V: Final = str.maketrans("üǖǘǚǜ", "vvvvv")
#: What is heard as one: 四/十, 刘/牛, 湖/福, 陈/程, 林/凌. In this order.
_ACCENT: Final = (
    (re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"^n(?=[aeiouv])"), "l"), (re.compile(r"^f"), "h"),
    (re.compile(r"(?<=[ei])ng$"), "n"),
)  # fmt: skip
#: After h stands hu where f has the bare vowel: 飞 fei ~ 灰 hui, 方 fang ~ 荒 huang, 佛 fo ~ 活 huo.
_AFTER_F: Final = {"hei": "hui", "hen": "hun", "han": "huan", "hang": "huang", "ha": "hua", "ho": "huo"}
_LONGEST_SYLLABLE: Final = 6


@cache
def _table() -> Mapping[int, str]:
    """Code point → readings with tones. Loaded on first use, without the package's phrases: a name is not prose, and they
    take 50 MB and half a second."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@lru_cache(maxsize=16384)
def readings(character: str) -> Sound:
    """Every toneless reading; the character itself where none is known, so that it still equals itself."""
    found = _table().get(ord(character), "")
    return frozenset(toneless(each) for each in found.split(",") if each) or frozenset({character})


def toneless(syllable: str) -> str:
    """lǚ → lv, zhāng → zhang."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFC", syllable).translate(_V))
    return "".join(each for each in apart if each.isascii())


@lru_cache(maxsize=4096)
def blur(syllable: str) -> str:
    """What syllables have in common that a southern accent does not tell apart."""
    from_f = syllable.startswith("f")
    for pattern, instead in _ACCENT:
        syllable = pattern.sub(instead, syllable)
    return _AFTER_F.get(syllable, syllable) if from_f else syllable


@cache
def _syllables() -> frozenset[str]:
    """Syllables of more than interjections, of all characters people are named with."""
    common = (toneless(each) for code in range(0x4E00, 0x9FA6) for each in _table().get(code, "").split(","))
    return frozenset(each for each in common if each and re.search("[aeiouv]", each))


@lru_cache(maxsize=4096)
def split_latin(word: str) -> tuple[str, ...]:
    """A word of small letters as syllables of pinyin, the longest first; as one piece when it is none."""
    return _split(word) or (word,)


def _split(word: str) -> tuple[str, ...] | None:
    """From the end of the word back: `ways[at]` is how the rest from there is cut, or None."""
    ways: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for at in range(len(word) - 1, -1, -1):
        for length in range(min(_LONGEST_SYLLABLE, len(word) - at), 0, -1):
            rest = ways[at + length]
            if rest is not None and word[at : at + length] in _syllables():
                ways[at] = (word[at : at + length], *rest)
                break
    return ways[0]
