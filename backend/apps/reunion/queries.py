"""Reads of reunion. Every one starts from `access`; an officer's look at a case leaves a line the family reads."""

from __future__ import annotations

from uuid import UUID

from tortoise.expressions import Q, RawSQL

from backend.apps.reunion import access, names
from backend.apps.reunion.access import Standing
from backend.apps.reunion.enums import CaseState
from backend.apps.reunion.inputs import ReunionCaseFilter
from backend.apps.reunion.models import Candidate, Case, Picture
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.apps.reunion.workflow import ENDED
from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page, newest_first
from backend.kernel.instruments.models import Paper
from backend.kernel.privacy.looks import note_look
from backend.kernel.privacy.models import AccessLogEntry
from backend.kernel.sharing import service as sharing
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id


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


async def may_open(actor: Actor, matter_id: UUID, subject_id: UUID) -> bool:
    """The guard of files and papers: photographs for the officers who work on a case, and, opened by their county, of a candidate.

    A look at a picture is written down.
    """
    if not actor.may(Permission.READ):
        return False
    found = await access.readable(actor).filter(id=matter_id).first()
    if found is None and actor.is_staff:
        # An expert's view of the other side: the case is not in his list, its picture is in his candidates.
        found = await Case.get_or_none(id=matter_id)
        if found is None or not await Candidate.filter(other_id=matter_id).exists():
            return False
    if found is None:
        return False
    if not await Picture.filter(id=subject_id, case_id=matter_id).exists():
        # Papers are for the officers of the case. What is neither was a picture that somebody took away.
        return access.is_ours(actor, found) and await Paper.filter(matter_id=matter_id, subject_id=subject_id).exists()
    if access.is_ours(actor, found):
        await note_look(actor, found, found.subject_id, "PICTURE", common.PURPOSE)
    elif actor.is_staff:
        await sharing.note_look(actor, found, found.subject_id, "PICTURE", common.PURPOSE)
    return True

