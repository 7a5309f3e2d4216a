"""Reads of supervision. Every one starts from `access`; an officer's look at a case leaves a line the person reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from backend.apps.rehab import access, figures
from backend.apps.rehab.enums import CheckInState, LinkKind
from backend.apps.rehab.inputs import RehabCaseFilter, RehabTaskFilter
from backend.apps.rehab.models import Case, CheckIn, DrugTest, RuleSet, Task, Transfer
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import chain, common, duties
from backend.apps.rehab.workflow import ENDED, LIVE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import fetch
from backend.kernel.errors import Refusal
from backend.kernel.faces.models import FaceEnrolment
from backend.kernel.graphql.pages import Page, newest_first, oldest_first
from backend.kernel.identity.models import Membership
from backend.kernel.privacy.looks import note_look
from backend.kernel.privacy.models import AccessLogEntry
from backend.kernel.tenancy.models import Level, level_of_path
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id
from backend.kernel.workflow.matters import officers


async def cases(actor: Actor, wanted: RehabCaseFilter | None, first: int, after: str | None) -> Page[Case]:
    """Cases within reach, newest change first."""
    query = access.readable(actor)
    if wanted is not None:
        for field, values in (("band__in", wanted.bands), ("state__in", wanted.states), ("kind__in", wanted.kinds)):
            if values:
                query = query.filter(**{field: values})
        if wanted.open is not None:
            query = query.exclude(state__in=ENDED) if wanted.open else query.filter(state__in=ENDED)
        if wanted.overdue:
            query = query.filter(id__in=RawSQL("(select t.case_id from rehab_task t where t.state = 'MISSED')"))
        if wanted.to_review:
            query = query.filter(id__in=RawSQL("(select c.case_id from rehab_check_in c where c.state = 'IN_REVIEW')"))
        if wanted.division:
            division = await find_division(wanted.division)
            if division is None:
                raise Refusal("NOT_FOUND", "division")
            # The path comes from the table of divisions: digits and dots only.
            query = query.filter(id__in=RawSQL(f"(select c.id from rehab_case c where c.path <@ '{division.path}'::ltree)"))
        if wanted.search and wanted.search.strip():
            text = wanted.search.strip()[:60]
            query = query.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return await newest_first(query, by="updated_at", first=first, after=after)


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


async def own_case(actor: Actor) -> Case | None:
    """The private person's own running case, or the last one."""
    if actor.membership is not None or not actor.may(Permission.READ):
        return None
    rows = await Case.all().order_by("-registered_at")
    running = [row for row in rows if row.state not in ENDED]
    return next(iter(running or rows), None)


async def tasks(actor: Actor, wanted: RehabTaskFilter | None, first: int, after: str | None) -> Page[Task]:
    """The actor's own duties that have opened, the latest due first; an officer's visits of the next days too."""
    query = access.own_tasks(actor)
    if actor.membership is None:
        query = query.filter(opens_at__lte=clock.now())
    if wanted is not None and wanted.kinds:
        query = query.filter(kind__in=wanted.kinds)
    if wanted is not None and wanted.case_id:
        query = query.filter(case_id=as_id(wanted.case_id, "caseId"))
    if wanted is None or wanted.open is not False:
        query = query.filter(state__in=list(duties.OPEN))
    return await newest_first(query, by="due_at", first=first, after=after)


async def task(actor: Actor, task_id: str) -> Task | None:
    """One of the actor's own duties."""
    try:
        return await access.own_tasks(actor).filter(id=as_id(task_id)).first()
    except Refusal:
        return None


#: Whoever asks for help stands in line as if he had come a century ago.
_IN_LINE_SINCE = "received_at - case when wants_help then interval '100 years' else interval '0' end"


async def review_queue(actor: Actor, case_id: str | None, first: int, after: str | None) -> Page[CheckIn]:
    """Check-ins that wait for a person, within reach, of all cases or one: who asks for help first, then who waits longest."""
    actor.require(Permission.REVIEW)
    reach = access.readable(actor)
    if case_id is not None:
        reach = reach.filter(id=as_id(case_id, "caseId"))
    mine = [row.id for row in await reach.only("id")]
    query = CheckIn.filter(state=CheckInState.IN_REVIEW, case_id__in=mine).annotate(in_line_since=RawSQL(_IN_LINE_SINCE))
    page = await oldest_first(query, by="in_line_since", first=first, after=after)
    # It shows mood, words and pictures.
    for found in await Case.filter(id__in={row.case_id for row in page.rows}):
        await common.note_reading(actor, found)
    return page


async def check_in(actor: Actor, check_in_id: str) -> CheckIn | None:
    """One check-in of a case within reach."""
    try:
        row = await CheckIn.get_or_none(id=as_id(check_in_id))
    except Refusal:
        return None
    if row is None or not await access.readable(actor).filter(id=row.case_id).exists():
        return None
    return row


