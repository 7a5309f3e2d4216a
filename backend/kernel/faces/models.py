"""Consented enrolments of faces with sealed templates, challenges for a live face, galleries and their searches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField, HalfVectorField
from backend.kernel.db.models import TenantModel


class FaceEnrolment(TenantModel):
    """One consent to be recognised in one matter; `faces.service.EnrolmentState` has its states.

    Templates hang on it and are deleted with every end of it; the row stays as the record of the consent.
    """

    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()  # the row inside the matter that stands for the person
    account_id: UUID | None = fields.UUIDField(null=True)
    state: str = CodeField(default="PENDING")
    consent_version: str = CodeField()  # which wording was agreed to
    consent_at: datetime = fields.DatetimeField()
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)
    proposed_at: datetime = fields.DatetimeField()
    confirmed_by: UUID | None = fields.UUIDField(null=True)
    confirmed_at: datetime | None = fields.DatetimeField(null=True)
    renew_by: date | None = fields.DateField(null=True)  # last day of use
    sheet_id: UUID | None = fields.UUIDField(null=True)  # stored file with the contact sheet
    portrait_id: UUID | None = fields.UUIDField(null=True)  # stored file a person compares with
    problem: str = CodeField(default="")  # why no template could be made

    class Meta:
        table = "face_enrolment"


class FaceTemplate(TenantModel):
    """One embedding of one frame. `vector` is sealed to this row and never leaves the process in the clear."""

    matter_id: UUID = fields.UUIDField()
    enrolment_id: UUID = fields.UUIDField()
    vector: str = fields.TextField()  # envelope around base64 of 512 little-endian float16
    model: str = CodeField()  # vectors of two models do not compare
    quality: dict[str, Any] = fields.JSONField(default=dict)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "face_template"


class FaceChallenge(TenantModel):
    """Gestures to show, once, before `expires_at`.

    The phone gets `nonce` and `seal_key` with the challenge and seals with them what it captures, also without
    network. `picture_hashes` are perceptual hashes of what was shown, for noticing the same pictures again.
    """

    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()
    account_id: UUID | None = fields.UUIDField(null=True)
    purpose: str = CodeField()  # ENROL, VERIFY
    gestures: list[str] = fields.JSONField(default=list)
    nonce: str = CodeField()
    seal_key: str = CodeField()
    offline = fields.BooleanField(default=False)
    issued_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)
    picture_hashes: list[str] = fields.JSONField(default=list)

    class Meta:
        table = "face_challenge"


class FaceSearch(TenantModel):
    """A request to look for one matter's face in named galleries, and what somebody else decided about it.

    Request and galleries stay word for word; `codes.SearchState` has the states.
    """

    matter_id: UUID = fields.UUIDField()
    app: str = CodeField()
    purpose: str = CodeField()  # a code of the application's manifest
    legal_basis: str = fields.TextField()
    necessity: str = fields.TextField()  # why nothing milder serves
    galleries: list[str] = fields.JSONField(default=list)
    state: str = CodeField(default="REQUESTED")
    emergency = fields.BooleanField(default=False)
    requested_by: UUID = fields.UUIDField()
    requested_by_name: str = CodeField()
    requested_at: datetime = fields.DatetimeField()
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_by_name: str = CodeField(default="")
    decided_at: datetime | None = fields.DatetimeField(null=True)
    decision_reason: str = fields.TextField(default="")
    expires_at: datetime = fields.DatetimeField()
    searched_at: datetime | None = fields.DatetimeField(null=True)
    model: str = CodeField(default="")
    scanned: int = fields.IntField(default=0)  # faces in the galleries when it ran

    class Meta:
        table = "face_search"


class GalleryFace(TenantModel):
    """The face of one picture of one matter in a purpose-made gallery; only `galleries` writes and compares it."""

    gallery: str = CodeField()
    matter_id: UUID = fields.UUIDField()
    subject_id: UUID = fields.UUIDField()  # the row inside the matter that stands for the person
    file_id: UUID = fields.UUIDField()
    model: str = CodeField()
    vector: str = HalfVectorField()  # rotated; closed to every role
    quality: dict[str, Any] = fields.JSONField(default=dict)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "gallery_face"
