"""What was promised and done is looked at on the spot, by a prosecutor and a deputy together; then rated, redone once, sued or closed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import orjson

from backend.apps.oversight import access, papers, rules
from backend.apps.oversight.enums import CaseType, PartKind, PromiseState, ReplyClass, Trigger, Verdict
from backend.apps.oversight.enums import RecommendationState as R
from backend.apps.oversight.inputs import (
    AnswerRatingInput,
    CheckInput,
    ClueStepInput,
    PromiseCheckInput,
    RateRecommendationInput,
    SignCheckInput,
    SueInput,
    WithdrawCheckInput,
)
from backend.apps.oversight.models import Clue, Part, Promise, Rating, Recommendation, Reply, SiteCheck
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.service import common
from backend.apps.oversight.service.recommendations import MOST_DEMANDS
from backend.apps.oversight.workflow import R_ENDED
from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.instruments import service as instruments
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import PaperState
from backend.kernel.validation import Checks, as_id, text_of

FOUND = {Verdict.RECTIFIED: "find_rectified", Verdict.PARTLY: "find_partly", Verdict.NOT: "find_not"}
_steps = common.recommendation_steps


async def record_on_site_check(actor: Actor, request: CheckInput) -> Recommendation:
    """What both saw there. Made on the phone, perhaps without a network: its id makes it count once.

    Raises:
        Refusal: `IDEMPOTENCY_MISMATCH` for another check under the same id; `ALREADY_ASKED` while one waits for signatures;
            `SHIELDED` for a deputy whose name must not stand on a paper.
    """
    check_id = as_id(request.check_id, "checkId")
    row = await common.find(actor, Recommendation, request.recommendation_id, "recommendationId")
    digest = hashlib.sha256(orjson.dumps(asdict(request), default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
    known = await SiteCheck.get_or_none(id=check_id)
    if known is not None:
        if known.request_hash != digest:
            raise Refusal("IDEMPOTENCY_MISMATCH", "checkId")
        return row
    access.RECOMMENDATION_ACTIONS["check"].admit(await common.standing_of(actor, row))
    if await SiteCheck.filter(recommendation_id=row.id, done_at__isnull=True).exists():
        raise Refusal("ALREADY_ASKED")
    deputy = await _deputy(actor, row, request.deputy)
    check = await _checked(row, request, check_id)
    clue = await Clue.get(id=row.clue_id)
    check.files = await common.attach_files(actor, request.file_ids, clue, subject_id=check_id)
    check.prosecutor, check.deputy, check.request_hash = common.account_of(actor), deputy.account_id, digest
    check.paper_id = (await papers.site_check(actor, clue, row, check, deputy)).id
    await check.save(force_create=True)
    await common.clue_steps.note(actor, clue, "check:recorded", recommendation=row.code, verdict=check.verdict)
    await common.clue_steps.tell([deputy.account_id], "check.to_sign", clue, recommendation=str(row.id))
    return row


async def _deputy(actor: Actor, row: Recommendation, account: str) -> Part:
    part = await Part.get_or_none(clue_id=row.clue_id, account_id=as_id(account, "deputy"))
    if part is None or part.kind == PartKind.SOURCE or part.account_id == actor.account_id:
        raise not_found("deputy")
    if part.shielded:
        raise Refusal("SHIELDED", "deputy")
    return part


async def _checked(row: Recommendation, request: CheckInput, check_id: UUID) -> SiteCheck:
    checks = Checks()
    place = checks.text("placeText", request.place_text, least=2, most=200)
    finding = checks.text("finding", request.finding, least=4, most=3000)
    points = _points(checks, row, request)
    checks.number("latitude", request.latitude, least=-90, most=90)
    checks.number("longitude", request.longitude, least=-180, most=180)
    # What was seen before the unit replied verifies nothing. A phone's clock may be a little ahead.
    last = await _last_reply(row)
    checks.moment("visitedAt", request.visited_at, least=last.at if last else row.served_at, most=clock.now() + timedelta(minutes=5))
    checks.done()
    return SiteCheck(
        **place_of(row), id=check_id, clue_id=row.clue_id, recommendation_id=row.id, round=row.round,
        # Nobody saw what is yet to come: a reply of the next minutes is later than this visit.
        visited_at=min(request.visited_at, clock.now()),
        place_text=place, latitude=request.latitude, longitude=request.longitude, finding=finding, verdict=request.verdict, points=points,
    )  # fmt: skip


def _points(checks: Checks, row: Recommendation, request: CheckInput) -> list[dict[str, str]]:
    """Each demand by itself; the verdict is no better and no worse than what they come to."""
    given = request.points
    if given is None:
        return []
    if len(given) != len(row.demands):
        checks.refuse("INVALID", "points", wanted=len(row.demands))
    words = [checks.text(f"points.{number}.words", each.words, least=2, most=1000) for number, each in enumerate(given[:MOST_DEMANDS])]
    if given and request.verdict != rules.verdict_of([each.verdict for each in given]):
        checks.refuse("INVALID", "verdict")
    return [{"verdict": str(each.verdict), "words": text} for each, text in zip(given, words, strict=False)]


async def sign_on_site_check(actor: Actor, request: SignCheckInput) -> Recommendation:
    """My signature on exactly what I read; with the second one the finding counts.

    Raises:
        Refusal: `WRONG_STATE` for a visit before the last reply or the rework: it says nothing about them. Withdrawn, it makes room.
    """
    if not (actor.may(P.CHECK) or actor.may(P.SIGN_CHECK)):
        raise not_permitted(P.CHECK)
    found = await SiteCheck.get_or_none(id=as_id(request.check_id, "checkId"))
    if found is None:
        raise not_found("checkId")
    row = await access.recommendations(actor).filter(id=found.recommendation_id).select_for_update().get()
    check = await SiteCheck.filter(id=found.id).select_for_update().get()
    last = await _last_reply(row)
    if check.round != row.round or (last is not None and last.at > check.visited_at):
        raise Refusal("WRONG_STATE", "checkId", state=row.state)
    drawing = as_id(request.signature_file_id, "signatureFileId") if request.signature_file_id else None
    paper = await instruments.sign(actor, check.paper_id, request.sha256, signature_file=drawing)
    clue = await Clue.filter(id=row.clue_id).select_for_update().get()
    await common.clue_steps.note(actor, clue, "check:signed", recommendation=row.code)
    if paper.state == PaperState.SIGNED:
        await _find(actor, clue, row, check)
    return row


async def withdraw_on_site_check(actor: Actor, request: WithdrawCheckInput) -> Recommendation:
    """One of the two does not sign: the check counts for nothing, and another one may be made."""
    actor.require(P.READ)
    found = await SiteCheck.get_or_none(id=as_id(request.check_id, "checkId"))
    if found is None:
        raise not_found("checkId")
    row = await common.begin(actor, Recommendation, found.recommendation_id, "check", field="checkId")
    check = await SiteCheck.filter(id=found.id).select_for_update().get()
    if check.done_at is not None:
        raise Refusal("ALREADY_DECIDED")
    check.withdrawn_reason = text_of(request.reason, "reason", least=4)
    check.done_at, check.withdrawn = clock.now(), True
    await check.save(update_fields=["done_at", "withdrawn", "withdrawn_reason"])
    await instruments.mark(await Paper.filter(id=check.paper_id).select_for_update().get(), PaperState.WITHDRAWN)
    clue = await Clue.filter(id=row.clue_id).select_for_update().get()
    await common.clue_steps.note(actor, clue, "check:withdrawn", recommendation=row.code)
    return row


async def _last_reply(row: Recommendation) -> Reply | None:
    return await Reply.filter(recommendation_id=row.id).order_by("-at", "-id").first()


def _unnamed(actor: Actor, row: Recommendation) -> Actor:
    """The unit reads a recommendation's events: a deputy's consequence is written there by the system, his own step on the clue."""
    return actor if access.works_on_cases(actor) else system_actor(row.county, row.path)


async def _find(actor: Actor, clue: Clue, row: Recommendation, check: SiteCheck) -> None:
    check.done_at = clock.now()
    await check.save(update_fields=["done_at"])
    await _steps.move(
        _unnamed(actor, row), row, FOUND[check.verdict], "recommendation:checked", {"check": check.id}, verdict=check.verdict,
        round=row.round,
    )  # fmt: skip
    last = await _last_reply(row)
    if check.verdict == Verdict.NOT and last is not None and last.reply_class == ReplyClass.A:
        await common.notice_trigger(actor, clue, Trigger.FALSE_RECTIFICATION)
    await common.tell_unit(row, "recommendation.checked", verdict=check.verdict)
    await common.tell_parts(row, f"CHECKED_{check.verdict}")


async def check_promise(actor: Actor, request: PromiseCheckInput) -> Recommendation:
    """On its day, or when somebody looks: was it done?"""
    actor.require(P.READ)
    found = await Promise.get_or_none(id=as_id(request.promise_id, "promiseId"))
    if found is None:
        raise not_found("promiseId")
    row = await common.begin(actor, Recommendation, found.recommendation_id, "check_promise", field="promiseId")
    promise = await Promise.filter(id=found.id).select_for_update().get()
    if promise.state != PromiseState.OPEN:
        raise Refusal("ALREADY_DECIDED")
    promise.finding = text_of(request.finding, "finding", least=4)
    promise.state = PromiseState.KEPT if request.kept else PromiseState.BROKEN
    promise.checked_at, promise.checked_by = clock.now(), actor.account_id
    await promise.save(update_fields=["state", "finding", "checked_by", "checked_at"])
    in_time = common.today() <= promise.due_on
    await clocks.meet(row.id, "promise", clock.now(), subject_id=promise.id)
    await _steps.note(actor, row, "promise:checked", kept=request.kept, in_time=in_time, due=str(promise.due_on))
    await common.tell_unit(row, "promise.checked", kept=request.kept)
    await common.tell_parts(row, "PROMISE_KEPT" if request.kept else "PROMISE_BROKEN")
    return row


async def rate_recommendation(actor: Actor, request: RateRecommendationInput) -> Recommendation:
    """Process and result apart. The first dissatisfied rating sends the matter back once, with a new limit.

    Raises:
        Refusal: `ALREADY_DONE` for a second rating of the same round.
    """
    row = await common.begin(actor, Recommendation, request.id, "rate")
    checks = Checks()
    checks.number("process", request.process, least=1, most=5)
    checks.number("result", request.result, least=1, most=5)
    words = checks.text("words", request.words, least=2, most=1000)
    checks.done()
    part = await common.part_of(actor, row.clue_id)
    assert part is not None
    if await Rating.filter(recommendation_id=row.id, part_id=part.id, round=row.round).exists():
        raise Refusal("ALREADY_DONE")
    rating = await Rating.create(
        **place_of(row), recommendation_id=row.id, part_id=part.id, round=row.round, process=request.process, result=request.result,
        words=words, at=clock.now(),
    )  # fmt: skip
    await papers.opinion(system_actor(row.county, row.path), row, rating)
    clue = await Clue.filter(id=row.clue_id).select_for_update().get()
    # On the clue, whose events the unit does not read.
    await common.clue_steps.note(
        actor, clue, "rating:given", hide_actor=part.shielded, recommendation=row.code, process=request.process, result=request.result,
        round=row.round,
    )  # fmt: skip
    await common.tell_unit(row, "rating.given")
    await common.tell_officers(row, "rating.given", Role.PROSECUTOR)
    if rules.is_dissatisfied(request.process, request.result) and row.round == 1:
        await _rework(actor, row)
    return row


async def _rework(actor: Actor, row: Recommendation) -> None:
    row.round = 2
    limit = await clocks.start(row, common.APP, rules.RULES["rework"], clock.now())
    await _steps.move(
        _unnamed(actor, row), row, "rework", "recommendation:rework", {"rating": True}, due=limit.due_at.isoformat()
    )
    await common.tell_unit(row, "recommendation.rework")
    await common.tell_parts(row, "REWORK")


async def answer_rating(actor: Actor, request: AnswerRatingInput) -> Recommendation:
    """The agency's word on a rating, once; whoever rated reads it."""
    actor.require(P.READ)
    found = await Rating.get_or_none(id=as_id(request.rating_id, "ratingId"))
    if found is None:
        raise not_found("ratingId")
    row = await common.begin(actor, Recommendation, found.recommendation_id, "answer_rating", field="ratingId")
    rating = await Rating.filter(id=found.id).select_for_update().get()
    if rating.answered_at is not None:
        raise Refusal("ALREADY_DONE")
    rating.answer = text_of(request.answer, "answer")
    rating.answered_at = clock.now()
    await rating.save(update_fields=["answer", "answered_at"])
    await _steps.note(actor, row, "rating:answered")
    await common.tell_parts(row, "RATING_ANSWERED")
    return row


