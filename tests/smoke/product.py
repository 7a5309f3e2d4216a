"""The whole product as `shanzhi run` starts it, in a directory and on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.kernel.db.embedded import ADMIN, LOGIN, Cluster
from backend.kernel.jobs.embedded import valkey_url
from backend.run.credentials import read_secret
from backend.run.directory import DataDirectory

ROOT = Path(__file__).resolve().parents[2]
READY = "Stop with Ctrl-C"
START_S = 180.0


class ProductError(Exception):
    """The product did not start; the text is what it said."""


@dataclass(frozen=True)
class Product:
    """A running product and how long its start took, from the command to the line that says it is ready."""

    data_dir: Path
    port: int
    start_seconds: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cluster(self) -> Cluster:
        """Where its PostgreSQL is, with both roles' passwords."""
        directory = DataDirectory(self.data_dir)
        admin, login = (read_secret(directory.secrets, name) for name in ("database_admin", "database_login"))
        return Cluster(directory.postgres, directory.sockets, directory.log("postgres"), admin, login)

    def environment(self) -> dict[str, str]:
        """What a `shanzhi` command needs to work on this product."""
        directory = DataDirectory(self.data_dir)
        return clean_environment(
            DATABASE_URL=self.cluster.dsn(LOGIN),
            DATABASE_ADMIN_URL=self.cluster.dsn(ADMIN),
            VALKEY_URL=valkey_url(self.cluster.sockets),
            STORAGE_URL=directory.files.as_uri(),
            SHANZHI_ENVIRONMENT="development",
            SHANZHI_DEMO="1",
            SHANZHI_SECRET_DIR=str(directory.secrets),
            SHANZHI_PUBLIC_URL=self.address,
        )

    def complaints(self) -> list[str]:
        """The last errors in the logs."""
        lines = []
        for log in sorted((self.data_dir / "log").glob("*.log")):
            errors = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "rror" in line]
            lines += [f"{log.name}: {line[:500]}" for line in errors[-3:]]
        return lines


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**changes: str) -> dict[str, str]:
    """The terminal's environment without what would lead to another installation."""
    ours = ("SHANZHI_", "DATABASE_", "VALKEY_", "STORAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **changes}


@contextmanager
def running(data_dir: Path, **environment: str) -> Iterator[Product]:
    """Start, wait until it says it is ready, stop at the end of the block.

    Raises:
        ProductError: it ended by itself or was not ready in time.
    """
    port = free_port()
    settings = clean_environment(SHANZHI_DATA_DIR=str(data_dir), SHANZHI_PORT=str(port), SHANZHI_DEMO="1")
    output = data_dir.with_suffix(".out")
    started = time.monotonic()
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "run"],
            stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT, cwd=ROOT,
            env={**settings, **environment},
        )  # fmt: skip
    try:
        _wait(process, output, started)
        yield Product(data_dir, port, time.monotonic() - started)
    finally:
        process.terminate()
        process.wait(60)


def shanzhi(product: Product, *arguments: str) -> str:
    """Run a `shanzhi` command on the product; its output. Raises subprocess.CalledProcessError."""
    command = [sys.executable, "-m", "backend.cli", *arguments]
    environment = product.environment()
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def _wait(process: subprocess.Popen[bytes], output: Path, started: float) -> None:
    while READY not in (said := output.read_text(encoding="utf-8", errors="replace")):
        if process.poll() is not None:
            raise ProductError(said.strip() or f"it ended with code {process.returncode} and said nothing")
        if time.monotonic() - started > START_S:
            raise ProductError(f"not ready after {START_S:.0f} s; it said: {said.strip()}")
        time.sleep(0.02)
