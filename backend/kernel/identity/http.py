"""Sign in and out over HTTP: one-time codes, passkeys, step-up, memberships, devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal, unauthenticated
from backend.kernel.http import bounded_body, command_route, json_response
from backend.kernel.identity import codes, enrolment, limits, passkeys, service, sessions
from backend.kernel.identity.sessions import COOKIE, IDLE, Session
from backend.kernel.jobs.queue import valkey
from backend.kernel.privacy.identifiers import normalise_phone
from backend.settings import settings

LARGEST_BODY = 20_000


async def caller_of(connection: HTTPConnection) -> tuple[Session | None, Actor | None]:
    """The session and the actor behind a request or socket; both None without a living session."""
    session = await sessions.find(valkey(), connection.cookies.get(COOKIE, ""))
    if session is None:
        return None, None
    actor = await service.actor_of(session)
    return (session, actor) if actor else (None, None)


async def required_caller(connection: HTTPConnection) -> tuple[Session, Actor]:
    """As `caller_of`. Raises `UNAUTHENTICATED`."""
    session, actor = await caller_of(connection)
    if session is None or actor is None:
        raise unauthenticated()
    return session, actor


def address_of(connection: HTTPConnection) -> str:
    """The client's address as the server saw it (uvicorn applies trusted proxy headers)."""
    return connection.client.host if connection.client else ""


async def _body(request: Request, *names: str) -> list[str]:
    """Text fields of a small JSON body. Raises `INVALID` naming the field."""
    raw = await bounded_body(request, LARGEST_BODY)
    try:
        loaded = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refusal("INVALID") from None
    values = []
    for name in names:
        value = loaded.get(name) if isinstance(loaded, dict) else None
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            raise Refusal("INVALID", name)
        values.append(value.strip())
    return values


async def _credential(request: Request) -> dict[str, Any]:
    raw = await bounded_body(request, LARGEST_BODY)
    try:
        loaded = orjson.loads(raw)
    except orjson.JSONDecodeError:
        loaded = None
    if not isinstance(loaded, dict):
        raise Refusal("PASSKEY_FAILED")
    return loaded


def _with_cookie(response: Response, token: str) -> Response:
    response.set_cookie(
        COOKIE, token, max_age=int(IDLE.total_seconds()), httponly=True, samesite="lax", path="/",
        secure=settings().public_url.startswith("https://"),
    )  # fmt: skip
    return response


async def _begin(request: Request, account_id: UUID, by: str) -> Response:
    """A new session; the one the browser had before ends."""
    old, _ = await caller_of(request)
    if old is not None:
        await sessions.revoke(valkey(), old.account, old.id)
    membership = await service.first_membership(account_id, by)
    token, _ = await sessions.start(
        valkey(), account_id, membership_id=membership.id if membership else None, by=by,
        device=request.headers.get("user-agent", ""),
    )  # fmt: skip
    return _with_cookie(json_response({"accountId": str(account_id)}), token)


async def send_code(request: Request) -> Response:
    (phone,) = await _body(request, "phone")
    await codes.send(valkey(), _phone(phone), address_of(request))
    return Response(status_code=204)


async def verify_code(request: Request) -> Response:
    phone, code = await _body(request, "phone", "code")
    phone = _phone(phone)
    await codes.verify(valkey(), phone, code, address_of(request))
    account = await service.account_of_phone(phone)
    return await _begin(request, account.id, "code")


def _phone(text: str) -> str:
    try:
        return normalise_phone(text)
    except Refusal as problem:
        raise Refusal(problem.code, "phone") from None


async def passkey_options(request: Request) -> Response:
    await limits.count(valkey(), limits.PASSKEY_BY_ADDRESS, address_of(request))
    return json_response(await passkeys.sign_in_options(valkey()))


async def passkey_verify(request: Request) -> Response:
    await limits.count(valkey(), limits.PASSKEY_BY_ADDRESS, address_of(request))
    account_id = await passkeys.verify(valkey(), await _credential(request))
    return await _begin(request, account_id, "passkey")


