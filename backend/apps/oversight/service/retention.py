"""What nobody took up is not kept: a year after its end the words and files of a clue are erased, and the log keeps that they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from backend.apps.oversight import papers, rules
from backend.apps.oversight.enums import ClueState as S
from backend.apps.oversight.models import Clue, LogEntry, Part
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.instruments.models import Paper
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.privacy.retention import keep_for

ERASE_JOB = "oversight.erase"
#: Declined, or ended without a case. What went elsewhere is kept by the rules of the files it went into.
FORGOTTEN = (S.REJECTED, S.ENDED)
#: Merged into one of them, which is erased first.
_WITH_ITS_TARGET = (
    "c.state = 'MERGED' and exists (select 1 from oversight_clue t where t.id = c.merged_into and t.county = c.county "
    "and t.erased_at is not null)"
)


async def sweep_forgotten(now: datetime) -> None:
    """Clues whose year is over."""
    states = ", ".join(f"'{state}'" for state in FORGOTTEN)
    await enqueue_found(
        ERASE_JOB,
        f"""select 'clue:' || c.id::text as row, c.county, c.path, c.id as matter, jsonb_build_object('clue_id', c.id) as args
            from oversight_clue c where c.erased_at is null and c.ended_at <= $1::timestamptz - interval '{rules.KEPT_FOR.days} days'
                and (c.state in ({states}) or {_WITH_ITS_TARGET})""",
        now,
    )


async def erase(actor: Actor, clue_id: str) -> None:
    """Job: repeatable, and nothing happens to a clue whose year is not over."""
    clue = await Clue.filter(id=UUID(clue_id)).select_for_update().first()
    if clue is None or clue.erased_at is not None or not await _is_over(clue):
        return
    logged = await LogEntry.filter(clue_id=clue.id)
    for file_id in (*clue.files, *(file for entry in logged for file in entry.files)):
        await keep_for(clue, UUID(file_id), "OVERSIGHT_CLUE", timedelta(0), rules.KEPT_BASIS)
    await Part.filter(clue_id=clue.id).update(name="")
    clue.title = clue.content = clue.place_text = clue.reason = clue.assessment = clue.organ = ""
    clue.latitude = clue.longitude = None
    clue.files, clue.erased_at = [], clock.now()
    clue.version += 1
    # Not `updated_at`: it would come to the top of every list once more.
    await clue.save()
    # Letters of the investigation say what the log says. That there was one, its number tells.
    await Paper.filter(matter_id=clue.id, template=papers.ASSISTANCE).update(facts={}, markdown="", html="")
    # The investigation is append-only: the database itself empties it, of a clue that is erased.
    await execute("select oversight_empty_log($1, $2)", clue.id, clue.county)
    await record(actor, "oversight:clue:erased", clue, from_state=clue.state, to_state=clue.state, basis=rules.KEPT_BASIS)


async def _is_over(clue: Clue) -> bool:
    if clue.ended_at is None or clue.ended_at > clock.now() - rules.KEPT_FOR:
        return False
    if clue.state in FORGOTTEN:
        return True
    return clue.state == S.MERGED and await Clue.filter(id=clue.merged_into, erased_at__isnull=False).exists()
