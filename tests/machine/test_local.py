"""Commands beside a running installation find its servers, and a copy of it can be put back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from backend.kernel.db.embedded import Cluster, start_postgres
from backend.kernel.service_user import service_user
from backend.run.credentials import ensure_secrets, read_secret
from backend.run.directory import DataDirectory

PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(("SHANZHI_", "DATABASE_"))}


def shanzhi(directory: DataDirectory, *arguments: str, **more: str) -> str:
    environment = {**PLAIN, "SHANZHI_DATA_DIR": str(directory.path), **more}
    command = [sys.executable, "-m", "backend.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_copy_of_an_installation_is_the_installation(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "data")
    ensure_secrets(directory.secrets)
    directory.files.mkdir()
    (directory.files / "picture").write_bytes(b"pixels")
    cluster = Cluster(
        directory.postgres, directory.sockets, directory.log("postgres"),
        read_secret(directory.secrets, "database_admin"), read_secret(directory.secrets, "database_login"),
    )  # fmt: skip
    server = start_postgres(cluster, service_user(), durable=False)
    try:
        admin = cluster.dsn("shanzhi_admin")
        shanzhi(directory, "migrate", DATABASE_ADMIN_URL=admin)
        small = tmp_path / "divisions.csv"
        small.write_text("code,name,level,parent\n90,测试省,PROVINCE,\n", encoding="utf-8")
        assert "1 added" in shanzhi(directory, "divisions", "import", str(small))
        shanzhi(directory, "backup", str(tmp_path / "copy"))
        other = admin.replace("/shanzhi?", "/other?")
        psql(cluster, "create database other")
        (directory.files / "picture").unlink()
        shanzhi(
            directory, "restore", str(tmp_path / "copy"), DATABASE_ADMIN_URL=other,
            STORAGE_URL=(tmp_path / "files2").as_uri(),
        )  # fmt: skip
        assert (tmp_path / "files2" / "picture").read_bytes() == b"pixels"
        again = shanzhi(directory, "divisions", "import", str(small), DATABASE_ADMIN_URL=other)
        assert "0 added" in again
        shanzhi(directory, "audit", "verify", DATABASE_ADMIN_URL=other)
    finally:
        server.stop()


def psql(cluster: Cluster, statement: str) -> None:
    import asyncio

    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(cluster.dsn("shanzhi_admin", "postgres"))
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())
