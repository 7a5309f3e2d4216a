"""Jobs and sweeps of supervision. Sweeps find; one job per row locks, looks again and acts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.apps.rehab.enums import LinkKind
from backend.apps.rehab.models import Case
from backend.apps.rehab.service import (
    chain,
    check_ins,
    common,
    duties,
    endings,
    enrolment,
    green_pass,
    leaves,
    requests,
    rule_sets,
    scoring,
    whistles,
)
from backend.apps.rehab.workflow import LIVE
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.manifest import Cron, JobHandler

TASK_JOB = "rehab.task"
PLAN_JOB = "rehab.plan"


async def sweep_tasks(now: datetime) -> None:
    """Every duty for which something has to be said or done now."""
    await enqueue_found(
        TASK_JOB,
        """select 'task:' || id::text as row, county, path, case_id as matter, jsonb_build_object('task_id', id) as args
           from rehab_task where next_at <= $1""",
        now,
    )


async def sweep_plans(now: datetime) -> None:
    """Every supervised person whose duties were not planned today."""
    await enqueue_found(
        PLAN_JOB,
        """select 'plan:' || id::text as row, county, path, id as matter, jsonb_build_object('case_id', id) as args
           from rehab_case where state in ('IN_PROGRESS', 'BREACH_NOTED', 'SERIOUS_BREACH', 'RELAPSE_FOUND')
               and term_from is not null
               and planned_on is distinct from ($1::timestamptz at time zone 'Asia/Shanghai')::date""",
        now,
    )


async def plan(actor: Actor, case_id: str) -> None:
    """Job: set the duties of the next days."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is not None and case.state in LIVE and case.planned_on != common.today():
        await duties.plan_case(case)


#: Who hears that a limit is near or past, by rule; the office stands behind all of them.
HEARERS = {
    "report": (LinkKind.DRUG_WORKER, LinkKind.POLICE),
    "review": (LinkKind.DRUG_WORKER,),
    "face_confirm": (LinkKind.DRUG_WORKER,),
    "leave": (LinkKind.DRUG_WORKER,),
    "request": (LinkKind.DRUG_WORKER,),
    "whistle": (LinkKind.DRUG_WORKER, LinkKind.POLICE),
}
NEAR, PAST = 80, 100


async def on_clock_mark(actor: Actor, clock: MatterClock, mark: int) -> None:
    """A limit is near: whoever it binds is told. It is past: the office is told too, and the log remembers."""
    case = await Case.get_or_none(id=clock.matter_id)
    if case is None or mark not in (NEAR, PAST):
        return
    kinds = (*HEARERS.get(clock.rule, ()), *((LinkKind.OFFICE,) if mark == PAST or clock.rule not in HEARERS else ()))
    if mark == PAST:
        await record(actor, "rehab:clock:mark", case, rule=clock.rule, mark=mark)
    await common.tell(sorted(set(await common.link_accounts(case, *kinds))), "clock.mark", case, rule=clock.rule, mark=mark)


JOBS: dict[str, JobHandler] = {
    TASK_JOB: duties.advance,
    PLAN_JOB: plan,
    chain.FAMILY_JOB: chain.bind_family,
    check_ins.JUDGE_JOB: check_ins.judge,
    check_ins.HUMAN_JOB: check_ins.to_human,
    check_ins.CONCERN_JOB: check_ins.concern,
    endings.TERM_JOB: endings.term_over,
    enrolment.ENROL_JOB: enrolment.read_enrolment,
    enrolment.WITHDRAWN_JOB: enrolment.after_withdrawal,
    "rehab.pass_looked_at": green_pass.tell_of_look_up,
    leaves.ACKNOWLEDGE_JOB: leaves.acknowledge,
    leaves.OVERDUE_JOB: leaves.overdue,
    requests.CLOSE_JOB: requests.close_transferred,
    rule_sets.TELL_JOB: rule_sets.tell_persons,
    scoring.ASSESS_JOB: scoring.assess,
    scoring.RECOMPUTE_JOB: scoring.recompute,
    whistles.ALARM_JOB: whistles.take_alarm,
    whistles.CALL_JOB: whistles.call_links,
}

CRONS = (
    Cron("rehab.tasks", sweep_tasks, every_seconds=10),
    Cron("rehab.waiting", check_ins.sweep_waiting, every_seconds=30),
    Cron("rehab.plans", sweep_plans, every_seconds=900),
    Cron("rehab.terms", endings.sweep_terms, every_seconds=900),
    Cron("rehab.leaves", leaves.sweep_overdue, every_seconds=3600),
    Cron("rehab.recompute", scoring.sweep_counties, every_seconds=6 * 3600),
    Cron("rehab.transfers", requests.sweep_accepted, every_seconds=60),
)
