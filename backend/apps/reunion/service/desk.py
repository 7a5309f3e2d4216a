"""协查, the asking side: whom a county asks for help, what it opens for that and how long, and its thanks.

What a helper writes is his own county's (`replies`); here it is heard of, by a job, with its effects on the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.apps.reunion import access, papers, rules
from backend.apps.reunion.enums import Alarm, AssistAddressee, AssistState, CaseKind, PictureState, ReplyState
from backend.apps.reunion.inputs import AskAssistInput, AssistWordsInput, ThankAssistInput
from backend.apps.reunion.models import Assist, AssistReply, AssistThanks, Case, Picture
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.clock import ClockState, mark_times
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.faces.codes import SearchState
from backend.kernel.faces.models import FaceSearch
from backend.kernel.identity.models import Membership
from backend.kernel.notifications.service import notify
from backend.kernel.sharing import service as sharing
from backend.kernel.tenancy.models import Level
from backend.kernel.tenancy.service import living
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.matters import officers

#: Who answers at a county's desk.
HELPERS = (Role.POLICE_OFFICER, Role.POLICE_CHIEF, Role.CIVIL_AFFAIRS, Role.RESCUE_STATION)
LIVING = (AssistState.OPEN, AssistState.ANSWERED)


async def ask_assist(actor: Actor, request: AskAssistInput) -> Assist:
    """Ask another county, an invited expert or the board for help, with a purpose, a limit to answer and a term.

    Raises:
        Refusal: `ALREADY_ASKED` while the same addressee has not answered; `NO_CONTACT`; `NO_SEARCH`, `CHIEF_NEEDED` or
            `GUARDIAN_NEEDED` for what goes to an expert or to the board.
    """
    case = (await common.begin(actor, request.id, "ask_assist", request.version)).case
    checks = Checks()
    basis = checks.text("legalBasis", request.legal_basis, least=2, most=500)
    question = checks.text("question", request.question, least=4, most=1000)
    checks.number("days", request.days, least=1, most=rules.ASSIST_DAYS)
    if request.purpose not in rules.PURPOSES_OF[case.side]:
        checks.refuse("INVALID", "purpose")
    checks.done()
    await _require_may_ask(actor, case, request.addressee)
    row = Assist(
        **place_of(case), id=new_id(), case_id=case.id, case_code=case.code, addressee=request.addressee, purpose=request.purpose,
        legal_basis=basis, question=question, pictures=await _chosen(case, request), side=case.side, kind=case.kind, sex=case.sex,
        born_from=case.born_from, born_to=case.born_to, emergency=case.alarm is not None, state=AssistState.OPEN,
        **await _addressee(case, request), **await _asker(actor),
    )  # fmt: skip
    await _save(case, row, request.days)
    await common.note(
        actor, case, "assist:asked", assist=str(row.id), addressee=row.addressee, to_county=row.to_county or None,
        due_at=row.due_at.isoformat(),
    )  # fmt: skip
    await _hand_out(actor, case, row)
    return row


async def _require_may_ask(actor: Actor, case: Case, addressee: AssistAddressee) -> None:
    """Faces and fates go further than to one neighbour only after a comparison that somebody approved."""
    if case.no_contact:
        raise Refusal("NO_CONTACT")
    if addressee == AssistAddressee.COUNTY:
        return
    approved = FaceSearch.filter(matter_id=case.id, decided_at__isnull=False).exclude(state=SearchState.REFUSED)
    if not await approved.exists():
        raise Refusal("NO_SEARCH", "addressee")
    if addressee == AssistAddressee.BOARD:
        code = rules.board_refusal(
            abducted=case.kind == CaseKind.ABDUCTED or case.alarm == Alarm.ABDUCTION, is_minor=case.is_minor,
            guardian_agreed=case.guardian_agreed, by_chief=actor.role == Role.POLICE_CHIEF,
        )  # fmt: skip
        if code:
            raise Refusal(code, "addressee")


async def _addressee(case: Case, request: AskAssistInput) -> dict[str, Any]:
    """The columns that name who is asked. Raises `NOT_FOUND`, `INVALID`, `INVOLVED_BEFORE`."""
    if request.addressee == AssistAddressee.COUNTY:
        division = await living(request.county or "", "county")
        if division.level != Level.COUNTY or division.county == case.county:
            raise Refusal("INVALID", "county")
        return {"to_county": division.county, "to_path": division.path, "to_name": division.name}
    if request.addressee == AssistAddressee.BOARD:
        return {}
    expert = await Membership.get_or_none(id=as_id(str(request.expert_id or ""), "expertId"), role=Role.FACE_EXPERT)
    now = clock.now()
    if expert is None or expert.active_from > now or (expert.ended_at is not None and expert.ended_at <= now):
        raise not_found("expertId")
    if await Participant.filter(matter_id=case.id, account_id=expert.account_id).exists():
        raise Refusal("INVOLVED_BEFORE", "expertId")
    return {
        "to_county": expert.county, "to_path": expert.path, "to_account": expert.account_id, "to_name": expert.name,
        "to_agency": expert.agency_name,
    }  # fmt: skip


async def _asker(actor: Actor) -> dict[str, Any]:
    assert actor.membership is not None and actor.account_id is not None
    membership = await Membership.get(id=actor.membership.id)
    return {
        "asked_by": actor.account_id, "asked_by_name": membership.name, "agency_name": membership.agency_name,
        "duty_phone": membership.duty_phone, "asked_at": clock.now(),
    }  # fmt: skip


async def _chosen(case: Case, request: AskAssistInput) -> list[str]:
    """Pictures of this case that were read, each once."""
    wanted = list(dict.fromkeys(as_id(each, "pictures") for each in request.pictures or []))
    if await Picture.filter(id__in=wanted, case_id=case.id, state=PictureState.READY).count() != len(wanted):
        raise not_found("pictures")
    return [str(each) for each in wanted]


async def _save(case: Case, row: Assist, days: int) -> None:
    """With its clock. Raises `ALREADY_ASKED`, or `INVALID` for a term that ends before the answer is due."""
    same = {name: getattr(row, name) for name in ("case_id", "addressee", "to_county", "to_account")}
    if await Assist.filter(**same, state=AssistState.OPEN).exists():
        raise Refusal("ALREADY_ASKED", "addressee")
    running = await clocks.start(
        case, common.APP, rules.rule("assist", emergency=row.emergency), row.asked_at, subject_id=row.id
    )
    row.due_at, row.expires_at = running.due_at, row.asked_at + timedelta(days=days)
    if row.expires_at < row.due_at:
        raise Refusal("INVALID", "days", most=rules.ASSIST_DAYS)
    await row.save(force_create=True)


async def _hand_out(actor: Actor, case: Case, row: Assist) -> None:
    """Open the case to whom it was addressed, write the letter, and tell them. From the board it is opened when it is taken up."""
    if row.addressee == AssistAddressee.BOARD:
        return
    assert row.to_path is not None
    await sharing.open_to(
        case, common.APP, to_county=row.to_county, to_path=row.to_path, to_account=row.to_account, to_matter=row.id,
        reason=row.purpose, until=row.expires_at,
    )  # fmt: skip
    if row.addressee == AssistAddressee.COUNTY:
        await papers.assistance(actor, case, row)
    await tell(await helpers_of(row), "assist.asked", row)


async def helpers_of(row: Assist, *roles: Role) -> list[UUID]:
    """Accounts of those who are asked: the expert himself, or the desk of the county; nobody for the board."""
    if row.to_account is not None:
        return [row.to_account]
    if row.to_path is None:
        return []
    desk = AssistReply(county=row.to_county, path=row.to_path)
    return [each.account_id for each in await officers(desk, *(roles or HELPERS))]


async def tell(accounts: Sequence[UUID], kind: str, row: Assist, **data: Any) -> None:
    """Notify about a request; its page is what opens, on either side."""
    await notify(accounts, f"{common.APP}.{kind}", row, code=row.case_code, **data)


# ------------------------------------------------------------------------------------------------ ending, thanking


async def end_assist(actor: Actor, request: AssistWordsInput) -> Assist:
    """Take the request back, or close it after its answer: what was opened for it is closed."""
    row, case = await _mine(actor, request.id)
    checks = Checks()
    text = checks.text("text", request.text, least=2, most=500)
    checks.done()
    if row.state not in LIVING:
        raise Refusal("WRONG_STATE", "id", state=row.state)
    waited = row.state == AssistState.OPEN
    row.end_text = text
    await _finish(case, row, AssistState.CLOSED)
    await common.note(actor, case, "assist:withdrawn" if waited else "assist:closed", assist=str(row.id))
    if waited:
        taken = await AssistReply.filter(assist_id=row.id, state=ReplyState.TAKEN)
        await tell([*await helpers_of(row), *(each.helper_id for each in taken)], "assist.ended", row)
    return row


async def _mine(actor: Actor, assist_id: str, field: str = "id") -> tuple[Assist, Case]:
    """A request of the actor's own place and its case, both locked."""
    actor.require(Permission.ASSIST_ASK)
    found = await access.assists(actor).filter(id=as_id(assist_id, field)).first()
    if found is None:
        raise not_found(field)
    if not access.is_asker(actor, found):
        raise not_permitted(Permission.ASSIST_ASK)
    case = await common.find(actor, found.case_id, field)
    return await Assist.filter(id=found.id).select_for_update().get(), case


