"""The leadership's morning on emulated phones: red, its rows, the month's consultation, a task, done and checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, expect

from backend.kernel import clock
from backend.kernel.demonstration import TOWN
from tests.browser.phone import Phone
from tests.browser.test_accessibility import AXE, violations
from tests.factories.city import APPLICANT, PROGRAM_OFFICE, TOWN_LEADER, VILLAGE_OFFICER
from tests.factories.disputes import report

SET = "mutation($input: SetIndicatorInput!) { setIndicator(input: $input) { errors { code field } } }"


def more_than_wanted(phone: Callable[..., Phone]) -> str:
    """A dispute in the township, which the county wants to have none of; its code."""
    citizen, office = phone(), phone()
    citizen.enter(APPLICANT)
    dispute = citizen.command("reportDispute", "ReportDisputeInput", **report())
    office.enter(PROGRAM_OFFICE)
    wanted = {
        "division": office.api("{ viewer { active { division { code } } } }")["viewer"]["active"]["division"]["code"], "name": "登记总数",
        "ownerUnit": "县专班", "app": "mediation", "key": "registered_total", "target": 0, "better": "LOWER",
        "validFrom": clock.now().date().isoformat(),
    }  # fmt: skip
    assert not office.api(SET, input=wanted)["setIndicator"]["errors"]
    return str(dispute["code"])


def test_a_township_head_turns_a_red_figure_into_a_task(phone: Callable[..., Phone]) -> None:
    code = more_than_wanted(phone)
    head = phone(viewport={"width": 360, "height": 740})
    head.page.add_init_script(path=AXE)
    head.enter(TOWN_LEADER)
    head.open("/")
    head.page.get_by_role("link", name="驾驶舱").first.click()
    urgent = head.page.get_by_role("region", name="需要关注")
    # Nobody reloads: the figures are kept within a minute, and the page hears of it.
    red = urgent.get_by_role("link", name="登记总数")
    expect(red).to_be_visible(timeout=60_000)
    assert violations(head) == []
    red.click()
    head.see("未达标")
    row = head.page.get_by_role("region", name="计入的事项").get_by_role("link").filter(has_text=code)
    expect(row.first).to_be_visible(timeout=60_000)
    assert violations(head) == []
    head.tap("列入本月会商")
    head.tap("列入议程")
    head.page.get_by_role("link", name="打开会商").click()
    point = head.page.get_by_role("listitem").filter(has_text="登记总数").first
    expect(point).to_be_visible()
    point.get_by_role("button", name="议定任务").click()
    sheet = head.page.get_by_role("dialog", name="议定任务")
    sheet.get_by_label("任务内容").fill("逐件走访新登记的纠纷,一周内就地化解")
    choose(sheet, "测试村干部")
    sheet.get_by_label("期限").fill((clock.now().date() + timedelta(days=7)).isoformat())
    assert violations(head) == []
    head.send(sheet)
    head.see("逐件走访新登记的纠纷")
    done_and_checked(phone, head)


def choose(sheet: Locator, name: str) -> None:
    sheet.get_by_text(name).first.click()


def done_and_checked(phone: Callable[..., Phone], head: Phone) -> None:
    officer = phone(viewport={"width": 360, "height": 740})
    officer.enter(VILLAGE_OFFICER)
    officer.open("/cockpit/tasks")
    officer.page.get_by_role("link", name="逐件走访新登记的纠纷").first.click()
    sheet = officer.act("报告完成")
    sheet.get_by_label("完成情况").fill("三件均已当面调解")
    officer.send(sheet, "报告完成")
    head.page.get_by_role("link", name="逐件走访新登记的纠纷").first.click()
    sheet = head.act("核验")
    sheet.get_by_text("通过", exact=True).click()
    sheet.get_by_label("核验意见").fill("已抽查回访")
    head.send(sheet)
    head.see("核验通过")


def test_the_board_by_keyboard_at_a_desk(phone: Callable[..., Phone]) -> None:
    office = phone(viewport={"width": 1280, "height": 800}, color_scheme="dark", is_mobile=False, has_touch=False)
    office.page.add_init_script(path=AXE)
    office.enter(PROGRAM_OFFICE)
    office.open("/cockpit")
    tile = office.page.get_by_role("navigation", name="下级地区").get_by_role("link").filter(has_text="白塔镇")
    expect(tile).to_be_visible()
    assert violations(office) == []
    tile.focus()
    office.page.keyboard.press("Enter")
    expect(office.page.get_by_role("navigation", name="所在地区").get_by_text("白塔镇")).to_be_visible()
    assert f"division={TOWN}" in office.page.url
    office.page.go_back()
    expect(tile).to_be_visible()
    with office.page.expect_download() as table:
        office.page.get_by_role("link", name="导出表格").click()
    assert table.value.suggested_filename.startswith("cockpit-331024-")
