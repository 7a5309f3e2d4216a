"""What is sent about recommendations, replies and ratings."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.oversight.enums import ObjectionResult, ReplyClass


@strawberry.input
class DraftRecommendationInput:
    """`unit` is a membership of the agency; `sourceText` says where the matter comes from and names nobody who raised it."""

    clue_id: ID
    unit: ID
    source_text: str
    facts: str
    danger: str
    demands: list[str]
    basis: str
    urgent: bool = False


@strawberry.input
class RecommendationDecisionInput:
    id: ID
    version: int
    approve: bool
    opinion: str


@strawberry.input
class RecommendationStepInput:
    id: ID
    version: int
    text: str


@strawberry.input
class ObjectionRulingInput:
    id: ID
    version: int
    result: ObjectionResult
    opinion: str
    demands: list[str] | None = None


@strawberry.input
class PromiseInput:
    text: str
    due_on: date


@strawberry.input
class ReplyInput:
    """`measures` answers each demand in its order; class B needs a promise with a day."""

    id: ID
    version: int
    reply_class: ReplyClass
    text: str
    measures: list[str]
    promises: list[PromiseInput] | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class ReplyExtensionInput:
    id: ID
    version: int
    days: int
    basis: str
    reason: str


@strawberry.input
class ReplyExtensionDecisionInput:
    id: ID
    version: int
    grant: bool
    opinion: str


@strawberry.input
class PromiseCheckInput:
    promise_id: ID
    kept: bool
    finding: str


@strawberry.input
class RateRecommendationInput:
    id: ID
    process: int
    result: int
    words: str


@strawberry.input
class AnswerRatingInput:
    rating_id: ID
    answer: str


@strawberry.input
class EscalateRecommendationInput:
    id: ID
    version: int
    to: str
    reason: str
