"""The programme on its way: meetings and their tasks, problems, scenes, hazards, and everybody who takes them further."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from backend.kernel import clock
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.demonstration import COUNTY, TOWN, VILLAGE
from tests.factories.city import City, Person
from tests.factories.supervision import act
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

GRID, VILLAGE_OFFICER, LEADER, CENTER, OFFICE, CITY_OFFICE, REGULATOR = (
    "19900000011", "19900000012", "19900000022", "19900000031", "19900000034", "19900000041", "19900000091",
)  # fmt: skip
NEIGHBOUR, DEPUTY, CITIZEN = "19900000051", "19900000081", "19900000001"
CITY = "3310"

SHOWN = {
    "scene": "id code version state", "meeting": "id code version state month title", "task": "id code version state dueOn",
    "problem": "id code version state", "hazard": "id code version state grade round", "pillar": "id code leadUnit",
    "indicator": "id code target", "honour": "id name", "place": "id name",
}  # fmt: skip
QUERIES = {name: f"cockpit{name.capitalize()}" for name in ("scene", "meeting", "task", "problem", "hazard")}
#: Command → what it answers with.
ANSWERS = {
    **dict.fromkeys(
        ("proposeScene", "reviewScene", "establishScene", "joinSceneTeam", "proveScene", "advanceScene", "retireScene", "planMilestone",
         "finishMilestone", "writePlan", "reportPlan", "checkPlan", "issueWeeklyList"), "scene",
    ),
    **dict.fromkeys(("callMeeting", "addAgendaItem", "addToConsultation", "holdMeeting", "cancelMeeting"), "meeting"),
    **dict.fromkeys(("assignAction", "postponeAction", "finishAction", "checkAction", "correctTask"), "task"),
    **dict.fromkeys(
        ("reportProblem", "reportProblemAgain", "assignProblem", "answerProblem", "judgeProblem", "correctProblem"), "problem",
    ),
    **dict.fromkeys(
        ("findHazard", "gradeHazard", "orderRectification", "rectifyHazard", "verifyHazard", "correctHazard"), "hazard",
    ),
    "definePillar": "pillar", "setIndicator": "indicator", "recordHonour": "honour", "registerSafetyPlace": "place",
}  # fmt: skip
UNVERSIONED = {"correctTask", "correctProblem", "correctHazard", "issueWeeklyList"}


def day(offset: int = 0) -> str:
    """A day counted from today."""
    return str(local_date(clock.now()) + timedelta(days=offset))


async def do(person: Person, command: str, /, *, once: str = "", **fields: Any) -> dict[str, Any]:
    """A command as it is, `once` being its idempotency key; returns what it answers with. Raises Refused."""
    what = ANSWERS[command]
    return dict((await act(person, command, key=once, show=f"{what} {{ {SHOWN[what]} }}", also=fields))[what])


async def find(person: Person, what: str, row: dict[str, Any], show: str = "") -> dict[str, Any] | None:
    """The row as this person sees it, or None."""
    query = f"query($id: ID!) {{ {QUERIES[what]}(id: $id) {{ {SHOWN[what]} {show} }} }}"
    found: dict[str, Any] | None = (await person.ask(query, id=row["id"]))[QUERIES[what]]
    return found


async def look(person: Person, what: str, row: dict[str, Any], show: str = "") -> dict[str, Any]:
    """As `find`; an AssertionError when there is nothing to see."""
    found = await find(person, what, row, show)
    assert found is not None
    return found


async def listed(person: Person, what: str, filter: str = "") -> list[str]:
    """Ids in this person's list."""
    field = f"cockpit{what.capitalize()}s"
    given = f"(filter: {{ {filter} }})" if filter else ""
    return [edge["node"]["id"] for edge in (await person.ask(f"{{ {field}{given} {{ edges {{ node {{ id }} }} }} }}"))[field]["edges"]]


async def step(person: Person, command: str, row: dict[str, Any], /, **fields: Any) -> dict[str, Any]:
    """A command on a row at its present version."""
    fields.setdefault("id", row["id"])
    if command not in UNVERSIONED and "version" not in fields:
        seen = await find(person, ANSWERS[command], row)
        fields["version"] = seen["version"] if seen else row["version"]
    return {**row, **await do(person, command, **fields)}


async def chosen(chooser: Person, phone: str, city: City, purpose: str = "TASK", **more: Any) -> str:
    """Membership of this person among those whom the chooser may choose."""
    query = "query($p: CockpitChoiceFor!, $id: ID) { cockpitOfficers(purpose: $p, about: $id) { membershipId name } }"
    rows = (await chooser.ask(query, p=purpose, id=more.get("about")))["cockpitOfficers"]
    name = NAMES[phone]
    return str(next(row["membershipId"] for row in rows if row["name"] == name))


NAMES = {
    GRID: "测试网格员", VILLAGE_OFFICER: "测试村干部", LEADER: "测试镇领导", CENTER: "测试县中心甲", OFFICE: "测试专班",
    CITY_OFFICE: "测试市专班", REGULATOR: "测试监管员",
}  # fmt: skip


async def called(city: City, by: str = OFFICE, **fields: Any) -> dict[str, Any]:
    given = {"division": CITY if by == CITY_OFFICE else COUNTY, "kind": "AD_HOC", "title": "专题会商", "plannedOn": day(), **fields}
    return await do(await city.sign_in(by), "callMeeting", **given)


