"""Refusals a person can act on. Each carries a stable code, the field it concerns and data; words come at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A command or read that was refused for a reason the caller can understand.

    Args:
        code: stable, UPPER_SNAKE; the client translates it.
        field: dotted path into the input, `parties.0.phone`.
        data: values the translation needs. Never personal data.
    """

    def __init__(self, code: str, field: str | None = None, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.data: Mapping[str, Any] = data


class Refusals(Exception):
    """Several refusals at once, so that a form shows all its mistakes together."""

    def __init__(self, items: list[Refusal]) -> None:
        super().__init__(", ".join(item.code for item in items))
        self.items = items


def unauthenticated() -> Refusal:
    """No session, or an expired one."""
    return Refusal("UNAUTHENTICATED")


def not_found(field: str | None = None) -> Refusal:
    """No such row, or one outside the actor's reach: the two look the same on purpose."""
    return Refusal("NOT_FOUND", field)


def not_permitted(permission: str) -> Refusal:
    """The row is within reach but the actor's role may not do this."""
    return Refusal("NOT_PERMITTED", permission=permission)


def conflict(current: int) -> Refusal:
    """The row changed since the version the client started from."""
    return Refusal("CONFLICT", "version", current=current)
