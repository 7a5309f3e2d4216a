"""Lessons as GraphQL shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import ID

from backend.apps.oversight import access, loaders, models
from backend.apps.oversight import enums as e
from backend.apps.oversight.graphql.matters import MatterFields
from backend.apps.oversight.graphql.types import OversightClue
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError


@strawberry.type(description="检e用: what a closed case is good for. It names nobody.")
class OversightLesson(MatterFields):
    id: ID
    code: str
    version: int
    state: e.LessonState
    kind: e.LessonKind
    field: e.Field
    title: str
    summary: str
    text: str
    published_at: datetime | None
    updated_at: datetime
    row: strawberry.Private[models.Lesson]

    @classmethod
    def of(cls, row: models.Lesson) -> OversightLesson:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, kind=row.kind, field=row.field, title=row.title,
            summary=row.summary, text=row.text, published_at=row.published_at, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="Of the last decision; the procuratorate's.")
    async def opinion(self, info: Info) -> str | None:
        return self.row.opinion or None if access.works_on_cases(info.context.actor) else None

    @strawberry.field(description="The case it is drawn from; the procuratorate's.")
    async def clue(self, info: Info) -> OversightClue | None:
        if not access.works_on_cases(info.context.actor):
            return None
        row = await info.context.load(loaders.clues, self.row.clue_id)
        return OversightClue.of(row) if row else None


@strawberry.type
class OversightLessonPayload:
    lesson: OversightLesson | None
    errors: list[UserError]
