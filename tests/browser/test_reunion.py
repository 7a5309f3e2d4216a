"""The main job on emulated phones: a guest whom nobody knows is registered, compared and recognised, each person on his own page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.reunion import approve, asked, missed, register, review, seen, the_player, until
from tests.browser.supervision import Staff
from tests.factories import faces
from tests.factories.reunion import CHIEF, EXPERT, EXPERT_2, NEXT_POLICE, POLICE, STATION, as_jpeg


def test_a_guest_is_registered_compared_and_recognised(phone: Callable[..., Phone], tmp_path: Path) -> None:
    staff = Staff(phone)
    alone, team = faces.basketball_player(), faces.the_team()
    sought, number = missed(staff, team, the_player(team, alone))
    photograph = tmp_path / "guest.jpg"
    photograph.write_bytes(as_jpeg(alone))

    station = phone()
    station.enter(STATION)
    case = register(station, photograph)
    asked(staff, case)

    chief = phone()
    chief.enter(CHIEF)
    approve(chief, case)
    until(staff[POLICE], case, "CANDIDATES")
    code = seen(staff[NEXT_POLICE], sought, "")["code"]
    rows: list[dict[str, Any]] = []
    for _ in range(100):
        found = seen(staff[EXPERT], case, "candidates { id otherCode other { id } }")["candidates"]
        rows = [each for each in found if each["otherCode"] == code and each["other"]]
        if rows:
            break
        staff[EXPERT].page.wait_for_timeout(200)
    assert rows, "the other county has opened its record"

    first, second = phone(), phone()
    first.enter(EXPERT)
    second.enter(EXPERT_2)
    review(first, case, rows[0]["id"], "五官一致、手疤位置相同")
    review(second, case, rows[0]["id"], "眉眼和耳廓相像")
    second.see("测试人像专家甲")
    # Whether it stands out depends on who else was registered here before.
    second.see("系统给出的数")
    second.open(f"/reunion/cases/{case}")
    second.see("有线索，待核实")
    family = phone()
    family.enter(number)
    family.open("/")
    family.page.get_by_role("link", name="测试老人").first.click()
    expect(family.page.get_by_role("heading", name="寻找测试老人：已受理")).to_be_visible()
    family.see("您的寻人登记已受理")
    for told in ("候选", "线索", "比对"):
        assert told not in family.page.locator(".page").last.inner_text()
    family.tap("撤回寻人登记")
    sheet = family.page.get_by_role("dialog")
    sheet.get_by_label("为什么撤回").fill("家里自己找到了")
    sheet.get_by_label("我确认撤回").check()
    family.send(sheet, "撤回寻人登记")
    expect(family.page.get_by_role("heading", name="寻找测试老人：已撤回")).to_be_visible()
    assert station.problems == chief.problems == first.problems == second.problems == family.problems == []
