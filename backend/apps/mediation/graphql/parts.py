"""Rows that hang on a dispute, as GraphQL shows them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.mediation import access, loaders, models
from backend.apps.mediation.access import Standing
from backend.apps.mediation.enums import DisputeState, Force, PartySide, RatingScale
from backend.kernel import clock
from backend.kernel.deadlines.models import ExtensionRequest as ExtensionRow
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.types import Paper
from backend.kernel.privacy import vault
from backend.kernel.privacy.masking import mask_name, mask_phone


@strawberry.type
class Mediator:
    membership_id: ID
    name: str
    role: str
    agency_name: str
    force: Force | None
    recused: bool

    @classmethod
    def of(cls, row: models.TeamMember) -> Mediator:
        return cls(
            membership_id=ID(str(row.membership_id)), name=row.name, role=row.role, agency_name=row.agency_name,
            force=Force(row.force) if row.force else None, recused=row.recused,
        )  # fmt: skip


@strawberry.type(description="Who answers for the dispute now, with an office telephone the parties may call.")
class ResponsiblePerson:
    membership_id: ID
    name: str
    role: str
    agency_name: str
    phone: str | None

    @classmethod
    def of(cls, row: models.Responsibility) -> ResponsiblePerson:
        return cls(
            membership_id=ID(str(row.membership_id)), name=row.name, role=row.role, agency_name=row.agency_name,
            phone=row.duty_phone or None,
        )  # fmt: skip


@strawberry.type(description="Somebody the dispute is between. Contact data is masked; see `revealPartyContact`.")
class Party:
    id: ID
    side: PartySide
    kind: str
    name: str
    phone_masked: str | None
    willing: bool | None
    representative: str | None
    can_reveal: bool
    is_me: bool
    at_risk: bool

    @classmethod
    def of(cls, row: models.Party, standing: Standing) -> Party:
        is_me = row.id == standing.party_id
        is_staff = standing.actor.is_staff
        hidden = _is_hidden(row, standing)
        phone = ""
        if (is_staff or is_me) and not hidden:
            phone = mask_phone(vault.unseal("mediation_party", "phone", row.id, row.phone, row.county))
        return cls(
            id=ID(str(row.id)), side=row.side, kind=row.kind, name=party_name(row, standing), phone_masked=phone or None,
            willing=row.willing, representative=None if hidden else row.representative or None,
            can_reveal=bool(row.phone or row.id_number) and access.may_see_contact(standing) and not hidden,
            is_me=is_me, at_risk=row.at_risk and is_staff,
        )  # fmt: skip


def _is_hidden(row: models.Party, standing: Standing) -> bool:
    return row.is_reporter and row.id != standing.party_id and not access.may_see_reporter(standing)


def party_name(row: models.Party, standing: Standing) -> str:
    """Whole for officers and one's own side, masked for the other side, empty for a hidden reporter."""
    if _is_hidden(row, standing):
        return ""
    is_near = standing.actor.is_staff or row.id == standing.party_id or row.side == standing.side
    return row.name if is_near else mask_name(row.name)


@strawberry.type
class Attendance:
    party_id: ID
    party_name: str
    agreed: bool | None
    attended: bool | None


@strawberry.type
class Session:
    id: ID
    starts_at: datetime
    place: str
    state: str
    statements: str | None
    proposals: str | None
    result: str | None
    row: strawberry.Private[models.Session]

    @classmethod
    def of(cls, row: models.Session) -> Session:
        return cls(
            id=ID(str(row.id)), starts_at=row.starts_at, place=row.place, state=row.state,
            statements=row.statements or None, proposals=row.proposals or None, result=row.result or None, row=row,
        )  # fmt: skip

    @strawberry.field
    async def mediators(self, info: Info) -> list[Mediator]:
        rows = await info.context.load(loaders.team, self.row.dispute_id)
        return [Mediator.of(row) for row in rows if row.left_at is None]

    @strawberry.field(description="Whether I said that I come; null: I have not answered.")
    async def my_response(self, info: Info) -> bool | None:
        standing = await info.context.load(loaders.standings, self.row.dispute_id)
        rows = await info.context.load(loaders.attendance, self.row.id)
        return next((row.agreed for row in rows if row.party_id == standing.party_id), None)

    @strawberry.field
    async def attendance(self, info: Info) -> list[Attendance]:
        standing = await info.context.load(loaders.standings, self.row.dispute_id)
        parties = await info.context.load(loaders.parties, self.row.dispute_id)
        names = {row.id: party_name(row, standing) for row in parties}
        rows = await info.context.load(loaders.attendance, self.row.id)
        return [
            Attendance(
                party_id=ID(str(row.party_id)), party_name=names.get(row.party_id, ""), agreed=row.agreed,
                attended=row.attended,
            )
            for row in rows
        ]  # fmt: skip


