"""Help between counties: asked with a limit, opened for a term, answered with reasons, thanked; and everything ends by itself."""

from __future__ import annotations

import asyncio
from typing import Any

from backend.apps.reunion.models import Assist, AssistReply, AssistThanks
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import COUNTY
from tests.apps.reunion import test_rights
from tests.apps.reunion.test_rights import ONE, asked, pair, told
from tests.factories import faces
from tests.factories.city import City, Person, Refused
from tests.factories.desk import (
    ASSIST,
    HELPER,
    SECOND_HELPER,
    ask,
    desk,
    expert_of,
    hear,
    helpers,
    helping_county,
    invite,
    kinds,
    on_board,
    read,
    reply,
)
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    EXPERT_2,
    NEXT_CHIEF,
    NEXT_COUNTY,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    pictured,
    searched,
    step,
)
from tests.factories.supervision import act, whose
from tests.kernel.db.test_row_level_security import COUNTY_PATH

yesterdays_reviews = test_rights.yesterdays_reviews
MACHINE = system_actor(COUNTY, COUNTY_PATH)
SEEN_OF_THE_CASE = "case { id name facts { name } report { reporterName phoneMasked } agencyName placeText candidates { id } availableActions { name } }"


async def guest(city: City, **facts: Any) -> dict[str, Any]:
    await helpers(city)
    return await found(city, facts={**told(), "sex": "MALE", "placeText": "环城南路12号", **facts})


async def test_a_county_is_asked_answers_in_time_and_is_thanked(city: City) -> None:
    case = await pictured(city, STATION, await guest(city), faces.astronaut(), face=0)
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    picture = (await look(police, case, "pictures { id }"))["pictures"][0]["id"]
    request = await ask(police, case, county=NEXT_COUNTY, pictures=[picture])
    assert (request["state"], request["toCounty"]["code"]) == ("OPEN", NEXT_COUNTY)
    assert "asked" in await kinds(helper, request)
    assert request["id"] in [each["id"] for each in await desk(helper, "TO_US")]
    seen = await read(helper, request, f"{SEEN_OF_THE_CASE} pictures {{ id url }} clock {{ dueAt colour why source }} paper {{ number html docxUrl }}")
    assert seen["case"]["report"] is None
    assert seen["case"]["facts"]["name"] and [each["id"] for each in seen["pictures"]] == [picture]
    assert (await helper.client.get(seen["pictures"][0]["url"])).status_code == 200
    assert seen["clock"]["colour"] == "BLUE" and seen["clock"]["why"]
    assert "协查" in seen["paper"]["number"] and "不得用于本案以外" in seen["paper"]["html"]
    assert (await helper.client.get(seen["paper"]["docxUrl"])).status_code == 200
    answered = await reply(helper, request, "KNOWN_HERE", "户籍地派出所辨认,系本县白鹤镇居民")
    assert (answered["mayAnswer"], answered["replies"][0]["finding"]) == (False, "KNOWN_HERE")
    await hear(city)
    mine = await read(police, request, "replies { id finding reasons agencyName county { code } mayThank } clock { colour }")
    assert (mine["state"], mine["clock"]["colour"]) == ("ANSWERED", "GREY")
    assert mine["replies"][0]["county"]["code"] == NEXT_COUNTY and "白鹤镇" in mine["replies"][0]["reasons"]
    assert "answered" in await kinds(police, request)
    assert "assist" not in str([each["rule"] for each in (await look(police, case, "clocks { rule }"))["clocks"]])
    await act(police, "thankForAssist", show="assist { id }", replyId=mine["replies"][0]["id"], words="多谢,帮了大忙")
    await hear(city)
    assert "thanked" in await kinds(helper, request)
    thanked = await read(helper, request, "replies { thanks { words by } mayThank }")
    assert thanked["replies"][0] == {"thanks": {"words": "多谢,帮了大忙", "by": "测试巡逻民警"}, "mayThank": False}
    after = await look(police, case, "state assists { id state replies { reasons } }")
    assert (after["state"], after["assists"][0]["id"]) == (case["state"], request["id"]), "an answer decides nothing"


