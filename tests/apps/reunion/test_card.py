"""A card in a coat pocket: a stranger calls for help with it and learns nothing about its bearer."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from backend.kernel.identity import limits
from backend.kernel.jobs.queue import valkey
from tests.apps.reunion.test_row_level_security import staff
from tests.factories.city import City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import CIVIL, NEXT_POLICE, POLICE, STATION, found, look, step, told
from tests.factories.supervision import GRID, act
from tests.kernel.db.test_row_level_security import COUNTY_PATH, as_login

OPEN, TELL = "/open/reunion/card", "/open/reunion/card/found"
CALLS = "care { card { dutyPhone agency } calls { id state toldAt latitude longitude phone answeredBy outcome newCaseId } }"
FINDER = "13900000002"


async def issued(city: City, case: dict[str, Any] | None = None) -> tuple[dict[str, Any], str]:
    case, station = case or await found(city, facts={"name": "测试卡主", "sex": "MALE"}), await city.sign_in(STATION)
    version = (await look(station, case))["version"]
    made = await act(station, "issueHomeCard", show="token case { id }", id=case["id"], version=version)
    return case, str(made["token"])


async def post(city: City, path: str, **body: Any) -> httpx.Response:
    async with city.client() as client:
        return await client.post(path, json=body)


async def calls(person: Person, case: dict[str, Any]) -> list[dict[str, Any]]:
    return list((await look(person, case, CALLS))["care"]["calls"])


async def test_a_finder_reads_whom_to_call_and_nothing_about_the_bearer(city: City) -> None:
    case, token = await issued(city)
    answer = await post(city, OPEN, token=token)
    assert answer.status_code == 200
    assert answer.json() == {"agency": "仙居县救助管理站", "dutyPhone": "0576-00000061"}
    assert answer.headers["cache-control"] == "no-store"
    for word in (case["code"], case["id"], "测试卡主", "MALE", "DEMENTIA"):
        assert word not in answer.text


async def test_one_tap_tells_the_officers_on_duty_and_the_finder_when(city: City, database: Any) -> None:
    case, token = await issued(city)
    key = str(uuid4())
    first = await post(city, TELL, token=token, key=key, latitude=28.85, longitude=120.73, phone=FINDER)
    again = await post(city, TELL, token=token, key=key, latitude=28.85, longitude=120.73, phone=FINDER)
    assert first.status_code == 200
    assert first.json() == again.json(), "told twice is told once"
    assert set(first.json()) == {"toldAt"}
    await city.work()
    for phone in (STATION, POLICE, CIVIL):
        assert await told(await city.sign_in(phone), "reunion.card.called", case) == [{}], "no place, no telephone in a notification"
    station = await city.sign_in(STATION)
    (call,) = await calls(station, case)
    assert (call["state"], call["latitude"], call["longitude"], call["phone"]) == ("OPEN", 28.85, 120.73, FINDER)
    async with open_ledger(database.admin_dsn) as ledger:
        row = await ledger.fetchrow("select place_sealed, phone_sealed from reunion_card_call where id = $1", UUID(call["id"]))
        assert "28.85" not in row["place_sealed"]
        assert FINDER not in row["phone_sealed"]
        assert await ledger.fetchval("select count(*) from event where data::text like '%28.85%' or data::text like $1", f"%{FINDER}%") == 0
        assert await ledger.fetchval("select rule from matter_clock where subject_id = $1", UUID(call["id"])) == "card_call"


async def test_a_finder_who_says_nothing_more_is_heard_too(city: City) -> None:
    case, token = await issued(city)
    assert (await post(city, TELL, token=token, key=str(uuid4()))).status_code == 200
    (call,) = await calls(await city.sign_in(STATION), case)
    assert (call["latitude"], call["longitude"], call["phone"]) == (None, None, None)


async def test_an_officer_answers_and_closes_with_the_new_find(city: City, database: Any) -> None:
    case, token = await issued(city)
    await post(city, TELL, token=token, key=str(uuid4()))
    station, civil = await city.sign_in(STATION), await city.sign_in(CIVIL)
    (call,) = await calls(station, case)
    await act(civil, "answerCardCall", show="call { state answeredBy }", id=call["id"])
    with pytest.raises(Refused) as refused:
        await act(station, "answerCardCall", show="call { state }", id=call["id"])
    assert refused.value.codes == ["WRONG_STATE"]
    new = await found(city)
    for code in (case["code"], "331024-26-XXXXX"):
        with pytest.raises(Refused) as refused:
            await act(station, "closeCardCall", show="call { state }", id=call["id"], outcome="已接回站里", code=code)
        assert (refused.value.codes, refused.value.errors[0]["field"]) == (["NOT_FOUND"], "code")
    done = await act(station, "closeCardCall", show="call { state newCaseId answeredBy }", id=call["id"], outcome="已接回站里", code=new["code"])
    assert done["call"] == {"state": "CLOSED", "newCaseId": new["id"], "answeredBy": "测试民政干部"}
    async with open_ledger(database.admin_dsn) as ledger:
        assert await ledger.fetchval("select state from matter_clock where subject_id = $1", UUID(call["id"])) == "MET"
    for phone, code in ((NEXT_POLICE, "NOT_FOUND"), (GRID, "NOT_PERMITTED")):
        with pytest.raises(Refused) as refused:
            await act(await city.sign_in(phone), "answerCardCall", show="call { state }", id=call["id"])
        assert refused.value.codes == [code]


async def test_wrong_replaced_ended_expired_and_withdrawn_cards_look_the_same(city: City) -> None:
    case, old = await issued(city)
    _, ended = await issued(city)
    _, new = await issued(city, case)
    gone, withdrawn = await issued(city)
    station = await city.sign_in(STATION)
    other, stopped = await issued(city)
    await act(station, "endHomeCard", show="case { id }", id=other["id"], reason="卡片丢失")
    with pytest.raises(Refused) as refused:
        await act(station, "endHomeCard", show="case { id }", id=other["id"], reason="再停一次")
    assert refused.value.codes == ["ALREADY_DECIDED"]
    await step(station, "withdrawReunionCase", gone, text="本人离站,撤回")
    await city.work()
    assert (await post(city, OPEN, token=new)).status_code == 200
    answers = {}
    for name, token in {"wrong": "A" * 32, "short": "x", "none": "", "list": [1], "old": old, "stopped": stopped, "withdrawn": withdrawn}.items():
        for path in (OPEN, TELL):
            answer = await post(city, path, token=token, key=str(uuid4()))
            answers[name, path] = (answer.status_code, answer.json())
    await city.pass_time(days=366)
    for path in (OPEN, TELL):
        answer = await post(city, path, token=ended, key=str(uuid4()))
        answers["expired", path] = (answer.status_code, answer.json())
    assert len({str(each) for each in answers.values()}) == 1, answers
    assert answers["wrong", OPEN][0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {"key": "x"}, {"key": None}, {}, {"key": [1]}, {"latitude": 91.0, "longitude": 0.0}, {"latitude": "28", "longitude": 120.0},
        {"latitude": 28.0}, {"latitude": True, "longitude": True}, {"phone": 139}, {"phone": "不告诉你"}, {"phone": "1" * 3000},
        {"phone": "\u202e139"},
    ],
)  # fmt: skip
async def test_hostile_words_of_a_finder_leave_no_trace(city: City, database: Any, body: dict[str, Any]) -> None:
    case, token = await issued(city)
    sent = {"token": token, "key": str(uuid4()), **body} if body else {"token": token}
    answer = await post(city, TELL, **sent)
    assert answer.status_code in (400, 422), answer.text
    assert await calls(await city.sign_in(STATION), case) == []


async def test_a_copied_card_does_not_ring_for_ever(city: City) -> None:
    case, token = await issued(city)
    sent = 0
    for _ in range(25):
        await valkey().flushdb()  # each from an address of its own
        answer = await post(city, TELL, token=token, key=str(uuid4()))
        sent += answer.status_code == 200
    assert sent == 25, "the finder is answered all the same"
    city.people.clear()  # the sessions went too
    assert len(await calls(await city.sign_in(STATION), case)) == 20


async def test_one_address_does_not_ring_without_end(city: City) -> None:
    _, token = await issued(city)
    answers = [(await post(city, TELL, token=token, key=str(uuid4()))).status_code for _ in range(12)]
    assert answers[:10] == [200] * 10
    assert answers[10:] == [429, 429]
    many = [(await post(city, OPEN, token="B" * 32)).status_code for _ in range(limits.LINKS_BY_ADDRESS.count + 1)]
    assert (many[0], many[-1]) == (404, 429), "nobody tries tokens one after the other"


async def test_two_taps_at_once_are_one_call(city: City) -> None:
    case, token = await issued(city)
    key = str(uuid4())
    answers = await asyncio.gather(*(post(city, TELL, token=token, key=key) for _ in range(4)))
    assert {each.status_code for each in answers} == {200}
    assert len(await calls(await city.sign_in(STATION), case)) == 1


async def test_a_page_of_another_site_cannot_ring(city: City) -> None:
    _, token = await issued(city)
    async with city.client() as client:
        del client.headers["X-Shanzhi-Client"]
        assert (await client.post(TELL, json={"token": token, "key": str(uuid4())})).status_code == 403


async def test_a_repeated_issue_shows_no_link_and_the_first_one_still_opens(city: City) -> None:
    case, station = await found(city), await city.sign_in(STATION)
    version, key = (await look(station, case))["version"], str(uuid4())
    first, again = [
        await act(station, "issueHomeCard", key=key, show="token case { id }", id=case["id"], version=version) for _ in range(2)
    ]
    assert (again["token"], again["case"]["id"]) == (None, case["id"])
    assert (await post(city, OPEN, token=first["token"])).status_code == 200


@pytest.mark.parametrize(("phone", "code"), [("", "REQUIRED"), ("123", "PHONE_INVALID")])
async def test_a_card_has_somebody_to_call(city: City, database: Any, phone: str, code: str) -> None:
    case, patrol = await found(city), await city.sign_in(POLICE)
    whose = "where account_id = $1"
    async with open_ledger(database.admin_dsn) as ledger:
        number = await ledger.fetchval(f"select duty_phone from membership {whose}", UUID(patrol.account_id))
        await ledger.execute(f"update membership set duty_phone = '' {whose}", UUID(patrol.account_id))
        try:
            with pytest.raises(Refused) as refused:
                await step(patrol, "issueHomeCard", case, dutyPhone=phone)
        finally:
            await ledger.execute(f"update membership set duty_phone = $2 {whose}", UUID(patrol.account_id), number)
    assert [(each["code"], each["field"]) for each in refused.value.errors] == [(code, "dutyPhone")]


async def test_the_link_is_in_no_table_and_no_event(city: City, database: Any) -> None:
    case, token = await issued(city)
    async with open_ledger(database.admin_dsn) as ledger:
        for table in ("link", "reunion_home_card", "event", "idempotency_record", "job", "notification"):
            assert await ledger.fetchval(f"select count(*) from {table} t where t::text like '%' || $1 || '%'", token) == 0, table
    async with as_login(database.login_dsn, staff(COUNTY_PATH, "mediation,reunion_tasks")) as connection:
        for table in ("reunion_home_card", "reunion_card_call"):
            assert await connection.fetchval(f"select count(*) from {table} where case_id = $1", UUID(case["id"])) == 0
