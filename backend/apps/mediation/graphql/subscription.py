"""Subscriptions of mediation."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from strawberry import ID

from backend.apps.mediation import queries
from backend.apps.mediation.graphql.types import Dispute
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import not_found
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import messages
from backend.kernel.notifications.service import matter_channel


@strawberry.type
class MediationSubscription:
    @strawberry.subscription(description="The dispute after each committed change, while I may read it.")
    async def dispute_changed(self, info: Info, id: ID) -> AsyncGenerator[Dispute, None]:
        async with open_scope(info.context.actor.scope):
            row = await queries.dispute(info.context.actor, id)
        if row is None:
            raise not_found("id")
        async for actor, _ in messages(info.context, matter_channel(row.id)):
            async with open_scope(actor.scope):
                row = await queries.dispute(actor, id)
            if row is None:
                return
            yield Dispute.of(row)
