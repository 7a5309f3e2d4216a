"""检e用 on emulated phones: a closed case becomes a lesson that everybody reads and that names nobody; a letter that stays inside; a clue from a suggestion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Locator, expect

from backend.kernel import clock
from tests.browser.phone import Phone
from tests.browser.supervision import Staff, command
from tests.browser.test_oversight import choose, fresh
from tests.factories.oversight import CHIEF, DEPUTY, PROSECUTOR, RAISED, UNIT
from tests.factories.suggestions import WRITTEN

SMALL = {"viewport": {"width": 360, "height": 780}}
TITLE, TEXT = "溪流直排问题的联动治理", "经代表反映、现场核查和检察建议,行政机关逐条整改,建立每周巡查制度,问题得到根治。"
LESSON: dict[str, Any] = {
    "kind": "TYPICAL_CASE", "title": TITLE, "summary": "检察建议推动行政机关封堵排污口,并建立巡查制度。", "text": TEXT,
}  # fmt: skip
#: What a page does not show when it is printed.
AROUND = "nav, header, button, .tag.tone-green"


def version(phone: Phone, row: str, query: str) -> int:
    return int(phone.api(f"query($id: ID!) {{ {query}(id: $id) {{ version }} }}", id=row)[query]["version"])


def step(phone: Phone, name: str, kind: str, row: str, what: str = "clue", **fields: Any) -> None:
    """Over the API, for what a story does not look at."""
    now = version(phone, row, {"clue": "oversightClue", "lesson": "oversightLesson"}[what])
    command(phone, name, kind, show=f"{what} {{ id }}", id=row, version=now, **fields)


def accepted(staff: Staff) -> str:
    """A clue that the procuratorate took up; its id."""
    row = str(command(staff[DEPUTY], "raiseClue", "RaiseClueInput", show="clue { id }", **RAISED)["clue"]["id"])
    step(staff[PROSECUTOR], "screenClue", "ScreenClueInput", row, decision="ACCEPT", reason="属于检察监督范围")
    return row


def closed(staff: Staff) -> str:
    """A case that needed no recommendation; the clue's id."""
    row, chief = accepted(staff), staff[CHIEF]
    step(staff[PROSECUTOR], "assessClue", "AssessClueInput", row, assessment="损害公共利益", publicInterest=25, affected=15, evidence=15, repeat=5, urgency=10)
    step(chief, "fileOversightCase", "FileCaseInput", row, caseType="PUBLIC_INTEREST", reason="符合立案条件")
    step(chief, "closeOversightCase", "ClueStepInput", row, text="问题已经解决,予以结案")
    return row


def drafted(staff: Staff) -> str:
    """Waiting for the chief; the lesson's id."""
    return str(command(staff[PROSECUTOR], "draftOversightLesson", "DraftLessonInput", show="lesson { id }", clueId=closed(staff), **LESSON)["lesson"]["id"])


def published(staff: Staff) -> str:
    row = drafted(staff)
    step(staff[CHIEF], "decideOversightLesson", "LessonDecisionInput", row, "lesson", publish=True, opinion="同意发布")
    return row


def write(sheet: Locator, text: str) -> None:
    choose(sheet, "是哪一种", "典型案例")
    for name, words in (("标题", TITLE), ("摘要", LESSON["summary"]), ("正文", text)):
        sheet.get_by_role("textbox", name=name).fill(words)


def fits(phone: Phone) -> None:
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360


