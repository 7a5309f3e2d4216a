"""Look at a burst: cut, detect, measure, compare. What is computed runs in the pool; what is stored, in the job.

This module pulls in numpy; `service` imports it when a burst is there to be judged.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import numpy as np

from backend.kernel import clock
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import TenantModel, new_id, place_of
from backend.kernel.errors import Refusal
from backend.kernel.faces import insightface
from backend.kernel.faces.codes import (
    EnrolmentState,
    FaceOutcome,
    FaceProblem,
    Gesture,
    LivenessProblem,
)
from backend.kernel.faces.engine import DetectedFace, Embedding, EngineMissing, FaceEngine, Pixels, Quality
from backend.kernel.faces.liveness import FrameReading, LivenessResult, judge_burst
from backend.kernel.faces.matching import Thresholds, compare, verdict
from backend.kernel.faces.models import FaceChallenge, FaceEnrolment, FaceTemplate
from backend.kernel.faces.outcomes import Judgement
from backend.kernel.faces.pictures import face_crop, frames_of, perceptual_hash, shown_before
from backend.kernel.faces.pool import pool
from backend.kernel.faces.quality import problem_of, quality_of, rivals
from backend.kernel.privacy.vault import seal, unseal
from backend.settings import settings

#: Templates made of one burst.
MOST_TEMPLATES: Final = 5
LEAST_TEMPLATES: Final = 2
#: Earlier bursts of the same person that a new one is compared with.
BURSTS_REMEMBERED: Final = 200
#: Share of frames with the same problem that makes it the answer.
TELLING_SHARE: Final = 0.5


@dataclass(frozen=True, eq=False)
class Look:
    """One frame as the engine sees it. `face` is None unless there is exactly one that counts."""

    frame: Pixels
    face: DetectedFace | None
    quality: Quality | None
    problem: FaceProblem | None
    embedding: Embedding | None
    eye_openness: float | None


@dataclass(frozen=True, eq=False)
class Burst:
    """A sheet looked at. `best` numbers usable frontal frames, best first."""

    looks: list[Look]
    liveness: LivenessResult
    best: list[int]
    model: str


async def judge(
    matter: TenantModel,
    subject_id: UUID,
    challenge: FaceChallenge,
    picture: bytes,
    columns: int,
    count: int,
    frame_times_ms: Sequence[int],
) -> Judgement:
    """As `service.judge`."""
    burst = await _look_and_remember(challenge, picture, columns, count, frame_times_ms)
    if isinstance(burst, Judgement):
        return burst
    refused = _refused(burst)
    if refused is not None:
        return refused
    templates = await _templates(matter.id, subject_id, burst.model)
    best = burst.looks[burst.best[0]]
    assert best.embedding is not None
    comparison = compare(best.embedding, templates)
    if comparison is None:
        return _answer(burst, FaceOutcome.NOT_ENROLLED)
    thresholds = Thresholds(settings().face_match_from, settings().face_mismatch_below)
    found = verdict(comparison.score, thresholds)
    return _answer(burst, FaceOutcome(found.value), score=round(comparison.score, 4))


async def read_enrolment(
    enrolment: FaceEnrolment,
    challenge: FaceChallenge,
    picture: bytes,
    columns: int,
    count: int,
    frame_times_ms: Sequence[int],
) -> Judgement:
    """As `service.read_enrolment`."""
    row = await FaceEnrolment.filter(id=enrolment.id).select_for_update().get()
    if row.state != EnrolmentState.PENDING:
        # Withdrawn or decided while the job waited: nothing may be made of these pictures any more.
        return Judgement(FaceOutcome.NOT_ENROLLED)
    await FaceTemplate.filter(enrolment_id=row.id).delete()
    burst = await _look_and_remember(challenge, picture, columns, count, frame_times_ms)
    answer = burst if isinstance(burst, Judgement) else _refused(burst) or _enough(burst)
    if answer is None:
        assert isinstance(burst, Burst)
        await _store_templates(row, burst)
        answer = _answer(burst, FaceOutcome.MATCH)
    failed = answer.outcome is not FaceOutcome.MATCH
    row.problem = enrolment.problem = (answer.problem or answer.outcome) if failed else ""
    await row.save(update_fields=["problem"])
    return answer


def look_at(engine: FaceEngine, frame: Pixels, *, eyes: bool) -> Look:
    """What one frame tells; how far the eyes are open only when asked. Blocking."""
    faces = engine.detect(frame)
    if not faces or len(rivals(faces)) > 1:
        return Look(frame, None, None, problem_of(faces, None if not faces else quality_of(frame, faces[0])), None, None)
    face = faces[0]
    quality = quality_of(frame, face)
    problem = problem_of(faces, quality)
    openness = engine.eye_openness(frame, face) if eyes else None
    return Look(frame, face, quality, problem, engine.embed(frame, face), openness)


def cut(picture: bytes, columns: int, count: int, frame_times_ms: Sequence[int]) -> tuple[list[Pixels], list[str]]:
    """The frames of a sheet and their hashes. Blocking; needs no model.

    Raises:
        Refusal: as `frames_of`; `BAD_SHEET` also when there is not one time for each frame.
    """
    if len(frame_times_ms) != count:
        raise Refusal("BAD_SHEET", columns=columns, count=count)
    frames = frames_of(picture, columns, count)
    return frames, [perceptual_hash(frame) for frame in frames]


def read_burst(
    engine: FaceEngine, frames: Sequence[Pixels], frame_times_ms: Sequence[int], gestures: Sequence[Gesture]
) -> Burst:
    """Look at each frame and judge the movement. Blocking; run it in the pool."""
    looks = [look_at(engine, frame, eyes=Gesture.BLINK in gestures) for frame in frames]
    readings = [_reading(look, at) for look, at in zip(looks, frame_times_ms, strict=True)]
    liveness = judge_burst(readings, gestures)
    usable = [number for number in liveness.frontal if looks[number].problem is None]
    best = sorted(usable, key=lambda number: -_rank(looks[number]))
    return Burst(looks, liveness, best, engine.model)


async def _look_and_remember(
    challenge: FaceChallenge, picture: bytes, columns: int, count: int, frame_times_ms: Sequence[int]
) -> Burst | Judgement:
    """The burst, or why it is not looked at further. Its hashes are kept with the challenge, also without models."""
    gestures = [Gesture(name) for name in challenge.gestures]
    try:
        frames, hashes = await pool().run(lambda: cut(picture, columns, count, frame_times_ms), patient=True)
    except Refusal as problem:
        return Judgement(FaceOutcome.BAD_PICTURE, problem=problem.code)
    replayed = await _shown_before(challenge, hashes)
    challenge.picture_hashes = hashes
    await challenge.save(update_fields=["picture_hashes"])
    try:
        burst = await pool().run(
            lambda: read_burst(insightface.engine(), frames, frame_times_ms, gestures), patient=True
        )
    except EngineMissing:
        if replayed:
            return Judgement(FaceOutcome.NOT_LIVE, problem=LivenessProblem.REPLAYED)
        return Judgement(FaceOutcome.ENGINE_MISSING, problem=FaceOutcome.ENGINE_MISSING)
    return _answer(burst, FaceOutcome.NOT_LIVE, problem=LivenessProblem.REPLAYED) if replayed else burst


async def _shown_before(challenge: FaceChallenge, hashes: Sequence[str]) -> bool:
    earlier = FaceChallenge.filter(matter_id=challenge.matter_id, subject_id=challenge.subject_id)
    # Only what was shown before this one: a repetition must not spoil the second try of its original.
    before = challenge.used_at or clock.now()
    used = earlier.exclude(id=challenge.id).filter(used_at__lt=before).order_by("-used_at")
    bursts = await used.limit(BURSTS_REMEMBERED).values_list("picture_hashes", flat=True)
    return any(shown_before(hashes, burst) for burst in bursts)


def _refused(burst: Burst) -> Judgement | None:
    """A picture nobody could use, before a movement nobody could follow: the person is told the cause, not the effect."""
    common = _common_problem(burst.looks)
    if common is not None:
        return _answer(burst, FaceOutcome.BAD_PICTURE, problem=common)
    if burst.liveness.problem is not None:
        return _answer(burst, FaceOutcome.NOT_LIVE, problem=burst.liveness.problem)
    if not burst.best:
        return _answer(burst, FaceOutcome.BAD_PICTURE, problem=_frontal_problem(burst))
    return None


def _enough(burst: Burst) -> Judgement | None:
    if len(burst.best) < LEAST_TEMPLATES:
        return _answer(burst, FaceOutcome.BAD_PICTURE, problem=_frontal_problem(burst))
    return None


def _common_problem(looks: Sequence[Look]) -> FaceProblem | None:
    """What at least half of the frames suffer from; turned heads are asked for."""
    for problem in FaceProblem:
        if problem is not FaceProblem.TURNED_AWAY:
            bad = sum(1 for look in looks if look.problem is problem)
            if bad >= TELLING_SHARE * len(looks):
                return problem
    return None


def _frontal_problem(burst: Burst) -> FaceProblem:
    """The problem of the frontal frames, none of which is good enough."""
    problems = [burst.looks[number].problem for number in burst.liveness.frontal]
    return next((problem for problem in problems if problem is not None), FaceProblem.TURNED_AWAY)


def _answer(burst: Burst, outcome: FaceOutcome, *, problem: str = "", score: float | None = None) -> Judgement:
    number = _most_telling(burst)
    look = burst.looks[number] if number is not None else None
    crop, quality = b"", {}
    if look is not None and look.face is not None and look.quality is not None:
        crop = face_crop(look.frame, look.face)
        quality = {name: round(value, 3) for name, value in asdict(look.quality).items()}
    return Judgement(outcome, score, str(problem), crop, quality)


def _most_telling(burst: Burst) -> int | None:
    """The best usable frame; else the least turned one that shows a face at all."""
    if burst.best:
        return burst.best[0]
    seen = [(abs(look.quality.yaw), number) for number, look in enumerate(burst.looks) if look.quality is not None]
    return min(seen)[1] if seen else None


def _rank(look: Look) -> float:
    """Higher is better: frontal, then large and sharp."""
    assert look.quality is not None
    turned = abs(look.quality.yaw) / 30 + abs(look.quality.roll) / 60
    return min(1.0, look.quality.eye_distance / 60) + min(1.0, look.quality.sharpness / 0.2) - turned


def _reading(look: Look, at_ms: int) -> FrameReading:
    if look.face is None:
        return FrameReading(None, 0.0, None, None, at_ms)
    return FrameReading(look.face.landmarks, look.face.size, look.eye_openness, look.embedding, at_ms)


async def _store_templates(row: FaceEnrolment, burst: Burst) -> None:
    for number in burst.best[:MOST_TEMPLATES]:
        look = burst.looks[number]
        assert look.embedding is not None and look.quality is not None
        template_id = new_id()
        await FaceTemplate.create(
            **place_of(row), id=template_id, matter_id=row.matter_id, enrolment_id=row.id,
            vector=seal_vector(template_id, row.county, look.embedding), model=burst.model,
            quality={name: round(value, 3) for name, value in asdict(look.quality).items()}, created_at=clock.now(),
        )  # fmt: skip


async def _templates(matter_id: UUID, subject_id: UUID, model: str) -> list[Embedding]:
    """Of the ACTIVE enrolment, made by this model; those of another do not compare."""
    today = clock.now().astimezone(clock.LOCAL).date()
    active = await FaceEnrolment.filter(
        matter_id=matter_id, subject_id=subject_id, state=EnrolmentState.ACTIVE, renew_by__gte=today
    ).values_list("id", flat=True)
    rows = await fetch("select id, county, vector from face_vectors($1) where model = $2", list(active), model)
    return [open_vector(FaceTemplate(**row)) for row in rows]


def seal_vector(template_id: UUID, county: str, vector: Embedding) -> str:
    """As stored: half precision (the cosine changes by less than 0.001), sealed to its row."""
    packed = b64encode(vector.astype("<f2").tobytes()).decode()
    return seal("face_template", "vector", template_id, packed, county)


def open_vector(row: FaceTemplate) -> Embedding:
    """Raises EncryptionError for a vector that was moved here from another row."""
    packed = unseal("face_template", "vector", row.id, row.vector, row.county)
    return np.frombuffer(b64decode(packed), dtype="<f2").astype(np.float32)

