"""Who looked at what, and why. Append-only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class AccessLogEntry(TenantModel):
    """One look at personal data that is masked by default. The person concerned can read it."""

    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()  # the party whose data it was
    account_id: UUID = fields.UUIDField()
    who: str = fields.TextField()
    role: str = CodeField()
    what: str = CodeField()
    reason: str = fields.TextField()
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "access_log"


class Retention(TenantModel):
    """Until when a stored file is kept, by which category and on what basis; afterwards, when it was erased."""

    matter_id: UUID = fields.UUIDField()
    file_id: UUID = fields.UUIDField()
    category: str = CodeField()
    basis: str = fields.TextField()
    erase_at: datetime = fields.DatetimeField()
    erased_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "retention"
