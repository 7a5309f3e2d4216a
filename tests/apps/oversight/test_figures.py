"""Figures of oversight against a small history whose results are known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from backend.apps.oversight.figures import FORMULAS
from backend.kernel.demonstration import COUNTY
from backend.kernel.metrics.formulas import Result, report
from tests.factories.city import City
from tests.factories.histories import FIRST, LAST, PATH, START, History, empty_past
from tests.factories.oversight import CHIEF, DEPUTY


@pytest.fixture
async def history(product: Any) -> AsyncIterator[History]:
    async with empty_past("oversight") as made:
        yield made


async def results() -> dict[str, Result]:
    return (await report(FORMULAS, PATH, FIRST, LAST)).own


async def test_a_clue_counts_when_its_case_was_filed_within_ninety_days(history: History) -> None:
    for filed in (10, 95, None):
        matter = history.matter()
        await history.tell(matter, "clue:accepted", 1)
        if filed is not None:
            await history.tell(matter, "clue:case_filed", filed)
    found = (await results())["lead_to_case"]
    assert (found.counted, found.rows) == (1, 3)


async def test_replies_count_in_the_period_in_which_they_fell_due(history: History) -> None:
    due = (START + timedelta(days=20)).isoformat()
    for replied, verdict in ((10, "RECTIFIED"), (10, "PARTLY"), (25, "RECTIFIED"), (None, None)):
        matter = history.matter()
        await history.tell(matter, "recommendation:served", -40, due=due)
        if replied is not None:
            await history.tell(matter, "recommendation:replied", replied, reply_class="A")
            await history.tell(matter, "recommendation:checked", replied + 1, verdict=verdict)
    withdrawn = history.matter()
    await history.tell(withdrawn, "recommendation:served", -40, due=due)
    await history.tell(withdrawn, "recommendation:withdrawn", -39)
    found = await results()
    assert (found["reply_on_time"].counted, found["reply_on_time"].rows) == (2, 4)
    assert found["rectified"].counted == 2
    assert found["reply_and_rectify"].counted == 1
    assert found["class_a_share"].rows == 3


async def test_a_granted_extension_moves_the_day(history: History) -> None:
    matter = history.matter()
    await history.tell(matter, "recommendation:served", -40, due=(START + timedelta(days=5)).isoformat())
    await history.tell(matter, "extension:decided", 4, granted=True, due=(START + timedelta(days=25)).isoformat())
    await history.tell(matter, "recommendation:replied", 20, reply_class="B")
    found = (await results())["reply_on_time"]
    assert (found.counted, found.rows) == (1, 1)


async def test_joint_rate_is_of_what_met_a_trigger(history: History) -> None:
    for linked in (True, False):
        matter = history.matter()
        await history.tell(matter, "joint:triggered", 3, trigger="OVERDUE")
        if linked:
            await history.tell(matter, "joint:linked", 5, project="x")
    untriggered = history.matter()
    await history.tell(untriggered, "joint:linked", 5, project="x")
    await history.tell(history.matter(), "joint:agreed", 5)
    found = await results()
    assert (found["joint_rate"].counted, found["joint_rate"].rows) == (1, 2)
    assert found["joint_total"].value == 1


async def test_handling_days_run_from_acceptance_to_closing(history: History) -> None:
    for days in (10, 20):
        matter = history.matter()
        await history.tell(matter, "clue:accepted", 1)
        await history.tell(matter, "clue:closed", 1 + days)
    assert (await results())["handling_days"].value == pytest.approx(15)


async def test_satisfaction_takes_both_answers(history: History) -> None:
    for process, result in ((5, 5), (3, 3), (5, 2), (1, 5)):
        await history.tell(history.matter(), "rating:given", 2, process=process, result=result)
    found = (await results())["deputy_satisfaction"]
    assert (found.counted, found.rows) == (2, 4)
    assert not found.sufficient, "too few to be a statistic"


async def test_promises_count_as_kept_on_their_day(history: History) -> None:
    for kept, in_time in ((True, True), (True, False), (False, False)):
        await history.tell(history.matter(), "promise:checked", 2, kept=kept, in_time=in_time)
    found = (await results())["b_fulfilment"]
    assert (found.counted, found.rows) == (1, 3)


async def test_suggestions_count_where_they_fell_due_with_whoever_had_them_last(history: History) -> None:
    due = (START + timedelta(days=20)).isoformat()
    for answered in (10, 25, None):
        matter = history.matter()
        await history.tell(matter, "suggestion:assigned", -40, due=due)
        if answered is not None:
            await history.tell(matter, "suggestion:answered", answered, reply_class="A" if answered == 10 else "B")
    anew = history.matter()
    await history.tell(anew, "suggestion:assigned", -40, due=due)
    await history.tell(anew, "suggestion:returned", -39)
    await history.tell(anew, "suggestion:reassigned", -38, due=(START + timedelta(days=22)).isoformat())
    await history.tell(anew, "suggestion:answered", 21, reply_class="C")
    for ended in ("suggestion:returned", "suggestion:withdrawn"):
        matter = history.matter()
        await history.tell(matter, "suggestion:assigned", -40, due=due)
        await history.tell(matter, ended, -39)
    found = await results()
    assert (found["suggestion_on_time"].counted, found["suggestion_on_time"].rows) == (2, 4)
    assert (found["suggestion_class_a"].counted, found["suggestion_class_a"].rows) == (1, 3)


async def test_second_rounds_and_late_withdrawals_leave_the_first_day_alone(history: History) -> None:
    due = (START + timedelta(days=10)).isoformat()
    late = history.matter()
    await history.tell(late, "suggestion:assigned", -80, due=due)
    await history.tell(late, "suggestion:answered", 12, reply_class="C")
    await history.tell(late, "suggestion:rehandling", 13, due=(START + timedelta(days=25)).isoformat())
    await history.tell(late, "suggestion:extension_decided", 14, granted=True, round=2, due=(START + timedelta(days=28)).isoformat())
    await history.tell(late, "suggestion:answered", 20, reply_class="A")
    overdue = history.matter()
    await history.tell(overdue, "suggestion:assigned", -80, due=due)
    await history.tell(overdue, "suggestion:withdrawn", 20)
    extended = history.matter()
    await history.tell(extended, "suggestion:assigned", -80, due=(START - timedelta(days=5)).isoformat())
    await history.tell(extended, "suggestion:extension_decided", -9, granted=True, round=1, due=due)
    await history.tell(extended, "suggestion:answered", 9, reply_class="A")
    found = (await results())["suggestion_on_time"]
    assert (found.counted, found.rows) == (1, 3)


async def test_plans_count_in_the_period_in_which_their_day_ends(history: History) -> None:
    for planned, in_time in ((9, True), (9, False), (20, None), (300, None), (-3, True)):
        matter = history.matter()
        await history.tell(matter, "suggestion:raised", 1)
        await history.tell(matter, "suggestion:rated", 2, process=4, result=2 if in_time is None else 4)
        await history.tell(matter, "suggestion:tracked", -20, planned_on=str((START + timedelta(days=planned)).date()))
        if in_time is not None:
            await history.tell(matter, "suggestion:fulfilled", 9, in_time=in_time)
    found = await results()
    assert (found["suggestion_fulfilment"].counted, found["suggestion_fulfilment"].rows) == (1, 3)
    assert (found["suggestion_satisfaction"].counted, found["suggestion_satisfaction"].rows) == (3, 5)
    assert found["suggestion_total"].value == 5


async def test_only_who_may_asks_for_figures(city: City) -> None:
    query = "query($d: String!) { oversightFigures(division: $d, from: \"2026-11-01\", to: \"2026-11-30\") { figures { key text value rows } } }"
    chief, deputy = await city.sign_in(CHIEF), await city.sign_in(DEPUTY)
    figures = (await chief.ask(query, d=COUNTY))["oversightFigures"]["figures"]
    assert {figure["key"] for figure in figures} == set(FORMULAS)
    assert all(figure["text"] for figure in figures)
    for person, division, code in ((deputy, COUNTY, "NOT_PERMITTED"), (chief, "331023", "NOT_FOUND")):
        answer = await person.client.post("/graphql", json={"query": query, "variables": {"d": division}})
        assert code in answer.text
