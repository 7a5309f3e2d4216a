"""What every command needs: find and lock the case, know the actor's standing, move it, tell people."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.apps.rehab import access
from backend.apps.rehab.access import Standing
from backend.apps.rehab.enums import LinkKind
from backend.apps.rehab.models import Case, Link
from backend.apps.rehab.workflow import MACHINE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import fetch
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.errors import not_found
from backend.kernel.privacy import vault
from backend.kernel.privacy.looks import note_look
from backend.kernel.validation import as_id
from backend.kernel.workflow.matters import Steps, officers

APP = "rehab"
DAILY = "日常管理"
SUPERVISED = "SUPERVISED"
FAMILY = "FAMILY"

_STANDING = """
select
    array(select l.kind from rehab_link l where l.case_id = $1 and l.county = $2 and l.until is null
        and l.membership_id = $4) as links,
    exists (select 1 from participant p where p.matter_id = $1 and p.county = $2 and p.account_id = $3
        and p.capacity = 'SUPERVISED') as is_self,
    array(
        select 'signature' where exists (select 1 from paper_signature s join paper d on d.id = s.paper_id and d.county = s.county
            where s.matter_id = $1 and s.county = $2 and s.signed_at is null and d.state = 'DRAFT' and (s.account_id = $3
                or s.subject_id = $4 or s.subject_id in (select p.subject_id from participant p
                    where p.matter_id = $1 and p.account_id = $3)))
        union all select 'own_check_in' where exists (select 1 from rehab_task t where t.case_id = $1 and t.county = $2
            and t.kind = 'CHECK_IN' and t.state in ('OPEN', 'MISSED') and t.opens_at <= $5
            and not exists (select 1 from rehab_check_in c where c.task_id = t.id and c.county = $2
                and c.state in ('CHECKING', 'RETAKE', 'IN_REVIEW', 'ACCEPTED')))
        union all select 'retake' where exists (select 1 from rehab_check_in c where c.case_id = $1 and c.county = $2
            and c.state = 'RETAKE')
        union all select 'check_in' where exists (select 1 from rehab_check_in c where c.case_id = $1 and c.county = $2
            and c.state = 'IN_REVIEW')
        union all select 'face' where exists (select 1 from face_enrolment f where f.matter_id = $1 and f.county = $2
            and f.state in ('PENDING', 'ACTIVE'))
        union all select 'no_face' where not exists (select 1 from face_enrolment f where f.matter_id = $1 and f.county = $2
            and (f.state = 'PENDING' or f.state = 'ACTIVE' and f.renew_by > ($5::timestamptz)::date + 30))
        union all select 'face_to_confirm' where exists (select 1 from face_enrolment f where f.matter_id = $1
            and f.county = $2 and f.state = 'PENDING' and f.portrait_id is not null and f.problem = '')
        union all select 'task' where exists (select 1 from rehab_task t where t.case_id = $1 and t.county = $2
            and t.link = 'PERSON' and t.state in ('OPEN', 'MISSED'))
        union all select 'own_leave' where exists (select 1 from rehab_leave v where v.case_id = $1 and v.county = $2
            and v.state = 'ACKNOWLEDGED')
        union all select 'own_leave_filed' where exists (select 1 from rehab_leave v where v.case_id = $1 and v.county = $2
            and v.state = 'FILED')
        union all select 'leave' where exists (select 1 from rehab_leave v where v.case_id = $1 and v.county = $2
            and (v.state = 'FILED' or v.extend_to is not null))
        union all select distinct case r.state when 'FILED' then 'request_filed' else 'request' end from rehab_request r
            where r.case_id = $1 and r.county = $2 and r.state in ('FILED', 'IN_HAND')
        union all select 'own_request' where exists (select 1 from rehab_request r where r.case_id = $1 and r.county = $2
            and r.state in ('FILED', 'IN_HAND'))
        union all select 'entry' where exists (select 1 from rehab_point_entry n where n.case_id = $1 and n.county = $2
            and not exists (select 1 from rehab_point_mark m where m.entry_id = n.id and m.county = $2))
        union all select 'proposal' where exists (select 1 from rehab_assessment a where a.case_id = $1 and a.county = $2
            and a.state = 'PROPOSED')
        union all select case o.state when 'FILED' then 'objection' when 'DISMISSED' then 'dismissed' else 'further_review' end
            from rehab_objection o where o.case_id = $1 and o.county = $2 and o.state in ('FILED', 'DISMISSED', 'FURTHER_REVIEW')
        union all select 'positive_test' where exists (select 1 from rehab_drug_test t where t.case_id = $1 and t.county = $2
            and t.result = 'ONSITE_POSITIVE' and t.lab_asked_at is null and t.done_at > $5 - interval '3 days')
        union all select 'lab' where exists (select 1 from rehab_drug_test t where t.case_id = $1 and t.county = $2
            and t.result = 'ONSITE_POSITIVE')
        union all select 'breach' where exists (select 1 from rehab_breach b where b.case_id = $1 and b.county = $2
            and b.confirmed_at is null and b.dropped_at is null)
        union all select 'whistle' where exists (select 1 from rehab_whistle w where w.case_id = $1 and w.county = $2
            and w.state = 'OPEN')
    ) as waiting
