"""A deputy's clue on emulated phones: raised, filed, recommended, replied to, looked at without a network, found wanting, put right, closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.phone import Phone
from tests.browser.supervision import Staff
from tests.factories.oversight import CHIEF, CONGRESS, DEPUTY, PROSECUTOR, QUERIES, RAISED, UNIT

SITE = {"geolocation": {"latitude": 28.85, "longitude": 120.73}, "permissions": ["geolocation"]}
DEMANDS = ("依法查处直排行为", "建立巡查机制")
FINDING = "排污口已封堵,现场水质清澈"


def seen(phone: Phone, row: str, show: str = "state", what: str = "recommendation") -> dict[str, Any]:
    query = f"query($id: ID!) {{ {QUERIES[what]}(id: $id) {{ id version {show} }} }}"
    found: dict[str, Any] = phone.api(query, id=row)[QUERIES[what]]
    return found


def fresh(phone: Phone, path: str) -> None:
    """The page with what the server says now, not with what the phone kept."""
    phone.open(path)
    phone.page.wait_for_load_state("networkidle")


def page_of(row: str) -> str:
    return f"/oversight/recommendations/{row}"


def choose(sheet: Locator, group: str, answer: str) -> None:
    """A choice whose words begin like this; a note may follow them."""
    sheet.get_by_role("group", name=group).locator("label.chip", has_text=re.compile(rf"^\s*{re.escape(answer)}")).click()


def raised(deputy: Phone, photograph: Path) -> str:
    """On the form, with a photograph; the clue's address."""
    deputy.open("/oversight/raise")
    deputy.page.locator("form").get_by_text("发现的问题", exact=False).click()
    deputy.page.locator("#field-field").select_option("ENVIRONMENT")
    deputy.fill("一句话标题", RAISED["title"])
    deputy.fill("具体情况", RAISED["content"])
    deputy.page.locator("input[type=file]").last.set_input_files(photograph)
    expect(deputy.page.locator("form").get_by_role("img")).to_be_visible()
    deputy.tap("提出")
    deputy.see("已经收到")
    deputy.page.get_by_role("link", name="查看进展").click()
    deputy.see("待审查")
    return deputy.page.url.removeprefix(deputy.address)


def filed(staff: Staff, clue: str) -> None:
    """Screened and assessed by the prosecutor, filed by the chief."""
    prosecutor, chief = staff[PROSECUTOR], staff[CHIEF]
    fresh(prosecutor, clue)
    sheet = prosecutor.act("审查线索")
    choose(sheet, "处理意见", "受理")
    sheet.get_by_role("textbox", name="理由").fill("属于检察监督范围")
    prosecutor.send(sheet, "答复")
    fresh(prosecutor, clue)
    sheet = prosecutor.act("评估")
    sheet.get_by_role("textbox", name="评估意见").fill("损害公共利益,证据清楚")
    for name, points in (("公共利益", 25), ("影响人数", 15), ("证据", 15), ("反复程度", 5), ("紧急程度", 10)):
        sheet.get_by_role("textbox", name=name, exact=False).last.fill(str(points))
    prosecutor.send(sheet)
    fresh(chief, clue)
    sheet = chief.act("决定立案")
    sheet.get_by_text("公益诉讼", exact=True).click()
    sheet.get_by_role("textbox", name="立案理由").fill("符合行政公益诉讼立案条件")
    chief.send(sheet, "立案")


def drafted(prosecutor: Phone, clue: str) -> str:
    """To the agency, with two demands; the recommendation's id."""
    fresh(prosecutor, clue)
    sheet = prosecutor.act("起草检察建议")
    sheet.locator(".person", has_text="测试行政执法局").first.click()
    for name, text in (("线索来源", "人大代表反映的线索"), ("查明的事实和证据", "经现场勘查,情况属实,证据充分。"),
                       ("违法情形或者需要消除的隐患", "公共利益持续受损"), ("法律依据", "行政诉讼法第二十五条第四款")):  # fmt: skip
        sheet.get_by_role("textbox", name=name).fill(text)
    sheet.get_by_role("button", name="再加一条").click()
    for number, demand in enumerate(DEMANDS):
        sheet.locator(".line textarea").nth(number).fill(demand)
    prosecutor.send(sheet)
    fresh(prosecutor, clue)
    link = prosecutor.page.locator("a[href^='/oversight/recommendations/']").first
    return str(link.get_attribute("href")).rsplit("/", 1)[-1]


