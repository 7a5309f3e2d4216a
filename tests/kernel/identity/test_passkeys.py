"""Passkeys with an authenticator in software: registration, sign-in, step-up, and everything that must fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.kernel import clock
from backend.kernel.db.scope import open_scope
from backend.kernel.identity import enrolment
from backend.kernel.identity.models import Passkey
from backend.kernel.identity.passkeys import IDENTITY
from backend.kernel.identity.sessions import COOKIE, find
from backend.kernel.jobs.queue import valkey
from backend.settings import settings
from tests.factories.authenticator import PRESENT, Authenticator
from tests.factories.city import APPLICANT, MEDIATOR, STRANGER, City, Person

FAILED = (401, "PASSKEY_FAILED")


@pytest.fixture
async def nobody(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with city.client() as client:
        yield client


async def options(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.post(f"/auth/{path}/options")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def verify(client: httpx.AsyncClient, path: str, credential: Any) -> tuple[int, str]:
    answer = await client.post(f"/auth/{path}/verify", json=credential)
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else ""


async def registered(person: Person) -> Authenticator:
    key = Authenticator()
    credential = key.create(await options(person.client, "passkey/register"))
    assert await verify(person.client, "passkey/register", credential) == (204, "")
    return key


async def sign_in(client: httpx.AsyncClient, key: Authenticator) -> tuple[int, str]:
    return await verify(client, "passkey", key.get(await options(client, "passkey")))


async def test_a_passkey_signs_staff_in_where_a_code_does_not(
    city: City, nobody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediator = await city.sign_in(MEDIATOR)
    key = await registered(mediator)
    monkeypatch.setattr(settings(), "demo", False)
    assert await sign_in(nobody, key) == (200, "")
    seen = (await Person(nobody, "").ask("{ viewer { accountId passkeyCount active { role } } }"))["viewer"]
    assert seen["accountId"] == mediator.account_id
    assert seen["active"] == {"role": "MEDIATOR"}
    assert seen["passkeyCount"] >= 1


async def test_a_step_up_is_remembered_in_the_session(city: City) -> None:
    mediator = await city.sign_in(MEDIATOR)
    key = await registered(mediator)
    offered = await options(mediator.client, "step-up")
    assert offered["userVerification"] == "required"
    assert await verify(mediator.client, "step-up", key.get(offered)) == (204, "")
    session = await find(valkey(), mediator.client.cookies[COOKIE])
    assert session is not None
    assert session.stepped_up is not None


async def test_another_persons_passkey_gives_no_step_up(city: City) -> None:
    mediator, stranger = await city.sign_in(MEDIATOR), await city.sign_in(STRANGER)
    await registered(mediator)
    foreign = await registered(stranger)
    assert (
        await verify(mediator.client, "step-up", foreign.get(await options(mediator.client, "step-up")))
        == FAILED
    )


async def test_a_challenge_works_once(city: City, nobody: httpx.AsyncClient) -> None:
    key = await registered(await city.sign_in(MEDIATOR))
    offered = await options(nobody, "passkey")
    credential = key.get(offered)
    assert await verify(nobody, "passkey", credential) == (200, "")
    assert await verify(nobody, "passkey", credential) == FAILED
    assert await verify(nobody, "passkey", key.get(offered)) == FAILED


async def test_a_challenge_given_to_somebody_else_is_none(city: City) -> None:
    mediator, stranger = await city.sign_in(MEDIATOR), await city.sign_in(STRANGER)
    offered = await options(mediator.client, "passkey/register")
    assert await verify(stranger.client, "passkey/register", Authenticator().create(offered)) == FAILED
    key = await registered(mediator)
    assert (
        await verify(mediator.client, "step-up", key.get(await options(mediator.client, "passkey"))) == FAILED
    )


async def test_a_registration_does_not_count_as_a_sign_in(city: City, nobody: httpx.AsyncClient) -> None:
    mediator = await city.sign_in(MEDIATOR)
    key = await registered(mediator)
    assert (
        await verify(nobody, "passkey", key.get(await options(mediator.client, "passkey/register"))) == FAILED
    )


async def test_a_key_whose_count_went_back_is_a_clone(city: City, nobody: httpx.AsyncClient) -> None:
    key = await registered(await city.sign_in(MEDIATOR))
    key.sign_count = 10
    assert await sign_in(nobody, key) == (200, "")
    key.sign_count = 5
    assert await sign_in(nobody, key) == FAILED


@pytest.mark.parametrize("change", ["origin", "host", "flags", "key", "credential_id"])
async def test_an_answer_from_elsewhere_is_refused(
    city: City, nobody: httpx.AsyncClient, change: str
) -> None:
    key = await registered(await city.sign_in(MEDIATOR))
    other = Authenticator()
    values = {"origin": "http://localhost:9", "host": "evil.example", "flags": PRESENT}
    setattr(key, change, values.get(change) or getattr(other, change))
    assert await sign_in(nobody, key) == FAILED


@pytest.mark.parametrize("change", [{"origin": "https://evil.example"}, {"host": "evil.example"}])
async def test_a_registration_from_elsewhere_is_refused(city: City, change: dict[str, str]) -> None:
    mediator = await city.sign_in(MEDIATOR)
    credential = Authenticator(**change).create(await options(mediator.client, "passkey/register"))
    assert await verify(mediator.client, "passkey/register", credential) == FAILED


async def test_a_passkey_is_registered_once(city: City) -> None:
    mediator, stranger = await city.sign_in(MEDIATOR), await city.sign_in(STRANGER)
    key = await registered(mediator)
    credential = key.create(await options(stranger.client, "passkey/register"))
    assert await verify(stranger.client, "passkey/register", credential) == FAILED


@pytest.mark.parametrize(
    "credential",
    [
        None, [], "x", {}, {"response": None}, {"response": {"clientDataJSON": 7}},
        {"response": {"clientDataJSON": "!!"}}, {"response": {"clientDataJSON": "e30"}},
        {"response": {"clientDataJSON": "bnVsbA"}}, {"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAiXHUwMDAwIn0"}},
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_refused(
    city: City, nobody: httpx.AsyncClient, credential: Any
) -> None:
    assert await verify(nobody, "passkey", credential) == FAILED
    mediator = await city.sign_in(MEDIATOR)
    for path in ("passkey/register", "step-up"):
        assert await verify(mediator.client, path, credential) == FAILED


@pytest.mark.parametrize("gone", ["rawId", "id", "type", "response"])
@pytest.mark.parametrize("value", [None, 7, "", "!!", {}, "AAAA"])
async def test_a_broken_answer_to_a_real_challenge_is_refused(
    city: City, nobody: httpx.AsyncClient, gone: str, value: Any
) -> None:
    key = await registered(await city.sign_in(MEDIATOR))
    credential = key.get(await options(nobody, "passkey"))
    if gone == "response":
        credential["response"] |= {"authenticatorData": value, "signature": value}
    else:
        credential[gone] = value
    assert await verify(nobody, "passkey", credential) == FAILED


async def test_without_a_passkey_there_is_nothing_to_step_up_with(city: City) -> None:
    person = await city.sign_in("19900000002")
    answer = await person.client.post("/auth/step-up/options")
    assert (answer.status_code, answer.json()["code"]) == (400, "NO_PASSKEY")


async def test_an_officer_needs_more_than_a_text_message_for_a_passkey(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, person = await city.sign_in(MEDIATOR), await city.sign_in(APPLICANT)
    async with open_scope(IDENTITY):
        await Passkey.filter(account_id=UUID(officer.account_id)).delete()
    monkeypatch.setattr(settings(), "demo", False)
    options = "/auth/passkey/register/options"
    assert (await person.client.post(options)).status_code == 200
    for given in (None, {"token": "wrong"}):
        refused = await officer.client.post(options, json=given)
        assert (refused.status_code, refused.json()["code"]) == (403, "ENROLMENT_REQUIRED")
    token = await enrolment.issue(valkey(), UUID(officer.account_id))
    assert (await officer.client.post(options, json={"token": token})).status_code == 200
    await enrolment.use_up(valkey(), UUID(officer.account_id))
    assert (await officer.client.post(options, json={"token": token})).status_code == 403


async def test_own_passkeys_are_listed_and_removed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    me, stranger = await city.sign_in(APPLICANT), await city.sign_in(STRANGER)
    async with open_scope(IDENTITY):
        await Passkey.filter(account_id=UUID(me.account_id)).delete()
        key = await Passkey.create(
            account_id=UUID(me.account_id), credential_id=b"listed", public_key=b"x", sign_count=0, label="phone",
            created_at=clock.now(),
        )  # fmt: skip
    (listed,) = (await me.client.get("/auth/passkeys")).json()
    assert (listed["id"], listed["label"]) == (str(key.id), "phone")
    assert (await stranger.client.delete(f"/auth/passkeys/{key.id}")).status_code == 404
    with monkeypatch.context() as outside:
        outside.setattr(settings(), "demo", False)
        assert (await me.client.delete(f"/auth/passkeys/{key.id}")).json()["code"] == "STEP_UP_REQUIRED"
    assert (await me.client.delete(f"/auth/passkeys/{key.id}")).status_code == 204
    assert (await me.client.get("/auth/passkeys")).json() == []
