"""What is sent about clues, cases and their checks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import strawberry
from strawberry import ID

from backend.apps.oversight import enums
from backend.apps.oversight.enums import (
    CaseType,
    ClueKind,
    ClueState,
    Ending,
    Field,
    LogKind,
    Screening,
    Verdict,
)

# Named before any input uses them; other applications have states and kinds too.
for _kind in vars(enums).values():
    if isinstance(_kind, type) and issubclass(_kind, StrEnum) and _kind is not StrEnum:
        strawberry.enum(_kind, name=f"Oversight{_kind.__name__}")


@strawberry.input
class OversightClueFilter:
    states: list[ClueState] | None = None
    fields: list[Field] | None = None
    open: bool | None = None
    mine: bool | None = strawberry.field(default=None, description="With a part of mine: raised, joined, handed over, checked.")
    search: str | None = strawberry.field(default=None, description="Title or code.")
    division: str | None = None


@strawberry.input
class RaiseClueInput:
    """`shielded`: my name stays with the procuratorate. A position is where it is, not where somebody writes about it.

    `suggestionId`: a suggestion of mine that shows something unlawful.
    """

    kind: ClueKind
    field: Field
    division: str
    title: str
    content: str
    place_text: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    file_ids: list[ID] | None = None
    shielded: bool = False
    suggestion_id: ID | None = None


@strawberry.input
class JoinClueInput:
    id: ID
    shielded: bool = False


@strawberry.input
class ShieldInput:
    id: ID
    shielded: bool


@strawberry.input
class HandOverMatterInput:
    """Of the matter only code and category go over; `reason` says in general words what is wrong, and names nobody."""

    app: str
    matter_id: ID
    field: Field
    title: str
    reason: str


@strawberry.input
class ScreenClueInput:
    """`reason` is read by whoever raised it. `into` is the clue it is merged into, `organ` the one it goes to."""

    id: ID
    version: int
    decision: Screening
    reason: str
    into: ID | None = None
    organ: str | None = None


@strawberry.input
class AssessClueInput:
    id: ID
    version: int
    assessment: str
    public_interest: int
    affected: int
    evidence: int
    repeat: int
    urgency: int


@strawberry.input
class FileCaseInput:
    id: ID
    version: int
    case_type: CaseType
    reason: str


@strawberry.input
class DivertClueInput:
    id: ID
    version: int
    ending: Ending
    reason: str
    organ: str | None = None


@strawberry.input
class InvestigationInput:
    id: ID
    kind: LogKind
    text: str
    file_ids: list[ID] | None = None


@strawberry.input
class AssignCheckerInput:
    """`deputy` is a membership."""

    id: ID
    version: int
    deputy: ID


@strawberry.input
class SueInput:
    id: ID
    version: int
    court: str
    reason: str


@strawberry.input
class ClueStepInput:
    id: ID
    version: int
    text: str


@strawberry.input
class CheckPointInput:
    """How far one demand was met, and what was seen of it."""

    verdict: Verdict
    words: str


@strawberry.input
class CheckInput:
    """`checkId` is made on the phone: sent twice, the check is recorded once. `deputy` is an account with a part in the clue.

    `points` has one entry for each demand, in their order; `verdict` is what follows from them.
    """

    check_id: ID
    recommendation_id: ID
    deputy: ID
    visited_at: datetime
    place_text: str
    finding: str
    verdict: Verdict
    points: list[CheckPointInput] | None = None
    latitude: float | None = None
    longitude: float | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class SignCheckInput:
    """`sha256` is of the text that I read; `signatureFileId` a drawing of my name."""

    check_id: ID
    sha256: str
    signature_file_id: ID | None = None


@strawberry.input
class WithdrawCheckInput:
    check_id: ID
    reason: str
