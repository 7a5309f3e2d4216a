"""Clocks of matters in the database: start, meet, pause, extend; find and pass marks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from backend.kernel import clock as time
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.deadlines import clock as pure
from backend.kernel.deadlines.calendar import Derivation, Unit, WorkingCalendar
from backend.kernel.deadlines.clock import Cause, Clock, ClockError, ClockState, Extension, Span
from backend.kernel.deadlines.models import ExtensionRequest, MatterClock
from backend.kernel.deadlines.rules import DeadlineRule
from backend.kernel.errors import Refusal, not_found
from backend.kernel.jobs.service import enqueue_found

MARK_JOB = "kernel.clock_mark"

#: Percent of the running time; above 100: days after the due instant (103 = three days overdue).
MARKS = (50, 80, 100)
RUNG_DAYS = (3, 7)
LIVING = (ClockState.RUNNING, ClockState.SUSPENDED)

MarkHandler = Callable[[Actor, MatterClock, int], Awaitable[None]]


def calendar() -> WorkingCalendar:
    return WorkingCalendar.from_chinesecalendar()


def value_of(row: MatterClock) -> Clock:
    """The row as the pure value."""
    moment = datetime.fromisoformat
    return Clock(
        started_at=row.started_at,
        length=row.length,
        unit=Unit(row.unit),
        roll=row.roll,
        state=ClockState(row.state),
        suspensions=tuple(
            Span(Cause(span["cause"]), moment(span["since"]), moment(span["until"]) if span["until"] else None)
            for span in row.suspensions
        ),
        extensions=tuple(Extension(**{**item, "unit": Unit(item["unit"])}) for item in row.extensions),
        met_at=row.met_at,
    )


def _take(row: MatterClock, value: Clock) -> None:
    """Write the value and everything derived from it into the row."""
    times = pure.mark_times(value, calendar(), MARKS)
    row.state = value.state
    row.met_at = value.met_at
    row.suspensions = [
        {"cause": s.cause, "since": s.since.isoformat(), "until": s.until.isoformat() if s.until else None}
        for s in value.suspensions
    ]
    row.extensions = [asdict(extension) for extension in value.extensions]
    row.due_at = pure.due_at(value, calendar()).due_at
    row.yellow_at = times.get(80, row.due_at)
    row.next_mark_at = _next_mark_at(row, value, times)


def _next_mark_at(row: MatterClock, value: Clock, times: Mapping[int, datetime]) -> datetime | None:
    if value.met_at is not None or value.state is ClockState.EXCUSED:
        return None
    ahead = {mark: at for mark, at in _all_marks(row, times).items() if mark not in row.marks}
    return min(ahead.values()) if ahead else None


def _all_marks(row: MatterClock, times: Mapping[int, datetime]) -> dict[int, datetime]:
    rungs = {100 + days: row.due_at + timedelta(days=days) for days in RUNG_DAYS} if 100 in times else {}
    return {**times, **rungs}


async def start(
    matter: TenantModel, app: str, rule: DeadlineRule, at: datetime, *, subject_id: UUID | None = None
) -> MatterClock:
    """Start a clock of `matter` by `rule`; with `subject_id` it is about one row inside the matter."""
    row = MatterClock(
        **place_of(matter), app=app, matter_id=matter.id, subject_id=subject_id, rule=rule.id, started_at=at, length=rule.length,
        unit=rule.unit, roll=rule.roll,
    )  # fmt: skip
    _take(row, value_of(row))
    await row.save(force_create=True)
    return row


async def meet(matter_id: UUID, rule: str, at: datetime, *, subject_id: UUID | None = None) -> None:
    """Stop the clocks of this rule (about `subject_id`, when given) that still run; an expired one remembers that the
    duty was done late."""
    rows = MatterClock.filter(matter_id=matter_id, rule=rule, met_at__isnull=True)
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    for row in await rows.select_for_update():
        if row.state != ClockState.EXCUSED:
            _take(row, pure.meet(value_of(row), at))
            await row.save()


async def locked(clock_id: UUID) -> MatterClock:
    """Raises `NOT_FOUND` on `clockId`."""
    row = await MatterClock.filter(id=clock_id).select_for_update().first()
    if row is None:
        raise not_found("clockId")
    return row


async def suspend(row: MatterClock, cause: str, at: datetime) -> None:
    """Pause for a listed cause. Raises ClockError."""
    _take(row, pure.suspend(value_of(row), cause, at, calendar()))
    await row.save()


async def resume(row: MatterClock, at: datetime) -> None:
    """Raises ClockError."""
    _take(row, pure.resume(value_of(row), at))
    await row.save()


async def ask_extension(
    actor: Actor, row: MatterClock, *, length: int, unit: str, basis: str, reason: str
) -> ExtensionRequest:
    """Ask for more time, once at a time.

    Raises:
        Refusal: `INVALID` (length 1 to 60, unit CD or WD), `ALREADY_ASKED`, `WRONG_CLOCK_STATE`.
    """
    if not 1 <= length <= 60:
        raise Refusal("INVALID", "length", least=1, most=60)
    if unit not in (Unit.CD, Unit.WD):
        raise Refusal("INVALID", "unit")
    if row.state not in LIVING:
        raise ClockError("WRONG_CLOCK_STATE", "clockId", state=row.state)
    if await ExtensionRequest.filter(clock_id=row.id, state="ASKED").exists():
        raise Refusal("ALREADY_ASKED", "clockId")
    return await ExtensionRequest.create(
        **place_of(row), matter_id=row.matter_id, clock_id=row.id, length=length, unit=unit, basis=basis,
        reason=reason, requested_by=actor.account_id, requested_at=time.now(),
    )  # fmt: skip


async def decide_extension(
    actor: Actor, request: ExtensionRequest, *, grant: bool, opinion: str
) -> MatterClock:
    """Grant or refuse; never the person who asked.

    Raises:
        Refusal: `ALREADY_DECIDED`, or ClockError `EXTENSION_SELF_APPROVED`.
    """
    if request.state != "ASKED":
        raise Refusal("ALREADY_DECIDED", "requestId")
    if request.requested_by == actor.account_id:
        raise ClockError("EXTENSION_SELF_APPROVED", "requestId")
    row = await locked(request.clock_id)
    if grant:
        extension = Extension(
            request.length, Unit(request.unit), str(request.requested_by), str(actor.account_id), request.basis,
            request.reason,
        )  # fmt: skip
        _take(row, pure.extend(value_of(row), extension))
        # Reminders before the new date are due again.
        row.marks = [mark for mark in row.marks if mark <= 50]
        _take(row, value_of(row))
        await row.save()
    request.state = "GRANTED" if grant else "REFUSED"
    request.decided_by = actor.account_id
    request.decided_at = time.now()
    request.opinion = opinion
    await request.save()
    return row


def derivation(row: MatterClock) -> Derivation:
    """Why the date is what it is."""
    return pure.due_at(value_of(row), calendar())


def colour(row: MatterClock, now: datetime) -> pure.Colour:
    """As `clock.colour`, from the instants kept with the row: lists show many clocks."""
    if row.suspensions:
        return pure.colour(value_of(row), now, calendar())
    if row.state == ClockState.EXCUSED:
        return pure.Colour.GREY
    if row.state == ClockState.EXPIRED or (row.met_at or now) > row.due_at:
        return pure.Colour.RED
    if row.met_at is not None:
        return pure.Colour.GREY
    return pure.Colour.YELLOW if now >= row.yellow_at else pure.Colour.BLUE


def fraction(row: MatterClock, now: datetime) -> float:
    """Share of the running time used, 0 to 1."""
    if row.suspensions:
        return pure.fraction(value_of(row), now, calendar())
    total = (row.due_at - row.started_at).total_seconds()
    used = (min(now, row.met_at or now) - row.started_at).total_seconds()
    return min(1.0, max(0.0, used / total)) if total > 0 else 1.0


async def sweep(now: datetime) -> None:
    """One job for every clock of any county that passed a mark."""
    await enqueue_found(
        MARK_JOB,
        """select id::text as row, county, path, matter_id as matter, jsonb_build_object('clock_id', id) as args
           from matter_clock where next_mark_at <= $1""",
        now,
    )


async def pass_marks(handlers: Mapping[str, MarkHandler], actor: Actor, clock_id: str) -> None:
    """Job: call the application for each mark that has passed since the last time."""
    row = await MatterClock.filter(id=UUID(clock_id)).select_for_update().first()
    now = time.now()
    if row is None or row.next_mark_at is None or row.next_mark_at > now:
        return
    value = value_of(row)
    times = _all_marks(row, pure.mark_times(value, calendar(), MARKS))
    passed = sorted(mark for mark, at in times.items() if at <= now and mark not in row.marks)
    if value.state is ClockState.RUNNING and now > row.due_at:
        value = pure.expire(value, now, calendar())
    row.marks = [*row.marks, *passed]
    _take(row, value)
    await row.save()
    handler = handlers.get(row.app)
    for mark in passed:
        if handler is not None:
            await handler(actor, row, mark)
