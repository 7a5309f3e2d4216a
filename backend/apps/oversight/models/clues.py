"""Clues and what hangs on them. `clue_id` names the matter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.apps.oversight import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Clue(TenantModel):
    """What somebody wants looked into, and from `CASE_FILED` on the case. Who raised it stands in `Part` alone."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    kind: e.ClueKind = fields.CharEnumField(e.ClueKind, max_length=12)
    source: e.ClueSource = fields.CharEnumField(e.ClueSource, max_length=12)
    state: e.ClueState = fields.CharEnumField(e.ClueState, max_length=16)
    field: e.Field = fields.CharEnumField(e.Field, max_length=24)
    title: str = fields.TextField()  # other deputies read it when theirs is alike
    content: str = fields.TextField()
    place_text: str = fields.TextField(default="")
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    files: list[str] = fields.JSONField(default=list)
    source_app: str = CodeField(default="")
    source_code: str = CodeField(default="")
    source_category: str = CodeField(default="")
    supporters: int = fields.IntField(default=0)
    merged_into: UUID | None = fields.UUIDField(null=True)
    merged: int = fields.IntField(default=0)  # clues that were joined to this one
    reason: str = fields.TextField(default="")  # of the last decision, for its author
    organ: str = fields.TextField(default="")  # to which it was transferred
    court: str = fields.TextField(default="")
    score: int | None = fields.IntField(null=True)
    assessment: str = fields.TextField(default="")
    case_type: e.CaseType | None = fields.CharEnumField(e.CaseType, max_length=20, null=True)
    case_no: str = CodeField(default="")
    trigger: e.Trigger | None = fields.CharEnumField(e.Trigger, max_length=20, null=True)
    raised_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)  # its words and files are gone

    class Meta:
        table = "oversight_clue"


class Part(TenantModel):
    """Somebody who raised, joined or handed over a clue, or goes along to its check. Credit is theirs alike; nobody counts it."""

    clue_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    membership_id: UUID = fields.UUIDField()
    name: str = fields.TextField()
    kind: e.PartKind = fields.CharEnumField(e.PartKind, max_length=12)
    shielded: bool = fields.BooleanField(default=False)
    at: datetime = fields.DatetimeField(source_field="joined_at")

    class Meta:
        table = "oversight_part"


class LogEntry(TenantModel):
    """The procuratorate's investigation; neither the congress nor the unit reads it. Append-only."""

    clue_id: UUID = fields.UUIDField()
    kind: e.LogKind = fields.CharEnumField(e.LogKind, max_length=12)
    text: str = fields.TextField()
    files: list[str] = fields.JSONField(default=list)
    by: UUID = fields.UUIDField(source_field="written_by")
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="written_at")

    class Meta:
        table = "oversight_log"


class SiteCheck(TenantModel):
    """A visit of prosecutor and deputy. Both sign its paper; with the second signature it counts. The client gives the id."""

    clue_id: UUID = fields.UUIDField()
    recommendation_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    visited_at: datetime = fields.DatetimeField()
    place_text: str = fields.TextField()
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    finding: str = fields.TextField()
    verdict: e.Verdict = fields.CharEnumField(e.Verdict, max_length=12)
    points: list[dict[str, str]] = fields.JSONField(default=list)  # verdict and words for each demand
    files: list[str] = fields.JSONField(default=list)
    prosecutor: UUID = fields.UUIDField(source_field="prosecutor_account")
    deputy: UUID = fields.UUIDField(source_field="deputy_account")
    paper_id: UUID = fields.UUIDField()
    request_hash: str = CodeField()  # of what was sent with this id
    done_at: datetime | None = fields.DatetimeField(null=True)
    withdrawn_reason: str = fields.TextField(default="")
    withdrawn: bool = fields.BooleanField(default=False)  # somebody did not sign: it never counted

    class Meta:
        table = "oversight_check"