def reads(person: Phone) -> None:
    """From the home page through the list to the text, which stands alone on paper."""
    fresh(person, "/")
    person.page.get_by_role("link", name="经验成果").first.click()
    person.page.get_by_role("searchbox").fill("没有这样的成果")
    person.see("没有符合的经验成果")
    person.page.get_by_role("searchbox").fill("溪流直排")
    person.page.get_by_role("button", name="监督模型", exact=True).click()
    person.see("没有符合的经验成果")
    person.page.get_by_role("button", name="监督模型", exact=True).click()
    person.page.get_by_role("button", name="典型案例", exact=True).click()
    fits(person)
    person.page.get_by_role("link", name=TITLE).first.click()
    person.see(TEXT)
    fits(person)
    expect(person.page.get_by_text("只有检察机关看得到")).to_have_count(0)
    assert person.page.locator("main a[href^='/oversight/clues/']").count() == 0, "the case stays with the procuratorate"
    expect(person.page.get_by_role("button", name="打印或存为 PDF")).to_be_visible()
    person.page.emulate_media(media="print")
    expect(person.page.get_by_text(TEXT)).to_be_visible()
    assert [one.inner_text() for one in person.page.locator(AROUND).all() if one.is_visible()] == []
    soft = person.page.locator(".print-area .soft").evaluate("(one) => getComputedStyle(one).color")
    assert soft == "rgb(51, 51, 51)", "dark on white, in whichever theme"
    person.page.emulate_media(media="screen")


def test_what_a_case_teaches_is_read_by_everybody_and_names_nobody(phone: Callable[..., Phone]) -> None:
    staff = Staff(lambda: phone(**SMALL))
    prosecutor, chief, deputy, unit = staff[PROSECUTOR], staff[CHIEF], staff[DEPUTY], staff[UNIT]
    clue = closed(staff)
    fresh(prosecutor, f"/oversight/clues/{clue}")
    sheet = prosecutor.act("提炼经验成果")
    expect(sheet.get_by_text("不要写姓名、电话和身份证号", exact=False)).to_be_visible()
    write(sheet, f"由测试代表甲反映。{TEXT}")
    sheet.get_by_role("button", name="提交检察长决定", exact=True).click()
    refused = sheet.locator("[aria-invalid=true]")
    expect(refused).to_have_attribute("id", "field-text")
    expect(sheet.get_by_role("alert")).to_contain_text("姓名、电话或者身份证号")
    refused.fill(TEXT)
    prosecutor.send(sheet, "提交检察长决定")

    fresh(unit, "/oversight/lessons")
    unit.see("经验成果")
    expect(unit.page.get_by_role("link", name=TITLE)).to_have_count(0)

    # The message brings the chief to what waits for him.
    fresh(chief, "/inbox")
    chief.page.get_by_text("等您决定是否发布").first.click()
    chief.see(TEXT)
    chief.see("待决定")
    sheet = chief.act("决定是否发布")
    sheet.get_by_text("发布", exact=True).click()
    sheet.get_by_role("textbox", name="意见").fill("同意发布")
    sheet.get_by_role("button", name="确认决定", exact=True).click()
    expect(sheet.get_by_role("alert")).to_be_visible()
    sheet.get_by_label("我已看完全文").check()
    chief.send(sheet, "确认决定")
    chief.see("已发布")
    lesson = chief.page.url.removeprefix(chief.address)

    reads(deputy)
    at_night = phone(**SMALL, color_scheme="dark")
    at_night.enter(UNIT)
    reads(at_night)
    fresh(prosecutor, "/inbox")
    prosecutor.page.get_by_text("您起草的经验成果有了决定").first.click()
    expect(prosecutor.page).to_have_url(f"{prosecutor.address}{lesson}")
    prosecutor.see("同意发布")
    prosecutor.page.get_by_role("link", name="来自案件", exact=False).click()
    expect(prosecutor.page).to_have_url(f"{prosecutor.address}/oversight/clues/{clue}")

    fresh(chief, lesson)
    sheet = chief.act("撤下")
    sheet.get_by_role("textbox", name="为什么撤下").fill("需要补充修改")
    sheet.get_by_label("我确认撤下").check()
    chief.send(sheet, "确认撤下")
    chief.see("已撤下")
    fresh(unit, lesson)
    unit.see("没有找到这篇经验成果")
    assert unit.page.get_by_text(TEXT).count() == 0
    assert [each.problems for each in (prosecutor, chief, deputy, unit, at_night)] == [[], [], [], [], []]


