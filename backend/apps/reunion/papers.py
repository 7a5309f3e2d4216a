"""Papers of reunion (`domain.md` 2.7): which template, which facts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from backend.apps.reunion.enums import Side
from backend.apps.reunion.models import Assist, Bulletin, Candidate, Case, Confirmation, Proof, Review
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.faces.models import FaceSearch
from backend.kernel.instruments.models import Paper
from backend.kernel.instruments.service import issue
from backend.kernel.instruments.template import Template

VERSION = 1
PURPOSES = {
    "STRANDED_SEARCH": "滞留人员寻亲", "LOST_RESCUE": "走失人员救助", "VAGRANT_AID": "流浪人员救助", "CROSS_REGION": "人像跨区域协作",
}  # fmt: skip
GALLERIES = {"reunion.missing": "家属同意的走失人员库", "reunion.found": "被发现的受助人员库"}
VERDICTS = {"SAME": "倾向同一人", "DIFFERENT": "倾向不是同一人", "UNSURE": "不能判断"}
PROOFS = {"DNA": "DNA鉴定", "FINGERPRINT": "指纹", "DOCUMENT": "证件", "ACQUAINTANCES": "两名独立知情人辨认"}
SEXES = {"M": "男", "F": "女", "U": "不详"}
SEXES = {"M": "男", "F": "女", "U": "不详"}
SIDES = {"SOUGHT": "走失(被寻找)人员", "FOUND": "身份不明的受助人员"}
ORGANS = {"POLICE_OFFICER": "公安机关", "CIVIL_AFFAIRS": "民政部门"}


@lru_cache(maxsize=16)
def template(name: str) -> Template:
    """The newest version of a template of this application."""
    source = files("backend.apps.reunion").joinpath("templates", f"{name}.md").read_text(encoding="utf-8")
    return Template(name, VERSION, source)


def _common(actor: Actor, case: Case) -> dict[str, Any]:
    organ = actor.membership.agency_name if actor.membership else case.agency_name
    return {"organ": organ or case.agency_name, "code": case.code, "date": local_date(clock.now())}


async def search_approval(actor: Actor, case: Case, row: FaceSearch, *, approved: bool) -> Paper:
    """人像比对申请审批表."""
    facts = {
        **_common(actor, case), "purpose": PURPOSES[row.purpose], "legal_basis": row.legal_basis, "necessity": row.necessity,
        "galleries": "、".join(GALLERIES.get(each, each) for each in row.galleries), "requester": row.requested_by_name,
        "requested_at": local_date(row.requested_at), "approver": row.decided_by_name, "decision": "同意" if approved else "不同意",
        "reason": row.decision_reason, "expires_at": local_date(row.expires_at),
    }  # fmt: skip
    return await issue(actor, case, template("search_approval"), facts, series="人像审", subject_id=row.id)


async def opinion(actor: Actor, case: Case, row: Candidate, reviews: Sequence[Review], *, lead: bool) -> Paper:
    """人像比对意见书: what each reviewer saw. It is advice, and says so."""
    facts = {
        **_common(actor, case), "other_code": row.other_code, "opinion": "作为线索进一步核实" if lead else "不作为线索",
        "age_gap": f"{row.age_gap} 年以内" if row.age_gap is not None else "不详",
        "reviews": [
            {"name": each.reviewer_name, "verdict": VERDICTS[each.verdict], "alike": each.alike, "unlike": each.unlike}
            for each in reviews
        ],
    }  # fmt: skip
    return await issue(actor, case, template("opinion"), facts, series="人像意", subject_id=row.id)


async def identity(
    actor: Actor, case: Case, row: Candidate, proofs: Sequence[Proof], confirmations: Sequence[Confirmation]
) -> Paper:
    """身份确认书: the evidence, and the word of both organs."""
    facts = {
        **_common(actor, case), "other_code": row.other_code,
        "proofs": [{"kind": PROOFS[each.kind], "source": each.source, "by": each.recorded_by_name} for each in proofs],
        "confirmations": [{"organ": ORGANS[each.organ], "by": each.by_name, "text": each.text} for each in confirmations],
    }  # fmt: skip
    return await issue(actor, case, template("identity"), facts, series="身确", subject_id=row.id)


async def handover(actor: Actor, case: Case, *, receiver: str, id_check: str, place: str) -> Paper:
    """护送返乡交接单."""
    facts = {
        **_common(actor, case), "receiver": receiver, "id_check": id_check, "place": place,
        "by": actor.membership.name if actor.membership else "",
    }  # fmt: skip
    return await issue(actor, case, template("handover"), facts, series="交接")


async def bulletin(actor: Actor, case: Case, row: Bulletin) -> Paper:
    """寻亲公告/寻人启事: the least, with a contact and an end."""
    facts = {
        **_common(actor, case), "title": "寻亲公告" if case.side == Side.FOUND else "寻人启事", "name": row.name,
        "sex": SEXES[row.sex], "age": row.age_text, "seen": row.seen_text, "place": row.place_text, "text": row.text,
        "agency": row.agency, "phone": row.phone, "ground": row.ground_text, "expires_at": local_date(row.expires_at),
    }  # fmt: skip
    return await issue(actor, case, template("bulletin"), facts, series="寻告", subject_id=row.id)


async def assistance(actor: Actor, case: Case, row: Assist) -> Paper:
    """协查函: what is asked of the other county, on what ground, until when. Name and pictures stay where they are read."""
    facts = {
        **_common(actor, case), "addressee": row.to_name, "side": SIDES[row.side], "sex": SEXES[row.sex],
        "born": case.born_text or "不详", "seen": case.when_text or "不详", "marks": case.marks or "不详",
        "purpose": PURPOSES[row.purpose], "legal_basis": row.legal_basis, "question": row.question,
        "pictures": len(row.pictures), "due": row.due_at.astimezone(clock.LOCAL).strftime("%Y年%m月%d日 %H:%M"),
        "expires_at": local_date(row.expires_at), "by": row.asked_by_name, "phone": row.duty_phone or "见系统内联系方式",
    }  # fmt: skip
    return await issue(actor, case, template("assist"), facts, series="协查", subject_id=row.id)
