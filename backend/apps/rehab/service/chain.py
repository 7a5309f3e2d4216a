"""链式咬合: who is which link of the chain, and a relative who joins it."""

from __future__ import annotations

from backend.apps.rehab.enums import LinkKind, TaskState
from backend.apps.rehab.inputs import AssignLinkInput, InviteFamilyInput
from backend.apps.rehab.models import Case, Link, Task
from backend.apps.rehab.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.access.participants import invite
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.errors import Refusal
from backend.kernel.identity.models import Membership
from backend.kernel.jobs.service import enqueue
from backend.kernel.privacy import vault
from backend.kernel.privacy.identifiers import normalise_phone
from backend.kernel.validation import Checks
from backend.kernel.workflow.matters import officer, officers

ROLES = {
    LinkKind.GRID: (Role.GRID_WORKER,),
    LinkKind.VILLAGE: (Role.VILLAGE_OFFICER,),
    LinkKind.DRUG_WORKER: (Role.DRUG_WORKER, Role.SOCIAL_WORKER),
    LinkKind.POLICE: (Role.POLICE_OFFICER,),
    LinkKind.OFFICE: (Role.ANTI_DRUG_OFFICE,),
}
MOST_RELATIVES = 3
FAMILY_JOB = "rehab.invite_family"


async def assign_link(actor: Actor, request: AssignLinkInput) -> Case:
    """Put somebody else into a link of the chain; open duties of the link go over to him."""
    case = (await common.begin(actor, request.id, "assign_links")).case
    if request.kind not in ROLES:
        raise Refusal("INVALID", "kind")
    row = await set_link(case, request.kind, request.membership, "membership")
    await common.note(actor, case, "chain:assigned", link=request.kind, name=row.name, unit=row.agency_name)
    await common.tell([row.account_id], "chain.assigned", case, link=request.kind)
    return case


async def set_link(case: Case, kind: LinkKind, membership_id: str, field: str) -> Link:
    """Make a membership the link from now on. Raises `NOT_FOUND`, `CONFLICT_OF_INTEREST`."""
    return await _put(case, kind, await officer(case, membership_id, ROLES[kind], field), field)


async def fill_links(actor: Actor, case: Case) -> None:
    """Links that nobody named get the nearest officer of the role; one that has no officer here stays open."""
    taken = {row.kind for row in await common.links_of(case)}
    for kind, roles in ROLES.items():
        if kind in taken:
            continue
        near = [row for row in await officers(case, *roles) if row.account_id not in await _concerned(case)]
        own = [row for row in near if actor.membership and row.id == actor.membership.id]
        if near:
            await _put(case, kind, (own or near)[0], kind.lower())


async def _concerned(case: Case) -> set[object]:
    rows = await Participant.filter(matter_id=case.id, account_id__isnull=False)
    return {row.account_id for row in rows}


async def _put(case: Case, kind: LinkKind, row: Membership, field: str) -> Link:
    if row.account_id in await _concerned(case):
        raise Refusal("CONFLICT_OF_INTEREST", field, name=row.name)
    now = clock.now()
    await Link.filter(case_id=case.id, kind=kind, until__isnull=True).update(until=now)
    link = await Link.create(
        **place_of(case), case_id=case.id, kind=kind, membership_id=row.id, account_id=row.account_id, name=row.name,
        agency_name=row.agency_name, duty_phone=row.duty_phone, since=now,
    )  # fmt: skip
    open_tasks = Task.filter(case_id=case.id, link=kind, state__in=[TaskState.OPEN, TaskState.MISSED])
    await open_tasks.update(membership_id=row.id, assignee=row.name)
    return link


async def invite_family(actor: Actor, request: InviteFamilyInput) -> Case:
    """A relative joins the chain: he sees his own tasks and nothing else of the case."""
    case = (await common.begin(actor, request.id, "invite_family")).case
    checks = Checks()
    name = checks.text("name", request.name, least=1, most=60)
    try:
        phone = normalise_phone(request.phone)
    except Refusal as problem:
        checks.refuse(problem.code, "phone")
        phone = ""
    checks.done()
    index = vault.phone_index(phone)
    if index == case.phone_index:
        raise Refusal("INVALID", "phone")
    relatives = await common.links_of(case, LinkKind.FAMILY)
    if any(row.phone_index == index for row in relatives):
        return case
    if len(relatives) >= MOST_RELATIVES:
        raise Refusal("TOO_MANY", most=MOST_RELATIVES)
    link = await Link.create(
        **place_of(case), id=new_id(), case_id=case.id, kind=LinkKind.FAMILY, name=name, phone_index=index,
        since=clock.now(),
    )  # fmt: skip
    await common.note(actor, case, "chain:family_invited", link_id=str(link.id))
    # Only the system may bind a telephone number to a matter on a private person's behalf.
    await enqueue(FAMILY_JOB, case, link_id=str(link.id))
    return case


async def bind_family(actor: Actor, link_id: str) -> None:
    """Job: let the invited number take part; a relative who has an account already is told."""
    link = await Link.filter(id=link_id, until__isnull=True).select_for_update().first()
    if link is None:
        return
    case = await Case.get(id=link.case_id)
    link.account_id = await invite(case, link.id, link.phone_index, common.FAMILY)
    await link.save(update_fields=["account_id"])
    await common.tell([link.account_id], "chain.family_invited", case)
