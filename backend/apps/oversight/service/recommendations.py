"""检察建议: drafted by the prosecutor, approved by the chief, served; the unit objects, asks for time, replies in its own account."""

from __future__ import annotations

from datetime import timedelta

from backend.apps.oversight import papers, rules
from backend.apps.oversight.enums import CaseType, ObjectionResult, PromiseState, ReplyClass, Trigger
from backend.apps.oversight.enums import RecommendationState as R
from backend.apps.oversight.inputs import (
    DraftRecommendationInput,
    EscalateRecommendationInput,
    ObjectionRulingInput,
    RecommendationDecisionInput,
    RecommendationStepInput,
    ReplyExtensionDecisionInput,
    ReplyExtensionInput,
    ReplyInput,
)
from backend.apps.oversight.models import Clue, Promise, Recommendation, Reply
from backend.apps.oversight.service import common, extensions
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal
from backend.kernel.validation import Checks, text_of
from backend.kernel.workflow.matters import officer

#: The limits of which a reply meets one.
REPLY_RULES = ("reply", "reply_public_interest", "reply_urgent", "court_reply", "rework")
MOST_DEMANDS = 20
_steps = common.recommendation_steps


async def draft_recommendation(actor: Actor, request: DraftRecommendationInput) -> Recommendation:
    """Facts, danger, demands and basis, to one agency. Nobody sends it before the chief has approved it."""
    clue = await common.begin(actor, Clue, request.clue_id, "draft", field="clueId")
    unit = await officer(clue, str(request.unit), (Role.SUPERVISED_UNIT,), "unit")
    checks = Checks()
    texts = {
        "source_text": checks.text("sourceText", request.source_text, least=4, most=500),
        "facts": checks.text("facts", request.facts, least=10, most=5000),
        "danger": checks.text("danger", request.danger, least=4, most=2000),
        "basis": checks.text("basis", request.basis, least=4, most=2000),
    }
    demands = _demands(checks, request.demands)
    checks.done()
    assert clue.case_type is not None
    if request.urgent and clue.case_type != CaseType.PUBLIC_INTEREST:
        raise Refusal("INVALID", "urgent")
    now = clock.now()
    row = Recommendation(
        **place_of(clue), id=new_id(), code=rules.new_code(clue.county, common.today(), "J"), clue_id=clue.id,
        case_type=clue.case_type, state=R.DRAFTED, unit_name=unit.agency_name, demands=demands, urgent=request.urgent,
        drafted_by=common.account_of(actor), drafted_at=now, updated_at=now, **texts,
    )  # fmt: skip
    await row.save(force_create=True)
    await _steps.note(actor, row, "recommendation:drafted", clue=clue.code)
    await common.tell_officers(row, "recommendation.drafted", Role.CHIEF_PROSECUTOR)
    return row


def _demands(checks: Checks, given: list[str] | None) -> list[str]:
    checks.items("demands", given, least=1, most=MOST_DEMANDS)
    return [
        checks.text(f"demands.{number}", each, least=4, most=1000) for number, each in enumerate((given or [])[:MOST_DEMANDS])
    ]


async def decide_recommendation(actor: Actor, request: RecommendationDecisionInput) -> Recommendation:
    """The chief prosecutor approves or refuses it; never whoever drafted it (`domain.md` 1.12)."""
    row = await common.begin(actor, Recommendation, request.id, "decide", request.version)
    row.opinion = text_of(request.opinion, "opinion")
    if row.drafted_by == actor.account_id:
        raise Refusal("INVOLVED_BEFORE")
    if request.approve:
        row.approved_by = actor.account_id
        await _steps.move(actor, row, "approve", "recommendation:approved", {"opinion": row.opinion})
    else:
        row.ended_at = clock.now()
        await _steps.move(actor, row, "refuse", "recommendation:refused", {"opinion": row.opinion})
    await common.tell_officers(row, "recommendation.decided", Role.PROSECUTOR)
    return row


