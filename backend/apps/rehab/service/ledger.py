"""The ledger as the engine reads it: entries with everything that was ever said about them, and the standing they give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.apps.rehab.enums import EntryState as State
from backend.apps.rehab.models import Case, PointEntry, PointMark
from backend.apps.rehab.service import common, rulebook
from backend.kernel.db.connection import fetch
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.points.entries import Account, Change, Entry, EntryState
from backend.kernel.points.ledger import Standing, evaluate


async def marks_of(case_ids: Iterable[UUID]) -> dict[UUID, list[PointMark]]:
    """Marks by entry, oldest first."""
    found: dict[UUID, list[PointMark]] = defaultdict(list)
    for mark in await PointMark.filter(case_id__in=list(case_ids)).order_by("at", "id"):
        found[mark.entry_id].append(mark)
    return found


def state_of(marks: Sequence[PointMark]) -> State:
    """The newest word said about an entry."""
    return State(marks[-1].mark) if marks else State.DRAFT


def as_entry(row: PointEntry, marks: Sequence[PointMark]) -> Entry:
    return Entry(
        id=str(row.id), rule_id=row.rule, rule_version=row.rule_version, points=Decimal(str(row.points)),
        fact_on=row.fact_on, recorded_on=local_date(row.recorded_at),
        changes=tuple(Change(local_date(mark.at), EntryState(mark.mark)) for mark in marks), excuse=row.excuse,
    )  # fmt: skip


#: Two plain statements, put together here: row-level security hides from the planner how many rows there are, and a join
#: planned for thirty of them takes minutes for thirty thousand.
_ENTRIES = """
select case_id, id::text as id, rule, rule_version, points, fact_on, excuse,
       (recorded_at at time zone 'Asia/Shanghai')::date as recorded_on
from rehab_point_entry where case_id = any ($1)
"""
_MARKS = """
select entry_id::text as entry, mark, (marked_at at time zone 'Asia/Shanghai')::date as day
from rehab_point_mark where case_id = any ($1) order by marked_at, id
"""


async def accounts(cases: Sequence[Case]) -> list[Account]:
    """The accounts of these cases, two statements for all of them: a county's ledgers are read anew every day."""
    ids = [case.id for case in cases]
    changes: dict[str, list[Change]] = defaultdict(list)
    for mark in await fetch(_MARKS, ids):
        changes[mark["entry"]].append(Change(mark["day"], _STATES[mark["mark"]]))
    entries: dict[UUID, list[Entry]] = defaultdict(list)
    for row in await fetch(_ENTRIES, ids):
        entries[row["case_id"]].append(
            Entry(
                row["id"], row["rule"], row["rule_version"], _points(row["points"]), row["fact_on"], row["recorded_on"],
                tuple(changes.get(row["id"], ())), row["excuse"],
            )
        )  # fmt: skip
    return [account_of(case, entries[case.id]) for case in cases]


#: The same few values again and again.
_points = lru_cache(maxsize=1024)(lambda value: Decimal(str(value)))
_STATES = {state.value: state for state in EntryState}


def account_of(case: Case, entries: Sequence[Entry]) -> Account:
    opened = case.term_from or local_date(case.registered_at)
    closed = local_date(case.ended_at) if case.ended_at else None
    return Account(str(case.id), case.kind, opened, tuple(entries), closed)


async def standing(case: Case, on: date | None = None) -> Standing:
    """What the ledger says of the case on a day, today by default."""
    (account,) = await accounts([case])
    return evaluate(await rulebook.timeline(case.county), account, on or common.today())


def explanation(found: Standing) -> dict[str, Any]:
    """Every step of a standing as plain data, kept with the proposal it explains."""
    return {
        "on": str(found.on),
        "ruleVersion": found.rule_version,
        "base": float(found.base),
        "baseSince": str(found.base_since),
        "total": float(found.total),
        "score": float(found.score),
        "band": found.band,
        "bandByScore": found.band_by_score,
        "cleanSince": str(found.clean_since),
        "heldBack": [
            {"code": held.code, "band": held.band, "until": str(held.until), "entry": held.entry_id or None}
            for held in found.held_back
        ],
        "contributions": [
            {
                "entry": item.entry_id, "rule": item.rule_id, "version": item.rule_version, "fact": str(item.fact_on),
                "state": item.state, "given": float(item.given), "counted": float(item.counted),
                "weight": float(item.weight), "points": float(item.points), "fullUntil": str(item.full_until),
                "countsUntil": str(item.counts_until), "why": item.why,
            }
            for item in found.contributions
        ],
    }  # fmt: skip
