"""Figures against a small history whose results are known, and their drill-down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from backend.apps.mediation import figures
from backend.kernel import clock
from backend.kernel.db.models import new_id
from backend.kernel.demonstration import VILLAGE
from backend.kernel.metrics.formulas import Result
from tests.factories.city import COUNTY_CENTER, City
from tests.factories.disputes import reported
from tests.factories.histories import FIRST, LAST, PATH, History, Matter, empty_past


@pytest.fixture
async def history(product: Any) -> AsyncIterator[History]:
    async with empty_past("mediation") as made:
        yield made


async def closed(history: History, days: float, close_type: str, level: str = "VILLAGE", place: int = 0) -> Matter:
    """Registered at the start and closed after `days`."""
    matter = history.matter(place)
    await history.tell(matter, "dispute:registered", 0)
    await history.tell(matter, "dispute:closed", days, close_type=close_type, level=level)
    return matter


async def results(history: History, first: date = FIRST, last: date = LAST) -> dict[str, Result]:
    return (await figures.report(PATH, first, last)).own


async def test_the_headlines(history: History) -> None:
    for day in range(1, 26):
        kind, level = (
            ("AGREED_PERFORMED", "VILLAGE")
            if day <= 15
            else ("CONFIRMED", "TOWN")
            if day <= 20
            else ("REDIRECTED", "TOWN")
        )
        await closed(history, day, kind, level)
    found = await results(history)
    assert found["avg_close_days"].value == pytest.approx(13.0)
    assert found["avg_close_days"].numerator == 325.0
    assert found["local_resolution"].value == 20 / 25
    assert found["village_resolution"].value == 15 / 25
    assert found["resolved_total"].value == 20
    assert found["registered_total"].value == 25
    assert found["on_time"].value == 1.0
    assert all(result.sufficient for key, result in found.items() if result.rows >= 20)


async def test_a_reopened_matter_counts_once_at_its_last_closing_with_the_days_to_its_first(history: History) -> None:
    matter = await closed(history, 3, "AGREED_PERFORMED")
    await history.tell(matter, "dispute:reopened", 5)
    assert (await results(history))["avg_close_days"].rows == 0, "open again"
    await history.tell(matter, "dispute:closed", 40, close_type="WITHDRAWN", level="VILLAGE")
    january = await results(history)
    february = await results(history, date(2024, 2, 1), date(2024, 2, 29))
    assert january["avg_close_days"].rows == 0
    assert february["avg_close_days"].rows == 1
    assert february["avg_close_days"].value == pytest.approx(3.0)
    assert february["resolved_total"].value == 0


async def test_the_days_a_clock_was_stopped_are_taken_off_the_net_value_only(history: History) -> None:
    matter = await closed(history, 10, "AGREED_PERFORMED")
    await history.tell(matter, "clock:suspended", 2)
    await history.tell(matter, "clock:resumed", 6)
    still = await closed(history, 10, "AGREED_PERFORMED")
    await history.tell(still, "clock:suspended", 8)
    found = await results(history)
    assert found["avg_close_days"].value == pytest.approx(10.0)
    assert found["avg_close_days_net"].value == pytest.approx((6.0 + 8.0) / 2)


async def test_satisfaction_takes_each_persons_latest_rating_and_states_its_coverage(
    history: History,
) -> None:
    rated = await closed(history, 4, "AGREED_PERFORMED")
    await closed(history, 5, "AGREED_PERFORMED")
    one, other = str(new_id()), str(new_id())
    await history.tell(rated, "dispute:rated", 5, party=one, result="DISSATISFIED")
    await history.tell(rated, "dispute:rated", 9, party=one, result="BASICALLY_SATISFIED")
    await history.tell(rated, "dispute:rated", 6, party=other, result="DISSATISFIED")
    found = (await results(history))["satisfaction"]
    assert (found.rows, found.counted, found.value) == (2, 1, 0.5)
    assert found.coverage == 0.5
    assert not found.sufficient


async def test_nineteen_say_nothing_and_twenty_do(history: History) -> None:
    for day in range(19):
        await closed(history, 1 + day / 24, "AGREED_PERFORMED")
    assert not (await results(history))["local_resolution"].sufficient
    await closed(history, 2, "AGREED_PERFORMED")
    assert (await results(history))["local_resolution"].sufficient
    assert (await results(history))["resolved_total"].sufficient


async def test_the_period_is_of_local_days_and_its_end_is_outside(history: History) -> None:
    await closed(history, 30.9999, "AGREED_PERFORMED")
    await closed(history, 31, "AGREED_PERFORMED")
    assert (await results(history))["avg_close_days"].rows == 1
    february = await results(history, date(2024, 2, 1), date(2024, 2, 29))
    assert february["avg_close_days"].rows == 1


async def test_an_overrun_of_a_supervised_clock_is_not_on_time(history: History) -> None:
    late, kept = await closed(history, 9, "AGREED_PERFORMED"), await closed(history, 9, "AGREED_PERFORMED")
    await history.tell(late, "clock:mark", 8, rule="mediate_GENERAL", mark=100)
    await history.tell(kept, "clock:mark", 8, rule="confirm", mark=100)
    assert (await results(history))["on_time"].value == 0.5


async def test_parts_trend_and_drill_down_are_made_of_the_same_rows(history: History) -> None:
    for day in range(1, 25):
        await closed(history, day, "AGREED_PERFORMED" if day % 3 else "WITHDRAWN", place=day % 2)
    report = await figures.report(PATH, FIRST, LAST)
    for key in (
        "avg_close_days",
        "local_resolution",
        "village_resolution",
        "resolved_total",
        "on_time",
        "registered_total",
    ):
        own = report.own[key]
        parts = [child[key] for child in report.children.values() if key in child]
        points = [result for _, result in report.trends[key]]
        for several in (parts, points):
            assert sum(each.rows for each in several) == own.rows
            assert sum(each.counted for each in several) == own.counted
        every = await figures.matter_ids(key, PATH, FIRST, LAST, counted=None)
        hits = await figures.matter_ids(key, PATH, FIRST, LAST, counted=True)
        misses = await figures.matter_ids(key, PATH, FIRST, LAST, counted=False)
        assert (len(every), len(hits), len(misses)) == (own.rows, own.counted, own.rows - own.counted)
    assert len(report.children) == 2


FIGURES = """query($division: String!, $day: Date!, $figure: String!) {
    mediationFigures(division: $division, from: $day, to: $day) { figures { key numerator denominator sufficient } }
    figureRows(figure: $figure, division: $division, from: $day, to: $day, first: 100) { edges { node { id } } } }"""


async def test_a_figure_and_its_rows_through_the_api(city: City) -> None:
    place = f"{VILLAGE}003"
    made = {(await reported(city, division=place))["id"] for _ in range(3)}
    centre = await city.sign_in(COUNTY_CENTER)
    today = str(clock.now().astimezone(clock.LOCAL).date())
    data = await centre.ask(FIGURES, division=place, day=today, figure="registered_total")
    (total,) = [each for each in data["mediationFigures"]["figures"] if each["key"] == "registered_total"]
    rows = {edge["node"]["id"] for edge in data["figureRows"]["edges"]}
    assert made <= rows
    assert total["numerator"] == total["denominator"] == len(rows)
