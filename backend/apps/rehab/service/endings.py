"""Suspension and every end. The term ends supervision by itself, and what it allowed ends with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from backend.apps.rehab import papers, rules
from backend.apps.rehab.enums import EndType, LinkKind, TaskKind, TaskSource, TestResult
from backend.apps.rehab.inputs import (
    CaseStepInput,
    IsolationInput,
    RelapseInput,
    SuspendCaseInput,
    TerminateInput,
)
from backend.apps.rehab.models import Case, DrugTest
from backend.apps.rehab.service import common, duties, enrolment
from backend.apps.rehab.workflow import AFTER_TERM, LIVE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import fetch
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import add_months
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.faces import service as faces
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.validation import Checks, as_id

TERM_JOB = "rehab.term_over"


def _text(value: str, field: str = "text", *, least: int = 4) -> str:
    checks = Checks()
    text = checks.text(field, value, least=least, most=2000)
    checks.done()
    return text


# -------------------------------------------------------------------------------------------------- suspension


async def suspend_case(actor: Actor, request: SuspendCaseInput) -> Case:
    """中止: detention, hospital, service. Nothing is asked of anybody; the days do not count."""
    case = (await common.begin(actor, request.id, "suspend", request.version)).case
    document = _text(request.document, "document", least=2)
    case.suspended_on, case.suspend_cause = common.today(), request.cause
    await duties.cancel_all(case)
    await common.move(
        actor, case, "suspend", "case:suspended", {"cause": request.cause, "document": document}, document=document,
    )  # fmt: skip
    await _tell_chain(case, "case.suspended")
    return case


async def resume_case(actor: Actor, request: CaseStepInput) -> Case:
    """It goes on; the term is longer by the days it stood still."""
    case = (await common.begin(actor, request.id, "resume", request.version)).case
    document = _text(request.text, least=2)
    assert case.suspended_on is not None and case.term_to is not None
    days = (common.today() - case.suspended_on).days
    case.term_to, case.suspended_on = case.term_to + timedelta(days=days), None
    case.suspend_cause = None
    await common.move(
        actor, case, "resume", "case:resumed", {"document": document}, document=document, days=days,
        termTo=str(case.term_to),
    )  # fmt: skip
    await duties.plan_case(case)
    await _tell_chain(case, "case.resumed")
    return case


# ----------------------------------------------------------------------------------------------------- relapse


async def find_relapse(actor: Actor, request: RelapseInput) -> Case:
    """Only a laboratory's finding or an admission, and an assessment by the police."""
    case = (await common.begin(actor, request.id, "find_relapse", request.version)).case
    test = await DrugTest.get_or_none(id=as_id(request.test_id, "testId"), case_id=case.id)
    if test is None:
        raise not_found("testId")
    if test.result != TestResult.LAB_POSITIVE:
        raise Refusal("NOT_CONFIRMED", "testId")
    if await _was_found(case, test):
        # Settled once with help, the same finding is no second relapse.
        raise Refusal("ALREADY_DECIDED", "testId")
    assessment = _text(request.assessment, "assessment")
    await common.move(actor, case, "find_relapse", "relapse:found", {"test": test.id}, test=str(test.id), reason=assessment)
    await common.tell(await common.person_account(case), "relapse.found", case)
    return case


async def _was_found(case: Case, test: DrugTest) -> bool:
    found = await fetch(
        "select 1 from event where matter_id = $1 and county = $2 and tag = 'rehab:relapse:found' and data->>'test' = $3",
        case.id, case.county, str(test.id),
    )  # fmt: skip
    return bool(found)


async def settle_relapse(actor: Actor, request: CaseStepInput) -> Case:
    """Help instead of isolation: supervision goes on."""
    case = (await common.begin(actor, request.id, "settle_relapse", request.version)).case
    reason = _text(request.text)
    await common.move(actor, case, "settle_relapse", "relapse:settled", {"reason": reason}, reason=reason)
    await common.tell(await common.person_account(case), "relapse.settled", case)
    return case


async def order_isolation(actor: Actor, request: IsolationInput) -> Case:
    """强制隔离戒毒 is decided by the head of the police and by nobody else; here it only ends the community case."""
    case = (await common.begin(actor, request.id, "order_isolation", request.version)).case
    number = _text(request.decision_no, "decisionNo", least=2)
    reason = _text(request.reason, "reason", least=10)
    case.ended_at, case.end_type = clock.now(), EndType.ISOLATION
    await common.move(
        actor, case, "order_isolation", "isolation:ordered", {"decisionNo": number, "reason": reason}, number=number,
        reason=reason,
    )  # fmt: skip
    await stop(actor, case)
    await common.tell(await common.person_account(case), "case.ended", case)
    return case


