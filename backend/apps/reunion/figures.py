"""Figures of reunion by the formulas of `domain.md` 2.8, from events alone."""

from __future__ import annotations

from backend.kernel.metrics.formulas import Formula, named

_IN_PERIOD = "and e.path <@ $1::text::ltree and e.occurred_at >= $2 and e.occurred_at < $3"
_DAYS_SINCE_REGISTERED = """(extract(epoch from e.occurred_at - (select r.occurred_at from event r where r.matter_id = e.matter_id
    and r.county = e.county and r.tag = 'reunion:case:registered' order by r.seq limit 1)) / 86400)::float"""


_A_CHILD = "coalesce(e.data->>'kind', '') = 'ABDUCTED_CHILD'"


def _handed_over(condition: str = "true", value: str = "0::float") -> str:
    """Whom a figure does not count is no row of it: what is left over would tell how many children there were."""
    return f"""select e.matter_id, e.path, e.occurred_at as at, true as counted, {value} as value
        from event e where e.app = 'reunion' and e.tag = 'reunion:return:handed_over' and {condition} {_IN_PERIOD}"""


#: Suffix of the key, which tasks, and whose they are.
_BY_AGENCY = (
    ("", "", ""),
    ("_police", "and e.data->>'role' = 'POLICE_OFFICER'", "（公安）"),
    ("_civil_affairs", "and e.data->>'role' = 'CIVIL_AFFAIRS'", "（民政）"),
    ("_station", "and e.data->>'role' = 'RESCUE_STATION'", "（救助站）"),
    ("_village", "and e.data->>'role' in ('GRID_WORKER', 'VILLAGE_OFFICER', 'SOCIAL_WORKER')", "（村社和网格）"),
)


def _tasks_on_time(condition: str) -> str:
    """Every limit that fell due in the period, a returned task's new one too, but not what was refused or cancelled before it."""
    later = "l.matter_id = e.matter_id and l.county = e.county and l.data->>'task' = e.data->>'task' and l.seq > e.seq"
    due = "(e.data->>'due')::timestamptz"
    return f"""select e.matter_id, e.path, {due} as at, exists (select 1 from event l where {later}
            and l.tag = 'reunion:task:done' and l.occurred_at <= {due}) as counted, 0::float as value
        from event e where e.app = 'reunion' and e.tag in ('reunion:task:given', 'reunion:task:returned')
            and e.path <@ $1::text::ltree and {due} >= $2 and {due} < $3 {condition}
            and not exists (select 1 from event l where {later} and l.occurred_at <= {due}
                and l.tag in ('reunion:task:refused', 'reunion:task:cancelled'))"""


def _helped(tag: str) -> str:
    """Of helping counties: an event in the helper's county; an expert's answer is counted with whoever asked."""
    return f"""select e.matter_id, e.path, e.occurred_at as at, true as counted, 0::float as value
        from event e where e.app = 'reunion' and e.tag = 'reunion:assist:{tag}' and e.data->>'helper' = 'COUNTY' {_IN_PERIOD}"""


#: Names on tables and papers; the phone app has its own.
NAMES = {
    "returned_total": "已帮助回家人数",
    "children_reunited": "被拐孩童团圆数",
    "median_days_home": "回家天数（中位数）",
    "days_to_candidates": "首次出现线索天数（中位数）",
    "search_success": "比对后确认身份率",
    "false_lead_rate": "线索被否定率",
    "erasure_on_time": "照片按期删除率",
    "assist_on_time": "协查按期答复率",
    "assists_answered": "为外地作出答复",
    "assists_thanked": "得到感谢的答复",
    "tasks_on_time": "协作任务按期完成率",
    "tasks_on_time_police": "协作任务按期完成率（公安）",
    "tasks_on_time_civil_affairs": "协作任务按期完成率（民政）",
    "tasks_on_time_station": "协作任务按期完成率（救助站）",
    "tasks_on_time_village": "协作任务按期完成率（村社和网格）",
}

