"""Figures of mediation by the formulas of `domain.md` 3.8; how they are computed is `kernel.metrics`."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from backend.apps.mediation import papers, rules
from backend.kernel.db.connection import fetch
from backend.kernel.metrics import formulas
from backend.kernel.metrics.formulas import Formula, Report, named, period
from backend.kernel.tenancy.models import Division

_EVENTS = "event where app = 'mediation' and path <@ $1::text::ltree and tag ="

#: Closed cohort (`domain.md` 1.13): each matter once, at its last closing; one that was reopened since is not closed.
#: How long it took is counted to its first closing (3.8).
_COHORT = """
    closes as (
        select matter_id, county, (array_agg(data order by seq desc))[1] as data,
            min(occurred_at) filter (where tag = 'mediation:dispute:closed') as first_at,
            max(occurred_at) filter (where tag = 'mediation:dispute:closed') as at
        from event where app = 'mediation' and path <@ $1::text::ltree
            and tag in ('mediation:dispute:closed', 'mediation:dispute:reopened')
        group by matter_id, county
        having (array_agg(tag order by seq desc))[1] = 'mediation:dispute:closed'),
    cohort as (
        select c.matter_id, c.county, r.path, c.at, c.first_at, c.data, r.occurred_at as registered_at
        from closes c join event r on r.matter_id = c.matter_id and r.county = c.county
            and r.tag = 'mediation:dispute:registered'
        where c.at >= $2 and c.at < $3)
"""
_RESOLVED = "data->>'close_type' in ('" + "', '".join(rules.RESOLVED) + "')"
_SUPERVISED = "('" + "', '".join(sorted(rules.SUPERVISED)) + "')"


def _cohort(counted: str, value: str = "0") -> str:
    return f"with {_COHORT} select matter_id, path, at, {counted} as counted, {value}::float as value from cohort"


_PAUSED = """coalesce((select sum(case e.tag when 'mediation:clock:resumed' then extract(epoch from e.occurred_at)
        else -extract(epoch from e.occurred_at) end)
    + (count(*) filter (where e.tag = 'mediation:clock:suspended')
       - count(*) filter (where e.tag = 'mediation:clock:resumed')) * extract(epoch from first_at)
    from event e where e.matter_id = cohort.matter_id and e.county = cohort.county and e.occurred_at <= first_at
        and e.tag in ('mediation:clock:suspended', 'mediation:clock:resumed')), 0)"""

#: The start of the day on which an agreement is to be performed.
_PERFORM_DUE = """(coalesce((data->>'perform_due')::date, (occurred_at at time zone 'Asia/Shanghai')::date + 30)::timestamp
    at time zone 'Asia/Shanghai')"""

#: Names on tables and papers; the phone app has its own.
NAMES = {
    "avg_close_days": "平均办结时长",
    "avg_close_days_net": "平均办结时长（扣除暂停）",
    "local_resolution": "就地化解率",
    "satisfaction": "群众满意率",
    "resolved_total": "化解总数",
    "perform_rate": "履行率",
    "confirm_rate": "司法确认率",
    "on_time": "按期办结率",
    "return_rate": "退回率",
    "town_resolution": "大事不出镇",
    "village_resolution": "小事不出村",
    "registered_total": "登记总数",
}

FORMULAS: dict[str, Formula] = named(
    NAMES,
    (
        Formula(
            "avg_close_days", "MEAN", "DAYS",
            _cohort("true", "extract(epoch from (first_at - registered_at)) / 86400"),
            "Σ(首次办结−登记)÷办结件数,按自然日;并案除外", 28.6,
        ),
        Formula(
            "avg_close_days_net", "MEAN", "DAYS",
            _cohort("true", f"(extract(epoch from (first_at - registered_at)) - {_PAUSED}) / 86400"),
            "同上,扣除中止的时间",
        ),
        Formula(
            "local_resolution", "RATE", "PERCENT", _cohort(_RESOLVED),
            "在县域内以达成协议并履行、司法确认或意见被接受办结的件数÷办结件数", 0.693,
        ),
        Formula(
            "village_resolution", "RATE", "PERCENT",
            _cohort(f"{_RESOLVED} and data->>'level' in ('GRID', 'VILLAGE')"),
            "同上,办结层级为网格或村(小事不出村)",
        ),
        Formula(
            "town_resolution", "RATE", "PERCENT",
            _cohort(f"{_RESOLVED} and data->>'level' in ('GRID', 'VILLAGE', 'TOWN')"),
            "同上,办结层级为网格、村或乡镇(大事不出镇)",
        ),
        Formula(
            "satisfaction", "RATE", "PERCENT",
            f"""with {_COHORT}, rated as (
                    select distinct on (e.matter_id, e.data->>'party') e.matter_id, e.path, c.at, e.data
                    from event e join cohort c on c.matter_id = e.matter_id and c.county = e.county
                    where e.tag = 'mediation:dispute:rated' order by e.matter_id, e.data->>'party', e.seq desc)
                select matter_id, path, at, data->>'result' <> 'DISSATISFIED' as counted, 0::float as value from rated""",
            "(满意+基本满意)÷有效评价,每人取最后一次;覆盖率=有评价的件数÷办结件数", 0.865, "avg_close_days",
        ),
        Formula(
            "resolved_total", "COUNT", "COUNT", _cohort(_RESOLVED), "期间首次以化解方式办结的件数",
        ),
        Formula(
            "on_time", "RATE", "PERCENT",
            _cohort(
                "not exists (select 1 from event e where e.matter_id = cohort.matter_id and e.county = cohort.county "
                "and e.tag = 'mediation:clock:mark' and (e.data->>'mark')::int = 100 "
                f"and e.data->>'rule' in {_SUPERVISED})"
            ),
            "没有超过任何受督办期限的件数÷办结件数",
        ),
        Formula(
            "perform_rate", "RATE", "PERCENT",
            f"""select matter_id, path, at, exists (
                    select 1 from event p where p.matter_id = e.matter_id and p.county = e.county
                        and p.to_state = 'PERFORMED') as counted, 0::float as value
                from (select *, {_PERFORM_DUE} as at from {_EVENTS} 'mediation:agreement:effective') e
                where at >= $2 and at < $3""",
            "已履行的协议÷期间内到期的协议",
        ),
        Formula(
            "confirm_rate", "RATE", "PERCENT",
            f"""select matter_id, path, occurred_at as at, exists (
                    select 1 from event p where p.matter_id = e.matter_id and p.county = e.county
                        and p.to_state = 'CONFIRMED') as counted, 0::float as value
                from (select * from {_EVENTS} 'mediation:agreement:effective') e
                where occurred_at >= $2 and occurred_at < $3""",
            "经司法确认的协议÷期间内生效的协议",
        ),
        Formula(
            "return_rate", "RATE", "PERCENT",
            f"""select matter_id, path, min(occurred_at) as at, exists (
                    select 1 from event p where p.matter_id = e.matter_id and p.county = e.county
                        and p.tag = 'mediation:dispute:returned') as counted, 0::float as value
                from (select * from {_EVENTS} 'mediation:dispute:assigned') e
                where occurred_at >= $2 and occurred_at < $3 group by matter_id, path, county""",
            "被退回过的件数÷期间内交办的件数", by_period=True,
        ),
        Formula(
            "registered_total", "COUNT", "COUNT",
            f"""select matter_id, path, occurred_at as at, true as counted, 0::float as value
                from {_EVENTS} 'mediation:dispute:registered' and occurred_at >= $2 and occurred_at < $3""",
            "期间登记的件数",
        ),
    ),
)  # fmt: skip

HEADLINES = ("avg_close_days", "local_resolution", "satisfaction", "resolved_total")

async def report(path: str, first: date, last: date) -> Report:
    """Compute everything; the caller's scope limits what is counted."""
    return await formulas.report(FORMULAS, path, first, last)