async def chain_of(actor: Actor, found: Case) -> list[Task]:
    """Open and missed duties of every link, for those who answer for the case."""
    since = clock.now() - timedelta(days=30)
    query = Task.filter(case_id=found.id).filter(Q(state__in=list(duties.OPEN)) | Q(done_at__gt=since))
    return await query.filter(opens_at__lte=clock.now()).order_by("due_at").limit(100)


async def looks(actor: Actor, found: Case) -> list[AccessLogEntry]:
    """Who looked: everything for the person himself and for the office that answers for it."""
    standing = await common.standing_of(actor, found)
    if not (standing.is_self or access.is_office(standing)):
        return []
    return await AccessLogEntry.filter(matter_id=found.id, subject_id=found.subject_id).order_by("-at", "-id").limit(100)


async def caseload(actor: Actor) -> list[dict[str, Any]]:
    """My cases by colour, with how many have something open, missed, or to review."""
    ids = [row.id for row in await access.readable(actor).filter(state__in=list(LIVE)).only("id")]
    return await fetch(
        """select c.band, count(*) as n,
                  count(*) filter (where exists (select 1 from rehab_task t where t.case_id = c.id and t.county = c.county
                      and t.state = 'MISSED')) as missed,
                  count(*) filter (where exists (select 1 from rehab_check_in k where k.case_id = c.id
                      and k.county = c.county and k.state = 'IN_REVIEW')) as to_review
           from rehab_case c where c.id = any ($1) group by 1 order by 1""",
        ids,
    )


async def map_of_today(actor: Actor) -> list[tuple[Task, Case]]:
    """The officer's own visits that are open today, where the person has a known place."""
    if actor.membership is None:
        return []
    rows = await access.own_tasks(actor).filter(state__in=list(duties.OPEN), opens_at__lte=clock.now()).limit(500)
    found = {row.id: row for row in await access.readable(actor).filter(id__in={row.case_id for row in rows})}
    return [(row, found[row.case_id]) for row in rows if row.case_id in found and found[row.case_id].home_latitude is not None]


async def assignees(actor: Actor, case_id: str, kind: LinkKind) -> list[Membership]:
    """Who may become this link of the case."""
    actor.require(Permission.LINKS)
    found = await case(actor, case_id)
    return await officers(found, *chain.ROLES.get(kind, ())) if found else []


async def rule_sets(actor: Actor) -> list[RuleSet]:
    """The county's rule sets, newest first."""
    actor.require(Permission.DRAFT_RULES)
    return await RuleSet.all().order_by("-drafted_at").limit(50)


async def transfers(actor: Actor) -> list[Transfer]:
    """Cases that came from, or went to, other counties, newest first."""
    actor.require(Permission.TRANSFER)
    return await Transfer.all().order_by("-sent_at").limit(100)


#: Fewer persons than this are not shown as a group (`domain.md` 1.11-9).
SMALLEST_GROUP = 10


async def persons_by_band(path: str) -> dict[str, int | None]:
    """Supervised persons by colour; None for a group too small to be told apart."""
    return {row["band"]: told(row["n"], path) for row in await figures.by_band(path)}


async def band_flow(path: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Decided changes of colour in a period; a count is None for a group too small to be told apart."""
    rows = await figures.band_flow(path, start, end)
    return [{"from": row["was"], "to": row["is"], "count": told(row["n"], path)} for row in rows]


def told(count: int, path: str) -> int | None:
    """Townships know their people by name; further up a small group would be pointed at."""
    below = level_of_path(path) not in (Level.PROVINCE, Level.CITY, Level.COUNTY)
    return count if below or count >= SMALLEST_GROUP else None


async def may_open(actor: Actor, matter_id: UUID, subject_id: UUID, blurred: bool) -> bool:
    """The guard of files and papers: pictures for the responsible links, tests for those who work with the person, a
    task's own files for whoever the task belongs to. A look at a picture is written down."""
    if await access.own_tasks(actor).filter(id=subject_id).exists():
        return True
    if not actor.may(Permission.READ):
        return False
    found = await access.readable(actor).filter(id=matter_id).first()
    if found is None:
        return False
    standing = await common.standing_of(actor, found)
    if await CheckIn.filter(id=subject_id).exists() or await FaceEnrolment.filter(id=subject_id).exists():
        if not access.may_see_picture(standing):
            return False
        if not blurred:
            await note_look(actor, found, found.subject_id, "PICTURE", "核验报到照片")
        return True
    if await DrugTest.filter(id=subject_id).exists():
        return access.may_see_health(standing)
    return standing.is_self or standing.is_responsible


