"""The demonstration county's disputes of the last weeks, played through the real commands at their own time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backend.apps.mediation.enums import (
    AgreementKind,
    CloseType,
    DisputeCategory,
    HandlingLevel,
    PartySide,
    RatingScale,
    ReporterMode,
    Route,
    Severity,
)
from backend.apps.mediation.inputs import (
    AcceptInput,
    AgreementInput,
    AssignInput,
    CloseInput,
    PartyInput,
    PerformanceInput,
    RateInput,
    ReportDisputeInput,
    ReturnVisitInput,
    StartMediationInput,
    TriageInput,
    WillingInput,
)
from backend.apps.mediation.models import Dispute, Party
from backend.apps.mediation.service import assignment, feedback, hearing, intake, settlement
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import PEOPLE, VILLAGE, actor_of, play_as
from backend.kernel.tenancy.models import Division

DAY = timedelta(days=1)
SEED = 20261


@dataclass(frozen=True)
class Case:
    """A story to play. `days` it took; None = still open, stopped at `stage`."""

    text: str
    category: DisputeCategory
    severity: Severity
    days: float | None
    ago: float
    stage: str = "closed"
    rating: RatingScale = RatingScale.SATISFIED


STORIES: Sequence[tuple[str, DisputeCategory, Severity]] = (
    ("楼上水管漏水,楼下天花板受潮起泡,双方对修复费用说法不一。", DisputeCategory.NEIGHBOUR, Severity.SIMPLE),
    ("两家因院墙边界和排水沟位置发生争执。", DisputeCategory.HOUSING_LAND, Severity.GENERAL),
    ("务工人员反映两个月工资没有发放。", DisputeCategory.LABOUR, Severity.GENERAL),
    ("网购农具质量有问题,商家不肯退换。", DisputeCategory.CONSUMER, Severity.SIMPLE),
    ("电动车与三轮车相撞,医疗费赔付谈不拢。", DisputeCategory.TRAFFIC, Severity.GENERAL),
    ("借款到期未还,借条写得不清楚。", DisputeCategory.CONTRACT_DEBT, Severity.GENERAL),
    ("山林承包地界不清,砍伐毛竹引起争执。", DisputeCategory.FOREST_LAND_SEA, Severity.COMPLEX),
    ("夜间加工噪声影响邻居休息。", DisputeCategory.ENVIRONMENT, Severity.SIMPLE),
    ("老人赡养费分担,兄弟之间意见不同。", DisputeCategory.MARRIAGE_FAMILY, Severity.GENERAL),
    ("物业公共收益的使用没有公开。", DisputeCategory.PROPERTY_SERVICE, Severity.GENERAL),
)


def cases() -> list[Case]:
    """Twenty-four settled disputes over twelve weeks and seven that are open, always the same ones."""
    dice = random.Random(SEED)
    made = []
    for number in range(24):
        text, category, severity = STORIES[number % len(STORIES)]
        scale = RatingScale.SATISFIED if number % 6 else RatingScale.BASICALLY_SATISFIED
        made.append(Case(text, category, severity, 1.2 + dice.random() * 4, 84 - number * 3.2, rating=scale))
    stages = ("registered", "triaged", "assigned", "accepted", "mediating", "accepted", "assigned")
    for number, stage in enumerate(stages):
        text, category, severity = STORIES[(number * 3) % len(STORIES)]
        made.append(Case(text, category, severity, None, (0.1, 0.05, 0.3, 1.5, 4.5, 6.2, 0.6)[number], stage))
    return made


async def play() -> None:
    """Play every case; each at its own time, oldest first."""
    cast = await _cast()
    grids = await _grids()
    dice = random.Random(SEED)
    for case in sorted(cases(), key=lambda case: -case.ago):
        with clock.shifted(-case.ago * DAY):
            await _play(cast, case, dice.choice(grids), dice)


async def _grids() -> list[Division]:
    async with open_scope(Scope(DbRole.IDENTITY)):
        return await Division.filter(level="GRID", code__startswith=VILLAGE).order_by("code")


async def _cast() -> dict[Any, Actor]:
    """An actor for each demonstration person, by role and, for private persons, by number."""
    cast: dict[Any, Actor] = {}
    for number, person in enumerate(PEOPLE):
        actor = await actor_of(person.phone)
        cast[number if person.role is Role.PERSON else person.role] = actor
        cast.setdefault((person.role, person.division), actor)
    return cast


async def _play(cast: dict[Any, Actor], case: Case, grid: Division, dice: random.Random) -> None:
    applicant, respondent = cast[0], cast[1]
    mediator = cast[Role.MEDIATOR, VILLAGE]
    step = (case.days or 0.2) / 6 * DAY
    dispute = await play_as(applicant, intake.report_dispute, _report(case, grid, dice))
    if case.stage == "registered":
        return
    with _later(step):
        dispute = await _triage(cast, dispute, case)
        if case.stage == "triaged":
            return
        dispute = await _assign(cast, dispute, mediator)
        if case.stage == "assigned":
            return
    with _later(2 * step):
        dispute = await _accept(mediator, dispute)
        if case.stage == "accepted":
            return
        dispute = await play_as(mediator, hearing.start_mediation, StartMediationInput(
            id=_id(dispute), version=dispute.version, mediators=[_member(mediator)], rights_notice_given=True,
            no_conflict=True,
        ))  # fmt: skip
        if case.stage == "mediating":
            return
    with _later(4 * step):
        dispute = await _settle(mediator, dispute)
    with _later(6 * step):
        dispute = await _close(cast, dispute)
        for party in (applicant, respondent):
            rating = RateInput(id=_id(dispute), process=RatingScale.SATISFIED, result=case.rating)
            await play_as(party, feedback.rate_dispute, rating)


def _later(by: timedelta) -> Any:
    return clock.shifted(clock.offset() + by)


def _id(dispute: Dispute) -> Any:
    return str(dispute.id)


def _member(actor: Actor) -> Any:
    assert actor.membership is not None
    return str(actor.membership.id)


def _report(case: Case, grid: Division, dice: random.Random) -> ReportDisputeInput:
    respondent = PartyInput(side=PartySide.RESPONDENT, name="测试乙二", phone="19900000002")
    return ReportDisputeInput(
        statement=case.text, category=case.category, division=grid.code, reporter_mode=ReporterMode.NAMED,
        place_text="茶溪村", latitude=28.72 + dice.random() * 0.02, longitude=120.60 + dice.random() * 0.03,
        parties=[respondent],
    )  # fmt: skip


async def _triage(cast: dict[Any, Actor], dispute: Dispute, case: Case) -> Dispute:
    return await play_as(cast[Role.TOWN_DISPATCHER], assignment.triage_dispute, TriageInput(
        id=_id(dispute), version=dispute.version, category=case.category, severity=case.severity,
        route=Route.MEDIATION, violence=False, duplicates_checked=True,
    ))  # fmt: skip


async def _assign(cast: dict[Any, Actor], dispute: Dispute, mediator: Actor) -> Dispute:
    return await play_as(cast[Role.TOWN_DISPATCHER], assignment.assign_dispute, AssignInput(
        id=_id(dispute), version=dispute.version, level=HandlingLevel.VILLAGE, responsible=_member(mediator),
    ))  # fmt: skip


async def _accept(mediator: Actor, dispute: Dispute) -> Dispute:
    async with open_scope(mediator.scope):
        parties = await Party.filter(dispute_id=dispute.id)
    willing = [WillingInput(party_id=str(party.id), willing=True) for party in parties]  # type: ignore[arg-type]
    return await play_as(
        mediator, assignment.accept_dispute, AcceptInput(id=_id(dispute), version=dispute.version, willing=willing)
    )


async def _settle(mediator: Actor, dispute: Dispute) -> Dispute:
    dispute = await play_as(mediator, settlement.draft_agreement, AgreementInput(
        id=_id(dispute), version=dispute.version, kind=AgreementKind.ORAL, facts=dispute.statement,
        issues="双方对责任和费用有不同意见。", responsibility="双方各自承担相应责任。",
        terms=["双方互谅互让,由被申请人承担主要费用。", "双方今后不再就此事争执。"],
    ))  # fmt: skip
    return await play_as(mediator, settlement.record_performance, PerformanceInput(
        id=_id(dispute), version=dispute.version, statement="双方确认已经履行完毕。"
    ))  # fmt: skip


async def _close(cast: dict[Any, Actor], dispute: Dispute) -> Dispute:
    leader = cast[Role.TOWN_LEADER]
    dispute = await play_as(leader, feedback.record_return_visit, ReturnVisitInput(
        id=_id(dispute), version=dispute.version, performance="PERFORMED", satisfaction=RatingScale.SATISFIED,
        notes="电话回访,双方表示满意。",
    ))  # fmt: skip
    return await play_as(leader, feedback.close_dispute, CloseInput(
        id=_id(dispute), version=dispute.version, close_type=CloseType.AGREED_PERFORMED,
        checklist=["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"],
    ))  # fmt: skip
