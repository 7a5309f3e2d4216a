"""Deputies' suggestions (代表建议): matters of their own, from the congress's office to the agency that answers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.oversight import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Suggestion(TenantModel):
    """代表建议. `main_unit` answers; each of `assist_units` gives it an opinion. Names of agencies, as their officers' memberships say."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.SuggestionState = fields.CharEnumField(e.SuggestionState, max_length=12)
    session: e.Session = fields.CharEnumField(e.Session, max_length=8)
    field: e.Field = fields.CharEnumField(e.Field, max_length=24)
    title: str = fields.TextField()
    text: str = fields.TextField()
    points: list[str] = fields.JSONField(default=list)  # what is asked for, each answered by itself
    public: bool = fields.BooleanField(default=True)  # other deputies of the county read it, and may sign it too
    files: list[str] = fields.JSONField(default=list)
    lead_account: UUID = fields.UUIDField()
    lead_name: str = fields.TextField()
    co_signers: list[str] = fields.JSONField(default=list)  # names, in the order in which they signed
    main_unit: str = fields.TextField(default="")
    assist_units: list[str] = fields.JSONField(default=list)
    wide: bool = fields.BooleanField(default=False)  # six months instead of three
    contact: str = fields.TextField(default="")  # who works on it at the agency
    reason: str = fields.TextField(default="")  # of the last decision
    round: int = fields.IntField(default=1)  # the second one is the re-handling
    reply_class: e.ReplyClass | None = fields.CharEnumField(e.ReplyClass, max_length=1, null=True)
    planned_on: date | None = fields.DateField(null=True)  # of class B
    raised_at: datetime = fields.DatetimeField()
    assigned_at: datetime | None = fields.DatetimeField(null=True)
    replied_at: datetime | None = fields.DatetimeField(null=True)
    updated_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "oversight_suggestion"


class Signer(TenantModel):
    """A deputy who raised a suggestion or signed it. Append-only.

    The clue it grew from stands here: an agency reads suggestions and no signers, and must not learn who raised a clue.
    """

    suggestion_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    name: str = fields.TextField()
    leads: bool = fields.BooleanField(default=False)
    clue_id: UUID | None = fields.UUIDField(null=True)
    at: datetime = fields.DatetimeField(source_field="signed_at")

    class Meta:
        table = "oversight_signer"


class AssistOpinion(TenantModel):
    """What an assisting agency says to the main one, within a month. Asked for once; filled in once."""

    suggestion_id: UUID = fields.UUIDField()
    unit_name: str = fields.TextField()
    text: str = fields.TextField(default="")
    by_name: str = fields.TextField(default="")
    asked_at: datetime = fields.DatetimeField()
    at: datetime | None = fields.DatetimeField(source_field="given_at", null=True)

    class Meta:
        table = "oversight_assist"


class Talk(TenantModel):
    """The agency spoke with the deputies before it replied. Append-only."""

    suggestion_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    form: e.TalkForm = fields.CharEnumField(e.TalkForm, max_length=12)
    held_on: date = fields.DateField()
    people: str = fields.TextField()
    words: str = fields.TextField()
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="recorded_at")

    class Meta:
        table = "oversight_talk"


class Answer(TenantModel):
    """答复函, point by point; one a round, and one more when a plan was fulfilled. Append-only."""

    suggestion_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    reply_class: e.ReplyClass = fields.CharEnumField(e.ReplyClass, max_length=1)
    text: str = fields.TextField()
    measures: list[str] = fields.JSONField(default=list)  # one for each point
    planned_on: date | None = fields.DateField(null=True)
    leader: str = fields.TextField()  # who signs for the agency
    contact: str = fields.TextField()
    files: list[str] = fields.JSONField(default=list)
    paper_id: UUID = fields.UUIDField()
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="answered_at")

    class Meta:
        table = "oversight_answer"


class Opinion(TenantModel):
    """征询意见表: how the leading deputy found the handling and what came of it. One a round; append-only."""

    suggestion_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    process: int = fields.IntField()
    result: int = fields.IntField()
    words: str = fields.TextField()
    paper_id: UUID = fields.UUIDField()
    at: datetime = fields.DatetimeField(source_field="given_at")

    class Meta:
        table = "oversight_opinion"


class Progress(TenantModel):
    """What was done of a plan in the meantime, told at least once a year. Append-only."""

    suggestion_id: UUID = fields.UUIDField()
    text: str = fields.TextField()
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="told_at")

    class Meta:
        table = "oversight_progress"
