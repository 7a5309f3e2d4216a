"""One face against the templates of one enrolment, and what thresholds cost on labelled pairs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.kernel.faces.codes import Verdict
from backend.kernel.faces.engine import Embedding


@dataclass(frozen=True)
class Thresholds:
    """Cosines: a match from `match_from`, a mismatch below `mismatch_below`, unsure between."""

    match_from: float
    mismatch_below: float


@dataclass(frozen=True)
class Comparison:
    """Cosine with the best template and with the mean of all; None without templates."""

    best: float
    mean: float

    @property
    def score(self) -> float:
        """What the verdict looks at: one chance likeness with a single template is not enough."""
        return (self.best + self.mean) / 2


@dataclass(frozen=True)
class Rate:
    """Errors at one threshold: different persons taken for one, and the same person taken for two."""

    threshold: float
    false_matches: int
    impostors: int
    false_non_matches: int
    genuine: int

    @property
    def false_match_rate(self) -> float | None:
        return self.false_matches / self.impostors if self.impostors else None

    @property
    def false_non_match_rate(self) -> float | None:
        return self.false_non_matches / self.genuine if self.genuine else None


def cosine(one: Embedding, other: Embedding) -> float:
    """-1 to 1; 0 when one of them is nothing."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.dot(one, other) / lengths) if lengths > 0 else 0.0


def compare(probe: Embedding, templates: Sequence[Embedding]) -> Comparison | None:
    """None without templates."""
    if not templates:
        return None
    unit: NDArray[np.float32] = np.stack([each / max(float(np.linalg.norm(each)), 1e-9) for each in templates])
    return Comparison(max(cosine(probe, each) for each in unit), cosine(probe, unit.mean(axis=0)))


def verdict(score: float, thresholds: Thresholds) -> Verdict:
    if score >= thresholds.match_from:
        return Verdict.MATCH
    return Verdict.MISMATCH if score < thresholds.mismatch_below else Verdict.UNSURE


def rates(genuine: Sequence[float], impostor: Sequence[float], thresholds: Sequence[float]) -> list[Rate]:
    """Exact counts for each threshold; a score equal to the threshold is a match."""
    same, different = np.asarray(genuine, dtype=np.float64), np.asarray(impostor, dtype=np.float64)
    return [
        Rate(
            threshold,
            int(np.count_nonzero(different >= threshold)),
            len(different),
            int(np.count_nonzero(same < threshold)),
            len(same),
        )
        for threshold in thresholds
    ]
