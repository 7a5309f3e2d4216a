"""Papers of oversight (`domain.md` 9.7): which template, which facts. None names whoever raised a clue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from backend.apps.oversight.enums import Side
from backend.apps.oversight.models import (
    Answer,
    Clue,
    JointProject,
    Opinion,
    Part,
    Rating,
    Recommendation,
    SiteCheck,
    Suggestion,
)
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.identity.models import Membership
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import PaperState, Signer, issue, mark
from backend.kernel.instruments.template import Template

#: Its papers are the investigation's: the database shows them to the procuratorate alone.
ASSISTANCE = "assistance"
#: Templates that were changed since they were first used.
VERSIONS = {"joint_notice": 2, "site_check": 2}
CASE_TYPES = {
    "RETRIAL": "再审检察建议", "UNLAWFUL_ACT": "纠正违法检察建议", "PUBLIC_INTEREST": "公益诉讼检察建议",
    "SOCIAL_GOVERNANCE": "社会治理检察建议", "OTHER": "其他检察建议",
}  # fmt: skip
VERDICTS = {"RECTIFIED": "已整改到位", "PARTLY": "部分整改", "NOT": "未整改"}
CLASSES = {"A": "A(已经解决或者基本解决)", "B": "B(部分解决或者列入计划)", "C": "C(留作参考或者暂不可行)"}
MARKS = {1: "不满意", 2: "不太满意", 3: "基本满意", 4: "满意", 5: "很满意"}
#: How matters stand when the superior organ hears of it.
STATES = {
    "SERVED": "逾期未予书面回复", "REWORK": "重新办理后逾期未予书面回复", "PARTLY": "经现场核查仅部分整改", "NOT_RECTIFIED": "经现场核查尚未整改",
}  # fmt: skip
SESSIONS = {"MEETING": "会议期间", "RECESS": "闭会期间"}
FORMS = {
    "REPORT": "听取汇报", "INQUIRY": "专题询问", "INSPECTION": "视察", "HEARING": "听证", "ROUND_TABLE": "圆桌会", "FOLLOW_UP": "跟踪监督",
}  # fmt: skip


@lru_cache(maxsize=16)
def template(name: str) -> Template:
    """The newest version of a template of this application."""
    source = files("backend.apps.oversight").joinpath("templates", f"{name}.md").read_text(encoding="utf-8")
    return Template(name, VERSIONS.get(name, 1), source)


def _common(actor: Actor, code: str) -> dict[str, Any]:
    return {"organ": actor.membership.agency_name if actor.membership else "", "code": code, "date": local_date(clock.now())}


async def transfer(actor: Actor, clue: Clue) -> Paper:
    """线索移送函."""
    facts = {**_common(actor, clue.code), "to": clue.organ, "title": clue.title, "content": clue.content, "reason": clue.reason}
    return await issue(actor, clue, template("transfer"), facts, series="检移")


async def assistance(
    actor: Actor, clue: Clue, *, to: str, matter: str, facts: str, evidence: Sequence[str], basis: str, due: date, contact: str
) -> Paper:
    """协查函. Of the investigation: only the procuratorate reads it here."""
    given = {
        **_common(actor, clue.code), "to": to, "matter": matter, "facts": facts, "evidence": list(evidence), "basis": basis, "due": due, "contact": contact,
        "signer": actor.membership.name if actor.membership else "",
    }  # fmt: skip
    paper = await issue(actor, clue, template(ASSISTANCE), given, series="检协", subject_id=new_id())
    await mark(paper, PaperState.SEALED)
    await mark(paper, PaperState.SERVED)
    return paper


async def filing(actor: Actor, clue: Clue) -> Paper:
    """立案决定书."""
    facts = {
        **_common(actor, clue.code), "title": clue.title, "case_type": CASE_TYPES[clue.case_type or "OTHER"], "reason": clue.reason,
        "signer": actor.membership.name if actor.membership else "",
    }  # fmt: skip
    return await issue(actor, clue, template("filing"), facts, series="检立")


async def recommendation(actor: Actor, row: Recommendation, *, reply_due: datetime, objection_due: datetime, served: str) -> Paper:
    """检察建议书, with every part that 检察建议工作规定 16 asks for; sealed and served."""
    facts = {
        **_common(actor, row.code), "unit": row.unit_name, "kind": CASE_TYPES[row.case_type], "source_text": row.source_text,
        "facts": row.facts, "danger": row.danger, "demands": list(row.demands), "basis": row.basis,
        "reply_due": local_date(reply_due), "objection_due": local_date(objection_due), "served": served,
    }  # fmt: skip
    paper = await issue(actor, row, template("recommendation"), facts, series="检建")
    await mark(paper, PaperState.SEALED)
    await mark(paper, PaperState.SERVED)
    return paper


async def amended(actor: Actor, row: Recommendation) -> Paper:
    """What an objection changed."""
    facts = {**_common(actor, row.code), "unit": row.unit_name, "demands": list(row.demands), "opinion": row.objection_opinion}
    return await issue(actor, row, template("amended"), facts, series="检建改")


async def reply(actor: Actor, row: Recommendation, *, reply_class: str, text: str, measures: Sequence[str]) -> Paper:
    """回复函: the class at the top, each demand with what was done."""
    points = [{"demand": demand, "measure": measure} for demand, measure in zip(row.demands, measures, strict=True)]
    facts = {
        **_common(actor, row.code), "reply_class": CLASSES[reply_class], "text": text, "points": points,
        "signer": actor.membership.name if actor.membership else "",
    }  # fmt: skip
    return await issue(actor, row, template("reply"), facts, series="复函")


async def site_check(actor: Actor, clue: Clue, row: Recommendation, check: SiteCheck, deputy: Part) -> Paper:
    """整改验收单, signed by prosecutor and deputy. It belongs to the clue: the unit hears the verdict, not who came."""
    assert actor.membership is not None
    facts = {
        **_common(actor, row.code), "unit": row.unit_name, "demands": list(row.demands), "visited_at": check.visited_at,
        "place": check.place_text, "finding": check.finding, "verdict": VERDICTS[check.verdict],
        "points": [
            {"demand": demand, "verdict": VERDICTS[point["verdict"]], "words": point["words"]}
            for demand, point in zip(row.demands, check.points, strict=False)
        ],
    }  # fmt: skip
    signers = [
        Signer("PROSECUTOR", actor.account_id, actor.membership.id, actor.membership.name, "检察官"),
        Signer("DEPUTY", deputy.account_id, deputy.membership_id, deputy.name, "人大代表"),
    ]
    return await issue(actor, clue, template("site_check"), facts, series="检验", signers=signers, subject_id=check.id)


async def opinion(actor: Actor, row: Recommendation, rating: Rating) -> Paper:
    """征询意见表. The unit reads it: `actor` is the system, and nothing says which deputy answered."""
    facts = {
        **_common(actor, row.code), "unit": row.unit_name, "round": rating.round, "process": MARKS[rating.process],
        "result": MARKS[rating.result], "words": rating.words,
    }  # fmt: skip
    return await issue(actor, row, template("opinion"), facts, series="意见", subject_id=rating.id)


async def escalation(actor: Actor, clue: Clue, row: Recommendation, state: str) -> tuple[Paper, Paper]:
    """督促函 to the unit, and the report to the organ above it (检察建议工作规定 25). `state` is the one before; the report belongs to the clue."""
    facts = {
        **_common(actor, row.code), "unit": row.unit_name, "to": row.escalated_to, "demands": list(row.demands),
        "reason": row.escalation_reason, "state": STATES[state], "signer": actor.membership.name if actor.membership else "",
    }  # fmt: skip
    made = []
    for name, matter, series in (("urge", row, "检督"), ("escalation", clue, "检报")):
        paper = await issue(actor, matter, template(name), facts, series=series)
        await mark(paper, PaperState.SEALED)
        await mark(paper, PaperState.SERVED)
        made.append(paper)
    return made[0], made[1]


async def suggestion(actor: Actor, row: Suggestion) -> Paper:
    """代表建议, as its leading deputy wrote it."""
    facts = {
        **_common(actor, row.code), "session": SESSIONS[row.session], "title": row.title, "text": row.text, "points": list(row.points),
        "lead": row.lead_name,
    }  # fmt: skip
    return await issue(actor, row, template("suggestion"), facts, series="建议")


async def answer(actor: Actor, row: Suggestion, answer: Answer) -> Paper:
    """答复函: the class at the top, each point with what was done; under the leader's name and the agency's seal."""
    planned = f",计划于{answer.planned_on:%Y年%-m月%-d日}前完成" if answer.planned_on else ""
    points = [{"point": point, "measure": measure} for point, measure in zip(row.points, answer.measures, strict=True)]
    facts = {
        **_common(actor, row.code), "title": row.title, "deputies": "、".join([row.lead_name, *row.co_signers]),
        "reply_class": CLASSES[answer.reply_class] + planned, "text": answer.text, "points": points,
        "leader": answer.leader, "contact": answer.contact,
    }  # fmt: skip
    paper = await issue(actor, row, template("answer"), facts, series="复字", subject_id=answer.id)
    await mark(paper, PaperState.SEALED)
    await mark(paper, PaperState.SERVED)
    return paper


async def suggestion_opinion(actor: Actor, row: Suggestion, given: Opinion) -> Paper:
    """征询意见表 of a suggestion."""
    facts = {
        **_common(actor, row.code), "title": row.title, "unit": row.main_unit, "round": given.round, "process": MARKS[given.process],
        "result": MARKS[given.result], "words": given.words, "lead": row.lead_name,
    }  # fmt: skip
    return await issue(actor, row, template("suggestion_opinion"), facts, series="意见", subject_id=given.id)


async def joint_notice(actor: Actor, project: JointProject, codes: Sequence[str], sides: Mapping[Side, Membership]) -> Paper:
    """联合督办通知, which both organs sign and seal."""
    facts = {
        **_common(actor, project.code), "organs": "、".join(each.agency_name for each in sides.values()), "subject": project.subject, "basis": project.basis, "form": FORMS[project.form],
        "leader": project.leader, "plan": project.plan, "due": project.due_on, "codes": list(codes),
    }  # fmt: skip
    signers = [Signer(str(side), each.account_id, each.id, each.name, each.agency_name) for side, each in sides.items()]
    return await issue(actor, project, template("joint_notice"), facts, series="联督", signers=signers)


async def minutes(actor: Actor, project: JointProject, *, held_on: date, place_text: str, attendees: str, minutes: str) -> Paper:
    """会商纪要."""
    facts = {
        **_common(actor, project.code), "subject": project.subject, "held_on": held_on, "place": place_text, "attendees": attendees,
        "minutes": minutes,
    }  # fmt: skip
    return await issue(actor, project, template("minutes"), facts, series="联督会")
