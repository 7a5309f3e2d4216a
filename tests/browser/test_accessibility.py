"""Readable by everybody: axe on the main pages in both themes, large type, both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.kernel.demonstration import VILLAGE
from tests.browser.phone import Phone
from tests.factories.city import APPLICANT, COUNTY_CENTER

AXE = Path(__file__).parents[2] / "pwa/node_modules/axe-core/axe.min.js"
PREFERENCES = "localStorage.setItem('shanzhi-preferences', JSON.stringify({preferences}))"

STAFF_PAGES = {
    "/": "您好", "/disputes?tab=all": "331024-26-", "/inbox": "消息", "/me": "现在的身份", "/me/security": "通行密钥",
    "/disputes/map": "地区", "/five-rings/figures": "平均办结时长", "/five-rings/scores": "责任积分",
    "/five-rings/signals": "预警", "/five-rings/briefings": "简报", "/disputes/report": "发生了什么事",
}  # fmt: skip


def violations(phone: Phone) -> list[str]:
    """Serious and critical ones, each with the first element it names."""
    found = phone.page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)")
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in grave]


@pytest.fixture
def dispute(phone: Callable[..., Phone]) -> str:
    reporter = phone()
    reporter.enter(APPLICANT)
    made = reporter.command(
        "reportDispute", "ReportDisputeInput", statement="小区公共收益没有公开,业主要求说明。", category="PROPERTY_SERVICE",
        division=f"{VILLAGE}001", reporterMode="NAMED",
        parties=[{"side": "RESPONDENT", "name": "测试物业公司", "phone": ""}],
    )  # fmt: skip
    return str(made["id"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation(phone: Callable[..., Phone], dispute: str, theme: str) -> None:
    staff = phone(color_scheme=theme, reduced_motion="reduce")
    staff.page.add_init_script(path=AXE)
    staff.open("/sign-in")
    expect(staff.page.get_by_label("手机号")).to_be_visible()
    found = {"/sign-in": violations(staff)}
    staff.enter(COUNTY_CENTER)
    for path, text in {**STAFF_PAGES, f"/disputes/{dispute}": "责任人"}.items():
        staff.open(path)
        expect(staff.page.locator("main").get_by_text(text).first).to_be_visible()
        found[path] = violations(staff)
    sheet = staff.page.get_by_role("dialog")
    staff.page.get_by_role("navigation", name="接下来可以做").get_by_role("button").last.click()
    expect(sheet).to_be_visible()
    found["sheet"] = violations(staff)
    assert {path: list_ for path, list_ in found.items() if list_} == {}
    assert staff.problems == []


def test_large_type_cuts_nothing(phone: Callable[..., Phone], dispute: str) -> None:
    staff = phone(locale="en-US")
    staff.enter(COUNTY_CENTER)
    staff.page.add_init_script(PREFERENCES.format(preferences="{largeType: true, theme: 'auto', language: 'en'}"))
    for path in [*STAFF_PAGES, f"/disputes/{dispute}"]:
        staff.open(path)
        expect(staff.page.locator("main h1")).to_be_visible()
        expect(staff.page.locator("[aria-busy=true]")).to_have_count(0)
        width = staff.page.evaluate("Math.max(document.documentElement.scrollWidth, innerWidth)")
        assert width <= 390, f"{path} is {width} wide"
        cut = staff.page.evaluate(
            """() => [...document.querySelectorAll("button, a, h1, h2, p, label, .tag")]
                .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "hidden"
                    && !one.classList.contains("visually-hidden"))
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert cut == [], path
    assert staff.problems == []


def test_the_language_changes_at_once_and_stays(phone: Callable[..., Phone]) -> None:
    staff = phone()
    staff.enter(COUNTY_CENTER)
    staff.open("/me")
    staff.page.get_by_text("English", exact=True).click()
    expect(staff.page.get_by_role("link", name="Home", exact=True)).to_be_visible()
    expect(staff.page.locator("html")).to_have_attribute("lang", "en")
    staff.page.reload()
    expect(staff.page.get_by_role("heading", name="Me", exact=True)).to_be_visible()
    staff.page.get_by_text("中文", exact=True).click()
    expect(staff.page.get_by_role("link", name="首页", exact=True)).to_be_visible()
    assert staff.problems == []
