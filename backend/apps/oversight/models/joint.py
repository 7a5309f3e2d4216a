"""Joint supervision (联合督办): what congress and procuratorate do together."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.oversight import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class JointProject(TenantModel):
    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.JointState = fields.CharEnumField(e.JointState, max_length=12)
    subject: str = fields.TextField()
    basis: str = fields.TextField()
    form: e.JointForm = fields.CharEnumField(e.JointForm, max_length=12)
    proposed_side: e.Side = fields.CharEnumField(e.Side, max_length=16)
    proposed_by: UUID = fields.UUIDField()
    agreed_by: UUID | None = fields.UUIDField(null=True)
    opinion: str = fields.TextField(default="")
    leader: str = fields.TextField(default="")
    plan: str = fields.TextField(default="")
    due_on: date | None = fields.DateField(null=True)
    result: str = fields.TextField(default="")
    reason: str = fields.TextField(default="")  # why it ended, or goes on
    proposed_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "oversight_joint"


class JointItem(TenantModel):
    """A clue or case that a project looks after."""

    project_id: UUID = fields.UUIDField()
    clue_id: UUID = fields.UUIDField()

    class Meta:
        table = "oversight_joint_item"


class Meeting(TenantModel):
    """会商, with its minutes. Append-only."""

    project_id: UUID = fields.UUIDField()
    held_on: date = fields.DateField()
    place_text: str = fields.TextField()
    attendees: str = fields.TextField()
    minutes: str = fields.TextField()
    paper_id: UUID = fields.UUIDField()
    at: datetime = fields.DatetimeField(source_field="recorded_at")

    class Meta:
        table = "oversight_meeting"
