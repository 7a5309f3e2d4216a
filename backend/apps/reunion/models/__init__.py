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

__all__ = [
    "Candidate",
    "Case",
    "Confirmation",
    "FollowUp",
    "MissingReport",
    "Picture",
    "Proof",
    "Review",
    "StrandedPerson",
]
