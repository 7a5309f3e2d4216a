"""Accounts and what belongs to them. Reference tables: an account may act in several counties."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from backend.kernel.access.roles import Role
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id


class Account(Model):
    """A person who signs in. The telephone number is encrypted; `phone_index` finds it again."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    display_name: str = fields.TextField(default="")
    phone: str = fields.TextField()  # encrypted, kernel.privacy
    phone_index: str = fields.CharField(max_length=64, unique=True)
    created_at: datetime = fields.DatetimeField()
    disabled_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "account"


class Membership(Model):
    """What an account may act as: one role, in one agency, over one division's subtree."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    account_id: UUID = fields.UUIDField(db_index=True)
    name: str = fields.TextField()  # the officer's name as others see it
    role: Role = fields.CharEnumField(Role, max_length=32)
    agency_name: str = fields.TextField()
    division: str = fields.CharField(max_length=20)
    county: str = CountyField()
    path: str = LTreeField()
    force: str = CodeField(default="")  # mediator pool: one of the four forces
    duty_phone: str = fields.TextField(default="")  # office number told to the parties
    active_from: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "membership"


class Passkey(Model):
    """A WebAuthn credential."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    account_id: UUID = fields.UUIDField(db_index=True)
    credential_id: bytes = fields.BinaryField()
    public_key: bytes = fields.BinaryField()
    sign_count: int = fields.BigIntField(default=0)
    label: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "passkey"
