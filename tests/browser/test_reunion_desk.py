"""Help between counties on emulated phones: asked on the board, taken up next door, answered, and thanked for."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from backend.kernel.demonstration import COUNTY
from tests.browser.phone import Phone
from tests.browser.reunion import CASE, asked, step
from tests.browser.supervision import Staff, command
from tests.browser.test_accessibility import AXE, violations
from tests.factories.reunion import CHIEF, NEXT_POLICE, POLICE, STATION

QUESTION = "七十来岁男性,左手一道疤,请各地查走失报警记录"


def unknown(staff: Staff) -> str:
    """A guest whom nobody knows, after a comparison that was approved."""
    case: str = command(
        staff[STATION], "registerFound", "RegisterFoundInput", show=CASE, kind="AT_STATION", division=COUNTY, station="测试救助站",
        admittedOn="2026-11-20", facts={"name": "测试协查", "sex": "MALE", "born": "七十来岁", "marks": "左手一道疤"},
    )["case"]["id"]  # fmt: skip
    step(staff[STATION], case, "recordReunionBasis", "BasisInput", basis="STATUTORY_DUTY", text="本人无法表达,依救助职责查询")
    asked(staff, case)
    step(staff[CHIEF], case, "decideFaceSearch", "DecideSearchInput", approve=True, reason="同意比对")
    return case


def test_a_county_asks_the_board_and_another_one_answers(phone: Callable[..., Phone]) -> None:
    staff = Staff(phone)
    case = unknown(staff)
    police = staff[POLICE]
    police.open(f"/reunion/cases/{case}")
    police.page.get_by_role("button", name="请求协查").first.click()
    sheet = police.page.get_by_role("dialog", name="请求协查")
    sheet.get_by_text("协查公告板").click()
    sheet.get_by_label("请求协查什么").fill(QUESTION)
    sheet.get_by_label("法律依据").fill("民发〔2015〕158号")
    police.send(sheet, "请求协查")
    police.see("面向各县")

    helper = phone(viewport={"width": 360, "height": 740}, color_scheme="dark", reduced_motion="reduce")
    helper.page.add_init_script(path=AXE)
    helper.enter(NEXT_POLICE)
    helper.open("/reunion/desk?list=BOARD")
    helper.page.get_by_role("link", name=QUESTION).click()
    helper.see("承接以后才能看到姓名和照片")
    assert violations(helper) == []
    assert "测试协查" not in helper.page.locator(".detail").inner_text()
    helper.send(helper.act("承接"), "承接")
    expect(helper.page.get_by_text("测试协查").first).to_be_visible(timeout=40_000)
    sheet = helper.act("答复")
    assert violations(helper) == []
    sheet.get_by_text("本地有人认识").click()
    sheet.get_by_label("依据和理由").fill("村干部看过照片,认得是本村人")
    helper.send(sheet, "答复")
    helper.see("村干部看过照片")

    for _ in range(100):
        police.open(f"/reunion/cases/{case}")
        if police.page.get_by_role("button", name="感谢").count():
            break
        police.page.wait_for_timeout(400)
    police.see("认得是本村人")
    police.page.get_by_role("button", name="感谢").first.click()
    sheet = police.page.get_by_role("dialog", name="感谢")
    sheet.get_by_label("感谢的话").fill("多谢相助")
    police.send(sheet, "感谢")
    police.see("多谢相助")
    assert police.problems == helper.problems == []
