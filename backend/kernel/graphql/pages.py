"""Relay connections over keyset cursors: no OFFSET, no total counts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
import strawberry
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from backend.kernel.errors import Refusal

MOST = 100

M = TypeVar("M", bound=Model)
N = TypeVar("N")


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[N]):
    cursor: str
    node: N


@strawberry.type
class Connection(Generic[N]):
    edges: list[Edge[N]]
    page_info: PageInfo


class Page(Generic[M]):
    """Rows of one page, each with its cursor."""

    def __init__(self, rows: Sequence[M], cursors: Sequence[str], has_next: bool, has_previous: bool) -> None:
        self.rows = rows
        self.cursors = cursors
        self.has_next = has_next
        self.has_previous = has_previous

    def connection(self, node: Callable[[M], N]) -> Connection[N]:
        """The page as GraphQL type, each row turned into its node."""
        edges = [Edge(cursor=c, node=node(row)) for row, c in zip(self.rows, self.cursors, strict=True)]
        return Connection(
            edges=edges,
            page_info=PageInfo(
                has_next_page=self.has_next,
                has_previous_page=self.has_previous,
                start_cursor=self.cursors[0] if self.cursors else None,
                end_cursor=self.cursors[-1] if self.cursors else None,
            ),
        )


def encode_cursor(value: datetime, row_id: UUID) -> str:
    """A cursor that points behind the row with this sort value and id."""
    return base64.urlsafe_b64encode(orjson.dumps([value.isoformat(), str(row_id)])).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Raises `INVALID` on `after` for anything that is not one of our cursors."""
    try:
        value, row_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment, wanted = datetime.fromisoformat(value), UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Refusal("INVALID", "after") from None
    if moment.tzinfo is None or not 1900 < moment.year < 2900:
        raise Refusal("INVALID", "after")
    return moment, wanted


async def newest_first(query: QuerySet[M], *, by: str, first: int, after: str | None) -> Page[M]:
    """One page of `query`, newest `by` first, ties by id.

    Raises:
        Refusal: `INVALID` for a broken cursor or a page size outside 1 to `MOST`.
    """
    return await _page(query, by, first, after, beyond="lt", order="-")


async def oldest_first(query: QuerySet[M], *, by: str, first: int, after: str | None) -> Page[M]:
    """The same for what is worked off from its oldest end."""
    return await _page(query, by, first, after, beyond="gt", order="")


async def _page(query: QuerySet[M], by: str, first: int, after: str | None, *, beyond: str, order: str) -> Page[M]:
    if not 1 <= first <= MOST:
        raise Refusal("INVALID", "first", most=MOST)
    if after:
        value, row_id = decode_cursor(after)
        past: dict[str, Any] = {f"{by}__{beyond}": value}
        level: dict[str, Any] = {f"{by}__{beyond}e": value}
        row: dict[str, Any] = {f"id__{beyond}": row_id}
        query = query.filter(Q(**level), Q(**past) | Q(**row))
    rows: list[Any] = await query.order_by(f"{order}{by}", f"{order}id").limit(first + 1)
    kept = rows[:first]
    cursors = [encode_cursor(getattr(row, by), row.id) for row in kept]
    return Page(kept, cursors, len(rows) > first, bool(after))
