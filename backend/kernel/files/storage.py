"""Where files lie: a local directory or an object store, behind one asynchronous class.

Keys are made from UUIDs only; nothing a user typed ever becomes part of a path.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from obstore.store import LocalStore, ObjectStore, from_url

READ_CHUNK: Final = 1024 * 1024
# 缩略图与原件同号,放在另一层
THUMBNAILS: Final = "thumbnails"
FILES: Final = "files"


class ObjectMissing(Exception):
    """Nothing is stored under this id."""

    def __init__(self, file_id: UUID) -> None:
        self.file_id = file_id
        super().__init__(str(file_id))


class Storage:
    """All methods raise ObjectMissing for an unknown id, except `delete`, which is idempotent."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def from_url(cls, url: str, **options: str) -> Storage:
        """`file:///directory` (created when absent), `memory:///` or `s3://bucket/prefix`.

        `options` are the object store's own, such as `endpoint`, `region`, `access_key_id`.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            return cls(LocalStore(unquote(parts.path), mkdir=True))
        return cls(from_url(url, **options))  # type: ignore[call-overload]  # option names depend on the store

    async def put(
        self, file_id: UUID, data: bytes | AsyncIterable[bytes], *, thumbnail: bool = False
    ) -> None:
        """Whole or not at all: a reader never sees half a file."""
        source = data if isinstance(data, bytes) else aiter(data)
        await self._store.put_async(_key(file_id, thumbnail), source)

    async def get(self, file_id: UUID, *, thumbnail: bool = False) -> bytes:
        try:
            result = await self._store.get_async(_key(file_id, thumbnail))
        except FileNotFoundError:
            raise ObjectMissing(file_id) from None
        return bytes(await result.bytes_async())

    async def stream(
        self, file_id: UUID, *, thumbnail: bool = False, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Chunks of the bytes `[start, end)`."""
        limit = await self.size(file_id, thumbnail=thumbnail) if end is None else end
        if start >= limit:
            return
        options = {"range": (start, limit)}
        try:
            result = await self._store.get_async(_key(file_id, thumbnail), options=options)  # type: ignore[arg-type]
        except FileNotFoundError:
            raise ObjectMissing(file_id) from None
        async for chunk in result.stream(min_chunk_size=READ_CHUNK):
            yield bytes(chunk)

    async def size(self, file_id: UUID, *, thumbnail: bool = False) -> int:
        try:
            meta = await self._store.head_async(_key(file_id, thumbnail))
        except FileNotFoundError:
            raise ObjectMissing(file_id) from None
        return meta["size"]

    async def exists(self, file_id: UUID, *, thumbnail: bool = False) -> bool:
        try:
            await self._store.head_async(_key(file_id, thumbnail))
        except FileNotFoundError:
            return False
        return True

    async def delete(self, file_id: UUID) -> None:
        """The file and its thumbnail."""
        for thumbnail in (False, True):
            if await self.exists(file_id, thumbnail=thumbnail):
                await self._store.delete_async(_key(file_id, thumbnail))


def _key(file_id: UUID, thumbnail: bool) -> str:
    # UUIDv7 的开头是时间,末尾才是随机的,用末尾分目录
    name = UUID(bytes=file_id.bytes).hex
    return f"{THUMBNAILS if thumbnail else FILES}/{name[-2:]}/{name}"
