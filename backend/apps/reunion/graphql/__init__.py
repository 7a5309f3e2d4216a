"""Reunion's part of the schema."""

from backend.apps.reunion.graphql.mutation import ReunionMutation
from backend.apps.reunion.graphql.query import ReunionQuery
from backend.apps.reunion.graphql.subscription import ReunionSubscription

__all__ = ["ReunionMutation", "ReunionQuery", "ReunionSubscription"]
