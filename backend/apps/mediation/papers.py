"""Papers of mediation (`domain.md` 3.7): which template, which facts, who signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from operator import attrgetter
from typing import Any

from backend.apps.mediation.enums import PartySide, ReporterMode
from backend.apps.mediation.models import (
    Agreement,
    Attendance,
    Dispute,
    Instalment,
    Party,
    Responsibility,
    Session,
    TeamMember,
)
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.db.models import TenantModel
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import PaperState, Signer, issue, mark
from backend.kernel.instruments.template import Template
from backend.kernel.tenancy.models import Division

VERSION = 1
SIDES = {PartySide.APPLICANT: "申请人", PartySide.RESPONDENT: "被申请人"}
RESULTS = {"AGREED": "达成协议", "CONTINUE": "择日继续调解", "FAILED": "未达成协议"}
PERFORMANCE = {"PERFORMED": "已履行", "PARTLY": "部分履行", "NOT": "未履行"}
RATINGS = {"SATISFIED": "满意", "BASICALLY_SATISFIED": "基本满意", "DISSATISFIED": "不满意"}
CHANNELS = {
    "CODE": "当事人申请", "GRID": "网格排查", "WINDOW": "窗口受理", "HOTLINE_12345": "12345热线",
    "POLICE_110": "110非警务分流", "PATROL": "巡查发现",
}  # fmt: skip
CATEGORIES = {
    "MARRIAGE_FAMILY": "婚姻家庭", "NEIGHBOUR": "邻里", "HOUSING_LAND": "房屋宅基地", "LAND_EXPROPRIATION": "征地拆迁",
    "FOREST_LAND_SEA": "山林土地海域", "LABOUR": "劳动争议", "DAMAGES": "损害赔偿", "CONTRACT_DEBT": "合同债务",
    "PROPERTY_SERVICE": "物业", "CONSUMER": "消费", "MEDICAL": "医疗", "TRAFFIC": "交通事故",
    "ENVIRONMENT": "环境污染", "FISHERY": "渔业", "VILLAGE_AFFAIRS": "村务", "ENTERPRISE": "涉企", "OTHER": "其他",
}  # fmt: skip
PATTERNS = {
    "CATEGORY_IN_VILLAGE": "同村同类纠纷集中", "GROUP_DISPUTE": "群体性纠纷", "REPEAT_RESPONDENT": "同一被申请人多起纠纷",
    "REPEAT_VISIT": "重复来访", "RISING_CATEGORY": "类型上升", "RISING_PLACE": "地区上升", "WAGE_CLAIM": "欠薪",
    "VIOLENCE": "暴力威胁",
}  # fmt: skip
RULE_NAMES = {
    "accept": "受理",
    "first_contact": "首次联系当事人",
    "verify": "核验回访",
    "mediate_SIMPLE": "调处(简易)",
    "mediate_GENERAL": "调处(一般)",
    "mediate_COMPLEX": "调处(复杂)",
    "mediate_MAJOR": "调处(重大)",
}


@lru_cache(maxsize=32)
def template(name: str) -> Template:
    """The newest version of a template of this application."""
    source = files("backend.apps.mediation").joinpath("templates", f"{name}.md").read_text(encoding="utf-8")
    return Template(name, VERSION, source)


async def organ(place: TenantModel) -> str:
    """The mediation committee of the place the matter belongs to."""
    labels = place.path.split(".")
    town = await Division.get_or_none(code=labels[min(3, len(labels) - 1)])
    return f"{town.name if town else ''}人民调解委员会"


async def _parties(dispute: Dispute) -> list[Party]:
    return await Party.filter(dispute_id=dispute.id).order_by("side", "created_at", "id")


async def _team(dispute: Dispute) -> list[TeamMember]:
    return await TeamMember.filter(dispute_id=dispute.id, left_at__isnull=True, recused=False).order_by("joined_at")


async def mediator_names(dispute: Dispute) -> list[str]:
    return list(dict.fromkeys(member.name for member in await _team(dispute)))


async def _common(dispute: Dispute) -> dict[str, Any]:
    return {"organ": await organ(dispute), "code": dispute.code, "date": local_date(clock.now())}


async def minutes(actor: Actor, dispute: Dispute, session: Session) -> Paper:
    """调解笔录."""
    parties = await _parties(dispute)
    names = {party.id: _open_name(dispute, party) for party in parties}
    rows = await Attendance.filter(session_id=session.id).order_by("id")
    facts = {
        **await _common(dispute),
        "held_at": session.starts_at,
        "place": session.place,
        "mediators": await mediator_names(dispute) or [actor.membership.name if actor.membership else ""],
        "attended": [names[row.party_id] for row in rows if row.attended] or ["无"],
        "absent": [names[row.party_id] for row in rows if not row.attended] or None,
        "statements": session.statements,
        "proposals": session.proposals or None,
        "result": RESULTS[session.result],
    }
    present = {row.party_id for row in rows if row.attended}
    there = [party for party in parties if party.id in present]
    signers = [*await _party_signers(dispute, there, lambda party: names[party.id]), *await _mediator_signers(dispute)]
    return await issue(actor, dispute, template("minutes"), facts, subject_id=session.id, signers=signers)


def _open_name(dispute: Dispute, party: Party) -> str:
    """In papers that every party reads, a reporter who asked for it is not named."""
    hidden = party.is_reporter and dispute.reporter_mode != ReporterMode.NAMED
    return "（依申请保密）" if hidden else party.name


def _named(parties: Iterable[Party]) -> list[dict[str, Any]]:
    return [
        {"side": SIDES[party.side], "name": party.name, "representative": party.representative or False}
        for party in parties
    ]


async def agreement(
    actor: Actor, dispute: Dispute, row: Agreement, instalments: Sequence[Instalment], *, written: bool
) -> Paper:
    """人民调解协议书, or the register of an oral agreement."""
    parties = await _parties(dispute)
    facts = {
        **await _common(dispute),
        "parties": _named(parties),
        "facts": row.facts,
        "issues": row.issues,
        "terms": row.terms,
        "perform_due": row.perform_due,
    }
    if not written:
        facts["mediators"] = await mediator_names(dispute)
        paper = await issue(actor, dispute, template("oral_agreement"), facts, series="调口", subject_id=row.id)
        await mark(paper, PaperState.EFFECTIVE)
        return paper
    facts["responsibility"] = row.responsibility
    facts["instalments"] = [
        {"due": item.due, "text": item.text, "amount": item.amount if item.amount is not None else "—"}
        for item in instalments
    ] or None
    signers = [*await _party_signers(dispute, parties), *await _mediator_signers(dispute)]
    return await issue(
        actor, dispute, template("agreement"), facts, series="调协", subject_id=row.id, signers=signers
    )


async def _party_signers(
    dispute: Dispute, parties: Iterable[Party], name: Callable[[Party], str] = attrgetter("name")
) -> list[Signer]:
    """A signature of every party; who has no account yet gets his by signing in with the telephone on file."""
    accounts = {
        part.subject_id: part.account_id
        for part in await Participant.filter(matter_id=dispute.id)
    }
    return [
        Signer(party.side, accounts.get(party.id), party.id, name(party), SIDES[party.side]) for party in parties
    ]


async def _mediator_signers(dispute: Dispute) -> list[Signer]:
    return [
        Signer("MEDIATOR", member.account_id, member.membership_id, member.name, "调解员")
        for member in await _team(dispute)
    ]


async def confirmation_application(actor: Actor, dispute: Dispute, row: Agreement, number: str) -> Paper:
    """司法确认申请书, which both parties sign."""
    parties = await _parties(dispute)
    assert row.effective_at is not None
    county = await Division.get(code=dispute.county)
    facts = {
        **await _common(dispute),
        "parties": _named(parties),
        "facts": row.facts,
        "effective_on": local_date(row.effective_at),
        "agreement_number": number or None,
        "court": f"{county.name.rstrip('县市区')}{county.name[-1]}人民法院",
    }
    # A person sees only his own part; the others' signatures find their owners by party.
    signers = [Signer(party.side, None, party.id, party.name, SIDES[party.side]) for party in parties]
    return await issue(
        actor, dispute, template("confirmation_application"), facts, subject_id=row.id, signers=signers
    )


async def termination_notice(actor: Actor, dispute: Dispute, reason: str) -> Paper:
    """终止调解告知书, with the other legal routes (人民调解法 26)."""
    facts = {
        **await _common(dispute),
        "addressees": [_open_name(dispute, party) for party in await _parties(dispute)] or ["当事人"],
        "reason": reason or None,
    }
    paper = await issue(actor, dispute, template("termination_notice"), facts, series="调终")
    await mark(paper, PaperState.SERVED)
    return paper


async def acceptance(actor: Actor, dispute: Dispute) -> Paper:
    """人民调解受理登记表."""
    parties = await _parties(dispute)
    by_side = {side: [_open_name(dispute, party) for party in parties if party.side == side] for side in PartySide}
    facts = {
        **await _common(dispute),
        "applicants": by_side[PartySide.APPLICANT] or ["（未具名）"],
        "respondents": by_side[PartySide.RESPONDENT] or ["（未具名）"],
        "channel": CHANNELS[dispute.channel],
        "category": CATEGORIES[dispute.category],
        "consent": "双方同意调解" if all(party.willing for party in parties) else "有当事人不同意调解",
        "statement": dispute.statement,
        "claims": dispute.claims or "（未另行提出）",
    }
    paper = await issue(actor, dispute, template("acceptance"), facts, series="调受")
    await mark(paper, PaperState.EFFECTIVE)
    return paper


async def supervision_notice(
    actor: Actor, dispute: Dispute, rule: str, due: datetime, reply_due: datetime, level: int, answerable: Responsibility
) -> Paper:
    """督办单."""
    facts = {
        **await _common(dispute),
        "unit": answerable.agency_name,
        "rule": RULE_NAMES.get(rule, rule),
        "due": due,
        "reply_due": reply_due,
        "level": level,
        "responsible": answerable.name,
    }
    paper = await issue(actor, dispute, template("supervision_notice"), facts, series="督办")
    await mark(paper, PaperState.SERVED)
    return paper


async def return_visit(actor: Actor, dispute: Dispute, performance: str, satisfaction: str, notes: str) -> Paper:
    """回访记录."""
    facts = {
        **await _common(dispute),
        "visitor": actor.membership.name if actor.membership else "",
        "performance": PERFORMANCE[performance],
        "satisfaction": RATINGS[satisfaction],
        "notes": notes or None,
    }
    paper = await issue(actor, dispute, template("return_visit"), facts)
    await mark(paper, PaperState.EFFECTIVE)
    return paper


async def withdraw_agreement(dispute: Dispute) -> None:
    """A draft that not everybody signed is withdrawn with its paper."""
    row = await Agreement.filter(dispute_id=dispute.id, withdrawn_at__isnull=True, effective_at__isnull=True).first()
    if row is None:
        return
    row.withdrawn_at = clock.now()
    await row.save(update_fields=["withdrawn_at"])
    paper = await Paper.filter(id=row.paper_id).first()
    if paper is not None:
        await mark(paper, PaperState.WITHDRAWN)
