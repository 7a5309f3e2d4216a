"""The whole product as its own processes, and Chromium as an emulated phone."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.phone import Phone
from tests.conftest import ENVIRONMENT, prepare_database
from tests.servers import Servers, take_database

# On a busy machine a page takes its time.
expect.set_options(timeout=12_000)

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str:
    """The program the browser tests drive."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "the browser tests need Chromium: name it in CHROMIUM, or run `make test`"
    return program


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        started = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            started.terminate()
            try:
                started.wait(15)
            except subprocess.TimeoutExpired:
                started.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(address: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-3000:])


@contextmanager
def running(servers: Servers, folder: Path, name: str, number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Web and worker on a database of their own, with the demonstration people: the address, and the processes' environment."""
    secrets = prepare_database(servers)
    mine = asyncio.run(take_database(servers, name, secrets.migrate, valkey_database=number))
    port = free_port()
    environment = {
        **os.environ, **ENVIRONMENT, "DATABASE_URL": mine.login_dsn, "DATABASE_ADMIN_URL": mine.admin_dsn,
        "VALKEY_URL": mine.valkey_url, "STORAGE_URL": (folder / "files").as_uri(),
        "SHANZHI_SECRET_DIR": str(secrets.folder), "SHANZHI_PUBLIC_URL": f"http://localhost:{port}",
        "SHANZHI_PORT": str(port), "SHANZHI_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    with ExitStack() as stack:
        for each in ("web", "worker"):
            command = [sys.executable, "-m", "backend.cli", each]
            stack.enter_context(process(command, environment, folder / f"{each}.log"))
        wait_until_ready(f"http://127.0.0.1:{port}", folder / "web.log")
        yield f"http://localhost:{port}", environment


@pytest.fixture(scope="session")
def address(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the product runs that the browser tests of this worker share."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = 8 + int(worker.removeprefix("gw"))
    with running(servers, tmp_path_factory.mktemp("product"), f"browser_{worker}", number) as (where, _):
        yield where


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Chromium. Playwright keeps an event loop running, so it ends with the module and after `address` began."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Callable[..., Phone]]:
    """Makes emulated phones; each is a browser context of its own."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> Phone:
        settings = {
            "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True,
            "has_touch": True, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options,
        }  # fmt: skip
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        return Phone(context, address)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """A real JPEG with a position in its EXIF data, drawn, not taken."""
    picture = Image.radial_gradient("L").resize((1600, 1200)).convert("RGB")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (28.0, 43.0, 30.0), 3: "E", 4: (120.0, 36.0, 0.0)}
    path = tmp_path / "ceiling.jpg"
    picture.save(path, "JPEG", quality=90, exif=exif)
    return path
