"""The person's consent to face verification, his enrolment, its confirmation by a human, and its withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.apps.rehab import rules
from backend.apps.rehab.enums import LinkKind
from backend.apps.rehab.inputs import (
    CaptureInput,
    ChallengesInput,
    ConfirmFaceInput,
    ConsentInput,
    EnrolFaceInput,
)
from backend.apps.rehab.models import Case
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.models import TenantModel
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.faces import service as faces
from backend.kernel.faces.models import FaceChallenge, FaceEnrolment
from backend.kernel.faces.service import Capture, ChallengePurpose, Taken
from backend.kernel.files.models import StoredFile, Upload
from backend.kernel.files.service import attach_one, keep_made
from backend.kernel.files.storage import file_key, storage
from backend.kernel.jobs.service import enqueue
from backend.kernel.privacy.retention import keep_for
from backend.kernel.validation import Checks, as_id

#: Challenges a phone keeps for days without a network.
MOST_AHEAD = 3
#: What an upload with a burst is announced for.
PURPOSE = "face"
CONSENT_VERSIONS = ("2026-11",)
ENROL_JOB = "rehab.read_enrolment"
WITHDRAWN_JOB = "rehab.face_withdrawn"


@dataclass(frozen=True)
class Challenges:
    """What the phone of the person himself gets, and nobody else."""

    id: UUID
    rows: list[FaceChallenge]


async def consent_to_face(actor: Actor, request: ConsentInput) -> Case:
    """A separate consent, for this purpose only, given before any picture; saying no costs nothing (个人信息保护法 29)."""
    case = (await common.begin(actor, request.id, "consent_to_face")).case
    if request.consent_version not in CONSENT_VERSIONS:
        raise Refusal("INVALID", "consentVersion")
    if not request.agreed:
        await common.note(actor, case, "face:declined", version=request.consent_version)
        return case
    await faces.propose_enrolment(actor, case, case.subject_id, consent_version=request.consent_version)
    await common.note(actor, case, "face:consented", version=request.consent_version)
    return case


async def new_challenges(actor: Actor, request: ChallengesInput) -> Challenges:
    """Gestures to show, each once: for now, or ahead for a phone that may have no network when the day comes."""
    case = await common.find(actor, as_id(request.id))
    standing = await common.standing_of(actor, case)
    if not standing.is_self:
        raise not_permitted(Permission.TAKE_PART)
    enrolling = request.enrol and await waiting(case) is not None
    purpose = ChallengePurpose.ENROL if enrolling else ChallengePurpose.VERIFY
    rows = await faces.new_challenges(
        actor, case, case.subject_id, purpose, count=MOST_AHEAD if request.ahead else 1, offline=request.ahead
    )
    await record(actor, "rehab:face:challenged", case, count=len(rows), ahead=request.ahead)
    return Challenges(case.id, rows)


async def enrol_face(actor: Actor, request: EnrolFaceInput) -> Case:
    """The burst that templates are made of. A job reads it; a human compares person and picture before it counts."""
    case = (await common.begin(actor, request.id, "withdraw_face")).case
    row = await waiting(case)
    if row is None:
        raise Refusal("CONSENT_MISSING")
    file = await keep_capture(actor, case, row.id, request.capture)
    taken = await take(actor, case, request.capture, {"enrolment": str(row.id)}, ChallengePurpose.ENROL)
    row.sheet_id, row.problem, row.portrait_id = file.id, "", None
    await row.save(update_fields=["sheet_id", "problem", "portrait_id"])
    await common.note(actor, case, "face:captured")
    await enqueue(
        ENROL_JOB, case, enrolment_id=str(row.id), challenge_id=str(taken.challenge.id),
        columns=request.capture.columns, count=request.capture.count, frame_times_ms=request.capture.frame_times_ms,
    )  # fmt: skip
    return case


async def waiting(case: Case) -> FaceEnrolment | None:
    """The enrolment that waits for a picture or for a human."""
    return await FaceEnrolment.filter(matter_id=case.id, subject_id=case.subject_id, state="PENDING").first()


async def keep_capture(actor: Actor, case: Case, subject_id: UUID, capture: CaptureInput) -> StoredFile:
    """The uploaded burst becomes a file of the case. Raises `NOT_FOUND`, `INVALID`, `SEAL_BROKEN`."""
    file_id = as_id(capture.file_id, "capture.fileId")
    # What was sealed is the picture as it left the phone; the stored one was encoded anew.
    sent = await Upload.get_or_none(id=file_id, account_id=actor.account_id)
    if sent is not None and sent.declared_sha256 != capture.picture_sha256.lower():
        raise Refusal("SEAL_BROKEN", "capture.pictureSha256")
    return await attach_one(
        actor, file_id, case, field="capture.fileId", purpose=PURPOSE, subject_id=subject_id, matter_id=case.id
    )


async def take(
    actor: Actor, case: Case, capture: CaptureInput, fields: dict[str, str],
    purpose: ChallengePurpose = ChallengePurpose.VERIFY,
) -> Taken:  # fmt: skip
    """Use up the challenge; the seal covers `fields` too. Raises what `faces.take_challenge` raises."""
    given = Capture(
        challenge_id=str(capture.challenge_id), columns=capture.columns, count=capture.count,
        frame_times_ms=list(capture.frame_times_ms), captured_at=capture.captured_at,
        challenge_received_at=capture.challenge_received_at, picture_sha256=capture.picture_sha256, seal=capture.seal,
    )  # fmt: skip
    return await faces.take_challenge(actor, case, case.subject_id, given, fields, purpose=purpose)


async def read_enrolment(
    actor: Actor, enrolment_id: str, challenge_id: str, columns: int, count: int, frame_times_ms: list[int]
) -> None:
    """Job: make templates of the burst, or say what was wrong with it; then a human looks."""
    row = await FaceEnrolment.filter(id=UUID(enrolment_id)).select_for_update().first()
    if row is None or row.state != "PENDING" or row.sheet_id is None or row.portrait_id is not None:
        return
    case = await Case.get(id=row.matter_id)
    challenge = await FaceChallenge.get(id=UUID(challenge_id))
    picture = await storage().get(file_key(row.sheet_id))
    judged = await faces.read_enrolment(row, challenge, picture, columns, count, frame_times_ms)
    await keep_for(case, row.sheet_id, "ENROLMENT", _days("ENROLMENT"), rules.PICTURE_BASIS)
    if row.problem:
        await common.tell(await common.person_account(case), "face.again", case)
    else:
        portrait = await keep_portrait(case, row, judged.best_frame, "ENROLMENT")
        row.portrait_id = portrait.id
        await clocks.start(case, common.APP, rules.RULES["face_confirm"], clock.now(), subject_id=row.id)
        await common.tell(await common.workers(case), "face.to_confirm", case)
    await row.save()
    # What was wrong with the picture stays in the row: events and notifications carry no face data.
    await common.note(actor, case, "face:read")


async def keep_portrait(case: Case, row: TenantModel, frame: bytes, category: str) -> StoredFile:
    """The one frame a human compares, kept for the period of its category."""
    file = await keep_made(case, frame, name="portrait.jpg", content_type="image/jpeg", subject_id=row.id)
    await keep_for(case, file.id, category, _days(category), rules.PICTURE_BASIS)
    return file


def _days(category: str) -> timedelta:
    return timedelta(days=rules.PICTURE_DAYS[category])


async def confirm_face(actor: Actor, request: ConfirmFaceInput) -> Case:
    """A human who has the person before him says that this picture is his; only then is it compared with."""
    case = (await common.begin(actor, request.id, "confirm_face")).case
    row = await FaceEnrolment.filter(id=as_id(request.enrolment_id, "enrolmentId"), matter_id=case.id).first()
    if row is None or row.state != "PENDING" or row.portrait_id is None:
        raise not_found("enrolmentId")
    checks = Checks()
    text = checks.text("note", request.note, least=0 if request.accept else 4, most=500)
    checks.done()
    await faces.confirm_enrolment(actor, row, accept=request.accept)
    await clocks.meet(case.id, "face_confirm", clock.now(), subject_id=row.id)
    await common.note(actor, case, "face:confirmed" if request.accept else "face:refused", note=text or None)
    await common.tell(
        await common.person_account(case), "face.confirmed" if request.accept else "face.refused", case
    )
    return case


async def withdraw_face(actor: Actor, request: str) -> Case:
    """Consent withdrawn: the templates are gone at once, and check-ins go on without a face."""
    case = (await common.begin(actor, request, "withdraw_face")).case
    await faces.withdraw(actor, case, case.subject_id)
    await common.note(actor, case, "face:withdrawn")
    await enqueue(WITHDRAWN_JOB, case, case_id=str(case.id))
    return case


async def after_withdrawal(actor: Actor, case_id: str) -> None:
    """Job: enrolment pictures have no ground any more; the workers hear that check-ins go on without a face."""
    case = await Case.get(id=UUID(case_id))
    await erase_enrolment_pictures(case)
    await common.tell(await common.link_accounts(case, LinkKind.DRUG_WORKER), "face.withdrawn", case)


async def erase_enrolment_pictures(case: Case) -> None:
    """Sheets and portraits of enrolments are erased with the next sweep."""
    for row in await FaceEnrolment.filter(matter_id=case.id).exclude(state__in=["ACTIVE", "PENDING"]):
        for file_id in (row.sheet_id, row.portrait_id):
            if file_id is not None:
                await keep_for(case, file_id, "ENROLMENT", timedelta(0), "同意已撤回或目的已实现")
