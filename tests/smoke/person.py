"""Somebody with a phone: signs in by one-time code, sends trusted documents, uploads, downloads, listens."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import websockets

from tests.smoke.product import ROOT

Json = dict[str, Any]


class Unexpected(Exception):
    """The product answered otherwise than it should; the text says what it answered."""


def documents() -> dict[str, str]:
    """Operation name → hash, of the documents that the phone app is built with."""
    texts = json.loads((ROOT / "schema" / "trusted-documents.json").read_text(encoding="utf-8"))
    found = ((re.match(r"\w+ (\w+)", text), key) for key, text in texts.items())
    return {match[1]: key for match, key in found if match}


DOCUMENTS = documents()


class Person:
    """One signed-in phone."""

    def __init__(self, address: str) -> None:
        headers = {"X-Shanzhi-Client": "smoke"}
        self.http = httpx.AsyncClient(base_url=address, headers=headers, timeout=30, trust_env=False)

    async def sign_in(self, phone: str) -> None:
        await self._send("POST", "/auth/code", json={"phone": phone})
        codes = (await self._send("GET", "/dev/codes")).json()
        code = next(entry["code"] for entry in codes if entry["phone"].endswith(phone))
        await self._send("POST", "/auth/code/verify", json={"phone": phone, "code": code})

    async def ask(self, operation: str, key: str = "", **variables: Any) -> Json:
        """Data of a trusted document. Raises Unexpected with the errors."""
        body = {"documentId": DOCUMENTS[operation], "operationName": operation, "variables": variables}
        answer = await self.http.post("/graphql", json=body, headers={"Idempotency-Key": key} if key else {})
        content = answer.json()
        if answer.status_code != 200 or content.get("errors"):
            raise Unexpected(f"{operation} answered {answer.status_code}: {answer.text[:500]}")
        data: Json = content["data"]
        return data

    async def command(self, operation: str, key: str = "", **fields: Any) -> Json:
        """Run a command with its input object; its dispute. Raises Unexpected when it is refused."""
        (payload,) = (await self.ask(operation, key or uuid.uuid4().hex, input=fields)).values()
        if payload["errors"]:
            raise Unexpected(f"{operation} was refused: {payload['errors']}")
        dispute: Json = payload["dispute"]
        return dispute

    async def dispute(self, dispute_id: str) -> Json:
        found: Json | None = (await self.ask("DisputeById", id=dispute_id))["dispute"]
        if found is None:
            raise Unexpected("the dispute is not found")
        return found

    async def upload(self, name: str, content_type: str, data: bytes) -> Json:
        """Announce, send in chunks of the size the server asks for, complete."""
        announcement = {
            "name": name, "size": len(data), "contentType": content_type,
            "sha256": hashlib.sha256(data).hexdigest(), "purpose": "mediation.report", "keepPosition": False,
        }  # fmt: skip
        upload = (await self._send("POST", "/files", json=announcement)).json()
        offset, size = upload["offset"], upload["chunkSize"]
        while offset < len(data):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            chunk = data[offset : offset + size]
            answer = await self._send("PATCH", f"/files/{upload['id']}", content=chunk, headers=headers)
            offset = int(answer.headers["Upload-Offset"])
        stored: Json = (await self._send("POST", f"/files/{upload['id']}/complete")).json()
        return stored

    async def download(self, url: str) -> bytes:
        return (await self._send("GET", url)).content

    async def status(self, url: str) -> int:
        return (await self.http.get(url)).status_code

    async def now(self) -> str:
        """The product's clock, ISO 8601."""
        return str((await self._send("GET", "/dev/clock")).json()["now"])

    async def move_clock(self, *, days: int) -> None:
        await self._send("POST", "/dev/clock", json={"seconds": days * 86_400})

    @asynccontextmanager
    async def listening(self, operation: str) -> AsyncIterator[asyncio.Queue[Json]]:
        """What a subscription sends while the block runs, over graphql-transport-ws."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)
        url = str(self.http.base_url).replace("http", "ws", 1).rstrip("/") + "/graphql"
        protocol = websockets.Subprotocol("graphql-transport-ws")
        async with websockets.connect(
            url, subprotocols=[protocol], additional_headers={"Cookie": cookies}, proxy=None
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            payload = {"documentId": DOCUMENTS[operation], "operationName": operation, "query": "", "variables": {}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            arrived: asyncio.Queue[Json] = asyncio.Queue()
            reading = asyncio.create_task(_read(socket, arrived))
            try:
                yield arrived
            finally:
                reading.cancel()

    async def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        answer = await self.http.request(method, url, **options)
        if not answer.is_success:
            raise Unexpected(f"{method} {url} answered {answer.status_code}: {answer.text[:500]}")
        return answer


async def _read(socket: websockets.ClientConnection, arrived: asyncio.Queue[Json]) -> None:
    async for raw in socket:
        message = json.loads(raw)
        if message["type"] == "ping":
            await socket.send(json.dumps({"type": "pong"}))
        elif message["type"] not in {"connection_ack", "pong"}:
            await arrived.put(message)