def test_a_letter_of_the_investigation_stays_inside(phone: Callable[..., Phone]) -> None:
    staff = Staff(lambda: phone(**SMALL))
    prosecutor, deputy = staff[PROSECUTOR], staff[DEPUTY]
    clue = f"/oversight/clues/{accepted(staff)}"
    fresh(prosecutor, clue)
    sheet = prosecutor.act("请求协助调查")
    expect(sheet.get_by_text("只留在检察机关", exact=False)).to_be_visible()
    for name, text in (("协助机关", "测试县生态环境局"), ("请求协助的事项", "调取近一年水质监测记录"), ("已掌握的事实", "上游作坊雨天直排,水面有泡沫。"),
                       ("法律依据", "人民检察院检察建议工作规定第十四条"), ("本院联系人和电话", "测试检察官 0576-00000086")):  # fmt: skip
        sheet.get_by_role("textbox", name=name).fill(text)
    for _ in range(2):
        sheet.get_by_role("button", name="再加一条").click()
    for number, text in enumerate(("监测记录", "不需要的", "执法台账")):
        sheet.locator(".line textarea").nth(number).fill(text)
    sheet.get_by_role("button", name="删除第 2 条").click()
    day = clock.now().astimezone(clock.LOCAL).date() + timedelta(days=20)
    sheet.get_by_label("请在哪天前回复").fill(str(day))
    sheet.get_by_label("机关名称和内容已核对").check()
    prosecutor.send(sheet, "生成协助调查函")
    prosecutor.page.get_by_role("link", name="协助调查函").first.click()
    prosecutor.see("执法台账")
    prosecutor.see("0576-00000086")
    expect(prosecutor.page.get_by_text("不需要的")).to_have_count(0)
    fresh(deputy, clue)
    deputy.see("反映的情况")
    assert deputy.page.get_by_text("协助调查函").count() == 0
    assert [each.problems for each in (prosecutor, deputy)] == [[], []]


def test_a_suggestion_that_shows_something_unlawful_becomes_a_clue(phone: Callable[..., Phone]) -> None:
    staff = Staff(lambda: phone(**SMALL))
    deputy, prosecutor = staff[DEPUTY], staff[PROSECUTOR]
    row = command(deputy, "raiseSuggestion", "RaiseSuggestionInput", show="suggestion { id code }", **WRITTEN)["suggestion"]
    fresh(deputy, f"/oversight/suggestions/{row['id']}")
    deputy.page.get_by_role("link", name="转为监督线索").click()
    expect(deputy.page.get_by_label("一句话标题")).to_have_value(WRITTEN["title"])
    expect(deputy.page.get_by_label("具体情况")).to_have_value(WRITTEN["text"])
    deputy.see(f"文字来自代表建议 {row['code']}")
    shield = deputy.page.get_by_role("checkbox", name="保护我的姓名")
    shield.check()
    deputy.see("别人可能看出是您提出的")
    shield.uncheck()
    deputy.see("会注明来自这件建议")
    deputy.page.locator("form").get_by_text("发现的问题", exact=False).click()
    # Written on after a reload, it still knows where it comes from.
    deputy.fill("具体情况", "站台施工单位偷工减料,坡道无法使用。")
    deputy.see("已自动存为草稿")
    deputy.page.wait_for_timeout(1_000)
    deputy.page.reload()
    expect(deputy.page.get_by_label("具体情况")).to_have_value("站台施工单位偷工减料,坡道无法使用。")
    deputy.tap("提出")
    deputy.see("已经收到")
    deputy.page.get_by_role("link", name="查看进展").click()
    deputy.see(f"来自代表建议 {row['code']}")
    fresh(prosecutor, deputy.page.url.removeprefix(deputy.address))
    prosecutor.see(f"来自代表建议 {row['code']}")
    assert [each.problems for each in (deputy, prosecutor)] == [[], []]
