"""Routes for people who are not signed in and hold a link. The link travels in the body, never in an address or a log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal, not_found
from backend.kernel.graphql.text import refuse_hostile
from backend.kernel.http import bounded_body, command_route, json_response
from backend.kernel.identity import limits
from backend.kernel.identity.http import address_of
from backend.kernel.jobs.queue import valkey
from backend.kernel.links.models import Link
from backend.kernel.links.service import find
from backend.kernel.tenancy.service import county_path

LARGEST_BODY: Final = 8 * 1024

#: Runs in the county's system scope, in one transaction; its answer is JSON-able.
LinkWork = Callable[[Actor, Link, dict[str, Any]], Awaitable[Any]]


def link_route(path: str, app: str, kind: str, work: LinkWork, *, limit: limits.Limit = limits.LINKS_BY_ADDRESS) -> Route:
    """POST `{"token": …, …}`. A link that opens nothing answers `NOT_FOUND`, whatever the reason."""

    async def endpoint(request: Request) -> Response:
        await limits.count(valkey(), limit, address_of(request))
        given = _object(await bounded_body(request, LARGEST_BODY))
        token = given.pop("token", "")
        link = await find(token, app, kind) if isinstance(token, str) else None
        if link is None:
            raise not_found("token")
        actor = system_actor(link.county, await county_path(link.county))
        async with open_scope(actor.scope):
            answer = await work(actor, link, given)
        response = json_response(answer)
        response.headers["Cache-Control"] = "no-store"
        return response

    return command_route(path, endpoint)


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal("INVALID") from None
    if not isinstance(given, dict):
        raise Refusal("INVALID")
    refuse_hostile(given)
    return given
