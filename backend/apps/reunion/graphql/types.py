"""Cases of reunion as GraphQL shows them to whoever may open them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.reunion import access, desk_queries, loaders, models, queries, rules
from backend.apps.reunion import enums as e
from backend.apps.reunion.access import Standing
from backend.apps.reunion.graphql.care import ReunionCare
from backend.apps.reunion.graphql.desk import ReunionAssist
from backend.apps.reunion.graphql.hands import ReunionLoopStep, ReunionTask
from backend.apps.reunion.graphql.parts import (
    ReunionCandidate,
    ReunionFollowUp,
    ReunionPicture,
    ReunionReport,
    ReunionSearch,
    ReunionStranded,
)
from backend.apps.reunion.graphql.public import ReunionBulletin, ReunionTip
from backend.apps.reunion.permissions import Permission
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.pages import Connection, newest_first
from backend.kernel.graphql.types import AccessLogEntry, Clock, Division, Event, Paper, division_of


@strawberry.type(description="Something the reader may do next, with the evidence it will be asked for.")
class ReunionAction:
    name: str
    requires: list[str]
    step_up: bool


@strawberry.type(description="What is known of the person, as it was written and as it was understood.")
class ReunionFacts:
    name: str | None
    nicknames: list[str]
    sex: e.Sex
    born_text: str | None
    born_from: date | None
    born_to: date | None
    height_text: str | None
    height_least: int | None
    height_most: int | None
    dialect: str | None
    origin_text: str | None
    marks: str | None
    clothes: str | None
    relatives: list[str]
    circumstances: str | None
    dna_ref: str | None
    dna_lab: str | None

    @classmethod
    def of(cls, row: models.Case, *, whole: bool) -> ReunionFacts:
        return cls(
            name=row.name or None, nicknames=list(row.nicknames), sex=row.sex, born_text=row.born_text or None,
            born_from=row.born_from, born_to=row.born_to, height_text=row.height_text or None,
            height_least=row.height_least, height_most=row.height_most, dialect=row.dialect or None,
            origin_text=row.origin_text or None, marks=row.marks or None, clothes=row.clothes or None,
            relatives=list(row.relatives), circumstances=row.circumstances or None if whole else None,
            dna_ref=row.dna_ref or None if whole else None, dna_lab=row.dna_lab or None if whole else None,
        )  # fmt: skip


@strawberry.type(description="Somebody who is sought, or was found, and how far the search has come.")
class ReunionCase:
    id: ID
    code: str
    version: int
    side: e.Side
    kind: e.CaseKind
    alarm: e.Alarm | None
    is_minor: bool
    registered_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    basis: e.BasisKind | None
    no_contact: bool
    reunion_kind: e.ReunionKind | None
    retry_on: date | None
    row: strawberry.Private[models.Case]

    @classmethod
    def of(cls, row: models.Case) -> ReunionCase:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, side=row.side, kind=row.kind,
            alarm=row.alarm, is_minor=row.is_minor, registered_at=row.registered_at,
            updated_at=row.updated_at, ended_at=row.ended_at, basis=row.basis, no_contact=row.no_contact,
            reunion_kind=row.reunion_kind, retry_on=row.retry_on, row=row,
        )  # fmt: skip

    async def standing(self, info: Info) -> Standing:
        found: Standing = await info.context.load(loaders.standings, self.row.id)
        return found

    async def works_on_it(self, info: Info) -> bool:
        """Officers of the case's own place; what another county opened shows facts and pictures, and no more."""
        return (await self.standing(info)).is_ours

    @strawberry.field
    async def state(self, info: Info) -> e.CaseState:
        return self.row.state if info.context.actor.is_staff else access.family_state(self.row.state)

    @strawberry.field(description="Who answers for the case; empty while the reader may not know where somebody is.")
    async def agency_name(self, info: Info) -> str:
        return "" if access.hides_place(info.context.actor, self.row) else self.row.agency_name

    @strawberry.field(description="What a list shows: the name, or a blank for somebody whose name nobody knows.")
    async def name(self) -> str | None:
        return self.row.name or None

    @strawberry.field
    async def facts(self, info: Info) -> ReunionFacts:
        standing = await self.standing(info)
        return ReunionFacts.of(self.row, whole=standing.is_ours or standing.is_family)

    @strawberry.field
    async def division(self, info: Info) -> Division:
        path = self.row.path
        if access.hides_place(info.context.actor, self.row):
            path = ".".join(path.split(".")[:3])
        return await division_of(info, path.rsplit(".", 1)[-1])

    @strawberry.field(description="Where last seen, or found. Empty while the reader may not know where somebody is.")
    async def place_text(self, info: Info) -> str | None:
        return self.row.place_text or None if access.may_see_whereabouts(await self.standing(info)) else None

    @strawberry.field
    async def place(self, info: Info) -> Division | None:
        if not self.row.place or not access.may_see_whereabouts(await self.standing(info)):
            return None
        return await division_of(info, self.row.place.rsplit(".", 1)[-1])

    @strawberry.field
    async def seen_text(self) -> str | None:
        return self.row.when_text or None

    @strawberry.field
    async def basis_text(self, info: Info) -> str | None:
        return self.row.basis_text or None if await self.works_on_it(info) else None

    @strawberry.field
    async def quick_check(self, info: Info) -> str | None:
        return self.row.quick_check or None if await self.works_on_it(info) else None

    @strawberry.field
    async def report(self, info: Info) -> ReunionReport | None:
        standing = await self.standing(info)
        if self.row.side != e.Side.SOUGHT or not (standing.is_ours or standing.is_family):
            return None
        row = await info.context.load(loaders.reports, self.row.id)
        return ReunionReport.of(row) if row else None

    @strawberry.field
    async def can_reveal(self, info: Info) -> bool:
        return self.row.side == e.Side.SOUGHT and access.may_see_reporter(await self.standing(info))

    @strawberry.field
    async def stranded(self, info: Info) -> ReunionStranded | None:
        if self.row.side != e.Side.FOUND or not await self.works_on_it(info):
            return None
        row = await info.context.load(loaders.stranded, self.row.id)
        return ReunionStranded.of(row) if row else None

    @strawberry.field(description="Photographs; a family sees that they are there, officers see them.")
    async def pictures(self, info: Info) -> list[ReunionPicture]:
        standing = await self.standing(info)
        rows = await info.context.load(loaders.pictures, self.row.id)
        if standing.actor.is_staff and not standing.is_ours:
            chosen = await info.context.load(desk_queries.chosen_pictures, self.row.id)
            rows = [row for row in rows if chosen is None or str(row.id) in chosen]
        return [ReunionPicture.of(row, shown=standing.actor.is_staff or standing.is_family) for row in rows]

    @strawberry.field
    async def searches(self, info: Info) -> list[ReunionSearch]:
        if not await self.works_on_it(info):
            return []
        return [ReunionSearch.of(row) for row in await info.context.load(loaders.searches, self.row.id)]

    @strawberry.field(description="Candidates of every search, the newest search first; officers of the case only.")
    async def candidates(self, info: Info) -> list[ReunionCandidate]:
        if not await self.works_on_it(info):
            return []
        rows = await info.context.load(loaders.candidates, self.row.id)
        return [await _candidate(info, row) for row in rows]

    @strawberry.field
    async def follow_ups(self, info: Info) -> list[ReunionFollowUp]:
        if not await self.works_on_it(info):
            return []
        return [ReunionFollowUp.of(row) for row in await info.context.load(loaders.follow_ups, self.row.id)]

    @strawberry.field(description="What the public was or is asked, newest first.")
    async def bulletins(self, info: Info) -> list[ReunionBulletin]:
        standing = await self.standing(info)
        if not (standing.is_ours or standing.is_family):
            return []
        rows = await info.context.load(loaders.bulletins, self.row.id) if standing.is_ours else await queries.shown_of(self.row)
        return [ReunionBulletin.of(row, whole=standing.is_ours) for row in rows]

    @strawberry.field(description="What citizens say they saw; for the officers who answer.")
    async def tips(self, info: Info) -> list[ReunionTip]:
        if not (await self.works_on_it(info) and info.context.actor.may(Permission.TIP_ANSWER)):
            return []
        rows = await info.context.load(loaders.tips, self.row.id)
        files = await info.context.load_many(kernel_loaders.files_of_matter, [row.id for row in rows])
        return [ReunionTip.of(row, own, whole=True) for row, own in zip(rows, files, strict=True)]

    @strawberry.field(description="Help asked of other counties and of experts, newest first; for the officers of the case.")
    async def assists(self, info: Info) -> list[ReunionAssist]:
        rows = await info.context.load(loaders.assists, self.row.id) if await self.works_on_it(info) else []
        return [ReunionAssist.of(row) for row in rows if access.is_asker(info.context.actor, row)]

    @strawberry.field(description="What other agencies and helpers were asked to do, newest first.")
    async def tasks(self, info: Info) -> list[ReunionTask]:
        if not await self.works_on_it(info):
            return []
        rows = await info.context.load(loaders.tasks, self.row.id)
        return [ReunionTask.of(info.context.actor, row, ours=True) for row in rows]

    @strawberry.field(description="The closed loop from the find to the follow-up: who took each step, and when.")
    async def loop(self, info: Info) -> list[ReunionLoopStep]:
        if not await self.works_on_it(info):
            return []
        return [ReunionLoopStep.of(step, row) for step, row in await queries.loop(self.row)]

    @strawberry.field(description="Aid for somebody who is found again and again: officers of the case only.")
    async def care(self, info: Info) -> ReunionCare | None:
        if self.row.side != e.Side.FOUND or not await self.works_on_it(info):
            return None
        return await ReunionCare.read(self.row)

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        if not await self.works_on_it(info):
            return []
        return [Paper.of(row) for row in await info.context.load(kernel_loaders.papers_of_matter, self.row.id)]

    @strawberry.field(description="Who looked at this case, and why.")
    async def looks(self, info: Info) -> list[AccessLogEntry]:
        return [AccessLogEntry.of(row) for row in await queries.looks(await self.standing(info))]

    @strawberry.field
    async def clocks(self, info: Info) -> list[Clock]:
        if not await self.works_on_it(info):
            return []
        rows = await info.context.load(kernel_loaders.clocks_of_matter, self.row.id)
        return [
            Clock.of(row, rules.RULES[row.rule].source, extension_pending=False) for row in rows if row.met_at is None
        ]

    @strawberry.field
    async def available_actions(self, info: Info) -> list[ReunionAction]:
        return [
            ReunionAction(
                name=action.name, step_up=action.step_up and info.context.actor.needs_step_up, requires=action.evidence,
            )
            for action in access.available(await self.standing(info))
        ]  # fmt: skip

    @strawberry.field(description="What happened, newest first.")
    async def timeline(self, info: Info, first: int = 50, after: str | None = None) -> Connection[Event]:
        standing = await self.standing(info)
        query = EventRow.filter(matter_id=self.row.id, app="reunion")
        if not standing.is_ours:
            query = query.filter(tag__in=access.FAMILY_TAGS)
        page = await newest_first(query, by="occurred_at", first=first, after=after)
        return page.connection(Event.of if standing.is_ours else _as_told)


def _as_told(row: EventRow) -> Event:
    """An event as a family reads it."""
    event = Event.of(row)
    event.from_state, event.to_state = _told(event.from_state), _told(event.to_state)
    return event


def _told(state: str | None) -> str | None:
    return str(access.family_state(e.CaseState(state))) if state else state


async def _candidate(info: Info, row: models.Candidate) -> ReunionCandidate:
    reviews = await info.context.load(loaders.reviews, row.id)
    other = await info.context.load(loaders.cases, row.other_id)
    return ReunionCandidate.of(
        row, reviews, reader=info.context.actor.account_id, other=ReunionCase.of(other) if other else None,
        proofs=await info.context.load(loaders.proofs, row.id),
        confirmations=await info.context.load(loaders.confirmations, row.id),
    )  # fmt: skip


@strawberry.type
class ReunionCasePayload:
    case: ReunionCase | None
    errors: list[UserError]

