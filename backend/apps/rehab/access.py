"""Who may do what with a case. Reach is the database's (row-level security by place, purpose and part); this is role, link
and state. A case is opened by its links, by the narcotics office and the police leadership of its place, by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tortoise.expressions import RawSQL
from tortoise.queryset import QuerySet

from backend.apps.rehab.enums import CaseState as S
from backend.apps.rehab.enums import LinkKind
from backend.apps.rehab.models import Case, Task
from backend.apps.rehab.permissions import Permission as P
from backend.apps.rehab.workflow import AFTER_TERM, ENDED, LIVE, MACHINE
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.workflow import actions
from backend.kernel.workflow.actions import Action

#: Offices that answer for every case of their place, without being a link of it.
OVERSEERS = frozenset({Role.ANTI_DRUG_OFFICE, Role.POLICE_CHIEF})
#: Links that see the case itself. Grid, village and family see their own tasks only.
CASE_LINKS = (LinkKind.DRUG_WORKER, LinkKind.POLICE, LinkKind.OFFICE)


def readable(actor: Actor) -> QuerySet[Case]:
    """The cases this actor may open. A person's own one is found by his part in it (the database's policy)."""
    actor.require(P.READ)
    if actor.membership is None:
        return Case.all()
    query = Case.filter(county=actor.membership.county) if len(actor.membership.counties) == 1 else Case.all()
    # Whose own case it is, or a relative's, has no official part in it.
    concerned = RawSQL(f"(select p.matter_id from participant p where p.account_id = '{actor.account_id}')")
    if actor.account_id is not None:
        query = query.exclude(id__in=concerned)
    if actor.role in OVERSEERS:
        return query
    mine = RawSQL(
        "(select l.case_id from rehab_link l where l.until is null and l.kind in ('DRUG_WORKER', 'POLICE', 'OFFICE') "
        f"and l.membership_id = '{actor.membership.id}')"
    )
    return query.filter(id__in=mine)


def own_tasks(actor: Actor) -> QuerySet[Task]:
    """The duties that are the actor's own: by membership for officers, by his part for the person and the family."""
    if actor.membership is not None:
        return Task.filter(membership_id=actor.membership.id)
    own = RawSQL(f"(select p.subject_id from participant p where p.account_id = '{actor.account_id}')")
    return Task.filter(subject_id__in=own)


@dataclass(frozen=True)
class Standing:
    """What the actor is to the case.

    Attributes:
        links: kinds of link the actor's membership is now.
        is_self: the supervised person himself.
        to_sign: he has a signature to give.
        waiting: what there is to decide (`check_in`, `leave`, `entry`, …) and so offers an action.
    """

    actor: Actor
    case: Case
    links: frozenset[LinkKind] = frozenset()
    is_self: bool = False
    to_sign: bool = False
    waiting: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_overseer(self) -> bool:
        return self.actor.is_staff and self.actor.role in OVERSEERS

    @property
    def is_responsible(self) -> bool:
        """A link that sees the case, or the office above it."""
        return self.is_overseer or bool(self.links & set(CASE_LINKS))


Question = Callable[[Standing], bool]


def is_self(s: Standing) -> bool:
    return s.is_self


def is_worker(s: Standing) -> bool:
    return LinkKind.DRUG_WORKER in s.links


def is_police(s: Standing) -> bool:
    return LinkKind.POLICE in s.links or s.actor.role == Role.POLICE_CHIEF


def is_office(s: Standing) -> bool:
    return s.actor.role == Role.ANTI_DRUG_OFFICE


def is_responsible(s: Standing) -> bool:
    return s.is_responsible


def handles_daily(s: Standing) -> bool:
    """Whoever works with the person: drug worker, community police, and the office when both fail."""
    return s.is_responsible and s.actor.role != Role.POLICE_CHIEF


def has(*what: str) -> Question:
    """There is something of this kind to act on."""

    def question(s: Standing) -> bool:
        return any(each in s.waiting for each in what)

    return question


