"""`make bench`: one run prints requests a second, start-up time, faces and their search, check-ins and colours,
the cockpit, and the phone app's first route."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench import cockpit, enrolment, faces, galleries, list_query, page, rehab
from tests.smoke.product import ProductError, running


def main() -> int:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="shanzhi-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        data = folder / "data"
        try:
            with running(data) as first:
                pass
            product = stack.enter_context(running(data))
        except ProductError as problem:
            print(f"Cannot measure: {problem}", file=sys.stderr)
            return 1
        print(f"{os.cpu_count()} CPU cores, load before the start {os.getloadavg()[0]:.1f}")
        print(f"\nStart until ready  {first.start_seconds:5.1f} s with database and demonstration city to make")
        print(f"{'':<18} {product.start_seconds:5.1f} s the second time", flush=True)
        print(f"\nMediation list query, {list_query.CONNECTIONS} connections", flush=True)
        print(*asyncio.run(list_query.measure(product)), sep="\n", flush=True)
        print("\nFaces, one worker thread", flush=True)
        print(*faces.measure(), sep="\n", flush=True)
        print("\nSearch of a gallery of faces, one connection", flush=True)
        for line in galleries.measure(product):
            print(line, flush=True)
        print("\nEnrolment of an import's pictures", flush=True)
        for line in enrolment.measure(product):
            print(line, flush=True)
        print("\nSupervision: check-ins, and colours computed anew", flush=True)
        for line in rehab.measure(product):
            print(line, flush=True)
        print("\nCockpit", flush=True)
        for line in cockpit.measure(product):
            print(line, flush=True)
        print("\nPhone app, first visit", flush=True)
        print(*asyncio.run(page.measure(product)), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    # Clears up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
