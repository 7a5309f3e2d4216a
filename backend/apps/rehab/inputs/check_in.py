"""Inputs about faces, check-ins, tasks and tests."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import ID

from backend.apps.rehab.enums import CheckInMode, Excuse, Mood, TestKind, TestResult
from backend.apps.rehab.inputs import words as _words  # noqa: F401  (names the enums)


@strawberry.input
class ChallengesInput:
    """`ahead`: several, for a phone that may be without a network; `enrol`: for the enrolment that waits for a picture."""

    id: ID
    ahead: bool = False
    enrol: bool = False


@strawberry.input
class ConsentInput:
    id: ID
    consent_version: str
    agreed: bool


@strawberry.input
class CaptureInput:
    """A burst as one picture: frames side by side in `columns`, sealed with the challenge's key."""

    challenge_id: ID
    file_id: ID
    columns: int
    count: int
    frame_times_ms: list[int]
    captured_at: datetime
    challenge_received_at: datetime
    picture_sha256: str
    seal: str


@strawberry.input
class EnrolFaceInput:
    id: ID
    capture: CaptureInput


@strawberry.input
class ConfirmFaceInput:
    id: ID
    enrolment_id: ID
    accept: bool
    note: str | None = None


@strawberry.input
class CheckInInput:
    """`capture` is missing where the person goes on without a face; then somebody calls or meets him."""

    task_id: ID
    mode: CheckInMode
    captured_at: datetime
    capture: CaptureInput | None = None
    no_face_reason: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    mood: Mood | None = None
    wants_help: bool = False
    answers: str | None = None
    send_anyway: bool = False


@strawberry.input
class RetakeInput:
    check_in_id: ID
    capture: CaptureInput


@strawberry.input
class SendAnywayInput:
    check_in_id: ID
    note: str | None = None


@strawberry.input
class ReviewCheckInInput:
    check_in_id: ID
    accept: bool
    note: str


@strawberry.input
class DemandCheckInInput:
    id: ID
    reason: str
    hours: int = 4


@strawberry.input
class CompleteTaskInput:
    """A visit, a talk, a patrol, a call: what was done and seen. Works offline."""

    task_id: ID
    text: str
    done_at: datetime | None = None
    file_ids: list[ID] | None = None


@strawberry.input
class ExcuseTaskInput:
    task_id: ID
    excuse: Excuse
    reason: str


@strawberry.input
class RecordTestInput:
    id: ID
    kind: TestKind
    result: TestResult
    place: str
    witness: str
    sample_a: str
    sample_b: str
    done_at: datetime | None = None
    task_id: ID | None = None


@strawberry.input
class LabAskInput:
    test_id: ID
    reason: str


@strawberry.input
class LabResultInput:
    test_id: ID
    lab: str
    result: TestResult
