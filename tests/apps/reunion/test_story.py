"""The main job: a man who cannot say who he is comes home, through two counties."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import faces
from tests.factories.city import City, Refused
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    EXPERT_2,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    missing,
    pictured,
    searched,
    step,
)
from tests.factories.supervision import act, whose

CANDIDATES = """candidates { id state otherCode otherCounty rank score likely cosine reviewCount mayReview pictureUrl comparison
    reviews { reviewer verdict } other { id facts { name marks } placeText pictures { url } } }"""


async def pair(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same man on both sides: among his team at home, alone at the station."""
    sought = await pictured(city, NEXT_POLICE, await missing(city), faces.the_team(), face=await the_player())
    guest = await pictured(city, STATION, await found(city), faces.basketball_player(), face=0)
    return sought, guest


async def the_player() -> int:
    """Number of the basketball player's face in the picture of the team."""
    from backend.kernel.faces import insightface
    from backend.kernel.faces.matching import cosine

    engine = insightface.engine()
    alone = faces.basketball_player()
    his = engine.embed(alone, engine.detect(alone)[0])
    team = faces.the_team()
    found = engine.detect(team)
    return max(range(len(found)), key=lambda number: cosine(his, engine.embed(team, found[number])))


async def test_he_goes_home(fresh: None, city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    assert guest["state"] == "CANDIDATES"
    police, expert, other = await city.sign_in(POLICE), await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    rows = (await look(expert, guest, CANDIDATES))["candidates"]
    mine = next(each for each in rows if each["otherCode"] == sought["code"])
    assert (mine["score"], mine["likely"], mine["cosine"], mine["rank"]) == (None, None, None, None), "no number before the verdict"
    assert mine["other"]["facts"]["name"] == "测试老人"
    assert (await expert.client.get(mine["pictureUrl"])).status_code == 200
    with pytest.raises(Refused) as refused:
        await act(police, "reviewCandidate", show="case { id }", candidateId=mine["id"], verdict="SAME", alike="五官")
    assert refused.value.codes == ["INVOLVED_BEFORE"], "whoever asked does not review"
    await act(expert, "reviewCandidate", show="case { id }", candidateId=mine["id"], verdict="SAME", alike="眉眼、耳廓、手疤")
    with pytest.raises(Refused) as refused:
        await act(expert, "reviewCandidate", show="case { id }", candidateId=mine["id"], verdict="SAME", alike="再看一次")
    assert refused.value.codes == ["INVOLVED_BEFORE"]
    blind = next(each for each in (await look(other, guest, CANDIDATES))["candidates"] if each["id"] == mine["id"])
    assert (blind["reviews"], blind["reviewCount"], blind["score"]) == ([], 1, None)
    seen = next(each for each in (await look(expert, guest, CANDIDATES))["candidates"] if each["id"] == mine["id"])
    assert seen["score"] > 0.5
    assert seen["likely"]
    await act(other, "reviewCandidate", show="case { id }", candidateId=mine["id"], verdict="SAME", alike="面部轮廓一致")
    assert (await look(police, guest))["state"] == "LEAD"
    await home(city, sought, guest)


async def home(city: City, sought: dict[str, Any], guest: dict[str, Any]) -> None:
    police, civil, station = await city.sign_in(POLICE), await city.sign_in(CIVIL), await city.sign_in(STATION)
    await step(police, "askReunionVerification", guest, text="请天台县公安局核实家属身份并采血")
    await step(police, "recordReunionProof", guest, kind="DNA", positive=True, source="省厅DNA实验室 2026-0001")
    await step(police, "confirmReunionIdentity", guest, text="DNA比对一致")
    assert (await look(civil, guest))["state"] == "VERIFYING", "one organ is not two"
    confirmed = await step(civil, "confirmReunionIdentity", guest, text="家属身份属实")
    assert confirmed["state"] == "IDENTITY_CONFIRMED"
    await city.pass_time(seconds=90)
    await city.work()
    family = await whose(city, sought)
    assert (await look(family, sought))["state"] == "IDENTITY_CONFIRMED"
    await step(station, "arrangeReturn", guest, plan="家属来站接回", wish="本人愿意回家")
    await step(station, "handOver", guest, receiver="测试家属(儿子)", idCheck="身份证原件已核对", place="仙居县救助管理站")
    await city.pass_time(minutes=3)
    await city.work()
    assert (await look(family, sought))["state"] == "CLOSED"
    for text in ("一个月:情况稳定", "三个月:已办残疾证", "六个月:生活正常"):
        guest = await step(civil, "recordFollowUp", guest, text=text)
    titles = {paper["title"] for paper in (await look(civil, guest, "papers { title }"))["papers"]}
    assert titles == {"人像比对申请审批表", "人像比对意见书", "身份确认书", "护送返乡交接单"}
    guest = await step(civil, "closeReunionCase", guest, text="随访完成")
    assert guest["state"] == "CLOSED"
    await city.pass_time(days=31)
    await city.work()
    await city.pass_time(hours=2)
    await city.work()


async def test_a_chief_does_not_search_and_a_refusal_has_a_reason(fresh: None, city: City) -> None:
    guest = await pictured(city, STATION, await found(city), faces.astronaut(), face=0)
    chief, police, station = await city.sign_in(CHIEF), await city.sign_in(POLICE), await city.sign_in(STATION)
    await step(station, "recordQuickCheck", guest, text="无结果")
    with pytest.raises(Refused) as refused:
        await step(chief, "requestFaceSearch", guest, purpose="STRANDED_SEARCH", legalBasis="x", necessity="y")
    assert refused.value.codes == ["NOT_PERMITTED"]
    with pytest.raises(Refused) as refused:
        await step(police, "requestFaceSearch", guest, purpose="LOST_RESCUE", legalBasis="依据", necessity="需要")
    assert refused.value.codes == ["INVALID"]
    await step(police, "requestFaceSearch", guest, purpose="STRANDED_SEARCH", legalBasis="依据", necessity="需要")
    guest = await step(chief, "decideFaceSearch", guest, approve=False, reason="先完成指纹查询")
    assert guest["state"] == "SEARCH_REFUSED"


async def test_who_appears_later_is_found_while_the_approval_stands(fresh: None, city: City) -> None:
    guest = await searched(city, await pictured(city, STATION, await found(city), faces.astronaut(), face=0))
    sought = await pictured(city, NEXT_POLICE, await missing(city), faces.astronaut(), face=0)
    await city.pass_time(minutes=2)
    await city.work()
    await city.pass_time(seconds=30)
    await city.work()
    expert = await city.sign_in(EXPERT)
    seen = await look(expert, guest, CANDIDATES)
    assert seen["state"] == "CANDIDATES"
    again = [each for each in seen["candidates"] if each["otherCode"] == sought["code"]]
    assert len(again) == 1
    assert again[0]["other"] is not None
    await city.pass_time(minutes=5)
    await city.work()
    assert len((await look(expert, guest, CANDIDATES))["candidates"]) == len(seen["candidates"]), "nobody is listed twice"


async def test_a_lead_that_came_to_nothing_leaves_the_others_to_look_at(fresh: None, city: City) -> None:
    facts = {"name": "测试银花", "sex": "FEMALE", "born": "约1950年", "marks": "左手有疤", "seen": "2026-11-01"}
    first, second = await missing(city, facts=facts), await missing(city, facts={**facts, "born": "约1951年"})
    guest = await found(city, facts={"name": "银花", "sex": "FEMALE", "born": "七十多岁", "marks": "左手一道疤"})
    guest = await searched(city, guest)
    police, expert, other = await city.sign_in(POLICE), await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    rows = {each["otherCode"]: each["id"] for each in (await look(expert, guest, CANDIDATES))["candidates"]}
    for reviewer in (expert, other):
        await act(reviewer, "reviewCandidate", show="case { id }", candidateId=rows[first["code"]], verdict="SAME", alike="面部轮廓")
    await step(police, "askReunionVerification", guest, text="请天台县公安局采血核实")
    guest = await step(police, "recordReunionProof", guest, kind="DNA", positive=False, source="省厅DNA实验室 2026-0002")
    assert guest["state"] == "CANDIDATES", "the approval stands, and somebody else was listed"
    left = [each for each in (await look(expert, guest, CANDIDATES))["candidates"] if each["mayReview"]]
    assert rows[second["code"]] in [each["id"] for each in left]
    assert rows[first["code"]] not in [each["id"] for each in left]
    await act(expert, "reviewCandidate", show="case { id }", candidateId=rows[second["code"]], verdict="SAME", alike="面部轮廓")
