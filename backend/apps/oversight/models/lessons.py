"""What closed cases teach (检e用)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.apps.oversight import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Lesson(TenantModel):
    """A typical case, a proposal for a rule, or a model of supervision, drawn from a closed case. Published, whoever works with
    oversight in the county reads it; it names no person."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.LessonState = fields.CharEnumField(e.LessonState, max_length=12)
    kind: e.LessonKind = fields.CharEnumField(e.LessonKind, max_length=16)
    field: e.Field = fields.CharEnumField(e.Field, max_length=24)
    clue_id: UUID = fields.UUIDField()
    title: str = fields.TextField()
    summary: str = fields.TextField()
    text: str = fields.TextField()
    opinion: str = fields.TextField(default="")  # of the last decision
    drafted_by: UUID = fields.UUIDField()
    approved_by: UUID | None = fields.UUIDField(null=True)
    drafted_at: datetime = fields.DatetimeField()
    published_at: datetime | None = fields.DatetimeField(null=True)
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "oversight_lesson"
