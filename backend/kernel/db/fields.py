"""Column types PostgreSQL has and Tortoise has not."""

from __future__ import annotations

from tortoise.fields.base import Field


class LTreeField(Field[str], str):  # type: ignore[misc]  # as Tortoise's own text fields
    """A label path such as `33.3310.331024`; ancestors are found with `<@` on a GiST index."""

    SQL_TYPE = "LTREE"


class CountyField(Field[str], str):  # type: ignore[misc]  # as Tortoise's own text fields
    """Six digits of GB/T 2260: the tenant."""

    SQL_TYPE = "CHAR(6)"


class CodeField(Field[str], str):  # type: ignore[misc]  # as Tortoise's own text fields
    """Short machine text (an enum value, a code) without a length limit of its own."""

    SQL_TYPE = "TEXT"


class HalfVectorField(Field[str], str):  # type: ignore[misc]  # as Tortoise's own text fields
    """512 half-precision numbers (pgvector's halfvec), for the column's type alone: written and compared in SQL."""

    SQL_TYPE = "HALFVEC(512)"


class FloatsField(Field[list[float]], list[float]):  # type: ignore[misc]  # as Tortoise's own text fields
    """Double-precision numbers in one column, for the column's type alone: written and read in SQL."""

    SQL_TYPE = "DOUBLE PRECISION[]"
