"""`make smoke`: start everything in a temporary directory, drive the main job over HTTP, one line per step."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.smoke.product import Product, ProductError, running, shanzhi
from tests.smoke.story import STEPS, Story


def main() -> int:
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="shanzhi-smoke-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            product = stack.enter_context(running(folder / "data", SHANZHI_SEED_HISTORY="0"))
        except ProductError as problem:
            return _failed("start", str(problem))
        _line(product.start_seconds, "Start in an empty directory", product.address)
        code = asyncio.run(_tell(product)) or _verify(product)
    if code == 0:
        print(f"The main job works, {time.monotonic() - started:.1f} s in all.", flush=True)
    return code


async def _tell(product: Product) -> int:
    """The exit code."""
    story = Story(product.address)
    try:
        for step in STEPS:
            title = step.__doc__ or ""
            before = time.monotonic()
            try:
                outcome = await step(story)
            except Exception as problem:  # noqa: BLE001  # whatever it is, it is this step's failure
                return _failed(title, f"{type(problem).__name__}: {problem}", product.complaints)
            _line(time.monotonic() - before, title, outcome)
    finally:
        await story.close()
    return 0


def _verify(product: Product) -> int:
    before = time.monotonic()
    title = "`shanzhi audit verify` checks every county's chain"
    try:
        said = shanzhi(product, "audit", "verify").split("\n")
    except subprocess.CalledProcessError as problem:
        return _failed(title, f"{problem.stdout}{problem.stderr}".strip()[-500:])
    _line(time.monotonic() - before, title, said[0])
    return 0


def _line(seconds: float, title: str, outcome: str) -> None:
    print(f"{seconds * 1000:8.0f} ms  {title}: {outcome}", flush=True)


def _failed(title: str, reason: str, complaints: Callable[[], list[str]] = list) -> int:
    print(f"FAILED: {title}: {reason}", *complaints(), sep="\n", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    # Clears up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
