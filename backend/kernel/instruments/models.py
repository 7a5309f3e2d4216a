"""Papers, their signatures and their number sequences."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Paper(TenantModel):
    """A legal paper; `instruments.service.PaperState` has its states.

    `markdown` is what is signed: its SHA-256 is what each signer sees and confirms. Office files are rendered from
    it, and from the signatures, when somebody asks for them.
    """

    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()
    app: str = CodeField()
    template: str = CodeField()
    template_version: int = fields.IntField()
    title: str = fields.TextField()
    number: str = CodeField(default="")
    state: str = CodeField(default="DRAFT")
    facts: dict[str, Any] = fields.JSONField(default=dict)
    markdown: str = fields.TextField()
    html: str = fields.TextField()
    sha256: str = CodeField()
    sm3: str = CodeField()
    created_by: UUID | None = fields.UUIDField(null=True)
    created_at: datetime = fields.DatetimeField()
    sealed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "paper"


class PaperSignature(TenantModel):
    """One signature a paper needs, and, once given, when and on which content."""

    matter_id: UUID = fields.UUIDField()
    paper_id: UUID = fields.UUIDField()
    account_id: UUID | None = fields.UUIDField(null=True)  # whose signature; unknown until the party signs in
    subject_id: UUID | None = fields.UUIDField(null=True)  # the party or membership that signs
    name: str = fields.TextField()
    capacity: str = CodeField()
    label: str = fields.TextField(default="")  # the capacity in words, as the paper prints it
    position: int = fields.IntField(default=0)
    signed_at: datetime | None = fields.DatetimeField(null=True)
    signed_sha256: str = CodeField(default="")
    drawing_id: UUID | None = fields.UUIDField(null=True)  # stored file with the drawn signature

    class Meta:
        table = "paper_signature"


class NumberSequence(TenantModel):
    """The last number given in one series of one county and year."""

    series: str = CodeField()
    year: int = fields.IntField()
    last_number: int = fields.IntField()

    class Meta:
        table = "number_sequence"
