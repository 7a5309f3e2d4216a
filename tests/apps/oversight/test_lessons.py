"""检e用: a closed case becomes something for everybody, and names nobody; and the investigation's letters stay with the procuratorate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.apps.oversight import rules
from backend.apps.oversight.service.common import today
from backend.kernel.access.roles import Role
from tests.apps.oversight.test_row_level_security import scope_of, seen
from tests.apps.rehab.test_under_fire import outcomes
from tests.factories.city import City, Refused
from tests.factories.oversight import (
    CHIEF,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    PROSECUTOR,
    UNIT,
    accepted,
    checked,
    look,
    raised,
    replied,
    served,
    step,
)
from tests.factories.suggestions import written
from tests.factories.supervision import act

SHOWN = "lesson { id code version state kind title }"
GIVEN = {
    "kind": "TYPICAL_CASE", "title": "溪流直排问题的联动治理", "summary": "检察建议推动行政机关封堵排污口并建立巡查制度。",
    "text": "经代表反映、现场核查和检察建议,行政机关逐条整改,问题得到根治。",
}  # fmt: skip


async def refused(awaited: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        await awaited
    return list(caught.value.codes)


async def closed(city: City) -> dict[str, Any]:
    clue, row = await served(city)
    await checked(city, await replied(city, row))
    return await step(await city.sign_in(CHIEF), "closeOversightCase", clue, text="整改到位,予以结案")


async def draft(city: City, clue: dict[str, Any], by: str = PROSECUTOR, **fields: Any) -> dict[str, Any]:
    return dict((await act(await city.sign_in(by), "draftOversightLesson", show=SHOWN, clueId=clue["id"], **{**GIVEN, **fields}))["lesson"])


async def decide(city: City, lesson: dict[str, Any], by: str = CHIEF, publish: bool = True) -> dict[str, Any]:
    given = {"id": lesson["id"], "version": lesson["version"], "publish": publish, "opinion": "同意发布"}
    return dict((await act(await city.sign_in(by), "decideOversightLesson", show=SHOWN, **given))["lesson"])


async def found(city: City, phone: str, lesson: dict[str, Any], show: str = "title") -> Any:
    query = f"query($id: ID!) {{ oversightLesson(id: $id) {{ {show} }} }}"
    return (await (await city.sign_in(phone)).ask(query, id=lesson["id"]))["oversightLesson"]


async def test_it_is_for_everybody_once_the_chief_has_published_it(city: City, database: Any) -> None:
    clue = await closed(city)
    lesson = await draft(city, clue)
    for phone in (DEPUTY, UNIT, CONGRESS):
        assert await found(city, phone, lesson) is None, "a draft is the procuratorate's"
    lesson = await decide(city, lesson)
    assert lesson["state"] == "PUBLISHED"
    for phone in (DEPUTY, DEPUTY_2, UNIT, CONGRESS):
        assert await found(city, phone, lesson, "title clue { code } opinion") == {"title": GIVEN["title"], "clue": None, "opinion": None}
    query = "query($w: String!) { oversightLessons(filter: {search: $w, kinds: [TYPICAL_CASE]}) { edges { node { id } } } }"
    rows = (await (await city.sign_in(UNIT)).ask(query, w="溪流直排"))["oversightLessons"]["edges"]
    assert lesson["id"] in [edge["node"]["id"] for edge in rows]
    taken = await act(await city.sign_in(CHIEF), "takeDownOversightLesson", show=SHOWN, id=lesson["id"], version=lesson["version"], text="需要补充修改")
    assert taken["lesson"]["state"] == "TAKEN_DOWN"
    assert await found(city, UNIT, lesson) is None
    assert await seen(database.login_dsn, await scope_of(city, UNIT, Role.SUPERVISED_UNIT), lesson, {"oversight_lesson": "id"}) == set()


async def test_of_closed_cases_by_a_prosecutor_decided_by_another(city: City) -> None:
    open_one, _ = await served(city)
    assert await refused(draft(city, open_one)) == ["WRONG_STATE"]
    clue = await closed(city)
    for phone in (CONGRESS, DEPUTY, CHIEF):
        assert await refused(draft(city, clue, phone)) == ["NOT_PERMITTED"], phone
    lesson = await draft(city, clue)
    assert await refused(decide(city, lesson, PROSECUTOR)) == ["NOT_PERMITTED"]
    ends = await outcomes(*(decide(city, lesson) for _ in range(3)))
    assert ends == ["CONFLICT", "CONFLICT", "DONE"]


@pytest.mark.parametrize("field", ["title", "summary", "text"])
async def test_it_names_nobody(city: City, field: str) -> None:
    clue = await closed(city)
    for secret in ("测试代表甲", "测试被监督单位", "13800138000", "33102419900101001X"):
        assert await refused(draft(city, clue, **{field: f"由{secret}反映的问题,经过治理已经根治,效果良好值得推广"})) == ["PERSONAL_DATA"], secret


@pytest.mark.parametrize(
    ("text", "said"),
    [("编号2026110012345678901", False), ("电话13800138000。", True), ("共12345678901元", False), ("王某某反映", False), ("王小二反映", True), ("电话138 0013 8000", True),
     ("电话138-0013-8000", True), ("联系0576-87721234", True), ("证号331024900101001", True), ("第2026-11-28号", False)],
)
def test_numbers_and_names(text: str, said: bool) -> None:
    assert rules.names_somebody(text, ["王小二", ""]) is said


async def test_letters_of_the_investigation_stay_with_the_procuratorate(city: City, database: Any) -> None:
    clue = await accepted(city)
    prosecutor = await city.sign_in(PROSECUTOR)
    given = {"to": "测试县生态环境局", "matter": "调取近一年水质监测记录", "facts": "上游作坊雨天直排,水面有泡沫。", "evidence": ["监测记录", "执法台账"], "basis": "人民检察院检察建议工作规定第十四条",
             "dueOn": str(today() + timedelta(days=15)), "contact": "测试检察官 0576-00000084"}
    clue = await step(prosecutor, "askForInvestigationHelp", clue, **given)
    mine = await look(prosecutor, clue, "papers { title number } log { kind text }")
    assert [paper["title"] for paper in mine["papers"]] == ["协助调查函"]
    assert mine["papers"][0]["number"] in mine["log"][0]["text"]
    for phone in (CONGRESS, DEPUTY):
        theirs = await look(await city.sign_in(phone), clue, "papers { title } log { text }")
        assert (theirs["papers"], theirs["log"]) == ([], []), phone
    assert await seen(database.login_dsn, await scope_of(city, CONGRESS, Role.NPC_OFFICE), clue, {"paper": "matter_id"}) == set()
    assert await refused(step(await city.sign_in(CONGRESS), "askForInvestigationHelp", clue, **given)) == ["NOT_PERMITTED"]
    wrong: dict[str, Any]
    for wrong in ({"evidence": []}, {"dueOn": str(today())}, {"contact": ""}):
        assert await refused(step(prosecutor, "askForInvestigationHelp", clue, **{**given, **wrong})), wrong


async def test_a_suggestion_that_shows_something_unlawful_becomes_a_clue(city: City) -> None:
    row = await written(city)
    clue = await raised(city, suggestionId=row["id"])
    assert (await look(await city.sign_in(DEPUTY), clue, "sourceCode"))["sourceCode"] == row["code"]
    assert await refused(raised(city, DEPUTY_2, suggestionId=row["id"])) == ["NOT_FOUND"]
    hidden = await raised(city, suggestionId=row["id"], shielded=True)
    assert (await look(await city.sign_in(CONGRESS), hidden, "sourceCode"))["sourceCode"] is None