async def _finish(case: Case, row: Assist, state: AssistState, at: datetime | None = None) -> None:
    """Nobody waits any more: the clock stops, and the case is closed to whoever it was opened to for this."""
    row.state, row.ended_at = state, at or clock.now()
    await row.save()
    await clocks.meet(case.id, _rule(row), row.ended_at, subject_id=row.id)
    for opened_for in (row.id, *map(UUID, row.heard)):
        await sharing.end(case, to_matter=opened_for)


def _rule(row: Assist) -> str:
    return rules.rule("assist", emergency=row.emergency).id


async def thank_for_assist(actor: Actor, request: ThankAssistInput) -> Assist:
    """Thank a helper for his answer; he is told, and it counts. Once for each answer."""
    actor.require(Permission.ASSIST_ASK)
    reply = await AssistReply.get_or_none(id=as_id(request.reply_id, "replyId"))
    if reply is None:
        raise not_found("replyId")
    row, case = await _mine(actor, str(reply.assist_id), "replyId")
    checks = Checks()
    words = checks.text("words", request.words, least=2, most=500)
    checks.done()
    if reply.state != ReplyState.ANSWERED:
        raise Refusal("WRONG_STATE", "replyId", state=reply.state)
    if await AssistThanks.filter(reply_id=reply.id).exists():
        raise Refusal("ALREADY_THANKED", "replyId")
    assert actor.membership is not None and actor.account_id is not None
    await AssistThanks.create(
        **place_of(case), case_id=case.id, assist_id=row.id, reply_id=reply.id, helper_county=reply.county, helper_path=reply.path,
        helper_id=reply.helper_id, by_expert=reply.by_expert, words=words, thanked_by=actor.account_id,
        thanked_by_name=actor.membership.name, at=clock.now(),
    )  # fmt: skip
    await common.note(actor, case, "assist:thanks_given", assist=str(row.id), reply=str(reply.id))
    return row


