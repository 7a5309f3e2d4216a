"""The product's GraphQL schema: the kernel's and the applications' parts joined."""

from __future__ import annotations

from functools import lru_cache

from strawberry.tools import merge_types

from backend.installed import INSTALLED
from backend.kernel.graphql.root import KernelMutation, KernelQuery, KernelSubscription
from backend.kernel.graphql.schema import ScopedSchema, build


@lru_cache(maxsize=1)
def schema() -> ScopedSchema:
    """The schema, built once."""
    return build(
        merge_types("Query", (KernelQuery, *(app.query for app in INSTALLED if app.query))),
        merge_types("Mutation", (KernelMutation, *(app.mutation for app in INSTALLED if app.mutation))),
        merge_types(
            "Subscription", (KernelSubscription, *(app.subscription for app in INSTALLED if app.subscription))
        ),
    )


def sdl() -> str:
    """The schema as text, as committed in `schema/schema.graphql`."""
    return schema().as_str() + "\n"
