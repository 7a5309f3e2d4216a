"""Two people look at each candidate, each alone; a third one where they disagree. The engine's opinion decides nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.apps.reunion import papers, rules
from backend.apps.reunion.enums import CandidateState, Verdict
from backend.apps.reunion.inputs import ReviewCandidateInput
from backend.apps.reunion.models import Candidate, Case, Review
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.faces.models import FaceSearch
from backend.kernel.validation import Checks, as_id


async def review_candidate(actor: Actor, request: ReviewCandidateInput) -> Case:
    """One's own verdict with the features it rests on. The second reviewer does not know the first one's.

    Raises:
        Refusal: `INVOLVED_BEFORE` for whoever asked for the search or gave a verdict already; `TOO_MANY` after forty
            sets in a day; `WRONG_STATE` once the candidate is decided.
    """
    actor.require(Permission.REVIEW)
    found = await Candidate.get_or_none(id=as_id(request.candidate_id, "candidateId"))
    if found is None:
        raise not_found("candidateId")
    case = (await common.begin(actor, found.case_id, "review_candidate", field="candidateId")).case
    row = await Candidate.filter(id=found.id).select_for_update().get()
    if row.state != CandidateState.OPEN:
        raise Refusal("WRONG_STATE", "candidateId", state=row.state)
    checks = Checks()
    alike = checks.text("alike", request.alike, least=2, most=1000)
    unlike = checks.text("unlike", request.unlike, least=2 if request.verdict == Verdict.DIFFERENT else 0, most=1000)
    checks.done()
    await _require_fresh_eyes(actor, row)
    assert actor.account_id is not None and actor.membership is not None
    await Review.create(
        **place_of(case), case_id=case.id, candidate_id=row.id, reviewer=actor.account_id,
        reviewer_name=actor.membership.name, verdict=request.verdict, alike=alike, unlike=unlike, at=clock.now(),
    )  # fmt: skip
    # Who reviewed, not how: the other reviewer reads the same timeline.
    await common.note(actor, case, "candidate:reviewed", candidate=str(row.id))
    await _decide(actor, case, row)
    return case


async def _require_fresh_eyes(actor: Actor, row: Candidate) -> None:
    search = await FaceSearch.get(id=row.search_id)
    mine = Review.filter(reviewer=actor.account_id)
    if search.requested_by == actor.account_id or await mine.filter(candidate_id=row.id).exists():
        raise Refusal("INVOLVED_BEFORE")
    if actor.role != Role.FACE_EXPERT and await Review.filter(candidate_id=row.id).count() >= 2:
        # Where two disagree, an expert decides (`domain.md` 2.4).
        raise Refusal("EXPERT_NEEDED")
    day = datetime.combine(common.today(), datetime.min.time(), clock.LOCAL)
    today = {each.case_id for each in await mine.filter(at__gte=day).only("case_id", "id")}
    if row.case_id not in today and len(today) >= rules.REVIEWS_A_DAY:
        raise Refusal("TOO_MANY", most=rules.REVIEWS_A_DAY)


async def _decide(actor: Actor, case: Case, row: Candidate) -> None:
    """What the verdicts come to, if they come to anything yet."""
    reviews = await Review.filter(candidate_id=row.id).order_by("at", "id")
    verdicts = [each.verdict for each in reviews]
    outcome = rules.outcome(verdicts)
    if outcome is None:
        if len(verdicts) >= 2:
            await common.tell(await common.accounts(case, Role.FACE_EXPERT), "candidate.third", case)
        return
    row.state = CandidateState.LEAD if outcome else CandidateState.DISMISSED
    row.decided_at = clock.now()
    await row.save(update_fields=["state", "decided_at"])
    await papers.opinion(actor, case, row, reviews, lead=outcome)
    if outcome:
        await _close_review(case, row.search_id)
        await common.move(
            actor, case, "lead", "candidate:lead", {"reviews": len(verdicts)}, candidate=str(row.id), reviews=len(verdicts)
        )
        await common.tell(await common.accounts(case, Role.POLICE_OFFICER), "candidate.lead", case)
    elif not await Candidate.filter(case_id=case.id, state=CandidateState.OPEN).exists():
        await _close_review(case, row.search_id)
        case.retry_on = rules.retry_on(common.today())
        await common.move(actor, case, "find_nobody", "search:nobody", {"search": row.search_id}, search=str(row.search_id))
        await common.tell(await common.accounts(case, Role.RESCUE_STATION, Role.POLICE_OFFICER), "search.nobody", case)


async def _close_review(case: Case, search_id: UUID) -> None:
    search = await FaceSearch.get(id=search_id)
    name = "review_emergency" if search.emergency else "review"
    await clocks.meet(case.id, name, clock.now(), subject_id=search_id)
