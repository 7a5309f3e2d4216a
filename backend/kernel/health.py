"""`/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus)."""

from __future__ import annotations

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backend.kernel.db.connection import pool
from backend.kernel.faces.availability import available
from backend.kernel.http import json_response
from backend.kernel.jobs.queue import valkey


async def healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


async def readyz(_: Request) -> Response:
    """200 when PostgreSQL and Valkey answer within two seconds; 503 naming the part that does not.

    Faces are named beside them: without models the product runs and people look at the pictures.
    """
    parts = {"database": _database(), "queue": _queue()}
    answers = await asyncio.gather(*(asyncio.wait_for(part, 2) for part in parts.values()), return_exceptions=True)
    state = {name: "ok" if answer is True else "down" for name, answer in zip(parts, answers, strict=True)}
    serves = set(state.values()) == {"ok"}
    state["faces"] = "ok" if await asyncio.to_thread(available) else "missing"
    return json_response(state, 200 if serves else 503)


async def _database() -> bool:
    try:
        connections = await pool()
        async with connections.acquire() as connection:
            return bool(await connection.fetchval("select true"))
    except OSError:
        return False


async def _queue() -> bool:
    try:
        return bool(await valkey().ping())
    except (RedisError, OSError):
        return False


async def metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
