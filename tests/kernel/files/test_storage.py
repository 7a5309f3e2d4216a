"""Storage in a local directory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend.kernel.files.storage import (
    RENDERINGS,
    Key,
    ObjectMissing,
    Storage,
    chunk_key,
    chunks_key,
    file_key,
    rendering_key,
    thumbnail_key,
)

ID = UUID("01a205b8-1676-7375-8ee4-3263b704c7f6")


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return Storage.from_url(f"file://{tmp_path}/files%20of%20tests")


async def whole(store: Storage, key: Key, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([part async for part in store.stream(key, start=start, end=end)])


async def test_what_was_put_comes_back_whole_and_in_ranges(store: Storage) -> None:
    data = bytes(range(256)) * 10_000
    await store.put(file_key(ID), data)
    assert await store.get(file_key(ID)) == data
    assert await store.size(file_key(ID)) == len(data)
    assert await whole(store, file_key(ID)) == data
    assert await whole(store, file_key(ID), 100, 700) == data[100:700]
    assert await whole(store, file_key(ID), 700, 700) == b""


async def test_what_is_not_there_is_missing(store: Storage) -> None:
    for read in (store.get, store.size):
        with pytest.raises(ObjectMissing):
            await read(file_key(ID))
    with pytest.raises(ObjectMissing):
        await whole(store, file_key(ID), 0, 10)


async def test_deleting_may_be_repeated_and_leaves_no_empty_folders(store: Storage, tmp_path: Path) -> None:
    other = uuid4()
    for offset in (0, 512, 1024):
        await store.put(chunk_key(ID, offset), b"chunk")
    await store.put(chunk_key(other, 0), b"other")
    for _ in range(2):
        await store.delete_below(chunks_key(ID))
        await store.delete(file_key(ID))
    assert await store.get(chunk_key(other, 0)) == b"other"
    assert not list(tmp_path.rglob(ID.hex))


async def test_old_objects_of_a_folder_are_let_go(store: Storage) -> None:
    await store.put(rendering_key(b"old"), b"old")
    now = datetime.now(UTC)
    await store.delete_made_before(RENDERINGS, now - timedelta(minutes=1))
    assert await store.get(rendering_key(b"old")) == b"old"
    await store.put(file_key(ID), b"not a rendering")
    await store.delete_made_before(RENDERINGS, now + timedelta(minutes=1))
    assert await store.get(file_key(ID))
    with pytest.raises(ObjectMissing):
        store.get_in_thread(rendering_key(b"old"))


def test_a_file_its_thumbnail_and_its_chunks_never_share_a_key() -> None:
    keys = {file_key(ID), thumbnail_key(ID), chunk_key(ID, 0), chunk_key(ID, 1), rendering_key(ID.bytes)}
    assert len(keys) == 5
    for key in keys:
        assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789/")


def test_chunks_sort_by_offset() -> None:
    assert sorted([chunk_key(ID, 1_048_576), chunk_key(ID, 524_288), chunk_key(ID, 0)]) == [
        chunk_key(ID, 0),
        chunk_key(ID, 524_288),
        chunk_key(ID, 1_048_576),
    ]
