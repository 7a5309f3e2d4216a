"""From somebody's clue to a case, or to a reason why there is none. The procuratorate decides by law; its author is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.apps.oversight import access, papers, rules
from backend.apps.oversight.enums import ClueSource, ClueState, Ending, LogKind, PartKind, Screening
from backend.apps.oversight.inputs import (
    AssessClueInput,
    AssignCheckerInput,
    DivertClueInput,
    FileCaseInput,
    HandOverMatterInput,
    InvestigationHelpInput,
    InvestigationInput,
    JoinClueInput,
    RaiseClueInput,
    ScreenClueInput,
    ShieldInput,
)
from backend.apps.oversight.models import Clue, LogEntry, Part, Signer
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.service import common
from backend.apps.oversight.workflow import OPEN
from backend.kernel import clock
from backend.kernel.access import grants
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.models import Event
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.jobs.service import enqueue
from backend.kernel.sharing import service as sharing
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import lies_in, living
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.matters import officer

CREDIT_JOB = "oversight.share_credit"
#: A grant made by a hand-over ends by itself.
GRANT_FOR = timedelta(days=180)
MOST_EVIDENCE = 20
_steps = common.clue_steps


async def raise_clue(actor: Actor, request: RaiseClueInput) -> Clue:
    """A deputy raises a clue or a proposal, under a shield if he wants one."""
    actor.require(P.RAISE)
    assert actor.membership is not None
    checks = Checks()
    title = checks.text("title", request.title, least=4, most=80)
    content = checks.text("content", request.content, least=10, most=5000)
    place_text = checks.text("placeText", request.place_text, most=200)
    checks.number("latitude", request.latitude, least=-90, most=90)
    checks.number("longitude", request.longitude, least=-180, most=180)
    if (request.latitude is None) != (request.longitude is None):
        checks.refuse("REQUIRED", "latitude" if request.latitude is None else "longitude")
    checks.done()
    division = await living(request.division)
    if not lies_in(division.path, actor.membership.path):
        raise not_found("division")
    clue = _new(division, kind=request.kind, source=ClueSource.DEPUTY, field=request.field, title=title, content=content,
                place_text=place_text, latitude=request.latitude, longitude=request.longitude,
                **await _grown_from(actor, request.suggestion_id, shielded=request.shielded))  # fmt: skip
    await clue.save(force_create=True)
    await common.take_part(actor, clue, PartKind.AUTHOR, shielded=request.shielded)
    clue.files = await common.attach_files(actor, request.file_ids, clue, hide=request.shielded)
    await _submit(actor, clue, hide=request.shielded)
    return clue


async def _grown_from(actor: Actor, suggestion_id: str | None, *, shielded: bool) -> dict[str, str]:
    """The suggestion of mine that shows something unlawful. Under a shield nothing names it: under a suggestion stands my name."""
    if suggestion_id is None:
        return {}
    wanted = as_id(suggestion_id, "suggestionId")
    row = await access.suggestions(actor).filter(id=wanted).first()
    if row is None or not await Signer.filter(suggestion_id=wanted, account_id=actor.account_id).exists():
        raise not_found("suggestionId")
    return {} if shielded else {"source_app": common.APP, "source_code": row.code}


async def hand_over_matter(actor: Actor, request: HandOverMatterInput) -> Clue:
    """Somebody else's matter shows more than itself: its code and category go over by a grant, and nothing of its people.

    Raises:
        Refusal: `NOT_FOUND` for a matter that the actor may not open, or whose application hands nothing over;
            `ALREADY_DONE` the second time.
    """
    actor.require(P.HAND_OVER)
    matter_id = as_id(request.matter_id, "matterId")
    outline = await grants.outline(actor, request.app[:30], matter_id)
    if outline is None:
        raise not_found("matterId")
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"handed_over:{matter_id}")
    if await Event.filter(matter_id=matter_id, tag=f"{request.app}:matter:handed_over").exists():
        raise Refusal("ALREADY_DONE", "matterId")
    checks = Checks()
    title = checks.text("title", request.title, least=4, most=80)
    reason = checks.text("reason", request.reason, least=10, most=1000)
    checks.done()
    # Of the place only the county: a grid may be a household.
    division = await living(outline.matter.county)
    clue = _new(
        division, kind="CLUE", source=ClueSource.HANDED_OVER, field=request.field, title=title, content=reason,
        source_app=request.app, source_code=outline.code, source_category=outline.category,
    )  # fmt: skip
    share = await sharing.open_to(
        outline.matter, request.app, to_county=clue.county, to_path=clue.path, to_matter=clue.id, reason=f"作为线索移交:{clue.code}",
        until=clock.now() + GRANT_FOR,
    )  # fmt: skip
    await clue.save(force_create=True)
    await common.take_part(actor, clue, PartKind.SOURCE, shielded=False)
    await _submit(actor, clue, hide=False)
    await record(actor, f"{request.app}:matter:handed_over", outline.matter, to_app=common.APP, to_code=clue.code,
                 share=str(share.id) if share else None)  # fmt: skip
    return clue


def _new(division: Division, **fields: Any) -> Clue:
    now = clock.now()
    county = common.county_of(division)
    return Clue(
        id=new_id(), county=county, path=division.path, code=rules.new_code(county, common.today()), state=ClueState.SUBMITTED,
        raised_at=now, updated_at=now, **fields,
    )  # fmt: skip


async def _submit(actor: Actor, clue: Clue, *, hide: bool) -> None:
    await clocks.start(clue, common.APP, rules.RULES["screen"], clock.now())
    await clocks.start(clue, common.APP, rules.RULES["feedback"], clock.now())
    clue.supporters = 1
    await _steps.note(
        actor, clue, "clue:raised", hide_actor=hide, kind=clue.kind, field=clue.field, source=clue.source,
        source_code=clue.source_code or None,
    )  # fmt: skip
    await common.tell_officers(clue, "clue.raised", Role.PROSECUTOR, field=clue.field)


async def join_clue(actor: Actor, request: JoinClueInput) -> Clue:
    """The same concern: credit is shared by all, in no order. One part each."""
    actor.require(P.JOIN)
    assert actor.membership is not None
    wanted = as_id(request.id)
    # A city's deputy has several counties.
    rows = await fetch(
        "select c.county, a.path from unnest($1::text[]) as c (county), oversight_alike(c.county) a where a.id = $2",
        list(actor.membership.counties), wanted,
    )  # fmt: skip
    if not rows or not lies_in(rows[0]["path"], actor.membership.path):
        raise not_found("id")
    known = Clue(id=wanted, county=rows[0]["county"], path=rows[0]["path"])
    await common.take_part(actor, known, PartKind.SUPPORTER, shielded=request.shielded)
    clue = await common.find(actor, Clue, wanted)
    if clue.state not in OPEN:
        raise Refusal("WRONG_STATE", state=clue.state)
    clue.supporters += 1
    await _steps.note(actor, clue, "clue:joined", hide_actor=request.shielded)
    await _count(actor, clue)
    return clue


async def _count(actor: Actor, clue: Clue) -> None:
    for trigger in rules.triggers(units=0, clues=clue.merged + 1, supporters=clue.supporters)[:1]:
        await common.notice_trigger(actor, clue, trigger)


async def shield_clue(actor: Actor, request: ShieldInput) -> Clue:
    """My name stays with the procuratorate from now on, or no longer."""
    clue = await common.begin(actor, Clue, request.id, "shield")
    part = await Part.filter(clue_id=clue.id, account_id=actor.account_id).select_for_update().get()
    part.shielded = request.shielded
    await part.save(update_fields=["shielded"])
    await _steps.note(actor, clue, "clue:shield", hide_actor=True, shielded=request.shielded)
    return clue


async def screen_clue(actor: Actor, request: ScreenClueInput) -> Clue:
    """Within five working days: take it up, merge it, pass it on, or say why not. The reason is for its author."""
    if request.decision == Screening.MERGE:
        # Both, always in the same order: two merges the other way round do not wait for each other.
        both = [as_id(request.id), as_id(request.into or "", "into")]
        await access.readable(actor).filter(id__in=both).order_by("id").select_for_update()
    clue = await common.begin(actor, Clue, request.id, "screen", request.version)
    clue.reason = text_of(request.reason, "reason", least=4)
    await common.meet(clue, "screen", "feedback")
    if request.decision == Screening.ACCEPT:
        await clocks.start(clue, common.APP, rules.RULES["investigate"], clock.now())
        await _steps.move(actor, clue, "accept", "clue:accepted", {"note": clue.reason})
    elif request.decision == Screening.REJECT:
        clue.ended_at = clock.now()
        await _steps.move(actor, clue, "reject", "clue:rejected", {"reason": clue.reason})
    elif request.decision == Screening.MERGE:
        await _merge(actor, clue, request.into)
    else:
        await _transfer(actor, clue, request.organ)
    await common.tell_parts(clue, str(clue.state))
    return clue


async def _merge(actor: Actor, clue: Clue, into: str | None) -> None:
    """Every author of the merged clue has a part in the other one, with his shield."""
    target_id = as_id(into or "", "into")
    if target_id == clue.id:
        raise Refusal("INVALID", "into")
    target = await common.find(actor, Clue, target_id, "into")
    # Credit is shared by a job, which sees one county.
    if target.county != clue.county:
        raise Refusal("INVALID", "into")
    if target.state not in OPEN:
        raise Refusal("WRONG_STATE", "into", state=target.state)
    clue.merged_into, clue.ended_at = target.id, clock.now()
    # By the system: whoever screens may not know the shielded ones.
    await enqueue(CREDIT_JOB, clue, clue_id=str(clue.id))
    await _steps.move(actor, clue, "merge", "clue:merged", {"into": target.code}, into=target.code)
    target.merged += 1
    await _steps.note(actor, target, "clue:merged_in", code=clue.code)
    await _count(actor, target)


async def share_credit(actor: Actor, clue_id: str) -> None:
    """Job: the parts of a merged clue stand in the one it went into; repeatable."""
    clue = await Clue.get_or_none(id=UUID(clue_id))
    if clue is None or clue.merged_into is None:
        return
    target = await Clue.filter(id=clue.merged_into).select_for_update().get()
    known = {row.account_id for row in await Part.filter(clue_id=target.id)}
    fresh = [row for row in await Part.filter(clue_id=clue.id) if row.account_id not in known]
    for row in fresh:
        await Part.create(
            **place_of(target), clue_id=target.id, account_id=row.account_id, membership_id=row.membership_id, name=row.name,
            kind=PartKind.SUPPORTER, shielded=row.shielded, at=row.at,
        )  # fmt: skip
    if fresh:
        target.supporters += len(fresh)
        await _steps.note(actor, target, "clue:credited", parts=len(fresh))
        await _count(actor, target)


async def _transfer(actor: Actor, clue: Clue, organ: str | None) -> None:
    clue.organ, clue.ended_at = text_of(organ, "organ", most=100), clock.now()
    await papers.transfer(actor, clue)
    await common.meet_all(clue)
    await _steps.move(actor, clue, "transfer", "clue:transferred", {"organ": clue.organ, "reason": clue.reason})


async def assess_clue(actor: Actor, request: AssessClueInput) -> Clue:
    """What the clue is worth: points order the work, and decide nothing (`domain.md` 9.6)."""
    clue = await common.begin(actor, Clue, request.id, "assess", request.version)
    checks = Checks()
    clue.assessment = checks.text("assessment", request.assessment, least=4, most=3000)
    for name, most in rules.TRIAGE.items():
        checks.number("publicInterest" if name == "public_interest" else name, getattr(request, name), least=0, most=most)
    checks.done()
    clue.score = rules.triage_score(getattr(request, name) for name in rules.TRIAGE)
    if clue.score >= rules.FIRST_HAND_SCORE:
        await clocks.start(clue, common.APP, rules.RULES["first_hand"], clock.now())
    await _steps.move(actor, clue, "assess", "clue:assessed", {"assessment": clue.assessment}, score=clue.score)
    await common.tell_officers(clue, "clue.assessed", Role.CHIEF_PROSECUTOR)
    await common.tell_parts(clue, str(clue.state))
    return clue


async def file_case(actor: Actor, request: FileCaseInput) -> Clue:
    """The chief prosecutor files a case (`domain.md` 1.12)."""
    clue = await common.begin(actor, Clue, request.id, "file_case", request.version)
    clue.reason = text_of(request.reason, "reason", least=4)
    clue.case_type = request.case_type
    await common.meet(clue, "first_hand")
    paper = await papers.filing(actor, clue)
    clue.case_no = paper.number
    await _steps.move(
        actor, clue, "file_case", "clue:case_filed", {"caseType": clue.case_type, "reason": clue.reason}, case_type=clue.case_type,
        number=paper.number,
    )  # fmt: skip
    await common.tell_officers(clue, "clue.case_filed", Role.PROSECUTOR)
    await common.tell_parts(clue, str(clue.state))
    return clue


async def divert_clue(actor: Actor, request: DivertClueInput) -> Clue:
    """No case: a suggestion for the deputy who wishes it, another organ's business, or nothing; always with the reason."""
    clue = await common.begin(actor, Clue, request.id, "divert", request.version)
    clue.reason = text_of(request.reason, "reason", least=4)
    if request.ending == Ending.TRANSFER:
        await _transfer(actor, clue, request.organ)
    else:
        clue.ended_at = clock.now()
        step, tag = ("to_suggestion", "clue:to_suggestion") if request.ending == Ending.SUGGESTION else ("end", "clue:ended")
        await common.meet_all(clue)
        await _steps.move(actor, clue, step, tag, {"reason": clue.reason})
    await common.tell_parts(clue, str(clue.state))
    return clue


