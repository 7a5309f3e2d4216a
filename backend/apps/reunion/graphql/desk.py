"""The desk between counties as GraphQL shows it: to whoever asks everything, to whoever is asked what he needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.reunion import access, desk_queries, loaders, models, rules
from backend.apps.reunion import enums as e
from backend.apps.reunion.graphql.parts import ReunionPicture
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common, desk
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import Clock, Division, Paper, division_of
from backend.kernel.tenancy.models import Level, level_of_path

if TYPE_CHECKING:
    from backend.apps.reunion.graphql.types import ReunionCase


@strawberry.type(description="The asking county's thanks for one answer.")
class ReunionThanks:
    words: str
    by: str
    at: datetime

    @classmethod
    def of(cls, row: models.AssistThanks) -> ReunionThanks:
        return cls(words=row.words, by=row.thanked_by_name, at=row.at)


@strawberry.type(description="What a helper found, with his reasons. It is no proof, and no review of a candidate.")
class ReunionAssistReply:
    id: ID
    state: e.ReplyState
    finding: e.AssistFinding | None
    reasons: str | None
    helper_name: str
    agency_name: str
    by_expert: bool
    changed_at: datetime
    row: strawberry.Private[models.AssistReply]
    asked: strawberry.Private[models.Assist]

    @classmethod
    def of(cls, row: models.AssistReply, asked: models.Assist) -> ReunionAssistReply:
        return cls(
            id=ID(str(row.id)), state=row.state, finding=row.finding, reasons=row.reasons or None, helper_name=row.helper_name,
            agency_name=row.agency_name, by_expert=row.by_expert, changed_at=row.changed_at, row=row, asked=asked,
        )  # fmt: skip

    @strawberry.field(description="The helping county; an expert answers for himself.")
    async def county(self, info: Info) -> Division | None:
        return None if self.by_expert else await division_of(info, self.row.county)

    @strawberry.field
    async def thanks(self, info: Info) -> ReunionThanks | None:
        rows = await info.context.load(loaders.thanks, self.row.id)
        return ReunionThanks.of(rows[0]) if rows else None

    @strawberry.field
    async def may_thank(self, info: Info) -> bool:
        actor = info.context.actor
        if self.state != e.ReplyState.ANSWERED or not (actor.may(Permission.ASSIST_ASK) and access.is_asker(actor, self.asked)):
            return False
        return not await info.context.load(loaders.thanks, self.row.id)


@strawberry.type(description="One county asks another, an expert, or the board. The board shows neither name nor picture.")
class ReunionAssist:
    id: ID
    addressee: e.AssistAddressee
    state: e.AssistState
    purpose: e.Purpose
    legal_basis: str
    question: str
    side: e.Side
    kind: e.CaseKind
    sex: e.Sex
    age_least: int | None
    age_most: int | None
    emergency: bool
    asked_at: datetime
    due_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_text: str | None
    expert_name: str | None
    expert_agency: str | None
    row: strawberry.Private[models.Assist]

    @classmethod
    def of(cls, row: models.Assist) -> ReunionAssist:
        age = rules.age_range(row.born_from, row.born_to, common.today())
        invited = row.addressee == e.AssistAddressee.EXPERT
        return cls(
            id=ID(str(row.id)), addressee=row.addressee, state=row.state, purpose=row.purpose, legal_basis=row.legal_basis,
            question=row.question, side=row.side, kind=row.kind, sex=row.sex, age_least=age[0] if age else None,
            age_most=age[1] if age else None, emergency=row.emergency, asked_at=row.asked_at, due_at=row.due_at,
            expires_at=row.expires_at, ended_at=row.ended_at, end_text=row.end_text or None,
            expert_name=row.to_name if invited else None, expert_agency=row.to_agency if invited else None, row=row,
        )  # fmt: skip

    async def own_replies(self, info: Info) -> list[models.AssistReply]:
        rows: Sequence[models.AssistReply] = await info.context.load(loaders.replies, self.row.id)
        return [row for row in rows if access.is_helper(info.context.actor, row)]

    async def is_shown_whole(self, info: Info) -> bool:
        """From the board only kind, county and question are seen, until it is taken up."""
        actor = info.context.actor
        if access.is_asker(actor, self.row):
            return True
        if self.row.addressee == e.AssistAddressee.BOARD:
            return bool(await self.own_replies(info))
        return access.is_asked(actor, self.row)

    @strawberry.field
    def is_ours(self, info: Info) -> bool:
        return access.is_asker(info.context.actor, self.row)

    @strawberry.field(description="The county that asks.")
    async def county(self, info: Info) -> Division:
        return await division_of(info, self.row.county)

    @strawberry.field(description="The county that is asked.")
    async def to_county(self, info: Info) -> Division | None:
        is_county = self.row.addressee == e.AssistAddressee.COUNTY
        return await division_of(info, self.row.to_county) if is_county else None

    @strawberry.field
    async def case_code(self, info: Info) -> str | None:
        return self.row.case_code if await self.is_shown_whole(info) else None

    @strawberry.field
    async def asked_by(self, info: Info) -> str | None:
        return self.row.asked_by_name if await self.is_shown_whole(info) else None

    @strawberry.field
    async def agency_name(self, info: Info) -> str | None:
        return self.row.agency_name if await self.is_shown_whole(info) else None

    @strawberry.field
    async def duty_phone(self, info: Info) -> str | None:
        return self.row.duty_phone or None if await self.is_shown_whole(info) else None

    @strawberry.field(description="The case, while its county has opened it.")
    async def case(self, info: Info) -> Annotated[ReunionCase, strawberry.lazy("backend.apps.reunion.graphql.types")] | None:
        from backend.apps.reunion.graphql.types import ReunionCase

        if not (access.is_asker(info.context.actor, self.row) or access.is_living(self.row)):
            return None
        row = await info.context.load(loaders.cases, self.row.case_id)
        return ReunionCase.of(row) if row and await self.is_shown_whole(info) else None

    @strawberry.field(description="The photographs that were chosen for the helper, while the case is open to him.")
    async def pictures(self, info: Info) -> list[ReunionPicture]:
        case = await self.case(info)
        if case is None:
            return []
        await case.standing(info)  # a look, which leaves its line
        rows = await info.context.load(loaders.pictures, self.row.case_id)
        return [ReunionPicture.of(row, shown=True) for row in rows if str(row.id) in self.row.pictures]

    @strawberry.field(description="The answers: all of them for whoever asks, his own for a helper.")
    async def replies(self, info: Info) -> list[ReunionAssistReply]:
        if access.is_asker(info.context.actor, self.row):
            rows = await info.context.load(loaders.replies, self.row.id)
        else:
            rows = await self.own_replies(info)
        return [ReunionAssistReply.of(row, self.row) for row in rows]

    @strawberry.field(description="The limit to answer, and why it is that day.")
    async def clock(self, info: Info) -> Clock:
        replies = await info.context.load(loaders.replies, self.row.id)
        row = desk.clock_of(self.row, [each.changed_at for each in replies if each.state != e.ReplyState.TAKEN])
        return Clock.of(row, rules.RULES[row.rule].source, extension_pending=False)

    @strawberry.field(description="The letter (协查函): for whoever is asked as long as the case is open to him.")
    async def paper(self, info: Info) -> Paper | None:
        actor = info.context.actor
        if self.row.addressee != e.AssistAddressee.COUNTY:
            return None
        if not (access.is_asker(actor, self.row) or self._waits_for(info)):
            return None
        rows = await info.context.load(kernel_loaders.papers_of_matter, self.row.case_id)
        return next((Paper.of(row) for row in rows if row.subject_id == self.row.id), None)

    @strawberry.field
    async def may_take(self, info: Info) -> bool:
        if self.addressee != e.AssistAddressee.BOARD or self.state != e.AssistState.OPEN or not self._waits_for(info):
            return False
        return not await self.own_replies(info)

    @strawberry.field
    async def may_answer(self, info: Info) -> bool:
        if not self._waits_for(info):
            return False
        own = await self.own_replies(info)
        if self.addressee == e.AssistAddressee.BOARD:
            return any(each.state == e.ReplyState.TAKEN for each in own)
        return self.state == e.AssistState.OPEN and not own

    def _waits_for(self, info: Info) -> bool:
        return access.is_asked(info.context.actor, self.row) and access.is_living(self.row)

    @strawberry.field
    def may_end(self, info: Info) -> bool:
        actor = info.context.actor
        return self.state in desk.LIVING and actor.may(Permission.ASSIST_ASK) and access.is_asker(actor, self.row)


@strawberry.type(description="An expert who can be invited, with what he did for this place before.")
class ReunionExpert:
    id: ID
    name: str
    agency_name: str
    level: Level
    answered: int
    thanked: int
    division_code: strawberry.Private[str]

    @classmethod
    def of(cls, found: desk_queries.Expert) -> ReunionExpert:
        row = found.row
        return cls(
            id=ID(str(row.id)), name=row.name, agency_name=row.agency_name, level=level_of_path(row.path), answered=found.answered,
            thanked=found.thanked, division_code=row.division,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.division_code)


@strawberry.type
class DeskQuery:
    @strawberry.field(description="Requests asked by my place, asked of it, or open on the board.")
    async def reunion_assists(
        self, info: Info, scope: e.AssistScope, first: int = 20, after: str | None = None, open: bool | None = None
    ) -> Connection[ReunionAssist]:
        page = await desk_queries.assists(info.context.actor, scope, is_open=open, first=first, after=after)
        return page.connection(ReunionAssist.of)

    @strawberry.field
    async def reunion_assist(self, info: Info, id: ID) -> ReunionAssist | None:
        row = await desk_queries.assist(info.context.actor, id)
        return ReunionAssist.of(row) if row else None

    @strawberry.field(description="Experts who can be invited, the highest level first.")
    async def reunion_experts(self, info: Info) -> list[ReunionExpert]:
        return [ReunionExpert.of(each) for each in await desk_queries.experts(info.context.actor)]


@strawberry.type
class ReunionAssistPayload:
    assist: ReunionAssist | None
    errors: list[UserError]


async def reload(actor: Actor, assist_id: UUID) -> models.Assist:
    """The request a repeated command answered with the first time."""
    row = await access.assists(actor).filter(id=assist_id).first()
    if row is None:
        raise not_found("id")
    return row


def answer(row: models.Assist | None, errors: list[UserError]) -> ReunionAssistPayload:
    return ReunionAssistPayload(assist=ReunionAssist.of(row) if row else None, errors=errors)


#: How the desk's mutations answer.
ANSWERED = (ReunionAssistPayload, answer, reload)
