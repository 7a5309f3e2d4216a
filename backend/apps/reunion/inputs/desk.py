"""What clients send to the desk between counties."""

from __future__ import annotations

import strawberry
from strawberry import ID

from backend.apps.reunion.enums import AssistAddressee, AssistFinding, Purpose


@strawberry.input
class AskAssistInput:
    """Whom is asked: `county` (code) for COUNTY, `expertId` for EXPERT, neither for the BOARD."""

    id: ID
    version: int
    addressee: AssistAddressee
    county: str | None = None
    expert_id: ID | None = None
    purpose: Purpose
    legal_basis: str
    question: str = strawberry.field(description="Without names: the board shows it to every county.")
    pictures: list[ID] | None = strawberry.field(default=None, description="Photographs of the case that the helper may see.")
    days: int = strawberry.field(default=30, description="How long the case is opened, at most 30 days.")


@strawberry.input
class AssistInput:
    id: ID


@strawberry.input
class AnswerAssistInput:
    id: ID
    finding: AssistFinding
    reasons: str


@strawberry.input
class AssistWordsInput:
    """`text`: why it is declined, or why it is ended."""

    id: ID
    text: str


@strawberry.input
class ThankAssistInput:
    reply_id: ID
    words: str
