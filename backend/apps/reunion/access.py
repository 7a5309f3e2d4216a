"""Who may do what with a case. Reach is the database's (place, purpose, part, and what another county opened); this is role,
part and state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from backend.apps.reunion.enums import AssistAddressee, AssistState, Side
from backend.apps.reunion.enums import CaseState as S
from backend.apps.reunion.enums import TaskState as T
from backend.apps.reunion.models import Assist, AssistReply, Case, HandTask, ImportRun
from backend.apps.reunion.permissions import Permission as P
from backend.apps.reunion.workflow import MACHINE, OPEN, SEARCHABLE
from backend.kernel import clock
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
    return query.filter(Q(state__in=EXPERT_STATES) | Q(id__in=_invited_to(actor))) if actor.role == Role.FACE_EXPERT else query


def _invited_to(actor: Actor) -> RawSQL:
    """Cases an expert was invited to, in whatever state, until the invitation ends."""
    return RawSQL(
        f"(select a.case_id from reunion_assist a where a.to_account = '{actor.account_id}' and a.addressee = 'EXPERT' "
        f"and a.state in ('OPEN', 'ANSWERED') and a.expires_at > '{clock.now().isoformat()}')"
    )


def importable(actor: Actor) -> QuerySet[ImportRun]:
    """Imports of the actor's place; colleagues go on with each other's. Raises `NOT_PERMITTED`."""
    actor.require(P.IMPORT)
    return ImportRun.all()


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


def is_family_or_officer(s: Standing) -> bool:
    """The family of somebody who is sought, or an officer of its case; whoever was found has no family to tell yet."""
    return s.case.side == Side.SOUGHT and (s.is_family or s.is_ours)


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
        _may("ask_assist", P.ASSIST_ASK, states=OPEN - {S.REPORTED}, waits_for="wanted",
               requires=("addressee", "purpose", "legalBasis", "question")),
        _may("ask_verification", P.PROVE, "verify", requires=("text",)),
        _may("record_proof", P.PROVE, states=frozenset({S.VERIFYING}), requires=("kind", "positive", "source")),
        _may("confirm_identity", P.CONFIRM, states=frozenset({S.VERIFYING}), requires=("text",), step_up=True,
               waits_for="my_confirmation"),
        _may("arrange_return", P.RETURN, "arrange_return", requires=("plan", "wish")),
        _may("hand_over", P.RETURN, "hand_over", requires=("receiver", "idCheck")),
        _may("record_follow_up", P.FOLLOW, states=frozenset({S.RETURNED, S.FOLLOWING}), requires=("text",),
               waits_for="follow_up"),
        _may("publish_bulletin", P.BULLETIN, states=frozenset(SEARCHABLE), requires=("ground", "groundText", "text", "days"),
               waits_for="no_bulletin"),
        _may("decide_bulletin", P.BULLETIN_DECIDE, states=frozenset(SEARCHABLE), requires=("approve", "reason"), step_up=True,
               waits_for="bulletin_proposed"),
        _may("take_down_bulletin", P.BULLETIN, requires=("text",), waits_for="bulletin"),
        _may("forgo_bulletin", P.BULLETIN, states=frozenset(SEARCHABLE), requires=("text",), waits_for="notice"),
        _may("withdraw_bulletin", P.TAKE_PART, requires=("text",), who=lambda s: s.is_family, waits_for="bulletin"),
        _may("answer_tip", P.TIP_ANSWER, requires=("tipId", "verdict"), waits_for="tip"),
        _may("issue_status_link", P.STATUS_LINK, who=is_family_or_officer),
        _may("end_status_link", P.STATUS_LINK, who=is_family_or_officer, waits_for="status_link"),
        _may("give_task", P.GIVE, requires=("kind", "instruction", "role")),
        _may("link_find", P.CARE, requires=("code", "reason"), waits_for="care"),
        _may("add_kin", P.CARE, requires=("name", "relation", "phone"), waits_for="care"),
        _may("save_care_plan", P.CARE, requires=("needs", "measures", "agreedWith", "reviewOn"), waits_for="care"),
        _may("issue_home_card", P.CARE, waits_for="care"),
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


#: Tasks that nobody has settled yet.
UNSETTLED = (T.GIVEN, T.ACCEPTED, T.DONE, T.RETURNED)
#: What a helper, and what a giver, may do with a task in which state.
DOING: dict[str, frozenset[T]] = {
    "accept": frozenset({T.GIVEN}), "finish": frozenset({T.ACCEPTED, T.RETURNED}),
    "refuse": frozenset({T.GIVEN, T.ACCEPTED, T.RETURNED}),
}  # fmt: skip
SETTLING: dict[str, frozenset[T]] = {
    "verify": frozenset({T.DONE}), "return": frozenset({T.DONE}), "cancel": frozenset(UNSETTLED),
}  # fmt: skip


def is_addressed(actor: Actor, task: HandTask) -> bool:
    """By name, or to the actor's role in a place of his."""
    if actor.membership is None:
        return False
    if task.assignee is not None:
        return task.assignee == actor.membership.id
    return task.role == actor.role and lies_in(task.path, actor.membership.path)


