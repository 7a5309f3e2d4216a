"""Clues and joint supervision on emulated phones: raised without a network, joined by another deputy, handed over from a dispute, supervised by both organs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from backend.kernel.demonstration import VILLAGE
from tests.browser.phone import Phone
from tests.browser.supervision import command
from tests.browser.test_offline import wait_for_service_worker
from tests.factories.city import APPLICANT
from tests.factories.oversight import CENTER, CHIEF, CONGRESS, DEPUTY, DEPUTY_2, PROSECUTOR

SITE = {"geolocation": {"latitude": 28.85, "longitude": 120.73}, "permissions": ["geolocation"]}
TITLE, WORDS = "测试路口盲道被长期占用", "多处盲道被共享单车占用,视障人士无法通行。"


def signed_in(make: Callable[..., Phone], number: str, **options: object) -> Phone:
    person = make(**options)
    person.enter(number)
    return person


def fresh(phone: Phone, path: str) -> None:
    """The page with what the server says now, not with what the phone kept."""
    phone.open(path)
    phone.page.wait_for_load_state("networkidle")


def write(deputy: Phone, title: str, words: str) -> None:
    deputy.page.locator("#field-field").select_option("ACCESSIBILITY")
    deputy.fill("一句话标题", title)
    deputy.fill("具体情况", words)


def test_a_clue_is_raised_without_a_network_and_another_deputy_joins(phone: Callable[..., Phone], photograph: Path) -> None:
    deputy = signed_in(phone, DEPUTY, **SITE)
    deputy.open("/oversight/raise")
    wait_for_service_worker(deputy)
    write(deputy, TITLE, WORDS)
    deputy.tap("获取位置")
    expect(deputy.page.get_by_text("误差", exact=False).first).to_be_visible()
    deputy.page.locator("input[type=file]").last.set_input_files(photograph)
    expect(deputy.page.locator("form").get_by_role("img")).to_be_visible()
    deputy.page.get_by_role("checkbox", name="保护我的姓名").check()
    deputy.see("已自动存为草稿")
    deputy.context.set_offline(True)
    deputy.page.reload()
    expect(deputy.page.get_by_label("一句话标题")).to_have_value(TITLE)
    expect(deputy.page.locator("form").get_by_role("img")).to_be_visible()
    deputy.tap("提出")
    deputy.see("已存在手机里")
    deputy.context.set_offline(False)
    deputy.see("已经收到")
    deputy.page.get_by_role("link", name="查看进展").click()
    deputy.see("待审查")
    deputy.see("姓名受保护")
    clue = deputy.page.url.removeprefix(deputy.address)

    other = signed_in(phone, DEPUTY_2)
    other.open("/oversight/raise")
    write(other, "盲道被长期占用", "路口盲道走不通。")
    other.page.get_by_role("region", name="已经有人提出类似的线索").get_by_text(TITLE).wait_for()
    other.page.get_by_role("button", name="加入这一条", exact=False).first.click()
    expect(other.page).to_have_url(f"{other.address}{clue}")
    other.see("2 人提出")
    assert other.page.get_by_text("测试代表甲").count() == 0, "a shielded name is the procuratorate's"

    prosecutor = signed_in(phone, PROSECUTOR)
    fresh(prosecutor, clue)
    prosecutor.see("测试代表甲")
    expect(prosecutor.page.get_by_label("现场位置")).to_be_visible()
    # What happens shows by itself on the page that is open.
    fresh(deputy, clue)
    sheet = prosecutor.act("审查线索")
    sheet.get_by_text("受理", exact=True).click()
    sheet.get_by_label("理由").fill("属于检察监督范围")
    prosecutor.send(sheet, "答复")
    expect(deputy.page.locator("main .tag", has_text="已受理").first).to_be_visible()
    deputy.see("属于检察监督范围")
    assert [person.problems for person in (deputy, other, prosecutor)] == [[], [], []]


def test_a_dispute_is_handed_over_without_its_people(phone: Callable[..., Phone]) -> None:
    dispute = signed_in(phone, APPLICANT).command(
        "reportDispute", "ReportDisputeInput", statement="小区外墙瓷砖大面积脱落,物业一直不处理。", category="PROPERTY_SERVICE",
        division=f"{VILLAGE}001", reporterMode="NAMED", parties=[{"side": "RESPONDENT", "name": "测试辛物业", "phone": ""}],
    )  # fmt: skip
    center = signed_in(phone, CENTER)
    fresh(center, f"/disputes/{dispute['id']}")
    center.see("测试辛物业")
    center.tap("移交检察机关")
    sheet = center.page.get_by_role("dialog", name="移交线索")
    sheet.locator("#field-field").select_option("WORK_SAFETY")
    sheet.get_by_label("一句话标题").fill("老旧小区外墙脱落隐患")
    sheet.get_by_label("发现的问题").fill("调解中发现外墙大面积脱落,长期无人处理。")
    center.send(sheet, "移交")
    center.see("移交为检察监督线索")
    # A second time says that it was done.
    center.tap("移交检察机关")
    sheet.locator("#field-field").select_option("WORK_SAFETY")
    sheet.get_by_label("一句话标题").fill("老旧小区外墙脱落隐患")
    sheet.get_by_label("发现的问题").fill("调解中发现外墙大面积脱落,长期无人处理。")
    sheet.get_by_role("button", name="移交", exact=True).click()
    expect(sheet.get_by_role("alert")).to_contain_text("已经做过")

    prosecutor = signed_in(phone, PROSECUTOR)
    fresh(prosecutor, "/oversight/clues")
    prosecutor.page.get_by_text("老旧小区外墙脱落隐患").first.click()
    prosecutor.see(dispute["code"])
    prosecutor.see("物业")
    assert prosecutor.page.get_by_text("测试辛物业").count() == 0
    assert prosecutor.page.get_by_text("小区外墙瓷砖大面积脱落").count() == 0


def sign(person: Phone, project: str) -> None:
    fresh(person, project)
    person.page.get_by_role("navigation", name="接下来可以做").get_by_role("button", name="签署督办通知").click()
    pad = person.page.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    mouse = person.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + 160, box["y"] + 70, steps=6)
    mouse.up()
    person.page.get_by_role("checkbox").first.check()
    person.tap("确认签名")
    person.see("您已签名")


def test_both_organs_agree_seal_meet_and_finish(phone: Callable[..., Phone]) -> None:
    deputy, congress, chief = (signed_in(phone, number) for number in (DEPUTY, CONGRESS, CHIEF))
    clue = command(
        deputy, "raiseClue", "RaiseClueInput", show="clue { id }", kind="CLUE", field="ENVIRONMENT", division="331024", title="支流两岸垃圾堆积多年",
        content="两岸垃圾堆积多年,雨天流入河道。",
    )["clue"]["id"]  # fmt: skip
    fresh(congress, f"/oversight/joint/propose?clue={clue}")
    expect(congress.page.get_by_label("督办事项")).to_have_value("支流两岸垃圾堆积多年")
    congress.fill("依据", "多名代表反映,久拖未决")
    congress.tap("提议")
    congress.see("已经收到")
    congress.page.get_by_role("link", name="查看进展").click()
    congress.see("待对方决定")
    project = congress.page.url.removeprefix(congress.address)

    fresh(chief, "/")
    chief.page.get_by_text("支流两岸垃圾堆积多年").first.click()
    sheet = chief.act("决定是否同意")
    sheet.get_by_text("同意", exact=True).click()
    sheet.get_by_label("理由").fill("同意联合督办")
    chief.send(sheet)
    # It shows by itself on the other side's page.
    congress.see("等待制定方案")
    sheet = congress.act("制定方案")
    for label, text in (("牵头领导", "测试副主任"), ("方案", "每月会商一次,年底前清理完毕。"), ("完成期限", "2027-06-30")):
        sheet.get_by_label(label).fill(text)
    congress.send(sheet)
    sign(congress, project)
    sign(chief, project)
    chief.see("已盖章")
    fresh(congress, project)
    sheet = congress.act("记录会商")
    for label, text in (("日期", "2026-11-20"), ("地点", "三楼会议室"), ("参加人员和单位", "双方和主管部门"), ("纪要", "会议要求年底前清理完毕。")):
        sheet.get_by_label(label, exact=True).fill(text)
    congress.send(sheet)
    fresh(chief, project)
    sheet = chief.act("评估结果")
    sheet.get_by_label("评估结果").last.fill("两岸垃圾已经清理完毕,建立了保洁制度。")
    chief.send(sheet)
    fresh(congress, project)
    sheet = congress.act("结束或者继续")
    sheet.get_by_text("结束", exact=True).click()
    sheet.get_by_label("理由").fill("目标已经达到")
    congress.send(sheet)
    congress.see("已结束")
    assert [person.problems for person in (congress, chief)] == [[], []]
