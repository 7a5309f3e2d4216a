"""What the public sees and gives, on emulated phones: a notice on the wall, a tip, a family's link, a child's notice, a card in a pocket."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter, ImageStat
from playwright.sync_api import expect

from backend.kernel.demonstration import COUNTY
from tests.browser.phone import Phone
from tests.browser.reunion import CASE, pictured, seen, step
from tests.browser.supervision import Staff, command
from tests.factories.drawn import CHILD, OLD_MAN, Look, drawn
from tests.factories.reunion import CHIEF, STATION, as_jpeg

MIDDLE = (0.5, 0.5)
LOST = {"name": "测试公告老人", "sex": "MALE", "born": "八十多岁", "height": "一米七", "marks": "驼背", "seen": "2026-11-20"}


def missed_here(station: Phone, number: str) -> str:
    """Reported at the rescue station by a daughter, who agreed in writing; with a picture."""
    case: str = command(
        station, "reportMissing", "ReportMissingInput", show=CASE, kind="ELDERLY", division=COUNTY, reporterName="测试女儿",
        relation="女儿", phone=number, facts=LOST,
    )["case"]["id"]  # fmt: skip
    step(station, case, "recordReunionBasis", "BasisInput", basis="CONSENT", text="家属到站书面同意")
    pictured(station, case, drawn(OLD_MAN), MIDDLE)
    return case


def found_here(station: Phone, look: Look, **facts: str) -> str:
    case: str = command(
        station, "registerFound", "RegisterFoundInput", show=CASE, kind="AT_STATION", division=COUNTY, station="测试救助站",
        admittedOn="2026-11-20", facts=facts,
    )["case"]["id"]  # fmt: skip
    step(station, case, "recordReunionBasis", "BasisInput", basis="STATUTORY_DUTY", text="本人无法表达,依救助职责查询")
    pictured(station, case, drawn(look), MIDDLE)
    return case


def publish(station: Phone, case: str, text: str) -> None:
    """Through the form, with its picture. What is known stands in it already."""
    station.open(f"/reunion/cases/{case}")
    sheet = station.act("发布寻亲公告")
    sheet.get_by_label("怎样认出此人").fill(text)
    sheet.locator("label", has=station.page.get_by_label("照片 1")).click()
    expect(sheet.get_by_label("照片 1")).to_be_checked()
    sheet.get_by_label("谁在何时同意").fill("家属2026年11月书面同意公开")
    station.send(sheet, "发布")


def notice_of(person: Phone, text: str) -> str:
    """The address of the notice on the wall that says this."""
    person.open("/reunion/wall")
    link = person.page.get_by_role("article").filter(has_text=text).get_by_role("link", name="我见过此人")
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def shown_picture(person: Phone, notice: str, name: str) -> str:
    """The address of the copy that strangers get, once the worker has made it."""
    picture = person.page.get_by_role("img", name=name)
    for _ in range(100):
        person.open(notice)
        expect(person.page.get_by_role("article")).to_be_visible()
        if picture.count():
            break
        person.page.wait_for_timeout(200)
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    return str(picture.get_attribute("src"))


def original(station: Phone, case: str) -> str:
    return str(seen(station, case, "pictures { url }")["pictures"][0]["url"])


def sign_in_here(person: Phone, number: str) -> None:
    """On the page where one signs in, which leads back to where one came from."""
    person.page.get_by_label("手机号").fill(number)
    person.tap("获取验证码")
    code = person.page.get_by_label("验证码")
    expect(code).to_be_visible()
    sent = person.context.request.get(f"{person.address}/dev/codes").json()
    code.fill(next(each["code"] for each in sent if each["phone"] == number))
    person.tap("登录")


def test_a_stranger_reads_a_citizen_tells_and_the_family_follows(phone: Callable[..., Phone], photograph: Path) -> None:
    staff = Staff(phone)
    station = staff[STATION]
    case = missed_here(station, "19900040001")
    publish(station, case, "身高约一米七，驼背，说台州话。")
    station.see("公开中")

    stranger = phone()
    stranger.open("/sign-in")
    stranger.page.get_by_role("link", name="寻亲公告栏").click()
    stranger.see("测试公告老人")
    notice = notice_of(stranger, "驼背，说台州话")
    copy = shown_picture(stranger, notice, "测试公告老人")
    assert stranger.context.request.get(f"{station.address}{copy}").ok
    assert stranger.context.request.get(f"{station.address}{original(station, case)}").status in (401, 404)

    citizen = phone()
    citizen.open(notice)
    citizen.page.get_by_role("link", name="登录后提供线索").click()
    sign_in_here(citizen, "19900040002")
    expect(citizen.page).to_have_url(f"{station.address}{notice}")
    citizen.fill("您看到了什么", "今天早上在南门菜场看见他买馒头。")
    citizen.page.locator("input[type=file]").last.set_input_files(photograph)
    expect(citizen.page.locator("form img")).to_have_count(1)
    citizen.context.set_offline(True)
    citizen.tap("提交线索")
    citizen.see("线索先存在手机里")
    assert seen(station, case, "tips { id }")["tips"] == []
    citizen.context.set_offline(False)

    for _ in range(100):
        if seen(station, case, "tips { id }")["tips"]:
            break
        citizen.page.wait_for_timeout(200)
    station.open(f"/reunion/cases/{case}")
    station.see("南门菜场看见他买馒头")
    expect(station.page.get_by_role("img", name="线索照片 1")).to_be_visible()
    station.page.get_by_role("button", name="答复线索").last.click()
    sheet = station.page.get_by_role("dialog", name="答复线索", exact=True)
    sheet.get_by_text("有帮助").first.click()
    station.send(sheet, "答复")
    citizen.open("/reunion/tips")
    citizen.see("有帮助")
    citizen.see("正在按您的线索核查")

    family_follows(phone, station, case)
    sheet = station.act("撤下公告")
    sheet.get_by_label("撤下原因").fill("已有下落，不再公开")
    station.send(sheet, "立即撤下")
    stranger.open(notice)
    stranger.see("这则公告已撤下")
    assert stranger.context.request.get(f"{station.address}{copy}").status == 404
    assert station.problems == stranger.problems == citizen.problems == []


def family_follows(phone: Callable[..., Phone], station: Phone, case: str) -> None:
    """The officer makes a link and hands it over; whoever holds it reads how far things are, and no name."""
    station.context.grant_permissions(["clipboard-read", "clipboard-write"])
    station.tap("给家属的进展链接")
    sheet = station.page.get_by_role("dialog", name="给家属的进展链接")
    sheet.get_by_role("button", name="生成链接").click()
    expect(sheet.get_by_role("img", name="进展链接二维码")).to_be_visible()
    sheet.get_by_role("button", name="复制").click()
    station.see("已复制")
    link = station.page.evaluate("navigator.clipboard.readText()")
    sheet.get_by_role("button", name="关闭").click()
    expect(sheet).to_have_count(0)

    family = phone()
    family.page.goto(link)
    family.see("您的寻人登记已受理")
    family.see("发布了寻亲公告")
    assert "测试" not in family.page.locator("main").inner_text().replace("测试救助站", "")
    assert family.context.cookies() == []
    assert family.problems == []


def edges(data: bytes) -> float:
    """How much there is to recognise in a picture."""
    picture = Image.open(BytesIO(data)).convert("L").resize((200, 250)).filter(ImageFilter.FIND_EDGES).crop((5, 5, 195, 245))
    return ImageStat.Stat(picture).mean[0]


def test_a_childs_notice_waits_for_the_chief_and_shows_no_face(phone: Callable[..., Phone]) -> None:
    staff = Staff(phone)
    station, chief, stranger = staff[STATION], staff[CHIEF], phone()
    case = found_here(station, CHILD, name="测试小宝", sex="MALE", born="五六岁", clothes="绿色上衣")
    station.open(f"/reunion/cases/{case}")
    sheet = station.act("发布寻亲公告")
    expect(sheet.get_by_text("公安负责人审批后才会公开")).to_be_visible()
    station.page.keyboard.press("Escape")
    publish(station, case, "五六岁男孩，绿色上衣，叫得出自己的小名。")
    station.see("待公安负责人审批")
    stranger.open("/reunion/wall")
    expect(stranger.page.get_by_role("list", name="寻亲公告栏")).to_have_attribute("aria-busy", "false")
    assert "绿色上衣" not in stranger.page.locator("main").inner_text()

    chief.open(f"/reunion/cases/{case}")
    sheet = chief.act("审批公告")
    sheet.get_by_text("五六岁男孩，绿色上衣").first.wait_for()
    expect(sheet.get_by_role("img", name="未成年人照片，已模糊")).to_be_visible()
    sheet.get_by_text("同意发布", exact=True).click()
    sheet.get_by_label("理由").fill("依职责公开，照片已模糊")
    chief.send(sheet)
    chief.see("公开中")

    notice = notice_of(stranger, "五六岁男孩")
    card = stranger.page.get_by_role("article").filter(has_text="五六岁男孩")
    assert card.locator("img").count() == 0, "no wall of children's faces"
    assert "测试小宝" not in card.inner_text()
    copy = shown_picture(stranger, notice, "未成年人的模糊照片")
    blurred = stranger.context.request.get(f"{station.address}{copy}").body()
    assert edges(blurred) < edges(as_jpeg(drawn(CHILD))) / 3
    assert station.problems == chief.problems == stranger.problems == []


def test_a_card_in_a_pocket_calls_the_officer(phone: Callable[..., Phone]) -> None:
    staff = Staff(phone)
    station = staff[STATION]
    case = found_here(station, OLD_MAN, name="测试卡主", sex="MALE", born="七十来岁")
    station.open(f"/reunion/cases/{case}")
    station.page.get_by_role("navigation", name="这一页有").get_by_role("button", name="回家卡").click()
    station.tap("发一张卡")
    sheet = station.page.get_by_role("dialog", name="回家卡")
    with station.page.expect_response(lambda answer: "issueHomeCard" in answer.text() if "graphql" in answer.url else False) as made:
        sheet.get_by_role("button", name="发一张卡").click()
    expect(sheet.get_by_role("img", name="回家卡二维码")).to_be_visible()
    token = made.value.json()["data"]["issueHomeCard"]["token"]

    finder = phone(viewport={"width": 360, "height": 740})
    finder.open(f"/reunion/card#{token}")
    finder.see("这位可能需要帮助")
    expect(finder.page.get_by_role("link", name="拨打")).to_have_attribute("href", "tel:0576-00000061")
    assert "卡主" not in finder.page.locator("main").inner_text()
    finder.tap("告诉值班人员")
    finder.see("收到了，谢谢您")

    for _ in range(100):
        if seen(station, case, "care { calls { id } }")["care"]["calls"]:
            break
        station.page.wait_for_timeout(200)
    station.open(f"/reunion/cases/{case}")
    station.see("有人求助")
    station.tap("我来处理")
    sheet = station.page.get_by_role("dialog", name="我来处理")
    station.send(sheet, sheet.get_by_role("button").last.inner_text())
    station.see("有人处理")
    assert station.problems == finder.problems == []
