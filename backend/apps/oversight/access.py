"""Who may do what with clues, recommendations, suggestions, joint projects and lessons. Reach is the database's (place, purpose, part, address); this is
role, part and state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tortoise.queryset import QuerySet

from backend.apps.oversight.enums import ClueState as S
from backend.apps.oversight.enums import JointState as J
from backend.apps.oversight.enums import LessonState as L
from backend.apps.oversight.enums import RecommendationState as R
from backend.apps.oversight.enums import Side
from backend.apps.oversight.enums import SuggestionState as G
from backend.apps.oversight.models import Baseline, Clue, JointProject, Lesson, Recommendation, Suggestion
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.workflow import (
    CHECKABLE,
    CLUES,
    HANDLED,
    JOINT,
    LESSONS,
    OPEN,
    R_ENDED,
    RECOMMENDATIONS,
    SERVED,
    SIGNABLE,
    SUGGESTIONS,
    UNDER_WAY,
)
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.errors import not_permitted
from backend.kernel.workflow import actions
from backend.kernel.workflow.actions import Action
from backend.kernel.workflow.machine import Machine


def readable(actor: Actor) -> QuerySet[Clue]:
    """Clues within reach: all of the place for the procuratorate and the congress, else those one has a part in."""
    if not actor.may(P.HAND_OVER):
        actor.require(P.READ)
    return Clue.all()


def recommendations(actor: Actor) -> QuerySet[Recommendation]:
    """Recommendations within reach; the unit's, once served."""
    actor.require(P.READ)
    query = Recommendation.all()
    return query if works_on_cases(actor) else query.filter(state__in=SERVED)


def suggestions(actor: Actor) -> QuerySet[Suggestion]:
    """Suggestions within reach: all of the place for the congress and the procuratorate, one's own, public ones for deputies, and
    those that are one's agency's to answer."""
    actor.require(P.READ)
    return Suggestion.all()


def lessons(actor: Actor) -> QuerySet[Lesson]:
    """Published ones; for the procuratorate its drafts too."""
    actor.require(P.READ)
    return Lesson.all()


def projects(actor: Actor) -> QuerySet[JointProject]:
    """Joint projects are their two sides' affair."""
    if side_of(actor) is None and not works_on_cases(actor):
        raise not_permitted(P.JOINT_CONGRESS)
    return JointProject.all()


def baselines(actor: Actor) -> QuerySet[Baseline]:
    """What the counties within reach stated that figures were before."""
    actor.require(P.FIGURES)
    return Baseline.all()


def works_on_cases(actor: Actor) -> bool:
    """The procuratorate: investigation, drafts and shielded names are its alone (`domain.md` 9.10)."""
    return actor.may(P.INVESTIGATE)


def is_unit(actor: Actor) -> bool:
    return actor.role == Role.SUPERVISED_UNIT


def serves_a_county(actor: Actor) -> bool:
    """In office for a county or above. What is the county's own stands at its path, where no township's officer reads or writes."""
    return actor.membership is not None and actor.membership.path.count(".") <= 2


def side_of(actor: Actor) -> Side | None:
    if actor.may(P.JOINT_CONGRESS):
        return Side.CONGRESS
    return Side.PROCURATORATE if actor.may(P.JOINT_PROCURATORATE) else None


@dataclass(frozen=True)
class Standing:
    """What the actor is to a clue, a recommendation, a suggestion or a project (`case`).

    Attributes:
        part: kind of his part in the clue, if he has one; of a suggestion LEAD or SIGNER, or MAIN or ASSISTING for an agency's.
        waiting: what there is to act on (`rating`, `promise`, …).
    """

    actor: Actor
    case: Any
    part: str = ""
    waiting: frozenset[str] = field(default_factory=frozenset)


Question = Callable[[Standing], bool]


def anybody(_: Standing) -> bool:
    return True


def takes_part(s: Standing) -> bool:
    return s.part != ""


def leads(s: Standing) -> bool:
    return s.part == "LEAD"


def is_main(s: Standing) -> bool:
    return s.part == "MAIN"


