"""A deputy's clue on its way through procuratorate and agency, and everybody who takes it further."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from backend.kernel import clock
from backend.kernel.demonstration import COUNTY
from tests.factories.city import City, Person
from tests.factories.supervision import act
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

DEPUTY, DEPUTY_2, CONGRESS, PROSECUTOR, CHIEF, UNIT, OTHER_UNIT = (f"1990000008{number}" for number in range(1, 8))
CENTER, CITIZEN = "19900000031", "19900000001"

CLUE = "id code version state title supporters caseType trigger"
ROW = "id code version state round unitName urgent"
PROJECT = "id code version state"
#: What a command answers with.
SHOWN = {"clue": CLUE, "recommendation": ROW, "project": PROJECT}
QUERIES = {"clue": "oversightClue", "recommendation": "oversightRecommendation", "project": "oversightJointProject"}
#: Commands that answer with something else than a clue.
ANSWERS = {
    **dict.fromkeys(
        ("draftRecommendation", "decideRecommendation", "serveRecommendation", "objectToRecommendation", "ruleOnObjection",
         "replyToRecommendation", "askReplyExtension", "decideReplyExtension", "escalateRecommendation", "recordOnSiteCheck",
         "signOnSiteCheck", "withdrawOnSiteCheck", "checkPromise", "rateRecommendation", "answerRating"), "recommendation",
    ),
    **dict.fromkeys(
        ("proposeJointSupervision", "decideJointSupervision", "planJointSupervision", "recordJointMeeting", "evaluateJointSupervision",
         "finishJointSupervision", "signJointNotice"), "project",
    ),
}  # fmt: skip
UNVERSIONED = {"rateRecommendation", "shieldClue", "joinClue", "logInvestigation"}
RAISED: dict[str, Any] = {
    "kind": "CLUE", "field": "ENVIRONMENT", "division": COUNTY, "title": "测试溪上游作坊直排污水", "content": "雨天上游作坊把污水直接排入溪中,有异味。",
}  # fmt: skip


async def do(person: Person, command: str, /, *, key: str = "", **fields: Any) -> dict[str, Any]:
    """A command as it is; returns the clue, recommendation or project it answers with. Raises Refused."""
    what = ANSWERS.get(command, "clue")
    return dict((await act(person, command, key=key, show=f"{what} {{ {SHOWN[what]} }}", **fields))[what])


async def find(person: Person, row: dict[str, Any], show: str = "", *, what: str = "clue") -> dict[str, Any] | None:
    """The row as this person sees it, or None."""
    query = f"query($id: ID!) {{ {QUERIES[what]}(id: $id) {{ {SHOWN[what]} {show} }} }}"
    found: dict[str, Any] | None = (await person.ask(query, id=row["id"]))[QUERIES[what]]
    return found


async def look(person: Person, row: dict[str, Any], show: str = "", *, what: str = "clue") -> dict[str, Any]:
    """As `find`; an AssertionError when there is nothing to see."""
    found = await find(person, row, show, what=what)
    assert found is not None
    return found


async def step(person: Person, command: str, row: dict[str, Any], /, **fields: Any) -> dict[str, Any]:
    """A command on a clue, recommendation or project at its present version."""
    fields.setdefault("id", row["id"])
    if command not in UNVERSIONED and "version" not in fields:
        what = ANSWERS.get(command, "clue")
        seen = await find(person, row, what=what)
        fields["version"] = seen["version"] if seen else row["version"]
    return {**row, **await do(person, command, **fields)}


async def raised(city: City, by: str = DEPUTY, **fields: Any) -> dict[str, Any]:
    return await do(await city.sign_in(by), "raiseClue", **{**RAISED, **fields})


async def accepted(city: City, clue: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    clue = clue or await raised(city, **fields)
    prosecutor = await city.sign_in(PROSECUTOR)
    return await step(prosecutor, "screenClue", clue, decision="ACCEPT", reason="属于检察监督范围")


async def assessed(city: City, clue: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    prosecutor = await city.sign_in(PROSECUTOR)
    return await step(
        prosecutor, "assessClue", await accepted(city, clue, **fields), assessment="损害公共利益", publicInterest=25, affected=15, evidence=15,
        repeat=5, urgency=10,
    )  # fmt: skip


async def filed(city: City, clue: dict[str, Any] | None = None, case_type: str = "PUBLIC_INTEREST", **fields: Any) -> dict[str, Any]:
    chief = await city.sign_in(CHIEF)
    return await step(chief, "fileOversightCase", await assessed(city, clue, **fields), caseType=case_type, reason="符合立案条件")


async def chosen(city: City, clue: dict[str, Any], kind: str, phone: str) -> str:
    """Membership of this person among those whom the prosecutor may choose."""
    rows = (await (await city.sign_in(PROSECUTOR)).ask(f"query($id: ID!) {{ {kind}(clueId: $id) {{ membershipId accountId }} }}", id=clue["id"]))[kind]
    wanted = (await city.sign_in(phone)).account_id
    return str(next(row["membershipId"] for row in rows if row["accountId"] == wanted))


async def drafted(city: City, clue: dict[str, Any], **fields: Any) -> dict[str, Any]:
    prosecutor = await city.sign_in(PROSECUTOR)
    given = {
        "clueId": clue["id"], "unit": await chosen(city, clue, "oversightUnits", UNIT), "sourceText": "人大代表反映的线索", "facts": "经现场勘查,情况属实,证据充分。",
        "danger": "公共利益持续受损", "demands": ["依法查处直排行为", "建立巡查机制"], "basis": "行政诉讼法第二十五条第四款", **fields,
    }  # fmt: skip
    return await do(prosecutor, "draftRecommendation", **given)


async def served(city: City, clue: dict[str, Any] | None = None, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case with a recommendation that the unit has in hand."""
    clue = clue if clue and clue["state"] == "CASE_FILED" else await filed(city, clue)
    row = await drafted(city, clue, **fields)
    row = await step(await city.sign_in(CHIEF), "decideRecommendation", row, approve=True, opinion="同意发出")
    row = await step(await city.sign_in(PROSECUTOR), "serveRecommendation", row, text="宣告送达")
    await city.work()
    return clue, row


