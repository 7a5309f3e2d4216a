"""The InsightFace engine, and the only module that knows InsightFace, ONNX Runtime and OpenCV.

All three are imported with the first picture, never with this module: a web process that judges no face does not pay
for them. Models come from one folder; which file is the detector and which the embedder, InsightFace tells by their
inputs and outputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from backend.kernel.faces.availability import model_folder
from backend.kernel.faces.engine import DetectedFace, Embedding, EngineMissing, Pixels
from backend.kernel.faces.landmarks import similarity
from backend.settings import settings

DETECTED_FROM: Final = 0.5
#: Longest edge the detector sees, and the step of its sizes.
DETECTOR_EDGE: Final = 640
DETECTOR_STEP: Final = 32
#: Border added, as a share of the picture, when no face is found in it: detectors miss faces that fill a picture.
BORDER: Final = 0.5
CROP: Final = 112
#: Kinds of models, as InsightFace names them.
DETECTION, RECOGNITION, OUTLINE = "detection", "recognition", "landmark_2d_106"
# Of the 106 points: corners, upper and lower lid of each eye.
EYES: Final = (((35, 39), (40, 41, 42), (33, 36, 37)), ((89, 93), (94, 95, 96), (87, 90, 91)))


@dataclass(frozen=True)
class Models:
    """The loaded pack. `outline` gives 106 points, for the eyelids; a pack may lack it."""

    name: str
    detector: Any
    embedder: Any
    outline: Any | None


class InsightFaceEngine:
    """Implements `FaceEngine`; its ONNX sessions are safe from several threads."""

    def __init__(self, models: Models) -> None:
        import cv2

        self._cv2: Any = cv2
        self._models = models
        self.model = models.name

    def detect(self, picture: Pixels) -> list[DetectedFace]:
        found = self._detect(picture)
        if not found:
            found = self._detect_with_border(picture)
        return sorted(found, key=lambda face: -face.size)

    def embed(self, picture: Pixels, face: DetectedFace) -> Embedding:
        aligned = self._cv2.warpAffine(picture, similarity(face.landmarks), (CROP, CROP))
        vector: Embedding = self._models.embedder.get_feat(self._bgr(aligned)).reshape(-1)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)

    def eye_openness(self, picture: Pixels, face: DetectedFace) -> float | None:
        if self._models.outline is None:
            return None
        from insightface.app.common import Face

        box = np.array(face.box, dtype=np.float32)
        points = self._models.outline.get(self._bgr(picture), Face(bbox=box))
        return max(_openness(points, *eye) for eye in EYES)

    def _detect(self, picture: Pixels) -> list[DetectedFace]:
        boxes, points = self._models.detector.detect(self._bgr(picture), input_size=detector_size(picture))
        if points is None:
            return []
        return [
            DetectedFace((float(box[0]), float(box[1]), float(box[2]), float(box[3])), marks, float(box[4]))
            for box, marks in zip(boxes, points, strict=True)
        ]

    def _detect_with_border(self, picture: Pixels) -> list[DetectedFace]:
        down, across = (int(edge * BORDER) for edge in picture.shape[:2])
        bordered = np.pad(picture, ((down, down), (across, across), (0, 0)))
        shift = np.array([across, down], dtype=np.float32)
        return [
            DetectedFace(
                (face.box[0] - across, face.box[1] - down, face.box[2] - across, face.box[3] - down),
                face.landmarks - shift,
                face.score,
            )
            for face in self._detect(bordered)
        ]

    def _bgr(self, picture: Pixels) -> Pixels:
        swapped: Pixels = self._cv2.cvtColor(picture, self._cv2.COLOR_RGB2BGR)
        return swapped


def detector_size(picture: Pixels) -> tuple[int, int]:
    """Width and height the detector looks at: the picture's own, in steps, but no edge above DETECTOR_EDGE."""
    height, width = picture.shape[:2]
    scale = min(1.0, DETECTOR_EDGE / max(height, width))
    across, down = (-(-round(edge * scale) // DETECTOR_STEP) * DETECTOR_STEP for edge in (width, height))
    return max(across, DETECTOR_STEP), max(down, DETECTOR_STEP)


_loading = Lock()


def engine() -> InsightFaceEngine:
    """The engine of this process, loaded with the first call. Blocking.

    Raises:
        EngineMissing: no models, broken ones, or no runtime; tried again with every call.
    """
    with _loading:
        return _load(model_folder(), settings().face_threads)


@lru_cache(maxsize=2)
def _load(folder: Path | None, threads: int) -> InsightFaceEngine:
    if folder is None or not folder.is_dir():
        raise EngineMissing("no folder with face models")
    try:
        from insightface import model_zoo
        from onnxruntime import SessionOptions
    except ImportError as problem:
        raise EngineMissing("InsightFace or ONNX Runtime does not import") from problem
    import cv2

    cv2.setNumThreads(threads)
    options = SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4
    loaded: dict[str, Any] = {}
    for path in sorted(folder.glob("*.onnx")):
        model = _open(model_zoo, path, options)
        kind = getattr(model, "taskname", "")
        if kind and kind not in loaded:
            loaded[kind] = model
    if DETECTION not in loaded or RECOGNITION not in loaded:
        raise EngineMissing("the folder lacks a face detector or an embedding model")
    loaded[DETECTION].prepare(-1, det_thresh=DETECTED_FROM)
    name = Path(loaded[RECOGNITION].model_file).stem
    return InsightFaceEngine(Models(name, loaded[DETECTION], loaded[RECOGNITION], loaded.get(OUTLINE)))


def _open(model_zoo: Any, path: Path, options: Any) -> Any | None:
    """The model of one file; None for one that is broken or of a kind InsightFace does not know."""
    try:
        return model_zoo.get_model(
            str(path), providers=["CPUExecutionProvider"], sess_options=options, static_shape_sessions=False
        )
    except Exception:  # noqa: BLE001  # protobuf, ONNX Runtime and InsightFace have no error in common
        return None


def _openness(points: Any, corners: tuple[int, int], upper: tuple[int, ...], lower: tuple[int, ...]) -> float:
    height = np.linalg.norm(points[list(upper)].mean(axis=0) - points[list(lower)].mean(axis=0))
    return float(height / max(float(np.linalg.norm(points[corners[0]] - points[corners[1]])), 1e-6))
