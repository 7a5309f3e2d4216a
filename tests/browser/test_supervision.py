"""Supervision on emulated phones: a real face before Chromium's fake camera, with and without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from backend.kernel import clock
from tests.browser.camera import Camera
from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.browser.phone import Phone
from tests.browser.supervision import Staff, command, demand, seen, supervised
from tests.factories import faces
from tests.factories.supervision import CITIZEN, OFFICE, OFFICE_2, PATROL, WORKER


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    return Camera(tmp_path_factory.mktemp("camera"))


@pytest.fixture(scope="module")
def browser(address: str, camera: Camera) -> Iterator[Browser]:
    """Chromium with a camera that films what the test shows it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_ARGUMENTS, *camera.arguments])
        yield started
        started.close()


def film(person: Phone) -> None:
    """Start the capture and wait until it is over."""
    start = person.page.get_by_role("button", name="开始", exact=True)
    expect(start).to_be_enabled(timeout=20_000)
    start.click()
    expect(person.page.get_by_role("button", name="取消", exact=True)).to_have_count(0, timeout=40_000)


def check_in(person: Phone) -> None:
    """Every step of the form, with a face, up to the result."""
    person.tap("不带位置继续")
    person.tap("下一步")
    person.page.get_by_role("radio", name="还行").click()
    person.tap("下一步")
    person.tap("下一步")
    film(person)
    person.see("已拍好")
    person.tap("提交")


def enrol(person: Phone, staff: Staff, case: str, camera: Camera) -> None:
    camera.face = faces.astronaut()
    person.open("/care/face")
    person.page.get_by_label("我已看明白").press("Space")
    person.tap("同意，去拍照")
    film(person)
    expect(person.page.get_by_role("heading", name="等工作人员当面确认")).to_be_visible(timeout=30_000)
    row = seen(staff[WORKER], case, "enrolment { id state problem }")["enrolment"]
    assert row["problem"] is None
    command(staff[WORKER], "confirmFace", "ConfirmFaceInput", id=case, enrolmentId=row["id"], accept=True)


def result(person: Phone, title: str) -> None:
    expect(person.page.get_by_role("heading", name=title)).to_be_visible(timeout=40_000)


def test_a_face_is_enrolled_and_checked_online_offline_and_by_a_human(
    phone: Callable[..., Phone], camera: Camera
) -> None:
    staff = Staff(phone)
    case, person = supervised(phone, staff)
    camera.follow(person.page)
    enrol(person, staff, case, camera)

    # Online: a live face is taken at once.
    person.open(f"/care/check-in/{demand(staff, person, case)}")
    check_in(person)
    result(person, "签到完成")

    # Offline: captured and sealed on the phone, sent by itself later, marked as such.
    task = demand(staff, person, case)
    person.open("/care")
    person.page.get_by_role("link", name="现在签到").wait_for()
    for _ in range(50):
        if camera.ahead:
            break
        person.page.wait_for_timeout(200)
    assert camera.ahead
    person.page.wait_for_timeout(500)
    camera.leave(person.page)
    person.context.set_offline(True)
    camera.show_ahead()
    person.page.get_by_role("link", name="现在签到").click()
    check_in(person)
    result(person, "已存好，等有网络就发送")
    person.context.set_offline(False)
    result(person, "签到完成")
    done = seen(staff[WORKER], case, "checkIns(first: 1) { state mode task { id } }")["checkIns"][0]
    assert done == {"state": "ACCEPTED", "mode": "OFFLINE", "task": {"id": task}}

    # Somebody else before the camera: the person sends it anyway, an officer decides with both pictures before him.
    camera.follow(person.page)
    camera.face = faces.basketball_player()
    person.open(f"/care/check-in/{demand(staff, person, case)}")
    check_in(person)
    result(person, "照片没能用上")
    person.tap("就这样交给工作人员看")
    result(person, "收到了，工作人员会看")
    officer = phone()
    officer.enter(WORKER)
    officer.open(f"/care/review?case={case}")
    for picture in ("登记照片", "这次"):
        shown = officer.page.get_by_role("img", name=picture)
        expect(shown).to_be_visible()
        assert shown.evaluate("image => image.complete ? image.naturalWidth : 0") or shown.evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
    officer.tap("是本人，通过")
    officer.page.get_by_label("说明").fill("视频核实是本人")
    officer.tap("提交，看下一个")
    officer.see("都看完了")
    result(person, "签到完成")
    assert person.problems == officer.problems == []


