"""A past made of events alone, in a county where nothing else happens; what a test writes of it is rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any

from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.tenancy.models import Division

COUNTY = "331081"
PATH = f"33.3310.{COUNTY}"
FIRST, LAST = date(2024, 1, 1), date(2024, 1, 31)
START = datetime(2024, 1, 1, tzinfo=clock.LOCAL)


class Matter:
    """A row that gives an event its place."""

    def __init__(self, path: str) -> None:
        self.id = new_id()
        self.county = COUNTY
        self.path = path


class History:
    """Writes the events of an application's matters that never were; `paths` lie in two townships."""

    def __init__(self, app: str, actor: Actor, paths: list[str]) -> None:
        self.app = app
        self.actor = actor
        self.paths = paths

    def matter(self, place: int = 0) -> Matter:
        return Matter(self.paths[place])

    async def tell(self, matter: Matter, tag: str, days: float, **data: Any) -> None:
        """An event that many days after the start."""
        at = START + timedelta(days=days)
        await record(self.actor, f"{self.app}:{tag}", matter, occurred_at=at, **data)


class _RollBack(Exception):
    pass


@asynccontextmanager
async def empty_past(app: str) -> AsyncIterator[History]:
    """A history to write into, gone at the end."""
    actor = system_actor(COUNTY, PATH)
    try:
        async with open_scope(actor.scope):
            villages = await Division.filter(level="VILLAGE", code__startswith=COUNTY).order_by("code").limit(400)
            towns = {village.path.rsplit(".", 1)[0]: village.path for village in villages}
            yield History(app, actor, list(towns.values())[:2])
            raise _RollBack
    except _RollBack:
        pass
