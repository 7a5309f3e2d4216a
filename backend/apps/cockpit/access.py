"""Who may do what in the programme. Reach is the database's (place, purpose, ownership); this is role, part and state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tortoise.queryset import QuerySet

from backend.apps.cockpit.enums import HazardState as H
from backend.apps.cockpit.enums import MeetingState as M
from backend.apps.cockpit.enums import ProblemState as Q
from backend.apps.cockpit.enums import SceneState as S
from backend.apps.cockpit.enums import WorkState as W
from backend.apps.cockpit.models import (
    ActionItem,
    Hazard,
    Honour,
    Indicator,
    Meeting,
    Pillar,
    Problem,
    SafetyPlace,
    Scene,
)
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.workflow import ACTIONS, HAZARDS, LIVING, MEETINGS, PROBLEMS, SCENES
from backend.kernel.access.actor import Actor
from backend.kernel.workflow import actions
from backend.kernel.workflow.actions import Action
from backend.kernel.workflow.machine import Machine


def pillars(actor: Actor) -> QuerySet[Pillar]:
    """Tracks and key units of the actor's place and of those above it."""
    actor.require(P.READ)
    return Pillar.all()


def indicators(actor: Actor) -> QuerySet[Indicator]:
    """Targets of the actor's place and of those above it, which bind him."""
    actor.require(P.READ)
    return Indicator.all()


def scenes(actor: Actor) -> QuerySet[Scene]:
    actor.require(P.READ_ALL)
    return Scene.all()


def meetings(actor: Actor) -> QuerySet[Meeting]:
    actor.require(P.READ_ALL)
    return Meeting.all()


def tasks(actor: Actor) -> QuerySet[ActionItem]:
    """Every task of the place for who runs the programme, else one's own."""
    actor.require(P.READ)
    return ActionItem.all()


def problems(actor: Actor) -> QuerySet[Problem]:
    actor.require(P.READ)
    return Problem.all()


def honours(actor: Actor) -> QuerySet[Honour]:
    actor.require(P.READ_ALL)
    return Honour.all()


def places(actor: Actor) -> QuerySet[SafetyPlace]:
    actor.require(P.FIND)
    return SafetyPlace.filter(closed_at__isnull=True)


def hazards(actor: Actor) -> QuerySet[Hazard]:
    actor.require(P.FIND)
    return Hazard.all()


#: What it takes to open a row of each kind.
OPENED_WITH: dict[type[Any], P] = {Scene: P.READ_ALL, Meeting: P.READ_ALL, ActionItem: P.READ, Problem: P.READ, Hazard: P.FIND}


@dataclass(frozen=True)
class Standing:
    """What the actor is to a row of the programme (`case`); `waiting` names what there is to act on."""

    actor: Actor
    case: Any
    waiting: frozenset[str] = field(default_factory=frozenset)


Question = Callable[[Standing], bool]


def anybody(_: Standing) -> bool:
    return True


def owns(s: Standing) -> bool:
    return s.actor.account_id is not None and bool(s.case.owner == s.actor.account_id)


def another_than_owner(s: Standing) -> bool:
    """Nobody checks his own work, or gives himself more time."""
    return bool(s.case.owner != s.actor.account_id)


def reported_it(s: Standing) -> bool:
    return bool(s.case.reporter == s.actor.account_id)


def concerns(actor: Actor, row: ActionItem | Problem | Hazard) -> bool:
    """An item of the actor's own unit: his, his colleagues', or one that his unit reported."""
    if actor.membership is None:
        return False
    mine = {row.owner, getattr(row, "reporter", None), getattr(row, "finder", None)}
    units = {row.owner_unit, getattr(row, "reporter_unit", "")}
    return actor.account_id in mine or actor.membership.agency_name in units


def is_of_my_unit(s: Standing) -> bool:
    return concerns(s.actor, s.case)


def may_grade(s: Standing) -> bool:
    """Whoever may grade it; a major one only the regulator of the sector orders (《安全生产事故隐患排查治理暂行规定》第二十一条, check)."""
    return bool(s.case.grade != "MAJOR") or s.actor.may(P.GRADE_MAJOR)


