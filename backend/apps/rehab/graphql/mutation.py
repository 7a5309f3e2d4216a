"""Mutations of supervision: each hands its input to one command of `service`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.rehab import access, inputs, models
from backend.apps.rehab.graphql.parts import RehabTask
from backend.apps.rehab.graphql.points import RehabRuleSet
from backend.apps.rehab.graphql.types import RehabCase, RehabCasePayload
from backend.apps.rehab.service import (
    breaches,
    cases,
    chain,
    check_ins,
    duties,
    endings,
    enrolment,
    green_pass,
    leaves,
    objections,
    requests,
    rule_sets,
    scoring,
    testing,
    whistles,
)
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql.commands import command_field, run_command
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import OkPayload


@strawberry.type
class RehabTaskPayload:
    task: RehabTask | None
    errors: list[UserError]


@strawberry.type
class RehabRuleSetPayload:
    rule_set: RehabRuleSet | None
    errors: list[UserError]


@strawberry.type(description="Gestures to show once, and the key that seals what the phone captures.")
class RehabChallenge:
    id: ID
    gestures: list[str]
    nonce: str
    seal_key: str
    offline: bool
    issued_at: datetime
    expires_at: datetime


@strawberry.type
class RehabChallengesPayload:
    challenges: list[RehabChallenge]
    errors: list[UserError]


@strawberry.type(description="One code of the pass, good for its own minute.")
class RehabPassToken:
    text: str
    starts_at: datetime
    expires_at: datetime


@strawberry.type
class RehabPassPayload:
    tokens: list[RehabPassToken]
    errors: list[UserError]


@strawberry.type(description="Yes or no, and nothing else.")
class RehabPassAnswer:
    valid: bool
    looked_at: datetime


@strawberry.type
class RehabPassAnswerPayload:
    answer: RehabPassAnswer | None
    errors: list[UserError]


@strawberry.type
class RehabContactPayload:
    phone: str | None
    id_number: str | None
    errors: list[UserError]


async def _reload(actor: Actor, case_id: UUID) -> models.Case:
    """The case a repeated command answered with the first time."""
    row = await access.readable(actor).filter(id=case_id).first()
    if row is None:
        raise not_found("id")
    return row


async def _reload_task(actor: Actor, task_id: UUID) -> models.Task:
    row = await access.own_tasks(actor).filter(id=task_id).first()
    if row is None:
        raise not_found("taskId")
    return row


def _answer(row: models.Case | None, errors: list[UserError]) -> RehabCasePayload:
    return RehabCasePayload(case=RehabCase.of(row) if row else None, errors=errors)


def _command(work: Callable[[Actor, Any], Awaitable[models.Case]], kind: type) -> Any:
    """A mutation field for a command that takes one input and answers with the case."""
    return command_field(work, kind, RehabCasePayload, _answer, _reload)


@strawberry.type
class RehabMutation:
    register_rehab_case = _command(cases.register_case, inputs.RegisterCaseInput)
    report_in = _command(cases.report_in, inputs.ReportInInput)
    record_not_reported = _command(cases.not_reported, inputs.NotReportedInput)
    assign_rehab_link = _command(chain.assign_link, inputs.AssignLinkInput)
    invite_family = _command(chain.invite_family, inputs.InviteFamilyInput)
    draft_treatment_agreement = _command(cases.draft_agreement, inputs.TreatmentAgreementInput)
    sign_case_paper = _command(cases.sign_case_paper, inputs.SignCaseInput)
    start_supervision = _command(cases.start_supervision, inputs.StartSupervisionInput)
    suspend_rehab_case = _command(endings.suspend_case, inputs.SuspendCaseInput)
    resume_rehab_case = _command(endings.resume_case, inputs.CaseStepInput)
    note_breach = _command(breaches.note_breach, inputs.BreachNoteInput)
    confirm_breach = _command(breaches.confirm_breach, inputs.BreachDecisionInput)
    settle_breach = _command(breaches.settle_breach, inputs.CaseStepInput)
    report_serious_breach = _command(breaches.report_serious_breach, inputs.CaseStepInput)
    find_relapse = _command(endings.find_relapse, inputs.RelapseInput)
    settle_relapse = _command(endings.settle_relapse, inputs.CaseStepInput)
    order_isolation = _command(endings.order_isolation, inputs.IsolationInput)
    begin_follow_up = _command(endings.begin_follow_up, inputs.CaseStepInput)
    exit_rehab_case = _command(endings.exit_case, inputs.CaseStepInput)
    terminate_rehab_case = _command(endings.terminate_case, inputs.TerminateInput)
    consent_to_face = _command(enrolment.consent_to_face, inputs.ConsentInput)
    enrol_face = _command(enrolment.enrol_face, inputs.EnrolFaceInput)
    confirm_face = _command(enrolment.confirm_face, inputs.ConfirmFaceInput)
    submit_check_in = _command(check_ins.submit_check_in, inputs.CheckInInput)
    retake_check_in = _command(check_ins.retake_check_in, inputs.RetakeInput)
    send_check_in_anyway = _command(check_ins.send_check_in_anyway, inputs.SendAnywayInput)
    review_check_in = _command(check_ins.review_check_in, inputs.ReviewCheckInInput)
    demand_check_in = _command(duties.demand_check_in, inputs.DemandCheckInInput)
    excuse_rehab_task = _command(duties.excuse_task, inputs.ExcuseTaskInput)
    record_drug_test = _command(testing.record_test, inputs.RecordTestInput)
    ask_laboratory = _command(testing.ask_laboratory, inputs.LabAskInput)
    record_lab_result = _command(testing.record_lab_result, inputs.LabResultInput)
    record_points = _command(scoring.record_points, inputs.RecordPointsInput)
    confirm_points = _command(scoring.confirm_points, inputs.ConfirmPointsInput)
    decide_band = _command(scoring.decide_band, inputs.DecideBandInput)
    override_band = _command(scoring.override_band, inputs.OverrideBandInput)
    object_to_rehab = _command(objections.file_objection, inputs.FileObjectionInput)
    decide_rehab_objection = _command(objections.decide_objection, inputs.DecideObjectionInput)
    ask_further_review = _command(objections.ask_further_review, inputs.FurtherReviewInput)
    decide_further_review = _command(objections.decide_further_review, inputs.DecideObjectionInput)
    file_leave = _command(leaves.file_leave, inputs.LeaveInput)
    decide_leave = _command(leaves.decide_leave, inputs.DecideLeaveInput)
    extend_leave = _command(leaves.extend_leave, inputs.LeaveChangeInput)
    return_from_leave = _command(leaves.return_from_leave, inputs.LeaveChangeInput)
    withdraw_leave = _command(leaves.withdraw_leave, inputs.LeaveChangeInput)
    file_rehab_request = _command(requests.file_request, inputs.FileRequestInput)
    take_rehab_request = _command(requests.take_request, inputs.RequestStepInput)
    decide_rehab_request = _command(requests.decide_request, inputs.DecideRequestInput)
    withdraw_rehab_request = _command(requests.withdraw_request, inputs.RequestStepInput)
    blow_whistle = _command(whistles.blow_whistle, inputs.WhistleInput)
    close_whistle = _command(whistles.close_whistle, inputs.CloseWhistleInput)

    @strawberry.mutation(description="Consent withdrawn: templates are gone at once, check-ins go on without a face.")
    async def withdraw_face(self, info: Info, id: ID) -> RehabCasePayload:
        row, errors = await run_command(info, enrolment.withdraw_face, id, _reload, field="id")
        return RehabCasePayload(case=RehabCase.of(row) if row else None, errors=errors)

    @strawberry.mutation(description="Gestures to show, each once: for now, or ahead for days without a network.")
    async def rehab_challenges(self, info: Info, input: inputs.ChallengesInput) -> RehabChallengesPayload:
        found, errors = await run_command(info, enrolment.new_challenges, input)
        return RehabChallengesPayload(
            challenges=[
                RehabChallenge(
                    id=ID(str(row.id)), gestures=row.gestures, nonce=row.nonce, seal_key=row.seal_key,
                    offline=row.offline, issued_at=row.issued_at, expires_at=row.expires_at,
                )
                for row in (found.rows if found else [])
            ],
            errors=errors,
        )  # fmt: skip

    @strawberry.mutation(description="Record a visit, talk, patrol, call or family note. Works offline.")
    async def complete_rehab_task(self, info: Info, input: inputs.CompleteTaskInput) -> RehabTaskPayload:
        row, errors = await run_command(info, duties.complete_task, input, _reload_task)
        return RehabTaskPayload(task=RehabTask.of(row, info) if row else None, errors=errors)

    @strawberry.mutation(description="Codes of the pass for the next minutes.")
    async def show_pass(self, info: Info, id: ID) -> RehabPassPayload:
        shown, errors = await run_command(info, green_pass.show_pass, id, field="id")
        return RehabPassPayload(
            tokens=[
                RehabPassToken(text=each.text, starts_at=each.starts_at, expires_at=each.expires_at)
                for each in (shown.tokens if shown else [])
            ],
            errors=errors,
        )

    @strawberry.mutation(description="An officer on duty verifies a pass, with a reason. The person reads every look-up.")
    async def verify_pass(self, info: Info, input: inputs.VerifyPassInput) -> RehabPassAnswerPayload:
        found, errors = await run_command(info, green_pass.verify_pass, input)
        answer = RehabPassAnswer(valid=found.valid, looked_at=found.looked_at) if found else None
        return RehabPassAnswerPayload(answer=answer, errors=errors)

    @strawberry.mutation(description="Look-ups made without a network, written down now.")
    async def log_offline_lookups(self, info: Info, lookups: list[inputs.OfflineLookupInput]) -> OkPayload:
        _, errors = await run_command(info, green_pass.log_offline_lookups, lookups, field="lookups")
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation(description="Show contact data once, for a reason the person can read.")
    async def reveal_case_contact(self, info: Info, input: inputs.RevealCaseInput) -> RehabContactPayload:
        row, errors = await run_command(info, cases.reveal_case_contact, input)
        return RehabContactPayload(
            phone=row.phone or None if row else None, id_number=row.id_number or None if row else None, errors=errors
        )

    @strawberry.mutation(description="Take over a case from another county, or say why not.")
    async def answer_transfer(self, info: Info, input: inputs.AnswerTransferInput) -> OkPayload:
        _, errors = await run_command(info, requests.answer_transfer, input)
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation(description="Call for help from one's own task, without seeing the case.")
    async def raise_alarm(self, info: Info, input: inputs.AlarmInput) -> OkPayload:
        _, errors = await run_command(info, whistles.raise_alarm, input)
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation(description="Write down a county's own rules.")
    async def draft_rule_set(self, info: Info, input: inputs.RuleSetInput) -> RehabRuleSetPayload:
        row, errors = await run_command(info, rule_sets.draft_rule_set, input)
        return RehabRuleSetPayload(rule_set=RehabRuleSet.of(row, info) if row else None, errors=errors)

    @strawberry.mutation(description="Try a draft on every supervised person of the county.")
    async def try_rule_set(self, info: Info, id: ID) -> RehabRuleSetPayload:
        row, errors = await run_command(info, rule_sets.dry_run, id, field="id")
        return RehabRuleSetPayload(rule_set=RehabRuleSet.of(row, info) if row else None, errors=errors)

    @strawberry.mutation(description="Commit what another person drafted, or drop it.")
    async def finish_rule_set(self, info: Info, input: inputs.RuleSetStepInput) -> RehabRuleSetPayload:
        row, errors = await run_command(info, rule_sets.finish_rule_set, input)
        return RehabRuleSetPayload(rule_set=RehabRuleSet.of(row, info) if row else None, errors=errors)
