"""What a face engine does. The InsightFace engine is in `insightface.py`; another one needs nothing but this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Height × width × 3, RGB.
Pixels = NDArray[np.uint8]
#: 5 × 2 in pixels of an unmirrored picture: eye on the left of the picture (the person's right one), the other eye,
#: tip of the nose, corner of the mouth on the left of the picture, the other corner.
Landmarks = NDArray[np.float32]
#: 512 numbers of length 1.
Embedding = NDArray[np.float32]


class EngineMissing(Exception):
    """There are no models, or they do not load. The rest of the product runs; a person looks instead."""


@dataclass(frozen=True, eq=False)
class DetectedFace:
    """`box` is left, top, right, bottom in pixels; `score` is the detector's certainty, 0 to 1."""

    box: tuple[float, float, float, float]
    landmarks: Landmarks
    score: float

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def size(self) -> float:
        """The longer edge of the box."""
        return max(self.width, self.box[3] - self.box[1])


@dataclass(frozen=True)
class Quality:
    """How usable a face is.

    Attributes:
        eye_distance: pixels between the eyes, foreshortening undone as far as five points allow.
        sharpness: contrast of fine detail against all contrast of the face, 0 to about 1.
        exposure: mean brightness of the face, 0 black to 1 white.
        clipped: share of the face's pixels that are burnt out.
        yaw, pitch, roll: degrees; positive yaw is a turn to the person's own left, positive pitch looks down, positive
            roll tilts clockwise in the picture. Yaw and pitch are estimates of some degrees' accuracy.
        occlusion: how much mouth or eyes look covered, 0 to 1; a hint.
    """

    eye_distance: float
    sharpness: float
    exposure: float
    clipped: float
    yaw: float
    pitch: float
    roll: float
    occlusion: float


class FaceEngine(Protocol):
    """Calls block and are safe from several threads; run them through `pool`."""

    @property
    def model(self) -> str:
        """Names the pack: embeddings of two packs do not compare."""
        ...

    def detect(self, picture: Pixels) -> list[DetectedFace]:
        """Every face, largest first."""
        ...

    def embed(self, picture: Pixels, face: DetectedFace) -> Embedding: ...

    def eye_openness(self, picture: Pixels, face: DetectedFace) -> float | None:
        """Height of the eyes by their width, of the more open one; None when the pack has no model for it."""
        ...
