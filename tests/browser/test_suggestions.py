"""代表建议 on emulated phones: written without a network, signed, assigned, spoken about, replied to, found wanting, handled again; or planned and done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from backend.kernel import clock
from tests.browser.phone import Phone
from tests.browser.supervision import Staff, command
from tests.browser.test_offline import wait_for_service_worker
from tests.factories.oversight import CHIEF, CONGRESS, DEPUTY, DEPUTY_2, OTHER_UNIT, PROSECUTOR, RAISED, UNIT
from tests.factories.suggestions import MEASURES, WRITTEN

TITLE, POINTS = "在测试公交站台增设无障碍坡道", ("排查全县公交站台", "两年内完成坡道改造")
AGENCY, HELPER = "仙居县测试行政执法局", "仙居县测试市场监管局"
WIDE = {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False}


class People(Staff):
    """The office works at a desk, everybody else on a phone."""

    def __init__(self, make: Callable[..., Phone]) -> None:
        super().__init__(make)
        self._phones[CONGRESS] = make(**WIDE)
        self._phones[CONGRESS].enter(CONGRESS)


def seen(phone: Phone, row: str, show: str = "state") -> dict[str, Any]:
    query = f"query($id: ID!) {{ oversightSuggestion(id: $id) {{ id version {show} }} }}"
    found: dict[str, Any] = phone.api(query, id=row)["oversightSuggestion"]
    return found


def step(phone: Phone, name: str, kind: str, row: str, **fields: Any) -> None:
    """Over the API, for what a story does not look at."""
    command(phone, name, kind, show="suggestion { id }", id=row, version=seen(phone, row)["version"], **fields)


def fresh(phone: Phone, row: str) -> None:
    """The page with what the server says now, not with what the phone kept."""
    phone.open(f"/oversight/suggestions/{row}")
    phone.page.wait_for_load_state("networkidle")


def choose(sheet: Locator, group: str, answer: str) -> None:
    """A choice whose words begin like this; a note may follow them."""
    sheet.get_by_role("group", name=group).locator("label.chip", has_text=re.compile(rf"^\s*{re.escape(answer)}")).click()


def write(deputy: Phone, title: str) -> None:
    deputy.page.locator("#field-field").select_option("ACCESSIBILITY")
    deputy.fill("一句话标题", title)
    deputy.fill("情况和理由", "多处公交站台没有坡道,坐轮椅的居民无法上车。")


def raised_offline(deputy: Phone, photograph: Path) -> str:
    """On the form, through a reload without a network; the suggestion's id."""
    deputy.open("/")
    deputy.page.get_by_role("navigation", name="常用").get_by_role("link", name="提出建议").click()
    wait_for_service_worker(deputy)
    write(deputy, TITLE)
    deputy.page.get_by_role("button", name="再加一条").click()
    for number, point in enumerate(POINTS):
        deputy.page.locator(".line textarea").nth(number).fill(point)
    deputy.page.locator("input[type=file]").last.set_input_files(photograph)
    expect(deputy.page.locator("form").get_by_role("img")).to_be_visible()
    deputy.see("已自动存为草稿")
    deputy.page.wait_for_timeout(1_000)
    deputy.context.set_offline(True)
    deputy.page.reload()
    expect(deputy.page.get_by_label("一句话标题")).to_have_value(TITLE)
    expect(deputy.page.get_by_label("具体建议 2")).to_have_value(POINTS[1])
    expect(deputy.page.locator("form").get_by_role("img")).to_be_visible()
    deputy.tap("提出建议")
    deputy.see("已存在手机里")
    deputy.context.set_offline(False)
    deputy.see("已经收到")
    deputy.page.get_by_role("link", name="查看进展").click()
    deputy.see("待审查")
    return deputy.page.url.rsplit("/", 1)[-1]


