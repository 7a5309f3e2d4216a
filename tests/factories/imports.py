"""Tables of existing records with their pictures, as clerks of the county's police and rescue station send them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

import httpx
import numpy as np
from PIL import Image, ImageEnhance

from backend.kernel.demonstration import COUNTY
from backend.kernel.faces import insightface
from backend.kernel.faces.engine import Pixels
from tests.factories.city import City, Person
from tests.factories.reunion import POLICE
from tests.factories.supervision import act, new_phone

PURPOSE = "reunion.import"
CHUNK = 256 * 1024
RUN = """run { id version side state problem problemData columns ignored encoding erasedAt
    rowsBy { total unread ready problems repeats skipped done lost } picturesBy { total unclaimed odd kept read unclear } }"""
ROWS = """rows(first: 100, states: $states) { next nodes { id number version state choice lostPictures caseId caseCode cells { column text }
    problems { code column data } repeats { caseId code number why } pictures { name problem sameAs } } }"""
SOUGHT = ["编号", "类型", "姓名", "性别", "出生日期", "报案人", "关系", "电话", "走失时间", "照片"]
FOUND = ["编号", "类型", "性别", "年龄", "救助站", "入站时间", "状况", "照片"]


def sought(key: str, name: str = "测试老人", **cells: str) -> dict[str, str]:
    """A row that has nothing wrong with it."""
    given = {
        "编号": key, "类型": "老人", "姓名": name, "性别": "男", "出生日期": "约1955年冬", "报案人": "测试家属", "关系": "儿子",
        "电话": new_phone(), "走失时间": "2026-11-01",
    }  # fmt: skip
    return {**given, **cells}


def found(key: str, **cells: str) -> dict[str, str]:
    given = {"编号": key, "类型": "在站", "性别": "男", "年龄": "七十来岁", "救助站": "仙居县救助管理站", "入站时间": "2026-11-20", "状况": "痴呆"}
    return {**given, **cells}


def as_csv(rows: Sequence[dict[str, str]], encoding: str = "utf-8") -> bytes:
    header = list(dict.fromkeys(column for row in rows for column in row))
    made = StringIO(newline="")
    writer = csv.DictWriter(made, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode(encoding)


def as_zip(files: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


@lru_cache(maxsize=8)
def _face(picture: bytes, shape: tuple[int, int, int]) -> tuple[float, float, float, float]:
    return insightface.engine().detect(np.frombuffer(picture, dtype=np.uint8).reshape(shape))[0].box


def variant(picture: Pixels, number: int, edge: int = 640) -> bytes:
    """The largest face in another photograph of its own, good enough to be compared: cut, lit and mirrored in another way for
    each number."""
    dice = np.random.default_rng(number)
    image = Image.fromarray(picture)
    left, top, right, bottom = _face(picture.tobytes(), picture.shape)
    half = (bottom - top) * float(dice.uniform(0.95, 1.15))
    x, y = (left + right) / 2 + half * float(dice.uniform(-0.1, 0.1)), (top + bottom) / 2 + half * float(dice.uniform(-0.1, 0.1))
    image = image.crop((max(0, x - half), max(0, y - half), min(image.width, x + half), min(image.height, y + half)))
    image = image.resize((edge, round(edge * image.height / image.width)), Image.Resampling.BICUBIC)
    if number % 2:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image = ImageEnhance.Brightness(image).enhance(float(dice.uniform(0.9, 1.1)))
    out = BytesIO()
    ImageEnhance.Contrast(image).enhance(float(dice.uniform(0.95, 1.05))).save(out, "JPEG", quality=90)
    return out.getvalue()


async def send(client: httpx.AsyncClient, data: bytes, name: str, purpose: str = PURPOSE, **changes: Any) -> httpx.Response:
    """The answer to the last request of the upload."""
    announced = {
        "name": name, "size": len(data), "contentType": "", "sha256": hashlib.sha256(data).hexdigest(), "purpose": purpose,
        "keepPosition": False, **changes,
    }  # fmt: skip
    answer = await client.post("/files", json=announced)
    if answer.status_code != 201:
        return answer
    upload = f"/files/{answer.json()['id']}"
    for offset in range(0, len(data), CHUNK):
        sent = await client.patch(upload, content=data[offset : offset + CHUNK], headers={"Upload-Offset": str(offset)})
        assert sent.status_code == 204, sent.text
    return await client.post(f"{upload}/complete")


async def sent(person: Person, data: bytes, name: str) -> str:
    answer = await send(person.client, data, name)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def begun(
    city: City, rows: Sequence[dict[str, str]] | bytes, *archives: dict[str, bytes], phone: str = POLICE, work: bool = True, **fields: Any
) -> dict[str, Any]:
    """An import that was sent, and with `work` read and looked at."""
    clerk = await city.sign_in(phone)
    given: dict[str, Any] = {
        "side": "SOUGHT", "division": COUNTY, "basis": "STATUTORY_DUTY", "text": "依法履行寻亲职责,补录历史档案",
        "tableId": await sent(clerk, rows if isinstance(rows, bytes) else as_csv(rows), "名册.csv"),
        "archiveIds": [await sent(clerk, as_zip(files), "照片.zip") for files in archives], **fields,
    }  # fmt: skip
    run: dict[str, Any] = (await act(clerk, "createReunionImport", show=RUN, **given))["run"]
    if not work:
        return run
    await city.work()
    return await look(city, run, phone=phone)


async def look(city: City, run: dict[str, Any], *states: str, phone: str = POLICE) -> dict[str, Any]:
    clerk = await city.sign_in(phone)
    query = f"query($id: ID!, $states: [ReunionImportRowState!]) {{ reunionImport(id: $id) {{ {RUN.removeprefix('run { ').removesuffix(' }')} {ROWS} }} }}"
    seen: dict[str, Any] = (await clerk.ask(query, id=run["id"], states=list(states) or None))["reunionImport"]
    return seen


async def step(city: City, run: dict[str, Any], command: str, *, phone: str = POLICE, work: bool = True, **fields: Any) -> dict[str, Any]:
    """Run, stop or finish."""
    clerk = await city.sign_in(phone)
    given = {"id": run["id"], "version": (await look(city, run, phone=phone))["version"], **fields}
    await act(clerk, f"{command}ReunionImport", show="run { id }", **given)
    if work:
        await city.work()
    return await look(city, run, phone=phone)


def by_number(run: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {row["number"]: row for row in run["rows"]["nodes"]}


def id_of(row: dict[str, Any]) -> UUID:
    return UUID(row["id"])
