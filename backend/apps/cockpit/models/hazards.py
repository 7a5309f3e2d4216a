"""Places of the key safety units and what is dangerous there. Nothing here is published or ranked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields

from backend.apps.cockpit import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class SafetyPlace(TenantModel):
    """A place of a key unit: a workshop, a vessel, a school. Of its people only a duty telephone is kept, sealed."""

    unit: e.KeyUnit = fields.CharEnumField(e.KeyUnit, max_length=12)
    name: str = fields.TextField()
    address: str = fields.TextField(default="")
    contact: str = fields.TextField(default="")
    registered_at: datetime = fields.DatetimeField()
    closed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "cockpit_place"


class Hazard(TenantModel):
    """隐患. Found with a phone, perhaps without a network: the client gives the id, so that it counts once."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.HazardState = fields.CharEnumField(e.HazardState, max_length=12)
    unit: e.KeyUnit = fields.CharEnumField(e.KeyUnit, max_length=12)
    place_id: UUID | None = fields.UUIDField(null=True)
    place_text: str = fields.TextField()
    text: str = fields.TextField()
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    files: list[str] = fields.JSONField(default=list)
    found_at: datetime = fields.DatetimeField()
    finder: UUID = fields.UUIDField(source_field="finder_account")
    finder_name: str = fields.TextField()
    request_hash: str = CodeField()
    grade: e.HazardGrade | None = fields.CharEnumField(e.HazardGrade, max_length=8, null=True)
    graded_by: UUID | None = fields.UUIDField(null=True)
    graded_name: str = fields.TextField(default="")
    demand: str = fields.TextField(default="")
    owner: UUID | None = fields.UUIDField(source_field="owner_account", null=True)
    owner_name: str = fields.TextField(default="")
    owner_unit: str = fields.TextField(default="")
    due_at: datetime | None = fields.DatetimeField(null=True)
    round: int = fields.IntField(default=1)
    reason: str = fields.TextField(default="")
    updated_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "cockpit_hazard"


class Rectification(TenantModel):
    """What was done about a hazard in one round, and what another person found."""

    hazard_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    text: str = fields.TextField()
    files: list[str] = fields.JSONField(default=list)
    by: UUID = fields.UUIDField(source_field="rectified_by")
    by_name: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="rectified_at")
    verified: bool | None = fields.BooleanField(null=True)
    finding: str = fields.TextField(default="")
    verifier: UUID | None = fields.UUIDField(source_field="verified_by", null=True)
    verifier_name: str = fields.TextField(default="")
    verified_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "cockpit_rectification"