async def test_where_a_guest_is_stays_hidden_from_whoever_is_asked(city: City) -> None:
    case = await guest(city)
    request = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    seen = await read(await city.sign_in(NEXT_POLICE), request, SEEN_OF_THE_CASE)
    assert (seen["case"]["placeText"], seen["case"]["agencyName"]) == (None, "")
    assert (seen["case"]["candidates"], seen["case"]["availableActions"]) == ([], [])


async def test_of_a_missing_person_the_family_stays_closed(city: City) -> None:
    facts = told()
    sought, _ = await pair(city, facts)
    request = await ask(await city.sign_in(NEXT_POLICE), sought, county=COUNTY, purpose="LOST_RESCUE")
    police = await city.sign_in(POLICE)
    seen = await read(police, request, SEEN_OF_THE_CASE)
    assert (seen["case"]["name"], seen["case"]["report"]) == (facts["name"], None)
    answer = await act_raw(police, "revealReporter", id=sought["id"], reason="协查需要联系家属")
    assert answer in (["NOT_FOUND"], ["NOT_PERMITTED"])


async def act_raw(person: Person, command: str, **fields: Any) -> list[str]:
    try:
        await act(person, command, show="phone", **fields)
    except Refused as refused:
        return refused.codes
    return []


async def test_only_the_chosen_pictures_are_seen(city: City) -> None:
    case = await pictured(city, STATION, await guest(city), faces.astronaut(), face=0)
    request = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    helper = await city.sign_in(NEXT_POLICE)
    seen = await read(helper, request, "pictures { id } case { pictures { id url } }")
    assert (seen["pictures"], seen["case"]["pictures"]) == ([], [])
    own = (await look(await city.sign_in(POLICE), case, "pictures { url }"))["pictures"][0]["url"]
    assert (await helper.client.get(own)).status_code == 404


async def test_an_expert_from_elsewhere_reaches_the_case_while_he_is_invited_and_none_of_his_colleagues_do(city: City) -> None:
    case = await searched(city, await guest(city))
    invited, colleague = await expert_of(city, "331022"), await expert_of(city, "331022")
    assert await asked(invited, ONE, id=case["id"]) is None
    police = await city.sign_in(POLICE)
    request = await invite(police, case, invited)
    assert (await look(invited, case, "facts { name }"))["facts"]["name"]
    assert await asked(colleague, ONE, id=case["id"]) is None
    assert await desk(colleague, "TO_US") == []
    assert [each["id"] for each in await desk(invited, "TO_US")] == [request["id"]]
    await reply(invited, request, "SAME", "耳廓与眉弓一致")
    await hear(city)
    mine = await read(police, request, "replies { finding byExpert county { code } helperName }")
    assert (mine["state"], mine["replies"][0]["finding"], mine["replies"][0]["county"]) == ("ANSWERED", "SAME", None)
    await act(police, "endAssist", show="assist { id }", id=request["id"], text="已收到意见")
    assert await asked(invited, ONE, id=case["id"]) is None


async def test_an_invitation_opens_cases_to_a_city_expert_that_do_not_wait_for_a_review(city: City) -> None:
    case = await searched(city, await guest(city))
    assert case["state"] == "NO_MATCH"
    expert, other = await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    assert await asked(expert, ONE, id=case["id"]) is None
    request = await invite(await city.sign_in(POLICE), case, expert)
    assert await asked(expert, ONE, id=case["id"]) is not None
    assert (await asked(other, ONE, id=case["id"]), await desk(other, "TO_US")) == (None, [])
    await reply(expert, request, "UNSURE", "照片年代相差太大")
    await hear(city)
    assert (await read(await city.sign_in(POLICE), request, "replies { finding }"))["replies"] == [{"finding": "UNSURE"}]
    await city.pass_time(days=31)
    assert await asked(expert, ONE, id=case["id"]) is None


