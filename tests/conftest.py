"""Real servers for every test that wants them: one PostgreSQL and Valkey per run, one database per worker."""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings as hypothesis

from tests.factories.city import City
from tests.servers import Servers, start_servers, take_database

#: How long an example takes is a matter of the machine.
hypothesis.register_profile("shanzhi", deadline=None)
hypothesis.load_profile("shanzhi")

ENVIRONMENT = {"SHANZHI_ENVIRONMENT": "development", "SHANZHI_DEMO": "1", "SHANZHI_LOG_LEVEL": "ERROR"}


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The run's servers, shared by all workers.

    Not below pytest's own folder: another run of pytest would lock the database's user out of it.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with start_servers(Path(tempfile.gettempdir()) / f"shanzhi-test-{run}") as started:
        yield started


async def _make_template(admin_dsn: str) -> None:
    """The template database: migrated, with divisions and the demonstration people."""
    from backend.installed import tables
    from backend.kernel.db.migrate import migrate_all
    from backend.seed import seed_demo
    from backend.settings import settings

    await migrate_all(admin_dsn, tables())
    os.environ["DATABASE_ADMIN_URL"] = admin_dsn
    os.environ["DATABASE_URL"] = admin_dsn.replace("shanzhi_admin", "shanzhi_login")
    settings.cache_clear()
    await seed_demo(history=False)


@dataclass(frozen=True)
class Prepared:
    """What a database of this run is made with."""

    folder: Path
    migrate: Callable[[str], Awaitable[None]]


@cache
def prepare_database(servers: Servers) -> Prepared:
    """The run's secrets, shared by all its workers, and how to make the template.

    Once in a worker: done again by the browser tests, it would point the other ones at a Valkey that all workers empty.
    """
    from backend.run.credentials import ensure_secrets
    from backend.settings import settings

    folder = Path(servers.directory) / "secrets"
    with (Path(servers.directory) / "secrets.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ensure_secrets(folder)
    os.environ.update(ENVIRONMENT)
    os.environ["SHANZHI_SECRET_DIR"] = str(folder)
    os.environ["VALKEY_URL"] = servers.on("postgres", 15).valkey_url
    settings.cache_clear()
    return Prepared(folder, _make_template)


@pytest.fixture(scope="session")
def database(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Servers:
    """This worker's own database, and the settings that point to it."""
    from backend.settings import settings

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = int(worker.removeprefix("gw")) + 1
    prepared = prepare_database(servers)
    os.environ["STORAGE_URL"] = (tmp_path_factory.getbasetemp() / "files").as_uri()
    mine = asyncio.run(take_database(servers, f"test_{worker}", prepared.migrate, valkey_database=number))
    os.environ["DATABASE_URL"] = mine.login_dsn
    os.environ["DATABASE_ADMIN_URL"] = mine.admin_dsn
    os.environ["VALKEY_URL"] = mine.valkey_url
    settings.cache_clear()
    return mine


@pytest.fixture
def fresh(database: Servers, servers: Servers) -> None:
    """This worker's database made anew, for tests that count what is there. Name it before `city`."""
    name = database.admin_dsn.split("?")[0].rsplit("/", 1)[-1]
    asyncio.run(take_database(servers, name, _make_template))


@pytest_asyncio.fixture
async def product(database: Servers) -> AsyncIterator[Servers]:
    """PostgreSQL and Valkey connected in this test's event loop; Valkey starts empty."""
    from backend.installed import models, register
    from backend.kernel import clock
    from backend.kernel.db.connection import connected
    from backend.kernel.identity.service import forget_actors
    from backend.kernel.jobs.queue import close_valkey, valkey

    register()
    forget_actors()
    await valkey().flushdb()
    async with connected(models()):
        with clock.shifted(clock.offset() * 0):
            yield database
    await close_valkey()


@pytest_asyncio.fixture
async def city(product: Servers) -> AsyncIterator[City]:
    """The demonstration city behind the real web application."""
    async with City.open() as opened:
        yield opened

