"""Responsibility, more time, pauses, feedback, warnings and the weekly briefing."""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel import clock
from tests.factories.city import (
    APPLICANT,
    COUNTY_CENTER,
    DISPATCHER,
    MEDIATOR,
    PROGRAM_OFFICE,
    RESPONDENT,
    TOWN_LEADER,
    City,
    Refused,
)
from tests.factories.disputes import accepted, agreed, assigned, closed, read, reported, triaged

CLOCKS = "query($id: ID!) { dispute(id: $id) { version clocks { id rule state colour dueAt why source extensionPending } } }"


async def mediation_clock(city: City, dispute_id: str) -> dict[str, Any]:
    data = await (await city.sign_in(MEDIATOR)).ask(CLOCKS, id=dispute_id)
    return next(row for row in data["dispute"]["clocks"] if row["rule"].startswith("mediate_"))


async def test_every_step_has_one_responsible_person_and_the_chain_is_kept(city: City) -> None:
    dispute = await assigned(city)
    detail = await read(city, APPLICANT, dispute["id"])
    assert detail["responsible"]["name"] == "测试调解员"
    assert detail["responsible"]["phone"] == "0576-00000013"
    tags = [edge["node"]["tag"] for edge in detail["timeline"]["edges"]]
    assert tags[:3] == ["mediation:dispute:assigned", "mediation:dispute:triaged", "mediation:dispute:registered"]


async def test_a_date_explains_itself(city: City) -> None:
    dispute = await accepted(city)
    row = await mediation_clock(city, dispute["id"])
    assert [step["code"] for step in row["why"]] == ["STARTED", "COUNTED"]
    assert row["why"][1]["data"]["length"] == 7
    assert row["source"]


async def test_more_time_is_asked_for_and_granted_by_somebody_else(city: City) -> None:
    dispute = await accepted(city)
    mediator, leader = await city.sign_in(MEDIATOR), await city.sign_in(TOWN_LEADER)
    row = await mediation_clock(city, dispute["id"])
    wish = {"clockId": row["id"], "length": 5, "unit": "CD", "basis": "《工作规则》第八条", "reason": "等待鉴定意见"}
    await mediator.do("askExtension", **wish)
    with pytest.raises(Refused) as refused:
        await mediator.do("askExtension", **wish)
    assert refused.value.codes == ["NOT_PERMITTED"]
    request = (await read(city, TOWN_LEADER, dispute["id"]))["extensionRequests"][0]
    with pytest.raises(Refused) as refused:
        await mediator.do("decideExtension", requestId=request["id"], grant=True, opinion="同意")
    assert refused.value.codes == ["NOT_PERMITTED"]
    await leader.do("decideExtension", requestId=request["id"], grant=True, opinion="同意延期")
    later = await mediation_clock(city, dispute["id"])
    assert later["dueAt"] > row["dueAt"]
    assert [step["code"] for step in later["why"]] == ["STARTED", "COUNTED", "EXTENDED"]
    with pytest.raises(Refused) as refused:
        await leader.do("decideExtension", requestId=request["id"], grant=False, opinion="又不同意")
    assert refused.value.codes in (["NOT_PERMITTED"], ["ALREADY_DECIDED"])


async def test_a_paused_clock_stands_still(city: City) -> None:
    dispute = await accepted(city)
    mediator = await city.sign_in(MEDIATOR)
    row = await mediation_clock(city, dispute["id"])
    with pytest.raises(Refused) as refused:
        await mediator.do("suspendClock", clockId=row["id"], cause="HOLIDAY", reason="正好放假了")
    assert refused.value.codes == ["CAUSE_NOT_LISTED"]
    await mediator.do("suspendClock", clockId=row["id"], cause="APPRAISAL", reason="委托鉴定")
    await city.pass_time(days=9)
    assert (await mediation_clock(city, dispute["id"]))["colour"] == "BLUE"
    await mediator.ask(
        "mutation($id: ID!) { resumeClock(clockId: $id) { dispute { id } errors { code } } }", id=row["id"]
    )
    resumed = await mediation_clock(city, dispute["id"])
    assert resumed["state"] == "RUNNING"
    assert resumed["why"][-1]["code"] == "SUSPENDED"
    assert resumed["dueAt"] > row["dueAt"]


