"""Inbox rows and push subscriptions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel, new_id


class Notification(TenantModel):
    """One line of somebody's inbox. `kind` and `data` are worded by the client; no personal data inside."""

    account_id: UUID = fields.UUIDField()
    matter_id: UUID | None = fields.UUIDField(null=True)
    matter_code: str = CodeField(default="")
    app: str = CodeField()
    kind: str = CodeField()
    data: dict[str, Any] = fields.JSONField(default=dict)
    created_at: datetime = fields.DatetimeField()
    read_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "notification"


class PushSubscription(Model):
    """A browser that wants pushes for an account. Rows belong to the account, not to a county."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    account_id: UUID = fields.UUIDField(db_index=True)
    endpoint: str = fields.TextField()
    p256dh: str = fields.TextField()
    auth: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "push_subscription"
