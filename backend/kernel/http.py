"""Plain HTTP routes beside GraphQL: answers, refusals, and the guard against forged requests."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive

from backend.kernel.errors import Refusal, Refusals

#: A page of another site cannot set it, so a request that carries it comes from our own app.
CLIENT_HEADER = "x-shanzhi-client"

NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")

STATUS = {
    "UNAUTHENTICATED": 401,
    "CODE_WRONG": 401,
    "PASSKEY_FAILED": 401,
    "NOT_PERMITTED": 403,
    "STEP_UP_REQUIRED": 403,
    "PASSKEY_REQUIRED": 403,
    "ENROLMENT_REQUIRED": 403,
    "ACCOUNT_DISABLED": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "INCOMPLETE": 409,
    "OUT_OF_ORDER": 409,
    "WRONG_STATE": 409,
    "TOO_LARGE": 413,
    "TYPE_NOT_ALLOWED": 415,
    "RATE_LIMITED": 429,
    "TOO_MANY": 429,
    "NO_CHINESE_FONT": 503,
    "SMS_FAILED": 503,
}

Endpoint = Callable[[Request], Awaitable[Response]]


async def bounded_body(request: Request, most: int) -> bytes:
    """The body, read no further than `most` bytes. Raises `TOO_LARGE`."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise Refusal("TOO_LARGE", limit=most)
        parts.append(part)
    return b"".join(parts)


def bounded(receive: Receive, most: int) -> Receive:
    """`receive` that raises `TOO_LARGE` after `most` bytes, for whoever reads the body himself."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise Refusal("TOO_LARGE", limit=most)
        return message

    return counted


def json_response(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def refusal_response(problem: Refusal) -> Response:
    """`{"code", "field", "data"}` with the status that fits the code; 400 by default."""
    body = {"code": problem.code, "field": problem.field, "data": dict(problem.data)}
    response = json_response(body, STATUS.get(problem.code, 400))
    if "retry_after" in problem.data:
        response.headers["Retry-After"] = str(problem.data["retry_after"])
    return response


async def answer_refusal(_: Request, problem: Exception) -> Response:
    """Starlette's exception handler for refusals of any route."""
    if isinstance(problem, Refusals):
        problem = problem.items[0]
    assert isinstance(problem, Refusal)
    return refusal_response(problem)


def command_route(path: str, endpoint: Endpoint, method: str = "POST") -> Route:
    """A route that changes something: refused without our own header."""

    async def guarded(request: Request) -> Response:
        if CLIENT_HEADER not in request.headers:
            return json_response({"code": "CLIENT_HEADER_MISSING"}, 403)
        return await endpoint(request)

    return Route(path, guarded, methods=[method], name=getattr(endpoint, "__name__", None))


def csv_response(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A table to download, headings first; opened by a spreadsheet program it is text and no formula."""
    out = io.StringIO()
    out.write("\ufeff")  # spreadsheet programs take the file for UTF-8 only with it
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_harmless("" if cell is None else str(cell)) for cell in row])
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula becomes text; a negative number stays one."""
    if NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
