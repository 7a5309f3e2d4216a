"""Sessions, signatures, judicial confirmation, instalments, breach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.kernel import clock
from tests.factories.city import APPLICANT, MEDIATOR, RESPONDENT, City, Refused
from tests.factories.disputes import agreed, drafted, mediating, read, sign_all, terms


def day(offset: int) -> str:
    return str((clock.now() + timedelta(days=offset)).astimezone(clock.LOCAL).date())


async def kinds(city: City, phone: str) -> list[str]:
    inbox = await (await city.sign_in(phone)).ask("{ inbox(first: 100) { edges { node { kind } } } }")
    return [edge["node"]["kind"] for edge in inbox["inbox"]["edges"]]


async def test_a_session_is_announced_answered_and_minuted(fresh: None, city: City) -> None:
    dispute = await mediating(city)
    mediator = await city.sign_in(MEDIATOR)
    dispute = await mediator.do(
        "scheduleSession", id=dispute["id"], version=dispute["version"], place="村委会调解室",
        startsAt=(clock.now() + timedelta(days=1)).isoformat(),
    )  # fmt: skip
    assert "mediation.session.planned" in await kinds(city, RESPONDENT)
    session = (await read(city, RESPONDENT, dispute["id"]))["sessions"][0]
    respondent = await city.sign_in(RESPONDENT)
    await respondent.do("respondToSession", sessionId=session["id"], attending=True)
    session = (await read(city, RESPONDENT, dispute["id"]))["sessions"][0]
    assert session["myResponse"] is True
    parties = [row["partyId"] for row in session["attendance"]]
    version = (await read(city, MEDIATOR, dispute["id"]))["version"]
    await mediator.do(
        "recordMinutes", sessionId=session["id"], version=version, attended=parties, statements="双方各述理由",
        proposals="补偿2000元", result="CONTINUE",
    )  # fmt: skip
    detail = await read(city, APPLICANT, dispute["id"])
    assert detail["sessions"][0]["state"] == "HELD"
    minutes = next(paper for paper in detail["papers"] if paper["template"] == "minutes")
    assert {signature["name"] for signature in minutes["signatures"]} == {"测试甲一", "测试乙二", "测试调解员"}
    with pytest.raises(Refused) as refused:
        await respondent.do("respondToSession", sessionId=session["id"], attending=False)
    assert refused.value.codes in (["WRONG_STATE"], ["NOT_PERMITTED"])


async def test_only_the_text_that_was_read_can_be_signed_and_only_once(city: City) -> None:
    dispute = await drafted(city)
    paper = next(p for p in (await read(city, APPLICANT, dispute["id"]))["papers"] if p["template"] == "agreement")
    applicant = await city.sign_in(APPLICANT)
    with pytest.raises(Refused) as refused:
        await applicant.do("signPaper", paperId=paper["id"], sha256="0" * 64, consent=True)
    assert refused.value.codes == ["DIGEST_MISMATCH"]
    with pytest.raises(Refused) as refused:
        await applicant.do("signPaper", paperId=paper["id"], sha256=paper["sha256"], consent=False)
    assert refused.value.errors[0]["field"] == "consent"
    await applicant.do("signPaper", paperId=paper["id"], sha256=paper["sha256"], consent=True)
    with pytest.raises(Refused) as refused:
        await applicant.do("signPaper", paperId=paper["id"], sha256=paper["sha256"], consent=True)
    assert refused.value.codes == ["NOT_PERMITTED"]
    assert (await read(city, MEDIATOR, dispute["id"]))["state"] == "MEDIATING"


async def test_a_new_draft_replaces_one_that_is_not_fully_signed(city: City) -> None:
    dispute = await drafted(city)
    paper = next(p for p in (await read(city, APPLICANT, dispute["id"]))["papers"] if p["template"] == "agreement")
    applicant, mediator = await city.sign_in(APPLICANT), await city.sign_in(MEDIATOR)
    dispute = await applicant.do("signPaper", paperId=paper["id"], sha256=paper["sha256"], consent=True)
    dispute = await mediator.do(
        "draftAgreement", id=dispute["id"], version=dispute["version"], **terms(terms=["乙二赔偿甲一1800元。"])
    )
    states = [p["state"] for p in (await read(city, APPLICANT, dispute["id"]))["papers"] if p["template"] == "agreement"]
    assert sorted(states) == ["DRAFT", "WITHDRAWN"]
    respondent = await city.sign_in(RESPONDENT)
    with pytest.raises(Refused):
        await respondent.do("signPaper", paperId=paper["id"], sha256=paper["sha256"], consent=True)


async def test_an_oral_agreement_holds_at_once(city: City) -> None:
    dispute = await drafted(city, kind="ORAL")
    assert dispute["state"] == "AGREED"
    detail = await read(city, APPLICANT, dispute["id"])
    assert [p["state"] for p in detail["papers"] if p["template"] == "oral_agreement"] == ["EFFECTIVE"]


async def test_a_party_without_a_telephone_cannot_sign_on_one(city: City) -> None:
    with pytest.raises(Refused) as refused:
        dispute = await mediating(city, parties=[{"side": "RESPONDENT", "name": "测试无电话"}])
        mediator = await city.sign_in(MEDIATOR)
        await mediator.do("draftAgreement", id=dispute["id"], version=dispute["version"], **terms())
    assert refused.value.codes == ["PARTY_WITHOUT_PHONE"]


async def confirmation(city: City) -> dict[str, Any]:
    dispute = await agreed(city)
    applicant = await city.sign_in(APPLICANT)
    dispute = await applicant.do("requestConfirmation", id=dispute["id"], version=dispute["version"], genuine=True)
    with pytest.raises(Refused) as refused:
        await applicant.do("requestConfirmation", id=dispute["id"], version=dispute["version"], genuine=True)
    assert refused.value.codes == ["NOT_PERMITTED"]
    return await sign_all(city, dispute["id"], "confirmation_application", (APPLICANT, RESPONDENT))


async def test_both_apply_for_confirmation_and_the_ruling_is_taken_down(city: City) -> None:
    dispute = await confirmation(city)
    assert dispute["state"] == "CONFIRM_PENDING"
    mediator = await city.sign_in(MEDIATOR)
    with pytest.raises(Refused) as refused:
        await mediator.do(
            "recordConfirmation", id=dispute["id"], version=dispute["version"], confirmed=True,
            rulingNumber="(2026)浙1024诉前调确1号", decidedOn=day(3),
        )  # fmt: skip
    assert refused.value.errors[0]["field"] == "decidedOn"
    dispute = await mediator.do(
        "recordConfirmation", id=dispute["id"], version=dispute["version"], confirmed=True,
        rulingNumber="(2026)浙1024诉前调确1号", decidedOn=day(0),
    )  # fmt: skip
    assert dispute["state"] == "CONFIRMED"


async def test_after_thirty_days_confirmation_can_no_longer_be_asked_for(city: City) -> None:
    dispute = await agreed(city)
    until = (await read(city, APPLICANT, dispute["id"]))["agreement"]["confirmUntil"]
    assert until >= (clock.now() + timedelta(days=30)).isoformat()[:10]
    await city.pass_time(days=45)
    detail = await read(city, APPLICANT, dispute["id"])
    assert "request_confirmation" not in {action["name"] for action in detail["availableActions"]}
    applicant = await city.sign_in(APPLICANT)
    with pytest.raises(Refused) as refused:
        await applicant.do("requestConfirmation", id=dispute["id"], version=detail["version"], genuine=True)
    assert refused.value.codes == ["NOT_PERMITTED"]


async def test_the_last_signature_of_an_application_has_to_come_in_time(city: City) -> None:
    dispute = await agreed(city)
    applicant = await city.sign_in(APPLICANT)
    await applicant.do("requestConfirmation", id=dispute["id"], version=dispute["version"], genuine=True)
    await sign_all(city, dispute["id"], "confirmation_application", (APPLICANT,))
    await city.pass_time(days=45)
    with pytest.raises(Refused) as refused:
        await sign_all(city, dispute["id"], "confirmation_application", (RESPONDENT,))
    assert refused.value.codes == ["WINDOW_CLOSED"]
    assert (await read(city, APPLICANT, dispute["id"]))["state"] == "AGREED"


async def test_what_is_to_be_performed_today_is_due_at_the_end_of_the_day(city: City) -> None:
    dispute = await agreed(city, performDue=day(0))
    mediator = await city.sign_in(MEDIATOR)
    clocks = (await mediator.ask("query($id: ID!) { dispute(id: $id) { clocks { rule dueAt } } }", id=dispute["id"]))
    due = next(row["dueAt"] for row in clocks["dispute"]["clocks"] if row["rule"] == "perform")
    left = datetime.fromisoformat(due) - clock.now()
    assert left <= timedelta(days=1)


async def test_instalments_are_reminded_of_and_performed_one_by_one(fresh: None, city: City) -> None:
    dispute = await agreed(
        city, performDue=day(20),
        instalments=[
            {"due": day(5), "text": "首期", "amount": 1000},
            {"due": day(20), "text": "尾款", "amount": 1000},
        ],
    )  # fmt: skip
    await city.pass_time(days=3)
    assert "mediation.instalment.due" in await kinds(city, RESPONDENT)
    mediator = await city.sign_in(MEDIATOR)
    detail = await read(city, MEDIATOR, dispute["id"])
    first = detail["agreement"]["instalments"][0]
    dispute = await mediator.do(
        "recordPerformance", id=dispute["id"], version=detail["version"], instalmentId=first["id"], statement="已付首期"
    )
    assert dispute["state"] == "AGREED"
    with pytest.raises(Refused) as refused:
        await mediator.do(
            "recordPerformance", id=dispute["id"], version=dispute["version"], instalmentId=first["id"],
            statement="再付一次",
        )  # fmt: skip
    assert refused.value.errors[0]["field"] == "instalmentId"
    await city.pass_time(days=19)
    assert "mediation.instalment.overdue" in await kinds(city, MEDIATOR)
    detail = await read(city, MEDIATOR, dispute["id"])
    assert [item["overdue"] for item in detail["agreement"]["instalments"]] == [False, True]
    dispute = await mediator.do(
        "recordPerformance", id=dispute["id"], version=detail["version"], statement="尾款付清"
    )
    assert dispute["state"] == "PERFORMED"


async def test_a_breach_leads_to_court_or_to_late_performance(city: City) -> None:
    dispute = await agreed(city)
    mediator = await city.sign_in(MEDIATOR)
    dispute = await mediator.do(
        "reportBreach", id=dispute["id"], version=dispute["version"], reason="到期未付款", route="LITIGATION"
    )
    assert dispute["state"] == "BREACHED"
    dispute = await mediator.do(
        "recordPerformance", id=dispute["id"], version=dispute["version"], statement="已补付"
    )
    assert dispute["state"] == "PERFORMED"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"terms": []}, "terms"),
        ({"terms": ["x" * 1001]}, "terms.0"),
        ({"kind": "VIDEO"}, "kind"),
        ({"facts": " "}, "facts"),
        ({"performDue": "2020-01-01"}, "performDue"),
        ({"instalments": [{"due": "2020-01-01", "text": "早"}]}, "instalments.0.due"),
        ({"instalments": [{"due": day(9), "text": "负", "amount": -1}]}, "instalments.0.amount"),
    ],
)
async def test_a_bad_draft_names_its_field(city: City, change: dict[str, Any], field: str) -> None:
    dispute = await mediating(city)
    mediator = await city.sign_in(MEDIATOR)
    with pytest.raises(Refused) as refused:
        await mediator.do("draftAgreement", id=dispute["id"], version=dispute["version"], **terms(**change))
    assert field in {error["field"] for error in refused.value.errors}
    assert (await read(city, MEDIATOR, dispute["id"]))["version"] == dispute["version"]