async def test_the_board_shows_neither_name_nor_picture_before_somebody_takes_it_up(city: City) -> None:
    case = await searched(city, await guest(city))
    police, helper = await city.sign_in(POLICE), await city.sign_in(HELPER)
    request = await on_board(police, case)
    (row,) = [each for each in await desk(helper, "BOARD") if each["id"] == request["id"]]
    show = "county { code } kind side sex question emergency caseCode askedBy agencyName dutyPhone case { id } pictures { id } mayTake mayAnswer"
    seen = await read(helper, row, show)
    assert seen["county"]["code"] == COUNTY and seen["question"] and seen["mayTake"]
    assert [seen[name] for name in ("caseCode", "askedBy", "agencyName", "dutyPhone", "case", "pictures", "mayAnswer")] == [None] * 5 + [[], False]
    assert await asked(helper, ONE, id=case["id"]) is None
    await act(helper, "takeUpAssist", show=ASSIST, id=request["id"])
    await hear(city)
    seen = await read(helper, row, f"{show} {SEEN_OF_THE_CASE}")
    assert seen["case"]["name"] and seen["askedBy"] and (seen["mayTake"], seen["mayAnswer"]) == (False, True)
    assert "taken" in await kinds(police, request)
    assert (await read(await city.sign_in(SECOND_HELPER), row, "case { id }"))["case"] is None, "opened to whoever took it up alone"


async def test_who_knows_nothing_leaves_the_request_on_the_board_and_who_knows_him_takes_it_off(city: City) -> None:
    case = await searched(city, await guest(city))
    police, one, other = [await city.sign_in(each) for each in (POLICE, HELPER, SECOND_HELPER)]
    request = await on_board(police, case)
    for helper in (one, other):
        await act(helper, "takeUpAssist", show=ASSIST, id=request["id"])
    await reply(one, request, "NOT_KNOWN_HERE", "走访后没有此人")
    await hear(city)
    assert (await read(police, request))["state"] == "OPEN"
    await reply(other, request, "KNOWN_HERE", "村干部认出")
    await hear(city)
    mine = await read(police, request, "replies { finding }")
    assert (mine["state"], {each["finding"] for each in mine["replies"]}) == ("ANSWERED", {"KNOWN_HERE", "NOT_KNOWN_HERE"})
    assert request["id"] not in [each["id"] for each in await desk(await city.sign_in(NEXT_POLICE), "BOARD")]
    assert len((await read(one, request, "replies { id }"))["replies"]) == 1, "helpers do not read each other's answers"


async def test_a_refusal_closes_the_case_to_whoever_refused(city: City) -> None:
    case = await guest(city)
    request = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    helper = await city.sign_in(NEXT_POLICE)
    await act(helper, "declineAssist", show=ASSIST, id=request["id"], text="本县无此类信息系统权限")
    await hear(city)
    assert await asked(helper, ONE, id=case["id"]) is None
    mine = await read(await city.sign_in(POLICE), request, "replies { state reasons }")
    assert (mine["state"], mine["replies"][0]["state"]) == ("DECLINED", "DECLINED")
    again = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    assert again["id"] != request["id"], "asked anew with better reasons"


async def test_a_request_taken_back_is_closed_at_once_and_the_helper_hears_it(city: City) -> None:
    case = await guest(city)
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    request = await ask(police, case, county=NEXT_COUNTY)
    ended = (await act(police, "endAssist", show=ASSIST, id=request["id"], text="家属已到站认领"))["assist"]
    assert ended["state"] == "CLOSED" and "ended" in await kinds(helper, request)
    assert await asked(helper, ONE, id=case["id"]) is None
    seen = await read(helper, request, "case { id } endText mayAnswer paper { id }")
    assert [seen[name] for name in ("case", "mayAnswer", "paper", "endText")] == [None, False, None, "家属已到站认领"]
    for command, fields in (("answerAssist", {"finding": "UNSURE", "reasons": "不详"}), ("declineAssist", {"text": "不详"})):
        assert await refused(helper, command, id=request["id"], **fields) == ["WRONG_STATE"]
    assert await refused(police, "endAssist", id=request["id"], text="再来一次") == ["WRONG_STATE"]


async def refused(person: Person, command: str, **fields: Any) -> list[str]:
    try:
        await act(person, command, show="assist { id }", **fields)
    except Refused as problem:
        return problem.codes
    return []


