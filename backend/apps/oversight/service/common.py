"""What every command needs: find and lock the matter, know the actor's standing, and tell those who must be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.apps.oversight import access
from backend.apps.oversight.access import Standing
from backend.apps.oversight.enums import PartKind, Trigger
from backend.apps.oversight.models import Clue, JointProject, Lesson, Part, Recommendation, Signer, Suggestion
from backend.apps.oversight.workflow import CLUES, JOINT, LESSONS, RECOMMENDATIONS, SUGGESTIONS
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.service import attach
from backend.kernel.instruments.models import PaperSignature
from backend.kernel.jobs.service import enqueue
from backend.kernel.tenancy.models import Division
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.matters import Steps, officers

APP = "oversight"
TELL_JOB = "oversight.tell"
TELL_SIGNERS_JOB = "oversight.tell_signers"
#: What an upload for this application is announced for.
FILES = "oversight"
MOST_FILES = 9

clue_steps = Steps(APP, CLUES)
recommendation_steps = Steps(APP, RECOMMENDATIONS)
suggestion_steps = Steps(APP, SUGGESTIONS)
joint_steps = Steps(APP, JOINT)
lesson_steps = Steps(APP, LESSONS)

M = TypeVar("M", Clue, Recommendation, Suggestion, JointProject, Lesson)
READERS: dict[type[Any], Callable[[Actor], QuerySet[Any]]] = {
    Clue: access.readable, Recommendation: access.recommendations, Suggestion: access.suggestions, JointProject: access.projects,
    Lesson: access.lessons,
}  # fmt: skip

#: Of a limit that still runs: what was asked for before it was met concerns nobody any more.
_EXTENSION = """select case when exists (select 1 from extension_request e join matter_clock c on c.id = e.clock_id and c.county = e.county
        where e.matter_id = $1 and e.county = $2 and e.state = 'ASKED' and c.met_at is null) then 'extension' else 'no_extension' end"""
_WAITING = f"""
select array(
    select 'objection' where exists (select 1 from matter_clock c where c.matter_id = $1 and c.county = $2
        and c.rule = 'objection' and c.met_at is null and c.due_at >= $5)
    union all select 'rating' where exists (select 1 from oversight_part p where p.clue_id = $3 and p.county = $2
        and p.account_id = $4 and not exists (select 1 from oversight_rating g where g.recommendation_id = $1 and g.county = $2
            and g.part_id = p.id and g.round = $6))
    union all select 'answer' where exists (select 1 from oversight_rating g where g.recommendation_id = $1 and g.county = $2
        and g.answered_at is null)
    union all select 'promise' where exists (select 1 from oversight_promise m where m.recommendation_id = $1
        and m.county = $2 and m.state = 'OPEN')
    union all {_EXTENSION}
    union all select 'no_check' where not exists (select 1 from oversight_check k where k.recommendation_id = $1
        and k.county = $2 and k.done_at is null)
) as waiting
"""

_WAITING_SUGGESTION = f"""
select array(
    select 'return' where exists (select 1 from matter_clock c where c.matter_id = $1 and c.county = $2
        and c.rule = 'return' and c.met_at is null and c.due_at >= $4)
    union all select 'assist' where exists (select 1 from oversight_assist a where a.suggestion_id = $1 and a.county = $2
        and a.unit_name = $3 and a.given_at is null)
    union all {_EXTENSION}
    union all select 'first_round' where exists (select 1 from oversight_suggestion s where s.id = $1 and s.county = $2
        and s.replied_at is null)
    union all select 'finish' where not exists (select 1 from matter_clock c where c.matter_id = $1 and c.county = $2
        and c.rule = 'rate' and c.met_at is null and c.due_at >= $4)
) as waiting
"""


async def part_of(actor: Actor, clue_id: UUID) -> Part | None:
    """The actor's own part in a clue."""
    return await Part.get_or_none(clue_id=clue_id, account_id=actor.account_id)


async def standing_of(actor: Actor, matter: Clue | Recommendation | Suggestion | JointProject | Lesson) -> Standing:
    """What the actor is to the matter."""
    if isinstance(matter, Suggestion):
        return await _standing_in_suggestion(actor, matter)
    if isinstance(matter, Lesson):
        return Standing(actor, matter)
    if isinstance(matter, JointProject):
        unsigned = PaperSignature.filter(matter_id=matter.id, account_id=actor.account_id, signed_at__isnull=True)
        return Standing(actor, matter, waiting=frozenset({"notice"}) if await unsigned.exists() else frozenset())
    clue_id = matter.id if isinstance(matter, Clue) else matter.clue_id
    part = await part_of(actor, clue_id)
    waiting: frozenset[str] = frozenset()
    if isinstance(matter, Recommendation):
        (row,) = await fetch(
            _WAITING, matter.id, matter.county, matter.clue_id, actor.account_id, clock.now(), matter.round
        )
        waiting = frozenset(row["waiting"])
    return Standing(actor, matter, part=str(part.kind) if part else "", waiting=waiting)


async def _standing_in_suggestion(actor: Actor, row: Suggestion) -> Standing:
    agency = actor.membership.agency_name if actor.membership and access.is_unit(actor) else ""
    signer = await Signer.get_or_none(suggestion_id=row.id, account_id=actor.account_id)
    (found,) = await fetch(_WAITING_SUGGESTION, row.id, row.county, agency, clock.now())
    part = ""
    if agency:
        part = "MAIN" if agency == row.main_unit else "ASSISTING" if agency in row.assist_units else ""
    elif signer is not None:
        part = "LEAD" if signer.leads else "SIGNER"
    return Standing(actor, row, part=part, waiting=frozenset(found["waiting"]))


