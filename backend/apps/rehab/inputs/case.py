"""Inputs about the case itself: register, agree, breach, end."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.rehab.enums import (
    Band,
    BreachKind,
    CaseKind,
    CaseState,
    EndType,
    LinkKind,
    MeasureKind,
    SuspendCause,
)
from backend.apps.rehab.inputs import words as _words  # noqa: F401  (names the enums)


@strawberry.input
class RehabCaseFilter:
    bands: list[Band] | None = None
    states: list[CaseState] | None = None
    kinds: list[CaseKind] | None = None
    open: bool | None = None
    overdue: bool | None = strawberry.field(default=None, description="With a task that is past its day.")
    to_review: bool | None = strawberry.field(default=None, description="With a check-in that waits for a person.")
    search: str | None = None
    division: str | None = None


@strawberry.input
class RegisterCaseInput:
    """`orderNo` and `servedOn` for an order; without them it is voluntary treatment."""

    kind: CaseKind
    name: str
    phone: str
    id_number: str
    division: str
    order_no: str | None = None
    served_on: date | None = None
    place_text: str | None = None
    drug_worker: ID | None = None
    police: ID | None = None
    grid: ID | None = None
    village: ID | None = None


@strawberry.input
class ReportInInput:
    id: ID
    version: int
    place_text: str
    home_latitude: float | None = None
    home_longitude: float | None = None
    fence_metres: int | None = None


@strawberry.input
class NotReportedInput:
    id: ID
    version: int
    search: str
    reason_asked: str


@strawberry.input
class AssignLinkInput:
    id: ID
    kind: LinkKind
    membership: ID


@strawberry.input
class InviteFamilyInput:
    id: ID
    name: str
    phone: str


@strawberry.input
class MeasureInput:
    kind: MeasureKind
    text: str


@strawberry.input
class TreatmentAgreementInput:
    id: ID
    version: int
    measures: list[MeasureInput]
    test_plan: str
    help: str


@strawberry.input
class SignCaseInput:
    id: ID
    paper_id: ID
    sha256: str
    signature_file_id: ID | None = None


@strawberry.input
class StartSupervisionInput:
    id: ID
    version: int
    first_test: str
    first_visit: str


@strawberry.input
class SuspendCaseInput:
    id: ID
    version: int
    cause: SuspendCause
    document: str


@strawberry.input
class CaseStepInput:
    """A step whose ground is one text: a document, a reason, a finding."""

    id: ID
    version: int
    text: str


@strawberry.input
class BreachNoteInput:
    id: ID
    version: int
    kind: BreachKind
    fact: str
    clause: str
    heard: str
    days_away: int | None = None


@strawberry.input
class BreachDecisionInput:
    id: ID
    version: int
    breach_id: ID
    confirm: bool
    reason: str


@strawberry.input
class RelapseInput:
    id: ID
    version: int
    test_id: ID
    assessment: str


@strawberry.input
class IsolationInput:
    id: ID
    version: int
    decision_no: str
    reason: str


@strawberry.input
class TerminateInput:
    id: ID
    version: int
    end_type: EndType
    document: str


@strawberry.input
class RevealCaseInput:
    id: ID
    reason: str
