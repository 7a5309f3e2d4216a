"""Ask the public, with the least that is needed and a ground for it; and stop asking at once when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from backend.apps.reunion import papers, rules
from backend.apps.reunion.enums import BasisKind, BulletinEnd, BulletinState, CaseKind, PictureState, Side
from backend.apps.reunion.inputs import DecideBulletinInput, PublishBulletinInput, ReunionStepInput
from backend.apps.reunion.models import Bulletin, Case, Picture
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.models import MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.pictures import small_copy
from backend.kernel.files.service import keep_made
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.kernel.identity.models import Membership
from backend.kernel.jobs.service import enqueue, enqueue_found
from backend.kernel.privacy.retention import keep_for
from backend.kernel.validation import Checks, as_id, camel

SHOW_JOB = "reunion.show_bulletin"
END_JOB = "reunion.end_bulletin"
LIVE = (BulletinState.PROPOSED, BulletinState.PUBLISHED)
TEXTS = {"text": (10, 600), "name": (0, 60), "age_text": (0, 60), "seen_text": (0, 60), "place_text": (0, 100)}


async def publish_bulletin(actor: Actor, request: PublishBulletinInput) -> Case:
    """Ask the public. Of a child, and of somebody who may have been abducted, the police chief decides first (`domain.md` 2.7)."""
    case = (await common.begin(actor, request.id, "publish_bulletin", request.version)).case
    shown = _checked(case, request)
    assert actor.account_id is not None and actor.membership is not None
    if await Bulletin.filter(case_id=case.id, state__in=LIVE).exists():
        raise Refusal("ALREADY_DONE")
    waits = case.is_minor or case.kind == CaseKind.ABDUCTED
    now = clock.now()
    row = await Bulletin.create(
        **place_of(case), id=new_id(), case_id=case.id, side=case.side, minor=case.is_minor, ground=request.ground, sex=case.sex,
        state=BulletinState.PROPOSED if waits else BulletinState.PUBLISHED, published_at=None if waits else now,
        agency=actor.membership.agency_name, phone=await _duty_phone(actor), picture_id=await _picture(case, request.picture_id),
        proposed_by=actor.account_id, proposed_by_name=actor.membership.name, proposed_at=now,
        expires_at=now + timedelta(days=request.days), **shown,
    )  # fmt: skip
    if waits:
        await common.note(actor, case, "bulletin:proposed", bulletin=str(row.id))
        await common.tell(await common.accounts(case, Role.POLICE_CHIEF), "bulletin.to_decide", case)
    else:
        await _published(actor, case, row)
    return case


def _checked(case: Case, request: PublishBulletinInput) -> dict[str, Any]:
    """What is shown, and the ground. Raises what is wrong with any of it, together."""
    checks = Checks()
    made = {
        name: checks.text(camel(name), getattr(request, name), least=least, most=most) for name, (least, most) in TEXTS.items()
    }
    least = 10 if request.ground == BasisKind.STATUTORY_DUTY else 2
    made["ground_text"] = checks.text("groundText", request.ground_text, least=least, most=500)
    checks.number("days", request.days, least=1, most=rules.BULLETIN_DAYS)
    if case.is_minor and request.ground == BasisKind.CONSENT:
        checks.refuse("GUARDIAN_NEEDED", "ground")
    if case.side == Side.FOUND and case.is_minor and not case.guardian_agreed and made["place_text"]:
        # Nothing on a wall says where a child is before its guardian authority agrees (`domain.md` 2.9).
        checks.refuse("GUARDIAN_NEEDED", "placeText")
    checks.done()
    return made


async def _duty_phone(actor: Actor) -> str:
    """The number strangers call: an office's, never an officer's own. Raises `NO_DUTY_PHONE`."""
    assert actor.membership is not None
    row = await Membership.get(id=actor.membership.id)
    if not row.duty_phone:
        raise Refusal("NO_DUTY_PHONE")
    return row.duty_phone


async def _picture(case: Case, picture_id: str | None) -> UUID | None:
    if not picture_id:
        return None
    row = await Picture.get_or_none(id=as_id(picture_id, "pictureId"), case_id=case.id, state=PictureState.READY)
    if row is None:
        raise not_found("pictureId")
    return row.file_id


async def decide_bulletin(actor: Actor, request: DecideBulletinInput) -> Case:
    """The police chief lets a child's or an abducted person's bulletin out, or keeps it in with a reason."""
    case = (await common.begin(actor, request.id, "decide_bulletin", request.version)).case
    checks = Checks()
    reason = checks.text("reason", request.reason, least=2, most=500)
    checks.done()
    row = await Bulletin.filter(case_id=case.id, state=BulletinState.PROPOSED).select_for_update().first()
    if row is None:
        raise Refusal("ALREADY_DECIDED")
    if row.proposed_by == actor.account_id:
        raise Refusal("SAME_PERSON")
    assert actor.membership is not None
    row.decided_by_name, row.decision_reason = actor.membership.name, reason
    row.state = BulletinState.PUBLISHED if request.approve else BulletinState.REFUSED
    row.published_at = clock.now() if request.approve else None
    await row.save()
    if request.approve:
        await _published(actor, case, row)
        await common.tell([row.proposed_by], "bulletin.approved", case)
    else:
        await common.note(actor, case, "bulletin:refused", bulletin=str(row.id))
        await common.tell([row.proposed_by], "bulletin.refused", case)
    return case


async def _published(actor: Actor, case: Case, row: Bulletin) -> None:
    await common.note(actor, case, "bulletin:published", bulletin=str(row.id), ground=row.ground)
    await clocks.meet(case.id, "notice", clock.now())
    await papers.bulletin(actor, case, row)
    await enqueue(SHOW_JOB, case, bulletin_id=str(row.id))
    await common.tell(await common.family(case), "bulletin.published", case)


async def take_down_bulletin(actor: Actor, request: ReunionStepInput) -> Case:
    """Take it off the wall, now: wrong, no longer needed, or the person does not want it (`domain.md` 2.9)."""
    case = (await common.begin(actor, request.id, "take_down_bulletin", request.version)).case
    await _end(case, BulletinEnd.OFFICER)
    # Why is the officer's own word about a person; the log keeps that it happened.
    await common.note(actor, case, "bulletin:taken_down", reason=BulletinEnd.OFFICER)
    return case


async def withdraw_bulletin(actor: Actor, request: ReunionStepInput) -> Case:
    """The family takes back its consent to ask the public. The wall is cleared by a job of the case's own county."""
    case = (await common.begin(actor, request.id, "withdraw_bulletin", request.version)).case
    await common.note(actor, case, "bulletin:withdrawn")
    await enqueue(END_JOB, case, dedupe=f"bulletin:{case.id}", case_id=str(case.id), reason=str(BulletinEnd.FAMILY))
    return case


