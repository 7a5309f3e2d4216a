"""代表建议: the deputies' way through the congress's office to an agency, its reply, and what became of it (`domain.md` 9.4, 9.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.apps.oversight.service.common import today
from tests.factories.city import City, Refused
from tests.factories.ledger import open_ledger
from tests.factories.oversight import (
    CHIEF,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    OTHER_UNIT,
    PROSECUTOR,
    UNIT,
    later,
    raised,
)
from tests.factories.suggestions import (
    MEASURES,
    WRITTEN,
    agency,
    answered,
    assigned,
    consulted,
    do,
    find,
    look,
    rated,
    reviewed,
    step,
    written,
)
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

Told = Callable[..., Awaitable[list[str]]]


async def refused(awaited: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        await awaited
    return list(caught.value.codes)


async def rules_of(city: City, phone: str, row: dict[str, Any]) -> dict[str, str]:
    """Running limits as this person sees them: rule → day it is due."""
    seen = await look(await city.sign_in(phone), row, "clocks { rule dueAt }")
    return {each["rule"]: each["dueAt"][:10] for each in seen["clocks"]}


@pytest.fixture
def told(database: Any) -> Told:
    """What the inbox of a person says about a suggestion, oldest first."""

    async def read(city: City, phone: str, row: dict[str, Any]) -> list[str]:
        async with open_ledger(database.admin_dsn) as ledger:
            rows = await ledger.fetch(
                "select kind, data->>'step' as step from notification where account_id = $1 and matter_id = $2 order by created_at, id",
                UUID((await city.sign_in(phone)).account_id), UUID(row["id"]),
            )  # fmt: skip
        return [each["step"] or each["kind"].removeprefix("oversight.suggestion.").removeprefix("oversight.") for each in rows]

    return read


async def test_what_was_asked_for_is_done(city: City, told: Told) -> None:
    row = await written(city)
    await do(await city.sign_in(DEPUTY_2), "signSuggestion", id=row["id"])
    row = await assigned(city, await reviewed(city, row), OTHER_UNIT)
    assert (row["state"], row["mainUnit"], row["assistUnits"], row["coSigners"]) == (
        "ASSIGNED", "仙居县测试行政执法局", ["仙居县测试市场监管局"], ["测试代表乙"],
    )  # fmt: skip
    assert set(await rules_of(city, UNIT, row)) == {"suggestion", "return", "assist"}
    other = await city.sign_in(OTHER_UNIT)
    await step(other, "assistWithSuggestion", row, text="我局负责的站台商铺占道已清理")
    row = await answered(city, await consulted(city, row))
    assert (row["state"], row["replyClass"]) == ("REPLIED", "A")
    assert set(await rules_of(city, UNIT, row)) == {"rate"}
    row = await rated(city, row)
    assert row["state"] == "DONE"
    unit = await city.sign_in(UNIT)
    seen = await look(unit, row, """assists { unitName text } talks { form words } answers { replyClass measures leader paper { number title } }
        opinions { process result words } papers { number } timeline(first: 50) { edges { node { tag } } }""")  # fmt: skip
    assert seen["assists"][0]["text"] == "我局负责的站台商铺占道已清理"
    assert seen["answers"][0]["measures"] == MEASURES
    assert seen["opinions"] == [{"process": 5, "result": 5, "words": "办得很好"}]
    tags = [edge["node"]["tag"].removeprefix("oversight:suggestion:") for edge in reversed(seen["timeline"]["edges"])]
    assert tags == ["raised", "signed", "reviewed", "assigned", "assisted", "taken_up", "consulted", "answered", "rated", "finished"]
    # Both who signed hear of every step; the agency of what is its own.
    assert sorted(await told(city, DEPUTY_2, row)) == sorted(["REVIEWED", "ASSIGNED", "HANDLING", "CONSULTED", "REPLIED", "DONE"])
    assert sorted(await told(city, UNIT, row)) == sorted(["assigned", "assisted", "rated", "DONE"])
    assert sorted(await told(city, OTHER_UNIT, row)) == sorted(["assist", "DONE"])
    assert sorted(await told(city, CONGRESS, row)) == sorted(["raised", "answered", "rated"])


async def test_three_months_or_six(city: City) -> None:
    short = await assigned(city)
    wide = await assigned(city, await reviewed(city, title="统筹推进全县适老化改造的建议"), wide=True)
    (due,) = [day for rule, day in (await rules_of(city, UNIT, short)).items() if rule == "suggestion"]
    (late,) = [day for rule, day in (await rules_of(city, UNIT, wide)).items() if rule == "suggestion_wide"]
    assert timedelta(85) < date.fromisoformat(due) - today() < timedelta(104)
    assert timedelta(178) < date.fromisoformat(late) - today() < timedelta(196)


async def test_returned_in_time_and_assigned_anew(city: City) -> None:
    row = await assigned(city)
    unit = await city.sign_in(UNIT)
    row = await step(unit, "returnSuggestion", row, text="公交站台由另一单位管理")
    assert row["state"] == "RETURNED"
    assert set(await rules_of(city, CONGRESS, row)) == {"reassign"}
    row = await assigned(city, row, to=OTHER_UNIT)
    assert (row["state"], row["mainUnit"]) == ("REASSIGNED", "仙居县测试市场监管局")
    assert await find(unit, row) is None, "who returned it has nothing to do with it any more"
    assert set(await rules_of(city, OTHER_UNIT, row)) == {"suggestion"}, "whoever has it now answers it"
    assert await refused(step(await city.sign_in(OTHER_UNIT), "returnSuggestion", row, text="也不归我们管理")) == ["WRONG_STATE"]


async def test_too_late_to_return(city: City) -> None:
    row = await assigned(city)
    await later(city, days=14)
    await city.work()
    assert await refused(step(await city.sign_in(UNIT), "returnSuggestion", row, text="不归我局管理")) == ["TOO_LATE"]
    seen = await look(await city.sign_in(UNIT), row, "availableActions { name } timeline { edges { node { tag } } }")
    assert "return" not in [each["name"] for each in seen["availableActions"]]
    assert "oversight:clock:mark" not in [edge["node"]["tag"] for edge in seen["timeline"]["edges"]], "a right unused is no duty missed"


async def test_what_was_decided_stays_readable(city: City) -> None:
    row = await assigned(city)
    await step(await city.sign_in(UNIT), "returnSuggestion", row, text="公交站台由另一单位管理")
    row = await assigned(city, row, to=OTHER_UNIT)
    seen = await look(await city.sign_in(DEPUTY), row, "timeline(first: 50) { edges { node { tag reason } } }")
    reasons = {edge["node"]["tag"].rsplit(":", 1)[-1]: edge["node"]["reason"] for edge in seen["timeline"]["edges"]}
    assert reasons["returned"] == "公交站台由另一单位管理"
    assert reasons["reviewed"] == "属于建议范围"


async def test_no_reply_without_a_talk(city: City) -> None:
    row = await assigned(city)
    unit = await city.sign_in(UNIT)
    row = await step(unit, "takeUpSuggestion", row, text="测试科 0576-00000086")
    given = {"replyClass": "C", "text": "经研究暂不具备条件,留作参考。", "measures": MEASURES, "leader": "测试局长"}
    assert await refused(step(unit, "answerSuggestion", row, **given)) == ["WRONG_STATE"]
    before = str(today() - timedelta(days=1))
    talk = {"form": "TELEPHONE", "people": "测试代表甲", "words": "电话沟通了方案"}
    assert await refused(step(unit, "consultOnSuggestion", row, heldOn=before, **talk)) == ["INVALID"], "before the agency had it"


async def test_dissatisfied_once_and_once_only(city: City, told: Told) -> None:
    row = await rated(city, await answered(city, reply_class="C"), process=4, result=2, words="没有实质内容")
    assert (row["state"], row["round"]) == ("REHANDLING", 2)
    assert set(await rules_of(city, UNIT, row)) == {"rework"}
    row = await rated(city, await answered(city, row, "C"), process=2, result=2, words="还是没有")
    assert row["state"] == "RATED", "the office decides how it goes on"
    assert set(await rules_of(city, CONGRESS, row)) == {"settle"}
    await city.work()
    assert (await told(city, DEPUTY, row))[-1] == "RATED"
    row = await step(await city.sign_in(CONGRESS), "finishSuggestion", row, text="已列入常委会跟踪监督")
    assert row["state"] == "DONE"


async def test_a_plan_is_tracked_until_it_is_done(city: City) -> None:
    row = await rated(city, await answered(city, reply_class="B"))
    assert row["state"] == "TRACKED"
    assert set(await rules_of(city, DEPUTY, row)) == {"promise", "track"}
    unit = await city.sign_in(UNIT)
    row = await step(unit, "reportSuggestionProgress", row, text="已完成三十处,还有十二处")
    given = {"text": "全部坡道改造已经完成并验收。", "measures": MEASURES, "leader": "测试局长"}
    assert await refused(step(unit, "fulfilSuggestion", row, **given)) == ["REQUIRED"], "done is proven"
    proof = (await upload(unit.client, photograph(), purpose="oversight", name="proof.jpg"))["id"]
    row = await step(unit, "fulfilSuggestion", row, **given, fileIds=[proof])
    assert (row["state"], row["replyClass"]) == ("DONE", "A")
    seen = await look(await city.sign_in(DEPUTY), row, "progress { text } answers { replyClass plannedOn } clocks { rule }")
    assert [each["text"] for each in seen["progress"]] == ["已完成三十处,还有十二处"]
    assert [each["replyClass"] for each in seen["answers"]] == ["A", "B"]
    assert seen["clocks"] == []


async def test_a_plan_that_nobody_rates_is_tracked_too(city: City) -> None:
    row = await answered(city, reply_class="B")
    office = await city.sign_in(CONGRESS)
    seen = await look(office, row, "availableActions { name }")
    assert "finish" not in [each["name"] for each in seen["availableActions"]]
    assert await refused(step(office, "finishSuggestion", row, text="尽快办结")) == ["RATING_OPEN"], "its deputies may still rate it"
    assert set(await rules_of(city, DEPUTY, row)) == {"rate", "promise"}, "what is planned is watched from the reply on"
    await later(city, days=31)
    row = await step(await city.sign_in(CONGRESS), "finishSuggestion", row, text="代表未反馈意见")
    assert row["state"] == "TRACKED"


async def test_more_time_has_its_ground_and_its_end(city: City) -> None:
    row = await consulted(city)
    unit, office = await city.sign_in(UNIT), await city.sign_in(CONGRESS)
    asked = {"basis": "地方代表建议办理规定", "reason": "需要跨部门统筹"}
    row = await step(unit, "askSuggestionExtension", row, days=60, **asked)
    assert await refused(step(unit, "askSuggestionExtension", row, days=5, **asked)) == ["ALREADY_ASKED"]
    row = await step(office, "decideSuggestionExtension", row, grant=True, opinion="同意延期")
    seen = await look(await city.sign_in(DEPUTY), row, "delays { days reason state opinion }")
    assert seen["delays"] == [{"days": 60, "reason": "需要跨部门统筹", "state": "GRANTED", "opinion": "同意延期"}]
    # Six months from assignment is the latest.
    assert await refused(step(unit, "askSuggestionExtension", row, days=45, **asked)) == ["INVALID"]


async def test_the_office_says_why_it_takes_one_not(city: City, told: Told) -> None:
    row = await step(await city.sign_in(CONGRESS), "reviewSuggestion", await written(city), accept=False, opinion="涉及正在审理的个案")
    assert row["state"] == "REFUSED"
    await city.work()
    assert await told(city, DEPUTY, row) == ["REFUSED"]
    assert await find(await city.sign_in(DEPUTY_2), row) is None


async def test_taken_back_by_who_leads_it(city: City, told: Told) -> None:
    row = await written(city)
    second = await city.sign_in(DEPUTY_2)
    await do(second, "signSuggestion", id=row["id"])
    row = await assigned(city, await reviewed(city, row))
    assert await refused(step(second, "withdrawSuggestion", row, text="不再需要了")) == ["NOT_PERMITTED"]
    row = await step(await city.sign_in(DEPUTY), "withdrawSuggestion", row, text="问题已经解决")
    assert row["state"] == "WITHDRAWN"
    await city.work()
    assert "WITHDRAWN" in await told(city, UNIT, row)


async def test_nothing_is_taken_back_or_given_to_another_once_it_was_replied_to(city: City) -> None:
    row = await rated(city, await answered(city), 1, 1)
    assert row["state"] == "REHANDLING"
    for again in (row, await consulted(city, row)):
        assert await refused(step(await city.sign_in(DEPUTY), "withdrawSuggestion", again, text="不再需要")) == ["WRONG_STATE"]
        unit = await agency(city, row, OTHER_UNIT)
        assert await refused(step(await city.sign_in(CONGRESS), "assignSuggestion", again, unit=unit, opinion="改派")) == ["WRONG_STATE"]


async def test_given_to_another_agency_while_it_is_handled(city: City, told: Told) -> None:
    """An agency may be dissolved, and one that took it up may still be the wrong one."""
    row = await consulted(city)
    unit = await city.sign_in(UNIT)
    await step(unit, "askSuggestionExtension", row, days=20, basis="地方代表建议办理规定", reason="需要跨部门统筹")
    row = await assigned(city, row, to=OTHER_UNIT)
    assert (row["state"], row["mainUnit"]) == ("REASSIGNED", "仙居县测试市场监管局")
    assert await find(unit, row) is None
    assert (await told(city, UNIT, row))[-1] == "REASSIGNED"
    other = await city.sign_in(OTHER_UNIT)
    seen = await look(other, row, "delays { reason } availableActions { name }")
    assert seen["delays"] == [], "what the former one asked for concerns nobody any more"
    assert {"take_up", "ask_extension"} <= {each["name"] for each in seen["availableActions"]}
    office = await look(await city.sign_in(CONGRESS), row, "availableActions { name }")
    assert "decide_extension" not in [each["name"] for each in office["availableActions"]]


async def test_who_may_what(city: City) -> None:
    row = await written(city)
    for phone in (CONGRESS, PROSECUTOR, CHIEF, UNIT):
        assert await refused(do(await city.sign_in(phone), "raiseSuggestion", **WRITTEN)) == ["NOT_PERMITTED"], phone
    for phone in (DEPUTY, PROSECUTOR, CHIEF):
        assert await refused(step(await city.sign_in(phone), "reviewSuggestion", row, accept=True, opinion="属于范围")) == ["NOT_PERMITTED"]
    for phone in (UNIT, OTHER_UNIT):
        assert await find(await city.sign_in(phone), row) is None, "not before it is assigned"
    row = await assigned(city, await reviewed(city, row), OTHER_UNIT)
    assert await find(await city.sign_in(UNIT), row) is not None
    helper = await city.sign_in(OTHER_UNIT)
    assert await refused(step(helper, "takeUpSuggestion", row, text="测试科")) == ["NOT_PERMITTED"], "helping is not answering"
    assert await refused(step(await city.sign_in(UNIT), "assistWithSuggestion", row, text="我来协助")) == ["NOT_PERMITTED"]
    assert await refused(step(await city.sign_in(DEPUTY_2), "rateSuggestion", row, process=5, result=5, words="好")) == ["NOT_FOUND"], "read by all, changed by none"


async def test_one_that_is_not_public_is_its_signers(city: City) -> None:
    row = await written(city, public=False)
    second = await city.sign_in(DEPUTY_2)
    assert await find(second, row) is None
    assert await refused(do(second, "signSuggestion", id=row["id"])) == ["NOT_FOUND"]
    query = "query($code: String!) { oversightSuggestions(filter: {search: $code}) { edges { node { id } } } }"
    for person, count in ((second, 0), (await city.sign_in(DEPUTY), 1), (await city.sign_in(CONGRESS), 1)):
        assert len((await person.ask(query, code=row["code"]))["oversightSuggestions"]["edges"]) == count


async def test_one_name_each_and_before_it_is_assigned(city: City) -> None:
    row = await written(city)
    second = await city.sign_in(DEPUTY_2)
    await do(second, "signSuggestion", id=row["id"])
    assert await refused(do(second, "signSuggestion", id=row["id"])) == ["ALREADY_DONE"]
    assert await refused(do(await city.sign_in(DEPUTY), "signSuggestion", id=row["id"])) == ["ALREADY_DONE"]
    late = await assigned(city, await reviewed(city, title="另一件还没有人附议的建议"))
    assert await refused(do(second, "signSuggestion", id=late["id"])) == ["WRONG_STATE"]


async def test_the_likest_are_offered_to_sign(city: City) -> None:
    row = await written(city)
    hidden = await written(city, public=False, title="在公交站台增设无障碍坡道(二)")
    query = """query($words: String!) { alikeOversightSuggestions(field: ACCESSIBILITY, division: "331024", words: $words) { id title } }"""
    found = (await (await city.sign_in(DEPUTY_2)).ask(query, words="公交站台增设无障碍坡道"))["alikeOversightSuggestions"]
    ids = [each["id"] for each in found]
    assert row["id"] in ids
    assert hidden["id"] not in ids, "public ones only"


async def test_it_grows_from_a_clue_of_mine(city: City) -> None:
    clue = await raised(city)
    row = await written(city, clueId=clue["id"])
    seen = await look(await city.sign_in(DEPUTY), row, "clue { code }")
    assert seen["clue"]["code"] == clue["code"]
    assert (await look(await city.sign_in(DEPUTY_2), row, "clue { code }"))["clue"] is None, "whose clue it was is not told"
    assert await refused(written(city, DEPUTY_2, clueId=clue["id"])) == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "短"}, "TOO_SHORT"), ({"text": ""}, "REQUIRED"), ({"points": []}, "REQUIRED"), ({"points": ["好"]}, "TOO_SHORT"),
        ({"points": ["改造全部站台"] * 11}, "TOO_MANY"), ({"division": "331023"}, "NOT_FOUND"), ({"clueId": "nonsense"}, "NOT_FOUND"),
    ],
)  # fmt: skip
async def test_what_is_written_badly_is_refused(city: City, fields: dict[str, Any], code: str) -> None:
    assert await refused(written(city, **fields)) == [code]


async def test_answers_that_are_none(city: City) -> None:
    row = await consulted(city)
    for fields in ({"reply_class": "A", "fileIds": []}, {"reply_class": "B", "plannedOn": None}, {"measures": MEASURES[:1]},
                   {"reply_class": "B", "plannedOn": str(today())}, {"leader": ""}):  # fmt: skip
        assert await refused(answered(city, row, **fields)), fields
    assert (await look(await city.sign_in(UNIT), row))["state"] == "CONSULTED"


async def test_nobody_is_asked_twice_for_one_agency(city: City) -> None:
    row = await reviewed(city)
    unit = await agency(city, row, UNIT)
    office = await city.sign_in(CONGRESS)
    assert await refused(step(office, "assignSuggestion", row, unit=unit, assistUnits=[unit], opinion="请办理")) == ["INVALID"]


async def test_late_ones_reach_the_office(city: City, told: Told) -> None:
    row = await assigned(city, None, OTHER_UNIT)
    await later(city, days=120)
    await city.work()
    assert [each for each in await told(city, UNIT, row) if each == "clock.mark"], "the agency"
    assert [each for each in await told(city, CONGRESS, row) if each == "clock.mark"], "the office"
    assert [each for each in await told(city, OTHER_UNIT, row) if each == "clock.mark"], "the helping agency, of its own month"
