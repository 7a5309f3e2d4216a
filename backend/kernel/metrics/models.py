"""Figures as a job keeps them: what counts, how much of it per place and month, and how far a county has been read."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields

from backend.kernel.db.fields import CodeField, FloatsField
from backend.kernel.db.models import TenantModel


class FigureFact(TenantModel):
    """One row of a formula, in the month it counts in; `ahead` of `at` it does not count yet."""

    app: str = CodeField()
    key: str = CodeField()
    matter_id: UUID = fields.UUIDField()
    month: date = fields.DateField()
    at: datetime = fields.DatetimeField()
    counted: bool = fields.BooleanField()
    value: float | None = fields.FloatField(null=True)
    ahead: bool = fields.BooleanField()

    class Meta:
        table = "figure_fact"


class FigureCell(TenantModel):
    """The facts of one figure, month and division, summed; `path` is the division's, of a county, township or village.

    `matters` (distinct ones) and `spread` (every value, ascending) are kept of figures that need them, medians and coverages.
    `division` is its code once more: under row-level security no index serves a comparison of paths.    """

    division: str = CodeField()
    app: str = CodeField()
    key: str = CodeField()
    month: date = fields.DateField()
    rows: int = fields.IntField()
    counted: int = fields.IntField()
    matters: int = fields.IntField()
    total: float = fields.FloatField()
    spread: list[float] | None = FloatsField(null=True)

    class Meta:
        table = "figure_cell"


class FigureMark(TenantModel):
    """Up to which event, and which instant, the county's cells are right."""

    seq: int = fields.BigIntField()
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "figure_mark"
