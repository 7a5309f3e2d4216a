"""An agency handles a suggestion: speaks with the deputies, replies, plans and tells how far it came; the deputies rate it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from backend.apps.oversight import papers, rules
from backend.apps.oversight.enums import ReplyClass
from backend.apps.oversight.inputs import (
    AnswerSuggestionInput,
    AssistWithSuggestionInput,
    ConsultOnSuggestionInput,
    FulfilSuggestionInput,
    RateSuggestionInput,
    SuggestionExtensionDecisionInput,
    SuggestionExtensionInput,
    SuggestionStepInput,
)
from backend.apps.oversight.models import Answer, AssistOpinion, Opinion, Progress, Suggestion, Talk
from backend.apps.oversight.service import common, extensions
from backend.apps.oversight.service.suggestions import REPLY_RULES
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import add_months, end_of_day, local_date
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal
from backend.kernel.validation import Checks, text_of

LONGEST_PLAN = timedelta(days=365 * 5)
_steps = common.suggestion_steps


async def take_up_suggestion(actor: Actor, request: SuggestionStepInput) -> Suggestion:
    """The agency works on it; who, is for the deputies to know."""
    row = await common.begin(actor, Suggestion, request.id, "take_up", request.version)
    row.contact = text_of(request.text, "text", most=200)
    await common.meet(row, "return")
    await _steps.move(actor, row, "take_up", "suggestion:taken_up", {"contact": row.contact})
    await common.tell_signers(row, str(row.state))
    return row


async def assist_with_suggestion(actor: Actor, request: AssistWithSuggestionInput) -> Suggestion:
    """An assisting agency's opinion, for the main one. Raises `ALREADY_DONE` for a second one."""
    row = await common.begin(actor, Suggestion, request.id, "assist")
    assert actor.membership is not None
    mine = AssistOpinion.filter(suggestion_id=row.id, unit_name=actor.membership.agency_name, at__isnull=True)
    opinion = await mine.select_for_update().first()
    if opinion is None:
        raise Refusal("ALREADY_DONE")
    opinion.text, opinion.by_name, opinion.at = text_of(request.text, "text", least=4, most=5000), common.name_of(actor), clock.now()
    await opinion.save(update_fields=["text", "by_name", "at"])
    await clocks.meet(row.id, "assist", clock.now(), subject_id=opinion.id)
    await _steps.note(actor, row, "suggestion:assisted", unit=opinion.unit_name)
    await common.tell_agency(row, row.main_unit, "suggestion.assisted")
    return row


async def consult_on_suggestion(actor: Actor, request: ConsultOnSuggestionInput) -> Suggestion:
    """The talk with the deputies that has to come before the reply."""
    row = await common.begin(actor, Suggestion, request.id, "consult", request.version)
    checks = Checks()
    people = checks.text("people", request.people, least=2, most=500)
    words = checks.text("words", request.words, least=4, most=5000)
    # Of this round: what was said before the agency had it, or before the deputies were dissatisfied, was about something else.
    checks.day("heldOn", request.held_on, least=await _round_began(row), most=common.today())
    checks.done()
    await Talk(
        **place_of(row), id=new_id(), suggestion_id=row.id, round=row.round, form=request.form, held_on=request.held_on, people=people,
        words=words, by_name=common.name_of(actor), at=clock.now(),
    ).save(force_create=True)  # fmt: skip
    facts = {"form": request.form, "heldOn": request.held_on, "people": people, "words": words}
    await _steps.move(actor, row, "consult", "suggestion:consulted", facts, form=request.form, held_on=str(request.held_on))
    await common.tell_signers(row, str(row.state))
    return row


async def _round_began(row: Suggestion) -> date:
    last = await Opinion.filter(suggestion_id=row.id).order_by("-at").first()
    began = last.at if last else row.assigned_at
    assert began is not None
    return local_date(began)


