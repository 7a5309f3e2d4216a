"""What hangs on clues, recommendations and projects, as GraphQL shows it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.oversight import enums as e
from backend.apps.oversight import models
from backend.kernel.deadlines.models import ExtensionRequest
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.types import Paper, StoredFile
from backend.kernel.identity.models import Membership


async def files_of(info: Info, ids: list[str]) -> list[StoredFile]:
    rows = await info.context.load_many(kernel_loaders.files, [UUID(each) for each in ids])
    return [StoredFile.of(row) for row in rows if row is not None]


async def paper_of(info: Info, paper_id: UUID | None) -> Paper | None:
    row = await info.context.load(kernel_loaders.papers, paper_id) if paper_id else None
    return Paper.of(row) if row else None


@strawberry.type(description="Something the reader may do next, with the evidence it will be asked for.")
class OversightAction:
    name: str
    requires: list[str]
    step_up: bool


@strawberry.type(description="Somebody with a part in a clue. A shielded name is the procuratorate's.")
class OversightPart:
    account_id: ID
    name: str
    kind: e.PartKind
    shielded: bool
    at: datetime

    @classmethod
    def of(cls, row: models.Part) -> OversightPart:
        return cls(account_id=ID(str(row.account_id)), name=row.name, kind=row.kind, shielded=row.shielded, at=row.at)


@strawberry.type(description="An open clue like one's own; who raised it is not told.")
class OversightAlikeClue:
    id: ID
    code: str
    title: str
    supporters: int


@strawberry.type(description="An officer to choose: of an agency, or a deputy.")
class OversightChoice:
    membership_id: ID
    account_id: ID
    name: str
    agency_name: str

    @classmethod
    def of(cls, row: Membership) -> OversightChoice:
        return cls(
            membership_id=ID(str(row.id)), account_id=ID(str(row.account_id)), name=row.name, agency_name=row.agency_name
        )


@strawberry.type
class OversightLogEntry:
    id: ID
    kind: e.LogKind
    text: str
    by_name: str
    at: datetime
    file_ids: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: models.LogEntry) -> OversightLogEntry:
        return cls(id=ID(str(row.id)), kind=row.kind, text=row.text, by_name=row.by_name, at=row.at, file_ids=list(row.files))

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, self.file_ids)


@strawberry.type
class OversightReply:
    id: ID
    round: int
    reply_class: e.ReplyClass
    text: str
    measures: list[str]
    by_name: str
    at: datetime
    row: strawberry.Private[models.Reply]

    @classmethod
    def of(cls, row: models.Reply) -> OversightReply:
        return cls(
            id=ID(str(row.id)), round=row.round, reply_class=row.reply_class, text=row.text, measures=list(row.measures),
            by_name=row.by_name, at=row.at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await paper_of(info, self.row.paper_id)


@strawberry.type
class OversightPromise:
    id: ID
    text: str
    due_on: date
    state: e.PromiseState
    finding: str | None
    checked_at: datetime | None

    @classmethod
    def of(cls, row: models.Promise) -> OversightPromise:
        return cls(
            id=ID(str(row.id)), text=row.text, due_on=row.due_on, state=row.state, finding=row.finding or None,
            checked_at=row.checked_at,
        )  # fmt: skip


@strawberry.type(description="A rating, open to the agency's answer. It does not say who gave it.")
class OversightRating:
    id: ID
    round: int
    process: int
    result: int
    words: str
    answer: str | None
    answered_at: datetime | None
    at: datetime

    @classmethod
    def of(cls, row: models.Rating) -> OversightRating:
        return cls(
            id=ID(str(row.id)), round=row.round, process=row.process, result=row.result, words=row.words, answer=row.answer or None,
            answered_at=row.answered_at, at=row.at,
        )  # fmt: skip


@strawberry.type(description="Means over at least five ratings; below, only how many there are.")
class OversightRatingMeans:
    process: float | None
    result: float | None
    count: int


@strawberry.type(description="Time that was asked for, with its ground, and what was decided.")
class OversightDelay:
    clock_id: ID
    days: int
    basis: str
    reason: str
    state: str
    opinion: str | None

    @classmethod
    def of(cls, row: ExtensionRequest) -> OversightDelay:
        return cls(
            clock_id=ID(str(row.clock_id)), days=row.length, basis=row.basis, reason=row.reason, state=row.state,
            opinion=row.opinion or None,
        )  # fmt: skip


@strawberry.type(description="How far one demand was met, and what was seen of it.")
class OversightCheckPoint:
    verdict: e.Verdict
    words: str


@strawberry.type(description="A visit of prosecutor and deputy; it counts once both have signed.")
class OversightCheck:
    id: ID
    round: int
    visited_at: datetime
    place_text: str
    latitude: float | None
    longitude: float | None
    finding: str
    verdict: e.Verdict
    points: list[OversightCheckPoint] = strawberry.field(description="One for each demand, in their order.")
    done_at: datetime | None
    withdrawn: bool
    withdrawn_reason: str | None
    row: strawberry.Private[models.SiteCheck]

    @classmethod
    def of(cls, row: models.SiteCheck) -> OversightCheck:
        return cls(
            id=ID(str(row.id)), round=row.round, visited_at=row.visited_at, place_text=row.place_text, latitude=row.latitude,
            longitude=row.longitude, finding=row.finding, verdict=row.verdict, done_at=row.done_at,
            points=[OversightCheckPoint(verdict=e.Verdict(each["verdict"]), words=each["words"]) for each in row.points],
            withdrawn=row.withdrawn, withdrawn_reason=row.withdrawn_reason or None, row=row,
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await paper_of(info, self.row.paper_id)


@strawberry.type
class OversightMeeting:
    id: ID
    held_on: date
    place_text: str
    attendees: str
    minutes: str
    paper_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: models.Meeting) -> OversightMeeting:
        return cls(
            id=ID(str(row.id)), held_on=row.held_on, place_text=row.place_text, attendees=row.attendees, minutes=row.minutes,
            paper_id=row.paper_id,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await paper_of(info, self.paper_id)
