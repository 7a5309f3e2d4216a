"""会商: called, its agenda filled (by hand, from what is red, from what is stuck), held with minutes; its decisions become tasks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

from backend.apps.cockpit import board, papers, rules
from backend.apps.cockpit.enums import AgendaSource, MeetingKind, MeetingState
from backend.apps.cockpit.inputs import (
    AddToConsultationInput,
    AgendaTextInput,
    CallMeetingInput,
    CancelMeetingInput,
    HoldMeetingInput,
)
from backend.apps.cockpit.models import AgendaItem, Meeting, Problem
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.errors import Refusal, not_found
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.metrics.models import FigureFact
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import Checks, as_id, text_of

MOST_AGENDA, MOST_ATTENDEES = 100, 200
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_steps = common.meeting_steps


async def call_meeting(actor: Actor, request: CallMeetingInput) -> Meeting:
    """A meeting with its day. Raises `ALREADY_DONE` for a second monthly one of the same month."""
    actor.require(P.CONVENE)
    division = await common.own_division(actor, request.division)
    checks = Checks()
    title = checks.text("title", request.title, least=2, most=200)
    place = checks.text("placeText", request.place_text, most=200)
    today = common.today()
    checks.day("plannedOn", request.planned_on, least=today, most=today + timedelta(days=400))
    checks.done()
    month = rules.month_of(request.planned_on) if request.kind == MeetingKind.MONTHLY else ""
    if month:
        await _alone(division, month)
        if await _monthly(division, month) is not None:
            raise Refusal("ALREADY_DONE", "plannedOn")
    return await _call(actor, division, request.kind, title, request.planned_on, month, place)


async def _alone(division: Division, of: str) -> None:
    """Two who make a month's meeting at once, or a weekly kind's next one: the second waits, and finds the first one's."""
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"cockpit:meeting:{division.code}:{of}")


async def _monthly(division: Division, month: str) -> Meeting | None:
    """The place's consultation of a month, planned or held, locked."""
    rows = Meeting.filter(path=division.path, kind=MeetingKind.MONTHLY, month=month).exclude(state=MeetingState.CANCELLED)
    return await rows.select_for_update().first()


async def _call(
    actor: Actor, division: Division, kind: MeetingKind, title: str, planned_on: date, month: str, place_text: str = ""
) -> Meeting:
    now, today = clock.now(), common.today()
    meeting = Meeting(
        county=division.county, path=division.path, id=new_id(), code=rules.new_code(division.county, today, "M"), kind=kind,
        state=MeetingState.PLANNED, month=month, title=title, planned_on=planned_on, place_text=place_text, called_at=now, updated_at=now,
    )  # fmt: skip
    await meeting.save(force_create=True)
    rule = rules.until("meeting", planned_on, today, "137+X会商机制:月度会商每月10日前召开" if month else "会议通知确定的日期")
    await clocks.start(meeting, common.APP, rule, now)
    await _steps.note(actor, meeting, "meeting:called", kind=kind, month=month or None, planned=str(planned_on))
    return meeting


async def consultation(actor: Actor, division: Division) -> Meeting:
    """The monthly meeting that takes up what is red today: this month's, or the next one's when this was held; made when missing."""
    today = common.today()
    month = rules.month_of(today)
    await _alone(division, month)
    found = await _monthly(division, month)
    if found is not None and found.state == MeetingState.HELD:
        month = rules.consultation_month(today, held=True)
        await _alone(division, month)
        found = await _monthly(division, month)
        if found is not None and found.state == MeetingState.HELD:
            raise Refusal("WRONG_STATE", "level", state=found.state)
    if found is not None:
        return found
    return await _call(actor, division, MeetingKind.MONTHLY, f"{month}月度会商", rules.monthly_day(month, today), month)


async def add_agenda_item(actor: Actor, request: AgendaTextInput) -> Meeting:
    """A point of the agenda in words."""
    meeting: Meeting = await common.begin(actor, Meeting, request.id, "add", request.version)
    title = text_of(request.title, "title", most=300)
    await _has_room(meeting)
    await AgendaItem.create(
        **place_of(meeting), meeting_id=meeting.id, source=AgendaSource.TEXT, title=title, added_by=common.account_of(actor),
        at=clock.now(),
    )  # fmt: skip
    await _steps.note(actor, meeting, "agenda:added", source=AgendaSource.TEXT)
    return meeting