async def matter_ids(key: str, path: str, first: date, last: date, *, counted: bool | None) -> list[UUID]:
    """The disputes behind a figure; with `counted` only those in (or not in) the numerator."""
    return await formulas.matter_ids(FORMULAS[key], path, first, last, counted=counted)


async def ring_counts(path: str, first: date, last: date) -> dict[str, int]:
    """How much happened in each of the five rings."""
    start, end = period(first, last)
    rows = await fetch(
        """select tag, count(*) as n from event where app = 'mediation' and path <@ $1::text::ltree
               and occurred_at >= $2 and occurred_at < $3 group by tag""",
        path, start, end,
    )  # fmt: skip
    counts = {row["tag"].removeprefix("mediation:"): row["n"] for row in rows}
    signals = await fetch(
        "select count(*) as n from mediation_signal where path <@ $1::text::ltree and raised_at >= $2 and raised_at < $3",
        path, start, end,
    )  # fmt: skip
    return {
        "sensed": counts.get("dispute:registered", 0),
        "mediated": counts.get("dispute:mediation_started", 0),
        "agreed": counts.get("agreement:effective", 0),
        "supervised": counts.get("supervision:issued", 0) + counts.get("dispute:urged", 0),
        "rated": counts.get("dispute:rated", 0),
        "warned": signals[0]["n"],
    }


async def week_in_numbers(path: str, first: date) -> dict[str, int]:
    """The counts a weekly briefing opens with."""
    last = first + timedelta(days=6)
    now = await report(path, first, last)
    before = await report(path, first - timedelta(days=7), first - timedelta(days=1))
    _, end = period(first, last)
    (row,) = await fetch(
        """select count(*) as open, count(*) filter (where due_at < $2) as overdue from mediation_dispute
           where path <@ $1::text::ltree and state not in ('CLOSED', 'MERGED') and registered_at < $2""",
        path, end,
    )  # fmt: skip
    return {
        "registered": now.own["registered_total"].counted,
        "closed": now.own["avg_close_days"].rows,
        "resolved": now.own["resolved_total"].counted,
        "open": row["open"],
        "overdue": row["overdue"],
        "registered_before": before.own["registered_total"].counted,
    }


async def division_name(code: str) -> str:
    division = await Division.get_or_none(code=code)
    return division.name if division else code


async def name_of(text: str) -> str:
    """A category or the last division of a path, in words."""
    return papers.CATEGORIES.get(text) or await division_name(text.rsplit(".", 1)[-1])
