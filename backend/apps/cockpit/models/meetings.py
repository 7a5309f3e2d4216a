"""Meetings, what is decided there, and what stands in the way."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.cockpit import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Meeting(TenantModel):
    """会商. A place has one monthly meeting a month; `month` is `YYYY-MM`, empty for the other kinds."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    kind: e.MeetingKind = fields.CharEnumField(e.MeetingKind, max_length=12)
    state: e.MeetingState = fields.CharEnumField(e.MeetingState, max_length=12)
    month: str = CodeField(default="")
    title: str = fields.TextField()
    planned_on: date = fields.DateField()
    held_on: date | None = fields.DateField(null=True)
    place_text: str = fields.TextField(default="")
    attendees: list[dict[str, str]] = fields.JSONField(default=list)  # unit, name, and whether it is the unit's head
    minutes: str = fields.TextField(default="")
    paper_id: UUID | None = fields.UUIDField(null=True)
    reason: str = fields.TextField(default="")
    called_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cockpit_meeting"


class AgendaItem(TenantModel):
    """Something a meeting is to talk about. A figure stands here as it was when somebody put it on; `matters` are ids and no more."""

    meeting_id: UUID = fields.UUIDField()
    source: e.AgendaSource = fields.CharEnumField(e.AgendaSource, max_length=8)
    title: str = fields.TextField(default="")
    app: str = CodeField(default="")
    key: str = CodeField(default="")
    division: str = CodeField(default="")
    period: str = CodeField(default="")  # month of the figure
    value: float | None = fields.FloatField(null=True)
    target: float | None = fields.FloatField(null=True)
    matters: list[str] = fields.JSONField(default=list)
    problem_id: UUID | None = fields.UUIDField(null=True)
    added_by: UUID | None = fields.UUIDField(null=True)
    at: datetime = fields.DatetimeField(source_field="added_at")

    class Meta:
        table = "cockpit_agenda_item"


class ActionItem(TenantModel):
    """任务清单. It lies where its owner does, who must see it: of the meeting only words are copied, its row may be another tenant's."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.WorkState = fields.CharEnumField(e.WorkState, max_length=8)
    text: str = fields.TextField()
    owner: UUID = fields.UUIDField(source_field="owner_account")
    owner_name: str = fields.TextField()
    owner_unit: str = fields.TextField()
    due_on: date = fields.DateField()
    meeting_id: UUID | None = fields.UUIDField(null=True)
    meeting_title: str = fields.TextField(default="")
    meeting_on: date | None = fields.DateField(null=True)
    app: str = CodeField(default="")
    key: str = CodeField(default="")
    matters: list[str] = fields.JSONField(default=list)
    assigned_by: UUID = fields.UUIDField()
    assigned_unit: str = fields.TextField()
    result: str = fields.TextField(default="")
    files: list[str] = fields.JSONField(default=list)
    done_at: datetime | None = fields.DatetimeField(null=True)
    finding: str = fields.TextField(default="")
    checked_by: UUID | None = fields.UUIDField(null=True)
    assigned_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cockpit_action"


class Problem(TenantModel):
    """难点堵点, reported twice: to the vertical lead department and to the city's task force."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.ProblemState = fields.CharEnumField(e.ProblemState, max_length=16)
    title: str = fields.TextField()
    text: str = fields.TextField()
    scene_id: UUID | None = fields.UUIDField(null=True)
    reporter: UUID = fields.UUIDField(source_field="reporter_account")
    reporter_name: str = fields.TextField()
    reporter_unit: str = fields.TextField()
    vertical_unit: str = fields.TextField(default="")
    vertical_at: datetime | None = fields.DatetimeField(null=True)
    task_force_at: datetime | None = fields.DatetimeField(null=True)
    owner: UUID | None = fields.UUIDField(source_field="owner_account", null=True)
    owner_name: str = fields.TextField(default="")
    owner_unit: str = fields.TextField(default="")
    answer: str = fields.TextField(default="")
    opinion: str = fields.TextField(default="")
    on_agenda_at: datetime | None = fields.DatetimeField(null=True)
    reported_at: datetime = fields.DatetimeField()
    answered_at: datetime | None = fields.DatetimeField(null=True)
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cockpit_problem"


class Correction(TenantModel):
    """What a unit says about an item that concerns it. Append-only."""

    matter_id: UUID = fields.UUIDField()
    text: str = fields.TextField()
    by: UUID = fields.UUIDField(source_field="written_by")
    by_name: str = fields.TextField()
    unit: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="written_at")

    class Meta:
        table = "cockpit_correction"
