"""Figures of reunion by the formulas of `domain.md` 2.8, from events alone."""

from __future__ import annotations

from backend.kernel.metrics.formulas import Formula

_IN_PERIOD = "and e.path <@ $1::text::ltree and e.occurred_at >= $2 and e.occurred_at < $3"
_DAYS_SINCE_REGISTERED = """(extract(epoch from e.occurred_at - (select r.occurred_at from event r where r.matter_id = e.matter_id
    and r.county = e.county and r.tag = 'reunion:case:registered' order by r.seq limit 1)) / 86400)::float"""


def _handed_over(counted: str, value: str = "0::float") -> str:
    return f"""select e.matter_id, e.path, e.occurred_at as at, {counted} as counted, {value} as value
        from event e where e.app = 'reunion' and e.tag = 'reunion:return:handed_over' {_IN_PERIOD}"""


FORMULAS: dict[str, Formula] = {
    formula.key: formula
    for formula in (
        Formula("returned_total", "COUNT", "", _handed_over("coalesce(e.data->>'kind', '') <> 'ABDUCTED_CHILD'"), "已帮助回家人数"),
        Formula("children_reunited", "COUNT", "", _handed_over("coalesce(e.data->>'kind', '') = 'ABDUCTED_CHILD'"), "被拐孩童团圆数"),
        Formula("median_days_home", "MEDIAN", "d", _handed_over("true", _DAYS_SINCE_REGISTERED), "登记到回家天数的中位数"),
        Formula("days_to_candidates", "MEDIAN", "d", f"""
            select distinct on (e.matter_id) e.matter_id, e.path, e.occurred_at as at, true as counted, {_DAYS_SINCE_REGISTERED} as value
            from event e where e.app = 'reunion' and e.tag = 'reunion:search:done' {_IN_PERIOD}
            order by e.matter_id, e.seq""",
                "登记到首次出现线索天数的中位数"),
        Formula("search_success", "RATE", "%", """
            select r.matter_id, r.path, r.occurred_at as at, exists (select 1 from event c where c.matter_id = r.matter_id
                and c.county = r.county and c.tag = 'reunion:identity:confirmed') as counted, 0::float as value
            from event r where r.app = 'reunion' and r.tag = 'reunion:case:registered' and r.path <@ $1::text::ltree
                and r.occurred_at >= $2 and r.occurred_at < $3 and exists (select 1 from event s where s.matter_id = r.matter_id
                    and s.county = r.county and s.tag = 'reunion:search:approved')""",
                "确认身份的案件 ÷ 经批准比对的案件（按登记期）"),
        Formula("false_lead_rate", "RATE", "%", f"""
            select e.matter_id, e.path, e.occurred_at as at, exists (select 1 from event n where n.matter_id = e.matter_id
                and n.county = e.county and n.tag = 'reunion:proof:negative' and n.data->>'candidate' = e.data->>'candidate')
                as counted, 0::float as value
            from event e where e.app = 'reunion' and e.tag = 'reunion:candidate:lead' {_IN_PERIOD}""",
                "被否定的线索 ÷ 全部线索"),
    )
}  # fmt: skip
