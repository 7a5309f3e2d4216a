"""A clerk takes in a list of existing records at her desk: sends it, corrects it, runs it, and reads what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.factories import faces
from tests.factories.imports import as_csv, as_zip, sought, variant
from tests.factories.reunion import POLICE

#: Cases of thousands of pictures take their time; these few do not.
PATIENCE_MS = 60_000
GROUND = "依法履行寻亲职责,补录历史档案"


def begin(desk: Phone, folder: Path, rows: list[dict[str, str]], pictures: dict[str, bytes]) -> None:
    """The form of a new import, filled and sent."""
    (folder / "名册.csv").write_bytes(as_csv(rows, "gb18030"))
    (folder / "照片.zip").write_bytes(as_zip(pictures))
    desk.open("/reunion/import")
    page = desk.page
    page.locator("#field-tableId").set_input_files(folder / "名册.csv")
    page.locator("#field-archiveIds").set_input_files(folder / "照片.zip")
    page.get_by_text("履行法定职责").click()
    page.get_by_label("依据说明").fill(GROUND)
    page.get_by_role("button", name="上传并检查").click()


def test_a_list_becomes_cases(phone: Callable[..., Phone], tmp_path: Path) -> None:
    desk = phone(viewport={"width": 1280, "height": 900}, device_scale_factor=1, is_mobile=False, has_touch=False)
    desk.enter(POLICE)
    page = desk.page
    rows = [
        sought("0001", "测试甲乙丙", 出生日期="1950-13-40"), sought("0002", "测试丁戊己"), sought("0003", "测试丁戊己"),
        sought("0004", "测试庚辛壬", 照片="0004.jpg、没有.jpg"),
    ]  # fmt: skip
    pictures = {"0004.jpg": variant(faces.astronaut(), 5), "0002.jpg": variant(faces.basketball_player(), 6), "多余.jpg": b"\xff\xd8\xff"}
    begin(desk, tmp_path, rows, pictures)
    expect(page.get_by_role("heading", name="待核对")).to_be_visible(timeout=PATIENCE_MS)
    problem = page.get_by_role("article", name="第 2 行")
    expect(problem.get_by_text("没有 13 月")).to_be_visible()
    problem.get_by_label("出生日期或年龄").fill("约1950年冬")
    problem.get_by_role("button", name="改好了").click()
    expect(page.get_by_role("tab", name="可以导入 3")).to_be_visible()
    page.get_by_role("tab", name="可能重复").click()
    again = page.get_by_role("article", name="第 4 行")
    expect(again.get_by_text("和第 3 行相同")).to_be_visible()
    again.get_by_role("button", name="不导入").click()
    page.get_by_role("button", name="导入 3 行").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="已完成")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("3 / 3")).to_be_visible()
    expect(page.get_by_text("2 / 2")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("tab", name="已建档").click()
    made = page.get_by_role("article", name="第 5 行")
    expect(made.get_by_text("有 1 张照片没找到")).to_be_visible()
    made.get_by_role("link").click()
    expect(page.get_by_role("heading", name="测试庚辛壬")).to_be_visible()
    assert desk.problems == []


def test_the_sample_table_can_be_sent_as_it_is(phone: Callable[..., Phone], tmp_path: Path) -> None:
    small = phone(viewport={"width": 360, "height": 740})
    small.enter(POLICE)
    small.open("/reunion/import")
    another, sample = (small.page.get_by_role("button", name=name) for name in ("新的导入", "下载样表"))
    expect(another.or_(sample)).to_be_visible()
    if another.is_visible():
        another.click()
    with small.page.expect_download() as saved:
        sample.click()
    saved.value.save_as(tmp_path / "样表.csv")
    small.page.locator("#field-tableId").set_input_files(tmp_path / "样表.csv")
    small.page.get_by_text("履行法定职责").click()
    small.page.get_by_label("依据说明").fill(GROUND)
    small.page.get_by_role("button", name="上传并检查").click()
    expect(small.page.get_by_role("heading", name="待核对")).to_be_visible(timeout=PATIENCE_MS)
    expect(small.page.get_by_role("button", name="导入 1 行")).to_be_visible()
    assert small.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert small.problems == []
