"""What is sent about meetings, tasks and problems."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID

from backend.apps.cockpit.enums import MeetingKind, MeetingState, ProblemState, ReportTo, WorkState


@strawberry.input
class CallMeetingInput:
    """A monthly one takes its month from `plannedOn`."""

    division: str
    kind: MeetingKind
    title: str
    planned_on: date
    place_text: str = ""


@strawberry.input
class AgendaTextInput:
    id: ID
    version: int
    title: str


@strawberry.input
class PrintBoardInput:
    """`month` (`YYYY-MM`) is the figures'."""

    id: ID
    version: int
    month: str


@strawberry.input
class AddToConsultationInput:
    """A figure as the board shows it: `division` and `month` (`YYYY-MM`) are the figure's, `level` the division whose consultation
    takes it up (one's own by default). Of `matterIds` those are kept that the figure counts and the actor may see."""

    app: str
    key: str
    division: str
    month: str
    level: str = ""
    matter_ids: list[ID] | None = None


@strawberry.input
class AttendeeInput:
    unit: str
    name: str
    head: bool = False


@strawberry.input
class HoldMeetingInput:
    id: ID
    version: int
    held_on: date
    place_text: str
    attendees: list[AttendeeInput]
    minutes: str


@strawberry.input
class CancelMeetingInput:
    """`forGood`: of a weekly one, the weeks that follow too."""

    id: ID
    version: int
    reason: str
    for_good: bool = False


@strawberry.input
class AssignActionInput:
    """A task for `owner` (a membership), decided in a meeting or between two; `agendaItemId` says about what."""

    text: str
    owner: ID
    due_on: date
    meeting_id: ID | None = None
    agenda_item_id: ID | None = None


@strawberry.input
class PostponeActionInput:
    """More time for a task, with its ground."""

    id: ID
    version: int
    due_on: date
    reason: str


@strawberry.input
class FinishActionInput:
    id: ID
    version: int
    result: str
    file_ids: list[ID] | None = None


@strawberry.input
class CheckActionInput:
    """Not passed: it goes back to its owner."""

    id: ID
    version: int
    passed: bool
    finding: str


@strawberry.input
class CorrectItemInput:
    """What is wrong about an item that concerns one's unit."""

    id: ID
    text: str


@strawberry.input
class ReportProblemInput:
    """`to` is one way or both; `verticalUnit` is the lead department of one's own line."""

    division: str
    title: str
    text: str
    to: list[ReportTo]
    vertical_unit: str = ""
    scene_id: ID | None = None


@strawberry.input
class ReportAgainInput:
    id: ID
    version: int
    to: ReportTo
    vertical_unit: str = ""


@strawberry.input
class AssignProblemInput:
    """`owner` is a membership."""

    id: ID
    version: int
    owner: ID


@strawberry.input
class AnswerProblemInput:
    id: ID
    version: int
    answer: str


@strawberry.input
class JudgeProblemInput:
    id: ID
    version: int
    accept: bool
    opinion: str


@strawberry.input
class CockpitMeetingFilter:
    kinds: list[MeetingKind] | None = None
    states: list[MeetingState] | None = None


@strawberry.input
class CockpitActionFilter:
    states: list[WorkState] | None = None
    mine: bool | None = None
    meeting_id: ID | None = None


@strawberry.input
class CockpitProblemFilter:
    states: list[ProblemState] | None = None
    mine: bool | None = strawberry.field(default=None, description="Reported by me, or mine to answer.")