async def replied(city: City, row: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """By the unit: solved, with a photograph."""
    unit = await city.sign_in(UNIT)
    given: dict[str, Any] = {
        "replyClass": "A", "text": "高度重视,已按建议逐条整改到位。", "measures": ["已立案查处", "已建立每周巡查机制"], **fields,
    }  # fmt: skip
    if "fileIds" not in given and given["replyClass"] == "A":
        given["fileIds"] = [(await upload(unit.client, photograph(), purpose="oversight", name="proof.jpg"))["id"]]
    row = await step(unit, "replyToRecommendation", row, **given)
    await city.work()
    return row


async def checked(city: City, row: dict[str, Any], verdict: str = "RECTIFIED", deputy: str = DEPUTY, **fields: Any) -> dict[str, Any]:
    """Looked at on the spot, and signed by both."""
    prosecutor, other = await city.sign_in(PROSECUTOR), await city.sign_in(deputy)
    check = str(uuid4())
    await do(prosecutor, "recordOnSiteCheck", **{**visit(check, row, other, verdict), **fields})
    for person in (prosecutor, other):
        row = {**row, **await do(person, "signOnSiteCheck", checkId=check, sha256=await digest_of(person, row, check))}
    await city.work()
    return row


def visit(check: str, row: dict[str, Any], deputy: Person, verdict: str = "RECTIFIED") -> dict[str, Any]:
    return {
        "checkId": check, "recommendationId": row["id"], "deputy": deputy.account_id, "verdict": verdict, "placeText": "测试溪上游",
        "visitedAt": clock.now().isoformat(), "finding": "排污口已封堵,水质清澈", "latitude": 28.85, "longitude": 120.73,
    }  # fmt: skip


async def digest_of(person: Person, row: dict[str, Any], check: str) -> str:
    found = await look(person, row, "checks { id paper { sha256 } }", what="recommendation")
    return str(next(each["paper"]["sha256"] for each in found["checks"] if each["id"] == check))


async def told(city: City, phone: str, clue: dict[str, Any]) -> list[str]:
    """The steps of the clue that this person's inbox tells, oldest first."""
    person = await city.sign_in(phone)
    query = "{ inbox(first: 50) { edges { node { kind data matterId } } } }"
    nodes = [edge["node"] for edge in (await person.ask(query))["inbox"]["edges"]]
    mine = [node for node in nodes if node["matterId"] == clue["id"] and node["kind"] == "oversight.clue.step"]
    return [node["data"]["step"] for node in reversed(mine)]


async def later(city: City, **by: float) -> None:
    """Time passes; sessions end with it, so everybody signs in anew."""
    await city.pass_time(**by)
    for person in city.people.values():
        await person.client.aclose()
    city.people.clear()