async def test_reminders_come_at_half_time_and_at_eighty_percent(fresh: None, city: City) -> None:
    dispute = await accepted(city)
    for days, kind in ((4.5, "half"), (2, "yellow"), (2, "red")):
        await city.pass_time(days=days)
        inbox = await (await city.sign_in(MEDIATOR)).ask("{ inbox(first: 100) { edges { node { kind matterId } } } }")
        found = [edge["node"] for edge in inbox["inbox"]["edges"]]
        assert {"kind": f"mediation.deadline.{kind}", "matterId": dispute["id"]} in found


async def test_a_supervision_notice_is_answered_and_costs_points(city: City) -> None:
    dispute = await accepted(city)
    await city.pass_time(days=8)
    await city.work()
    mediator = await city.sign_in(MEDIATOR)
    detail = await read(city, MEDIATOR, dispute["id"])
    (notice,) = detail["supervisionNotices"]
    await mediator.do("replyToSupervision", noticeId=notice["id"], reply="当事人外出,已约定下周调解")
    with pytest.raises(Refused):
        await mediator.do("replyToSupervision", noticeId=notice["id"], reply="再说一遍同样的话")
    scores = await mediator.ask('{ unitScores(division: "331024103") { unit score entries { id rule points matterCode } } }')
    unit = next(row for row in scores["unitScores"] if row["unit"] == "茶溪村人民调解委员会")
    entry = next(row for row in unit["entries"] if row["matterCode"] == dispute["code"])
    assert (entry["rule"], entry["points"]) == ("overdue", -2)
    answer = await mediator.ask(
        "mutation($id: ID!) { replyToScore(input: {entryId: $id, reply: \"等待鉴定,不是拖延\"}) { ok errors { code } } }",
        id=entry["id"],
    )
    assert answer["replyToScore"] == {"ok": True, "errors": []}
    after = await mediator.ask('{ unitScores(division: "331024103") { unit score } }')
    assert next(row["score"] for row in after["unitScores"] if row["unit"] == unit["unit"]) == unit["score"] + 2


async def test_urging_is_possible_once_an_hour(city: City) -> None:
    dispute = await assigned(city)
    dispatcher = await city.sign_in(DISPATCHER)
    await dispatcher.do("urgeDispute", id=dispute["id"], note="请尽快联系双方")
    with pytest.raises(Refused) as refused:
        await dispatcher.do("urgeDispute", id=dispute["id"], note="请尽快联系双方")
    assert refused.value.codes == ["URGED_ALREADY"]


async def test_closing_needs_what_is_claimed(city: City) -> None:
    dispute = await agreed(city)
    mediator, leader = await city.sign_in(MEDIATOR), await city.sign_in(TOWN_LEADER)
    dispute = await mediator.do("recordPerformance", id=dispute["id"], version=dispute["version"], statement="付清")
    full = ["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"]
    close = {"id": dispute["id"], "version": dispute["version"], "closeType": "AGREED_PERFORMED"}
    with pytest.raises(Refused) as refused:
        await leader.do("closeDispute", **close, checklist=full[:2])
    assert refused.value.codes == ["EVIDENCE_MISSING", "RETURN_VISIT_MISSING"]
    with pytest.raises(Refused) as refused:
        await mediator.do("closeDispute", **close, checklist=full)
    assert refused.value.codes == ["NOT_PERMITTED"]
    with pytest.raises(Refused) as refused:
        await leader.do("closeDispute", **{**close, "closeType": "CONFIRMED"}, checklist=full)
    assert "CLOSE_TYPE_UNFIT" in refused.value.codes


async def test_an_upheld_objection_reopens_and_reaches_the_body_again(city: City) -> None:
    dispute = await closed(city)
    applicant = await city.sign_in(APPLICANT)
    await applicant.do("fileObjection", id=dispute["id"], grounds="协议里的金额写错了")
    objection = (await read(city, COUNTY_CENTER, dispute["id"]))["objections"][0]
    county = await city.sign_in(COUNTY_CENTER)
    done = await county.do("decideObjection", objectionId=objection["id"], outcome="UPHELD", reason="核实确有错误")
    assert done["state"] == "REOPENED"
    actions = {a["name"] for a in (await read(city, COUNTY_CENTER, dispute["id"]))["availableActions"]}
    assert "assign" in actions