async def register_options(request: Request) -> Response:
    session, actor = await required_caller(request)
    given = await bounded_body(request, LARGEST_BODY)
    await enrolment.require(valkey(), actor, _token(given))
    return json_response(await passkeys.registration_options(valkey(), session.account, actor.display_name or "—"))


async def register_verify(request: Request) -> Response:
    session, _ = await required_caller(request)
    device = request.headers.get("user-agent", "")[:60]
    await passkeys.register(valkey(), session.account, await _credential(request), device)
    await enrolment.use_up(valkey(), session.account)
    return Response(status_code=204)


def _token(body: bytes) -> str:
    """The enrolment token of an optional JSON body."""
    try:
        loaded = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise Refusal("INVALID") from None
    token = loaded.get("token") if isinstance(loaded, dict) else None
    return token if isinstance(token, str) else ""


async def list_passkeys(request: Request) -> Response:
    session, _ = await required_caller(request)
    return json_response(
        [
            {"id": str(each.id), "label": each.label, "createdAt": each.created_at, "lastUsedAt": each.last_used_at}
            for each in await passkeys.of_account(session.account)
        ]
    )


async def remove_passkey(request: Request) -> Response:
    session, actor = await required_caller(request)
    actor.require_step_up()
    try:
        passkey_id = UUID(request.path_params["passkey_id"])
    except ValueError:
        raise Refusal("NOT_FOUND") from None
    await passkeys.remove(session.account, passkey_id)
    return Response(status_code=204)


async def step_up_options(request: Request) -> Response:
    session, _ = await required_caller(request)
    return json_response(await passkeys.sign_in_options(valkey(), session.account))


async def step_up_verify(request: Request) -> Response:
    session, _ = await required_caller(request)
    await passkeys.verify(valkey(), await _credential(request), session.account)
    await sessions.change(valkey(), session, stepped_up_at=clock.now().isoformat())
    return Response(status_code=204)


async def switch_membership(request: Request) -> Response:
    session, _ = await required_caller(request)
    loaded = await _credential(request)
    wanted = loaded.get("membershipId")
    try:
        membership_id = UUID(wanted) if wanted is not None else None
    except (ValueError, TypeError, AttributeError):
        raise Refusal("INVALID", "membershipId") from None
    await service.switch_membership(session, membership_id)
    await sessions.change(valkey(), session, membership_id=str(membership_id or ""))
    return Response(status_code=204)


async def list_sessions(request: Request) -> Response:
    session, _ = await required_caller(request)
    devices = await sessions.of_account(valkey(), session.account)
    return json_response(
        [
            {
                "id": each.id, "device": each.device, "createdAt": each.created_at,
                "lastSeenAt": each.last_seen_at, "current": each.id == session.id,
            }
            for each in devices
        ]
    )  # fmt: skip


async def end_session(request: Request) -> Response:
    session, _ = await required_caller(request)
    if not await sessions.revoke(valkey(), session.account, request.path_params["session_id"]):
        raise Refusal("NOT_FOUND")
    return Response(status_code=204)


async def sign_out(request: Request) -> Response:
    session, _ = await caller_of(request)
    if session is not None:
        await sessions.revoke(valkey(), session.account, session.id)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/")
    return response


routes = [
    command_route("/auth/code", send_code),
    command_route("/auth/code/verify", verify_code),
    command_route("/auth/passkey/options", passkey_options),
    command_route("/auth/passkey/verify", passkey_verify),
    command_route("/auth/passkey/register/options", register_options),
    command_route("/auth/passkey/register/verify", register_verify),
    Route("/auth/passkeys", list_passkeys, methods=["GET"]),
    command_route("/auth/passkeys/{passkey_id}", remove_passkey, method="DELETE"),
    command_route("/auth/step-up/options", step_up_options),
    command_route("/auth/step-up/verify", step_up_verify),
    command_route("/auth/membership", switch_membership),
    command_route("/auth/sign-out", sign_out),
    Route("/auth/sessions", list_sessions, methods=["GET"]),
    command_route("/auth/sessions/{session_id}", end_session, method="DELETE"),
]