async def _locked(actor: Actor, clue_id: str) -> list[Recommendation]:
    """A clue's recommendations, before the clue itself: every command locks in this order."""
    actor.require(P.READ)
    return await Recommendation.filter(clue_id=as_id(clue_id)).order_by("id").select_for_update()


async def sue_case(actor: Actor, request: SueInput) -> Clue:
    """Public-interest suit where the recommendation did not help.

    Raises:
        Refusal: `NOT_PUBLIC_INTEREST`; `NOTHING_TO_SUE` while no recommendation was left undone.
    """
    rows = await _locked(actor, request.id)
    clue = await common.begin(actor, Clue, request.id, "sue", request.version)
    checks = Checks()
    court = clue.court = checks.text("court", request.court, least=2, most=100)
    clue.reason = checks.text("reason", request.reason, least=4)
    checks.done()
    if clue.case_type != CaseType.PUBLIC_INTEREST:
        raise Refusal("NOT_PUBLIC_INTEREST")
    left = [row for row in rows if row.state in (R.NOT_RECTIFIED, R.ESCALATED, R.PARTLY)]
    if not left:
        raise Refusal("NOTHING_TO_SUE")
    for row in left:
        row.ended_at = clock.now()
        await common.meet_all(row)
        await _steps.move(actor, row, "sue", "recommendation:sued", {"court": court})
        await common.tell_unit(row, "recommendation.sued")
    await common.clue_steps.move(actor, clue, "sue", "clue:sued", {"court": court, "reason": clue.reason})
    await common.tell_parts(clue, str(clue.state))
    return clue


async def close_case(actor: Actor, request: ClueStepInput) -> Clue:
    """It is over: everything recommended was found rectified, withdrawn or taken to court.

    Raises:
        Refusal: `NOT_FINISHED` while a recommendation is open or a promise not looked at.
    """
    rows = await _locked(actor, request.id)
    clue = await common.begin(actor, Clue, request.id, "close", request.version)
    clue.reason = text_of(request.text, "text", least=4)
    if any(row.state not in R_ENDED | {R.VERIFIED} for row in rows):
        raise Refusal("NOT_FINISHED")
    if await Promise.filter(recommendation_id__in=[row.id for row in rows], state=PromiseState.OPEN).exists():
        raise Refusal("NOT_FINISHED")
    for row in rows:
        if row.state == R.VERIFIED:
            row.ended_at = clock.now()
            await common.meet_all(row)
            await _steps.move(actor, row, "close", "recommendation:closed", {"reason": clue.reason})
    clue.ended_at = clock.now()
    await common.meet_all(clue)
    await common.clue_steps.move(actor, clue, "close", "clue:closed", {"reason": clue.reason})
    await common.tell_parts(clue, str(clue.state))
    return clue
