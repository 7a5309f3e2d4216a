"""一网通办: the person applies; a named officer takes it in hand and answers; a transfer takes the case to another county."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from backend.apps.rehab import rules
from backend.apps.rehab.enums import (
    Band,
    CaseKind,
    CaseState,
    EndType,
    LinkKind,
    RequestKind,
    RequestState,
    RuleSetState,
    TransferState,
)
from backend.apps.rehab.inputs import (
    AnswerTransferInput,
    DecideRequestInput,
    FileRequestInput,
    RequestStepInput,
)
from backend.apps.rehab.models import Case, PointEntry, PointMark, Request, RuleSet, Transfer
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import cases, chain, common, endings
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import invite
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.connection import as_json
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.tenancy.models import Division, Level
from backend.kernel.tenancy.service import living
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import WrongState

S = RequestState
#: What of a county's own rules goes along with lines that were written under them.
RULES = ("number", "data", "approval_no", "effective_from", "drafted_by", "drafted_by_name", "drafted_at")
#: Where the case goes, whether it ends, and whether the worker is the right one: no worker answers that.
OFFICE_DECIDES = (RequestKind.TRANSFER, RequestKind.END, RequestKind.CHANGE_WORKER)
#: Where a case may be given to another county. It is closed here from wherever it stands when that county has it.
TRANSFERABLE = frozenset({CaseState.REPORTED, CaseState.AGREED, CaseState.IN_PROGRESS})
CLOSE_JOB = "rehab.close_transferred"


async def file_request(actor: Actor, request: FileRequestInput) -> Case:
    """Apply for a transfer, the end of supervision, work, treatment, help in hardship, another worker."""
    case = (await common.begin(actor, request.id, "file_request")).case
    checks = Checks()
    text = checks.text("text", request.text, least=4, most=2000)
    checks.done()
    division = ""
    if request.kind == RequestKind.TRANSFER:
        target = await _target(request.to_division or "")
        if target.county == case.county:
            raise Refusal("SAME_COUNTY", "toDivision")
        division = target.code
    if await Request.filter(case_id=case.id, kind=request.kind, state__in=[S.FILED, S.IN_HAND]).exists():
        raise Refusal("ALREADY_OPEN", "kind")
    row = await Request.create(
        **place_of(case), id=new_id(), case_id=case.id, kind=request.kind, text=text, to_division=division,
        state=S.FILED, filed_at=clock.now(),
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["request"], clock.now(), subject_id=row.id)
    await common.note(actor, case, "request:filed", request=str(row.id), kind=row.kind)
    await common.tell(await common.workers(case), "request.filed", case)
    return case


async def _target(code: str) -> Division:
    division = await living(code, "toDivision")
    if division.level not in (Level.VILLAGE, Level.GRID):
        raise Refusal("INVALID", "toDivision")
    return division


async def take_request(actor: Actor, request: RequestStepInput) -> Case:
    """Somebody says: I see to it. The person reads who."""
    row, case = await _request(actor, request.request_id, "take_request")
    if row.state != S.FILED:
        raise Refusal("WRONG_STATE", "requestId", state=row.state)
    assert actor.membership is not None
    row.state, row.handler = S.IN_HAND, actor.membership.name
    await row.save(update_fields=["state", "handler"])
    await common.note(actor, case, "request:taken", request=str(row.id), kind=row.kind, handler=row.handler)
    await common.tell(await common.person_account(case), "request.taken", case)
    return case


async def decide_request(actor: Actor, request: DecideRequestInput) -> Case:
    """Grant or refuse, with an answer. A granted transfer sends the file; the other county still has to accept it."""
    row, case = await _request(actor, request.request_id, "decide_request")
    if row.state not in (S.FILED, S.IN_HAND):
        raise Refusal("WRONG_STATE", "requestId", state=row.state)
    checks = Checks()
    answer = checks.text("answer", request.answer, least=4, most=2000)
    checks.done()
    if row.kind in OFFICE_DECIDES and actor.role != Role.ANTI_DRUG_OFFICE:
        raise not_permitted(Permission.TRANSFER)
    if request.grant and row.kind == RequestKind.TRANSFER:
        await _send(actor, case, row)
    row.state = S.GRANTED if request.grant else S.REFUSED
    row.decided_by, row.decided_at, row.answer = actor.account_id, clock.now(), answer
    row.handler = row.handler or (actor.membership.name if actor.membership else "")
    await row.save()
    await clocks.meet(case.id, "request", clock.now(), subject_id=row.id)
    await common.note(
        actor, case, "request:decided", request=str(row.id), kind=row.kind, granted=request.grant, answer=answer
    )
    await common.tell(await common.person_account(case), "request.decided", case)
    return case


async def withdraw_request(actor: Actor, request: RequestStepInput) -> Case:
    """The person takes it back."""
    row, case = await _request(actor, request.request_id, "withdraw_request")
    if row.state not in (S.FILED, S.IN_HAND):
        raise Refusal("WRONG_STATE", "requestId", state=row.state)
    row.state = S.WITHDRAWN
    await row.save(update_fields=["state"])
    await clocks.meet(case.id, "request", clock.now(), subject_id=row.id)
    await common.note(actor, case, "request:withdrawn", request=str(row.id), kind=row.kind)
    return case


async def _request(actor: Actor, request_id: str, action: str) -> tuple[Request, Case]:
    row = await Request.get_or_none(id=as_id(request_id, "requestId"))
    if row is None:
        raise not_found("requestId")
    case = (await common.begin(actor, row.case_id, action, field="requestId")).case
    return await Request.filter(id=row.id).select_for_update().get(), case


# --------------------------------------------------------------------------------------------------- transfer


async def _send(actor: Actor, case: Case, row: Request) -> None:
    """The file, sealed for the other county. Templates and pictures stay behind and end here.

    Raises `WRONG_STATE`, and `ALREADY_OPEN` while another county has not said no.
    """
    if case.state not in TRANSFERABLE:
        raise WrongState("transfer", case.state, TRANSFERABLE)
    if await Transfer.filter(from_case=case.id).exclude(state=TransferState.DECLINED).exists():
        raise Refusal("ALREADY_OPEN", "requestId")
    division = await _target(row.to_division)
    transfer_id = new_id()
    packet = as_json(await _packet(case))
    await Transfer.create(
        id=transfer_id, county=division.county, path=division.path, from_county=case.county, from_case=case.id,
        code=case.code, division=division.code, state=TransferState.SENT, sent_at=clock.now(),
        sent_by_name=actor.membership.name if actor.membership else "",
        packet_sealed=common.seal("transfer", "packet", transfer_id, packet, division.county),
    )  # fmt: skip
    await common.note(actor, case, "transfer:sent", to=division.county, transfer=str(transfer_id))


async def _packet(case: Case) -> dict[str, Any]:
    entries = await PointEntry.filter(case_id=case.id)
    marks = await PointMark.filter(case_id=case.id).order_by("at", "id")
    open_text = {name: common.unseal("case", name, case.id, getattr(case, f"{name}_sealed"), case.county)
                 for name in ("phone", "id_number")}  # fmt: skip
    own_rules = await RuleSet.filter(number__in={entry.rule_version for entry in entries})
    return {
        "rules": [{name: getattr(row, name) for name in RULES} for row in own_rules],
        **open_text, "name": case.name, "kind": case.kind, "order_no": case.order_no, "served_on": case.served_on,
        "reported_at": case.reported_at, "term_from": case.term_from, "term_to": case.term_to, "band": case.band,
        "band_since": case.band_since,
        "entries": [
            {name: getattr(entry, name) for name in (
                "id", "rule", "rule_version", "points", "fact_on", "cause", "evidence", "excuse", "source_kind",
                "source_id", "recorded_by", "recorded_at")}
            for entry in entries
        ],
        "marks": [
            {name: getattr(each, name) for name in ("entry_id", "mark", "by", "by_name", "entry_by", "reason", "at")}
            for each in marks
        ],
    }  # fmt: skip


async def answer_transfer(actor: Actor, request: AnswerTransferInput) -> Transfer:
    """The other county takes the case over, with its term and its ledger, or says why not."""
    actor.require(Permission.TRANSFER)
    row = await Transfer.filter(id=as_id(request.transfer_id, "transferId")).select_for_update().first()
    if row is None or actor.membership is None or row.county not in actor.membership.counties:
        raise not_found("transferId")
    if row.state != TransferState.SENT:
        raise Refusal("WRONG_STATE", "transferId", state=row.state)
    checks = Checks()
    row.answer = checks.text("reason", request.reason, least=2, most=1000)
    checks.done()
    if not request.accept:
        row.state, row.answered_at = TransferState.DECLINED, clock.now()
        await row.save()
        await record(actor, "rehab:transfer:declined", row, reason=row.answer)
        return row
    case = await _take_over(actor, row, request)
    row.state, row.answered_at, row.new_case = TransferState.ACCEPTED, clock.now(), case.id
    await row.save()
    return row


async def _take_over(actor: Actor, row: Transfer, request: AnswerTransferInput) -> Case:
    packet = orjson.loads(common.unseal("transfer", "packet", row.id, row.packet_sealed, row.county))
    division = await living(row.division)
    case = cases.new_case(division, CaseKind(packet["kind"]), packet["name"], packet["phone"], packet["id_number"])
    await cases.require_new(case)
    cases.enter(case, common.today())
    case.order_no, case.band = packet["order_no"], Band(packet["band"])
    for name in ("served_on", "term_from", "term_to", "band_since"):
        setattr(case, name, _day(packet[name]))
    await cases.open_case(actor, case, basis=f"转入:{row.code}")
    await _copy_ledger(case, packet)
    for kind, member in ((LinkKind.DRUG_WORKER, request.drug_worker), (LinkKind.POLICE, request.police)):
        if member:
            await chain.set_link(case, kind, member, kind.lower())
    await chain.fill_links(actor, case)
    told = await invite(case, case.subject_id, case.phone_index, common.SUPERVISED)
    await common.tell([told, *await common.workers(case)], "case.transferred_in", case)
    return case


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def _copy_ledger(case: Case, packet: dict[str, Any]) -> None:
    """The lines go on under new ids; what was said about them goes with them, as it was said."""
    ids: dict[str, UUID] = {}
    known = await RuleSet.filter(county=case.county).values_list("number", flat=True)
    for row in packet["rules"]:
        if row["number"] not in known:
            place = {"county": case.county, "path": ".".join(case.path.split(".")[:3])}
            await RuleSet.create(**row | place | {"id": new_id(), "state": RuleSetState.FOREIGN})
    for entry in packet["entries"]:
        ids[entry["id"]] = new_id()
        await PointEntry.create(
            **place_of(case), **entry | {"id": ids[entry["id"]], "case_id": case.id}
        )
    for each in packet["marks"]:
        await PointMark.create(
            **place_of(case), **each | {"id": new_id(), "case_id": case.id, "entry_id": ids[each["entry_id"]]}
        )


async def sweep_accepted(now: datetime) -> None:
    """Transfers that the other county took over and whose case here is not closed yet."""
    await enqueue_found(
        CLOSE_JOB,
        """select t.id::text as row, c.county, c.path, c.id as matter, jsonb_build_object('transfer_id', t.id) as args
           from rehab_transfer t join rehab_case c on c.id = t.from_case and c.county = t.from_county
           where t.state = 'ACCEPTED' and t.answered_at <= $1 and c.state <> 'TRANSFERRED' and c.ended_at is null""",
        now,
    )


async def close_transferred(actor: Actor, transfer_id: str) -> None:
    """Job of the county that sent it: the other one accepted, so the case ends here."""
    row = await Transfer.get_or_none(id=UUID(transfer_id))
    if row is None or row.state != TransferState.ACCEPTED:
        return
    case = await Case.filter(id=row.from_case).select_for_update().first()
    if case is None or case.state == CaseState.TRANSFERRED:
        return
    case.ended_at, case.end_type = clock.now(), EndType.TRANSFERRED
    await common.move(actor, case, "transfer", "case:transferred", {"request": row.id}, transfer=str(row.id))
    await endings.stop(actor, case)
    await common.tell(await common.person_account(case), "case.transferred", case)


