"""Copy database and files of a running installation, and put a copy back."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from backend.kernel.db.connection import credentials
from backend.kernel.db.embedded import programs_folder
from backend.kernel.privacy import erasures
from backend.settings import settings

DUMP = "database.dump"
ERASED = "erased.txt"
FILES = "files"


class BackupError(Exception):
    """The text says what went wrong and what to do."""


def make_backup(folder: Path) -> None:
    """`database.dump` (pg_dump's custom format), the ids of erased files, and, for a local storage, `files/`.

    Secrets are not copied.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty.")
    folder.mkdir(parents=True, exist_ok=True)
    _run("pg_dump", ["--format=custom", f"--file={folder / DUMP}"])
    storage = _local_storage()
    if storage is not None and storage.exists():
        shutil.copytree(storage, folder / FILES, dirs_exist_ok=True)
    ids = sorted(map(str, erasures.remembered()))
    (folder / ERASED).write_text("".join(f"{each}\n" for each in ids), encoding="ascii")


def restore_backup(folder: Path, *, tables: Sequence[str] = ()) -> int:
    """Into an empty database; the roles are made by `shanzhi migrate` on any database of the same server first.

    What was erased after the backup was made is erased again: whatever the storage remembers, this backup, and the others that
    lie beside it. Returns how many files that concerned.

    Args:
        tables: rows of these go with the file their `file_id` names.
    """
    if not (folder / DUMP).exists():
        raise BackupError(f"{folder / DUMP} is missing.")
    _run("pg_restore", ["--exit-on-error", "--single-transaction", str(folder / DUMP)])
    storage = _local_storage()
    if storage is not None and (folder / FILES).exists():
        shutil.copytree(folder / FILES, storage, dirs_exist_ok=True)
    ids = {UUID(line) for listed in folder.parent.glob(f"*/{ERASED}") for line in listed.read_text("ascii").split()}
    return asyncio.run(erasures.erase_again(settings().database_admin_url, ids, tables))


def _local_storage() -> Path | None:
    parts = urlsplit(settings().storage_url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _run(program: str, arguments: Sequence[str]) -> None:
    admin = credentials(settings().database_admin_url)
    environment = {
        **os.environ, "PGHOST": admin["host"], "PGPORT": str(admin["port"]), "PGUSER": admin["user"],
        "PGDATABASE": admin["database"], "PGPASSWORD": admin["password"] or "",
    }  # fmt: skip
    command = [str(programs_folder() / program), *arguments]
    if program == "pg_restore":
        command.insert(1, f"--dbname={admin['database']}")
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BackupError((result.stderr.strip().splitlines() or [f"{program} failed"])[-1])
