"""The desk between counties: what one asks of another, what is answered, and the word of thanks.

Each row is of the county that wrote it; `heard` is how far the asking county has taken notice of what others wrote.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.reunion import enums as e
from backend.kernel.db.fields import CodeField, LTreeField
from backend.kernel.db.models import TenantModel


class Assist(TenantModel):
    """协查: one county asks another, an invited expert, or whoever takes it up from the board.

    What the board shows of the person is copied here: kind, sex and years, never a name or a face.
    """

    case_id: UUID = fields.UUIDField()
    case_code: str = CodeField()
    addressee: e.AssistAddressee = fields.CharEnumField(e.AssistAddressee, max_length=8)
    to_county: str = CodeField(default="")
    to_path: str = LTreeField(null=True)  # whose desk is asked; of an expert, the place he works for
    to_account: UUID | None = fields.UUIDField(null=True)  # the invited expert
    to_name: str = fields.TextField(default="")
    to_agency: str = fields.TextField(default="")
    purpose: e.Purpose = fields.CharEnumField(e.Purpose, max_length=20)
    legal_basis: str = fields.TextField()
    question: str = fields.TextField()
    pictures: list[str] = fields.JSONField(default=list)  # ids of the case's pictures that may be seen
    side: e.Side = fields.CharEnumField(e.Side, max_length=8)
    kind: e.CaseKind = fields.CharEnumField(e.CaseKind, max_length=16)
    sex: e.Sex = fields.CharEnumField(e.Sex, max_length=1)
    born_from: date | None = fields.DateField(null=True)
    born_to: date | None = fields.DateField(null=True)
    emergency: bool = fields.BooleanField(default=False)
    state: e.AssistState = fields.CharEnumField(e.AssistState, max_length=12)
    asked_by: UUID = fields.UUIDField()  # account
    asked_by_name: str = fields.TextField()
    agency_name: str = fields.TextField()
    duty_phone: str = fields.TextField(default="")
    asked_at: datetime = fields.DatetimeField()
    due_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()  # the term of what was opened for it
    ended_at: datetime | None = fields.DatetimeField(null=True)
    end_text: str = fields.TextField(default="")  # why it was ended
    heard: dict[str, str] = fields.JSONField(default=dict)  # reply → its state when it was last heard of
    forgotten_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reunion_assist"


class AssistReply(TenantModel):
    """What a helper found, with his reasons: read by the officers of the case, and no proof and no review of anything."""

    assist_id: UUID = fields.UUIDField()
    asker_county: str = CodeField()
    asker_path: str = LTreeField()
    by_expert: bool = fields.BooleanField(default=False)
    state: e.ReplyState = fields.CharEnumField(e.ReplyState, max_length=12)
    finding: e.AssistFinding | None = fields.CharEnumField(e.AssistFinding, max_length=16, null=True)
    reasons: str = fields.TextField(default="")
    helper_id: UUID = fields.UUIDField()  # account
    helper_name: str = fields.TextField()
    agency_name: str = fields.TextField()
    changed_at: datetime = fields.DatetimeField()
    thanked_at: datetime | None = fields.DatetimeField(null=True)
    forgotten_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reunion_assist_reply"


class AssistThanks(TenantModel):
    """The asking county's thanks for one reply, which the helper reads."""

    case_id: UUID = fields.UUIDField()
    assist_id: UUID = fields.UUIDField()
    reply_id: UUID = fields.UUIDField()
    helper_county: str = CodeField()
    helper_path: str = LTreeField()
    helper_id: UUID = fields.UUIDField()
    by_expert: bool = fields.BooleanField(default=False)
    words: str = fields.TextField()
    thanked_by: UUID = fields.UUIDField()
    thanked_by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="thanked_at")

    class Meta:
        table = "reunion_assist_thanks"
