"""Batch loads of supervision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.apps.rehab import access
from backend.apps.rehab.models import (
    Agreement,
    Assessment,
    Breach,
    Case,
    CheckIn,
    DrugTest,
    Leave,
    Link,
    Objection,
    PassLookup,
    PointEntry,
    Request,
    Task,
    Whistle,
)
from backend.apps.rehab.service import common, duties, ledger
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import fetch
from backend.kernel.faces.models import FaceEnrolment
from backend.kernel.graphql.loading import many, one

cases = one(Case)
tasks = one(Task)
links = many(Link, "case_id", "since", "id", until__isnull=True)
agreements = many(Agreement, "case_id", "-drafted_at", withdrawn_at__isnull=True)
check_ins = many(CheckIn, "case_id", "-received_at", "-id")
tests = many(DrugTest, "case_id", "-done_at", "-id")
leaves = many(Leave, "case_id", "-filed_at", "-id")
requests = many(Request, "case_id", "-filed_at", "-id")
entries = many(PointEntry, "case_id", "-fact_on", "-id")
assessments = many(Assessment, "case_id", "-proposed_at", "-id")
objections = many(Objection, "case_id", "-filed_at", "-id")
lookups = many(PassLookup, "case_id", "-looked_at", "-id")
whistles = many(Whistle, "case_id", "-blown_at", "-id")
breaches = many(Breach, "case_id", "-recorded_at", "-id")
enrolments = many(FaceEnrolment, "matter_id", "-proposed_at", "-id")


async def missed(actor: Actor, ids: Sequence[UUID]) -> list[int]:
    """How many duties of each case are past their day."""
    return await _counted("select case_id, count(*) as n from rehab_task where state = 'MISSED' and case_id = any ($1) group by 1", ids)


async def to_review(actor: Actor, ids: Sequence[UUID]) -> list[int]:
    """How many check-ins of each case wait for a person."""
    return await _counted(
        "select case_id, count(*) as n from rehab_check_in where state = 'IN_REVIEW' and case_id = any ($1) group by 1", ids
    )


async def _counted(sql: str, ids: Sequence[UUID]) -> list[int]:
    counts = {row["case_id"]: row["n"] for row in await fetch(sql, list(ids))}
    return [counts.get(each, 0) for each in ids]


async def next_tasks(actor: Actor, ids: Sequence[UUID]) -> list[Task | None]:
    """Of the actor's own duties in each case, the one that is due first."""
    own = access.own_tasks(actor).filter(case_id__in=list(ids), state__in=list(duties.OPEN))
    found: dict[UUID, Task] = {}
    for row in await own.order_by("due_at"):
        found.setdefault(row.case_id, row)
    return [found.get(each) for each in ids]


async def marks(actor: Actor, ids: Sequence[UUID]) -> list[dict[UUID, Any]]:
    """Marks of each case's lines, by line."""
    found = await ledger.marks_of(ids)
    rows = await PointEntry.filter(case_id__in=list(ids)).only("id", "case_id")
    return [{row.id: found.get(row.id, []) for row in rows if row.case_id == case_id} for case_id in ids]


async def standings(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """What the actor is to each case; asked for by whoever reads more than its line in a list, which is a look."""
    rows = {row.id: row for row in await Case.filter(id__in=list(ids))}
    for row in rows.values():
        await common.note_reading(actor, row)
    return [await common.standing_of(actor, rows[row_id]) for row_id in ids]
