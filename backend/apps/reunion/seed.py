"""People who are sought in two counties, and three who were found: one waits for his search, one has candidates to look at.

Nobody here ever lived, and there is no picture of anybody: the demonstration compares facts.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.apps.reunion import seed_desk, seed_hands, seed_public
from backend.apps.reunion.enums import BasisKind, CaseKind, Condition, Purpose, Sex
from backend.apps.reunion.inputs import (
    BasisInput,
    DecideSearchInput,
    FactsInput,
    RegisterFoundInput,
    ReportMissingInput,
    RequestSearchInput,
    ReunionStepInput,
)
from backend.apps.reunion.models import Case
from backend.apps.reunion.service import common, records, searches
from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import COUNTY, actor_of, play_as
from backend.kernel.faces.codes import SearchState
from backend.kernel.tenancy.service import county_path

DAY = timedelta(days=1)
STATION, POLICE, CHIEF, NEXT_POLICE, FAMILY = "19900000061", "19900000038", "19900000037", "19900000071", "19900000003"
NEXT_COUNTY = "331023"

#: Days ago, who writes it down, county, kind, whose child or parent reports it, facts.
SOUGHT: tuple[tuple[int, str, str, CaseKind, str, dict[str, Any]], ...] = (
    (24, NEXT_POLICE, NEXT_COUNTY, CaseKind.ELDERLY, "儿子", {
        "name": "测试阿根", "nicknames": ["根伯"], "sex": Sex.MALE, "born": "约1949年", "height": "一米六五左右", "dialect": "wu.taizhou",
        "marks": "左手背烫伤疤,缺两颗门牙", "clothes": "蓝布上衣,黑布鞋", "place": NEXT_COUNTY, "place_text": "白鹤镇集市", "seen": "今年十一月初",
        "circumstances": "赶集后没有回家,近两年记性差。", "relatives": ["测试小根"], "origin_text": "天台白鹤",
    }),
    (200, NEXT_POLICE, NEXT_COUNTY, CaseKind.OTHER_MISSING, "姐姐", {
        "name": "测试春兰", "sex": Sex.FEMALE, "born": "三十多岁", "height": "158", "marks": "右眉有痣", "seen": "去年冬天",
    }),
    (60, POLICE, COUNTY, CaseKind.ELDERLY, "女儿", {
        "name": "测试永福", "sex": Sex.MALE, "born": "1941年", "height": "170左右", "marks": "驼背", "seen": "2026年9月",
        "origin_text": "仙居",
    }),
)  # fmt: skip
FOUND: tuple[tuple[int, dict[str, Any], str], ...] = (
    (5, {
        "name": "阿根", "sex": Sex.MALE, "born": "七十多岁", "height": "一米六几", "dialect": "wu.taizhou", "marks": "左手有烫伤的疤,门牙缺",
        "clothes": "蓝布上衣", "place": COUNTY, "place_text": "横溪镇车站", "seen": "2026年11月",
    }, "听得懂天台话,说要回家喂羊"),
    (2, {"sex": Sex.FEMALE, "born": "四十来岁", "height": "155左右", "marks": "右眉一颗痣"}, "不说话"),
)  # fmt: skip


async def play() -> None:
    cast = {phone: await actor_of(phone) for phone in (STATION, POLICE, CHIEF, NEXT_POLICE)}
    for number, (ago, officer, county, kind, relation, facts) in enumerate(SOUGHT):
        with clock.shifted(-DAY * ago):
            case = await play_as(cast[officer], records.report_missing, ReportMissingInput(
                kind=kind, division=county, facts=FactsInput(**facts), reporter_name=f"测试家属{number + 1}", relation=relation,
                phone=FAMILY if number == 0 else f"1990000009{number}",
            ))  # fmt: skip
            sought = await _ground(cast[officer], case, BasisKind.CONSENT, "家属到所单独书面同意,用于寻亲比对")
    for number, (ago, facts, claims) in enumerate(FOUND):
        with clock.shifted(-DAY * ago):
            found = await _taken_in(cast, facts, claims, searched=number == 0)
        await seed_desk.play(cast[POLICE], cast[NEXT_POLICE], found, to_board=number == 0)
    await seed_hands.play()
    await seed_public.play(cast[STATION], found, cast[POLICE], sought)


async def _taken_in(cast: dict[str, Actor], facts: dict[str, Any], claims: str, *, searched: bool) -> Case:
    station = cast[STATION]
    case = await play_as(station, records.register_found, RegisterFoundInput(
        kind=CaseKind.AT_STATION, division=COUNTY, facts=FactsInput(**facts), station="仙居县救助管理站",
        admitted_on=common.today(), conditions=[Condition.DEMENTIA], languages="台州话", claims=claims,
    ))  # fmt: skip
    case = await _ground(station, case, BasisKind.STATUTORY_DUTY, "本人不能表达,依救助管理职责查询身份")
    case = await play_as(station, records.quick_check, ReunionStepInput(**_step(case), text="指纹、全国救助系统、走失库均无结果"))
    if not searched:
        return case
    case = await play_as(cast[POLICE], searches.request_search, RequestSearchInput(
        **_step(case), purpose=Purpose.STRANDED_SEARCH, legal_basis="民发〔2015〕158号", necessity="快速查询无结果,本人急于回家",
    ))  # fmt: skip
    await play_as(cast[CHIEF], searches.decide_search, DecideSearchInput(**_step(case), approve=True, reason="同意,限本次寻亲使用"))
    system = system_actor(COUNTY, await county_path(COUNTY))
    async with open_scope(system.scope):
        row = await searches.newest(case, SearchState.APPROVED)
        if row is not None:
            await searches.run(system, str(row.id))
        return await Case.get(id=case.id)


async def _ground(actor: Actor, case: Case, basis: BasisKind, text: str) -> Case:
    return await play_as(actor, records.record_basis, BasisInput(**_step(case), basis=basis, text=text))


def _step(case: Case) -> dict[str, Any]:
    return {"id": str(case.id), "version": case.version}


