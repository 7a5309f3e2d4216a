"""What is sent about scenes, their teams, milestones and plans."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.cockpit.enums import KeyUnit, Phase, Proof, SceneState, TeamRole, Track


@strawberry.input
class ProposeSceneInput:
    """`apps` names installed applications; `pilot` is the division where it is tried first."""

    division: str
    name: str
    goal: str
    lead_unit: str
    apps: list[str] | None = None
    track: Track | None = None
    key_unit: KeyUnit | None = None
    pilot: str = ""


@strawberry.input
class SceneStepInput:
    id: ID
    version: int
    text: str


@strawberry.input
class TeamMemberInput:
    membership_id: ID
    role: TeamRole
    share: str


@strawberry.input
class EstablishSceneInput:
    """`leader` is a membership: the one leader of the scene."""

    id: ID
    version: int
    leader: ID
    team: list[TeamMemberInput]


@strawberry.input
class JoinTeamInput:
    """Somebody joins the team, or takes another part in it."""

    id: ID
    version: int
    membership_id: ID
    role: TeamRole
    share: str


@strawberry.input
class ProveSceneInput:
    id: ID
    version: int
    kind: Proof
    text: str
    number: str = ""
    file_ids: list[ID] | None = None


@strawberry.input
class AdvanceSceneInput:
    """`to` is the next state; what it needs must have been recorded."""

    id: ID
    version: int
    to: SceneState
    reason: str


@strawberry.input
class PlanMilestoneInput:
    id: ID
    version: int
    name: str
    phase: Phase
    planned_on: date


@strawberry.input
class FinishMilestoneInput:
    milestone_id: ID
    proof: str
    file_ids: list[ID] | None = None


@strawberry.input
class WritePlanInput:
    """What is to be done on `day`, or in its week: the milestone's phase says which."""

    milestone_id: ID
    day: date
    text: str


@strawberry.input
class ReportPlanInput:
    entry_id: ID
    result: str


@strawberry.input
class CheckPlanInput:
    entry_id: ID


@strawberry.input
class WeeklyListInput:
    """`day` is any day of the week."""

    id: ID
    day: date


@strawberry.input
class CockpitSceneFilter:
    states: list[SceneState] | None = None
    track: Track | None = None
    key_unit: KeyUnit | None = None
