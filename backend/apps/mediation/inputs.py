"""What clients send. Ids are text until a command has looked them up."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.mediation.enums import (
    Channel,
    CloseType,
    DisputeCategory,
    DisputeState,
    Force,
    HandlingLevel,
    PartySide,
    RatingScale,
    ReporterMode,
    Route,
    Severity,
    SignalState,
)
from backend.kernel.deadlines.clock import Colour as ClockColour

for _enum in (
    Channel, CloseType, DisputeCategory, DisputeState, Force, HandlingLevel, PartySide, RatingScale,
    ReporterMode, Route, Severity, SignalState,
):  # fmt: skip
    strawberry.enum(_enum)


@strawberry.input
class DisputeFilter:
    states: list[DisputeState] | None = None
    categories: list[DisputeCategory] | None = None
    severities: list[Severity] | None = None
    levels: list[HandlingLevel] | None = None
    colours: list[ClockColour] | None = None
    division: str | None = None
    search: str | None = None
    mine: bool | None = None
    open: bool | None = None
    violence: bool | None = None
    registered_from: date | None = None
    registered_to: date | None = None


@strawberry.input
class PartyInput:
    side: PartySide
    name: str
    phone: str | None = None
    kind: str | None = None
    id_number: str | None = None
    representative: str | None = None


@strawberry.input
class ReportDisputeInput:
    statement: str
    category: DisputeCategory
    division: str
    reporter_mode: ReporterMode
    client_id: str | None = None
    title: str | None = None
    claims: str | None = None
    place_text: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    violence: bool | None = None
    amount: float | None = None
    people_involved: int | None = None
    parties: list[PartyInput] | None = None
    file_ids: list[ID] | None = None
    related_to: ID | None = None
    e_service_consent: bool | None = None
    occurred_at: datetime | None = None


@strawberry.input
class TriageInput:
    id: ID
    version: int
    category: DisputeCategory
    severity: Severity
    route: Route
    violence: bool
    duplicates_checked: bool
    merge_into: ID | None = None
    note: str | None = None


@strawberry.input
class AssignInput:
    id: ID
    version: int
    level: HandlingLevel
    responsible: ID
    note: str | None = None


@strawberry.input
class RedirectInput:
    id: ID
    version: int
    route: Route
    receiver: str
    reason: str


@strawberry.input
class ReturnInput:
    id: ID
    version: int
    reason: str
    rule_text: str


@strawberry.input
class AcceptInput:
    id: ID
    version: int
    willing: list[WillingInput]
    note: str | None = None


@strawberry.input
class WillingInput:
    party_id: ID
    willing: bool


@strawberry.input
class StartMediationInput:
    id: ID
    version: int
    mediators: list[ID]
    rights_notice_given: bool
    no_conflict: bool


@strawberry.input
class ReplaceMediatorInput:
    id: ID
    version: int
    mediator: ID
    reason: str
    replacement: ID | None = None


@strawberry.input
class SessionInput:
    id: ID
    version: int
    starts_at: datetime
    place: str


@strawberry.input
class SessionResponseInput:
    session_id: ID
    attending: bool
    note: str | None = None


@strawberry.input
class MinutesInput:
    session_id: ID
    version: int
    attended: list[ID]
    statements: str
    proposals: str
    result: str
    file_ids: list[ID] | None = None


@strawberry.input
class InstalmentInput:
    due: date
    text: str
    amount: float | None = None


@strawberry.input
class AgreementInput:
    id: ID
    version: int
    kind: str
    facts: str
    issues: str
    responsibility: str
    terms: list[str]
    perform_due: date | None = None
    instalments: list[InstalmentInput] | None = None


@strawberry.input
class SignInput:
    paper_id: ID
    sha256: str
    consent: bool
    signature_file_id: ID | None = None


@strawberry.input
class FailInput:
    id: ID
    version: int
    reason: str
    remedies_told: bool


@strawberry.input
class EscalateInput:
    id: ID
    version: int
    level: HandlingLevel
    reasons: str
    attempts: str
    responsible: ID | None = None


@strawberry.input
class SendDownInput:
    id: ID
    version: int
    level: HandlingLevel
    responsible: ID
    reason: str


@strawberry.input
class JointInput:
    id: ID
    version: int
    members: list[ID]
    note: str | None = None


@strawberry.input
class ConfirmationRequestInput:
    id: ID
    version: int
    genuine: bool


@strawberry.input
class ConfirmationResultInput:
    id: ID
    version: int
    confirmed: bool
    ruling_number: str
    decided_on: date


@strawberry.input
class PerformanceInput:
    id: ID
    version: int
    statement: str
    instalment_id: ID | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class BreachInput:
    id: ID
    version: int
    reason: str
    route: Route


@strawberry.input
class ReturnVisitInput:
    id: ID
    version: int
    performance: str
    satisfaction: RatingScale
    notes: str


@strawberry.input
class CloseInput:
    id: ID
    version: int
    close_type: CloseType
    checklist: list[str]
    note: str | None = None


@strawberry.input
class RateInput:
    id: ID
    process: RatingScale
    result: RatingScale
    reason: str | None = None


@strawberry.input
class ReopenInput:
    id: ID
    version: int
    ground: str
    reason: str


@strawberry.input
class ObjectionInput:
    id: ID
    grounds: str
    file_ids: list[ID] | None = None


@strawberry.input
class ObjectionDecisionInput:
    objection_id: ID
    outcome: str
    reason: str


@strawberry.input
class NoteInput:
    id: ID
    text: str
    file_ids: list[ID] | None = None


@strawberry.input
class UrgeInput:
    id: ID
    note: str


@strawberry.input
class SupervisionReplyInput:
    notice_id: ID
    reply: str


@strawberry.input
class ExtensionInput:
    clock_id: ID
    length: int
    unit: str
    basis: str
    reason: str


@strawberry.input
class ExtensionDecisionInput:
    request_id: ID
    grant: bool
    opinion: str


@strawberry.input
class SuspendInput:
    clock_id: ID
    cause: str
    reason: str


@strawberry.input
class RiskInput:
    party_id: ID
    at_risk: bool
    reason: str


@strawberry.input
class RevealInput:
    party_id: ID
    reason: str


@strawberry.input
class SignalAnalysisInput:
    id: ID
    cause: str
    rule_gap: str
    proposal: str


@strawberry.input
class ScoreReplyInput:
    entry_id: ID
    reply: str



@strawberry.input
class ScoreDecisionInput:
    entry_id: ID
    uphold: bool
    reason: str
