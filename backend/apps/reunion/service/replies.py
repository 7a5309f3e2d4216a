"""协查, the helping side: a county takes up, answers or declines; an expert says what he thinks of the faces.

Rows here are the helper's own county's. Between counties only jobs carry effects, found by the sweeps below.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.apps.reunion import access, rules
from backend.apps.reunion.enums import AssistAddressee, AssistFinding, AssistState, ReplyState
from backend.apps.reunion.inputs import AnswerAssistInput, AssistInput, AssistWordsInput
from backend.apps.reunion.models import Assist, AssistReply, AssistThanks
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import desk
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import Checks, as_id

HEAR_JOB = "reunion.hear_reply"
THANKED_JOB = "reunion.be_thanked"
LAPSE_JOB = "reunion.lapse_assist"
FORGET_JOB = "reunion.forget_assist"
FORGET_REPLY_JOB = "reunion.forget_reply"


async def take_up_assist(actor: Actor, request: AssistInput) -> Assist:
    """Take a request from the board: the asking county opens the case to this one for the term.

    Raises:
        Refusal: `ALREADY_TAKEN` when the county has taken it up already; `WRONG_STATE` once it is off the board.
    """
    row = await _asked(actor, request.id)
    if row.addressee != AssistAddressee.BOARD or row.state != AssistState.OPEN:
        raise Refusal("WRONG_STATE", "id", state=row.state)
    await _lock(actor, row)
    if await _reply_to(actor, row) is not None:
        raise Refusal("ALREADY_TAKEN", "id")
    await _write(actor, row, await _new(actor, row), ReplyState.TAKEN)
    return row


async def answer_assist(actor: Actor, request: AnswerAssistInput) -> Assist:
    """Say what was found, and on what it rests. It proves nothing: the officers of the case read it.

    Raises:
        Refusal: `NOT_TAKEN` for a request on the board that was not taken up; `ALREADY_DECIDED` after an answer or a refusal.
    """
    row = await _asked(actor, request.id)
    if request.finding not in rules.FINDINGS[row.addressee]:
        raise Refusal("INVALID", "finding")
    reasons = _reasons(request.reasons, "reasons")
    await _write(actor, row, await _open_reply(actor, row), ReplyState.ANSWERED, request.finding, reasons)
    return row


async def decline_assist(actor: Actor, request: AssistWordsInput) -> Assist:
    """Say why this county, or this expert, cannot help; nothing stays open to them."""
    row = await _asked(actor, request.id)
    reasons = _reasons(request.text, "text")
    await _write(actor, row, await _open_reply(actor, row), ReplyState.DECLINED, None, reasons)
    return row


def _reasons(text: str, field: str) -> str:
    checks = Checks()
    reasons = checks.text(field, text, least=2, most=2000)
    checks.done()
    return reasons


async def _asked(actor: Actor, assist_id: str) -> Assist:
    """A request that waits for this actor. Raises `NOT_FOUND`, `NOT_PERMITTED`, `WRONG_STATE`."""
    actor.require(Permission.ASSIST_ANSWER)
    row = await access.assists(actor).filter(id=as_id(assist_id)).first()
    if row is None:
        raise not_found("id")
    if not access.is_asked(actor, row):
        raise not_permitted(Permission.ASSIST_ANSWER)
    if not access.is_living(row):
        raise Refusal("WRONG_STATE", "id", state=row.state)
    return row


async def _lock(actor: Actor, row: Assist) -> None:
    """One reply of a county: two of its officers at once wait for each other; the request itself is another county's."""
    county = row.to_county or (actor.membership.county if actor.membership else "")
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"assist:{row.id}:{county}")


async def _reply_to(actor: Actor, row: Assist) -> AssistReply | None:
    rows = await AssistReply.filter(assist_id=row.id).select_for_update()
    return next((each for each in rows if access.is_helper(actor, each)), None)


async def _open_reply(actor: Actor, row: Assist) -> AssistReply:
    """The reply that is still to be given."""
    await _lock(actor, row)
    reply = await _reply_to(actor, row)
    if reply is None:
        if row.addressee == AssistAddressee.BOARD:
            raise Refusal("NOT_TAKEN", "id")
        return await _new(actor, row)
    if reply.state != ReplyState.TAKEN:
        raise Refusal("ALREADY_DECIDED", "id")
    return reply


async def _new(actor: Actor, row: Assist) -> AssistReply:
    return AssistReply(
        **_place(actor, row), id=new_id(), assist_id=row.id, asker_county=row.county, asker_path=row.path,
        by_expert=row.addressee == AssistAddressee.EXPERT,
    )  # fmt: skip


def _place(actor: Actor, row: Assist) -> dict[str, Any]:
    """Where the helper's row stands: an expert's where he is asked, if that is in his place; else in the helper's own."""
    member = actor.membership
    assert member is not None
    if row.addressee == AssistAddressee.COUNTY:
        return {"county": row.to_county, "path": row.to_path}
    if row.addressee == AssistAddressee.EXPERT and row.county in member.counties and lies_in(row.path, member.path):
        return {"county": row.county, "path": row.path}
    return {"county": member.county, "path": member.path}


