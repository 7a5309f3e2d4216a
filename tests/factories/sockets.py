"""A socket as the phone app opens it: graphql-transport-ws from a uvicorn that listens on a free port."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from backend.kernel.identity.sessions import COOKIE
from tests.factories.city import City, Person

SOON = 5.0
PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def serving(city: City) -> AsyncIterator[str]:
    """A server for the city's application on a port of its own."""
    config = uvicorn.Config(city.app, log_level="critical", lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = asyncio.create_task(server.serve([listener]))
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await running


@asynccontextmanager
async def listening(
    address: str, person: Person | None, query: str, **variables: Any
) -> AsyncIterator[ClientConnection]:
    """A socket with one subscription, as the phone app opens it."""
    headers = {"Cookie": f"{COOKIE}={person.client.cookies[COOKIE]}"} if person else {}
    async with connect(
        f"ws://{address}/graphql",
        subprotocols=[PROTOCOL],
        additional_headers=headers,
    ) as ws:
        await ws.send(json.dumps({"type": "connection_init"}))
        assert (await read(ws))["type"] == "connection_ack"
        payload = {"query": query, "variables": variables}
        await ws.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        await asyncio.sleep(0.2)
        yield ws


async def read(ws: ClientConnection) -> Any:
    """The next message but pings."""
    while True:
        message = json.loads(await asyncio.wait_for(ws.recv(), SOON))
        if message["type"] != "ping":
            return message
