"""安保吹哨: whoever blows names the ground; the people called have two hours; it is closed with a finding."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backend.apps.rehab import rules
from backend.apps.rehab.enums import LinkKind, TaskKind, TaskState, WhistleGround, WhistleState
from backend.apps.rehab.inputs import AlarmInput, CloseWhistleInput, WhistleInput
from backend.apps.rehab.models import Case, Task, Whistle
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import chain, common, duties
from backend.apps.rehab.workflow import LIVE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.jobs.service import enqueue
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import WrongState

CALL_JOB = "rehab.call_links"
ALARM_JOB = "rehab.alarm"


async def blow_whistle(actor: Actor, request: WhistleInput) -> Case:
    """Call links of the chain together for a named ground. The person may blow it for himself."""
    case = (await common.begin(actor, request.id, "blow_whistle")).case
    checks = Checks()
    text = checks.text("text", request.text, least=4, most=2000)
    checks.items("called", request.called, least=1, most=6)
    if any(kind not in (*chain.ROLES, LinkKind.FAMILY) for kind in request.called):
        checks.refuse("INVALID", "called")
    checks.done()
    if await Whistle.filter(case_id=case.id, ground=request.ground, state=WhistleState.OPEN).exists():
        raise Refusal("ALREADY_OPEN", "ground")
    name = actor.membership.name if actor.membership else case.name
    row = await _blown(case, request.ground, text, actor.account_id, name)
    # The ground may be a matter of health: it stays in the row.
    await common.note(actor, case, "whistle:blown", whistle=str(row.id), called=list(request.called))
    await enqueue(CALL_JOB, case, whistle_id=str(row.id), called=list(request.called))
    return case


@dataclass(frozen=True)
class Heard:
    """An alarm was taken; whoever raised it learns nothing of the case."""

    id: UUID


async def raise_alarm(actor: Actor, request: AlarmInput) -> Heard:
    """Blow the whistle from one's own task, without seeing the case. Worker and police are called."""
    task = await duties.own_task(actor, request.task_id)
    if not (actor.may(Permission.BLOW) and task.link in (LinkKind.FAMILY, LinkKind.GRID, LinkKind.VILLAGE)):
        raise not_permitted(Permission.BLOW)
    checks = Checks()
    text = checks.text("text", request.text, least=4, most=2000)
    checks.done()
    await record(actor, "rehab:whistle:raised", task, matter_id=task.case_id, task=str(task.id))
    await enqueue(
        ALARM_JOB, task, matter_id=task.case_id, task_id=str(task.id), ground=request.ground, by=actor.account_id,
        words=common.seal("task", "alarm", task.id, text, task.county),
    )  # fmt: skip
    return Heard(task.id)


async def take_alarm(actor: Actor, task_id: str, ground: str, by: str, words: str) -> None:
    """Job: the whistle, blown in the name of whoever raised the alarm; one that is open on this ground goes on."""
    task = await Task.get(id=UUID(task_id))
    case = await Case.filter(id=task.case_id).select_for_update().first()
    if case is None or case.state not in LIVE:
        return
    if await Whistle.filter(case_id=case.id, ground=ground, state=WhistleState.OPEN).exists():
        return
    text = common.unseal("task", "alarm", task.id, words, task.county)
    row = await _blown(case, WhistleGround(ground), text, UUID(by), task.assignee)
    called = [LinkKind.DRUG_WORKER, LinkKind.POLICE]
    await common.note(actor, case, "whistle:blown", whistle=str(row.id), called=called)
    await call_links(actor, str(row.id), [str(each) for each in called])


async def _blown(case: Case, ground: WhistleGround, text: str, by: UUID | None, name: str) -> Whistle:
    row_id = new_id()
    row = await Whistle.create(
        **place_of(case), id=row_id, case_id=case.id, ground=ground, state=WhistleState.OPEN, blown_by=by,
        text_sealed=common.seal("whistle", "text", row_id, text, case.county), blown_by_name=name, blown_at=clock.now(),
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["whistle"], clock.now(), subject_id=row.id)
    return row


async def call_links(actor: Actor, whistle_id: str, called: list[str]) -> None:
    """Job: one task with a limit for each link that was called; a link nobody holds falls to the office."""
    row = await Whistle.filter(id=UUID(whistle_id)).select_for_update().first()
    if row is None or row.state != WhistleState.OPEN or await Task.filter(source_id=row.id).exists():
        return
    case = await Case.get(id=row.case_id)
    kinds = {LinkKind(each) for each in called}
    there = {link.kind for link in await common.links_of(case)}
    if kinds - there:
        kinds.add(LinkKind.OFFICE)
    await duties.for_links(
        case, TaskKind.WHISTLE, *sorted(kinds), within=rules.WHISTLE_ANSWER, source_id=row.id
    )


async def close_whistle(actor: Actor, request: CloseWhistleInput) -> Case:
    """Say what was found and done. Calls still unanswered are not asked for any more."""
    row = await Whistle.get_or_none(id=as_id(request.whistle_id, "whistleId"))
    if row is None:
        raise not_found("whistleId")
    case = (await common.begin(actor, row.case_id, "close_whistle", field="whistleId")).case
    row = await Whistle.filter(id=row.id).select_for_update().get()
    if row.state != WhistleState.OPEN:
        raise WrongState("close_whistle", row.state, frozenset({WhistleState.OPEN}))
    checks = Checks()
    text = checks.text("text", request.text, least=4, most=2000)
    checks.done()
    row.state, row.finding, row.closed_at = WhistleState.CLOSED, request.finding, clock.now()
    row.closing_sealed = common.seal("whistle", "closing", row.id, text, case.county)
    row.closed_by_name = actor.membership.name if actor.membership else ""
    await row.save()
    await Task.filter(source_id=row.id, state__in=list(duties.OPEN)).update(state=TaskState.CANCELLED, next_at=None)
    await clocks.meet(case.id, "whistle", clock.now(), subject_id=row.id)
    await common.note(actor, case, "whistle:closed", whistle=str(row.id), finding=row.finding)
    told = [*await common.person_account(case), *await common.link_accounts(case)]
    await common.tell([each for each in told if each != actor.account_id], "whistle.closed", case)
    return case


