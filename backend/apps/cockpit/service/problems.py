"""难点堵点: reported two ways, assigned, answered within five working days, judged by whoever reported it."""

from __future__ import annotations

from backend.apps.cockpit import papers, rules
from backend.apps.cockpit.enums import ProblemState, ReportTo
from backend.apps.cockpit.inputs import (
    AnswerProblemInput,
    AssignProblemInput,
    JudgeProblemInput,
    ReportAgainInput,
    ReportProblemInput,
)
from backend.apps.cockpit.models import Problem, Scene
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common, meetings
from backend.apps.cockpit.workflow import UNANSWERED
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.identity.models import Membership
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.matters import officers

_steps = common.problem_steps


async def report_problem(actor: Actor, request: ReportProblemInput) -> Problem:
    """To the lead department of one's own line, to the city's task force, or both at once (双报告)."""
    actor.require(P.REPORT)
    division = await common.own_division(actor, request.division)
    checks = Checks()
    title, text = checks.text("title", request.title, least=2, most=200), checks.text("text", request.text, least=2, most=5000)
    ways = set(request.to)
    checks.items("to", request.to, least=1, most=2)
    vertical = _vertical(checks, request.vertical_unit, needed=ReportTo.VERTICAL in ways)
    checks.done()
    scene = None
    if request.scene_id:
        scene = await Scene.get_or_none(id=as_id(request.scene_id, "sceneId"), county=division.county)
        if scene is None:
            raise not_found("sceneId")
    now = clock.now()
    problem = Problem(
        county=division.county, path=division.path, id=new_id(), code=rules.new_code(division.county, common.today(), "P"),
        state=ProblemState.REPORTED, title=title, text=text, scene_id=scene.id if scene else None, reporter=common.account_of(actor),
        reporter_name=common.name_of(actor), reporter_unit=common.unit_of(actor), vertical_unit=vertical, reported_at=now,
        vertical_at=now if ReportTo.VERTICAL in ways else None, task_force_at=now if ReportTo.TASK_FORCE in ways else None, updated_at=now,
    )  # fmt: skip
    await problem.save(force_create=True)
    await clocks.start(problem, common.APP, rules.RULES["answer_problem"], now)
    await _steps.note(actor, problem, "problem:reported", to=sorted(ways))
    if len(ways) == 2:
        await _twice(actor, problem)
    await _tell_task_force(problem, ways)
    return problem


def _vertical(checks: Checks, unit: str, *, needed: bool) -> str:
    return checks.text("verticalUnit", unit, least=2, most=100) if needed else ""


async def _twice(actor: Actor, problem: Problem) -> None:
    paper = await papers.double_report(actor, problem)
    await _steps.move(actor, problem, "report_again", "problem:reported_twice", {"to": True}, number=paper.number)


async def _tell_task_force(problem: Problem, ways: set[ReportTo]) -> None:
    if ReportTo.TASK_FORCE in ways:
        await common.tell_officers(problem, "problem.reported", Role.PROGRAM_OFFICE, but=problem.reporter)


async def report_problem_again(actor: Actor, request: ReportAgainInput) -> Problem:
    """The second of the two reports. Raises `ALREADY_DONE` for the way it was reported first."""
    problem: Problem = await common.begin(actor, Problem, request.id, "report_again", request.version)
    checks = Checks()
    vertical = _vertical(checks, request.vertical_unit, needed=request.to == ReportTo.VERTICAL)
    checks.done()
    now = clock.now()
    if request.to == ReportTo.VERTICAL:
        if problem.vertical_at is not None:
            raise Refusal("ALREADY_DONE", "to")
        problem.vertical_unit, problem.vertical_at = vertical, now
    else:
        if problem.task_force_at is not None:
            raise Refusal("ALREADY_DONE", "to")
        problem.task_force_at = now
    await _twice(actor, problem)
    await _tell_task_force(problem, {request.to})
    return problem


async def assign_problem(actor: Actor, request: AssignProblemInput) -> Problem:
    """Who answers it."""
    problem: Problem = await common.begin(actor, Problem, request.id, "assign", request.version)
    owner = await _answerer(problem, str(request.owner))
    problem.owner, problem.owner_name, problem.owner_unit = owner.account_id, owner.name, owner.agency_name
    await _steps.move(actor, problem, "assign", "problem:assigned", {"owner": owner.id})
    await _steps.tell([owner.account_id], "problem.assigned", problem)
    return problem


async def answerers(problem: Problem) -> list[Membership]:
    """Who may answer it: officers who reach it, for their place contains the problem's; never its reporter."""
    rows = await officers(problem, *common.roles_with(P.ANSWER))
    return [row for row in rows if row.account_id != problem.reporter]


async def _answerer(problem: Problem, membership_id: str) -> Membership:
    wanted = as_id(membership_id, "owner")
    for row in await answerers(problem):
        if row.id == wanted:
            return row
    raise not_found("owner")


async def answer_problem(actor: Actor, request: AnswerProblemInput) -> Problem:
    """What is done about it; its reporter judges."""
    problem: Problem = await common.begin(actor, Problem, request.id, "answer", request.version)
    problem.answer = text_of(request.answer, "answer", least=2, most=5000)
    problem.answered_at = clock.now()
    await common.meet(problem, "answer_problem")
    await _steps.move(actor, problem, "answer", "problem:answered", {"answer": problem.answer}, reported=problem.reported_at.isoformat())
    await _steps.tell([problem.reporter], "problem.answered", problem)
    return problem


async def judge_problem(actor: Actor, request: JudgeProblemInput) -> Problem:
    """Accepted, or open again with another five working days."""
    problem: Problem = await common.begin(actor, Problem, request.id, "judge", request.version)
    problem.opinion = text_of(request.opinion, "opinion", least=2)
    if request.accept:
        await common.meet_all(problem)
        await _steps.move(actor, problem, "accept", "problem:accepted", {"opinion": problem.opinion})
    else:
        problem.on_agenda_at = None
        await clocks.start(problem, common.APP, rules.RULES["answer_problem"], clock.now())
        await _steps.move(actor, problem, "reopen", "problem:reopened", {"opinion": problem.opinion})
    await _steps.tell([problem.owner], "problem.judged", problem, accepted=request.accept)
    return problem


async def pass_day(actor: Actor, found: Problem) -> None:
    """Five working days without an answer: it stands on the next monthly agenda by itself."""
    problem = await Problem.filter(id=found.id).select_for_update().get()
    if problem.state not in UNANSWERED or problem.on_agenda_at is not None:
        return
    meeting = await meetings.put_problem_on_agenda(actor, problem)
    problem.on_agenda_at = clock.now()
    await _steps.note(actor, problem, "problem:overdue", meeting=meeting.code)
    await _steps.tell([problem.reporter, problem.owner], "problem.overdue", problem)
    await common.tell_officers(problem, "problem.overdue", Role.PROGRAM_OFFICE)
