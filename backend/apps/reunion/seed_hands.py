"""Many hands in the demonstration: a man found for the second time, what was agreed for him, his card, and tasks on their way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from strawberry import ID

from backend.apps.reunion.enums import AgreedWith, BasisKind, CaseKind, Condition, Sex, TaskKind
from backend.apps.reunion.inputs import (
    AddKinInput,
    BasisInput,
    CarePlanInput,
    FactsInput,
    FinishTaskInput,
    GiveTaskInput,
    IssueCardInput,
    LinkFindInput,
    RegisterFoundInput,
    TaskStepInput,
)
from backend.apps.reunion.models import Case, HandTask
from backend.apps.reunion.service import cards, care, common, hands, records
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import COUNTY, actor_of, play_as

DAY = timedelta(days=1)
STATION, GRID, VILLAGE, POLICE = "19900000061", "19900000011", "19900000012", "19900000038"
KIN = "19900000096"
#: Days ago: the first find, the second, and what followed it.
FIRST, SECOND, ASKED, DONE = 290, 6, 4, 2


async def play() -> None:
    station = await actor_of(STATION)
    with clock.shifted(-DAY * FIRST):
        first = await _found(station, "去年冬天", "白塔镇桥头")
    with clock.shifted(-DAY * SECOND):
        case = await _found(station, "2026年11月", "白塔镇车站")
        case = await play_as(station, care.link_find, LinkFindInput(**_step(case), code=first.code, reason="站里工作人员当面认出,右腿旧伤相同"))
        case = await play_as(station, care.add_kin, AddKinInput(**_step(case), name="测试堂弟", relation="堂弟", phone=KIN))
        case = await play_as(station, care.save_care_plan, CarePlanInput(
            **_step(case), needs="记性差,出门需要有人陪;按时服药", measures="堂弟每天看一次,村里每周上门一次,佩戴手环", agreed_with=AgreedWith.PERSON,
            agreed_name=None, lives_alone=True, wristband="XJ-2026-0007", review_on=common.today() + DAY * 60,
        ))  # fmt: skip
        case = (await play_as(station, cards.issue_home_card, IssueCardInput(**_step(case)))).case
    await _tasks(station, case)


async def _tasks(station: Actor, case: Case) -> None:
    """One that waits, one that is done and waits to be verified, one that is verified."""
    grid, police = await actor_of(GRID), await actor_of(POLICE)
    with clock.shifted(-DAY * ASKED):
        case, sample = await _give(station, case, TaskKind.SAMPLE_DNA, Role.POLICE_OFFICER, "", "请到救助站采集血样,站里有人陪同")
        case, visit = await _give(station, case, TaskKind.VISIT_HOME, Role.GRID_WORKER, GRID, "请到茶溪村问村干部:去年以来有没有独居老人多次走出村")
        await _give(station, case, TaskKind.FOLLOW_UP_VISIT, Role.VILLAGE_OFFICER, VILLAGE, "请了解堂弟家能不能每天照看一次,缺什么")
    with clock.shifted(-DAY * DONE):
        for helper, task, result in ((police, sample, "已采血,样本编号见送检单"), (grid, visit, "村干部说有一位,平时由堂弟照看,愿意来站里认人")):
            await play_as(helper, hands.accept_task, TaskStepInput(id=ID(str(task.id))))
            await play_as(helper, hands.finish_task, FinishTaskInput(id=ID(str(task.id)), text=result))
        await play_as(station, hands.verify_task, TaskStepInput(id=ID(str(sample.id))))


async def _give(station: Actor, case: Case, kind: TaskKind, role: Role, whom: str, words: str) -> tuple[Case, HandTask]:
    named = (await actor_of(whom)).membership if whom else None
    case = await play_as(station, hands.give_task, GiveTaskInput(
        **_step(case), kind=kind, instruction=words, role=role, membership_id=ID(str(named.id)) if named else None,
    ))  # fmt: skip
    async with open_scope(station.scope):
        (newest,) = await HandTask.filter(case_id=case.id).order_by("-id").limit(1)
        return case, newest


async def _found(station: Actor, seen: str, place: str) -> Case:
    case = await play_as(station, records.register_found, RegisterFoundInput(
        kind=CaseKind.ON_STREET, division=COUNTY, station="仙居县救助管理站", admitted_on=common.today(), conditions=[Condition.DEMENTIA],
        languages="仙居话", claims="只说要去赶集", facts=FactsInput(
            name="测试老根", sex=Sex.MALE, born="七十来岁", height="一米六", marks="右腿有旧伤,走路微跛", clothes="灰棉袄", seen=seen, place=COUNTY,
            place_text=place,
        ),
    ))  # fmt: skip
    return await play_as(station, records.record_basis, BasisInput(
        **_step(case), basis=BasisKind.STATUTORY_DUTY, text="本人不能清楚表达,依救助管理职责救助和查询",
    ))  # fmt: skip


def _step(case: Case) -> dict[str, Any]:
    return {"id": str(case.id), "version": case.version}
