"""What clients send about tasks, care and cards. Ids are text until a command has looked them up."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.reunion.enums import AgreedWith, TaskKind

# The names of the enums are given there, before any input uses them.
from backend.apps.reunion.inputs import cases as _named  # noqa: F401


@strawberry.input
class GiveTaskInput:
    id: ID
    version: int
    kind: TaskKind
    instruction: str
    role: str = strawberry.field(description="Of whoever is asked.")
    membership_id: ID | None = strawberry.field(default=None, description="A helper by name; helpers who cannot open cases always.")
    due_on: date | None = strawberry.field(default=None, description="Shorter than the rule's limit.")


@strawberry.input
class TaskStepInput:
    """`text` is the reason for a refusal or a cancelling, and an optional word at verifying."""

    id: ID
    text: str | None = None


@strawberry.input
class FinishTaskInput:
    id: ID
    text: str
    file_id: ID | None = None


@strawberry.input
class ReturnTaskInput:
    id: ID
    reason: str
    days: int


@strawberry.input
class LinkFindInput:
    id: ID
    version: int
    code: str = strawberry.field(description="Code of the other find.")
    reason: str


@strawberry.input
class CareRowInput:
    """A row of a case's care (a link, a relative, a call) and why it is touched."""

    id: ID
    reason: str


@strawberry.input
class AddKinInput:
    id: ID
    version: int
    name: str
    relation: str
    phone: str


@strawberry.input
class CarePlanInput:
    id: ID
    version: int
    needs: str
    measures: str
    agreed_with: AgreedWith
    agreed_name: str | None = None
    lives_alone: bool = False
    wristband: str | None = None
    review_on: date


@strawberry.input
class IssueCardInput:
    id: ID
    version: int
    duty_phone: str | None = strawberry.field(default=None, description="Whom a finder calls; the issuer's office number if empty.")


@strawberry.input
class CloseCallInput:
    id: ID
    outcome: str
    code: str | None = strawberry.field(default=None, description="Of the new find that came of it.")
