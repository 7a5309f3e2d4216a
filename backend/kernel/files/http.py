"""Uploads and downloads over HTTP."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files import service, uploads
from backend.kernel.files.delivery import byte_range, headers_for
from backend.kernel.files.models import Upload
from backend.kernel.files.pictures import small_copy
from backend.kernel.files.service import Download
from backend.kernel.files.storage import ObjectMissing, file_key, storage, thumbnail_key
from backend.kernel.files.uploads import Announcement
from backend.kernel.http import bounded_body, command_route, json_response, refusal_response
from backend.kernel.identity import limits
from backend.kernel.identity.http import required_caller
from backend.kernel.jobs.queue import valkey

#: Longer edge in pixels of a blurred picture as it is sent.
BLURRED_EDGE: Final = 320
MAX_JSON_BYTES: Final = 8 * 1024


async def announce(request: Request) -> Response:
    _, actor = await required_caller(request)
    await limits.count(valkey(), limits.COMMANDS_BY_ACCOUNT, str(actor.account_id))
    upload = await uploads.announce(actor, _announcement(await bounded_body(request, MAX_JSON_BYTES)))
    content = {"id": str(upload.id), "offset": upload.received, "chunkSize": uploads.CHUNK_BYTES}
    return json_response(content, 201)


async def progress(request: Request) -> Response:
    _, actor = await required_caller(request)
    async with open_scope(actor.scope):
        upload = await uploads.own(actor, _id(request))
    return _at_offset(Response(), upload.received, upload.size)


async def append(request: Request) -> Response:
    _, actor = await required_caller(request)
    offset = request.headers.get("upload-offset", "")
    if not re.fullmatch(r"[0-9]{1,15}", offset):
        raise Refusal("INVALID", "uploadOffset")
    try:
        chunk = await bounded_body(request, uploads.MAX_CHUNK_BYTES)
    except ClientDisconnect:
        # 没有人在等这个回答;这一块不算数,客户端会重发
        return Response(status_code=400)
    try:
        received = await uploads.append(actor, _id(request), int(offset), chunk)
    except Refusal as problem:
        if problem.code != "OUT_OF_ORDER":
            raise
        return _at_offset(refusal_response(problem), problem.data["offset"])
    return _at_offset(Response(status_code=204), received)


async def complete(request: Request) -> Response:
    _, actor = await required_caller(request)
    return json_response(_described(await uploads.complete(actor, _id(request))))


async def discard(request: Request) -> Response:
    _, actor = await required_caller(request)
    await uploads.discard(actor, _id(request))
    return Response(status_code=204)


async def download(request: Request) -> Response:
    _, actor = await required_caller(request)
    file = await service.readable(actor, _id(request))
    return await _file_response(request, file, thumbnail=False)


async def download_thumbnail(request: Request) -> Response:
    _, actor = await required_caller(request)
    file = await service.readable(actor, _id(request))
    if not file.has_thumbnail:
        raise not_found()
    return await _file_response(request, file, thumbnail=True)


async def download_blurred(request: Request) -> Response:
    """A picture as broad patches, made anew each time: a list or a card shows that there is one, and nobody is looked at."""
    _, actor = await required_caller(request)
    file = await service.readable(actor, _id(request), blurred=True)
    if file.content_type not in ("image/jpeg", "image/webp"):
        raise not_found()
    etag = f'"{file.sha256}-blurred"'
    headers = headers_for(file.name, "image/jpeg", etag)
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    try:
        source = await storage().get(thumbnail_key(file.id) if file.has_thumbnail else file_key(file.id))
    except ObjectMissing:
        raise not_found() from None
    return Response(await small_copy(source, most_edge=BLURRED_EDGE, blurred=True), headers=headers, media_type="image/jpeg")


def _id(request: Request) -> UUID:
    file_id: UUID = request.path_params["file_id"]
    return file_id


def _announcement(body: bytes) -> Announcement:
    try:
        loaded = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal("INVALID") from None
    if not isinstance(loaded, dict):
        raise Refusal("INVALID")
    return Announcement(
        name=_value(loaded, "name", str),
        size=_value(loaded, "size", int),
        content_type=_value(loaded, "contentType", str),
        sha256=_value(loaded, "sha256", str).lower(),
        purpose=_value(loaded, "purpose", str, ""),
        keep_position=_value(loaded, "keepPosition", bool, False),
    )


def _value(loaded: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = loaded.get(name, default)
    # 在 Python 里 True 也是 int
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Refusal("INVALID", name)
    return value


def _at_offset(response: Response, offset: int, size: int | None = None) -> Response:
    response.headers["Upload-Offset"] = str(offset)
    if size is not None:
        response.headers["Upload-Length"] = str(size)
    response.headers["Cache-Control"] = "no-store"
    return response


def _described(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.id),
        "contentType": upload.content_type,
        "url": service.file_url(upload.id),
        "thumbnailUrl": service.thumbnail_url(upload.id, exists=upload.has_thumbnail),
    }


async def _file_response(request: Request, file: Download, *, thumbnail: bool) -> Response:
    key = thumbnail_key(file.id) if thumbnail else file_key(file.id)
    etag = f'"{file.sha256}{"-thumbnail" if thumbnail else ""}"'
    headers = headers_for(file.name, file.content_type, etag) | {"Accept-Ranges": "bytes"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    size = await storage().size(key)
    wanted = request.headers.get("range", "") if request.headers.get("if-range", etag) == etag else ""
    span = byte_range(wanted, size)
    if span is not None and span[0] >= span[1]:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = span or (0, size)
    headers["Content-Length"] = str(end - start)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = storage().stream(key, start=start, end=end)
    return StreamingResponse(body, 206 if span else 200, headers, media_type=file.content_type)


FILE: Final = "/files/{file_id:uuid}"

routes = [
    command_route("/files", announce),
    command_route(FILE, append, method="PATCH"),
    command_route(FILE, discard, method="DELETE"),
    command_route(f"{FILE}/complete", complete),
    # 放在 GET 之前:GET 的路由也接 HEAD
    Route(FILE, progress, methods=["HEAD"]),
    Route(FILE, download, methods=["GET"]),
    Route(f"{FILE}/blurred", download_blurred, methods=["GET"]),
    Route(f"{FILE}/thumbnail", download_thumbnail, methods=["GET"]),
]
