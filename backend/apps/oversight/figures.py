"""Figures of oversight by the formulas of `domain.md` 9.8, from events alone. None of them is about one deputy (9.10)."""

from __future__ import annotations

from backend.apps.oversight import rules
from backend.kernel.metrics.formulas import Formula, named

_IN_PERIOD = "and e.path <@ $1::text::ltree and e.occurred_at >= $2 and e.occurred_at < $3"


def _rows(tag: str, counted: str = "true", value: str = "0::float") -> str:
    return f"""select e.matter_id, e.path, e.occurred_at as at, {counted} as counted, {value} as value
        from event e where e.app = 'oversight' and e.tag = 'oversight:{tag}' {_IN_PERIOD}"""


def _follows(tag: str, more: str = "") -> str:
    return f"""exists (select 1 from event f where f.matter_id = e.matter_id and f.county = e.county
        and f.tag = 'oversight:{tag}' {more})"""


def _fell_due(set_by: tuple[str, ...], ended_by: tuple[str, ...]) -> str:
    """The day the first reply fell due, as the last event of `set_by` left it, unless one of `ended_by` came between the two."""
    sets, ends = (", ".join(f"'oversight:{tag}'" for tag in tags) for tags in (set_by, ended_by))
    return f"""
    with due as (
        select distinct on (e.matter_id) e.matter_id, e.county, e.path, e.seq, (e.data->>'due')::timestamptz as at
        from event e where e.app = 'oversight' and e.path <@ $1::text::ltree and e.data->>'due' is not null and e.tag in ({sets})
            and coalesce((e.data->>'round')::int, 1) = 1
        order by e.matter_id, e.seq desc),
    e as (select * from due where at >= $2 and at < $3 and not exists (select 1 from event w where w.matter_id = due.matter_id
        and w.county = due.county and w.seq > due.seq and w.occurred_at <= due.at and w.tag in ({ends})))
    """


_DUE = _fell_due(("recommendation:served", "extension:decided"), ("recommendation:withdrawn",))
_SUGGESTION_DUE = _fell_due(
    ("suggestion:assigned", "suggestion:reassigned", "suggestion:extension_decided"), ("suggestion:withdrawn", "suggestion:returned")
)
_IN_TIME = _follows("recommendation:replied", "and f.occurred_at <= e.at")
_RECTIFIED = _follows("recommendation:checked", "and f.data->>'verdict' = 'RECTIFIED'")


def _due(counted: str, due: str = _DUE) -> str:
    return f"{due} select e.matter_id, e.path, e.at, {counted} as counted, 0::float as value from e"


_PLANNED = "((e.data->>'planned_on')::date + 1)::timestamp at time zone 'Asia/Shanghai' - interval '1 microsecond'"
#: A plan counts in the period in which its day ends.
_PLANS = f"""select e.matter_id, e.path, {_PLANNED} as at, {_follows("suggestion:fulfilled", "and (f.data->>'in_time')::boolean")} as counted,
        0::float as value
    from event e where e.app = 'oversight' and e.path <@ $1::text::ltree and e.tag = 'oversight:suggestion:tracked'
        and {_PLANNED} >= $2 and {_PLANNED} < $3"""

#: Names on tables and papers; the phone app has its own.
NAMES = {
    "lead_to_case": "线索成案率",
    "joint_rate": "联动督办率",
    "reply_and_rectify": "回复整改率",
    "reply_on_time": "按期回复率",
    "rectified": "整改到位率",
    "handling_days": "平均办理天数",
    "joint_total": "联合督办件数",
    "deputy_satisfaction": "代表满意率",
    "class_a_share": "A类答复率",
    "b_fulfilment": "B类承诺兑现率",
    "suggestion_total": "代表建议件数",
    "suggestion_on_time": "建议按期答复率",
    "suggestion_class_a": "建议A类答复率",
    "suggestion_satisfaction": "建议办理满意率",
    "suggestion_fulfilment": "建议B类转A类率",
}
#: Of whose rows these are made.
OF_SUGGESTIONS = tuple(name for name in NAMES if name.startswith("suggestion_"))

FORMULAS: dict[str, Formula] = named(
    NAMES,
    (
        Formula("lead_to_case", "RATE", "%", _rows("clue:accepted", _follows("clue:case_filed",
            f"and f.occurred_at < e.occurred_at + interval '{rules.CASE_WINDOW_DAYS} days'")),
                "受理后90日内立案的线索 ÷ 期间受理的线索"),
        Formula("joint_rate", "RATE", "%", _rows("joint:triggered", _follows("joint:linked")), "进入联合督办的事项 ÷ 符合联动条件的事项"),
        Formula("reply_and_rectify", "RATE", "%", _due(f"{_IN_TIME} and {_RECTIFIED}"), "按期回复且整改核实到位的检察建议 ÷ 期间回复到期的检察建议"),
        Formula("reply_on_time", "RATE", "%", _due(_IN_TIME), "按期回复的检察建议 ÷ 期间回复到期的检察建议"),
        Formula("rectified", "RATE", "%", _due(_RECTIFIED), "整改核实到位的检察建议 ÷ 期间回复到期的检察建议"),
        Formula("handling_days", "MEAN", "d", _rows("clue:closed", value="""(extract(epoch from e.occurred_at - (select min(a.occurred_at)
            from event a where a.matter_id = e.matter_id and a.county = e.county and a.tag = 'oversight:clue:accepted')) / 86400)::float"""),
                "办结日期 − 受理日期的平均天数"),
        Formula("joint_total", "COUNT", "", _rows("joint:agreed"), "期间双方同意的联合督办件数"),
        Formula("suggestion_total", "COUNT", "", _rows("suggestion:raised"), "期间提出的代表建议件数"),
        Formula("suggestion_on_time", "RATE", "%", _due(_follows("suggestion:answered", "and f.occurred_at <= e.at"), _SUGGESTION_DUE),
                "按期答复的代表建议 ÷ 期间答复到期的代表建议"),
        Formula("suggestion_class_a", "RATE", "%", _rows("suggestion:answered", "e.data->>'reply_class' = 'A'"), "A类答复 ÷ 全部答复"),
        Formula("suggestion_satisfaction", "RATE", "%", _rows("suggestion:rated",
            "(e.data->>'process')::int >= 3 and (e.data->>'result')::int >= 3"), "办理态度和结果均为满意或者基本满意的评价 ÷ 全部评价"),
        Formula("suggestion_fulfilment", "RATE", "%", _PLANS, "按计划日期转为A类的建议 ÷ 期间计划到期的B类建议"),
        Formula("deputy_satisfaction", "RATE", "%", _rows("rating:given",
            "(e.data->>'process')::int >= 3 and (e.data->>'result')::int >= 3"), "办理态度和结果均为满意或者基本满意的评价 ÷ 全部评价"),
        Formula("class_a_share", "RATE", "%", _rows("recommendation:replied", "e.data->>'reply_class' = 'A'"), "A类答复 ÷ 全部答复"),
        Formula("b_fulfilment", "RATE", "%", _rows("promise:checked",
            "(e.data->>'kept')::boolean and (e.data->>'in_time')::boolean"), "按承诺日期兑现的事项 ÷ 已复查的承诺事项"),
    ),
)  # fmt: skip
