"""What was erased does not come back with the backup of the day before."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.installed import INSTALLED
from backend.kernel.audit.verification import verify_all
from backend.kernel.db.connection import credentials
from backend.kernel.db.migrate import as_auditor
from backend.kernel.files.storage import ObjectMissing, file_key, storage, thumbnail_key
from backend.run.backup import make_backup, restore_backup
from backend.settings import settings
from tests.factories import faces
from tests.factories.city import City
from tests.factories.reunion import STATION, found, pictured, step

TABLES = [table for app in INSTALLED for table in app.erased_with_file]
ROWS = {"stored_file": "id", "gallery_face": "file_id", "reunion_picture": "file_id"}


async def rows_of(admin_dsn: str, file_id: Any) -> dict[str, int]:
    connection = await asyncpg.connect(**credentials(admin_dsn))
    try:
        return {
            table: await connection.fetchval(f"select count(*) from {table} where {column} = $1", file_id)
            for table, column in ROWS.items()
        }
    finally:
        await connection.close()


async def new_database(admin_dsn: str, name: str) -> str:
    connection = await asyncpg.connect(**credentials(admin_dsn))
    try:
        await connection.execute(f'drop database if exists "{name}" with (force)')
        await connection.execute(f'create database "{name}"')
    finally:
        await connection.close()
    before, after = admin_dsn.split("?", 1)
    return f"{before.rsplit('/', 1)[0]}/{name}?{after}"


@pytest.mark.parametrize("storage_is_lost", [False, True])
async def test_a_restored_backup_brings_no_erased_picture_back(
    fresh: None, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage_is_lost: bool
) -> None:
    case = await pictured(city, STATION, await found(city), faces.basketball_player(), face=0)
    kept = await pictured(city, STATION, await found(city), faces.basketball_player(), face=0)
    admin = settings().database_admin_url
    erased, stays = [await _file(admin, each) for each in (case, kept)]
    assert await rows_of(admin, erased) == dict.fromkeys(ROWS, 1)
    await asyncio.to_thread(make_backup, tmp_path / "backups" / "monday")
    await step(await city.sign_in(STATION), "withdrawReunionCase", case, text="本人要求停止")
    await city.work()
    await city.pass_time(days=31)
    await city.work()
    assert await rows_of(admin, erased) == dict.fromkeys(ROWS, 0)
    with pytest.raises(ObjectMissing):
        await storage().get(file_key(erased))
    await asyncio.to_thread(make_backup, tmp_path / "backups" / "tuesday")

    other = await new_database(admin, f"restored_{storage_is_lost}".lower())
    monkeypatch.setattr(settings(), "database_admin_url", other)
    if storage_is_lost:
        monkeypatch.setattr(settings(), "storage_url", (tmp_path / "elsewhere").as_uri())
    again = await asyncio.to_thread(restore_backup, tmp_path / "backups" / "monday", tables=TABLES)
    assert again == 1
    assert await rows_of(other, erased) == dict.fromkeys(ROWS, 0)
    assert await rows_of(other, stays) == dict.fromkeys(ROWS, 1)
    assert await storage().get(file_key(stays))
    for key in (file_key(erased), thumbnail_key(erased)):
        with pytest.raises(ObjectMissing):
            await storage().get(key)
    async with as_auditor(other) as auditor:
        assert not [problems async for _, _, problems in verify_all(auditor) if problems]


async def _file(admin_dsn: str, case: dict[str, Any]) -> Any:
    connection = await asyncpg.connect(**credentials(admin_dsn))
    try:
        return await connection.fetchval("select file_id from reunion_picture where case_id = $1", case["id"])
    finally:
        await connection.close()
