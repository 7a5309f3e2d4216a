"""A comparison: asked for with its purpose, approved by somebody else, run once by the system, its candidates listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from backend.apps.reunion import comparing, papers, ranking, rules
from backend.apps.reunion.enums import CandidateState, CaseState, Gallery, PictureState, Side
from backend.apps.reunion.facts import Facts, Range, Span
from backend.apps.reunion.inputs import DecideSearchInput, RequestSearchInput
from backend.apps.reunion.models import Candidate, Case, Picture
from backend.apps.reunion.service import care, common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import as_json, fetch
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal
from backend.kernel.faces import galleries
from backend.kernel.faces.codes import SearchState
from backend.kernel.faces.galleries import Found
from backend.kernel.faces.models import FaceSearch
from backend.kernel.faces.portraits import embed_portrait
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.kernel.jobs.service import enqueue, enqueue_found

RUN_JOB = "reunion.run_search"
LAPSE_JOB = "reunion.lapse"
#: People read for their facts beside those whose faces were found.
MOST_BY_FACTS = 300
MOST_BY_FACE = 60
#: States in which an approval is used, and used again.
SEARCHING = (CaseState.SEARCH_APPROVED, CaseState.CANDIDATES, CaseState.NO_MATCH)
_JSON = ("nicknames", "relatives", "taken")


async def request_search(actor: Actor, request: RequestSearchInput) -> Case:
    """Ask for a comparison: purpose, legal basis, and why a quick check was not enough. The chief decides."""
    case = (await common.begin(actor, request.id, "request_search", request.version)).case
    if request.purpose not in rules.PURPOSES_OF[case.side]:
        raise Refusal("INVALID", "purpose")
    await _require_something(case)
    await _require_new_material(case)
    # One approval at a time: asking anew gives up what is left of the last one.
    await galleries.finish(case)
    await Candidate.filter(case_id=case.id, state=CandidateState.OPEN).delete()
    row = await galleries.request_search(
        actor, case, app=common.APP, purpose=request.purpose, legal_basis=request.legal_basis, necessity=request.necessity,
        galleries=[Gallery.FOUND if case.side == Side.SOUGHT else Gallery.MISSING], emergency=case.alarm is not None,
        days=rules.SEARCH_DAYS,
    )  # fmt: skip
    evidence = {"purpose": request.purpose, "legalBasis": request.legal_basis, "necessity": request.necessity}
    await common.move(
        actor, case, "request_search", "search:requested", evidence, search=str(row.id), purpose=request.purpose,
        legal_basis=row.legal_basis, necessity=row.necessity,
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.rule("approve", emergency=row.emergency), clock.now(), subject_id=row.id)
    await common.tell(await common.accounts(case, Role.POLICE_CHIEF), "search.to_approve", case)
    return case


async def _require_something(case: Case) -> None:
    """A search needs a face or a name, or it would list everybody."""
    if case.sounds or await Picture.filter(case_id=case.id, state=PictureState.READY).exists():
        return
    raise Refusal("NOTHING_TO_SEARCH_WITH")


async def _require_new_material(case: Case) -> None:
    """After a search without result: something new, or its day (`care.require_new_material`)."""
    if case.state not in care.RETRIED:
        return
    last = await FaceSearch.filter(matter_id=case.id, searched_at__isnull=False).order_by("-searched_at").first()
    picture = await Picture.filter(case_id=case.id, state=PictureState.READY).order_by("-added_at").first()
    care.require_new_material(case, last.searched_at if last else None, picture.added_at if picture else None)


async def decide_search(actor: Actor, request: DecideSearchInput) -> Case:
    """Somebody other than the requester approves, with his name, or refuses with a reason (`domain.md` 1.12)."""
    case = (await common.begin(actor, request.id, "approve_search", request.version)).case
    row = await newest(case, SearchState.REQUESTED)
    if row is None:
        raise Refusal("EXPIRED")
    row = await galleries.decide_search(actor, row, approve=request.approve, reason=request.reason)
    await clocks.meet(case.id, _rule("approve", row), clock.now(), subject_id=row.id)
    step, tag = ("approve_search", "search:approved") if request.approve else ("refuse_search", "search:refused")
    await common.move(
        actor, case, step, tag, {"approval": row.id, "reason": row.decision_reason}, search=str(row.id),
        reason=row.decision_reason,
    )  # fmt: skip
    await papers.search_approval(actor, case, row, approved=request.approve)
    if request.approve:
        await enqueue(RUN_JOB, case, search_id=str(row.id))
    word = "approved" if request.approve else "refused"
    await common.tell([row.requested_by], f"search.{word}", case)
    return case


async def newest(case: Case, *states: SearchState) -> FaceSearch | None:
    return await FaceSearch.filter(matter_id=case.id, state__in=list(states)).order_by("-requested_at", "-id").first()


def _rule(name: str, row: FaceSearch) -> str:
    return f"{name}_emergency" if row.emergency else name


async def run(actor: Actor, search_id: str) -> None:
    """Job: look for the person on the other side, in every county, by face and by facts. While the approval stands it looks
    again when somebody new appears there."""
    row = await FaceSearch.get_or_none(id=UUID(search_id))
    if row is None or row.state != SearchState.APPROVED or row.expires_at <= clock.now():
        return
    case = await Case.filter(id=row.matter_id).select_for_update().first()
    if case is None or case.state not in SEARCHING:
        return
    probes, model = await _probes(case)
    faces: list[Found] = []
    if probes:
        embeddings = [embedding for _, embedding in probes]
        faces = await galleries.search(row, embeddings, model=model, most=MOST_BY_FACE, last=False)
        row = await FaceSearch.get(id=row.id)
    row.searched_at = clock.now()
    await row.save(update_fields=["searched_at"])
    others = await _others(case, row, [found.matter_id for found in faces])
    await _list(actor, case, row, faces, others, [_span(picture.taken_from, picture.taken_to) for picture, _ in probes])


async def sweep_again(now: datetime) -> None:
    """Approvals that still stand, where somebody appeared on the other side since they were last used."""
    await enqueue_found(
        RUN_JOB,
        """select 'again:' || s.id::text as row, s.county, s.path, s.matter_id as matter,
               jsonb_build_object('search_id', s.id) as args
           from face_search s join reunion_case c on c.id = s.matter_id and c.county = s.county
           where s.app = 'reunion' and s.state = 'APPROVED' and s.expires_at > $1 and s.searched_at is not null
               and c.state in ('CANDIDATES', 'NO_MATCH') and (
                   exists (select 1 from reunion_case o where o.side <> c.side and o.facts_at > s.searched_at
                       and o.basis is not null and o.ended_at is null)
                   or exists (select 1 from reunion_picture p join reunion_case o on o.id = p.case_id and o.county = p.county
                       where o.side <> c.side and p.added_at > s.searched_at and p.state = 'READY')
                   or exists (select 1 from reunion_picture p where p.case_id = c.id and p.county = c.county
                       and p.added_at > s.searched_at and p.state = 'READY'))""",
        now,
    )


async def _probes(case: Case) -> tuple[list[tuple[Picture, Any]], str]:
    """The case's pictures with their embeddings, and the model that made them."""
    made: list[tuple[Picture, Any]] = []
    model = ""
    for picture in await Picture.filter(case_id=case.id, state=PictureState.READY).order_by("-added_at", "-id"):
        try:
            found = await embed_portrait(await storage().get(file_key(picture.file_id)), picture.chosen or 0, patient=True)
        except (ObjectMissing, FileRefused, Refusal):
            # What cannot be read any more is no reason not to look with the others.
            continue
        if found is not None:
            embedding, model = found
            made.append((picture, embedding))
    return made, model


