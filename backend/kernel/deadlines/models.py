"""Clocks of matters, and requests to extend them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class MatterClock(TenantModel):
    """One running limit of one matter, as data of `deadlines.clock.Clock`.

    `due_at` and `next_mark_at` are derived from the rest whenever it changes, so that a sweep finds what passed a
    mark by index; the derivation itself is computed anew when somebody asks why.
    """

    app: str = CodeField()
    matter_id: UUID = fields.UUIDField()
    subject_id: UUID | None = fields.UUIDField(null=True)  # the row inside the matter it is about
    rule: str = CodeField()
    started_at: datetime = fields.DatetimeField()
    length: int = fields.IntField()
    unit: str = CodeField()
    roll = fields.BooleanField(default=False)
    state: str = CodeField(default="RUNNING")
    suspensions: list[dict[str, Any]] = fields.JSONField(default=list)
    extensions: list[dict[str, Any]] = fields.JSONField(default=list)
    due_at: datetime = fields.DatetimeField()
    next_mark_at: datetime | None = fields.DatetimeField(null=True)
    marks: list[int] = fields.JSONField(default=list)  # percentages already reported
    yellow_at: datetime = fields.DatetimeField()
    met_at: datetime | None = fields.DatetimeField(null=True)
    level: int = fields.IntField(default=0)  # rungs of the escalation ladder already climbed

    class Meta:
        table = "matter_clock"


class ExtensionRequest(TenantModel):
    """A wish for more time; another person grants or refuses it with an opinion."""

    matter_id: UUID = fields.UUIDField()
    clock_id: UUID = fields.UUIDField()
    length: int = fields.IntField()
    unit: str = CodeField()
    basis: str = fields.TextField()
    reason: str = fields.TextField()
    state: str = CodeField(default="ASKED")  # ASKED, GRANTED, REFUSED
    requested_by: UUID = fields.UUIDField()
    requested_at: datetime = fields.DatetimeField()
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)
    opinion: str = fields.TextField(default="")

    class Meta:
        table = "extension_request"
