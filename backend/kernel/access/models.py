"""Who takes part in a matter as a private person: the hinge of the self-service policies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Participant(TenantModel):
    """One account's part in one matter.

    Every matter has at least the row of its opening; a matter opened by an officer has one without an account, so
    that nobody can open the same matter a second time for himself (`participants.open_matter`).
    """

    matter_id: UUID = fields.UUIDField()
    account_id: UUID | None = fields.UUIDField(null=True, db_index=True)
    phone_index: str = CodeField(default="")  # invited by telephone; the first sign-in with it claims the row
    subject_id: UUID | None = fields.UUIDField(null=True)  # the application's row for this person
    capacity: str = CodeField()  # the application's word for the part: APPLICANT, RESPONDENT, …
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "participant"
