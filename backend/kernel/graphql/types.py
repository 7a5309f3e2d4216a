"""GraphQL types of the kernel's rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.kernel import clock
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.clock import Colour
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.files.models import StoredFile as FileRow
from backend.kernel.files.service import file_url, thumbnail_url
from backend.kernel.graphql import loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.identity.models import Membership as MembershipRow
from backend.kernel.instruments.models import Paper as PaperRow
from backend.kernel.instruments.models import PaperSignature
from backend.kernel.instruments.service import docx_url, pdf_url
from backend.kernel.notifications.models import Notification as NotificationRow
from backend.kernel.privacy.models import AccessLogEntry as AccessLogRow
from backend.kernel.tenancy.models import Division as DivisionRow
from backend.kernel.tenancy.models import Level
from backend.kernel.tenancy.service import by_codes

DivisionLevel = strawberry.enum(Level, name="DivisionLevel")
ClockColour = strawberry.enum(Colour, name="ClockColour")


@strawberry.type(description="A division of the six levels; the tenant is the county.")
class Division:
    code: ID
    name: str
    level: Level
    full_name: str
    parent_code: str | None
    latitude: float | None
    longitude: float | None
    path: strawberry.Private[str]

    @classmethod
    def of(cls, row: DivisionRow) -> Division:
        return cls(
            code=ID(row.code), name=row.name, level=row.level, full_name=row.full_name, latitude=row.latitude,
            longitude=row.longitude, parent_code=row.parent or None, path=row.path,
        )  # fmt: skip

    @strawberry.field(description="From the province down, without itself.")
    async def ancestors(self) -> list[Division]:
        labels = self.path.split(".")[:-1]
        known = await by_codes(labels)
        return [Division.of(known[label]) for label in labels if label in known]


async def division_of(info: Info, code: str) -> Division:
    """A division by code, gathered with the others of the operation."""
    return Division.of(await info.context.load(loaders.divisions, code))


@strawberry.type
class StoredFile:
    id: ID
    name: str
    content_type: str
    size: int
    sha256: str
    url: str
    thumbnail_url: str | None
    width: int | None
    height: int | None

    @classmethod
    def of(cls, row: FileRow) -> StoredFile:
        return cls(
            id=ID(str(row.id)), name=row.name, content_type=row.content_type, size=row.size, sha256=row.sha256,
            url=file_url(row.id), thumbnail_url=thumbnail_url(row.id, exists=row.has_thumbnail), width=row.width,
            height=row.height,
        )  # fmt: skip


@strawberry.type(description="A limit that runs. `why` derives the date; `source` is its legal or other basis.")
class Clock:
    id: ID
    rule: str
    started_at: datetime
    due_at: datetime
    colour: Colour
    state: str
    used_fraction: float
    source: str | None
    extension_pending: bool
    row: strawberry.Private[MatterClock]

    @classmethod
    def of(cls, row: MatterClock, source: str | None, *, extension_pending: bool) -> Clock:
        now = clock.now()
        return cls(
            id=ID(str(row.id)), rule=row.rule, started_at=row.started_at, due_at=row.due_at,
            colour=clocks.colour(row, now), state=row.state, used_fraction=clocks.fraction(row, now),
            source=source, extension_pending=extension_pending, row=row,
        )  # fmt: skip

    @strawberry.field
    def why(self) -> list[JSON]:
        steps: Any = clocks.derivation(self.row).as_json()["steps"]
        return [JSON(step) for step in steps]

    @strawberry.field(description="Counted over a year whose holidays are not published yet.")
    def assumed_calendar(self) -> bool:
        return clocks.derivation(self.row).assumed_calendar


@strawberry.type(description="One entry of a matter's timeline, from the append-only log.")
class Event:
    id: ID
    tag: str
    occurred_at: datetime
    recorded_at: datetime
    actor_name: str | None
    actor_role: str | None
    from_state: str | None
    to_state: str | None
    reason: str | None
    data: JSON | None
    file_ids: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: EventRow) -> Event:
        data = dict(row.data or {})
        files = data.pop("files", [])
        return cls(
            id=ID(str(row.id)), tag=row.tag, occurred_at=row.occurred_at,
            recorded_at=row.recorded_at or row.occurred_at, actor_name=row.actor_name or None,
            actor_role=row.actor_role or None, from_state=row.from_state or None, to_state=row.to_state or None,
            reason=data.get("reason"), data=JSON(data), file_ids=files,
        )  # fmt: skip

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        rows = await info.context.load_many(loaders.files, [UUID(each) for each in self.file_ids])
        return [StoredFile.of(row) for row in rows if row is not None]


@strawberry.type
class Notification:
    id: ID
    created_at: datetime
    kind: str
    data: JSON
    matter_id: ID | None
    matter_code: str | None
    app: str | None
    read_at: datetime | None

    @classmethod
    def of(cls, row: NotificationRow) -> Notification:
        return cls(
            id=ID(str(row.id)), created_at=row.created_at, kind=row.kind, data=JSON(row.data),
            matter_id=ID(str(row.matter_id)) if row.matter_id else None, matter_code=row.matter_code or None,
            app=row.app, read_at=row.read_at,
        )  # fmt: skip


@strawberry.type
class Membership:
    id: ID
    role: str
    agency_name: str
    division_code: strawberry.Private[str]

    @classmethod
    def of(cls, row: MembershipRow) -> Membership:
        return cls(
            id=ID(str(row.id)), role=row.role, agency_name=row.agency_name, division_code=row.division
        )

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.division_code)


@strawberry.type(description="A signature a paper needs; `signedAt` is empty until it was given.")
class Signature:
    name: str
    capacity: str
    signed_at: datetime | None

    @classmethod
    def of(cls, row: PaperSignature) -> Signature:
        return cls(name=row.name, capacity=row.capacity, signed_at=row.signed_at)


@strawberry.type(description="A legal paper. `sha256` and `sm3` are of the text that is signed.")
class Paper:
    id: ID
    matter_id: ID
    template: str
    template_version: int
    number: str | None
    title: str
    state: str
    created_at: datetime
    html: str
    docx_url: str
    pdf_url: str
    sha256: str | None
    sm3: str | None
    row: strawberry.Private[PaperRow]

    @classmethod
    def of(cls, row: PaperRow) -> Paper:
        return cls(
            id=ID(str(row.id)), matter_id=ID(str(row.matter_id)), template=row.template, template_version=row.template_version,
            number=row.number or None, title=row.title, state=row.state, created_at=row.created_at, html=row.html,
            docx_url=docx_url(row.id), pdf_url=pdf_url(row.id), sha256=row.sha256, sm3=row.sm3, row=row,
        )  # fmt: skip

    @strawberry.field
    async def signatures(self, info: Info) -> list[Signature]:
        return [Signature.of(each) for each in await info.context.load(loaders.signatures, self.row.id)]

    @strawberry.field(description="True: mine is given; false: mine is missing; null: none is needed from me.")
    async def my_signature(self, info: Info) -> bool | None:
        actor = info.context.actor
        mine = [
            each
            for each in await info.context.load(loaders.signatures, self.row.id)
            if each.id in await info.context.load(loaders.own_signatures, self.row.matter_id)
            or (each.account_id is not None and each.account_id == actor.account_id)
        ]
        if not mine:
            return None
        return all(each.signed_at is not None for each in mine)


@strawberry.type(description="Somebody looked at guarded data of mine, and why.")
class AccessLogEntry:
    at: datetime
    who: str
    role: str
    what: str
    reason: str

    @classmethod
    def of(cls, row: AccessLogRow) -> AccessLogEntry:
        return cls(at=row.at, who=row.who, role=row.role, what=row.what, reason=row.reason)


@strawberry.type
class OkPayload:
    ok: bool
    errors: list[UserError]
