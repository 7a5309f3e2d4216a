"""Home, and after: return, hand-over, follow-up, placement, withdrawal; then what is no longer needed is erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from backend.apps.reunion import papers, rules
from backend.apps.reunion.enums import CaseState, Side
from backend.apps.reunion.inputs import ArrangeReturnInput, HandOverInput, ReunionStepInput
from backend.apps.reunion.models import Candidate, Case, FollowUp, Picture, Proof
from backend.apps.reunion.service import bulletins, cards, care, common, desk, gallery, hands, pairs, tips
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal
from backend.kernel.faces import galleries
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.links import service as links
from backend.kernel.privacy.retention import keep_for
from backend.kernel.sharing import service as sharing
from backend.kernel.validation import Checks, text_of

CLOSE_JOB = "reunion.close_pair"


def _text(value: str, field: str = "text", *, least: int = 2) -> str:
    return text_of(value, field, least=least, most=2000)


async def arrange_return(actor: Actor, request: ArrangeReturnInput) -> Case:
    """How and with whom he goes home, and that he wants to; of a child, that its guardian authority agrees."""
    case = (await common.begin(actor, request.id, "arrange_return", request.version)).case
    plan, wish = _text(request.plan, "plan"), _text(request.wish, "wish")
    if case.side != Side.FOUND:
        raise Refusal("INVALID", "id")
    _require_may_go(case)
    case.return_plan, case.return_wish = plan, wish
    await common.move(actor, case, "arrange_return", "return:arranged", {"plan": plan, "wish": wish})
    return case


def _require_may_go(case: Case) -> None:
    """Raises `GUARDIAN_NEEDED`, and `NO_CONTACT`: he is safe, and that is all his family hears."""
    if case.is_minor and not case.guardian_agreed:
        raise Refusal("GUARDIAN_NEEDED")
    if case.no_contact:
        raise Refusal("NO_CONTACT")


async def hand_over(actor: Actor, request: HandOverInput) -> Case:
    """He is with the receiver, whose papers were looked at. Follow-ups at one, three and six months are planned."""
    case = (await common.begin(actor, request.id, "hand_over", request.version)).case
    _require_may_go(case)
    checks = Checks()
    receiver = checks.text("receiver", request.receiver, least=1, most=100)
    id_check = checks.text("idCheck", request.id_check, least=2, most=500)
    place = checks.text("place", request.place, least=1, most=200)
    checks.done()
    await clocks.meet(case.id, "return", clock.now())
    for month, day in rules.follow_up_days(common.today()):
        await FollowUp.create(**place_of(case), case_id=case.id, month=month, due_on=day)
    await papers.handover(actor, case, receiver=receiver, id_check=id_check, place=place)
    await common.move(
        actor, case, "hand_over", "return:handed_over", {"receiver": receiver, "idCheck": id_check}, kind=case.reunion_kind,
    )  # fmt: skip
    await common.tell(await common.accounts(case, Role.CIVIL_AFFAIRS), "return.handed_over", case)
    return case


async def record_follow_up(actor: Actor, request: ReunionStepInput) -> Case:
    """How he fares at home, and what help he was given."""
    case = (await common.begin(actor, request.id, "record_follow_up", request.version)).case
    text = _text(request.text)
    row = await FollowUp.filter(case_id=case.id, done_at__isnull=True).order_by("month").select_for_update().first()
    if row is None:
        raise Refusal("ALREADY_DECIDED")
    row.done_at, row.text = clock.now(), text
    row.done_by_name = actor.membership.name if actor.membership else ""
    await row.save()
    if case.state == CaseState.RETURNED:
        await common.move(actor, case, "follow", "follow_up:recorded", {"destination": case.county}, month=row.month)
    else:
        await common.note(actor, case, "follow_up:recorded", month=row.month)
    return case


async def close_case(actor: Actor, request: ReunionStepInput) -> Case:
    """It is over: faces and pictures are erased within the period, the log stays."""
    case = (await common.begin(actor, request.id, "close", request.version)).case
    text = _text(request.text)
    if case.side == Side.FOUND and case.state != CaseState.FOLLOWING and not case.no_contact:
        raise Refusal("NOT_RETURNED")
    await hands.require_none_open(case)
    case.finding = text
    await common.move(actor, case, "close", "case:closed", {"finding": text})
    await _end(case)
    return case


async def place(actor: Actor, request: ReunionStepInput) -> Case:
    """落户安置 after a search without result; the search is tried again every year."""
    case = (await common.begin(actor, request.id, "place", request.version)).case
    text = _text(request.text)
    case.retry_on = rules.retry_on(common.today(), placed=True)
    await common.move(actor, case, "place", "case:placed", {"approval": text}, reason=text)
    return case


async def withdraw(actor: Actor, request: ReunionStepInput) -> Case:
    """The report or the consent is taken back by whom it concerns: nobody searches any more, and everything is erased."""
    action = "withdraw" if actor.is_staff else "withdraw_report"
    case = (await common.begin(actor, request.id, action, request.version)).case
    text = _text(request.text)
    case.finding = text if actor.is_staff else case.finding
    await common.move(actor, case, "withdraw", "case:withdrawn", {"statement": text})
    await _end(case)
    return case


async def _end(case: Case) -> None:
    case.ended_at = clock.now()
    await case.save(update_fields=["ended_at"])
    await gallery.ask(case)
    await gallery.forget(case)


async def forget(actor: Actor, case_id: str) -> None:
    """Job: what an ended case leaves behind goes: pictures by their period, what was opened to others at once."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.ended_at is None:
        return
    await galleries.finish(case)
    await sharing.end(case)
    await desk.forget_case(case)
    if case.state == CaseState.WITHDRAWN:
        # Otherwise a family's link says for its time that the search is over; it names nobody.
        await links.end(case)
    await bulletins.forget(case)
    await hands.forget(actor, case)
    await care.forget(case)
    await cards.forget(case)
    await tips.forget(case)
    for picture in await Picture.filter(case_id=case.id):
        await keep_for(case, picture.file_id, "CLOSED", timedelta(days=rules.ERASE_AFTER_DAYS), rules.ERASE_BASIS)
        await picture.delete()
    proven = {row.candidate_id for row in await Proof.filter(case_id=case.id)}
    for row in await Candidate.filter(case_id=case.id):
        # Proofs are for ever, and so is the bare row they hang on.
        await (pairs.blank(row) if row.id in proven else row.delete())
    running = await MatterClock.filter(matter_id=case.id, met_at__isnull=True).values_list("rule", flat=True)
    for rule in {str(each) for each in running}:
        await clocks.meet(case.id, rule, clock.now())
    await common.note(actor, case, "case:forgotten")


