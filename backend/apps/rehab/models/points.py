"""Ledger, colours, rules and objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.apps.rehab import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class PointEntry(TenantModel):
    """A line of the ledger. Never changed, never deleted; what happens to it later are `PointMark`s."""

    case_id: UUID = fields.UUIDField()
    rule: str = CodeField()
    rule_version: int = fields.IntField()
    points: float = fields.FloatField()
    fact_on: date = fields.DateField()
    cause: str = fields.TextField()
    evidence: list[str] = fields.JSONField(default=list)
    excuse: str = CodeField(default="")  # a listed cause found when it was recorded: shown, takes nothing
    source_kind: str = CodeField()  # table's word: TASK, TEST, BREACH, REQUEST, OTHER
    source_id: UUID = fields.UUIDField()
    recorded_by: UUID | None = fields.UUIDField(null=True)  # None: drafted by the system from the source row
    recorded_at: datetime = fields.DatetimeField()

    class Meta:
        table = "rehab_point_entry"


class PointMark(TenantModel):
    """Confirmed, contested, upheld or revoked: by whom, when and why. Append-only."""

    case_id: UUID = fields.UUIDField()
    entry_id: UUID = fields.UUIDField()
    mark: e.Mark = fields.CharEnumField(e.Mark, max_length=12)
    by: UUID | None = fields.UUIDField(null=True, source_field="marked_by")
    by_name: str = fields.TextField(default="")
    entry_by: UUID | None = fields.UUIDField(null=True)  # who recorded the entry: never the one who confirms it
    reason: str = fields.TextField(default="")
    at: datetime = fields.DatetimeField(source_field="marked_at")

    class Meta:
        table = "rehab_point_mark"


class Assessment(TenantModel):
    """A proposed change of band with its explanation, and what a named person made of it."""

    case_id: UUID = fields.UUIDField()
    on_day: date = fields.DateField()
    cause: e.AssessmentCause = fields.CharEnumField(e.AssessmentCause, max_length=16)
    score: float = fields.FloatField()
    from_band: e.Band = fields.CharEnumField(e.Band, max_length=2)
    to_band: e.Band = fields.CharEnumField(e.Band, max_length=2)
    rule_version: int = fields.IntField()
    explanation: dict[str, Any] = fields.JSONField(default=dict)
    state: e.AssessmentState = fields.CharEnumField(e.AssessmentState, max_length=12)
    proposed_at: datetime = fields.DatetimeField()
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_by_name: str = fields.TextField(default="")
    decided_at: datetime | None = fields.DatetimeField(null=True)
    reason: str = fields.TextField(default="")
    override_until: date | None = fields.DateField(null=True)
    paper_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "rehab_assessment"


class RuleSet(TenantModel):
    """A county's own numbers over the city's default, inside the limits of `domain.md` 1.8.4."""

    number: int = fields.IntField(source_field="version_number")
    state: e.RuleSetState = fields.CharEnumField(e.RuleSetState, max_length=12)
    data: dict[str, Any] = fields.JSONField()
    approval_no: str = fields.TextField()
    note: str = fields.TextField(default="")
    effective_from: date = fields.DateField()
    drafted_by: UUID = fields.UUIDField()
    drafted_by_name: str = fields.TextField()
    drafted_at: datetime = fields.DatetimeField()
    dry_run: dict[str, Any] | None = fields.JSONField(null=True)
    dry_run_at: datetime | None = fields.DatetimeField(null=True)
    committed_by: UUID | None = fields.UUIDField(null=True)
    committed_by_name: str = fields.TextField(default="")
    committed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "rehab_rule_set"


class Objection(TenantModel):
    """The person disputes an entry or a band (`domain.md` 1.8.3, 1.10)."""

    case_id: UUID = fields.UUIDField()
    target: e.ObjectionTarget = fields.CharEnumField(e.ObjectionTarget, max_length=8)
    target_id: UUID = fields.UUIDField()
    grounds: str = fields.TextField()
    state: e.ObjectionState = fields.CharEnumField(e.ObjectionState, max_length=16)
    filed_at: datetime = fields.DatetimeField()
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_by_name: str = fields.TextField(default="")
    decided_at: datetime | None = fields.DatetimeField(null=True)
    decision: str = fields.TextField(default="")
    further_grounds: str = fields.TextField(default="")
    further_at: datetime | None = fields.DatetimeField(null=True)
    final_by: UUID | None = fields.UUIDField(null=True)
    final_by_name: str = fields.TextField(default="")
    final_at: datetime | None = fields.DatetimeField(null=True)
    final_decision: str = fields.TextField(default="")

    class Meta:
        table = "rehab_objection"
