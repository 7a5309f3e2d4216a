"""Reads of reunion. Every one starts from `access`; an officer's look at a case leaves a line the family reads."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from backend.apps.reunion import access, desk_queries, names
from backend.apps.reunion.access import Standing
from backend.apps.reunion.enums import BulletinState, CaseState, LoopStage, TaskState
from backend.apps.reunion.inputs import ReunionCaseFilter
from backend.apps.reunion.models import Bulletin, Candidate, Case, HandTask, Picture, Tip
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common, hands
from backend.apps.reunion.workflow import ENDED
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.models import Event
from backend.kernel.errors import Refusal, not_found
from backend.kernel.graphql.pages import Page, newest_first, oldest_first
from backend.kernel.identity.models import Membership
from backend.kernel.instruments.models import Paper
from backend.kernel.manifest import RowBehind
from backend.kernel.privacy.looks import note_look
from backend.kernel.privacy.models import AccessLogEntry
from backend.kernel.sharing import service as sharing
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id

#: Columns of a bulletin that are open to everybody (migration 0005).
SHOWN = (
    "id", "county", "path", "case_id", "state", "side", "minor", "name", "sex", "age_text", "seen_text", "place_text", "text",
    "agency", "phone", "public_file", "published_at", "expires_at",
)  # fmt: skip


async def cases(actor: Actor, wanted: ReunionCaseFilter | None, first: int, after: str | None) -> Page[Case]:
    """Cases of the actor's place, newest change first. What another county opened is reached through a candidate only."""
    query = access.readable(actor)
    if actor.membership is not None:
        # Paths come from the table of divisions: digits and dots only.
        mine = f"(select c.id from reunion_case c where c.path <@ '{actor.membership.path}'::ltree)"
        query = query.filter(county__in=list(actor.membership.counties), id__in=RawSQL(mine))
    if wanted is not None:
        for field, values in (("kind__in", wanted.kinds), ("state__in", wanted.states)):
            if values:
                query = query.filter(**{field: values})
        if wanted.side is not None:
            query = query.filter(side=wanted.side)
        if wanted.open is not None:
            query = query.exclude(state__in=ENDED) if wanted.open else query.filter(state__in=ENDED)
        if wanted.emergency is not None:
            query = query.filter(alarm__isnull=not wanted.emergency)
        if wanted.mine:
            query = query.filter(await _mine(actor))
        if wanted.division:
            division = await find_division(wanted.division)
            if division is None:
                raise Refusal("NOT_FOUND", "division")
            # The path comes from the table of divisions: digits and dots only.
            query = query.filter(id__in=RawSQL(f"(select c.id from reunion_case c where c.path <@ '{division.path}'::ltree)"))
        if wanted.search and wanted.search.strip():
            query = query.filter(await _search(wanted.search.strip()[:60]))
    return await newest_first(query, by="updated_at", first=first, after=after)


async def _mine(actor: Actor) -> Q:
    """What waits for this role."""
    wanted = Q(id__isnull=True)
    if actor.may(Permission.APPROVE):
        wanted |= Q(state=CaseState.SEARCH_REQUESTED)
    if actor.may(Permission.REVIEW):
        reviewed = RawSQL(
            "(select c.case_id from reunion_candidate c where c.state = 'OPEN' and not exists (select 1 from reunion_review r "
            f"where r.candidate_id = c.id and r.reviewed_by = '{actor.account_id}'))"
        )
        wanted |= Q(state=CaseState.CANDIDATES, id__in=reviewed)
    if actor.may(Permission.REGISTER):
        wanted |= Q(state__in=[CaseState.REPORTED, CaseState.BASIS_RECORDED])
    if actor.may(Permission.PROVE):
        wanted |= Q(state__in=[CaseState.LEAD, CaseState.VERIFYING])
    if actor.may(Permission.CONFIRM):
        wanted |= Q(state=CaseState.VERIFYING)
    if actor.may(Permission.RETURN):
        wanted |= Q(state__in=[CaseState.IDENTITY_CONFIRMED, CaseState.RETURN_ARRANGED])
    if actor.may(Permission.SEARCH):
        wanted |= Q(state__in=[CaseState.QUICK_CHECK, CaseState.SEARCH_REFUSED])
    return wanted


