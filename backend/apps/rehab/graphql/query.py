"""Queries of supervision."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.rehab import access, figures, queries
from backend.apps.rehab import enums as e
from backend.apps.rehab.graphql.parts import RehabCheckIn, RehabTask
from backend.apps.rehab.graphql.points import RehabRulebook, RehabRuleSet, rulebook_of
from backend.apps.rehab.graphql.types import RehabCase
from backend.apps.rehab.inputs import RehabCaseFilter, RehabTaskFilter
from backend.apps.rehab.models import Transfer
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import common, green_pass, rulebook
from backend.kernel import clock
from backend.kernel.errors import not_permitted
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import Division, division_of
from backend.kernel.metrics import asking
from backend.kernel.metrics.formulas import Result, period, report

FromDate = Annotated[date, strawberry.argument(name="from")]


@strawberry.type(description="How many of my cases have this colour, and what is open in them.")
class RehabCaseload:
    band: e.Band
    count: int
    missed: int
    to_review: int


@strawberry.type(description="A visit of today with its place.")
class RehabMapPoint:
    latitude: float
    longitude: float
    task: RehabTask


@strawberry.type
class RehabAssignee:
    membership_id: ID
    name: str
    role: str
    agency_name: str


@strawberry.type(description="A figure with numerator and denominator; `value` and `numerator` are empty where there are too few rows, the denominator where it would point at people.")
class RehabFigure:
    key: str
    text: str
    value: float | None
    numerator: float | None
    denominator: int | None

    @classmethod
    def of(cls, result: Result, path: str) -> RehabFigure:
        return cls(
            key=result.formula.key, text=result.formula.text, value=result.value if result.sufficient else None,
            numerator=result.numerator if result.sufficient else None, denominator=queries.told(result.rows, path),
        )  # fmt: skip


@strawberry.type
class RehabChildFigures:
    division: Division
    figures: list[RehabFigure]


@strawberry.type(description="Figures of a division. Above the township, groups under ten persons are null.")
class RehabFigures:
    computed_at: datetime
    figures: list[RehabFigure]
    children: list[RehabChildFigures]
    persons_by_band: JSON
    band_flow: JSON


@strawberry.type(description="A public key of the pass for one day, for checking without a network.")
class RehabPassKey:
    number: int
    public_key: str


@strawberry.type
class RehabPassKeys:
    server_time: datetime
    keys: list[RehabPassKey]


@strawberry.type(description="A case on its way to another county. The file itself opens with the acceptance.")
class RehabTransfer:
    id: ID
    code: str
    from_county: str
    state: e.TransferState
    sent_at: datetime
    sent_by: str
    answered_at: datetime | None
    answer: str | None
    incoming: bool
    division_code: strawberry.Private[str]

    @classmethod
    def of(cls, row: Transfer, info: Info) -> RehabTransfer:
        membership = info.context.actor.membership
        return cls(
            id=ID(str(row.id)), code=row.code, from_county=row.from_county, state=row.state, sent_at=row.sent_at,
            sent_by=row.sent_by_name, answered_at=row.answered_at, answer=row.answer or None,
            incoming=membership is not None and row.county in membership.counties, division_code=row.division,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.division_code)


@strawberry.type
class RehabQuery:
    @strawberry.field(description="Cases within my reach, newest change first.")
    async def rehab_cases(
        self, info: Info, first: int = 20, after: str | None = None, filter: RehabCaseFilter | None = None
    ) -> Connection[RehabCase]:
        page = await queries.cases(info.context.actor, filter, first, after)
        return page.connection(RehabCase.of)

    @strawberry.field
    async def rehab_case(self, info: Info, id: ID) -> RehabCase | None:
        row = await queries.case(info.context.actor, id)
        return RehabCase.of(row) if row else None

    @strawberry.field(description="The signed-in private person's own case.")
    async def my_rehab_case(self, info: Info) -> RehabCase | None:
        row = await queries.own_case(info.context.actor)
        return RehabCase.of(row) if row else None

    @strawberry.field(description="My own duties; for a relative only those, for an officer those of all cases.")
    async def my_rehab_tasks(
        self, info: Info, first: int = 20, after: str | None = None, filter: RehabTaskFilter | None = None
    ) -> Connection[RehabTask]:
        page = await queries.tasks(info.context.actor, filter, first, after)
        return page.connection(lambda row: RehabTask.of(row, info))

    @strawberry.field
    async def my_rehab_task(self, info: Info, id: ID) -> RehabTask | None:
        row = await queries.task(info.context.actor, id)
        return RehabTask.of(row, info) if row else None

    @strawberry.field(description="Check-ins that wait for a person: who asks for help first, then who waits longest.")
    async def rehab_review_queue(
        self, info: Info, first: int = 20, after: str | None = None, case_id: ID | None = None
    ) -> Connection[RehabCheckIn]:
        page = await queries.review_queue(info.context.actor, case_id, first, after)
        return page.connection(lambda row: RehabCheckIn.of(row, may_see=True))

    @strawberry.field
    async def rehab_check_in(self, info: Info, id: ID) -> RehabCheckIn | None:
        actor = info.context.actor
        row = await queries.check_in(actor, id)
        if row is None:
            return None
        case = await queries.case(actor, str(row.case_id))
        standing = await common.standing_of(actor, case) if case else None
        return RehabCheckIn.of(row, may_see=standing is not None and access.may_see_picture(standing))

    @strawberry.field(description="My cases by colour.")
    async def rehab_caseload(self, info: Info) -> list[RehabCaseload]:
        return [
            RehabCaseload(band=e.Band(row["band"]), count=row["n"], missed=row["missed"], to_review=row["to_review"])
            for row in await queries.caseload(info.context.actor)
        ]

    @strawberry.field(description="My visits of today that have a place.")
    async def rehab_map(self, info: Info) -> list[RehabMapPoint]:
        return [
            RehabMapPoint(
                latitude=case.home_latitude or 0.0, longitude=case.home_longitude or 0.0, task=RehabTask.of(row, info)
            )
            for row, case in await queries.map_of_today(info.context.actor)
        ]

    @strawberry.field(description="Who may become this link of the case.")
    async def rehab_assignees(self, info: Info, case_id: ID, kind: e.LinkKind) -> list[RehabAssignee]:
        rows = await queries.assignees(info.context.actor, case_id, kind)
        return [
            RehabAssignee(membership_id=ID(str(row.id)), name=row.name, role=row.role, agency_name=row.agency_name)
            for row in rows
        ]

    @strawberry.field(description="The rules in force in my county.")
    async def rehab_rulebook(self, info: Info) -> RehabRulebook:
        membership = info.context.actor.membership
        if membership is None:
            raise not_permitted(Permission.DRAFT_RULES)
        return await rulebook_of(membership.county)

    @strawberry.field(description="The city's default as data, to start a county's own from.")
    async def rehab_city_rules(self, info: Info) -> JSON:
        info.context.actor.require(Permission.DRAFT_RULES)
        return JSON(rulebook.city_data())

    @strawberry.field
    async def rehab_rule_sets(self, info: Info) -> list[RehabRuleSet]:
        return [RehabRuleSet.of(row, info) for row in await queries.rule_sets(info.context.actor)]

    @strawberry.field(description="Public keys of today and the next days, for an officer's phone.")
    async def rehab_pass_keys(self, info: Info) -> RehabPassKeys:
        keys = green_pass.public_keys(info.context.actor)
        return RehabPassKeys(
            server_time=clock.now(),
            keys=[RehabPassKey(number=number, public_key=_base64(key)) for number, key in keys],
        )

    @strawberry.field
    async def rehab_transfers(self, info: Info) -> list[RehabTransfer]:
        return [RehabTransfer.of(row, info) for row in await queries.transfers(info.context.actor)]

    @strawberry.field(description="Figures of a division in `[from, to]`, both days included.")
    async def rehab_figures(self, info: Info, division: str, from_: FromDate, to: date) -> RehabFigures:
        asking.check_period(from_, to)
        place = await asking.place(info.context.actor, Permission.FIGURES, division)
        found = await report(figures.FORMULAS, place.path, from_, to)
        start, end = period(from_, to)
        return RehabFigures(
            computed_at=clock.now(),
            figures=[RehabFigure.of(result, place.path) for result in found.own.values()],
            children=[
                RehabChildFigures(
                    division=await division_of(info, path.rsplit(".", 1)[-1]),
                    figures=[RehabFigure.of(each, place.path) for each in results.values()],
                )
                for path, results in sorted(found.children.items())
                if path != place.path
            ],
            persons_by_band=JSON(await queries.persons_by_band(place.path)),
            band_flow=JSON(await queries.band_flow(place.path, start, end)),
        )  # fmt: skip


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


