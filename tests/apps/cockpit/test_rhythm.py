"""What is held every week is called again by itself; a task gets more time with a ground, and from somebody else than its owner."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.cockpit import rules
from backend.apps.cockpit.enums import MeetingKind
from backend.kernel.deadlines.calendar import WorkingCalendar
from tests.apps.rehab.test_under_fire import outcomes
from tests.factories.city import City, Refused
from tests.factories.cockpit import (
    CITY_OFFICE,
    LEADER,
    OFFICE,
    assigned,
    called,
    day,
    do,
    held,
    listed,
    look,
    step,
)
from tests.factories.oversight import later

WEEKLY = tuple(rules.WEEKDAY)


async def refused(awaited: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        await awaited
    return list(caught.value.codes)


async def planned(city: City, kind: str, by: str = OFFICE) -> list[dict[str, Any]]:
    person = await city.sign_in(by)
    ids = await listed(person, "meeting", "states: [PLANNED]")
    rows = [await look(person, "meeting", {"id": each}, "kind plannedOn") for each in ids]
    return [row for row in rows if row["kind"] == kind]


@given(st.dates(date(2026, 1, 1), date(2026, 12, 20)), st.sampled_from(WEEKLY))
def test_the_next_one_is_in_the_week_after_on_its_weekday_or_the_working_day_that_follows(start: date, kind: MeetingKind) -> None:
    found = rules.next_weekly_day(kind, start)
    monday = start + timedelta(days=7 - start.weekday())
    nominal = monday + timedelta(days=rules.WEEKDAY[kind])
    calendar = WorkingCalendar.from_chinesecalendar()
    assert found >= nominal
    assert calendar.is_working_day(found)
    assert not any(calendar.is_working_day(nominal + timedelta(days=n)) for n in range((found - nominal).days))


async def test_a_weekly_meeting_is_called_again_once(city: City, fresh: None) -> None:
    for kind in WEEKLY:
        meeting = await called(city, kind=kind, title="每周碰面")
        await held(city, meeting)
        (following,) = await planned(city, kind)
        assert following["title"] == "每周碰面"
        assert following["plannedOn"] == str(rules.next_weekly_day(kind, date.fromisoformat(day())))
        again = await step(await city.sign_in(OFFICE), "cancelMeeting", following, reason="本周外出调研")
        assert again["state"] == "CANCELLED"
        (after,) = await planned(city, kind)
        assert after["plannedOn"] > following["plannedOn"]
        await step(await city.sign_in(OFFICE), "cancelMeeting", after, reason="机制调整", forGood=True)
        assert await planned(city, kind) == []


async def test_written_up_late_it_swallows_no_week(city: City, fresh: None) -> None:
    meeting = await called(city, kind="WEEKLY_LINK", title="每周连线")
    held_on = date.fromisoformat(day())
    await later(city, days=4)
    await step(
        await city.sign_in(OFFICE), "holdMeeting", meeting, heldOn=str(held_on), placeText="三楼会议室", minutes="会议研究了试点推进和隐患整改。",
        attendees=[{"unit": "白塔镇人民政府", "name": "测试镇领导", "head": True}],
    )  # fmt: skip
    (following,) = await planned(city, "WEEKLY_LINK")
    wanted = rules.next_weekly_day(MeetingKind.WEEKLY_LINK, held_on)
    while wanted < date.fromisoformat(day()):
        wanted = rules.next_weekly_day(MeetingKind.WEEKLY_LINK, wanted)
    assert following["plannedOn"] == str(wanted)


async def test_one_that_is_called_already_stays_the_only_one(city: City, fresh: None) -> None:
    first = await called(city, kind="WEEKLY_CITY", title="每周碰面")
    second = await called(city, kind="WEEKLY_CITY", title="每周碰面", plannedOn=day(9))
    await held(city, first)
    assert [row["id"] for row in await planned(city, "WEEKLY_CITY")] == [second["id"]]
    await held(city, await called(city))
    assert len(await planned(city, "AD_HOC")) == 0, "what is held once is held once"


async def test_more_time_has_its_ground_and_does_not_nag(city: City) -> None:
    task = await assigned(city)
    owner, office = await city.sign_in(LEADER), await city.sign_in(OFFICE)
    moved = {"dueOn": day(20), "reason": "台风影响施工"}
    assert await refused(step(owner, "postponeAction", task, **moved)) == ["NOT_PERMITTED"], "not by its owner"
    for wrong in ({"dueOn": day(5)}, {"dueOn": day(400)}, {"reason": ""}):
        assert await refused(step(office, "postponeAction", task, **{**moved, **wrong})), wrong
    task = await step(office, "postponeAction", task, **moved)
    assert (task["state"], task["dueOn"]) == ("OPEN", day(20))
    await later(city, days=10)
    await city.work()
    seen = await look(await city.sign_in(LEADER), "task", task, "clocks { rule dueAt } timeline { edges { node { tag reason } } }")
    assert seen["state"] == "OPEN", "its first day has passed, and it is not late"
    assert [edge["node"]["reason"] for edge in seen["timeline"]["edges"] if edge["node"]["tag"] == "cockpit:action:postponed"] == ["台风影响施工"]
    assert [clock["rule"] for clock in seen["clocks"]] == ["action"]


async def test_what_was_late_is_under_way_again(city: City) -> None:
    task = await assigned(city)
    await later(city, days=9)
    await city.work()
    assert (await look(await city.sign_in(LEADER), "task", task))["state"] == "LATE"
    office = await city.sign_in(OFFICE)
    version = (await look(office, "task", task))["version"]
    given = {"id": task["id"], "version": version, "dueOn": day(5), "reason": "材料未到齐"}
    assert await outcomes(*(do(office, "postponeAction", **given) for _ in range(3))) == ["CONFLICT", "CONFLICT", "DONE"]
    task = await step(await city.sign_in(LEADER), "finishAction", task, result="已完成排查")
    assert task["state"] == "DONE"
    assert await refused(step(office, "postponeAction", task, dueOn=day(9), reason="再延长一些")) == ["WRONG_STATE"]
    assert await refused(step(await city.sign_in(CITY_OFFICE), "postponeAction", task, dueOn=day(9), reason="再延长一些"))
