"""Check-ins: face, place and a few answers, also from a phone without a network. A failed face never decides anything."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from backend.apps.rehab import rules
from backend.apps.rehab.enums import (
    CheckInMode,
    CheckInState,
    LeaveState,
    LinkKind,
    Mood,
    PlaceHint,
    TaskKind,
    TaskState,
)
from backend.apps.rehab.inputs import CheckInInput, RetakeInput, ReviewCheckInInput, SendAnywayInput
from backend.apps.rehab.models import Case, CheckIn, Leave, Task
from backend.apps.rehab.service import common, drafts, duties, enrolment
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.faces import service as faces
from backend.kernel.faces.models import FaceChallenge
from backend.kernel.faces.service import FaceOutcome
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.kernel.jobs.service import enqueue, enqueue_found
from backend.kernel.privacy.retention import keep_for
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import WrongState

S = CheckInState
JUDGE_JOB = "rehab.judge_check_in"
HUMAN_JOB = "rehab.check_in_to_human"
CONCERN_JOB = "rehab.concern"
#: The picture could not be judged for a reason that another picture will not mend.
NOT_HIS_FAULT = (FaceOutcome.ENGINE_MISSING, FaceOutcome.NOT_ENROLLED)
JUDGING_TAKES = timedelta(minutes=10)
WORRYING = (Mood.LOW, Mood.STRUGGLING)
#: What the column holds; a phone whose clock is further off is a century off, and that is all one wants to know.
MOST_SKEW = 2**31 - 1


async def submit_check_in(actor: Actor, request: CheckInInput) -> Case:
    """Answer a check-in task. What is sent is kept whatever the picture turns out to be."""
    found = await duties.find_own(actor, request.task_id)
    if found.kind is not TaskKind.CHECK_IN:
        raise not_found("taskId")
    # First the case, then the task: every command locks in this order.
    case = (await common.begin(actor, found.case_id, "check_in", field="taskId")).case
    task = await Task.filter(id=found.id).select_for_update().get()
    if task.state not in duties.OPEN or task.opens_at > clock.now():
        raise WrongState("check_in", task.state, frozenset(duties.OPEN))
    if await CheckIn.filter(task_id=task.id, state__in=[S.CHECKING, S.RETAKE, S.IN_REVIEW, S.ACCEPTED]).exists():
        raise Refusal("ALREADY_SENT", "taskId")
    row = await _written(actor, case, task, request)
    await common.note(
        actor, case, "check_in:submitted", check_in=str(row.id), mode=row.mode, captured=row.captured_at.isoformat(),
        late=row.captured_at > task.due_at,
    )  # fmt: skip
    if row.state == S.CHECKING:
        await enqueue(JUDGE_JOB, case, check_in_id=str(row.id))
    else:
        await _to_human(actor, case, row, task)
    if row.wants_help or row.mood in WORRYING:
        await enqueue(CONCERN_JOB, case, check_in_id=str(row.id))
    return case


async def _written(actor: Actor, case: Case, task: Task, request: CheckInInput) -> CheckIn:
    row_id, now = new_id(), clock.now()
    answers = _checked(case, task, request)
    row = CheckIn(
        **place_of(case), id=row_id, case_id=case.id, task_id=task.id, mode=request.mode, state=S.IN_REVIEW,
        captured_at=min(request.captured_at, now), received_at=now, latitude=request.latitude,
        longitude=request.longitude, accuracy=request.accuracy, mood=request.mood, wants_help=request.wants_help,
        answers_sealed=common.seal("check_in", "answers", row_id, answers, case.county),
        sent_anyway=request.send_anyway or request.mode == CheckInMode.NO_FACE,
        place_hint=rules.place_hint(_home(case), _at(request), request.accuracy, case.fence_metres),
    )  # fmt: skip
    if request.capture is None:
        row.problem = answers_of(request.no_face_reason)
    else:
        file = await enrolment.keep_capture(actor, case, row.id, request.capture)
        taken = await enrolment.take(actor, case, request.capture, sealed_fields(request))
        _use(row, request, taken, file.id)
    await row.save(force_create=True)
    return row


def answers_of(reason: str | None) -> str:
    """The person's ground for going on without a face, as one of ours; anything else is his own choice."""
    return reason if reason in ("NO_CAMERA", "CAMERA_DENIED", "NO_CONSENT") else "CHOSEN"