def signed_by(other: Phone, row: str) -> None:
    """Another deputy begins to write the same, reads this one, and signs it instead."""
    other.open("/oversight/suggest")
    write(other, "公交站台增设无障碍坡道")
    code = seen(other, row, "code")["code"]
    other.page.get_by_role("region", name="已经有类似的公开建议").get_by_role("link", name=f"看全文并附议 {code}").click()
    other.see(POINTS[0])
    sheet = other.act("附议署名")
    sheet.get_by_role("button", name="署名", exact=True).click()
    expect(sheet.get_by_role("alert")).to_be_visible()
    sheet.get_by_label("我已看完全文").check()
    other.send(sheet, "署名")
    assert (found := seen(other, row, "coSigners isMine"))["isMine"], found
    assert found["coSigners"] == ["测试代表乙"]


def reviewed_and_assigned(office: Phone, row: str) -> None:
    office.open("/")
    office.see("代表建议等您处理")
    office.page.get_by_role("link", name=TITLE).first.click()
    sheet = office.act("审查")
    sheet.get_by_text("作为代表建议办理", exact=True).click()
    sheet.get_by_role("textbox", name="意见").fill("属于代表建议范围")
    office.send(sheet, "提交审查意见")
    office.see("已审查，待交办")
    sheet = office.act("交办")
    sheet.get_by_role("group", name="主办单位").get_by_role("button", name=AGENCY).click()
    helpers = sheet.get_by_role("group", name="协办单位")
    expect(helpers.get_by_role("button", name=HELPER)).to_be_visible()
    assert helpers.get_by_role("button", name=AGENCY).count() == 0, "who answers does not assist as well"
    helpers.get_by_role("button", name=HELPER).click()
    sheet.get_by_role("textbox", name="交办意见").fill("请依法办理")
    office.send(sheet, "确认交办")
    office.see("已交办")
    assert seen(office, row, "mainUnit assistUnits wide")["assistUnits"] == [HELPER]


def taken_up(unit: Phone, row: str) -> None:
    """From its list, with the day and how it is reckoned."""
    unit.open("/oversight/suggestions")
    unit.page.locator(f"a[href='/oversight/suggestions/{row}']").click()
    unit.see("建议办理")
    unit.page.get_by_role("button", name="怎么算的").first.click()
    expect(unit.page.get_by_role("dialog").get_by_text("出处", exact=False).first).to_be_visible()
    unit.page.keyboard.press("Escape")
    sheet = unit.act("接办")
    sheet.get_by_role("textbox", name="承办科室和联系电话").fill("测试科 0576-00000086")
    unit.send(sheet, "接办")
    unit.see("办理中")


def helped(helper: Phone, row: str) -> None:
    fresh(helper, row)
    sheet = helper.act("提交协办意见")
    sheet.get_by_role("textbox", name="协办意见").fill("我局负责的站台商铺占道已清理")
    sheet.get_by_label("内容已核对").check()
    helper.send(sheet, "提交协办意见")


def talked(unit: Phone, row: str) -> None:
    fresh(unit, row)
    sheet = unit.act("记录沟通")
    choose(sheet, "方式", "现场沟通")
    sheet.get_by_role("textbox", name="参加的人").fill("测试代表甲、测试科")
    sheet.get_by_role("textbox", name="谈了什么").fill("现场看了三处站台,代表同意方案")
    unit.send(sheet)
    assert seen(unit, row)["state"] == "CONSULTED"


def answer(unit: Phone, row: str, photograph: Path, text: str, *, planned: str = "") -> None:
    """Point by point: solved with a photograph, or planned with a day."""
    fresh(unit, row)
    sheet = unit.act("书面答复")
    choose(sheet, "答复类别", "B 类" if planned else "A 类")
    if planned:
        sheet.get_by_label("计划完成的日期").fill(planned)
    proved(sheet, photograph, text)
    unit.send(sheet, "提交答复")
    assert seen(unit, row)["state"] == "REPLIED"


