"""Batch loads of the cockpit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.apps.cockpit.access import Standing
from backend.apps.cockpit.models import (
    ActionItem,
    AgendaItem,
    Correction,
    Evidence,
    Honour,
    Milestone,
    PlanEntry,
    Problem,
    Rectification,
    SafetyPlace,
    Scene,
    TeamMember,
)
from backend.apps.cockpit.service import common
from backend.kernel.access.actor import Actor
from backend.kernel.graphql.loading import many, one

scenes = one(Scene)
problems = one(Problem)
places = one(SafetyPlace)
team = many(TeamMember, "scene_id", "joined_at", "id", left_at__isnull=True)
evidence = many(Evidence, "scene_id", "at", "id")
milestones = many(Milestone, "scene_id", "planned_on", "id")
plans = many(PlanEntry, "milestone_id", "-day", "-id")
honours = many(Honour, "scene_id", "-awarded_on", "-id")
problems_of_scene = many(Problem, "scene_id", "-reported_at", "-id")
agenda = many(AgendaItem, "meeting_id", "at", "id")
tasks_of_meeting = many(ActionItem, "meeting_id", "assigned_at", "id")
rectifications = many(Rectification, "hazard_id", "round", "id")
corrections = many(Correction, "matter_id", "at", "id")


async def standings(actor: Actor, matters: Sequence[tuple[type[Any], UUID]]) -> list[Any]:
    """What the actor is to each scene, meeting, task, problem or hazard."""
    found: dict[UUID, Any] = {}
    for kind in common.READERS:
        ids = [row_id for wanted, row_id in matters if wanted is kind]
        rows = await kind.filter(id__in=ids) if ids else []
        open_scenes = await common.scenes_with_work(rows) if kind is Scene and rows else frozenset()
        for row in rows:
            found[row.id] = Standing(actor, row, frozenset({"milestone"}) if row.id in open_scenes else frozenset())
    return [found[row_id] for _, row_id in matters]
