"""A handful of clues of the demonstration county, each stopped at another step. Places and agencies are artificial on purpose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from strawberry import ID

from backend.apps.oversight.enums import CaseType, ClueKind, Field, ReplyClass, Screening
from backend.apps.oversight.inputs import (
    AssessClueInput,
    BaselineInput,
    DraftRecommendationInput,
    FileCaseInput,
    PromiseInput,
    RaiseClueInput,
    RecommendationDecisionInput,
    RecommendationStepInput,
    ReplyInput,
    ScreenClueInput,
)
from backend.apps.oversight.models import Clue, Recommendation
from backend.apps.oversight.service import clues, common, figures, recommendations
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.demonstration import COUNTY, TOWN, actor_of, play_as

DAY = timedelta(days=1)
DEPUTY, DEPUTY_2, CONGRESS, PROSECUTOR, CHIEF, UNIT = (f"1990000008{number}" for number in range(1, 7))

#: Days ago, who, kind, field, division, title, content, shielded, how many steps were taken.
CLUES: tuple[tuple[int, str, ClueKind, Field, str, str, str, bool, int], ...] = (
    (1, DEPUTY, ClueKind.CLUE, Field.ACCESSIBILITY, COUNTY, "测试大道盲道被长期占用", "多处盲道被共享单车和摊位占用,视障人士无法通行。", False, 0),
    (9, DEPUTY_2, ClueKind.PROPOSAL, Field.MINORS, TOWN, "校园周边商店向未成年人售烟", "测试小学门口两家商店长期向学生出售香烟,未设警示标志。", True, 1),
    (30, DEPUTY, ClueKind.CLUE, Field.FOOD_DRUG, COUNTY, "农贸市场水产摊位使用禁用药物", "测试农贸市场水产区存在使用禁用药物养护活鱼的情况。", False, 3),
    (45, DEPUTY, ClueKind.CLUE, Field.ENVIRONMENT, TOWN, "测试溪上游作坊直排污水", "雨天上游作坊把污水直接排入溪中,下游水面有泡沫和异味。", True, 5),
    (70, DEPUTY_2, ClueKind.CLUE, Field.WORK_SAFETY, COUNTY, "老旧小区消防通道被违建堵塞", "测试小区三号楼消防通道被彩钢棚堵塞,消防车无法进入。", False, 6),
)  # fmt: skip


async def play() -> None:
    cast = {phone: await actor_of(phone) for phone in (DEPUTY, DEPUTY_2, PROSECUTOR, CHIEF, UNIT)}
    for ago, deputy, kind, field, division, title, content, shielded, steps in CLUES:
        with clock.shifted(-ago * DAY):
            request = RaiseClueInput(kind=kind, field=field, division=division, title=title, content=content, shielded=shielded)
            clue = await play_as(cast[deputy], clues.raise_clue, request)
            await _go_on(cast, clue, steps)
    await play_as(await actor_of(CONGRESS), figures.state_baseline, BaselineInput(
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
