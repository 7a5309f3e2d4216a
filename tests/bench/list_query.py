"""The mediation list query through GraphQL, beside a hand-written SQL route: same rows, same session, same policies."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.bench.load import Result, fetch, load, request_bytes
from tests.smoke.person import DOCUMENTS, Person
from tests.smoke.product import ROOT, Product, free_port
from tests.smoke.story import PHONES, statement

CONNECTIONS = 16
WARM_UP_S = 2.0
ROUND_S = 4.0
ROUNDS = 3
ROWS = 20
#: Depends on the instant of the answer.
MOVING = "usedFraction"

#: Production refuses the helps of the demonstration and wants a gateway; none is called here.
NO_HELPS = {"SHANZHI_DEMO": "0", "SHANZHI_SMS_GATEWAY_URL": "http://127.0.0.1:9"}


async def measure(product: Product) -> list[str]:
    """Lines to print."""
    cookie = await _prepare(product)
    body = json.dumps(
        {"documentId": DOCUMENTS["Disputes"], "operationName": "Disputes", "variables": {"first": ROWS}}
    ).encode()
    requests = {
        "GraphQL": request_bytes("POST", "/graphql", cookie, body),
        "hand-written SQL": request_bytes("GET", "/disputes", cookie),
    }
    factories = {"GraphQL": "backend.web:create_app", "hand-written SQL": "tests.bench.handwritten:create_app"}
    with ExitStack() as stack:
        ports = {name: stack.enter_context(serving(product, factory)) for name, factory in factories.items()}
        answers = {name: _comparable(await first_answer(ports[name], requests[name])) for name in requests}
        if answers["GraphQL"] != answers["hand-written SQL"]:
            raise RuntimeError(f"the two do not answer the same: {answers}")
        results = {name: Result() for name in requests}
        for name, request in requests.items():
            await load(ports[name], request, connections=CONNECTIONS, seconds=WARM_UP_S)
        for _ in range(ROUNDS):
            for name, request in requests.items():
                results[name].add(await load(ports[name], request, connections=CONNECTIONS, seconds=ROUND_S))
    lines = [
        f"{name:<18} {result.per_second:7.0f} requests/s   p50 {result.percentile_ms(50):6.1f} ms   "
        f"p95 {result.percentile_ms(95):6.1f} ms"
        for name, result in results.items()
    ]
    ratio = results["hand-written SQL"].per_second / results["GraphQL"].per_second
    scalars = _scalars(answers["GraphQL"])
    return [*lines, f"hand-written SQL is {ratio:.1f} times as fast; {ROWS} disputes, {scalars} values, one process each"]


async def _prepare(product: Product) -> str:
    """Twenty open disputes on top of the list; the county centre's session cookie."""
    citizen, centre = Person(product.address), Person(product.address)
    await citizen.sign_in(PHONES["citizen"])
    await centre.sign_in(PHONES["county centre"])
    for _ in range(ROWS):
        await citizen.command("ReportDispute", **statement(None))
    cookie = "; ".join(f"{each.name}={each.value}" for each in centre.http.cookies.jar)
    await citizen.http.aclose()
    await centre.http.aclose()
    return cookie


@contextmanager
def serving(product: Product, factory: str) -> Iterator[int]:
    """A uvicorn process as `shanzhi web` starts it, set up as in production; its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port), "--no-access-log"]
    environment = {**product.environment(), "SHANZHI_ENVIRONMENT": "production", **NO_HELPS}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def first_answer(port: int, request: bytes) -> bytes:
    """Raises the last ConnectionError when the server does not come up."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return await fetch(port, request)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)


def _comparable(body: bytes) -> Any:
    """The answer without what moves with time; a number of microseconds may be written with fewer digits."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items() if key != MOVING}
        if isinstance(value, list):
            return [plain(each) for each in value]
        if isinstance(value, str) and value.endswith("+00:00"):
            return value.removesuffix("+00:00").rstrip("0")
        return value

    return plain(json.loads(body))


def _scalars(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_scalars, value.values()))
    if isinstance(value, list):
        return sum(map(_scalars, value))
    return 1
