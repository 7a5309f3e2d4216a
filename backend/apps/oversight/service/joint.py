"""联合督办: one side proposes, the other agrees; then plan, meetings with minutes, evaluation. No single case is directed by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from backend.apps.oversight import access, papers, rules
from backend.apps.oversight.enums import ClueState, JointState, Side
from backend.apps.oversight.inputs import (
    DecideJointInput,
    EvaluateJointInput,
    FinishJointInput,
    JointMeetingInput,
    PlanJointInput,
    ProposeJointInput,
    SignNoticeInput,
)
from backend.apps.oversight.models import Clue, JointItem, JointProject, Meeting
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.service import common
from backend.apps.oversight.workflow import ENDED
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id, place_of
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.identity.models import Membership
from backend.kernel.instruments import service as instruments
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import PaperState
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.matters import officers

OFFICE = {Side.CONGRESS: Role.NPC_OFFICE, Side.PROCURATORATE: Role.CHIEF_PROSECUTOR}
MOST_ITEMS = 20
#: Joint supervision presses no pending lawsuit, and nothing that is over (`domain.md` 9.10).
BARRED = ENDED | {ClueState.SUED}
_steps = common.joint_steps


async def propose_joint(actor: Actor, request: ProposeJointInput) -> JointProject:
    """One side proposes to look after some matters together.

    Raises:
        Refusal: `WRONG_STATE` for a matter that is over, or lies with a court; `INVALID` for matters of two counties.
    """
    side = access.side_of(actor)
    # A project is the county's: a township's office would not even see it.
    if side is None or not access.serves_a_county(actor):
        raise not_permitted(P.JOINT_PROCURATORATE if side == Side.PROCURATORATE else P.JOINT_CONGRESS)
    checks = Checks()
    subject = checks.text("subject", request.subject, least=4, most=200)
    basis = checks.text("basis", request.basis, least=4, most=1000)
    checks.items("clues", request.clues, least=1, most=MOST_ITEMS)
    checks.done()
    wanted = sorted({as_id(each, f"clues.{number}") for number, each in enumerate(request.clues)})
    clues = await access.readable(actor).filter(id__in=wanted).order_by("id").select_for_update()
    if len(clues) != len(wanted):
        raise not_found("clues")
    if len({clue.county for clue in clues}) > 1:
        raise Refusal("INVALID", "clues")
    _refuse_barred(clues, BARRED, "clues")
    first, now = clues[0], clock.now()
    assert actor.membership is not None
    project = JointProject(
        county=first.county, path=".".join(first.path.split(".")[:3]), id=new_id(), code=rules.new_code(first.county, common.today(), "L"),
        state=JointState.PROPOSED, subject=subject, basis=basis, form=request.form, proposed_side=side,
        proposed_by=common.account_of(actor), proposed_at=now, updated_at=now,
    )  # fmt: skip
    await project.save(force_create=True)
    for clue in clues:
        await JointItem.create(**place_of(clue), project_id=project.id, clue_id=clue.id)
    await _steps.note(actor, project, "joint:proposed", side=side, clues=[clue.code for clue in clues])
    other = Side.PROCURATORATE if side == Side.CONGRESS else Side.CONGRESS
    await common.tell_officers(project, "joint.proposed", OFFICE[other])
    return project


def _refuse_barred(clues: Iterable[Clue], barred: frozenset[ClueState], field: str | None = None) -> None:
    for clue in clues:
        if clue.state in barred:
            raise Refusal("WRONG_STATE", field, state=clue.state)


async def _linked(project: JointProject, barred: frozenset[ClueState] = BARRED) -> list[Clue]:
    """What the project looks after, locked in the order of `propose_joint`: a suit may have been brought since.

    Raises:
        Refusal: `WRONG_STATE` when one of them is `barred`.
    """
    ids = await JointItem.filter(project_id=project.id).values_list("clue_id", flat=True)
    clues = await Clue.filter(id__in=list(ids)).order_by("id").select_for_update()
    _refuse_barred(clues, barred)
    return clues


async def decide_joint(actor: Actor, request: DecideJointInput) -> JointProject:
    """The other side's word; without it there is no project (`domain.md` 1.12).

    Raises:
        Refusal: `WRONG_STATE` for agreeing when a matter is over by now, or lies with a court.
    """
    project = await common.begin(actor, JointProject, request.id, "decide", request.version)
    project.opinion = text_of(request.opinion, "opinion")
    if not request.agree:
        project.ended_at = clock.now()
        await _steps.move(actor, project, "refuse", "joint:refused", {"opinion": project.opinion})
        return project
    clues = await _linked(project)
    project.agreed_by = actor.account_id
    await _steps.move(actor, project, "agree", "joint:agreed", {"opinion": project.opinion})
    for clue in clues:
        await record(actor, "oversight:joint:linked", clue, from_state=clue.state, to_state=clue.state, project=project.code)
        await common.tell_parts(clue, "JOINT")
    await common.tell_officers(project, "joint.agreed", Role.NPC_OFFICE, Role.CHIEF_PROSECUTOR, Role.PROSECUTOR)
    return project


async def plan_joint(actor: Actor, request: PlanJointInput) -> JointProject:
    """Who leads, what is done until when: the notice of both sides. Raises `WRONG_STATE` as `decide_joint` does."""
    project = await common.begin(actor, JointProject, request.id, "plan", request.version)
    checks = Checks()
    project.leader = checks.text("leader", request.leader, least=2, most=100)
    project.plan = checks.text("plan", request.plan, least=10, most=5000)
    checks.day("dueOn", request.due_on, least=common.today() + timedelta(days=1), most=common.today() + timedelta(days=730))
    checks.done()
    project.due_on = request.due_on
    codes = sorted(clue.code for clue in await _linked(project))
    paper = await papers.joint_notice(actor, project, codes, await _sides(project))
    await _steps.move(actor, project, "run", "joint:planned", {"plan": project.plan}, number=paper.number, due=str(project.due_on))
    return project


async def _sides(project: JointProject) -> dict[Side, Membership]:
    """Who spoke for each side, the congress first: proposed by one, agreed to by the other."""
    other = Side.PROCURATORATE if project.proposed_side == Side.CONGRESS else Side.CONGRESS
    said = {project.proposed_side: project.proposed_by, other: project.agreed_by}
    return {side: await _speaker(project, side, said[side]) for side in (Side.CONGRESS, Side.PROCURATORATE)}


async def _speaker(project: JointProject, side: Side, account: UUID | None) -> Membership:
    """Whoever spoke for the side, or who holds the office now."""
    holders = await officers(project, OFFICE[side])
    if not holders:
        raise not_found("id")
    return next((each for each in holders if each.account_id == account), holders[0])


async def sign_joint_notice(actor: Actor, request: SignNoticeInput) -> JointProject:
    """My side's seal on exactly what I read; with the second one the notice is out.

    Raises:
        Refusal: `WRONG_STATE` while one of the matters lies with a court.
    """
    project = await common.begin(actor, JointProject, request.id, "sign_notice", None)
    await _linked(project, frozenset({ClueState.SUED}))
    wanted = as_id(request.paper_id, "paperId")
    if not await Paper.filter(id=wanted, matter_id=project.id, template="joint_notice").exists():
        raise not_found("paperId")
    drawing = as_id(request.signature_file_id, "signatureFileId") if request.signature_file_id else None
    paper = await instruments.sign(actor, wanted, request.sha256, signature_file=drawing)
    await _steps.note(actor, project, "joint:notice_signed", number=paper.number)
    if paper.state == PaperState.SIGNED:
        await instruments.mark(paper, PaperState.SEALED)
        await common.tell_officers(project, "joint.notice_sealed", Role.NPC_OFFICE, Role.CHIEF_PROSECUTOR, Role.PROSECUTOR)
    return project


async def record_joint_meeting(actor: Actor, request: JointMeetingInput) -> JointProject:
    """A meeting that was held, with its minutes."""
    project = await common.begin(actor, JointProject, request.id, "meet", request.version)
    checks = Checks()
    texts = {
        "place_text": checks.text("placeText", request.place_text, least=2, most=200),
        "attendees": checks.text("attendees", request.attendees, least=2, most=1000),
        "minutes": checks.text("minutes", request.minutes, least=10, most=10_000),
    }
    checks.day("heldOn", request.held_on, least=common.today() - timedelta(days=365), most=common.today())
    checks.done()
    paper = await papers.minutes(actor, project, held_on=request.held_on, **texts)
    await Meeting(
        **place_of(project), id=new_id(), project_id=project.id, held_on=request.held_on, paper_id=paper.id, at=clock.now(), **texts
    ).save(force_create=True)
    await _steps.note(actor, project, "joint:met", held_on=str(request.held_on))
    return project


async def evaluate_joint(actor: Actor, request: EvaluateJointInput) -> JointProject:
    """What came of it."""
    project = await common.begin(actor, JointProject, request.id, "evaluate", request.version)
    project.result = text_of(request.result, "result", least=10, most=5000)
    await _steps.move(actor, project, "evaluate", "joint:evaluated", {"result": project.result})
    return project


async def finish_joint(actor: Actor, request: FinishJointInput) -> JointProject:
    """Close it, or go on. What was agreed and cannot be planned any more, because a clue went to court, is closed too."""
    project = await common.begin(actor, JointProject, request.id, "finish", request.version)
    project.reason = text_of(request.reason, "reason")
    if request.again:
        await _steps.move(actor, project, "continue", "joint:continued", {"reason": project.reason})
        return project
    project.ended_at = clock.now()
    await _steps.move(actor, project, "close", "joint:closed", {"reason": project.reason})
    return project
