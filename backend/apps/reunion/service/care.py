"""Care for people who are found again and again: which finds were of one person, whom to call, what was agreed.

流浪人员管控 means aid and its record here (`domain.md` 2.10): nothing of it leaves the case, and nothing of it is added up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from backend.apps.reunion import access, rules
from backend.apps.reunion.enums import AgreedWith, CareReason, CaseKind, CaseState, Side
from backend.apps.reunion.inputs import AddKinInput, CarePlanInput, CareRowInput, LinkFindInput
from backend.apps.reunion.models import CarePlan, Case, FindLink, NextOfKin, StrandedPerson
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import Unit
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.privacy.identifiers import normalise_phone
from backend.kernel.privacy.looks import note_look
from backend.kernel.validation import Checks, as_id, text_of

RETRY_JOB = "reunion.retry_due"
#: States in which a search is tried again.
RETRIED = (CaseState.NO_MATCH, CaseState.PLACED)
MOST_KIN = 10
LONGEST_REVIEW = timedelta(days=366)
WRISTBAND = re.compile(r"[A-Za-z0-9-]{2,40}")

_FINDS = """
with recursive same (id) as (
    select $1::uuid
    union
    select case when l.case_id = s.id then l.other_id else l.case_id end
    from same s join reunion_find_link l on (l.case_id = s.id or l.other_id = s.id) and l.county = $2 and l.undone_at is null
)
select c.id, c.code, c.registered_at, c.when_text from reunion_case c join same s on s.id = c.id
where c.county = $2 order by c.registered_at, c.id
"""


def _name(actor: Actor) -> str:
    return actor.membership.name if actor.membership else ""


async def _row_of(actor: Actor, row: Any) -> Case:
    """The case a row of its care hangs on, locked. Raises `NOT_FOUND`, `NOT_PERMITTED`."""
    if row is None:
        raise not_found("id")
    case = await common.find(actor, row.case_id)
    if not access.is_ours(actor, case):
        raise not_permitted(Permission.CARE)
    return case


def _reason(text: str, field: str = "reason") -> str:
    return text_of(text, field, least=4, most=500)


# ------------------------------------------------------------------------------------------- finds of one person


async def link_find(actor: Actor, request: LinkFindInput) -> Case:
    """Somebody recognises a person who was found before: a human's word, with its reason. No face decides this."""
    case = (await common.begin(actor, request.id, "link_find", request.version)).case
    if "care" not in (await common.standing_of(actor, case)).waiting:
        raise Refusal("INVALID", "id")
    reason = _reason(request.reason)
    code = request.code.strip().upper()
    other = await access.readable(actor).filter(code=code, county=case.county, side=Side.FOUND).first()
    if other is None or not access.is_ours(actor, other):
        raise not_found("code")
    if other.id == case.id or other.kind == CaseKind.DECEASED:
        raise Refusal("INVALID", "code")
    if other.id in {row["id"] for row in await finds(case)}:
        raise Refusal("ALREADY_LINKED", "code")
    try:
        link = await FindLink.create(
            **place_of(case), id=new_id(), case_id=case.id, other_id=other.id, reason=reason, linked_by_name=_name(actor),
            linked_at=clock.now(),
        )  # fmt: skip
    except IntegrityError:
        # A colleague linked them from the other side at the same moment.
        raise Refusal("ALREADY_LINKED", "code") from None
    await common.note(actor, case, "find:linked", link=str(link.id), other=other.code)
    return case


async def unlink_find(actor: Actor, request: CareRowInput) -> Case:
    """They were two people after all."""
    actor.require(Permission.CARE)
    known = await FindLink.get_or_none(id=as_id(request.id))
    case = await _row_of(actor, known)
    reason = _reason(request.reason)
    link = await FindLink.filter(id=as_id(request.id)).select_for_update().get()
    if link.undone_at is not None:
        raise Refusal("ALREADY_DECIDED")
    link.undone_at, link.undone_by_name, link.undo_reason = clock.now(), _name(actor), reason
    await link.save()
    await common.note(actor, case, "find:unlinked", link=str(link.id))
    return case


