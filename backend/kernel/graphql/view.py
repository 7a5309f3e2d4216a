"""GraphQL over HTTP and WebSocket."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from backend.kernel.errors import Refusal
from backend.kernel.graphql import documents
from backend.kernel.graphql.context import Context, context_of
from backend.kernel.graphql.schema import ScopedSchema
from backend.kernel.http import CLIENT_HEADER, bounded, json_response, refusal_response
from backend.settings import settings

LARGEST_BODY = 512 * 1024


class GraphQLView(GraphQL[Context, None]):
    """Strawberry's view with our context, trusted documents and cross-site guard."""

    def __init__(self, schema: ScopedSchema) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if settings().is_development else None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            max_subscriptions_per_connection=20,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = bounded(receive, LARGEST_BODY)
        await super().__call__(scope, receive, send)

    async def run(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        is_post = isinstance(request, Request) and request.method == "POST"
        if is_post and CLIENT_HEADER not in request.headers:
            return json_response({"code": "CLIENT_HEADER_MISSING"}, 403)
        try:
            return await super().run(request, *args, **kwargs)
        except Refusal as problem:
            return refusal_response(problem)
        except HTTPException as problem:
            code = problem.reason if problem.reason.isupper() else "INVALID"
            return json_response({"code": code}, problem.status_code)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return await context_of(request)

    def parse_json(self, data: str | bytes) -> Any:
        """The body of a request."""
        parsed = super().parse_json(data)
        if not isinstance(parsed, dict | list):
            raise HTTPException(400, "INVALID")
        return parsed

    def decode_json(self, data: str | bytes) -> object:
        """A request, or a socket's message whose payload is one, with the trusted document put in for its id."""
        try:
            decoded = super().decode_json(data)
        except (RecursionError, ValueError):  # nested without end, numbers of thousands of digits, or no JSON at all
            raise JSONDecodeError("not a request", "", 0) from None
        if isinstance(decoded, dict):
            payload = decoded.get("payload")
            request = payload if decoded.get("type") == "subscribe" and isinstance(payload, dict) else decoded
            if "documentId" in request:
                try:
                    request["query"] = documents.by_id(str(request["documentId"]))
                except Refusal as problem:
                    raise HTTPException(400, problem.code) from None
        return decoded