async def sweep_pairs(now: datetime) -> None:
    """The report that a person who went home was sought by: it ends with his return."""
    await enqueue_found(
        CLOSE_JOB,
        """select 'close:' || o.id::text as row, o.county, o.path, o.id as matter, jsonb_build_object('case_id', o.id) as args
           from reunion_candidate c join reunion_case f on f.id = c.case_id and f.county = c.county
               join reunion_case o on o.id = c.other_id and o.county = c.other_county
           where c.state = 'CONFIRMED' and c.decided_at <= $1 and (
               (f.state in ('RETURNED', 'FOLLOWING', 'CLOSED') and f.side = 'FOUND' and o.state = 'IDENTITY_CONFIRMED'
                   and o.side = 'SOUGHT'))
           union
           select 'close:' || f.id::text, f.county, f.path, f.id, jsonb_build_object('case_id', f.id)
           from reunion_candidate c join reunion_case f on f.id = c.case_id and f.county = c.county
               join reunion_case o on o.id = c.other_id and o.county = c.other_county
           where c.state = 'CONFIRMED' and c.decided_at <= $1 and f.side = 'SOUGHT' and f.state = 'IDENTITY_CONFIRMED'
               and o.state in ('RETURNED', 'FOLLOWING', 'CLOSED') and o.side = 'FOUND'""",
        now,
    )


async def close_pair(actor: Actor, case_id: str) -> None:
    """Job: the report ends, and its family has heard it from people."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.state != CaseState.IDENTITY_CONFIRMED or case.side != Side.SOUGHT:
        return
    await common.move(actor, case, "close", "case:closed", {"finding": "RETURNED"})
    await common.tell(await common.family(case), "case.closed", case)
    await _end(case)
