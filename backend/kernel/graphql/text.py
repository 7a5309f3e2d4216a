"""Refuse text no person types: NUL, lone surrogates, control characters, absurd lengths."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from backend.kernel.errors import Refusal, Refusals
from backend.kernel.validation import camel

#: Longest text any input may carry; commands set tighter limits.
LONGEST = 20_000
MOST_ITEMS = 200
#: Longest name of a field in free JSON.
LONGEST_NAME = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def refuse_hostile(value: Any, field: str = "") -> None:
    """Walk an input object, or the value of the argument `field`.

    Raises:
        Refusals: one `INVALID` or `TOO_LONG` per offending field.
    """
    problems = list(_problems(value, field))
    if problems:
        raise Refusals(problems)


def _problems(value: Any, where: str) -> Iterator[Refusal]:
    if isinstance(value, str) and not isinstance(value, Enum):
        if len(value) > LONGEST:
            yield Refusal("TOO_LONG", where or None, most=LONGEST)
        elif _CONTROL.search(value):
            yield Refusal("INVALID", where or None)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Refusal("INVALID", where or None)
    elif isinstance(value, list):
        if len(value) > MOST_ITEMS:
            yield Refusal("TOO_LONG", where or None, most=MOST_ITEMS)
            return
        for number, item in enumerate(value):
            yield from _problems(item, f"{where}.{number}".lstrip("."))
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str) or len(name) > LONGEST_NAME or _CONTROL.search(name):
                yield Refusal("INVALID", where or None)
            else:
                yield from _problems(item, f"{where}.{name}".lstrip("."))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for item in dataclasses.fields(value):
            yield from _problems(getattr(value, item.name), f"{where}.{camel(item.name)}".lstrip("."))
