"""Tables of mediation. `dispute_id` names the matter everywhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tortoise import fields

from backend.apps.mediation.enums import (
    AgreementKind,
    Channel,
    CloseType,
    ConfirmState,
    DisputeCategory,
    DisputeState,
    HandlingLevel,
    ObjectionState,
    PartyKind,
    PartySide,
    RatingScale,
    RelationKind,
    ReporterMode,
    Route,
    ScoreState,
    SessionState,
    Severity,
    SignalPattern,
    SignalState,
    TeamKind,
)
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Dispute(TenantModel):
    """A conflict people asked to have settled (矛盾纠纷). `path` is where it happened and never changes;
    `level` is who handles it. `version` counts changes, for conflict detection."""

    code: str = CodeField()  # 民声码: one matter, one code
    version: int = fields.IntField(default=1)
    state: DisputeState = fields.CharEnumField(DisputeState, max_length=20)
    title: str = fields.TextField()
    statement: str = fields.TextField()
    claims: str = fields.TextField(default="")
    category: DisputeCategory = fields.CharEnumField(DisputeCategory, max_length=24)
    sub_category: str = fields.TextField(default="")
    severity: Severity | None = fields.CharEnumField(Severity, max_length=8, null=True)
    level: HandlingLevel = fields.CharEnumField(HandlingLevel, max_length=8)
    route: Route = fields.CharEnumField(Route, max_length=16, default=Route.MEDIATION)
    channel: Channel = fields.CharEnumField(Channel, max_length=16)
    reporter_mode: ReporterMode = fields.CharEnumField(ReporterMode, max_length=16)
    violence = fields.BooleanField(default=False)
    amount: Decimal | None = fields.DecimalField(max_digits=14, decimal_places=2, null=True)  # yuan
    people_involved: int = fields.IntField(default=2)
    division: str = CodeField()
    place_text: str = fields.TextField(default="")
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    occurred_at: datetime | None = fields.DatetimeField(null=True)
    registered_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    closed_at: datetime | None = fields.DatetimeField(null=True)
    close_type: CloseType | None = fields.CharEnumField(CloseType, max_length=20, null=True)
    times_returned: int = fields.IntField(default=0)
    times_reopened: int = fields.IntField(default=0)
    merged_into: UUID | None = fields.UUIDField(null=True)
    active_clock: UUID | None = fields.UUIDField(null=True)  # the clock the list shows
    due_at: datetime | None = fields.DatetimeField(null=True)  # of that clock, for lists and maps
    yellow_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "mediation_dispute"


class Party(TenantModel):
    """Somebody the dispute is between. Telephone and identity number are encrypted."""

    dispute_id: UUID = fields.UUIDField()
    side: PartySide = fields.CharEnumField(PartySide, max_length=12)
    kind: PartyKind = fields.CharEnumField(PartyKind, max_length=12, default=PartyKind.PERSON)
    name: str = fields.TextField()
    name_index: str = CodeField(default="")
    phone: str = fields.TextField(default="")
    phone_index: str = CodeField(default="")
    id_number: str = fields.TextField(default="")
    representative: str = fields.TextField(default="")
    willing = fields.BooleanField(null=True)
    e_service_consent = fields.BooleanField(default=False)
    at_risk = fields.BooleanField(default=False)  # a person's judgement, never computed
    is_reporter = fields.BooleanField(default=False)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "mediation_party"


class Responsibility(TenantModel):
    """The one person responsible from `since` to `until`; the rows of a dispute are its chain of responsibility."""

    dispute_id: UUID = fields.UUIDField()
    membership_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    name: str = fields.TextField()
    role: str = CodeField()
    agency_name: str = fields.TextField()
    duty_phone: str = fields.TextField(default="")
    level: HandlingLevel = fields.CharEnumField(HandlingLevel, max_length=8)
    reason: str = CodeField()
    since: datetime = fields.DatetimeField()
    until: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "mediation_responsibility"


class TeamMember(TenantModel):
    """A mediator of the dispute, or somebody invited to joint mediation."""

    dispute_id: UUID = fields.UUIDField()
    membership_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    kind: TeamKind = fields.CharEnumField(TeamKind, max_length=8)
    name: str = fields.TextField()
    role: str = CodeField()
    agency_name: str = fields.TextField()
    force: str = CodeField(default="")
    joined_at: datetime = fields.DatetimeField()
    left_at: datetime | None = fields.DatetimeField(null=True)
    recused = fields.BooleanField(default=False)
    reason: str = fields.TextField(default="")

    class Meta:
        table = "mediation_team_member"


class Session(TenantModel):
    """A mediation meeting and its minutes (调解笔录)."""

    dispute_id: UUID = fields.UUIDField()
    starts_at: datetime = fields.DatetimeField()
    place: str = fields.TextField()
    state: SessionState = fields.CharEnumField(SessionState, max_length=12, default=SessionState.PLANNED)
    statements: str = fields.TextField(default="")
    proposals: str = fields.TextField(default="")
    result: str = CodeField(default="")
    paper_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "mediation_session"


class Attendance(TenantModel):
    """Whether a party agreed to come, and came."""

    dispute_id: UUID = fields.UUIDField()
    session_id: UUID = fields.UUIDField()
    party_id: UUID = fields.UUIDField()
    agreed = fields.BooleanField(null=True)
    attended = fields.BooleanField(null=True)
    note: str = fields.TextField(default="")

    class Meta:
        table = "mediation_attendance"


class Agreement(TenantModel):
    """What the parties agreed (人民调解协议书, or a registered oral agreement)."""

    dispute_id: UUID = fields.UUIDField()
    kind: AgreementKind = fields.CharEnumField(AgreementKind, max_length=8)
    facts: str = fields.TextField()
    issues: str = fields.TextField()
    responsibility: str = fields.TextField()
    terms: list[str] = fields.JSONField(default=list)
    perform_due: date | None = fields.DateField(null=True)
    paper_id: UUID = fields.UUIDField()
    drafted_at: datetime = fields.DatetimeField()
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)
    effective_at: datetime | None = fields.DatetimeField(null=True)
    confirm_until: datetime | None = fields.DatetimeField(null=True)
    confirm_state: ConfirmState = fields.CharEnumField(ConfirmState, max_length=12, default=ConfirmState.NONE)
    ruling_number: str = fields.TextField(default="")
    decided_on: date | None = fields.DateField(null=True)

    class Meta:
        table = "mediation_agreement"


class Instalment(TenantModel):
    """One step of performance."""

    dispute_id: UUID = fields.UUIDField()
    agreement_id: UUID = fields.UUIDField()
    position: int = fields.IntField()
    due: date = fields.DateField()
    text: str = fields.TextField()
    amount: Decimal | None = fields.DecimalField(max_digits=14, decimal_places=2, null=True)
    performed_at: datetime | None = fields.DatetimeField(null=True)
    reminded_on: date | None = fields.DateField(null=True)
    overdue_told = fields.BooleanField(default=False)

    class Meta:
        table = "mediation_instalment"


class Rating(TenantModel):
    """One party's view of one round; the dispute's reopening starts another round."""

    dispute_id: UUID = fields.UUIDField()
    party_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    round: int = fields.IntField()
    process: RatingScale = fields.CharEnumField(RatingScale, max_length=20)
    result: RatingScale = fields.CharEnumField(RatingScale, max_length=20)
    reason: str = fields.TextField(default="")
    rated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "mediation_rating"


class SupervisionNotice(TenantModel):
    """督办单: overdue work brought before the next higher person, who must be answered."""

    dispute_id: UUID = fields.UUIDField()
    clock_id: UUID = fields.UUIDField()
    rule: str = CodeField()
    level: int = fields.IntField()  # 1 town leader, 2 county centre, 3 county leader
    responsible_id: UUID | None = fields.UUIDField(null=True)  # membership that has to reply
    unit: str = fields.TextField(default="")
    paper_id: UUID | None = fields.UUIDField(null=True)
    issued_at: datetime = fields.DatetimeField()
    due_at: datetime = fields.DatetimeField()
    reply: str = fields.TextField(default="")
    replied_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "mediation_supervision_notice"


class Relation(TenantModel):
    """This dispute has to do with `other_id`."""

    dispute_id: UUID = fields.UUIDField()
    other_id: UUID = fields.UUIDField()
    kind: RelationKind = fields.CharEnumField(RelationKind, max_length=8)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "mediation_relation"


class ReturnVisit(TenantModel):
    """回访: somebody other than the handler asks whether it holds."""

    dispute_id: UUID = fields.UUIDField()
    visited_at: datetime = fields.DatetimeField()
    performance: str = CodeField()
    satisfaction: RatingScale = fields.CharEnumField(RatingScale, max_length=20)
    notes: str = fields.TextField(default="")

    class Meta:
        table = "mediation_return_visit"


class Objection(TenantModel):
    """A party disputes the closing, the facts or the handler's conduct (`domain.md` 1.10)."""

    dispute_id: UUID = fields.UUIDField()
    party_id: UUID = fields.UUIDField()
    grounds: str = fields.TextField()
    state: ObjectionState = fields.CharEnumField(ObjectionState, max_length=16, default=ObjectionState.FILED)
    filed_at: datetime = fields.DatetimeField()
    decision: str = fields.TextField(default="")
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "mediation_objection"


