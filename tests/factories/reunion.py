"""The rescue station's unknown guest, the family who seeks him in another county, and everybody who brings them together."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import orjson
from PIL import Image

from backend.kernel.demonstration import COUNTY
from backend.kernel.faces.engine import Pixels
from backend.settings import settings
from tests.factories.city import City, Person
from tests.factories.ledger import open_ledger
from tests.factories.supervision import act, new_phone
from tests.kernel.files.sending import upload

STATION, CIVIL, EXPERT, EXPERT_2 = "19900000061", "19900000062", "19900000063", "19900000064"
POLICE, CHIEF = "19900000038", "19900000037"
NEXT_POLICE, NEXT_CHIEF, NEXT_CIVIL = "19900000071", "19900000072", "19900000073"
NEXT_COUNTY = "331023"

CASE = "id code version state side alarm isMinor"


async def look(person: Person, case: dict[str, Any], show: str = "") -> dict[str, Any]:
    """The case as this person sees it; an AssertionError when he does not."""
    found = (await person.ask(f"query($id: ID!) {{ reunionCase(id: $id) {{ {CASE} {show} }} }}", id=case["id"]))["reunionCase"]
    assert found is not None
    return dict(found)


async def told(person: Person, kind: str, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Data of what this person's inbox was sent of this kind about the case, however crowded it is."""
    async with open_ledger(settings().database_admin_url) as ledger:
        rows = await ledger.fetch(
            "select data::text from notification where account_id = $1 and kind = $2 and matter_code = $3",
            UUID(person.account_id), kind, case["code"],
        )  # fmt: skip
    return [orjson.loads(row["data"]) for row in rows]


async def step(person: Person, command: str, case: dict[str, Any], /, **fields: Any) -> dict[str, Any]:
    """A command on a case at its present version; returns the case."""
    fields.setdefault("id", case["id"])
    if command not in ("addReunionPicture",):
        fields.setdefault("version", (await look(person, case))["version"])
    done: dict[str, Any] = (await act(person, command, show=f"case {{ {CASE} }}", **fields))["case"]
    return {**case, **done}


async def missing(city: City, **fields: Any) -> dict[str, Any]:
    """Reported in the next county by a relative who follows it on his own phone."""
    police, phone = await city.sign_in(NEXT_POLICE), new_phone()
    given: dict[str, Any] = {
        "kind": "ELDERLY", "division": NEXT_COUNTY, "reporterName": "测试家属", "relation": "儿子", "phone": phone,
        "facts": {"name": "测试老人", "sex": "MALE", "born": "约1955年", "height": "一米七五左右", "marks": "左手有疤", "seen": "2026-11-01"},
        **fields,
    }  # fmt: skip
    case = (await act(police, "reportMissing", show=f"case {{ {CASE} }}", **given))["case"]
    case = await step(police, "recordReunionBasis", {**case, "phone": phone}, basis="CONSENT", text="家属单独同意")
    await city.work()
    return case


async def found(city: City, **fields: Any) -> dict[str, Any]:
    """Taken in by the county's rescue station."""
    station = await city.sign_in(STATION)
    given: dict[str, Any] = {
        "kind": "AT_STATION", "division": COUNTY, "station": "仙居县救助管理站", "admittedOn": "2026-11-20",
        "conditions": ["DEMENTIA"], "claims": "只说自己姓测", "facts": {"sex": "MALE", "born": "七十来岁", "marks": "左手一道疤"}, **fields,
    }  # fmt: skip
    case = (await act(station, "registerFound", show=f"case {{ {CASE} }}", **given))["case"]
    case = await step(
        station, "recordReunionBasis", case, basis="STATUTORY_DUTY", text="本人无法表达,依救助管理职责查询身份"
    )
    await city.work()
    return case


async def pictured(city: City, officer: str, case: dict[str, Any], picture: Pixels, *, face: int | None = None) -> dict[str, Any]:
    """With a photograph that was read; `face` is chosen where there are several."""
    person = await city.sign_in(officer)
    stored = await upload(person.client, as_jpeg(picture), purpose="reunion", name="photo.jpg")
    case = await step(person, "addReunionPicture", case, fileId=stored["id"], taken="2025年")
    await city.work()
    if face is not None:
        row = (await look(person, case, "pictures { id state }"))["pictures"][0]
        assert row["state"] in ("CHOOSE", "UNUSABLE")
        await act(person, "chooseReunionFace", show=f"case {{ {CASE} }}", pictureId=row["id"], face=face)
        await city.work()
    return case


def as_jpeg(picture: Pixels) -> bytes:
    made = BytesIO()
    Image.fromarray(picture).save(made, "JPEG", quality=92)
    return made.getvalue()


async def searched(city: City, case: dict[str, Any], *, purpose: str = "STRANDED_SEARCH") -> dict[str, Any]:
    """A search asked for, approved by the chief, and run."""
    police, chief = await city.sign_in(POLICE), await city.sign_in(CHIEF)
    station = await city.sign_in(STATION)
    await step(station, "recordQuickCheck", case, text="指纹与走失库均无结果")
    await step(police, "requestFaceSearch", case, purpose=purpose, legalBasis="民发〔2015〕158号", necessity="快速查询无结果")
    case = await step(chief, "decideFaceSearch", case, approve=True, reason="同意比对")
    await city.work()
    await city.pass_time(seconds=30)
    await city.work()
    return {**case, **await look(police, case)}
