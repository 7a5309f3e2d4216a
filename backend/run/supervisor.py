"""Starts the product's processes in order, waits until they answer, stops them in the opposite order."""

from __future__ import annotations

import errno
import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from backend.kernel.db.embedded import ADMIN, LOGIN, Cluster, is_empty, start_postgres
from backend.kernel.jobs.embedded import start_valkey, valkey_url
from backend.kernel.processes import (
    Child,
    Ledger,
    StartError,
    Stopped,
    die_with_parent,
    pause,
    spawn,
    stop_on_signals,
    wait_until,
)
from backend.kernel.service_user import PassageError, service_user
from backend.run.credentials import ensure_secrets, read_secret
from backend.run.directory import DataDirectory
from backend.run.migrations import nothing_new

HOST = "127.0.0.1"
CODE_PREFIX = b"DEV-CODE "


@dataclass(frozen=True)
class Commands:
    """What the children run; the address and everything else reach them through the environment."""

    web: Sequence[str] = (sys.executable, "-m", "backend.cli", "web")
    worker: Sequence[str] = (sys.executable, "-m", "backend.cli", "worker")
    migrate: Sequence[str] = (sys.executable, "-m", "backend.cli", "migrate")
    seed: Sequence[str] = (sys.executable, "-m", "backend.cli", "seed")


@dataclass
class Supervisor:
    """One run of the product. `say` prints one line for the person at the terminal."""

    directory: DataDirectory
    port: int
    commands: Commands = field(default_factory=Commands)
    say: Callable[[str], None] = lambda line: print(line, flush=True)

    def __post_init__(self) -> None:
        self._children: list[Child] = []
        self._ledger = Ledger(self.directory.children)
        self._environment = dict(os.environ)

    def run(self) -> int:
        """Start everything and stay until told to stop; the exit code.

        Raises:
            StartError: something the person can put right, with every child stopped again.
        """
        if "MAKELEVEL" in os.environ:
            die_with_parent(signal.SIGTERM)
        stop_on_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        try:
            with ExitStack() as stack:
                stack.enter_context(self.directory.owned(self._address))
                stack.callback(self._stop_children)
                self._start()
                self._watch()
        except Stopped:
            self.say("Stopped.")
            return 0
        except PassageError as error:
            remedy = "Move the project to a folder every account can enter, or start as an ordinary user."
            raise StartError(f"The database server cannot run: {error}.", remedy) from error
        except OSError as error:
            raise _explained(error) from error

    @property
    def _address(self) -> str:
        return f"http://localhost:{self.port}"

    def _start(self) -> None:
        for name in self._ledger.take_over():
            self.say(f"Ended {name}, left over from a start that was killed.")
        _require_free_port(self.port)
        ensure_secrets(self.directory.secrets)
        self.directory.files.mkdir(exist_ok=True)
        self._prepare_environment()
        new = self._start_database()
        self._start_valkey()
        admin = self._environment.get("DATABASE_ADMIN_URL")
        if admin is not None:
            if not nothing_new(admin):
                self._step("Bringing the database up to date", self.commands.migrate, "migrate")
            if new and self._environment["SHANZHI_DEMO"] not in {"0", "false"}:
                seed = [*self.commands.seed, "--accounts", str(self.directory.accounts)]
                self._step("Loading the demonstration city", seed, "seed")
        self._spawn("worker", self.commands.worker)
        web = self._spawn("web", self.commands.web)
        wait_until(self._is_ready, web, seconds=90, remedy=f"See {web.log}.")
        self._greet()

    def _prepare_environment(self) -> None:
        defaults = {
            "SHANZHI_ENVIRONMENT": "development",
            "SHANZHI_DEMO": "1",
            "SHANZHI_PUBLIC_URL": self._address,
            "SHANZHI_SECRET_DIR": str(self.directory.secrets),
            "STORAGE_URL": self.directory.files.as_uri(),
        }
        self._environment = {**defaults, **os.environ}
        self._environment["SHANZHI_HOST"] = HOST
        self._environment["SHANZHI_PORT"] = str(self.port)
        self._environment["SHANZHI_DATA_DIR"] = str(self.directory.path)
        self._environment["PYTHONUNBUFFERED"] = "1"

    def _start_database(self) -> bool:
        """Whether the demonstration city is still to be loaded."""
        if "DATABASE_URL" in os.environ:
            admin = os.environ.get("DATABASE_ADMIN_URL")
            return admin is not None and is_empty(admin)
        secrets = self.directory.secrets
        cluster = Cluster(
            home=self.directory.postgres,
            sockets=self.directory.sockets,
            log=self.directory.log("postgres"),
            admin_password=read_secret(secrets, "database_admin"),
            login_password=read_secret(secrets, "database_login"),
        )
        self._keep(start_postgres(cluster, service_user()))
        self._environment["DATABASE_URL"] = cluster.dsn(LOGIN)
        self._environment["DATABASE_ADMIN_URL"] = cluster.dsn(ADMIN)
        return not self.directory.accounts.exists()

    def _start_valkey(self) -> None:
        if "VALKEY_URL" not in os.environ:
            home, sockets = self.directory.valkey, self.directory.sockets
            self._keep(start_valkey(home, sockets, self.directory.log("valkey"), service_user()))
            self._environment["VALKEY_URL"] = valkey_url(sockets)

    def _step(self, title: str, command: Sequence[str], name: str) -> None:
        """Run a command to its end."""
        started = time.monotonic()
        child = self._spawn(name, command)
        while (code := child.process.poll()) is None:
            pause(0.02)
        self._children.remove(child)
        if code != 0:
            raise StartError(f"{title} failed: {child.last_words()}", f"See {child.log}.")
        self.say(f"{title}: {time.monotonic() - started:.1f} s")

    def _spawn(self, name: str, command: Sequence[str]) -> Child:
        return self._keep(spawn(name, command, log=self.directory.log(name), env=self._environment))

    def _keep(self, child: Child) -> Child:
        self._children.append(child)
        self._ledger.record(child)
        return child

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _greet(self) -> None:
        self.say(f"\nShanzhi is running: {self._address}\n")
        accounts = _read_accounts(self.directory.accounts)
        if accounts:
            self.say("Sign in as (the one-time code appears here):")
            for account in accounts:
                self.say("  {role:<24} {phone:<14} {name}".format_map(account))
        self.say(f"\nStop with Ctrl-C. Logs are in {self.directory.log('web').parent}.")

    def _watch(self) -> NoReturn:
        """Show one-time codes as they come; StartError when a child ends."""
        with self.directory.log("web").open("rb") as log:
            log.seek(0, os.SEEK_END)
            pending = b""
            while True:
                *lines, pending = (pending + log.read()).split(b"\n")
                for line in lines:
                    if line.startswith(CODE_PREFIX):
                        self.say(line.decode(errors="replace"))
                for child in self._children:
                    code = child.process.poll()
                    if code is not None:
                        cause = f"{child.name} ended by itself (code {code}): {child.last_words()}"
                        raise StartError(cause, f"See {child.log}, then start again.")
                pause(0.2)

    def _stop_children(self) -> None:
        for child in reversed(self._children):
            child.stop()
        self._ledger.clear()


