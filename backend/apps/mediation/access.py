"""Who may do what with a dispute. Reach is the database's (row-level security); this is role, part and state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.apps.mediation import rules
from backend.apps.mediation.enums import DisputeState as S
from backend.apps.mediation.enums import HandlingLevel, PartySide, ReporterMode
from backend.apps.mediation.models import Dispute
from backend.apps.mediation.permissions import Permission as P
from backend.apps.mediation.workflow import MACHINE, TERMINAL
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.errors import not_permitted
from backend.kernel.tenancy.models import level_of_path
from backend.kernel.workflow.machine import WrongState


def readable(actor: Actor) -> QuerySet[Dispute]:
    """The disputes this actor may read: staff by place, persons by part (both enforced by the database)."""
    actor.require(P.READ)
    if actor.membership and len(actor.membership.counties) == 1:
        # Beside the policy: turns the list into an ordered index scan.
        return Dispute.filter(county=actor.membership.county)
    return Dispute.all()


@dataclass(frozen=True)
class Standing:
    """What the actor is to the dispute.

    Attributes:
        responsible: membership responsible now.
        team: memberships that mediate, recused ones left out.
        has_handled: the account, in whatever membership, was responsible for it once or on the team.
        takes_part: the account has a private part in the dispute.
        side: the actor's own side, when he is a party.
        party_id: his row among the parties.
        to_sign: he has a signature to give.
    """

    actor: Actor
    dispute: Dispute
    responsible: UUID | None = None
    team: frozenset[UUID] = frozenset()
    side: PartySide | None = None
    party_id: UUID | None = None
    to_sign: bool = False
    has_handled: bool = False
    takes_part: bool = False
    rated: bool = False
    has_notice: bool = False
    has_session: bool = False
    has_agreement: bool = False
    has_application: bool = False
    has_objection: bool = False
    extension_by: UUID | None = None
    clock_running: bool = False
    clock_paused: bool = False

    @property
    def level(self) -> HandlingLevel:
        membership = self.actor.membership
        if membership is None:
            return HandlingLevel.GRID
        return rules.level_of(level_of_path(membership.path))

    @property
    def is_staff_party(self) -> bool:
        """An officer whose own dispute it is."""
        return self.actor.is_staff and self.takes_part


Question = Callable[[Standing], bool]


def is_party(s: Standing) -> bool:
    return s.party_id is not None


def is_staff(s: Standing) -> bool:
    return s.actor.is_staff


def is_responsible(s: Standing) -> bool:
    return s.actor.membership is not None and s.actor.membership.id == s.responsible


def is_handler(s: Standing) -> bool:
    """The responsible person or a mediator of the team."""
    return is_responsible(s) or (s.actor.membership is not None and s.actor.membership.id in s.team)


def has_handled(s: Standing) -> bool:
    """Whoever handled it, even long ago or in another office, does not judge it."""
    return s.has_handled or is_handler(s)


def is_dispatcher(s: Standing) -> bool:
    """Works at or above the level the dispute is at, or is responsible for it."""
    return is_responsible(s) or not rules.is_above(s.dispute.level, s.level)


def may_assign(s: Standing) -> bool:
    """A dispute that came back is assigned by the dispatcher once; a second time the leader decides."""
    if s.dispute.state == S.RETURNED and s.dispute.times_returned > rules.RETURNS_BEFORE_LEADER:
        return s.actor.role in (Role.TOWN_LEADER, Role.COUNTY_CENTER)
    return is_dispatcher(s)


def may_return(s: Standing) -> bool:
    """A dispute is handed back twice at the most."""
    return is_responsible(s) and s.dispute.times_returned <= rules.RETURNS_BEFORE_LEADER


def assigns(s: Standing) -> bool:
    return s.actor.may(P.ASSIGN) and is_dispatcher(s)


def may_redirect(s: Standing) -> bool:
    """Who assigns; a handler only after mediation came to nothing."""
    return assigns(s) or (is_handler(s) and s.dispute.state in (S.FAILED, S.BREACHED))


def may_replace_mediator(s: Standing) -> bool:
    """A party, the mediator himself, or who assigns; a colleague without a part may not."""
    return is_party(s) or is_handler(s) or assigns(s)


def may_close(s: Standing) -> bool:
    """The town leader up to town level, the county centre above; never anybody who handled it."""
    if has_handled(s):
        return False
    return s.actor.role == Role.COUNTY_CENTER or not rules.is_above(s.dispute.level, HandlingLevel.TOWN)


def is_not_handler(s: Standing) -> bool:
    return is_staff(s) and not is_handler(s)


def may_visit(s: Standing) -> bool:
    return is_staff(s) and not has_handled(s)


def may_sign(s: Standing) -> bool:
    return s.to_sign


def may_rate(s: Standing) -> bool:
    return is_party(s) and not s.rated


def has_open_notice(s: Standing) -> bool:
    return s.has_notice and is_responsible(s)


def may_answer_session(s: Standing) -> bool:
    return is_party(s) and s.has_session


def may_record_minutes(s: Standing) -> bool:
    return is_handler(s) and s.has_session


def may_decide_objection(s: Standing) -> bool:
    return s.has_objection and not has_handled(s)


def may_ask_extension(s: Standing) -> bool:
    return is_handler(s) and s.clock_running and s.extension_by is None


def may_decide_extension(s: Standing) -> bool:
    return s.extension_by is not None and s.extension_by != s.actor.account_id and not has_handled(s)


def may_suspend(s: Standing) -> bool:
    return is_handler(s) and s.clock_running


def may_resume(s: Standing) -> bool:
    return is_handler(s) and s.clock_paused


def may_contribute(s: Standing) -> bool:
    return is_party(s) or is_handler(s) or is_dispatcher(s)


def may_request_confirmation(s: Standing) -> bool:
    return is_party(s) and s.has_agreement and not s.has_application


@dataclass(frozen=True)
class Action:
    """Something a person may do with a dispute.

    Attributes:
        transition: of the state machine, when the action is one; it gives permission, sources and evidence.
        who: what the actor must be to the dispute.
        step_up: a passkey has to confirm the person first.
    """

    name: str
    who: Question
    transition: str = ""
    permission: P = P.READ
    states: frozenset[S] = frozenset(S) - TERMINAL
    requires: tuple[str, ...] = ()
    step_up: bool = False
    alternatives: tuple[P, ...] = ()

    @property
    def needed(self) -> str:
        return MACHINE.transition(self.transition).permission if self.transition else self.permission

    @property
    def sources(self) -> frozenset[str]:
        return MACHINE.transition(self.transition).sources if self.transition else frozenset(self.states)

    def is_open(self, s: Standing) -> bool:
        return s.dispute.state in self.sources and self.is_permitted(s)

    def is_permitted(self, s: Standing) -> bool:
        if s.is_staff_party:
            return False
        carried = s.actor.may(self.needed) or any(s.actor.may(other) for other in self.alternatives)
        return carried and self.who(s)

    def require(self, s: Standing) -> None:
        """Raises `NOT_PERMITTED`, `WRONG_STATE` or `STEP_UP_REQUIRED`."""
        if not self.is_permitted(s):
            raise not_permitted(self.needed)
        if s.dispute.state not in self.sources:
            raise WrongState(self.name, s.dispute.state, self.sources)
        if self.step_up and s.actor.is_staff:
            s.actor.require_step_up()


HANDLED = frozenset({S.ACCEPTED, S.MEDIATING})
BEFORE_END = frozenset(S) - TERMINAL - {S.REDIRECTED}

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("triage", is_dispatcher, "triage"),
        Action("redirect", may_redirect, "redirect", alternatives=(P.MEDIATE,)),
        Action("assign", may_assign, "assign"),
        Action("accept", is_responsible, "accept"),
        Action("return", may_return, "return"),
        Action("start_mediation", is_responsible, "start_mediation"),
        Action("respond_to_session", may_answer_session, permission=P.TAKE_PART, states=HANDLED),
        Action("schedule_session", is_handler, permission=P.MEDIATE, states=frozenset({S.MEDIATING}),
               requires=("startsAt", "place")),
        Action("record_minutes", may_record_minutes, permission=P.MEDIATE, states=frozenset({S.MEDIATING}),
               requires=("statements", "result")),
        Action("sign", may_sign, permission=P.READ, states=frozenset(S) - {S.MERGED}, step_up=True),
        Action("draft_agreement", is_handler, permission=P.MEDIATE, states=frozenset({S.MEDIATING}),
               requires=("facts", "issues", "responsibility", "terms")),
        Action("replace_mediator", may_replace_mediator, permission=P.MEDIATE, states=frozenset({S.MEDIATING}),
               requires=("mediator", "reason"), alternatives=(P.TAKE_PART, P.ASSIGN)),
        Action("fail", is_handler, "fail"),
        Action("end_mediation", is_party, "end_mediation"),
        Action("escalate", is_handler, "escalate"),
        Action("send_down", is_dispatcher, "send_down"),
        Action("invite_joint", is_handler, permission=P.MEDIATE, states=HANDLED, requires=("members",),
               alternatives=(P.ASSIGN,)),
        Action("request_confirmation", may_request_confirmation, "request_confirmation"),
        Action("record_confirmation", is_handler, "confirm", step_up=True),
        Action("record_performance", is_handler, "perform"),
        Action("report_breach", is_handler, "report_breach"),
        Action("record_return_visit", may_visit, permission=P.CLOSE,
               states=frozenset({S.PERFORMED, S.REDIRECTED, S.CLOSED}), requires=("performance", "satisfaction"),
               alternatives=(P.SUPERVISE,)),
        Action("close", may_close, "close", step_up=True),
        Action("rate", may_rate, permission=P.TAKE_PART, states=frozenset({S.PERFORMED, S.REDIRECTED, S.CLOSED}),
               requires=("process", "result")),
        Action("reopen", is_not_handler, "reopen", step_up=True),
        Action("file_objection", is_party, permission=P.TAKE_PART, states=frozenset(S) - {S.MERGED, S.REGISTERED},
               requires=("grounds",)),
        Action("decide_objection", may_decide_objection, permission=P.REOPEN, states=frozenset(S) - {S.MERGED},
               requires=("outcome", "reason"), step_up=True),
        Action("reply_to_supervision", has_open_notice, permission=P.READ, requires=("reply",)),
        Action("urge", is_not_handler, permission=P.SUPERVISE, states=BEFORE_END - {S.REGISTERED},
               requires=("note",)),
        Action("decide_extension", may_decide_extension, permission=P.SUPERVISE, states=BEFORE_END,
               requires=("opinion",), step_up=True),
        Action("ask_extension", may_ask_extension, permission=P.CONTRIBUTE, states=BEFORE_END,
               requires=("length", "unit", "basis", "reason")),
        Action("suspend_clock", may_suspend, permission=P.MEDIATE, states=BEFORE_END, requires=("cause", "reason")),
        Action("resume_clock", may_resume, permission=P.MEDIATE, states=BEFORE_END),
        Action("flag_risk", is_handler, permission=P.MEDIATE, states=BEFORE_END, requires=("reason",)),
        Action("add_material", may_contribute, permission=P.CONTRIBUTE, states=frozenset(S) - TERMINAL,
               requires=("text",), alternatives=(P.TAKE_PART,)),
    )
}  # fmt: skip


#: Events about officials' own affairs and about judgements on a party.
STAFF_TAGS = frozenset(
    {
        "mediation:clock:mark",
        "mediation:extension:asked",
        "mediation:party:revealed",
        "mediation:risk:flagged",
        "mediation:score:contested",
        "mediation:supervision:replied",
    }
)
#: What a person says about the matter for officers to hear; the other side does not see it.
OWN_TAGS = frozenset({"mediation:dispute:rated", "mediation:objection:filed"})
#: Events that parties see without these words, which officers wrote to each other.
STAFF_WORDS = {
    "mediation:dispute:accepted": frozenset({"note"}),
    "mediation:dispute:assigned": frozenset({"note"}),
    "mediation:dispute:closed": frozenset({"note"}),
    "mediation:dispute:triaged": frozenset({"note"}),
    "mediation:dispute:urged": frozenset({"note"}),
    "mediation:extension:decided": frozenset({"opinion"}),
    "mediation:joint:invited": frozenset({"note"}),
    "mediation:return_visit:recorded": frozenset({"satisfaction"}),
}


def available(s: Standing) -> list[Action]:
    """What the actor may do next, in the order in which the work usually goes."""
    return [action for action in ACTIONS.values() if action.is_open(s)]


def may_see_reporter(s: Standing) -> bool:
    """NAMED: everybody concerned; CONFIDENTIAL: only officers; ANONYMOUS: nobody."""
    mode = s.dispute.reporter_mode
    return mode == ReporterMode.NAMED or (mode == ReporterMode.CONFIDENTIAL and s.actor.is_staff)


def may_see_contact(s: Standing) -> bool:
    """Handlers and dispatchers may ask to see a telephone number, with a reason that is logged."""
    return s.actor.may(P.REVEAL) and not s.is_staff_party and (is_handler(s) or assigns(s))