async def test_what_was_opened_ends_with_its_term(city: City) -> None:
    case = await guest(city)
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    request = await ask(police, case, county=NEXT_COUNTY, days=10)
    await city.pass_time(days=9)
    assert await asked(helper, ONE, id=case["id"]) is not None
    await city.pass_time(days=1, minutes=1)
    assert await asked(helper, ONE, id=case["id"]) is None
    assert (await read(police, request))["state"] == "EXPIRED"
    assert "expired" in await kinds(police, request)
    assert await refused(helper, "answerAssist", id=request["id"], finding="UNSURE", reasons="太晚了") == ["WRONG_STATE"]


async def test_an_answer_that_is_late_turns_the_clock_red_and_reminds_both_sides(city: City) -> None:
    case = await guest(city)
    police, helper, chief = [await city.sign_in(each) for each in (POLICE, NEXT_POLICE, NEXT_CHIEF)]
    request = await ask(police, case, county=NEXT_COUNTY)
    await city.pass_time(days=12)
    for person in (police, chief):
        assert "due" in await kinds(person, request)
    assert (await read(helper, request, "clock { colour }"))["clock"]["colour"] == "RED"
    rules = {each["rule"]: each["colour"] for each in (await look(police, case, "clocks { rule colour }"))["clocks"]}
    assert rules["assist"] == "RED"
    await reply(helper, request, "NOT_KNOWN_HERE", "未查到")
    await hear(city)
    assert (await read(police, request, "clock { colour }"))["clock"]["colour"] == "RED", "late stays late"


async def test_an_emergency_is_answered_within_hours(city: City) -> None:
    case = await guest(city)
    case = await step(await city.sign_in(STATION), "raiseReunionAlarm", case, alarm="DANGER", receipt="110-2026-1")
    request = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    seen = await read(await city.sign_in(POLICE), request, "emergency clock { rule startedAt dueAt }")
    assert (seen["emergency"], seen["clock"]["rule"]) == (True, "assist_emergency")


async def test_the_end_of_a_case_ends_what_it_asked_and_erases_what_was_said_of_the_person(city: City) -> None:
    case = await guest(city)
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    request = await ask(police, case, county=NEXT_COUNTY)
    await reply(helper, request, "KNOWN_HERE", "像是后岸村走失的人")
    await hear(city)
    (row,) = (await read(police, request, "replies { id }"))["replies"]
    await act(police, "thankForAssist", show="assist { id }", replyId=row["id"], words="谢谢你们认出他")
    await hear(city)
    await step(await city.sign_in(STATION), "withdrawReunionCase", case, text="本人撤回同意")
    await city.work()
    await city.work()
    assert await asked(helper, ONE, id=case["id"]) is None
    async with open_scope(MACHINE.scope):
        asked_for = await Assist.get(id=request["id"])
        assert (asked_for.state, asked_for.question, asked_for.pictures) == ("CLOSED", "", [])
        assert [each.words for each in await AssistThanks.filter(assist_id=asked_for.id)] == [""]
        assert [each.reasons for each in await AssistReply.filter(assist_id=asked_for.id)] == [""]


async def test_who_does_not_want_to_be_found_is_shown_to_nobody_any_more(city: City) -> None:
    case = await guest(city)
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    request = await ask(police, case, county=NEXT_COUNTY)
    await step(await city.sign_in(STATION), "refuseContact", case, text="本人不愿联系家人")
    await city.work()
    assert await asked(helper, ONE, id=case["id"]) is None
    assert (await read(police, request))["state"] == "CLOSED"
    case = {**case, **await look(police, case, "availableActions { name }")}
    assert "ask_assist" not in str(case["availableActions"])
    assert await refused(police, "askAssist", **helping_county(case, NEXT_COUNTY)) == ["NO_CONTACT"]