async def held(city: City, meeting: dict[str, Any], by: str = OFFICE) -> dict[str, Any]:
    return await step(
        await city.sign_in(by), "holdMeeting", meeting, heldOn=day(), placeText="三楼会议室", minutes="会议研究了试点推进和隐患整改。",
        attendees=[{"unit": "白塔镇人民政府", "name": "测试镇领导", "head": True}],
    )  # fmt: skip


async def assigned(city: City, owner: str = LEADER, by: str = OFFICE, **fields: Any) -> dict[str, Any]:
    giver = await city.sign_in(by)
    given = {"text": "排查出租房消防隐患", "owner": await chosen(giver, owner, city), "dueOn": day(7), **fields}
    return await do(giver, "assignAction", **given)


async def reported(city: City, by: str = LEADER, **fields: Any) -> dict[str, Any]:
    given = {
        "division": TOWN, "title": "流动渔船信息无法共享", "text": "信息分散在多个系统,网格无法掌握。", "to": ["TASK_FORCE"], **fields,
    }  # fmt: skip
    return await do(await city.sign_in(by), "reportProblem", **given)


async def given_out(city: City, problem: dict[str, Any], owner: str = CENTER) -> dict[str, Any]:
    office = await city.sign_in(OFFICE)
    return await step(office, "assignProblem", problem, owner=await chosen(office, owner, city, "PROBLEM", about=problem["id"]))


def seen(**fields: Any) -> dict[str, Any]:
    """What a phone sends about a hazard."""
    return {
        "hazardId": str(uuid4()), "division": VILLAGE, "unit": "NINE_PLACES", "placeText": "测试副食店", "text": "店内违规留宿人员,无第二逃生出口。",
        "foundAt": clock.now().isoformat(), **fields,
    }  # fmt: skip


async def found(city: City, by: str = VILLAGE_OFFICER, **fields: Any) -> dict[str, Any]:
    return await do(await city.sign_in(by), "findHazard", **seen(**fields))


async def ordered(city: City, hazard: dict[str, Any] | None = None, owner: str = VILLAGE_OFFICER, grade: str = "GENERAL", days: int = 10) -> dict[str, Any]:
    regulator = await city.sign_in(REGULATOR)
    hazard = await step(regulator, "gradeHazard", hazard or await found(city), grade=grade, reason="现场核实")
    return await step(
        regulator, "orderRectification", hazard, owner=await chosen(regulator, owner, city, "RECTIFICATION", about=hazard["id"]),
        demand="立即整改并上传照片", dueOn=day(days),
    )  # fmt: skip


async def rectified(city: City, hazard: dict[str, Any], by: str = VILLAGE_OFFICER) -> dict[str, Any]:
    person = await city.sign_in(by)
    proof = (await upload(person.client, photograph(), purpose="cockpit", name="proof.jpg"))["id"]
    return await step(person, "rectifyHazard", hazard, text="住宿人员已搬离,楼梯已打通", fileIds=[proof])


async def proposed(city: City, **fields: Any) -> dict[str, Any]:
    given = {"division": COUNTY, "name": "五环智控", "goal": "矛盾纠纷全程闭环", "leadUnit": "仙居县社会治理中心", **fields}
    return await do(await city.sign_in(OFFICE), "proposeScene", **given)


async def established(city: City) -> dict[str, Any]:
    """Reviewed by the city, with leader and team."""
    office, reviewer = await city.sign_in(OFFICE), await city.sign_in(CITY_OFFICE)
    scene = await step(reviewer, "reviewScene", await proposed(city), text="同意建设")
    team = [
        {"membershipId": await chosen(office, phone, city, "TEAM"), "role": role, "share": share}
        for phone, role, share in ((CENTER, "BUSINESS_LEAD", "业务流程"), (OFFICE, "TECHNICAL_LEAD", "系统开发"), (LEADER, "MEMBER", "乡镇试点"))
    ]
    return await step(office, "establishScene", scene, leader=await chosen(office, CENTER, city, "LEADER", about=scene["id"]), team=team)


async def planned(city: City, scene: dict[str, Any], phase: str = "KEY", days: int = 30) -> tuple[dict[str, Any], str]:
    """The scene with one milestone more, and the milestone's id."""
    office = await city.sign_in(OFFICE)
    scene = await step(office, "planMilestone", scene, name=f"试点上线{days}", phase=phase, plannedOn=day(days))
    rows = (await look(office, "scene", scene, "milestones { id name }"))["milestones"]
    return scene, next(row["id"] for row in rows if row["name"] == f"试点上线{days}")


async def told(city: City, phone: str, row: dict[str, Any]) -> list[str]:
    """Kinds of what this person's inbox tells of the row, oldest first."""
    person = await city.sign_in(phone)
    nodes = [edge["node"] for edge in (await person.ask("{ inbox(first: 50) { edges { node { kind matterId } } } }"))["inbox"]["edges"]]
    return [node["kind"] for node in reversed(nodes) if node["matterId"] == row["id"]]


async def later(city: City, **by: float) -> None:
    """Time passes; sessions end with it, so everybody signs in anew."""
    await city.pass_time(**by)
    for person in city.people.values():
        await person.client.aclose()
    city.people.clear()
