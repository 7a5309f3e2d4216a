"""States and transitions of clues, recommendations, suggestions, joint projects and lessons as data (`domain.md` 9.4)."""

from __future__ import annotations

from enum import StrEnum

from backend.apps.oversight.enums import ClueState as S
from backend.apps.oversight.enums import JointState as J
from backend.apps.oversight.enums import LessonState as L
from backend.apps.oversight.enums import RecommendationState as R
from backend.apps.oversight.enums import SuggestionState as G
from backend.apps.oversight.permissions import Permission as P
from backend.kernel.workflow.machine import INITIAL, Machine, State, Transition

ENDED = frozenset({S.REJECTED, S.MERGED, S.TO_SUGGESTION, S.TRANSFERRED, S.ENDED, S.CLOSED})
OPEN = frozenset(S) - ENDED
R_ENDED = frozenset({R.WITHDRAWN, R.CLOSED, R.SUED})
#: Served on the unit, and so readable by it.
SERVED = frozenset(R) - {R.DRAFTED, R.APPROVED}
#: The unit owes a reply.
OWES_REPLY = frozenset({R.SERVED, R.REWORK, R.NOT_RECTIFIED, R.ESCALATED})
CHECKABLE = frozenset({R.REPLIED, R.PARTLY, R.NOT_RECTIFIED, R.ESCALATED})
G_ENDED = frozenset({G.REFUSED, G.WITHDRAWN, G.DONE})
#: Others may still sign.
SIGNABLE = frozenset({G.RAISED, G.REVIEWED})
#: The agency works on its first reply.
HANDLED = frozenset({G.ASSIGNED, G.REASSIGNED, G.HANDLING, G.CONSULTED})
#: The agency works on a reply.
UNDER_WAY = HANDLED | {G.REHANDLING}


def _step(name: str, sources: frozenset[StrEnum] | set[StrEnum], target: StrEnum, permission: P, *requires: str) -> Transition:
    return Transition(name, frozenset(sources), target, permission, tuple(requires))


CLUES = Machine(
    "oversight",
    [State(state, terminal=state in ENDED) for state in S],
    [
        Transition("raise", frozenset({INITIAL}), S.SUBMITTED, P.RAISE, ("content",)),
        _step("accept", {S.SUBMITTED}, S.ACCEPTED, P.SCREEN, "note"),
        _step("reject", {S.SUBMITTED}, S.REJECTED, P.SCREEN, "reason"),
        _step("merge", {S.SUBMITTED}, S.MERGED, P.SCREEN, "into"),
        _step("transfer", {S.SUBMITTED, S.ACCEPTED, S.ASSESSED}, S.TRANSFERRED, P.SCREEN, "organ", "reason"),
        _step("assess", {S.ACCEPTED}, S.ASSESSED, P.RECOMMEND, "assessment"),
        _step("file_case", {S.ASSESSED}, S.CASE_FILED, P.APPROVE, "caseType", "reason"),
        _step("to_suggestion", {S.ASSESSED}, S.TO_SUGGESTION, P.RECOMMEND, "reason"),
        _step("end", {S.ASSESSED}, S.ENDED, P.RECOMMEND, "reason"),
        _step("sue", {S.CASE_FILED}, S.SUED, P.APPROVE, "court", "reason"),
        _step("close", {S.CASE_FILED, S.SUED}, S.CLOSED, P.APPROVE, "reason"),
    ],
)  # fmt: skip

RECOMMENDATIONS = Machine(
    "oversight_recommendation",
    [State(state, terminal=state in R_ENDED) for state in R],
    [
        Transition("draft", frozenset({INITIAL}), R.DRAFTED, P.RECOMMEND, ("facts", "demands", "basis")),
        _step("approve", {R.DRAFTED}, R.APPROVED, P.APPROVE, "opinion"),
        _step("refuse", {R.DRAFTED}, R.WITHDRAWN, P.APPROVE, "opinion"),
        _step("serve", {R.APPROVED}, R.SERVED, P.RECOMMEND, "paper"),
        _step("object", {R.SERVED}, R.OBJECTED, P.REPLY, "reason"),
        _step("maintain", {R.OBJECTED}, R.SERVED, P.APPROVE, "opinion"),
        _step("withdraw", {R.OBJECTED}, R.WITHDRAWN, P.APPROVE, "opinion"),
        _step("reply", OWES_REPLY, R.REPLIED, P.REPLY, "text"),
        _step("find_rectified", CHECKABLE, R.VERIFIED, P.SIGN_CHECK, "check"),
        _step("find_partly", CHECKABLE, R.PARTLY, P.SIGN_CHECK, "check"),
        _step("find_not", CHECKABLE, R.NOT_RECTIFIED, P.SIGN_CHECK, "check"),
        _step("rework", {R.VERIFIED, R.PARTLY}, R.REWORK, P.RATE, "rating"),
        _step("escalate", {R.SERVED, R.REWORK, R.PARTLY, R.NOT_RECTIFIED}, R.ESCALATED, P.APPROVE, "to", "reason"),
        _step("sue", {R.NOT_RECTIFIED, R.ESCALATED, R.PARTLY}, R.SUED, P.APPROVE, "court"),
        _step("close", {R.VERIFIED}, R.CLOSED, P.APPROVE, "reason"),
    ],
)  # fmt: skip

