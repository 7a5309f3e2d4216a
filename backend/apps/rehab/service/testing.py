"""吸毒检测: taken by two, read to the person, who may ask for a laboratory; a positive on-site result proves nothing yet."""

from __future__ import annotations

from datetime import timedelta

from backend.apps.rehab import papers, rules
from backend.apps.rehab.enums import LinkKind, TaskKind, TestKind, TestResult
from backend.apps.rehab.inputs import LabAskInput, LabResultInput, RecordTestInput
from backend.apps.rehab.models import Case, DrugTest, Task
from backend.apps.rehab.service import common, drafts, duties
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.validation import Checks, as_id

TASKS = {TestKind.URINE: TaskKind.URINE_TEST, TestKind.HAIR: TaskKind.HAIR_TEST}
OLDEST = timedelta(days=14)


async def record_test(actor: Actor, request: RecordTestInput) -> Case:
    """A sample was taken and read. The person is told the result and his right to a laboratory (检测告知书)."""
    case = (await common.begin(actor, request.id, "record_test")).case
    assert actor.membership is not None and actor.account_id is not None
    checks = Checks()
    place = checks.text("place", request.place, least=2, most=200)
    witness = checks.text("witness", request.witness, least=1, most=60)
    refused = request.result == TestResult.REFUSED
    sample_a = checks.text("sampleA", request.sample_a, least=0 if refused else 1, most=60)
    sample_b = checks.text("sampleB", request.sample_b, most=60)
    now = clock.now()
    checks.moment("doneAt", request.done_at, least=now - OLDEST, most=now + timedelta(minutes=5))
    if witness == actor.membership.name:
        checks.refuse("INVALID", "witness")
    if request.result == TestResult.LAB_POSITIVE:
        # Only a named laboratory can confirm, and only what was found before.
        checks.refuse("INVALID", "result")
    checks.done()
    task = await _planned(actor, case, request)
    row = DrugTest(
        **place_of(case), id=new_id(), case_id=case.id, task_id=task.id if task else None, kind=request.kind,
        done_at=min(request.done_at or now, now), place=place, sampler=actor.membership.name, witness=witness,
        sample_a=sample_a, sample_b=sample_b, result=request.result, recorded_by=actor.account_id,
    )  # fmt: skip
    row.paper_id = (await papers.test_notice(actor, case, row)).id
    await row.save(force_create=True)
    if task is not None and await duties.finish(actor, task, row.done_at) and row.result == TestResult.NEGATIVE:
        await drafts.negative_test(case, row)
    if row.result == TestResult.ONSITE_POSITIVE:
        await clocks.start(case, common.APP, rules.RULES["lab_ask"], clock.now(), subject_id=row.id)
    # The result stays in its row: the event log carries no health data.
    await common.note(actor, case, "test:recorded", test=str(row.id), kind=row.kind, paper=str(row.paper_id))
    await common.tell(await common.person_account(case), "test.recorded", case)
    return case


async def _planned(actor: Actor, case: Case, request: RecordTestInput) -> Task | None:
    """The planned test this one is, named or the open one of its kind."""
    kind = TASKS.get(request.kind)
    query = Task.filter(case_id=case.id, state__in=list(duties.OPEN), opens_at__lte=clock.now())
    if request.task_id:
        task = await query.filter(id=as_id(request.task_id, "taskId"), kind=kind).first()
        if task is None:
            raise not_found("taskId")
        return task
    return await query.filter(kind=kind).order_by("due_at").first() if kind else None


async def ask_laboratory(actor: Actor, request: LabAskInput) -> Case:
    """The person does not accept an on-site result: a laboratory decides."""
    row, case = await _test(actor, request.test_id, "ask_laboratory")
    if row.lab_asked_at is not None:
        raise Refusal("ALREADY_ASKED", "testId")
    if clock.now() > row.done_at + timedelta(days=rules.RULES["lab_ask"].length + 1):
        raise Refusal("TOO_LATE", "testId")
    checks = Checks()
    row.lab_reason = checks.text("reason", request.reason, least=2, most=500)
    checks.done()
    row.lab_asked_at = clock.now()
    await row.save(update_fields=["lab_asked_at", "lab_reason"])
    await clocks.meet(case.id, "lab_ask", clock.now(), subject_id=row.id)
    await clocks.start(case, common.APP, rules.RULES["lab_decide"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "test:laboratory_asked", test=str(row.id))
    told = await common.link_accounts(case, LinkKind.DRUG_WORKER, LinkKind.POLICE)
    await common.tell(told, "test.laboratory_asked", case)
    return case


async def record_lab_result(actor: Actor, request: LabResultInput) -> Case:
    """What the laboratory found. It is told to the person; what follows from it is decided by the police."""
    row, case = await _test(actor, request.test_id, "record_lab_result")
    if request.result not in (TestResult.NEGATIVE, TestResult.LAB_POSITIVE, TestResult.INVALID):
        raise Refusal("INVALID", "result")
    checks = Checks()
    row.lab = checks.text("lab", request.lab, least=2, most=200)
    checks.done()
    row.result, row.lab_at = request.result, clock.now()
    row.paper_id = (await papers.test_notice(actor, case, row)).id
    await row.save()
    for rule in ("lab_ask", "lab_decide"):
        await clocks.meet(case.id, rule, clock.now(), subject_id=row.id)
    await common.note(actor, case, "test:laboratory_answered", test=str(row.id), paper=str(row.paper_id))
    await common.tell(await common.person_account(case), "test.recorded", case)
    if row.result == TestResult.LAB_POSITIVE:
        await common.tell(await common.link_accounts(case, LinkKind.POLICE, LinkKind.OFFICE), "test.to_decide", case)
    return case


async def _test(actor: Actor, test_id: str, action: str) -> tuple[DrugTest, Case]:
    row = await DrugTest.get_or_none(id=as_id(test_id, "testId"))
    if row is None:
        raise not_found("testId")
    case = (await common.begin(actor, row.case_id, action, field="testId")).case
    row = await DrugTest.filter(id=row.id).select_for_update().get()
    if row.result != TestResult.ONSITE_POSITIVE:
        raise Refusal("WRONG_STATE", "testId", state=row.result)
    return row, case