async def _search(text: str) -> Q:
    sounds = list(names.sounds(text))
    found = Q(name__icontains=text) | Q(code__icontains=text)
    if not sounds:
        return found
    # Sounds are made of letters and spaces by `names.sounds`.
    listed = ",".join(f"'{each}'" for each in sounds if each.replace(" ", "").isalpha() and each.isascii())
    if not listed:
        return found
    return found | Q(id__in=RawSQL(f"(select c.id from reunion_case c where c.sounds ?| array[{listed}])"))


async def case(actor: Actor, case_id: str) -> Case | None:
    """One case, or None when there is none within reach."""
    try:
        wanted = as_id(case_id)
    except Refusal:
        return None
    found = await access.readable(actor).filter(id=wanted).first()
    if found is not None:
        await common.note_reading(actor, found)
    return found


async def looks(standing: Standing) -> list[AccessLogEntry]:
    """Who looked: for the family, and for the officers of the case."""
    if not (standing.is_family or standing.is_ours):
        return []
    return await AccessLogEntry.filter(matter_id=standing.case.id).order_by("-at", "-id").limit(100)


async def _may_open_tip(actor: Actor, tip: Tip) -> bool:
    """Pictures of a tip: for whoever left it, and for the officers who answer it."""
    if not actor.is_staff:
        return tip.account_id == actor.account_id
    found = await access.readable(actor).filter(id=tip.case_id).first()
    return found is not None and access.is_ours(actor, found) and actor.may(Permission.TIP_ANSWER)


async def shown_of(case: Case) -> list[Bulletin]:
    """The bulletin of a case as everybody sees it; what a family's own scope may read."""
    return await Bulletin.filter(case_id=case.id, state=BulletinState.PUBLISHED).only(*SHOWN)


async def my_tips(actor: Actor) -> list[Tip]:
    """What this citizen left, newest first."""
    actor.require(Permission.TIP_LEAVE)
    return await Tip.filter(account_id=actor.account_id).order_by("-left_at", "-id").limit(50)


async def may_open(actor: Actor, matter_id: UUID, subject_id: UUID, blurred: bool) -> bool:
    """The guard of files and papers: photographs for the officers who work on a case, and, opened by their county, of a candidate.

    A look at a picture is written down, unless it is blurred.
    """
    if not actor.may(Permission.READ):
        return False
    tip = await Tip.get_or_none(id=matter_id)
    if tip is not None:
        return await _may_open_tip(actor, tip)
    found = await access.readable(actor).filter(id=matter_id).first()
    if found is None and actor.is_staff:
        # An expert's view of the other side: the case is not in his list, its picture is in his candidates.
        found = await Case.get_or_none(id=matter_id)
        if found is None or not await Candidate.filter(other_id=matter_id).exists():
            return False
    if found is None:
        return False
    if await HandTask.filter(id=subject_id, case_id=matter_id).exists():
        # What a helper photographed is for the officers of the case.
        return access.is_ours(actor, found)
    if not await Picture.filter(id=subject_id, case_id=matter_id).exists():
        # Papers are for the officers of the case. What is neither was a picture that somebody took away.
        letter = access.is_ours(actor, found) or await desk_queries.is_letter_to(actor, subject_id)
        return letter and await Paper.filter(matter_id=matter_id, subject_id=subject_id).exists()
    if not access.is_ours(actor, found) and actor.is_staff:
        (chosen,) = await desk_queries.chosen_pictures(actor, [matter_id])
        if chosen is not None and str(subject_id) not in chosen:
            return False
    if blurred:
        return True
    if access.is_ours(actor, found):
        await note_look(actor, found, found.subject_id, "PICTURE", common.PURPOSE)
    elif actor.is_staff:
        await sharing.note_look(actor, found, found.subject_id, "PICTURE", common.PURPOSE)
    return True


