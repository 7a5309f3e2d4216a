"""States and transitions of a case as data (`domain.md` 2.4)."""

from __future__ import annotations

from backend.apps.reunion.enums import CaseState as S
from backend.apps.reunion.permissions import Permission as P
from backend.kernel.workflow.machine import INITIAL, Machine, State, Transition

ENDED = frozenset({S.CLOSED, S.WITHDRAWN})
OPEN = frozenset(S) - ENDED
#: Somebody may still be looking for this person: his faces stand in the gallery.
SEARCHABLE = frozenset(
    {
        S.BASIS_RECORDED, S.QUICK_CHECK, S.SEARCH_REQUESTED, S.SEARCH_REFUSED, S.SEARCH_APPROVED, S.CANDIDATES, S.LEAD,
        S.NO_MATCH, S.VERIFYING, S.PLACED,
    }
)  # fmt: skip


def _step(name: str, sources: frozenset[S] | set[S], target: S, permission: P, *requires: str) -> Transition:
    return Transition(name, frozenset(sources), target, permission, tuple(requires))


MACHINE = Machine(
    "reunion",
    [State(state, terminal=state in ENDED) for state in S],
    [
        Transition("register", frozenset({INITIAL}), S.REPORTED, P.REGISTER, ("registration",)),
        _step("record_basis", {S.REPORTED}, S.BASIS_RECORDED, P.REGISTER, "basis", "text"),
        _step("quick_check", {S.BASIS_RECORDED}, S.QUICK_CHECK, P.REGISTER, "result"),
        _step("request_search", {S.QUICK_CHECK, S.SEARCH_REFUSED, S.NO_MATCH, S.PLACED}, S.SEARCH_REQUESTED, P.SEARCH,
              "purpose", "legalBasis", "necessity"),
        _step("approve_search", {S.SEARCH_REQUESTED}, S.SEARCH_APPROVED, P.APPROVE, "approval"),
        _step("refuse_search", {S.SEARCH_REQUESTED}, S.SEARCH_REFUSED, P.APPROVE, "reason"),
        # From NO_MATCH: the approval still stands, and somebody new appeared on the other side.
        _step("list_candidates", {S.SEARCH_APPROVED, S.NO_MATCH}, S.CANDIDATES, P.SEARCH, "search"),
        _step("find_nobody", {S.SEARCH_APPROVED, S.CANDIDATES}, S.NO_MATCH, P.REVIEW, "search"),
        # An approval that was not used in its time.
        _step("lapse", {S.SEARCH_APPROVED, S.SEARCH_REQUESTED}, S.QUICK_CHECK, P.SEARCH, "search"),
        _step("lead", {S.CANDIDATES}, S.LEAD, P.REVIEW, "reviews"),
        _step("verify", {S.LEAD}, S.VERIFYING, P.PROVE, "asked"),
        # The other side took its report back: there is nobody to compare with any more.
        _step("lose", {S.CANDIDATES, S.LEAD, S.VERIFYING}, S.NO_MATCH, P.PROVE, "candidate"),
        _step("disprove", {S.LEAD, S.VERIFYING}, S.NO_MATCH, P.PROVE, "proof"),
        _step("confirm_identity", {S.VERIFYING}, S.IDENTITY_CONFIRMED, P.CONFIRM, "proofs", "organs"),
        # The other side of a confirmed pair.
        _step("be_found", SEARCHABLE, S.IDENTITY_CONFIRMED, P.CONFIRM, "pair"),
        _step("arrange_return", {S.IDENTITY_CONFIRMED}, S.RETURN_ARRANGED, P.RETURN, "plan", "wish"),
        _step("hand_over", {S.RETURN_ARRANGED}, S.RETURNED, P.RETURN, "receiver", "idCheck"),
        _step("follow", {S.RETURNED}, S.FOLLOWING, P.FOLLOW, "destination"),
        _step("close", {S.FOLLOWING, S.IDENTITY_CONFIRMED, S.RETURN_ARRANGED}, S.CLOSED, P.FOLLOW, "finding"),
        _step("place", {S.NO_MATCH}, S.PLACED, P.PLACE, "approval"),
        _step("withdraw", OPEN - {S.RETURNED, S.FOLLOWING}, S.WITHDRAWN, P.WITHDRAW, "statement"),
    ],
)  # fmt: skip
