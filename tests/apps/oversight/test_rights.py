"""Who may do what in oversight: allowed, too low a role, another place, no part in it; what each reads."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.factories.city import City, Refused
from tests.factories.oversight import (
    CENTER,
    CHIEF,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    OTHER_UNIT,
    PROSECUTOR,
    RAISED,
    UNIT,
    accepted,
    assessed,
    checked,
    chosen,
    digest_of,
    do,
    drafted,
    filed,
    find,
    look,
    raised,
    replied,
    served,
    step,
    visit,
)

ASSESSMENT = {"assessment": "损害公共利益", "publicInterest": 1, "affected": 1, "evidence": 1, "repeat": 1, "urgency": 1}
EVERYBODY = (DEPUTY, DEPUTY_2, CONGRESS, PROSECUTOR, CHIEF, UNIT, OTHER_UNIT, CENTER, "19900000001", "19900000011")


async def refused(awaited: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        await awaited
    return list(caught.value.codes)


async def test_only_deputies_raise(city: City) -> None:
    for phone in EVERYBODY:
        person = await city.sign_in(phone)
        if phone in (DEPUTY, DEPUTY_2):
            await do(person, "raiseClue", **RAISED)
        else:
            assert await refused(do(person, "raiseClue", **RAISED)) == ["NOT_PERMITTED"], phone


async def test_only_of_ones_own_place(city: City) -> None:
    deputy = await city.sign_in(DEPUTY)
    assert await refused(do(deputy, "raiseClue", **{**RAISED, "division": "331023"})) == ["NOT_FOUND"]


async def test_screening_is_for_procuratorate_and_congress(city: City) -> None:
    clue = await raised(city)
    given = {"id": clue["id"], "version": clue["version"], "decision": "ACCEPT", "reason": "属于监督范围"}
    for phone in (DEPUTY_2, UNIT, OTHER_UNIT, CENTER):
        codes = await refused(do(await city.sign_in(phone), "screenClue", **given))
        assert codes == ["NOT_FOUND"], "out of reach looks like nothing"
    for phone in (DEPUTY, CHIEF):
        assert await refused(do(await city.sign_in(phone), "screenClue", **given)) == ["NOT_PERMITTED"]
    assert (await step(await city.sign_in(CONGRESS), "screenClue", clue, decision="ACCEPT", reason="属于监督范围"))["state"] == "ACCEPTED"


async def test_filing_is_the_chiefs(city: City) -> None:
    clue = await assessed(city)
    for phone in (PROSECUTOR, CONGRESS, DEPUTY):
        person = await city.sign_in(phone)
        assert await refused(step(person, "fileOversightCase", clue, caseType="OTHER", reason="符合条件")) == ["NOT_PERMITTED"]


async def test_the_congress_directs_no_case(city: City) -> None:
    clue = await accepted(city)
    congress = await city.sign_in(CONGRESS)
    assert await refused(step(congress, "assessClue", clue, **ASSESSMENT)) == ["NOT_PERMITTED"]
    assert await refused(do(congress, "logInvestigation", id=clue["id"], kind="INQUIRY", text="要求查看案卷")) == ["NOT_PERMITTED"]
    prosecutor = await city.sign_in(PROSECUTOR)
    await do(prosecutor, "logInvestigation", id=clue["id"], kind="INQUIRY", text="询问作坊负责人某某")
    show = "log { text } score assessment timeline { edges { node { tag data } } }"
    seen = await look(congress, clue, show)
    assert (seen["log"], seen["score"], seen["assessment"]) == ([], None, None)
    assert "某某" not in str(seen), "the log of events knows that there is a line, not what it says"
    assert (await look(prosecutor, clue, show))["log"][0]["text"] == "询问作坊负责人某某"


async def test_who_drafted_does_not_approve_and_nothing_unapproved_is_served(city: City) -> None:
    row = await drafted(city, await filed(city))
    prosecutor, chief = await city.sign_in(PROSECUTOR), await city.sign_in(CHIEF)
    assert await refused(step(prosecutor, "serveRecommendation", row, text="宣告送达")) == ["WRONG_STATE"]
    assert await refused(step(prosecutor, "decideRecommendation", row, approve=True, opinion="同意")) == ["NOT_PERMITTED"]
    unit = await city.sign_in(UNIT)
    assert await find(unit, row, what="recommendation") is None
    row = await step(chief, "decideRecommendation", row, approve=False, opinion="证据不足")
    assert row["state"] == "WITHDRAWN"
    assert await find(unit, row, what="recommendation") is None


async def test_another_unit_finds_nothing(city: City) -> None:
    clue, row = await served(city)
    other, unit = await city.sign_in(OTHER_UNIT), await city.sign_in(UNIT)
    assert await find(other, row, what="recommendation") is None
    assert await find(unit, clue) is None, "nor the right one the clue"
    given = {"id": row["id"], "version": row["version"], "replyClass": "C", "text": "本单位认为暂不可行,理由如下。", "measures": ["不采纳", "不采纳"]}
    assert await refused(do(other, "replyToRecommendation", **given)) == ["NOT_FOUND"]
    assert await refused(step(await city.sign_in(PROSECUTOR), "replyToRecommendation", row, **{**given, "version": row["version"]})) == [
        "NOT_PERMITTED"
    ]
    seen = await look(unit, row, "clue { id } demands", what="recommendation")
    assert seen["clue"] is None
    rows = (await other.ask("{ oversightRecommendations { edges { node { id } } } }"))["oversightRecommendations"]["edges"]
    assert row["id"] not in {edge["node"]["id"] for edge in rows}


async def test_an_objection_is_heard_by_the_chief(city: City) -> None:
    _, row = await served(city)
    unit, chief = await city.sign_in(UNIT), await city.sign_in(CHIEF)
    row = await step(unit, "objectToRecommendation", row, text="事实认定有出入:排污口不属本单位管理。")
    assert await refused(step(await city.sign_in(PROSECUTOR), "ruleOnObjection", row, result="WITHDRAWN", opinion="异议成立")) == ["NOT_PERMITTED"]
    row = await step(chief, "ruleOnObjection", row, result="AMENDED", opinion="部分成立", demands=["会同有关单位查处"])
    seen = await look(unit, row, "demands objectionResult papers { title }", what="recommendation")
    assert (seen["state"], seen["demands"], seen["objectionResult"]) == ("SERVED", ["会同有关单位查处"], "AMENDED")
    assert await refused(step(unit, "objectToRecommendation", row, text="再次提出异议,请求复核。")) == ["ALREADY_DECIDED"]


async def test_an_objection_after_its_term_is_too_late(city: City) -> None:
    _, row = await served(city)
    await city.pass_time(days=20)
    assert await refused(step(await city.sign_in(UNIT), "objectToRecommendation", row, text="事实认定有出入,请求复核。")) == ["TOO_LATE"]


async def test_more_time_needs_a_ground_and_another_persons_word(city: City) -> None:
    _, row = await served(city)
    unit, chief, deputy = await city.sign_in(UNIT), await city.sign_in(CHIEF), await city.sign_in(DEPUTY)
    before = (await look(unit, row, "clocks { rule dueAt }", what="recommendation"))["clocks"]
    await step(unit, "askReplyExtension", row, days=15, basis="工程建设工期规定", reason="雨季无法施工")
    assert await refused(step(await city.sign_in(PROSECUTOR), "decideReplyExtension", row, grant=True, opinion="同意")) == ["NOT_PERMITTED"]
    await step(chief, "decideReplyExtension", row, grant=True, opinion="同意延长")
    seen = await look(deputy, row, "clocks { rule dueAt why } delays { days basis reason state opinion }", what="recommendation")
    assert seen["delays"] == [
        {"days": 15, "basis": "工程建设工期规定", "reason": "雨季无法施工", "state": "GRANTED", "opinion": "同意延长"}
    ]
    due = {clock["rule"]: clock for clock in seen["clocks"]}["reply_public_interest"]
    assert due["dueAt"] > {clock["rule"]: clock["dueAt"] for clock in before}["reply_public_interest"]
    assert due["why"], "the date shows its derivation"


async def test_a_reply_has_what_its_class_asks_for(city: City) -> None:
    _, row = await served(city)
    unit = await city.sign_in(UNIT)
    good = {"text": "已按建议逐条研究并落实如下。", "measures": ["已查处", "已建立机制"]}
    assert await refused(step(unit, "replyToRecommendation", row, replyClass="A", **good)) == ["REQUIRED"], "solved needs proof"
    assert await refused(step(unit, "replyToRecommendation", row, replyClass="B", **good)) == ["REQUIRED"], "planned needs a day"
    short = {**good, "measures": ["已查处"]}
    assert await refused(step(unit, "replyToRecommendation", row, replyClass="C", **short)) == ["INVALID"], "each demand is answered"


async def test_the_check_is_by_two_people_who_have_a_part(city: City) -> None:
    clue, row = await served(city)
    row = await replied(city, row)
    prosecutor, deputy, stranger = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY), await city.sign_in(DEPUTY_2)
    assert await refused(do(prosecutor, "recordOnSiteCheck", **visit(str(uuid4()), row, stranger))) == ["NOT_FOUND"]
    assert await refused(do(prosecutor, "recordOnSiteCheck", **visit(str(uuid4()), row, prosecutor))) == ["NOT_FOUND"]
    assert await refused(do(deputy, "recordOnSiteCheck", **visit(str(uuid4()), row, deputy))) == ["NOT_PERMITTED"]
    await step(prosecutor, "assignChecker", clue, deputy=await chosen(city, clue, "oversightDeputies", DEPUTY_2))
    check = str(uuid4())
    await do(prosecutor, "recordOnSiteCheck", **visit(check, row, stranger))
    digest = await digest_of(prosecutor, row, check)
    assert await refused(do(await city.sign_in(CONGRESS), "signOnSiteCheck", checkId=check, sha256=digest)) == ["NOT_PERMITTED"]
    assert await refused(do(deputy, "signOnSiteCheck", checkId=check, sha256=digest)) == ["NOT_PERMITTED"], "not his signature"
    assert await refused(do(stranger, "signOnSiteCheck", checkId=check, sha256="0" * 64)) == ["DIGEST_MISMATCH"]
    assert (await do(stranger, "signOnSiteCheck", checkId=check, sha256=digest))["state"] == "REPLIED", "one signature is not two"
    assert (await do(prosecutor, "signOnSiteCheck", checkId=check, sha256=digest))["state"] == "VERIFIED"


async def test_a_shielded_deputy_stands_on_no_paper(city: City) -> None:
    _, row = await served(city, await raised(city, shielded=True))
    row = await replied(city, row)
    given = visit(str(uuid4()), row, await city.sign_in(DEPUTY))
    assert await refused(do(await city.sign_in(PROSECUTOR), "recordOnSiteCheck", **given)) == ["SHIELDED"]


async def test_only_who_has_a_part_rates_and_once(city: City) -> None:
    _, row = await served(city)
    row = await checked(city, await replied(city, row))
    rating = {"id": row["id"], "process": 5, "result": 4, "words": "基本满意"}
    assert await refused(do(await city.sign_in(DEPUTY_2), "rateRecommendation", **rating)) == ["NOT_FOUND"]
    for phone in (UNIT, PROSECUTOR, CONGRESS):
        assert await refused(do(await city.sign_in(phone), "rateRecommendation", **rating)) == ["NOT_PERMITTED"]
    deputy = await city.sign_in(DEPUTY)
    await do(deputy, "rateRecommendation", **rating)
    assert await refused(do(deputy, "rateRecommendation", **rating)) == ["ALREADY_DONE"]
    means = (await look(deputy, row, "ratingMeans { process result count }", what="recommendation"))["ratingMeans"]
    assert means == {"process": None, "result": None, "count": 1}, "one rating is no statistic"


async def test_a_suit_needs_a_recommendation_that_failed(city: City) -> None:
    clue, row = await served(city)
    chief = await city.sign_in(CHIEF)
    suit = {"court": "测试人民法院", "reason": "逾期未整改"}
    assert await refused(step(chief, "sueOversightCase", clue, **suit)) == ["NOTHING_TO_SUE"]
    assert await refused(step(chief, "escalateRecommendation", row, to="县人民政府", reason="未按期回复")) == ["NOT_OVERDUE"]
    assert await refused(step(chief, "closeOversightCase", clue, text="提前结案")) == ["NOT_FINISHED"]
    other = await filed(city, case_type="SOCIAL_GOVERNANCE")
    assert await refused(step(chief, "sueOversightCase", other, **suit)) == ["NOT_PUBLIC_INTEREST"]


async def test_nobody_presses_a_pending_lawsuit(city: City) -> None:
    clue, row = await served(city)
    await checked(city, await replied(city, row), verdict="NOT")
    await step(await city.sign_in(CHIEF), "sueOversightCase", clue, court="测试人民法院", reason="未整改到位")
    given: dict[str, Any] = {"subject": "督促法院快判", "basis": "监督法相关规定", "form": "REPORT", "clues": [clue["id"]]}
    assert await refused(do(await city.sign_in(CONGRESS), "proposeJointSupervision", **given)) == ["WRONG_STATE"]
    for phone in (PROSECUTOR, DEPUTY, UNIT):
        assert await refused(do(await city.sign_in(phone), "proposeJointSupervision", **given)) == ["NOT_PERMITTED"]


async def test_a_suit_brought_since_stops_what_was_proposed(city: City) -> None:
    clue, row = await served(city)
    await checked(city, await replied(city, row), verdict="NOT")
    congress, chief = await city.sign_in(CONGRESS), await city.sign_in(CHIEF)
    given: dict[str, Any] = {"subject": "溪流污染联合督办", "basis": "监督法相关规定", "form": "REPORT", "clues": [clue["id"]]}
    proposed, agreed, planned = [await do(congress, "proposeJointSupervision", **given) for _ in range(3)]
    for project in (agreed, planned):
        await step(chief, "decideJointSupervision", project, agree=True, opinion="同意联合督办")
    plan = {"leader": "测试代表工委", "plan": "十二月集中视察,次年一月评估", "dueOn": "2027-06-30"}
    await step(congress, "planJointSupervision", planned, **plan)
    (notice,) = (await look(chief, planned, "papers { id sha256 }", what="project"))["papers"]
    await step(chief, "sueOversightCase", clue, court="测试人民法院", reason="未整改到位")
    assert await refused(step(chief, "decideJointSupervision", proposed, agree=True, opinion="同意联合督办")) == ["WRONG_STATE"]
    assert await refused(step(congress, "planJointSupervision", agreed, **plan)) == ["WRONG_STATE"]
    seal = {"id": planned["id"], "paperId": notice["id"], "sha256": notice["sha256"]}
    assert await refused(do(chief, "signJointNotice", **seal)) == ["WRONG_STATE"]
    assert (await step(chief, "decideJointSupervision", proposed, agree=False, opinion="已提起诉讼"))["state"] == "REFUSED"
    await step(chief, "closeOversightCase", clue, text="判决已执行")
    assert await refused(step(congress, "planJointSupervision", agreed, **plan)) == ["WRONG_STATE"], "it is over"
    assert await refused(step(congress, "finishJointSupervision", agreed, again=True, reason="继续")) == ["WRONG_STATE"]
    assert (await step(congress, "finishJointSupervision", agreed, again=False, reason="已进入诉讼"))["state"] == "CLOSED"


async def test_only_who_may_open_a_dispute_hands_it_over(city: City) -> None:
    from tests.factories.disputes import reported

    dispute = await reported(city)
    given = {"app": "mediation", "matterId": dispute["id"], "field": "GOVERNANCE", "title": "纠纷反复发生", "reason": "可能存在监管缺位,需要核查"}
    for phone in (PROSECUTOR, DEPUTY, UNIT, "19900000011"):
        assert await refused(do(await city.sign_in(phone), "handOverMatter", **given)) == ["NOT_PERMITTED"]
    center = await city.sign_in(CENTER)
    for changed in ({"app": "rehab"}, {"app": "nothing"}, {"matterId": str(uuid4())}):
        assert await refused(do(center, "handOverMatter", **{**given, **changed})) == ["NOT_FOUND"]


async def test_available_actions_are_what_one_may_do(city: City) -> None:
    clue = await raised(city)
    show = "availableActions { name }"
    assert [each["name"] for each in (await look(await city.sign_in(PROSECUTOR), clue, show))["availableActions"]] == ["screen"]
    assert [each["name"] for each in (await look(await city.sign_in(DEPUTY), clue, show))["availableActions"]] == ["shield"]
    _, row = await served(city)
    actions = (await look(await city.sign_in(UNIT), row, show, what="recommendation"))["availableActions"]
    assert [each["name"] for each in actions] == ["object", "reply", "ask_extension"]
