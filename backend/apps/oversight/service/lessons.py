"""检e用: what closed cases teach is written down, decided on by the chief, and read by everybody who works with oversight."""

from __future__ import annotations

from uuid import UUID

from tortoise.expressions import Subquery

from backend.apps.oversight import access, rules
from backend.apps.oversight.enums import LessonState
from backend.apps.oversight.inputs import DraftLessonInput, LessonDecisionInput, LessonStepInput
from backend.apps.oversight.models import Clue, Lesson, LogEntry, Part, Recommendation, Reply
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id
from backend.kernel.errors import Refusal, not_permitted
from backend.kernel.validation import Checks, text_of

_steps = common.lesson_steps


async def draft_lesson(actor: Actor, request: DraftLessonInput) -> Lesson:
    """Of a closed case. Whoever writes sees to it that nobody is recognised; names of those who had a hand in the case, telephones
    and identity numbers are found here, and no others.

    Raises:
        Refusals: `PERSONAL_DATA` on the field that has one.
    """
    # The county's: a township's prosecutor could not even store it.
    if not access.serves_a_county(actor):
        raise not_permitted(P.RECOMMEND)
    clue = await common.begin(actor, Clue, request.clue_id, "draft_lesson", field="clueId")
    checks = Checks()
    texts = {
        "title": checks.text("title", request.title, least=4, most=80),
        "summary": checks.text("summary", request.summary, least=10, most=500),
        "text": checks.text("text", request.text, least=20, most=10_000),
    }
    names = await _names(clue)
    for field, text in texts.items():
        if rules.names_somebody(text, names):
            checks.refuse("PERSONAL_DATA", field)
    checks.done()
    now = clock.now()
    row = Lesson(
        county=clue.county, path=".".join(clue.path.split(".")[:3]), id=new_id(), code=rules.new_code(clue.county, common.today(), "D"),
        state=LessonState.DRAFTED, kind=request.kind, field=clue.field, clue_id=clue.id, drafted_by=common.account_of(actor), drafted_at=now,
        updated_at=now, **texts,
    )  # fmt: skip
    await row.save(force_create=True)
    await _steps.note(actor, row, "lesson:drafted", kind=row.kind)
    await common.tell_officers(row, "lesson.drafted", Role.CHIEF_PROSECUTOR)
    return row


async def _names(clue: Clue) -> list[str]:
    """Of everybody with a part in it, shielded or not, and of the officers who looked into it and replied."""
    replies = Reply.filter(recommendation_id__in=Subquery(Recommendation.filter(clue_id=clue.id).values("id")))
    found = [
        *await Part.filter(clue_id=clue.id).values_list("name", flat=True),
        *await LogEntry.filter(clue_id=clue.id).values_list("by_name", flat=True),
        *await replies.values_list("by_name", flat=True),
    ]
    return [str(name) for name in found]


async def decide_lesson(actor: Actor, request: LessonDecisionInput) -> Lesson:
    """The chief prosecutor publishes it or does not; never whoever drafted it."""
    row = await common.begin(actor, Lesson, request.id, "decide", request.version)
    row.opinion = text_of(request.opinion, "opinion")
    if row.drafted_by == actor.account_id:
        raise Refusal("INVOLVED_BEFORE")
    if request.publish:
        row.approved_by, row.published_at = actor.account_id, clock.now()
        await _steps.move(actor, row, "publish", "lesson:published", {"opinion": row.opinion})
    else:
        await _steps.move(actor, row, "refuse", "lesson:refused", {"opinion": row.opinion})
    await _tell_drafter(row, "lesson.decided")
    return row


async def take_down_lesson(actor: Actor, request: LessonStepInput) -> Lesson:
    """Nobody outside the procuratorate reads it any more."""
    row = await common.begin(actor, Lesson, request.id, "take_down", request.version)
    row.opinion = text_of(request.text, "text", least=4)
    await _steps.move(actor, row, "take_down", "lesson:taken_down", {"opinion": row.opinion})
    await _tell_drafter(row, "lesson.taken_down")
    return row


async def _tell_drafter(row: Lesson, kind: str) -> None:
    drafter: UUID = row.drafted_by
    await _steps.tell([drafter], kind, row, state=row.state)
