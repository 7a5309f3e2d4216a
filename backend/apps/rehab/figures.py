"""Figures of supervision by the formulas of `domain.md` 6.8, from events alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.kernel.db.connection import fetch
from backend.kernel.metrics.formulas import Formula, named

_FIRST_OF_TASK = """
select * from (
    select distinct on (e.matter_id, e.data->>'task') e.matter_id, e.path, e.occurred_at as at,
           e.tag = 'rehab:task:done' and not coalesce((e.data->>'late')::boolean, false) as counted, 0::float as value
    from event e where e.app = 'rehab' and e.tag in ('rehab:task:done', 'rehab:task:missed') and e.path <@ $1::text::ltree {which}
    order by e.matter_id, e.data->>'task', e.seq) first
where at >= $2 and at < $3
"""
_IN_PROGRESS = """
select s.matter_id, s.path, greatest(s.occurred_at, $2) as at, {counted} as counted, 0::float as value
from event s where s.app = 'rehab' and s.tag = 'rehab:case:started' and s.path <@ $1::text::ltree and s.occurred_at < $3
    and not exists (select 1 from event n where n.matter_id = s.matter_id and n.county = s.county and n.occurred_at < $2
        and n.to_state in ('COMPLETED', 'TRANSFERRED', 'TERMINATED', 'ISOLATION_ORDERED'))
"""
_CONTACT = """exists (select 1 from event c where c.matter_id = s.matter_id and c.county = s.county
    and c.occurred_at >= $2 and c.occurred_at < $3 and (
        (c.tag = 'rehab:check_in:judged' and c.data->>'result' = 'ACCEPTED')
        or (c.tag = 'rehab:check_in:reviewed' and (c.data->>'accepted')::boolean)
        or (c.tag = 'rehab:task:done' and c.data->>'kind' in ('HOME_VISIT', 'TALK'))))"""
_WORK = """exists (select 1 from event r join event c on c.matter_id = r.matter_id and c.county = r.county
    and c.tag = 'rehab:point:confirmed' and c.data->'entries' ? (r.data->>'entry')
    where r.matter_id = s.matter_id and r.county = s.county and r.tag = 'rehab:point:recorded'
    and r.data->>'rule' = 'work_three_months' and r.occurred_at < $3)"""

#: Names on tables and papers; the phone app has its own.
NAMES = {
    "test_on_time": "检测按期率",
    "contact_rate": "有效联系率",
    "three_year_abstinence": "三年操守率",
    "job_rate": "就业或培训率",
    "objection_upheld": "异议成立率",
    "duty_light": "各环节按期率",
}

FORMULAS: dict[str, Formula] = named(
    NAMES,
    (
        Formula("test_on_time", "RATE", "%", _FIRST_OF_TASK.format(which="and e.data->>'kind' in ('URINE_TEST', 'HAIR_TEST')"),
                "按期完成的检测 ÷ 到期的检测"),
        Formula("contact_rate", "RATE", "%", _IN_PROGRESS.format(counted=_CONTACT), "期内有有效联系的人数 ÷ 在管人数", by_period=True),
        Formula("three_year_abstinence", "RATE", "%", """
            select e.matter_id, e.path, e.occurred_at as at, not exists (select 1 from event r where r.matter_id = e.matter_id
                and r.county = e.county and r.tag = 'rehab:relapse:found') as counted, 0::float as value
            from event e where e.app = 'rehab' and e.to_state = 'COMPLETED' and e.from_state <> e.to_state
                and e.path <@ $1::text::ltree and e.occurred_at >= $2 and e.occurred_at < $3""",
                "期满时未复吸的案件 ÷ 期内期满的案件"),
        Formula("job_rate", "RATE", "%", _IN_PROGRESS.format(counted=_WORK), "有三个月以上工作或培训的人数 ÷ 在管人数", by_period=True),
        Formula("objection_upheld", "RATE", "%", """
            select e.matter_id, e.path, e.occurred_at as at, (e.data->>'upheld')::boolean as counted, 0::float as value
            from event e where e.app = 'rehab' and e.tag in ('rehab:objection:decided', 'rehab:objection:final')
                and e.path <@ $1::text::ltree and e.occurred_at >= $2 and e.occurred_at < $3""",
                "成立的异议 ÷ 已答复的异议"),
        Formula("duty_light", "RATE", "%", _FIRST_OF_TASK.format(which="and e.data->>'link' not in ('PERSON', 'FAMILY')"),
                "各环节按期完成的任务 ÷ 到期的任务"),
    ),
    guarded=True,
)  # fmt: skip


async def band_flow(path: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Decided changes of colour in a period: from, to, how many."""
    return await fetch(
        """select data->>'from_band' as was, data->>'to_band' as is, count(*) as n from event
           where app = 'rehab' and tag = 'rehab:band:decided' and path <@ $1::text::ltree and occurred_at >= $2
               and occurred_at < $3 group by 1, 2 order by 1, 2""",
        path, start, end,
    )  # fmt: skip


async def by_band(path: str) -> list[dict[str, Any]]:
    """Supervised persons by colour."""
    return await fetch(
        """select band, count(*) as n from rehab_case where path <@ $1::text::ltree
           and state in ('IN_PROGRESS', 'BREACH_NOTED', 'SERIOUS_BREACH', 'RELAPSE_FOUND') group by 1 order by 1""",
        path,
    )
