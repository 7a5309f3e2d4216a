"""Scenes and problems, meetings and tasks, hazards, as GraphQL shows them to whoever may open them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry
from strawberry import ID

from backend.apps.cockpit import enums as e
from backend.apps.cockpit import loaders, models
from backend.apps.cockpit.graphql.parts import (
    CockpitAgendaItem,
    CockpitAttendee,
    CockpitCorrection,
    CockpitEvidence,
    CockpitHonour,
    CockpitMilestone,
    CockpitNextAction,
    CockpitPlace,
    CockpitRectification,
    CockpitTeamMember,
    actions_of,
    clocks_of,
    files_of,
    papers_of,
    place_of_row,
    timeline_of,
)
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import Clock, Division, Event, Paper, StoredFile, division_of


@strawberry.type
class _Matter:
    """What every matter of the programme shows beside its own fields."""

    row: strawberry.Private[Any]

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await place_of_row(info, self.row)

    @strawberry.field
    async def clocks(self, info: Info) -> list[Clock]:
        return await clocks_of(info, self.row)

    @strawberry.field
    async def available_actions(self, info: Info) -> list[CockpitNextAction]:
        return await actions_of(info, self.row)

    @strawberry.field(description="What happened, newest first.")
    async def timeline(self, info: Info, first: int = 50, after: str | None = None) -> Connection[Event]:
        return await timeline_of(self.row, first, after)


@strawberry.type(description="多跨场景, with its one leader and its team.")
class CockpitScene(_Matter):
    id: ID
    code: str
    version: int
    state: e.SceneState
    name: str
    goal: str
    apps: list[str]
    track: e.Track | None
    key_unit: e.KeyUnit | None
    lead_unit: str
    leader_name: str | None
    opinion: str | None
    reason: str | None
    proposed_at: datetime
    updated_at: datetime
    row: strawberry.Private[models.Scene]

    @classmethod
    def of(cls, row: models.Scene) -> CockpitScene:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, name=row.name, goal=row.goal,
            apps=list(row.apps), track=row.track, key_unit=row.key_unit, lead_unit=row.lead_unit,
            leader_name=row.leader_name or None, opinion=row.opinion or None, reason=row.reason or None,
            proposed_at=row.proposed_at, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="Where it is tried first.")
    async def pilot(self, info: Info) -> Division | None:
        return await division_of(info, self.row.pilot) if self.row.pilot else None

    @strawberry.field
    async def team(self, info: Info) -> list[CockpitTeamMember]:
        return [CockpitTeamMember.of(each) for each in await info.context.load(loaders.team, self.row.id)]

    @strawberry.field
    async def evidence(self, info: Info) -> list[CockpitEvidence]:
        return [CockpitEvidence.of(each) for each in await info.context.load(loaders.evidence, self.row.id)]

    @strawberry.field
    async def milestones(self, info: Info) -> list[CockpitMilestone]:
        return [CockpitMilestone.of(each) for each in await info.context.load(loaders.milestones, self.row.id)]

    @strawberry.field
    async def honours(self, info: Info) -> list[CockpitHonour]:
        return [CockpitHonour.of(each) for each in await info.context.load(loaders.honours, self.row.id)]

    @strawberry.field
    async def problems(self, info: Info) -> list[CockpitProblem]:
        return [CockpitProblem.of(each) for each in await info.context.load(loaders.problems_of_scene, self.row.id)]

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        return await papers_of(info, self.row)


@strawberry.type(description="会商; a place has one monthly meeting a month.")
class CockpitMeeting(_Matter):
    id: ID
    code: str
    version: int
    kind: e.MeetingKind
    state: e.MeetingState
    month: str | None
    title: str
    planned_on: date
    held_on: date | None
    place_text: str | None
    minutes: str | None
    reason: str | None
    updated_at: datetime
    row: strawberry.Private[models.Meeting]

    @classmethod
    def of(cls, row: models.Meeting) -> CockpitMeeting:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, kind=row.kind, state=row.state, month=row.month or None,
            title=row.title, planned_on=row.planned_on, held_on=row.held_on, place_text=row.place_text or None,
            minutes=row.minutes or None, reason=row.reason or None, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field
    def attendees(self) -> list[CockpitAttendee]:
        return [CockpitAttendee(unit=each["unit"], name=each["name"], head=bool(each["head"])) for each in self.row.attendees]

    @strawberry.field
    async def agenda(self, info: Info) -> list[CockpitAgendaItem]:
        return [CockpitAgendaItem.of(each) for each in await info.context.load(loaders.agenda, self.row.id)]

    @strawberry.field(description="Tasks decided there, within my reach.")
    async def tasks(self, info: Info) -> list[CockpitTask]:
        return [CockpitTask.of(each) for each in await info.context.load(loaders.tasks_of_meeting, self.row.id)]

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        return await papers_of(info, self.row)


@strawberry.type(description="A task: of its meeting it has words alone, the meeting may be another place's.")
class CockpitTask(_Matter):
    id: ID
    code: str
    version: int
    state: e.WorkState
    text: str
    owner_name: str
    owner_unit: str
    due_on: date
    meeting_title: str | None
    meeting_on: date | None
    app: str | None
    key: str | None
    matter_ids: list[ID]
    assigned_unit: str
    result: str | None
    done_at: datetime | None
    finding: str | None
    assigned_at: datetime
    updated_at: datetime
    row: strawberry.Private[models.ActionItem]

    @classmethod
    def of(cls, row: models.ActionItem) -> CockpitTask:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, text=row.text,
            owner_name=row.owner_name, owner_unit=row.owner_unit, due_on=row.due_on, meeting_title=row.meeting_title or None,
            meeting_on=row.meeting_on, app=row.app or None, key=row.key or None,
            matter_ids=[ID(each) for each in row.matters], assigned_unit=row.assigned_unit, result=row.result or None,
            done_at=row.done_at, finding=row.finding or None, assigned_at=row.assigned_at, updated_at=row.updated_at,
            row=row,
        )  # fmt: skip

    @strawberry.field
    def meeting_id(self) -> ID | None:
        return ID(str(self.row.meeting_id)) if self.row.meeting_id else None

    @strawberry.field
    def mine(self, info: Info) -> bool:
        return self.row.owner == info.context.actor.account_id

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field
    async def corrections(self, info: Info) -> list[CockpitCorrection]:
        return [CockpitCorrection.of(each) for each in await info.context.load(loaders.corrections, self.row.id)]


@strawberry.type(description="难点堵点, with its two reports.")
class CockpitProblem(_Matter):
    id: ID
    code: str
    version: int
    state: e.ProblemState
    title: str
    text: str
    reporter_name: str
    reporter_unit: str
    vertical_unit: str | None
    vertical_at: datetime | None
    task_force_at: datetime | None
    owner_name: str | None
    owner_unit: str | None
    answer: str | None
    opinion: str | None
    on_agenda_at: datetime | None
    reported_at: datetime
    answered_at: datetime | None
    updated_at: datetime
    row: strawberry.Private[models.Problem]

    @classmethod
    def of(cls, row: models.Problem) -> CockpitProblem:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, title=row.title, text=row.text,
            reporter_name=row.reporter_name, reporter_unit=row.reporter_unit, vertical_unit=row.vertical_unit or None,
            vertical_at=row.vertical_at, task_force_at=row.task_force_at, owner_name=row.owner_name or None,
            owner_unit=row.owner_unit or None, answer=row.answer or None, opinion=row.opinion or None,
            on_agenda_at=row.on_agenda_at, reported_at=row.reported_at, answered_at=row.answered_at,
            updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="The scene it stands in the way of, for whoever may open it.")
    async def scene(self, info: Info) -> CockpitScene | None:
        row = await info.context.load(loaders.scenes, self.row.scene_id) if self.row.scene_id else None
        return CockpitScene.of(row) if row else None

    @strawberry.field
    async def corrections(self, info: Info) -> list[CockpitCorrection]:
        return [CockpitCorrection.of(each) for each in await info.context.load(loaders.corrections, self.row.id)]

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        return await papers_of(info, self.row)


@strawberry.type(description="隐患, on its way to a closed loop.")
class CockpitHazard(_Matter):
    id: ID
    code: str
    version: int
    state: e.HazardState
    unit: e.KeyUnit
    place_text: str
    text: str
    latitude: float | None
    longitude: float | None
    found_at: datetime
    finder_name: str
    grade: e.HazardGrade | None
    graded_name: str | None
    demand: str | None
    owner_name: str | None
    owner_unit: str | None
    due_at: datetime | None
    round: int
    reason: str | None
    updated_at: datetime
    ended_at: datetime | None
    row: strawberry.Private[models.Hazard]

    @classmethod
    def of(cls, row: models.Hazard) -> CockpitHazard:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, unit=row.unit,
            place_text=row.place_text, text=row.text, latitude=row.latitude, longitude=row.longitude, found_at=row.found_at,
            finder_name=row.finder_name, grade=row.grade, graded_name=row.graded_name or None, demand=row.demand or None,
            owner_name=row.owner_name or None, owner_unit=row.owner_unit or None, due_at=row.due_at, round=row.round,
            reason=row.reason or None, updated_at=row.updated_at, ended_at=row.ended_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def place(self, info: Info) -> CockpitPlace | None:
        row = await info.context.load(loaders.places, self.row.place_id) if self.row.place_id else None
        return CockpitPlace.of(row) if row else None

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field
    async def rectifications(self, info: Info) -> list[CockpitRectification]:
        return [CockpitRectification.of(each) for each in await info.context.load(loaders.rectifications, self.row.id)]

    @strawberry.field
    async def corrections(self, info: Info) -> list[CockpitCorrection]:
        return [CockpitCorrection.of(each) for each in await info.context.load(loaders.corrections, self.row.id)]

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        return await papers_of(info, self.row)
