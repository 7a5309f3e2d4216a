"""The demonstration city: Taizhou's divisions, sample grids, clearly artificial people, and what they did."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.resources import as_file, files

import orjson

from backend.installed import INSTALLED, models, register
from backend.kernel import clock, demonstration
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import connected
from backend.kernel.db.migrate import as_owner
from backend.kernel.development import ACCOUNTS
from backend.kernel.jobs.queue import close_valkey, valkey
from backend.kernel.tenancy.importing import import_divisions
from backend.settings import settings


@dataclass(frozen=True)
class DemoAccount:
    """A sign-in to show at the terminal and, in development, on the sign-in page."""

    role: str
    name: str
    phone: str


async def seed_demo(*, history: bool = True) -> list[DemoAccount]:
    """Load the demonstration city; repeating it adds what is new, and what is there stays as it is.

    Args:
        history: also play the last months through the real commands, of each application that has no past yet.
    """
    register()
    today = clock.now().astimezone(clock.LOCAL).date()
    async with as_owner(settings().database_admin_url) as owner:
        with as_file(files("backend.kernel.tenancy").joinpath("data", "taizhou-divisions.csv")) as table:
            await import_divisions(owner, table, today)
        await demonstration.make_grids(owner)
        await demonstration.place_seats(owner)
        lived = {row["app"] for row in await owner.fetch("select distinct app from event")}
    async with connected(models(), durable=False):
        await demonstration.make_people()
        for app in INSTALLED:
            if history and app.seed is not None and app.name not in lived:
                await app.seed()
    accounts = [
        DemoAccount("CITIZEN" if person.role is Role.PERSON else person.role, person.name, person.phone)
        for person in demonstration.PEOPLE
    ]
    await valkey().set(ACCOUNTS, orjson.dumps([asdict(account) for account in accounts]))
    await close_valkey()
    return accounts