async def _others(case: Case, row: FaceSearch, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Facts of the other side's people in every county, who sound alike or are of an age, as the database lets the system see."""
    other = Side.FOUND if case.side == Side.SOUGHT else Side.SOUGHT
    rows = await fetch(
        "select * from reunion_facts($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.id, row.county, other, ids, as_json(case.sounds), str(case.sex), case.born_from, case.born_to, MOST_BY_FACTS, clock.now(),
    )  # fmt: skip
    return {each["id"]: each | {name: orjson.loads(each[name] or "null") for name in _JSON} for each in rows}


def facts_of(row: Any) -> Facts:
    """Facts from a case, or from a row of `reunion_facts`."""
    get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
    name, sex, kind = get("name"), str(get("sex")), str(get("kind"))
    least, most = get("height_least"), get("height_most")
    return Facts(
        names=(name,) if name else (), nicknames=tuple(get("nicknames") or ()), sex=sex if sex in ("M", "F") else "",
        born=_span(get("born_from"), get("born_to")),
        height_cm=Range(least, most) if least is not None and most is not None else None,
        dialect=get("dialect") or "", origin=get("origin") or "", origin_text=get("origin_text") or "",
        marks=get("marks") or "", clothes=get("clothes") or "", place_path=get("place") or "",
        when=_span(get("when_from"), get("when_to")), kind=kind, relatives=tuple(get("relatives") or ()),
        deceased=kind == "DECEASED",
    )  # fmt: skip


def _span(earliest: date | None, latest: date | None) -> Span | None:
    return Span(earliest, latest) if earliest is not None and latest is not None else None


async def _list(
    actor: Actor, case: Case, row: FaceSearch, faces: list[Found], others: dict[UUID, dict[str, Any]],
    taken: list[Span | None],
) -> None:  # fmt: skip
    """Rank, keep the first twenty, and hand them to the reviewers. A pair that was rejected stays so on the same facts."""
    by_face = {found.matter_id: found for found in faces}
    mine, today = facts_of(case), common.today()
    scored = []
    for other_id, other in others.items():
        found = by_face.get(other_id)
        gap = comparing.age_gap_years(taken[found.probe], _taken_of(other, found.file_id)) if found else None
        comparison = comparing.compare(*_sides(case, mine, facts_of(other)), today)
        if case.side == Side.SOUGHT:
            # Where somebody was found is not the seekers' to know yet.
            comparison = comparison.without({comparing.Field.PLACE})
        scored.append(ranking.Scored(str(other_id), found.cosine if found else None, comparison, gap))
    rejected = await _rejected(case, others)
    known = set(await Candidate.filter(search_id=row.id).values_list("other_id", flat=True))
    ranked = [each for each in ranking.rank([each for each in scored if UUID(each.key) not in rejected]) if UUID(each.key) not in known]
    for each in ranked:
        other_id = UUID(each.key)
        await _keep(case, row, each, others[other_id], by_face.get(other_id))
    await _hand_over(actor, case, row, len(ranked))


def _taken_of(other: dict[str, Any], file_id: UUID) -> Span | None:
    found = (other["taken"] or {}).get(str(file_id))
    return Span(date.fromisoformat(found[0]), date.fromisoformat(found[1])) if found and all(found) else None


def _sides(case: Case, mine: Facts, other: Facts) -> tuple[Facts, Facts]:
    """Sought first, found second."""
    return (mine, other) if case.side == Side.SOUGHT else (other, mine)


async def _rejected(case: Case, others: dict[UUID, dict[str, Any]]) -> set[UUID]:
    """Pairs that people rejected, on either side, after the facts of both were last changed."""
    decided: dict[UUID, datetime] = {key: row["rejected_at"] for key, row in others.items() if row["rejected_at"]}
    gone = Candidate.filter(case_id=case.id, state__in=[CandidateState.DISMISSED, CandidateState.DISPROVED])
    for row in await gone:
        if row.other_id in others and row.decided_at is not None:
            decided[row.other_id] = max(row.decided_at, decided.get(row.other_id, row.decided_at))
    return {key for key, at in decided.items() if max(others[key]["changed_at"], case.facts_at) <= at}


async def _keep(
    case: Case, row: FaceSearch, each: ranking.Ranked, other: dict[str, Any], found: Found | None
) -> None:
    comparison = each.scored.comparison.as_json() if each.scored.comparison else {}
    await Candidate.create(
        **place_of(case), id=new_id(), case_id=case.id, search_id=row.id, rank=each.rank, other_county=other["county"],
        other_id=other["id"], other_code=other["code"], other_kind=other["kind"], other_minor=_may_be_child(other), cosine=each.scored.cosine, score=each.score, likely=each.likely,
        age_gap=each.scored.age_gap_years, picture_id=found.file_id if found else None,
        comparison={**comparison, "cautions": [str(caution) for caution in each.cautions]}, state=CandidateState.OPEN,
        found_at=clock.now(),
    )  # fmt: skip


def _may_be_child(other: dict[str, Any]) -> bool:
    born, grown = other["born_to"], common.today().replace(day=1)
    return bool(other["maybe_child"]) or other["kind"] == "CHILD" or (born is not None and (grown - born).days < 18 * 365.25)


async def _hand_over(actor: Actor, case: Case, row: FaceSearch, count: int) -> None:
    """To the reviewers, or back to whoever asked. Looking again without anybody new changes nothing."""
    if not count and case.state != CaseState.SEARCH_APPROVED:
        return
    if not count:
        case.retry_on = rules.retry_on(common.today())
        await common.move(actor, case, "find_nobody", "search:nobody", {"search": row.id}, search=str(row.id))
        await common.tell([row.requested_by], "search.nobody", case)
        return
    said = {"search": str(row.id), "model": row.model, "scanned": row.scanned, "candidates": count}
    if case.state == CaseState.CANDIDATES:
        await common.note(actor, case, "search:done", **said)
    else:
        await common.move(actor, case, "list_candidates", "search:done", {"search": row.id}, **said)
        await clocks.start(case, common.APP, rules.rule("review", emergency=row.emergency), clock.now(), subject_id=row.id)
    await common.tell(
        [*await common.accounts(case, Role.FACE_EXPERT, Role.POLICE_OFFICER), row.requested_by], "candidate.to_review", case
    )


async def go_on(actor: Actor, case: Case) -> None:
    """A lead came to nothing. Others were listed with it: while the approval stands the reviewers look at them next."""
    row = await newest(case, SearchState.APPROVED)
    if row is None or row.expires_at <= clock.now() or case.state != CaseState.NO_MATCH:
        return
    if not await Candidate.filter(case_id=case.id, search_id=row.id, state=CandidateState.OPEN).exists():
        return
    await common.move(actor, case, "list_candidates", "search:resumed", {"search": row.id}, search=str(row.id))
    await clocks.start(case, common.APP, rules.rule("review", emergency=row.emergency), clock.now(), subject_id=row.id)
    await common.tell(await common.accounts(case, Role.FACE_EXPERT, Role.POLICE_OFFICER), "candidate.to_review", case)


# ------------------------------------------------------------------------------------------------------ lapsing


async def sweep_lapsed(now: object) -> None:
    """Cases that wait for a search whose time is over."""
    await enqueue_found(
        LAPSE_JOB,
        """select 'lapse:' || c.id::text as row, c.county, c.path, c.id as matter, jsonb_build_object('case_id', c.id) as args
           from reunion_case c where c.state in ('SEARCH_REQUESTED', 'SEARCH_APPROVED') and c.updated_at <= $1
               and not exists (select 1 from face_search s where s.matter_id = c.id and s.county = c.county
                   and s.state in ('REQUESTED', 'APPROVED'))""",
        now,  # type: ignore[arg-type]
    )


async def lapse(actor: Actor, case_id: str) -> None:
    """Job: nobody decided in time, or the search did not run: it can be asked for again."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.state not in (CaseState.SEARCH_REQUESTED, CaseState.SEARCH_APPROVED):
        return
    if await newest(case, SearchState.REQUESTED, SearchState.APPROVED):
        return
    await common.move(actor, case, "lapse", "search:lapsed", {"search": "EXPIRED"})
    await common.tell(await common.accounts(case, Role.POLICE_OFFICER), "search.lapsed", case)
