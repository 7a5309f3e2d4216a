"""What one county opened to another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField, LTreeField
from backend.kernel.db.models import TenantModel


class Share(TenantModel):
    """`matter_id` of this row's county may be read in `to_county`, by those who work on `to_matter`, until it ends.

    With `to_account` it is opened to that one person, wherever he works, and to none of his colleagues.
    """

    app: str = CodeField()
    matter_id: UUID = fields.UUIDField()
    to_county: str = CodeField()
    to_path: str = LTreeField()  # who works on `to_matter`: officers whose place contains it
    to_account: UUID | None = fields.UUIDField(null=True)
    to_matter: UUID = fields.UUIDField()
    reason: str = fields.TextField()
    opened_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "share"
