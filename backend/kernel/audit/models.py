"""Events and the head of each county's chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Event(TenantModel):
    """One thing that happened. Never changed, never deleted: a correction is a new event.

    The database fills `seq`, `prev_hash`, `hash` and `recorded_at` on insert (trigger `seal_event`), under a lock
    on the county's chain head. `data` may be erased by law without breaking the chain, because the hash covers
    `data_hash` and not `data`.
    """

    seq: int = fields.BigIntField(default=0)
    app: str = CodeField()
    tag: str = CodeField()
    matter_id: UUID | None = fields.UUIDField(null=True)
    from_state: str = CodeField(default="")
    to_state: str = CodeField(default="")
    actor_id: UUID | None = fields.UUIDField(null=True)
    actor_name: str = fields.TextField(default="")
    actor_role: str = CodeField(default="")
    unit: str = fields.TextField(default="")
    occurred_at: datetime = fields.DatetimeField()
    recorded_at: datetime | None = fields.DatetimeField(null=True)
    data: dict[str, Any] | None = fields.JSONField(null=True)
    data_hash: str = CodeField(default="")
    prev_hash: str = CodeField(default="")
    hash: str = CodeField(default="")

    class Meta:
        table = "event"
