"""Figures of the programme against a small history whose results are known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from backend.apps.cockpit.figures import FORMULAS
from backend.kernel.metrics.formulas import Result, report
from tests.factories.histories import FIRST, LAST, PATH, START, History, empty_past


@pytest.fixture
async def history(product: Any) -> AsyncIterator[History]:
    async with empty_past("cockpit") as made:
        yield made


async def results() -> dict[str, Result]:
    return (await report(FORMULAS, PATH, FIRST, LAST)).own


def on(days: int) -> str:
    return str((START + timedelta(days=days)).date())


async def test_a_milestone_counts_when_its_day_has_come(history: History) -> None:
    for planned, done in ((10, 9), (10, 12), (10, None), (40, 5)):
        scene = history.matter()
        await history.tell(scene, "milestone:planned", 1, milestone="a", planned=on(planned))
        if done is not None:
            await history.tell(scene, "milestone:done", done, milestone="a", in_time=done <= planned)
    other = history.matter()
    await history.tell(other, "milestone:planned", 1, milestone="a", planned=on(10))
    await history.tell(other, "milestone:done", 5, milestone="b", in_time=True)
    found = (await results())["milestone_on_time"]
    assert (found.counted, found.rows) == (1, 4)


async def test_a_day_belongs_to_the_period_it_lies_in(history: History) -> None:
    for due in (-1, 0, 30, 31):
        task = history.matter()
        await history.tell(task, "action:assigned", -5, due=on(due))
        await history.tell(task, "action:done", -3, in_time=True)
    found = (await results())["action_done"]
    assert (found.counted, found.rows) == (2, 2)


async def test_a_postponed_task_counts_on_its_last_day(history: History) -> None:
    for done in (15, 25):
        task = history.matter()
        await history.tell(task, "action:assigned", -20, due=on(-3))
        await history.tell(task, "action:postponed", -4, due=on(10))
        await history.tell(task, "action:postponed", 9, due=on(20))
        await history.tell(task, "action:done", done, in_time=done <= 20)
    found = (await results())["action_done"]
    assert (found.counted, found.rows) == (1, 2)


async def test_a_task_that_was_sent_back_is_not_done_until_it_is_done_again(history: History) -> None:
    for again in (None, True, False):
        task = history.matter()
        await history.tell(task, "action:assigned", 1, due=on(10))
        await history.tell(task, "action:done", 9, in_time=True)
        await history.tell(task, "action:sent_back", 9)
        if again is not None:
            await history.tell(task, "action:done", 12, in_time=again)
    found = (await results())["action_done"]
    assert (found.counted, found.rows) == (1, 3)


async def test_problems_are_answered_in_days_and_reported_twice(history: History) -> None:
    for days, twice in ((2, True), (4, False)):
        problem = history.matter()
        await history.tell(problem, "problem:reported", 1)
        if twice:
            await history.tell(problem, "problem:reported_twice", 1)
        await history.tell(problem, "problem:answered", 1 + days, reported=(START + timedelta(days=1)).isoformat())
    found = await results()
    assert found["problem_days"].value == pytest.approx(3)
    assert (found["double_report_rate"].counted, found["double_report_rate"].rows) == (1, 2)


async def test_a_cancelled_meeting_was_not_planned_and_a_late_one_not_held(history: History) -> None:
    for end, in_month in (("held", True), ("held", False), ("cancelled", None), (None, None)):
        meeting = history.matter()
        await history.tell(meeting, "meeting:called", 1, planned=on(9))
        if end:
            await history.tell(meeting, f"meeting:{end}", 9, in_month=in_month)
    found = (await results())["meeting_held"]
    assert (found.counted, found.rows) == (1, 3)


async def test_the_newest_order_of_a_hazard_counts(history: History) -> None:
    hazard = history.matter()
    await history.tell(hazard, "hazard:ordered", 1, due=on(5))
    await history.tell(hazard, "hazard:ordered", 3, due=on(12))
    await history.tell(hazard, "hazard:closed", 13, in_time=True)
    late = history.matter()
    await history.tell(late, "hazard:ordered", 1, due=on(5))
    await history.tell(late, "hazard:closed", 9, in_time=False)
    found = (await results())["hazard_closed_on_time"]
    assert (found.counted, found.rows) == (1, 2)


async def test_an_entered_indicator_is_on_target_in_its_own_direction(history: History) -> None:
    for better, value, target in (("HIGHER", 0.9, 0.8), ("HIGHER", 0.7, 0.8), ("LOWER", 3, 5), ("LOWER", 6, 5), ("HIGHER", None, 0.8)):
        more = {} if value is None else {"value": value}
        await history.tell(history.matter(), "indicator:set", 2, better=better, target=target, **more)
    found = (await results())["indicator_on_target"]
    assert (found.counted, found.rows) == (2, 4)
