"""What was handed out, by its digest: whoever reads the table cannot open a page with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Link(TenantModel):
    """One link to one thing of a matter. `kind` is the application's word for the page it opens."""

    app: str = CodeField()
    kind: str = CodeField()
    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()
    digest: str = CodeField()
    issued_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "link"
