"""The board: who sees what of whose figures, in which colour, and the rows behind them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.apps.cockpit.board import shown, side_by_side
from backend.apps.cockpit.colours import Colour, colour
from backend.apps.cockpit.enums import Better
from backend.apps.cockpit.models import Indicator
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import current, open_scope
from backend.kernel.demonstration import COUNTY, TOWN, VILLAGE
from backend.kernel.metrics import cells
from backend.kernel.metrics.formulas import Formula, Result, month_of
from backend.kernel.tenancy.service import county_path
from tests.factories.city import COUNTY_CENTER, GRID_WORKER, PROGRAM_OFFICE, TOWN_LEADER, City, Person
from tests.factories.disputes import reported

CITY_OFFICE = "19900000041"
BOARD = """query($division: String!, $from: Date!, $to: Date!) { cockpitBoard(division: $division, from: $from, to: $to) {
    months asOf division { code } below { code }
    figures { app key value numerator denominator sufficient withheld target colour trend below coloursBelow openRows formula } } }"""
ROWS = """query($app: String!, $key: String!, $division: String!, $from: Date!, $to: Date!) {
    cockpitRows(app: $app, key: $key, division: $division, from: $from, to: $to, first: 20) {
        edges { node { matterId code title state counted division { code } } } } }"""


def month() -> str:
    return month_of(clock.now()).isoformat()


async def refreshed(county: str = COUNTY) -> None:
    actor = system_actor(county, await county_path(county))
    async with open_scope(actor.scope):
        await cells.refresh(actor)


async def board(person: Person, division: str) -> dict[str, Any]:
    found: dict[str, Any] = (await person.ask(BOARD, division=division, **{"from": month(), "to": month()}))["cockpitBoard"]
    return found


def figure(found: dict[str, Any], key: str, app: str = "mediation") -> dict[str, Any]:
    (one,) = [each for each in found["figures"] if (each["app"], each["key"]) == (app, key)]
    return dict(one)


async def target(path: str, county: str, key: str, wanted: float, tolerance: float = 0.0, better: Better = Better.HIGHER, since: date = date(2020, 1, 1)) -> None:
    actor = system_actor(county, await county_path(county))
    async with open_scope(actor.scope):
        await Indicator.create(
            id=new_id(), county=county, path=path, code=f"mediation:{key}", app="mediation", key=key, name=key, owner_unit="县中心",
            target=wanted, tolerance=tolerance, better=better, valid_from=since, updated_at=clock.now(),
        )  # fmt: skip


async def refusal(person: Person, query: str, **variables: Any) -> str:
    answer = await person.client.post("/graphql", json={"query": query, "variables": variables})
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def test_a_township_head_sees_a_red_figure_and_the_rows_behind_it(city: City) -> None:
    dispute = await reported(city)
    await refreshed()
    await target(await county_path(COUNTY), COUNTY, "registered_total", 1_000_000)
    head = await city.sign_in(TOWN_LEADER)
    found = await board(head, TOWN)
    one = figure(found, "registered_total")
    assert one["value"] >= 1
    assert (one["colour"], one["target"], one["openRows"]) == ("RED", 1_000_000, True)
    assert one["trend"][-1] == one["value"]
    assert len(one["trend"]) == len(found["months"]) == 12
    assert sum(value or 0 for value in one["below"]) == one["value"]
    assert set(one["coloursBelow"]) <= {"RED", "NONE"}
    rows = (await head.ask(ROWS, app="mediation", key="registered_total", division=TOWN, **{"from": month(), "to": month()}))["cockpitRows"]
    mine = next(edge["node"] for edge in rows["edges"] if edge["node"]["matterId"] == dispute["id"])
    assert mine["code"] == dispute["code"]
    assert mine["title"]
    assert mine["state"] == "REGISTERED"


async def test_a_target_nearer_by_holds_before_that_of_a_wider_place(city: City) -> None:
    await reported(city)
    await refreshed()
    await target("33.3310", "331000", "resolved_total", 500_000)
    await target(await county_path(COUNTY), COUNTY, "resolved_total", 0)
    assert figure(await board(await city.sign_in(PROGRAM_OFFICE), COUNTY), "resolved_total")["target"] == 0
    assert figure(await board(await city.sign_in(CITY_OFFICE), "3310"), "resolved_total")["target"] == 500_000


async def test_the_city_is_the_sum_of_its_counties(city: City) -> None:
    await reported(city)
    await refreshed()
    office = await city.sign_in(CITY_OFFICE)
    whole = await board(office, "3310")
    places = [place["code"] for place in whole["below"]]
    assert COUNTY in places
    one = figure(whole, "registered_total")
    assert one["below"][places.index(COUNTY)] == figure(await board(office, COUNTY), "registered_total")["value"]
    assert sum(value or 0 for value in one["below"]) == one["value"]


async def test_rows_of_children_and_supervised_persons_are_not_listed(city: City) -> None:
    await refreshed()
    office = await city.sign_in(PROGRAM_OFFICE)
    found = await board(office, COUNTY)
    assert not figure(found, "contact_rate", "rehab")["openRows"]
    assert not figure(found, "returned_total", "reunion")["openRows"], "sees the figure, reads no case"
    assert figure(found, "contact_rate", "rehab")["denominator"] is None
    assert figure(found, "median_days_home", "reunion")["denominator"] is None, "less those returned it would count the children"
    asked = {"division": COUNTY, "from": month(), "to": month()}
    assert await refusal(office, ROWS, app="rehab", key="contact_rate", **asked) == "NOT_PERMITTED"
    assert await refusal(office, ROWS, app="reunion", key="children_reunited", **asked) == "NOT_PERMITTED"
    assert await refusal(office, ROWS, app="reunion", key="returned_total", **asked) == "NOT_PERMITTED"
    assert await refusal(office, ROWS, app="rehab", key="no_such_figure", **asked) == "NOT_FOUND"


def test_a_small_group_is_withheld_and_a_small_rate_says_nothing() -> None:
    guarded = Formula("x", "COUNT", "", "", "", guarded=True)
    assert [shown(Result(guarded, 50, counted, 0.0)) for counted in (0, 1, 9, 10)] == [0.0, None, None, 10.0]
    few, many = Result(guarded, 3, 3, 0.0), Result(guarded, 30, 30, 0.0)
    assert side_by_side([many, few, None]) == [None, None, None], "the others and their sum would tell"
    assert side_by_side([many, None]) == [30.0, None]
    rate = Formula("x", "RATE", "", "", "")
    assert [shown(Result(rate, rows, 10, 0.0)) for rows in (0, 19, 20)] == [None, None, 0.5]
    assert shown(None) is None


@pytest.mark.parametrize(
    ("value", "better", "expected"),
    [
        (0.9, Better.HIGHER, Colour.GREEN), (0.95, Better.HIGHER, Colour.GREEN), (0.85, Better.HIGHER, Colour.YELLOW),
        (0.79, Better.HIGHER, Colour.RED), (0.9, Better.LOWER, Colour.GREEN), (0.95, Better.LOWER, Colour.YELLOW),
        (1.1, Better.LOWER, Colour.RED), (None, Better.HIGHER, Colour.NONE),
    ],
)  # fmt: skip
def test_colours(value: float | None, better: Better, expected: Colour) -> None:
    assert colour(value, 0.9, 0.1, better) is expected


async def test_only_leaders_and_only_their_own_place(city: City) -> None:
    asked = {"from": month(), "to": month()}
    head = await city.sign_in(TOWN_LEADER)
    assert await refusal(head, BOARD, division=COUNTY, **asked) == "NOT_FOUND"
    assert await refusal(await city.sign_in(GRID_WORKER), BOARD, division=TOWN, **asked) == "NOT_PERMITTED"
    assert await refusal(await city.sign_in(PROGRAM_OFFICE), BOARD, division="331023", **asked) == "NOT_FOUND"
    assert (await board(await city.sign_in(COUNTY_CENTER), TOWN))["division"]["code"] == TOWN
    assert await refusal(head, BOARD, division=f"{VILLAGE}001", **asked) == "INVALID", "a grid has no figures of its own"


@pytest.mark.parametrize(
    ("first", "last"), [("2026-02-02", "2026-03-01"), ("2026-03-01", "2026-02-01"), ("1999-01-01", "2026-01-01"), ("2026-01-01", "2026-01-31")]
)
async def test_only_whole_months_forward(city: City, first: str, last: str) -> None:
    assert await refusal(await city.sign_in(PROGRAM_OFFICE), BOARD, division=COUNTY, **{"from": first, "to": last}) == "INVALID"


async def test_the_table_has_every_figure_with_its_formula(city: City) -> None:
    await reported(city)
    await refreshed()
    office = await city.sign_in(PROGRAM_OFFICE)
    answer = await office.client.get("/export/cockpit.csv", params={"division": COUNTY, "from": month(), "to": month()})
    assert answer.status_code == 200
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("应用,指标,")
    assert len(lines) == 1 + len((await board(office, COUNTY))["figures"])
    assert any(line.startswith("mediation,登记总数,件,") for line in lines)
    for params in ({"division": COUNTY, "from": "x", "to": month()}, {"division": "331023", "from": month(), "to": month()}, {}):
        assert (await office.client.get("/export/cockpit.csv", params=params)).status_code in (400, 404, 422)
    assert (await (await city.sign_in(GRID_WORKER)).client.get("/export/cockpit.csv", params={"division": TOWN, "from": month(), "to": month()})).status_code == 403


async def test_a_city_takes_no_more_statements_than_a_township(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.apps.cockpit import board as module

    counted: list[int] = []
    read = module.board

    async def counting(*args: Any) -> Any:
        made = await read(*args)
        counted.append(current().statements)
        return made

    monkeypatch.setattr(module, "board", counting)
    await board(await city.sign_in(TOWN_LEADER), TOWN)
    await board(await city.sign_in(CITY_OFFICE), "3310")
    assert counted[1] <= counted[0] <= 12


async def test_the_board_on_paper_for_a_consultation(city: City) -> None:
    await reported(city)
    await refreshed()
    await target(await county_path(COUNTY), COUNTY, "registered_total", 90_000, since=date(2020, 1, 2))
    office = await city.sign_in(PROGRAM_OFFICE)
    meeting = await command(
        office, "addToConsultation", "AddToConsultationInput", app="mediation", key="registered_total", division=COUNTY, month=month()[:7],
    )  # fmt: skip
    printed = await command(office, "printBoard", "PrintBoardInput", id=meeting["id"], version=meeting["version"], month=month()[:7])
    (paper,) = [each for each in printed["papers"] if each["template"] == "board"]
    text = paper["html"]
    assert "指标简报" in text
    assert "登记总数：" in text
    assert "目标 ≥ 90000，未达标" in text
    for wrong in ("2026-13", "2199-01", "x"):
        with pytest.raises(AssertionError, match="INVALID"):
            await command(office, "printBoard", "PrintBoardInput", id=meeting["id"], version=printed["version"], month=wrong)


async def command(person: Person, name: str, kind: str, **fields: Any) -> dict[str, Any]:
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ meeting {{ id version papers {{ html template }} }} errors {{ code }} }} }}"
    payload = (await person.ask(query, input=fields))[name]
    assert not payload["errors"], payload["errors"]
    made: dict[str, Any] = payload["meeting"]
    return made
