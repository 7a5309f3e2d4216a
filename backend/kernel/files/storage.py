"""Where files lie: a local directory or an object store, behind one asynchronous class.

Keys are made here, from ids and digests only; nothing a user typed ever becomes part of a path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from functools import lru_cache
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, Final, NewType
from urllib.parse import unquote, urlsplit
from uuid import UUID

from obstore import open_reader, open_writer
from obstore.store import LocalStore, ObjectStore, from_url

from backend.settings import settings

if TYPE_CHECKING:
    from obstore import ReadableFile

READ_CHUNK: Final = 1024 * 1024

Key = NewType("Key", str)


def file_key(file_id: UUID) -> Key:
    return Key(f"files/{_folder(file_id)}")


def thumbnail_key(file_id: UUID) -> Key:
    return Key(f"thumbnails/{_folder(file_id)}")


def chunk_key(file_id: UUID, offset: int) -> Key:
    """Part of an upload that is not complete yet."""
    return Key(f"chunks/{_folder(file_id)}/{offset:012}")


def chunks_key(file_id: UUID) -> Key:
    """The folder of all chunks of an upload, for `delete_below`."""
    return Key(f"chunks/{_folder(file_id)}")


#: The folder of all renderings, for `delete_made_before`.
RENDERINGS: Final = Key("renderings")


def rendering_key(digest: bytes) -> Key:
    """A file made from data we have, found again by the digest of everything it was made from."""
    name = digest.hex()
    return Key(f"{RENDERINGS}/{name[-2:]}/{name}")


#: The folder of all tombstones.
ERASED: Final = Key("erased")


def tombstone_key(file_id: UUID) -> Key:
    """An empty object that outlives the file: it was erased, and no copy of yesterday may bring it back."""
    return Key(f"{ERASED}/{_folder(file_id)}")


def _folder(file_id: UUID) -> str:
    # UUIDv7 的开头是时间,末尾才是随机的,用末尾分目录
    name = UUID(bytes=file_id.bytes).hex
    return f"{name[-2:]}/{name}"


class _Object(RawIOBase):
    """A stored object as Python's own libraries want their files."""

    def __init__(self, reader: ReadableFile) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()

    def readinto(self, buffer: Any) -> int:
        data = bytes(self._reader.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)


class ObjectMissing(Exception):
    """Nothing is stored under this key."""


class Storage:
    """All methods raise ObjectMissing for an unknown key, except the two that delete: they may be repeated."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def from_url(cls, url: str, **options: str) -> Storage:
        """`file:///directory` (created when absent), `memory:///` or `s3://bucket/prefix`.

        `options` are the object store's own, such as `endpoint`, `region`, `access_key_id`.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            return cls(LocalStore(unquote(parts.path), mkdir=True, automatic_cleanup=True))
        return cls(from_url(url, **options))  # type: ignore[call-overload]  # option names depend on the store

    async def put(self, key: Key, data: bytes) -> None:
        """Whole or not at all: a reader never sees half a file."""
        await self._store.put_async(key, data)

    async def get(self, key: Key) -> bytes:
        try:
            result = await self._store.get_async(key)
        except FileNotFoundError:
            raise ObjectMissing(key) from None
        return bytes(await result.bytes_async())

    def get_in_thread(self, key: Key) -> bytes:
        """As `get`, for code that runs in a thread of its own."""
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError:
            raise ObjectMissing(key) from None

    def put_parts_in_thread(self, key: Key, parts: Iterable[bytes]) -> None:
        """As `put`, piece by piece, for what is too large for memory. An error in between leaves what was there."""
        writer = open_writer(self._store, key)
        for part in parts:
            writer.write(part)
        writer.close()

    def open_in_thread(self, key: Key) -> BufferedReader:
        """A file that can be read anywhere in it, for code that runs in a thread of its own."""
        try:
            return BufferedReader(_Object(open_reader(self._store, key, buffer_size=READ_CHUNK)), READ_CHUNK)
        except FileNotFoundError:
            raise ObjectMissing(key) from None

    async def stream(self, key: Key, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Chunks of the bytes `[start, end)`."""
        limit = await self.size(key) if end is None else end
        if start >= limit:
            return
        options = {"range": (start, limit)}
        try:
            result = await self._store.get_async(key, options=options)  # type: ignore[arg-type]
        except FileNotFoundError:
            raise ObjectMissing(key) from None
        async for chunk in result.stream(min_chunk_size=READ_CHUNK):
            yield bytes(chunk)

    async def size(self, key: Key) -> int:
        try:
            meta = await self._store.head_async(key)
        except FileNotFoundError:
            raise ObjectMissing(key) from None
        return meta["size"]

    async def delete(self, key: Key) -> None:
        try:
            await self._store.delete_async(key)
        except FileNotFoundError:
            return

    async def delete_below(self, folder: Key) -> None:
        async for batch in self._store.list(folder):
            for item in batch:
                await self.delete(Key(item["path"]))

    # For commands that end right afterwards: the store's own threads must not come back into an interpreter that is gone.

    def names_below_now(self, folder: Key) -> list[str]:
        """Last parts of the keys of everything in the folder. Blocking."""
        return [item["path"].rsplit("/", 1)[-1] for batch in self._store.list(folder) for item in batch]

    def put_now(self, key: Key, data: bytes) -> None:
        """As `put`. Blocking."""
        self._store.put(key, data)

    def delete_now(self, key: Key) -> None:
        """As `delete`. Blocking."""
        try:
            self._store.delete(key)
        except FileNotFoundError:
            return

    async def delete_made_before(self, folder: Key, instant: datetime) -> None:
        async for batch in self._store.list(folder):
            for item in batch:
                if item["last_modified"] < instant:
                    await self.delete(Key(item["path"]))


@lru_cache(maxsize=1)
def _opened(url: str) -> Storage:
    return Storage.from_url(url)


def storage() -> Storage:
    """This process's storage, as SHANZHI_STORAGE_URL or STORAGE_URL names it."""
    return _opened(settings().storage_url)