# ------------------------------------------------------------------------------------------------------ many hands


def _addressed(actor: Actor) -> Q:
    """Tasks for me by name, or for my agency in a place of mine."""
    assert actor.membership is not None
    # Paths come from the table of divisions: digits and dots only.
    here = RawSQL(f"(select t.id from reunion_hand_task t where t.path <@ '{actor.membership.path}'::ltree)")
    return Q(assignee=actor.membership.id) | Q(assignee__isnull=True, role=str(actor.role), id__in=here)


async def tasks(actor: Actor, *, open: bool, first: int, after: str | None) -> Page[HandTask]:
    """What waits for me, the nearest limit first; or what is done and over, newest first."""
    actor.require(Permission.DO_TASK)
    waiting = (TaskState.GIVEN, TaskState.ACCEPTED, TaskState.RETURNED)
    query = HandTask.filter(_addressed(actor))
    if open:
        return await oldest_first(query.filter(state__in=waiting), by="due_at", first=first, after=after)
    return await newest_first(query.exclude(state__in=waiting), by="given_at", first=first, after=after)


async def may_see_task(actor: Actor, row: HandTask) -> bool:
    """Whoever is asked, and the officers of the case."""
    if actor.may(Permission.DO_TASK) and access.is_addressed(actor, row):
        return True
    if not actor.may(Permission.READ):
        return False
    found = await access.readable(actor).filter(id=row.case_id).first()
    return found is not None and access.is_ours(actor, found)


async def task(actor: Actor, task_id: str) -> HandTask | None:
    """One task, or None when there is none within reach."""
    if not actor.is_staff:
        return None
    try:
        row = await HandTask.get_or_none(id=as_id(task_id))
    except Refusal:
        return None
    return row if row is not None and await may_see_task(actor, row) else None


async def helpers(actor: Actor, case_id: str, role: str) -> list[Membership]:
    """Who may be asked by name for this case."""
    actor.require(Permission.GIVE)
    found = await access.readable(actor).filter(id=as_id(case_id, "caseId")).first()
    if found is None or not access.is_ours(actor, found):
        raise not_found("caseId")
    if role not in (*hands.AGENCIES, *hands.HELPERS):
        raise Refusal("INVALID", "role")
    return await hands.helpers(found, Role(role))


#: Step of the closed loop → the events that take it; the first one counts.
LOOP = {
    LoopStage.FOUND: ("reunion:case:registered",),
    LoopStage.NOTICE: ("reunion:bulletin:published", "reunion:bulletin:forgone"),
    LoopStage.CHECK: ("reunion:quick_check:recorded",),
    LoopStage.SEARCH: ("reunion:search:approved",),
    LoopStage.PROOF: ("reunion:identity:confirmed",),
    LoopStage.RETURN: ("reunion:return:handed_over",),
    LoopStage.FOLLOW_UP: ("reunion:follow_up:recorded",),
}


async def loop(case: Case) -> list[tuple[LoopStage, Event | None]]:
    """发现—公告—核查—比对—确认—返乡—回访: who took each step, and when."""
    wanted = [tag for tags in LOOP.values() for tag in tags]
    rows = await Event.filter(matter_id=case.id, tag__in=wanted).order_by("seq")
    return [(step, next((row for row in rows if row.tag in tags), None)) for step, tags in LOOP.items()]


async def rows_behind(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, RowBehind]:
    """The cases among these that the actor may read; whom they are about stands on their pages."""
    return {row.id: RowBehind(row.code, "", row.state) for row in await access.readable(actor).filter(id__in=list(ids))}