async def serve_recommendation(actor: Actor, request: RecommendationStepInput) -> Recommendation:
    """Numbered, sealed and served on the unit; its two months, or fifteen days, begin."""
    row = await common.begin(actor, Recommendation, request.id, "serve", request.version)
    how = text_of(request.text, "text", most=200)
    row.served_at = clock.now()
    rule = rules.reply_rule(row.case_type, urgent=row.urgent)
    reply = await clocks.start(row, common.APP, rule, row.served_at)
    objection = await clocks.start(row, common.APP, rules.RULES["objection"], row.served_at)
    paper = await papers.recommendation(actor, row, reply_due=reply.due_at, objection_due=objection.due_at, served=how)
    row.paper_id = paper.id
    await common.meet(await Clue.get(id=row.clue_id), "investigate")
    await _steps.move(
        actor, row, "serve", "recommendation:served", {"paper": paper.number}, number=paper.number,
        due=reply.due_at.isoformat(), rule=rule.id,
    )  # fmt: skip
    await common.tell_unit(row, "recommendation.served", number=paper.number)
    await common.tell_parts(row, "SERVED")
    await _count_units(actor, row)
    return row


async def _count_units(actor: Actor, row: Recommendation) -> None:
    units = await Recommendation.filter(clue_id=row.clue_id, served_at__isnull=False).values_list("unit_name", flat=True)
    for trigger in rules.triggers(units=len(set(units)), clues=0, supporters=0):
        clue = await Clue.filter(id=row.clue_id).select_for_update().get()
        await common.notice_trigger(actor, clue, trigger)


async def object_to_recommendation(actor: Actor, request: RecommendationStepInput) -> Recommendation:
    """The unit objects within the term that the paper names. Raises `TOO_LATE`, and `ALREADY_DECIDED` the second time."""
    row = await common.begin(actor, Recommendation, request.id, "object", request.version)
    text = text_of(request.text, "text", least=10, most=5000)
    if row.objection_result is not None:
        raise Refusal("ALREADY_DECIDED")
    running = await MatterClock.filter(matter_id=row.id, rule="objection", met_at__isnull=True).first()
    if running is None or running.due_at < clock.now():
        raise Refusal("TOO_LATE")
    row.objection = text
    await common.meet(row, "objection")
    await _steps.move(actor, row, "object", "recommendation:objected", {"reason": text})
    await common.tell_officers(row, "recommendation.objected", Role.PROSECUTOR, Role.CHIEF_PROSECUTOR)
    await common.tell_parts(row, "OBJECTED")
    return row


async def rule_on_objection(actor: Actor, request: ObjectionRulingInput) -> Recommendation:
    """Maintained, amended with new demands, or withdrawn; with the reasons (检察建议工作规定 23)."""
    row = await common.begin(actor, Recommendation, request.id, "decide_objection", request.version)
    checks = Checks()
    opinion = checks.text("opinion", request.opinion, least=4)
    amended = _demands(checks, request.demands) if request.result == ObjectionResult.AMENDED else []
    checks.done()
    row.objection_result, row.objection_opinion = request.result, opinion
    if request.result == ObjectionResult.WITHDRAWN:
        row.ended_at = clock.now()
        await common.meet_all(row)
        await _steps.move(actor, row, "withdraw", "recommendation:withdrawn", {"opinion": opinion})
    else:
        if amended:
            row.demands = amended
            await papers.amended(actor, row)
        await _steps.move(actor, row, "maintain", "recommendation:objection_decided", {"opinion": opinion}, result=request.result)
    await common.tell_unit(row, "recommendation.objection_decided", result=request.result)
    await common.tell_parts(row, f"OBJECTION_{request.result}")
    return row


async def reply_to_recommendation(actor: Actor, request: ReplyInput) -> Recommendation:
    """Point by point, in the unit's own account. Solved needs proof, planned needs a day, not adopted needs its reason."""
    row = await common.begin(actor, Recommendation, request.id, "reply", request.version)
    text, measures = _checked_reply(row, request)
    reply_id = new_id()
    files = await common.attach_files(actor, request.file_ids, row)
    late = await MatterClock.filter(
        matter_id=row.id, rule__in=REPLY_RULES, met_at__isnull=True, due_at__lt=clock.now()
    ).exists()
    await common.meet(row, *REPLY_RULES, "objection")
    paper = await papers.reply(actor, row, reply_class=request.reply_class, text=text, measures=measures)
    reply = Reply(
        **place_of(row), id=reply_id, recommendation_id=row.id, round=row.round, reply_class=request.reply_class, text=text,
        measures=measures, files=files, paper_id=paper.id, by=common.account_of(actor), by_name=common.name_of(actor),
        at=clock.now(),
    )  # fmt: skip
    await reply.save(force_create=True)
    for item in request.promises or []:
        promise = await Promise.create(
            **place_of(row), recommendation_id=row.id, text=item.text.strip(), due_on=item.due_on, state=PromiseState.OPEN
        )
        rule = rules.promise(item.due_on, common.today())
        await clocks.start(row, common.APP, rule, clock.now(), subject_id=promise.id)
    await _steps.move(
        actor, row, "reply", "recommendation:replied", {"text": text}, reply_class=request.reply_class, round=row.round, late=late,
        promises=len(request.promises or []) or None,
    )  # fmt: skip
    await common.tell_officers(row, "recommendation.replied", Role.PROSECUTOR)
    await common.tell_parts(row, "REPLIED")
    return row