def is_other_side(s: Standing) -> bool:
    return side_of(s.actor) not in (None, s.case.proposed_side)


def _may(
    machine: Machine, name: str, permission: P, transition: str = "", states: frozenset[Any] = frozenset(), *,
    requires: tuple[str, ...] = (), who: Question = anybody, step_up: bool = False, waits_for: str = "",
) -> Action[Standing]:  # fmt: skip
    return Action(machine, name, who, permission, transition, states, requires, step_up, waits_for)


def _named(*actions_: Action[Standing]) -> dict[str, Action[Standing]]:
    return {action.name: action for action in actions_}


CLUE_ACTIONS = _named(
    _may(CLUES, "screen", P.SCREEN, states=frozenset({S.SUBMITTED}), requires=("decision", "reason")),
    _may(CLUES, "assess", P.RECOMMEND, "assess", requires=("assessment", "publicInterest", "affected", "evidence", "repeat", "urgency")),
    _may(CLUES, "file_case", P.APPROVE, "file_case", step_up=True),
    _may(CLUES, "divert", P.RECOMMEND, states=frozenset({S.ACCEPTED, S.ASSESSED}), requires=("ending", "reason")),
    _may(CLUES, "log", P.INVESTIGATE, states=frozenset({S.ACCEPTED, S.ASSESSED, S.CASE_FILED, S.SUED}), requires=("kind", "text")),
    _may(CLUES, "ask_help", P.RECOMMEND, states=frozenset({S.ACCEPTED, S.ASSESSED, S.CASE_FILED, S.SUED}),
         requires=("to", "matter", "facts", "evidence", "basis", "dueOn", "contact")),
    _may(CLUES, "draft", P.RECOMMEND, states=frozenset({S.CASE_FILED}), requires=("unit", "facts", "demands", "basis")),
    _may(CLUES, "assign", P.SCREEN, states=frozenset({S.CASE_FILED}), requires=("deputy",)),
    _may(CLUES, "shield", P.READ, states=OPEN, who=takes_part),
    _may(CLUES, "sue", P.APPROVE, "sue", step_up=True),
    _may(CLUES, "close", P.APPROVE, "close", step_up=True),
    _may(CLUES, "draft_lesson", P.RECOMMEND, states=frozenset({S.CLOSED}), requires=("kind", "title", "summary", "text")),
)  # fmt: skip

RECOMMENDATION_ACTIONS = _named(
    _may(RECOMMENDATIONS, "decide", P.APPROVE, states=frozenset({R.DRAFTED}), requires=("approve", "opinion"), step_up=True),
    _may(RECOMMENDATIONS, "serve", P.RECOMMEND, "serve"),
    _may(RECOMMENDATIONS, "object", P.REPLY, "object", waits_for="objection"),
    _may(RECOMMENDATIONS, "decide_objection", P.APPROVE, states=frozenset({R.OBJECTED}), requires=("result", "opinion"), step_up=True),
    _may(RECOMMENDATIONS, "reply", P.REPLY, "reply"),
    _may(RECOMMENDATIONS, "ask_extension", P.REPLY, states=frozenset({R.SERVED, R.REWORK}), requires=("days", "basis", "reason"),
         waits_for="no_extension"),
    _may(RECOMMENDATIONS, "decide_extension", P.APPROVE, states=frozenset({R.SERVED, R.REWORK}), requires=("grant", "opinion"),
         waits_for="extension"),
    _may(RECOMMENDATIONS, "check", P.SIGN_CHECK, states=CHECKABLE, requires=("deputy", "finding", "verdict"), waits_for="no_check"),
    _may(RECOMMENDATIONS, "check_promise", P.SIGN_CHECK, states=SERVED - R_ENDED, requires=("kept", "finding"), waits_for="promise"),
    _may(RECOMMENDATIONS, "rate", P.RATE, states=frozenset({R.VERIFIED, R.PARTLY}), requires=("process", "result", "words"),
         who=takes_part, waits_for="rating"),
    _may(RECOMMENDATIONS, "answer_rating", P.REPLY, states=SERVED, requires=("answer",), waits_for="answer"),
    _may(RECOMMENDATIONS, "escalate", P.APPROVE, "escalate", step_up=True),
)  # fmt: skip