"""


async def standing_of(actor: Actor, case: Case) -> Standing:
    """What the actor is to the case, in one statement."""
    (row,) = await fetch(
        _STANDING, case.id, case.county, actor.account_id, actor.membership.id if actor.membership else None,
        clock.now(),
    )  # fmt: skip
    waiting = set(row["waiting"])
    if has_pass(case):
        waiting.add("pass")
    return Standing(
        actor, case, links=frozenset(LinkKind(each) for each in row["links"]),
        is_self=row["is_self"] and not actor.is_staff, to_sign="signature" in waiting, waiting=frozenset(waiting),
    )  # fmt: skip


async def note_reading(actor: Actor, case: Case) -> None:
    """An officer reads the case: the person finds a line about it."""
    await note_look(actor, case, case.subject_id, "CASE", DAILY)


def has_pass(case: Case) -> bool:
    """Green, supervised and inside the term: what the pass rests on, looked at anew each time."""
    inside = case.term_to is not None and today() <= case.term_to
    return case.band == "C2" and case.state == "IN_PROGRESS" and inside


def today() -> date:
    return local_date(clock.now())


async def find(actor: Actor, case_id: UUID, field: str = "id") -> Case:
    """The case, locked. Raises `NOT_FOUND`."""
    case = await access.readable(actor).filter(id=case_id).select_for_update().first()
    if case is None:
        raise not_found(field)
    return case


async def begin(
    actor: Actor, case_id: str | UUID, action: str, version: int | None = None, *, field: str = "id"
) -> Standing:
    """Lock the case and make sure the actor may do `action` now.

    Raises:
        Refusal: `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `WRONG_STATE`, `STEP_UP_REQUIRED`, in this order.
    """
    wanted = case_id if isinstance(case_id, UUID) else as_id(case_id, field)
    standing = await standing_of(actor, await find(actor, wanted, field))
    access.ACTIONS[action].admit(standing, version)
    return standing


_steps = Steps(APP, MACHINE)
move, note, tell = _steps.move, _steps.note, _steps.tell


# ------------------------------------------------------------------------------------------------------ people


async def person_account(case: Case) -> list[UUID]:
    """The supervised person's account, once he has signed in (staff, jobs, and himself)."""
    rows = await Participant.filter(matter_id=case.id, capacity=SUPERVISED, account_id__isnull=False)
    return [row.account_id for row in rows if row.account_id is not None]


async def links_of(case: Case, *kinds: LinkKind) -> list[Link]:
    """The links of the chain now, of these kinds or all."""
    query = Link.filter(case_id=case.id, until__isnull=True)
    if kinds:
        query = query.filter(kind__in=list(kinds))
    return await query.order_by("since", "id")


async def link_accounts(case: Case, *kinds: LinkKind) -> list[UUID]:
    return [row.account_id for row in await links_of(case, *kinds) if row.account_id is not None]


async def workers(case: Case) -> list[UUID]:
    """Accounts of who works with the person from day to day; the office when nobody is named yet."""
    found = await link_accounts(case, LinkKind.DRUG_WORKER)
    return found or [row.account_id for row in await officers(case, Role.ANTI_DRUG_OFFICE)]


# ------------------------------------------------------------------------------------------------ sealed words


def seal(table: str, field: str, row_id: UUID, text: str, county: str) -> str:
    return vault.seal(f"rehab_{table}", field, row_id, text, county)


def unseal(table: str, field: str, row_id: UUID, sealed: str, county: str) -> str:
    return vault.unseal(f"rehab_{table}", field, row_id, sealed, county)
