"""The six levels of divisions. A reference table: small, without a county, the same for everybody."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from backend.kernel.db.fields import CodeField, LTreeField


class Level(StrEnum):
    """Levels from wide to narrow."""

    PROVINCE = "PROVINCE"
    CITY = "CITY"
    COUNTY = "COUNTY"
    TOWN = "TOWN"
    VILLAGE = "VILLAGE"
    GRID = "GRID"


class Division(Model):
    """One division. The path holds every ancestor's code, itself last.

    A division that is renamed, merged or abolished keeps its row: `valid_to` is set, `successor` names where its
    matters go on, and `former_names` keeps what it was called.
    """

    code: str = fields.CharField(max_length=20, primary_key=True)
    name: str = fields.TextField()
    level: Level = fields.CharEnumField(Level, max_length=8)
    parent: str = fields.CharField(max_length=20, default="")
    path: str = LTreeField()
    full_name: str = fields.TextField(default="")
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    former_names: list[dict[str, str]] = fields.JSONField(default=list)
    successor: str = CodeField(default="")
    valid_from: date | None = fields.DateField(null=True)
    valid_to: date | None = fields.DateField(null=True)

    class Meta:
        table = "division"

    @property
    def county(self) -> str:
        """The tenant: six digits, or the division's own code padded above county level."""
        return county_of(self.path)


def county_of(path: str) -> str:
    """The county code in a path; a province or city stands for itself, padded to six digits."""
    labels = path.split(".")
    return (labels[2] if len(labels) > 2 else labels[-1]).ljust(6, "0")[:6]


def level_of_path(path: str) -> Level:
    """The level of the division a path leads to."""
    return list(Level)[path.count(".")]