async def test_a_second_dissatisfied_rating_does_not_reopen_again(city: City) -> None:
    dispute = await closed(city)
    respondent = await city.sign_in(RESPONDENT)
    await respondent.do("rateDispute", id=dispute["id"], process="SATISFIED", result="DISSATISFIED", reason="慢")
    await city.work()
    assert (await read(city, RESPONDENT, dispute["id"]))["state"] == "REOPENED"
    with pytest.raises(Refused) as refused:
        await respondent.do("rateDispute", id=dispute["id"], process="SATISFIED", result="SATISFIED")
    assert refused.value.codes == ["WRONG_STATE"]


async def test_contact_data_is_revealed_for_a_reason_that_the_person_can_read(city: City) -> None:
    dispute = await accepted(city)
    mediator, respondent = await city.sign_in(MEDIATOR), await city.sign_in(RESPONDENT)
    party = next(p for p in (await read(city, MEDIATOR, dispute["id"]))["parties"] if p["side"] == "RESPONDENT")
    assert party["phoneMasked"] == "199****0002"
    reveal = "mutation($id: ID!, $r: String!) { revealPartyContact(input: {partyId: $id, reason: $r}) { phone errors { code field } } }"
    refused = await mediator.ask(reveal, id=party["id"], r=" ")
    assert refused["revealPartyContact"]["errors"] == [{"code": "REQUIRED", "field": "reason"}]
    shown = await mediator.ask(reveal, id=party["id"], r="约定调解时间")
    assert shown["revealPartyContact"]["phone"] == RESPONDENT
    log = await respondent.ask("query($id: ID!) { accessLog(matterId: $id) { who what reason } }", id=dispute["id"])
    assert log["accessLog"] == [{"who": "茶溪村人民调解委员会 测试调解员", "what": "CONTACT", "reason": "约定调解时间"}]
    applicant = await city.sign_in(APPLICANT)
    assert (await applicant.ask("query($id: ID!) { accessLog(matterId: $id) { who } }", id=dispute["id"]))["accessLog"] == []


async def test_group_and_wage_disputes_raise_red_signals_that_want_an_analysis(city: City) -> None:
    dispute = await reported(city, category="LABOUR", amount=600000, peopleInvolved=12)
    dispatcher = await city.sign_in(DISPATCHER)
    await dispatcher.do(
        "triageDispute", id=dispute["id"], version=dispute["version"], category="LABOUR", severity="MAJOR",
        route="MEDIATION", violence=False, duplicatesChecked=True,
    )  # fmt: skip
    office = await city.sign_in(PROGRAM_OFFICE)
    data = await office.ask(
        "{ disputeSignals(first: 50, states: [OPEN]) { edges { node { id pattern severity count analysisDue } } } }"
    )
    signals = [edge["node"] for edge in data["disputeSignals"]["edges"]]
    assert {"GROUP_DISPUTE", "WAGE_CLAIM"} <= {signal["pattern"] for signal in signals}
    signal = next(each for each in signals if each["pattern"] == "WAGE_CLAIM")
    assert signal["severity"] == "RED" and signal["analysisDue"]
    answer = await office.ask(
        """mutation($id: ID!) { analyseSignal(input: {id: $id, cause: "层层转包", ruleGap: "工资专户未落实",
           proposal: "建立工资专户检查制度"}) { signal { state } errors { code } } }""",
        id=signal["id"],
    )
    assert answer["analyseSignal"] == {"signal": {"state": "ANALYSED"}, "errors": []}


async def test_three_disputes_with_one_respondent_raise_a_signal(city: City) -> None:
    name = f"测试被诉{clock.now().timestamp():.0f}"
    for _ in range(3):
        await triaged(city, parties=[{"side": "RESPONDENT", "name": name}])
    office = await city.sign_in(PROGRAM_OFFICE)
    data = await office.ask("{ disputeSignals(first: 10) { edges { node { pattern count } } } }")
    assert {"pattern": "REPEAT_RESPONDENT", "count": 3} in [edge["node"] for edge in data["disputeSignals"]["edges"]]


