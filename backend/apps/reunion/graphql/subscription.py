"""Live changes of a case."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from strawberry import ID

from backend.apps.reunion import access
from backend.apps.reunion.graphql.types import ReunionCase
from backend.apps.reunion.models import Case
from backend.kernel.access.actor import Actor
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import changes
from backend.kernel.validation import as_id


@strawberry.type
class ReunionSubscription:
    @strawberry.subscription(description="The case after each committed change, while I may read it.")
    async def reunion_case_changed(self, info: Info, id: ID) -> AsyncGenerator[ReunionCase, None]:
        wanted = as_id(id)

        async def read(actor: Actor) -> Case | None:
            return await access.readable(actor).filter(id=wanted).first()

        async for row in changes(info.context, wanted, read):
            yield ReunionCase.of(row)
