"""States and transitions of a dispute as data (`domain.md` 3.4)."""

from __future__ import annotations

from backend.apps.mediation.enums import DisputeState as S
from backend.apps.mediation.permissions import Permission as P
from backend.kernel.workflow.machine import INITIAL, Machine, State, Transition

TERMINAL = frozenset({S.CLOSED, S.MERGED})

#: The dispute waits for whoever assigns it.
UNASSIGNED = frozenset({S.TRIAGED, S.RETURNED, S.ESCALATED, S.REOPENED})
AGREED = frozenset({S.AGREED, S.CONFIRMED, S.CONFIRM_REJECTED})


def _step(
    name: str, sources: frozenset[str] | set[str], target: S, permission: P, *requires: str
) -> Transition:
    return Transition(name, frozenset(sources), target, permission, requires)


MACHINE = Machine(
    "dispute",
    [State(state, terminal=state in TERMINAL) for state in S],
    [
        _step("register", {INITIAL}, S.REGISTERED, P.REPORT, "statement"),
        _step("triage", {S.REGISTERED}, S.TRIAGED, P.TRIAGE, "duplicatesChecked"),
        _step("merge", {S.REGISTERED}, S.MERGED, P.TRIAGE, "mergeInto"),
        _step("redirect", {S.TRIAGED, S.FAILED, S.BREACHED}, S.REDIRECTED, P.ASSIGN, "receiver", "reason"),
        _step("assign", UNASSIGNED, S.ASSIGNED, P.ASSIGN, "responsible"),
        _step("return", {S.ASSIGNED}, S.RETURNED, P.ACCEPT, "reason", "ruleText"),
        _step("accept", {S.ASSIGNED}, S.ACCEPTED, P.ACCEPT, "willing"),
        _step(
            "start_mediation", {S.ACCEPTED}, S.MEDIATING, P.MEDIATE, "mediators", "rightsNoticeGiven", "noConflict"
        ),
        _step("agree", {S.MEDIATING}, S.AGREED, P.TAKE_PART, "signatures"),
        _step("register_oral", {S.MEDIATING}, S.AGREED, P.MEDIATE, "terms"),
        _step("fail", {S.ACCEPTED, S.MEDIATING}, S.FAILED, P.MEDIATE, "reason", "remediesTold"),
        _step("end_mediation", {S.ACCEPTED, S.MEDIATING}, S.FAILED, P.TAKE_PART),
        _step(
            "escalate", {S.ASSIGNED, S.ACCEPTED, S.FAILED}, S.ESCALATED, P.ACCEPT, "reasons", "attempts"
        ),
        _step("send_down", {S.ASSIGNED, S.ACCEPTED, S.ESCALATED}, S.ASSIGNED, P.ASSIGN, "responsible", "reason"),
        _step("request_confirmation", {S.AGREED}, S.CONFIRM_PENDING, P.TAKE_PART, "genuine"),
        _step("confirm", {S.CONFIRM_PENDING}, S.CONFIRMED, P.MEDIATE, "rulingNumber", "decidedOn"),
        _step("reject_confirmation", {S.CONFIRM_PENDING}, S.CONFIRM_REJECTED, P.MEDIATE, "rulingNumber", "decidedOn"),
        _step("perform", AGREED | {S.BREACHED}, S.PERFORMED, P.MEDIATE, "statement"),
        _step("report_breach", AGREED, S.BREACHED, P.MEDIATE, "reason"),
        _step("close", {S.PERFORMED, S.REDIRECTED}, S.CLOSED, P.CLOSE, "closeType", "checklist"),
        _step("reopen", {S.CLOSED}, S.REOPENED, P.REOPEN, "ground", "reason"),
    ],
)
