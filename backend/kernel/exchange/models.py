"""Messages taken in from outside systems."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class InboundMessage(TenantModel):
    """One message of one source; `(county, source, external_id)` is unique, so a second delivery changes nothing."""

    source: str = CodeField()
    external_id: str = CodeField()
    content_sha256: str = CodeField()
    matter_id: UUID | None = fields.UUIDField(null=True)
    received_at: datetime = fields.DatetimeField()

    class Meta:
        table = "inbound_message"
