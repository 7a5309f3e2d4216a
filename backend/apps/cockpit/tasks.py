"""Jobs and sweeps of the cockpit. Sweeps find; one job per row locks, looks again and acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.apps.cockpit.models import ActionItem, Hazard, Meeting, Milestone, Problem, Scene
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import actions, common, hazards, plans, problems
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.manifest import Cron, JobHandler

PLAN_JOB = "cockpit.plan_due"
NEAR, PAST = 80, 100
#: Rule → the kind of row its clocks belong to.
KINDS: dict[str, type[Any]] = {
    "action": ActionItem, "answer_problem": Problem, "check_action": ActionItem, "grade_hazard": Hazard, "meeting": Meeting,
    "milestone": Scene, "order_hazard": Hazard, "rectify_hazard": Hazard, "verify_hazard": Hazard,
}  # fmt: skip


async def on_clock_mark(actor: Actor, clock: MatterClock, mark: int) -> None:
    """A limit is near or past: whoever it binds is told; the log remembers what was missed."""
    kind = KINDS.get(clock.rule)
    row = await kind.get_or_none(id=clock.matter_id) if kind and mark in (NEAR, PAST) else None
    if row is None:
        return
    if mark == PAST:
        await _past(actor, row, clock)
    if clock.rule == "milestone":
        milestone = await Milestone.get_or_none(id=clock.subject_id)
        if milestone is None or milestone.done_on is not None:
            return
    await _remind(row, clock.rule, mark)


async def _past(actor: Actor, row: Any, clock: MatterClock) -> None:
    if isinstance(row, ActionItem) and clock.rule == "action":
        await actions.pass_day(actor, row)
    elif isinstance(row, Problem):
        await problems.pass_day(actor, row)
    else:
        await record(actor, "cockpit:clock:mark", row, rule=clock.rule, mark=PAST)


async def _remind(row: Any, rule: str, mark: int) -> None:
    steps = common.scene_steps
    more: dict[str, Any] = {"rule": rule, "mark": mark}
    if isinstance(row, Hazard) and rule != "rectify_hazard":
        await common.tell_officers(row, "clock.mark", *hazards.GRADERS, **more)
    elif isinstance(row, Hazard | Problem) or rule == "action":
        await steps.tell([row.owner], "clock.mark", row, **more)
    elif isinstance(row, ActionItem):
        await common.tell_officers(row, "clock.mark", *common.roles_with(P.CHECK), **more)
    elif isinstance(row, Scene):
        await steps.tell([row.leader], "clock.mark", row, **more)
    else:
        await common.tell_officers(row, "clock.mark", Role.PROGRAM_OFFICE, **more)


async def sweep_plans(now: datetime) -> None:
    """Plans whose report is overdue."""
    await enqueue_found(
        PLAN_JOB,
        """select e.id::text as row, e.county, e.path, e.scene_id as matter, jsonb_build_object('entry_id', e.id) as args
           from cockpit_plan_entry e where e.state = 'OPEN' and e.due_at < $1""",
        now,
    )


JOBS: dict[str, JobHandler] = {PLAN_JOB: plans.pass_due}

CRONS = (Cron("cockpit.plans", sweep_plans, every_seconds=300),)
