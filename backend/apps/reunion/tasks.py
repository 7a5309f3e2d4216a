"""Jobs and sweeps of reunion. Sweeps find; one job per row locks, looks again and acts."""

from __future__ import annotations

from backend.apps.reunion.models import Case
from backend.apps.reunion.service import (
    bulletins,
    cards,
    care,
    common,
    desk,
    endings,
    gallery,
    hands,
    imports_common,
    imports_faces,
    imports_reading,
    imports_running,
    pairs,
    proofs,
    replies,
    searches,
    tips,
)
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
    "care_review": (Role.RESCUE_STATION, Role.CIVIL_AFFAIRS),
    "card_call": cards.DUTY,
}
NEAR, PAST = 80, 100


async def on_clock_mark(actor: Actor, clock: MatterClock, mark: int) -> None:
    """A limit is near or past: whoever it binds is told; the log remembers what was missed."""
    if clock.rule.startswith("task_") and mark >= NEAR:
        await hands.on_mark(actor, clock, mark)
        return
    case = await Case.get_or_none(id=clock.matter_id)
    if case is None or mark not in (NEAR, PAST):
        return
    if mark == PAST:
        await record(actor, "reunion:clock:mark", case, rule=clock.rule, mark=mark)
    if clock.rule.startswith("assist"):
        await desk.remind(clock.subject_id, mark)
        return
    roles = HEARERS.get(clock.rule.removesuffix("_emergency"), (Role.POLICE_OFFICER,))
    await common.tell(await common.accounts(case, *roles), "clock.mark", case, rule=clock.rule, mark=mark)


JOBS: dict[str, JobHandler] = {
    bulletins.END_JOB: bulletins.end,
    bulletins.SHOW_JOB: bulletins.show,
    care.RETRY_JOB: care.remind,
    endings.CLOSE_JOB: endings.close_pair,
    gallery.FORGET_JOB: endings.forget,
    gallery.GALLERY_JOB: gallery.keep,
    gallery.READ_JOB: gallery.read,
    hands.MET_JOB: hands.met,
    imports_common.FACES_JOB: imports_faces.read,
    imports_common.CHECK_JOB: imports_reading.check,
    imports_common.FINISH_JOB: imports_running.finish,
    imports_common.READ_JOB: imports_reading.read,
    imports_common.RUN_JOB: imports_running.run,
    pairs.BLANK_JOB: pairs.blank_stale,
    pairs.CLOSE_RECORD_JOB: pairs.close_record,
    pairs.LOSE_JOB: pairs.lose,
    pairs.OPEN_JOB: pairs.open_record,
    proofs.PAIR_JOB: proofs.be_found,
    replies.FORGET_JOB: desk.forget,
    replies.FORGET_REPLY_JOB: replies.forget_reply,
    replies.HEAR_JOB: desk.hear,
    replies.LAPSE_JOB: desk.lapse,
    replies.THANKED_JOB: replies.be_thanked,
    searches.LAPSE_JOB: searches.lapse,
    searches.RUN_JOB: searches.run,
    tips.TAKE_JOB: tips.take,
}

CRONS = (
    Cron("reunion.retries", care.sweep_retries, every_seconds=3600),
    Cron("reunion.imports", imports_running.sweep_forgotten, every_seconds=3600),
    Cron("reunion.bulletins", bulletins.sweep_ended, every_seconds=30),
    Cron("reunion.desk_replies", replies.sweep_replies, every_seconds=5),
    Cron("reunion.desk_over", replies.sweep_over, every_seconds=30),
    Cron("reunion.desk_forgotten", replies.sweep_to_forget, every_seconds=3600),
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
