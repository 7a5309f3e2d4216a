"""Tables of the import of existing records. What a table said is sealed, and gone once its rows have become cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.apps.reunion import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class ImportRun(TenantModel):
    """One table of one side's records, with archives of pictures, and one legal ground for all of them.

    `path` is the place that answers for rows that name none. Jobs act as the membership that started the run.
    """

    version: int = fields.IntField(default=1)
    side: e.Side = fields.CharEnumField(e.Side, max_length=8)
    state: e.ImportState = fields.CharEnumField(e.ImportState, max_length=8)
    kind: e.CaseKind | None = fields.CharEnumField(e.CaseKind, max_length=16, null=True)  # of rows that say none
    station: str = fields.TextField(default="")  # of rows that name none
    basis: e.BasisKind = fields.CharEnumField(e.BasisKind, max_length=20)
    basis_text: str = fields.TextField()
    guardian_agreed: bool = fields.BooleanField(default=False)
    table_id: UUID = fields.UUIDField()  # stored file
    archive_ids: list[str] = fields.JSONField(default=list)
    columns: list[str] = fields.JSONField(default=list)
    ignored: list[str] = fields.JSONField(default=list)  # headers that mean nothing here
    encoding: str = CodeField(default="")
    problem: str = CodeField(default="")  # why it FAILED or STOPPED
    problem_data: dict[str, Any] = fields.JSONField(default=dict)
    membership_id: UUID = fields.UUIDField()
    account_id: UUID = fields.UUIDField()
    clerk_name: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    started_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reunion_import"


class ImportRow(TenantModel):
    """One row of the table: what is wrong with it, whom it may repeat, what became of it."""

    run_id: UUID = fields.UUIDField()
    number: int = fields.IntField()  # line of the file
    version: int = fields.IntField(default=1)
    state: e.ImportRowState = fields.CharEnumField(e.ImportRowState, max_length=12)
    cells_sealed: str = fields.TextField(default="")  # envelope around JSON: column → text
    broken: dict[str, str] = fields.JSONField(default=dict)  # what the reader said of the line: code and column
    problems: list[dict[str, Any]] = fields.JSONField(default=list)  # code, column, data
    repeats: list[dict[str, Any]] = fields.JSONField(default=list)  # case and code of it, or number of an earlier row; why
    twin_index: str = CodeField(default="")  # blind: sound, sex and day of birth
    police_index: str = CodeField(default="")
    choice: e.RepeatChoice | None = fields.CharEnumField(e.RepeatChoice, max_length=8, null=True)
    target_id: UUID | None = fields.UUIDField(null=True)  # case that gets the pictures
    lost_pictures: int = fields.IntField(default=0)  # files it names that are not in the archives
    case_id: UUID | None = fields.UUIDField(null=True)
    done_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reunion_import_row"


class ImportPicture(TenantModel):
    """One file of an archive; without a row it belongs to nobody in the table."""

    run_id: UUID = fields.UUIDField()
    row_id: UUID | None = fields.UUIDField(null=True)
    archive_id: UUID = fields.UUIDField()
    number: int = fields.IntField()  # place in the archive's list
    name_sealed: str = fields.TextField(default="")  # people name pictures after people
    problem: str = CodeField(default="")
    same_as: UUID | None = fields.UUIDField(null=True)  # case that has the same picture, byte for byte
    picture_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "reunion_import_picture"
