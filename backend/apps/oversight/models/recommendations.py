"""Recommendations: matters of their own, because the unit they are addressed to sees them and never the clue."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.oversight import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Recommendation(TenantModel):
    """检察建议. `unit_name` is the agency whose officers read it, once it is served."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    clue_id: UUID = fields.UUIDField()
    case_type: e.CaseType = fields.CharEnumField(e.CaseType, max_length=20)
    state: e.RecommendationState = fields.CharEnumField(e.RecommendationState, max_length=16)
    unit_name: str = fields.TextField()
    source_text: str = fields.TextField()
    facts: str = fields.TextField()
    danger: str = fields.TextField()
    demands: list[str] = fields.JSONField(default=list)
    basis: str = fields.TextField()
    urgent: bool = fields.BooleanField(default=False)
    round: int = fields.IntField(default=1)  # the second one is the rework
    opinion: str = fields.TextField(default="")
    objection: str = fields.TextField(default="")
    objection_result: e.ObjectionResult | None = fields.CharEnumField(e.ObjectionResult, max_length=12, null=True)
    objection_opinion: str = fields.TextField(default="")
    escalated_to: str = fields.TextField(default="")
    escalation_reason: str = fields.TextField(default="")
    drafted_by: UUID = fields.UUIDField()
    approved_by: UUID | None = fields.UUIDField(null=True)
    paper_id: UUID | None = fields.UUIDField(null=True)
    drafted_at: datetime = fields.DatetimeField()
    served_at: datetime | None = fields.DatetimeField(null=True)
    updated_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "oversight_recommendation"


class Reply(TenantModel):
    """What the unit says it did, point by point. Append-only."""

    recommendation_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    reply_class: e.ReplyClass = fields.CharEnumField(e.ReplyClass, max_length=1)
    text: str = fields.TextField()
    measures: list[str] = fields.JSONField(default=list)  # one for each demand
    files: list[str] = fields.JSONField(default=list)
    paper_id: UUID = fields.UUIDField()
    by: UUID = fields.UUIDField(source_field="replied_by")
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="replied_at")

    class Meta:
        table = "oversight_reply"


class Promise(TenantModel):
    """What a reply put off to a day, and whether it was done when somebody looked again."""

    recommendation_id: UUID = fields.UUIDField()
    text: str = fields.TextField()
    due_on: date = fields.DateField()
    state: e.PromiseState = fields.CharEnumField(e.PromiseState, max_length=8)
    finding: str = fields.TextField(default="")
    checked_by: UUID | None = fields.UUIDField(null=True)
    checked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "oversight_promise"


class Rating(TenantModel):
    """How a deputy found the handling and what came of it. `part_id` names a row that the unit cannot read."""

    recommendation_id: UUID = fields.UUIDField()
    part_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    process: int = fields.IntField()
    result: int = fields.IntField()
    words: str = fields.TextField()
    answer: str = fields.TextField(default="")
    answered_at: datetime | None = fields.DatetimeField(null=True)
    at: datetime = fields.DatetimeField(source_field="rated_at")

    class Meta:
        table = "oversight_rating"
