"""Subscriptions of mediation."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from strawberry import ID

from backend.apps.mediation import models, queries
from backend.apps.mediation.graphql.types import Dispute
from backend.kernel.access.actor import Actor
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import changes
from backend.kernel.validation import as_id


@strawberry.type
class MediationSubscription:
    @strawberry.subscription(description="The dispute after each committed change, while I may read it.")
    async def dispute_changed(self, info: Info, id: ID) -> AsyncGenerator[Dispute, None]:
        wanted = as_id(id)

        async def read(actor: Actor) -> models.Dispute | None:
            return await queries.dispute(actor, str(wanted))

        async for row in changes(info.context, wanted, read):
            yield Dispute.of(row)
