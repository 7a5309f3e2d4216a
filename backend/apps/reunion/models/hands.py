"""Many hands, and care for people who are found again and again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.reunion import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class HandTask(TenantModel):
    """One thing that an agency or a helper is asked to do. `path` is the helper's place.

    It repeats the little of the case that a helper needs, because he may not open the case itself.
    """

    case_id: UUID = fields.UUIDField()
    case_code: str = CodeField()
    case_side: e.Side = fields.CharEnumField(e.Side, max_length=8)
    case_kind: e.CaseKind = fields.CharEnumField(e.CaseKind, max_length=16)
    emergency: bool = fields.BooleanField(default=False)
    kind: e.TaskKind = fields.CharEnumField(e.TaskKind, max_length=16)
    state: e.TaskState = fields.CharEnumField(e.TaskState, max_length=12)
    instruction: str = fields.TextField()
    role: str = CodeField()  # of the helper
    assignee: UUID | None = fields.UUIDField(null=True)  # membership; none yet: whoever of the role accepts
    assignee_account: UUID | None = fields.UUIDField(null=True)
    assignee_name: str = fields.TextField(default="")
    assignee_agency: str = fields.TextField(default="")
    given_by: UUID = fields.UUIDField()  # membership
    given_by_account: UUID = fields.UUIDField()
    given_by_role: str = CodeField()
    given_by_name: str = fields.TextField()
    given_by_agency: str = fields.TextField(default="")
    given_by_phone: str = fields.TextField(default="")  # office number
    given_at: datetime = fields.DatetimeField()
    rule: str = CodeField()
    due_at: datetime = fields.DatetimeField()
    accepted_at: datetime | None = fields.DatetimeField(null=True)
    done_at: datetime | None = fields.DatetimeField(null=True)
    settled_at: datetime | None = fields.DatetimeField(null=True)  # verified, refused or cancelled
    result: str = fields.TextField(default="")
    file_id: UUID | None = fields.UUIDField(null=True)
    reason: str = fields.TextField(default="")  # of the last return, refusal or cancelling

    class Meta:
        table = "reunion_hand_task"


class FindLink(TenantModel):
    """A human's word that two finds were of the same person. Taken back, it stays with the reason."""

    case_id: UUID = fields.UUIDField()
    other_id: UUID = fields.UUIDField()
    reason: str = fields.TextField()
    linked_by_name: str = fields.TextField()
    linked_at: datetime = fields.DatetimeField()
    undone_by_name: str = fields.TextField(default="")
    undone_at: datetime | None = fields.DatetimeField(null=True)
    undo_reason: str = fields.TextField(default="")

    class Meta:
        table = "reunion_find_link"


class NextOfKin(TenantModel):
    """Whom to call. Erased with the case."""

    case_id: UUID = fields.UUIDField()
    name: str = fields.TextField()
    relation: str = fields.TextField()
    phone_sealed: str = fields.TextField()
    added_by_name: str = fields.TextField()
    added_at: datetime = fields.DatetimeField()

    class Meta:
        table = "reunion_next_of_kin"


class CarePlan(TenantModel):
    """What somebody needs so that he does not get lost again, as agreed with him or his guardian."""

    case_id: UUID = fields.UUIDField()
    needs: str = fields.TextField()
    measures: str = fields.TextField()
    agreed_with: e.AgreedWith = fields.CharEnumField(e.AgreedWith, max_length=10)
    agreed_name: str = fields.TextField(default="")  # the guardian's
    lives_alone: bool = fields.BooleanField(default=False)
    wristband: str | None = fields.TextField(null=True)  # number on a wristband; it says nothing by itself
    review_on: date = fields.DateField()
    written_by_name: str = fields.TextField()
    written_at: datetime = fields.DatetimeField()

    class Meta:
        table = "reunion_care_plan"


class HomeCard(TenantModel):
    """A card in a coat pocket: who to call, and nothing about its bearer. The kernel's link opens it."""

    case_id: UUID = fields.UUIDField()
    agency_name: str = fields.TextField()
    duty_phone: str = fields.TextField()
    issued_by_name: str = fields.TextField()
    issued_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reunion_home_card"


class CardCall(TenantModel):
    """Somebody stands beside a card's bearer and told us. Erased with the case."""

    case_id: UUID = fields.UUIDField()
    card_id: UUID = fields.UUIDField()
    key: UUID = fields.UUIDField(source_field="told_key")  # the finder's page draws it: told twice is told once
    state: e.CardCallState = fields.CharEnumField(e.CardCallState, max_length=10)
    told_at: datetime = fields.DatetimeField()
    place_sealed: str = fields.TextField(default="")  # latitude, longitude, only if the finder agreed
    phone_sealed: str = fields.TextField(default="")  # the finder's, if he left it
    answered_by_name: str = fields.TextField(default="")
    answered_at: datetime | None = fields.DatetimeField(null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)
    outcome: str = fields.TextField(default="")
    new_case: UUID | None = fields.UUIDField(null=True)  # the find that came of it

    class Meta:
        table = "reunion_card_call"
