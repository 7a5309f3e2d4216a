"""Lines the system drafts from facts in its rows. Only what speaks for the person: deductions are written by people."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.apps.rehab.models import Case, DrugTest, PointEntry, Task
from backend.apps.rehab.service import common, rulebook
from backend.kernel import clock
from backend.kernel.db.models import new_id, place_of

TASK, TEST, OTHER = "TASK", "TEST", "OTHER"
NEGATIVE_RULES = {"URINE": "urine_negative", "HAIR": "hair_negative"}


async def on_time(case: Case, task: Task) -> None:
    """A contact made in time."""
    await _draft(case, "contact_on_time", "按期完成联系", TASK, task.id)


async def negative_test(case: Case, test: DrugTest) -> None:
    """A planned test with a negative result."""
    rule = NEGATIVE_RULES.get(test.kind)
    if rule is not None and test.task_id is not None:
        await _draft(case, rule, "按计划检测,结果阴性", TEST, test.id)


async def _draft(case: Case, rule_id: str, cause: str, source_kind: str, source_id: UUID) -> None:
    """Once for the same fact; a rule that the county's set does not have gives nothing."""
    if await PointEntry.filter(case_id=case.id, rule=rule_id, source_id=source_id).exists():
        return
    rule_set = await rulebook.in_force(case.county)
    rule = rule_set.rules.get(rule_id)
    if rule is None or rule.points <= Decimal(0):
        return
    await PointEntry.create(
        **place_of(case), id=new_id(), case_id=case.id, rule=rule_id, rule_version=rule_set.version,
        points=float(rule.points), fact_on=common.today(), cause=cause, source_kind=source_kind, source_id=source_id,
        recorded_by=None, recorded_at=clock.now(),
    )  # fmt: skip
