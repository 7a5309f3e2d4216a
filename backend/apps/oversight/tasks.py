"""Jobs and sweeps of oversight. Sweeps find; one job per row locks, looks again and acts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.apps.oversight import rules
from backend.apps.oversight.models import AssistOpinion, Clue, Part, Recommendation, Signer, Suggestion
from backend.apps.oversight.service import clues, common, recommendations, retention
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.manifest import Cron, JobHandler

OVERDUE_JOB = "oversight.overdue"
#: Who hears that a limit is near or past, by rule.
HEARERS = {
    "screen": (Role.PROSECUTOR, Role.NPC_OFFICE),
    "feedback": (Role.PROSECUTOR, Role.NPC_OFFICE),
    "first_hand": (Role.CHIEF_PROSECUTOR,),
    "investigate": (Role.PROSECUTOR,),
    "promise": (Role.PROSECUTOR,),
}
#: Of these the unit is reminded; a granted extension moved their marks along with the day.
OF_THE_UNIT = frozenset({*recommendations.REPLY_RULES, "promise"})
#: Rights that end unused, and no duties that were missed.
RIGHTS = frozenset({"objection", "return"})
#: The office's own limits of a suggestion.
OF_THE_OFFICE = frozenset({"feedback", "assign", "reassign", "settle"})
NEAR, PAST = 80, 100


async def on_clock_mark(actor: Actor, clock: MatterClock, mark: int) -> None:
    """A limit is near or past: whoever it binds is told; the log remembers what was missed."""
    matter = await _matter(clock)
    if matter is None or mark not in (NEAR, PAST):
        return
    if clock.rule in RIGHTS:
        if mark == PAST:
            await common.meet(matter, clock.rule)
        return
    # Not to rate is no duty missed either; but the office hears that it may go on.
    if mark == PAST and clock.rule != "rate":
        await record(actor, "oversight:clock:mark", matter, rule=clock.rule, mark=mark)
    if isinstance(matter, Suggestion):
        await _remind_of_suggestion(matter, clock, mark)
        return
    if isinstance(matter, Recommendation) and clock.rule in OF_THE_UNIT:
        await common.tell_unit(matter, "clock.mark", rule=clock.rule, mark=mark)
    if mark == PAST or clock.rule not in OF_THE_UNIT:
        await common.tell_officers(matter, "clock.mark", *HEARERS.get(clock.rule, (Role.PROSECUTOR,)), rule=clock.rule, mark=mark)


async def _matter(clock: MatterClock) -> Clue | Recommendation | Suggestion | None:
    for kind in (Clue, Recommendation, Suggestion):
        found = await kind.get_or_none(id=clock.matter_id)
        if found is not None:
            return found
    return None


async def _remind_of_suggestion(row: Suggestion, clock: MatterClock, mark: int) -> None:
    """Whose limit it is, an agency or the leading deputy; the congress's office once it is past, or when the limit is its own."""
    agency = row.main_unit
    if clock.rule == "assist":
        agency = (await AssistOpinion.get(id=clock.subject_id)).unit_name
    if clock.rule == "rate":
        await common.suggestion_steps.tell([row.lead_account], "clock.mark", row, rule=clock.rule, mark=mark)
    elif clock.rule not in OF_THE_OFFICE:
        await common.tell_agency(row, agency, "clock.mark", rule=clock.rule, mark=mark)
    if mark == PAST or clock.rule in OF_THE_OFFICE:
        await common.tell_officers(row, "clock.mark", Role.NPC_OFFICE, rule=clock.rule, mark=mark)


async def tell_signers(actor: Actor, suggestion_id: str, step: str) -> None:
    """Job: every deputy who signed hears of the step."""
    row = await Suggestion.get(id=UUID(suggestion_id))
    accounts = [each.account_id for each in await Signer.filter(suggestion_id=row.id).order_by("account_id")]
    await common.suggestion_steps.tell(accounts, "suggestion.step", row, step=step)


async def tell(actor: Actor, clue_id: str, step: str) -> None:
    """Job: everybody with a part in the clue, and in one that was merged into it, hears of the step."""
    clue = await Clue.get(id=UUID(clue_id))
    accounts = [part.account_id for part in await Part.filter(clue_id=clue.id).order_by("account_id")]
    await common.clue_steps.tell(accounts, "clue.step", clue, step=step)


async def sweep_overdue(now: datetime) -> None:
    """Recommendations without a reply long after its day, whose clue nobody has marked for joint supervision."""
    await enqueue_found(
        OVERDUE_JOB,
        f"""select distinct r.id::text as row, r.county, r.path, r.id as matter, jsonb_build_object('recommendation_id', r.id) as args
            from matter_clock c join oversight_recommendation r on r.id = c.matter_id and r.county = c.county
                join oversight_clue k on k.id = r.clue_id and k.county = r.county
            where c.app = 'oversight' and c.met_at is null and c.rule = any ('{{{",".join(recommendations.REPLY_RULES)}}}')
                and c.due_at + interval '{rules.OVERDUE_DAYS} days' < $1 and k.trigger is null and r.ended_at is null""",
        now,
    )


JOBS: dict[str, JobHandler] = {
    clues.CREDIT_JOB: clues.share_credit,
    common.TELL_JOB: tell,
    common.TELL_SIGNERS_JOB: tell_signers,
    OVERDUE_JOB: recommendations.notice_overdue,
    retention.ERASE_JOB: retention.erase,
}

CRONS = (
    Cron("oversight.forgotten", retention.sweep_forgotten, every_seconds=3600),
    Cron("oversight.overdue", sweep_overdue, every_seconds=3600),
)
