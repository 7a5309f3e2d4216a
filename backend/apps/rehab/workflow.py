"""States and transitions of a case as data (`domain.md` 6.4)."""

from __future__ import annotations

from backend.apps.rehab.enums import CaseState as S
from backend.apps.rehab.permissions import Permission as P
from backend.kernel.workflow.machine import INITIAL, Machine, State, Transition

#: Nothing of supervision goes on here: no task, no pass, no template.
ENDED = frozenset({S.ISOLATION_ORDERED, S.TRANSFERRED, S.EXITED, S.TERMINATED})
#: The term is over; dynamic control asks for nothing but itself.
AFTER_TERM = frozenset({S.COMPLETED, S.FOLLOW_UP})
#: Supervised with tasks.
LIVE = frozenset({S.IN_PROGRESS, S.BREACH_NOTED, S.SERIOUS_BREACH, S.RELAPSE_FOUND})
OPEN = frozenset(S) - ENDED


def _step(name: str, sources: frozenset[S] | set[S], target: S, permission: P, *requires: str) -> Transition:
    return Transition(name, frozenset(sources), target, permission, tuple(requires))


MACHINE = Machine(
    "rehab",
    [State(state, terminal=state in ENDED) for state in S],
    [
        Transition("register", frozenset({INITIAL}), S.ORDERED, P.REGISTER, ("orderNo", "servedOn")),
        # A voluntary patient and one who moved in have no order to report after.
        Transition("enter", frozenset({INITIAL}), S.REPORTED, P.REGISTER, ("basis",)),
        _step("report_in", {S.ORDERED, S.NOT_REPORTED}, S.REPORTED, P.REPORT_IN, "reportedAt"),
        _step("not_reported", {S.ORDERED}, S.NOT_REPORTED, P.REPORT_IN, "search", "reasonAsked"),
        _step("agree", {S.REPORTED}, S.AGREED, P.AGREE, "paper"),
        _step("start", {S.AGREED}, S.IN_PROGRESS, P.REPORT_IN, "firstTest", "firstVisit"),
        _step("suspend", LIVE, S.SUSPENDED, P.SUSPEND, "cause", "document"),
        _step("resume", {S.SUSPENDED}, S.IN_PROGRESS, P.SUSPEND, "document"),
        _step("note_breach", {S.IN_PROGRESS}, S.BREACH_NOTED, P.CONFIRM_BREACH, "fact", "heard"),
        _step("settle_breach", {S.BREACH_NOTED, S.SERIOUS_BREACH}, S.IN_PROGRESS, P.CONFIRM_BREACH, "reason"),
        _step("report_serious_breach", {S.BREACH_NOTED}, S.SERIOUS_BREACH, P.CONFIRM_BREACH, "warnings"),
        _step("find_relapse", {S.IN_PROGRESS, S.BREACH_NOTED}, S.RELAPSE_FOUND, P.END, "test"),
        _step("settle_relapse", {S.RELAPSE_FOUND}, S.IN_PROGRESS, P.END, "reason"),
        _step("order_isolation", {S.RELAPSE_FOUND, S.SERIOUS_BREACH}, S.ISOLATION_ORDERED, P.ISOLATE, "decisionNo", "reason"),
        # The other county has the case already: whatever happened to it here meanwhile, it ends here.
        _step("transfer", OPEN - {S.ORDERED, S.NOT_REPORTED}, S.TRANSFERRED, P.TRANSFER, "request"),
        _step("complete", {*LIVE, S.SUSPENDED}, S.COMPLETED, P.END, "termTo"),
        _step("begin_follow_up", {S.COMPLETED}, S.FOLLOW_UP, P.EXIT, "notice"),
        _step("exit", {S.FOLLOW_UP}, S.EXITED, P.EXIT, "finding"),
        _step("terminate", OPEN, S.TERMINATED, P.END, "endType", "document"),
    ],
)