def decide_and_serve(staff: Staff, row: str) -> None:
    chief, prosecutor = staff[CHIEF], staff[PROSECUTOR]
    chief.open(page_of(row))
    chief.see(DEMANDS[0])
    sheet = chief.act("审批")
    sheet.get_by_text("批准", exact=True).click()
    sheet.get_by_role("textbox", name="意见").fill("同意发出")
    chief.send(sheet)
    fresh(prosecutor, page_of(row))
    sheet = prosecutor.act("送达")
    sheet.get_by_role("textbox", name="送达方式").fill("宣告送达")
    sheet.get_by_label("单位名称、建议事项和期限都已核对").check()
    prosecutor.send(sheet, "确认送达")
    assert seen(prosecutor, row)["state"] == "SERVED"


def reply(unit: Phone, row: str, photograph: Path, text: str) -> None:
    """In its own account, demand by demand, with a photograph as proof."""
    fresh(unit, page_of(row))
    sheet = unit.act("书面回复")
    choose(sheet, "答复类别", "A 类：已经解决或者基本解决")
    sheet.get_by_role("textbox", name="总体情况").fill(text)
    for number, measure in enumerate(("已立案查处并封堵排污口", "已建立每周巡查制度"), 1):
        sheet.get_by_role("textbox", name=f"第 {number} 项的措施", exact=False).fill(measure)
    sheet.locator("input[type=file]").last.set_input_files(photograph)
    expect(sheet.get_by_role("img")).to_be_visible()
    unit.send(sheet, "提交回复")
    assert seen(unit, row)["state"] == "REPLIED"


def visit(prosecutor: Phone, row: str, photograph: Path, *, offline: bool) -> None:
    """Looked at on the spot; the first time without a network, through a reload in the middle."""
    fresh(prosecutor, page_of(row))
    prosecutor.page.get_by_role("navigation", name="接下来可以做").get_by_role("button", name="现场核查").click()
    form = prosecutor.page.locator("form")
    expect(form.get_by_text("核查地点")).to_be_visible()
    prosecutor.context.set_offline(offline)
    form.get_by_role("group", name="一起核查的代表").locator("label.chip").first.click()
    prosecutor.fill("核查地点", "测试溪上游")
    prosecutor.tap("获取位置")
    expect(form.get_by_text("误差", exact=False).first).to_be_visible()
    for number, demand in enumerate(DEMANDS, 1):
        choose(form, f"{number}. {demand}", "整改到位")
        prosecutor.fill(f"第 {number} 项看到的情况", "已经落实")
    prosecutor.fill("现场总体情况", FINDING)
    form.locator("input[type=file]").last.set_input_files(photograph)
    prosecutor.see("已自动存为草稿")
    if offline:
        prosecutor.page.wait_for_timeout(1_000)
        prosecutor.page.reload()
        expect(prosecutor.page.get_by_label("现场总体情况")).to_have_value(FINDING)
        expect(form.get_by_role("img")).to_be_visible()
    prosecutor.tap("提交核查单")
    if offline:
        prosecutor.see("已存在手机里")
        assert seen_checks(prosecutor, row) == 0, "it waits on the phone"
        prosecutor.context.set_offline(False)
    prosecutor.see("已经收到")


def seen_checks(phone: Phone, row: str) -> int:
    """How many checks the server knows; the API of an emulated phone has its network even while its pages have none."""
    return len(seen(phone, row, "checks { id }")["checks"])


