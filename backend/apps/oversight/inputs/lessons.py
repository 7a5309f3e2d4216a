"""What is sent about lessons, and to whoever helps an investigation."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.oversight.enums import Field, LessonKind


@strawberry.input
class OversightLessonFilter:
    kinds: list[LessonKind] | None = None
    fields: list[Field] | None = None
    search: str | None = strawberry.field(default=None, description="In title and summary.")


@strawberry.input
class DraftLessonInput:
    """Of a closed case, written so that nobody is recognised."""

    clue_id: ID
    kind: LessonKind
    title: str
    summary: str
    text: str


@strawberry.input
class LessonDecisionInput:
    id: ID
    version: int
    publish: bool
    opinion: str


@strawberry.input
class LessonStepInput:
    id: ID
    version: int
    text: str


@strawberry.input
class InvestigationHelpInput:
    """协查函: to which organ, in what matter, the facts known, the list of evidence asked for, the legal basis, until when, and whom
    to answer."""

    id: ID
    version: int
    to: str
    matter: str
    facts: str
    evidence: list[str]
    basis: str
    due_on: date
    contact: str
