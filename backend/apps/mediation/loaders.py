"""Batch loads of mediation; each answers in the order of its keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from backend.apps.mediation.models import (
    Agreement,
    Attendance,
    Dispute,
    Instalment,
    Objection,
    Party,
    Rating,
    Relation,
    Responsibility,
    ReturnVisit,
    Session,
    SupervisionNotice,
    TeamMember,
)
from backend.apps.mediation.service import common
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import TenantModel
from backend.kernel.identity.models import Membership

M = TypeVar("M", bound=TenantModel)


def _many(model: type[M], key: str, *order: str, **conditions: Any) -> Callable[[Actor, Sequence[UUID]], Awaitable[list[list[M]]]]:
    """Rows of `model` by the id in column `key`."""

    async def load(actor: Actor, ids: Sequence[UUID]) -> list[list[M]]:
        found: dict[UUID, list[M]] = defaultdict(list)
        for row in await model.filter(**{f"{key}__in": list(ids)}, **conditions).order_by(*order):
            found[getattr(row, key)].append(row)
        return [found[row_id] for row_id in ids]

    return load


parties = _many(Party, "dispute_id", "side", "created_at", "id")
responsible = _many(Responsibility, "dispute_id", "-since", until__isnull=True)
team = _many(TeamMember, "dispute_id", "joined_at", "id")
sessions = _many(Session, "dispute_id", "starts_at", "id")
attendance = _many(Attendance, "session_id", "id")
agreements = _many(Agreement, "dispute_id", "-drafted_at", withdrawn_at__isnull=True)
instalments = _many(Instalment, "agreement_id", "position")
ratings = _many(Rating, "dispute_id", "rated_at", "id")
notices = _many(SupervisionNotice, "dispute_id", "-issued_at", "-id")
return_visits = _many(ReturnVisit, "dispute_id", "-visited_at", "-id")
objections = _many(Objection, "dispute_id", "-filed_at", "-id")
relations = _many(Relation, "dispute_id", "created_at", "id")


async def disputes(actor: Actor, ids: Sequence[UUID]) -> list[Dispute | None]:
    known = {row.id: row for row in await Dispute.filter(id__in=list(ids))}
    return [known.get(row_id) for row_id in ids]


async def memberships(actor: Actor, ids: Sequence[UUID]) -> list[Membership | None]:
    known = {row.id: row for row in await Membership.filter(id__in=list(ids))}
    return [known.get(row_id) for row_id in ids]


async def standings(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """What the actor is to each dispute; asked for on a page about one dispute, never in a list."""
    rows = {row.id: row for row in await Dispute.filter(id__in=list(ids))}
    return [await common.standing_of(actor, rows[row_id]) for row_id in ids]
