"""Which fields of the schema are whose."""

from __future__ import annotations

from typing import Any

from strawberry.utils.str_converters import to_camel_case

from backend.installed import INSTALLED


def of_others(app: str, kind: str) -> set[str]:
    """Names of the queries or mutations that installed applications other than `app` bring."""
    brought: list[Any] = [getattr(manifest, kind) for manifest in INSTALLED if manifest.name != app]
    return {
        field.graphql_name or to_camel_case(field.python_name)
        for part in brought
        if part is not None
        for field in part.__strawberry_definition__.fields
    }
