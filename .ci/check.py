"""`make test`: linters and types of both halves side by side, then every test. A line and a time for each phase.

With --chromium it only finds or installs the browser and prints its path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PWA = ROOT / "pwa"
SYSTEM_CHROMIUM = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class NoChromiumError(Exception):
    """The text says what to do."""


@dataclass(frozen=True)
class Phase:
    name: str
    command: Sequence[str | Path]
    folder: Path = ROOT


PYTHON_PHASES = (
    Phase("ruff", [BIN / "ruff", "check", "backend", "tests", ".ci"]),
    Phase("mypy", [BIN / "mypy"]),
    Phase("import-linter", [BIN / "lint-imports"]),
    Phase("schema", [BIN / "shanzhi", "schema", "--check"]),
)
PWA_PHASES = (
    Phase("eslint", ["npm", "run", "lint"], PWA),
    Phase("vue-tsc", ["npm", "run", "typecheck"], PWA),
    Phase("generated code", ["npm", "run", "codegen:check"], PWA),
    Phase("vitest", ["npm", "run", "test"], PWA),
)
PYTEST = Phase("pytest", [BIN / "python", "-m", "pytest", "-n", "2", "--dist", "loadfile", "-q", "tests"])


def main() -> None:
    started = time.monotonic()
    try:
        chromium = find_chromium()
    except NoChromiumError as error:
        sys.exit(f"Cannot test: {error}")
    if "--chromium" in sys.argv:
        print(chromium)
        return
    path = (BIN.parent / "node-path").read_text(encoding="utf-8")
    environment = {**os.environ, "PATH": path, "CHROMIUM": chromium, "CI": "true"}
    print(f"Chromium: {chromium}", flush=True)
    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(lambda phases: run_quietly(phases, environment), (PYTHON_PHASES, PWA_PHASES)))
    failed = [name for half in halves for name in half]
    print("pytest ...", flush=True)
    # Last and in the open, so that its closing line ends the output.
    command, no_input = PYTEST.command, subprocess.DEVNULL
    if subprocess.run(command, cwd=ROOT, env=environment, stdin=no_input, check=False).returncode != 0:
        failed.append(PYTEST.name)
    verdict = f"failed: {', '.join(failed)}" if failed else "everything passed"
    print(f"{verdict}, {time.monotonic() - started:.0f} s", flush=True)
    sys.exit(1 if failed else 0)


def run_quietly(phases: Sequence[Phase], environment: Mapping[str, str]) -> list[str]:
    """The names of those that failed, each with its output shown."""
    failed = []
    for phase in phases:
        started = time.monotonic()
        result = subprocess.run(
            phase.command,
            cwd=phase.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        word = "ok" if result.returncode == 0 else "FAILED"
        output = "" if result.returncode == 0 else f"\n{result.stdout}"
        print(f"{phase.name}: {word}, {time.monotonic() - started:.1f} s{output}", flush=True)
        if result.returncode != 0:
            failed.append(phase.name)
    return failed


def find_chromium() -> str:
    """A given one, a system one, Debian's package, Playwright's own: the first that starts.

    Raises:
        NoChromiumError: none of these.
    """
    given = os.environ.get("CHROMIUM")
    if given:
        if starts(given):
            return given
        raise NoChromiumError(f"CHROMIUM={given} does not start.\nName a Chromium that does, or unset it.")
    return system_chromium() or debian_chromium() or playwright_chromium()


def system_chromium() -> str | None:
    found = (shutil.which(name) for name in SYSTEM_CHROMIUM)
    return next((path for path in found if path and starts(path)), None)


def debian_chromium() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    print("Chromium: installing Debian's package ...", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False)
    return system_chromium()


def playwright_chromium() -> str:
    program = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    shown = subprocess.run([BIN / "python", "-c", program], capture_output=True, text=True, check=True)
    path = shown.stdout.strip()
    if not starts(path):
        print("Chromium: installing Playwright's ...", file=sys.stderr, flush=True)
        command = [str(BIN / "playwright"), "install", "chromium"]
        subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if not starts(path):
        remedy = "Install one (Debian: apt install chromium), or name it: CHROMIUM=/path/to/chromium make test"
        raise NoChromiumError(f"the browser tests need Chromium and there is none.\n{remedy}")
    return path


def starts(chromium: str) -> bool:
    """Ubuntu's `chromium-browser`, for one, is only a note that there is a snap."""
    try:
        result = subprocess.run([chromium, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


if __name__ == "__main__":
    main()
