"""A load generator: one prepared HTTP/1.1 request, sent again and again over a fixed number of connections."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

HEADER_END = b"\r\n\r\n"


@dataclass
class Result:
    """Latencies in seconds of the requests that were answered with 200 within `seconds`."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.seconds += other.seconds
        self.latencies += other.latencies

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


async def load(port: int, request: bytes, *, connections: int, seconds: float) -> Result:
    """Raises ConnectionError for any answer but 200: a server that refuses is not a fast one."""
    result = Result()
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(_one_connection(port, request, until, result) for _ in range(connections)))
    result.seconds = time.perf_counter() - started
    return result


async def fetch(port: int, request: bytes) -> bytes:
    """The body of one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await _exchange(reader, writer, request)
    finally:
        writer.close()


async def _one_connection(port: int, request: bytes, until: float, result: Result) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (before := time.perf_counter()) < until:
            await _exchange(reader, writer, request)
            result.latencies.append(time.perf_counter() - before)
    finally:
        writer.close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    head = await reader.readuntil(HEADER_END)
    lowered = head.lower()
    length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(f"{head.splitlines()[0].decode()}: {body[:300].decode(errors='replace')}")
    return body


def request_bytes(method: str, path: str, cookie: str, body: bytes = b"") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1", "Host: localhost", f"Cookie: {cookie}", "X-Shanzhi-Client: bench",
        "Content-Type: application/json", f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body
