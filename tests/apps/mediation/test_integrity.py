"""Nobody handles or judges what is his own; what is undecided stays open; a second round has limits of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.kernel import clock
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import execute
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.identity import service as identity
from backend.kernel.identity import sessions
from backend.kernel.identity.models import Membership
from backend.kernel.jobs.queue import valkey
from backend.kernel.tenancy.models import Division
from tests.factories.city import (
    APPLICANT,
    COUNTY_CENTER,
    COUNTY_CENTER_2,
    DISPATCHER,
    GRID_WORKER,
    MEDIATOR,
    RESPONDENT,
    TOWN_LEADER,
    VILLAGE_OFFICER,
    City,
    Person,
    Refused,
)
from tests.factories.disputes import (
    accepted,
    agreed,
    assigned,
    assignee,
    closed,
    mediating,
    read,
    report,
    reported,
    triaged,
)

ALL_SEEN = ["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"]


async def in_private(city: City, phone: str) -> Person:
    """An officer signed in as a person."""
    account = await identity.account_of_phone(phone)
    token, _ = await sessions.start(valkey(), account.id, membership_id=None, by="code", device="test")
    client = city.client()
    client.cookies.set(sessions.COOKIE, token, domain="localhost.local")
    city.people[f"private {phone}"] = Person(client, str(account.id))
    return city.people[f"private {phone}"]


async def visited(city: City) -> dict[str, Any]:
    """A performed dispute that the leader may close."""
    dispute = await agreed(city)
    mediator, leader = await city.sign_in(MEDIATOR), await city.sign_in(TOWN_LEADER)
    dispute = await mediator.do("recordPerformance", id=dispute["id"], version=dispute["version"], statement="付清")
    return await leader.do(
        "recordReturnVisit", id=dispute["id"], version=dispute["version"], performance="PERFORMED",
        satisfaction="SATISFIED", notes="双方都说付清了",
    )  # fmt: skip


async def close(city: City, dispute: dict[str, Any]) -> dict[str, Any]:
    leader = await city.sign_in(TOWN_LEADER)
    return await leader.do(
        "closeDispute", id=dispute["id"], version=dispute["version"], closeType="AGREED_PERFORMED", checklist=ALL_SEEN
    )


async def test_who_mediated_does_not_close_from_another_office(city: City) -> None:
    dispute = await visited(city)
    account = await identity.account_of_phone(MEDIATOR)
    async with open_scope(Scope(DbRole.IDENTITY)):
        second = await identity.add_membership(
            account, role=Role.COUNTY_CENTER, name="测试调解员", agency="仙居县社会治理中心",
            division=await Division.get(code="331024"),
        )  # fmt: skip
    token, _ = await sessions.start(valkey(), account.id, membership_id=second.id, by="code", device="test")
    client = city.client()
    client.cookies.set(sessions.COOKIE, token, domain="localhost.local")
    city.people["second office"] = Person(client, str(account.id))
    with pytest.raises(Refused) as refused:
        await city.people["second office"].do(
            "closeDispute", id=dispute["id"], version=dispute["version"], closeType="AGREED_PERFORMED",
            checklist=ALL_SEEN,
        )  # fmt: skip
    async with open_scope(Scope(DbRole.IDENTITY)):
        await Membership.filter(id=second.id).update(ended_at=clock.now())
    assert refused.value.codes == ["NOT_PERMITTED"]
    assert (await close(city, dispute))["state"] == "CLOSED"


async def test_an_officer_does_not_answer_for_his_own_dispute(city: City) -> None:
    person = await in_private(city, GRID_WORKER)
    dispute = await person.do("reportDispute", **report())
    detail = await read(city, DISPATCHER, dispute["id"])
    assert detail["responsible"]["name"] == "测试村干部"
    assert (await read(city, GRID_WORKER, dispute["id"]))["availableActions"] == []


async def test_a_dispute_is_not_given_to_the_person_it_is_against(city: City) -> None:
    against = [{"side": "RESPONDENT", "name": "测试村干部", "phone": VILLAGE_OFFICER}]
    dispute = await triaged(city, parties=against)
    dispatcher = await city.sign_in(DISPATCHER)
    with pytest.raises(Refused) as refused:
        await dispatcher.do(
            "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE",
            responsible=await assignee(city, dispute["id"], "测试村干部", "VILLAGE"),
        )  # fmt: skip
    assert refused.value.codes == ["CONFLICT_OF_INTEREST"]


async def test_a_recused_mediator_is_out_and_another_office_answers(city: City) -> None:
    dispute = await mediating(city)
    mediator = await assignee(city, dispute["id"], "测试调解员", "VILLAGE")
    respondent, dispatcher = await city.sign_in(RESPONDENT), await city.sign_in(DISPATCHER)
    dispute = await respondent.do(
        "replaceMediator", id=dispute["id"], version=dispute["version"], mediator=mediator, reason="与申请人是亲戚"
    )
    await city.work()
    detail = await read(city, DISPATCHER, dispute["id"])
    assert detail["responsible"]["name"] == "测试指挥员"
    seen = {action["name"] for action in (await read(city, MEDIATOR, dispute["id"]))["availableActions"]}
    assert not seen & {"draft_agreement", "fail", "schedule_session"}
    with pytest.raises(Refused) as refused:
        await dispatcher.do("inviteJoint", id=dispute["id"], version=detail["version"], members=[mediator])
    assert refused.value.codes == ["RECUSED"]
    other = await assignee(city, dispute["id"], "测试村干部", "VILLAGE")
    await dispatcher.do("inviteJoint", id=dispute["id"], version=detail["version"], members=[other])
    seen = {action["name"] for action in (await read(city, VILLAGE_OFFICER, dispute["id"]))["availableActions"]}
    assert {"draft_agreement", "fail", "schedule_session"} <= seen


async def test_an_anonymous_report_keeps_nothing_of_its_reporter(city: City, database: Any) -> None:
    from tests.factories.ledger import open_ledger

    himself = [
        {"side": "APPLICANT", "name": "测试甲一"},
        {"side": "APPLICANT", "name": "测试甲一", "phone": APPLICANT},
        {"side": "RESPONDENT", "name": "测试乙二", "phone": RESPONDENT},
    ]
    dispute = await reported(city, reporterMode="ANONYMOUS", parties=himself)
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch(
            "select name, phone, id_number, is_reporter from mediation_party where dispute_id = $1 order by side",
            UUID(dispute["id"]),
        )
    assert [(row["name"], row["phone"], row["id_number"]) for row in rows if row["is_reporter"]] == [("匿名", "", "")]
    assert {row["name"] for row in rows} == {"匿名", "测试乙二"}


async def test_a_dispute_with_an_open_objection_is_not_closed(city: City) -> None:
    dispute = await visited(city)
    respondent = await city.sign_in(RESPONDENT)
    dispute = await respondent.do("fileObjection", id=dispute["id"], grounds="修的地方又漏了")
    with pytest.raises(Refused) as refused:
        await close(city, dispute)
    assert refused.value.codes == ["OBJECTION_OPEN"]
    (objection,) = (await read(city, COUNTY_CENTER, dispute["id"]))["objections"]
    centre = await city.sign_in(COUNTY_CENTER_2)
    dispute = await centre.do(
        "decideObjection", objectionId=objection["id"], outcome="DISMISSED", reason="现场查看没有再漏"
    )
    assert (await close(city, dispute))["state"] == "CLOSED"


async def test_dissatisfaction_before_closing_reopens_after_it(fresh: None, city: City) -> None:
    dispute = await visited(city)
    applicant = await city.sign_in(APPLICANT)
    dispute = await applicant.do("rateDispute", id=dispute["id"], process="SATISFIED", result="DISSATISFIED")
    inbox = await (await city.sign_in(COUNTY_CENTER)).ask("{ inbox(first: 100) { edges { node { kind matterId } } } }")
    told = {"kind": "mediation.rating.dissatisfied", "matterId": dispute["id"]}
    assert told in [edge["node"] for edge in inbox["inbox"]["edges"]]
    assert (await close(city, dispute))["state"] == "CLOSED"
    await city.work()
    assert (await read(city, COUNTY_CENTER, dispute["id"]))["state"] == "REOPENED"


async def test_a_second_round_has_a_limit_of_its_own(city: City) -> None:
    dispute = await closed(city)
    centre = await city.sign_in(COUNTY_CENTER)
    dispute = await centre.do(
        "reopenDispute", id=dispute["id"], version=dispute["version"], ground="REPEAT_VISIT", reason="又来反映同一问题"
    )
    dispatcher = await city.sign_in(COUNTY_CENTER)
    await dispatcher.do(
        "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE",
        responsible=await assignee(city, dispute["id"], "测试村干部", "VILLAGE"),
    )  # fmt: skip
    clocks = (await read(city, MEDIATOR, dispute["id"]))["clocks"]
    assert [row["state"] for row in clocks if row["rule"] == "mediate_GENERAL"].count("RUNNING") == 1


async def test_only_what_is_to_be_mediated_is_assigned_and_the_first_officer_does_not_redirect(city: City) -> None:
    dispute = await reported(city)
    dispatcher, grid = await city.sign_in(DISPATCHER), await city.sign_in(GRID_WORKER)
    dispute = await dispatcher.do(
        "triageDispute", id=dispute["id"], version=dispute["version"], category="NEIGHBOUR", severity="GENERAL",
        route="LITIGATION", violence=False, duplicatesChecked=True,
    )  # fmt: skip
    away = {"route": "LITIGATION", "receiver": "仙居县人民法院", "reason": "属于诉讼范围"}
    with pytest.raises(Refused) as refused:
        await grid.do("redirectDispute", id=dispute["id"], version=dispute["version"], **away)
    assert refused.value.codes == ["NOT_PERMITTED"]
    with pytest.raises(Refused) as refused:
        await dispatcher.do(
            "assignDispute", id=dispute["id"], version=dispute["version"], level="VILLAGE",
            responsible=await assignee(city, dispute["id"], "测试调解员", "VILLAGE"),
        )  # fmt: skip
    assert refused.value.codes == ["ROUTE_NOT_MEDIATION"]
    dispute = await dispatcher.do("redirectDispute", id=dispute["id"], version=dispute["version"], **away)
    assert dispute["state"] == "REDIRECTED"


async def test_a_notice_that_nobody_answers_reaches_the_next_level(fresh: None, city: City) -> None:
    dispute = await accepted(city)
    await city.pass_time(days=8)
    reply = [row for row in (await read(city, MEDIATOR, dispute["id"]))["clocks"] if row["rule"] == "reply"]
    assert [row["state"] for row in reply] == ["RUNNING"]
    mediator = await city.sign_in(MEDIATOR)
    with pytest.raises(Refused) as refused:
        await mediator.do("suspendClock", clockId=reply[0]["id"], cause="APPRAISAL", reason="委托鉴定")
    assert refused.value.codes in (["STATUTORY_LIMIT"], ["NOT_PERMITTED"])
    await city.pass_time(days=7)
    inbox = await (await city.sign_in(COUNTY_CENTER)).ask(
        "{ inbox(first: 100) { edges { node { kind matterId data } } } }"
    )
    found = [(edge["node"]["kind"], edge["node"]["matterId"]) for edge in inbox["inbox"]["edges"]]
    assert ("mediation.deadline.red", dispute["id"]) in found


async def test_an_objection_is_the_county_centres_to_decide_in_time(fresh: None, city: City) -> None:
    dispute = await assigned(city)
    respondent = await city.sign_in(RESPONDENT)
    await respondent.do("fileObjection", id=dispute["id"], grounds="没有人联系过我")
    await city.pass_time(days=20)
    for phone, hears in ((COUNTY_CENTER, True), (MEDIATOR, False)):
        inbox = await (await city.sign_in(phone)).ask(
            "{ inbox(first: 100) { edges { node { kind matterId data } } } }"
        )
        rules = [
            edge["node"]["data"].get("rule")
            for edge in inbox["inbox"]["edges"]
            if edge["node"]["matterId"] == dispute["id"] and edge["node"]["kind"].startswith("mediation.deadline.")
        ]
        assert ("objection" in rules) == hears, phone


async def test_parties_do_not_read_what_officers_write_to_each_other(city: City) -> None:
    dispute = await visited(city)
    papers = (await read(city, MEDIATOR, dispute["id"]))["papers"]
    visit = next(each["id"] for each in papers if each["template"] == "return_visit")
    applicant = await city.sign_in(APPLICANT)
    assert "return_visit" not in {each["template"] for each in (await read(city, APPLICANT, dispute["id"]))["papers"]}
    assert await applicant.ask("query($id: ID!) { paper(id: $id) { id } }", id=visit) == {"paper": None}
    assert (await applicant.client.get(f"/papers/{visit}.pdf")).status_code == 404


async def test_a_party_changes_nothing_but_his_own_answer_by_sql(city: City) -> None:
    dispute = await mediating(city)
    mediator, applicant = await city.sign_in(MEDIATOR), await city.sign_in(APPLICANT)
    await mediator.do(
        "scheduleSession", id=dispute["id"], version=dispute["version"], place="村委会调解室",
        startsAt=(clock.now() + timedelta(days=1)).isoformat(),
    )  # fmt: skip
    person = Scope(DbRole.SELF, person=UUID(applicant.account_id))
    for table in ("rating", "objection", "party", "relation", "responsibility", "session", "instalment"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with open_scope(person):
                await execute(f"update mediation_{table} set county = county where dispute_id = $1", UUID(dispute["id"]))
    async with open_scope(person):
        answer = "update mediation_attendance set agreed = true where dispute_id = $1"
        assert await execute(answer, UUID(dispute["id"])) == "UPDATE 1"
