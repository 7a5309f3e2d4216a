"""Base of every table that belongs to a county."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import uuid_utils.compat
from tortoise import fields
from tortoise.models import Model

from backend.kernel.db.fields import CountyField, LTreeField


def new_id() -> UUID:
    """A UUIDv7: sorts by time of making, so keyset pages and indexes stay tight."""
    value: UUID = uuid_utils.compat.uuid7()
    return value


class TenantModel(Model):
    """A row of one county, placed in the division tree.

    The database's primary key is `(id, county)` (`policy.tenant_table`), so the table can be distributed by
    county; Tortoise knows `id` alone, which is unique everywhere because it is a UUIDv7.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    county: str = CountyField()
    path: str = LTreeField()

    class Meta:
        abstract = True


def place_of(row: TenantModel) -> dict[str, Any]:
    """`county` and `path` for a child row of `row`."""
    return {"county": row.county, "path": row.path}