def run_for_person(supervisor: Supervisor) -> int:
    """Run; what went wrong goes to the terminal as a cause and what to do, never as a traceback. The exit code."""
    try:
        return supervisor.run()
    except StartError as error:
        print(f"Cannot run: {error.cause}\n{error.remedy}", file=sys.stderr, flush=True)
        return 1


def _require_free_port(port: int) -> None:
    addresses = [(socket.AF_INET, HOST)] + ([(socket.AF_INET6, "::1")] if socket.has_ipv6 else [])
    for family, host in addresses:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                cause = f"Port {port} needs administrator's rights."
                raise StartError(cause, "Choose another one: SHANZHI_PORT=8001 make run") from None
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    other = port + 1 if port < 65535 else 8000
                    remedy = f"Stop that program, or choose another port: SHANZHI_PORT={other} make run"
                    raise StartError(f"Port {port} is taken by another program.", remedy) from None


def _read_accounts(path: Path) -> list[dict[str, str]]:
    try:
        accounts = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [{key: str(account.get(key, "")) for key in ("role", "phone", "name")} for account in accounts]


def _explained(error: OSError) -> StartError:
    remedy = "Name another folder in SHANZHI_DATA_DIR."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        remedy = "Free some space, or name a folder on another disk in SHANZHI_DATA_DIR."
        return StartError("The disk of the data directory is full.", remedy)
    return StartError(f"{error.strerror or error}: {error.filename or 'data directory'}.", remedy)
