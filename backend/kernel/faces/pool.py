"""The threads that look at faces: never the event loop, never more at once than a setting says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from backend.kernel.errors import Refusal
from backend.settings import settings

Result = TypeVar("Result")


class FacePool:
    """`size` threads, and at most `waiting` callers who wait for one."""

    def __init__(self, size: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="faces")
        self._most = size + waiting
        self._taken = 0

    async def run(self, work: Callable[[], Result], *, patient: bool = False) -> Result:
        """What `work` returns or raises.

        A cancelled caller gets out at once; a call that has begun is finished by its thread and keeps its place until
        then, so that cancelling and asking again does not pile up work.

        Args:
            patient: wait however long it takes: for jobs, whose number the worker limits.

        Raises:
            Refusal: `FACES_BUSY`.
        """
        if not patient and self._taken >= self._most:
            raise Refusal("FACES_BUSY")
        self._taken += 1
        done = asyncio.get_running_loop().run_in_executor(self._threads, work)
        done.add_done_callback(self._free)
        return await asyncio.shield(done)

    def _free(self, done: asyncio.Future[Result]) -> None:
        self._taken -= 1
        # Nobody may be left to fetch the error of a call whose caller was cancelled.
        if not done.cancelled():
            done.exception()

    def close(self) -> None:
        """Calls that have begun are finished; the others are dropped."""
        self._threads.shutdown(wait=True, cancel_futures=True)


@lru_cache(maxsize=1)
def pool() -> FacePool:
    """The pool of this process."""
    return FacePool(settings().face_pool_size, settings().face_pool_waiting)
