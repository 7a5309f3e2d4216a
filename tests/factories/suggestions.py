"""A deputies' suggestion on its way through the congress's office and the agency that answers it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.apps.oversight.service.common import today
from backend.kernel.demonstration import COUNTY
from tests.factories.city import City, Person
from tests.factories.oversight import CONGRESS, DEPUTY, UNIT
from tests.factories.supervision import act
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

SHOWN = "id code version state round replyClass mainUnit assistUnits coSigners"
WRITTEN: dict[str, Any] = {
    "session": "RECESS", "field": "ACCESSIBILITY", "division": COUNTY, "title": "在公交站台增设无障碍坡道",
    "text": "多处公交站台没有坡道,坐轮椅的居民无法上车,建议统一排查改造。", "points": ["排查全县公交站台", "两年内完成坡道改造"],
}  # fmt: skip
MEASURES = ["已排查全部站台", "已完成坡道改造"]


async def do(person: Person, command: str, /, *, key: str = "", **fields: Any) -> dict[str, Any]:
    """A command that answers with the suggestion. Raises Refused."""
    return dict((await act(person, command, key=key, show=f"suggestion {{ {SHOWN} }}", **fields))["suggestion"])


async def find(person: Person, row: dict[str, Any], show: str = "") -> dict[str, Any] | None:
    """The suggestion as this person sees it, or None."""
    query = f"query($id: ID!) {{ oversightSuggestion(id: $id) {{ {SHOWN} {show} }} }}"
    found: dict[str, Any] | None = (await person.ask(query, id=row["id"]))["oversightSuggestion"]
    return found


async def look(person: Person, row: dict[str, Any], show: str = "") -> dict[str, Any]:
    """As `find`; an AssertionError when there is nothing to see."""
    found = await find(person, row, show)
    assert found is not None
    return found


async def step(person: Person, command: str, row: dict[str, Any], /, **fields: Any) -> dict[str, Any]:
    """A command on a suggestion at its present version."""
    fields.setdefault("id", row["id"])
    if command not in ("signSuggestion", "assistWithSuggestion") and "version" not in fields:
        seen = await find(person, row)
        fields["version"] = seen["version"] if seen else row["version"]
    return await do(person, command, **fields)


async def written(city: City, by: str = DEPUTY, **fields: Any) -> dict[str, Any]:
    return await do(await city.sign_in(by), "raiseSuggestion", **{**WRITTEN, **fields})


async def reviewed(city: City, row: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return await step(await city.sign_in(CONGRESS), "reviewSuggestion", row or await written(city, **fields), accept=True, opinion="属于建议范围")


async def agency(city: City, row: dict[str, Any], phone: str) -> str:
    """The membership that names this person's agency among those the office may choose."""
    query = "query($id: ID!) { oversightAgencies(suggestionId: $id) { membershipId accountId } }"
    rows = (await (await city.sign_in(CONGRESS)).ask(query, id=row["id"]))["oversightAgencies"]
    wanted = (await city.sign_in(phone)).account_id
    return str(next(each["membershipId"] for each in rows if each["accountId"] == wanted))


async def assigned(city: City, row: dict[str, Any] | None = None, *helping: str, to: str = UNIT, **fields: Any) -> dict[str, Any]:
    row = row or await reviewed(city)
    given = {
        "unit": await agency(city, row, to), "assistUnits": [await agency(city, row, each) for each in helping], "opinion": "请依法办理", **fields,
    }  # fmt: skip
    row = await step(await city.sign_in(CONGRESS), "assignSuggestion", row, **given)
    await city.work()
    return row


async def consulted(city: City, row: dict[str, Any] | None = None) -> dict[str, Any]:
    """Taken up, and spoken about with the deputies."""
    unit = await city.sign_in(UNIT)
    row = row or await assigned(city)
    if row["state"] in ("ASSIGNED", "REASSIGNED"):
        row = await step(unit, "takeUpSuggestion", row, text="测试科 0576-00000086")
    return await step(unit, "consultOnSuggestion", row, form="SITE", heldOn=str(today()), people="测试代表甲、测试科", words="现场看了三处站台,代表同意方案")


async def answered(city: City, row: dict[str, Any] | None = None, reply_class: str = "A", **fields: Any) -> dict[str, Any]:
    unit = await city.sign_in(UNIT)
    given: dict[str, Any] = {
        "replyClass": reply_class, "text": "我局高度重视,现将办理情况答复如下。", "measures": MEASURES, "leader": "测试局长", **fields,
    }  # fmt: skip
    if "fileIds" not in given and reply_class == "A":
        given["fileIds"] = [(await upload(unit.client, photograph(), purpose="oversight", name="proof.jpg"))["id"]]
    if reply_class == "B":
        given.setdefault("plannedOn", str(today() + timedelta(days=200)))
    row = await step(unit, "answerSuggestion", row or await consulted(city), **given)
    await city.work()
    return row


async def rated(city: City, row: dict[str, Any], process: int = 5, result: int = 5, words: str = "办得很好") -> dict[str, Any]:
    row = await step(await city.sign_in(DEPUTY), "rateSuggestion", row, process=process, result=result, words=words)
    await city.work()
    return row
