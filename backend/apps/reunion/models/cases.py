"""Tables of reunion. `case_id` names the matter everywhere. What identifies a reporter, and a person's own words, are sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.apps.reunion import enums as e
from backend.kernel.db.fields import CodeField, LTreeField
from backend.kernel.db.models import TenantModel


class Case(TenantModel):
    """One person who is sought or was found, and how far the search has come. `path` is who answers for it.

    Facts are kept as they were written, beside what was understood of them: `*_text` is the clerk's.
    """

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    side: e.Side = fields.CharEnumField(e.Side, max_length=8)
    kind: e.CaseKind = fields.CharEnumField(e.CaseKind, max_length=16)
    state: e.CaseState = fields.CharEnumField(e.CaseState, max_length=20)
    alarm: e.Alarm | None = fields.CharEnumField(e.Alarm, max_length=12, null=True)  # an emergency
    alarm_receipt: str = fields.TextField(default="")
    subject_id: UUID = fields.UUIDField()  # the person, as participants and gallery faces name him
    registered_by: UUID = fields.UUIDField()  # membership
    registered_by_name: str = fields.TextField()
    agency_name: str = fields.TextField(default="")
    duty_phone: str = fields.TextField(default="")
    registered_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)
    facts_at: datetime = fields.DatetimeField()  # when what is known last changed: rejected pairs may come back then
    # ---- facts
    name: str = fields.TextField(default="")  # blank: nobody knows
    nicknames: list[str] = fields.JSONField(default=list)
    sounds: list[str] = fields.JSONField(default=list)  # of the names, for finding them
    sex: e.Sex = fields.CharEnumField(e.Sex, max_length=1, default=e.Sex.UNKNOWN)
    born_text: str = fields.TextField(default="")
    born_from: date | None = fields.DateField(null=True)
    born_to: date | None = fields.DateField(null=True)
    height_text: str = fields.TextField(default="")
    height_least: int | None = fields.IntField(null=True)
    height_most: int | None = fields.IntField(null=True)
    dialect: str = fields.TextField(default="")
    origin_text: str = fields.TextField(default="")
    origin: str = LTreeField(null=True)
    marks: str = fields.TextField(default="")
    clothes: str = fields.TextField(default="")
    relatives: list[str] = fields.JSONField(default=list)
    circumstances: str = fields.TextField(default="")
    place_text: str = fields.TextField(default="")
    place: str = LTreeField(null=True)  # where last seen, or found
    when_text: str = fields.TextField(default="")
    when_from: date | None = fields.DateField(null=True)
    when_to: date | None = fields.DateField(null=True)
    dna_ref: str = fields.TextField(default="")  # number of the sample and laboratory, never a profile
    dna_lab: str = fields.TextField(default="")
    # ---- ground, and what the person wants
    basis: e.BasisKind | None = fields.CharEnumField(e.BasisKind, max_length=20, null=True)
    basis_text: str = fields.TextField(default="")
    quick_check: str = fields.TextField(default="")
    no_contact: bool = fields.BooleanField(default=False)  # an adult who does not want to be found
    guardian_agreed: bool = fields.BooleanField(default=False)
    maybe_child: bool = fields.BooleanField(default=False)  # by look, where nobody knows the age
    # What officers say of the person stays here, where it can be erased: events are for ever.
    notice_refused: str = fields.TextField(default="", db_default="")  # why there is no bulletin
    contact_statement: str = fields.TextField(default="")
    return_plan: str = fields.TextField(default="")
    return_wish: str = fields.TextField(default="")
    finding: str = fields.TextField(default="")
    reunion_kind: e.ReunionKind | None = fields.CharEnumField(e.ReunionKind, max_length=16, null=True)
    retry_on: date | None = fields.DateField(null=True)
    retry_told_on: date | None = fields.DateField(null=True)  # the retry day that officers were reminded of

    class Meta:
        table = "reunion_case"

    @property
    def is_minor(self) -> bool:
        """Perhaps under eighteen: whoever may be a child is treated as one."""
        if self.kind == e.CaseKind.CHILD or self.maybe_child:
            return True
        return self.born_to is not None and (self.registered_at.date() - self.born_to).days < 18 * 365.25


class MissingReport(TenantModel):
    """走失/失踪报案: who reports somebody missing, and what they are to each other."""

    case_id: UUID = fields.UUIDField()
    reporter_name: str = fields.TextField()
    relation: str = fields.TextField()
    phone_sealed: str = fields.TextField(default="")
    phone_index: str = CodeField(default="")
    reporter_id: UUID = fields.UUIDField()  # the reporter's part in the matter
    police_case_no: str = fields.TextField(default="")

    class Meta:
        table = "reunion_missing"


class StrandedPerson(TenantModel):
    """滞留(受助)人员: where somebody is looked after, and what he says himself."""

    case_id: UUID = fields.UUIDField()
    station: str = fields.TextField()
    conditions: list[str] = fields.JSONField(default=list)  # `enums.Condition`
    languages: str = fields.TextField(default="")
    claims_sealed: str = fields.TextField(default="")  # his own words
    admitted_on: date = fields.DateField()
    placement: str = fields.TextField(default="")

    class Meta:
        table = "reunion_stranded"


class Picture(TenantModel):
    """A photograph of the person. With `chosen` it has one face that searches look at."""

    case_id: UUID = fields.UUIDField()
    file_id: UUID = fields.UUIDField()
    taken_text: str = fields.TextField(default="")
    taken_from: date | None = fields.DateField(null=True)
    taken_to: date | None = fields.DateField(null=True)
    state: e.PictureState = fields.CharEnumField(e.PictureState, max_length=12)
    problem: str = CodeField(default="")
    faces: list[dict[str, Any]] = fields.JSONField(default=list)  # boxes as shares of width and height, with quality
    chosen: int | None = fields.IntField(null=True)
    added_at: datetime = fields.DatetimeField()

    class Meta:
        table = "reunion_picture"


class Candidate(TenantModel):
    """Somebody of the other side who looks or reads alike. Never more than a hint: people decide."""

    case_id: UUID = fields.UUIDField()
    search_id: UUID = fields.UUIDField()
    rank: int = fields.IntField()
    other_county: str = CodeField()
    other_id: UUID = fields.UUIDField()
    other_code: str = CodeField()
    other_kind: str = CodeField(default="")
    other_minor: bool = fields.BooleanField(default=False)
    cosine: float | None = fields.FloatField(null=True)
    score: float = fields.FloatField()
    likely: bool = fields.BooleanField(default=False)
    age_gap: int | None = fields.IntField(null=True)  # years between the pictures
    picture_id: UUID | None = fields.UUIDField(null=True)  # stored file of the other side that looked most alike
    comparison: dict[str, Any] = fields.JSONField(default=dict)
    state: e.CandidateState = fields.CharEnumField(e.CandidateState, max_length=12)
    decided_at: datetime | None = fields.DatetimeField(null=True)
    found_at: datetime = fields.DatetimeField()

    class Meta:
        table = "reunion_candidate"


class Review(TenantModel):
    """One reviewer's own verdict; the second is given blind to the first. Append-only."""

    case_id: UUID = fields.UUIDField()
    candidate_id: UUID = fields.UUIDField()
    reviewer: UUID = fields.UUIDField(source_field="reviewed_by")  # account
    reviewer_name: str = fields.TextField()
    verdict: e.Verdict = fields.CharEnumField(e.Verdict, max_length=12)
    alike: str = fields.TextField(default="")
    unlike: str = fields.TextField(default="")
    at: datetime = fields.DatetimeField(source_field="reviewed_at")

    class Meta:
        table = "reunion_review"


