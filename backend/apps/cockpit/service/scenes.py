"""Scenes: proposed, reviewed, established with one leader and a team, built, piloted, rolled out, improved, retired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.apps.cockpit import rules
from backend.apps.cockpit.enums import SceneState, TeamRole
from backend.apps.cockpit.inputs import (
    AdvanceSceneInput,
    EstablishSceneInput,
    FinishMilestoneInput,
    JoinTeamInput,
    PlanMilestoneInput,
    ProposeSceneInput,
    ProveSceneInput,
    SceneStepInput,
    TeamMemberInput,
)
from backend.apps.cockpit.models import Evidence, Milestone, Scene, TeamMember
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.matters import officer

MOST_MEMBERS, MOST_APPS, MOST_MILESTONES = 60, 20, 100
#: The step that leads to each state.
LEADS_TO = {
    SceneState.BUILDING: "build", SceneState.PILOT: "pilot", SceneState.ROLLED_OUT: "roll_out", SceneState.IMPROVING: "improve",
}  # fmt: skip
_steps = common.scene_steps


async def propose_scene(actor: Actor, request: ProposeSceneInput) -> Scene:
    """A new scene of the programme, to be reviewed."""
    actor.require(P.MANAGE)
    division = await common.own_division(actor, request.division)
    checks = Checks()
    texts = {
        "name": checks.text("name", request.name, least=2, most=100),
        "goal": checks.text("goal", request.goal, least=2),
        "lead_unit": checks.text("leadUnit", request.lead_unit, least=2, most=100),
    }
    checks.items("apps", request.apps, most=MOST_APPS)
    apps = [checks.text(f"apps.{number}", each, least=2, most=30) for number, each in enumerate((request.apps or [])[:MOST_APPS])]
    checks.done()
    if request.pilot:
        await common.own_division(actor, request.pilot, "pilot")
    now = clock.now()
    scene = Scene(
        county=division.county, path=division.path, id=new_id(), code=rules.new_code(division.county, common.today(), "S"),
        state=SceneState.PROPOSED, apps=sorted(set(apps)), track=request.track, key_unit=request.key_unit, pilot=request.pilot,
        proposed_by=common.account_of(actor), proposed_at=now, updated_at=now, **texts,
    )  # fmt: skip
    await scene.save(force_create=True)
    await _steps.note(actor, scene, "scene:proposed")
    return scene


async def review_scene(actor: Actor, request: SceneStepInput) -> Scene:
    """The scene is worth building; by another officer than the one who proposed it."""
    scene: Scene = await common.begin(actor, Scene, request.id, "review", request.version)
    scene.opinion = text_of(request.text, "text", least=2)
    if scene.proposed_by == actor.account_id:
        raise Refusal("INVOLVED_BEFORE")
    await _steps.move(actor, scene, "review", "scene:reviewed", {"opinion": scene.opinion})
    return scene


async def establish_scene(actor: Actor, request: EstablishSceneInput) -> Scene:
    """一个重大项目,一个牵头领导,一个工作专班: the leader, two leads and the rest of the team.

    Raises:
        Refusal: `LEADS_MISSING` unless one lead for the business and one for the technology are named.
    """
    scene: Scene = await common.begin(actor, Scene, request.id, "establish", request.version)
    checks = Checks()
    checks.items("team", request.team, least=rules.LEADS, most=MOST_MEMBERS)
    checks.done()
    if not {member.role for member in request.team} >= {TeamRole.BUSINESS_LEAD, TeamRole.TECHNICAL_LEAD}:
        raise Refusal("LEADS_MISSING", "team")
    # A leader reaches the scene: his place contains the scene's.
    leader = await officer(scene, str(request.leader), common.roles_with(P.READ_ALL), "leader")
    scene.leader, scene.leader_name = leader.account_id, leader.name
    for number, member in enumerate(request.team):
        await _take_in(actor, scene, member, f"team.{number}")
    await _steps.move(actor, scene, "establish", "scene:established", {"leader": scene.leader, "team": request.team}, members=len(request.team))
    await _steps.tell(await common.team_of(scene), "scene.established", scene)
    return scene


async def _take_in(actor: Actor, scene: Scene, wanted: TeamMemberInput | JoinTeamInput, field: str) -> TeamMember:
    prefix = f"{field}." if field else ""
    officer = await common.officer_below(actor, str(wanted.membership_id), P.READ_ALL, f"{prefix}membershipId")
    share = text_of(wanted.share, f"{prefix}share", most=300)
    now = clock.now()
    await TeamMember.filter(scene_id=scene.id, account_id=officer.account_id, left_at__isnull=True).update(left_at=now)
    return await TeamMember.create(
        **place_of(scene), scene_id=scene.id, role=wanted.role, account_id=officer.account_id, name=officer.name,
        unit=officer.agency_name, share=share, joined_at=now,
    )  # fmt: skip


async def join_team(actor: Actor, request: JoinTeamInput) -> Scene:
    """Somebody more in the team, or somebody in another part of it."""
    scene: Scene = await common.begin(actor, Scene, request.id, "join", request.version)
    if await TeamMember.filter(scene_id=scene.id, left_at__isnull=True).count() >= MOST_MEMBERS:
        raise Refusal("TOO_MANY", "membershipId", most=MOST_MEMBERS)
    member = await _take_in(actor, scene, request, "")
    await _steps.note(actor, scene, "team:joined", role=member.role)
    await _steps.tell([each for each in await common.team_of(scene) if each == member.account_id], "scene.established", scene)
    return scene


async def prove_scene(actor: Actor, request: ProveSceneInput) -> Scene:
    """Impact assessment, security grade filing, user test, usable result: what promotion needs (`domain.md` 11.3)."""
    scene: Scene = await common.begin(actor, Scene, request.id, "prove", request.version)
    checks = Checks()
    text = checks.text("text", request.text, least=2)
    number = checks.text("number", request.number, most=100)
    checks.done()
    row_id = new_id()
    files = await common.attach_files(actor, request.file_ids, scene, subject_id=row_id)
    await Evidence(
        **place_of(scene), id=row_id, scene_id=scene.id, kind=request.kind, number=number, text=text, files=files,
        by=common.account_of(actor), by_name=common.name_of(actor), at=clock.now(),
    ).save(force_create=True)  # fmt: skip
    await _steps.note(actor, scene, "evidence:recorded", kind=request.kind)
    return scene


async def advance_scene(actor: Actor, request: AdvanceSceneInput) -> Scene:
    """One state on. Raises `EVIDENCE_MISSING` naming what has not been recorded."""
    scene: Scene = await common.begin(actor, Scene, request.id, "advance", request.version)
    scene.reason = text_of(request.reason, "reason", least=2)
    if request.to not in LEADS_TO:
        raise Refusal("INVALID", "to")
    facts: dict[str, Any] = {str(kind): True for kind in await Evidence.filter(scene_id=scene.id).values_list("kind", flat=True)}
    facts |= {"reason": scene.reason, "milestones": await Milestone.filter(scene_id=scene.id).values_list("id", flat=True)}
    await _steps.move(actor, scene, LEADS_TO[request.to], "scene:advanced", facts)
    return scene


async def retire_scene(actor: Actor, request: SceneStepInput) -> Scene:
    """The scene has done its work, or will not be built."""
    scene: Scene = await common.begin(actor, Scene, request.id, "retire", request.version)
    scene.reason = text_of(request.text, "text", least=2)
    await common.meet_all(scene)
    await _steps.move(actor, scene, "retire", "scene:retired", {"reason": scene.reason})
    return scene


async def plan_milestone(actor: Actor, request: PlanMilestoneInput) -> Scene:
    """A milestone with its day: routine ones have a weekly list, key ones a plan and report every day."""
    scene: Scene = await common.begin(actor, Scene, request.id, "plan", request.version)
    checks = Checks()
    name = checks.text("name", request.name, least=2, most=200)
    today = common.today()
    checks.day("plannedOn", request.planned_on, least=today, most=today + timedelta(days=1100))
    checks.done()
    if await Milestone.filter(scene_id=scene.id).count() >= MOST_MILESTONES:
        raise Refusal("TOO_MANY", "id", most=MOST_MILESTONES)
    row = await Milestone.create(
        **place_of(scene), scene_id=scene.id, name=name, phase=request.phase, planned_on=request.planned_on
    )
    rule = rules.until("milestone", request.planned_on, today, "场景建设计划确定的节点日期")
    await clocks.start(scene, common.APP, rule, clock.now(), subject_id=row.id)
    await _steps.note(actor, scene, "milestone:planned", milestone=str(row.id), planned=str(row.planned_on), phase=row.phase)
    return scene


async def finish_milestone(actor: Actor, request: FinishMilestoneInput) -> Scene:
    """The milestone is reached, with proof. Raises `ALREADY_DONE`."""
    actor.require(P.READ_ALL)
    found = await Milestone.get_or_none(id=as_id(request.milestone_id, "milestoneId"))
    if found is None:
        raise not_found("milestoneId")
    scene: Scene = await common.find(actor, Scene, found.scene_id, "milestoneId")
    row = await Milestone.filter(id=found.id).select_for_update().get()
    if row.done_on is not None:
        raise Refusal("ALREADY_DONE")
    await common.begin(actor, Scene, scene.id, "work", field="milestoneId")
    row.proof = text_of(request.proof, "proof", least=2)
    row.files = await common.attach_files(actor, request.file_ids, scene, subject_id=row.id)
    row.done_on, row.done_by = common.today(), actor.account_id
    await row.save()
    await clocks.meet(scene.id, "milestone", clock.now(), subject_id=row.id)
    in_time = row.done_on <= row.planned_on
    await _steps.note(
        actor, scene, "milestone:done", milestone=str(row.id), planned=str(row.planned_on), in_time=in_time, phase=row.phase
    )
    return scene