# ---------------------------------------------------------------------------------------------------- the end


async def sweep_terms(now: datetime) -> None:
    """Whose last day is over. A suspended term stands still."""
    await enqueue_found(
        TERM_JOB,
        """select 'term:' || id::text as row, county, path, id as matter, jsonb_build_object('case_id', id) as args
           from rehab_case where term_to < ($1::timestamptz at time zone 'Asia/Shanghai')::date and ended_at is null
               and state in ('IN_PROGRESS', 'BREACH_NOTED', 'SERIOUS_BREACH', 'RELAPSE_FOUND')""",
        now,
    )


async def term_over(actor: Actor, case_id: str) -> None:
    """Job: the law's term ends supervision; no officer has to agree. The police owe a notice within seven days."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.state not in LIVE or case.term_to is None or case.term_to >= common.today():
        return
    await common.move(actor, case, "complete", "case:completed", {"termTo": case.term_to}, termTo=str(case.term_to))
    await stop(actor, case)
    await _owe_notice(case)
    await _tell_chain(case, "case.completed")


async def _owe_notice(case: Case) -> None:
    due = clocks.calendar().due(clock.now(), rules.RULES["release_notice"].length, rules.RULES["release_notice"].unit, roll=False)
    for link in await common.links_of(case, LinkKind.POLICE):
        await duties.make(
            case, TaskKind.RELEASE_NOTICE, LinkKind.POLICE, membership_id=link.membership_id, assignee=link.name,
            source=TaskSource.CASE, opens_at=clock.now(), due_at=due.due_at, why={"source": rules.RULES["release_notice"].source},
        )  # fmt: skip


async def stop(actor: Actor, case: Case) -> None:
    """What supervision allowed ends with it: duties, face templates and their pictures. The pass asks the case itself."""
    await duties.cancel_all(case)
    await faces.end(case, case.subject_id)
    await enrolment.erase_enrolment_pictures(case)
    running = await MatterClock.filter(matter_id=case.id, met_at__isnull=True).values_list("rule", flat=True)
    for rule in {str(each) for each in running} - {"objection", "further_review"}:
        await clocks.meet(case.id, rule, clock.now())


async def begin_follow_up(actor: Actor, request: CaseStepInput) -> Case:
    """动态管控 after the term: the release notice is served; nothing is asked of the person."""
    case = (await common.begin(actor, request.id, "begin_follow_up", request.version)).case
    text = _text(request.text, least=2)
    paper = await papers.release_notice(actor, case)
    await common.move(actor, case, "begin_follow_up", "case:follow_up", {"notice": paper.id}, paper=str(paper.id), note=text)
    await common.tell(await common.person_account(case), "case.follow_up", case)
    return case


async def exit_case(actor: Actor, request: CaseStepInput) -> Case:
    """Three years without relapse: dynamic control ends, the account is closed (戒毒条例 7)."""
    case = (await common.begin(actor, request.id, "exit", request.version)).case
    finding = _text(request.text)
    assert case.term_to is not None
    earliest = add_months(case.term_to, rules.FOLLOW_UP_MONTHS)
    if common.today() < earliest:
        raise Refusal("NOT_YET_DUE", due=str(earliest))
    case.ended_at, case.end_type = clock.now(), EndType.ABSTINENT
    paper = await papers.exit_notice(actor, case, finding)
    await common.move(actor, case, "exit", "case:exited", {"finding": finding}, paper=str(paper.id), reason=finding)
    await common.tell(await common.person_account(case), "case.ended", case)
    return case


async def terminate_case(actor: Actor, request: TerminateInput) -> Case:
    """Death, imprisonment, an annulled order; and after the term a new order, whose case begins anew."""
    case = (await common.begin(actor, request.id, "terminate", request.version)).case
    possible = {EndType.DEATH, EndType.IMPRISONED, EndType.ORDER_ANNULLED}
    if case.state in AFTER_TERM:
        possible.add(EndType.NEW_ORDER)
    if request.end_type not in possible:
        raise Refusal("INVALID", "endType")
    document = _text(request.document, "document", least=2)
    case.ended_at, case.end_type = clock.now(), request.end_type
    await common.move(
        actor, case, "terminate", "case:terminated", {"endType": request.end_type, "document": document},
        type=request.end_type, document=document,
    )  # fmt: skip
    await stop(actor, case)
    if request.end_type != EndType.DEATH:
        await common.tell(await common.person_account(case), "case.ended", case)
    return case


async def _tell_chain(case: Case, kind: str) -> None:
    told = [*await common.person_account(case), *await common.link_accounts(case)]
    await common.tell(sorted(set(told)), kind, case)


