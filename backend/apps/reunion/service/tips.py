"""What citizens say they saw. A tip is a matter of its own: who left it follows it, and learns nothing of the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from backend.apps.reunion import access, rules
from backend.apps.reunion.enums import BulletinState
from backend.apps.reunion.inputs import AnswerTipInput, LeaveTipInput, RevealTipInput
from backend.apps.reunion.models import Bulletin, Case, Tip
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import open_matter
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.files.models import StoredFile
from backend.kernel.files.service import attach
from backend.kernel.jobs.service import enqueue
from backend.kernel.notifications.service import notify
from backend.kernel.privacy.identifiers import normalise_phone
from backend.kernel.privacy.looks import note_look
from backend.kernel.privacy.retention import keep_for
from backend.kernel.validation import Checks, as_id

TAKE_JOB = "reunion.take_tip"
TIPSTER = "TIPSTER"
UPLOAD = "reunion_tip"
MOST_PICTURES = 3
DAY = timedelta(days=1)


async def leave_tip(actor: Actor, request: LeaveTipInput) -> Tip:
    """Say where the person of a bulletin may be. The bulletin may have come down meanwhile: then nobody asks any more."""
    actor.require(Permission.TIP_LEAVE)
    assert actor.account_id is not None
    shown = Bulletin.filter(id=as_id(request.bulletin_id, "bulletinId"), state=BulletinState.PUBLISHED, expires_at__gt=clock.now())
    bulletin = await shown.only("id", "county", "path", "case_id").first()
    if bulletin is None:
        raise not_found("bulletinId")
    tip_id = new_id()
    sealed = _sealed(tip_id, bulletin.county, request)
    # One after the other, so that the count holds.
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"tip:{actor.account_id}")
    if await Tip.filter(account_id=actor.account_id, left_at__gt=clock.now() - DAY).count() >= rules.TIPS_A_DAY:
        raise Refusal("TOO_MANY", most=rules.TIPS_A_DAY)
    files = [as_id(each, "fileIds") for each in request.file_ids or []]
    await open_matter(tip_id, bulletin.county, bulletin.path, actor.account_id, TIPSTER, tip_id)
    tip = Tip(
        id=tip_id, county=bulletin.county, path=bulletin.path, case_id=bulletin.case_id, bulletin_id=bulletin.id,
        account_id=actor.account_id, picture_count=len(files), left_at=clock.now(), **sealed,
    )  # fmt: skip
    await tip.save(force_create=True)
    await attach(actor, files, tip, purpose=UPLOAD)
    await record(actor, "reunion:tip:left", tip, pictures=len(files))
    await enqueue(TAKE_JOB, tip, tip_id=str(tip_id))
    return tip


def _sealed(tip_id: UUID, county: str, request: LeaveTipInput) -> dict[str, str]:
    checks = Checks()
    text = checks.text("text", request.text, least=4, most=2000)
    place: dict[str, Any] = {"text": checks.text("place", request.place, most=200)}
    checks.number("latitude", request.latitude, least=-90, most=90)
    checks.number("longitude", request.longitude, least=-180, most=180)
    checks.items("fileIds", request.file_ids, most=MOST_PICTURES)
    phone = ""
    if request.phone and request.phone.strip():
        try:
            phone = normalise_phone(request.phone)
        except Refusal as problem:
            checks.refuse(problem.code, "phone")
    checks.done()
    if request.latitude is not None and request.longitude is not None:
        place |= {"latitude": round(request.latitude, 6), "longitude": round(request.longitude, 6)}
    said = orjson.dumps(place).decode() if any(place.values()) else ""
    words = {"text": text, "place": said, "phone": phone}
    return {f"{name}_sealed": common.seal("tip", name, tip_id, value, county) for name, value in words.items()}


async def take(actor: Actor, tip_id: str) -> None:
    """Job: the officers of the case are told."""
    tip = await Tip.get_or_none(id=UUID(tip_id))
    case = await Case.filter(id=tip.case_id).select_for_update().first() if tip else None
    if tip is None or case is None or tip.verdict is not None:
        return
    await common.note(actor, case, "tip:received", tip=str(tip.id))
    hearers = await common.accounts(case, Role.POLICE_OFFICER, Role.RESCUE_STATION)
    await common.tell(hearers, "tip.received", case)


async def answer_tip(actor: Actor, request: AnswerTipInput) -> Case:
    """What came of it. Whoever left the tip hears the verdict; a wrong one about him harms nobody."""
    tip, case = await _tip(actor, request.tip_id, "answer_tip")
    checks = Checks()
    note = checks.text("note", request.note, most=1000)
    checks.done()
    if tip.verdict is not None:
        raise Refusal("ALREADY_DECIDED", "tipId")
    assert actor.membership is not None
    tip.verdict, tip.note, tip.answered_at = request.verdict, note, clock.now()
    tip.answered_by_name = actor.membership.name
    await tip.save()
    await common.note(actor, case, "tip:answered", tip=str(tip.id), verdict=request.verdict)
    # The inbox line belongs to the tip: of the case the citizen knows nothing.
    await record(actor, "reunion:tip:answered", tip, verdict=request.verdict)
    await notify([tip.account_id], "reunion.tip.answered", tip, verdict=request.verdict)
    return case


async def reveal_tip(actor: Actor, request: RevealTipInput) -> Tip:
    """The citizen's telephone, for a reason that he reads."""
    actor.require(Permission.REVEAL)
    tip, case = await _tip(actor, request.tip_id, None)
    checks = Checks()
    reason = checks.text("reason", request.reason, least=2, most=500)
    checks.done()
    await note_look(actor, tip, tip.id, "PHONE", reason)
    await record(actor, "reunion:tip:revealed", case, tip=str(tip.id))
    return tip


async def _tip(actor: Actor, tip_id: str, action: str | None) -> tuple[Tip, Case]:
    found = await Tip.get_or_none(id=as_id(tip_id, "tipId"))
    if found is None:
        raise not_found("tipId")
    if action is None:
        case = await common.find(actor, found.case_id, "tipId")
        if not access.is_ours(actor, case):
            raise not_permitted(Permission.REVEAL)
    else:
        case = (await common.begin(actor, found.case_id, action, field="tipId")).case
    row = await Tip.filter(id=found.id).select_for_update().first()
    if row is None:
        raise not_found("tipId")
    return row, case


async def forget(case: Case) -> None:
    """Tips and their pictures go with the case."""
    for tip in await Tip.filter(case_id=case.id):
        for file in await StoredFile.filter(matter_id=tip.id).only("id", "county"):
            await keep_for(tip, file.id, "TIP", timedelta(0), rules.ERASE_BASIS)
        await tip.delete()
