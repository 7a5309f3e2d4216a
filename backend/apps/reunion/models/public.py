"""What the public reads of a case, and what it says: bulletins and tips. Both are erased with the case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.apps.reunion import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Bulletin(TenantModel):
    """寻亲公告/寻人启事: the least that strangers need to recognise somebody. One at a time to a case.

    The database ends a published one the moment its case leaves the search (migration 0005).
    """

    case_id: UUID = fields.UUIDField()
    state: e.BulletinState = fields.CharEnumField(e.BulletinState, max_length=12)
    side: e.Side = fields.CharEnumField(e.Side, max_length=8)
    minor: bool = fields.BooleanField()
    ground: e.BasisKind = fields.CharEnumField(e.BasisKind, max_length=20)
    ground_text: str = fields.TextField()
    # ---- what the public reads
    name: str = fields.TextField(default="")
    sex: e.Sex = fields.CharEnumField(e.Sex, max_length=1)
    age_text: str = fields.TextField(default="")
    seen_text: str = fields.TextField(default="")
    place_text: str = fields.TextField(default="")
    text: str = fields.TextField()
    agency: str = fields.TextField()
    phone: str = fields.TextField()
    picture_id: UUID | None = fields.UUIDField(null=True)  # of the case; never handed out
    public_file: UUID | None = fields.UUIDField(null=True)  # a small copy made for the public, blurred for a minor
    # ---- who answers for it
    proposed_by: UUID = fields.UUIDField()  # account
    proposed_by_name: str = fields.TextField()
    proposed_at: datetime = fields.DatetimeField()
    decided_by_name: str = fields.TextField(default="")
    decision_reason: str = fields.TextField(default="")
    published_at: datetime | None = fields.DatetimeField(null=True)
    expires_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)
    end_reason: e.BulletinEnd | None = fields.CharEnumField(e.BulletinEnd, max_length=12, null=True)

    class Meta:
        table = "reunion_bulletin"


class Tip(TenantModel):
    """线索: what a citizen says he saw. A matter of its own, so that he follows it and nothing else."""

    case_id: UUID = fields.UUIDField()
    bulletin_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    text_sealed: str = fields.TextField()
    place_sealed: str = fields.TextField(default="")  # words, and where the telephone was when he allowed that
    phone_sealed: str = fields.TextField(default="")
    picture_count: int = fields.IntField(default=0)
    left_at: datetime = fields.DatetimeField()
    verdict: e.TipVerdict | None = fields.CharEnumField(e.TipVerdict, max_length=16, null=True)
    note: str = fields.TextField(default="")
    answered_by_name: str = CodeField(default="")
    answered_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reunion_tip"
