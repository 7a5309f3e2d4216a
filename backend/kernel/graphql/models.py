"""What a replayed command answered the first time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import new_id


class IdempotencyRecord(Model):
    """Key of one command of one account, written in the command's own transaction."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    account_id: UUID = fields.UUIDField()
    key: str = CodeField()
    command: str = CodeField()
    request_hash: str = CodeField()
    result_id: UUID | None = fields.UUIDField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "idempotency_record"
