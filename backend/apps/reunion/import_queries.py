"""Reads of imports: runs of the actor's place, their rows a page at a time, and how far everything has come."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.apps.reunion import access
from backend.apps.reunion.enums import ImportRowState
from backend.apps.reunion.models import ImportPicture, ImportRow, ImportRun
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import fetch
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import MOST, Page, newest_first
from backend.kernel.validation import as_id

#: Pictures that belong to no row, or are of no use, shown by name.
MOST_ODD = 100

_COUNTS = """
    select r.run_id, count(*)::int as total, count(*) filter (where r.state = 'NEW')::int as unread,
        count(*) filter (where r.state = 'READY')::int as ready, count(*) filter (where r.state = 'PROBLEM')::int as problems,
        count(*) filter (where r.state = 'DUPLICATE')::int as repeats, count(*) filter (where r.state = 'SKIPPED')::int as skipped,
        count(*) filter (where r.state = 'DONE')::int as done, coalesce(sum(r.lost_pictures), 0)::int as lost
    from reunion_import_row r where r.run_id = any ($1) group by 1
"""
_PICTURES = """
    select i.run_id, count(*)::int as total, count(*) filter (where i.row_id is null)::int as unclaimed,
        count(*) filter (where i.row_id is not null and i.problem <> '')::int as odd,
        count(i.picture_id)::int as kept, count(*) filter (where p.state not in ('READING', 'WAITING'))::int as read,
        count(*) filter (where p.state in ('CHOOSE', 'UNUSABLE'))::int as unclear
    from reunion_import_picture i left join reunion_picture p on p.id = i.picture_id and p.county = i.county
    where i.run_id = any ($1) group by 1
"""


async def runs(actor: Actor, first: int, after: str | None) -> Page[ImportRun]:
    return await newest_first(access.importable(actor), by="created_at", first=first, after=after)


async def run(actor: Actor, run_id: str) -> ImportRun | None:
    """One import, or None when there is none within reach."""
    try:
        wanted = as_id(run_id)
    except Refusal:
        return None
    return await access.importable(actor).filter(id=wanted).first()


async def rows(
    run_row: ImportRun, first: int, after: int | None, states: Sequence[ImportRowState] | None
) -> tuple[list[ImportRow], int | None]:
    """Rows in the order of the table, and the number to go on after. Raises `INVALID` on `first`."""
    if not 1 <= first <= MOST:
        raise Refusal("INVALID", "first", most=MOST)
    query = ImportRow.filter(run_id=run_row.id, number__gt=after or 0)
    if states:
        query = query.filter(state__in=list(states))
    found = await query.order_by("number").limit(first + 1)
    return found[:first], found[first - 1].number if len(found) > first else None


async def row_counts(actor: Actor, ids: Sequence[UUID]) -> list[dict[str, int]]:
    """Rows by what became of them."""
    return await _counted(_COUNTS, ids)


async def picture_counts(actor: Actor, ids: Sequence[UUID]) -> list[dict[str, int]]:
    """Pictures by how far they have come."""
    return await _counted(_PICTURES, ids)


async def case_codes(actor: Actor, ids: Sequence[UUID]) -> list[str | None]:
    """Codes of cases, for links; None for one that the reader may not open."""
    known = {case.id: case.code for case in await access.readable(actor).filter(id__in=list(ids)).only("id", "code")}
    return [known.get(each) for each in ids]


async def odd_pictures(run_row: ImportRun) -> list[ImportPicture]:
    """Those that nobody names, and those of no use."""
    odd = ImportPicture.filter(run_id=run_row.id, picture_id__isnull=True)
    unclaimed = await odd.filter(row_id__isnull=True).order_by("archive_id", "number").limit(MOST_ODD)
    refused = await odd.filter(row_id__isnull=False).exclude(problem="").order_by("archive_id", "number").limit(MOST_ODD)
    return [*unclaimed, *refused]


async def _counted(sql: str, ids: Sequence[UUID]) -> list[dict[str, int]]:
    known = {row.pop("run_id"): row for row in await fetch(sql, list(ids))}
    return [known.get(each, {}) for each in ids]