def _checked_reply(row: Recommendation, request: ReplyInput) -> tuple[str, list[str]]:
    checks = Checks()
    text = checks.text("text", request.text, least=10, most=5000)
    if len(request.measures) != len(row.demands):
        checks.refuse("INVALID", "measures", wanted=len(row.demands))
    measures = [checks.text(f"measures.{number}", each, least=2) for number, each in enumerate(request.measures[:MOST_DEMANDS])]
    checks.items("promises", request.promises, least=1 if request.reply_class == ReplyClass.B else 0, most=MOST_DEMANDS)
    first, last = common.today() + timedelta(days=1), common.today() + timedelta(days=365 * 3)
    for number, item in enumerate((request.promises or [])[:MOST_DEMANDS]):
        checks.text(f"promises.{number}.text", item.text, least=4, most=500)
        checks.day(f"promises.{number}.dueOn", item.due_on, least=first, most=last)
    checks.items("fileIds", request.file_ids, least=1 if request.reply_class == ReplyClass.A else 0, most=common.MOST_FILES)
    checks.done()
    return text, measures


async def ask_reply_extension(actor: Actor, request: ReplyExtensionInput) -> Recommendation:
    """More time, with its ground; the author reads the ground too."""
    row = await common.begin(actor, Recommendation, request.id, "ask_extension", request.version)
    await extensions.ask(actor, row, REPLY_RULES, request)
    await _steps.note(actor, row, "extension:asked", days=request.days)
    await common.tell_officers(row, "extension.asked", Role.CHIEF_PROSECUTOR)
    return row


async def decide_reply_extension(actor: Actor, request: ReplyExtensionDecisionInput) -> Recommendation:
    """The chief prosecutor grants more time, or does not. A lawful delay shows its ground and reminds of its own day only."""
    row = await common.begin(actor, Recommendation, request.id, "decide_extension", request.version)
    due = await extensions.decide(actor, row, request)
    await _steps.note(actor, row, "extension:decided", granted=request.grant, due=due, round=row.round)
    await common.tell_unit(row, "extension.decided", granted=request.grant)
    await common.tell_parts(row, "EXTENDED" if request.grant else "EXTENSION_REFUSED")
    return row


async def escalate_recommendation(actor: Actor, request: EscalateRecommendationInput) -> Recommendation:
    """Not replied to, or not put right: the superior organ hears of it (检察建议工作规定 25)."""
    row = await common.begin(actor, Recommendation, request.id, "escalate", request.version)
    checks = Checks()
    row.escalated_to = checks.text("to", request.to, least=2, most=100)
    row.escalation_reason = checks.text("reason", request.reason, least=4)
    checks.done()
    overdue = await MatterClock.filter(matter_id=row.id, rule__in=REPLY_RULES, met_at__isnull=True, due_at__lt=clock.now()).exists()
    if row.state in (R.SERVED, R.REWORK) and not overdue:
        raise Refusal("NOT_OVERDUE")
    urge, above = await papers.escalation(actor, await Clue.get(id=row.clue_id), row, row.state)
    await _steps.move(
        actor, row, "escalate", "recommendation:escalated", {"to": row.escalated_to, "reason": row.escalation_reason}, number=urge.number,
        report=above.number,
    )  # fmt: skip
    await common.tell_unit(row, "recommendation.escalated")
    await common.tell_parts(row, "ESCALATED")
    return row


async def notice_overdue(actor: Actor, recommendation_id: str) -> None:
    """Job: no reply fifteen days after its day calls for joint supervision."""
    row = await Recommendation.get(id=recommendation_id)
    if await MatterClock.filter(matter_id=row.id, rule__in=REPLY_RULES, met_at__isnull=True).exists():
        clue = await Clue.filter(id=row.clue_id).select_for_update().get()
        await common.notice_trigger(actor, clue, Trigger.OVERDUE)
