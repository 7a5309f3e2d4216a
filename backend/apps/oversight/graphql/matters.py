"""What every matter of oversight shows beside its own fields."""

from __future__ import annotations

from typing import Any

import strawberry

from backend.apps.oversight import access, loaders, rules
from backend.apps.oversight.graphql.parts import OversightAction
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection, newest_first
from backend.kernel.graphql.types import Clock, Event, Paper


@strawberry.type
class MatterFields:
    """`row` is the clue, recommendation, suggestion or project."""

    row: strawberry.Private[Any]

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        return [Paper.of(each) for each in await info.context.load(kernel_loaders.papers_of_matter, self.row.id)]

    @strawberry.field
    async def clocks(self, info: Info) -> list[Clock]:
        rows = await info.context.load(kernel_loaders.clocks_of_matter, self.row.id)
        extensions = await info.context.load(kernel_loaders.extensions_of_matter, self.row.id)
        asked = {each.clock_id for each in extensions if each.state == "ASKED"}
        return [
            Clock.of(each, rules.RULES[each.rule].source if each.rule in rules.RULES else None, extension_pending=each.id in asked)
            for each in rows
            if each.met_at is None
        ]

    @strawberry.field
    async def available_actions(self, info: Info) -> list[OversightAction]:
        standing = await info.context.load(loaders.standings, (type(self.row), self.row.id))
        return [
            OversightAction(name=action.name, requires=action.evidence, step_up=action.step_up and info.context.actor.needs_step_up)
            for action in access.available(standing)
        ]

    @strawberry.field(description="What happened, newest first.")
    async def timeline(self, info: Info, first: int = 50, after: str | None = None) -> Connection[Event]:
        query = EventRow.filter(matter_id=self.row.id, app="oversight")
        page = await newest_first(query, by="occurred_at", first=first, after=after)
        return page.connection(Event.of)