def _checked(case: Case, task: Task, request: CheckInInput) -> str:
    checks = Checks()
    answers = checks.text("answers", request.answers, most=2000)
    checks.number("latitude", request.latitude, least=-90, most=90)
    checks.number("longitude", request.longitude, least=-180, most=180)
    checks.number("accuracy", request.accuracy, least=0, most=1_000_000)
    if (request.latitude is None) != (request.longitude is None):
        checks.refuse("INVALID", "latitude")
    if (request.capture is None) != (request.mode == CheckInMode.NO_FACE):
        checks.refuse("INVALID", "mode")
    # A phone without a face has no challenge that would tell how wrong its clock is: only plainly absurd times are refused.
    checks.moment(
        "capturedAt", request.captured_at, least=task.opens_at - timedelta(days=400),
        most=clock.now() + timedelta(days=400),
    )  # fmt: skip
    checks.done()
    return answers


def sealed_fields(request: CheckInInput) -> dict[str, str]:
    """What the seal covers besides the picture, exactly as the phone writes it."""
    fields = {
        "task": str(request.task_id),
        "mood": request.mood or "",
        "help": "true" if request.wants_help else "false",
        # Words of the person may hold line ends, which part the sealed text.
        "answers": hashlib.sha256(request.answers.encode()).hexdigest() if request.answers else "",
    }
    if request.latitude is not None and request.longitude is not None:
        fields |= {"latitude": f"{request.latitude:.6f}", "longitude": f"{request.longitude:.6f}"}
    if request.accuracy is not None:
        fields["accuracy"] = f"{request.accuracy:.0f}"
    return fields


def _use(row: CheckIn, request: CheckInInput | RetakeInput, taken: faces.Taken, file_id: UUID) -> None:
    assert request.capture is not None
    capture = request.capture
    row.challenge_id, row.picture_id, row.portrait_id = taken.challenge.id, file_id, None
    row.captured_at = taken.captured_at
    row.skew_seconds = max(-MOST_SKEW, min(round(taken.skew_seconds), MOST_SKEW))
    row.mode = CheckInMode.OFFLINE if taken.challenge.offline else CheckInMode.ONLINE
    row.burst = {"columns": capture.columns, "count": capture.count, "times": list(capture.frame_times_ms)}
    row.state, row.wait_until = S.CHECKING, clock.now() + JUDGING_TAKES


def _home(case: Case) -> tuple[float, float] | None:
    if case.home_latitude is None or case.home_longitude is None:
        return None
    return case.home_latitude, case.home_longitude


def _at(request: CheckInInput) -> tuple[float, float] | None:
    if request.latitude is None or request.longitude is None:
        return None
    return request.latitude, request.longitude


async def _own(actor: Actor, check_in_id: str, action: str) -> tuple[Case, CheckIn, Task]:
    row = await CheckIn.filter(id=as_id(check_in_id, "checkInId")).first()
    if row is None:
        raise not_found("checkInId")
    case = (await common.begin(actor, row.case_id, action, field="checkInId")).case
    row = await CheckIn.filter(id=row.id).select_for_update().get()
    return case, row, await Task.get(id=row.task_id)


async def retake_check_in(actor: Actor, request: RetakeInput) -> Case:
    """Another picture for the same answers, after the first could not be used."""
    case, row, _ = await _own(actor, request.check_in_id, "retake_check_in")
    if row.state != S.RETAKE:
        raise WrongState("retake_check_in", row.state, frozenset({S.RETAKE}))
    file = await enrolment.keep_capture(actor, case, row.id, request.capture)
    taken = await enrolment.take(actor, case, request.capture, {"checkIn": str(row.id)})
    _use(row, request, taken, file.id)
    row.attempts += 1
    await row.save()
    await common.note(actor, case, "check_in:retaken", check_in=str(row.id), attempt=row.attempts)
    await enqueue(JUDGE_JOB, case, check_in_id=str(row.id))
    return case


