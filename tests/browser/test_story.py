"""The story of the product on emulated phones: a dispute from the photograph to the rating, and one that is late."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from backend.kernel.demonstration import VILLAGE
from tests.browser.phone import Phone
from tests.factories.city import APPLICANT, DISPATCHER, GRID_WORKER, MEDIATOR, RESPONDENT, TOWN_LEADER

STATEMENT = "楼上邻居家水管漏水,把我家天花板泡坏了,多次上门沟通都没有结果。"


def write_report(reporter: Phone, photograph: Path) -> None:
    reporter.open("/disputes/report")
    reporter.fill("发生了什么事", STATEMENT)
    reporter.page.locator("input[type=file]").first.set_input_files(photograph)
    reporter.page.get_by_label("纠纷类型").select_option("NEIGHBOUR")
    reporter.page.locator("#field-division").click()
    reporter.page.get_by_role("searchbox").fill("茶溪村委会第1网格")
    reporter.page.get_by_role("button", name="第1网格").first.click()
    reporter.fill("具体地点", "文化礼堂北侧")
    reporter.tap("添加一个人")
    reporter.fill("姓名或单位名称", "测试乙二")
    reporter.page.locator("[id='field-parties.0.phone']").fill(RESPONDENT)
    reporter.see("已自动存为草稿")


def newest(phone: Phone) -> dict[str, Any]:
    data = phone.api("{ disputes(first: 1) { edges { node { id code version state title files { thumbnailUrl } } } } }")
    node: dict[str, Any] = data["disputes"]["edges"][0]["node"]
    return node


def sign(phone: Phone, dispute_id: str) -> None:
    """Read the paper, draw a signature, agree, confirm."""
    phone.open(f"/disputes/{dispute_id}")
    sheet = phone.act("签名")
    sheet.get_by_role("link", name="打开", exact=False).first.click()
    phone.see("各方责任")
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


def test_a_dispute_from_the_photograph_to_the_rating(phone: Callable[..., Phone], photograph: Path) -> None:
    reporter, grid, mediator = phone(), phone(), phone()
    reporter.sign_in(APPLICANT)
    grid.sign_in(GRID_WORKER)
    grid.open("/inbox")

    # The reporter loses the network after opening the form, sends, and comes back.
    write_report(reporter, photograph)
    reporter.context.set_offline(True)
    reporter.tap("提交")
    reporter.see("已存在手机里")
    assert "漏水" not in grid.page.content()
    reporter.context.set_offline(False)
    expect(reporter.page.get_by_text("331024-26-").first).to_be_visible()

    # The grid member's open app hears of it without a reload.
    expect(grid.page.get_by_text("331024-26-").first).to_be_visible()
    dispute = newest(reporter)
    assert dispute["files"][0]["thumbnailUrl"]
    picture = grid.context.request.get(grid.address + dispute["files"][0]["thumbnailUrl"])
    assert picture.ok and picture.headers["content-type"] == "image/jpeg"
    grid.open(f"/disputes/{dispute['id']}")
    grid.see(STATEMENT[:12])

    give_to_mediator(phone, dispute["id"])
    mediator.sign_in(MEDIATOR)
    accept_and_start(mediator, dispute["id"])
    draft(mediator)

    respondent = phone()
    respondent.sign_in(RESPONDENT)
    for person in (reporter, respondent, mediator):
        sign(person, dispute["id"])
    mediator.open(f"/disputes/{dispute['id']}")
    mediator.see("已达成协议")
    finish(phone, mediator, dispute["id"])

    reporter.open(f"/disputes/{dispute['id']}")
    sheet = reporter.act("评价")
    content = sheet.get_by_text("满意", exact=True)
    expect(content).to_have_count(2)
    for answer in content.all():
        answer.click()
    reporter.send(sheet)
    data = reporter.api("query($id: ID!) { dispute(id: $id) { ratings { byMe result } } }", id=dispute["id"])
    assert data["dispute"]["ratings"] == [{"byMe": True, "result": "SATISFIED"}]
    assert reporter.problems + grid.problems + mediator.problems + respondent.problems == []


def give_to_mediator(phone: Callable[..., Phone], dispute_id: str) -> None:
    """Triage and assignment, by the dispatcher at 1280 px."""
    dispatcher = phone(viewport={"width": 1280, "height": 800}, is_mobile=False, has_touch=False)
    dispatcher.sign_in(DISPATCHER)
    dispatcher.open(f"/disputes/{dispute_id}")
    sheet = dispatcher.act("分类")
    sheet.get_by_text("已核对没有重复登记").click()
    dispatcher.send(sheet)
    sheet = dispatcher.act("交办")
    sheet.get_by_text("村（社区）", exact=True).click()
    sheet.locator(".person", has_text="测试调解员").first.click()
    dispatcher.send(sheet)
    dispatcher.see("已交办")
    assert dispatcher.problems == []


def accept_and_start(mediator: Phone, dispute_id: str) -> None:
    mediator.open(f"/disputes/{dispute_id}")
    sheet = mediator.act("受理")
    willing = sheet.get_by_text("愿意", exact=True)
    expect(willing).to_have_count(2)
    for answer in willing.all():
        answer.click()
    mediator.send(sheet)
    sheet = mediator.act("开始调解")
    sheet.get_by_text("已告知双方权利义务").click()
    sheet.get_by_text("调解员与双方没有利害关系").click()
    mediator.send(sheet)


def draft(mediator: Phone) -> None:
    sheet = mediator.act("起草协议")
    sheet.locator("#field-issues").fill("修复费用由谁承担")
    sheet.locator("#field-responsibility").fill("乙二承担全部修复费用")
    sheet.locator(".line textarea").first.fill("乙二一次性赔偿甲一人民币2000元")
    mediator.send(sheet, "生成协议书，请双方签名")


def finish(phone: Callable[..., Phone], mediator: Phone, dispute_id: str) -> None:
    """Performance by the mediator; return visit and closing by the leader, over the API of their own sessions."""

    def version() -> int:
        data = mediator.api("query($id: ID!) { dispute(id: $id) { version } }", id=dispute_id)
        return int(data["dispute"]["version"])

    mediator.command(
        "recordPerformance", "PerformanceInput", id=dispute_id, version=version(), statement="款项已当面付清"
    )
    leader = phone()
    leader.sign_in(TOWN_LEADER)
    leader.command(
        "recordReturnVisit", "ReturnVisitInput", id=dispute_id, version=version(), performance="PERFORMED",
        satisfaction="SATISFIED", notes="",
    )  # fmt: skip
    leader.command(
        "closeDispute", "CloseInput", id=dispute_id, version=version(), closeType="AGREED_PERFORMED",
        checklist=["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"],
    )  # fmt: skip


def test_late_work_turns_red_and_reaches_the_leader(phone: Callable[..., Phone]) -> None:
    """Escalation is seen by moving the clock."""
    reporter = phone()
    reporter.sign_in(APPLICANT)
    dispute = reporter.command(
        "reportDispute", "ReportDisputeInput", statement=STATEMENT, category="NEIGHBOUR",
        division=f"{VILLAGE}002", reporterMode="NAMED",
    )  # fmt: skip
    leader = phone()
    leader.sign_in(TOWN_LEADER)
    leader.open(f"/disputes/{dispute['id']}")
    leader.see("责任人")
    with leader.later(hours=25):
        deadline = time.monotonic() + 30
        notices: list[Any] = []
        while not notices and time.monotonic() < deadline:
            found = leader.api("query($id: ID!) { dispute(id: $id) { supervisionNotices { level } } }", id=dispute["id"])
            notices = found["dispute"]["supervisionNotices"]
            leader.page.wait_for_timeout(300)
        assert [notice["level"] for notice in notices] == [1]
        leader.open(f"/disputes/{dispute['id']}")
        leader.see("已超期")
        leader.see("督办")
    assert leader.problems == []
