"""Papers of supervision (`domain.md` 6.7): which template, which facts, who signs."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from backend.apps.rehab import enums as e
from backend.apps.rehab.models import Agreement, Assessment, Breach, Case, DrugTest, Leave, Link
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import PaperState, Signer, issue, mark
from backend.kernel.instruments.template import Template
from backend.kernel.tenancy.models import Division

VERSION = 1
KINDS = {
    "COMMUNITY_TREATMENT": "社区戒毒", "COMMUNITY_RECOVERY": "社区康复", "VOLUNTARY": "自愿戒毒",
    "MAINTENANCE": "药物维持治疗",
}  # fmt: skip
BANDS = {"A": "红色（A）", "B": "黄色（B）", "C1": "蓝色（C1）", "C2": "绿色（C2）"}
TESTS = {"URINE": "尿液检测", "HAIR": "毛发检测", "SALIVA": "唾液检测", "BLOOD": "血液检测"}
RESULTS = {
    "NEGATIVE": "阴性", "ONSITE_POSITIVE": "现场检测阳性（未经实验室确认）", "LAB_POSITIVE": "实验室确认阳性",
    "INVALID": "无效，需重测", "REFUSED": "本人未接受检测",
}  # fmt: skip
BREACHES = {
    "TEST_EVADED": "逃避或者拒绝检测", "LEFT_WITHOUT_LEAVE": "未经报告离开县（市、区）", "DUTY_MISSED": "未履行协议约定的义务",
}  # fmt: skip
CAUSES = {
    "EVENT": "积分变动", "OBJECTION": "异议处理结果", "OVERRIDE": "人工调整", "OVERRIDE_ENDED": "人工调整到期", "REVIEW": "定期复核",
    "RULES": "规则变化",
}  # fmt: skip


@lru_cache(maxsize=32)
def template(name: str) -> Template:
    """The newest version of a template of this application."""
    source = files("backend.apps.rehab").joinpath("templates", f"{name}.md").read_text(encoding="utf-8")
    return Template(name, VERSION, source)


async def _common(case: Case, *, town: bool = False) -> dict[str, Any]:
    """Facts of every paper; the issuing organ is the township for the agreement, the county's office otherwise."""
    labels = case.path.split(".")
    place = await Division.get_or_none(code=labels[3 if town and len(labels) > 3 else 2])
    name = place.name if place else ""
    return {
        "organ": f"{name}人民政府" if town else f"{name}禁毒委员会办公室", "code": case.code,
        "date": local_date(clock.now()), "person": case.name, "kind": KINDS[case.kind],
    }  # fmt: skip


async def agreement(actor: Actor, case: Case, row: Agreement) -> Paper:
    """社区戒毒(康复)协议书, signed by the person and his worker for the township."""
    links = await Link.filter(case_id=case.id, until__isnull=True).order_by("since")
    worker = next((link for link in links if link.kind == e.LinkKind.DRUG_WORKER), None)
    facts = {
        **await _common(case, town=True),
        "term_from": case.term_from, "term_to": case.term_to, "place": case.place_text,
        "agreed": [item["text"] for item in row.measures if item["kind"] == e.MeasureKind.AGREED] or ["无"],
        "own": [item["text"] for item in row.measures if item["kind"] == e.MeasureKind.SELF] or ["无"],
        "test_plan": row.test_plan, "help": row.help,
        "group": [f"{link.name}（{link.agency_name}）" for link in links if link.membership_id] or ["待定"],
    }  # fmt: skip
    signers = [Signer("PERSON", None, case.subject_id, case.name, "本人")]
    if worker is not None:
        signers.append(Signer("TOWN", None, worker.membership_id, worker.name, "乡镇(街道)代表"))
    return await issue(actor, case, template("agreement"), facts, series="协议", subject_id=row.id, signers=signers)


async def withdraw(paper_id: UUID) -> None:
    """The draft is replaced by another."""
    paper = await Paper.get(id=paper_id)
    await mark(paper, PaperState.WITHDRAWN)


async def band_notice(actor: Actor, case: Case, row: Assessment) -> Paper:
    """风险等级评定(变更)告知书: score, lines, rule version, effect and how to object."""
    lines = [
        {"rule": item["rule"], "fact": item["fact"], "given": item["given"], "points": round(item["points"], 2)}
        for item in row.explanation["contributions"]
        if item["points"]
    ]
    facts = {
        **await _common(case), "from_band": BANDS[row.from_band], "to_band": BANDS[row.to_band], "score": row.score,
        "base": row.explanation["base"], "rule_version": row.rule_version, "cause": CAUSES[row.cause],
        "reason": row.reason, "decider": row.decided_by_name, "lines": lines or None,
        "override_until": row.override_until,
    }  # fmt: skip
    return await issue(actor, case, template("band_notice"), facts, series="评告", subject_id=row.id)


async def test_notice(actor: Actor, case: Case, row: DrugTest) -> Paper:
    """检测告知书: sample, result, testers, and the right to a laboratory."""
    facts = {
        **await _common(case), "test": TESTS[row.kind], "done_at": row.done_at, "place": row.place,
        "sampler": row.sampler, "witness": row.witness, "sample_a": row.sample_a or "无", "sample_b": row.sample_b or "无",
        "result": RESULTS[row.result], "lab": row.lab or None,
    }  # fmt: skip
    return await issue(actor, case, template("test_notice"), facts, series="检告", subject_id=row.id)


async def warning(actor: Actor, case: Case, row: Breach) -> Paper:
    """违反协议警告书."""
    count = await Breach.filter(case_id=case.id, confirmed_at__isnull=False).count() + 1
    facts = {
        **await _common(case), "breach": BREACHES[row.kind], "fact": row.fact, "clause": row.clause, "heard": row.heard,
        "count": count,
    }  # fmt: skip
    return await issue(actor, case, template("warning"), facts, series="警告", subject_id=row.id)


async def serious_breach(actor: Actor, case: Case, counts: tuple[int, int, int], reason: str) -> Paper:
    """严重违反协议报告(函), to the police, who decide."""
    evaded, away, days = counts
    facts = {**await _common(case), "evaded": evaded, "away": away, "days": days, "reason": reason}
    return await issue(actor, case, template("serious_breach"), facts, series="报告")


async def leave_report(actor: Actor, case: Case, row: Leave) -> Paper:
    """外出报告 for more than three days."""
    facts = {
        **await _common(case), "from_day": row.from_day, "to_day": row.to_day, "place": row.place, "reason": row.reason,
        "days": (row.to_day - row.from_day).days + 1,
    }  # fmt: skip
    return await issue(actor, case, template("leave_report"), facts, series="外报", subject_id=row.id)


async def release_notice(actor: Actor, case: Case) -> Paper:
    """解除社区戒毒(康复)通知书."""
    facts = {**await _common(case), "term_from": case.term_from, "term_to": case.term_to}
    return await issue(actor, case, template("release_notice"), facts, series="解通")


async def exit_notice(actor: Actor, case: Case, finding: str) -> Paper:
    """不再实行动态管控告知书."""
    facts = {**await _common(case), "term_to": case.term_to, "finding": finding}
    return await issue(actor, case, template("exit_notice"), facts, series="出告")
