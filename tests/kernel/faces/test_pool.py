"""The bounded pool."""

from __future__ import annotations

import asyncio
import threading

import pytest

from backend.kernel.errors import Refusal
from backend.kernel.faces.pool import FacePool


async def until(condition: object, of: object = True) -> None:
    assert callable(condition)
    for _ in range(500):
        if condition() == of:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_at_most_so_many_at_once_and_so_many_waiting() -> None:
    pool, go = FacePool(2, 1), threading.Event()
    running: set[str] = set()

    def work() -> str:
        name = threading.current_thread().name
        running.add(name)
        go.wait(10)
        return name

    begun = [asyncio.ensure_future(pool.run(work)) for _ in range(3)]
    await until(lambda: len(running), 2)
    with pytest.raises(Refusal) as caught:
        await pool.run(work)
    assert caught.value.code == "FACES_BUSY"
    patient = asyncio.ensure_future(pool.run(work, patient=True))
    # The loop is free meanwhile.
    await asyncio.sleep(0.05)
    assert not any(each.done() for each in (*begun, patient))
    go.set()
    names = await asyncio.gather(*begun, patient)
    assert len(set(names)) == 2
    assert all(name.startswith("faces") and name != threading.main_thread().name for name in names)
    assert await pool.run(lambda: "free again") == "free again"
    pool.close()


async def test_errors_come_back_and_free_their_place() -> None:
    pool = FacePool(1, 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 // 0)
    pool.close()


async def test_a_cancelled_call_keeps_its_place_until_its_thread_is_free() -> None:
    pool, go, begun = FacePool(1, 0), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go.wait(10)
        raise ValueError("nobody is left to hear this")

    call = asyncio.ensure_future(pool.run(work))
    await until(begun.is_set)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    with pytest.raises(Refusal):
        await pool.run(lambda: None)
    go.set()

    async def free() -> bool:
        try:
            await pool.run(lambda: None)
        except Refusal:
            return False
        return True

    for _ in range(500):
        if await free():
            break
        await asyncio.sleep(0.01)
    else:
        raise AssertionError("the place stays taken")
    pool.close()