# ------------------------------------------------------------------------------------------------------- hearing


async def hear(actor: Actor, assist_id: str, reply_id: str) -> None:
    """Job of the asking county: what a helper did takes effect on the case. Repeated, it changes nothing."""
    locked = await _locked(assist_id)
    reply = await AssistReply.get_or_none(id=UUID(reply_id))
    if locked is None or reply is None or locked[0].heard.get(reply_id) == reply.state:
        return
    row, case = locked
    row.heard = {**row.heard, reply_id: str(reply.state)}
    await row.save()
    if row.state in LIVING:
        await _take_effect(case, row, reply)
    await common.note(
        actor, case, "assist:reply_heard", occurred_at=reply.changed_at, assist=assist_id, reply=reply_id, state=reply.state,
        helper="EXPERT" if reply.by_expert else reply.county,
    )  # fmt: skip
    await tell([row.asked_by], f"assist.{reply.state.lower()}", row)


async def _locked(assist_id: str) -> tuple[Assist, Case] | None:
    """The case first, as every command does."""
    found = await Assist.get_or_none(id=UUID(assist_id))
    case = await Case.filter(id=found.case_id).select_for_update().first() if found else None
    row = await Assist.filter(id=UUID(assist_id)).select_for_update().first()
    return (row, case) if row is not None and case is not None else None


