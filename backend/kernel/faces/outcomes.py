"""What a burst came to, for the application that asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backend.kernel.faces.codes import FaceOutcome


@dataclass(frozen=True)
class Judgement:
    """Advice for a person who decides.

    Attributes:
        score: cosine with the person's own templates, -1 to 1; None when nothing was compared.
        problem: a FaceProblem, a LivenessProblem, or the code of a refused picture; empty when there is none.
        best_frame: JPEG of the best frontal frame's face, for the reviewer; empty when no frame shows one face.
        quality: numbers of that frame, as `engine.Quality` names them. No biometric data.
    """

    outcome: FaceOutcome
    score: float | None = None
    problem: str = ""
    best_frame: bytes = b""
    quality: dict[str, Any] = field(default_factory=dict)
