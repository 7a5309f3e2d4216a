"""Batch loads of reunion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.apps.reunion.models import (
    Assist,
    AssistReply,
    AssistThanks,
    Bulletin,
    Candidate,
    Case,
    Confirmation,
    FollowUp,
    HandTask,
    ImportPicture,
    MissingReport,
    Picture,
    Proof,
    Review,
    StrandedPerson,
    Tip,
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
bulletins = many(Bulletin, "case_id", "-proposed_at", "-id")
tips = many(Tip, "case_id", "-left_at", "-id")
replies = many(AssistReply, "assist_id", "changed_at", "id")
thanks = many(AssistThanks, "reply_id", "at", "id")
assists = many(Assist, "case_id", "-asked_at", "-id")
import_pictures = many(ImportPicture, "row_id", "archive_id", "number")
follow_ups = many(FollowUp, "case_id", "month")
tasks = many(HandTask, "case_id", "-given_at", "-id")


async def standings(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """What the actor is to each case; asked for by whoever reads more than its line in a list, which is a look."""
    rows = {row.id: row for row in await Case.filter(id__in=list(ids))}
    for row in rows.values():
        await common.note_reading(actor, row)
    return [await common.standing_of(actor, rows[row_id]) for row_id in ids]
