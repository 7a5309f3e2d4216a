"""Routes that exist in development only: one-time codes, demonstration accounts, the movable clock."""

from __future__ import annotations

from datetime import timedelta

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kernel import clock
from backend.kernel.errors import Refusal
from backend.kernel.http import bounded_body, command_route, json_response
from backend.kernel.identity.sms import DEV_CODES
from backend.kernel.jobs.queue import valkey, wake_relay

ACCOUNTS = "dev:accounts"


async def codes(_: Request) -> Response:
    """The last one-time codes, newest first."""
    return json_response([orjson.loads(entry) for entry in await valkey().lrange(DEV_CODES, 0, 49)])


async def accounts(_: Request) -> Response:
    """The demonstration accounts."""
    return json_response(orjson.loads(await valkey().get(ACCOUNTS) or "[]"))


async def read_clock(_: Request) -> Response:
    now = clock.now()
    return json_response({"now": now.isoformat(), "offset": clock.offset().total_seconds()})


async def move_clock(request: Request) -> Response:
    """Move everybody's clock by `seconds`: forward, and back as far as it was moved."""
    try:
        seconds = float(orjson.loads(await bounded_body(request, 1000))["seconds"])
        by = timedelta(seconds=seconds)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, OverflowError):
        raise Refusal("INVALID", "seconds") from None
    if not -clock.offset() <= by <= timedelta(days=400):
        raise Refusal("INVALID", "seconds")
    now = await clock.move(valkey(), by)
    await wake_relay()
    return json_response({"now": now.isoformat(), "offset": clock.offset().total_seconds()})


routes = [
    Route("/dev/codes", codes),
    Route("/dev/accounts", accounts),
    Route("/dev/clock", read_clock, methods=["GET"]),
    command_route("/dev/clock", move_clock),
]