SUGGESTIONS = Machine(
    "oversight_suggestion",
    [State(state, terminal=state in G_ENDED) for state in G],
    [
        Transition("raise", frozenset({INITIAL}), G.RAISED, P.SUGGEST, ("text",)),
        _step("review", {G.RAISED}, G.REVIEWED, P.ASSIGN, "opinion"),
        _step("refuse", {G.RAISED}, G.REFUSED, P.ASSIGN, "opinion"),
        _step("withdraw", SIGNABLE | HANDLED | {G.RETURNED}, G.WITHDRAWN, P.SUGGEST, "reason"),
        _step("assign", {G.REVIEWED}, G.ASSIGNED, P.ASSIGN, "unit"),
        _step("return", {G.ASSIGNED}, G.RETURNED, P.ANSWER, "reason"),
        _step("reassign", HANDLED | {G.RETURNED}, G.REASSIGNED, P.ASSIGN, "unit"),
        _step("take_up", {G.ASSIGNED, G.REASSIGNED}, G.HANDLING, P.ANSWER, "contact"),
        _step("consult", {G.HANDLING, G.CONSULTED, G.REHANDLING}, G.CONSULTED, P.ANSWER, "form", "heldOn", "people", "words"),
        _step("answer", {G.CONSULTED, G.REHANDLING}, G.REPLIED, P.ANSWER, "replyClass", "text", "leader"),
        _step("rate", {G.REPLIED}, G.RATED, P.RATE, "process", "result", "words"),
        _step("rework", {G.RATED}, G.REHANDLING, P.RATE, "rating"),
        _step("track", {G.REPLIED, G.RATED}, G.TRACKED, P.ASSIGN, "plannedOn"),
        _step("finish", {G.REPLIED, G.RATED}, G.DONE, P.ASSIGN, "reason"),
        _step("fulfil", {G.TRACKED}, G.DONE, P.ANSWER, "text", "proof"),
    ],
)  # fmt: skip

JOINT = Machine(
    "oversight_joint",
    [State(state, terminal=state in (J.CLOSED, J.REFUSED)) for state in J],
    [
        Transition("propose", frozenset({INITIAL}), J.PROPOSED, P.READ, ("subject",)),
        _step("agree", {J.PROPOSED}, J.AGREED, P.READ, "opinion"),
        _step("refuse", {J.PROPOSED}, J.REFUSED, P.READ, "opinion"),
        _step("run", {J.AGREED}, J.RUNNING, P.READ, "plan"),
        _step("evaluate", {J.RUNNING, J.CONTINUED}, J.EVALUATED, P.READ, "result"),
        _step("continue", {J.EVALUATED}, J.CONTINUED, P.READ, "reason"),
        _step("close", {J.AGREED, J.EVALUATED}, J.CLOSED, P.READ, "reason"),
    ],
)  # fmt: skip

LESSONS = Machine(
    "oversight_lesson",
    [State(state, terminal=state in (L.REFUSED, L.TAKEN_DOWN)) for state in L],
    [
        Transition("draft", frozenset({INITIAL}), L.DRAFTED, P.RECOMMEND, ("text",)),
        _step("publish", {L.DRAFTED}, L.PUBLISHED, P.APPROVE, "opinion"),
        _step("refuse", {L.DRAFTED}, L.REFUSED, P.APPROVE, "opinion"),
        _step("take_down", {L.PUBLISHED}, L.TAKEN_DOWN, P.APPROVE, "opinion"),
    ],
)  # fmt: skip
