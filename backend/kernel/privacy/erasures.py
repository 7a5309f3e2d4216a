"""What was erased stays erased, also after a backup of the day before is put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from backend.kernel.db.migrate import as_owner
from backend.kernel.files.storage import ERASED, file_key, storage, thumbnail_key, tombstone_key

#: Rows of these go with the file their `file_id` names.
WITH_FILE: Final = ("gallery_face",)


async def remember(file_id: UUID) -> None:
    """Leave a tombstone beside the files; repeatable. It is there before the file is gone."""
    await storage().put(tombstone_key(file_id), b"")


def remembered() -> set[UUID]:
    """Every file that was ever erased here. Blocking, for commands."""
    return {UUID(name) for name in storage().names_below_now(ERASED)}


async def erase_again(admin_dsn: str, ids: Iterable[UUID], tables: Sequence[str] = ()) -> int:
    """After a restore: files that were erased meanwhile, here or by the word of `ids`, are erased again.

    Runs before anybody is let in. Returns how many were there once more.
    """
    wanted = sorted(set(ids) | remembered())
    for file_id in wanted:
        storage().put_now(tombstone_key(file_id), b"")
        for key in (thumbnail_key(file_id), file_key(file_id)):
            storage().delete_now(key)
    async with as_owner(admin_dsn) as owner, owner.transaction():
        gone = await owner.fetchval("select count(*) from stored_file where id = any ($1)", wanted)
        for table, column in (("stored_file", "id"), ("upload", "id"), *((name, "file_id") for name in (*WITH_FILE, *tables))):
            # No policy lets anybody delete these; the owner may where his own tables are not forced upon him.
            await owner.execute(f"alter table {table} no force row level security")
            await owner.execute(f"delete from {table} where {column} = any ($1)", wanted)
            await owner.execute(f"alter table {table} force row level security")
        await owner.execute("alter table retention no force row level security")
        await owner.execute(
            "update retention set erased_at = now() where file_id = any ($1) and erased_at is null", wanted
        )
        await owner.execute("alter table retention force row level security")
    return int(gone)
