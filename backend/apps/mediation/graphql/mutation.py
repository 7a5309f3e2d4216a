"""Mutations of mediation: each hands its input to one command of `service`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.mediation import access, models
from backend.apps.mediation.graphql.reports import ContactPayload, DisputeSignal, SignalPayload
from backend.apps.mediation.graphql.types import Dispute, DisputePayload
from backend.apps.mediation.inputs import (
    AcceptInput,
    AgreementInput,
    AssignInput,
    BreachInput,
    CloseInput,
    ConfirmationRequestInput,
    ConfirmationResultInput,
    EscalateInput,
    ExtensionDecisionInput,
    ExtensionInput,
    FailInput,
    JointInput,
    MinutesInput,
    NoteInput,
    ObjectionDecisionInput,
    ObjectionInput,
    PerformanceInput,
    RateInput,
    RedirectInput,
    ReopenInput,
    ReplaceMediatorInput,
    ReportDisputeInput,
    ReturnInput,
    ReturnVisitInput,
    RevealInput,
    RiskInput,
    ScoreDecisionInput,
    ScoreReplyInput,
    SendDownInput,
    SessionInput,
    SessionResponseInput,
    SignalAnalysisInput,
    SignInput,
    StartMediationInput,
    SupervisionReplyInput,
    SuspendInput,
    TriageInput,
    UrgeInput,
)
from backend.apps.mediation.service import (
    assignment,
    feedback,
    hearing,
    intake,
    scoring,
    settlement,
    supervision,
    warning,
)
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql.commands import command_field, run_command
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import OkPayload


async def _reload(actor: Actor, dispute_id: UUID) -> models.Dispute:
    """The dispute a repeated command answered with the first time."""
    row = await access.readable(actor).filter(id=dispute_id).first()
    if row is None:
        raise not_found("id")
    return row


def _answer(row: models.Dispute | None, errors: list[UserError]) -> DisputePayload:
    return DisputePayload(dispute=Dispute.of(row) if row else None, errors=errors)


def _command(work: Callable[[Actor, Any], Awaitable[models.Dispute]], kind: type) -> Any:
    """A mutation field for a command that takes one input and answers with the dispute."""
    return command_field(work, kind, DisputePayload, _answer, _reload)


@strawberry.type
class MediationMutation:
    report_dispute = _command(intake.report_dispute, ReportDisputeInput)
    triage_dispute = _command(assignment.triage_dispute, TriageInput)
    assign_dispute = _command(assignment.assign_dispute, AssignInput)
    redirect_dispute = _command(assignment.redirect_dispute, RedirectInput)
    return_dispute = _command(assignment.return_dispute, ReturnInput)
    accept_dispute = _command(assignment.accept_dispute, AcceptInput)
    start_mediation = _command(hearing.start_mediation, StartMediationInput)
    replace_mediator = _command(hearing.replace_mediator, ReplaceMediatorInput)
    schedule_session = _command(hearing.schedule_session, SessionInput)
    respond_to_session = _command(hearing.respond_to_session, SessionResponseInput)
    record_minutes = _command(hearing.record_minutes, MinutesInput)
    draft_agreement = _command(settlement.draft_agreement, AgreementInput)
    sign_paper = _command(settlement.sign_paper, SignInput)
    fail_mediation = _command(hearing.fail_mediation, FailInput)
    end_mediation = _command(hearing.end_mediation, NoteInput)
    escalate_dispute = _command(assignment.escalate_dispute, EscalateInput)
    send_down_dispute = _command(assignment.send_down_dispute, SendDownInput)
    invite_joint = _command(assignment.invite_joint, JointInput)
    request_confirmation = _command(settlement.request_confirmation, ConfirmationRequestInput)
    record_confirmation = _command(settlement.record_confirmation, ConfirmationResultInput)
    record_performance = _command(settlement.record_performance, PerformanceInput)
    report_breach = _command(settlement.report_breach, BreachInput)
    record_return_visit = _command(feedback.record_return_visit, ReturnVisitInput)
    close_dispute = _command(feedback.close_dispute, CloseInput)
    rate_dispute = _command(feedback.rate_dispute, RateInput)
    reopen_dispute = _command(feedback.reopen_dispute, ReopenInput)
    file_objection = _command(feedback.file_objection, ObjectionInput)
    decide_objection = _command(feedback.decide_objection, ObjectionDecisionInput)
    add_material = _command(feedback.add_material, NoteInput)
    urge_dispute = _command(supervision.urge_dispute, UrgeInput)
    reply_to_supervision = _command(supervision.reply_to_supervision, SupervisionReplyInput)
    ask_extension = _command(supervision.ask_extension, ExtensionInput)
    decide_extension = _command(supervision.decide_extension, ExtensionDecisionInput)
    suspend_clock = _command(supervision.suspend_clock, SuspendInput)
    flag_risk = _command(feedback.flag_risk, RiskInput)

    @strawberry.mutation(description="Let a suspended clock run on.")
    async def resume_clock(self, info: Info, clock_id: ID) -> DisputePayload:
        row, errors = await run_command(info, supervision.resume_clock, clock_id, _reload, field="clockId")
        return DisputePayload(dispute=Dispute.of(row) if row else None, errors=errors)

    @strawberry.mutation(description="Show a party's contact data once, for a reason the party can read.")
    async def reveal_party_contact(self, info: Info, input: RevealInput) -> ContactPayload:
        row, errors = await run_command(info, feedback.reveal_party_contact, input)
        return ContactPayload(
            phone=row.phone or None if row else None, id_number=row.id_number or None if row else None, errors=errors
        )

    @strawberry.mutation(description="The written analysis of a warning signal.")
    async def analyse_signal(self, info: Info, input: SignalAnalysisInput) -> SignalPayload:
        row, errors = await run_command(info, warning.analyse_signal, input)
        return SignalPayload(signal=DisputeSignal.of(row) if row else None, errors=errors)

    @strawberry.mutation(description="A unit's reply to points it was given.")
    async def reply_to_score(self, info: Info, input: ScoreReplyInput) -> OkPayload:
        _, errors = await run_command(info, scoring.reply_to_score, input)
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation(description="Decide on points a unit has contested.")
    async def decide_score(self, info: Info, input: ScoreDecisionInput) -> OkPayload:
        _, errors = await run_command(info, scoring.decide_score, input)
        return OkPayload(ok=not errors, errors=errors)
