"""The main story through the API: report, mediate, sign, perform, close, rate."""

from __future__ import annotations

from tests.factories.city import (
    APPLICANT,
    DISPATCHER,
    GRID_WORKER,
    MEDIATOR,
    RESPONDENT,
    STRANGER,
    TOWN_LEADER,
    City,
)
from tests.factories.disputes import DETAIL, accepted, agreed, mediating, read, reported


async def test_report_reaches_the_grid_member(fresh: None, city: City) -> None:
    dispute = await reported(city)
    grid = await city.sign_in(GRID_WORKER)
    inbox = await grid.ask("{ inbox(first: 5) { edges { node { kind matterId } } } }")
    reports = [edge["node"] for edge in inbox["inbox"]["edges"]]
    assert reports == [{"kind": "mediation.dispute.reported", "matterId": dispute["id"]}]
    tasks = await grid.ask("{ myTasks(first: 5) { edges { node { id responsible { name } clock { rule colour } } } } }")
    assert tasks["myTasks"]["edges"][0]["node"]["id"] == dispute["id"]
    assert tasks["myTasks"]["edges"][0]["node"]["responsible"]["name"] == "测试网格员"


async def test_a_stranger_sees_nothing(city: City) -> None:
    dispute = await reported(city)
    stranger = await city.sign_in(STRANGER)
    assert await stranger.ask(DETAIL, id=dispute["id"]) == {"dispute": None}


async def test_the_whole_way(city: City) -> None:
    dispute = await agreed(city)
    detail = await read(city, MEDIATOR, dispute["id"])
    assert detail["state"] == "AGREED"
    assert detail["agreement"]["confirmUntil"]
    mediator = await city.sign_in(MEDIATOR)
    dispute = await mediator.do(
        "recordPerformance", id=dispute["id"], version=detail["version"], statement="款项已当面付清"
    )
    assert dispute["state"] == "PERFORMED"
    leader = await city.sign_in(TOWN_LEADER)
    dispute = await leader.do(
        "recordReturnVisit", id=dispute["id"], version=dispute["version"], performance="PERFORMED",
        satisfaction="SATISFIED", notes="电话回访,双方满意",
    )  # fmt: skip
    dispute = await leader.do(
        "closeDispute", id=dispute["id"], version=dispute["version"], closeType="AGREED_PERFORMED",
        checklist=["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"],
    )  # fmt: skip
    assert dispute["state"] == "CLOSED"
    applicant = await city.sign_in(APPLICANT)
    await applicant.do("rateDispute", id=dispute["id"], process="SATISFIED", result="BASICALLY_SATISFIED")
    respondent = await city.sign_in(RESPONDENT)
    await respondent.do("rateDispute", id=dispute["id"], process="DISSATISFIED", result="DISSATISFIED")
    await city.work()
    assert (await read(city, DISPATCHER, dispute["id"]))["state"] == "REOPENED"


async def test_overdue_work_climbs_the_ladder(city: City) -> None:
    dispute = await accepted(city)
    await city.pass_time(days=8)
    detail = await read(city, MEDIATOR, dispute["id"])
    assert detail["clock"]["colour"] == "RED"
    assert [notice["level"] for notice in detail["supervisionNotices"]] == [1]
    await city.pass_time(days=3)
    await city.pass_time(days=4)
    detail = await read(city, MEDIATOR, dispute["id"])
    assert sorted(notice["level"] for notice in detail["supervisionNotices"]) == [1, 2, 3]


async def test_every_step_offers_the_next(city: City) -> None:
    dispute = await mediating(city)
    detail = await read(city, MEDIATOR, dispute["id"])
    names = {action["name"] for action in detail["availableActions"]}
    assert {"schedule_session", "draft_agreement", "fail"} <= names
    assert "close" not in names