def proved(sheet: Locator, photograph: Path, text: str) -> None:
    sheet.get_by_role("textbox", name="总体情况").fill(text)
    for number, measure in enumerate(MEASURES, 1):
        sheet.get_by_role("textbox", name=f"第 {number} 项的措施", exact=False).fill(measure)
    sheet.locator("input[type=file]").last.set_input_files(photograph)
    expect(sheet.get_by_role("img")).to_be_visible()
    sheet.get_by_role("textbox", name="签发人").fill("测试局长")


def rate(deputy: Phone, row: str, result: str, words: str, label: str) -> None:
    fresh(deputy, row)
    sheet = deputy.act("评价")
    choose(sheet, "办理过程", "4 满意")
    choose(sheet, "办理结果", result)
    sheet.get_by_role("textbox", name="评价的理由").fill(words)
    if label != "提交评价":
        expect(sheet.get_by_text("一个月内重新办理", exact=False)).to_be_visible()
        sheet.get_by_label("我要求重新办理").check()
    deputy.send(sheet, label)


def test_what_displeased_is_handled_again(phone: Callable[..., Phone], photograph: Path) -> None:
    people = People(phone)
    deputy, other, office, unit, helper = (people[number] for number in (DEPUTY, DEPUTY_2, CONGRESS, UNIT, OTHER_UNIT))
    row = raised_offline(deputy, photograph)
    signed_by(other, row)
    reviewed_and_assigned(office, row)
    taken_up(unit, row)
    helped(helper, row)
    talked(unit, row)
    unit.see("我局负责的站台商铺占道已清理")
    answer(unit, row, photograph, "我局高度重视,现将办理情况答复如下。")

    rate(deputy, row, "2 不太满意", "坡道太陡", "提交，并要求重新办理")
    fresh(unit, row)
    unit.see("第二轮")
    unit.see("重新办理")
    talked(unit, row)
    answer(unit, row, photograph, "重新办理:坡道坡度已按规范改造。")
    deputy.open("/")
    deputy.see("答复等您评价")
    rate(deputy, row, "5 很满意", "这次很好", "提交评价")
    fresh(deputy, row)
    deputy.see("已办结")

    # Whoever signed heard of each step, and a message leads to it; the reply is a paper.
    other.open("/inbox")
    other.page.get_by_role("link", name="代表建议已办结", exact=False).first.click()
    other.page.get_by_role("link", name="代表建议答复函", exact=False).first.click()
    other.see("测试局长")
    office.open("/oversight/figures")
    office.see("建议 A 类答复率")
    assert [each.problems for each in (deputy, other, office, unit, helper)] == [[], [], [], [], []]


def planned(people: Staff, *helping: str) -> str:
    """Assigned with its helpers, taken up and spoken about; over the API."""
    row = str(command(people[DEPUTY], "raiseSuggestion", "RaiseSuggestionInput", show="suggestion { id }", **WRITTEN)["suggestion"]["id"])
    office, unit = people[CONGRESS], people[UNIT]
    step(office, "reviewSuggestion", "ReviewSuggestionInput", row, accept=True, opinion="属于建议范围")
    found = office.api("query($id: ID!) { oversightAgencies(suggestionId: $id) { membershipId agencyName } }", id=row)["oversightAgencies"]
    of = {each["agencyName"]: each["membershipId"] for each in found}
    step(
        office, "assignSuggestion", "AssignSuggestionInput", row, unit=of[AGENCY], assistUnits=[of[each] for each in helping], opinion="请依法办理", wide=True,
    )  # fmt: skip
    step(unit, "takeUpSuggestion", "SuggestionStepInput", row, text="测试科 0576-00000086")
    today = str(clock.now().astimezone(clock.LOCAL).date())
    step(unit, "consultOnSuggestion", "ConsultOnSuggestionInput", row, form="SITE", heldOn=today, people="测试代表甲、测试科", words="代表同意分两步做")
    return row


