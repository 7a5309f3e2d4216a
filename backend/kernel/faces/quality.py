"""How usable a face is, and the first thing to tell the person about it. Pure: numpy and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.kernel.faces.codes import FaceProblem
from backend.kernel.faces.engine import DetectedFace, Pixels, Quality
from backend.kernel.faces.landmarks import CANONICAL, eye_distance, pose, similarity

#: Edge of the upright square the face is looked at in, and how much of the canonical 112 pixels it shows.
EDGE: Final = 112
# Patches of the canonical face: left, top, right, bottom.
CHEEKS: Final = ((28, 66, 44, 80), (68, 66, 84, 80))
FOREHEAD: Final = ((42, 22, 70, 38),)
MOUTH: Final = ((40, 84, 72, 104),)
EYES: Final = ((28, 46, 48, 57), (64, 46, 84, 57))


#: Column, row and 1 of every pixel of the upright square.
_SQUARE: Final = np.stack([np.tile(np.arange(EDGE), EDGE), np.repeat(np.arange(EDGE), EDGE), np.ones(EDGE * EDGE)])


@dataclass(frozen=True)
class QualityThresholds:
    """Units as in `Quality`. `rival` is the share of the largest face's size that makes a second face a rival."""

    eye_distance: float = 24.0
    sharpness: float = 0.055
    darkest: float = 0.16
    brightest: float = 0.88
    clipped: float = 0.35
    yaw: float = 28.0
    pitch: float = 45.0
    roll: float = 40.0
    occlusion: float = 0.6
    rival: float = 0.5


DEFAULT: Final = QualityThresholds()


def quality_of(picture: Pixels, face: DetectedFace) -> Quality:
    upright = aligned(picture, face)
    grey = upright @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    middle = grey[20:108, 20:92]
    yaw, pitch, roll = pose(face.landmarks)
    return Quality(
        eye_distance=eye_distance(face.landmarks),
        sharpness=_sharpness(middle),
        exposure=float(middle.mean()) / 255,
        clipped=float(np.mean(middle >= 250)),
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        occlusion=_occlusion(upright),
    )


def problem_of(
    faces: Sequence[DetectedFace], quality: Quality | None, thresholds: QualityThresholds = DEFAULT
) -> FaceProblem | None:
    """What keeps this picture from use, the most basic first; `quality` is that of the largest face."""
    if not faces or quality is None:
        return FaceProblem.NO_FACE
    if len(rivals(faces, thresholds)) > 1:
        return FaceProblem.SEVERAL_FACES
    if quality.eye_distance < thresholds.eye_distance:
        return FaceProblem.TOO_SMALL
    if quality.exposure < thresholds.darkest:
        return FaceProblem.TOO_DARK
    if quality.exposure > thresholds.brightest or quality.clipped > thresholds.clipped:
        return FaceProblem.TOO_BRIGHT
    turned = (quality.yaw, thresholds.yaw), (quality.pitch, thresholds.pitch), (quality.roll, thresholds.roll)
    if any(abs(angle) > most for angle, most in turned):
        return FaceProblem.TURNED_AWAY
    if quality.sharpness < thresholds.sharpness:
        return FaceProblem.BLURRED
    return FaceProblem.COVERED if quality.occlusion > thresholds.occlusion else None


def rivals(faces: Sequence[DetectedFace], thresholds: QualityThresholds = DEFAULT) -> list[DetectedFace]:
    """The largest face and those so large that nobody can tell whom the picture is of; passers-by are not among them."""
    largest = max(face.size for face in faces)
    return [face for face in faces if face.size >= thresholds.rival * largest]


def aligned(picture: Pixels, face: DetectedFace) -> NDArray[np.float32]:
    """The face upright in EDGE × EDGE pixels, nearest neighbour; black where the picture ends."""
    matrix = np.vstack([similarity(face.landmarks, CANONICAL), [0, 0, 1]])
    inverse = np.linalg.inv(matrix)
    x, y = np.rint(inverse[:2] @ _SQUARE).astype(np.int32)
    inside = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
    out = np.zeros((EDGE * EDGE, 3), dtype=np.float32)
    out[inside] = picture[y[inside], x[inside]]
    return out.reshape(EDGE, EDGE, 3)


def _sharpness(grey: NDArray[np.float32]) -> float:
    """Share of the contrast that lies between neighbours two pixels apart: independent of light and of the face."""
    contrast = float(grey.std())
    if contrast < 1:
        return 0.0
    across = np.abs(grey[:, 2:] - 2 * grey[:, 1:-1] + grey[:, :-2]).mean()
    down = np.abs(grey[2:] - 2 * grey[1:-1] + grey[:-2]).mean()
    return float(across + down) / 2 / contrast


def _occlusion(upright: NDArray[np.float32]) -> float:
    """The largest of four hints, each scaled so that 0.6 separated covered from bare faces where it was tried: a mouth
    without contrast, cheeks of another colour or far darker than the forehead, eyes far darker than the cheeks.
    """
    whole = float(upright[20:108, 20:92].mean(axis=2).std()) + 1
    mouth, cheeks, eyes, forehead = (_patch(upright, boxes) for boxes in (MOUTH, CHEEKS, EYES, FOREHEAD))
    light, dark = _brightness(cheeks), _brightness(eyes)
    above = _brightness(forehead)
    hints = (
        (0.45 - float(mouth.mean(axis=1).std()) / whole) / 0.35,
        float(np.linalg.norm(_colour(cheeks) - _colour(forehead))) / 0.2,
        float(np.log(above / light)) / 2,
        float(np.log(light / dark)) / 2.4,
    )
    return min(1.0, max(0.0, *hints))


def _patch(upright: NDArray[np.float32], boxes: Sequence[tuple[int, int, int, int]]) -> NDArray[np.float32]:
    return np.concatenate([upright[top:bottom, left:right].reshape(-1, 3) for left, top, right, bottom in boxes])


def _brightness(patch: NDArray[np.float32]) -> float:
    """Median grey, kept off zero so that the noise of black pixels is no contrast."""
    return float(np.median(patch.mean(axis=1))) + 8


def _colour(patch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median share of red and green, whatever the light."""
    shares: NDArray[np.float32] = np.median(patch / (patch.sum(axis=1, keepdims=True) + 24), axis=0)[:2]
    return shares
