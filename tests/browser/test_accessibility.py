"""Readable by everybody: axe on the main pages in both themes, large type, both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.kernel import clock
from backend.kernel.demonstration import COUNTY, VILLAGE
from tests.browser.phone import Phone
from tests.browser.reunion import CASE, pictured, step
from tests.browser.supervision import Staff, command, demand, seen, supervised
from tests.factories.city import APPLICANT, COUNTY_CENTER
from tests.factories.drawn import OLD_MAN, drawn
from tests.factories.oversight import CENTER, CHIEF, CONGRESS, DEPUTY, PROSECUTOR, RAISED
from tests.factories.reunion import CIVIL, NEXT_POLICE, STATION
from tests.factories.reunion import POLICE as PATROL
from tests.factories.supervision import OFFICE, POLICE, WORKER

AXE = Path(__file__).parents[2] / "pwa/node_modules/axe-core/axe.min.js"
PREFERENCES = "localStorage.setItem('shanzhi-preferences', JSON.stringify({preferences}))"
CLUE, PROJECT = "clue { id version }", "project { id version }"

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


#: A part of each cut off at 390 px and large type.
CUT = """() => [...document.querySelectorAll("button, a, h1, h2, p, label, .tag")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "hidden"
        && !one.classList.contains("visually-hidden"))
    .map((one) => one.outerHTML.slice(0, 120))"""


def settled(person: Phone, path: str) -> None:
    """The page is there with what it loads."""
    person.open(path)
    expect(person.page.locator("main h1")).to_be_visible()
    expect(person.page.locator("[aria-busy=true]")).to_have_count(0)


def fits(person: Phone, path: str) -> None:
    settled(person, path)
    width = person.page.evaluate("Math.max(document.documentElement.scrollWidth, innerWidth)")
    assert width <= 390, f"{path} is {width} wide"
    assert person.page.evaluate(CUT) == [], path


def test_large_type_cuts_nothing(phone: Callable[..., Phone], dispute: str) -> None:
    staff = phone(locale="en-US")
    staff.enter(COUNTY_CENTER)
    staff.page.add_init_script(PREFERENCES.format(preferences="{largeType: true, theme: 'auto', language: 'en'}"))
    for path in [*STAFF_PAGES, f"/disputes/{dispute}"]:
        fits(staff, path)


def care_pages(make: Callable[..., Phone], **look: str) -> Iterator[tuple[Phone, str]]:
    """Every page of supervision with something on it, each before whoever uses it."""
    staff = Staff(make)
    case, person = supervised(make, staff, **look)
    today = str(clock.now().astimezone(clock.LOCAL).date())
    command(
        staff[WORKER], "recordPoints", "RecordPointsInput", id=case, rule="test_late", factOn=today, cause="检测迟到一天",
        evidence=["PLAN", "VISIT_NOTE"],
    )  # fmt: skip
    until = str(clock.now().astimezone(clock.LOCAL).date() + timedelta(days=9))
    command(
        staff[OFFICE], "overrideBand", "OverrideBandInput", id=case, version=seen(staff[OFFICE], case, "")["version"], band="C2",
        reason="长期稳定,单位和家庭反映良好", until=until,
    )  # fmt: skip
    task = demand(staff, person, case)
    for page in ("", "/face", "/colour", "/path", "/pass", "/plan", "/requests", f"/check-in/{task}"):
        yield person, f"/care{page}"
    command(
        person, "submitCheckIn", "CheckInInput", taskId=task, mode="NO_FACE", capturedAt=clock.now().isoformat(), wantsHelp=True,
        mood="LOW", answers="这几天睡不好",
    )  # fmt: skip
    for number, pages in {
        WORKER: ("cases", f"cases/{case}", "review", "today"), POLICE: ("verify", "register", f"cases/{case}"),
        OFFICE: ("rules", "figures", "transfers", f"cases/{case}"),
    }.items():  # fmt: skip
        officer = make(**look)
        officer.enter(number)
        for page in pages:
            yield officer, f"/care/{page}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation_on_the_pages_of_supervision(phone: Callable[..., Phone], theme: str) -> None:
    found = {}

    def with_axe(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(path=AXE)
        return made

    for reader, path in care_pages(with_axe, color_scheme=theme, reduced_motion="reduce"):
        settled(reader, path)
        found[path] = violations(reader)
        assert reader.problems == []
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_large_type_cuts_nothing_of_supervision(phone: Callable[..., Phone]) -> None:
    def with_large_type(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(PREFERENCES.format(preferences="{largeType: true, theme: 'auto', language: 'en'}"))
        return made

    for reader, path in care_pages(with_large_type, locale="en-US"):
        fits(reader, path)


def sought(make: Callable[..., Phone], staff: Staff, number: str) -> tuple[str, str, str]:
    """A case with a picture, a notice, a status link and a home card; the case, and the paths of the link and the card."""
    station = staff[STATION]
    case = command(
        station, "reportMissing", "ReportMissingInput", show=CASE, kind="ELDERLY", division=COUNTY, reporterName="测试女儿",
        relation="女儿", phone=number, facts={"name": "测试庚八", "sex": "MALE", "born": "八十多岁", "marks": "驼背"},
    )["case"]["id"]  # fmt: skip
    step(station, case, "recordReunionBasis", "BasisInput", basis="CONSENT", text="家属到站书面同意")
    pictured(station, case, drawn(OLD_MAN), (0.5, 0.5))
    step(
        station, case, "publishBulletin", "PublishBulletinInput", ground="CONSENT", groundText="家属书面同意公开", days=30,
        name="测试庚八", text="身高约一米七，驼背，说台州话。",
    )  # fmt: skip
    link = command(station, "issueStatusLink", "StatusLinkInput", show="path", id=case)["path"]
    guest = command(
        station, "registerFound", "RegisterFoundInput", show=CASE, kind="AT_STATION", division=COUNTY, station="测试救助站",
        admittedOn="2026-11-20", facts={"sex": "MALE", "born": "七十来岁"},
    )["case"]  # fmt: skip
    version = station.api("query($id: ID!) { reunionCase(id: $id) { version } }", id=guest["id"])["reunionCase"]["version"]
    token = command(station, "issueHomeCard", "IssueCardInput", show="token", id=guest["id"], version=version)["token"]
    return case, link, f"/reunion/card#{token}"


def reunion_pages(make: Callable[..., Phone], number: str, **look: str) -> Iterator[tuple[Phone, str]]:
    """The public pages before somebody without a session, the family's and the officers' pages before each of them."""
    staff = Staff(make)
    case, link, card = sought(make, staff, number)
    stranger, citizen = make(**look), make(**look)
    citizen.enter(number)
    notice = citizen.context.request.get(f"{citizen.address}/open/reunion/bulletins").json()["items"][0]["id"]
    for path in ("/reunion/wall", f"/reunion/wall/{notice}", link, "/reunion/status#wrong", card, "/reunion/card#wrong"):
        yield stranger, path
    for path in ("/", "/reunion", "/reunion/wall", f"/reunion/wall/{notice}", "/reunion/tips"):
        yield citizen, path
    command(citizen, "leaveTip", "LeaveTipInput", show="tip { id }", bulletinId=notice, text="在南门菜场见过。", phone="19900040009")
    yield citizen, "/reunion/tips"
    for account, pages in {
        STATION: ("/", f"/reunion/cases/{case}", "/reunion/cases", "/reunion/import", "/reunion/register/found", "/reunion/tasks"),
        PATROL: ("/", "/reunion/register/missing", "/reunion/desk"), CIVIL: ("/reunion/figures",), NEXT_POLICE: ("/reunion/desk?list=BOARD",),
    }.items():  # fmt: skip
        officer = make(**look)
        officer.enter(account)
        for path in pages:
            yield officer, path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation_on_the_pages_of_reunion(phone: Callable[..., Phone], theme: str) -> None:
    found = {}

    def with_axe(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(path=AXE)
        return made

    number = {"light": "19900040011", "dark": "19900040012"}[theme]
    for reader, path in reunion_pages(with_axe, number, color_scheme=theme, reduced_motion="reduce"):
        settled(reader, path)
        found[path] = violations(reader)
        assert reader.problems == []
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_large_type_cuts_nothing_of_reunion(phone: Callable[..., Phone]) -> None:
    def with_large_type(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(PREFERENCES.format(preferences="{largeType: true, theme: 'auto', language: 'en'}"))
        return made

    for reader, path in reunion_pages(with_large_type, "19900040013", locale="en-US"):
        fits(reader, path)


def joint_project(staff: Staff, clue: str) -> str:
    """Both sides agreed, with a plan and a meeting."""
    congress, chief = staff[CONGRESS], staff[CHIEF]
    made = command(
        congress, "proposeJointSupervision", "ProposeJointInput", show=PROJECT, subject="流域排污专项督办", basis="多名代表反映", form="FOLLOW_UP",
        clues=[clue],
    )["project"]  # fmt: skip
    for who, name, kind, fields in (
        (chief, "decideJointSupervision", "DecideJointInput", {"agree": True, "opinion": "同意"}),
        (congress, "planJointSupervision", "PlanJointInput", {"leader": "测试副主任", "plan": "每月会商一次，联合视察两次", "dueOn": "2027-06-30"}),
        (congress, "recordJointMeeting", "JointMeetingInput", {
            "heldOn": "2026-11-20", "placeText": "三楼会议室", "attendees": "双方和测试行政执法局", "minutes": "会议听取了整改情况汇报。"}),
    ):  # fmt: skip
        made = command(who, name, kind, show=PROJECT, id=made["id"], version=made["version"], **fields)["project"]
    return str(made["id"])


def oversight_pages(make: Callable[..., Phone], **look: str) -> Iterator[tuple[Phone, str]]:
    """Clues, joint supervision and their papers, each page before whoever uses it."""
    staff = Staff(make)
    raised = command(staff[DEPUTY], "raiseClue", "RaiseClueInput", show=CLUE, **RAISED)["clue"]
    clue = command(
        staff[PROSECUTOR], "screenClue", "ScreenClueInput", show=CLUE, id=raised["id"], version=raised["version"], decision="ACCEPT",
        reason="属于检察监督范围",
    )["clue"]["id"]  # fmt: skip
    project = joint_project(staff, clue)
    papers = "query($id: ID!) { oversightJointProject(id: $id) { papers { id template } } }"
    notice = next(
        paper["id"] for paper in staff[CONGRESS].api(papers, id=project)["oversightJointProject"]["papers"]
        if paper["template"] == "joint_notice"
    )  # fmt: skip
    for number, pages in {
        DEPUTY: ("/", "/oversight/clues", f"/oversight/clues/{clue}", "/oversight/raise", "/oversight/suggestions",
                 f"/oversight/suggest?clue={clue}"),
        PROSECUTOR: ("/", "/oversight/clues", f"/oversight/clues/{clue}"),
        CONGRESS: ("/", "/oversight/joint", f"/oversight/joint/{project}", "/oversight/joint/propose", f"/oversight/papers/{notice}"),
        CHIEF: ("/", f"/oversight/clues/{clue}"), CENTER: ("/oversight/clues",),
    }.items():  # fmt: skip
        reader = make(**look)
        reader.enter(number)
        for path in pages:
            yield reader, path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation_on_the_pages_of_oversight(phone: Callable[..., Phone], theme: str) -> None:
    found = {}

    def with_axe(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(path=AXE)
        return made

    for reader, path in oversight_pages(with_axe, color_scheme=theme, reduced_motion="reduce"):
        settled(reader, path)
        found[path] = violations(reader)
        assert reader.problems == []
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_large_type_cuts_nothing_of_oversight(phone: Callable[..., Phone]) -> None:
    def with_large_type(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(PREFERENCES.format(preferences="{largeType: true, theme: 'auto', language: 'en'}"))
        return made

    for reader, path in oversight_pages(with_large_type, locale="en-US"):
        fits(reader, path)
