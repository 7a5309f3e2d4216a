"""The programme on emulated phones: a hazard found without a network and brought to its closed loop, a meeting whose decision is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from backend.kernel.demonstration import COUNTY
from tests.browser.phone import Phone
from tests.browser.supervision import Staff
from tests.browser.test_accessibility import AXE, CUT, violations
from tests.factories.cockpit import LEADER, OFFICE, REGULATOR, VILLAGE_OFFICER, day, seen

SITE = {"geolocation": {"latitude": 28.85, "longitude": 120.73}, "permissions": ["geolocation"]}


def state_of(phone: Phone, what: str, row: str) -> str:
    query = f"query($id: ID!) {{ cockpit{what.capitalize()}(id: $id) {{ state }} }}"
    return str(phone.api(query, id=row)[f"cockpit{what.capitalize()}"]["state"])


def command(phone: Phone, name: str, kind: str, show: str, /, **fields: Any) -> dict[str, Any]:
    payload = phone.api(f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {show} errors {{ code field }} }} }}", input=fields)[name]
    assert not payload["errors"], payload["errors"]
    return dict(payload)


def fresh(phone: Phone, path: str) -> None:
    """The page with what the server says now, not with what the phone kept."""
    phone.open(path)
    phone.page.wait_for_load_state("networkidle")


def test_a_hazard_found_without_a_network_is_brought_to_its_closed_loop(phone: Callable[..., Phone], photograph: Path) -> None:
    officer, staff = phone(**SITE), Staff(phone)
    officer.enter(VILLAGE_OFFICER)
    officer.open("/cockpit/hazards/find")
    form = officer.page.locator("form")
    expect(form.get_by_label("隐患情况")).to_be_visible()
    officer.page.wait_for_load_state("networkidle")
    officer.context.set_offline(True)
    form.locator("input[type=file]").last.set_input_files(photograph)
    officer.fill("隐患情况", "楼道内电动自行车充电")
    form.get_by_text("平安九小场所", exact=True).click()
    officer.fill("具体位置", "测试副食店二楼")
    officer.tap("报告隐患")
    officer.see("已存在手机里")
    officer.context.set_offline(False)
    officer.see("已经收到")
    officer.page.get_by_role("link", name="查看进展").click()
    officer.see("待定级")
    row = officer.page.url.rsplit("/", 1)[-1]

    regulator = staff[REGULATOR]
    fresh(regulator, f"/cockpit/hazards/{row}")
    sheet = regulator.act("定级")
    sheet.get_by_text("一般隐患", exact=True).click()
    sheet.get_by_role("textbox", name="依据").fill("现场核实")
    regulator.send(sheet)
    fresh(regulator, f"/cockpit/hazards/{row}")
    sheet = regulator.act("交办整改")
    sheet.locator(".person", has_text="测试村干部").first.click()
    sheet.get_by_role("textbox", name="整改要求").fill("立即整改并上传照片")
    sheet.get_by_label("期限").fill(day(10))
    regulator.send(sheet)

    fresh(officer, f"/cockpit/hazards/{row}")
    sheet = officer.act("报告整改")
    sheet.get_by_role("textbox", name="整改情况").fill("充电线路已拆除")
    sheet.locator("input[type=file]").last.set_input_files(photograph)
    expect(sheet.get_by_role("img")).to_be_visible()
    officer.send(sheet)
    fresh(regulator, f"/cockpit/hazards/{row}")
    sheet = regulator.act("核验")
    sheet.get_by_text("通过，闭环", exact=True).click()
    sheet.get_by_role("textbox", name="核验意见").fill("已整改到位")
    regulator.send(sheet)
    assert state_of(regulator, "hazard", row) == "CLOSED"
    assert officer.problems == regulator.problems == []


def test_a_meeting_is_called_its_task_done_and_checked(phone: Callable[..., Phone]) -> None:
    office, leader = phone(), phone()
    office.enter(OFFICE)
    leader.enter(LEADER)
    office.open("/cockpit/new/meeting")
    office.page.locator("form").get_by_text("专题会商", exact=False).first.click()
    office.fill("会议名称", "隐患整改专题会商")
    office.tap("召集")
    office.see("已经收到")
    office.page.get_by_role("link", name="查看进展").click()
    office.see("待召开")
    sheet = office.act("加入议题")
    sheet.get_by_role("textbox", name="议题").fill("出租房消防隐患")
    office.send(sheet)
    office.page.get_by_role("list").get_by_role("button", name="议定任务").first.click()
    sheet = office.page.get_by_role("dialog", name="议定任务")
    sheet.get_by_role("textbox", name="任务内容").fill("排查出租房消防隐患")
    sheet.locator(".person", has_text="测试镇领导").first.click()
    sheet.get_by_label("期限").fill(day(7))
    office.send(sheet)
    fresh(office, office.page.url.removeprefix(office.address))
    sheet = office.act("记录会议")
    sheet.get_by_label("地点").fill("三楼会议室")
    sheet.get_by_label("单位1").fill("白塔镇人民政府")
    sheet.get_by_label("姓名1").fill("测试镇领导")
    sheet.get_by_label("会议情况和议定事项").fill("会议研究了出租房消防隐患整改。")
    office.send(sheet, "完成记录")
    office.see("会商纪要")

    leader.open("/")
    leader.page.get_by_role("link", name="排查出租房消防隐患").first.click()
    leader.see("来自会议")
    sheet = leader.act("报告完成")
    sheet.get_by_role("textbox", name="完成情况").fill("已排查42处")
    leader.send(sheet, "报告完成")
    task = leader.page.url.rsplit("/", 1)[-1]
    fresh(office, f"/cockpit/tasks/{task}")
    sheet = office.act("核验")
    sheet.get_by_text("通过", exact=True).click()
    sheet.get_by_role("textbox", name="核验意见").fill("属实")
    office.send(sheet)
    assert state_of(office, "task", task) == "CHECKED"
    assert office.problems == leader.problems == []


@pytest.fixture
def pages(phone: Callable[..., Phone]) -> dict[str, str]:
    """Path → text that is on it, of rows that this fixture makes."""
    staff = Staff(phone)
    hazard = command(staff[VILLAGE_OFFICER], "findHazard", "FindHazardInput", "hazard { id }", **seen())["hazard"]["id"]
    meeting = command(
        staff[OFFICE], "callMeeting", "CallMeetingInput", "meeting { id version }", division=COUNTY, kind="AD_HOC", title="专题会商", plannedOn=day(),
    )["meeting"]  # fmt: skip
    command(staff[OFFICE], "addAgendaItem", "AgendaTextInput", "meeting { id }", **meeting, title="研究试点推进")
    problem = command(
        staff[LEADER], "reportProblem", "ReportProblemInput", "problem { id }", division="331024103", title="信息无法共享", text="信息分散在多个系统。",
        to=["TASK_FORCE"],
    )["problem"]["id"]  # fmt: skip
    scene = command(
        staff[OFFICE], "proposeScene", "ProposeSceneInput", "scene { id }", division=COUNTY, name="五环智控", goal="全程闭环", leadUnit="县社会治理中心",
    )["scene"]["id"]  # fmt: skip
    return {
        "/cockpit/programme": "3 大跑道", f"/cockpit/hazards/{hazard}": "测试副食店", f"/cockpit/meetings/{meeting['id']}": "研究试点推进",
        f"/cockpit/problems/{problem}": "双报告", f"/cockpit/scenes/{scene}": "五环智控", "/cockpit/tasks?show=all": "任务清单",
        "/cockpit/new/indicator": "设定指标", "/cockpit/new/problem": "报告难点堵点", "/cockpit/hazards/find": "隐患情况",
    }  # fmt: skip


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 360, "height": 780}}])
def test_everybody_can_read_it(phone: Callable[..., Phone], pages: dict[str, str], look: dict[str, Any]) -> None:
    office = phone(reduced_motion="reduce", **look)
    office.page.add_init_script(path=AXE)
    office.enter(OFFICE)
    found, cut = {}, {}
    for path, text in pages.items():
        office.open(path)
        expect(office.page.get_by_text(text).first).to_be_visible()
        office.page.wait_for_load_state("networkidle")
        found[path], cut[path] = violations(office), office.page.evaluate(CUT)
        assert office.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert {path: list_ for path, list_ in found.items() if list_} == {}
    assert {path: list_ for path, list_ in cut.items() if list_} == {}
    assert office.problems == []
