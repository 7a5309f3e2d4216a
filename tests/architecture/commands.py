"""Which functions GraphQL runs as commands, and whether one can reach the audit log."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from textwrap import dedent
from types import ModuleType
from typing import Any

#: Writing an event ends in one of these.
RECORDERS = frozenset({"record"})


def commands_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Functions handed to `_command` or `run_command` in a module of mutations."""
    found = {}
    for call in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        given = {"_command": call.args[:1], "run_command": call.args[1:2]}.get(call.func.id, [])
        for argument in given:
            work = _resolve(argument, vars(module))
            if work is not None:
                found[work.__name__] = work
    return found


def records(work: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> bool:
    """Whether the function or method, or one it calls, writes an event."""
    work = getattr(work, "__func__", work)
    if work in seen or not inspect.isfunction(work):
        return False
    for name, called in calls(ast.parse(dedent(inspect.getsource(work))), vars(inspect.getmodule(work))):
        if name in RECORDERS:
            return True
        if called is not None and _is_ours(called) and records(called, seen | {work}):
            return True
    return False


def calls(tree: ast.AST, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(last part of the name, the function itself when it can be found) of every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = _resolve(node.func, names)
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield last, called


def _is_ours(called: Any) -> bool:
    return str(getattr(called, "__module__", "")).startswith(("backend.", "tests."))


def _resolve(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_resolve(node.value, names), node.attr, None)
    return None