async def test_asked_answered_and_taken_twice_or_at_once_happens_once(city: City) -> None:
    case = await searched(city, await guest(city))
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    version = (await look(police, case))["version"]
    given = helping_county({**case, "version": version}, NEXT_COUNTY)
    first = await act(police, "askAssist", show=ASSIST, key=f"ask-{case['id']}", **given)
    assert await act(police, "askAssist", show=ASSIST, key=f"ask-{case['id']}", **given) == first
    fresh = {**given, "version": (await look(police, case))["version"]}
    outcomes = await asyncio.gather(*(refused(police, "askAssist", **fresh) for _ in range(3)))
    assert sorted(map(str, outcomes)) == ["['ALREADY_ASKED']"] * 3
    answers = [
        refused(helper, "answerAssist", id=first["assist"]["id"], finding="UNSURE", reasons=f"第{each}次") for each in range(3)
    ]
    assert sorted(map(str, await asyncio.gather(*answers))) == ["['ALREADY_DECIDED']"] * 2 + ["[]"]
    for _ in range(3):
        await hear(city)
    mine = await read(police, first["assist"], "replies { id }")
    assert len(mine["replies"]) == 1
    words = [refused(police, "thankForAssist", replyId=mine["replies"][0]["id"], words="多谢") for _ in range(3)]
    assert sorted(map(str, await asyncio.gather(*words))) == ["['ALREADY_THANKED']"] * 2 + ["[]"]
    board = await on_board(police, case)
    taken = [refused(await city.sign_in(each), "takeUpAssist", id=board["id"]) for each in (NEXT_POLICE, NEXT_CHIEF, HELPER)]
    assert sorted(map(str, await asyncio.gather(*taken))) == ["['ALREADY_TAKEN']", "[]", "[]"]


async def test_a_family_reads_nothing_of_what_was_asked_elsewhere(city: City) -> None:
    sought, _ = await pair(city)
    await ask(await city.sign_in(NEXT_POLICE), sought, county=COUNTY, purpose="LOST_RESCUE")
    family = await whose(city, sought)
    seen = await look(family, sought, "assists { id } timeline(first: 100) { edges { node { tag } } } papers { id }")
    assert (seen["assists"], seen["papers"]) == ([], []) and "assist" not in str(seen["timeline"])


async def test_events_carry_codes_and_no_words(city: City) -> None:
    case = await guest(city)
    police = await city.sign_in(POLICE)
    request = await ask(police, case, county=NEXT_COUNTY, question="请核实是否认识一位叫某某的老人")
    await reply(await city.sign_in(NEXT_POLICE), request, "KNOWN_HERE", "认识,住在后岸村")
    await hear(city)
    lines = (await look(await city.sign_in(CIVIL), case, "timeline(first: 100) { edges { node { tag data reason } } }"))["timeline"]
    assert "reunion:assist:reply_heard" in str(lines)
    assert not any(word in str(lines) for word in ("某某", "后岸", "KNOWN_HERE"))


async def test_the_figures_count_answers_in_time_and_thanks_per_county(fresh: None, city: City) -> None:
    query = "query($d: String!, $f: Date!, $t: Date!) { reunionFigures(division: $d, from: $f, to: $t) { figures { key value rows } } }"
    day = clock.now().astimezone(clock.LOCAL).date()

    async def counted(phone: str, division: str) -> dict[str, Any]:
        found = (await (await city.sign_in(phone)).ask(query, d=division, f=str(day), t=str(day)))["reunionFigures"]["figures"]
        return {each["key"]: each["value"] for each in found}

    before = await counted(NEXT_CHIEF, NEXT_COUNTY)
    case = await guest(city)
    police = await city.sign_in(POLICE)
    request = await ask(police, case, county=NEXT_COUNTY)
    await reply(await city.sign_in(NEXT_POLICE), request, "UNSURE", "线索不足")
    await hear(city)
    (row,) = (await read(police, request, "replies { id }"))["replies"]
    await act(police, "thankForAssist", show="assist { id }", replyId=row["id"], words="谢谢")
    await hear(city)
    after = await counted(NEXT_CHIEF, NEXT_COUNTY)
    assert after["assists_answered"] == before["assists_answered"] + 1
    assert after["assists_thanked"] == before["assists_thanked"] + 1
    assert (await counted(CHIEF, COUNTY))["assists_answered"] == (await counted(CHIEF, COUNTY))["assists_thanked"] == 0.0
