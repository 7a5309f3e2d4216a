"""Words of free descriptions (marks, clothes, origin), so that two of them can be laid side by side. Pure, no library."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 1000

#: Characters that join words and say nothing.
_JOINS: Final = "的了和与及是在着个有穿一处条块约"
_RUN: Final = re.compile(rf"[^\W\d_a-z{_JOINS}]+")
_LATIN: Final = re.compile(r"[a-z]{2,}|\d{2,}", re.ASCII)
#: A colour is a word by itself: 蓝衣 and 蓝色外套 share it.
_COLOURS: Final = frozenset("红黄蓝绿黑白灰紫棕粉橙青")
#: What clerks write to leave a field empty; any other text that begins with "no" may still say something.
_NOTHING: Final = re.compile(r"[无没有不详清楚未知明显特征暂记录法提供描述其他\W]*")
#: In so many descriptions that sharing one of them says nothing.
_COMMON: Final = frozenset({"身体", "身穿", "上身", "下身", "衣服", "裤子", "特征", "明显", "部位", "地方", "面部", "厘米"})


def words(text: str, *, colours: bool = True) -> frozenset[str]:
    """Pairs of neighbouring characters, Latin words, numbers, and colours by themselves (a 白 of a place name is none).

    Empty for "无明显特征" and the like.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    if _NOTHING.fullmatch(plain):
        return frozenset()
    found = set(_LATIN.findall(plain))
    for run in _RUN.findall(plain):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
        found.update(_COLOURS & set(run) if colours else ())
    return frozenset(found - _COMMON)