def test_the_colour_is_explained_and_an_objection_decided_by_another_officer(phone: Callable[..., Phone]) -> None:
    staff = Staff(phone)
    case, person = supervised(phone, staff)
    today = str(clock.now().astimezone(clock.LOCAL).date())
    command(
        staff[WORKER], "recordPoints", "RecordPointsInput", id=case, rule="test_late", factOn=today, cause="检测迟到一天",
        evidence=["PLAN", "VISIT_NOTE"],
    )  # fmt: skip
    entry = seen(staff[OFFICE], case, "entries { id }")["entries"][0]["id"]
    command(staff[OFFICE], "confirmPoints", "ConfirmPointsInput", id=case, entryIds=[entry], confirm=True, reason="已核实")
    person.open("/care/colour")
    person.see("检测迟到一天")
    person.page.get_by_text("详情", exact=True).click()
    person.see("测试禁毒办甲确认")
    person.page.get_by_role("button", name="异议").first.click()
    sheet = person.page.get_by_role("dialog")
    sheet.get_by_label("理由").fill("那天班车停运,已电话说明")
    person.send(sheet)
    expect(person.page.get_by_text("10 个工作日内，由没有参与过的人答复。")).to_be_visible()
    refused = staff[OFFICE].api(
        "mutation($i: DecideObjectionInput!) { decideRehabObjection(input: $i) { errors { code } } }",
        i={"objectionId": seen(staff[OFFICE], case, "objections { id }")["objections"][0]["id"], "uphold": False,
           "decision": "证据充分,维持原来的记录"},
    )  # fmt: skip
    assert [each["code"] for each in refused["decideRehabObjection"]["errors"]] == ["INVOLVED_BEFORE"]
    other = phone()
    other.enter(OFFICE_2)
    other.open(f"/care/cases/{case}")
    form = other.act("答复异议")
    form.get_by_text("异议成立", exact=True).first.click()
    form.get_by_label("理由").fill("班车停运情况属实,予以撤销。")
    other.send(form)
    person.open("/care/colour")
    person.see("班车停运情况属实")
    assert seen(person, case, "entries { state } score { score }") | {"version": 0} == {
        "id": case, "version": 0, "entries": [{"state": "REVOKED"}], "score": {"score": 60.0},
    }  # fmt: skip
    assert person.problems == other.problems == []


def test_a_pass_is_verified_offline_by_an_officer_and_tells_nobody_else_anything(phone: Callable[..., Phone]) -> None:
    staff = Staff(phone)
    case, person = supervised(phone, staff)
    until = str(clock.now().astimezone(clock.LOCAL).date() + timedelta(days=20))
    command(
        staff[OFFICE], "overrideBand", "OverrideBandInput", id=case, version=seen(staff[OFFICE], case, "")["version"], band="C2",
        reason="长期稳定,单位和家庭反映良好", until=until,
    )  # fmt: skip
    shown: list[str] = []

    def remember(response: Any) -> None:
        if response.url.endswith("/graphql") and '"ShowPass"' in (response.request.post_data or ""):
            shown.extend(each["text"] for each in json.loads(response.text())["data"]["showPass"]["tokens"])

    officer = phone()
    officer.enter(PATROL)
    officer.open("/care/verify")
    officer.page.get_by_role("radio", name="例行检查").check(force=True)
    officer.page.wait_for_timeout(1_500)
    officer.context.set_offline(True)
    officer.tap("去扫码")
    person.page.on("response", remember)
    person.open("/care/pass")
    expect(person.page.get_by_role("img", name="通行码二维码")).to_be_visible()
    words = person.page.locator("main").inner_text()
    assert not any(word in words for word in ("毒", "戒", "管控", "公安", "测试庚七"))
    assert shown
    officer.page.get_by_text("手动输入", exact=True).click()
    officer.page.get_by_label("二维码里的内容").fill(shown[0])
    officer.tap("查询")
    expect(officer.page.get_by_role("alert").get_by_text("有效", exact=True)).to_be_visible()
    assert "测试庚七" not in officer.page.locator("main").inner_text()
    officer.context.set_offline(False)
    expect(officer.page.get_by_text("次离线查验等待上传")).to_have_count(0, timeout=20_000)
    for _ in range(50):
        found = seen(person, case, "lookups { officer reason answer offline }")["lookups"]
        if found:
            break
        person.page.wait_for_timeout(200)
    assert found == [{"officer": "测试巡逻民警", "reason": "例行检查", "answer": True, "offline": True}]
    stranger = phone()
    stranger.enter(CITIZEN)
    answer = stranger.api(
        "mutation($i: VerifyPassInput!) { verifyPass(input: $i) { answer { valid } errors { code } } }",
        i={"token": shown[1], "reason": "随便看看"},
    )["verifyPass"]  # fmt: skip
    assert answer == {"answer": None, "errors": [{"code": "NOT_PERMITTED"}]}
    assert person.problems == officer.problems == []