async def _has_room(meeting: Meeting) -> None:
    if await AgendaItem.filter(meeting_id=meeting.id).count() >= MOST_AGENDA:
        raise Refusal("TOO_MANY", "id", most=MOST_AGENDA)


async def add_to_consultation(actor: Actor, request: AddToConsultationInput) -> Meeting:
    """A figure, as the board shows it, on the agenda of the month's consultation; put there twice it stands there once.

    Raises:
        Refusal: `NOT_FOUND` for a figure that there is not, its division outside the level's place, or a level outside the
            actor's; `INVALID` for a month that has not begun.
    """
    actor.require(P.CONVENE)
    actor.require(P.FIGURES)
    assert actor.membership is not None
    level = await common.own_division(actor, request.level or actor.membership.division, "level")
    place = await find_division(request.division)
    if place is None or not lies_in(place.path, level.path):
        raise not_found("division")
    month, ids = _checked_figure(request)
    figure = await _figure(actor, FigureId(request.app, request.key), place, month)
    matters = await _counted(actor, figure.id, place, month, ids)
    meeting = await consultation(actor, level)
    same = AgendaItem.filter(meeting_id=meeting.id, source=AgendaSource.FIGURE, app=request.app, key=request.key, division=place.code)
    if not await same.exists():
        await _has_room(meeting)
        await AgendaItem.create(
            **place_of(meeting), meeting_id=meeting.id, source=AgendaSource.FIGURE, app=request.app, key=request.key,
            division=place.code, period=request.month, value=figure.value, target=figure.indicator.target if figure.indicator else None,
            matters=matters, added_by=common.account_of(actor), at=clock.now(),
        )  # fmt: skip
    await _steps.note(actor, meeting, "agenda:added", source=AgendaSource.FIGURE, app_name=request.app, key=request.key, division=place.code)
    return meeting


def _checked_figure(request: AddToConsultationInput) -> tuple[date, list[UUID]]:
    """First day of the month, and the references."""
    if FigureId(request.app, request.key) not in figures():
        raise not_found("key")
    checks = Checks()
    checks.items("matterIds", request.matter_ids, most=rules.MOST_MATTERS)
    month = clock.parse_day(f"{request.month}-01") if _MONTH.fullmatch(request.month) else None
    if month is None or month > common.today():
        checks.refuse("INVALID", "month")
    checks.done()
    assert month is not None
    return month, [as_id(each, f"matterIds.{number}") for number, each in enumerate(request.matter_ids or [])]


async def _figure(actor: Actor, wanted: FigureId, place: Division, month: date) -> board.Figure:
    """What the board says of it: the server's value, and the target that holds there."""
    made = await board.board(actor, place.code, month, month)
    return next(each for each in made.figures if each.id == wanted)


async def _counted(actor: Actor, figure: FigureId, place: Division, month: date, ids: list[UUID]) -> list[str]:
    """Of these matters those whose rows behind the figure the actor may open (row-level security narrows), as the row keeps them."""
    if not ids or not board.may_open_rows(actor, figure):
        return []
    rows = await FigureFact.filter(app=figure.app, key=figure.key, month=month, ahead=False, matter_id__in=ids)
    seen = {row.matter_id for row in rows if lies_in(row.path, place.path)}
    return [str(each) for each in dict.fromkeys(ids) if each in seen]


async def put_problem_on_agenda(actor: Actor, problem: Problem) -> Meeting:
    """An unanswered problem stands on the next monthly agenda by itself: of its county, or its city."""
    code = problem.path.split(".")[:3][-1]
    division = await find_division(code)
    assert division is not None
    meeting = await consultation(actor, division)
    if not await AgendaItem.filter(meeting_id=meeting.id, problem_id=problem.id).exists():
        await AgendaItem.create(
            **place_of(meeting), meeting_id=meeting.id, source=AgendaSource.PROBLEM, title=problem.title, problem_id=problem.id,
            at=clock.now(),
        )  # fmt: skip
        await _steps.note(actor, meeting, "agenda:added", source=AgendaSource.PROBLEM, problem=problem.code)
    return meeting


