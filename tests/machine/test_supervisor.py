"""`shanzhi run`: start, stop, and every way in which a start is refused."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

PRODUCT = Path(__file__).with_name("product.py")
ROOT = PRODUCT.parent.parent.parent


class Run:
    """One started product and what it says."""

    def __init__(self, data_dir: Path, port: int, *options: str, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = port
        inherited = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        inherited.pop("MAKELEVEL", None)
        self.process = subprocess.Popen(
            [sys.executable, str(PRODUCT), "run", str(data_dir), str(port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        )
        self.said: list[str] = []

    def wait_for(self, text: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} was never said, but: {''.join(self.said)}")

    def refusal(self) -> str:
        """What it says when it cannot start: two lines and code 1, no traceback."""
        said, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 1, said
        cause, remedy = said.strip().splitlines()[-2:]
        assert cause.startswith("Cannot run: ")
        assert remedy
        assert "Traceback" not in said
        return f"{cause}\n{remedy}"

    def children(self) -> list[psutil.Process]:
        entries = json.loads((self.data_dir / "children.json").read_text(encoding="utf-8"))
        running = []
        for entry in entries:
            if entry["name"] in {"PostgreSQL", "Valkey", "worker", "web"}:
                running.append(psutil.Process(entry["pid"]))
        assert len(running) == 4
        return running

    def environment(self) -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/environment", timeout=5) as answer:
            return dict(json.loads(answer.read()))

    def end(self) -> None:
        """Raises subprocess.TimeoutExpired when it does not stop, which it then is made to."""
        assert self.process.stdout is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.stdout.close()


@contextmanager
def started(data_dir: Path, port: int, *options: str, **environment: str) -> Iterator[Run]:
    run = Run(data_dir, port, *options, **environment)
    try:
        yield run
    finally:
        run.end()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def gone(processes: list[psutil.Process], within: float = 10.0) -> bool:
    """Ended, or ended and not yet reaped by whoever is process 1 here."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_child(tmp_path: Path, port: int, number: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        children = run.children()
        run.process.send_signal(number)
        assert run.process.wait(30) == 0
        assert gone(children, within=0.5)
        assert not (tmp_path / "data" / "children.json").exists()


def test_an_impatient_ctrl_c_while_it_starts(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Bringing the database up to date")
        for _ in range(5):
            run.process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        assert run.process.wait(30) == 0
        assert not (tmp_path / "data" / "children.json").exists()


def test_says_address_sign_ins_and_codes_and_starts_fast_again(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        assert f"http://localhost:{port}" in run.wait_for("is running")
        run.wait_for("00000000000")
        run.wait_for("Stop with Ctrl-C")
        request = urllib.request.Request(f"http://127.0.0.1:{port}/", method="POST")
        urllib.request.urlopen(request, timeout=5).close()
        assert "123456" in run.wait_for("DEV-CODE")
    before = time.monotonic()
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        assert time.monotonic() - before < 5
        assert not any("Loading the demonstration city" in line for line in run.said)


def test_children_get_addresses_and_private_secrets(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        environment = run.environment()
        assert "shanzhi_login" in environment["DATABASE_URL"]
        assert environment["VALKEY_URL"].startswith("unix:///")
        assert environment["STORAGE_URL"].startswith("file:///")
        secrets = sorted(Path(environment["SHANZHI_SECRET_DIR"]).iterdir())
        names = {path.name for path in secrets}
        assert {"field_key", "index_key", "session_key", "vapid_private_key", "vapid_public_key"} <= names
        assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def test_a_killed_parent_leaves_nothing_that_blocks_the_next_start(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        children = run.children()
        run.process.kill()
        run.process.wait()
        with started(tmp_path / "data", port) as following:
            following.wait_for("Stop with Ctrl-C")
            assert gone(children, within=0.5)


def test_everything_killed_at_once_is_survived_too(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        children = run.children()
        for process in [psutil.Process(run.process.pid), *children]:
            process.kill()
        run.process.wait()
        with started(tmp_path / "data", port) as following:
            following.wait_for("Stop with Ctrl-C")


def test_a_recorded_id_that_now_is_a_strangers_is_left_alone(tmp_path: Path, port: int) -> None:
    data_dir = tmp_path / "data"
    with started(data_dir, port) as run:
        run.wait_for("Stop with Ctrl-C")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        entry = {"pid": stranger.pid, "started": 1.0, "command": ["old"], "name": "web", "signal": 15}
        (data_dir / "children.json").write_text(json.dumps([entry]), encoding="utf-8")
        lock = data_dir / "postgres" / "data" / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n{lock.parent}\n", encoding="utf-8")
        with started(data_dir, port) as run:
            run.wait_for("Stop with Ctrl-C")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_port_in_use(tmp_path: Path, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        refusal = Run(tmp_path / "data", port).refusal()
    assert f"Port {port} is taken" in refusal
    assert "SHANZHI_PORT=" in refusal


def test_a_second_start_on_the_same_data_directory(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        refusal = Run(tmp_path / "data", port).refusal()
        assert f"process {run.process.pid}, http://localhost:{port}" in refusal
        assert all(child.is_running() for child in run.children())


def test_data_of_another_major_version(tmp_path: Path, port: int) -> None:
    data = tmp_path / "data" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n", encoding="ascii")
    refusal = Run(tmp_path / "data", port).refusal()
    assert re.search(r"written by PostgreSQL 15; this is \d+", refusal)
    assert "shanzhi backup" in refusal


def test_a_failed_migration_names_its_reason(tmp_path: Path, port: int) -> None:
    refusal = Run(tmp_path / "data", port, "fail").refusal()
    assert "column missing" in refusal
    assert "migrate.log" in refusal


def test_a_child_that_ends_by_itself_ends_the_run(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
        children = run.children()
        children[-2].kill()
        assert "worker ended by itself" in run.wait_for("Cannot run")
        assert run.process.wait(30) == 1
        assert gone(children)


def test_a_data_directory_that_is_a_file(tmp_path: Path, port: int) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    assert "is not a folder" in Run(tmp_path / "data", port).refusal()


def test_a_path_that_no_socket_address_holds(tmp_path: Path, port: int) -> None:
    with started(tmp_path / ("long, " * 20) / "data", port) as run:
        run.wait_for("Stop with Ctrl-C")
