"""Mediation in GraphQL: `types` (what is shown, to whom), `parts` (rows of a dispute), `reports` (figures, warnings),
`query`, `mutation`, `subscription`."""

from backend.apps.mediation.graphql.mutation import MediationMutation
from backend.apps.mediation.graphql.query import MediationQuery
from backend.apps.mediation.graphql.subscription import MediationSubscription

__all__ = ["MediationMutation", "MediationQuery", "MediationSubscription"]
