"""What a person without need sees: enough to tell two rows apart, not enough to reach or find anybody."""

from __future__ import annotations

import re
from typing import Final

STAR: Final = "*"
# 地址保留到最后一个乡镇(街道)及以上的区划名
DIVISION: Final = re.compile(r".*?(?:省|自治区|市|区|县|镇|乡|街道)")
ADDRESS_TAIL: Final = "****"


def mask_phone(phone: str) -> str:
    """Three digits, stars, four digits; anything shorter than a telephone number is hidden whole."""
    return _keep_ends(phone, 3, 4)


def mask_id_number(number: str) -> str:
    """The province and the last two characters; birth date and order number stay hidden."""
    return _keep_ends(number, 3, 2)


def mask_name(name: str) -> str:
    """Family name and, from three characters on, the last one: 测*, 测*甲, 测**乙."""
    if len(name) < 2:
        return STAR * len(name)
    return name[0] + STAR if len(name) == 2 else name[0] + STAR * (len(name) - 2) + name[-1]


def mask_address(address: str) -> str:
    """Divisions down to the township; village, street, number and door are hidden, their length as well."""
    if not address:
        return ""
    kept = 0
    while found := DIVISION.match(address, kept):
        # 超过六个字的一段不像区划名,多半是小区、市场之类
        if found.end() - kept > 6 or found.end() == len(address):
            break
        kept = found.end()
    return address[:kept] + ADDRESS_TAIL


def _keep_ends(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    if hidden < head + tail - 3:
        return STAR * len(text)
    return text[:head] + STAR * hidden + text[-tail:]
