"""Check typed input; every mistake of a form is shown at once, each with its field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import TypeVar
from uuid import UUID

from backend.kernel.errors import Refusal, Refusals, not_found

E = TypeVar("E", bound=Enum)


def as_id(text: str, field: str = "id") -> UUID:
    """An id the client sent back. Raises `NOT_FOUND`: a malformed id is one that does not exist."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise not_found(field) from None


class Checks:
    """Collects refusals; `done` raises them together."""

    def __init__(self) -> None:
        self.problems: list[Refusal] = []

    def refuse(self, code: str, field: str, **data: object) -> None:
        self.problems.append(Refusal(code, field, **data))

    def text(self, field: str, value: str | None, *, least: int = 0, most: int = 2000) -> str:
        """Trimmed text of `least` to `most` characters: `REQUIRED`, `TOO_SHORT`, `TOO_LONG`."""
        plain = (value or "").strip()
        if least and not plain:
            self.refuse("REQUIRED", field)
        elif len(plain) < least:
            self.refuse("TOO_SHORT", field, least=least)
        elif len(plain) > most:
            self.refuse("TOO_LONG", field, most=most)
        return plain

    def number(self, field: str, value: float | None, *, least: float, most: float) -> None:
        """`INVALID` outside `least` to `most`; None passes."""
        if value is not None and not (math.isfinite(value) and least <= value <= most):
            self.refuse("INVALID", field, least=least, most=most)

    def items(self, field: str, value: Sequence[object] | None, *, least: int = 0, most: int) -> None:
        """`REQUIRED` or `TOO_MANY`."""
        count = len(value or ())
        if count < least:
            self.refuse("REQUIRED", field, least=least)
        elif count > most:
            self.refuse("TOO_MANY", field, most=most)

    def choice(self, field: str, value: str, kind: type[E]) -> E | None:
        """A member of `kind` by value; `INVALID` otherwise."""
        try:
            return kind(value)
        except ValueError:
            self.refuse("INVALID", field, accepted=[str(member.value) for member in kind])
            return None

    def moment(self, field: str, value: datetime | None, *, least: datetime | None, most: datetime | None) -> None:
        """An aware instant inside the bounds; `INVALID` otherwise. None passes."""
        if value is None:
            return
        outside = value.tzinfo is None or (least and value < least) or (most and value > most)
        if outside:
            self.refuse("INVALID", field)

    def day(self, field: str, value: date | None, *, least: date, most: date) -> None:
        if value is not None and not least <= value <= most:
            self.refuse("INVALID", field, least=str(least), most=str(most))

    def true(self, field: str, value: bool) -> None:
        """A box that must be ticked."""
        if not value:
            self.refuse("REQUIRED", field)

    def done(self) -> None:
        """Raises Refusals when anything was wrong."""
        if self.problems:
            raise Refusals(self.problems)


def text_of(value: str | None, field: str, *, least: int = 2, most: int = 2000) -> str:
    """One checked text, trimmed. Raises Refusals; as `Checks.text`, for an input that has no other field to check."""
    checks = Checks()
    text = checks.text(field, value, least=least, most=most)
    checks.done()
    return text


def camel(name: str) -> str:
    """A column's name as clients spell it, for the field of a refusal."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
