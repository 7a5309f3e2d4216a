"""Live changes of the programme's rows, and the board's."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry
from strawberry import ID

from backend.apps.cockpit import queries
from backend.apps.cockpit.graphql.board import CockpitSubscription as BoardSubscription
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import changes
from backend.kernel.validation import as_id


@strawberry.type
class CockpitSubscription(BoardSubscription):
    @strawberry.subscription(description="The version of a scene, meeting, task, problem or hazard after each committed change, while I may read it.")
    async def cockpit_matter_changed(self, info: Info, id: ID) -> AsyncGenerator[int, None]:
        wanted = as_id(id)
        async for row in changes(info.context, wanted, lambda actor: queries.any_of(actor, wanted)):
            yield row.version
