"""The hotline's doors: signed messages and CSV tables; each call is taken in once."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.kernel import clock
from backend.kernel.db.models import new_id
from backend.settings import settings
from tests.factories.city import APPLICANT, DISPATCHER, GRID_WORKER, MEDIATOR, City
from tests.factories.disputes import GRID
from tests.factories.ledger import digest, open_ledger

PATH = "/intake/hotline/331024"


def call(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "statement": "来电反映邻居长期噪音扰民。",
        "category": "NEIGHBOUR",
        "division": GRID,
        "name": "来电甲",
        "phone": "19900000099",
        **changes,
    }


async def send(
    city: City, content: Any, path: str = PATH, *, key: str = "", at: str = "", seal: str = ""
) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    stamp = at or str(clock.now().timestamp())
    secret = (key or settings().secret("intake_key")).encode()
    signature = seal or hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": stamp, "X-Signature": signature}
    async with city.client() as client:
        del client.headers["X-Shanzhi-Client"]
        return await client.post(path, content=body, headers=headers)


async def test_a_signed_call_is_taken_in_once(city: City) -> None:
    message = call()
    first, again = await send(city, message), await send(city, message)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    dispatcher = await city.sign_in(DISPATCHER)
    shown = "edges { node { channel state parties { name side } } }"
    query = f"query($code: String!) {{ disputes(filter: {{search: $code}}) {{ {shown} }} }}"
    (edge,) = (await dispatcher.ask(query, code=first.json()["code"]))["disputes"]["edges"]
    assert edge["node"]["channel"] == "HOTLINE_12345"
    assert edge["node"]["parties"] == [{"name": "来电甲", "side": "APPLICANT"}]


async def test_the_same_number_with_other_content_is_refused(city: City) -> None:
    message = call()
    assert (await send(city, message)).status_code == 201
    changed = await send(city, {**message, "statement": "来电反映的是完全不同的事情。"})
    assert changed.json() == {"code": "CONTENT_CHANGED", "field": "id", "data": {}}


@pytest.mark.parametrize(
    "wrong",
    [{"key": "another key"}, {"seal": "0" * 64}, {"at": "1"}, {"at": "nan"}, {"at": "inf"}, {"at": "x"}],
)
async def test_a_wrong_signature_or_time_is_refused(city: City, database: Any, wrong: dict[str, str]) -> None:
    async with open_ledger(database.admin_dsn) as ledger:
        before = await digest(ledger)
        answer = await send(city, call(), **wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
        assert await digest(ledger) == before


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_late_or_early_message_is_refused(city: City, minutes: int) -> None:
    at = (clock.now() + timedelta(minutes=minutes)).timestamp()
    assert (await send(city, call(), at=str(at))).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"statement": "短"}, "statement"),
        ({"statement": "字" * 5001}, "statement"),
        ({"category": "WEATHER"}, "category"),
        ({"division": "1; drop"}, "division"),
        ({"division": "999999"}, "division"),
        ({"division": "331023104001001"}, "division"),
        ({"phone": "abc"}, "parties.0.phone"),
        ({"occurred_at": "gestern"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "occurredAt"),
        ({"occurred_at": "9999-12-31T23:59:59Z"}, "occurredAt"),
        ({"more": 1}, "more"),
        ({"violence": {}}, "violence"),
        ({"statement": "五个字以上\u0000"}, "statement"),
        ({"statement": "五个字以上\ud800"}, None),
        ({"name": "\u202e甲"}, "name"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_kept(
    city: City, database: Any, change: Any, field: str | None
) -> None:
    async with open_ledger(database.admin_dsn) as ledger:
        before = await digest(ledger)
        answer = await send(city, call(**change))
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["field"] == field
        assert await digest(ledger) == before


@pytest.mark.parametrize("content", [b"", b"x", b"[]", b"null", b"\xff", b'{"id": 1e999}', b"[" * 5000])
async def test_a_body_that_is_no_message_is_refused(city: City, content: bytes) -> None:
    assert (await send(city, content)).status_code == 400


async def test_a_county_that_is_none_and_a_body_that_is_too_large(city: City) -> None:
    assert (await send(city, call(), "/intake/hotline/999999")).status_code == 404
    assert (await send(city, call(), "/intake/hotline/%27%3B--")).status_code == 404
    assert (await send(city, b" " * (2 * 1024 * 1024 + 1))).status_code == 413


# ------------------------------------------------------------------------------------------------ the table


def table(*rows: dict[str, str]) -> bytes:
    names = ("id", "statement", "category", "division", "name", "phone")
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return "\n".join(lines).encode()


async def upload(city: City, content: bytes, phone: str = DISPATCHER) -> httpx.Response:
    return await (await city.sign_in(phone)).client.post("/intake/hotline.csv", content=content)


async def test_good_rows_are_taken_in_and_bad_ones_are_named_by_line(city: City) -> None:
    good, other = call(), call(phone="")
    bad = [call(category="WEATHER"), call(phone="abc"), call(division="331023104001001")]
    content = table(good, *bad, other)
    answer = (await upload(city, content)).json()
    assert len(answer["taken"]) == 2
    assert answer["known"] == []
    assert [(each["line"], each["field"]) for each in answer["refused"]] == [
        (3, "category"),
        (4, "parties.0.phone"),
        (5, "division"),
    ]
    again = (await upload(city, content)).json()
    assert again["taken"] == []
    assert sorted(again["known"]) == sorted(answer["taken"])


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2", b"\xff\xfe", b"id,statement,division,extra\n", b"\x00", b'id,statement,division\n"'],
)
async def test_a_table_without_its_columns_is_refused(city: City, content: bytes) -> None:
    answer = await upload(city, content)
    assert answer.status_code == 400 or answer.json()["taken"] == []


async def test_hostile_cells_are_refused_by_line(city: City) -> None:
    rows = [
        call(statement="含有\x00空字符的陈述"),
        call(id="x" * 101),
        call(statement="字" * 140_000),
        call(id="\u202e"),
    ]
    answer = await upload(city, table(*rows))
    assert answer.status_code in (200, 400), answer.text
    assert answer.status_code == 400 or len(answer.json()["refused"]) == 4


@pytest.mark.parametrize("phone", [APPLICANT, GRID_WORKER, MEDIATOR])
async def test_only_those_who_triage_take_in_tables(city: City, phone: str) -> None:
    answer = await upload(city, table(call()), phone)
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")
