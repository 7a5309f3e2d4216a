"""Mutations of the cockpit: each hands its input to one command of `service`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from backend.apps.cockpit import access, inputs
from backend.apps.cockpit.graphql import types as t
from backend.apps.cockpit.graphql.matters import (
    CockpitHazard,
    CockpitMeeting,
    CockpitProblem,
    CockpitScene,
    CockpitTask,
)
from backend.apps.cockpit.graphql.parts import CockpitHonour, CockpitPlace
from backend.apps.cockpit.service import (
    actions,
    briefs,
    hazards,
    meetings,
    plans,
    problems,
    scenes,
    structure,
)
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql.commands import command_field

#: What a command answers with → its payload, its type, and where a repeated one finds its first result.
ANSWERS: dict[str, tuple[Any, Any, Callable[[Actor], Any]]] = {
    "pillar": (t.CockpitPillarPayload, t.CockpitPillar, access.pillars),
    "indicator": (t.CockpitIndicatorPayload, t.CockpitIndicator, access.indicators),
    "honour": (t.CockpitHonourPayload, CockpitHonour, access.honours),
    "place": (t.CockpitPlacePayload, CockpitPlace, access.places),
    "scene": (t.CockpitScenePayload, CockpitScene, access.scenes),
    "meeting": (t.CockpitMeetingPayload, CockpitMeeting, access.meetings),
    "task": (t.CockpitTaskPayload, CockpitTask, access.tasks),
    "problem": (t.CockpitProblemPayload, CockpitProblem, access.problems),
    "hazard": (t.CockpitHazardPayload, CockpitHazard, access.hazards),
}


def _command(work: Callable[[Actor, Any], Awaitable[Any]], kind: type, answer: str) -> Any:
    """A mutation field for a command that takes one input and answers with a row of this kind."""
    payload, shown, within_reach = ANSWERS[answer]

    async def reload(actor: Actor, row_id: UUID) -> Any:
        row = await within_reach(actor).filter(id=row_id).first()
        if row is None:
            raise not_found("id")
        return row

    def made(row: Any, errors: list[Any]) -> Any:
        return payload(**{answer: shown.of(row) if row else None, "errors": errors})

    return command_field(work, kind, payload, made, reload)


@strawberry.type
class CockpitMutation:
    define_pillar = _command(structure.define_pillar, inputs.DefinePillarInput, "pillar")
    set_indicator = _command(structure.set_indicator, inputs.SetIndicatorInput, "indicator")
    record_honour = _command(structure.record_honour, inputs.RecordHonourInput, "honour")

    propose_scene = _command(scenes.propose_scene, inputs.ProposeSceneInput, "scene")
    review_scene = _command(scenes.review_scene, inputs.SceneStepInput, "scene")
    establish_scene = _command(scenes.establish_scene, inputs.EstablishSceneInput, "scene")
    join_scene_team = _command(scenes.join_team, inputs.JoinTeamInput, "scene")
    prove_scene = _command(scenes.prove_scene, inputs.ProveSceneInput, "scene")
    advance_scene = _command(scenes.advance_scene, inputs.AdvanceSceneInput, "scene")
    retire_scene = _command(scenes.retire_scene, inputs.SceneStepInput, "scene")
    plan_milestone = _command(scenes.plan_milestone, inputs.PlanMilestoneInput, "scene")
    finish_milestone = _command(scenes.finish_milestone, inputs.FinishMilestoneInput, "scene")
    write_plan = _command(plans.write_plan, inputs.WritePlanInput, "scene")
    report_plan = _command(plans.report_plan, inputs.ReportPlanInput, "scene")
    check_plan = _command(plans.check_plan, inputs.CheckPlanInput, "scene")
    issue_weekly_list = _command(plans.issue_weekly_list, inputs.WeeklyListInput, "scene")

    call_meeting = _command(meetings.call_meeting, inputs.CallMeetingInput, "meeting")
    add_agenda_item = _command(meetings.add_agenda_item, inputs.AgendaTextInput, "meeting")
    add_to_consultation = _command(meetings.add_to_consultation, inputs.AddToConsultationInput, "meeting")
    print_board = _command(briefs.print_board, inputs.PrintBoardInput, "meeting")
    hold_meeting = _command(meetings.hold_meeting, inputs.HoldMeetingInput, "meeting")
    cancel_meeting = _command(meetings.cancel_meeting, inputs.CancelMeetingInput, "meeting")

    assign_action = _command(actions.assign_action, inputs.AssignActionInput, "task")
    finish_action = _command(actions.finish_action, inputs.FinishActionInput, "task")
    postpone_action = _command(actions.postpone_action, inputs.PostponeActionInput, "task")
    check_action = _command(actions.check_action, inputs.CheckActionInput, "task")
    correct_task = _command(actions.correct_task, inputs.CorrectItemInput, "task")
    correct_problem = _command(actions.correct_problem, inputs.CorrectItemInput, "problem")
    correct_hazard = _command(actions.correct_hazard, inputs.CorrectItemInput, "hazard")

    report_problem = _command(problems.report_problem, inputs.ReportProblemInput, "problem")
    report_problem_again = _command(problems.report_problem_again, inputs.ReportAgainInput, "problem")
    assign_problem = _command(problems.assign_problem, inputs.AssignProblemInput, "problem")
    answer_problem = _command(problems.answer_problem, inputs.AnswerProblemInput, "problem")
    judge_problem = _command(problems.judge_problem, inputs.JudgeProblemInput, "problem")

    register_safety_place = _command(hazards.register_place, inputs.RegisterPlaceInput, "place")
    find_hazard = _command(hazards.find_hazard, inputs.FindHazardInput, "hazard")
    grade_hazard = _command(hazards.grade_hazard, inputs.GradeHazardInput, "hazard")
    order_rectification = _command(hazards.order_rectification, inputs.OrderRectificationInput, "hazard")
    rectify_hazard = _command(hazards.rectify_hazard, inputs.RectifyHazardInput, "hazard")
    verify_hazard = _command(hazards.verify_hazard, inputs.VerifyHazardInput, "hazard")
