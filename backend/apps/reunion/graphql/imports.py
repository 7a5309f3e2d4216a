"""Imports of existing records as GraphQL shows them to the clerks of the place."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.reunion import access, import_queries, loaders, models
from backend.apps.reunion import enums as e
from backend.apps.reunion.service import imports_common
from backend.kernel.access.actor import Actor
from backend.kernel.errors import not_found
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import Division, division_of


@strawberry.type(description="Rows of the table by what became of them.")
class ReunionImportRowCounts:
    total: int = 0
    unread: int = 0
    ready: int = 0
    problems: int = 0
    repeats: int = 0
    skipped: int = 0
    done: int = 0
    lost: int = strawberry.field(default=0, description="Pictures that rows name and no archive has.")


@strawberry.type(description="Files of the archives by how far they have come.")
class ReunionImportPictureCounts:
    total: int = 0
    unclaimed: int = strawberry.field(default=0, description="Of no row.")
    odd: int = strawberry.field(default=0, description="Of a row, but of no use.")
    kept: int = strawberry.field(default=0, description="With their cases.")
    read: int = strawberry.field(default=0, description="Of those kept: looked at for faces.")
    unclear: int = strawberry.field(default=0, description="Of those read: somebody has to say which face is meant.")


@strawberry.type(description="A cell as the table has it.")
class ReunionImportCell:
    column: str
    text: str


@strawberry.type(description="What is wrong with a row; the client words `code` with `data`.")
class ReunionImportProblem:
    code: str
    column: str | None
    data: JSON


@strawberry.type(description="A case, or an earlier row, that the row may repeat.")
class ReunionImportRepeat:
    case_id: ID | None
    code: str | None
    number: int | None
    why: str


@strawberry.type
class ReunionImportPicture:
    name: str | None = strawberry.field(description="As in its archive; erased with the table.")
    problem: str | None
    same_as: ID | None = strawberry.field(description="The case that has the same picture.")

    @classmethod
    def of(cls, row: models.ImportPicture) -> ReunionImportPicture:
        return cls(
            name=imports_common.name_of(row) or None, problem=row.problem or None, same_as=ID(str(row.same_as)) if row.same_as else None
        )


@strawberry.type
class ReunionImportRow:
    id: ID
    number: int
    version: int
    state: e.ImportRowState
    choice: e.RepeatChoice | None
    lost_pictures: int
    case_id: ID | None
    row: strawberry.Private[models.ImportRow]

    @classmethod
    def of(cls, row: models.ImportRow) -> ReunionImportRow:
        return cls(
            id=ID(str(row.id)), number=row.number, version=row.version, state=row.state, choice=row.choice,
            lost_pictures=row.lost_pictures, case_id=ID(str(row.case_id)) if row.case_id else None, row=row,
        )  # fmt: skip

    @strawberry.field(description="Empty once the table is erased.")
    async def cells(self) -> list[ReunionImportCell]:
        return [ReunionImportCell(column=column, text=text) for column, text in imports_common.cells_of(self.row).items()]

    @strawberry.field
    async def problems(self) -> list[ReunionImportProblem]:
        return [
            ReunionImportProblem(code=each["code"], column=each["column"] or None, data=JSON(each["data"])) for each in self.row.problems
        ]

    @strawberry.field
    async def repeats(self) -> list[ReunionImportRepeat]:
        return [
            ReunionImportRepeat(
                case_id=ID(each["case"]) if "case" in each else None, code=each.get("code"), number=each.get("number"), why=each["why"],
            )
            for each in self.row.repeats
        ]  # fmt: skip

    @strawberry.field(description="The case's code, for who may open it.")
    async def case_code(self, info: Info) -> str | None:
        if self.row.case_id is None:
            return None
        found: str | None = await info.context.load(import_queries.case_codes, self.row.case_id)
        return found

    @strawberry.field
    async def pictures(self, info: Info) -> list[ReunionImportPicture]:
        return [ReunionImportPicture.of(each) for each in await info.context.load(loaders.import_pictures, self.row.id)]


@strawberry.type(description="A page of rows; `next` is the number to go on after.")
class ReunionImportRows:
    nodes: list[ReunionImportRow]
    next: int | None


@strawberry.type(description="One table of existing records on its way to becoming cases.")
class ReunionImport:
    id: ID
    version: int
    side: e.Side
    state: e.ImportState
    kind: e.CaseKind | None
    station: str | None
    basis: e.BasisKind
    basis_text: str
    guardian_agreed: bool
    clerk_name: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    erased_at: datetime | None
    columns: list[str]
    ignored: list[str]
    encoding: str | None
    problem: str | None
    problem_data: JSON
    row: strawberry.Private[models.ImportRun]

    @classmethod
    def of(cls, row: models.ImportRun) -> ReunionImport:
        return cls(
            id=ID(str(row.id)), version=row.version, side=row.side, state=row.state, kind=row.kind, station=row.station or None,
            basis=row.basis, basis_text=row.basis_text, guardian_agreed=row.guardian_agreed, clerk_name=row.clerk_name,
            created_at=row.created_at, started_at=row.started_at, ended_at=row.ended_at, erased_at=row.erased_at,
            columns=list(row.columns), ignored=list(row.ignored), encoding=row.encoding or None, problem=row.problem or None,
            problem_data=JSON(row.problem_data), row=row,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.path.rsplit(".", 1)[-1])

    @strawberry.field
    async def rows_by(self, info: Info) -> ReunionImportRowCounts:
        return ReunionImportRowCounts(**await info.context.load(import_queries.row_counts, self.row.id))

    @strawberry.field
    async def pictures_by(self, info: Info) -> ReunionImportPictureCounts:
        return ReunionImportPictureCounts(**await info.context.load(import_queries.picture_counts, self.row.id))

    @strawberry.field
    async def rows(
        self, first: int = 50, after: int | None = None, states: list[e.ImportRowState] | None = None
    ) -> ReunionImportRows:
        found, following = await import_queries.rows(self.row, first, after, states)
        return ReunionImportRows(nodes=[ReunionImportRow.of(each) for each in found], next=following)

    @strawberry.field(description="Files that no row names, and those of no use; a hundred of each at most.")
    async def odd_pictures(self) -> list[ReunionImportPicture]:
        return [ReunionImportPicture.of(each) for each in await import_queries.odd_pictures(self.row)]


@strawberry.type
class ImportQuery:
    @strawberry.field(description="Imports of my place, newest first.")
    async def reunion_imports(self, info: Info, first: int = 20, after: str | None = None) -> Connection[ReunionImport]:
        page = await import_queries.runs(info.context.actor, first, after)
        return page.connection(ReunionImport.of)

    @strawberry.field
    async def reunion_import(self, info: Info, id: ID) -> ReunionImport | None:
        row = await import_queries.run(info.context.actor, id)
        return ReunionImport.of(row) if row else None


@strawberry.type
class ReunionImportPayload:
    run: ReunionImport | None
    errors: list[UserError]


async def _reload(actor: Actor, run_id: UUID) -> models.ImportRun:
    row = await access.importable(actor).filter(id=run_id).first()
    if row is None:
        raise not_found("id")
    return row


def _answer(row: models.ImportRun | None, errors: list[UserError]) -> ReunionImportPayload:
    return ReunionImportPayload(run=ReunionImport.of(row) if row else None, errors=errors)


#: How a command of an import answers.
ANSWERED = (ReunionImportPayload, _answer, _reload)