SUGGESTION_ACTIONS = _named(
    _may(SUGGESTIONS, "review", P.ASSIGN, states=frozenset({G.RAISED}), requires=("accept", "opinion")),
    _may(SUGGESTIONS, "sign", P.SUGGEST, states=SIGNABLE, who=lambda s: s.part == ""),
    _may(SUGGESTIONS, "assign", P.ASSIGN, states=frozenset({G.REVIEWED, G.RETURNED}), requires=("unit", "opinion")),
    # An agency may be renamed or dissolved, and one that has taken it up may still be the wrong one.
    _may(SUGGESTIONS, "reassign", P.ASSIGN, states=HANDLED, requires=("unit", "opinion"), waits_for="first_round"),
    _may(SUGGESTIONS, "take_up", P.ANSWER, "take_up", who=is_main),
    _may(SUGGESTIONS, "return", P.ANSWER, "return", who=is_main, waits_for="return"),
    _may(SUGGESTIONS, "assist", P.ANSWER, states=UNDER_WAY, requires=("text",), who=lambda s: s.part == "ASSISTING", waits_for="assist"),
    _may(SUGGESTIONS, "consult", P.ANSWER, "consult", who=is_main),
    _may(SUGGESTIONS, "answer", P.ANSWER, "answer", who=is_main),
    _may(SUGGESTIONS, "ask_extension", P.ANSWER, states=UNDER_WAY, requires=("days", "basis", "reason"), who=is_main,
         waits_for="no_extension"),
    _may(SUGGESTIONS, "decide_extension", P.ASSIGN, states=UNDER_WAY, requires=("grant", "opinion"), waits_for="extension"),
    _may(SUGGESTIONS, "rate", P.RATE, "rate", who=leads),
    _may(SUGGESTIONS, "report_progress", P.ANSWER, states=frozenset({G.TRACKED}), requires=("text",), who=is_main),
    _may(SUGGESTIONS, "fulfil", P.ANSWER, "fulfil", who=is_main),
    _may(SUGGESTIONS, "finish", P.ASSIGN, "finish", waits_for="finish"),
    _may(SUGGESTIONS, "withdraw", P.SUGGEST, "withdraw", who=leads, waits_for="first_round"),
)  # fmt: skip

JOINT_ACTIONS = _named(
    _may(JOINT, "decide", P.READ, states=frozenset({J.PROPOSED}), requires=("agree", "opinion"), who=is_other_side, step_up=True),
    _may(JOINT, "plan", P.READ, "run", who=lambda s: side_of(s.actor) is not None),
    _may(JOINT, "sign_notice", P.READ, states=frozenset({J.RUNNING, J.EVALUATED, J.CONTINUED}), waits_for="notice"),
    _may(JOINT, "meet", P.READ, states=frozenset({J.RUNNING, J.CONTINUED}), requires=("heldOn", "attendees", "minutes"),
         who=lambda s: side_of(s.actor) is not None),
    _may(JOINT, "evaluate", P.READ, "evaluate", who=lambda s: side_of(s.actor) is not None),
    _may(JOINT, "finish", P.READ, states=frozenset({J.AGREED, J.EVALUATED}), requires=("again", "reason"),
         who=lambda s: side_of(s.actor) is not None),
)  # fmt: skip

LESSON_ACTIONS = _named(
    _may(LESSONS, "decide", P.APPROVE, states=frozenset({L.DRAFTED}), requires=("publish", "opinion"), step_up=True),
    _may(LESSONS, "take_down", P.APPROVE, "take_down"),
)

ACTIONS = {
    Clue: CLUE_ACTIONS, Recommendation: RECOMMENDATION_ACTIONS, Suggestion: SUGGESTION_ACTIONS, JointProject: JOINT_ACTIONS,
    Lesson: LESSON_ACTIONS,
}  # fmt: skip


def available(s: Standing) -> list[Action[Standing]]:
    """What the actor may do next, in the order in which the work usually goes."""
    return actions.available(ACTIONS[type(s.case)].values(), s)
