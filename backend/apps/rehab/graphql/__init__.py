"""Supervision's part of the schema."""

from backend.apps.rehab.graphql.mutation import RehabMutation
from backend.apps.rehab.graphql.query import RehabQuery
from backend.apps.rehab.graphql.subscription import RehabSubscription

__all__ = ["RehabMutation", "RehabQuery", "RehabSubscription"]
