"""A county's own rules: inside the city's limits, tried on real cases, committed by a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.apps.rehab.service import rulebook
from backend.kernel import clock
from tests.factories.city import City, Person, Refused
from tests.factories.supervision import CITY_OFFICE, OFFICE, OFFICE_2, WORKER, act, look, started

SHOW = "ruleSet { id number state dryRun committedBy }"


def county_rules(**changes: Any) -> dict[str, Any]:
    data = rulebook.city_data()
    for rule in data["rules"]:
        rule.update(changes.get(rule["id"], {}))
    for band in data["bands"]:
        band.update(changes.get(f"band_{band['name']}", {}))
    return data


def in_days(days: int) -> str:
    return str((clock.now() + timedelta(days=days)).astimezone(clock.LOCAL).date())


async def draft(office: Person, data: Any, days: int = 40) -> dict[str, Any]:
    done = await act(
        office, "draftRuleSet", show=SHOW, data=data, approvalNo="仙禁毒办〔2026〕9号", effectiveFrom=in_days(days)
    )
    return dict(done["ruleSet"])


async def test_two_people_and_a_dry_run_make_rules(city: City) -> None:
    case = await started(city)
    office, other = await city.sign_in(OFFICE), await city.sign_in(OFFICE_2)
    made = await draft(office, county_rules(band_B={"lower": 42}, band_C1={"lower": 60}))
    with pytest.raises(Refused) as refused:
        await act(other, "finishRuleSet", show=SHOW, ruleSetId=made["id"], commit=True)
    assert refused.value.codes == ["NOT_TRIED"]
    tried = await office.ask(f"mutation($id: ID!) {{ tryRuleSet(id: $id) {{ {SHOW} errors {{ code }} }} }}", id=made["id"])
    run = tried["tryRuleSet"]["ruleSet"]["dryRun"]
    assert run["accounts"] >= 1
    assert {"code": case["code"], "from": "B", "to": "C1", "before": 60.0, "after": 60.0} in run["moved"]
    with pytest.raises(Refused) as refused:
        await act(office, "finishRuleSet", show=SHOW, ruleSetId=made["id"], commit=True)
    assert refused.value.codes == ["SELF_CONFIRMED"]
    done = await act(other, "finishRuleSet", show=SHOW, ruleSetId=made["id"], commit=True)
    assert done["ruleSet"]["state"] == "COMMITTED"
    await city.work()
    worker = await city.sign_in(WORKER)
    assert (await look(worker, case, "rulebook { version }"))["rulebook"]["version"] == 1
    await city.pass_time(days=41)
    seen = await look(worker, case, "rulebook { version } score { band } assessments { state toBand cause }")
    assert seen["rulebook"]["version"] == made["number"]
    assert seen["band"] == "B"
    assert seen["score"]["band"] == "C1"
    assert ("PROPOSED", "C1") in [(each["state"], each["toBand"]) for each in seen["assessments"]]


@pytest.mark.parametrize(
    ("changes", "days", "code"),
    [
        ({"test_missed": {"points": -20}}, 40, "WEIGHT_OUT_OF_RANGE"),
        ({"band_B": {"lower": 50}}, 40, "BAND_LIMIT_OUT_OF_RANGE"),
        ({"test_missed": {"feature": "RELIGION"}}, 40, "FEATURE_FORBIDDEN"),
        ({}, 10, "TOO_SOON"),
    ],
)
async def test_rules_outside_the_citys_limits_are_refused(
    city: City, changes: dict[str, Any], days: int, code: str
) -> None:
    office = await city.sign_in(OFFICE)
    with pytest.raises(Refused) as refused:
        await draft(office, county_rules(**changes), days)
    assert code in refused.value.codes


async def test_only_the_countys_own_office_makes_its_rules(city: City) -> None:
    for phone in (WORKER, CITY_OFFICE):
        with pytest.raises(Refused) as refused:
            await draft(await city.sign_in(phone), county_rules())
        assert refused.value.codes == ["NOT_PERMITTED"]
    office = await city.sign_in(OFFICE)
    hostile: list[Any] = [[], {}, 3, "x", {"rules": [{"points": float(2)}]}]
    for broken in hostile:
        with pytest.raises(Refused):
            await draft(office, broken)
