"""A whole story with everything logged: no telephone, name or statement in logs, notifications, jobs or addresses."""

from __future__ import annotations

from typing import Any

import pytest
import structlog

from backend.kernel import logs
from tests.factories.city import APPLICANT, MEDIATOR, RESPONDENT, TOWN_LEADER, City, Refused
from tests.factories.disputes import DETAIL, agreed, mediating, report, terms
from tests.factories.ledger import open_ledger

STATEMENT = "绝密陈述:楼上漏水泡坏了我家天花板。"
SECRET = (APPLICANT, RESPONDENT, "测试甲一", "测试乙二", "绝密陈述", "天花板", "110101199003077")


@pytest.fixture
def every_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything there is to log, from the first line."""
    monkeypatch.setenv("SHANZHI_LOG_LEVEL", "DEBUG")
    from backend.settings import settings

    monkeypatch.setattr(settings(), "log_level", "DEBUG")


async def whole_story(city: City) -> dict[str, Any]:
    """To the rating, with mistakes and escalation on the way."""
    applicant, respondent, mediator = [
        await city.sign_in(phone) for phone in (APPLICANT, RESPONDENT, MEDIATOR)
    ]
    await agreed(city)
    dispute = await mediating(city, statement=STATEMENT, violence=True)
    dispute = await mediator.do("draftAgreement", id=dispute["id"], version=dispute["version"], **terms())
    parties = (await mediator.ask(DETAIL, id=dispute["id"]))["dispute"]["parties"]
    await mediator.ask(
        "mutation($input: RevealInput!) { revealPartyContact(input: $input) { phone } }",
        input={"partyId": parties[0]["id"], "reason": "核对联系方式"},
    )
    for wrong in ({"phone": "1990000"}, {"idNumber": "110101199003077777"}, {"name": ""}):
        party = {"side": "RESPONDENT", "name": "测试乙二", "phone": RESPONDENT, **wrong}
        with pytest.raises(Refused) as refused:
            await applicant.do("reportDispute", **report(statement=STATEMENT, parties=[party]))
        assert not [word for word in SECRET if word in str(refused.value.errors)]
    async with city.client() as client:
        await client.post("/auth/code", json={"phone": APPLICANT})
        await client.post("/auth/code/verify", json={"phone": APPLICANT, "code": "000000"})
        await client.get(f"/nowhere/{APPLICANT}?phone={APPLICANT}")
    await respondent.ask("query($t: String!) { similarDisputes(text: $t) { id } }", t=STATEMENT)
    await city.pass_time(days=9)
    return dispute


async def test_no_line_of_the_log_names_anybody(
    every_line: None, capsys: pytest.CaptureFixture[str], city: City
) -> None:
    dispute = await whole_story(city)
    await mistakes_of_programmers()
    captured = capsys.readouterr()
    # What the development gateway shows on the terminal is the text message itself.
    lines = [
        line
        for line in captured.err.splitlines() + captured.out.splitlines()
        if not line.startswith("DEV-CODE ")
    ]
    assert any('"request"' in line for line in lines)
    assert any("programmer.erred" in line for line in lines)
    found = [(word, line) for line in lines for word in SECRET if word in line]
    assert found == []
    assert dispute["id"] not in str([line for line in lines if '"route"' in line])


async def mistakes_of_programmers() -> None:
    """Lines nobody should write, and that still tell no number."""
    log = structlog.get_logger()
    log.error("programmer.erred", text=f"call {APPLICANT}", number="110101199003077777")
    log.error("programmer.erred", nested={"phone": APPLICANT, "list": [RESPONDENT]})
    try:
        raise ValueError(f"row of {APPLICANT} 测试甲一")
    except ValueError as problem:
        log.error("programmer.erred", exc_info=problem)
        log.exception("programmer.erred")


async def test_no_notification_job_or_push_names_anybody(city: City, database: Any) -> None:
    await whole_story(city)
    await (await city.sign_in(TOWN_LEADER)).ask("{ inbox { edges { node { id } } } }")
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch(
            "select kind || data::text || matter_code as text from notification union all "
            "select name || args::text || last_error || dedupe from job union all "
            "select key || command || request_hash from idempotency_record"
        )
    assert len(rows) > 50
    assert [row["text"] for row in rows if any(word in row["text"] for word in SECRET)] == []


async def test_telephones_stand_nowhere_in_plain(city: City, database: Any) -> None:
    await whole_story(city)
    async with open_ledger(database.admin_dsn) as ledger:
        for table in (
            "account",
            "mediation_party",
            "participant",
            "event",
            "upload",
            "access_log",
            "paper_signature",
        ):
            text = await ledger.fetchval(f"select string_agg(t::text, ' ') from {table} t")
            assert [word for word in (APPLICANT, RESPONDENT) if word in (text or "")] == [], table


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"a {APPLICANT} b", "a [number] b"), ("11010119900307777X", "[number]"), ("33102410327900", "33102410327900"),
        ({"deep": [APPLICANT]}, {"deep": ["[number]"]}), ((APPLICANT, 7), ["[number]", 7]), (19900000001, "[number]"),
    ],
)  # fmt: skip
def test_numbers_are_blotted_out_wherever_they_stand(given: Any, expected: Any) -> None:
    assert logs.without_personal_data(None, "", {"value": given}) == {"value": expected}
