"""Batch loads of mediation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
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
from backend.kernel.graphql.loading import many, one

parties = many(Party, "dispute_id", "side", "created_at", "id")
responsible = many(Responsibility, "dispute_id", "-since", until__isnull=True)
team = many(TeamMember, "dispute_id", "joined_at", "id")
sessions = many(Session, "dispute_id", "starts_at", "id")
attendance = many(Attendance, "session_id", "id")
agreements = many(Agreement, "dispute_id", "-drafted_at", withdrawn_at__isnull=True)
instalments = many(Instalment, "agreement_id", "position")
ratings = many(Rating, "dispute_id", "rated_at", "id")
notices = many(SupervisionNotice, "dispute_id", "-issued_at", "-id")
return_visits = many(ReturnVisit, "dispute_id", "-visited_at", "-id")
objections = many(Objection, "dispute_id", "-filed_at", "-id")
relations = many(Relation, "dispute_id", "created_at", "id")
disputes = one(Dispute)


async def standings(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """What the actor is to each dispute; asked for on a page about one dispute, never in a list."""
    rows = {row.id: row for row in await Dispute.filter(id__in=list(ids))}
    return [await common.standing_of(actor, rows[row_id]) for row_id in ids]