async def finds(case: Case) -> list[dict[str, Any]]:
    """Every find of the same person within reach, oldest first, this one among them."""
    return [dict(row) for row in await fetch(_FINDS, case.id, case.county)]


async def links(case: Case) -> list[FindLink]:
    """The words that link this very case."""
    rows = await FindLink.filter(case_id=case.id, undone_at__isnull=True)
    return rows + await FindLink.filter(other_id=case.id, undone_at__isnull=True)


# ------------------------------------------------------------------------------------------------- whom to call


async def add_kin(actor: Actor, request: AddKinInput) -> Case:
    """Somebody who may be called when he is found again."""
    case = (await common.begin(actor, request.id, "add_kin", request.version)).case
    _require_care(case)
    if await NextOfKin.filter(case_id=case.id).count() >= MOST_KIN:
        raise Refusal("TOO_MANY", most=MOST_KIN)
    checks = Checks()
    name = checks.text("name", request.name, least=1, most=60)
    relation = checks.text("relation", request.relation, least=1, most=60)
    phone = _phone(checks, request.phone)
    checks.done()
    row_id = new_id()
    await NextOfKin.create(
        **place_of(case), id=row_id, case_id=case.id, name=name, relation=relation, added_by_name=_name(actor),
        phone_sealed=common.seal("next_of_kin", "phone", row_id, phone, case.county), added_at=clock.now(),
    )  # fmt: skip
    await common.note(actor, case, "kin:added", kin=str(row_id))
    return case


def _phone(checks: Checks, text: str, field: str = "phone") -> str:
    try:
        return normalise_phone(text)
    except Refusal as problem:
        checks.refuse(problem.code, field)
        return ""


async def remove_kin(actor: Actor, request: CareRowInput) -> Case:
    """The relative is not to be called any more; his name and number are erased at once."""
    actor.require(Permission.CARE)
    row = await NextOfKin.get_or_none(id=as_id(request.id))
    case = await _row_of(actor, row)
    reason = _reason(request.reason)
    await NextOfKin.filter(id=as_id(request.id)).delete()
    await note_look(actor, case, case.subject_id, "KIN_REMOVED", reason)
    await common.note(actor, case, "kin:removed", kin=request.id)
    return case


async def reveal_kin(actor: Actor, request: CareRowInput) -> NextOfKin:
    """A relative's telephone, for a reason that whoever it is about can read."""
    actor.require(Permission.REVEAL)
    row = await NextOfKin.get_or_none(id=as_id(request.id))
    if row is None:
        raise not_found("id")
    case = await common.find(actor, row.case_id)
    if not access.is_ours(actor, case):
        raise not_permitted(Permission.REVEAL)
    await note_look(actor, case, case.subject_id, "PHONE", _reason(request.reason))
    await record(actor, "reunion:kin:revealed", case, kin=str(row.id))
    return row


# -------------------------------------------------------------------------------------------------- plan of care


async def save_care_plan(actor: Actor, request: CarePlanInput) -> Case:
    """What he needs and what is done about it, agreed with him or his guardian; somebody looks at it again on a day."""
    case = (await common.begin(actor, request.id, "save_care_plan", request.version)).case
    _require_care(case)
    checks, today = Checks(), common.today()
    needs = checks.text("needs", request.needs, least=2, most=2000)
    measures = checks.text("measures", request.measures, least=2, most=2000)
    guardian = request.agreed_with == AgreedWith.GUARDIAN
    agreed_name = checks.text("agreedName", request.agreed_name, least=1 if guardian else 0, most=60)
    if case.is_minor and not guardian:
        # A child's own word is no agreement (个人信息保护法 31).
        checks.refuse("GUARDIAN_NEEDED", "agreedWith")
    checks.day("reviewOn", request.review_on, least=today + timedelta(days=1), most=today + LONGEST_REVIEW)
    wristband = (request.wristband or "").strip().upper() or None
    if wristband is not None and not WRISTBAND.fullmatch(wristband):
        checks.refuse("INVALID", "wristband")
    checks.done()
    plan = await CarePlan.get_or_none(case_id=case.id) or CarePlan(**place_of(case), id=new_id(), case_id=case.id)
    plan.needs, plan.measures, plan.agreed_with, plan.agreed_name = needs, measures, request.agreed_with, agreed_name
    plan.lives_alone, plan.wristband, plan.review_on = request.lives_alone, wristband, request.review_on
    plan.written_by_name, plan.written_at = _name(actor), clock.now()
    try:
        await plan.save()
    except IntegrityError:
        raise Refusal("WRISTBAND_TAKEN", "wristband") from None
    await _review_again(case, (request.review_on - today).days)
    await common.note(actor, case, "care:planned", plan=str(plan.id), agreed=str(request.agreed_with))
    return case