async def hold_meeting(actor: Actor, request: HoldMeetingInput) -> Meeting:
    """The meeting was held: who came, what was said, as a paper (会商纪要).

    Raises:
        Refusal: `HEADS_MISSING` for a monthly one without a single head of a unit.
    """
    meeting: Meeting = await common.begin(actor, Meeting, request.id, "hold", request.version)
    checks = Checks()
    meeting.place_text = checks.text("placeText", request.place_text, least=2, most=200)
    minutes = checks.text("minutes", request.minutes, least=10, most=20_000)
    checks.items("attendees", request.attendees, least=1, most=MOST_ATTENDEES)
    for number, each in enumerate((request.attendees or [])[:MOST_ATTENDEES]):
        checks.text(f"attendees.{number}.unit", each.unit, least=2, most=100)
        checks.text(f"attendees.{number}.name", each.name, least=2, most=50)
    today = common.today()
    checks.day("heldOn", request.held_on, least=max(today - timedelta(days=31), _called_on(meeting)), most=today)
    checks.done()
    if meeting.kind == MeetingKind.MONTHLY and not any(each.head for each in request.attendees):
        raise Refusal("HEADS_MISSING", "attendees")
    meeting.attendees = [
        {"unit": each.unit.strip(), "name": each.name.strip(), "head": "1" if each.head else ""} for each in request.attendees
    ]
    meeting.held_on, meeting.minutes = request.held_on, minutes
    agenda = await AgendaItem.filter(meeting_id=meeting.id).order_by("at", "id")
    paper = await papers.minutes(actor, meeting, agenda)
    meeting.paper_id = paper.id
    await common.meet(meeting, "meeting")
    in_month = not meeting.month or rules.month_of(meeting.held_on) == meeting.month
    by_day = not meeting.month or meeting.held_on.day <= rules.MONTHLY_BY_DAY and in_month
    await _steps.move(
        actor, meeting, "hold", "meeting:held", {"attendees": meeting.attendees, "minutes": minutes}, kind=meeting.kind,
        held=str(meeting.held_on), in_month=in_month, by_day=by_day, number=paper.number,
    )  # fmt: skip
    await _call_next_week(actor, meeting)
    return meeting


async def _call_next_week(actor: Actor, meeting: Meeting) -> None:
    """What is held every week is called again, once."""
    if meeting.kind not in rules.WEEKDAY:
        return
    division = await find_division(meeting.path.rsplit(".", 1)[-1])
    assert division is not None
    await _alone(division, str(meeting.kind))
    if await Meeting.filter(path=meeting.path, kind=meeting.kind, state=MeetingState.PLANNED).exists():
        return
    day = rules.next_weekly_day(meeting.kind, meeting.held_on or meeting.planned_on)
    # Written up late, it does not swallow a week that is still to come.
    while day < common.today():
        day = rules.next_weekly_day(meeting.kind, day)
    await _call(actor, division, meeting.kind, meeting.title, day, "", meeting.place_text)


def _called_on(meeting: Meeting) -> date:
    return local_date(meeting.called_at)


async def cancel_meeting(actor: Actor, request: CancelMeetingInput) -> Meeting:
    """It is not held; the month may have another one, and what is held every week is called for the next."""
    meeting: Meeting = await common.begin(actor, Meeting, request.id, "cancel", request.version)
    meeting.reason = text_of(request.reason, "reason", least=2)
    await common.meet_all(meeting)
    await _steps.move(actor, meeting, "cancel", "meeting:cancelled", {"reason": meeting.reason}, kind=meeting.kind)
    if not request.for_good:
        await _call_next_week(actor, meeting)
    return meeting


async def agenda_item(meeting: Meeting, item_id: str) -> AgendaItem:
    """A point of this meeting's agenda. Raises `NOT_FOUND`."""
    wanted: UUID = as_id(item_id, "agendaItemId")
    row = await AgendaItem.get_or_none(id=wanted, meeting_id=meeting.id)
    if row is None:
        raise not_found("agendaItemId")
    return row
