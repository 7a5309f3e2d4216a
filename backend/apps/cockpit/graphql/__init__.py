"""The cockpit's part of the schema."""

from backend.apps.cockpit.graphql.mutation import CockpitMutation
from backend.apps.cockpit.graphql.query import CockpitQuery
from backend.apps.cockpit.graphql.subscription import CockpitSubscription

__all__ = ["CockpitMutation", "CockpitQuery", "CockpitSubscription"]
