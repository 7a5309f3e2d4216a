"""The dispute, as GraphQL shows it to whoever may read it."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import ID
from strawberry.scalars import JSON
from tortoise.expressions import Q

from backend.apps.mediation import access, loaders, models, rules
from backend.apps.mediation.access import Standing
from backend.apps.mediation.enums import (
    Channel,
    CloseType,
    DisputeCategory,
    DisputeState,
    HandlingLevel,
    PartySide,
    ReporterMode,
    Route,
    Severity,
)
from backend.apps.mediation.graphql.parts import (
    Agreement,
    AvailableAction,
    ExtensionRequest,
    Mediator,
    Objection,
    Party,
    Rating,
    RelatedDispute,
    Relation,
    ResponsiblePerson,
    ReturnVisit,
    Session,
    SupervisionNotice,
)
from backend.apps.mediation.workflow import MACHINE
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.pages import Connection, newest_first
from backend.kernel.graphql.types import Clock, Division, Event, Paper, StoredFile, division_of


@strawberry.type(description="A conflict people asked to have settled (矛盾纠纷).")
class Dispute:
    id: ID
    code: str
    state: DisputeState
    version: int
    title: str
    statement: str
    claims: str | None
    category: DisputeCategory
    sub_category: str | None
    severity: Severity | None
    level: HandlingLevel
    route: Route
    channel: Channel
    reporter_mode: ReporterMode
    violence: bool
    amount: float | None
    people_involved: int
    place_text: str | None
    latitude: float | None
    longitude: float | None
    registered_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    close_type: CloseType | None
    row: strawberry.Private[models.Dispute]

    @classmethod
    def of(cls, row: models.Dispute) -> Dispute:
        return cls(
            id=ID(str(row.id)), code=row.code, state=row.state, version=row.version, title=row.title,
            statement=row.statement, claims=row.claims or None, category=row.category,
            sub_category=row.sub_category or None, severity=row.severity, level=row.level, route=row.route,
            channel=row.channel, reporter_mode=row.reporter_mode, violence=row.violence,
            amount=float(row.amount) if row.amount is not None else None, people_involved=row.people_involved,
            place_text=row.place_text or None, latitude=row.latitude, longitude=row.longitude,
            registered_at=row.registered_at, updated_at=row.updated_at, closed_at=row.closed_at,
            close_type=row.close_type, row=row,
        )  # fmt: skip

    async def standing(self, info: Info) -> Standing:
        found: Standing = await info.context.load(loaders.standings, self.row.id)
        return found

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.division)

    @strawberry.field
    async def responsible(self, info: Info) -> ResponsiblePerson | None:
        rows = await info.context.load(loaders.responsible, self.row.id)
        return ResponsiblePerson.of(rows[0]) if rows else None

    @strawberry.field(description="The clock that ends first.")
    async def clock(self, info: Info) -> Clock | None:
        if self.row.active_clock is None:
            return None
        row = await info.context.load(kernel_loaders.clocks, self.row.active_clock)
        return None if row is None else Clock.of(row, _source(row.rule), extension_pending=False)

    @strawberry.field
    async def clocks(self, info: Info) -> list[Clock]:
        asked = await info.context.load(kernel_loaders.extensions_of_matter, self.row.id)
        pending = {request.clock_id for request in asked if request.state == "ASKED"}
        rows = await info.context.load(kernel_loaders.clocks_of_matter, self.row.id)
        return [Clock.of(row, _source(row.rule), extension_pending=row.id in pending) for row in rows]

    @strawberry.field(description="My own side, when I am a party.")
    async def my_part(self, info: Info) -> PartySide | None:
        return (await self.standing(info)).side

    @strawberry.field
    async def team(self, info: Info) -> list[Mediator]:
        return [Mediator.of(row) for row in await info.context.load(loaders.team, self.row.id)]

    @strawberry.field
    async def parties(self, info: Info) -> list[Party]:
        standing = await self.standing(info)
        rows = await info.context.load(loaders.parties, self.row.id)
        return [Party.of(row, standing) for row in rows]

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return [StoredFile.of(row) for row in await info.context.load(kernel_loaders.files_of_matter, self.row.id)]

    @strawberry.field
    async def sessions(self, info: Info) -> list[Session]:
        return [Session.of(row) for row in await info.context.load(loaders.sessions, self.row.id)]

    @strawberry.field
    async def agreement(self, info: Info) -> Agreement | None:
        rows = await info.context.load(loaders.agreements, self.row.id)
        return Agreement.of(rows[0]) if rows else None

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        return [Paper.of(row) for row in await info.context.load(kernel_loaders.papers_of_matter, self.row.id)]

    @strawberry.field
    async def ratings(self, info: Info) -> list[Rating]:
        standing = await self.standing(info)
        rows = await info.context.load(loaders.ratings, self.row.id)
        return [
            Rating(
                id=ID(str(row.id)), process=row.process, result=row.result, reason=row.reason or None,
                rated_at=row.rated_at, by_me=row.party_id == standing.party_id,
            )
            for row in rows
            if standing.actor.is_staff or row.party_id == standing.party_id
        ]  # fmt: skip

    @strawberry.field
    async def supervision_notices(self, info: Info) -> list[SupervisionNotice]:
        rows = await info.context.load(loaders.notices, self.row.id)
        staff = info.context.actor.is_staff
        return [SupervisionNotice.of(row, with_reply=staff) for row in rows]

    @strawberry.field(description="Repeats and merged reports within my reach.")
    async def relations(self, info: Info) -> list[Relation]:
        rows = await info.context.load(loaders.relations, self.row.id)
        others = await info.context.load_many(loaders.disputes, [row.other_id for row in rows])
        return [
            Relation(
                kind=row.kind,
                dispute=RelatedDispute(id=ID(str(other.id)), code=other.code, title=other.title, state=other.state),
            )
            for row, other in zip(rows, others, strict=True)
            if other is not None
        ]

    @strawberry.field
    async def extension_requests(self, info: Info) -> list[ExtensionRequest]:
        if not info.context.actor.is_staff:
            return []
        names = {row.id: row.rule for row in await info.context.load(kernel_loaders.clocks_of_matter, self.row.id)}
        rows = await info.context.load(kernel_loaders.extensions_of_matter, self.row.id)
        return [ExtensionRequest.of(row, names.get(row.clock_id, "")) for row in rows]

    @strawberry.field
    async def return_visits(self, info: Info) -> list[ReturnVisit]:
        if not info.context.actor.is_staff:
            return []
        return [ReturnVisit.of(row) for row in await info.context.load(loaders.return_visits, self.row.id)]

    @strawberry.field
    async def objections(self, info: Info) -> list[Objection]:
        standing = await self.standing(info)
        rows = await info.context.load(loaders.objections, self.row.id)
        return [Objection.of(row) for row in rows if standing.actor.is_staff or row.party_id == standing.party_id]

    @strawberry.field
    async def available_actions(self, info: Info) -> list[AvailableAction]:
        return [
            AvailableAction(
                name=action.name, step_up=action.step_up and info.context.actor.needs_step_up,
                requires=list(MACHINE.transition(action.transition).requires if action.transition else action.requires),
            )
            for action in access.available(await self.standing(info))
        ]  # fmt: skip

    @strawberry.field(description="What happened, newest first.")
    async def timeline(self, info: Info, first: int = 50, after: str | None = None) -> Connection[Event]:
        query = EventRow.filter(matter_id=self.row.id)
        actor = info.context.actor
        if not actor.is_staff:
            query = query.exclude(tag__in=access.STAFF_TAGS)
            query = query.filter(Q(actor_id=actor.account_id) | ~Q(tag__in=access.OWN_TAGS))
        page = await newest_first(query, by="occurred_at", first=first, after=after)
        return page.connection(Event.of if actor.is_staff else _event_for_party)


def _event_for_party(row: EventRow) -> Event:
    hidden = access.STAFF_WORDS.get(row.tag, frozenset())
    event = Event.of(row)
    event.data = JSON({key: value for key, value in (row.data or {}).items() if key not in {*hidden, "files"}})
    return event


def _source(rule: str) -> str | None:
    return rules.RULES[rule].source if rule in rules.RULES else None


@strawberry.type
class DisputePayload:
    dispute: Dispute | None
    errors: list[UserError]
