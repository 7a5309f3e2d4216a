"""Oversight's part of the schema."""

from backend.apps.oversight.graphql.mutation import OversightMutation
from backend.apps.oversight.graphql.query import OversightQuery
from backend.apps.oversight.graphql.subscription import OversightSubscription

__all__ = ["OversightMutation", "OversightQuery", "OversightSubscription"]
