"""Recommendations, on-site checks, ratings, deputies' suggestions, lessons and figures: readable by everybody, at any size, in both themes and languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.kernel import clock
from tests.browser.phone import Phone
from tests.browser.supervision import Staff, command
from tests.browser.test_accessibility import AXE, PREFERENCES, fits, settled, violations
from tests.browser.test_lessons import drafted, published
from tests.browser.test_oversight import DEMANDS, seen
from tests.browser.test_suggestions import HELPER, planned
from tests.browser.test_suggestions import step as move
from tests.factories.oversight import CHIEF, CONGRESS, DEPUTY, PROSECUTOR, RAISED, UNIT
from tests.factories.suggestions import MEASURES

POINTS = [{"verdict": "RECTIFIED", "words": "排污口已封堵"}, {"verdict": "NOT", "words": "没有巡查记录"}]


def step(phone: Phone, name: str, kind: str, row: str, what: str, **fields: Any) -> None:
    command(phone, name, kind, show=f"{what} {{ id }}", id=row, version=seen(phone, row, what=what)["version"], **fields)


def recommended(staff: Staff) -> str:
    """Served on the agency, with time asked for; over the API."""
    deputy, prosecutor, chief = staff[DEPUTY], staff[PROSECUTOR], staff[CHIEF]
    clue = command(deputy, "raiseClue", "RaiseClueInput", show="clue { id }", **RAISED)["clue"]["id"]
    step(prosecutor, "screenClue", "ScreenClueInput", clue, "clue", decision="ACCEPT", reason="属于检察监督范围")
    step(prosecutor, "assessClue", "AssessClueInput", clue, "clue", assessment="损害公共利益", publicInterest=25, affected=15, evidence=15, repeat=5,
         urgency=10)  # fmt: skip
    step(chief, "fileOversightCase", "FileCaseInput", clue, "clue", caseType="PUBLIC_INTEREST", reason="符合立案条件")
    unit = prosecutor.api("query($id: ID!) { oversightUnits(clueId: $id) { membershipId } }", id=clue)["oversightUnits"][0]["membershipId"]
    row = str(command(
        prosecutor, "draftRecommendation", "DraftRecommendationInput", show="recommendation { id }", clueId=clue, unit=unit,
        sourceText="人大代表反映的线索", facts="经现场勘查,情况属实。", danger="公共利益持续受损", demands=list(DEMANDS), basis="行政诉讼法第二十五条",
    )["recommendation"]["id"])  # fmt: skip
    step(chief, "decideRecommendation", "RecommendationDecisionInput", row, "recommendation", approve=True, opinion="同意发出")
    step(prosecutor, "serveRecommendation", "RecommendationStepInput", row, "recommendation", text="宣告送达")
    step(staff[UNIT], "askReplyExtension", "ReplyExtensionInput", row, "recommendation", days=20, basis="县政府批准文件", reason="汛期施工受阻")
    step(chief, "decideReplyExtension", "ReplyExtensionDecisionInput", row, "recommendation", grant=True, opinion="情况属实")
    return row


def checked(staff: Staff, row: str) -> str:
    """Replied to with a promise, looked at, and signed by one of the two; the check's id."""
    step(staff[UNIT], "replyToRecommendation", "ReplyInput", row, "recommendation", replyClass="B", text="已制定整改方案,分两步完成。",
         measures=["已立案查处", "正在制定制度"], promises=[{"text": "全部整改完毕", "dueOn": "2027-06-30"}])  # fmt: skip
    account = seen(staff[PROSECUTOR], row, "clue { parts { accountId } }")["clue"]["parts"][0]["accountId"]
    check = str(uuid4())
    command(
        staff[PROSECUTOR], "recordOnSiteCheck", "CheckInput", show="recommendation { id }", checkId=check, recommendationId=row, deputy=account,
        visitedAt=clock.now().isoformat(), placeText="测试溪上游", finding="排污口已封堵", verdict="PARTLY", points=POINTS,
    )  # fmt: skip
    return check


def rated(staff: Staff, row: str, check: str) -> None:
    """Signed by both, and found wanting."""
    for number in (PROSECUTOR, DEPUTY):
        digest = seen(staff[number], row, "checks { paper { sha256 } }")["checks"][0]["paper"]["sha256"]
        command(staff[number], "signOnSiteCheck", "SignCheckInput", show="recommendation { id }", checkId=check, sha256=digest)
    command(
        staff[DEPUTY], "rateRecommendation", "RateRecommendationInput", show="recommendation { id }", id=row, process=4, result=2, words="雨后又有异味",
    )  # fmt: skip


def tracked(staff: Staff) -> str:
    """A suggestion with an agency that helps, planned for next year, rated, and told of once."""
    row, unit = planned(staff, HELPER), staff[UNIT]
    move(
        unit, "answerSuggestion", "AnswerSuggestionInput", row, replyClass="B", text="已列入改造计划,分两步完成。", measures=MEASURES, leader="测试局长",
        plannedOn=str((clock.now() + timedelta(days=300)).date()),
    )  # fmt: skip
    move(staff[DEPUTY], "rateSuggestion", "RateSuggestionInput", row, process=4, result=3, words="计划可行,请抓紧")
    move(unit, "reportSuggestionProgress", "SuggestionStepInput", row, text="已完成三十处,还有十二处")
    return row


def pages(make: Callable[..., Phone], **look: str) -> Iterator[tuple[Phone, str]]:
    """Each page before whoever uses it, in the states that show most."""
    staff = Staff(make)
    row = recommended(staff)
    page, readers = f"/oversight/recommendations/{row}", {}
    for number in (DEPUTY, PROSECUTOR, UNIT, CONGRESS):
        readers[number] = make(**look)
        readers[number].enter(number)
    yield readers[UNIT], "/oversight/recommendations"
    yield readers[UNIT], page
    check = checked(staff, row)
    yield readers[PROSECUTOR], page
    yield readers[PROSECUTOR], f"/oversight/check?recommendation={row}"
    yield readers[DEPUTY], f"/oversight/checks/{row}/{check}"
    rated(staff, row, check)
    yield readers[DEPUTY], page
    yield readers[UNIT], page
    suggestion = f"/oversight/suggestions/{tracked(staff)}"
    for number, path in ((DEPUTY, suggestion), (DEPUTY, "/oversight/suggest"), (UNIT, suggestion), (CONGRESS, "/oversight/suggestions")):
        yield readers[number], path
    lesson, draft = (f"/oversight/lessons/{made(staff)}" for made in (published, drafted))
    for number, path in ((UNIT, "/oversight/lessons"), (UNIT, lesson), (PROSECUTOR, "/oversight/lessons"), (PROSECUTOR, draft)):
        yield readers[number], path
    yield readers[CONGRESS], "/oversight/figures"
    yield readers[CONGRESS], "/oversight/figures/class_a_share?division=331024&from=2026-01-01&to=2026-12-31"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation(phone: Callable[..., Phone], theme: str) -> None:
    found = []

    def with_axe(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(path=AXE)
        return made

    for reader, path in pages(with_axe, color_scheme=theme, reduced_motion="reduce"):
        settled(reader, path)
        found += [(path, one) for one in violations(reader)]
        assert reader.problems == []
    assert found == []


def test_large_type_cuts_nothing(phone: Callable[..., Phone]) -> None:
    def with_large_type(**look: str) -> Phone:
        made = phone(**look)
        made.page.add_init_script(PREFERENCES.format(preferences="{largeType: true, theme: 'auto', language: 'en'}"))
        return made

    for reader, path in pages(with_large_type, locale="en-US"):
        fits(reader, path)