FORMULAS: dict[str, Formula] = named(
    NAMES,
    (
        Formula("returned_total", "COUNT", "", _handed_over(f"not ({_A_CHILD})"), "已帮助回家人数"),
        Formula("children_reunited", "COUNT", "", _handed_over(_A_CHILD), "被拐孩童团圆数",
                guarded=True),
        Formula("median_days_home", "MEDIAN", "d", _handed_over(value=_DAYS_SINCE_REGISTERED), "登记到回家天数的中位数"),
        Formula("days_to_candidates", "MEDIAN", "d", f"""
            select * from (
                select distinct on (e.matter_id) e.matter_id, e.path, e.occurred_at as at, true as counted,
                    {_DAYS_SINCE_REGISTERED} as value
                from event e where e.app = 'reunion' and e.tag = 'reunion:search:done' and e.path <@ $1::text::ltree
                order by e.matter_id, e.seq) first
            where at >= $2 and at < $3""",
                "登记到首次出现线索天数的中位数"),
        Formula("search_success", "RATE", "%", """
            select r.matter_id, r.path, r.occurred_at as at, exists (select 1 from event c where c.matter_id = r.matter_id
                and c.county = r.county and c.tag = 'reunion:identity:confirmed') as counted, 0::float as value
            from event r where r.app = 'reunion' and r.tag = 'reunion:case:registered' and r.path <@ $1::text::ltree
                and r.occurred_at >= $2 and r.occurred_at < $3 and exists (select 1 from event s where s.matter_id = r.matter_id
                    and s.county = r.county and s.tag = 'reunion:search:approved')""",
                "确认身份的案件 ÷ 经批准比对的案件（按登记期）"),
        Formula("assist_on_time", "RATE", "%", """
            select e.matter_id, e.path, (e.data->>'due_at')::timestamptz as at, exists (select 1 from event r
                where r.matter_id = e.matter_id and r.county = e.county and r.tag = 'reunion:assist:reply_heard'
                    and r.data->>'assist' = e.data->>'assist' and r.data->>'state' = 'ANSWERED'
                    and r.occurred_at <= (e.data->>'due_at')::timestamptz) as counted, 0::float as value
            from event e where e.app = 'reunion' and e.tag = 'reunion:assist:asked' and e.path <@ $1::text::ltree
                and (e.data->>'due_at')::timestamptz >= $2 and (e.data->>'due_at')::timestamptz < $3
                and not exists (select 1 from event w where w.matter_id = e.matter_id and w.county = e.county
                    and w.tag = 'reunion:assist:withdrawn' and w.data->>'assist' = e.data->>'assist'
                    and w.occurred_at < (e.data->>'due_at')::timestamptz)""",
                "期限内得到答复的协查 ÷ 答复期限在本期届满的协查(到期前撤回的不计)"),
        Formula("assists_answered", "COUNT", "", _helped("answered"), "本地为外地协查作出的答复数"),
        Formula("assists_thanked", "COUNT", "", _helped("thanked"), "本地协查答复得到的感谢数"),
        Formula("erasure_on_time", "RATE", "%", """
            select r.matter_id, r.path, r.erase_at as at, coalesce(r.erased_at <= r.erase_at + interval '1 day', false) as counted,
                0::float as value
            from retention r where r.path <@ $1::text::ltree and r.erase_at >= $2 and r.erase_at < $3
                and exists (select 1 from event e where e.matter_id = r.matter_id and e.county = r.county and e.app = 'reunion')""",
                "到期一天内删除的照片 ÷ 到期应删除的照片"),
        Formula("false_lead_rate", "RATE", "%", f"""
            select e.matter_id, e.path, e.occurred_at as at, exists (select 1 from event n where n.matter_id = e.matter_id
                and n.county = e.county and n.tag = 'reunion:proof:negative' and n.data->>'candidate' = e.data->>'candidate')
                as counted, 0::float as value
            from event e where e.app = 'reunion' and e.tag = 'reunion:candidate:lead' {_IN_PERIOD}""",
                "被否定的线索 ÷ 全部线索"),
        *(
            Formula(f"tasks_on_time{suffix}", "RATE", "%", _tasks_on_time(condition), f"按期完成的协作任务 ÷ 到期的协作任务{words}")
            for suffix, condition, words in _BY_AGENCY
        ),
    ),
)  # fmt: skip
