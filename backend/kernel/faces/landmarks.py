"""Geometry of five landmarks: what of it a flat picture cannot imitate, and pose as far as five points tell it.

Eyes and mouth corners of a head lie in one plane (a symmetric trapezoid always does); the nose stands out of it. A
camera maps that plane by a homography, whatever the pose. Undoing the homography of the four points puts the nose of
a flat picture onto the same spot however the picture is moved, tilted or bent towards the camera; only a nose that
really stands out wanders.
"""

from __future__ import annotations

from math import atan, degrees
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.kernel.faces.engine import Landmarks

#: Mean frontal face in a square of 112 pixels, as ArcFace models want it.
CANONICAL: Final[NDArray[np.float64]] = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
PLANE: Final = (0, 1, 3, 4)
NOSE: Final = 2
#: How far the tip of the nose stands out, in distances between the eyes.
NOSE_HEIGHT: Final = 0.5
#: Seen thinner than this share of its frontal shape, a face no longer tells where its nose stands.
THINNEST: Final = 0.3
_EYES: Final = float(np.linalg.norm(CANONICAL[1] - CANONICAL[0]))
_EYES_TO_MOUTH: Final = float(CANONICAL[3:, 1].mean() - CANONICAL[:2, 1].mean())


def parallax(points: Landmarks) -> tuple[float, float] | None:
    """Where the nose stands over the plane of eyes and mouth, against a frontal face: (right, down) of the picture.

    In distances between the eyes. None when the four points do not span a plane well enough to tell: nearly edge-on.
    """
    across, along = spans(points)
    shape = across / max(along, 1e-6) * _EYES_TO_MOUTH / _EYES
    if not THINNEST <= shape <= 1 / THINNEST:
        return None
    inverse = _homography(points[list(PLANE)].astype(np.float64), CANONICAL[list(PLANE)])
    if inverse is None:
        return None
    x, y, scale = inverse @ np.array([*points[NOSE].astype(np.float64), 1.0])
    if abs(scale) < 1e-9:
        return None
    right, down = (np.array([x, y]) / scale - CANONICAL[NOSE]) / _EYES
    return float(right), float(down)


def eye_distance(points: Landmarks) -> float:
    """Pixels between the eyes as if seen from the front: the larger of what eyes and eye-to-mouth distance say."""
    across, along = spans(points)
    return max(across, along * _EYES / _EYES_TO_MOUTH)


def spans(points: Landmarks) -> tuple[float, float]:
    """Pixels between the eyes, and from their middle to the middle of the mouth."""
    across = float(np.linalg.norm(points[1] - points[0]))
    along = float(np.linalg.norm(points[3:5].mean(axis=0) - points[0:2].mean(axis=0)))
    return across, along


def pose(points: Landmarks) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees; 90 degrees of yaw when the face is nearly edge-on."""
    right, down = points[1] - points[0]
    roll = degrees(float(np.arctan2(down, right)))
    shift = parallax(points)
    if shift is None:
        return 90.0, 0.0, roll
    return degrees(atan(shift[0] / NOSE_HEIGHT)), degrees(atan(shift[1] / NOSE_HEIGHT)), roll


def similarity(points: Landmarks, target: NDArray[np.float64] = CANONICAL) -> NDArray[np.float64]:
    """2 × 3 matrix of the rotation, scale and shift that bring `points` nearest to `target` (Umeyama 1991)."""
    source = points.astype(np.float64)
    from_middle, to_middle = source - source.mean(axis=0), target - target.mean(axis=0)
    # As complex numbers the best rotation with scale is one division.
    here, there = from_middle @ np.array([1, 1j]), to_middle @ np.array([1, 1j])
    turn = np.vdot(here, there) / max(float(np.vdot(here, here).real), 1e-12)
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([matrix, target.mean(axis=0) - matrix @ source.mean(axis=0)])


def _homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The 3 × 3 matrix that maps four points onto four; None for a quadrilateral that is not convex or too thin."""
    edges = np.roll(source[[0, 1, 3, 2]], -1, axis=0) - source[[0, 1, 3, 2]]
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    lengths = np.linalg.norm(edges, axis=1) * np.linalg.norm(following, axis=1)
    if np.any(turns < 0.2 * lengths) or np.any(lengths < 1e-6):
        return None
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    try:
        solved = np.linalg.solve(np.array(rows), target.reshape(-1))
    except np.linalg.LinAlgError:
        return None
    return np.append(solved, 1.0).reshape(3, 3)
