"""States and transitions of scenes, meetings, tasks, problems and hazards as data (`domain.md` 11.3)."""

from __future__ import annotations

from enum import StrEnum

from backend.apps.cockpit.enums import HazardState as H
from backend.apps.cockpit.enums import MeetingState as M
from backend.apps.cockpit.enums import ProblemState as Q
from backend.apps.cockpit.enums import Proof
from backend.apps.cockpit.enums import SceneState as S
from backend.apps.cockpit.enums import WorkState as W
from backend.apps.cockpit.permissions import Permission as P
from backend.kernel.workflow.machine import INITIAL, Machine, State, Transition

#: Work goes on in these.
LIVING = frozenset({S.ESTABLISHED, S.BUILDING, S.PILOT, S.ROLLED_OUT, S.IMPROVING})
#: Still to be done; LATE says that its day has passed.
UNDONE = frozenset({W.OPEN, W.LATE})
UNANSWERED = frozenset({Q.REPORTED, Q.REPORTED_TWICE, Q.ASSIGNED, Q.REOPENED})
OPEN_HAZARDS = frozenset({H.FOUND, H.GRADED, H.RECTIFYING, H.RECTIFIED})


def _step(name: str, sources: frozenset[StrEnum] | set[StrEnum], target: StrEnum, permission: P, *requires: str) -> Transition:
    return Transition(name, frozenset(sources), target, permission, tuple(requires))


SCENES = Machine(
    "cockpit",
    [State(state, terminal=state == S.RETIRED) for state in S],
    [
        Transition("propose", frozenset({INITIAL}), S.PROPOSED, P.MANAGE, ("name", "goal")),
        _step("review", {S.PROPOSED}, S.REVIEWED, P.MANAGE, "opinion"),
        _step("establish", {S.REVIEWED}, S.ESTABLISHED, P.MANAGE, "leader", "team"),
        _step("build", {S.ESTABLISHED}, S.BUILDING, P.MANAGE, "milestones"),
        _step("pilot", {S.BUILDING}, S.PILOT, P.MANAGE, Proof.IMPACT_ASSESSMENT, Proof.SECURITY_GRADE),
        _step("roll_out", {S.PILOT}, S.ROLLED_OUT, P.MANAGE, *Proof),
        _step("improve", {S.ROLLED_OUT}, S.IMPROVING, P.MANAGE, "reason"),
        _step("retire", {S.PROPOSED, S.REVIEWED} | LIVING, S.RETIRED, P.MANAGE, "reason"),
    ],
)  # fmt: skip

MEETINGS = Machine(
    "cockpit_meeting",
    [State(state, terminal=state != M.PLANNED) for state in M],
    [
        Transition("call", frozenset({INITIAL}), M.PLANNED, P.CONVENE, ("title",)),
        _step("hold", {M.PLANNED}, M.HELD, P.CONVENE, "attendees", "minutes"),
        _step("cancel", {M.PLANNED}, M.CANCELLED, P.CONVENE, "reason"),
    ],
)  # fmt: skip

ACTIONS = Machine(
    "cockpit_action",
    [State(state, terminal=state == W.CHECKED) for state in W],
    [
        Transition("assign", frozenset({INITIAL}), W.OPEN, P.ASSIGN, ("text", "owner")),
        _step("pass_day", {W.OPEN}, W.LATE, P.ASSIGN),
        _step("postpone", UNDONE, W.OPEN, P.ASSIGN, "dueOn", "reason"),
        _step("finish", UNDONE, W.DONE, P.DO, "result"),
        _step("check", {W.DONE}, W.CHECKED, P.CHECK, "finding"),
        _step("send_back", {W.DONE}, W.OPEN, P.CHECK, "finding"),
    ],
)  # fmt: skip

PROBLEMS = Machine(
    "cockpit_problem",
    [State(state, terminal=state == Q.ACCEPTED) for state in Q],
    [
        Transition("report", frozenset({INITIAL}), Q.REPORTED, P.REPORT, ("text",)),
        _step("report_again", {Q.REPORTED}, Q.REPORTED_TWICE, P.REPORT, "to"),
        _step("assign", {Q.REPORTED, Q.REPORTED_TWICE, Q.ASSIGNED, Q.REOPENED}, Q.ASSIGNED, P.DISTRIBUTE, "owner"),
        _step("answer", {Q.ASSIGNED, Q.REOPENED}, Q.ANSWERED, P.ANSWER, "answer"),
        _step("accept", {Q.ANSWERED}, Q.ACCEPTED, P.REPORT, "opinion"),
        _step("reopen", {Q.ANSWERED}, Q.REOPENED, P.REPORT, "opinion"),
    ],
)  # fmt: skip

HAZARDS = Machine(
    "cockpit_hazard",
    [State(state, terminal=state in (H.CLOSED, H.DISMISSED)) for state in H],
    [
        Transition("find", frozenset({INITIAL}), H.FOUND, P.FIND, ("text",)),
        _step("grade", {H.FOUND}, H.GRADED, P.GRADE, "grade"),
        _step("dismiss", {H.FOUND}, H.DISMISSED, P.GRADE, "reason"),
        _step("order", {H.GRADED, H.RECTIFYING}, H.RECTIFYING, P.GRADE, "owner", "demand"),
        _step("rectify", {H.RECTIFYING}, H.RECTIFIED, P.RECTIFY, "text"),
        _step("close", {H.RECTIFIED}, H.CLOSED, P.VERIFY, "finding"),
        _step("send_back", {H.RECTIFIED}, H.RECTIFYING, P.VERIFY, "finding"),
    ],
)  # fmt: skip