def test_a_plan_takes_longer_and_is_tracked_until_it_is_done(phone: Callable[..., Phone], photograph: Path) -> None:
    people = People(phone)
    deputy, office, unit = people[DEPUTY], people[CONGRESS], people[UNIT]
    row = planned(people)
    fresh(unit, row)
    sheet = unit.act("申请延期")
    for name, text in (("延长多少天", "3"), ("依据", "地方代表建议办理规定"), ("理由", "需要跨部门统筹")):
        sheet.get_by_role("textbox", name=name).fill(text)
    sheet.get_by_role("button", name="提交", exact=True).click()
    expect(sheet.get_by_role("alert").first).to_be_visible()
    unit.page.keyboard.press("Escape")
    assert seen(unit, row, "delays { days }")["delays"] == [], "six months are the latest"

    unit.page.get_by_role("button", name="不要了").click()
    day = str(clock.now().astimezone(clock.LOCAL).date() + timedelta(days=200))
    answer(unit, row, photograph, "已列入改造计划,分两步完成。", planned=day)
    rate(deputy, row, "4 满意", "计划可行", "提交评价")
    fresh(deputy, row)
    deputy.see("跟踪落实中")
    fresh(unit, row)
    sheet = unit.act("报告进展")
    sheet.get_by_role("textbox", name="做到了哪一步").fill("已完成三十处,还有十二处")
    unit.send(sheet)
    unit.see("已完成三十处")
    sheet = unit.act("落实完成")
    proved(sheet, photograph, "全部坡道改造已经完成并验收。")
    unit.send(sheet, "提交，转为 A 类")
    fresh(office, row)
    office.see("已办结")
    office.see("落实完成，转为 A 类")
    assert [each.problems for each in (deputy, office, unit)] == [[], [], []]


def test_a_clue_becomes_a_suggestion_that_is_taken_back(phone: Callable[..., Phone]) -> None:
    people = People(phone)
    deputy, prosecutor = people[DEPUTY], people[PROSECUTOR]
    show = "clue { id version }"
    clue = command(deputy, "raiseClue", "RaiseClueInput", show=show, **{**RAISED, "kind": "PROPOSAL"})["clue"]
    for name, kind, fields in (
        ("screenClue", "ScreenClueInput", {"decision": "ACCEPT", "reason": "属于监督范围"}),
        ("assessClue", "AssessClueInput", {"assessment": "需要完善制度", "publicInterest": 5, "affected": 5, "evidence": 5, "repeat": 5, "urgency": 5}),
        ("divertClue", "DivertClueInput", {"ending": "SUGGESTION", "reason": "需要投入资金,宜转为代表建议"}),
    ):  # fmt: skip
        clue = command(prosecutor, name, kind, show=show, id=clue["id"], version=clue["version"], **fields)["clue"]
    deputy.open(f"/oversight/clues/{clue['id']}")
    deputy.page.get_by_role("link", name="写成代表建议").click()
    expect(deputy.page.get_by_label("一句话标题")).to_have_value(RAISED["title"])
    expect(deputy.page.locator("#field-field")).to_have_value(RAISED["field"])
    deputy.page.get_by_label("具体建议 1").fill("建立上游作坊巡查制度")
    deputy.tap("提出建议")
    deputy.page.get_by_role("link", name="查看进展").click()
    deputy.page.get_by_role("link", name="来自线索", exact=False).wait_for()
    row = deputy.page.url.rsplit("/", 1)[-1]

    # Who was not part of the clue sees the suggestion, and not where it came from.
    other = people[DEPUTY_2]
    fresh(other, row)
    other.see("建立上游作坊巡查制度")
    assert other.page.get_by_text("来自线索").count() == 0
    sheet = deputy.act("撤回建议")
    sheet.get_by_role("textbox", name="为什么撤回").fill("问题已经解决")
    sheet.get_by_role("button", name="确认撤回").click()
    expect(sheet.get_by_role("alert")).to_be_visible()
    sheet.get_by_label("我确认撤回").check()
    deputy.send(sheet, "确认撤回")
    fresh(deputy, row)
    deputy.see("已撤回")
    assert [each.problems for each in (deputy, prosecutor, other)] == [[], [], []]
    assert people[CHIEF].problems == []
