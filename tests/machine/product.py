"""The product with small stand-ins for web and worker, started as `shanzhi run` starts it.

    python tests/machine/product.py run DATA_DIR PORT
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Answer(BaseHTTPRequestHandler):
    """Answers /readyz; any other path with the environment a child got."""

    def do_GET(self) -> None:
        body = b"ok" if self.path == "/readyz" else json.dumps(dict(os.environ)).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        print("DEV-CODE +00 123456", flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """No access log."""


def main() -> int:
    role, *arguments = sys.argv[1:]
    if role == "web":
        ThreadingHTTPServer(("127.0.0.1", int(os.environ["SHANZHI_PORT"])), Answer).serve_forever()
    if role == "worker":
        while True:
            signal.pause()
    if role == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)
    if role == "seed":
        accounts = [{"role": "mediator", "name": "Test", "phone": "00000000000"}]
        Path(arguments[1]).write_text(json.dumps(accounts), encoding="utf-8")
    if role == "fail":
        sys.exit("Error: column missing")
    if role == "run":
        return run(Path(arguments[0]), int(arguments[1]), *arguments[2:])
    return 0


def run(data_dir: Path, port: int, migrate: str = "migrate") -> int:
    from backend.run.directory import DataDirectory
    from backend.run.supervisor import Commands, Supervisor, run_for_person

    def me(role: str) -> tuple[str, ...]:
        return (sys.executable, __file__, role)

    commands = Commands(web=me("web"), worker=me("worker"), migrate=me(migrate), seed=me("seed"))
    return run_for_person(Supervisor(DataDirectory(data_dir), port, commands))


if __name__ == "__main__":
    sys.exit(main())