async def test_the_week_is_briefed_with_the_statistic_it_uses(fresh: None, city: City) -> None:
    for _ in range(5):
        await reported(city, category="FISHERY")
    # The Tuesday of the week after, whatever day it is: of a Sunday eight days later two weeks have ended.
    await city.pass_time(days=8 - clock.now().astimezone(clock.LOCAL).weekday())
    office = await city.sign_in(PROGRAM_OFFICE)
    data = await office.ask("{ briefings { weekFrom division { code } paper { number html } } }")
    briefing = data["briefings"][0]
    assert briefing["division"]["code"] == "331024"
    assert "渔业" in briefing["paper"]["html"] and "泊松" in briefing["paper"]["html"]
    assert briefing["paper"]["number"].startswith("调研〔")
    data = await office.ask(
        "{ disputeSignals(first: 50) { edges { node { pattern category statisticName statistic expected } } } }"
    )
    rising = [e["node"] for e in data["disputeSignals"]["edges"] if e["node"]["category"] == "FISHERY"]
    assert rising and rising[0]["statisticName"] == "poisson_upper_tail"
    assert rising[0]["statistic"] < 0.01
    count = len((await office.ask("{ briefings { id } }"))["briefings"])
    await city.work()
    assert len((await office.ask("{ briefings { id } }"))["briefings"]) == count, "one per week"


async def test_the_export_has_no_personal_data_and_is_for_those_who_may(city: City) -> None:
    await reported(city)
    person = await city.sign_in(DISPATCHER)
    answer = await person.client.get("/export/disputes.csv?states=REGISTERED")
    assert answer.status_code == 200
    assert "331024-" in answer.text and "测试甲一" not in answer.text and "19900" not in answer.text
    citizen = await city.sign_in(APPLICANT)
    assert (await citizen.client.get("/export/disputes.csv")).status_code == 403
    assert (await person.client.get("/export/disputes.csv?states=NONSENSE")).status_code == 400


async def test_contested_points_are_decided_by_another_unit(city: City) -> None:
    dispute = await accepted(city)
    await city.pass_time(days=8)
    mediator, county = await city.sign_in(MEDIATOR), await city.sign_in(COUNTY_CENTER)
    scores = "{ unitScores(division: \"331024103\") { unit score entries { id matterCode state } } }"

    async def unit() -> dict[str, Any]:
        data = await county.ask(scores)
        return next(row for row in data["unitScores"] if row["unit"] == "茶溪村人民调解委员会")

    entry = next(row for row in (await unit())["entries"] if row["matterCode"] == dispute["code"])
    decide = """mutation($id: ID!) { decideScore(input: {entryId: $id, uphold: false, reason: "等待鉴定属实"}) {
        ok errors { code } } }"""
    refused = await county.ask(decide, id=entry["id"])
    assert refused["decideScore"]["errors"] == [{"code": "WRONG_STATE"}]
    await mediator.ask(
        "mutation($id: ID!) { replyToScore(input: {entryId: $id, reply: \"当时在等鉴定\"}) { ok } }", id=entry["id"]
    )
    own = await mediator.ask(decide, id=entry["id"])
    assert own["decideScore"]["errors"] == [{"code": "NOT_PERMITTED"}]
    assert (await county.ask(decide, id=entry["id"]))["decideScore"]["ok"]
    assert next(row["state"] for row in (await unit())["entries"] if row["id"] == entry["id"]) == "REVOKED"


async def test_thirty_days_after_closing_somebody_is_asked_to_visit(fresh: None, city: City) -> None:
    dispute = await closed(city)
    assert (await read(city, TOWN_LEADER, dispute["id"]))["clock"] is None
    await city.pass_time(days=31)
    leader = await city.sign_in(TOWN_LEADER)
    inbox = await leader.ask("{ inbox(first: 100) { edges { node { kind matterId } } } }")
    due = {"kind": "mediation.return_visit.due", "matterId": dispute["id"]}
    assert due in [edge["node"] for edge in inbox["inbox"]["edges"]]
    detail = await read(city, TOWN_LEADER, dispute["id"])
    await leader.do(
        "recordReturnVisit", id=dispute["id"], version=detail["version"], performance="PERFORMED",
        satisfaction="SATISFIED", notes="",
    )  # fmt: skip
    clocks = {row["rule"]: row["state"] for row in (await read(city, TOWN_LEADER, dispute["id"]))["clocks"]}
    assert clocks["return_visit"] == "EXPIRED"