async def forgo_bulletin(actor: Actor, request: ReunionStepInput) -> Case:
    """The person refuses to be shown, or it would harm him: no bulletin, and its limit is met (`domain.md` 2.9)."""
    case = (await common.begin(actor, request.id, "forgo_bulletin", request.version)).case
    if not await MatterClock.filter(matter_id=case.id, rule="notice", met_at__isnull=True).exists():
        raise Refusal("ALREADY_DONE")
    checks = Checks()
    case.notice_refused = checks.text("text", request.text, least=4, most=500)
    checks.done()
    await clocks.meet(case.id, "notice", clock.now())
    await common.note(actor, case, "bulletin:forgone")
    return case


async def _end(case: Case, reason: BulletinEnd) -> None:
    await Bulletin.filter(case_id=case.id, state__in=LIVE).update(
        state=BulletinState.ENDED, ended_at=clock.now(), end_reason=reason
    )
    await enqueue(END_JOB, case, dedupe=f"bulletin:{case.id}", case_id=str(case.id))


async def show(actor: Actor, bulletin_id: str) -> None:
    """Job: the copy of the picture that strangers get: small, without any data of the camera, blurred for a minor."""
    row = await Bulletin.filter(id=UUID(bulletin_id)).select_for_update().first()
    if row is None or row.state != BulletinState.PUBLISHED or row.picture_id is None or row.public_file is not None:
        return
    try:
        data = await storage().get(file_key(row.picture_id))
    except ObjectMissing:
        return
    made = await small_copy(data, most_edge=rules.BULLETIN_EDGE, blurred=row.minor)
    file = await keep_made(
        row, made, name="bulletin.jpg", content_type="image/jpeg", subject_id=row.id, matter_id=row.case_id
    )
    row.public_file = file.id
    await row.save(update_fields=["public_file"])


async def sweep_ended(now: datetime) -> None:
    """Bulletins whose time is over, and ended ones whose copy of the picture is still there."""
    await enqueue_found(
        END_JOB,
        """select 'bulletin:' || id::text as row, county, path, case_id as matter, jsonb_build_object('case_id', case_id) as args
           from reunion_bulletin where (state = 'PUBLISHED' and expires_at <= $1) or (state = 'ENDED' and public_file is not null)""",
        now,
    )


async def end(actor: Actor, case_id: str, reason: str = "") -> None:
    """Job: end what is due, and erase the copies of pictures that nobody may see any more. Repeatable."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None:
        return
    due = Q(state__in=LIVE) if reason else Q(state=BulletinState.PUBLISHED, expires_at__lte=clock.now())
    ended = await Bulletin.filter(due, case_id=case.id).update(
        state=BulletinState.ENDED, ended_at=clock.now(), end_reason=BulletinEnd(reason) if reason else BulletinEnd.EXPIRED
    )
    for row in await Bulletin.filter(case_id=case.id, state=BulletinState.ENDED, public_file__isnull=False):
        assert row.public_file is not None
        await keep_for(case, row.public_file, "BULLETIN", timedelta(0), rules.ERASE_BASIS)
        row.public_file = None
        await row.save(update_fields=["public_file"])
        await common.note(actor, case, "bulletin:ended", bulletin=str(row.id), reason=row.end_reason)
    if ended:
        await common.tell(await common.accounts(case, Role.RESCUE_STATION, Role.POLICE_OFFICER), "bulletin.ended", case)


async def forget(case: Case) -> None:
    """With the case, what was said in public about the person goes too."""
    await _end(case, BulletinEnd.OVER)
    for row in await Bulletin.filter(case_id=case.id):
        if row.public_file is not None:
            await keep_for(case, row.public_file, "BULLETIN", timedelta(0), rules.ERASE_BASIS)
        await row.delete()
