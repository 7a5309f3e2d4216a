"""A handful of clues and suggestions of the demonstration county, each stopped at another step. Places and agencies are artificial on purpose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from strawberry import ID

from backend.apps.oversight.enums import CaseType, ClueKind, Field, ReplyClass, Screening, Session, TalkForm
from backend.apps.oversight.inputs import (
    AnswerSuggestionInput,
    AssessClueInput,
    AssignSuggestionInput,
    BaselineInput,
    ConsultOnSuggestionInput,
    DraftRecommendationInput,
    FileCaseInput,
    PromiseInput,
    RaiseClueInput,
    RaiseSuggestionInput,
    RateSuggestionInput,
    RecommendationDecisionInput,
    RecommendationStepInput,
    ReplyInput,
    ReviewSuggestionInput,
    ScreenClueInput,
    SignSuggestionInput,
    SuggestionStepInput,
)
from backend.apps.oversight.models import Clue, Recommendation, Suggestion
from backend.apps.oversight.service import answers, clues, common, figures, recommendations, suggestions
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.demonstration import COUNTY, TOWN, actor_of, play_as

DAY = timedelta(days=1)
DEPUTY, DEPUTY_2, CONGRESS, PROSECUTOR, CHIEF, UNIT, UNIT_2 = (f"1990000008{number}" for number in range(1, 8))

#: Days ago, who, kind, field, division, title, content, shielded, how many steps were taken.
CLUES: tuple[tuple[int, str, ClueKind, Field, str, str, str, bool, int], ...] = (
    (1, DEPUTY, ClueKind.CLUE, Field.ACCESSIBILITY, COUNTY, "测试大道盲道被长期占用", "多处盲道被共享单车和摊位占用,视障人士无法通行。", False, 0),
    (9, DEPUTY_2, ClueKind.PROPOSAL, Field.MINORS, TOWN, "校园周边商店向未成年人售烟", "测试小学门口两家商店长期向学生出售香烟,未设警示标志。", True, 1),
    (30, DEPUTY, ClueKind.CLUE, Field.FOOD_DRUG, COUNTY, "农贸市场水产摊位使用禁用药物", "测试农贸市场水产区存在使用禁用药物养护活鱼的情况。", False, 3),
    (45, DEPUTY, ClueKind.CLUE, Field.ENVIRONMENT, TOWN, "测试溪上游作坊直排污水", "雨天上游作坊把污水直接排入溪中,下游水面有泡沫和异味。", True, 5),
    (70, DEPUTY_2, ClueKind.CLUE, Field.WORK_SAFETY, COUNTY, "老旧小区消防通道被违建堵塞", "测试小区三号楼消防通道被彩钢棚堵塞,消防车无法进入。", False, 6),
)  # fmt: skip

#: Days ago, who, when it was raised, field, title, text, points, how many steps were taken.
SUGGESTIONS: tuple[tuple[int, str, Session, Field, str, str, list[str], int], ...] = (
    (3, DEPUTY_2, Session.RECESS, Field.ACCESSIBILITY, "在公交站台增设无障碍坡道", "多处公交站台没有坡道,坐轮椅的居民无法上车。",
     ["排查全县公交站台", "两年内完成坡道改造"], 1),
    (25, DEPUTY, Session.RECESS, Field.GOVERNANCE, "规范老旧小区停车秩序", "测试小区夜间停车占用消防通道,居民多次反映。", ["划定停车泊位", "建立夜间巡查"], 3),
    (150, DEPUTY, Session.MEETING, Field.ENVIRONMENT, "加快测试溪沿线污水管网改造", "沿线三个村仍有生活污水直排,建议加快管网改造。",
     ["一年内完成三村管网改造", "公布水质监测结果"], 5),
)  # fmt: skip


async def play() -> None:
    cast = {phone: await actor_of(phone) for phone in (DEPUTY, DEPUTY_2, CONGRESS, PROSECUTOR, CHIEF, UNIT, UNIT_2)}
    for ago, deputy, kind, field, division, title, content, shielded, steps in CLUES:
        with clock.shifted(-ago * DAY):
            request = RaiseClueInput(kind=kind, field=field, division=division, title=title, content=content, shielded=shielded)
            clue = await play_as(cast[deputy], clues.raise_clue, request)
            await _go_on(cast, clue, steps)
    for ago, deputy, session, field, title, text, points, steps in SUGGESTIONS:
        with clock.shifted(-ago * DAY):
            row = await play_as(cast[deputy], suggestions.raise_suggestion, RaiseSuggestionInput(
                session=session, field=field, division=COUNTY, title=title, text=text, points=points))  # fmt: skip
            other = cast[DEPUTY if deputy == DEPUTY_2 else DEPUTY_2]
            row = await play_as(other, suggestions.sign_suggestion, SignSuggestionInput(id=ID(str(row.id))))
            await _suggest(cast, row, steps)
    await play_as(cast[CONGRESS], figures.state_baseline, BaselineInput(
        figure="handling_days", days=62.0, first_on=date(2025, 1, 1), last_on=date(2025, 12, 31), source="演示数据:2025年度平均办理天数"))  # fmt: skip


async def _go_on(cast: dict[str, Actor], clue: Clue, steps: int) -> None:
    """The first `steps` of: taken up, assessed, filed, drafted and approved, served, replied to."""
    prosecutor, chief = cast[PROSECUTOR], cast[CHIEF]
    key = ID(str(clue.id))
    if steps >= 1:
        clue = await play_as(prosecutor, clues.screen_clue, ScreenClueInput(
            id=key, version=clue.version, decision=Screening.ACCEPT, reason="属于检察监督范围,予以受理"))  # fmt: skip
    if steps >= 2:
        clue = await play_as(prosecutor, clues.assess_clue, AssessClueInput(
            id=key, version=clue.version, assessment="损害公共利益,证据线索清楚", public_interest=25, affected=15, evidence=15, repeat=5,
            urgency=10))  # fmt: skip
    if steps >= 3:
        clue = await play_as(chief, clues.file_case, FileCaseInput(
            id=key, version=clue.version, case_type=CaseType.PUBLIC_INTEREST, reason="符合行政公益诉讼立案条件"))  # fmt: skip
    if steps >= 4:
        await _recommend(cast, clue, steps)


async def _recommend(cast: dict[str, Actor], clue: Clue, steps: int) -> None:
    prosecutor, chief, unit = cast[PROSECUTOR], cast[CHIEF], cast[UNIT]
    assert unit.membership is not None
    row = await play_as(prosecutor, recommendations.draft_recommendation, DraftRecommendationInput(
        clue_id=ID(str(clue.id)), unit=ID(str(unit.membership.id)), source_text="人大代表反映的线索", facts="经现场勘查和询问,上述情况属实。",
        danger="社会公共利益持续受到侵害。", demands=["依法查处违法行为", "建立长效巡查机制"], basis="《中华人民共和国行政诉讼法》第二十五条第四款"))  # fmt: skip
    row = await play_as(chief, recommendations.decide_recommendation, RecommendationDecisionInput(
        id=ID(str(row.id)), version=row.version, approve=True, opinion="同意发出"))  # fmt: skip
    if steps >= 5:
        row = await play_as(prosecutor, recommendations.serve_recommendation, _step(row, text="宣告送达"))
    if steps >= 6:
        with clock.shifted(clock.offset() + 20 * DAY):
            await play_as(unit, recommendations.reply_to_recommendation, ReplyInput(
                id=ID(str(row.id)), version=row.version, reply_class=ReplyClass.B, text="已制定整改方案,分两步完成,现将情况回复如下。",
                measures=["已立案查处并责令拆除", "已列入网格每周巡查"],
                promises=[PromiseInput(text="全部违建拆除完毕", due_on=common.today() + 60 * DAY)]))  # fmt: skip


def _step(row: Recommendation, **fields: Any) -> RecommendationStepInput:
    return RecommendationStepInput(id=ID(str(row.id)), version=row.version, **fields)


async def _suggest(cast: dict[str, Actor], row: Suggestion, steps: int) -> None:
    """The first `steps` of: signed, reviewed and assigned, taken up, replied to with a plan, rated and tracked."""
    congress, unit = cast[CONGRESS], cast[UNIT]
    key = ID(str(row.id))
    if steps >= 2:
        row = await play_as(congress, suggestions.review_suggestion, ReviewSuggestionInput(
            id=key, version=row.version, accept=True, opinion="属于代表建议范围"))  # fmt: skip
        row = await play_as(congress, suggestions.assign_suggestion, AssignSuggestionInput(
            id=key, version=row.version, unit=_membership(unit), assist_units=[_membership(cast[UNIT_2])], opinion="请依法办理并按期答复"))  # fmt: skip
    if steps >= 3:
        row = await play_as(unit, answers.take_up_suggestion, SuggestionStepInput(id=key, version=row.version, text="测试科 0576-00000086"))
    if steps >= 4:
        row = await play_as(unit, answers.consult_on_suggestion, ConsultOnSuggestionInput(
            id=key, version=row.version, form=TalkForm.SITE, held_on=common.today(), people="测试代表甲、测试科",
            words="现场看了三个村,代表同意分期实施。"))  # fmt: skip
        row = await play_as(unit, answers.answer_suggestion, AnswerSuggestionInput(
            id=key, version=row.version, reply_class=ReplyClass.B, text="已编制改造方案并落实资金,现将办理情况答复如下。",
            measures=["分两期实施,今年完成两个村", "自下季度起每季度公布"], leader="测试局长", planned_on=common.today() + 300 * DAY))  # fmt: skip
    if steps >= 5:
        await play_as(cast[DEPUTY], answers.rate_suggestion, RateSuggestionInput(
            id=key, version=row.version, process=5, result=4, words="方案可行,请抓紧落实"))  # fmt: skip


def _membership(actor: Actor) -> ID:
    assert actor.membership is not None
    return ID(str(actor.membership.id))
