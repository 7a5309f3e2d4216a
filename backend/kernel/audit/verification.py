"""Verify the hash chain of each county's events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg

_CHAIN = """
with chain as (
    select e.*, lag(e.hash, 1, '') over w as before, lag(e.seq, 1, 0::bigint) over w as seq_before
    from event e where e.county = $1 window w as (order by e.seq)
), broken as (
    select seq, id, case
        when seq <> seq_before + 1 then 'GAP'
        when prev_hash <> before then 'LINK'
        when data is not null and data_hash <> event_data_digest(data) then 'DATA'
        when hash <> event_digest(chain.id, county, path::text, seq, app, tag, matter_id, from_state, to_state,
            actor_id, actor_name, actor_role, unit, occurred_at, recorded_at, data_hash, prev_hash)
            then 'CONTENT' end as problem
    from chain
)
select seq, id, problem from broken where problem is not null
union all
select h.seq, null, 'HEAD' from event_head h
where h.county = $1 and not exists (
    select 1 from (select e.seq, e.hash from event e where e.county = $1 order by e.seq desc limit 1) last
    where last.seq = h.seq and last.hash = h.hash)
order by 1
"""


async def verify(auditor: asyncpg.Connection, county: str) -> list[dict[str, Any]]:
    """Broken links of a county's chain, first first; empty when the chain is whole.

    Each has seq, id and `problem`: GAP, LINK, CONTENT, DATA or HEAD.
    """
    return [dict(row) for row in await auditor.fetch(_CHAIN, county)]


async def verify_all(auditor: asyncpg.Connection) -> AsyncIterator[tuple[str, int, list[dict[str, Any]]]]:
    """(county, number of events, broken links) of every county."""
    for row in await auditor.fetch("select county, seq from event_head order by county"):
        yield row["county"], row["seq"], await verify(auditor, row["county"])