async def send_check_in_anyway(actor: Actor, request: SendAnywayInput) -> Case:
    """The person knows best that it is he: a human looks instead of the machine."""
    case, row, task = await _own(actor, request.check_in_id, "send_check_in_anyway")
    if row.state != S.RETAKE:
        raise WrongState("send_check_in_anyway", row.state, frozenset({S.RETAKE}))
    checks = Checks()
    text = checks.text("note", request.note, most=500)
    checks.done()
    row.sent_anyway = True
    if text:
        said = common.unseal("check_in", "answers", row.id, row.answers_sealed, case.county)
        row.answers_sealed = common.seal("check_in", "answers", row.id, f"{said}\n{text}".strip(), case.county)
    # The person's own words stay sealed in the row.
    await common.note(actor, case, "check_in:sent_anyway", check_in=str(row.id))
    await _to_human(actor, case, row, task)
    return case


async def _to_human(actor: Actor, case: Case, row: CheckIn, task: Task) -> None:
    """Into the review queue, with its limit; the person has done his part, in time or late."""
    row.state, row.wait_until = S.IN_REVIEW, None
    await row.save()
    if task.state in duties.OPEN:
        await duties.finish(actor, task, row.captured_at)
    await clocks.start(case, common.APP, rules.RULES["review"], clock.now(), subject_id=row.id)
    await enqueue(HUMAN_JOB, case, check_in_id=str(row.id))


async def to_human(actor: Actor, check_in_id: str) -> None:
    """Job: tell the workers; and take over what waited too long for a picture or for the engine."""
    row = await CheckIn.filter(id=UUID(check_in_id)).select_for_update().first()
    if row is None or row.state not in (S.CHECKING, S.RETAKE, S.IN_REVIEW):
        return
    case, task = await Case.get(id=row.case_id), await Task.get(id=row.task_id)
    if row.state != S.IN_REVIEW:
        if row.wait_until is None or row.wait_until > clock.now():
            return
        row.problem = row.problem or "WAITED"
        await _to_human(actor, case, row, task)
        await common.note(actor, case, "check_in:to_human", check_in=str(row.id))
        return
    await common.tell(await common.workers(case), "check_in.to_review", case)


async def sweep_waiting(now: object) -> None:
    """Pictures nobody took again, and judgements that never came."""
    await enqueue_found(
        HUMAN_JOB,
        """select 'wait:' || id::text as row, county, path, case_id as matter, jsonb_build_object('check_in_id', id) as args
           from rehab_check_in where state in ('CHECKING', 'RETAKE') and wait_until <= $1""",
        now,  # type: ignore[arg-type]
    )


async def judge(actor: Actor, check_in_id: str) -> None:
    """Job: look at the picture. A match is taken; everything else is the person's choice, then a human's decision."""
    row = await CheckIn.filter(id=UUID(check_in_id)).select_for_update().first()
    if row is None or row.state != S.CHECKING or row.picture_id is None:
        return
    case, task = await Case.get(id=row.case_id), await Task.get(id=row.task_id)
    challenge = await FaceChallenge.get(id=row.challenge_id)
    try:
        picture = await storage().get(file_key(row.picture_id))
    except ObjectMissing:
        picture = b""
    judged = await faces.judge(
        case, case.subject_id, challenge, picture, row.burst["columns"], row.burst["count"], row.burst["times"]
    )
    row.outcome, row.problem, row.score = judged.outcome, judged.problem, judged.score
    category = _category(row)
    if judged.best_frame:
        row.portrait_id = (await enrolment.keep_portrait(case, row, judged.best_frame, category)).id
    await keep_for(case, row.picture_id, category, timedelta(days=rules.PICTURE_DAYS[category]), rules.PICTURE_BASIS)
    await _after_judging(actor, case, row, task)


def _category(row: CheckIn) -> str:
    """How long its pictures are kept; a concern keeps them longest, whichever of the two jobs runs first."""
    if row.wants_help or row.mood in WORRYING:
        return "CONCERN"
    return "MATCH" if row.outcome == FaceOutcome.MATCH else "REVIEWED"


