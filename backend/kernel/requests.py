"""Around every request: an id the user sees on an error, a log line, a metric, security headers, the development clock."""

from __future__ import annotations

import contextlib
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import structlog
from prometheus_client import Histogram
from redis.exceptions import RedisError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kernel import clock
from backend.kernel.http import json_response
from backend.kernel.jobs.queue import valkey
from backend.settings import settings

log = structlog.get_logger()
SECONDS = Histogram("shanzhi_request_seconds", "Time a request took", ["method", "route", "status"])

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HSTS = "max-age=31536000"
#: WebSocket close code (RFC 6455).
INTERNAL_ERROR = 1011
QUIET = ("/healthz", "/readyz", "/metrics")


def security_headers(public_url: str) -> dict[str, str]:
    """What every answer carries; over https also the wish to be asked over https only."""
    secure = public_url.startswith("https://")
    # Older browsers do not count a socket to the page's own host as 'self'.
    socket = f"{'wss' if secure else 'ws'}://{urlsplit(public_url).netloc}"
    policy = f"{CONTENT_POLICY}; connect-src 'self' {socket}"
    made = {**HEADERS, "Content-Security-Policy": policy}
    return {**made, "Strict-Transport-Security": HSTS} if secure else made


class RequestEnvelope:
    """Pure ASGI, so that streaming answers and sockets pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers(settings().public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = uuid.uuid4().hex[:16]
        structlog.contextvars.bind_contextvars(request_id=scope["request_id"])
        try:
            await self._follow_clock()
            if scope["type"] == "http":
                await self._http(scope, receive, send)
            else:
                await self._socket(scope, receive, send)
        finally:
            structlog.contextvars.clear_contextvars()

    async def _follow_clock(self) -> None:
        try:
            await clock.synchronise(valkey())
        except (RedisError, OSError):
            return

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as problem:
            log.error("socket.failed", exc_info=problem, route=_route(scope))
            with contextlib.suppress(RuntimeError, OSError):  # it may be closed already
                await send({"type": "websocket.close", "code": INTERNAL_ERROR})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = scope["request_id"]
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, stamped)
        except Exception as problem:
            log.error("request.failed", exc_info=problem, method=scope["method"], route=_route(scope))
            if status == 0:
                body = {"code": "INTERNAL", "field": None, "data": {"requestId": scope["request_id"]}}
                await json_response(body, 500)(scope, receive, stamped)
        finally:
            seconds = time.perf_counter() - started
            SECONDS.labels(scope["method"], _route(scope), status).observe(seconds)
            if scope["path"] not in QUIET:
                log.info(
                    "request", method=scope["method"], route=_route(scope), status=status, ms=round(seconds * 1000, 1)
                )


def _route(scope: Scope) -> str:
    """The route's pattern, never the path itself: a path may carry an id or a person's words."""
    route: Any = scope.get("route")
    return getattr(route, "path", "") or "(static)"
