"""Look into a complete upload: is it what it was announced as, is it acceptable, and what of it is kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from backend.kernel.files.hashing import Digests, digests_of
from backend.kernel.files.pictures import sanitise
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.sniff import PICTURES, content_type

Result = TypeVar("Result")

# 一张五千万像素的照片解码后约占 200 MB 内存,所以同时最多处理两张
_THREADS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="files")


@dataclass(frozen=True)
class Examined:
    """What will be stored. `position` is (latitude, longitude) as the camera wrote it."""

    data: bytes
    content_type: str
    digests: Digests
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None
    position: tuple[float, float] | None = None
    taken_at: datetime | None = None
    joined: int = 0

    @property
    def size(self) -> int:
        """Bytes stored; a bulk file is stored already, and `data` is empty."""
        return self.joined or len(self.data)


async def in_thread(work: Callable[[], Result]) -> Result:
    """Run what decodes or reads much: never more of it at once than memory allows."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)


async def examine(load: Callable[[], bytes], *, declared_type: str, declared_sha256: str) -> Examined:
    """As `examine_now`, in a thread; `load` is called there, so that waiting uploads take no memory."""

    def work() -> Examined:
        return examine_now(load(), declared_type, declared_sha256)

    return await in_thread(work)


def examine_now(data: bytes, declared_type: str, declared_sha256: str) -> Examined:
    """An empty `declared_type` means the sender did not know. Raises FileRefused, also DIGEST_MISMATCH."""
    if hashlib.sha256(data).hexdigest() != declared_sha256:
        raise FileRefused("DIGEST_MISMATCH", "sha256")
    declared = declared_type or None
    found = content_type(data, declared)
    if found not in PICTURES:
        return Examined(data, found, digests_of(data))
    picture = sanitise(data, declared=declared)
    return Examined(
        picture.data,
        picture.content_type,
        digests_of(picture.data),
        picture.thumbnail,
        picture.width,
        picture.height,
        picture.position,
        picture.taken_at,
    )
