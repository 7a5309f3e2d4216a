"""Uploads as the phone app sends them."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import httpx

from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import open_matter
from backend.kernel.db.scope import open_scope
from backend.kernel.files import service
from backend.kernel.files.models import StoredFile
from tests.kernel.files.people import Matter, matter

CHUNK = 1500


def announced(data: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "name": "照片.jpg",
        "size": len(data),
        "contentType": "image/jpeg",
        "sha256": hashlib.sha256(data).hexdigest(),
        "purpose": "",
        "keepPosition": False,
        **changes,
    }


async def begin(http: httpx.AsyncClient, data: bytes, **changes: Any) -> str:
    answer = await http.post("/files", json=announced(data, **changes))
    assert answer.status_code == 201, answer.text
    assert answer.json()["offset"] == 0
    return str(answer.json()["id"])


async def patch(http: httpx.AsyncClient, upload_id: str, offset: int, chunk: bytes) -> httpx.Response:
    return await http.patch(f"/files/{upload_id}", content=chunk, headers={"Upload-Offset": str(offset)})


async def send(http: httpx.AsyncClient, data: bytes, **changes: Any) -> str:
    upload_id = await begin(http, data, **changes)
    offset = 0
    while offset < len(data):
        answer = await patch(http, upload_id, offset, data[offset : offset + CHUNK])
        assert answer.status_code == 204, answer.text
        offset = int(answer.headers["Upload-Offset"])
    return upload_id


async def upload(http: httpx.AsyncClient, data: bytes, **changes: Any) -> dict[str, Any]:
    answer = await http.post(f"/files/{await send(http, data, **changes)}/complete")
    assert answer.status_code == 200, answer.text
    described: dict[str, Any] = answer.json()
    return described


def code(answer: httpx.Response) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["code"], answer.json()["field"]


async def matter_of(actor: Actor) -> Matter:
    made = matter()
    async with open_scope(actor.scope):
        await open_matter(made.id, made.county, made.path, actor.account_id, "APPLICANT")
    return made


async def attached(actor: Actor, file_id: str, to: Matter, **options: Any) -> StoredFile:
    async with open_scope(actor.scope):
        return (await service.attach(actor, [UUID(file_id)], to, **options))[0]
