"""Limits on what one operation may ask: depth, aliases, tokens and rows."""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    VariableNode,
)
from graphql.language import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter, SchemaExtension

MAX_DEPTH = 12
MAX_ALIASES = 15
MAX_TOKENS = 4000
#: Rows an operation may touch at the most: the product of nested `first` arguments, summed up.
MAX_COST = 5000
DEFAULT_FIRST = 20


class CostLimiter(SchemaExtension):
    """Refuses operations whose nested lists multiply beyond `MAX_COST`."""

    def on_execute(self) -> Any:
        document = self.execution_context.graphql_document
        variables = self.execution_context.variables or {}
        if document is not None and cost(document, variables) > MAX_COST:
            raise GraphQLError("TOO_EXPENSIVE", extensions={"code": "TOO_EXPENSIVE", "most": MAX_COST})
        yield


def cost(document: DocumentNode, variables: dict[str, Any]) -> int:
    """Rows the dearest operation of the document may touch."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }

    def of(selections: Any, times: int, seen: frozenset[str]) -> int:
        total = 0
        for node in selections:
            if isinstance(node, FieldNode):
                page = _first(node, variables)
                rows = times * (page or 1)
                total += rows if page else 0
                if node.selection_set:
                    total += of(node.selection_set.selections, rows, seen)
            elif isinstance(node, InlineFragmentNode):
                total += of(node.selection_set.selections, times, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                fragment = fragments.get(node.name.value)
                if fragment:
                    total += of(fragment.selection_set.selections, times, seen | {node.name.value})
        return total

    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return max((of(node.selection_set.selections, 1, frozenset()) for node in operations), default=0)


def _first(node: FieldNode, variables: dict[str, Any]) -> int:
    """The page size a field asks for; 0 for a field that is not a page."""
    for argument in node.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                value = variables.get(argument.value.name.value, DEFAULT_FIRST)
                return value if isinstance(value, int) else DEFAULT_FIRST
    selected = node.selection_set.selections if node.selection_set else ()
    is_page = any(isinstance(child, FieldNode) and child.name.value == "edges" for child in selected)
    return DEFAULT_FIRST if is_page else 0


def limit_extensions() -> list[Any]:
    """Factories of limiters, one of each per operation."""
    return [
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
        lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
        CostLimiter,
    ]
