"""Without a network: drafts, reloading, reading, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from backend.kernel.demonstration import VILLAGE
from tests.browser.phone import Phone
from tests.factories.city import APPLICANT, GRID_WORKER, MEDIATOR


def wait_for_service_worker(phone: Phone) -> None:
    """Until it controls the page, so that the next load may come from it."""
    phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_several_drafts_survive_a_reload(phone: Callable[..., Phone], photograph: Path) -> None:
    reporter = phone()
    reporter.enter(APPLICANT)
    texts = ["东家的树枝伸进了我家院子,影响采光。", "西边的水渠被堵住,田里进不了水。"]
    for text in texts:
        reporter.open("/disputes/report")
        reporter.fill("发生了什么事", text)
        reporter.page.locator("input[type=file]").first.set_input_files(photograph)
        reporter.see("已自动存为草稿")
    reporter.page.reload()
    expect(reporter.page.get_by_label("发生了什么事")).to_have_value(texts[1])
    expect(reporter.page.locator("form img")).to_have_count(1)

    reporter.open("/drafts")
    for text in texts:
        reporter.see(text[:8])
    reporter.page.get_by_role("link").filter(has_text=texts[0][:8]).first.click()
    expect(reporter.page.get_by_label("发生了什么事")).to_have_value(texts[0])
    assert reporter.problems == []


def test_tasks_and_matters_open_without_a_network(phone: Callable[..., Phone]) -> None:
    reporter, grid = phone(), phone()
    reporter.enter(APPLICANT)
    dispute = reporter.command(
        "reportDispute", "ReportDisputeInput", statement="楼道里堆放杂物,邻居多次劝说没有用。",
        category="PROPERTY_SERVICE", division=f"{VILLAGE}001", reporterMode="NAMED",
    )  # fmt: skip
    grid.enter(GRID_WORKER)
    grid.open("/disputes?tab=all")
    grid.see(dispute["code"])
    grid.open("/disputes")
    line = grid.page.locator("main a[href^='/disputes/0']").first
    expect(line).to_be_visible()
    task = line.get_attribute("href")
    assert task
    grid.open(task)
    grid.see("责任人")
    wait_for_service_worker(grid)

    grid.context.set_offline(True)
    grid.page.reload()
    grid.see("责任人")
    grid.see("现在连不上网")
    grid.open("/disputes")
    expect(grid.page.locator(f"main a[href='{task}']")).to_be_visible()
    grid.open("/")
    expect(grid.page.get_by_role("link", name="反映矛盾纠纷")).to_be_visible()
    grid.open("/no/such/page")
    expect(grid.page.get_by_role("heading").first).to_be_visible()
    assert grid.problems == []


def test_a_report_written_offline_survives_the_closed_app(phone: Callable[..., Phone]) -> None:
    """Stored, then the page is closed; a new page in the same browser sends it once."""
    reporter = phone()
    reporter.enter(MEDIATOR)
    reporter.open("/disputes/report")
    wait_for_service_worker(reporter)
    reporter.fill("发生了什么事", "河边堆放的建筑垃圾引起两户人家争吵。")
    reporter.page.get_by_label("纠纷类型").select_option("ENVIRONMENT")
    reporter.context.set_offline(True)
    reporter.tap("提交")
    reporter.see("已存在手机里")
    reporter.page.close()
    reporter.context.set_offline(False)
    reporter.page = reporter.context.new_page()
    reporter.open("/outbox")
    reporter.see("已送达")
    data = reporter.api("{ disputes(first: 5, filter: { search: \"建筑垃圾\" }) { edges { node { id } } } }")
    assert len(data["disputes"]["edges"]) == 1
