"""Strawberry's schema, with one read scope per operation and only trusted documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLSyntaxError, OperationType, get_operation_ast, parse
from strawberry.extensions import ParserCache, ValidationCache

from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.graphql import documents
from backend.kernel.graphql.context import Context, context_of
from backend.kernel.graphql.errors import PublicErrors
from backend.kernel.graphql.limits import MAX_TOKENS, limit_extensions


class ScopedSchema(strawberry.Schema):
    """Reads of an operation share one transaction, opened with the first of them; commands open their own."""

    async def execute(self, query: str | None, *args: Any, **kwargs: Any) -> Any:
        context: Context = kwargs["context_value"]
        try:
            documents.require_trusted(query or "", context.caller)
        except Refusal as problem:
            return _refused(problem)
        async with open_scope(context.scope):
            return await super().execute(query, *args, **kwargs)

    async def stream(self, query: str | None, *args: Any, **kwargs: Any) -> Any:
        """Subscriptions only, each with a context of its own: a socket outlives sessions and memberships."""
        context = await context_of(kwargs["context_value"].request)
        try:
            documents.require_trusted(query or "", context.caller)
            _require_subscription(query or "", kwargs.get("operation_name"))
        except Refusal as problem:
            return _one(_refused(problem))
        return await super().stream(query, *args, **{**kwargs, "context_value": context})


def _require_subscription(query: str, name: str | None) -> None:
    """Raises `SUBSCRIPTIONS_ONLY`. What cannot be read as GraphQL is left to the schema to refuse."""
    try:
        operation = get_operation_ast(parse(query, max_tokens=MAX_TOKENS), name)
    except GraphQLSyntaxError:
        return
    if operation is not None and operation.operation is not OperationType.SUBSCRIPTION:
        raise Refusal("SUBSCRIPTIONS_ONLY")


def _refused(problem: Refusal) -> Any:
    error = GraphQLError(problem.code, extensions={"code": problem.code})
    return strawberry.types.ExecutionResult(data=None, errors=[error], extensions=None)


async def _one(result: Any) -> AsyncIterator[ExecutionResult]:
    yield result


def build(query: type, mutation: type, subscription: type) -> ScopedSchema:
    """The product's schema."""
    return ScopedSchema(
        query,
        mutation,
        subscription,
        extensions=[lambda: ParserCache(maxsize=500), lambda: ValidationCache(maxsize=500), *limit_extensions(), PublicErrors],
    )
