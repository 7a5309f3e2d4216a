"""The data directory: what lies where, and whose it is while it is in use."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.kernel.processes import StartError

# sockaddr_un holds 104 bytes on macOS, 108 on Linux; the longest name below it is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_FOLDER = 80
# asyncpg splits a host at commas, redis-py decodes a URL: only plain characters pass both unharmed.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class DataDirectory:
    """Absolute paths below the folder that `SHANZHI_DATA_DIR` names."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def accounts(self) -> Path:
        """The demonstration sign-ins; there once the demonstration city has been loaded."""
        return self.path / "demo-accounts.json"

    @property
    def children(self) -> Path:
        return self.path / "children.json"

    def log(self, name: str) -> Path:
        return self.path / "log" / f"{name}.log"

    @property
    def sockets(self) -> Path:
        """Below the data directory, or below /tmp when that path is too long or has characters a URL splits."""
        near = self.path / "run"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(near)):
            return near
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path("/tmp") / f"shanzhi-{os.geteuid()}-{digest}"

    @contextlib.contextmanager
    def owned(self, address: str) -> Iterator[None]:
        """Hold the directory for the block; `address` is what a second start tells the person.

        Raises:
            StartError: another process holds it, or it is another user's.
        """
        self._make()
        with (self.path / "lock").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._in_use(lock.name) from None
            lock.seek(0)
            lock.truncate()
            json.dump({"pid": os.getpid(), "address": address}, lock)
            lock.flush()
            try:
                yield
            finally:
                if self.sockets.parent != self.path:
                    shutil.rmtree(self.sockets, ignore_errors=True)

    def _make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.stat().st_uid != os.geteuid():
                raise PermissionError
        except PermissionError:
            remedy = "Start as that user, or name another folder in SHANZHI_DATA_DIR."
            raise StartError(f"The data directory {self.path} belongs to another user.", remedy) from None
        except (FileExistsError, NotADirectoryError):
            raise StartError(
                f"{self.path} is not a folder.", "Name a folder in SHANZHI_DATA_DIR."
            ) from None
        self._require_private_sockets()

    def _require_private_sockets(self) -> None:
        """Nobody else may have put a folder or a link where our sockets go under /tmp."""
        if self.sockets.parent == self.path:
            return
        owners = {os.geteuid(), *_service_uid()}
        if self.sockets.is_symlink() or (self.sockets.exists() and self.sockets.stat().st_uid not in owners):
            raise StartError(f"{self.sockets} is not ours.", "Remove it, or use a shorter SHANZHI_DATA_DIR.")

    def _in_use(self, lock: str) -> StartError:
        try:
            holder = json.loads(Path(lock).read_text(encoding="utf-8"))
            who = f"process {holder['pid']}, {holder['address']}"
        except (ValueError, KeyError, OSError):
            who = "it is just starting"
        remedy = "Stop that one with Ctrl-C in its terminal, or name another folder in SHANZHI_DATA_DIR."
        return StartError(f"Shanzhi already runs on the data directory {self.path} ({who}).", remedy)


def _service_uid() -> set[int]:
    from backend.kernel.service_user import service_user

    user = service_user()
    return set() if user is None else {user.uid}
