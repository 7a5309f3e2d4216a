"""One embedded PostgreSQL and Valkey for a whole test run, shared by every process of it.

The servers belong to a keeper process (`python -m tests.servers DIRECTORY`). Each user holds a shared lock on a file
while it needs them; the keeper stops the servers and removes their data as soon as nobody holds it, which is also
the case when the users were killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

import asyncpg

from backend.kernel.db.embedded import ADMIN, LOGIN, Cluster, start_postgres
from backend.kernel.jobs.embedded import start_valkey, valkey_url
from backend.kernel.service_user import service_user
from backend.run.directory import DataDirectory

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "shanzhi_template"
PASSWORD = "only-on-a-private-socket"
POLL_S = 0.2
START_S = 90.0


@dataclass(frozen=True)
class Servers:
    """Addresses of the running servers. `admin_dsn` is the superuser's, `login_dsn` that of the login role.

    `valkey_url` is a Valkey database of its own for each `take_database`.
    """

    admin_dsn: str
    login_dsn: str
    valkey_url: str
    directory: str

    def on(self, database: str, valkey_database: int = 0) -> Servers:
        """The same servers, seen from another database."""
        return replace(
            self,
            admin_dsn=_on(self.admin_dsn, database),
            login_dsn=_on(self.login_dsn, database),
            valkey_url=valkey_url(DataDirectory(Path(self.directory)).sockets, valkey_database),
        )


@contextmanager
def start_servers(base_dir: Path) -> Iterator[Servers]:
    """The servers of `base_dir`, started by the first process that asks and shared with the others."""
    base_dir.mkdir(parents=True, exist_ok=True)
    with (base_dir / "users").open("a+") as users:
        with (base_dir / "starting").open("a+") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            servers = _read(base_dir) or _start_keeper(base_dir)
        yield servers


async def take_database(
    servers: Servers, name: str, migrate: Callable[[str], Awaitable[None]], *, valkey_database: int = 0
) -> Servers:
    """A new database `name`, copied from one that `migrate(admin_dsn)` was called on once per test run."""
    base_dir = Path(servers.directory)
    with (base_dir / "template").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = await asyncpg.connect(_on(servers.admin_dsn, "postgres"))
        try:
            if not await connection.fetchval("select datistemplate from pg_database where datname = $1", TEMPLATE):
                await connection.execute(f"drop database if exists {TEMPLATE} with (force)")
                await connection.execute(f"create database {TEMPLATE}")
                await migrate(_on(servers.admin_dsn, TEMPLATE))
                await connection.execute(f"alter database {TEMPLATE} is_template true")
            await connection.execute(f'drop database if exists "{name}" with (force)')
            await connection.execute(f'create database "{name}" template {TEMPLATE}')
        finally:
            await connection.close()
    return servers.on(name, valkey_database)


def _on(dsn: str, database: str) -> str:
    before, after = dsn.split("?", 1)
    return f"{before.rsplit('/', 1)[0]}/{database}?{after}"


def _read(base_dir: Path) -> Servers | None:
    """What a living keeper announced; a killed one no longer holds its lock."""
    with (base_dir / "keeper").open("a+") as keeper:
        if _locked(keeper, fcntl.LOCK_SH):
            (base_dir / "servers.json").unlink(missing_ok=True)
            return None
    try:
        content = json.loads((base_dir / "servers.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Servers(**content)


def _locked(file: IO[str], kind: int) -> bool:
    """Take the lock now, or not at all."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start_keeper(base_dir: Path) -> Servers:
    with (base_dir / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", str(base_dir)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and keeper.poll() is None:
        servers = _read(base_dir)
        if servers is not None:
            # It outlives us on purpose; nobody waits for it.
            keeper.returncode = 0
            return servers
        time.sleep(0.05)
    raise RuntimeError((base_dir / "keeper.log").read_text(encoding="utf-8"))


def _keep(base_dir: Path) -> None:
    """Start, announce, and stop when nobody is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    directory = DataDirectory(base_dir)
    user = service_user()
    cluster = Cluster(directory.postgres, directory.sockets, directory.log("postgres"), PASSWORD, PASSWORD)
    announcement = base_dir / "servers.json"
    with ExitStack() as stack:
        fcntl.flock(stack.enter_context((base_dir / "keeper").open("a+")), fcntl.LOCK_EX)
        # Held from the moment when the last user has gone until everything is cleared away.
        starting = stack.enter_context((base_dir / "starting").open("a+"))
        for folder in (directory.postgres, directory.valkey, directory.sockets):
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(start_postgres(cluster, user, durable=False).stop)
        log = directory.log("valkey")
        stack.callback(start_valkey(directory.valkey, directory.sockets, log, user, durable=False).stop)
        stack.callback(announcement.unlink, missing_ok=True)
        servers = Servers(cluster.dsn(ADMIN), cluster.dsn(LOGIN), valkey_url(directory.sockets), str(base_dir))
        partial = announcement.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(servers)), encoding="utf-8")
        partial.rename(announcement)
        while not _last_user_gone(base_dir, starting):
            time.sleep(POLL_S)


def _last_user_gone(base_dir: Path, starting: IO[str]) -> bool:
    """True with `starting` locked. A newcomer holds it from before it reads the announcement."""
    if not _locked(starting, fcntl.LOCK_EX):
        return False
    with (base_dir / "users").open("a+") as users:
        if _locked(users, fcntl.LOCK_EX):
            return True
    fcntl.flock(starting, fcntl.LOCK_UN)
    return False


if __name__ == "__main__":
    os.umask(0o077)
    _keep(Path(sys.argv[1]))
