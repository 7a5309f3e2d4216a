"""Child processes that end with their owner: starting, stopping, and taking over what a killed owner left."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from backend.kernel.service_user import ServiceUser

PR_SET_PDEATHSIG = 1
LARGEST_LOG_BYTES = 10 * 1024 * 1024
# Two clocks (boot time and ticks) make up a process's start time; they may drift apart by this much.
START_TIME_TOLERANCE_S = 2.0

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopped(Exception):
    """Somebody asked us to stop."""


class StartError(Exception):
    """Something the person at the terminal can put right: one line of cause, one of what to do."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy


@dataclass(frozen=True)
class Child:
    """A running child; `patience` is how many seconds it may take to stop before it is killed."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: int
    patience: float

    def stop(self) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def last_words(self) -> str:
        """The line of the log that most probably names the cause."""
        lines = _tail(self.log)
        telling = [line for line in lines if any(word in line for word in ("FATAL", "Error", "ERROR", "error"))]
        return (telling or lines or ["it wrote nothing"])[-1].strip()


def die_with_parent(stop_signal: int) -> None:
    """Have the kernel send this process `stop_signal` when its parent dies (Linux; elsewhere nothing)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, stop_signal)


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    user: ServiceUser | None = None,
    stop_signal: int = signal.SIGTERM,
    patience: float = 8.0,
    cwd: Path | None = None,
) -> Child:
    """Start a child in a session of its own, so that Ctrl-C reaches only the owner, who stops it in order."""
    rotate(log)
    identity = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    with log.open("ab") as output:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            # Runs after the change of user, which would clear the parent-death signal.
            preexec_fn=lambda: die_with_parent(stop_signal),  # noqa: PLW1509  # this process has no threads
            **identity,
        )
    return Child(name, process, log, stop_signal, patience)


_stop_asked = False


def stop_on_signals(*numbers: int) -> None:
    """Have `pause` raise Stopped after one of these signals.

    The handler itself raises nothing: an exception between any two steps of `Popen` can leave its lock taken, and the
    orderly stop would then wait for ever for a child that has long ended.
    """
    for number in numbers:
        signal.signal(number, _ask_to_stop)


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    global _stop_asked
    _stop_asked = True


def pause(seconds: float) -> None:
    """Sleep. Raises Stopped when somebody asked to stop."""
    time.sleep(seconds)
    if _stop_asked:
        raise Stopped


def wait_until(ready: Callable[[], bool], child: Child, *, seconds: float, remedy: str) -> None:
    """Poll `ready`; StartError when the child ends or the time is over; Stopped as `pause`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.process.poll() is not None:
            raise StartError(f"{child.name} did not start: {child.last_words()}", remedy)
        if time.monotonic() > deadline:
            child.stop()
            raise StartError(f"{child.name} gave no answer within {seconds:.0f} s.", f"See {child.log}.")
        pause(0.02)


class Ledger:
    """The file that names the children, so that the next owner can end what a killed one left running.

    A process counts as ours only when its id, start time and command line are all as recorded: an id that the
    system has given to a stranger since is left alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: list[dict[str, object]] = []

    def record(self, child: Child) -> None:
        try:
            process = psutil.Process(child.process.pid)
            entry = {"pid": process.pid, "started": process.create_time(), "command": process.cmdline()}
        except psutil.Error:
            return
        self._entries.append({**entry, "name": child.name, "signal": int(child.stop_signal)})
        self._write()

    def take_over(self) -> list[str]:
        """End the recorded children that still run; their names, in the order they were ended."""
        ended = []
        for entry in reversed(self._read()):
            process = _same_process(entry)
            if process is not None:
                end_process(process, int(str(entry["signal"])))
                ended.append(str(entry["name"]))
        self.clear()
        return ended

    def clear(self) -> None:
        self._entries.clear()
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(self._entries), encoding="utf-8")
        partial.replace(self._path)

    def _read(self) -> list[dict[str, object]]:
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return []
        return [entry for entry in entries if {"pid", "started", "command", "name", "signal"} <= entry.keys()]


def end_process(process: psutil.Process, stop_signal: int, patience: float = 8.0) -> None:
    """Ask a process that is not our child to stop, then kill it. One that nobody has reaped counts as ended."""
    for number in (stop_signal, signal.SIGKILL):
        deadline = time.monotonic() + patience
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
            while process.status() != psutil.STATUS_ZOMBIE:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.02)
            else:
                return
            continue
        return


def rotate(log: Path) -> None:
    """Keep one older log beside a large one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


@contextlib.contextmanager
def stopping_on_failure(child: Child) -> Iterator[None]:
    """Leave no half-started child behind when the block fails."""
    try:
        yield
    except BaseException:
        child.stop()
        raise


def _same_process(entry: Mapping[str, object]) -> psutil.Process | None:
    try:
        process = psutil.Process(int(str(entry["pid"])))
        same_start = abs(process.create_time() - float(str(entry["started"]))) < START_TIME_TOLERANCE_S
        running = process.status() != psutil.STATUS_ZOMBIE
        return process if running and same_start and process.cmdline() == entry["command"] else None
    except psutil.Error:
        return None


def _tail(log: Path, size: int = 4000) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            return [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    except OSError:
        return []
