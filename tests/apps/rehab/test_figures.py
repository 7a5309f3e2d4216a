"""Figures of supervision against small histories whose results are known; and what is not told of few people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from backend.apps.rehab import queries
from backend.apps.rehab.figures import FORMULAS
from backend.kernel import clock
from backend.kernel.demonstration import COUNTY, TOWN
from backend.kernel.metrics.formulas import Result, period, report
from tests.factories.city import City
from tests.factories.histories import FIRST, LAST, PATH, History, Matter, empty_past
from tests.factories.supervision import CHIEF, OFFICE, green


@pytest.fixture
async def history(product: Any) -> AsyncIterator[History]:
    async with empty_past("rehab") as made:
        yield made


async def results(first: date = FIRST, last: date = LAST) -> dict[str, Result]:
    return (await report(FORMULAS, PATH, first, last)).own


async def started(history: History, days: float = 0, place: int = 0) -> Matter:
    matter = history.matter(place)
    await history.tell(matter, "case:started", days, from_state="AGREED", to_state="IN_PROGRESS")
    return matter


async def test_a_test_missed_and_taken_later_was_not_on_time(history: History) -> None:
    one = await started(history)
    for day, tag, task, data in (
        (2, "done", "a", {"late": False}), (3, "missed", "b", {}), (4, "done", "b", {"late": True}),
        (5, "done", "c", {"late": True}),
    ):  # fmt: skip
        await history.tell(one, f"task:{tag}", day, task=task, kind="URINE_TEST", link="DRUG_WORKER", **data)
    await history.tell(one, "task:done", 6, task="d", kind="HOME_VISIT", link="POLICE", late=False)
    await history.tell(one, "task:missed", 7, task="e", kind="CHECK_IN", link="PERSON")
    found = await results()
    assert (found["test_on_time"].counted, found["test_on_time"].rows) == (1, 3)
    assert (found["duty_light"].counted, found["duty_light"].rows) == (2, 4), "the person's own duties are not the officials' light"


async def test_contact_is_a_check_in_that_was_accepted_a_visit_or_a_talk(history: History) -> None:
    cases = [await started(history) for _ in range(6)]
    await history.tell(cases[0], "check_in:judged", 3, result="ACCEPTED")
    await history.tell(cases[1], "check_in:judged", 3, result="IN_REVIEW")
    await history.tell(cases[2], "check_in:reviewed", 3, accepted=True)
    await history.tell(cases[3], "check_in:reviewed", 3, accepted=False)
    await history.tell(cases[4], "task:done", 40, task="x", kind="TALK", link="POLICE", late=False)
    await history.tell(cases[5], "case:completed", 2, from_state="IN_PROGRESS", to_state="COMPLETED")
    january, february = await results(), await results(date(2024, 2, 1), date(2024, 2, 29))
    assert (january["contact_rate"].counted, january["contact_rate"].rows) == (2, 6)
    assert (february["contact_rate"].counted, february["contact_rate"].rows) == (1, 5), "whose term is over is not counted any more"


async def test_abstinence_counts_cases_that_reached_their_end(history: History) -> None:
    kept, relapsed, running = [await started(history) for _ in range(3)]
    await history.tell(relapsed, "relapse:found", 3, from_state="IN_PROGRESS", to_state="RELAPSE_FOUND", test="t")
    for matter in (kept, relapsed):
        await history.tell(matter, "case:completed", 9, from_state="IN_PROGRESS", to_state="COMPLETED")
    await history.tell(running, "objection:decided", 9, upheld=True)
    await history.tell(running, "objection:final", 10, upheld=False)
    found = await results()
    assert (found["three_year_abstinence"].counted, found["three_year_abstinence"].rows) == (1, 2)
    assert (found["objection_upheld"].counted, found["objection_upheld"].rows) == (1, 2)


async def test_work_counts_once_it_is_confirmed(history: History) -> None:
    one, other = await started(history), await started(history)
    for matter, entry in ((one, "e1"), (other, "e2")):
        await history.tell(matter, "point:recorded", 2, entry=entry, rule="work_three_months")
    await history.tell(one, "point:confirmed", 3, entries=["e1"])
    found = await results()
    assert (found["job_rate"].counted, found["job_rate"].rows) == (1, 2)


async def test_above_the_township_fewer_than_ten_are_not_told_apart(history: History) -> None:
    for number, (was, now) in enumerate([("B", "C1")] * 10 + [("B", "A")] * 9):
        matter = await started(history)
        await history.tell(matter, "band:decided", 1 + number / 24, from_band=was, to_band=now)
    start, end = period(FIRST, LAST)
    town = history.paths[0].rsplit(".", 1)[0]
    assert await queries.band_flow(PATH, start, end) == [
        {"from": "B", "to": "A", "count": None}, {"from": "B", "to": "C1", "count": 10},
    ]  # fmt: skip
    assert [row["count"] for row in await queries.band_flow(town, start, end)] == [9, 10]


FIGURES = """query($division: String!, $day: Date!) { rehabFigures(division: $division, from: $day, to: $day) {
    personsByBand bandFlow figures { key value numerator denominator } children { division { code } figures { numerator denominator } } } }"""


async def test_the_api_keeps_small_numbers_to_the_township(city: City) -> None:
    await green(city)
    day = str(clock.now().astimezone(clock.LOCAL).date())
    town = (await (await city.sign_in(OFFICE)).ask(FIGURES, division=TOWN, day=day))["rehabFigures"]
    county = (await (await city.sign_in(CHIEF)).ask(FIGURES, division=COUNTY, day=day))["rehabFigures"]
    assert town["personsByBand"]["C2"] >= 1
    assert all(count is None or count >= 10 for count in county["personsByBand"].values())
    assert all(row["count"] is None or row["count"] >= 10 for row in county["bandFlow"])
    for each in [*county["figures"], *(one for child in county["children"] for one in child["figures"])]:
        assert (each["denominator"] or 0) >= 20 or each["numerator"] is None
        assert each["denominator"] is None or each["denominator"] >= 10