async def _take_effect(case: Case, row: Assist, reply: AssistReply) -> None:
    from_board = row.addressee == AssistAddressee.BOARD
    if reply.state == ReplyState.DECLINED:
        if from_board:
            await sharing.end(case, to_matter=reply.id)
        else:
            await _finish(case, row, AssistState.DECLINED, reply.changed_at)
        return
    if from_board and row.expires_at > clock.now():
        await sharing.open_to(
            case, common.APP, to_county=reply.county, to_path=reply.path, to_matter=reply.id, reason=row.purpose,
            until=row.expires_at,
        )  # fmt: skip
    if reply.state == ReplyState.ANSWERED:
        await clocks.meet(case.id, _rule(row), reply.changed_at, subject_id=row.id)
        if rules.settles(row.addressee, reply.finding):
            row.state = AssistState.ANSWERED
            await row.save()


async def lapse(actor: Actor, assist_id: str) -> None:
    """Job: the term is over, the case has ended, or the person does not want to be found."""
    locked = await _locked(assist_id)
    if locked is None or locked[0].state not in LIVING:
        return
    row, case = locked
    if case.ended_at is not None or case.no_contact:
        await _finish(case, row, AssistState.CLOSED)
        await common.note(actor, case, "assist:closed", assist=assist_id)
    elif row.expires_at <= clock.now():
        waited = row.state == AssistState.OPEN
        await _finish(case, row, AssistState.EXPIRED if waited else AssistState.CLOSED)
        await common.note(actor, case, "assist:expired" if waited else "assist:closed", assist=assist_id)
        if waited:
            await tell([row.asked_by], "assist.expired", row)


async def forget_case(case: Case) -> None:
    """An ended case takes its requests along: what was asked of whom stays, the words about the person do not."""
    for row in await Assist.filter(case_id=case.id).select_for_update():
        if row.state in LIVING:
            await _finish(case, row, AssistState.CLOSED)
        await _blank(row)


async def forget(actor: Actor, assist_id: str) -> None:
    """Job: a request that ended a year ago (`domain.md` 1.9)."""
    locked = await _locked(assist_id)
    if locked is not None and locked[0].state not in LIVING:
        await _blank(locked[0])


async def _blank(row: Assist) -> None:
    if row.forgotten_at is not None:
        return
    row.question, row.end_text, row.pictures, row.forgotten_at = "", "", [], clock.now()
    await row.save()
    await AssistThanks.filter(assist_id=row.id).update(words="")


async def remind(assist_id: UUID | None, mark: int) -> None:
    """The limit to answer is near or past: who asked hears it, and the chief of whom was asked, or the expert."""
    row = await Assist.get_or_none(id=assist_id, state=AssistState.OPEN)
    if row is not None:
        told = [row.asked_by, *await helpers_of(row, Role.POLICE_CHIEF)]
        await tell(told, "assist.due", row, mark=mark)


def clock_of(row: Assist, answered: Sequence[datetime]) -> MatterClock:
    """The limit as whoever is asked sees it too: the clock itself is the asking county's."""
    rule = rules.rule("assist", emergency=row.emergency)
    met = min([*answered, *([row.ended_at] if row.ended_at else [])], default=None)
    state = ClockState.MET if met else ClockState.EXPIRED if clock.now() > row.due_at else ClockState.RUNNING
    made = MatterClock(
        **place_of(row), id=row.id, app=common.APP, matter_id=row.case_id, subject_id=row.id, rule=rule.id, started_at=row.asked_at,
        length=rule.length, unit=rule.unit, roll=rule.roll, state=state, due_at=row.due_at, yellow_at=row.due_at, met_at=met,
    )  # fmt: skip
    made.yellow_at = mark_times(clocks.value_of(made), clocks.calendar()).get(80, row.due_at)
    return made