async def answer_suggestion(actor: Actor, request: AnswerSuggestionInput) -> Suggestion:
    """答复函, point by point, under the leader's name and the seal; what is planned has its day, what is solved its proof."""
    row = await common.begin(actor, Suggestion, request.id, "answer", request.version)
    checks = Checks()
    planned = request.planned_on if request.reply_class == ReplyClass.B else None
    if request.reply_class == ReplyClass.B:
        first = common.today() + timedelta(days=1)
        if planned is None:
            checks.refuse("REQUIRED", "plannedOn")
        else:
            checks.day("plannedOn", planned, least=first, most=common.today() + LONGEST_PLAN)
    answer = await _answer(actor, row, checks, request, request.reply_class, planned)
    row.reply_class, row.planned_on, row.replied_at = request.reply_class, planned, answer.at
    await common.meet(row, *REPLY_RULES, "assist", "promise")
    await clocks.start(row, common.APP, rules.RULES["rate"], answer.at)
    if planned is not None:
        await clocks.start(row, common.APP, rules.promise(planned, local_date(answer.at)), answer.at)
    await _steps.move(
        actor, row, "answer", "suggestion:answered", {"replyClass": request.reply_class, "text": answer.text, "leader": answer.leader},
        reply_class=request.reply_class, round=row.round,
    )  # fmt: skip
    await common.tell_officers(row, "suggestion.answered", Role.NPC_OFFICE)
    await common.tell_signers(row, str(row.state))
    return row


async def _answer(
    actor: Actor, row: Suggestion, checks: Checks, request: AnswerSuggestionInput | FulfilSuggestionInput, reply_class: ReplyClass,
    planned: date | None,
) -> Answer:  # fmt: skip
    """The checked reply, kept with its paper."""
    text = checks.text("text", request.text, least=10, most=10_000)
    leader = checks.text("leader", request.leader, least=2, most=50)
    measures = _measures(checks, row, request.measures)
    checks.items("fileIds", request.file_ids, least=1 if reply_class == ReplyClass.A else 0, most=common.MOST_FILES)
    checks.done()
    answer = Answer(
        **place_of(row), id=new_id(), suggestion_id=row.id, round=row.round, reply_class=reply_class, text=text, measures=measures,
        planned_on=planned, leader=leader, contact=row.contact, by_name=common.name_of(actor), at=clock.now(),
    )  # fmt: skip
    answer.files = await common.attach_files(actor, request.file_ids, row)
    answer.paper_id = (await papers.answer(actor, row, answer)).id
    await answer.save(force_create=True)
    return answer


def _measures(checks: Checks, row: Suggestion, given: Sequence[str]) -> list[str]:
    if len(given) != len(row.points):
        checks.refuse("INVALID", "measures", wanted=len(row.points))
    return [checks.text(f"measures.{number}", each, least=2) for number, each in enumerate(given[: len(row.points)])]


async def rate_suggestion(actor: Actor, request: RateSuggestionInput) -> Suggestion:
    """征询意见表. The first dissatisfied one sends it back once, with a new limit; with the second the office decides how it goes on."""
    row = await common.begin(actor, Suggestion, request.id, "rate", request.version)
    checks = Checks()
    checks.number("process", request.process, least=1, most=5)
    checks.number("result", request.result, least=1, most=5)
    words = checks.text("words", request.words, least=2, most=1000)
    checks.done()
    opinion = Opinion(
        **place_of(row), id=new_id(), suggestion_id=row.id, round=row.round, process=request.process, result=request.result, words=words,
        at=clock.now(),
    )  # fmt: skip
    opinion.paper_id = (await papers.suggestion_opinion(actor, row, opinion)).id
    await opinion.save(force_create=True)
    await common.meet(row, "rate")
    facts = {"process": request.process, "result": request.result, "words": words}
    await _steps.move(
        actor, row, "rate", "suggestion:rated", facts, process=request.process, result=request.result, round=row.round
    )
    await common.tell_agency(row, row.main_unit, "suggestion.rated")
    await common.tell_officers(row, "suggestion.rated", Role.NPC_OFFICE)
    if not rules.is_dissatisfied(request.process, request.result):
        await _conclude(actor, row)
    elif row.round == 1:
        await _rework(actor, row)
    else:
        await clocks.start(row, common.APP, rules.RULES["settle"], clock.now())
        await common.tell_signers(row, str(row.state))
    return row


async def _rework(actor: Actor, row: Suggestion) -> None:
    row.round = 2
    await common.meet(row, "promise")
    limit = await clocks.start(row, common.APP, rules.RULES["rework"], clock.now())
    await _steps.move(actor, row, "rework", "suggestion:rehandling", {"rating": True}, due=limit.due_at.isoformat())
    await common.tell_agency(row, row.main_unit, "suggestion.rehandling")
    await common.tell_signers(row, str(row.state))


