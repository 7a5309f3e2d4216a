"""The main job: a deputy raises it, the procuratorate urges, the agency acts, both look, the deputy is not content, and then is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.city import City, Refused
from tests.factories.oversight import (
    CENTER,
    CHIEF,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    PROSECUTOR,
    UNIT,
    accepted,
    assessed,
    checked,
    do,
    filed,
    find,
    look,
    raised,
    replied,
    served,
    step,
    told,
)


async def test_it_is_put_right_the_second_time(city: City) -> None:
    clue, row = await served(city)
    deputy, chief, unit = await city.sign_in(DEPUTY), await city.sign_in(CHIEF), await city.sign_in(UNIT)
    row = await checked(city, await replied(city, row))
    assert row["state"] == "VERIFIED"
    await do(deputy, "rateRecommendation", id=row["id"], process=4, result=2, words="雨后又有异味,请再查")
    await city.work()
    seen = await look(unit, row, "ratings { id process result words } clocks { rule source } timeline { edges { node { tag actorName } } }",
                      what="recommendation")  # fmt: skip
    assert (seen["state"], seen["round"]) == ("REWORK", 2)
    assert [clock["rule"] for clock in seen["clocks"]] == ["rework"]
    assert seen["clocks"][0]["source"]
    await do(unit, "answerRating", ratingId=seen["ratings"][0]["id"], answer="已加装雨污分流设施")
    row = await checked(city, await replied(city, row))
    row = await step(deputy, "rateRecommendation", row, process=5, result=5, words="这次彻底解决了")
    assert row["state"] == "VERIFIED", "there is one rework"
    clue = await step(chief, "closeOversightCase", clue, text="整改到位,予以结案")
    assert clue["state"] == "CLOSED"
    await city.work()
    assert (await look(unit, row, what="recommendation"))["state"] == "CLOSED"
    assert sorted(await told(city, DEPUTY, clue)) == sorted([
        "ACCEPTED", "ASSESSED", "CASE_FILED", "SERVED", "REPLIED", "CHECKED_RECTIFIED", "REWORK", "RATING_ANSWERED", "REPLIED",
        "CHECKED_RECTIFIED", "CLOSED",
    ])  # fmt: skip


async def test_its_papers_have_what_the_law_asks_for(city: City) -> None:
    clue, row = await served(city)
    row = await checked(city, await replied(city, row))
    prosecutor = await city.sign_in(PROSECUTOR)
    papers = (await look(prosecutor, row, "papers { title number state html }", what="recommendation"))["papers"]
    assert {paper["title"] for paper in papers} == {"检察建议书", "检察建议回复函"}
    sent = next(paper for paper in papers if paper["title"] == "检察建议书")
    assert sent["state"] == "SERVED"
    for part in ("来源", "事实和证据", "违法情形", "建议的具体内容", "异议期限", "书面回复期限", "依据"):
        assert part in sent["html"]
    check = (await look(prosecutor, row, "checks { doneAt paper { title state signatures { capacity signedAt } } }", what="recommendation"))
    (done,) = check["checks"]
    assert (done["paper"]["title"], done["paper"]["state"]) == ("整改验收单", "SIGNED")
    assert [each["capacity"] for each in done["paper"]["signatures"]] == ["PROSECUTOR", "DEPUTY"]
    assert {paper["title"] for paper in (await look(prosecutor, clue, "papers { title }"))["papers"]} == {"立案决定书", "整改验收单"}


async def test_who_raises_the_same_is_offered_it_and_shares_its_credit(city: City) -> None:
    clue = await raised(city, title="测试湖畔餐馆油烟直排扰民")
    other = await city.sign_in(DEPUTY_2)
    query = "query($words: String!) { alikeOversightClues(field: ENVIRONMENT, division: \"331024\", words: $words) { id code title supporters } }"
    offered = (await other.ask(query, words="湖畔餐馆油烟直排扰民"))["alikeOversightClues"]
    assert offered[0]["id"] == clue["id"]
    assert await find(other, clue) is None, "offered is not opened"
    clue = await step(other, "joinClue", clue)
    assert clue["supporters"] == 2
    with pytest.raises(Refused) as refused:
        await step(other, "joinClue", clue)
    assert refused.value.codes == ["ALREADY_DONE"]
    await accepted(city, clue)
    await city.work()
    assert await told(city, DEPUTY_2, clue) == await told(city, DEPUTY, clue) == ["ACCEPTED"]


async def test_merged_ones_have_a_part_in_the_other(city: City) -> None:
    first, second = await raised(city), await raised(city, DEPUTY_2, shielded=True)
    prosecutor, other = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY_2)
    with pytest.raises(Refused):
        await step(prosecutor, "screenClue", second, decision="MERGE", reason="同一问题并案", into=second["id"])
    second = await step(prosecutor, "screenClue", second, decision="MERGE", reason="同一问题并案", into=first["id"])
    await city.work()
    assert (await look(other, first))["supporters"] == 2
    assert (await look(other, second, "mergedInto { id }"))["mergedInto"]["id"] == first["id"]
    assert "MERGED" in await told(city, DEPUTY_2, second)


async def test_a_dispute_goes_over_by_code_and_category(city: City) -> None:
    from tests.factories.disputes import reported

    dispute: dict[str, Any] = await reported(city)
    center = await city.sign_in(CENTER)
    clue = await do(center, "handOverMatter", app="mediation", matterId=dispute["id"], field="GOVERNANCE", title="欠薪纠纷反复发生",
                    reason="同一工地多次发生同类纠纷,可能存在监管缺位")  # fmt: skip
    prosecutor = await city.sign_in(PROSECUTOR)
    seen = await look(prosecutor, clue, "source sourceApp sourceCode sourceCategory content parts { name kind }")
    assert (seen["source"], seen["sourceApp"], seen["sourceCode"]) == ("HANDED_OVER", "mediation", dispute["code"])
    assert seen["sourceCategory"]
    ask = "query($id: ID!) { dispute(id: $id) { id } }"
    answer = await prosecutor.client.post("/graphql", json={"query": ask, "variables": {"id": dispute["id"]}})
    assert not (answer.json().get("data") or {}).get("dispute"), "the grant opens no dispute"
    await accepted(city, clue)
    await city.work()
    assert await told(city, CENTER, clue) == ["ACCEPTED"]


async def test_both_sides_supervise_together(city: City) -> None:
    clue = await filed(city)
    congress, chief, prosecutor = await city.sign_in(CONGRESS), await city.sign_in(CHIEF), await city.sign_in(PROSECUTOR)
    project = await do(congress, "proposeJointSupervision", subject="溪流污染联合督办", basis="监督法及检察建议工作规定", form="INSPECTION",
                       clues=[clue["id"]])  # fmt: skip
    with pytest.raises(Refused) as refused:
        await step(congress, "decideJointSupervision", project, agree=True, opinion="同意")
    assert refused.value.codes == ["NOT_PERMITTED"], "one side is not two"
    project = await step(chief, "decideJointSupervision", project, agree=True, opinion="同意联合督办")
    project = await step(congress, "planJointSupervision", project, leader="测试代表工委", plan="十二月集中视察,次年一月评估", dueOn="2027-06-30")
    project = await step(chief, "recordJointMeeting", project, heldOn="2026-11-28", placeText="县人大会议室", attendees="双方有关人员",
                         minutes="研究整改进度,明确责任单位和完成时间")  # fmt: skip
    project = await step(congress, "evaluateJointSupervision", project, result="整改到位,群众反映良好")
    project = await step(chief, "finishJointSupervision", project, again=False, reason="任务完成")
    assert project["state"] == "CLOSED"
    seen = await look(prosecutor, project, "papers { title } clues { code } meetings { minutes }", what="project")
    assert {paper["title"] for paper in seen["papers"]} == {"联合督办通知", "联合督办会商纪要"}
    assert [each["code"] for each in seen["clues"]] == [clue["code"]]


async def test_a_clue_may_end_otherwise_and_its_author_reads_why(city: City) -> None:
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    clue = await step(prosecutor, "screenClue", await raised(city), decision="REJECT", reason="不属于检察监督范围,建议向住建部门反映")
    assert (await look(deputy, clue, "reason"))["reason"].startswith("不属于")
    clue = await step(prosecutor, "screenClue", await raised(city), decision="TRANSFER", reason="涉嫌违纪", organ="县纪委监委")
    assert (await look(deputy, clue, "organ state"))["organ"] == "县纪委监委"
    clue = await step(prosecutor, "divertClue", await assessed(city), ending="SUGGESTION", reason="需要财政投入,宜作为代表建议")
    assert clue["state"] == "TO_SUGGESTION"


async def test_what_stays_undone_goes_to_court(city: City) -> None:
    clue, row = await served(city, urgent=True)
    row = await checked(city, await replied(city, row), verdict="NOT")
    assert row["state"] == "NOT_RECTIFIED"
    chief, deputy = await city.sign_in(CHIEF), await city.sign_in(DEPUTY)
    assert (await look(deputy, clue))["trigger"] == "FALSE_RECTIFICATION"
    row = await step(chief, "escalateRecommendation", row, to="仙居县人民政府", reason="到期未整改")
    clue = await step(chief, "sueOversightCase", clue, court="测试人民法院", reason="逾期未整改,公共利益仍受侵害")
    assert clue["state"] == "SUED"
    assert (await look(deputy, row, what="recommendation"))["state"] == "SUED"
    clue = await step(chief, "closeOversightCase", clue, text="判决支持诉讼请求,已执行")
    assert clue["state"] == "CLOSED"
