"""Two counties' records beside each other: opened for the comparison, closed again, lost, and forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from backend.apps.reunion.enums import CandidateState, CaseState
from backend.apps.reunion.models import Candidate, Case, Review
from backend.apps.reunion.service import common, searches
from backend.apps.reunion.service.gallery import belongs
from backend.apps.reunion.workflow import SEARCHABLE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.sharing import service as sharing

OPEN_JOB = "reunion.open_record"
CLOSE_RECORD_JOB = "reunion.close_record"
LOSE_JOB = "reunion.lose"
BLANK_JOB = "reunion.blank"
#: A lead is verified in less; with the last candidate a record is closed anyway.
LONGEST_OPEN = timedelta(days=180)


async def sweep_to_open(now: datetime) -> None:
    """Candidates whose record its own county has not opened yet to those who review."""
    await enqueue_found(
        OPEN_JOB,
        """select 'open:' || c.id::text as row, o.county, o.path, o.id as matter, jsonb_build_object('case_id', o.id,
               'to_county', c.county, 'to_path', f.path, 'to_case', c.case_id, 'purpose', s.purpose) as args
           from reunion_candidate c join reunion_case o on o.id = c.other_id and o.county = c.other_county
               join face_search s on s.id = c.search_id and s.county = c.county
               join reunion_case f on f.id = c.case_id and f.county = c.county
           where (c.state = 'LEAD' or c.state = 'OPEN' and s.expires_at > $1) and c.found_at <= $1 and o.ended_at is null
               and not o.no_contact and not exists (select 1 from share h where h.matter_id = o.id
                   and h.to_matter = c.case_id and h.ended_at is null)""",
        now,
    )


async def open_record(actor: Actor, case_id: str, to_county: str, to_path: str, to_case: str, purpose: str) -> None:
    """Job of the record's county: it may be read for this comparison."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or not belongs(case):
        return
    opened = await sharing.open_to(
        case, common.APP, to_county=to_county, to_path=to_path, to_matter=UUID(to_case), reason=purpose,
        until=clock.now() + LONGEST_OPEN,
    )  # fmt: skip
    if opened is not None:
        # For whom stays in the share: a report's own county need not learn where a guest was found.
        await common.note(actor, case, "record:opened", purpose=purpose)


async def sweep_to_close(now: datetime) -> None:
    """Records that are open though nobody works on them any more: dismissed, over, or not reviewed within the approval."""
    await enqueue_found(
        CLOSE_RECORD_JOB,
        """select 'close:' || h.id::text as row, h.county, h.path, h.matter_id as matter,
               jsonb_build_object('case_id', h.matter_id, 'to_case', h.to_matter) as args
           from share h where h.app = 'reunion' and h.ended_at is null and h.opened_at <= $1 and not exists (
               -- What was opened for a request of the desk ends with that.
               select 1 from reunion_assist a where a.case_id = h.matter_id and a.county = h.county
                   and (a.id = h.to_matter or a.heard ? h.to_matter::text)) and not exists (
               select 1 from reunion_candidate c join face_search s on s.id = c.search_id and s.county = c.county
                   join reunion_case f on f.id = c.case_id and f.county = c.county
               where c.case_id = h.to_matter and c.other_id = h.matter_id and f.ended_at is null
                   and (c.state in ('LEAD', 'CONFIRMED') or c.state = 'OPEN' and s.expires_at > $1))""",
        now,
    )


async def close_record(actor: Actor, case_id: str, to_case: str) -> None:
    """Job of the record's county."""
    case = await Case.get_or_none(id=UUID(case_id))
    if case is not None:
        await sharing.end(case, to_matter=UUID(to_case))


async def sweep_lost(now: datetime) -> None:
    """Candidates whose own county gave them up: found elsewhere, withdrawn, or they do not want to be found."""
    await enqueue_found(
        LOSE_JOB,
        """select 'lose:' || c.id::text as row, c.county, c.path, c.case_id as matter, jsonb_build_object('candidate_id', c.id) as args
           from reunion_candidate c join reunion_case o on o.id = c.other_id and o.county = c.other_county
           where c.state in ('OPEN', 'LEAD') and c.found_at <= $1
               and (o.no_contact or o.ended_at is not null or o.state <> all (string_to_array('{}', ',')))""".format(
            ",".join(sorted(SEARCHABLE))
        ),
        now,
    )


async def lose(actor: Actor, candidate_id: str) -> None:
    """Job: there is nobody on the other side any more."""
    found = await Candidate.get_or_none(id=UUID(candidate_id))
    if found is None:
        return
    case = await Case.filter(id=found.case_id).select_for_update().first()
    row = await Candidate.filter(id=found.id).select_for_update().first()
    if case is None or row is None or row.state not in (CandidateState.OPEN, CandidateState.LEAD):
        return
    was_lead = row.state == CandidateState.LEAD
    row.state, row.decided_at = CandidateState.DISMISSED, clock.now()
    await blank(row)
    left = await Candidate.filter(case_id=case.id, state=CandidateState.OPEN).exists()
    if was_lead or (case.state == CaseState.CANDIDATES and not left):
        await common.move(actor, case, "lose", "candidate:lost", {"candidate": row.id})
        await common.tell(await common.accounts(case, Role.POLICE_OFFICER, Role.RESCUE_STATION), "candidate.lost", case)
        await searches.go_on(actor, case)


async def blank(row: Candidate) -> None:
    """That there was such a pair stays, so that it is not proposed again; how alike it was does not (`domain.md` 1.9)."""
    row.comparison, row.cosine, row.picture_id, row.score = {}, None, None, 0.0
    await row.save()
    await Review.filter(candidate_id=row.id).delete()


async def sweep_stale(now: datetime) -> None:
    """Candidates that were rejected more than a week ago."""
    await enqueue_found(
        BLANK_JOB,
        """select 'blank:' || id::text as row, county, path, case_id as matter, jsonb_build_object('candidate_id', id) as args
           from reunion_candidate where state in ('DISMISSED', 'DISPROVED') and decided_at < $1::timestamptz - interval '7 days'
               and (comparison <> '{}' or cosine is not null)""",
        now,
    )


async def blank_stale(actor: Actor, candidate_id: str) -> None:
    """Job: see `blank`."""
    row = await Candidate.filter(id=UUID(candidate_id)).select_for_update().first()
    if row is not None and row.state in (CandidateState.DISMISSED, CandidateState.DISPROVED):
        await blank(row)
