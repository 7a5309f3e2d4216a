"""Tables of oversight. A clue, a recommendation and a joint project are matters, each with events of its own."""

from __future__ import annotations

from backend.apps.oversight.models.baselines import Baseline
from backend.apps.oversight.models.clues import Clue, LogEntry, Part, SiteCheck
from backend.apps.oversight.models.joint import JointItem, JointProject, Meeting
from backend.apps.oversight.models.recommendations import Promise, Rating, Recommendation, Reply

__all__ = [
    "Baseline",
    "Clue",
    "JointItem",
    "JointProject",
    "LogEntry",
    "Meeting",
    "Part",
    "Promise",
    "Rating",
    "Recommendation",
    "Reply",
    "SiteCheck",
]
