"""What clients send about an import of existing records."""

from __future__ import annotations

import strawberry
from strawberry import ID

from backend.apps.reunion.enums import BasisKind, CaseKind, RepeatChoice, Side
from backend.apps.reunion.inputs import cases  # noqa: F401  # names the enums first


@strawberry.input
class CreateImportInput:
    """`division` answers for rows that name none; `kind` and `station` are for rows that say nothing."""

    side: Side
    division: str
    table_id: ID = strawberry.field(description="The table, as a completed upload for `reunion.import`.")
    archive_ids: list[ID] = strawberry.field(default_factory=list, description="Archives (zip) with the pictures.")
    kind: CaseKind | None = None
    station: str | None = None
    basis: BasisKind
    text: str = strawberry.field(description="The ground's text, for every row.")
    guardian_agreed: bool = False


@strawberry.input
class ReviseImportInput:
    """A corrected table, other archives, another ground: what is given takes the place of what was there."""

    id: ID
    version: int
    table_id: ID | None = None
    archive_ids: list[ID] | None = None
    kind: CaseKind | None = None
    station: str | None = None
    basis: BasisKind | None = None
    text: str | None = None
    guardian_agreed: bool | None = None


@strawberry.input
class ImportCellInput:
    row_id: ID
    version: int = strawberry.field(description="Of the row.")
    column: str
    text: str


@strawberry.input
class ImportChoiceInput:
    """`rows` left out means every row that may repeat a record and has no choice yet."""

    id: ID
    rows: list[ID] | None = None
    choice: RepeatChoice
    case_id: ID | None = strawberry.field(default=None, description="Which case gets the pictures; the first found by default.")


@strawberry.input
class ImportStepInput:
    id: ID
    version: int
