"""Landmarks of a head, and of a flat picture of it, before a camera: five points in space, projected."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from backend.kernel.faces.engine import Embedding, Landmarks
from backend.kernel.faces.liveness import FrameReading

#: Eyes, nose and mouth corners in distances between the eyes: right, down, towards the camera.
HEAD = np.array([[-0.5, -0.58, 0], [0.5, -0.58, 0], [0, 0, 0.5], [-0.41, 0.58, 0], [0.41, 0.58, 0]])
FLAT = HEAD * [1, 1, 0]
FOCAL, AWAY, EYES_PX = 6.0, 6.0, 70.0
FRAME_MS = 450


def turn(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Radians; positive yaw turns to the person's own left, which is the picture's right."""
    about_y = np.array([[cos(yaw), 0, sin(yaw)], [0, 1, 0], [-sin(yaw), 0, cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, cos(pitch), sin(pitch)], [0, -sin(pitch), cos(pitch)]])
    about_z = np.array([[cos(roll), -sin(roll), 0], [sin(roll), cos(roll), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y, dtype=np.float64)


def seen(
    points: NDArray[np.float64],
    *,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    nearer: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> Landmarks:
    """The points in pixels, by a camera with perspective."""
    moved = points @ turn(yaw, pitch, roll).T
    depth = AWAY / nearer - moved[:, 2:]
    flat = moved[:, :2] * FOCAL / depth * EYES_PX + np.array([180, 240]) + shift
    return np.asarray(flat, dtype=np.float32)


def face(seed: int) -> Embedding:
    vector = np.random.default_rng(seed).normal(size=512).astype(np.float32)
    return vector / np.linalg.norm(vector)


def readings(
    frames: Sequence[Landmarks | None], *, embedding: Embedding | None = None, openness: Sequence[float] | None = None
) -> list[FrameReading]:
    """One frame every FRAME_MS, all of one person unless told otherwise."""
    own = face(1) if embedding is None else embedding
    made = []
    for number, points in enumerate(frames):
        at = 1000 + number * FRAME_MS
        if points is None:
            made.append(FrameReading(None, 0.0, None, None, at))
            continue
        size = float(np.ptp(points[:, 1])) * 2.2
        made.append(FrameReading(points, size, openness[number] if openness else 0.3, own, at))
    return made
