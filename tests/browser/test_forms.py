"""What a person typed is never lost: refusals, conflicts, and the form by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from backend.kernel.demonstration import VILLAGE
from tests.browser.phone import Phone
from tests.factories.city import APPLICANT, DISPATCHER, MEDIATOR, TOWN_LEADER


def reported(reporter: Phone, statement: str) -> dict[str, Any]:
    return reporter.command(
        "reportDispute", "ReportDisputeInput", statement=statement, category="NEIGHBOUR",
        division=f"{VILLAGE}003", reporterMode="NAMED",
    )  # fmt: skip


def test_a_refused_report_keeps_every_word(phone: Callable[..., Phone]) -> None:
    reporter = phone()
    reporter.enter(APPLICANT)
    reporter.open("/disputes/report")
    reporter.fill("发生了什么事", "短")
    reporter.page.get_by_label("纠纷类型").select_option("NEIGHBOUR")
    reporter.tap("添加一个人")
    reporter.fill("姓名或单位名称", "测试乙二")
    reporter.page.locator("[id='field-parties.0.phone']").fill("12345")
    reporter.tap("提交")
    expect(reporter.page.get_by_role("alert").first).to_be_visible()
    expect(reporter.page.get_by_label("发生了什么事")).to_have_value("短")
    expect(reporter.page.locator("[id='field-parties.0.phone']")).to_have_value("12345")
    assert reporter.problems == []


def triage(dispatcher: Phone, dispute: dict[str, Any]) -> None:
    dispatcher.command(
        "triageDispute", "TriageInput", id=dispute["id"], version=dispute["version"], category="NEIGHBOUR",
        severity="SIMPLE", route="MEDIATION", violence=False, duplicatesChecked=True,
    )  # fmt: skip


def test_a_conflict_shows_what_changed_and_keeps_what_was_typed(phone: Callable[..., Phone]) -> None:
    reporter, dispatcher, leader = phone(), phone(), phone()
    reporter.enter(APPLICANT)
    dispute = reported(reporter, "两户人家为围墙的位置争执了很久,始终说不到一起。")
    dispatcher.enter(DISPATCHER)
    triage(dispatcher, dispute)
    dispatcher.open(f"/disputes/{dispute['id']}")
    sheet = dispatcher.act("交办")
    sheet.get_by_text("村（社区）", exact=True).click()
    sheet.locator(".person", has_text="测试调解员").first.click()
    sheet.get_by_label("备注").fill("双方情绪激动,请尽快联系")

    leader.enter(TOWN_LEADER)
    leader.command("urgeDispute", "UrgeInput", id=dispute["id"], note="请尽快交办")
    sheet.get_by_role("button", name="提交", exact=True).click()
    expect(sheet.get_by_text("您填写期间，情况有了变化")).to_be_visible()
    expect(sheet.get_by_text("催办", exact=False).first).to_be_visible()
    expect(sheet.get_by_label("备注")).to_have_value("双方情绪激动,请尽快联系")
    dispatcher.send(sheet, "看过变化，仍然提交")
    dispatcher.see("已交办")
    assert dispatcher.problems == []


def test_an_open_page_follows_what_others_do(phone: Callable[..., Phone]) -> None:
    reporter, dispatcher = phone(), phone()
    reporter.enter(APPLICANT)
    dispute = reported(reporter, "隔壁装修的噪音从早到晚,家里老人无法休息。")
    reporter.open(f"/disputes/{dispute['id']}")
    reporter.see("已登记")
    dispatcher.enter(DISPATCHER)
    triage(dispatcher, dispute)
    expect(reporter.page.locator("main").get_by_text("已分类", exact=True).first).to_be_visible()
    assert reporter.problems == []


def test_a_report_by_keyboard_alone(phone: Callable[..., Phone]) -> None:
    writer = phone(viewport={"width": 1280, "height": 800}, is_mobile=False, has_touch=False)
    writer.enter(MEDIATOR)
    writer.open("/disputes/report")
    page = writer.page
    expect(page.get_by_label("发生了什么事")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")

    def tab_to(field: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == field:
                return
        raise AssertionError(f"{field} is not reached by Tab")

    tab_to("field-statement")
    page.keyboard.type("两家共用的排水沟堵了,雨天积水,互相指责。")
    tab_to("field-category")
    page.keyboard.press("ArrowDown")
    tab_to("field-division")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+End")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "提交":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("331024-26-").first).to_be_visible()
    assert writer.problems == []
