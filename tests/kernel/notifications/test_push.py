"""Web Push: who may subscribe with what, and that a push service learns a kind and a code, nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.kernel.notifications import browsers, push
from tests.factories.authenticator import encoded
from tests.factories.city import APPLICANT, GRID_WORKER, City, Person
from tests.factories.disputes import reported
from tests.factories.ledger import open_ledger

SAVE = """mutation($endpoint: String!, $p256dh: String!, $auth: String!) {
    savePushSubscription(endpoint: $endpoint, p256dh: $p256dh, auth: $auth) { ok errors { code field } } }"""
REMOVE = "mutation($endpoint: String!) { removePushSubscription(endpoint: $endpoint) { ok } }"
ENDPOINT = "https://push.example.invalid/browser/1"


def keys() -> dict[str, str]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return {
        "p256dh": encoded(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)),
        "auth": encoded(b"0123456789abcdef"),
    }


async def save(person: Person, **given: str) -> Any:
    return (await person.ask(SAVE, **{"endpoint": ENDPOINT, **keys(), **given}))["savePushSubscription"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Pushes that would have left, in place of the push service at the other end of the world."""
    found: list[dict[str, Any]] = []

    class Accepted:
        status_code = 201

    def take(subscription: Any, data: str, **_: Any) -> Accepted:
        found.append({"endpoint": subscription["endpoint"], **json.loads(data)})
        return Accepted()

    monkeypatch.setattr(push, "webpush", take)
    monkeypatch.setattr(push, "is_outside", lambda _: True)
    return found


async def test_a_push_carries_kind_code_and_matter_only(city: City, sent: list[dict[str, Any]]) -> None:
    grid = await city.sign_in(GRID_WORKER)
    assert await save(grid) == {"ok": True, "errors": []}
    dispute = await reported(city)
    await city.work()
    mine = [each for each in sent if each["matter"] == dispute["id"]]
    assert mine == [
        {
            "endpoint": ENDPOINT,
            "kind": "mediation.dispute.reported",
            "code": dispute["code"],
            "matter": dispute["id"],
        }
    ]
    await grid.ask(REMOVE, endpoint=ENDPOINT)
    sent.clear()
    await reported(city)
    await city.work()
    assert sent == []


async def test_one_browser_is_one_subscription(city: City, sent: list[dict[str, Any]]) -> None:
    grid = await city.sign_in(GRID_WORKER)
    for _ in range(2):
        assert (await save(grid))["ok"]
    dispute = await reported(city)
    await city.work()
    assert len([each for each in sent if each["matter"] == dispute["id"]]) == 1
    await grid.ask(REMOVE, endpoint=ENDPOINT)


async def test_a_browser_that_has_gone_is_forgotten(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def gone(browser: Any, _: str) -> int:
        tried.append(browser.endpoint)
        return 410

    monkeypatch.setattr(push, "_send", gone)
    assert (await save(await city.sign_in(GRID_WORKER)))["ok"]
    for _ in range(2):
        await reported(city)
        await city.work()
    assert tried == [ENDPOINT]


@pytest.mark.parametrize("problem", [OSError(), ConnectionRefusedError()])
async def test_a_service_that_cannot_be_reached_holds_nothing_up(
    city: City, database: Any, monkeypatch: pytest.MonkeyPatch, problem: OSError
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise problem

    monkeypatch.setattr(push, "webpush", away)
    monkeypatch.setattr(push, "is_outside", lambda _: True)
    grid = await city.sign_in(GRID_WORKER)
    assert (await save(grid))["ok"]
    dispute = await reported(city)
    await city.work()
    async with open_ledger(database.admin_dsn) as ledger:
        states = await ledger.fetch(
            "select distinct state from job where matter_id = $1 and name = 'kernel.push'", dispute["id"]
        )
    assert [row["state"] for row in states] == ["DONE"]
    await grid.ask(REMOVE, endpoint=ENDPOINT)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"endpoint": "http://push.example.invalid/1"}, "endpoint"),
        ({"endpoint": "file:///etc/passwd"}, "endpoint"),
        ({"endpoint": ""}, "endpoint"),
        ({"endpoint": "https://" + "x" * 2000}, "endpoint"),
        ({"endpoint": "https://x\u0000"}, "endpoint"),
        ({"p256dh": "short"}, "p256dh"),
        ({"auth": "鍵" * 20}, "auth"),
        ({"auth": encoded(b"15 bytes, no more")}, "auth"),
        ({"p256dh": encoded(bytes(65))}, "p256dh"),
        ({"p256dh": ""}, "p256dh"),
        ({"endpoint": "https://127.1/x"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1/x"}, "endpoint"),
        ({"endpoint": "https://10.0.0.8/x"}, "endpoint"),
        ({"endpoint": "https://[::1]/x"}, "endpoint"),
        ({"endpoint": "https://user:pw@push.example/x"}, "endpoint"),
        ({"endpoint": "https://"}, "endpoint"),
        ({"endpoint": "https://[/"}, "endpoint"),
    ],
)
async def test_an_endpoint_or_key_that_is_none_is_refused(
    city: City, given: dict[str, str], field: str
) -> None:
    refused = await save(await city.sign_in(APPLICANT), **given)
    assert refused == {"ok": False, "errors": [{"code": "INVALID", "field": field}]}


async def test_an_account_has_ten_browsers_at_the_most(city: City) -> None:
    me = await city.sign_in(APPLICANT)
    for number in range(10):
        assert (await save(me, endpoint=f"{ENDPOINT}{number}"))["ok"]
    assert (await save(me))["errors"] == [{"code": "TOO_MANY", "field": "endpoint"}]
    assert (await save(me, endpoint=f"{ENDPOINT}0"))["ok"]
    for number in range(10):
        await me.ask(REMOVE, endpoint=f"{ENDPOINT}{number}")


@pytest.mark.parametrize(
    ("address", "outside"),
    [("10.0.0.8", False), ("127.0.0.1", False), ("169.254.169.254", False), ("::1", False), ("8.8.8.8", True)],
)
def test_a_name_that_leads_into_our_own_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch, address: str, outside: bool
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    assert browsers.is_outside(ENDPOINT) is outside
