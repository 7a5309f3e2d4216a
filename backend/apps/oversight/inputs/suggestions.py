"""What is sent about deputies' suggestions."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.oversight.enums import Field, ReplyClass, Session, SuggestionState, TalkForm


@strawberry.input
class OversightSuggestionFilter:
    states: list[SuggestionState] | None = None
    open: bool | None = None
    mine: bool | None = strawberry.field(default=None, description="That I raised or signed, or that my agency answers or assists with.")
    search: str | None = strawberry.field(default=None, description="Title or code.")


@strawberry.input
class RaiseSuggestionInput:
    """`points` are what is asked for, each to be answered by itself; `clueId` a clue of mine it grew from."""

    session: Session
    field: Field
    division: str
    title: str
    text: str
    points: list[str]
    public: bool = True
    clue_id: ID | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class SignSuggestionInput:
    id: ID


@strawberry.input
class ReviewSuggestionInput:
    id: ID
    version: int
    accept: bool
    opinion: str


@strawberry.input
class AssignSuggestionInput:
    """`unit` and `assistUnits` are memberships of the agencies; `wide`: six months instead of three."""

    id: ID
    version: int
    unit: ID
    opinion: str
    assist_units: list[ID] | None = None
    wide: bool = False


@strawberry.input
class SuggestionStepInput:
    """`text`: the reason, the contact, or what was done, as the step asks for it."""

    id: ID
    version: int
    text: str


@strawberry.input
class AssistWithSuggestionInput:
    id: ID
    text: str


@strawberry.input
class ConsultOnSuggestionInput:
    id: ID
    version: int
    form: TalkForm
    held_on: date
    people: str
    words: str


@strawberry.input
class AnswerSuggestionInput:
    """`measures` answers each point in its order; class A needs a proof among the files, class B a day."""

    id: ID
    version: int
    reply_class: ReplyClass
    text: str
    measures: list[str]
    leader: str
    planned_on: date | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class FulfilSuggestionInput:
    """What was planned is done; a proof among the files."""

    id: ID
    version: int
    text: str
    measures: list[str]
    leader: str
    file_ids: list[ID] | None = None


@strawberry.input
class SuggestionExtensionInput:
    id: ID
    version: int
    days: int
    basis: str
    reason: str


@strawberry.input
class SuggestionExtensionDecisionInput:
    id: ID
    version: int
    grant: bool
    opinion: str


@strawberry.input
class RateSuggestionInput:
    id: ID
    version: int
    process: int
    result: int
    words: str
