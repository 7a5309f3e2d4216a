"""Who may do what with a case. Reach is the database's (place, purpose, part, and what another county opened); this is role,
part and state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tortoise.expressions import RawSQL
from tortoise.queryset import QuerySet

from backend.apps.reunion.enums import CaseState as S
from backend.apps.reunion.enums import Side
from backend.apps.reunion.models import Case
from backend.apps.reunion.permissions import Permission as P
from backend.apps.reunion.workflow import MACHINE, OPEN
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.tenancy.service import lies_in
from backend.kernel.workflow import actions
from backend.kernel.workflow.actions import Action

#: An expert's access is bound to cases whose candidates wait for an opinion (`domain.md` 2.6).
EXPERT_STATES = (S.CANDIDATES, S.LEAD, S.VERIFYING)
#: Nothing about where somebody is goes to a seeker before his identity is proven (`domain.md` 2.10).
PROVEN = frozenset({S.IDENTITY_CONFIRMED, S.RETURN_ARRANGED, S.RETURNED, S.FOLLOWING, S.CLOSED})


def readable(actor: Actor) -> QuerySet[Case]:
    """The cases this actor may open: of his place, opened to his county for a candidate, or the family's own report."""
    actor.require(P.READ)
    query = Case.all()
    if actor.membership is not None and actor.account_id is not None:
        # Whose own family it is has no official part in the case.
        query = query.exclude(id__in=RawSQL(f"(select p.matter_id from participant p where p.account_id = '{actor.account_id}')"))
    return query.filter(state__in=EXPERT_STATES) if actor.role == Role.FACE_EXPERT else query


def family_state(state: S) -> S:
    """How far a family is told that things are: of candidates nothing, before somebody is proven (`domain.md` 2.10)."""
    return S.SEARCH_APPROVED if state in EXPERT_STATES else state


def is_ours(actor: Actor, case: Case) -> bool:
    """The case lies in the officer's own place; what another county opened is only read."""
    membership = actor.membership
    return membership is not None and case.county in membership.counties and lies_in(case.path, membership.path)


@dataclass(frozen=True)
class Standing:
    """What the actor is to the case.

    Attributes:
        is_family: the reporter, privately.
        is_ours: the case is of the officer's own place.
        waiting: what there is to act on (`open_candidate`, `my_review`, …).
    """

    actor: Actor
    case: Case
    is_family: bool = False
    is_ours: bool = False
    waiting: frozenset[str] = field(default_factory=frozenset)


Question = Callable[[Standing], bool]


def is_ours_now(s: Standing) -> bool:
    return s.is_ours


def is_family_or_ours(s: Standing) -> bool:
    return s.is_family or s.is_ours


def _may(
    name: str, permission: P, transition: str = "", states: frozenset[S] = OPEN, *, requires: tuple[str, ...] = (),
    who: Question = is_ours_now, step_up: bool = False, waits_for: str = "",
) -> Action[Standing]:  # fmt: skip
    return Action(MACHINE, name, who, permission, transition, states, requires, step_up, waits_for)


BEFORE_RETURN = OPEN - {S.RETURNED, S.FOLLOWING}

ACTIONS: dict[str, Action[Standing]] = {
    action.name: action
    for action in (
        _may("record_basis", P.REGISTER, "record_basis", requires=("basis", "text")),
        _may("add_picture", P.REGISTER, states=BEFORE_RETURN, requires=("fileId",)),
        _may("choose_face", P.REGISTER, states=BEFORE_RETURN, requires=("pictureId", "face"), waits_for="choose_face"),
        _may("remove_picture", P.REGISTER, states=BEFORE_RETURN, waits_for="picture"),
        _may("correct_facts", P.REGISTER, states=BEFORE_RETURN),
        _may("record_guardian", P.REGISTER, states=BEFORE_RETURN, requires=("basis", "text"), waits_for="guardian"),
        _may("raise_alarm", P.REGISTER, states=BEFORE_RETURN, requires=("alarm", "receipt"), waits_for="no_alarm"),
        _may("quick_check", P.REGISTER, "quick_check", requires=("result",)),
        _may("request_search", P.SEARCH, "request_search", requires=("purpose", "legalBasis", "necessity")),
        _may("approve_search", P.APPROVE, "approve_search", requires=("approve", "reason"), step_up=True),
        _may("review_candidate", P.REVIEW, states=frozenset({S.CANDIDATES}), requires=("candidateId", "verdict"),
               waits_for="my_review"),
        _may("ask_verification", P.PROVE, "verify", requires=("text",)),
        _may("record_proof", P.PROVE, states=frozenset({S.VERIFYING}), requires=("kind", "positive", "source")),
        _may("confirm_identity", P.CONFIRM, states=frozenset({S.VERIFYING}), requires=("text",), step_up=True,
               waits_for="my_confirmation"),
        _may("arrange_return", P.RETURN, "arrange_return", requires=("plan", "wish")),
        _may("hand_over", P.RETURN, "hand_over", requires=("receiver", "idCheck")),
        _may("record_follow_up", P.FOLLOW, states=frozenset({S.RETURNED, S.FOLLOWING}), requires=("text",),
               waits_for="follow_up"),
        _may("close", P.FOLLOW, "close", requires=("finding",)),
        _may("place", P.PLACE, "place", requires=("approval",), step_up=True),
        _may("refuse_contact", P.REGISTER, states=BEFORE_RETURN, requires=("statement",), waits_for="adult"),
        _may("withdraw", P.WITHDRAW, "withdraw", requires=("statement",)),
        _may("withdraw_report", P.TAKE_PART, "withdraw", requires=("statement",), who=lambda s: s.is_family),
    )
}  # fmt: skip


def available(s: Standing) -> list[Action[Standing]]:
    """What the actor may do next, in the order in which the work usually goes."""
    return actions.available(ACTIONS.values(), s)


def may_see_whereabouts(s: Standing) -> bool:
    """Where a found person is: the officers of his place; others, and every seeker, once his identity is proven.

    An adult who does not want contact is never placed for anybody else, and a child not before the guardian authority agrees
    (`domain.md` 2.9).
    """
    if s.is_ours or s.case.side == Side.SOUGHT:
        return True
    agreed = s.case.guardian_agreed or not s.case.is_minor
    return agreed and not s.case.no_contact and s.case.state in PROVEN


def may_see_reporter(s: Standing) -> bool:
    return s.actor.may(P.REVEAL) and s.is_ours


def hides_place(actor: Actor, case: Case) -> bool:
    """Whether the place that answers for the case, and so the person's, is kept from this reader."""
    if not actor.is_staff or is_ours(actor, case) or case.side == Side.SOUGHT:
        return False
    return not may_see_whereabouts(Standing(actor, case))


#: What a family finds in the timeline of its report: its steps, never what officers think of candidates.
FAMILY_TAGS = frozenset(
    {
        "reunion:alarm:raised", "reunion:basis:recorded", "reunion:case:closed", "reunion:case:registered",
        "reunion:case:withdrawn", "reunion:facts:corrected", "reunion:identity:confirmed", "reunion:picture:added",
        "reunion:search:approved", "reunion:search:nobody", "reunion:search:requested",
    }
)  # fmt: skip