async def _conclude(actor: Actor, row: Suggestion, ground: str = "") -> None:
    """What is planned is tracked until it is done; everything else is at its end."""
    if row.reply_class == ReplyClass.B:
        await common.meet(row, "rate", "settle")
        await clocks.start(row, common.APP, rules.RULES["track"], clock.now())
        facts = {"plannedOn": row.planned_on}
        await _steps.move(actor, row, "track", "suggestion:tracked", facts, planned_on=str(row.planned_on), reason=ground or None)
    else:
        row.ended_at = clock.now()
        await common.meet_all(row)
        await _steps.move(actor, row, "finish", "suggestion:finished", {"reason": ground or row.state}, reason=ground or None)
    await common.tell_agencies(row, str(row.state))
    await common.tell_signers(row, str(row.state))


async def finish_suggestion(actor: Actor, request: SuggestionStepInput) -> Suggestion:
    """Nobody rated it for a month, or it displeased twice: the office says how it ends. A plan is tracked all the same.

    Raises:
        Refusal: `RATING_OPEN` while its deputies may still rate it.
    """
    row = await common.begin(actor, Suggestion, request.id, "finish", request.version)
    row.reason = text_of(request.text, "text", least=4)
    if await MatterClock.filter(matter_id=row.id, rule="rate", met_at__isnull=True, due_at__gte=clock.now()).exists():
        raise Refusal("RATING_OPEN")
    await _conclude(actor, row, row.reason)
    return row


async def report_progress(actor: Actor, request: SuggestionStepInput) -> Suggestion:
    """How far the plan has come; the next word is due a year from now."""
    row = await common.begin(actor, Suggestion, request.id, "report_progress", request.version)
    text = text_of(request.text, "text", least=4, most=3000)
    await Progress(
        **place_of(row), id=new_id(), suggestion_id=row.id, text=text, by_name=common.name_of(actor), at=clock.now()
    ).save(force_create=True)
    await common.meet(row, "track")
    await clocks.start(row, common.APP, rules.RULES["track"], clock.now())
    await _steps.note(actor, row, "suggestion:progress")
    await common.tell_signers(row, "PROGRESS")
    return row


async def fulfil_suggestion(actor: Actor, request: FulfilSuggestionInput) -> Suggestion:
    """Class B has become class A: a new reply, with its proof."""
    row = await common.begin(actor, Suggestion, request.id, "fulfil", request.version)
    assert row.planned_on is not None
    answer = await _answer(actor, row, Checks(), request, ReplyClass.A, None)
    row.reply_class, row.ended_at = ReplyClass.A, answer.at
    await common.meet_all(row)
    await _steps.move(
        actor, row, "fulfil", "suggestion:fulfilled", {"text": answer.text, "proof": answer.files},
        in_time=local_date(answer.at) <= row.planned_on, due=str(row.planned_on),
    )  # fmt: skip
    await common.tell_officers(row, "suggestion.fulfilled", Role.NPC_OFFICE)
    await common.tell_signers(row, str(row.state))
    return row


async def ask_suggestion_extension(actor: Actor, request: SuggestionExtensionInput) -> Suggestion:
    """More time, with its ground; the deputies read the ground too. Six months from assignment is the latest (`domain.md` 9.5)."""
    row = await common.begin(actor, Suggestion, request.id, "ask_extension", request.version)
    await extensions.ask(actor, row, REPLY_RULES, request, latest=_latest(row))
    await _steps.note(actor, row, "suggestion:extension_asked", days=request.days)
    await common.tell_officers(row, "suggestion.extension_asked", Role.NPC_OFFICE)
    return row


def _latest(row: Suggestion) -> datetime:
    assert row.assigned_at is not None
    return end_of_day(add_months(local_date(row.assigned_at), rules.LATEST_MONTHS))


async def decide_suggestion_extension(actor: Actor, request: SuggestionExtensionDecisionInput) -> Suggestion:
    """The office grants more time, or does not."""
    row = await common.begin(actor, Suggestion, request.id, "decide_extension", request.version)
    due = await extensions.decide(actor, row, request)
    await _steps.note(actor, row, "suggestion:extension_decided", granted=request.grant, due=due, round=row.round)
    await common.tell_agency(row, row.main_unit, "suggestion.extension_decided", granted=request.grant)
    await common.tell_signers(row, "EXTENDED" if request.grant else "EXTENSION_REFUSED")
    return row
