"""Mutations of oversight: each hands its input to one command of `service`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from backend.apps.oversight import access, inputs, models
from backend.apps.oversight.graphql.figures import OversightBaseline, OversightBaselinePayload
from backend.apps.oversight.graphql.lessons import OversightLesson, OversightLessonPayload
from backend.apps.oversight.graphql.suggestions import OversightSuggestion, OversightSuggestionPayload
from backend.apps.oversight.graphql.types import (
    OversightClue,
    OversightCluePayload,
    OversightJointPayload,
    OversightJointProject,
    OversightRecommendation,
    OversightRecommendationPayload,
)
from backend.apps.oversight.service import (
    answers,
    checks,
    clues,
    figures,
    joint,
    lessons,
    recommendations,
    suggestions,
)
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql.commands import command_field
from backend.kernel.graphql.errors import UserError


def _clue(row: models.Clue | None, errors: list[UserError]) -> OversightCluePayload:
    return OversightCluePayload(clue=OversightClue.of(row) if row else None, errors=errors)


def _recommendation(row: models.Recommendation | None, errors: list[UserError]) -> OversightRecommendationPayload:
    return OversightRecommendationPayload(recommendation=OversightRecommendation.of(row) if row else None, errors=errors)


def _suggestion(row: models.Suggestion | None, errors: list[UserError]) -> OversightSuggestionPayload:
    return OversightSuggestionPayload(suggestion=OversightSuggestion.of(row) if row else None, errors=errors)


def _lesson(row: models.Lesson | None, errors: list[UserError]) -> OversightLessonPayload:
    return OversightLessonPayload(lesson=OversightLesson.of(row) if row else None, errors=errors)


def _project(row: models.JointProject | None, errors: list[UserError]) -> OversightJointPayload:
    return OversightJointPayload(project=OversightJointProject.of(row) if row else None, errors=errors)


def _baseline(row: models.Baseline | None, errors: list[UserError]) -> OversightBaselinePayload:
    return OversightBaselinePayload(baseline=OversightBaseline.of(row) if row else None, errors=errors)


#: What a command answers with → its payload, and where a repeated one finds its first result.
ANSWERS: dict[str, tuple[type, Callable[..., Any], Callable[[Actor], Any]]] = {
    "clue": (OversightCluePayload, _clue, access.readable),
    "recommendation": (OversightRecommendationPayload, _recommendation, access.recommendations),
    "suggestion": (OversightSuggestionPayload, _suggestion, access.suggestions),
    "lesson": (OversightLessonPayload, _lesson, access.lessons),
    "project": (OversightJointPayload, _project, access.projects),
    "baseline": (OversightBaselinePayload, _baseline, access.baselines),
}


def _command(work: Callable[[Actor, Any], Awaitable[Any]], kind: type, answer: str = "clue") -> Any:
    """A mutation field for a command that takes one input and answers with a clue, a recommendation, a suggestion or a project."""
    payload, made, within_reach = ANSWERS[answer]

    async def reload(actor: Actor, row_id: UUID) -> Any:
        row = await within_reach(actor).filter(id=row_id).first()
        if row is None:
            raise not_found("id")
        return row

    return command_field(work, kind, payload, made, reload)


@strawberry.type
class OversightMutation:
    raise_clue = _command(clues.raise_clue, inputs.RaiseClueInput)
    join_clue = _command(clues.join_clue, inputs.JoinClueInput)
    shield_clue = _command(clues.shield_clue, inputs.ShieldInput)
    hand_over_matter = _command(clues.hand_over_matter, inputs.HandOverMatterInput)
    screen_clue = _command(clues.screen_clue, inputs.ScreenClueInput)
    assess_clue = _command(clues.assess_clue, inputs.AssessClueInput)
    file_oversight_case = _command(clues.file_case, inputs.FileCaseInput)
    divert_clue = _command(clues.divert_clue, inputs.DivertClueInput)
    log_investigation = _command(clues.log_investigation, inputs.InvestigationInput)
    ask_for_investigation_help = _command(clues.ask_for_investigation_help, inputs.InvestigationHelpInput)
    assign_checker = _command(clues.assign_checker, inputs.AssignCheckerInput)
    sue_oversight_case = _command(checks.sue_case, inputs.SueInput)
    close_oversight_case = _command(checks.close_case, inputs.ClueStepInput)

    draft_recommendation = _command(recommendations.draft_recommendation, inputs.DraftRecommendationInput, "recommendation")
    decide_recommendation = _command(recommendations.decide_recommendation, inputs.RecommendationDecisionInput, "recommendation")
    serve_recommendation = _command(recommendations.serve_recommendation, inputs.RecommendationStepInput, "recommendation")
    object_to_recommendation = _command(recommendations.object_to_recommendation, inputs.RecommendationStepInput, "recommendation")
    rule_on_objection = _command(recommendations.rule_on_objection, inputs.ObjectionRulingInput, "recommendation")
    reply_to_recommendation = _command(recommendations.reply_to_recommendation, inputs.ReplyInput, "recommendation")
    ask_reply_extension = _command(recommendations.ask_reply_extension, inputs.ReplyExtensionInput, "recommendation")
    decide_reply_extension = _command(
        recommendations.decide_reply_extension, inputs.ReplyExtensionDecisionInput, "recommendation"
    )
    escalate_recommendation = _command(
        recommendations.escalate_recommendation, inputs.EscalateRecommendationInput, "recommendation"
    )
    record_on_site_check = _command(checks.record_on_site_check, inputs.CheckInput, "recommendation")
    sign_on_site_check = _command(checks.sign_on_site_check, inputs.SignCheckInput, "recommendation")
    withdraw_on_site_check = _command(checks.withdraw_on_site_check, inputs.WithdrawCheckInput, "recommendation")
    check_promise = _command(checks.check_promise, inputs.PromiseCheckInput, "recommendation")
    rate_recommendation = _command(checks.rate_recommendation, inputs.RateRecommendationInput, "recommendation")
    answer_rating = _command(checks.answer_rating, inputs.AnswerRatingInput, "recommendation")

    raise_suggestion = _command(suggestions.raise_suggestion, inputs.RaiseSuggestionInput, "suggestion")
    sign_suggestion = _command(suggestions.sign_suggestion, inputs.SignSuggestionInput, "suggestion")
    review_suggestion = _command(suggestions.review_suggestion, inputs.ReviewSuggestionInput, "suggestion")
    assign_suggestion = _command(suggestions.assign_suggestion, inputs.AssignSuggestionInput, "suggestion")
    return_suggestion = _command(suggestions.return_suggestion, inputs.SuggestionStepInput, "suggestion")
    withdraw_suggestion = _command(suggestions.withdraw_suggestion, inputs.SuggestionStepInput, "suggestion")
    take_up_suggestion = _command(answers.take_up_suggestion, inputs.SuggestionStepInput, "suggestion")
    assist_with_suggestion = _command(answers.assist_with_suggestion, inputs.AssistWithSuggestionInput, "suggestion")
    consult_on_suggestion = _command(answers.consult_on_suggestion, inputs.ConsultOnSuggestionInput, "suggestion")
    answer_suggestion = _command(answers.answer_suggestion, inputs.AnswerSuggestionInput, "suggestion")
    ask_suggestion_extension = _command(answers.ask_suggestion_extension, inputs.SuggestionExtensionInput, "suggestion")
    decide_suggestion_extension = _command(
        answers.decide_suggestion_extension, inputs.SuggestionExtensionDecisionInput, "suggestion"
    )
    rate_suggestion = _command(answers.rate_suggestion, inputs.RateSuggestionInput, "suggestion")
    report_suggestion_progress = _command(answers.report_progress, inputs.SuggestionStepInput, "suggestion")
    fulfil_suggestion = _command(answers.fulfil_suggestion, inputs.FulfilSuggestionInput, "suggestion")
    finish_suggestion = _command(answers.finish_suggestion, inputs.SuggestionStepInput, "suggestion")

    propose_joint_supervision = _command(joint.propose_joint, inputs.ProposeJointInput, "project")
    decide_joint_supervision = _command(joint.decide_joint, inputs.DecideJointInput, "project")
    plan_joint_supervision = _command(joint.plan_joint, inputs.PlanJointInput, "project")
    sign_joint_notice = _command(joint.sign_joint_notice, inputs.SignNoticeInput, "project")
    record_joint_meeting = _command(joint.record_joint_meeting, inputs.JointMeetingInput, "project")
    evaluate_joint_supervision = _command(joint.evaluate_joint, inputs.EvaluateJointInput, "project")
    finish_joint_supervision = _command(joint.finish_joint, inputs.FinishJointInput, "project")

    draft_oversight_lesson = _command(lessons.draft_lesson, inputs.DraftLessonInput, "lesson")
    decide_oversight_lesson = _command(lessons.decide_lesson, inputs.LessonDecisionInput, "lesson")
    take_down_oversight_lesson = _command(lessons.take_down_lesson, inputs.LessonStepInput, "lesson")

    state_oversight_baseline = _command(figures.state_baseline, inputs.BaselineInput, "baseline")
