"""Two supervised persons of the demonstration county, played through the real commands at their own time: one green after a
good year, one yellow with open questions. Drawn, not taken: there is no picture of anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.apps.rehab.enums import (
    AssessmentCause,
    Band,
    CaseKind,
    MeasureKind,
    ObjectionTarget,
    RequestKind,
)
from backend.apps.rehab.inputs import (
    ConfirmPointsInput,
    DecideBandInput,
    DemandCheckInInput,
    FileObjectionInput,
    FileRequestInput,
    InviteFamilyInput,
    MeasureInput,
    RecordPointsInput,
    RegisterCaseInput,
    ReportInInput,
    SignCaseInput,
    StartSupervisionInput,
    TreatmentAgreementInput,
)
from backend.apps.rehab.models import Agreement, Assessment, Case, PointEntry
from backend.apps.rehab.service import cases, chain, common, duties, objections, requests, scoring
from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import COUNTY, VILLAGE, actor_of, play_as
from backend.kernel.instruments.models import Paper
from backend.kernel.tenancy.service import county_path

DAY = timedelta(days=1)
GREEN, YELLOW, RELATIVE = "19900000004", "19900000005", "19900000006"
POLICE, WORKER, OFFICE, OTHER_OFFICE = "19900000025", "19900000026", "19900000035", "19900000036"
#: What a good year looks like: (days ago, rule, evidence).
GOOD_YEAR = (
    *((390 - 30 * number, "urine_negative", ["CHECK_RECORD"]) for number in range(12)),
    (300, "course_done", ["CERTIFICATE"]),
    (210, "work_three_months", ["CERTIFICATE"]),
    (120, "hair_negative", ["LABORATORY_REPORT"]),
    (60, "six_months_clean", ["LEDGER"]),
)


async def play() -> None:
    """Nothing here was ever anybody's life."""
    cast = {phone: await actor_of(phone) for phone in (GREEN, YELLOW, POLICE, WORKER, OFFICE, OTHER_OFFICE)}
    await _green(cast)
    await _yellow(cast)


async def _green(cast: dict[str, Actor]) -> None:
    case = await supervised(cast, GREEN, "测试丁四", "331024199001010016", CaseKind.COMMUNITY_TREATMENT, days_ago=400)
    for ago, rule, evidence in sorted(GOOD_YEAR, reverse=True):
        with clock.shifted(-DAY * ago):
            await _confirmed(cast, case, rule, evidence, "按计划完成")
    with clock.shifted(-DAY * 20):
        await _decided(cast, case, Band.C2)
    await play_as(cast[GREEN], chain.invite_family, InviteFamilyInput(id=_id(case), name="测试己六", phone=RELATIVE))


async def _yellow(cast: dict[str, Actor]) -> None:
    case = await supervised(cast, YELLOW, "测试戊五", "331024199202020026", CaseKind.COMMUNITY_RECOVERY, days_ago=95)
    with clock.shifted(-DAY * 40):
        await _confirmed(cast, case, "contact_on_time", ["REPORT_RECORD"], "按期完成联系")
    with clock.shifted(-DAY * 3):
        entry = await _confirmed(cast, case, "test_late", ["PLAN", "VISIT_NOTE"], "检测迟到一天")
        await play_as(cast[YELLOW], objections.file_objection, FileObjectionInput(
            id=_id(case), target=ObjectionTarget.ENTRY, target_id=str(entry), grounds="那天班车停运,已电话说明。",  # type: ignore[arg-type]
        ))  # fmt: skip
    await play_as(cast[YELLOW], requests.file_request, FileRequestInput(
        id=_id(case), kind=RequestKind.WORK, text="想参加电工培训,希望帮助联系。"
    ))  # fmt: skip
    await play_as(cast[WORKER], duties.demand_check_in, DemandCheckInInput(id=_id(case), reason="本周联系", hours=24))


def _id(case: Case) -> Any:
    return str(case.id)


async def _again(actor: Actor, case: Case) -> Case:
    async with open_scope(actor.scope):
        return await Case.get(id=case.id)


