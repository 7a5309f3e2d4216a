"""The servers of a test run: shared, one database each, gone with their last user."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import redis

from tests.servers import ROOT, start_servers, take_database

USER = """
import sys, time
from pathlib import Path
from tests.servers import start_servers
with start_servers(Path(sys.argv[1])) as servers:
    print(servers.directory, flush=True)
    time.sleep(60)
"""


async def one_table(admin_dsn: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute("create table marker (id int)")
    await connection.close()


async def tables(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("select count(*) from pg_tables where tablename = 'marker'"))
    finally:
        await connection.close()


def cleared(base_dir: Path, within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not (base_dir / "postgres").exists() and not (base_dir / "servers.json").exists():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def another_user(base_dir: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", USER, str(base_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        try:
            yield other
        finally:
            other.kill()


def test_users_share_servers_and_the_last_one_ends_them(tmp_path: Path) -> None:
    with another_user(tmp_path) as other:
        with start_servers(tmp_path) as servers:
            one = asyncio.run(take_database(servers, "one", one_table, valkey_database=1))
            two = asyncio.run(take_database(servers, "two", one_table, valkey_database=2))
            assert asyncio.run(tables(one.admin_dsn)) == 1
            assert asyncio.run(tables(two.login_dsn)) == 1
            with redis.Redis.from_url(one.valkey_url) as first, redis.Redis.from_url(two.valkey_url) as second:
                first.set("key", "value")
                assert second.get("key") is None
            assert other.stdout is not None
            assert other.stdout.readline().strip() == str(tmp_path)
        assert (tmp_path / "servers.json").exists()
    assert cleared(tmp_path)


def test_a_new_user_after_the_last_one_gets_new_servers(tmp_path: Path) -> None:
    for _ in range(2):
        with start_servers(tmp_path) as servers:
            assert asyncio.run(tables(servers.admin_dsn)) == 0
    assert cleared(tmp_path)
