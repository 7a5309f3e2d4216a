"""Detection and embedding on one thread: our engine against the bare ONNX Runtime calls on the same picture.

The bare side does what the models need and no more: the same resize, border and scaling of the picture, the same
decoding of the detector's best box, the same alignment. Both load the same files with the same threads and take turns,
so that a busy machine is busy for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from backend.kernel.faces import insightface
from backend.kernel.faces.availability import model_folder
from backend.kernel.faces.engine import Embedding, Landmarks, Pixels
from backend.kernel.faces.landmarks import similarity
from backend.kernel.faces.matching import cosine
from backend.settings import settings
from tests.factories.faces import astronaut

ROUNDS = 30
GOAL = 0.9
STRIDES = (8, 16, 32)
ANCHORS = 2


class Bare:
    """The two models without the engine around them."""

    def __init__(self, folder: Path, threads: int) -> None:
        import cv2
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.cv2: Any = cv2
        self.detector, self.embedder = (
            onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
            for name in ("scrfd_500m_bnkps.onnx", "w600k_mbf.onnx")
        )

    def embedding(self, picture: Pixels) -> Embedding:
        width, height = insightface.detector_size(picture)
        scale = min(width / picture.shape[1], height / picture.shape[0])
        size = int(picture.shape[1] * scale), int(picture.shape[0] * scale)
        canvas = np.zeros((height, width, 3), dtype=np.uint8)
        canvas[: size[1], : size[0]] = self.cv2.resize(picture, size)
        blob = self.cv2.dnn.blobFromImage(canvas, 1 / 128, (width, height), (127.5,) * 3)
        found = self.detector.run(None, {self.detector.get_inputs()[0].name: blob})
        points = self._best(found, width) / scale
        crop = self.cv2.warpAffine(picture, similarity(points), (112, 112))
        blob = self.cv2.dnn.blobFromImage(crop, 1 / 127.5, (112, 112), (127.5,) * 3)
        vector: Embedding = self.embedder.run(None, {self.embedder.get_inputs()[0].name: blob})[0][0]
        return vector / np.linalg.norm(vector)

    @staticmethod
    def _best(found: list[Any], width: int) -> Landmarks:
        """Landmarks of the surest anchor: without the others there is nothing to suppress."""
        scores = [found[level].reshape(-1) for level in range(3)]
        level = int(np.argmax([each.max() for each in scores]))
        place = int(scores[level].argmax())
        row, column = divmod(place // ANCHORS, width // STRIDES[level])
        offsets = found[level + 6].reshape(-1, 5, 2)[place]
        points: Landmarks = (offsets + np.array([column, row], dtype=np.float32)) * STRIDES[level]
        return points


def measure() -> Iterator[str]:
    """Lines of the report."""
    folder = model_folder()
    assert folder is not None
    engine, bare, picture = insightface.engine(), Bare(folder, settings().face_threads), astronaut()

    def ours() -> Embedding:
        return engine.embed(picture, engine.detect(picture)[0])

    def theirs() -> Embedding:
        return bare.embedding(picture)

    alike = cosine(ours(), theirs())
    if alike < 0.99:
        raise RuntimeError(f"the two do not compute the same: cosine {alike:.3f}")
    ours_s, theirs_s = _alternating(ours, theirs)
    ratio = theirs_s / ours_s
    yield f"  {1 / ours_s:5.1f} faces a second found and embedded, one thread ({1000 * ours_s:.1f} ms each)"
    yield f"  {1 / theirs_s:5.1f} by the bare ONNX Runtime calls ({1000 * theirs_s:.1f} ms each)"
    yield f"  {ratio:5.2f} of the bare calls ({'reaches' if ratio >= GOAL else 'misses'} {GOAL})"


def _alternating(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, taking turns and changing who begins."""
    seconds: dict[int, list[float]] = {0: [], 1: []}
    for number in range(ROUNDS + 3):
        for which in (0, 1) if number % 2 else (1, 0):
            start = time.perf_counter()
            (one, other)[which]()
            if number >= 3:
                seconds[which].append(time.perf_counter() - start)
    return median(seconds[0]), median(seconds[1])
