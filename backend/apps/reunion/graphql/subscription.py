"""Live changes of a case."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from strawberry import ID

from backend.apps.reunion import access
from backend.apps.reunion.graphql.types import ReunionCase
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import not_found
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import messages
from backend.kernel.notifications.service import matter_channel
from backend.kernel.validation import as_id


@strawberry.type
class ReunionSubscription:
    @strawberry.subscription(description="The case after each committed change, while I may read it.")
    async def reunion_case_changed(self, info: Info, id: ID) -> AsyncGenerator[ReunionCase, None]:
        wanted, actor = as_id(id), info.context.actor
        async with open_scope(actor.scope):
            if not await access.readable(actor).filter(id=wanted).exists():
                raise not_found("id")
        async for current, _ in messages(info.context, matter_channel(wanted)):
            async with open_scope(current.scope):
                row = await access.readable(current).filter(id=wanted).first()
            if row is None:
                return
            yield ReunionCase.of(row)