async def _write(
    actor: Actor, row: Assist, reply: AssistReply, state: ReplyState, finding: AssistFinding | None = None, reasons: str = ""
) -> None:
    assert actor.membership is not None and actor.account_id is not None
    fresh = not reply._saved_in_db
    reply.state, reply.finding, reply.reasons, reply.changed_at = state, finding, reasons, clock.now()
    reply.helper_id, reply.helper_name = actor.account_id, actor.membership.name
    reply.agency_name = actor.membership.agency_name
    await reply.save(force_create=fresh)
    tag = {ReplyState.TAKEN: "taken_up", ReplyState.ANSWERED: "answered", ReplyState.DECLINED: "declined"}[state]
    await record(
        actor, f"reunion:assist:{tag}", reply, matter_id=row.id, reply=str(reply.id), asker=row.county,
        helper="EXPERT" if reply.by_expert else "COUNTY",
    )  # fmt: skip


async def be_thanked(actor: Actor, reply_id: str) -> None:
    """Job of the helper's county: he is told of the thanks, and they count."""
    reply = await AssistReply.filter(id=UUID(reply_id)).select_for_update().first()
    thanks = await AssistThanks.get_or_none(reply_id=UUID(reply_id))
    if reply is None or thanks is None or reply.thanked_at is not None:
        return
    reply.thanked_at = thanks.at
    await reply.save(update_fields=["thanked_at"])
    helper = "EXPERT" if reply.by_expert else "COUNTY"
    await record(actor, "reunion:assist:thanked", reply, matter_id=reply.assist_id, reply=reply_id, helper=helper)
    # The request is another county's; what the helper is told is of his own.
    row = Assist(id=reply.assist_id, county=reply.county, path=reply.path, case_code="")
    await desk.tell([reply.helper_id], "assist.thanked", row)


async def forget_reply(actor: Actor, reply_id: str) -> None:
    """Job of the helper's county: the asking county has forgotten the request, and so what was said of the person goes."""
    reply = await AssistReply.filter(id=UUID(reply_id)).select_for_update().first()
    if reply is not None and reply.forgotten_at is None:
        reply.reasons, reply.forgotten_at = "", clock.now()
        await reply.save(update_fields=["reasons", "forgotten_at"])


# ------------------------------------------------------------------------------------------------------- sweeps


async def sweep_replies(now: datetime) -> None:
    """Replies that the asking county has not heard of in this state; and thanks that the helper's has not."""
    await enqueue_found(
        HEAR_JOB,
        """select 'hear:' || r.id::text as row, a.county, a.path, a.case_id as matter,
               jsonb_build_object('assist_id', a.id, 'reply_id', r.id) as args
           from reunion_assist_reply r join reunion_assist a on a.id = r.assist_id and a.county = r.asker_county
           where r.changed_at <= $1 and r.state is distinct from a.heard->>r.id::text""",
        now,
    )
    await enqueue_found(
        THANKED_JOB,
        """select 'thanked:' || r.id::text as row, r.county, r.path, r.assist_id as matter, jsonb_build_object('reply_id', r.id) as args
           from reunion_assist_thanks t join reunion_assist_reply r on r.id = t.reply_id and r.county = t.helper_county
           where t.thanked_at <= $1 and r.thanked_at is null""",
        now,
    )


async def sweep_over(now: datetime) -> None:
    """Requests whose term or case is over, or whose person does not want to be found."""
    await enqueue_found(
        LAPSE_JOB,
        """select 'lapse:' || a.id::text as row, a.county, a.path, a.case_id as matter, jsonb_build_object('assist_id', a.id) as args
           from reunion_assist a join reunion_case c on c.id = a.case_id and c.county = a.county
           where a.state in ('OPEN', 'ANSWERED') and (a.expires_at <= $1 or c.ended_at is not null or c.no_contact)""",
        now,
    )


async def sweep_to_forget(now: datetime) -> None:
    """Requests that ended a year ago, and replies to requests that are forgotten."""
    await enqueue_found(
        FORGET_JOB,
        """select 'forget:' || a.id::text as row, a.county, a.path, a.case_id as matter, jsonb_build_object('assist_id', a.id) as args
           from reunion_assist a where a.forgotten_at is null and a.ended_at < $1::timestamptz - interval '1 year'""",
        now,
    )
    await enqueue_found(
        FORGET_REPLY_JOB,
        """select 'forget:' || r.id::text as row, r.county, r.path, r.assist_id as matter, jsonb_build_object('reply_id', r.id) as args
           from reunion_assist_reply r join reunion_assist a on a.id = r.assist_id and a.county = r.asker_county
           where a.forgotten_at <= $1 and r.forgotten_at is null""",
        now,
    )
