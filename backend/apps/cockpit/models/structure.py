"""The programme's structure: tracks and key units, scenes with team, evidence, milestones and plans, honours, indicators."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.apps.cockpit import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Pillar(TenantModel):
    """A track or key unit as one place runs it. Whoever lies below the place sees it too."""

    kind: e.PillarKind = fields.CharEnumField(e.PillarKind, max_length=8)
    code: str = CodeField()  # of `Track` or `KeyUnit`
    lead_unit: str = fields.TextField()
    leader: str = fields.TextField(default="")
    duty: str = fields.TextField(default="")
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cockpit_pillar"


class Scene(TenantModel):
    """多跨场景, with one leader and one team."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.SceneState = fields.CharEnumField(e.SceneState, max_length=12)
    name: str = fields.TextField()
    goal: str = fields.TextField()
    apps: list[str] = fields.JSONField(default=list)  # names of installed applications
    track: e.Track | None = fields.CharEnumField(e.Track, max_length=16, null=True)
    key_unit: e.KeyUnit | None = fields.CharEnumField(e.KeyUnit, max_length=12, null=True)
    pilot: str = CodeField(default="")  # division where it is tried first
    lead_unit: str = fields.TextField()
    leader: UUID | None = fields.UUIDField(source_field="leader_account", null=True)
    leader_name: str = fields.TextField(default="")
    opinion: str = fields.TextField(default="")
    reason: str = fields.TextField(default="")
    proposed_by: UUID = fields.UUIDField()
    proposed_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cockpit_scene"


class TeamMember(TenantModel):
    """Somebody of a scene's team, with what he contributes."""

    scene_id: UUID = fields.UUIDField()
    role: e.TeamRole = fields.CharEnumField(e.TeamRole, max_length=16)
    account_id: UUID = fields.UUIDField()
    name: str = fields.TextField()
    unit: str = fields.TextField()
    share: str = fields.TextField()
    joined_at: datetime = fields.DatetimeField()
    left_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "cockpit_team_member"


class Evidence(TenantModel):
    """What shows that a scene may go on. Append-only."""

    scene_id: UUID = fields.UUIDField()
    kind: e.Proof = fields.CharEnumField(e.Proof, max_length=20)
    number: str = fields.TextField(default="")  # of the filing or report
    text: str = fields.TextField()
    files: list[str] = fields.JSONField(default=list)
    by: UUID = fields.UUIDField(source_field="recorded_by")
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="recorded_at")

    class Meta:
        table = "cockpit_evidence"


class Milestone(TenantModel):
    """节点."""

    scene_id: UUID = fields.UUIDField()
    name: str = fields.TextField()
    phase: e.Phase = fields.CharEnumField(e.Phase, max_length=8)
    planned_on: date = fields.DateField()
    done_on: date | None = fields.DateField(null=True)
    proof: str = fields.TextField(default="")
    files: list[str] = fields.JSONField(default=list)
    done_by: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "cockpit_milestone"


class PlanEntry(TenantModel):
    """What is to be done for a milestone in one week or on one day, and what came of it."""

    scene_id: UUID = fields.UUIDField()
    milestone_id: UUID = fields.UUIDField()
    rhythm: e.Rhythm = fields.CharEnumField(e.Rhythm, max_length=8)
    day: date = fields.DateField()  # of a week its Monday
    state: e.WorkState = fields.CharEnumField(e.WorkState, max_length=8)
    text: str = fields.TextField()
    result: str = fields.TextField(default="")
    due_at: datetime = fields.DatetimeField()
    planned_by: UUID = fields.UUIDField()
    reported_by: UUID | None = fields.UUIDField(null=True)
    reported_at: datetime | None = fields.DatetimeField(null=True)
    checked_by: UUID | None = fields.UUIDField(null=True)
    paper_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "cockpit_plan_entry"


class Honour(TenantModel):
    """成果/荣誉. Append-only."""

    scene_id: UUID | None = fields.UUIDField(null=True)
    name: str = fields.TextField()
    level: e.HonourLevel = fields.CharEnumField(e.HonourLevel, max_length=8)
    awarded_on: date = fields.DateField()
    document: str = fields.TextField(default="")
    files: list[str] = fields.JSONField(default=list)
    at: datetime = fields.DatetimeField(source_field="recorded_at")

    class Meta:
        table = "cockpit_honour"


class Indicator(TenantModel):
    """综合指标: a target for a place, of a figure (`app` and `key`) or of a value that is entered. Whoever lies below the place sees it.

    The newest row that is valid counts. `tolerance` is how far from the target a figure may be before it is red, in its own unit.
    """

    code: str = CodeField()  # `app:key`, or the indicator's own
    app: str = CodeField(default="")
    key: str = CodeField(default="")
    name: str = fields.TextField()
    owner_unit: str = fields.TextField()
    formula: str = fields.TextField(default="")
    unit: str = CodeField(default="")
    target: float = fields.FloatField()
    tolerance: float = fields.FloatField(default=0.0)
    better: e.Better = fields.CharEnumField(e.Better, max_length=8)
    value: float | None = fields.FloatField(null=True)  # of an indicator that no application computes
    valid_from: date = fields.DateField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cockpit_indicator"
