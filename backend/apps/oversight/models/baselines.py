"""What a county states that a figure was before, so that days saved can be shown beside it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Baseline(TenantModel):
    """One statement; the newest of a figure counts. Append-only."""

    figure: str = CodeField()
    days: float = fields.FloatField()
    first_on: date = fields.DateField()  # the period it was measured in, both days included
    last_on: date = fields.DateField()
    source: str = fields.TextField()
    by: UUID = fields.UUIDField(source_field="stated_by")
    at: datetime = fields.DatetimeField(source_field="stated_at")

    class Meta:
        table = "oversight_baseline"
