"""Limits on what one operation may ask: depth, aliases, tokens, rows, and texts no person types."""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    StringValueNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.language import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode
from strawberry.extensions import (
    AddValidationRules,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
    SchemaExtension,
)
from strawberry.types.graphql import OperationType

from backend.kernel.errors import Refusals
from backend.kernel.graphql.text import refuse_hostile

MAX_DEPTH = 12
MAX_ALIASES = 15
MAX_TOKENS = 4000
#: Rows an operation may touch at the most: the product of nested `first` arguments, summed up.
MAX_COST = 5000
DEFAULT_FIRST = 20

#: Made once: the cache of validated documents tells rules apart by identity.
_RULES = [
    *QueryDepthLimiter(max_depth=MAX_DEPTH).validation_rules,
    *MaxAliasesLimiter(max_alias_count=MAX_ALIASES).validation_rules,
]


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
                return max(int(argument.value.value), 0)
            if isinstance(argument.value, VariableNode):
                value = variables.get(argument.value.name.value, DEFAULT_FIRST)
                return max(value, 0) if isinstance(value, int) else DEFAULT_FIRST
    selected = node.selection_set.selections if node.selection_set else ()
    is_page = any(isinstance(child, FieldNode) and child.name.value == "edges" for child in selected)
    return DEFAULT_FIRST if is_page else 0


class HostileTextLimiter(SchemaExtension):
    """Refuses hostile text in what a read asks for. Commands look at their own input and answer with its fields."""

    def on_execute(self) -> Any:
        context = self.execution_context
        if context.operation_type is not OperationType.MUTATION:
            try:
                refuse_hostile(context.variables or {})
                if "\\" in (context.query or ""):
                    refuse_hostile(_literals(context.graphql_document))
            except Refusals as problem:
                first = problem.items[0]
                raise GraphQLError(
                    first.code, extensions={"code": first.code, "field": first.field, "data": dict(first.data)}
                ) from None
        yield


def _literals(document: DocumentNode | None) -> list[str]:
    """Texts written into the document itself. Only with an escape can they hold what a variable may not."""
    found: list[str] = []

    class Reader(Visitor):
        def enter_string_value(self, node: StringValueNode, *_: object) -> None:
            found.append(node.value)

    if document is not None:
        visit(document, Reader())
    return found


def limit_extensions() -> list[Any]:
    """Factories of limiters, one of each per operation."""
    return [
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: AddValidationRules(_RULES),
        CostLimiter,
        HostileTextLimiter,
    ]
