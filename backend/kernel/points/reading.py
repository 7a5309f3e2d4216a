"""Read plain JSON field by field; every fault is noted with its path, none stops the reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from backend.kernel.errors import Refusal

E = TypeVar("E", bound=Enum)


class Reader:
    """One JSON object. Faulty fields are noted in `problems` and read as a harmless stand-in.

    Codes: REQUIRED, INVALID, UNKNOWN_FIELD, DUPLICATE, and what `refuse` is given.
    """

    def __init__(self, row: object, path: str, problems: list[Refusal], fields: frozenset[str]) -> None:
        self.path = path
        self.problems = problems
        self.broken = not isinstance(row, Mapping)
        self.row: Mapping[object, object] = row if isinstance(row, Mapping) else {}
        if self.broken:
            self.problems.append(Refusal("INVALID", path or None, expected="object"))
        for name in sorted(str(name) for name in self.row if name not in fields):
            self.refuse("UNKNOWN_FIELD", name)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, code: str, name: str, **data: object) -> None:
        self.problems.append(Refusal(code, self.at(name), **data))

    def _given(self, name: str, *, optional: bool = False) -> object:
        value = self.row.get(name)
        if value is None and not optional and not self.broken:
            self.refuse("REQUIRED", name)
        return value

    def text(self, name: str, *, optional: bool = False, most: int = 1000) -> str:
        value = self._given(name, optional=optional)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            self.refuse("INVALID", name, expected="text", most=most)
            return ""
        return value.strip()

    def whole(self, name: str, *, least: int, most: int, optional: bool = False) -> int:
        """0 when absent."""
        value = self._given(name, optional=optional)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse("INVALID", name, expected="whole number", least=least, most=most)
            return least
        return value

    def points(self, name: str, *, least: int, most: int, optional: bool = False) -> Decimal | None:
        """At most two decimals. None when absent or faulty."""
        value = self._given(name, optional=optional)
        if value is None:
            return None
        number = as_decimal(value)
        if number is None or not least <= number <= most or number != round(number, 2):
            self.refuse("INVALID", name, expected="number with two decimals", least=least, most=most)
            return None
        return number

    def choice(self, name: str, kind: type[E]) -> E | None:
        value = self._given(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            self.refuse("INVALID", name, accepted=[str(member.value) for member in kind])
            return None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of different texts; empty when absent."""
        value = self._given(name, optional=True)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.refuse("INVALID", name, expected="list of texts")
            return ()
        if len(set(value)) < len(value):
            self.refuse("DUPLICATE", name)
        return tuple(value)

    def one(self, name: str, fields: frozenset[str]) -> Reader:
        """The object under `name`; a missing one is noted once."""
        value = self._given(name)
        inner = Reader({} if value is None else value, self.at(name), self.problems, fields)
        inner.broken |= value is None
        return inner

    def rows(
        self, name: str, fields: frozenset[str], *, label: str, optional: bool = False
    ) -> Iterator[Reader]:
        """The objects of a list; their path carries their own `label` where they have one."""
        value = self._given(name, optional=optional)
        if value is None:
            return
        if not isinstance(value, list) or not (value or optional):
            self.refuse("INVALID", name, expected="list of objects")
            return
        for index, row in enumerate(value):
            own = row.get(label) if isinstance(row, Mapping) else None
            yield Reader(
                row, f"{self.at(name)}.{own if isinstance(own, str) else index}", self.problems, fields
            )

    def table(self, name: str, fields: frozenset[str], *, optional: bool = False) -> dict[str, Reader]:
        """The objects of an object."""
        value = self._given(name, optional=optional)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not (value or optional):
            self.refuse("INVALID", name, expected="object of objects")
            return {}
        return {
            str(key): Reader(row, f"{self.at(name)}.{key}", self.problems, fields)
            for key, row in value.items()
        }


def as_decimal(value: object) -> Decimal | None:
    """A JSON number as it was written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None
