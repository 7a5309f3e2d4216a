"""Deputies' suggestions, and what hangs on them, as GraphQL shows them to whoever may open them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.oversight import enums as e
from backend.apps.oversight import loaders, models
from backend.apps.oversight.graphql.matters import MatterFields
from backend.apps.oversight.graphql.parts import OversightDelay, files_of, paper_of
from backend.apps.oversight.graphql.types import OversightClue
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import Division, Paper, StoredFile, division_of


@strawberry.type(description="An assisting agency's opinion; empty until it has given it.")
class OversightAssistOpinion:
    id: ID
    unit_name: str
    text: str | None
    by_name: str | None
    asked_at: datetime
    at: datetime | None

    @classmethod
    def of(cls, row: models.AssistOpinion) -> OversightAssistOpinion:
        return cls(
            id=ID(str(row.id)), unit_name=row.unit_name, text=row.text or None, by_name=row.by_name or None, asked_at=row.asked_at, at=row.at
        )


@strawberry.type(description="A talk of the agency with the deputies, before its reply.")
class OversightTalk:
    id: ID
    round: int
    form: e.TalkForm
    held_on: date
    people: str
    words: str
    by_name: str

    @classmethod
    def of(cls, row: models.Talk) -> OversightTalk:
        return cls(
            id=ID(str(row.id)), round=row.round, form=row.form, held_on=row.held_on, people=row.people, words=row.words, by_name=row.by_name
        )


@strawberry.type(description="答复函: point by point, with its class and, for class B, its day.")
class OversightAnswer:
    id: ID
    round: int
    reply_class: e.ReplyClass
    text: str
    measures: list[str]
    planned_on: date | None
    leader: str
    contact: str
    at: datetime
    row: strawberry.Private[models.Answer]

    @classmethod
    def of(cls, row: models.Answer) -> OversightAnswer:
        return cls(
            id=ID(str(row.id)), round=row.round, reply_class=row.reply_class, text=row.text, measures=list(row.measures),
            planned_on=row.planned_on, leader=row.leader, contact=row.contact, at=row.at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await paper_of(info, self.row.paper_id)


@strawberry.type(description="征询意见表: process and result apart, one to five.")
class OversightOpinion:
    id: ID
    round: int
    process: int
    result: int
    words: str
    at: datetime
    paper_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: models.Opinion) -> OversightOpinion:
        return cls(
            id=ID(str(row.id)), round=row.round, process=row.process, result=row.result, words=row.words, at=row.at, paper_id=row.paper_id
        )

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await paper_of(info, self.paper_id)


@strawberry.type(description="How far a plan has come.")
class OversightProgress:
    id: ID
    text: str
    by_name: str
    at: datetime

    @classmethod
    def of(cls, row: models.Progress) -> OversightProgress:
        return cls(id=ID(str(row.id)), text=row.text, by_name=row.by_name, at=row.at)


@strawberry.type(description="代表建议, from the deputies who signed it to the agency's reply and what became of it.")
class OversightSuggestion(MatterFields):
    id: ID
    code: str
    version: int
    state: e.SuggestionState
    session: e.Session
    field: e.Field
    title: str
    text: str
    points: list[str]
    public: bool
    lead_name: str
    co_signers: list[str]
    main_unit: str | None
    assist_units: list[str]
    wide: bool
    contact: str | None
    reason: str | None
    round: int
    reply_class: e.ReplyClass | None
    planned_on: date | None
    raised_at: datetime
    assigned_at: datetime | None
    replied_at: datetime | None
    updated_at: datetime
    ended_at: datetime | None
    row: strawberry.Private[models.Suggestion]

    @classmethod
    def of(cls, row: models.Suggestion) -> OversightSuggestion:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, session=row.session, field=row.field,
            title=row.title, text=row.text, points=list(row.points), public=row.public, lead_name=row.lead_name,
            co_signers=list(row.co_signers), main_unit=row.main_unit or None, assist_units=list(row.assist_units), wide=row.wide,
            contact=row.contact or None, reason=row.reason or None, round=row.round, reply_class=row.reply_class,
            planned_on=row.planned_on, raised_at=row.raised_at, assigned_at=row.assigned_at, replied_at=row.replied_at,
            updated_at=row.updated_at, ended_at=row.ended_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.path.rsplit(".", 1)[-1])

    @strawberry.field(description="Whether I signed it.")
    async def is_mine(self, info: Info) -> bool:
        standing = await info.context.load(loaders.standings, (models.Suggestion, self.row.id))
        return standing.part in ("LEAD", "SIGNER")

    @strawberry.field(description="The clue it grew from, for whoever may open that.")
    async def clue(self, info: Info) -> OversightClue | None:
        signers = await info.context.load(loaders.signers, self.row.id)
        clue_id = next((each.clue_id for each in signers if each.clue_id), None)
        row = await info.context.load(loaders.clues, clue_id) if clue_id else None
        return OversightClue.of(row) if row else None

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field
    async def assists(self, info: Info) -> list[OversightAssistOpinion]:
        rows = await info.context.load(loaders.assists, self.row.id)
        # An agency that was asked before the suggestion was assigned anew owes nothing any more.
        return [OversightAssistOpinion.of(each) for each in rows if each.at or each.unit_name in self.row.assist_units]

    @strawberry.field
    async def talks(self, info: Info) -> list[OversightTalk]:
        return [OversightTalk.of(each) for each in await info.context.load(loaders.talks, self.row.id)]

    @strawberry.field
    async def answers(self, info: Info) -> list[OversightAnswer]:
        return [OversightAnswer.of(each) for each in await info.context.load(loaders.answers, self.row.id)]

    @strawberry.field
    async def opinions(self, info: Info) -> list[OversightOpinion]:
        return [OversightOpinion.of(each) for each in await info.context.load(loaders.opinions, self.row.id)]

    @strawberry.field(description="Of a plan that is tracked, newest first.")
    async def progress(self, info: Info) -> list[OversightProgress]:
        return [OversightProgress.of(each) for each in await info.context.load(loaders.progress, self.row.id)]

    @strawberry.field(description="Why it takes longer, where it lawfully does.")
    async def delays(self, info: Info) -> list[OversightDelay]:
        rows = await info.context.load(kernel_loaders.extensions_of_matter, self.row.id)
        running = {each.id for each in await info.context.load(kernel_loaders.clocks_of_matter, self.row.id) if each.met_at is None}
        return [OversightDelay.of(each) for each in rows if each.state != "ASKED" or each.clock_id in running]


@strawberry.type
class OversightSuggestionPayload:
    suggestion: OversightSuggestion | None
    errors: list[UserError]
