"""Makes batch loads: one statement for all keys of an operation, answers in the order of the keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model

from backend.kernel.access.actor import Actor

M = TypeVar("M", bound=Model)


def one(model: type[M]) -> Callable[[Actor, Sequence[UUID]], Awaitable[list[M | None]]]:
    """The row of `model` by id; None where there is none within reach."""

    async def load(actor: Actor, ids: Sequence[UUID]) -> list[M | None]:
        known = {row.pk: row for row in await model.filter(id__in=list(ids))}
        return [known.get(row_id) for row_id in ids]

    return load


def many(
    model: type[M], key: str, *order: str, **conditions: Any
) -> Callable[[Actor, Sequence[UUID]], Awaitable[list[list[M]]]]:
    """The rows of `model` by the id in column `key`, in this order, under these conditions."""

    async def load(actor: Actor, ids: Sequence[UUID]) -> list[list[M]]:
        found: dict[UUID, list[M]] = defaultdict(list)
        for row in await model.filter(**{f"{key}__in": list(ids)}, **conditions).order_by(*order):
            found[getattr(row, key)].append(row)
        return [found[row_id] for row_id in ids]

    return load
