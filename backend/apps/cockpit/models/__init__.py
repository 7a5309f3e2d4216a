"""Tables of the cockpit. Scenes, meetings, tasks, problems and hazards are matters, each with events of its own."""

from __future__ import annotations

from backend.apps.cockpit.models.hazards import Hazard, Rectification, SafetyPlace
from backend.apps.cockpit.models.meetings import ActionItem, AgendaItem, Correction, Meeting, Problem
from backend.apps.cockpit.models.structure import (
    Evidence,
    Honour,
    Indicator,
    Milestone,
    Pillar,
    PlanEntry,
    Scene,
    TeamMember,
)

__all__ = [
    "ActionItem",
    "AgendaItem",
    "Correction",
    "Evidence",
    "Hazard",
    "Honour",
    "Indicator",
    "Meeting",
    "Milestone",
    "Pillar",
    "PlanEntry",
    "Problem",
    "Rectification",
    "SafetyPlace",
    "Scene",
    "TeamMember",
]
