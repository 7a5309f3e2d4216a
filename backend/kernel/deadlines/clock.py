"""Clocks: pure values that start, pause, extend, are met, expire and explain themselves.

`RUNNING ↔ SUSPENDED`, then `MET` or `EXPIRED`, and `EXPIRED → EXCUSED`. Every function returns a new Clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from backend.kernel.deadlines.calendar import (
    Derivation,
    DerivationStep,
    Unit,
    WorkingCalendar,
    end_of_day,
    local_date,
)
from backend.kernel.errors import Refusal

DEFAULT_MARKS = (50, 80, 100)
DEFAULT_WARN = 0.8


class ClockState(StrEnum):
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    MET = "MET"
    EXPIRED = "EXPIRED"
    EXCUSED = "EXCUSED"


class Cause(StrEnum):
    """The only causes that stop a clock (中止事由)."""

    APPRAISAL = "APPRAISAL"
    HEARING = "HEARING"
    WAITING_FOR_COURT = "WAITING_FOR_COURT"
    FORCE_MAJEURE = "FORCE_MAJEURE"


class Colour(StrEnum):
    BLUE = "BLUE"
    YELLOW = "YELLOW"
    RED = "RED"
    GREY = "GREY"


@dataclass(frozen=True)
class Span:
    """A pause; `until` is None while it lasts."""

    cause: Cause
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Extension:
    """More time, granted by someone other than the one who asked, on a named legal basis."""

    length: int
    unit: Unit
    requester: str
    approver: str
    basis: str
    reason: str


@dataclass(frozen=True)
class Clock:
    """`met_at` may also be set on an EXPIRED clock: the duty was done, but late."""

    started_at: datetime
    length: int
    unit: Unit
    roll: bool
    state: ClockState = ClockState.RUNNING
    suspensions: tuple[Span, ...] = ()
    extensions: tuple[Extension, ...] = ()
    met_at: datetime | None = None


class ClockError(Refusal):
    """An illegal move. Codes: WRONG_CLOCK_STATE, CAUSE_NOT_LISTED, OUT_OF_ORDER, ALREADY_DUE, NOT_YET_DUE,
    EXTENSION_INCOMPLETE, EXTENSION_SELF_APPROVED."""


def due_at(clock: Clock, calendar: WorkingCalendar) -> Derivation:
    """Length, then extensions in the order granted, then finished pauses; a pause that lasts pushes nothing yet.

    A pause pushes an hour clock by its exact duration and a day clock by the days from the day it began to the
    day before it ended (working days for a working-day clock). The due instant is never before the day of resumption.
    """
    result = calendar.due(clock.started_at, clock.length, clock.unit, roll=clock.roll)
    for extension in clock.extensions:
        added = calendar.due(result.due_at, extension.length, extension.unit, roll=clock.roll)
        step = DerivationStep(
            "EXTENDED",
            {
                "length": extension.length,
                "unit": extension.unit.value,
                "approver": extension.approver,
                "basis": extension.basis,
                "reason": extension.reason,
                "due_at": added.due_at.isoformat(),
            },
        )
        result = _then(result, step, added.due_at, added.assumed_calendar)
    for span in clock.suspensions:
        result = _pushed(result, span, clock, calendar)
    return result


def suspend(clock: Clock, cause: str, at: datetime, calendar: WorkingCalendar) -> Clock:
    """Pause for a listed cause; an overdue clock cannot be rescued this way. Raises ClockError."""
    _need(clock, ClockState.RUNNING)
    if cause not in Cause.__members__:
        raise ClockError("CAUSE_NOT_LISTED", cause=cause)
    if at < _last_moved_at(clock):
        raise ClockError("OUT_OF_ORDER")
    if at > due_at(clock, calendar).due_at:
        raise ClockError("ALREADY_DUE")
    span = Span(Cause(cause), at)
    return replace(clock, state=ClockState.SUSPENDED, suspensions=(*clock.suspensions, span))


def resume(clock: Clock, at: datetime) -> Clock:
    """End the pause. Raises ClockError."""
    _need(clock, ClockState.SUSPENDED)
    *before, current = clock.suspensions
    if at < current.since:
        raise ClockError("OUT_OF_ORDER")
    return replace(clock, state=ClockState.RUNNING, suspensions=(*before, replace(current, until=at)))


def extend(clock: Clock, extension: Extension) -> Clock:
    """Grant more time. Raises ClockError."""
    _need(clock, ClockState.RUNNING, ClockState.SUSPENDED)
    named = (extension.requester, extension.approver, extension.basis, extension.reason)
    if extension.length < 1 or not all(text.strip() for text in named):
        raise ClockError("EXTENSION_INCOMPLETE")
    if extension.approver == extension.requester:
        raise ClockError("EXTENSION_SELF_APPROVED")
    return replace(clock, extensions=(*clock.extensions, extension))


def meet(clock: Clock, at: datetime) -> Clock:
    """The duty was done at `at`; ends a pause. An expired clock stays EXPIRED and remembers the late date."""
    _need(clock, ClockState.RUNNING, ClockState.SUSPENDED, ClockState.EXPIRED)
    if clock.met_at is not None:
        raise ClockError("WRONG_CLOCK_STATE", state=clock.state.value)
    if at < _last_moved_at(clock):
        raise ClockError("OUT_OF_ORDER")
    if clock.state is ClockState.EXPIRED:
        return replace(clock, met_at=at)
    running = resume(clock, at) if clock.state is ClockState.SUSPENDED else clock
    return replace(running, state=ClockState.MET, met_at=at)


def expire(clock: Clock, now: datetime, calendar: WorkingCalendar) -> Clock:
    """Raises ClockError NOT_YET_DUE up to and including the due instant."""
    _need(clock, ClockState.RUNNING)
    if now <= due_at(clock, calendar).due_at:
        raise ClockError("NOT_YET_DUE")
    return replace(clock, state=ClockState.EXPIRED)


def excuse(clock: Clock) -> Clock:
    """Being late was accepted; who accepted it and why belongs into the audit event."""
    _need(clock, ClockState.EXPIRED)
    return replace(clock, state=ClockState.EXCUSED)


def colour(clock: Clock, now: datetime, calendar: WorkingCalendar, warn: float = DEFAULT_WARN) -> Colour:
    """Red wins over everything but an excuse: expired, past due, or met too late."""
    if clock.state is ClockState.EXCUSED:
        return Colour.GREY
    if clock.state is ClockState.EXPIRED:
        return Colour.RED
    due = due_at(clock, calendar).due_at
    if clock.met_at is not None:
        return Colour.RED if clock.met_at > due else Colour.GREY
    if clock.state is ClockState.RUNNING and now > due:
        return Colour.RED
    return Colour.YELLOW if fraction(clock, now, calendar) >= warn else Colour.BLUE


def fraction(clock: Clock, now: datetime, calendar: WorkingCalendar) -> float:
    """Share of the running time used, 0 to 1; paused time is on neither side of the division."""
    at = now if clock.met_at is None else min(now, clock.met_at)
    total = _running_total(clock, due_at(clock, calendar).due_at)
    if total <= timedelta(0):
        return 1.0
    return min(1.0, max(0.0, _running_until(clock, at) / total))


def mark_times(
    clock: Clock, calendar: WorkingCalendar, marks: Iterable[int] = DEFAULT_MARKS
) -> dict[int, datetime]:
    """When each percentage is reached (UTC), 100 being the due instant.

    A mark that lies behind a pause that still lasts has no date yet and is left out.
    """
    due = due_at(clock, calendar).due_at
    total = _running_total(clock, due)
    times: dict[int, datetime] = {}
    for mark in marks:
        instant = _after_running(clock, total * mark / 100)
        if instant is not None:
            times[mark] = due if mark == 100 else min(instant, due)
    return times


def passed_marks(
    clock: Clock, now: datetime, calendar: WorkingCalendar, marks: Iterable[int] = DEFAULT_MARKS
) -> tuple[int, ...]:
    """Marks reached by `now`, ascending; a clock that was met passes none afterwards."""
    at = now if clock.met_at is None else min(now, clock.met_at)
    return tuple(
        sorted(mark for mark, instant in mark_times(clock, calendar, marks).items() if instant <= at)
    )


def _need(clock: Clock, *states: ClockState) -> None:
    if clock.state not in states:
        raise ClockError("WRONG_CLOCK_STATE", state=clock.state.value)


def _last_moved_at(clock: Clock) -> datetime:
    if not clock.suspensions:
        return clock.started_at
    last = clock.suspensions[-1]
    return last.until or last.since


def _then(before: Derivation, step: DerivationStep, due: datetime, assumed: bool = False) -> Derivation:
    return Derivation((*before.steps, step), due.astimezone(UTC), before.assumed_calendar or assumed)


def _pushed(before: Derivation, span: Span, clock: Clock, calendar: WorkingCalendar) -> Derivation:
    data: dict[str, str | int | bool] = {
        "cause": span.cause.value,
        "from": span.since.astimezone(UTC).isoformat(),
    }
    if span.until is None:
        step = DerivationStep("SUSPENSION_OPEN", {**data, "due_at": before.due_at.isoformat()})
        return _then(before, step, before.due_at)
    pushed = _push(before, span.since, span.until, clock, calendar)
    data |= {"to": span.until.astimezone(UTC).isoformat(), "due_at": pushed.due_at.isoformat()}
    return _then(before, DerivationStep("SUSPENDED", data), pushed.due_at, pushed.assumed_calendar)


def _push(
    before: Derivation, since: datetime, until: datetime, clock: Clock, calendar: WorkingCalendar
) -> Derivation:
    if not clock.unit.counts_days:
        return Derivation((), before.due_at + (until - since), assumed_calendar=False)
    first, last = local_date(since), local_date(until)
    working = clock.unit is Unit.WD
    days = calendar.count_working_days(first, last) if working else (last - first).days
    unit = Unit.WD if working else Unit.CD
    pushed = calendar.due(before.due_at, days, unit, roll=clock.roll) if days else before
    return replace(pushed, due_at=end_of_day(last)) if pushed.due_at < until else pushed


def _paused_between(clock: Clock, start: datetime, end: datetime) -> timedelta:
    pauses = (min(span.until or end, end) - max(span.since, start) for span in clock.suspensions)
    return sum((pause for pause in pauses if pause > timedelta(0)), timedelta(0))


def _running_until(clock: Clock, at: datetime) -> timedelta:
    return at - clock.started_at - _paused_between(clock, clock.started_at, at)


def _running_total(clock: Clock, due: datetime) -> timedelta:
    closed = replace(clock, suspensions=tuple(span for span in clock.suspensions if span.until is not None))
    return _running_until(closed, due)


def _after_running(clock: Clock, running: timedelta) -> datetime | None:
    """The instant at which the clock has run this long; None when a lasting pause comes first."""
    instant = clock.started_at + running
    for span in clock.suspensions:
        if instant <= span.since:
            break
        if span.until is None:
            return None
        instant += span.until - span.since
    return instant.astimezone(UTC)