def _may(
    machine: Machine, name: str, permission: P, transition: str = "", states: frozenset[Any] = frozenset(), *,
    requires: tuple[str, ...] = (), who: Question = anybody, waits_for: str = "",
) -> Action[Standing]:  # fmt: skip
    return Action(machine, name, who, permission, transition, states, requires, False, waits_for)


def _named(*actions_: Action[Standing]) -> dict[str, Action[Standing]]:
    return {action.name: action for action in actions_}


SCENE_ACTIONS = _named(
    _may(SCENES, "review", P.MANAGE, "review"),
    _may(SCENES, "establish", P.MANAGE, "establish"),
    _may(SCENES, "advance", P.MANAGE, states=frozenset({S.ESTABLISHED, S.BUILDING, S.PILOT, S.ROLLED_OUT}), requires=("reason",)),
    _may(SCENES, "prove", P.MANAGE, states=LIVING, requires=("kind", "text")),
    _may(SCENES, "join", P.MANAGE, states=LIVING, requires=("membershipId", "role", "share")),
    _may(SCENES, "plan", P.MANAGE, states=LIVING, requires=("name", "phase", "plannedOn")),
    _may(SCENES, "work", P.REPORT, states=LIVING, waits_for="milestone"),
    _may(SCENES, "retire", P.MANAGE, "retire"),
)

MEETING_ACTIONS = _named(
    _may(MEETINGS, "add", P.CONVENE, states=frozenset({M.PLANNED}), requires=("title",)),
    _may(MEETINGS, "hold", P.CONVENE, "hold"),
    _may(MEETINGS, "decide", P.ASSIGN, states=frozenset({M.PLANNED, M.HELD}), requires=("text", "owner", "dueOn")),
    _may(MEETINGS, "brief", P.FIGURES, states=frozenset({M.PLANNED, M.HELD}), requires=("month",)),
    _may(MEETINGS, "cancel", P.CONVENE, "cancel"),
)

TASK_ACTIONS = _named(
    _may(ACTIONS, "finish", P.DO, "finish", who=owns),
    _may(ACTIONS, "postpone", P.ASSIGN, "postpone", who=another_than_owner),
    _may(ACTIONS, "check", P.CHECK, states=frozenset({W.DONE}), requires=("passed", "finding"), who=another_than_owner),
    _may(ACTIONS, "correct", P.READ, states=frozenset(W), requires=("text",), who=is_of_my_unit),
)

PROBLEM_ACTIONS = _named(
    _may(PROBLEMS, "report_again", P.REPORT, "report_again", who=reported_it),
    _may(PROBLEMS, "assign", P.DISTRIBUTE, "assign"),
    _may(PROBLEMS, "answer", P.ANSWER, "answer", who=owns),
    _may(PROBLEMS, "judge", P.REPORT, states=frozenset({Q.ANSWERED}), requires=("accept", "opinion"), who=reported_it),
    _may(PROBLEMS, "correct", P.READ, states=frozenset(Q), requires=("text",), who=is_of_my_unit),
)

HAZARD_ACTIONS = _named(
    _may(HAZARDS, "grade", P.GRADE, states=frozenset({H.FOUND}), requires=("grade", "reason")),
    _may(HAZARDS, "order", P.GRADE, "order", who=may_grade),
    _may(HAZARDS, "rectify", P.RECTIFY, "rectify", who=owns),
    _may(HAZARDS, "verify", P.VERIFY, states=frozenset({H.RECTIFIED}), requires=("passed", "finding"), who=another_than_owner),
    _may(HAZARDS, "correct", P.READ, states=frozenset(H), requires=("text",), who=is_of_my_unit),
)

OFFERED = {
    Scene: SCENE_ACTIONS, Meeting: MEETING_ACTIONS, ActionItem: TASK_ACTIONS, Problem: PROBLEM_ACTIONS, Hazard: HAZARD_ACTIONS,
}  # fmt: skip


def available(s: Standing) -> list[Action[Standing]]:
    """What the actor may do next, in the order in which the work usually goes."""
    return actions.available(OFFERED[type(s.case)].values(), s)
