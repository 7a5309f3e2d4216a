"""Look divisions up."""

from __future__ import annotations

from collections.abc import Iterable

from backend.kernel.db.connection import fetch
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.errors import Refusal
from backend.kernel.tenancy.models import Division, county_of

LONGEST_CODE = 20

_paths: dict[str, str] = {}


async def county_path(county: str) -> str:
    """The ltree path of a county. Codes never move, so each process asks once."""
    if county not in _paths:
        async with open_scope(Scope(DbRole.RELAY)):
            # A city or province is a tenant of its own, under its code padded to six digits.
            division = await find(county) or await find(county.removesuffix("00")) or await find(county.removesuffix("0000"))
        if division is None:
            raise LookupError(f"no county {county}")
        _paths[county] = division.path
    return _paths[county]


async def counties_below(path: str) -> tuple[str, ...]:
    """Tenants inside `path`: a county by itself, a city or province also in its own name; below a county, that county."""
    labels = path.split(".")
    if len(labels) > 2:
        return (labels[2],)
    rows = await fetch(
        "select path::text from division where level in ('PROVINCE', 'CITY', 'COUNTY') and path <@ $1::text::ltree "
        "and valid_to is null",
        path,
    )
    return tuple(sorted(county_of(row["path"]) for row in rows))


async def find(code: str) -> Division | None:
    """The division with this code, ended or not; text that cannot be a code finds nothing."""
    return await Division.get_or_none(code=code) if len(code) <= LONGEST_CODE else None


async def living(code: str, field: str = "division") -> Division:
    """The division as it is today; a merged or abolished one leads on to its successor.

    Raises:
        Refusal: `NOT_FOUND` when there is no such division, or it ended without a successor.
    """
    for _ in range(5):
        division = await find(code)
        if division is None:
            raise Refusal("NOT_FOUND", field)
        if division.valid_to is None:
            return division
        code = division.successor
    raise Refusal("NOT_FOUND", field)


async def by_codes(codes: Iterable[str]) -> dict[str, Division]:
    """Divisions by code, for loaders."""
    return {row.code: row for row in await Division.filter(code__in=set(codes))}


def lies_in(path: str, place: str) -> bool:
    """Whether `path` is `place` or below it."""
    return f"{path}.".startswith(f"{place}.")
