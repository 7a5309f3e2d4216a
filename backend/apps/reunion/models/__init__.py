"""Tables of reunion. `case_id` names the matter everywhere. What identifies a reporter, and a person's own words, are sealed."""

from __future__ import annotations

from backend.apps.reunion.models.cases import (
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
from backend.apps.reunion.models.desk import Assist, AssistReply, AssistThanks
from backend.apps.reunion.models.hands import CardCall, CarePlan, FindLink, HandTask, HomeCard, NextOfKin
from backend.apps.reunion.models.imports import ImportPicture, ImportRow, ImportRun
from backend.apps.reunion.models.public import Bulletin, Tip

__all__ = [
    "Assist",
    "AssistReply",
    "AssistThanks",
    "Bulletin",
    "Candidate",
    "CardCall",
    "CarePlan",
    "Case",
    "Confirmation",
    "FindLink",
    "FollowUp",
    "HandTask",
    "HomeCard",
    "ImportPicture",
    "ImportRow",
    "ImportRun",
    "MissingReport",
    "NextOfKin",
    "Picture",
    "Proof",
    "Review",
    "StrandedPerson",
    "Tip",
]
