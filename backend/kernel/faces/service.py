"""Enrolments of faces with consent: proposed, read, confirmed by a person, renewed, withdrawn; and judging a burst.

Every function runs in the caller's transaction and scope; the caller writes the audit event. Template vectors stay in
this package: nothing here returns one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.errors import Refusal
from backend.kernel.faces.challenges import Capture, Taken, new_challenges, seal_text, take_challenge
from backend.kernel.faces.codes import ChallengePurpose, EnrolmentState, FaceOutcome
from backend.kernel.faces.models import FaceChallenge, FaceEnrolment, FaceTemplate
from backend.kernel.faces.outcomes import Judgement
from backend.kernel.jobs.service import enqueue_found
from backend.settings import settings

__all__ = [
    "Capture", "ChallengePurpose", "EnrolmentState", "FaceOutcome", "Judgement", "Taken", "confirm_enrolment", "end",
    "expire", "judge", "new_challenges", "propose_enrolment", "read_enrolment", "seal_text", "sweep_renewals",
    "take_challenge", "withdraw",
]  # fmt: skip

EXPIRE_JOB: Final = "kernel.face_renewal"
#: States in which an enrolment may still have templates.
LIVING: Final = (EnrolmentState.PENDING, EnrolmentState.ACTIVE)


async def judge(
    matter: TenantModel,
    subject_id: UUID,
    challenge: FaceChallenge,
    picture: bytes,
    columns: int,
    count: int,
    frame_times_ms: Sequence[int],
) -> Judgement:
    """Job: is this burst live, and is it the person enrolled? Remembers the frames, to notice them when shown again.

    Bad pictures and missing models are outcomes, never errors, so that no check-in is lost.
    """
    from backend.kernel.faces import judging

    return await judging.judge(matter, subject_id, challenge, picture, columns, count, frame_times_ms)


async def propose_enrolment(
    actor: Actor, matter: TenantModel, subject_id: UUID, *, consent_version: str
) -> FaceEnrolment:
    """Record the consent; the enrolment is PENDING. One that waits with a problem is given up for the new one.

    An ACTIVE one stays in use until a person confirms the new one.

    Raises:
        Refusal: `ENROLMENT_PENDING` while another one waits for a person.
    """
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"face_enrolment:{subject_id}")
    now = clock.now()
    for waiting in await _of(matter, subject_id, EnrolmentState.PENDING):
        if not waiting.problem:
            raise Refusal("ENROLMENT_PENDING")
        waiting.state = EnrolmentState.REFUSED
        await waiting.save(update_fields=["state"])
    return await FaceEnrolment.create(
        **place_of(matter), matter_id=matter.id, subject_id=subject_id, account_id=actor.account_id,
        state=EnrolmentState.PENDING, consent_version=consent_version, consent_at=now, proposed_at=now,
    )  # fmt: skip


async def read_enrolment(
    enrolment: FaceEnrolment,
    challenge: FaceChallenge,
    picture: bytes,
    columns: int,
    count: int,
    frame_times_ms: Sequence[int],
) -> Judgement:
    """Job: make templates of the best frames of a live burst.

    The outcome is MATCH when there are templates now (a person still confirms whose they are), else what went wrong,
    which is written to `problem` as well. Done again, it replaces what it made before.
    """
    from backend.kernel.faces import judging

    return await judging.read_enrolment(enrolment, challenge, picture, columns, count, frame_times_ms)


async def confirm_enrolment(actor: Actor, enrolment: FaceEnrolment, *, accept: bool) -> FaceEnrolment:
    """A person says whether the pictures show whom they should. The new enrolment replaces an earlier ACTIVE one.

    Raises:
        Refusal: `WRONG_STATE` unless it is PENDING; `NO_TEMPLATES` when there is nothing to accept.
    """
    row = await FaceEnrolment.filter(id=enrolment.id).select_for_update().get()
    if row.state != EnrolmentState.PENDING:
        raise Refusal("WRONG_STATE", state=row.state)
    now = clock.now()
    if accept:
        if not await FaceTemplate.filter(enrolment_id=row.id).exists():
            raise Refusal("NO_TEMPLATES")
        for earlier in await _of_row(row, EnrolmentState.ACTIVE):
            await _close(earlier, EnrolmentState.ENDED)
        row.state = EnrolmentState.ACTIVE
        row.renew_by = now.astimezone(clock.LOCAL).date() + timedelta(days=settings().face_renew_days)
    else:
        await FaceTemplate.filter(enrolment_id=row.id).delete()
        row.state = EnrolmentState.REFUSED
    row.confirmed_by, row.confirmed_at = actor.account_id, now
    await row.save(update_fields=["state", "renew_by", "confirmed_by", "confirmed_at"])
    return row


async def withdraw(actor: Actor, matter: TenantModel, subject_id: UUID) -> list[FaceEnrolment]:
    """Consent is taken back: templates are gone with this transaction. Returns what was withdrawn, perhaps nothing."""
    rows = await _of(matter, subject_id, *LIVING)
    for row in rows:
        row.withdrawn_at = clock.now()
        await _close(row, EnrolmentState.WITHDRAWN)
    return rows


async def end(matter: TenantModel, subject_id: UUID) -> list[FaceEnrolment]:
    """The purpose is over: as `withdraw`, without anybody having asked."""
    rows = await _of(matter, subject_id, *LIVING)
    for row in rows:
        await _close(row, EnrolmentState.ENDED)
    return rows


async def sweep_renewals(now: datetime) -> None:
    """Cron: one job for every ACTIVE enrolment of any county whose last day is over."""
    await enqueue_found(
        EXPIRE_JOB,
        """select id::text as row, county, path, matter_id as matter, jsonb_build_object('enrolment_id', id) as args
           from face_enrolment where state = 'ACTIVE' and renew_by < ($1 at time zone 'Asia/Shanghai')::date""",
        now,
    )


async def expire(actor: Actor, enrolment_id: str) -> None:
    """Job: end an enrolment whose last day is over; templates are deleted."""
    row = await FaceEnrolment.filter(id=UUID(enrolment_id)).select_for_update().first()
    today = clock.now().astimezone(clock.LOCAL).date()
    if row is None or row.state != EnrolmentState.ACTIVE or row.renew_by is None or row.renew_by >= today:
        return
    await _close(row, EnrolmentState.EXPIRED)


async def _of(matter: TenantModel, subject_id: UUID, *states: EnrolmentState) -> list[FaceEnrolment]:
    rows = FaceEnrolment.filter(matter_id=matter.id, subject_id=subject_id, state__in=states)
    return await rows.order_by("id").select_for_update()


async def _of_row(row: FaceEnrolment, *states: EnrolmentState) -> list[FaceEnrolment]:
    rows = FaceEnrolment.filter(matter_id=row.matter_id, subject_id=row.subject_id, state__in=states)
    return await rows.order_by("id").select_for_update()


async def _close(row: FaceEnrolment, state: EnrolmentState) -> None:
    await FaceTemplate.filter(enrolment_id=row.id).delete()
    row.state = state
    await row.save(update_fields=["state", "withdrawn_at"])
