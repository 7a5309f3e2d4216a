"""Tables of oversight. A clue, a recommendation, a suggestion, a joint project and a lesson are matters, each with events of its own."""

from __future__ import annotations

from backend.apps.oversight.models.baselines import Baseline
from backend.apps.oversight.models.clues import Clue, LogEntry, Part, SiteCheck
from backend.apps.oversight.models.joint import JointItem, JointProject, Meeting
from backend.apps.oversight.models.lessons import Lesson
from backend.apps.oversight.models.recommendations import Promise, Rating, Recommendation, Reply
from backend.apps.oversight.models.suggestions import (
    Answer,
    AssistOpinion,
    Opinion,
    Progress,
    Signer,
    Suggestion,
    Talk,
)

__all__ = [
    "Answer",
    "AssistOpinion",
    "Baseline",
    "Clue",
    "JointItem",
    "JointProject",
    "Lesson",
    "LogEntry",
    "Meeting",
    "Opinion",
    "Part",
    "Progress",
    "Promise",
    "Rating",
    "Recommendation",
    "Reply",
    "Signer",
    "SiteCheck",
    "Suggestion",
    "Talk",
]