@strawberry.type
class Instalment:
    id: ID
    due: date
    text: str
    amount: float | None
    performed_at: datetime | None
    overdue: bool

    @classmethod
    def of(cls, row: models.Instalment) -> Instalment:
        today = clock.now().astimezone(clock.LOCAL).date()
        return cls(
            id=ID(str(row.id)), due=row.due, text=row.text,
            amount=float(row.amount) if row.amount is not None else None, performed_at=row.performed_at,
            overdue=row.performed_at is None and today > row.due,
        )  # fmt: skip


@strawberry.type
class Agreement:
    id: ID
    kind: str
    facts: str
    terms: list[str]
    perform_due: date | None
    signed_at: datetime | None
    effective_at: datetime | None
    confirm_until: datetime | None
    confirm_state: str
    row: strawberry.Private[models.Agreement]

    @classmethod
    def of(cls, row: models.Agreement) -> Agreement:
        return cls(
            id=ID(str(row.id)), kind=row.kind, facts=row.facts, terms=row.terms, perform_due=row.perform_due,
            signed_at=row.effective_at, effective_at=row.effective_at, confirm_until=row.confirm_until,
            confirm_state=row.confirm_state, row=row,
        )  # fmt: skip

    @strawberry.field
    async def instalments(self, info: Info) -> list[Instalment]:
        return [Instalment.of(row) for row in await info.context.load(loaders.instalments, self.row.id)]

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        row = await info.context.load(kernel_loaders.papers, self.row.paper_id)
        return Paper.of(row) if row else None


@strawberry.type
class Rating:
    id: ID
    process: RatingScale
    result: RatingScale
    reason: str | None
    rated_at: datetime
    by_me: bool


@strawberry.type(description="督办单: level 1 town leader, 2 county centre, 3 county leader.")
class SupervisionNotice:
    id: ID
    level: int
    reason: str
    issued_at: datetime
    due_at: datetime
    reply: str | None
    replied_at: datetime | None

    @classmethod
    def of(cls, row: models.SupervisionNotice, *, with_reply: bool) -> SupervisionNotice:
        return cls(
            id=ID(str(row.id)), level=row.level, reason=row.rule, issued_at=row.issued_at, due_at=row.due_at,
            reply=(row.reply or None) if with_reply else None, replied_at=row.replied_at,
        )  # fmt: skip


@strawberry.type
class RelatedDispute:
    id: ID
    code: str
    title: str
    state: DisputeState


@strawberry.type
class Relation:
    kind: str
    dispute: RelatedDispute


@strawberry.type
class ExtensionRequest:
    id: ID
    clock_rule: str
    length: int
    unit: str
    basis: str
    reason: str
    state: str
    requested_at: datetime
    opinion: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: ExtensionRow, rule: str) -> ExtensionRequest:
        return cls(
            id=ID(str(row.id)), clock_rule=rule, length=row.length, unit=row.unit, basis=row.basis, reason=row.reason,
            state=row.state, requested_at=row.requested_at, opinion=row.opinion or None, decided_at=row.decided_at,
        )  # fmt: skip


@strawberry.type
class ReturnVisit:
    id: ID
    visited_at: datetime
    performance: str
    satisfaction: RatingScale
    notes: str

    @classmethod
    def of(cls, row: models.ReturnVisit) -> ReturnVisit:
        return cls(
            id=ID(str(row.id)), visited_at=row.visited_at, performance=row.performance,
            satisfaction=row.satisfaction, notes=row.notes,
        )  # fmt: skip


@strawberry.type
class Objection:
    id: ID
    grounds: str
    state: str
    filed_at: datetime
    decision: str | None

    @classmethod
    def of(cls, row: models.Objection) -> Objection:
        return cls(
            id=ID(str(row.id)), grounds=row.grounds, state=row.state, filed_at=row.filed_at,
            decision=row.decision or None,
        )  # fmt: skip


@strawberry.type(description="What I may do with the dispute now, and the evidence it asks for.")
class AvailableAction:
    name: str
    requires: list[str]
    step_up: bool
