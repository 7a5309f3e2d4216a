"""Plain HTTP beside GraphQL: the list as CSV, the hotline's signed door and its tables."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.apps.mediation import loaders, papers, queries
from backend.apps.mediation.enums import DisputeCategory, DisputeState, HandlingLevel, Severity
from backend.apps.mediation.inputs import DisputeFilter
from backend.apps.mediation.models import Dispute
from backend.apps.mediation.permissions import Permission
from backend.apps.mediation.service import hotline
from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.audit.service import record_reading
from backend.kernel.db.scope import open_scope
from backend.kernel.deadlines.clock import Colour
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.graphql.text import refuse_hostile
from backend.kernel.http import bounded_body, command_route, csv_response, json_response
from backend.kernel.identity import limits
from backend.kernel.identity.http import address_of, required_caller
from backend.kernel.jobs.queue import valkey
from backend.kernel.tenancy.service import county_path
from backend.settings import settings

LARGEST_BODY = 2 * 1024 * 1024
#: A signed message is good for this long; a copy of it changes nothing anyway.
FRESH = timedelta(minutes=5)
EXPORT_MOST = 5_000
HEADINGS = (
    "民声码", "状态", "类型", "轻重", "层级", "登记时间", "办结时间", "办结方式", "责任单位", "责任人", "到期时间", "涉及暴力",
)  # fmt: skip


async def export_disputes(request: Request) -> Response:
    """The list with the same filters, without the parties: codes, kinds, dates and who answers for them."""
    _, actor = await required_caller(request)
    actor.require(Permission.EXPORT)
    wanted = _filter(request)
    async with open_scope(actor.scope):
        assert actor.membership is not None
        await record_reading(actor, "mediation:dispute:exported", filters=dict(request.query_params))
        rows = [row async for row in _all(actor, wanted)]
        responsible = await loaders.responsible(actor, [row.id for row in rows])
    name = f"disputes-{clock.now().astimezone(clock.LOCAL):%Y%m%d}.csv"
    return csv_response(name, _table(rows, [people[0] if people else None for people in responsible]))


async def _all(actor: Actor, wanted: DisputeFilter) -> AsyncIterator[Dispute]:
    after: str | None = None
    for _ in range(EXPORT_MOST // 100):
        page = await queries.disputes(actor, wanted, 100, after)
        for row in page.rows:
            yield row
        if not page.has_next:
            return
        after = page.cursors[-1]


def _filter(request: Request) -> DisputeFilter:
    given = request.query_params
    refuse_hostile(dict(given))

    def many(name: str, kind: type[Any]) -> list[Any] | None:
        try:
            return [kind(value) for value in given.getlist(name)] or None
        except ValueError:
            raise Refusal("INVALID", name) from None

    def flag(name: str) -> bool | None:
        return None if name not in given else given[name] in ("1", "true")

    def day(name: str) -> Any:
        try:
            return clock.parse_day(given[name]) if name in given else None
        except ValueError:
            raise Refusal("INVALID", name) from None

    return DisputeFilter(
        states=many("states", DisputeState), categories=many("categories", DisputeCategory),
        severities=many("severities", Severity), levels=many("levels", HandlingLevel),
        colours=many("colours", Colour), division=given.get("division"), search=given.get("search"),
        mine=flag("mine"), open=flag("open"), violence=flag("violence"), registered_from=day("registeredFrom"),
        registered_to=day("registeredTo"),
    )  # fmt: skip


def _table(rows: list[Dispute], responsible: list[Any]) -> Iterator[Sequence[object]]:
    yield HEADINGS
    for row, person in zip(rows, responsible, strict=True):
        yield (
            row.code, row.state, papers.CATEGORIES[row.category], row.severity or "", row.level,
            _local(row.registered_at), _local(row.closed_at), row.close_type or "",
            person.agency_name if person else "", person.name if person else "", _local(row.due_at),
            "是" if row.violence else "否",
        )  # fmt: skip


def _local(at: Any) -> str:
    return at.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M") if at else ""


async def hotline_message(request: Request) -> Response:
    """One signed call. 201 with its code when it is new, 200 with the same code when it came before."""
    await limits.count(valkey(), limits.INTAKE_BY_ADDRESS, address_of(request))
    raw = await bounded_body(request, LARGEST_BODY)
    _check_signature(request, raw)
    try:
        message = hotline.parse(orjson.loads(raw))
    except orjson.JSONDecodeError:
        raise Refusal("INVALID") from None
    county = request.path_params["county"]
    try:
        actor = system_actor(county, await county_path(county))
    except LookupError:
        raise Refusal("NOT_FOUND", "county") from None
    async with open_scope(actor.scope):
        code, is_new = await hotline.take_in(actor, message)
    return json_response({"code": code}, 201 if is_new else 200)


def _check_signature(request: Request, raw: bytes) -> None:
    """HMAC-SHA256 over `timestamp.body` with the secret `intake_key`. Raises `UNAUTHENTICATED`."""
    stamp = request.headers.get("x-timestamp", "")
    key = settings().secret("intake_key").encode()
    expected = hmac.new(key, stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    given = request.headers.get("x-signature", "")
    try:
        age = abs(clock.now().timestamp() - float(stamp))
    except ValueError:
        age = FRESH.total_seconds() + 1
    if not hmac.compare_digest(expected.encode(), given.encode()) or not age <= FRESH.total_seconds():
        raise Refusal("UNAUTHENTICATED")


async def hotline_table(request: Request) -> Response:
    """A CSV table of calls from a signed-in dispatcher; every good row is taken in once, bad rows are named."""
    _, actor = await required_caller(request)
    actor.require(Permission.TRIAGE)
    try:
        table = hotline.read_table((await bounded_body(request, LARGEST_BODY)).decode("utf-8"))
    except UnicodeDecodeError:
        raise Refusal("INVALID", "encoding", accepted=["UTF-8"]) from None
    taken: list[str] = []
    known: list[str] = []
    refused: list[dict[str, Any]] = []
    for line, row in table:
        try:
            if isinstance(row, Refusals):
                raise row
            async with open_scope(actor.scope):
                code, is_new = await hotline.take_in(actor, row)
            (taken if is_new else known).append(code)
        except (Refusal, Refusals) as problem:
            items = problem.items if isinstance(problem, Refusals) else [problem]
            refused += [{"line": line, "code": item.code, "field": item.field} for item in items]
    return json_response({"taken": taken, "known": known, "refused": refused})


routes = (
    Route("/export/disputes.csv", export_disputes),
    command_route("/intake/hotline.csv", hotline_table),
    # Signed by the sender instead of carrying our own header.
    Route("/intake/hotline/{county}", hotline_message, methods=["POST"]),
)
