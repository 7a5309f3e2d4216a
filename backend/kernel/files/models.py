"""Uploads (a person's, before they belong to a matter) and stored files (a matter's)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel, new_id


class Upload(Model):
    """A resumable upload of one account. Unattached uploads are swept away after seven days."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    account_id: UUID = fields.UUIDField(db_index=True)
    name: str = fields.TextField()
    purpose: str = CodeField(default="")
    declared_type: str = CodeField()
    size: int = fields.BigIntField()
    received: int = fields.BigIntField(default=0)
    chunks: list[int] = fields.JSONField(default=list)  # offsets already stored
    declared_sha256: str = CodeField(default="")
    keep_position = fields.BooleanField(default=False)
    state: str = CodeField(default="OPEN")  # OPEN, READY, ATTACHED
    # filled when complete
    content_type: str = CodeField(default="")
    stored_size: int = fields.BigIntField(default=0)
    sha256: str = CodeField(default="")  # of what is stored (after re-encoding)
    sm3: str = CodeField(default="")
    width: int | None = fields.IntField(null=True)
    height: int | None = fields.IntField(null=True)
    has_thumbnail = fields.BooleanField(default=False)
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    taken_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "upload"


class StoredFile(TenantModel):
    """A file of a matter; same id as the upload it came from. Readable by whoever may read the matter."""

    app: str = CodeField(default="")  # application of the matter
    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()  # the row inside the matter it hangs on, or the matter itself
    uploaded_by: UUID | None = fields.UUIDField(null=True)
    name: str = fields.TextField()
    content_type: str = CodeField()
    size: int = fields.BigIntField()
    sha256: str = CodeField()
    sm3: str = CodeField()
    width: int | None = fields.IntField(null=True)
    height: int | None = fields.IntField(null=True)
    has_thumbnail = fields.BooleanField(default=False)
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    taken_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "stored_file"
