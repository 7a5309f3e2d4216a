"""Refusals as data; everything unexpected masked with an id that is in the log."""

from __future__ import annotations

from typing import Any

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from strawberry.scalars import JSON

from backend.kernel.errors import Refusal, Refusals

log = structlog.get_logger()


@strawberry.type(description="A refusal the person can act on. The client words `code` with `data`.")
class UserError:
    code: str
    field: str | None = strawberry.field(default=None, description="Dotted path into the input: parties.0.phone")
    data: JSON | None = None


def user_errors(problem: Refusal | Refusals) -> list[UserError]:
    """The payload form of a refusal."""
    items = problem.items if isinstance(problem, Refusals) else [problem]
    return [UserError(code=item.code, field=item.field, data=JSON(dict(item.data))) for item in items]


class PublicErrors(MaskErrors):
    """Lets GraphQL's own errors through, gives refusals a code, masks the rest."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=lambda error: error.original_error is not None)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        problem = error.original_error
        if isinstance(problem, Refusal):
            extensions: dict[str, Any] = {"code": problem.code, "field": problem.field, "data": dict(problem.data)}
        else:
            context = self.execution_context.context
            extensions = {"code": "INTERNAL", "requestId": getattr(context, "request_id", "")}
            log.error("graphql.failed", exc_info=problem, path=error.path)
        return GraphQLError(
            extensions["code"], nodes=error.nodes, path=error.path, extensions=extensions, original_error=None
        )
