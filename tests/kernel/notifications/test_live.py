"""Live over a real socket: graphql-transport-ws from a uvicorn that listens on a free port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.factories.city import APPLICANT, DISPATCHER, GRID_WORKER, STRANGER, City
from tests.factories.disputes import reported
from tests.factories.sockets import PROTOCOL, SOON, listening, read, serving

INBOX = "subscription { inbox { kind matterId matterCode data } }"
CHANGED = "subscription($id: ID!) { disputeChanged(id: $id) { id version state } }"


@pytest.fixture
async def address(city: City) -> AsyncIterator[str]:
    async with serving(city) as where:
        yield where


async def test_a_report_reaches_the_open_app_within_a_second(city: City, address: str) -> None:
    grid = await city.sign_in(GRID_WORKER)
    async with listening(address, grid, INBOX) as ws:
        dispute = await reported(city)
        message = json.loads(await asyncio.wait_for(ws.recv(), 1.0))
        told = message["payload"]["data"]["inbox"]
        assert (told["kind"], told["matterId"]) == ("mediation.dispute.reported", dispute["id"])
        assert set(told["data"]) == {"category", "violence"}


async def test_an_open_dispute_shows_each_change(city: City, address: str) -> None:
    dispute = await reported(city)
    applicant = await city.sign_in(APPLICANT)
    async with listening(address, applicant, CHANGED, id=dispute["id"]) as ws:
        changed = await applicant.do("addMaterial", id=dispute["id"], text="补充一点情况。")
        seen = (await read(ws))["payload"]["data"]["disputeChanged"]
        assert (seen["id"], seen["version"]) == (dispute["id"], changed["version"])


async def test_a_revoked_session_ends_its_streams(city: City, address: str) -> None:
    dispute = await reported(city)
    applicant, dispatcher = await city.sign_in(APPLICANT), await city.sign_in(DISPATCHER)
    async with listening(address, applicant, CHANGED, id=dispute["id"]) as ws:
        assert (await applicant.client.post("/auth/sign-out")).status_code == 204
        await dispatcher.do("addMaterial", id=dispute["id"], text="补充一点情况。")
        with pytest.raises((ConnectionClosed, AssertionError)):
            message = await read(ws)
            assert message["type"] == "next", message
        await dispatcher.do("addMaterial", id=dispute["id"], text="再补充一点。")
        with pytest.raises((TimeoutError, ConnectionClosed)):
            await asyncio.wait_for(ws.recv(), 0.5)


@pytest.mark.parametrize("which", ["foreign", "unknown", "malformed"])
async def test_what_one_may_not_read_one_may_not_watch(city: City, address: str, which: str) -> None:
    dispute = await reported(city)
    wanted = {"foreign": dispute["id"], "unknown": str(uuid4()), "malformed": "x\u0000"}[which]
    async with listening(address, await city.sign_in(STRANGER), CHANGED, id=wanted) as ws:
        code = str(await read(ws))
        assert "INVALID" in code if which == "malformed" else "NOT_FOUND" in code
        assert "INTERNAL" not in code


@pytest.mark.parametrize("query", [INBOX, CHANGED])
async def test_nobody_watches_nothing(city: City, address: str, query: str) -> None:
    async with listening(address, None, query, id=str(uuid4())) as ws:
        assert "UNAUTHENTICATED" in str(await read(ws))


async def test_what_is_no_protocol_is_closed_and_the_next_socket_works(city: City, address: str) -> None:
    grid = await city.sign_in(GRID_WORKER)
    for hostile in (
        "x",
        "[]",
        "null",
        '{"type": 7}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        "\u0000" * 1000,
    ):
        async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as ws:
            await ws.send(hostile)
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(ws.recv(), SOON)
            assert closed.value.rcvd is not None, hostile
            assert closed.value.rcvd.code == 1011 or 4000 <= closed.value.rcvd.code < 4500
    async with listening(address, grid, INBOX):
        pass
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://{address}/elsewhere"):
            pass


async def test_a_socket_carries_subscriptions_only(city: City, address: str) -> None:
    me = await city.sign_in(APPLICANT)
    for query in ("{ viewer { accountId } }", 'mutation { renameAccount(displayName: "x") { ok } }'):
        async with listening(address, me, query) as ws:
            message = await read(ws)
            assert message["payload"]["errors"][0]["extensions"]["code"] == "SUBSCRIPTIONS_ONLY"


async def test_a_subscription_asks_anew_who_asks(city: City, address: str) -> None:
    me = await city.sign_in(APPLICANT)
    async with listening(address, me, INBOX) as ws:
        await me.client.post("/auth/sign-out")
        await ws.send(json.dumps({"id": "2", "type": "subscribe", "payload": {"query": INBOX}}))
        message = await read(ws)
        assert message["id"] == "2"
        assert "UNAUTHENTICATED" in json.dumps(message)