def sign(phone: Phone, row: str) -> None:
    """From the recommendation's page: read the sheet, draw a name, agree, confirm."""
    fresh(phone, page_of(row))
    phone.page.get_by_role("link", name="阅读并签名").first.click()
    phone.see(FINDING)
    pad = phone.page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    phone.page.mouse.move(box["x"] + 40, box["y"] + 60)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + 120, box["y"] + 100, steps=6)
    phone.page.mouse.move(box["x"] + 200, box["y"] + 50, steps=6)
    phone.page.mouse.up()
    phone.page.get_by_text("我已看完全文").click()
    phone.tap("确认签名")
    phone.see("您已签名")


def rate(deputy: Phone, row: str, process: str, result: str, words: str, label: str) -> None:
    fresh(deputy, page_of(row))
    sheet = deputy.act("评价")
    choose(sheet, "办理过程", process)
    choose(sheet, "办理结果", result)
    sheet.get_by_role("textbox", name="评价的理由").fill(words)
    if label != "提交评价":
        expect(sheet.get_by_text("新的期限为一个月", exact=False)).to_be_visible()
        sheet.get_by_label("我要求重新办理").check()
    deputy.send(sheet, label)


def answer(unit: Phone, words: str) -> None:
    sheet = unit.act("答复评价")
    sheet.get_by_role("textbox", name="答复", exact=True).fill(words)
    unit.send(sheet)


def close(chief: Phone, clue: str) -> None:
    fresh(chief, clue)
    sheet = chief.act("办结")
    sheet.get_by_role("textbox", name="办结理由").fill("整改到位,予以结案")
    sheet.get_by_label("我已核对").check()
    chief.send(sheet, "办结")


def test_what_the_deputy_raised_is_put_right_the_second_time(phone: Callable[..., Phone], photograph: Path) -> None:
    staff = Staff(lambda: phone(**SITE))
    deputy, prosecutor, unit, congress = staff[DEPUTY], staff[PROSECUTOR], staff[UNIT], staff[CONGRESS]
    clue = raised(deputy, photograph)
    filed(staff, clue)
    row = drafted(prosecutor, clue)
    decide_and_serve(staff, row)

    # The agency finds it on its desk, with the day and how it is reckoned.
    unit.open("/oversight/recommendations")
    unit.page.locator(f"a[href='{page_of(row)}']").click()
    unit.see("公益诉讼回复")
    unit.tap("怎么算的")
    unit.see("法释〔2020〕20号")
    reply(unit, row, photograph, "高度重视,已按建议逐条整改到位。")

    visit(prosecutor, row, photograph, offline=True)
    assert seen_checks(prosecutor, row) == 1
    sign(prosecutor, row)
    assert seen(prosecutor, row)["state"] == "REPLIED", "one signature is not two"
    sign(deputy, row)
    assert seen(prosecutor, row)["state"] == "VERIFIED"

    rate(deputy, row, "4 满意", "2 不太满意", "雨后又有异味,请再查", "提交，并要求重新办理")
    fresh(unit, page_of(row))
    unit.see("重新办理")
    unit.see("第二轮")
    answer(unit, "已加装雨污分流设施")
    reply(unit, row, photograph, "重新办理:已彻底排查管网并整改。")

    visit(prosecutor, row, photograph, offline=False)
    sign(deputy, row)
    sign(prosecutor, row)
    rate(deputy, row, "5 很满意", "5 很满意", "这次彻底解决了", "提交评价")
    fresh(deputy, page_of(row))
    deputy.see("已加装雨污分流设施")
    close(staff[CHIEF], clue)

    # The congress office reads how it went, and what its figures are made of.
    fresh(congress, page_of(row))
    congress.see("已办结")
    congress.open("/oversight/figures")
    congress.page.get_by_role("link", name="看这").first.click()
    congress.see("331024-26-")
    assert [each.problems for each in (deputy, prosecutor, unit, congress, staff[CHIEF])] == [[], [], [], [], []]