async def log_investigation(actor: Actor, request: InvestigationInput) -> Clue:
    """A line of the investigation. It stays with the procuratorate: the log knows that there is one, not what it says."""
    clue = await common.begin(actor, Clue, request.id, "log")
    text = text_of(request.text, "text", least=4, most=5000)
    entry_id = new_id()
    files = await common.attach_files(actor, request.file_ids, clue, subject_id=entry_id)
    await LogEntry(
        **place_of(clue), id=entry_id, clue_id=clue.id, kind=request.kind, text=text, files=files, by=common.account_of(actor),
        by_name=common.name_of(actor), at=clock.now(),
    ).save(force_create=True)  # fmt: skip
    await _steps.note(actor, clue, "case:logged")
    return clue


async def ask_for_investigation_help(actor: Actor, request: InvestigationHelpInput) -> Clue:
    """协查函 to another organ. As everything of the investigation it stays with the procuratorate, and the log knows that there is one."""
    clue = await common.begin(actor, Clue, request.id, "ask_help", request.version)
    checks = Checks()
    to = checks.text("to", request.to, least=2, most=100)
    matter = checks.text("matter", request.matter, least=4, most=500)
    facts = checks.text("facts", request.facts, least=10, most=5000)
    basis = checks.text("basis", request.basis, least=4, most=1000)
    contact = checks.text("contact", request.contact, least=4, most=100)
    checks.day("dueOn", request.due_on, least=common.today() + timedelta(days=1), most=common.today() + timedelta(days=180))
    checks.items("evidence", request.evidence, least=1, most=MOST_EVIDENCE)
    evidence = [checks.text(f"evidence.{number}", each, least=2, most=300) for number, each in enumerate(request.evidence[:MOST_EVIDENCE])]
    checks.done()
    paper = await papers.assistance(actor, clue, to=to, matter=matter, facts=facts, evidence=evidence, basis=basis, due=request.due_on,
                                    contact=contact)
    await LogEntry(
        **place_of(clue), id=new_id(), clue_id=clue.id, kind=LogKind.INQUIRY, text=f"{paper.number} → {to}:{matter}",
        by=common.account_of(actor), by_name=common.name_of(actor), at=clock.now(),
    ).save(force_create=True)  # fmt: skip
    await _steps.note(actor, clue, "case:logged")
    return clue


async def assign_checker(actor: Actor, request: AssignCheckerInput) -> Clue:
    """Another deputy goes along to the check, and so gets to see the case."""
    clue = await common.begin(actor, Clue, request.id, "assign", request.version)
    member = await officer(clue, str(request.deputy), (Role.DEPUTY,), "deputy")
    if await Part.filter(clue_id=clue.id, account_id=member.account_id).exists():
        raise Refusal("ALREADY_DONE", "deputy")
    await Part.create(
        **place_of(clue), clue_id=clue.id, account_id=member.account_id, membership_id=member.id, name=member.name,
        kind=PartKind.CHECKER, at=clock.now(),
    )  # fmt: skip
    await _steps.note(actor, clue, "check:assigned")
    await _steps.tell([member.account_id], "check.assigned", clue)
    return clue
