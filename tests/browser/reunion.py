"""The steps of a reunion as people take them on emulated phones."""

from __future__ import annotations

import hashlib
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from backend.kernel.faces.engine import Pixels
from tests.browser.phone import CLIENT, Phone
from tests.browser.supervision import Staff, command
from tests.factories.reunion import (
    NEXT_COUNTY,
    NEXT_POLICE,
    POLICE,
    STATION,
    as_jpeg,
)

_NUMBERS = count(1)
CASE = "case { id code version }"


def seen(phone: Phone, case: str, show: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.api(
        f"query($id: ID!) {{ reunionCase(id: $id) {{ id code version state {show} }} }}", id=case
    )["reunionCase"]
    return found


def step(phone: Phone, case: str, name: str, kind: str, /, **fields: Any) -> None:
    """A command on the case at its present version."""
    command(phone, name, kind, show=CASE, id=case, version=seen(phone, case, "")["version"], **fields)


def store(phone: Phone, picture: Pixels) -> str:
    """A photograph uploaded from this phone; returns the file."""
    data = as_jpeg(picture)
    about = {"name": "photo.jpg", "size": len(data), "contentType": "image/jpeg", "purpose": "reunion"}
    about |= {"sha256": hashlib.sha256(data).hexdigest(), "keepPosition": False}
    made = phone.context.request.post(f"{phone.address}/files", headers=CLIENT, data=about)
    assert made.ok, made.text()
    upload, offset = made.json(), 0
    while offset < len(data):
        part = data[offset : offset + upload["chunkSize"]]
        headers = {**CLIENT, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        sent = phone.context.request.patch(
            f"{phone.address}/files/{upload['id']}", headers=headers, data=part
        )
        assert sent.ok, sent.text()
        offset = int(sent.headers["upload-offset"])
    done = phone.context.request.post(f"{phone.address}/files/{upload['id']}/complete", headers=CLIENT)
    assert done.ok, done.text()
    return str(done.json()["id"])


def pictured(phone: Phone, case: str, picture: Pixels, place: tuple[float, float]) -> None:
    """With a photograph on which the face at `place` was chosen."""
    command(
        phone,
        "addReunionPicture",
        "AddPictureInput",
        show=CASE,
        id=case,
        fileId=store(phone, picture),
        taken="2025年",
    )
    row = read_picture(phone, case)
    if row["state"] in ("CHOOSE", "UNUSABLE"):
        command(
            phone,
            "chooseReunionFace",
            "ChooseFaceInput",
            show=CASE,
            pictureId=row["id"],
            face=face_at(row["faces"], place),
        )


def read_picture(phone: Phone, case: str) -> dict[str, Any]:
    """The newest photograph, once the worker has read it."""
    for _ in range(150):
        row: dict[str, Any] = seen(phone, case, "pictures { id state problem faces { box problem } }")[
            "pictures"
        ][0]
        if row["state"] not in ("READING", "WAITING"):
            return row
        phone.page.wait_for_timeout(200)
    raise AssertionError(f"the photograph was not read: {row}")


def missed(staff: Staff, picture: Pixels, place: tuple[float, float]) -> tuple[str, str]:
    """A report in the next county with a photograph and a ground; the case and the reporter's number."""
    number = f"1990003{next(_NUMBERS):04}"
    police = staff[NEXT_POLICE]
    facts = {
        "name": "测试老人",
        "sex": "MALE",
        "born": "约1955年",
        "height": "一米七五左右",
        "marks": "左手有疤",
        "seen": "2026-11-01",
    }
    case = command(
        police, "reportMissing", "ReportMissingInput", show=CASE, kind="ELDERLY", division=NEXT_COUNTY, reporterName="测试家属",
        relation="儿子", phone=number, facts=facts,
    )["case"]["id"]  # fmt: skip
    step(police, case, "recordReunionBasis", "BasisInput", basis="CONSENT", text="家属单独同意")
    pictured(police, case, picture, place)
    return case, number


def asked(staff: Staff, case: str) -> None:
    """A quick check without result, and a comparison asked for."""
    step(staff[STATION], case, "recordQuickCheck", "ReunionStepInput", text="指纹与走失库均无结果")
    step(
        staff[POLICE], case, "requestFaceSearch", "RequestSearchInput", purpose="STRANDED_SEARCH", legalBasis="民发〔2015〕158号",
        necessity="快速查询无结果",
    )  # fmt: skip


def until(phone: Phone, case: str, state: str) -> None:
    """Wait for what the worker does."""
    for _ in range(150):
        if seen(phone, case, "")["state"] == state:
            return
        phone.page.wait_for_timeout(200)
    raise AssertionError(f"{state} was not reached: {seen(phone, case, '')}")


def the_player(picture: Pixels, alone: Pixels) -> tuple[float, float]:
    """Where in `picture` the person of `alone` is, as shares of width and height: what a human eye would point at."""
    from backend.kernel.faces import insightface
    from backend.kernel.faces.matching import cosine

    engine = insightface.engine()
    his = engine.embed(alone, engine.detect(alone)[0])
    left, top, right, bottom = max(
        engine.detect(picture), key=lambda face: cosine(his, engine.embed(picture, face))
    ).box
    height, width = picture.shape[:2]
    return (left + right) / 2 / width, (top + bottom) / 2 / height


def face_at(faces: list[dict[str, Any]], place: tuple[float, float]) -> int:
    """Number of the face nearest to a place: the stored picture was encoded anew, which may change the order of faces."""

    def distance(number: int) -> float:
        left, top, right, bottom = faces[number]["box"]
        return float(abs((left + right) / 2 - place[0]) + abs((top + bottom) / 2 - place[1]))

    return min(range(len(faces)), key=distance)


def decoded(phone: Phone, name: str) -> None:
    """The picture of this name is on the page and could be read."""
    shown = phone.page.get_by_role("img", name=name).first
    expect(shown).to_be_visible(timeout=20_000)
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)")


def register(station: Phone, photograph: Path) -> str:
    """Through the pages: the record with vague words, its ground, its photograph, and which face is meant; returns the case."""
    station.open("/reunion/cases")
    station.page.get_by_role("link", name="登记找到的人").first.click()
    station.page.get_by_role("button", name="认知障碍").click()
    station.fill("本人的话", "只说自己姓测")
    station.page.get_by_text("男", exact=True).click()
    station.fill("出生时间或年龄", "很多岁")
    station.fill("身体特征", "左手一道疤")
    station.tap("登记")
    station.see("看不懂这个时间。例：约1987年冬")
    station.fill("出生时间或年龄", "七十来岁")
    station.tap("登记")
    expect(station.page.get_by_role("heading", name="不知姓名")).to_be_visible()
    station.see("理解为")
    case = station.page.url.rsplit("/", 1)[-1]
    sheet = station.act("记录依据")
    sheet.get_by_text("履行法定职责").click()
    sheet.get_by_label("依据说明").fill("本人无法表达,依救助管理职责查询身份")
    station.send(sheet)
    sheet = station.act("加照片")
    sheet.locator("input[type=file]").last.set_input_files(str(photograph))
    sheet.get_by_label("拍摄时间").fill("2025年")
    station.send(sheet, "加上")
    assert read_picture(station, case)["state"] == "UNUSABLE"
    station.page.reload()
    station.see("脸太小")
    station.tap("照样使用这张")
    station.send(station.page.get_by_role("dialog"), "照样使用这张")
    station.see("照样使用：脸偏小")
    return case


def approve(chief: Phone, case: str) -> None:
    chief.open("/reunion/cases?mine=1")
    chief.page.locator(f"a[href='/reunion/cases/{case}']").first.click()
    chief.see("等您审批")
    decoded(chief, "照片 1")
    chief.see("快速查询无结果")
    sheet = chief.act("审批比对")
    sheet.get_by_text("同意比对", exact=True).click()
    sheet.get_by_label("理由").fill("同意比对")
    chief.send(sheet)


def review(expert: Phone, case: str, candidate: str, alike: str) -> None:
    """Looks at both, and says what he sees; no number and no opinion stands on the page before."""
    expert.open(f"/reunion/cases/{case}")
    expert.page.locator(f"a[href='/reunion/cases/{case}/candidates/{candidate}']").click()
    decoded(expert, "测试老人的照片")
    decoded(expert, "不知姓名的照片")
    expert.see("供核查参考，不作为身份认定的唯一依据")
    expert.see("都说到：左手")
    text = expert.page.locator(".page").last.inner_text()
    assert "%" not in text, "no number before the verdict"
    assert "五官一致" not in text, "nobody's opinion either"
    expert.page.get_by_text("像是同一个人", exact=True).click()
    expert.page.get_by_label("哪些地方像").fill(alike)
    expert.tap("提交判断")
    expect(expert.page.get_by_text("系统给出的数")).to_be_visible()
