"""What needs no sign-in: the public wall, its pictures, and the pages behind links."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from tortoise.expressions import Q, RawSQL

from backend.apps.reunion.enums import BulletinState, Side
from backend.apps.reunion.graphql.public import picture_url
from backend.apps.reunion.models import Bulletin
from backend.apps.reunion.queries import SHOWN
from backend.apps.reunion.service import cards, status
from backend.apps.reunion.service.common import APP
from backend.kernel import clock
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.delivery import headers_for
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.kernel.graphql.context import NOBODY
from backend.kernel.graphql.text import refuse_hostile
from backend.kernel.http import json_response
from backend.kernel.identity import limits
from backend.kernel.identity.http import address_of
from backend.kernel.jobs.queue import valkey
from backend.kernel.links.http import link_route
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id

PAGE: Final = 20
#: One small read; nobody needs to know sooner that nothing changed.
FRESH: Final = {"Cache-Control": "no-cache"}


async def wall(request: Request) -> Response:
    """Bulletins in force, newest first: `?side=&division=&after=`. Pictures of minors are on their own page only."""
    await limits.count(valkey(), limits.WALL_BY_ADDRESS, address_of(request))
    query = await _filtered(request)
    async with open_scope(NOBODY):
        rows = await query.order_by("-published_at", "-id").limit(PAGE + 1)
    shown = rows[:PAGE]
    after = f"{shown[-1].published_at.isoformat()}_{shown[-1].id}" if len(rows) > PAGE and shown[-1].published_at else None
    response = json_response({"items": [_shown(row, listed=True) for row in shown], "after": after})
    response.headers.update(FRESH)
    return response


async def one(request: Request) -> Response:
    await limits.count(valkey(), limits.WALL_BY_ADDRESS, address_of(request))
    response = json_response(_shown(await _living(request), listed=False))
    response.headers.update(FRESH)
    return response


async def picture(request: Request) -> Response:
    """The small copy of a bulletin in force; it is gone the moment the bulletin is."""
    await limits.count(valkey(), limits.WALL_BY_ADDRESS, address_of(request))
    row = await _living(request)
    if row.public_file is None:
        raise not_found()
    key, etag = file_key(row.public_file), f'"{row.public_file}"'
    headers = headers_for("bulletin.jpg", "image/jpeg", etag)
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    try:
        size = await storage().size(key)
    except ObjectMissing:
        raise not_found() from None
    headers["Content-Length"] = str(size)
    return StreamingResponse(storage().stream(key, start=0, end=size), 200, headers, media_type="image/jpeg")


def _in_force() -> Any:
    return Bulletin.filter(state=BulletinState.PUBLISHED, expires_at__gt=clock.now()).only(*SHOWN)


async def _living(request: Request) -> Bulletin:
    wanted: UUID = request.path_params["bulletin_id"]
    async with open_scope(NOBODY):
        row: Bulletin | None = await _in_force().filter(id=wanted).first()
    if row is None:
        raise not_found()
    return row


async def _filtered(request: Request) -> Any:
    given, query = request.query_params, _in_force()
    refuse_hostile(dict(given))
    if given.get("side"):
        try:
            query = query.filter(side=Side(given["side"]))
        except ValueError:
            raise Refusal("INVALID", "side") from None
    if given.get("division"):
        async with open_scope(NOBODY):
            division = await find_division(given["division"])
        if division is None:
            raise Refusal("NOT_FOUND", "division")
        # The path comes from the table of divisions: digits and dots only.
        query = query.filter(id__in=RawSQL(f"(select b.id from reunion_bulletin b where b.path <@ '{division.path}'::ltree)"))
    if given.get("after"):
        query = query.filter(_after(given["after"]))
    return query


def _after(cursor: str) -> Q:
    moment, _, row_id = cursor.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise Refusal("INVALID", "after") from None
    if at.tzinfo is None:
        raise Refusal("INVALID", "after")
    return Q(published_at__lt=at) | Q(published_at=at, id__lt=as_id(row_id, "after"))


def _shown(row: Bulletin, *, listed: bool) -> dict[str, Any]:
    """No wall of children's faces: of a minor a list shows no picture (`domain.md` 2.10)."""
    pictured = None if listed and row.minor else picture_url(row)
    return {
        "id": str(row.id), "side": row.side, "minor": row.minor, "name": row.name or None, "sex": row.sex.name,
        "ageText": row.age_text or None, "seenText": row.seen_text or None, "placeText": row.place_text or None,
        "text": row.text, "agency": row.agency, "phone": row.phone, "county": row.county, "pictureUrl": pictured,
        "publishedAt": row.published_at.isoformat() if row.published_at else None, "expiresAt": row.expires_at.isoformat(),
    }  # fmt: skip


BULLETINS: Final = "/open/reunion/bulletins"

routes = (
    Route(BULLETINS, wall),
    Route(f"{BULLETINS}/{{bulletin_id:uuid}}", one),
    Route(f"{BULLETINS}/{{bulletin_id:uuid}}/picture", picture),
    link_route("/open/reunion/status", APP, status.KIND, status.read),
    link_route("/open/reunion/card", APP, cards.KIND, cards.shown),
    link_route("/open/reunion/card/found", APP, cards.KIND, cards.found, limit=cards.CALLS_BY_ADDRESS),
)