def both(one: Question, other: Question) -> Question:
    return lambda s: one(s) and other(s)


def either(one: Question, other: Question) -> Question:
    return lambda s: one(s) or other(s)


def _may(
    name: str, who: Question, permission: P, transition: str = "", states: frozenset[S] = LIVE, *,
    requires: tuple[str, ...] = (), step_up: bool = False, waits_for: str = "",
) -> Action[Standing]:  # fmt: skip
    return Action(MACHINE, name, who, permission, transition, states, requires, step_up, waits_for)


OPEN = frozenset(S) - ENDED
BEFORE_END = OPEN - AFTER_TERM
SUPERVISED = LIVE | {S.SUSPENDED}
ANY = frozenset(S)

ACTIONS: dict[str, Action[Standing]] = {
    action.name: action
    for action in (
        # the person
        _may("check_in", is_self, P.TAKE_PART, waits_for="own_check_in"),
        _may("retake_check_in", is_self, P.TAKE_PART, waits_for="retake"),
        _may("send_check_in_anyway", is_self, P.TAKE_PART, waits_for="retake"),
        _may("consent_to_face", is_self, P.TAKE_PART, states=BEFORE_END, waits_for="no_face"),
        _may("withdraw_face", is_self, P.TAKE_PART, states=OPEN, waits_for="face"),
        _may("file_leave", is_self, P.TAKE_PART, requires=("fromDay", "toDay", "place", "reason")),
        _may("extend_leave", is_self, P.TAKE_PART, requires=("toDay", "reason"), waits_for="own_leave"),
        _may("return_from_leave", is_self, P.TAKE_PART, waits_for="own_leave"),
        _may("withdraw_leave", is_self, P.TAKE_PART, waits_for="own_leave_filed"),
        _may("file_request", is_self, P.TAKE_PART, states=OPEN, requires=("kind", "text")),
        _may("withdraw_request", is_self, P.TAKE_PART, states=OPEN, waits_for="own_request"),
        _may("file_objection", is_self, P.TAKE_PART, states=ANY, requires=("target", "grounds")),
        _may("ask_further_review", is_self, P.TAKE_PART, states=ANY, requires=("grounds",), waits_for="dismissed"),
        _may("ask_laboratory", is_self, P.TAKE_PART, states=OPEN, requires=("reason",), waits_for="positive_test"),
        _may("show_pass", is_self, P.TAKE_PART, waits_for="pass"),
        _may("invite_family", either(is_self, is_worker), P.READ, states=BEFORE_END, requires=("name", "phone")),
        _may("sign", lambda s: s.to_sign, P.READ, states=ANY, step_up=True, waits_for="signature"),
        # the chain
        _may("assign_links", is_office, P.LINKS, states=BEFORE_END, requires=("kind", "membership")),
        _may("report_in", is_worker, P.REPORT_IN, "report_in"),
        _may("not_reported", is_worker, P.REPORT_IN, "not_reported"),
        _may("draft_agreement", is_worker, P.AGREE, states=frozenset({S.REPORTED}),
               requires=("measures", "testPlan", "help")),
        _may("start", is_worker, P.REPORT_IN, "start"),
        _may("demand_check_in", handles_daily, P.DEMAND, requires=("reason",)),
        _may("review_check_in", handles_daily, P.REVIEW, states=SUPERVISED, requires=("accept", "note"), waits_for="check_in"),
        _may("confirm_face", handles_daily, P.CONFIRM_FACE, states=BEFORE_END, waits_for="face_to_confirm"),
        _may("excuse_task", handles_daily, P.EXCUSE, states=SUPERVISED, requires=("excuse", "reason"), waits_for="task"),
        _may("record_test", handles_daily, P.RECORD_TEST, states=SUPERVISED | {S.AGREED}, requires=("kind", "result")),
        _may("record_lab_result", handles_daily, P.RECORD_TEST, states=SUPERVISED, requires=("lab", "result"), waits_for="lab"),
        _may("record_points", handles_daily, P.RECORD_POINTS, states=SUPERVISED, requires=("rule", "cause")),
        _may("confirm_points", handles_daily, P.CONFIRM_POINTS, states=SUPERVISED, waits_for="entry"),
        _may("decide_leave", handles_daily, P.DECIDE_LEAVE, states=SUPERVISED, requires=("grant", "note"), waits_for="leave"),
        _may("take_request", handles_daily, P.DECIDE_REQUEST, states=OPEN, waits_for="request_filed"),
        _may("decide_request", handles_daily, P.DECIDE_REQUEST, states=OPEN, requires=("grant", "answer"), waits_for="request"),
        _may("note_breach", is_worker, P.NOTE_BREACH, states=frozenset({S.IN_PROGRESS, S.BREACH_NOTED}),
               requires=("kind", "fact", "clause", "heard")),
        # decisions about the person, each by a named office
        _may("decide_band", is_office, P.DECIDE_BAND, states=SUPERVISED, requires=("reason",), step_up=True, waits_for="proposal"),
        _may("override_band", is_office, P.DECIDE_BAND, states=SUPERVISED, requires=("band", "reason", "until"), step_up=True),
        _may("decide_objection", is_office, P.DECIDE_OBJECTION, states=ANY, requires=("uphold", "decision"), step_up=True,
               waits_for="objection"),
        _may("decide_further_review", is_office, P.FINAL_OBJECTION, states=ANY, requires=("uphold", "decision"), step_up=True,
               waits_for="further_review"),
        _may("confirm_breach", is_office, P.CONFIRM_BREACH, states=frozenset({S.IN_PROGRESS, S.BREACH_NOTED}),
               requires=("confirm", "reason"), step_up=True, waits_for="breach"),
        _may("settle_breach", is_office, P.CONFIRM_BREACH, "settle_breach", step_up=True),
        _may("report_serious_breach", is_office, P.CONFIRM_BREACH, "report_serious_breach", step_up=True),
        _may("find_relapse", is_police, P.END, "find_relapse", step_up=True),
        _may("settle_relapse", is_police, P.END, "settle_relapse", step_up=True),
        _may("order_isolation", is_police, P.ISOLATE, "order_isolation", step_up=True),
        _may("suspend", is_office, P.SUSPEND, "suspend"),
        _may("resume", is_office, P.SUSPEND, "resume"),
        _may("begin_follow_up", is_office, P.EXIT, "begin_follow_up", step_up=True),
        _may("exit", is_office, P.EXIT, "exit", step_up=True),
        _may("terminate", is_police, P.END, "terminate", step_up=True),
        _may("blow_whistle", either(is_responsible, is_self), P.BLOW, states=SUPERVISED, requires=("ground", "text", "called")),
        _may("close_whistle", is_responsible, P.BLOW, states=OPEN, requires=("finding", "text"), waits_for="whistle"),
    )
}  # fmt: skip


def available(s: Standing) -> list[Action[Standing]]:
    """What the actor may do next, in the order in which the work usually goes."""
    return actions.available(ACTIONS.values(), s)


def may_see_picture(s: Standing) -> bool:
    """Only the responsible links, who review check-ins, and the person himself."""
    return s.is_self or (handles_daily(s) and s.actor.may(P.REVIEW))


def may_see_health(s: Standing) -> bool:
    """Tests, mood and the person's own words: those who work with him, and himself."""
    return s.is_self or handles_daily(s)


def may_reveal(s: Standing) -> bool:
    return s.actor.may(P.REVEAL) and handles_daily(s)


#: Events the person does not find in his own timeline: officials' own duties and words among each other, and a proposal
#: before anybody has decided it.
STAFF_TAGS = frozenset(
    {
        "rehab:band:proposed", "rehab:chain:warned", "rehab:clock:mark", "rehab:task:missed", "rehab:whistle:blown",
        "rehab:whistle:closed",
    }
)  # fmt: skip
