"""What hangs on scenes, meetings, tasks, problems and hazards, as GraphQL shows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.cockpit import access, loaders, models, rules
from backend.apps.cockpit import enums as e
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection, newest_first
from backend.kernel.graphql.types import Clock, Division, Event, Paper, StoredFile, division_of
from backend.kernel.identity.models import Membership
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.privacy import vault


@strawberry.type(description="Something the reader may do next, with the evidence it will be asked for.")
class CockpitNextAction:
    name: str
    requires: list[str]
    step_up: bool


async def actions_of(info: Info, row: Any) -> list[CockpitNextAction]:
    standing = await info.context.load(loaders.standings, (type(row), row.id))
    return [CockpitNextAction(name=action.name, requires=action.evidence, step_up=action.step_up and info.context.actor.needs_step_up) for action in access.available(standing)]


async def clocks_of(info: Info, row: Any) -> list[Clock]:
    rows = await info.context.load(kernel_loaders.clocks_of_matter, row.id)
    return [
        Clock.of(each, rules.RULES[each.rule].source if each.rule in rules.RULES else None, extension_pending=False)
        for each in rows
        if each.met_at is None
    ]


async def papers_of(info: Info, row: Any) -> list[Paper]:
    return [Paper.of(each) for each in await info.context.load(kernel_loaders.papers_of_matter, row.id)]


async def files_of(info: Info, ids: list[str]) -> list[StoredFile]:
    rows = await info.context.load_many(kernel_loaders.files, [UUID(each) for each in ids])
    return [StoredFile.of(row) for row in rows if row is not None]


async def paper_of(info: Info, paper_id: UUID | None) -> Paper | None:
    row = await info.context.load(kernel_loaders.papers, paper_id) if paper_id else None
    return Paper.of(row) if row else None


async def place_of_row(info: Info, row: Any) -> Division:
    return await division_of(info, row.path.rsplit(".", 1)[-1])


async def timeline_of(row: Any, first: int, after: str | None) -> Connection[Event]:
    page = await newest_first(EventRow.filter(matter_id=row.id, app="cockpit"), by="occurred_at", first=first, after=after)
    return page.connection(Event.of)


@strawberry.type(description="An officer to choose.")
class CockpitChoice:
    membership_id: ID
    name: str
    agency_name: str
    role: str
    division_code: strawberry.Private[str]

    @classmethod
    def of(cls, row: Membership) -> CockpitChoice:
        return cls(
            membership_id=ID(str(row.id)), name=row.name, agency_name=row.agency_name, role=row.role, division_code=row.division
        )

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.division_code)


@strawberry.type
class CockpitTeamMember:
    id: ID
    role: e.TeamRole
    name: str
    unit: str
    share: str

    @classmethod
    def of(cls, row: models.TeamMember) -> CockpitTeamMember:
        return cls(id=ID(str(row.id)), role=row.role, name=row.name, unit=row.unit, share=row.share)


@strawberry.type(description="What shows that a scene may go on.")
class CockpitEvidence:
    id: ID
    kind: e.Proof
    number: str | None
    text: str
    by_name: str
    at: datetime
    file_ids: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: models.Evidence) -> CockpitEvidence:
        return cls(
            id=ID(str(row.id)), kind=row.kind, number=row.number or None, text=row.text, by_name=row.by_name, at=row.at,
            file_ids=list(row.files),
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, self.file_ids)


@strawberry.type(description="A plan for one week or day, and what came of it.")
class CockpitPlanEntry:
    id: ID
    rhythm: e.Rhythm
    day: date
    state: e.WorkState
    text: str
    result: str | None
    due_at: datetime
    reported_at: datetime | None
    mine: bool
    paper_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: models.PlanEntry, account: UUID | None) -> CockpitPlanEntry:
        return cls(
            id=ID(str(row.id)), rhythm=row.rhythm, day=row.day, state=row.state, text=row.text, result=row.result or None,
            due_at=row.due_at, reported_at=row.reported_at, mine=row.reported_by == account, paper_id=row.paper_id,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await paper_of(info, self.paper_id)


@strawberry.type
class CockpitMilestone:
    id: ID
    name: str
    phase: e.Phase
    planned_on: date
    done_on: date | None
    proof: str | None
    file_ids: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: models.Milestone) -> CockpitMilestone:
        return cls(
            id=ID(str(row.id)), name=row.name, phase=row.phase, planned_on=row.planned_on, done_on=row.done_on,
            proof=row.proof or None, file_ids=list(row.files),
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, self.file_ids)

    @strawberry.field(description="Its plans, newest day first.")
    async def plans(self, info: Info) -> list[CockpitPlanEntry]:
        rows = await info.context.load(loaders.plans, UUID(str(self.id)))
        return [CockpitPlanEntry.of(row, info.context.actor.account_id) for row in rows[:31]]


@strawberry.type(description="An honour of a scene or of the programme; never of a person.")
class CockpitHonour:
    id: ID
    name: str
    level: e.HonourLevel
    awarded_on: date
    document: str | None
    file_ids: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: models.Honour) -> CockpitHonour:
        return cls(
            id=ID(str(row.id)), name=row.name, level=row.level, awarded_on=row.awarded_on, document=row.document or None,
            file_ids=list(row.files),
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, self.file_ids)


@strawberry.type
class CockpitAttendee:
    unit: str
    name: str
    head: bool


@strawberry.type(description="A point of an agenda. A figure stands as it was when it was put there; of matters it has ids alone.")
class CockpitAgendaItem:
    id: ID
    source: e.AgendaSource
    title: str | None
    app: str | None
    key: str | None
    period: str | None
    value: float | None
    target: float | None
    matter_ids: list[ID]
    at: datetime
    row: strawberry.Private[models.AgendaItem]

    @classmethod
    def of(cls, row: models.AgendaItem) -> CockpitAgendaItem:
        return cls(
            id=ID(str(row.id)), source=row.source, title=row.title or None, app=row.app or None, key=row.key or None,
            period=row.period or None, value=row.value, target=row.target, matter_ids=[ID(each) for each in row.matters], at=row.at,
            row=row,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division | None:
        return await division_of(info, self.row.division) if self.row.division else None

    @strawberry.field(description="How the figure's value is meant: RATE, MEAN, MEDIAN or COUNT; none for a figure that is no more.")
    def kind(self) -> str | None:
        formula = figures().get(FigureId(self.row.app, self.row.key))
        return formula.kind if formula else None

    @strawberry.field
    def problem_id(self) -> ID | None:
        return ID(str(self.row.problem_id)) if self.row.problem_id else None


@strawberry.type(description="What a unit said about an item that concerns it.")
class CockpitCorrection:
    id: ID
    text: str
    by_name: str
    unit: str
    at: datetime

    @classmethod
    def of(cls, row: models.Correction) -> CockpitCorrection:
        return cls(id=ID(str(row.id)), text=row.text, by_name=row.by_name, unit=row.unit, at=row.at)


@strawberry.type(description="What was done about a hazard in one round, and what another person found.")
class CockpitRectification:
    id: ID
    round: int
    text: str
    by_name: str
    at: datetime
    verified: bool | None
    finding: str | None
    verifier_name: str | None
    verified_at: datetime | None
    file_ids: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: models.Rectification) -> CockpitRectification:
        return cls(
            id=ID(str(row.id)), round=row.round, text=row.text, by_name=row.by_name, at=row.at, verified=row.verified,
            finding=row.finding or None, verifier_name=row.verifier_name or None, verified_at=row.verified_at,
            file_ids=list(row.files),
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, self.file_ids)


@strawberry.type(description="A place of a key unit. It is neither published nor ranked.")
class CockpitPlace:
    id: ID
    unit: e.KeyUnit
    name: str
    address: str | None
    row: strawberry.Private[models.SafetyPlace]

    @classmethod
    def of(cls, row: models.SafetyPlace) -> CockpitPlace:
        return cls(id=ID(str(row.id)), unit=row.unit, name=row.name, address=row.address or None, row=row)

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await place_of_row(info, self.row)

    @strawberry.field(description="Its duty telephone.")
    def contact(self) -> str | None:
        return vault.unseal("cockpit_place", "contact", self.row.id, self.row.contact, self.row.county) or None
