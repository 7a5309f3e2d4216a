"""Up and down the four levels: return, submit up, send down, joint mediation, recusal, merge, redirect, violence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.city import (
    APPLICANT,
    COUNTY_CENTER,
    DISPATCHER,
    JUSTICE_OFFICE,
    MEDIATOR,
    RESPONDENT,
    TOWN_LEADER,
    VILLAGE_OFFICER,
    City,
    Refused,
)
from tests.factories.disputes import accepted, assigned, assignee, mediating, read, report, reported, triaged


async def failed(city: City, severity: str = "GENERAL") -> dict[str, Any]:
    dispute = await mediating(city, severity=severity)
    mediator = await city.sign_in(MEDIATOR)
    return await mediator.do(
        "failMediation", id=dispute["id"], version=dispute["version"], reason="双方差距过大", remediesTold=True
    )


async def test_what_is_not_ones_duty_goes_back_twice_and_then_the_leader_decides(city: City) -> None:
    dispute = await assigned(city)
    mediator, dispatcher = await city.sign_in(MEDIATOR), await city.sign_in(DISPATCHER)
    back = {"reason": "不属于本委员会职责", "ruleText": "《工作规则》第三条:由发生地处理"}
    responsible = await assignee(city, dispute["id"], "测试调解员", "VILLAGE")
    dispute = await mediator.do("returnDispute", id=dispute["id"], version=dispute["version"], **back)
    assert dispute["state"] == "RETURNED"
    dispute = await dispatcher.do(
        "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE", responsible=responsible
    )
    dispute = await mediator.do("returnDispute", id=dispute["id"], version=dispute["version"], **back)
    with pytest.raises(Refused) as refused:
        await dispatcher.do(
            "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE", responsible=responsible
        )
    assert refused.value.codes == ["NOT_PERMITTED"]
    leader = await city.sign_in(TOWN_LEADER)
    dispute = await leader.do(
        "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE", responsible=responsible
    )
    with pytest.raises(Refused) as refused:
        await mediator.do("returnDispute", id=dispute["id"], version=dispute["version"], **back)
    assert refused.value.codes == ["NOT_PERMITTED"]


async def test_up_to_the_town_and_down_again(city: City) -> None:
    dispute = await failed(city)
    mediator = await city.sign_in(MEDIATOR)
    up = {"reasons": "村里调不下来", "attempts": "开过两次调解会"}
    with pytest.raises(Refused) as refused:
        await mediator.do(
            "escalateDispute", id=dispute["id"], version=dispute["version"], level="COUNTY", **up
        )
    assert refused.value.codes == ["LEVEL_NOT_POSSIBLE"]
    dispute = await mediator.do("escalateDispute", id=dispute["id"], version=dispute["version"], level="TOWN", **up)
    assert (dispute["state"], dispute["level"]) == ("ESCALATED", "TOWN")
    dispatcher = await city.sign_in(DISPATCHER)
    dispute = await dispatcher.do(
        "sendDownDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE", reason="仍由村里继续做工作",
        responsible=await assignee(city, dispute["id"], "测试村干部", "VILLAGE"),
    )  # fmt: skip
    assert (dispute["state"], dispute["level"]) == ("ASSIGNED", "VILLAGE")
    assert (await read(city, VILLAGE_OFFICER, dispute["id"]))["responsible"]["name"] == "测试村干部"


async def test_a_grave_dispute_may_skip_a_level(city: City) -> None:
    dispute = await failed(city, severity="COMPLEX")
    mediator = await city.sign_in(MEDIATOR)
    dispute = await mediator.do(
        "escalateDispute", id=dispute["id"], version=dispute["version"], level="COUNTY", reasons="涉及多村",
        attempts="镇村联合调解",
    )  # fmt: skip
    assert dispute["level"] == "COUNTY"
    county = await city.sign_in(COUNTY_CENTER)
    dispute = await county.do(
        "assignDispute", id=dispute["id"], version=dispute["version"], level="TOWN",
        responsible=await assignee(city, dispute["id"], "测试司法所长", "TOWN"),
    )  # fmt: skip
    assert (await read(city, JUSTICE_OFFICE, dispute["id"]))["responsible"]["name"] == "测试司法所长"


async def test_failed_mediation_hands_out_the_legal_routes(city: City) -> None:
    dispute = await failed(city)
    detail = await read(city, RESPONDENT, dispute["id"])
    assert "termination_notice" in {paper["template"] for paper in detail["papers"]}
    mediator = await city.sign_in(MEDIATOR)
    dispute = await mediator.do(
        "redirectDispute", id=dispute["id"], version=dispute["version"], route="LITIGATION", receiver="仙居县人民法院",
        reason="双方同意走诉讼",
    )  # fmt: skip
    assert dispute["state"] == "REDIRECTED"


async def test_a_party_ends_the_mediation_and_gets_the_paper(city: City) -> None:
    dispute = await mediating(city)
    respondent = await city.sign_in(RESPONDENT)
    dispute = await respondent.do("endMediation", id=dispute["id"], text="")
    assert dispute["state"] == "FAILED"
    await city.work()
    detail = await read(city, APPLICANT, dispute["id"])
    assert "termination_notice" in {paper["template"] for paper in detail["papers"]}


async def test_an_unwilling_party_is_not_mediated(city: City) -> None:
    dispute = await assigned(city)
    mediator = await city.sign_in(MEDIATOR)
    parties = (await read(city, MEDIATOR, dispute["id"]))["parties"]
    with pytest.raises(Refused) as refused:
        await mediator.do(
            "acceptDispute", id=dispute["id"], version=dispute["version"],
            willing=[{"partyId": parties[0]["id"], "willing": True}],
        )  # fmt: skip
    assert refused.value.codes == ["BOTH_SIDES_NEEDED"]
    dispute = await mediator.do(
        "acceptDispute", id=dispute["id"], version=dispute["version"],
        willing=[{"partyId": party["id"], "willing": number == 0} for number, party in enumerate(parties)],
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        await mediator.do(
            "startMediation", id=dispute["id"], version=dispute["version"], rightsNoticeGiven=True, noConflict=True,
            mediators=[await assignee(city, dispute["id"], "测试调解员", "VILLAGE")],
        )  # fmt: skip
    assert refused.value.codes == ["PARTY_UNWILLING"]


async def test_joint_mediation_and_recusal(city: City) -> None:
    dispute = await mediating(city)
    mediator = await city.sign_in(MEDIATOR)
    police = await assignee(city, dispute["id"], "测试民警", "TOWN")
    dispute = await mediator.do("inviteJoint", id=dispute["id"], version=dispute["version"], members=[police])
    detail = await read(city, MEDIATOR, dispute["id"])
    assert {member["name"] for member in detail["team"]} == {"测试调解员", "测试民警"}
    respondent = await city.sign_in(RESPONDENT)
    dispute = await respondent.do(
        "replaceMediator", id=dispute["id"], version=dispute["version"], mediator=police, reason="与申请人是亲戚"
    )
    team = {member["name"]: member["recused"] for member in (await read(city, MEDIATOR, dispute["id"]))["team"]}
    assert team == {"测试调解员": False, "测试民警": True}


async def test_a_mediator_who_is_a_party_has_a_conflict_of_interest(city: City) -> None:
    dispute = await accepted(city, parties=[{"side": "RESPONDENT", "name": "测试村干部", "phone": VILLAGE_OFFICER}])
    mediator = await city.sign_in(MEDIATOR)
    with pytest.raises(Refused) as refused:
        await mediator.do(
            "startMediation", id=dispute["id"], version=dispute["version"], rightsNoticeGiven=True, noConflict=True,
            mediators=[await assignee(city, dispute["id"], "测试村干部", "VILLAGE")],
        )  # fmt: skip
    assert refused.value.codes == ["CONFLICT_OF_INTEREST"]


async def test_a_duplicate_is_merged_and_its_reporter_told(city: City) -> None:
    first, second = await triaged(city), await reported(city)
    dispatcher = await city.sign_in(DISPATCHER)
    merged = await dispatcher.do(
        "triageDispute", id=second["id"], version=second["version"], category="NEIGHBOUR", severity="SIMPLE",
        route="MEDIATION", violence=False, duplicatesChecked=True, mergeInto=first["id"],
    )  # fmt: skip
    assert merged["state"] == "MERGED"
    detail = await read(city, DISPATCHER, first["id"])
    assert detail["relations"] == [{"kind": "MERGED", "dispute": {"code": second["code"]}}]


async def test_repeats_are_offered_while_typing_and_linked(city: City) -> None:
    first = await reported(city)
    applicant = await city.sign_in(APPLICANT)
    found = await applicant.ask(
        'query { similarDisputes(text: "楼上水管漏水,天花板泡坏", division: "331024103279001") { id mine } }'
    )
    assert {"id": first["id"], "mine": True} in found["similarDisputes"]
    second = await applicant.do("reportDispute", **report(relatedTo=first["id"]))
    detail = await read(city, APPLICANT, second["id"])
    assert detail["relations"] == [{"kind": "REPEAT", "dispute": {"code": first["code"]}}]


async def test_violence_reaches_leader_centre_and_police_at_once(fresh: None, city: City) -> None:
    dispute = await reported(city, violence=True)
    for phone in (TOWN_LEADER, COUNTY_CENTER, "19900000025"):
        person = await city.sign_in(phone)
        inbox = await person.ask("{ inbox(first: 100) { edges { node { kind matterId } } } }")
        assert {"kind": "mediation.dispute.violence", "matterId": dispute["id"]} in [
            edge["node"] for edge in inbox["inbox"]["edges"]
        ]
