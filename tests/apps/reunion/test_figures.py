"""Figures of reunion against a small history whose results are known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from backend.apps.reunion.figures import FORMULAS
from backend.kernel import clock
from backend.kernel.db.models import new_id
from backend.kernel.demonstration import COUNTY
from backend.kernel.metrics.formulas import Result, report
from backend.kernel.privacy.models import Retention
from tests.factories.city import City
from tests.factories.histories import FIRST, LAST, PATH, START, History, Matter, empty_past
from tests.factories.reunion import CHIEF, EXPERT


@pytest.fixture
async def history(product: Any) -> AsyncIterator[History]:
    async with empty_past("reunion") as made:
        yield made


async def results() -> dict[str, Result]:
    return (await report(FORMULAS, PATH, FIRST, LAST)).own


async def registered(history: History) -> Matter:
    matter = history.matter()
    await history.tell(matter, "case:registered", 0)
    return matter


async def test_the_way_home_is_counted_from_the_registration_and_in_the_middle(history: History) -> None:
    for days, kind in ((2, "STRANDED"), (4, "LOST"), (28, "ABDUCTED_CHILD")):
        matter = await registered(history)
        await history.tell(matter, "search:done", days / 2)
        await history.tell(matter, "search:done", days / 2 + 0.1)
        await history.tell(matter, "return:handed_over", days, kind=kind)
    found = await results()
    assert (found["returned_total"].value, found["children_reunited"].value) == (2, 1)
    assert (found["returned_total"].rows, found["children_reunited"].rows) == (2, 1), "nobody is left over to be counted"
    assert found["median_days_home"].value == pytest.approx(4.0)
    assert found["days_to_candidates"].value == pytest.approx(2.0)
    assert found["days_to_candidates"].rows == 3, "the first list of a case, not every one"


async def test_leads_that_were_disproved_are_false_ones(history: History) -> None:
    matter = await registered(history)
    for candidate, day in (("a", 1), ("b", 2)):
        await history.tell(matter, "candidate:lead", day, candidate=candidate)
    await history.tell(matter, "proof:negative", 3, candidate="a", kind="DNA")
    found = (await results())["false_lead_rate"]
    assert (found.counted, found.rows) == (1, 2)


async def test_success_is_of_cases_with_an_approved_search(history: History) -> None:
    one, other, unsearched = [await registered(history) for _ in range(3)]
    for matter in (one, other):
        await history.tell(matter, "search:approved", 1)
    await history.tell(one, "identity:confirmed", 5)
    await history.tell(unsearched, "identity:confirmed", 5)
    found = (await results())["search_success"]
    assert (found.counted, found.rows) == (1, 2)


async def test_tasks_are_in_time_by_their_limit_and_what_was_given_up_before_it_does_not_count(history: History) -> None:
    matter = await registered(history)

    async def given(task: str, role: str, due: float, tag: str = "given", at: float = 1) -> None:
        await history.tell(matter, f"task:{tag}", at, task=task, role=role, due=(START + timedelta(days=due)).isoformat())

    for task, role in (("in time", "GRID_WORKER"), ("late", "POLICE_OFFICER"), ("never", "POLICE_OFFICER"), ("refused", "POLICE_OFFICER"),
                       ("returned", "CIVIL_AFFAIRS")):  # fmt: skip
        await given(task, role, 4)
    await given("next month", "POLICE_OFFICER", 40)
    await history.tell(matter, "task:done", 3, task="in time", role="GRID_WORKER")
    await history.tell(matter, "task:refused", 2, task="refused", role="POLICE_OFFICER")
    await history.tell(matter, "task:done", 3, task="returned", role="CIVIL_AFFAIRS")
    await given("returned", "CIVIL_AFFAIRS", 8, "returned", at=5)
    await history.tell(matter, "task:done", 9, task="late", role="POLICE_OFFICER")
    await history.tell(matter, "task:done", 9, task="returned", role="CIVIL_AFFAIRS")
    found = await results()
    counted = {name: (found[name].counted, found[name].rows) for name in found if name.startswith("tasks_on_time")}
    assert counted == {
        "tasks_on_time": (2, 5), "tasks_on_time_police": (0, 2), "tasks_on_time_civil_affairs": (1, 2), "tasks_on_time_station": (0, 0),
        "tasks_on_time_village": (1, 1),
    }  # fmt: skip


async def test_figures_are_for_those_who_answer_for_the_place(city: City) -> None:
    query = "query($division: String!, $day: Date!) { reunionFigures(division: $division, from: $day, to: $day) { figures { key value } } }"
    day = str(clock.now().astimezone(clock.LOCAL).date())
    found = await (await city.sign_in(CHIEF)).ask(query, division=COUNTY, day=day)
    assert {each["key"] for each in found["reunionFigures"]["figures"]} == set(FORMULAS)
    expert = await city.sign_in(EXPERT)
    answer = await expert.client.post("/graphql", json={"query": query, "variables": {"division": COUNTY, "day": day}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


async def test_erasures_in_time_are_those_within_a_day(history: History) -> None:
    matter = await registered(history)
    for due, erased in ((2.0, 2.5), (3.0, 5.0), (4.0, None), (400.0, None)):
        at = START + timedelta(days=due)
        await Retention.create(
            id=new_id(), county=matter.county, path=matter.path, matter_id=matter.id, file_id=new_id(), category="CLOSED", basis="到期",
            erase_at=at, erased_at=START + timedelta(days=erased) if erased else None,
        )  # fmt: skip
    found = (await results())["erasure_on_time"]
    assert (found.counted, found.rows) == (1, 3), "what is overdue counts against it, what is not due yet does not"
