"""Batch loads of reunion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.apps.reunion.models import (
    Candidate,
    Case,
    Confirmation,
    FollowUp,
    MissingReport,
    Picture,
    Proof,
    Review,
    StrandedPerson,
)
from backend.apps.reunion.service import common
from backend.kernel.access.actor import Actor
from backend.kernel.faces.models import FaceSearch
from backend.kernel.graphql.loading import many, one

cases = one(Case)
reports = one(MissingReport)
stranded = one(StrandedPerson)
pictures = many(Picture, "case_id", "-added_at", "-id")
searches = many(FaceSearch, "matter_id", "-requested_at", "-id")
# By the other side's code, which is drawn by lot: the order of the list tells nothing.
candidates = many(Candidate, "case_id", "-search_id", "other_code")
reviews = many(Review, "candidate_id", "at", "id")
proofs = many(Proof, "candidate_id", "recorded_at", "id")
confirmations = many(Confirmation, "candidate_id", "at", "id")
follow_ups = many(FollowUp, "case_id", "month")


async def standings(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """What the actor is to each case; asked for by whoever reads more than its line in a list, which is a look."""
    rows = {row.id: row for row in await Case.filter(id__in=list(ids))}
    for row in rows.values():
        await common.note_reading(actor, row)
    return [await common.standing_of(actor, rows[row_id]) for row_id in ids]
