"""Disputes brought to a certain point through the real commands."""

from __future__ import annotations

from typing import Any

from backend.kernel.demonstration import VILLAGE
from tests.factories.city import APPLICANT, DISPATCHER, MEDIATOR, RESPONDENT, TOWN_LEADER, City

GRID = f"{VILLAGE}001"

DETAIL = """query($id: ID!) { dispute(id: $id) {
    id code state version level title statement severity reporterMode myPart closeType violence
    responsible { membershipId name phone } division { code name } clock { id rule colour dueAt why source }
    clocks { id rule state colour } parties { id side name phoneMasked isMe willing canReveal atRisk }
    team { membershipId name recused } sessions { id state myResponse attendance { partyId agreed attended } }
    agreement { id kind effectiveAt confirmUntil instalments { id due performedAt overdue } }
    papers { id template number state sha256 mySignature signatures { name capacity signedAt } }
    supervisionNotices { id level reply } extensionRequests { id state } objections { id state }
    relations { kind dispute { code } } availableActions { name requires stepUp }
    files { id url thumbnailUrl } ratings { byMe result }
    timeline(first: 50) { edges { node { tag actorName reason data files { id } } } } } }"""


def report(**changes: Any) -> dict[str, Any]:
    """A valid report by the applicant against the respondent."""
    return {
        "statement": "楼上邻居家水管漏水,把我家天花板泡坏了,多次沟通没有结果。",
        "category": "NEIGHBOUR",
        "division": GRID,
        "reporterMode": "NAMED",
        "placeText": "茶溪村文化礼堂北侧",
        "parties": [{"side": "RESPONDENT", "name": "测试乙二", "phone": RESPONDENT}],
        **changes,
    }


async def read(city: City, phone: str, dispute_id: str) -> dict[str, Any]:
    """The dispute as this person sees it."""
    person = await city.sign_in(phone)
    found: dict[str, Any] = (await person.ask(DETAIL, id=dispute_id))["dispute"]
    return found


async def reported(city: City, **changes: Any) -> dict[str, Any]:
    applicant = await city.sign_in(APPLICANT)
    return await applicant.do("reportDispute", **report(**changes))


async def triaged(city: City, severity: str = "GENERAL", **changes: Any) -> dict[str, Any]:
    dispute = await reported(city, **changes)
    dispatcher = await city.sign_in(DISPATCHER)
    return await dispatcher.do(
        "triageDispute", id=dispute["id"], version=dispute["version"], category="NEIGHBOUR", severity=severity,
        route="MEDIATION", violence=False, duplicatesChecked=True,
    )  # fmt: skip


async def assignee(city: City, dispute_id: str, phone_name: str, level: str) -> str:
    """Membership id of the person with this name at `level`."""
    dispatcher = await city.sign_in(DISPATCHER)
    data = await dispatcher.ask(
        "query($id: ID!, $level: HandlingLevel!) { assignees(disputeId: $id, level: $level) { membershipId name } }",
        id=dispute_id, level=level,
    )  # fmt: skip
    return next(str(each["membershipId"]) for each in data["assignees"] if each["name"] == phone_name)


async def assigned(city: City, **changes: Any) -> dict[str, Any]:
    dispute = await triaged(city, **changes)
    dispatcher = await city.sign_in(DISPATCHER)
    return await dispatcher.do(
        "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE",
        responsible=await assignee(city, dispute["id"], "测试调解员", "VILLAGE"),
    )  # fmt: skip


async def accepted(city: City, **changes: Any) -> dict[str, Any]:
    dispute = await assigned(city, **changes)
    mediator = await city.sign_in(MEDIATOR)
    parties = (await mediator.ask(DETAIL, id=dispute["id"]))["dispute"]["parties"]
    return await mediator.do(
        "acceptDispute", id=dispute["id"], version=dispute["version"],
        willing=[{"partyId": party["id"], "willing": True} for party in parties],
    )  # fmt: skip


async def mediating(city: City, **changes: Any) -> dict[str, Any]:
    dispute = await accepted(city, **changes)
    mediator = await city.sign_in(MEDIATOR)
    return await mediator.do(
        "startMediation", id=dispute["id"], version=dispute["version"],
        mediators=[await assignee(city, dispute["id"], "测试调解员", "VILLAGE")], rightsNoticeGiven=True,
        noConflict=True,
    )  # fmt: skip


def terms(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "WRITTEN",
        "facts": "乙二家水管漏水,致甲一家天花板受损。",
        "issues": "修复费用的承担。",
        "responsibility": "乙二承担全部修复费用。",
        "terms": ["乙二一次性赔偿甲一人民币2000元。", "双方今后互谅互让,不再就此事争执。"],
        **changes,
    }


async def drafted(city: City, **changes: Any) -> dict[str, Any]:
    dispute = await mediating(city)
    mediator = await city.sign_in(MEDIATOR)
    return await mediator.do("draftAgreement", id=dispute["id"], version=dispute["version"], **terms(**changes))


async def sign_all(city: City, dispute_id: str, template: str, phones: tuple[str, ...]) -> dict[str, Any]:
    """Every one of `phones` signs the newest open paper of this kind."""
    dispute: dict[str, Any] = {}
    for phone in phones:
        person = await city.sign_in(phone)
        papers = (await person.ask(DETAIL, id=dispute_id))["dispute"]["papers"]
        paper = next(each for each in papers if each["template"] == template and each["state"] == "DRAFT")
        dispute = await person.do("signPaper", paperId=paper["id"], sha256=paper["sha256"], consent=True)
    return dispute


async def agreed(city: City, **changes: Any) -> dict[str, Any]:
    dispute = await drafted(city, **changes)
    return await sign_all(city, dispute["id"], "agreement", (APPLICANT, RESPONDENT, MEDIATOR))


async def closed(city: City) -> dict[str, Any]:
    dispute = await agreed(city)
    mediator, leader = await city.sign_in(MEDIATOR), await city.sign_in(TOWN_LEADER)
    dispute = await mediator.do("recordPerformance", id=dispute["id"], version=dispute["version"], statement="付清")
    dispute = await leader.do(
        "recordReturnVisit", id=dispute["id"], version=dispute["version"], performance="PERFORMED",
        satisfaction="SATISFIED", notes="",
    )  # fmt: skip
    return await leader.do(
        "closeDispute", id=dispute["id"], version=dispute["version"], closeType="AGREED_PERFORMED",
        checklist=["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"],
    )  # fmt: skip
