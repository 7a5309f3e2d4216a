"""代表建议 on its way to an agency: raised, signed by others, reviewed and assigned by the congress's office, returned, taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.apps.oversight import access, papers, rules
from backend.apps.oversight.enums import PartKind
from backend.apps.oversight.enums import SuggestionState as G
from backend.apps.oversight.inputs import (
    AssignSuggestionInput,
    RaiseSuggestionInput,
    ReviewSuggestionInput,
    SignSuggestionInput,
    SuggestionStepInput,
)
from backend.apps.oversight.models import AssistOpinion, Signer, Suggestion
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.service import common
from backend.apps.oversight.workflow import HANDLED, SIGNABLE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.tenancy.service import lies_in, living
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.matters import officer

MOST_POINTS = 10
MOST_ASSISTING = 10
#: The limits of which a reply meets one.
REPLY_RULES = ("suggestion", "suggestion_wide", "rework")
_steps = common.suggestion_steps


async def raise_suggestion(actor: Actor, request: RaiseSuggestionInput) -> Suggestion:
    """A deputy writes a suggestion, with what he asks for point by point; the office hears of it."""
    actor.require(P.SUGGEST)
    assert actor.membership is not None
    checks = Checks()
    title = checks.text("title", request.title, least=4, most=80)
    text = checks.text("text", request.text, least=10, most=10_000)
    checks.items("points", request.points, least=1, most=MOST_POINTS)
    points = [checks.text(f"points.{number}", each, least=4, most=1000) for number, each in enumerate(request.points[:MOST_POINTS])]
    checks.done()
    division = await living(request.division)
    if not lies_in(division.path, actor.membership.path):
        raise not_found("division")
    county, now = common.county_of(division), clock.now()
    row = Suggestion(
        id=new_id(), county=county, path=division.path, code=rules.new_code(county, common.today(), "Y"), state=G.RAISED,
        session=request.session, field=request.field, title=title, text=text, points=points, public=request.public,
        lead_account=common.account_of(actor), lead_name=common.name_of(actor), raised_at=now, updated_at=now,
    )  # fmt: skip
    await row.save(force_create=True)
    await _put_name(actor, row, leads=True, clue=await _grown_from(actor, request.clue_id, row.county))
    row.files = await common.attach_files(actor, request.file_ids, row)
    await clocks.start(row, common.APP, rules.RULES["feedback"], now)
    await papers.suggestion(actor, row)
    await _steps.note(actor, row, "suggestion:raised", field=row.field, session=row.session)
    await common.tell_officers(row, "suggestion.raised", Role.NPC_OFFICE, field=row.field)
    return row


async def _grown_from(actor: Actor, clue_id: str | None, county: str) -> UUID | None:
    """A clue of mine from which the suggestion grew. Where I am shielded nothing remembers it: my name stands under the suggestion."""
    if clue_id is None:
        return None
    part = await common.part_of(actor, as_id(clue_id, "clueId"))
    if part is None or part.kind == PartKind.SOURCE or part.county != county:
        raise not_found("clueId")
    return None if part.shielded else part.clue_id


async def _put_name(actor: Actor, row: Suggestion, *, leads: bool, clue: UUID | None = None) -> None:
    await Signer(
        **place_of(row), id=new_id(), suggestion_id=row.id, account_id=common.account_of(actor), name=common.name_of(actor), leads=leads,
        clue_id=clue, at=clock.now(),
    ).save(force_create=True)  # fmt: skip


async def sign_suggestion(actor: Actor, request: SignSuggestionInput) -> Suggestion:
    """Another deputy puts his name to it, before it goes to an agency. Credit is shared by all.

    Raises:
        Refusal: `ALREADY_DONE` for a second signature.
    """
    actor.require(P.SUGGEST)
    wanted = as_id(request.id)
    # Two taps at once: the second one waits, and finds the first.
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"suggestion:{wanted}:{actor.account_id}")
    if await Signer.filter(suggestion_id=wanted, account_id=actor.account_id).exists():
        raise Refusal("ALREADY_DONE")
    seen = await access.suggestions(actor).filter(id=wanted).first()
    if seen is None:
        raise not_found("id")
    access.SUGGESTION_ACTIONS["sign"].admit(await common.standing_of(actor, seen))
    # Who signs may lock and change it, and who only reads may not: the name comes first.
    await _put_name(actor, seen, leads=False)
    row = await access.suggestions(actor).filter(id=wanted).select_for_update().get()
    if row.state not in SIGNABLE:
        raise Refusal("WRONG_STATE", state=row.state)
    row.co_signers = [*row.co_signers, common.name_of(actor)]
    await _steps.note(actor, row, "suggestion:signed", signers=len(row.co_signers) + 1)
    return row


async def review_suggestion(actor: Actor, request: ReviewSuggestionInput) -> Suggestion:
    """The office looks whether it is one: no single case, no private affair, nothing that lies with a court."""
    row = await common.begin(actor, Suggestion, request.id, "review", request.version)
    row.reason = text_of(request.opinion, "opinion", least=4)
    if request.accept:
        await common.meet(row, "feedback")
        await clocks.start(row, common.APP, rules.RULES["assign"], clock.now())
        await _steps.move(actor, row, "review", "suggestion:reviewed", {"opinion": row.reason}, reason=row.reason)
    else:
        await _end(row)
        await _steps.move(actor, row, "refuse", "suggestion:refused", {"opinion": row.reason}, reason=row.reason)
    await common.tell_signers(row, str(row.state))
    return row


async def assign_suggestion(actor: Actor, request: AssignSuggestionInput) -> Suggestion:
    """To the agency that answers, and to those that help it; from now on its three months run, or its six. So too when it was
    returned, or turns out to be another one's while nothing was replied.

    Raises:
        Refusal: `INVALID` for an agency named twice; `WRONG_STATE` once it was replied to.
    """
    row = await common.find(actor, Suggestion, request.id)
    action = "reassign" if row.state in HANDLED else "assign"
    access.SUGGESTION_ACTIONS[action].admit(await common.standing_of(actor, row), request.version)
    if row.replied_at is not None:
        raise Refusal("WRONG_STATE", state=row.state)
    before = (row.main_unit, *row.assist_units)
    row.reason = text_of(request.opinion, "opinion", least=2)
    main = await officer(row, str(request.unit), (Role.SUPERVISED_UNIT,), "unit")
    checks = Checks()
    checks.items("assistUnits", request.assist_units, most=MOST_ASSISTING)
    checks.done()
    given = enumerate(request.assist_units or [])
    assisting = [(await officer(row, str(each), (Role.SUPERVISED_UNIT,), f"assistUnits.{number}")).agency_name for number, each in given]
    if len({main.agency_name, *assisting}) != len(assisting) + 1:
        raise Refusal("INVALID", "assistUnits")
    again = row.state != G.REVIEWED
    row.main_unit, row.assist_units, row.wide, row.assigned_at = main.agency_name, assisting, request.wide, clock.now()
    due = await _start_limits(row)
    step, tag = ("reassign", "suggestion:reassigned") if again else ("assign", "suggestion:assigned")
    await _steps.move(
        actor, row, step, tag, {"unit": row.main_unit}, due=due.isoformat(), wide=row.wide, unit=row.main_unit, assisting=row.assist_units,
        reason=row.reason,
    )  # fmt: skip
    for each in assisting:
        await _ask(row, each)
    for former in set(before) - {"", row.main_unit, *assisting}:
        await common.tell_agency(row, former, "suggestion.step", step=str(row.state))
    await common.tell_agency(row, row.main_unit, "suggestion.assigned")
    await common.tell_signers(row, str(row.state))
    return row


async def _start_limits(row: Suggestion) -> datetime:
    """When the reply is due. Who was assigned before has no limits of its own any more."""
    now = clock.now()
    await common.meet_all(row)
    running = await clocks.start(row, common.APP, rules.suggestion_rule(wide=row.wide), now)
    if row.state == G.REVIEWED:
        await clocks.start(row, common.APP, rules.RULES["return"], now)
    return running.due_at


async def _ask(row: Suggestion, unit: str) -> None:
    opinion, _ = await AssistOpinion.get_or_create(
        county=row.county, suggestion_id=row.id, unit_name=unit, defaults={"path": row.path, "asked_at": clock.now()}
    )
    if opinion.at is None:
        await clocks.start(row, common.APP, rules.RULES["assist"], clock.now(), subject_id=opinion.id)
        await common.tell_agency(row, unit, "suggestion.assist")


async def return_suggestion(actor: Actor, request: SuggestionStepInput) -> Suggestion:
    """Not this agency's business, says it within five working days; the office assigns it anew.

    Raises:
        Refusal: `TOO_LATE` afterwards: then it is answered by whoever has it.
    """
    row = await common.begin(actor, Suggestion, request.id, "return", request.version)
    row.reason = text_of(request.text, "text", least=4)
    running = await MatterClock.filter(matter_id=row.id, rule="return", met_at__isnull=True).first()
    if running is None or running.due_at < clock.now():
        raise Refusal("TOO_LATE")
    await common.meet_all(row)
    await clocks.start(row, common.APP, rules.RULES["reassign"], clock.now())
    await _steps.move(actor, row, "return", "suggestion:returned", {"reason": row.reason}, unit=row.main_unit, reason=row.reason)
    await common.tell_officers(row, "suggestion.returned", Role.NPC_OFFICE)
    await common.tell_signers(row, str(row.state))
    return row


async def withdraw_suggestion(actor: Actor, request: SuggestionStepInput) -> Suggestion:
    """The leading deputy takes it back. Raises `WRONG_STATE` once it was replied to."""
    row = await common.begin(actor, Suggestion, request.id, "withdraw", request.version)
    row.reason = text_of(request.text, "text", least=4)
    if row.replied_at is not None:
        raise Refusal("WRONG_STATE", state=row.state)
    assigned = row.state not in SIGNABLE
    await _end(row)
    await _steps.move(actor, row, "withdraw", "suggestion:withdrawn", {"reason": row.reason}, reason=row.reason)
    await common.tell_officers(row, "suggestion.withdrawn", Role.NPC_OFFICE)
    if assigned:
        await common.tell_agencies(row, str(row.state))
    await common.tell_signers(row, str(row.state))
    return row


async def _end(row: Suggestion) -> None:
    row.ended_at = clock.now()
    await common.meet_all(row)
