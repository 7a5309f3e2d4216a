"""The case, as GraphQL shows it to the person, his links, and the offices above."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry
from strawberry import ID

from backend.apps.rehab import access, loaders, models, queries
from backend.apps.rehab import enums as e
from backend.apps.rehab.access import Standing
from backend.apps.rehab.graphql.parts import (
    RehabAction,
    RehabAgreement,
    RehabBreach,
    RehabCheckIn,
    RehabDrugTest,
    RehabEnrolment,
    RehabLeave,
    RehabLink,
    RehabPassLookup,
    RehabRequest,
    RehabTask,
    RehabWhistle,
    source_of,
)
from backend.apps.rehab.graphql.points import (
    RehabAssessment,
    RehabEntry,
    RehabObjection,
    RehabPath,
    RehabRulebook,
    RehabStanding,
    entries_of,
    path_of,
    rulebook_of,
)
from backend.apps.rehab.service import common, ledger
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.pages import Connection, newest_first
from backend.kernel.graphql.types import AccessLogEntry, Clock, Division, Event, Paper, division_of
from backend.kernel.points.ledger import Standing as PointStanding
from backend.kernel.privacy.masking import mask_phone


@strawberry.type(description="One person's supervision in the community.")
class RehabCase:
    id: ID
    code: str
    version: int
    state: e.CaseState
    kind: e.CaseKind
    name: str
    place_text: str | None
    order_no: str | None
    served_on: date | None
    report_due: datetime | None
    reported_at: datetime | None
    term_from: date | None
    term_to: date | None
    suspended_on: date | None
    suspend_cause: e.SuspendCause | None
    ended_at: datetime | None
    end_type: e.EndType | None
    band: e.Band
    band_since: date | None
    override_until: date | None
    has_pass: bool
    registered_at: datetime
    updated_at: datetime
    row: strawberry.Private[models.Case]

    @classmethod
    def of(cls, row: models.Case) -> RehabCase:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, kind=row.kind, name=row.name,
            place_text=row.place_text or None, order_no=row.order_no or None, served_on=row.served_on,
            report_due=row.report_due, reported_at=row.reported_at, term_from=row.term_from, term_to=row.term_to,
            suspended_on=row.suspended_on, suspend_cause=row.suspend_cause, ended_at=row.ended_at, end_type=row.end_type, band=row.band,
            band_since=row.band_since, override_until=row.override_until, has_pass=common.has_pass(row),
            registered_at=row.registered_at, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    async def standing(self, info: Info) -> Standing:
        found: Standing = await info.context.load(loaders.standings, self.row.id)
        return found

    async def part(self, info: Info, loader: Any) -> Any:
        """Rows of the case, which an officer does not read without a trace."""
        await self.standing(info)
        return await info.context.load(loader, self.row.id)

    async def points(self) -> PointStanding | None:
        """What the ledger gives today; none before the term begins and after the account is closed."""
        if self.row.term_from is None or self.row.term_from > common.today() or self.row.ended_at is not None:
            return None
        return await ledger.standing(self.row)

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.division)

    @strawberry.field
    async def is_me(self, info: Info) -> bool:
        return (await self.standing(info)).is_self

    @strawberry.field
    async def phone_masked(self, info: Info) -> str | None:
        if not (await self.standing(info)).is_responsible:
            return None
        plain = common.unseal("case", "phone", self.row.id, self.row.phone_sealed, self.row.county)
        return mask_phone(plain) or None

    @strawberry.field
    async def can_reveal(self, info: Info) -> bool:
        return access.may_reveal(await self.standing(info))

    @strawberry.field(description="The person's next duty; for officers the case's next one of theirs.")
    async def next_task(self, info: Info) -> RehabTask | None:
        row = await info.context.load(loaders.next_tasks, self.row.id)
        return RehabTask.of(row, info) if row else None

    @strawberry.field(description="Duties of any link that are past their day; officers only.")
    async def missed(self, info: Info) -> int:
        return await info.context.load(loaders.missed, self.row.id) if info.context.actor.is_staff else 0

    @strawberry.field(description="Check-ins that wait for a person; officers only.")
    async def to_review(self, info: Info) -> int:
        return await info.context.load(loaders.to_review, self.row.id) if info.context.actor.is_staff else 0

    @strawberry.field
    async def links(self, info: Info) -> list[RehabLink]:
        return [RehabLink.of(row) for row in await info.context.load(loaders.links, self.row.id)]

    @strawberry.field
    async def agreement(self, info: Info) -> RehabAgreement | None:
        rows = await self.part(info, loaders.agreements)
        return RehabAgreement.of(rows[0]) if rows else None

    @strawberry.field(description="Duties of every link that are open or were done in the last month; officers only.")
    async def chain(self, info: Info) -> list[RehabTask]:
        if not (await self.standing(info)).is_responsible:
            return []
        return [RehabTask.of(row, info) for row in await queries.chain_of(info.context.actor, self.row)]

    @strawberry.field
    async def check_ins(self, info: Info, first: int = 20) -> list[RehabCheckIn]:
        may_see = access.may_see_picture(await self.standing(info))
        rows = await info.context.load(loaders.check_ins, self.row.id)
        return [RehabCheckIn.of(row, may_see=may_see) for row in rows[: min(max(first, 1), 100)]]

    @strawberry.field
    async def enrolment(self, info: Info) -> RehabEnrolment | None:
        may_see = access.may_see_picture(await self.standing(info))
        rows = await info.context.load(loaders.enrolments, self.row.id)
        living = [row for row in rows if row.state in ("PENDING", "ACTIVE")]
        chosen = next(iter(living or rows), None)
        return RehabEnrolment.of(chosen, may_see=may_see) if chosen else None

    @strawberry.field
    async def tests(self, info: Info) -> list[RehabDrugTest]:
        if not access.may_see_health(await self.standing(info)):
            return []
        return [RehabDrugTest.of(row) for row in await info.context.load(loaders.tests, self.row.id)]

    @strawberry.field
    async def leaves(self, info: Info) -> list[RehabLeave]:
        return [RehabLeave.of(row) for row in await self.part(info, loaders.leaves)]

    @strawberry.field
    async def requests(self, info: Info) -> list[RehabRequest]:
        return [RehabRequest.of(row) for row in await self.part(info, loaders.requests)]

    @strawberry.field(description="The sum of the ledger today, step by step.")
    async def score(self, info: Info) -> RehabStanding | None:
        await self.standing(info)
        found = await self.points()
        return RehabStanding.of(found) if found else None

    @strawberry.field
    async def entries(self, info: Info) -> list[RehabEntry]:
        await self.standing(info)
        return await entries_of(info, self.row, await self.points())

    @strawberry.field(description="What gets me to this colour; null when it is held already or nothing is counted.")
    async def path_to(self, band: e.Band = e.Band.C2) -> RehabPath | None:
        return await path_of(self.row, band) if await self.points() else None

    @strawberry.field
    async def rulebook(self) -> RehabRulebook:
        return await rulebook_of(self.row.county)

    @strawberry.field
    async def assessments(self, info: Info) -> list[RehabAssessment]:
        rows = await self.part(info, loaders.assessments)
        shown = [row for row in rows if row.state != e.AssessmentState.SUPERSEDED]
        if not info.context.actor.is_staff:
            # A proposal is between the rules and the office until somebody has decided it.
            shown = [row for row in shown if row.state == e.AssessmentState.DECIDED]
        return [RehabAssessment.of(row) for row in shown]

    @strawberry.field
    async def objections(self, info: Info) -> list[RehabObjection]:
        return [RehabObjection.of(row) for row in await self.part(info, loaders.objections)]

    @strawberry.field
    async def lookups(self, info: Info) -> list[RehabPassLookup]:
        return [RehabPassLookup.of(row) for row in await info.context.load(loaders.lookups, self.row.id)]

    @strawberry.field(description="Who looked at me, and why.")
    async def looks(self, info: Info) -> list[AccessLogEntry]:
        return [AccessLogEntry.of(row) for row in await queries.looks(info.context.actor, self.row)]

    @strawberry.field
    async def whistles(self, info: Info) -> list[RehabWhistle]:
        rows = await info.context.load(loaders.whistles, self.row.id)
        standing = await self.standing(info)
        own = info.context.actor.account_id
        return [RehabWhistle.of(row) for row in rows if standing.is_responsible or row.blown_by == own]

    @strawberry.field
    async def breaches(self, info: Info) -> list[RehabBreach]:
        return [RehabBreach.of(row) for row in await self.part(info, loaders.breaches)]

    @strawberry.field
    async def clocks(self, info: Info) -> list[Clock]:
        rows = await info.context.load(kernel_loaders.clocks_of_matter, self.row.id)
        return [Clock.of(row, source_of(row.rule), extension_pending=False) for row in rows if row.met_at is None]

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        rows = await info.context.load(kernel_loaders.papers_of_matter, self.row.id)
        if not access.may_see_health(await self.standing(info)):
            rows = [row for row in rows if row.template != "test_notice"]
        return [Paper.of(row) for row in rows]

    @strawberry.field
    async def available_actions(self, info: Info) -> list[RehabAction]:
        return [
            RehabAction(
                name=action.name, step_up=action.step_up and info.context.actor.needs_step_up, requires=action.evidence,
            )
            for action in access.available(await self.standing(info))
        ]  # fmt: skip

    @strawberry.field(description="What happened, newest first.")
    async def timeline(self, info: Info, first: int = 50, after: str | None = None) -> Connection[Event]:
        await self.standing(info)
        query = EventRow.filter(matter_id=self.row.id, app="rehab")
        if not info.context.actor.is_staff:
            query = query.exclude(tag__in=access.STAFF_TAGS)
        page = await newest_first(query, by="occurred_at", first=first, after=after)
        return page.connection(Event.of)


@strawberry.type
class RehabCasePayload:
    case: RehabCase | None
    errors: list[UserError]
