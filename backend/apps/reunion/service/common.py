"""What every command needs: find and lock the case, know the actor's standing, and the words of people who must be told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.apps.reunion import access
from backend.apps.reunion.access import Standing
from backend.apps.reunion.enums import CaseKind, Side
from backend.apps.reunion.models import Bulletin, Case
from backend.apps.reunion.workflow import MACHINE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import TenantModel
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.errors import not_found
from backend.kernel.links.models import Link
from backend.kernel.privacy import vault
from backend.kernel.privacy.looks import note_look
from backend.kernel.sharing import service as sharing
from backend.kernel.validation import as_id
from backend.kernel.workflow.matters import Steps, officers

APP = "reunion"
#: Not the word of supervision, whose relatives see less: a reporter reads his whole report.
FAMILY = "REPORTER"
PURPOSE = "寻亲办理"

_steps = Steps(APP, MACHINE)
move, note, tell = _steps.move, _steps.note, _steps.tell

_STANDING = """
select
    array(
        select 'picture' where exists (select 1 from reunion_picture p where p.case_id = $1 and p.county = $2)
        union all select 'choose_face' where exists (select 1 from reunion_picture p where p.case_id = $1 and p.county = $2
            and (p.state = 'CHOOSE' or p.state = 'UNUSABLE' and jsonb_array_length(p.faces) > 0))
        union all select 'my_review' where exists (select 1 from reunion_candidate c where c.case_id = $1 and c.county = $2
            and c.state = 'OPEN' and not exists (select 1 from reunion_review r where r.candidate_id = c.id
                and r.county = $2 and r.reviewed_by = $3))
        union all select 'my_confirmation' where exists (select 1 from reunion_candidate c where c.case_id = $1
            and c.county = $2 and c.state = 'LEAD' and exists (select 1 from reunion_proof p where p.candidate_id = c.id
                and p.county = $2 and p.positive)
            and not exists (select 1 from reunion_confirmation f where f.candidate_id = c.id and f.county = $2
                and (f.organ = $4 or f.confirmed_by = $3)))
        union all select 'notice' where exists (select 1 from matter_clock k where k.matter_id = $1 and k.county = $2
            and k.rule = 'notice' and k.met_at is null)
        union all select 'bulletin_' || lower(b.state) from reunion_bulletin b where b.case_id = $1 and b.county = $2
            and b.state in ('PROPOSED', 'PUBLISHED')
        union all select 'tip' where exists (select 1 from reunion_tip t where t.case_id = $1 and t.county = $2
            and t.verdict is null)
        union all select 'status_link' where exists (select 1 from link l where l.matter_id = $1 and l.county = $2
            and l.kind = 'family_status' and l.ended_at is null)
        union all select 'follow_up' where exists (select 1 from reunion_follow_up f where f.case_id = $1 and f.county = $2
            and f.done_at is null)
    ) as waiting
"""


async def standing_of(actor: Actor, case: Case) -> Standing:
    """What the actor is to the case, in one statement."""
    if not actor.is_staff:
        part = Participant.filter(matter_id=case.id, account_id=actor.account_id, capacity=FAMILY)
        return Standing(actor, case, is_family=await part.exists(), waiting=await _waiting_for_family(case))
    (row,) = await fetch(_STANDING, case.id, case.county, actor.account_id, str(actor.role))
    waiting = set(row["waiting"])
    waiting.add("bulletin" if waiting & {"bulletin_proposed", "bulletin_published"} else "no_bulletin")
    if case.side == Side.SOUGHT:
        waiting.add("family")
    if case.side == Side.FOUND and case.kind != CaseKind.DECEASED:
        waiting.add("care")
    if case.alarm is None:
        waiting.add("no_alarm")
    if not case.is_minor and not case.no_contact:
        waiting.add("adult")
    if not case.no_contact:
        waiting.add("wanted")
    if case.is_minor and not case.guardian_agreed and case.basis is not None:
        waiting.add("guardian")
    return Standing(
        actor, case, is_ours=access.is_ours(actor, case), waiting=frozenset(waiting),
    )  # fmt: skip


async def _waiting_for_family(case: Case) -> frozenset[str]:
    shown = await Bulletin.filter(case_id=case.id, state="PUBLISHED").exists()
    linked = await Link.filter(matter_id=case.id, kind="family_status", ended_at__isnull=True).exists()
    return frozenset({name for name, there in (("bulletin", shown), ("status_link", linked)) if there})


async def find(actor: Actor, case_id: UUID, field: str = "id") -> Case:
    """The case, locked; one of another county cannot be locked and is not found. Raises `NOT_FOUND`."""
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


async def note_reading(actor: Actor, case: Case) -> None:
    """An officer reads the case: whoever it is about, or his family, finds a line about it."""
    if access.is_ours(actor, case):
        await note_look(actor, case, case.subject_id, "CASE", PURPOSE)
    elif actor.is_staff:
        await sharing.note_look(actor, case, case.subject_id, "CASE", PURPOSE)


def today() -> date:
    return local_date(clock.now())


async def family(case: Case) -> list[UUID]:
    """The reporter's account, once he has signed in (staff and jobs)."""
    rows = await Participant.filter(matter_id=case.id, capacity=FAMILY, account_id__isnull=False)
    return [row.account_id for row in rows if row.account_id is not None]


async def accounts(case: TenantModel, *roles: Role) -> list[UUID]:
    """Accounts of the officers in these roles whose place contains the case's."""
    return [row.account_id for row in await officers(case, *roles)]


def seal(table: str, field: str, row_id: UUID, text: str, county: str) -> str:
    return vault.seal(f"reunion_{table}", field, row_id, text, county)


def unseal(table: str, field: str, row_id: UUID, sealed: str, county: str) -> str:
    return vault.unseal(f"reunion_{table}", field, row_id, sealed, county)
