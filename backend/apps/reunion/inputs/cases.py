"""What clients send. Ids are text until a command has looked them up; vague words of clerks are read by `vague`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import strawberry
from strawberry import ID

from backend.apps.reunion import enums
from backend.apps.reunion.enums import (
    Alarm,
    BasisKind,
    CaseKind,
    CaseState,
    Condition,
    ProofKind,
    Purpose,
    Sex,
    Side,
    Verdict,
)

# Named before any input uses them; other applications have states and kinds too.
for _kind in vars(enums).values():
    if isinstance(_kind, type) and issubclass(_kind, StrEnum) and _kind is not StrEnum:
        strawberry.enum(_kind, name=f"Reunion{_kind.__name__}")


@strawberry.input
class ReunionCaseFilter:
    side: Side | None = None
    kinds: list[CaseKind] | None = None
    states: list[CaseState] | None = None
    open: bool | None = None
    emergency: bool | None = None
    mine: bool | None = strawberry.field(default=None, description="With something to do for me: review, confirm, approve.")
    search: str | None = strawberry.field(default=None, description="Name, sound of the name in pinyin, or code.")
    division: str | None = None


@strawberry.input
class FactsInput:
    """All may be blank: nobody knows. `born`, `height` and `seen` take what a clerk would write (约1987年冬, 七十来岁, 一米六五)."""

    name: str | None = None
    nicknames: list[str] | None = None
    sex: Sex = Sex.UNKNOWN
    born: str | None = None
    height: str | None = None
    dialect: str | None = None
    origin_text: str | None = None
    origin: str | None = strawberry.field(default=None, description="Code of a division.")
    marks: str | None = None
    clothes: str | None = None
    relatives: list[str] | None = None
    circumstances: str | None = None
    place_text: str | None = None
    place: str | None = strawberry.field(default=None, description="Code of the division where last seen, or found.")
    seen: str | None = strawberry.field(default=None, description="When last seen, or found.")
    dna_ref: str | None = None
    dna_lab: str | None = None


@strawberry.input
class ReportMissingInput:
    """`division` is the place that answers for the case."""

    kind: CaseKind
    division: str
    facts: FactsInput
    reporter_name: str
    relation: str
    phone: str
    police_case_no: str | None = None


@strawberry.input
class RegisterFoundInput:
    kind: CaseKind
    division: str
    facts: FactsInput
    station: str
    admitted_on: date
    conditions: list[Condition] | None = None
    languages: str | None = None
    claims: str | None = strawberry.field(default=None, description="The person's own words.")


@strawberry.input
class CorrectFactsInput:
    id: ID
    version: int
    facts: FactsInput


@strawberry.input
class BasisInput:
    id: ID
    version: int
    basis: BasisKind
    text: str
    guardian_agreed: bool = False


@strawberry.input
class ReunionStepInput:
    """A step whose evidence is one text: result, plan, finding, statement."""

    id: ID
    version: int
    text: str


@strawberry.input
class AlarmCaseInput:
    id: ID
    version: int
    alarm: Alarm
    receipt: str


@strawberry.input
class AddPictureInput:
    id: ID
    file_id: ID
    taken: str | None = strawberry.field(default=None, description="When it was taken, as people say it.")


@strawberry.input
class ChooseFaceInput:
    picture_id: ID
    face: int


@strawberry.input
class RequestSearchInput:
    id: ID
    version: int
    purpose: Purpose
    legal_basis: str
    necessity: str


@strawberry.input
class DecideSearchInput:
    id: ID
    version: int
    approve: bool
    reason: str


@strawberry.input
class ReviewCandidateInput:
    """Which features agree and which differ: a verdict without grounds is none."""

    candidate_id: ID
    verdict: Verdict
    alike: str
    unlike: str | None = None


@strawberry.input
class ProofInput:
    id: ID
    version: int
    kind: ProofKind
    positive: bool
    source: str
    second_source: str | None = strawberry.field(default=None, description="The second acquaintance.")


@strawberry.input
class ArrangeReturnInput:
    id: ID
    version: int
    plan: str
    wish: str = strawberry.field(description="What the person himself wants, or the guardian authority's finding.")


@strawberry.input
class HandOverInput:
    id: ID
    version: int
    receiver: str
    id_check: str
    place: str


@strawberry.input
class RevealReporterInput:
    id: ID
    reason: str
