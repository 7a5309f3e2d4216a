"""Liveness on landmarks of heads and of flat pictures, projected as a camera does."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kernel.faces.challenges import draw_gestures
from backend.kernel.faces.codes import TURNS, Gesture, LivenessProblem
from backend.kernel.faces.engine import Landmarks
from backend.kernel.faces.landmarks import parallax, pose, similarity
from backend.kernel.faces.liveness import FrameReading, judge_burst
from tests.kernel.faces.heads import FLAT, HEAD, face, readings, seen

LEFT, RIGHT, NEARER, BLINK = Gesture.TURN_LEFT, Gesture.TURN_RIGHT, Gesture.NEARER, Gesture.BLINK
ORDERS = list(permutations(Gesture, 3))
ANGLES = st.floats(-0.9, 0.9)
SHAKE = st.floats(-0.05, 0.05)
NOISE_PX = 0.6

orders = st.sampled_from(ORDERS)
seeds = st.integers(0, 2**32 - 1)


def noisy(points: Landmarks, rng: np.random.Generator) -> Landmarks:
    return (points + rng.normal(0, NOISE_PX, points.shape)).astype(np.float32)


def burst(order: tuple[Gesture, ...], *, yaw: float = 0.6, seed: int = 0) -> list[FrameReading]:
    """A living person who does as told, with a little shake and noise."""
    rng = np.random.default_rng(seed)
    steps: list[tuple[Gesture | None, float]] = [(None, 0.0)] * 2
    for gesture in order:
        steps += [(gesture, 0.5), (gesture, 1.0), (gesture, 1.0), (gesture, 0.4), (None, 0.0)]
    points: list[Landmarks | None] = []
    for step, share in steps:
        turned = {LEFT: yaw, RIGHT: -yaw}.get(step, 0.0) if step else 0.0
        near = 1 + 0.45 * share if step is NEARER else 1.0
        shake = rng.normal(0, 0.02, 3)
        points.append(
            noisy(
                seen(
                    HEAD, yaw=turned * share + shake[0], pitch=shake[1], roll=shake[2], nearer=near,
                    shift=(float(rng.normal(0, 4)), float(rng.normal(0, 4))),
                ),
                rng,
            )
        )  # fmt: skip
    open_eyes = [0.07 if step == (BLINK, 1.0) else 0.3 + float(rng.normal(0, 0.01)) for step in steps]
    return readings(points, openness=open_eyes)


@settings(max_examples=60)
@given(orders, st.floats(0.5, 0.9), seeds)
def test_a_person_who_does_as_told_passes(order: tuple[Gesture, ...], yaw: float, seed: int) -> None:
    result = judge_burst(burst(order, yaw=yaw, seed=seed), order)
    assert result.problem is None
    assert result.shown == order
    assert result.reference == 0
    assert 0 in result.frontal


@settings(max_examples=60)
@given(orders, orders, seeds)
def test_another_order_never_passes(
    shown: tuple[Gesture, ...], demanded: tuple[Gesture, ...], seed: int
) -> None:
    result = judge_burst(burst(shown, seed=seed), demanded)
    assert (result.problem is None) == (shown == demanded)
    if shown != demanded and BLINK not in shown:
        assert result.problem is LivenessProblem.WRONG_ORDER


@settings(max_examples=200)
@given(orders, st.lists(st.tuples(ANGLES, ANGLES, ANGLES, st.floats(0.8, 1.6)), min_size=8, max_size=24), seeds)
def test_a_flat_picture_never_passes(
    order: tuple[Gesture, ...], moves: list[tuple[float, float, float, float]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    frames: list[Landmarks | None] = [
        noisy(seen(FLAT, yaw=yaw, pitch=pitch, roll=roll, nearer=nearer), rng) for yaw, pitch, roll, nearer in moves
    ]
    result = judge_burst(readings([noisy(seen(FLAT), rng), *frames]), order)
    assert result.problem is not None
    # Somebody may cut holes for his eyes; the turn is what a picture has not got.
    assert not TURNS & set(result.shown)


@given(ANGLES, ANGLES, ANGLES, st.floats(0.5, 2.0))
def test_the_nose_of_a_flat_picture_stays(yaw: float, pitch: float, roll: float, nearer: float) -> None:
    start, moved = parallax(seen(FLAT)), parallax(seen(FLAT, yaw=yaw, pitch=pitch, roll=roll, nearer=nearer))
    assert start is not None
    assert moved is None or moved == pytest.approx(start, abs=1e-3)


@given(st.floats(-0.7, 0.7), st.floats(-0.3, 0.3))
def test_the_nose_of_a_head_goes_where_the_head_turns(yaw: float, roll: float) -> None:
    shift = parallax(seen(HEAD, yaw=yaw, roll=roll))
    assert shift is not None
    assert shift[0] == pytest.approx(0.5 * np.tan(yaw), abs=0.12)
    assert pose(seen(HEAD, yaw=yaw))[0] == pytest.approx(np.degrees(yaw), abs=8)


@settings(max_examples=60)
@given(orders, seeds, st.data())
def test_a_face_swapped_in_the_middle_never_passes(order: tuple[Gesture, ...], seed: int, data: st.DataObject) -> None:
    frames = burst(order, seed=seed)
    first = data.draw(st.integers(1, len(frames) - 1))
    last = data.draw(st.integers(first, len(frames) - 1))
    for number in range(first, last + 1):
        frames[number] = replace(frames[number], embedding=face(2))
    assert judge_burst(frames, order).problem is LivenessProblem.SWAPPED_FACE


@given(st.lists(st.tuples(SHAKE, SHAKE, SHAKE), min_size=6, max_size=20), orders)
def test_a_face_that_only_trembles_is_a_still_picture(
    moves: list[tuple[float, float, float]], order: tuple[Gesture, ...]
) -> None:
    frames: list[Landmarks | None] = [seen(HEAD, yaw=yaw, pitch=pitch, roll=roll) for yaw, pitch, roll in moves]
    assert judge_burst(readings(frames), order).problem is LivenessProblem.STILL_PICTURE


def test_a_picture_that_comes_nearer_is_still_a_picture() -> None:
    sizes = (1.0, 1.0, 1.2, 1.45, 1.2, 1.0, 1.0)
    result = judge_burst(readings([seen(FLAT, nearer=near) for near in sizes]), (NEARER, LEFT, RIGHT))
    assert (result.problem, result.shown) == (LivenessProblem.STILL_PICTURE, (NEARER,))


def test_a_film_of_every_gesture_answers_no_challenge() -> None:
    film = burst((LEFT, RIGHT, NEARER, LEFT, RIGHT, NEARER))
    for order in permutations((LEFT, RIGHT, NEARER)):
        assert judge_burst(film, order).problem is LivenessProblem.WRONG_ORDER


def test_gestures_that_are_missing_at_the_end_are_named_so() -> None:
    assert judge_burst(burst((LEFT, NEARER)), (LEFT, NEARER, RIGHT)).problem is LivenessProblem.INCOMPLETE


def test_a_gesture_made_twice_in_a_row_counts_once() -> None:
    assert judge_burst(burst((LEFT, LEFT, NEARER, RIGHT)), (LEFT, NEARER, RIGHT)).problem is None


@pytest.mark.parametrize("order", [(LEFT, RIGHT, NEARER), (LEFT, BLINK, NEARER)])
def test_eyes_that_shut_by_themselves_count_for_nothing(order: tuple[Gesture, ...]) -> None:
    frames = burst(order)
    for number in (1, 7, 11, 16):
        frames[number] = replace(frames[number], eye_openness=0.05)
    assert judge_burst(frames, order).problem is None


def test_a_blink_that_was_demanded_and_did_not_come() -> None:
    assert judge_burst(burst((LEFT, NEARER)), (LEFT, BLINK, NEARER)).problem is LivenessProblem.WRONG_ORDER
    assert judge_burst(burst((LEFT, NEARER)), (LEFT, NEARER, BLINK)).problem is LivenessProblem.INCOMPLETE


def test_a_turn_counts_only_after_a_look_into_the_camera() -> None:
    frames: list[Landmarks | None] = [seen(HEAD, yaw=yaw) for yaw in (0, 0, 0.6, 0.6, -0.6, -0.6, 0)]
    assert judge_burst(readings(frames), (LEFT, RIGHT, NEARER)).shown == (LEFT,)


def test_somebody_who_stays_near_has_come_nearer_once() -> None:
    steps = [(0, 1), (0, 1), (0, 1.2), (0, 1.5), (0, 1.5), (0.7, 1.5), (0, 1.5), (-0.7, 1.5), (0, 1.5)]
    frames: list[Landmarks | None] = [seen(HEAD, yaw=yaw, nearer=near) for yaw, near in steps]
    assert judge_burst(readings(frames), (NEARER, LEFT, RIGHT)).problem is None


def test_it_starts_with_a_face_that_looks_into_the_camera() -> None:
    frames = [seen(HEAD, yaw=yaw) for yaw in (0.7, 0.7, 0.7, 0.7, 0, 0, 0, 0)]
    assert judge_burst(readings(frames), (LEFT, RIGHT, NEARER)).problem is LivenessProblem.NOT_FRONTAL


def test_a_face_that_is_gone_too_long_is_lost() -> None:
    frames = burst((LEFT, RIGHT, NEARER))
    gone = [replace(frame, landmarks=None, embedding=None) for frame in frames]
    # 900 ms unseen may happen.
    short = [*frames[:5], gone[5], *frames[6:]]
    assert judge_burst(short, (LEFT, RIGHT, NEARER)).problem is None
    assert (
        judge_burst([*frames[:4], *gone[4:8], *frames[8:]], (LEFT, RIGHT, NEARER)).problem
        is LivenessProblem.LOST_FACE
    )
    at_the_end = [*frames[:13], *gone[13:]]
    assert judge_burst(at_the_end, (LEFT, RIGHT, NEARER)).problem is LivenessProblem.LOST_FACE
    assert judge_burst(gone, (LEFT, RIGHT, NEARER)).problem is LivenessProblem.LOST_FACE


def test_a_face_does_not_jump() -> None:
    frames: list[Landmarks | None] = [seen(HEAD, shift=(400.0 * (number % 2), 0)) for number in range(8)]
    assert judge_burst(readings(frames), (LEFT, RIGHT, NEARER)).problem is LivenessProblem.SWAPPED_FACE


def test_frames_that_count_need_a_face_to_compare() -> None:
    frames = [replace(frame, embedding=None) for frame in burst((LEFT, RIGHT, NEARER))]
    assert judge_burst(frames, (LEFT, RIGHT, NEARER)).problem is LivenessProblem.SWAPPED_FACE


@pytest.mark.parametrize(
    "instants",
    [
        [], [0, 400, 800, 1200, 1600], [0, 400, 300, 800, 1200, 1600, 2000], [0, 10, 20, 30, 40, 50, 60],
        [0, 400, 400, 800, 1200, 1600, 2000], [0, 400, 800, 1200, 1600, 9000, 9400],
        [number * 2900 for number in range(24)],
    ],
)  # fmt: skip
def test_times_that_no_camera_has(instants: list[int]) -> None:
    frames = [replace(readings([seen(HEAD)])[0], at_ms=at) for at in instants]
    assert judge_burst(frames, (LEFT, RIGHT, NEARER)).problem is LivenessProblem.BAD_TIMING


def test_the_persons_left_is_the_pictures_right() -> None:
    shift = parallax(seen(HEAD, yaw=radians(30)))
    assert shift is not None and shift[0] > 0.2
    assert judge_burst(burst((LEFT,)), (LEFT,)).problem is None


def test_edge_on_and_mirrored_faces_tell_nothing() -> None:
    assert parallax(seen(HEAD, yaw=1.4)) is None
    mirrored = seen(HEAD) * np.array([-1, 1], dtype=np.float32)
    assert parallax(mirrored) is None
    assert parallax(np.zeros((5, 2), dtype=np.float32)) is None
    assert pose(seen(HEAD, yaw=1.4))[0] == 90


@given(st.floats(-3, 3), st.floats(0.2, 5), st.floats(-50, 50))
def test_the_similarity_undoes_rotation_scale_and_shift(roll: float, scale: float, shift: float) -> None:
    points = seen(FLAT).astype(np.float64)
    turn = scale * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    matrix = similarity((points @ turn.T + shift).astype(np.float32), points)
    back = (points @ turn.T + shift) @ matrix[:, :2].T + matrix[:, 2]
    assert back == pytest.approx(points, abs=0.05)


def test_challenges_are_drawn_in_every_order_and_always_with_a_turn() -> None:
    drawn = {tuple(draw_gestures([LEFT, RIGHT, NEARER])) for _ in range(300)}
    assert drawn == set(permutations((LEFT, RIGHT, NEARER)))
    assert all(TURNS & set(draw_gestures(list(Gesture))) for _ in range(100))
    for pool in ([LEFT, RIGHT], [LEFT, LEFT, LEFT], [NEARER, BLINK, NEARER]):
        with pytest.raises(ValueError, match="three distinct"):
            draw_gestures(pool)
