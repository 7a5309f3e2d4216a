"""Jobs and sweeps of reunion. Sweeps find; one job per row locks, looks again and acts."""

from __future__ import annotations

from backend.apps.reunion.models import Case
from backend.apps.reunion.service import common, endings, gallery, pairs, proofs, searches
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.manifest import Cron, JobHandler

#: Who hears that a limit is near or past, by rule.
HEARERS = {
    "approve": (Role.POLICE_CHIEF,),
    "review": (Role.FACE_EXPERT, Role.POLICE_OFFICER),
    "verify": (Role.POLICE_OFFICER, Role.CIVIL_AFFAIRS),
    "return": (Role.RESCUE_STATION, Role.CIVIL_AFFAIRS),
    "notice": (Role.RESCUE_STATION,),
    "station": (Role.RESCUE_STATION, Role.CIVIL_AFFAIRS),
}
NEAR, PAST = 80, 100


async def on_clock_mark(actor: Actor, clock: MatterClock, mark: int) -> None:
    """A limit is near or past: whoever it binds is told; the log remembers what was missed."""
    case = await Case.get_or_none(id=clock.matter_id)
    if case is None or mark not in (NEAR, PAST):
        return
    if mark == PAST:
        await record(actor, "reunion:clock:mark", case, rule=clock.rule, mark=mark)
    roles = HEARERS.get(clock.rule.removesuffix("_emergency"), (Role.POLICE_OFFICER,))
    await common.tell(await common.accounts(case, *roles), "clock.mark", case, rule=clock.rule, mark=mark)


JOBS: dict[str, JobHandler] = {
    endings.CLOSE_JOB: endings.close_pair,
    gallery.FORGET_JOB: endings.forget,
    gallery.GALLERY_JOB: gallery.keep,
    gallery.READ_JOB: gallery.read,
    pairs.BLANK_JOB: pairs.blank_stale,
    pairs.CLOSE_RECORD_JOB: pairs.close_record,
    pairs.LOSE_JOB: pairs.lose,
    pairs.OPEN_JOB: pairs.open_record,
    proofs.PAIR_JOB: proofs.be_found,
    searches.LAPSE_JOB: searches.lapse,
    searches.RUN_JOB: searches.run,
}

CRONS = (
    Cron("reunion.open_records", pairs.sweep_to_open, every_seconds=5),
    Cron("reunion.close_records", pairs.sweep_to_close, every_seconds=30),
    Cron("reunion.lost", pairs.sweep_lost, every_seconds=30),
    Cron("reunion.stale", pairs.sweep_stale, every_seconds=3600),
    Cron("reunion.search_again", searches.sweep_again, every_seconds=60),
    Cron("reunion.pairs", proofs.sweep_pairs, every_seconds=10),
    Cron("reunion.returned", endings.sweep_pairs, every_seconds=60),
    Cron("reunion.pictures", gallery.sweep_waiting, every_seconds=60),
    Cron("reunion.lapsed", searches.sweep_lapsed, every_seconds=60),
)
