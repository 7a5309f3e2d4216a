"""Findings for each demand, opinion forms, letters upward, two seals, and figures with what they are compared to and made of."""

from __future__ import annotations

from typing import Any

import pytest

from backend.apps.oversight.figures import FORMULAS
from backend.kernel.demonstration import COUNTY
from tests.apps.rehab.test_under_fire import outcomes
from tests.factories.city import PROGRAM_OFFICE, City, Person, Refused
from tests.factories.oversight import (
    CHIEF,
    CONGRESS,
    DEPUTY,
    PROSECUTOR,
    UNIT,
    checked,
    digest_of,
    do,
    filed,
    find,
    look,
    replied,
    served,
    step,
    visit,
)
from tests.factories.supervision import act
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

POINTS = [{"verdict": "RECTIFIED", "words": "排污口已经封堵"}, {"verdict": "NOT", "words": "尚未建立巡查制度"}]
CHECK_ID = "11111111-1111-4111-8111-111111111111"


async def papers_of(person: Person, row: dict[str, Any], what: str = "recommendation") -> dict[str, dict[str, Any]]:
    found = (await look(person, row, "papers { id title state html sha256 signatures { capacity name signedAt } }", what=what))["papers"]
    return {paper["title"]: paper for paper in found}


async def test_each_demand_has_its_own_finding(city: City) -> None:
    _, row = await served(city)
    row = await replied(city, row)
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    for wrong, field in (({"verdict": "RECTIFIED", "points": POINTS}, "verdict"), ({"verdict": "PARTLY", "points": POINTS[:1]}, "points"),
                         ({"verdict": "PARTLY", "points": [POINTS[0], {"verdict": "NOT", "words": ""}]}, "points.1.words")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await do(prosecutor, "recordOnSiteCheck", **{**visit(CHECK_ID, row, deputy), **wrong})
        assert field in [error["field"] for error in refused.value.errors]
    row = await checked(city, row, verdict="PARTLY", points=POINTS)
    assert row["state"] == "PARTLY"
    (seen,) = (await look(deputy, row, "checks { points { verdict words } paper { html } }", what="recommendation"))["checks"]
    assert seen["points"] == POINTS
    assert "尚未建立巡查制度" in seen["paper"]["html"] and "部分整改" in seen["paper"]["html"]


async def test_both_may_draw_their_names(city: City) -> None:
    _, row = await served(city)
    row = await replied(city, row)
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    await do(prosecutor, "recordOnSiteCheck", **visit(CHECK_ID, row, deputy))
    for person in (prosecutor, deputy):
        drawing = (await upload(person.client, photograph(), purpose="signature", name="name.jpg"))["id"]
        row = {**row, **await do(person, "signOnSiteCheck", checkId=CHECK_ID, sha256=await digest_of(person, row, CHECK_ID), signatureFileId=drawing)}
    assert row["state"] == "VERIFIED"


async def test_a_rating_is_a_paper_that_names_nobody(city: City) -> None:
    clue, row = await served(city)
    row = await checked(city, await replied(city, row))
    deputy, unit = await city.sign_in(DEPUTY), await city.sign_in(UNIT)
    await do(deputy, "rateRecommendation", id=row["id"], process=4, result=2, words="雨后又有异味")
    form = (await papers_of(unit, row))["征询意见表"]
    for part in ("办理态度", "办理结果", "不太满意", "雨后又有异味"):
        assert part in form["html"]
    (author,) = [part["name"] for part in (await look(deputy, clue, "parts { name kind }"))["parts"] if part["kind"] == "AUTHOR"]
    assert author not in form["html"]


async def test_the_unit_is_urged_and_the_organ_above_it_hears(city: City) -> None:
    clue, row = await served(city)
    row = await checked(city, await replied(city, row), verdict="NOT")
    chief, unit, deputy = await city.sign_in(CHIEF), await city.sign_in(UNIT), await city.sign_in(DEPUTY)
    await step(chief, "escalateRecommendation", row, to="仙居县人民政府", reason="到期未整改到位")
    urge = (await papers_of(unit, row))["督促函"]
    assert urge["state"] == "SERVED" and "到期未整改到位" in urge["html"]
    report = (await papers_of(chief, clue, "clue"))["关于检察建议落实情况的报告"]
    assert "仙居县人民政府" in report["html"] and "经现场核查尚未整改" in report["html"]
    assert "关于检察建议落实情况的报告" not in await papers_of(unit, row)
    assert await find(unit, clue) is None
    assert "督促函" in await papers_of(deputy, row)


async def test_both_organs_seal_the_notice(city: City) -> None:
    clue = await filed(city)
    congress, chief, prosecutor = await city.sign_in(CONGRESS), await city.sign_in(CHIEF), await city.sign_in(PROSECUTOR)
    project = await do(congress, "proposeJointSupervision", subject="溪流污染联合督办", basis="监督法及检察建议工作规定", form="REPORT", clues=[clue["id"]])
    project = await step(chief, "decideJointSupervision", project, agree=True, opinion="同意联合督办")
    project = await step(congress, "planJointSupervision", project, leader="测试代表工委", plan="十二月集中视察,次年一月评估", dueOn="2027-06-30")
    notice = (await papers_of(chief, project, "project"))["联合督办通知"]
    assert [each["capacity"] for each in notice["signatures"]] == ["CONGRESS", "PROCURATORATE"]
    given = {"id": project["id"], "paperId": notice["id"], "sha256": notice["sha256"]}
    with pytest.raises(Refused) as refused:
        await do(chief, "signJointNotice", **{**given, "sha256": "0" * 64})
    assert refused.value.codes == ["DIGEST_MISMATCH"]
    await do(chief, "signJointNotice", **given)
    for nobody in (chief, prosecutor):
        with pytest.raises(Refused):
            await do(nobody, "signJointNotice", **given)
    assert (await papers_of(chief, project, "project"))["联合督办通知"]["state"] == "DRAFT", "one seal is not two"
    offered = {each["name"] for each in (await look(congress, project, "availableActions { name }", what="project"))["availableActions"]}
    assert "sign_notice" in offered
    assert await outcomes(*(do(congress, "signJointNotice", **given) for _ in range(2))) == ["DONE", "WRONG_STATE"], "two taps, one seal"
    assert (await papers_of(chief, project, "project"))["联合督办通知"]["state"] == "SEALED"


FIGURES = (
    'query($d: String!) { oversightFigures(division: $d, from: "2026-01-01", to: "2026-12-31") '
    "{ figures { key value saved baseline { days firstOn source } } } }"
)
BEFORE = {"figure": "handling_days", "days": 62.5, "firstOn": "2025-01-01", "lastOn": "2025-12-31", "source": "县检察院2025年度统计"}


async def state(person: Person, **fields: Any) -> dict[str, Any]:
    return dict(await act(person, "stateOversightBaseline", show="baseline { figure days }", **{**BEFORE, **fields}))


async def test_the_county_states_what_a_figure_was(city: City) -> None:
    congress, chief = await city.sign_in(CONGRESS), await city.sign_in(CHIEF)
    await state(congress, days=80)
    await state(congress)
    rows = (await chief.ask(FIGURES, d=COUNTY))["oversightFigures"]["figures"]
    found = {row["key"]: row["baseline"] for row in rows}
    assert found["handling_days"] == {"days": 62.5, "firstOn": "2025-01-01", "source": "县检察院2025年度统计"}
    assert not any(before for key, before in found.items() if key != "handling_days")
    for person, wrong, code in (
        (chief, {}, "NOT_PERMITTED"), (congress, {"figure": "joint_total"}, "NOT_FOUND"), (congress, {"days": -1}, "INVALID"),
        (congress, {"lastOn": "2024-12-31"}, "INVALID"), (congress, {"source": ""}, "REQUIRED"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await state(person, **wrong)
        assert code in refused.value.codes


ROWS = (
    "query($f: String!, $d: String!, $c: Boolean) "
    '{ oversightFigureRows(figure: $f, division: $d, from: "2026-01-01", to: "2026-12-31", counted: $c, first: 50) '
    "{ edges { node { id kind code title state } } } }"
)


async def test_the_rows_behind_a_figure_are_what_it_counts(city: City) -> None:
    clue, row = await served(city)
    row = await checked(city, await replied(city, row))
    await step(await city.sign_in(CHIEF), "closeOversightCase", clue, text="整改到位,予以结案")
    prosecutor, deputy, office = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY), await city.sign_in(PROGRAM_OFFICE)

    async def behind(figure: str, counted: bool | None = None) -> dict[str, str]:
        edges = (await prosecutor.ask(ROWS, f=figure, d=COUNTY, c=counted))["oversightFigureRows"]["edges"]
        return {edge["node"]["id"]: edge["node"]["kind"] for edge in edges}

    for figure, wanted, kind in (("lead_to_case", clue, "CLUE"), ("handling_days", clue, "CLUE"), ("class_a_share", row, "RECOMMENDATION")):
        assert (await behind(figure, True))[wanted["id"]] == kind
        assert wanted["id"] not in await behind(figure, False)
    for figure in FORMULAS:
        await behind(figure)
    for person, division, code in ((deputy, COUNTY, "NOT_PERMITTED"), (prosecutor, "331023", "NOT_FOUND"), (office, COUNTY, "NOT_PERMITTED")):
        answer = await person.client.post("/graphql", json={"query": ROWS, "variables": {"f": "class_a_share", "d": division}})
        assert code in answer.text


async def test_a_list_of_what_is_owed(city: City) -> None:
    _, row = await served(city)
    unit = await city.sign_in(UNIT)
    query = "query($o: Boolean) { oversightRecommendations(first: 100, owing: $o) { edges { node { id } } } }"

    async def listed(owing: bool) -> bool:
        edges = (await unit.ask(query, o=owing))["oversightRecommendations"]["edges"]
        return row["id"] in [edge["node"]["id"] for edge in edges]

    assert (await listed(True), await listed(False)) == (True, False)
    await replied(city, row)
    assert (await listed(True), await listed(False)) == (False, True)


async def test_time_saved_is_shown_beside_the_figure(city: City) -> None:
    from backend.apps.oversight.graphql.figures import OversightFigure
    from backend.apps.oversight.models import Baseline
    from backend.kernel import clock
    from backend.kernel.metrics.formulas import Result

    before = Baseline(figure="handling_days", days=60, first_on=clock.now().date(), last_on=clock.now().date(), source="x", at=clock.now())
    found = OversightFigure.of(Result(FORMULAS["handling_days"], 20, 20, 800.0), {"handling_days": before})
    assert (found.value, found.saved) == (40, 20)
    few = OversightFigure.of(Result(FORMULAS["handling_days"], 2, 2, 80.0), {"handling_days": before})
    assert (few.value, few.saved) == (None, None)


