"""What is sent about joint supervision."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.oversight.enums import JointForm


@strawberry.input
class ProposeJointInput:
    subject: str
    basis: str
    form: JointForm
    clues: list[ID]


@strawberry.input
class DecideJointInput:
    id: ID
    version: int
    agree: bool
    opinion: str


@strawberry.input
class PlanJointInput:
    id: ID
    version: int
    leader: str
    plan: str
    due_on: date


@strawberry.input
class SignNoticeInput:
    """`sha256` is of the text that I read; `signatureFileId` a drawing of my name."""

    id: ID
    paper_id: ID
    sha256: str
    signature_file_id: ID | None = None


@strawberry.input
class JointMeetingInput:
    id: ID
    version: int
    held_on: date
    place_text: str
    attendees: str
    minutes: str


@strawberry.input
class EvaluateJointInput:
    id: ID
    version: int
    result: str


@strawberry.input
class FinishJointInput:
    """`again`: it goes on."""

    id: ID
    version: int
    again: bool
    reason: str
