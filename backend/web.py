"""The web process: middleware in order, routes; nothing else."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from backend.installed import INSTALLED, models, register
from backend.kernel import development, health, logs
from backend.kernel.db.connection import connected
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.files import http as files
from backend.kernel.graphql.view import GraphQLView
from backend.kernel.http import answer_refusal, json_response
from backend.kernel.identity import http as identity
from backend.kernel.instruments import http as instruments
from backend.kernel.jobs.queue import close_valkey
from backend.kernel.pwa import PhoneApp
from backend.kernel.requests import RequestEnvelope
from backend.schema import schema
from backend.settings import settings


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """PostgreSQL and Valkey for the life of the process."""
    async with connected(models()):
        spare_the_collector()
        yield
    await close_valkey()


def spare_the_collector() -> None:
    """What was imported stays: full collections would walk its 400,000 objects for every few requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def push_key(_: Request) -> Response:
    """The public key browsers subscribe to pushes with."""
    return json_response({"publicKey": settings().secret("vapid_public_key")})


def routes() -> list[BaseRoute]:
    view = GraphQLView(schema())
    made: list[BaseRoute] = [
        *health.routes,
        *identity.routes,
        *files.routes,
        *instruments.routes,
        *(route for app in INSTALLED for route in app.routes),
        Route("/push/key", push_key),
        *(Route(path, GZipMiddleware(view), methods=["GET", "POST"]) for path in ("/graphql", "/graphql/")),
        WebSocketRoute("/graphql", view),
    ]
    if settings().is_development:
        made += development.routes
    return [*made, Mount("/", GZipMiddleware(PhoneApp(settings().pwa_dir)))]


def create_app() -> Starlette:
    logs.configure(settings().log_level)
    settings().require_sms()
    register()
    return Starlette(
        routes=routes(),
        lifespan=lifespan,
        middleware=[Middleware(RequestEnvelope)],
        exception_handlers={Refusal: answer_refusal, Refusals: answer_refusal},
    )
