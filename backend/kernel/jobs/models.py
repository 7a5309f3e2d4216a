"""The outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class JobState(StrEnum):
    PENDING = "PENDING"
    DONE = "DONE"
    DEAD = "DEAD"  # failed as often as it may; kept as the dead-letter record


class Job(TenantModel):
    """One piece of work to do after the command that wrote it has committed.

    `leased_until` is set when the row is handed to arq; after it the relay may hand it over again.
    """

    name: str = CodeField()  # handler, `application.verb`
    args: dict[str, Any] = fields.JSONField(default=dict)
    dedupe: str = CodeField(default="")  # at most one PENDING job with the same non-empty key
    matter_id: UUID | None = fields.UUIDField(null=True)
    state: JobState = fields.CharEnumField(JobState, max_length=8, default=JobState.PENDING)
    run_at: datetime = fields.DatetimeField()
    leased_until: datetime | None = fields.DatetimeField(null=True)
    attempts: int = fields.IntField(default=0)
    last_error: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()
    finished_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "job"