def did_it_himself(actor: Actor, task: HandTask) -> bool:
    return task.state == T.DONE and task.assignee_account == actor.account_id


def task_actions(actor: Actor, task: HandTask, *, ours: bool) -> list[str]:
    """What this reader may do with the task; `ours`: he works on its case."""
    found = []
    if actor.may(P.DO_TASK) and is_addressed(actor, task):
        found = [name for name, states in DOING.items() if task.state in states]
    if ours and actor.may(P.GIVE):
        found += [
            name for name, states in SETTLING.items()
            if task.state in states and (name == "cancel" or not did_it_himself(actor, task))
        ]  # fmt: skip
    return found


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
        "reunion:alarm:raised", "reunion:basis:recorded", "reunion:bulletin:ended", "reunion:bulletin:published",
        "reunion:bulletin:withdrawn", "reunion:case:closed", "reunion:case:registered",
        "reunion:case:withdrawn", "reunion:facts:corrected", "reunion:identity:confirmed", "reunion:picture:added",
        "reunion:search:approved", "reunion:search:nobody", "reunion:search:requested",
    }
)  # fmt: skip


# -------------------------------------------------------------------------------------------- the desk between counties

#: Parts of a path down to the county: the desk of a county are its own officers, not those of its townships.
COUNTY_DEPTH = 3


def assists(actor: Actor) -> QuerySet[Assist]:
    """Requests within the actor's reach: asked by his place, asked of it, or on the board; of an expert, his invitations."""
    actor.require(P.ASSIST_ANSWER)
    query = Assist.exclude(
        case_id__in=RawSQL(f"(select p.matter_id from participant p where p.account_id = '{actor.account_id}')")
    )
    if actor.role == Role.FACE_EXPERT:
        return query.filter(addressee=AssistAddressee.EXPERT, to_account=actor.account_id)
    return query


def is_living(row: Assist) -> bool:
    """Somebody may still answer."""
    return row.state in (AssistState.OPEN, AssistState.ANSWERED) and row.expires_at > clock.now()


def is_asker(actor: Actor, row: Assist) -> bool:
    """An officer of the place that asks, whose role has to do with the desk."""
    member = actor.membership
    if member is None or actor.role == Role.FACE_EXPERT or not actor.may(P.ASSIST_ANSWER):
        return False
    return row.county in member.counties and lies_in(row.path, member.path)


def is_asked(actor: Actor, row: Assist) -> bool:
    """Whoever the request is addressed to: the expert himself, or the desk of the county; from the board any other county's."""
    member = actor.membership
    if member is None or not actor.may(P.ASSIST_ANSWER):
        return False
    if row.addressee == AssistAddressee.EXPERT or actor.role == Role.FACE_EXPERT:
        return actor.role == Role.FACE_EXPERT and row.to_account == actor.account_id
    if row.addressee == AssistAddressee.BOARD:
        return member.path.count(".") + 1 == COUNTY_DEPTH and member.county != row.county
    return row.to_county in member.counties and lies_in(row.to_path or "", member.path)


def is_helper(actor: Actor, reply: AssistReply) -> bool:
    """Whose answer it is: the expert's own, or the county's."""
    member = actor.membership
    if member is None or reply.by_expert or actor.role == Role.FACE_EXPERT:
        return member is not None and reply.by_expert and reply.helper_id == actor.account_id
    return reply.county in member.counties and lies_in(reply.path, member.path)
