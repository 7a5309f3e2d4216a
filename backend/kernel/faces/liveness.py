"""Whether a burst shows one living person who follows the challenge. Pure: numbers in, a result out.

What it builds on is in `landmarks`: a picture of a face, moved and tilted before the camera in any way, keeps its nose
on the same spot over the plane of eyes and mouth; a head that turns does not. Coming nearer a picture can do as well,
so every challenge contains a turn.

What it does not stop is written in the README: a film that happens to show the right gestures, a mask, a rendered face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from backend.kernel.faces.codes import Gesture, LivenessProblem
from backend.kernel.faces.engine import Embedding, Landmarks
from backend.kernel.faces.landmarks import parallax, spans
from backend.kernel.faces.matching import cosine


@dataclass(frozen=True)
class LivenessLimits:
    """Lengths are distances between the eyes, of the frontal face; sizes are ratios to the first frontal frame.

    Attributes:
        turn: how far the nose must wander for a turn; about 22 degrees.
        rest: how far it may wander in a frame that counts as looking into the camera; about 13 degrees.
        start: how far the nose may stand off the mean face in the first frames, sideways and along.
        nearer, near_again: size that counts as nearer, and below which the gesture may be made once more.
        blink: openness of the eyes, against the same burst's median, that counts as shut.
        same_face, same_face_turned: least cosine with the first frontal frame; the latter from `far_turn` on.
        jump, growth: how far a face may move, in its own size, and how much its size may change between two frames.
    """

    turn: float = 0.20
    rest: float = 0.115
    nod: float = 0.3
    start: tuple[float, float] = (0.22, 0.5)
    nearer: float = 1.22
    near_again: float = 1.12
    blink: float = 0.6
    same_face: float = 0.3
    same_face_turned: float = 0.2
    far_turn: float = 0.45
    jump: float = 0.9
    growth: float = 1.8
    least_frames: int = 6
    least_ms: int = 1500
    most_ms: int = 60_000
    gap_ms: int = 3000
    lost_ms: int = 1500
    lost_share: float = 1 / 3


DEFAULT: Final = LivenessLimits()


@dataclass(frozen=True, eq=False)
class FrameReading:
    """What the engine saw in one frame; `landmarks` is None where it found no single face.

    Attributes:
        face_size: longer edge of the face's box, pixels.
        eye_openness: as `FaceEngine.eye_openness`.
        at_ms: milliseconds since any fixed instant, by the phone's clock.
    """

    landmarks: Landmarks | None
    face_size: float
    eye_openness: float | None
    embedding: Embedding | None
    at_ms: int


@dataclass(frozen=True)
class LivenessResult:
    """`shown` are the gestures seen; `reference` and `frontal` number frames that look into the camera."""

    problem: LivenessProblem | None
    shown: tuple[Gesture, ...] = ()
    reference: int | None = None
    frontal: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Move:
    """One frame against the reference: wander of the nose, sizes, openness of the eyes (None: unknown)."""

    right: float
    down: float
    least_size: float
    most_size: float
    openness: float | None


def judge_burst(
    frames: Sequence[FrameReading], gestures: Sequence[Gesture], limits: LivenessLimits = DEFAULT
) -> LivenessResult:
    """Exactly the demanded gestures, in their order, by one face that is there all the time.

    The same gesture twice in a row counts once: people hesitate. Eyes that shut by themselves count for nothing. Anything
    else beyond what was demanded is refused, or a film that shows every gesture would answer every challenge.
    """
    problem = _bad_timing(frames, limits) or _lost(frames, limits)
    if problem:
        return LivenessResult(problem)
    reference = _reference(frames, limits)
    if reference is None:
        return LivenessResult(LivenessProblem.NOT_FRONTAL)
    moves = _moves(frames, reference)
    frontal = tuple(number for number, move in moves.items() if _at_rest(move, limits))
    made = _once_each(_gestures_made(moves, limits), blinks=Gesture.BLINK in gestures)
    shown = tuple(gesture for gesture, _ in made)
    marked = [reference, *(number for _, number in made)]
    problem = _swapped(frames, moves, marked, limits) or _misordered(shown, gestures)
    return LivenessResult(problem, shown, reference, frontal)


def _bad_timing(frames: Sequence[FrameReading], limits: LivenessLimits) -> LivenessProblem | None:
    if len(frames) < limits.least_frames:
        return LivenessProblem.BAD_TIMING
    steps = [after.at_ms - before.at_ms for before, after in pairwise(frames)]
    fits = all(0 < step <= limits.gap_ms for step in steps) and limits.least_ms <= sum(steps) <= limits.most_ms
    return None if fits else LivenessProblem.BAD_TIMING


def _lost(frames: Sequence[FrameReading], limits: LivenessLimits) -> LivenessProblem | None:
    seen = [frame.at_ms for frame in frames if frame.landmarks is not None]
    edges = [frames[0].at_ms, *seen, frames[-1].at_ms]
    longest = max(after - before for before, after in pairwise(edges))
    # A face in every frame is never lost, however slow the camera.
    missing = len(frames) - len(seen)
    if missing > limits.lost_share * len(frames) or (missing and longest > limits.lost_ms):
        return LivenessProblem.LOST_FACE
    return None


def _reference(frames: Sequence[FrameReading], limits: LivenessLimits) -> int | None:
    """The first of the first three seen frames that looks into the camera."""
    seen = [number for number, frame in enumerate(frames) if frame.landmarks is not None][:3]
    for number in seen:
        shift = _parallax(frames[number])
        if shift is not None and abs(shift[0]) <= limits.start[0] and abs(shift[1]) <= limits.start[1]:
            return number
    return None


def _parallax(frame: FrameReading) -> tuple[float, float] | None:
    return None if frame.landmarks is None else parallax(frame.landmarks)


def _moves(frames: Sequence[FrameReading], reference: int) -> dict[int, _Move]:
    """By number of frame, from the reference on; frames whose face tells nothing are left out."""
    start = frames[reference]
    assert start.landmarks is not None
    origin = parallax(start.landmarks)
    assert origin is not None
    across, along = spans(start.landmarks)
    open_eyes = [frame.eye_openness for frame in frames if frame.eye_openness is not None]
    usual = float(np.median(open_eyes)) if open_eyes else 0.0
    moves = {}
    for number, frame in enumerate(frames):
        shift = _parallax(frame)
        if number < reference or shift is None or frame.landmarks is None:
            continue
        sizes = spans(frame.landmarks)
        ratios = sizes[0] / max(across, 1e-6), sizes[1] / max(along, 1e-6)
        openness = frame.eye_openness / usual if frame.eye_openness is not None and usual > 0 else None
        moves[number] = _Move(shift[0] - origin[0], shift[1] - origin[1], min(ratios), max(ratios), openness)
    return moves


def _at_rest(move: _Move, limits: LivenessLimits) -> bool:
    looking = abs(move.right) < limits.rest and abs(move.down) < limits.nod
    return looking and (move.openness is None or move.openness > limits.blink)


def _gestures_made(moves: dict[int, _Move], limits: LivenessLimits) -> list[tuple[Gesture, int]]:
    """Each gesture with the frame that shows it; a turn counts only after a look into the camera."""
    made: list[tuple[Gesture, int]] = []
    rested, far = False, True
    for number, move in moves.items():
        turned = abs(move.right) >= limits.turn and abs(move.right) > abs(move.down)
        near = far and move.least_size >= limits.nearer and abs(move.right) < limits.rest
        shut = move.openness is not None and move.openness <= limits.blink
        if turned and rested:
            # The picture's right is the person's left.
            made.append((Gesture.TURN_LEFT if move.right > 0 else Gesture.TURN_RIGHT, number))
            rested = False
        elif near:
            made.append((Gesture.NEARER, number))
            far, rested = False, True
        elif shut and rested and abs(move.right) < limits.rest:
            made.append((Gesture.BLINK, number))
        elif _at_rest(move, limits):
            rested = True
        if move.most_size < limits.near_again:
            far = True
    return made


def _once_each(made: Sequence[tuple[Gesture, int]], *, blinks: bool) -> list[tuple[Gesture, int]]:
    """Without repetitions, and without blinks unless they were asked for."""
    counted = [each for each in made if blinks or each[0] is not Gesture.BLINK]
    return [each for number, each in enumerate(counted) if number == 0 or counted[number - 1][0] is not each[0]]


def _swapped(
    frames: Sequence[FrameReading], moves: dict[int, _Move], marked: Sequence[int], limits: LivenessLimits
) -> LivenessProblem | None:
    """Every embedding agrees with the first frontal one, the frames that count have one, and nothing jumps."""
    first = frames[marked[0]].embedding
    if first is None or any(frames[number].embedding is None for number in marked):
        return LivenessProblem.SWAPPED_FACE
    for number, frame in enumerate(frames):
        if frame.embedding is None:
            continue
        # A face too far turned to be measured is as far turned as can be.
        turn = abs(moves[number].right) if number in moves else limits.far_turn
        least = limits.same_face_turned if turn >= limits.far_turn else limits.same_face
        if cosine(first, frame.embedding) < least:
            return LivenessProblem.SWAPPED_FACE
    seen = [frame for frame in frames if frame.landmarks is not None]
    jumps = any(_jumps(before, after, limits) for before, after in pairwise(seen))
    return LivenessProblem.SWAPPED_FACE if jumps else None


def _jumps(before: FrameReading, after: FrameReading, limits: LivenessLimits) -> bool:
    assert before.landmarks is not None and after.landmarks is not None
    way = float(np.linalg.norm(after.landmarks.mean(axis=0) - before.landmarks.mean(axis=0)))
    smaller, larger = sorted((before.face_size, after.face_size))
    return way > limits.jump * larger or larger > limits.growth * smaller


def _misordered(shown: Sequence[Gesture], demanded: Sequence[Gesture]) -> LivenessProblem | None:
    """Walks through what was shown: each is the next one demanded, the last one again, or eyes that shut."""
    if set(shown) <= {Gesture.NEARER}:
        return LivenessProblem.STILL_PICTURE
    done = 0
    for gesture in shown:
        if done < len(demanded) and gesture is demanded[done]:
            done += 1
        elif gesture is not Gesture.BLINK and (done == 0 or gesture is not demanded[done - 1]):
            return LivenessProblem.WRONG_ORDER
    return None if done == len(demanded) else LivenessProblem.INCOMPLETE
