"""Refusals as data; everything unexpected masked with an id that is in the log."""

from __future__ import annotations

import re
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from strawberry.scalars import JSON

from backend.kernel.errors import Refusal, Refusals

log = structlog.get_logger()

#: graphql-core's sentence about a variable of the wrong type; what it goes on to quote stays here.
_WRONG_VARIABLE = re.compile(r"Variable '\$(\w+)' (?:has invalid value(?: at \.?([\w.\[\]]+))?|of required type)")
_LEFT_OUT = re.compile(r"include required field '(\w+)'|was not provided")


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
    """Lets GraphQL's own errors through, gives refusals and wrong variables a code and a field, masks the rest."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=_is_ours)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        extensions = self._extensions(error)
        return GraphQLError(
            extensions["code"], nodes=error.nodes, path=error.path, extensions=extensions, original_error=None
        )

    def _extensions(self, error: GraphQLError) -> dict[str, Any]:
        problem = _wrong_variable(error) or error.original_error
        if isinstance(problem, Refusal):
            return {"code": problem.code, "field": problem.field, "data": dict(problem.data)}
        context = self.execution_context.context
        log.error("graphql.failed", exc_info=problem, path=error.path)
        return {"code": "INTERNAL", "requestId": getattr(context, "request_id", "")}


def _is_ours(error: GraphQLError) -> bool:
    return error.original_error is not None or _wrong_variable(error) is not None


def _wrong_variable(error: GraphQLError) -> Refusal | None:
    """A variable that does not fit its type, as a refusal that names the field inside `input`."""
    found = _WRONG_VARIABLE.match(error.message)
    if found is None:
        return None
    name, inside = found.groups()
    parts = re.findall(r"\w+", inside or "")
    left_out = _LEFT_OUT.search(error.message)
    if left_out and left_out[1]:
        parts.append(left_out[1])
    if name != "input" or not parts:
        parts.insert(0, name)
    return Refusal("REQUIRED" if left_out else "INVALID", ".".join(parts))
