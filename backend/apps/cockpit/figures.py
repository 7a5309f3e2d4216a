"""Figures of the programme by the formulas of `domain.md` 11.4, from events alone. None of them is about a person."""

from __future__ import annotations

from backend.kernel.metrics.formulas import Formula, named

_PLACE = "e.app = 'cockpit' and e.path <@ $1::text::ltree"
_IN_PERIOD = "and e.occurred_at >= $2 and e.occurred_at < $3"


def _rows(tag: str, counted: str = "true", value: str = "0::float", more: str = "") -> str:
    return f"""select e.matter_id, e.path, e.occurred_at as at, {counted} as counted, {value} as value
        from event e where {_PLACE} and e.tag = 'cockpit:{tag}' {_IN_PERIOD} {more}"""


def _follows(tag: str, more: str = "") -> str:
    return f"""exists (select 1 from event f where f.matter_id = e.matter_id and f.county = e.county
        and f.tag = 'cockpit:{tag}' {more})"""


#: Whatever a day was set for counts in the period in which its day ends, done by then or not.
_DAY = "((e.data->>'{key}')::date + 1)::timestamp at time zone 'Asia/Shanghai'"


def _due(tag: str, key: str, counted: str, more: str = "", *, anew: str = "") -> str:
    """`anew`: the tag of events that set the day again; the newest one counts."""
    again = f"""and not exists (select 1 from event g where g.matter_id = e.matter_id and g.county = e.county and g.seq > e.seq
        and g.tag = 'cockpit:{anew}')""" if anew else ""
    day = _DAY.format(key=key)
    return f"""select e.matter_id, e.path, {day} - interval '1 microsecond' as at, {counted} as counted, 0::float as value
        from event e where {_PLACE} and e.tag in ('cockpit:{tag}', 'cockpit:{anew or tag}') and {day} > $2 and {day} <= $3 {more} {again}"""


_SAME_MILESTONE = "and f.data->>'milestone' = e.data->>'milestone'"
_IN_TIME = "and (f.data->>'in_time')::boolean"
#: What was sent back was not done; done again it has to be in time again.
_NOT_SENT_BACK = """and not exists (select 1 from event g where g.matter_id = f.matter_id and g.county = f.county and g.seq > f.seq
    and g.tag = 'cockpit:action:sent_back')"""

NAMES = {
    "milestone_on_time": "节点按期率", "problem_days": "难点堵点平均答复天数", "double_report_rate": "双报告率",
    "meeting_held": "会商召开率", "action_done": "任务按期完成率", "indicator_on_target": "指标达标率",
    "hazard_closed_on_time": "隐患按期闭环率",
}  # fmt: skip

FORMULAS: dict[str, Formula] = named(
    NAMES,
    (
        Formula("milestone_on_time", "RATE", "%",
            _due("milestone:planned", "planned", _follows("milestone:done", f"{_SAME_MILESTONE} {_IN_TIME}")),
                "按计划日期完成的节点 ÷ 期间到期的节点"),
        Formula("problem_days", "MEAN", "d", _rows("problem:answered",
            value="(extract(epoch from e.occurred_at - (e.data->>'reported')::timestamptz) / 86400)::float"),
                "难点堵点答复时间 − 报告时间的平均天数"),
        Formula("double_report_rate", "RATE", "%", _rows("problem:reported", _follows("problem:reported_twice")),
            "完成双报告的难点堵点 ÷ 期间报告的难点堵点"),
        Formula("meeting_held", "RATE", "%", _due("meeting:called", "planned",
            _follows("meeting:held", "and (f.data->>'in_month')::boolean"), f"and not {_follows('meeting:cancelled')}"),
                "如期召开的会商 ÷ 期间计划召开的会商"),
        Formula("action_done", "RATE", "%", _due("action:assigned", "due", _follows("action:done", f"{_IN_TIME} {_NOT_SENT_BACK}"),
            anew="action:postponed"),
            "按期完成且未被退回的任务 ÷ 期间到期的任务"),
        Formula("indicator_on_target", "RATE", "%", _rows("indicator:set", """case e.data->>'better'
            when 'HIGHER' then (e.data->>'value')::float >= (e.data->>'target')::float
            else (e.data->>'value')::float <= (e.data->>'target')::float end""", more="and e.data->>'value' is not null"), "达到目标的指标 ÷ 期间填报的指标"),
        Formula("hazard_closed_on_time", "RATE", "%", _due("hazard:ordered", "due", _follows("hazard:closed", _IN_TIME),
            anew="hazard:ordered"), "按期整改并核验闭环的隐患 ÷ 期间整改到期的隐患"),
    ),
)  # fmt: skip