async def supervised(
    cast: dict[str, Actor], phone: str, name: str, id_number: str, kind: CaseKind, *, days_ago: int
) -> Case:
    """From the served order to the first visit."""
    worker = cast[WORKER]
    with clock.shifted(-DAY * days_ago):
        today = common.today()
        case = await play_as(cast[POLICE], cases.register_case, RegisterCaseInput(
            kind=kind, name=name, phone=phone, id_number=id_number, division=f"{VILLAGE}001", served_on=today,
            order_no=f"仙公社戒决字〔{today.year}〕示例{phone[-1]}号",
        ))  # fmt: skip
        case = await play_as(worker, cases.report_in, ReportInInput(
            id=_id(case), version=case.version, place_text="茶溪村示例路8号", home_latitude=28.72, home_longitude=120.60,
        ))  # fmt: skip
        case = await play_as(worker, cases.draft_agreement, TreatmentAgreementInput(
            id=_id(case), version=case.version, test_plan="第一年每月一次、第二年每两月一次、第三年每季一次尿液检测。",
            help="联系就业培训;每季度一次心理辅导。", measures=[
                MeasureInput(kind=MeasureKind.AGREED, text="按约定的时间报到"),
                MeasureInput(kind=MeasureKind.AGREED, text="离开本县三日以上先书面报告"),
                MeasureInput(kind=MeasureKind.SELF, text="每周和家人一起吃一顿饭"),
            ],
        ))  # fmt: skip
        for signer in (await actor_of(phone), worker):
            case = await _signed(signer, case)
        case = await _again(worker, case)
        case = await play_as(worker, cases.start_supervision, StartSupervisionInput(
            id=_id(case), version=case.version, first_test="首次检测已完成", first_visit="首次家访已完成",
        ))  # fmt: skip
    # What was planned then is past; the worker process plans from today.
    async with open_scope(system_actor(COUNTY, await county_path(COUNTY)).scope):
        await duties.cancel_all(case)
        await Case.filter(id=case.id).update(planned_on=None)
    return case


async def _signed(signer: Actor, case: Case) -> Case:
    async with open_scope(signer.scope):
        row = await Agreement.get(case_id=case.id, withdrawn_at__isnull=True)
        paper = await Paper.get(id=row.paper_id)
    request = SignCaseInput(id=_id(case), paper_id=str(paper.id), sha256=paper.sha256)  # type: ignore[arg-type]
    return await play_as(signer, cases.sign_case_paper, request)


async def _confirmed(cast: dict[str, Actor], case: Case, rule: str, evidence: list[str], cause: str) -> UUID:
    """A line, written by the worker and confirmed by the office."""
    await play_as(cast[WORKER], scoring.record_points, RecordPointsInput(
        id=_id(case), rule=rule, fact_on=common.today(), cause=cause, evidence=evidence,
    ))  # fmt: skip
    async with open_scope(cast[OFFICE].scope):
        entry = await PointEntry.filter(case_id=case.id).order_by("-recorded_at", "-id").first()
    assert entry is not None
    await play_as(cast[OFFICE], scoring.confirm_points, ConfirmPointsInput(
        id=_id(case), entry_ids=[str(entry.id)], confirm=True, reason="已核对原始记录",  # type: ignore[list-item]
    ))  # fmt: skip
    return entry.id


async def _decided(cast: dict[str, Actor], case: Case, band: Band) -> None:
    """What the rules propose, decided by the office."""
    system = system_actor(COUNTY, await county_path(COUNTY))
    async with open_scope(system.scope):
        await scoring.assess(system, str(case.id), AssessmentCause.REVIEW)
        proposal = await Assessment.filter(case_id=case.id, state="PROPOSED").first()
        fresh = await Case.get(id=case.id)
    assert proposal is not None and proposal.to_band == band, (proposal, band)
    await play_as(cast[OFFICE], scoring.decide_band, DecideBandInput(
        id=_id(case), version=fresh.version, proposal_id=str(proposal.id), accept=True,  # type: ignore[arg-type]
        reason="一年来表现稳定,按规则调整。",
    ))  # fmt: skip
    async with open_scope(system.scope):
        await duties.cancel_all(fresh)
        await Case.filter(id=case.id).update(planned_on=None)


