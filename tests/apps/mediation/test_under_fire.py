"""Commands twice, out of order, two at once, in a lost session, killed in the middle."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend.kernel.db.connection import fetch
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.workflow import matters
from tests.factories.city import APPLICANT, DISPATCHER, MEDIATOR, RESPONDENT, TOWN_LEADER, City, Refused
from tests.factories.disputes import assignee, closed, drafted, read, report, reported, triaged


async def outcomes(*commands: Any) -> list[str]:
    """DONE or the first error code of each, sorted."""
    ends = await asyncio.gather(*commands, return_exceptions=True)
    return sorted(end.codes[0] if isinstance(end, Refused) else "DONE" for end in ends)


async def test_two_dispatchers_assign_at_once_and_one_wins(city: City) -> None:
    dispute = await triaged(city)
    dispatcher, leader = await city.sign_in(DISPATCHER), await city.sign_in(TOWN_LEADER)
    order = {
        "id": dispute["id"], "version": dispute["version"], "level": "VILLAGE",
        "responsible": await assignee(city, dispute["id"], "测试调解员", "VILLAGE"),
    }  # fmt: skip
    assert await outcomes(dispatcher.do("assignDispute", **order), leader.do("assignDispute", **order)) == [
        "CONFLICT", "DONE",
    ]  # fmt: skip
    detail = await read(city, MEDIATOR, dispute["id"])
    tags = [edge["node"]["tag"] for edge in detail["timeline"]["edges"]]
    assert tags.count("mediation:dispute:assigned") == 1


async def test_everybody_signs_at_once_and_the_agreement_takes_effect_once(city: City) -> None:
    dispute = await drafted(city)
    paper = next(p for p in (await read(city, MEDIATOR, dispute["id"]))["papers"] if p["template"] == "agreement")
    people = [await city.sign_in(phone) for phone in (APPLICANT, RESPONDENT, MEDIATOR)]
    signing = {"paperId": paper["id"], "sha256": paper["sha256"], "consent": True}
    assert await outcomes(*(person.do("signPaper", **signing) for person in people)) == ["DONE"] * 3
    detail = await read(city, APPLICANT, dispute["id"])
    tags = [edge["node"]["tag"] for edge in detail["timeline"]["edges"]]
    assert (detail["state"], tags.count("mediation:agreement:effective")) == ("AGREED", 1)


async def test_one_tap_sent_five_times_is_one_report(city: City) -> None:
    applicant = await city.sign_in(APPLICANT)
    before = len((await applicant.ask("{ disputes(first: 100) { edges { cursor } } }"))["disputes"]["edges"])
    ends = await asyncio.gather(*(applicant.do("reportDispute", key="tap", **report()) for _ in range(5)))
    assert len({end["id"] for end in ends}) == 1
    after = len((await applicant.ask("{ disputes(first: 100) { edges { cursor } } }"))["disputes"]["edges"])
    assert after == min(100, before + 1)


async def test_two_ratings_at_once_are_one(city: City) -> None:
    dispute = await closed(city)
    applicant = await city.sign_in(APPLICANT)
    rating = {"id": dispute["id"], "process": "SATISFIED", "result": "SATISFIED"}
    assert await outcomes(*(applicant.do("rateDispute", **rating) for _ in range(3))) == [
        "DONE", "NOT_PERMITTED", "NOT_PERMITTED",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["acceptDispute", "startMediation", "closeDispute", "recordPerformance"])
async def test_steps_out_of_order_are_refused_and_change_nothing(city: City, command: str) -> None:
    dispute = await reported(city)
    every: dict[str, dict[str, Any]] = {
        "acceptDispute": {"willing": []},
        "startMediation": {"mediators": [], "rightsNoticeGiven": True, "noConflict": True},
        "closeDispute": {"closeType": "OTHER", "checklist": []},
        "recordPerformance": {"statement": "付清"},
    }
    fields = every[command]
    for phone in (MEDIATOR, TOWN_LEADER, DISPATCHER):
        person = await city.sign_in(phone)
        with pytest.raises(Refused) as refused:
            await person.do(command, id=dispute["id"], version=dispute["version"], **fields)
        assert refused.value.codes[0] in ("NOT_PERMITTED", "WRONG_STATE")
    assert (await read(city, MEDIATOR, dispute["id"]))["version"] == dispute["version"]


async def test_a_command_killed_in_the_middle_leaves_no_trace(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after rows were written and before the commit."""
    dispute = await triaged(city)
    dispatcher = await city.sign_in(DISPATCHER)
    responsible = await assignee(city, dispute["id"], "测试调解员", "VILLAGE")
    order = {"id": dispute["id"], "version": dispute["version"], "level": "VILLAGE", "responsible": responsible}

    async def dies(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as crash:
        crash.setattr(matters, "record", dies)
        with pytest.raises((asyncio.CancelledError, AssertionError)):
            await dispatcher.do("assignDispute", key="crash", **order)
    detail = await read(city, DISPATCHER, dispute["id"])
    assert (detail["state"], detail["version"]) == ("TRIAGED", dispute["version"])
    assert {row["rule"] for row in detail["clocks"]} == {"first_contact", "triage", "assign"}
    assert (await dispatcher.do("assignDispute", key="crash", **order))["state"] == "ASSIGNED"


async def test_a_session_that_ended_in_between_changes_nothing(city: City) -> None:
    dispute = await triaged(city)
    dispatcher = await city.sign_in(DISPATCHER)
    await dispatcher.client.post("/auth/sign-out")
    with pytest.raises(Refused) as refused:
        await dispatcher.do("urgeDispute", id=dispute["id"], note="请尽快")
    assert refused.value.codes == ["UNAUTHENTICATED"]


async def test_rows_that_belong_to_another_dispute_are_not_found(city: City) -> None:
    mine, other = await drafted(city), await drafted(city)
    parties = (await read(city, MEDIATOR, other["id"]))["parties"]
    stranger = await city.sign_in("19900000003")
    with pytest.raises(Refused) as refused:
        await stranger.do("flagRisk", partyId=parties[0]["id"], atRisk=True, reason="看看能不能标")
    assert refused.value.codes == ["NOT_FOUND"]
    assert mine["id"] != other["id"]


async def test_one_open_responsibility_is_the_databases_own_rule(city: City) -> None:
    dispute = await triaged(city)
    async with open_scope(Scope(DbRole.STAFF, ("331024",), ("33.3310.331024",), purpose="mediation")):
        rows = await fetch(
            "select count(*) as n from mediation_responsibility where dispute_id = $1::text::uuid and until is null",
            dispute["id"],
        )
    assert rows[0]["n"] == 1
