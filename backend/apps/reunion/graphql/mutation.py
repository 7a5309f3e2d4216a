"""Mutations of reunion: each hands its input to one command of `service`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.reunion import access, inputs, models
from backend.apps.reunion.graphql.types import ReunionCase, ReunionCasePayload
from backend.apps.reunion.service import common, endings, gallery, proofs, records, reviews, searches
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


def _answer(row: models.Case | None, errors: list[UserError]) -> ReunionCasePayload:
    return ReunionCasePayload(case=ReunionCase.of(row) if row else None, errors=errors)


def _command(work: Callable[[Actor, Any], Awaitable[models.Case]], kind: type) -> Any:
    """A mutation field for a command that takes one input and answers with the case."""
    return command_field(work, kind, ReunionCasePayload, _answer, _reload)


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
    withdraw_reunion_case = _command(endings.withdraw, inputs.ReunionStepInput)

    @strawberry.mutation(description="Take a photograph away; it is erased with the next sweep.")
    async def remove_reunion_picture(self, info: Info, picture_id: ID) -> ReunionCasePayload:
        row, errors = await run_command(info, gallery.remove_picture, str(picture_id), _reload, field="pictureId")
        return ReunionCasePayload(case=ReunionCase.of(row) if row else None, errors=errors)

    @strawberry.mutation(description="The reporter's telephone, for a reason that he reads.")
    async def reveal_reporter(self, info: Info, input: inputs.RevealReporterInput) -> ReunionReporterPayload:
        row, errors = await run_command(info, records.reveal_reporter, input, _reload_report)
        if row is None:
            return ReunionReporterPayload(name=None, phone=None, errors=errors)
        phone = common.unseal("missing", "phone", row.id, row.phone_sealed, row.county)
        return ReunionReporterPayload(name=row.reporter_name, phone=phone or None, errors=errors)
