"""Mutations of reunion: each hands its input to one command of `service`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.reunion import access, inputs, models
from backend.apps.reunion.graphql import desk as desk_answers
from backend.apps.reunion.graphql import imports as import_answers
from backend.apps.reunion.graphql.care import ReunionCallPayload, ReunionKinPayload
from backend.apps.reunion.graphql.hands import ReunionTaskPayload, answer, reload_task
from backend.apps.reunion.graphql.public import (
    ReunionStatusLinkPayload,
    ReunionTip,
    ReunionTipPayload,
    ReunionTipPhonePayload,
)
from backend.apps.reunion.graphql.types import ReunionCase, ReunionCasePayload
from backend.apps.reunion.inputs import imports as import_inputs
from backend.apps.reunion.service import (
    bulletins,
    cards,
    care,
    common,
    desk,
    endings,
    gallery,
    hands,
    imports,
    proofs,
    records,
    replies,
    reviews,
    searches,
    status,
    tips,
)
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql.commands import command_field, run_command
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError


@strawberry.type
class ReunionReporterPayload:
    name: str | None
    phone: str | None
    errors: list[UserError]


async def _reload(actor: Actor, case_id: UUID) -> models.Case:
    """The case a repeated command answered with the first time."""
    row = await access.readable(actor).filter(id=case_id).first()
    if row is None:
        raise not_found("id")
    return row


async def _reload_report(actor: Actor, report_id: UUID) -> models.MissingReport:
    row = await models.MissingReport.get_or_none(id=report_id)
    if row is None or not access.is_ours(actor, await _reload(actor, row.case_id)):
        raise not_found("id")
    return row


async def _reload_tip(actor: Actor, tip_id: UUID) -> models.Tip:
    row = await models.Tip.get_or_none(id=tip_id, account_id=actor.account_id)
    if row is None:
        raise not_found("bulletinId")
    return row


def _answer(row: models.Case | None, errors: list[UserError]) -> ReunionCasePayload:
    return ReunionCasePayload(case=ReunionCase.of(row) if row else None, errors=errors)


def _command(work: Callable[[Actor, Any], Awaitable[Any]], kind: type, *answered: Any) -> Any:
    """A mutation field for a command that takes one input and answers with the case, or as `answered` says."""
    return command_field(work, kind, *(answered or (ReunionCasePayload, _answer, _reload)))


async def _reload_call(actor: Actor, call_id: UUID) -> models.CardCall:
    row = await models.CardCall.get_or_none(id=call_id)
    if row is None or not access.is_ours(actor, await _reload(actor, row.case_id)):
        raise not_found("id")
    return row


async def _reload_kin(actor: Actor, kin_id: UUID) -> models.NextOfKin:
    row = await models.NextOfKin.get_or_none(id=kin_id)
    if row is None or not access.is_ours(actor, await _reload(actor, row.case_id)):
        raise not_found("id")
    return row


async def _reload_card(actor: Actor, case_id: UUID) -> cards.IssuedCard:
    """A repeat shows no link: it was known once."""
    case = await _reload(actor, case_id)
    return cards.IssuedCard(case.id, case, None)


@strawberry.type(description="The card's link, this once; a repeat of the command shows none, and the card is issued anew.")
class ReunionCardPayload:
    case: ReunionCase | None
    token: str | None
    errors: list[UserError]


@strawberry.type
class ReunionMutation:
    report_missing = _command(records.report_missing, inputs.ReportMissingInput)
    register_found = _command(records.register_found, inputs.RegisterFoundInput)
    correct_reunion_facts = _command(records.correct_facts, inputs.CorrectFactsInput)
    record_reunion_basis = _command(records.record_basis, inputs.BasisInput)
    record_quick_check = _command(records.quick_check, inputs.ReunionStepInput)
    raise_reunion_alarm = _command(records.raise_alarm, inputs.AlarmCaseInput)
    refuse_contact = _command(records.refuse_contact, inputs.ReunionStepInput)
    add_reunion_picture = _command(gallery.add_picture, inputs.AddPictureInput)
    choose_reunion_face = _command(gallery.choose_face, inputs.ChooseFaceInput)
    request_face_search = _command(searches.request_search, inputs.RequestSearchInput)
    decide_face_search = _command(searches.decide_search, inputs.DecideSearchInput)
    review_candidate = _command(reviews.review_candidate, inputs.ReviewCandidateInput)
    ask_reunion_verification = _command(proofs.ask_verification, inputs.ReunionStepInput)
    record_reunion_proof = _command(proofs.record_proof, inputs.ProofInput)
    confirm_reunion_identity = _command(proofs.confirm_identity, inputs.ReunionStepInput)
    arrange_return = _command(endings.arrange_return, inputs.ArrangeReturnInput)
    hand_over = _command(endings.hand_over, inputs.HandOverInput)
    record_follow_up = _command(endings.record_follow_up, inputs.ReunionStepInput)
    close_reunion_case = _command(endings.close_case, inputs.ReunionStepInput)
    place_person = _command(endings.place, inputs.ReunionStepInput)
    ask_assist = _command(desk.ask_assist, inputs.AskAssistInput, *desk_answers.ANSWERED)
    end_assist = _command(desk.end_assist, inputs.AssistWordsInput, *desk_answers.ANSWERED)
    thank_for_assist = _command(desk.thank_for_assist, inputs.ThankAssistInput, *desk_answers.ANSWERED)
    take_up_assist = _command(replies.take_up_assist, inputs.AssistInput, *desk_answers.ANSWERED)
    answer_assist = _command(replies.answer_assist, inputs.AnswerAssistInput, *desk_answers.ANSWERED)
    decline_assist = _command(replies.decline_assist, inputs.AssistWordsInput, *desk_answers.ANSWERED)
    publish_bulletin = _command(bulletins.publish_bulletin, inputs.PublishBulletinInput)
    decide_bulletin = _command(bulletins.decide_bulletin, inputs.DecideBulletinInput)
    take_down_bulletin = _command(bulletins.take_down_bulletin, inputs.ReunionStepInput)
    withdraw_bulletin = _command(bulletins.withdraw_bulletin, inputs.ReunionStepInput)
    forgo_bulletin = _command(bulletins.forgo_bulletin, inputs.ReunionStepInput)
    answer_tip = _command(tips.answer_tip, inputs.AnswerTipInput)
    end_status_link = _command(status.end_status_link, inputs.StatusLinkInput)
    create_reunion_import = _command(imports.create_import, import_inputs.CreateImportInput, *import_answers.ANSWERED)
    revise_reunion_import = _command(imports.revise_import, import_inputs.ReviseImportInput, *import_answers.ANSWERED)
    fix_reunion_import_cell = _command(imports.fix_cell, import_inputs.ImportCellInput, *import_answers.ANSWERED)
    decide_reunion_import_rows = _command(imports.decide_rows, import_inputs.ImportChoiceInput, *import_answers.ANSWERED)
    run_reunion_import = _command(imports.run_import, import_inputs.ImportStepInput, *import_answers.ANSWERED)
    stop_reunion_import = _command(imports.stop_import, import_inputs.ImportStepInput, *import_answers.ANSWERED)
    finish_reunion_import = _command(imports.finish_import, import_inputs.ImportStepInput, *import_answers.ANSWERED)
    withdraw_reunion_case = _command(endings.withdraw, inputs.ReunionStepInput)

    @strawberry.mutation(description="Take a photograph away; it is erased with the next sweep.")
    async def remove_reunion_picture(self, info: Info, picture_id: ID) -> ReunionCasePayload:
        row, errors = await run_command(info, gallery.remove_picture, str(picture_id), _reload, field="pictureId")
        return ReunionCasePayload(case=ReunionCase.of(row) if row else None, errors=errors)

    @strawberry.mutation(description="Say where the person of a bulletin may be.")
    async def leave_tip(self, info: Info, input: inputs.LeaveTipInput) -> ReunionTipPayload:
        row, errors = await run_command(info, tips.leave_tip, input, _reload_tip)
        return ReunionTipPayload(tip=ReunionTip.of(row, [], whole=False) if row else None, errors=errors)

    @strawberry.mutation(description="The telephone of whoever left a tip, for a reason that he reads.")
    async def reveal_tip(self, info: Info, input: inputs.RevealTipInput) -> ReunionTipPhonePayload:
        row, errors = await run_command(info, tips.reveal_tip, input)
        phone = common.unseal("tip", "phone", row.id, row.phone_sealed, row.county) if row else ""
        return ReunionTipPhonePayload(phone=phone or None, errors=errors)

    @strawberry.mutation(description="A new status link for the family; the one before opens nothing any more.")
    async def issue_status_link(self, info: Info, input: inputs.StatusLinkInput) -> ReunionStatusLinkPayload:
        issued, errors = await run_command(info, status.issue_status_link, input)
        return ReunionStatusLinkPayload(path=f"/reunion/status#{issued[1]}" if issued else None, errors=errors)

    @strawberry.mutation(description="The reporter's telephone, for a reason that he reads.")
    async def reveal_reporter(self, info: Info, input: inputs.RevealReporterInput) -> ReunionReporterPayload:
        row, errors = await run_command(info, records.reveal_reporter, input, _reload_report)
        if row is None:
            return ReunionReporterPayload(name=None, phone=None, errors=errors)
        phone = common.unseal("missing", "phone", row.id, row.phone_sealed, row.county)
        return ReunionReporterPayload(name=row.reporter_name, phone=phone or None, errors=errors)

    give_reunion_task = _command(hands.give_task, inputs.GiveTaskInput)
    link_reunion_find = _command(care.link_find, inputs.LinkFindInput)
    unlink_reunion_find = _command(care.unlink_find, inputs.CareRowInput)
    add_next_of_kin = _command(care.add_kin, inputs.AddKinInput)
    remove_next_of_kin = _command(care.remove_kin, inputs.CareRowInput)
    save_care_plan = _command(care.save_care_plan, inputs.CarePlanInput)
    end_home_card = _command(cards.end_home_card, inputs.CareRowInput)

    @strawberry.mutation(description="A new card; the one before it opens nothing from now on.")
    async def issue_home_card(self, info: Info, input: inputs.IssueCardInput) -> ReunionCardPayload:
        made, errors = await run_command(info, cards.issue_home_card, input, _reload_card)
        return ReunionCardPayload(
            case=ReunionCase.of(made.case) if made else None, token=made.token if made else None, errors=errors
        )

    @strawberry.mutation(description="I take care of whoever carries the card: the others need not.")
    async def answer_card_call(self, info: Info, input: inputs.TaskStepInput) -> ReunionCallPayload:
        return ReunionCallPayload.of(*await run_command(info, cards.answer_card_call, input, _reload_call))

    @strawberry.mutation(description="How it ended; the new find, if one was registered.")
    async def close_card_call(self, info: Info, input: inputs.CloseCallInput) -> ReunionCallPayload:
        return ReunionCallPayload.of(*await run_command(info, cards.close_card_call, input, _reload_call))

    @strawberry.mutation(description="A relative's telephone, for a reason that whoever it is about can read.")
    async def reveal_next_of_kin(self, info: Info, input: inputs.CareRowInput) -> ReunionKinPayload:
        return ReunionKinPayload.of(*await run_command(info, care.reveal_kin, input, _reload_kin))

    @strawberry.mutation(description="I do it. Of an agency that was asked as such, whoever accepts first.")
    async def accept_reunion_task(self, info: Info, input: inputs.TaskStepInput) -> ReunionTaskPayload:
        return answer(info, *await run_command(info, hands.accept_task, input, reload_task))

    @strawberry.mutation(description="What was done, with a picture where one helps.")
    async def finish_reunion_task(self, info: Info, input: inputs.FinishTaskInput) -> ReunionTaskPayload:
        return answer(info, *await run_command(info, hands.finish_task, input, reload_task))

    @strawberry.mutation(description="I cannot do it, and why: the giver asks somebody else.")
    async def refuse_reunion_task(self, info: Info, input: inputs.TaskStepInput) -> ReunionTaskPayload:
        return answer(info, *await run_command(info, hands.refuse_task, input, reload_task))

    @strawberry.mutation(description="The giver has seen the result and it is enough.")
    async def verify_reunion_task(self, info: Info, input: inputs.TaskStepInput) -> ReunionTaskPayload:
        return answer(info, *await run_command(info, hands.verify_task, input, reload_task))

    @strawberry.mutation(description="It is not enough: why, and until when again.")
    async def return_reunion_task(self, info: Info, input: inputs.ReturnTaskInput) -> ReunionTaskPayload:
        return answer(info, *await run_command(info, hands.return_task, input, reload_task))

    @strawberry.mutation(description="It is not needed any more; whoever worked on it hears so.")
    async def cancel_reunion_task(self, info: Info, input: inputs.TaskStepInput) -> ReunionTaskPayload:
        return answer(info, *await run_command(info, hands.cancel_task, input, reload_task))
