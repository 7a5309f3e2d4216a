"""Batch loads of oversight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.apps.oversight.models import (
    Answer,
    AssistOpinion,
    Clue,
    JointItem,
    JointProject,
    Lesson,
    LogEntry,
    Meeting,
    Opinion,
    Part,
    Progress,
    Promise,
    Rating,
    Recommendation,
    Reply,
    Signer,
    SiteCheck,
    Suggestion,
    Talk,
)
from backend.apps.oversight.service import common
from backend.kernel.access.actor import Actor
from backend.kernel.graphql.loading import many, one

clues = one(Clue)
parts = many(Part, "clue_id", "at", "id")
log = many(LogEntry, "clue_id", "-at", "-id")
recommendations = many(Recommendation, "clue_id", "drafted_at", "id")
replies = many(Reply, "recommendation_id", "-at", "-id")
promises = many(Promise, "recommendation_id", "due_on", "id")
ratings = many(Rating, "recommendation_id", "-at", "-id")
checks = many(SiteCheck, "recommendation_id", "-visited_at", "-id")
items = many(JointItem, "project_id", "id")
meetings = many(Meeting, "project_id", "-held_on", "-id")
lessons = many(Lesson, "clue_id", "drafted_at", "id")
signers = many(Signer, "suggestion_id", "-leads", "at", "id")
assists = many(AssistOpinion, "suggestion_id", "asked_at", "id")
talks = many(Talk, "suggestion_id", "-at", "-id")
answers = many(Answer, "suggestion_id", "-at", "-id")
opinions = many(Opinion, "suggestion_id", "-at", "-id")
progress = many(Progress, "suggestion_id", "-at", "-id")


async def standings(actor: Actor, matters: Sequence[tuple[type[Any], UUID]]) -> list[Any]:
    """What the actor is to each clue, recommendation, suggestion, project or lesson."""
    found: dict[UUID, Any] = {}
    for kind in (Clue, Recommendation, Suggestion, JointProject, Lesson):
        ids = [row_id for wanted, row_id in matters if wanted is kind]
        for row in await kind.filter(id__in=ids) if ids else ():
            found[row.id] = await common.standing_of(actor, row)
    return [found[row_id] for _, row_id in matters]