async def find(actor: Actor, kind: type[M], row_id: str | UUID, field: str = "id") -> M:
    """The row, locked. Raises `NOT_FOUND`."""
    wanted = row_id if isinstance(row_id, UUID) else as_id(row_id, field)
    row: M | None = await READERS[kind](actor).filter(id=wanted).select_for_update().first()
    if row is None:
        raise not_found(field)
    return row


async def begin(
    actor: Actor, kind: type[M], row_id: str | UUID, action: str, version: int | None = None, *, field: str = "id"
) -> M:
    """Lock a clue, recommendation, suggestion, project or lesson and make sure the actor may do `action` now.

    Raises:
        Refusal: `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `WRONG_STATE`, `STEP_UP_REQUIRED`, in this order.
    """
    row = await find(actor, kind, row_id, field)
    access.ACTIONS[kind][action].admit(await standing_of(actor, row), version)
    return row


def today() -> date:
    return local_date(clock.now())


def county_of(division: Division) -> str:
    """The county in which a division lies. Raises `INVALID` for one above the counties."""
    labels = division.path.split(".")
    if len(labels) < 3:
        raise Refusal("INVALID", "division")
    return labels[2]


def account_of(actor: Actor) -> UUID:
    assert actor.account_id is not None
    return actor.account_id


def name_of(actor: Actor) -> str:
    assert actor.membership is not None
    return actor.membership.name


# -------------------------------------------------------------------------------------------------- people


async def take_part(actor: Actor, clue: Clue, kind: PartKind, *, shielded: bool) -> Part:
    """The actor's own part. Raises `ALREADY_DONE` when he has one."""
    assert actor.membership is not None
    # Two taps at once: the second one waits, and finds the first.
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"part:{clue.id}:{actor.account_id}")
    if await part_of(actor, clue.id) is not None:
        raise Refusal("ALREADY_DONE")
    return await Part.create(
        **place_of(clue), clue_id=clue.id, account_id=account_of(actor), membership_id=actor.membership.id,
        name=actor.membership.name, kind=kind, shielded=shielded, at=clock.now(),
    )  # fmt: skip


async def hides(actor: Actor, clue_id: UUID) -> bool:
    """Whether the log must not tell who acted: a shield holds in what is kept for ever."""
    part = await part_of(actor, clue_id)
    return part is not None and part.shielded


async def tell_parts(matter: Clue | Recommendation, step: str) -> None:
    """Everybody with a part in the clue hears of the step, by a job: whoever took it may not know who they are."""
    clue_id = matter.id if isinstance(matter, Clue) else matter.clue_id
    await enqueue(TELL_JOB, matter, clue_id=str(clue_id), step=step)


async def tell_officers(matter: Any, kind: str, *roles: Role, **data: Any) -> None:
    """Officers in these roles whose place contains the matter's."""
    await clue_steps.tell([row.account_id for row in await officers(matter, *roles)], kind, matter, **data)


async def tell_unit(row: Recommendation, kind: str, **data: Any) -> None:
    await tell_agency(row, row.unit_name, kind, **data)


async def tell_agency(matter: Any, agency: str, kind: str, **data: Any) -> None:
    """The officers of an agency, by its name."""
    members = [each for each in await officers(matter, Role.SUPERVISED_UNIT) if each.agency_name == agency]
    await clue_steps.tell([each.account_id for each in members], kind, matter, **data)


async def tell_agencies(row: Suggestion, step: str) -> None:
    """The main agency and those that help it hear of a step."""
    for agency in dict.fromkeys((row.main_unit, *row.assist_units)):
        await tell_agency(row, agency, "suggestion.step", step=step)


async def tell_signers(row: Suggestion, step: str) -> None:
    """As `tell_parts`, for the deputies who signed a suggestion."""
    await enqueue(TELL_SIGNERS_JOB, row, suggestion_id=str(row.id), step=step)


# --------------------------------------------------------------------------------------- files, clocks, triggers


async def attach_files(
    actor: Actor, ids: list[Any] | None, matter: Any, *, subject_id: UUID | None = None, matter_id: UUID | None = None, hide: bool = False
) -> list[str]:
    """Attach what was uploaded; returns the ids as the row keeps them."""
    checks = Checks()
    checks.items("fileIds", ids, most=MOST_FILES)
    checks.done()
    wanted = [as_id(str(each), f"fileIds.{number}") for number, each in enumerate(ids or [])]
    files = await attach(
        actor, wanted, matter, subject_id=subject_id, matter_id=matter_id, purpose=FILES, field="fileIds", hide_uploader=hide,
        app=APP,
    )  # fmt: skip
    return [str(file.id) for file in files]


async def meet(matter: Any, *rules: str) -> None:
    for rule in rules:
        await clocks.meet(matter.id, rule, clock.now())


async def meet_all(matter: Any) -> None:
    """The matter is at an end: nothing runs any more."""
    running = await MatterClock.filter(matter_id=matter.id, met_at__isnull=True).values_list("rule", flat=True)
    await meet(matter, *{str(rule) for rule in running})


async def notice_trigger(actor: Actor, clue: Clue, trigger: Trigger) -> None:
    """The first reason for joint supervision is remembered; both sides hear of it, and decide."""
    if clue.trigger is not None:
        return
    clue.trigger = trigger
    await clue_steps.note(actor, clue, "joint:triggered", hide_actor=True, trigger=trigger)
    await tell_officers(clue, "joint.triggered", Role.NPC_OFFICE, Role.CHIEF_PROSECUTOR, trigger=trigger)