class Signal(TenantModel):
    """纠纷预警信号. `path` is the place it concerns."""

    key: str = CodeField()  # the same finding is raised once
    pattern: SignalPattern = fields.CharEnumField(SignalPattern, max_length=24)
    severity: str = CodeField()  # YELLOW, RED
    category: str = CodeField(default="")
    division: str = CodeField()
    count: int = fields.IntField()
    expected: float | None = fields.FloatField(null=True)
    statistic: float | None = fields.FloatField(null=True)
    statistic_name: str = CodeField(default="")
    period_from: date = fields.DateField()
    period_to: date = fields.DateField()
    state: SignalState = fields.CharEnumField(SignalState, max_length=12, default=SignalState.OPEN)
    raised_at: datetime = fields.DatetimeField()
    analysis_due: datetime | None = fields.DatetimeField(null=True)
    cause: str = fields.TextField(default="")
    rule_gap: str = fields.TextField(default="")
    proposal: str = fields.TextField(default="")
    analysed_by: UUID | None = fields.UUIDField(null=True)
    analysed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "mediation_signal"


class Briefing(TenantModel):
    """研判简报 of one week of one county."""

    division: str = CodeField()
    week_from: date = fields.DateField()
    week_to: date = fields.DateField()
    paper_id: UUID = fields.UUIDField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "mediation_briefing"


class ScoreEntry(TenantModel):
    """Points of a unit, never of a citizen, with the rule that gave them and a right of reply."""

    dispute_id: UUID = fields.UUIDField()
    matter_code: str = CodeField()
    unit: str = fields.TextField()
    quarter: str = CodeField()  # 2026Q4
    rule: str = CodeField()
    rule_version: int = fields.IntField()
    key: str = CodeField()  # the same fact counts once
    points: int = fields.IntField()
    state: ScoreState = fields.CharEnumField(ScoreState, max_length=12, default=ScoreState.COUNTED)
    reply: str = fields.TextField(default="")
    replied_at: datetime | None = fields.DatetimeField(null=True)
    occurred_at: datetime = fields.DatetimeField()

    class Meta:
        table = "mediation_score_entry"
