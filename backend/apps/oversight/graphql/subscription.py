"""Live changes of clues, recommendations, suggestions and joint projects."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import strawberry
from strawberry import ID
from tortoise.queryset import QuerySet

from backend.apps.oversight import access
from backend.apps.oversight.graphql.suggestions import OversightSuggestion
from backend.apps.oversight.graphql.types import OversightClue, OversightJointProject, OversightRecommendation
from backend.kernel.access.actor import Actor
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import changes
from backend.kernel.validation import as_id


async def _rows(info: Info, row_id: ID, within_reach: Any) -> AsyncGenerator[Any, None]:
    wanted = as_id(row_id)

    async def read(actor: Actor) -> Any:
        query: QuerySet[Any] = within_reach(actor)
        return await query.filter(id=wanted).first()

    async for row in changes(info.context, wanted, read):
        yield row


@strawberry.type
class OversightSubscription:
    @strawberry.subscription(description="The clue after each committed change, while I may read it.")
    async def oversight_clue_changed(self, info: Info, id: ID) -> AsyncGenerator[OversightClue, None]:
        async for row in _rows(info, id, access.readable):
            yield OversightClue.of(row)

    @strawberry.subscription(description="The recommendation after each committed change, while I may read it.")
    async def oversight_recommendation_changed(self, info: Info, id: ID) -> AsyncGenerator[OversightRecommendation, None]:
        async for row in _rows(info, id, access.recommendations):
            yield OversightRecommendation.of(row)

    @strawberry.subscription(description="The suggestion after each committed change, while I may read it.")
    async def oversight_suggestion_changed(self, info: Info, id: ID) -> AsyncGenerator[OversightSuggestion, None]:
        async for row in _rows(info, id, access.suggestions):
            yield OversightSuggestion.of(row)

    @strawberry.subscription(description="The joint project after each committed change, while I may read it.")
    async def oversight_joint_changed(self, info: Info, id: ID) -> AsyncGenerator[OversightJointProject, None]:
        async for row in _rows(info, id, access.projects):
            yield OversightJointProject.of(row)