class Proof(TenantModel):
    """A means of its own that says who somebody is, or that he is not."""

    case_id: UUID = fields.UUIDField()
    candidate_id: UUID = fields.UUIDField()
    kind: e.ProofKind = fields.CharEnumField(e.ProofKind, max_length=16)
    positive: bool = fields.BooleanField()
    source: str = fields.TextField()  # laboratory and number, document, or the two acquaintances
    recorded_by: UUID = fields.UUIDField()
    recorded_by_name: str = fields.TextField()
    recorded_at: datetime = fields.DatetimeField()

    class Meta:
        table = "reunion_proof"


class FollowUp(TenantModel):
    """回访 at one, three and six months."""

    case_id: UUID = fields.UUIDField()
    month: int = fields.IntField()
    due_on: date = fields.DateField()
    done_at: datetime | None = fields.DatetimeField(null=True)
    done_by_name: str = fields.TextField(default="")
    text: str = fields.TextField(default="")

    class Meta:
        table = "reunion_follow_up"


class Confirmation(TenantModel):
    """One organ's word that the identity is proven: police and civil affairs, each by a person of its own."""

    case_id: UUID = fields.UUIDField()
    candidate_id: UUID = fields.UUIDField()
    organ: str = CodeField()  # role
    by: UUID = fields.UUIDField(source_field="confirmed_by")
    by_name: str = fields.TextField()
    text: str = fields.TextField()
    at: datetime = fields.DatetimeField(source_field="confirmed_at")

    class Meta:
        table = "reunion_confirmation"