async def _review_again(case: Case, days: int) -> None:
    await clocks.meet(case.id, "care_review", clock.now())
    rule = replace(rules.RULES["care_review"], length=days, unit=Unit.CD)
    await clocks.start(case, common.APP, rule, clock.now())


def _require_care(case: Case) -> None:
    """Care is for people who were found and live. Raises `INVALID`."""
    if case.side != Side.FOUND or case.kind == CaseKind.DECEASED:
        raise Refusal("INVALID", "id")


@dataclass(frozen=True)
class Care:
    """What the case page shows of it."""

    finds: list[dict[str, Any]]
    links: list[FindLink]
    kin: list[NextOfKin]
    plan: CarePlan | None
    reasons: list[CareReason]


async def of(case: Case) -> Care:
    """Everything about one case, for officers who work on it."""
    known, kin = await finds(case), await NextOfKin.filter(case_id=case.id).order_by("added_at", "id")
    plan = await CarePlan.get_or_none(case_id=case.id)
    stranded = await StrandedPerson.get_or_none(case_id=case.id)
    reasons = rules.care_reasons(
        finds=len(known), conditions=stranded.conditions if stranded else (), has_kin=bool(kin),
        lives_alone=plan is not None and plan.lives_alone,
    )  # fmt: skip
    return Care(known, await links(case), kin, plan, reasons)


async def forget(case: Case) -> None:
    """Erased with the case. That two finds were of one person stays, without the words."""
    await NextOfKin.filter(case_id=case.id).delete()
    await CarePlan.filter(case_id=case.id).delete()
    await FindLink.filter(case_id=case.id).update(reason="", undo_reason="")


# ------------------------------------------------------------------------------------------------ the next search


def require_new_material(case: Case, searched_at: datetime | None, newest_picture: datetime | None) -> None:
    """Without a match a search is asked for again when something new is known, or when its day has come (`domain.md` 2.4).

    Raises:
        Refusal: `TOO_EARLY_AGAIN` with the day.
    """
    if case.retry_on is None or common.today() >= case.retry_on or searched_at is None:
        return
    if case.facts_at > searched_at or (newest_picture is not None and newest_picture > searched_at):
        return
    raise Refusal("TOO_EARLY_AGAIN", retry_on=str(case.retry_on))


async def remind(actor: Actor, case_id: str) -> None:
    """Job: the day of the next search has come; whoever may ask for it, or looks after the person, hears so once."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.retry_on is None or case.state not in RETRIED:
        return
    if case.retry_told_on == case.retry_on or common.today() < case.retry_on:
        return
    case.retry_told_on = case.retry_on
    await case.save(update_fields=["retry_told_on"])
    await record(actor, "reunion:search:retry_due", case)
    roles = (Role.POLICE_OFFICER, Role.RESCUE_STATION) if case.side == Side.FOUND else (Role.POLICE_OFFICER,)
    await common.tell(await common.accounts(case, *roles), "search.retry_due", case)


async def sweep_retries(now: datetime) -> None:
    """Cases whose day of the next search has come."""
    await enqueue_found(
        RETRY_JOB,
        """select 'retry:' || c.id::text as row, c.county, c.path, c.id as matter, jsonb_build_object('case_id', c.id) as args
           from reunion_case c where c.state in ('NO_MATCH', 'PLACED')
               and c.retry_on <= ($1::timestamptz at time zone 'Asia/Shanghai')::date
               and c.retry_told_on is distinct from c.retry_on""",
        now,
    )