async def _after_judging(actor: Actor, case: Case, row: CheckIn, task: Task) -> None:
    away = row.place_hint == PlaceHint.OUTSIDE and not await _on_leave(case, row)
    if row.outcome == FaceOutcome.MATCH and not away:
        await _accept(actor, case, row, task)
        word = "accepted"
    elif (
        row.outcome == FaceOutcome.MATCH or row.outcome in NOT_HIS_FAULT or row.sent_anyway
        or row.mode == CheckInMode.OFFLINE or row.attempts >= rules.MOST_ATTEMPTS
    ):  # fmt: skip
        await _to_human(actor, case, row, task)
        word = "in_review"
    else:
        row.state, row.wait_until = S.RETAKE, clock.now() + rules.RETAKE_WAIT
        await row.save()
        word = "retake"
    # The outcome itself stays in the row: events carry no face data.
    await common.note(actor, case, "check_in:judged", check_in=str(row.id), result=row.state)
    await common.tell(await common.person_account(case), f"check_in.{word}", case)


async def _on_leave(case: Case, row: CheckIn) -> bool:
    day = row.captured_at.astimezone(clock.LOCAL).date()
    away = Leave.filter(case_id=case.id, state__in=[LeaveState.ACKNOWLEDGED, LeaveState.RETURNED])
    return await away.filter(from_day__lte=day, to_day__gte=day).exists()


async def _accept(actor: Actor, case: Case, row: CheckIn, task: Task) -> None:
    row.state, row.wait_until = S.ACCEPTED, None
    await row.save()
    in_time = not task.late if task.state == TaskState.DONE else await duties.finish(actor, task, row.captured_at)
    if in_time:
        await drafts.on_time(case, task)


async def review_check_in(actor: Actor, request: ReviewCheckInInput) -> Case:
    """A human decides with both pictures before him; not accepted means: please once more, or we call you."""
    case, row, task = await _own(actor, request.check_in_id, "review_check_in")
    if row.state != S.IN_REVIEW:
        raise WrongState("review_check_in", row.state, frozenset({S.IN_REVIEW}))
    checks = Checks()
    text = checks.text("note", request.note, least=2, most=1000)
    checks.done()
    row.reviewed_by, row.reviewed_at, row.review_note = actor.account_id, clock.now(), text
    if request.accept:
        await _accept(actor, case, row, task)
    else:
        row.state = S.REJECTED
        await row.save()
        await _ask_again(task)
    await clocks.meet(case.id, "review", clock.now(), subject_id=row.id)
    await common.note(actor, case, "check_in:reviewed", check_in=str(row.id), accepted=request.accept, note=text)
    word = "accepted" if request.accept else "again"
    await common.tell(await common.person_account(case), f"check_in.{word}", case)
    return case


async def _ask_again(task: Task) -> None:
    """The duty is open again, with a day to do it: a picture that could not be used is nobody's breach."""
    now = clock.now()
    task.state, task.done_at, task.done_by, task.late = TaskState.OPEN, None, None, False
    task.opens_at, task.due_at = now, max(task.due_at, now + timedelta(days=1))
    task.reminded, task.next_at = 0, now
    await task.save()


async def concern(actor: Actor, check_in_id: str) -> None:
    """Job: a low mood or a wish for help reaches a person, with a limit; it never reaches the score."""
    row = await CheckIn.get(id=UUID(check_in_id))
    case = await Case.get(id=row.case_id)
    if await Task.filter(case_id=case.id, source_id=row.id, kind=TaskKind.CALL_BACK).exists():
        return
    urgent = row.wants_help or row.mood == Mood.STRUGGLING
    within = rules.CALL_BACK_HELP if urgent else rules.CALL_BACK_LOW
    links = LinkKind.DRUG_WORKER if await common.links_of(case, LinkKind.DRUG_WORKER) else LinkKind.OFFICE
    await duties.for_links(case, TaskKind.CALL_BACK, links, within=within, source_id=row.id)
    for file_id in (row.picture_id, row.portrait_id):
        if file_id is not None:
            period = timedelta(days=rules.PICTURE_DAYS["CONCERN"])
            await keep_for(case, file_id, "CONCERN", period, rules.PICTURE_BASIS)
    await common.note(actor, case, "concern:raised", check_in=str(row.id), urgent=urgent)
