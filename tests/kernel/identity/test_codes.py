"""One-time codes: once, for five minutes, with five tries, and not for whoever guesses."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from backend.kernel.identity import codes, limits
from backend.kernel.identity.sessions import COOKIE
from backend.kernel.jobs.queue import valkey
from backend.settings import settings
from tests.factories.city import City

PHONE = "19900000061"


async def ask(client: httpx.AsyncClient, phone: str = PHONE) -> str:
    """Ask for a code and read it as the development page shows it."""
    assert (await client.post("/auth/code", json={"phone": phone})).status_code == 204
    newest = (await client.get("/dev/codes")).json()[0]
    assert newest["phone"] == phone
    return str(newest["code"])


async def enter(client: httpx.AsyncClient, code: str, phone: str = PHONE) -> httpx.Response:
    return await client.post("/auth/code/verify", json={"phone": phone, "code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_code_signs_in_once(city: City) -> None:
    async with city.client() as client:
        code = await ask(client)
        assert (await enter(client, code)).status_code == 200
        again = await enter(client, code)
        assert (again.status_code, again.json()) == (401, {"code": "CODE_WRONG", "field": "code", "data": {}})


async def test_the_same_number_written_otherwise_is_the_same_account(city: City) -> None:
    async with city.client() as client:
        first = (await enter(client, await ask(client))).json()
        code = await ask(client)
        assert (await enter(client, code, "+86 199-0000-0061")).json() == first


async def test_a_wrong_code_uses_a_try_and_five_use_the_code_up(city: City) -> None:
    async with city.client() as client:
        code = await ask(client)
        for _ in range(codes.TRIES):
            assert (await enter(client, wrong(code))).status_code == 401
        assert (await enter(client, code)).json()["code"] == "CODE_WRONG"


async def test_a_new_code_ends_the_old_one(city: City) -> None:
    async with city.client() as client:
        old = await ask(client)
        new = await ask(client)
        while new == old:
            new = await ask(client)
        assert (await enter(client, old)).status_code == 401
        assert (await enter(client, new)).status_code == 200


async def test_a_code_runs_out(city: City) -> None:
    async with city.client() as client:
        code = await ask(client)
        (key,) = await valkey().keys("code:*")
        assert 0 < await valkey().ttl(key) <= codes.LIVES_SECONDS
        await valkey().pexpire(key, 1)
        await asyncio.sleep(0.01)
        assert (await enter(client, code)).status_code == 401


async def test_of_two_at_once_one_signs_in(city: City) -> None:
    async with city.client() as one, city.client() as other:
        code = await ask(one)
        answers = await asyncio.gather(enter(one, code), enter(other, code))
        assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_too_many_wrong_codes_lock_the_number_even_for_the_right_one(city: City) -> None:
    async with city.client() as client:
        for _ in range(2):
            code = await ask(client)
            for _ in range(limits.WRONG_BY_PHONE.count // 2):
                assert (await enter(client, wrong(code))).status_code == 401
        refused = await enter(client, code)
        assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
        assert 0 < int(refused.headers["Retry-After"]) <= limits.WRONG_BY_PHONE.seconds
        assert (await client.post("/auth/code", json={"phone": PHONE})).status_code == 429
        # Another number is not held up by it.
        assert (await enter(client, await ask(client, "19900000062"), "19900000062")).status_code == 200


async def test_too_many_wrong_codes_lock_the_address(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRONG_BY_ADDRESS", limits.Limit("wrong-address", 3, 60))
    async with city.client() as client:
        for number in range(3):
            assert (await enter(client, "000000", f"1990000007{number}")).status_code == 401
        refused = await enter(client, "000000", "19900000079")
        assert refused.status_code == 429
        assert "Retry-After" in refused.headers


async def test_codes_are_not_sent_without_end(city: City) -> None:
    async with city.client() as client:
        for _ in range(limits.SEND_BY_PHONE.count):
            await ask(client)
        refused = await client.post("/auth/code", json={"phone": PHONE})
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= limits.SEND_BY_PHONE.seconds


async def test_neither_number_nor_code_stands_in_valkey_under_its_own_name(city: City) -> None:
    async with city.client() as client:
        code = await ask(client)
        await valkey().delete("dev:codes")
        for key in await valkey().keys("*"):
            assert PHONE not in key
            read: Any = valkey().hgetall(key) if key.startswith("code:") else valkey().get(key)
            content = str(await read)
            assert PHONE not in content
            assert code not in content


async def test_whether_an_account_exists_does_not_show(city: City) -> None:
    async with city.client() as client:
        for phone in (PHONE, "19900000001"):
            assert (await client.post("/auth/code", json={"phone": phone})).status_code == 204


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with city.client() as client:
        answer = await enter(client, await ask(client))
        parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert "secure" not in parts
        monkeypatch.setattr(settings(), "public_url", "https://shanzhi.example")
        answer = await enter(client, await ask(client))
        assert "; secure" in answer.headers["set-cookie"].lower()
        token = client.cookies[COOKIE]
        assert token not in str(await valkey().keys("*"))


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", None), (b"[]", "phone"), (b"null", "phone"), (b'{"phone": 1}', "phone"), (b'{"phone": ""}', "phone"),
        (b'{"phone": "abc"}', "phone"), (b'{"phone": "\\u0000"}', "phone"), (b'{"phone": "\\ud800"}', None),
        (b"\xff\xfe", None), (b'{"phone": "' + b"1" * 300 + b'"}', "phone"), (b'{"phone": "12345"}', "phone"),
    ],
)  # fmt: skip
async def test_a_body_that_is_none_is_refused(city: City, content: bytes, field: str | None) -> None:
    async with city.client() as client:
        answer = await client.post("/auth/code", content=content)
        assert answer.status_code == 400
        assert answer.json()["field"] == field
