"""Papers of the programme (`domain.md` 11.2): which template, which facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from backend.apps.cockpit.board import Board, Figure
from backend.apps.cockpit.colours import Colour
from backend.apps.cockpit.models import AgendaItem, Hazard, Meeting, Milestone, PlanEntry, Problem, Scene
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import PaperState, issue, mark
from backend.kernel.instruments.template import Template
from backend.kernel.metrics.catalogue import FigureId, figures
from backend.kernel.metrics.formulas import Formula

VERSION = 1
KINDS = {"MONTHLY": "月度会商", "WEEKLY_CITY": "市级部门每周碰面", "WEEKLY_LINK": "市县每周连线", "AD_HOC": "专题会商"}
UNITS = {
    "ENTERPRISE": "平安企业", "FISHERY": "平安渔业", "SEA_AREA": "平安海区", "NINE_PLACES": "平安九小场所", "CAMPUS": "平安校园",
    "TRAFFIC": "平安交通", "VILLAGE": "平安村社",
}  # fmt: skip
GRADES = {"GENERAL": "一般隐患", "MAJOR": "重大隐患"}
PRESSING = (Colour.RED, Colour.YELLOW)
VERDICTS = {Colour.GREEN: "达标", Colour.YELLOW: "接近目标", Colour.RED: "未达标", Colour.NONE: "数据不足，不作结论"}
STATES = {"OPEN": "待完成", "LATE": "已超期", "DONE": "已完成", "CHECKED": "已核验"}


@lru_cache(maxsize=16)
def template(name: str) -> Template:
    """The newest version of a template of this application."""
    source = files("backend.apps.cockpit").joinpath("templates", f"{name}.md").read_text(encoding="utf-8")
    return Template(name, VERSION, source)


def _common(actor: Actor, code: str) -> dict[str, Any]:
    return {"organ": actor.membership.agency_name if actor.membership else "", "code": code, "date": local_date(clock.now())}


async def minutes(actor: Actor, meeting: Meeting, agenda: Sequence[AgendaItem]) -> Paper:
    """会商纪要. A figure stands in it as it was put on the agenda."""
    facts = {
        **_common(actor, meeting.code), "kind": KINDS[meeting.kind], "title": meeting.title, "held_on": meeting.held_on,
        "place": meeting.place_text, "agenda": [_point(item) for item in agenda] or [meeting.title], "minutes": meeting.minutes,
        "attendees": [f"{each['unit']} {each['name']}{'(负责人)' if each['head'] else ''}" for each in meeting.attendees],
    }  # fmt: skip
    return await issue(actor, meeting, template("minutes"), facts, series="会商")


def _point(item: AgendaItem) -> str:
    if item.source != "FIGURE":
        return item.title
    formula = figures().get(FigureId(item.app, item.key))
    shown = "" if item.value is None else f"，当前值 {amount(formula, item.value)}"
    wanted = "" if item.target is None else f"，目标值 {amount(formula, item.target)}"
    name = formula.name if formula else f"{item.app}:{item.key}"
    return f"指标“{name}”（{item.division}，{item.period}{shown}{wanted}）"


def amount(formula: Formula | None, value: float) -> str:
    """A figure's value as people read it."""
    if formula is None or formula.kind == "COUNT":
        return f"{value:g}"
    return f"{value * 100:.1f}%" if formula.kind == "RATE" else f"{value:.1f}天"


async def brief(actor: Actor, meeting: Meeting, made: Board) -> Paper:
    """指标简报 of one month; what is red stands first."""
    pressing = sorted((each for each in made.figures if each.colour in PRESSING), key=lambda each: PRESSING.index(each.colour))
    facts = {
        **_common(actor, meeting.code), "place": made.division.full_name or made.division.name, "month": f"{made.months[-1]:%Y年%m月}",
        "as_of": made.as_of.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M") if made.as_of else "尚未汇总",
        "pressing": [_line(each) for each in pressing] or ["无"], "figures": [_line(each) for each in made.figures],
    }  # fmt: skip
    return await issue(actor, meeting, template("board"), facts, series="简报")


def _line(each: Figure) -> str:
    wanted = each.indicator
    target = f"，目标 {'≥' if wanted.better == 'HIGHER' else '≤'} {amount(each.formula, wanted.target)}" if wanted else ""
    verdict = f"，{VERDICTS[each.colour]}" if wanted else ""
    if each.value is None:
        shown = "人数太少，不列出" if each.own.withheld else "没有数据" if each.own.rows == 0 else "数据不足"
    else:
        shown = amount(each.formula, each.value)
    return f"{each.formula.name}：{shown}{target}{verdict}"


async def weekly_list(actor: Actor, scene: Scene, monday: date, entries: Sequence[tuple[str, PlanEntry]]) -> Paper:
    """工作清单 of one week."""
    rows = [
        {"milestone": name, "day": entry.day, "text": entry.text, "state": STATES[entry.state], "result": entry.result}
        for name, entry in entries
    ]
    facts = {
        **_common(actor, scene.code), "scene": scene.name, "leader": scene.leader_name, "first": monday, "last": monday + timedelta(days=6),
        "rows": rows,
    }  # fmt: skip
    return await issue(actor, scene, template("weekly_list"), facts, series="清单")


async def daily_report(actor: Actor, scene: Scene, milestone: Milestone, entry: PlanEntry) -> Paper:
    """专班日报."""
    facts = {
        **_common(actor, scene.code), "scene": scene.name, "leader": scene.leader_name, "milestone": milestone.name, "day": entry.day,
        "plan": entry.text, "result": entry.result, "reporter": actor.membership.name if actor.membership else "",
    }  # fmt: skip
    return await issue(actor, scene, template("daily_report"), facts, series="日报", subject_id=entry.id)


async def double_report(actor: Actor, problem: Problem) -> Paper:
    """双报告 letter: both addressees, the same words."""
    facts = {
        **_common(actor, problem.code), "vertical": problem.vertical_unit, "title": problem.title, "text": problem.text,
        "reporter": problem.reporter_unit,
    }  # fmt: skip
    return await issue(actor, problem, template("double_report"), facts, series="双报")


async def notice(actor: Actor, hazard: Hazard, due: date) -> Paper:
    """隐患整改通知单, served on whoever answers for the place."""
    assert hazard.grade is not None
    facts = {
        **_common(actor, hazard.code), "unit": UNITS[hazard.unit], "place": hazard.place_text, "text": hazard.text,
        "grade": GRADES[hazard.grade], "demand": hazard.demand, "due": due, "owner": f"{hazard.owner_unit} {hazard.owner_name}".strip(),
        "found": local_date(hazard.found_at),
    }  # fmt: skip
    paper = await issue(actor, hazard, template("notice"), facts, series="隐改")
    await mark(paper, PaperState.SERVED)
    return paper
