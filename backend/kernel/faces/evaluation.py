"""`shanzhi faces evaluate`: what thresholds cost on labelled pairs of pictures. Keeps nothing."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from backend.kernel.errors import Refusal
from backend.kernel.faces import insightface
from backend.kernel.faces.codes import FaceProblem
from backend.kernel.faces.engine import Embedding, FaceEngine
from backend.kernel.faces.matching import Rate, cosine, rates
from backend.kernel.faces.pictures import pixels_of
from backend.kernel.faces.quality import problem_of, quality_of
from backend.settings import settings

STEPS: Final = tuple(step / 20 for step in range(17))
#: Without these no face can be compared; the others are a matter of quality.
FATAL: Final = frozenset({FaceProblem.NO_FACE, FaceProblem.SEVERAL_FACES})
YES, NO = frozenset({"1", "true", "yes", "same"}), frozenset({"0", "false", "no", "different"})
MOST_LISTED: Final = 20


class EvaluationError(Exception):
    """The list of pairs cannot be used at all."""


@dataclass(frozen=True)
class Pair:
    left: str
    right: str
    same: bool


@dataclass
class Pictures:
    """Each picture looked at once; `unusable` says why one gives no embedding."""

    folder: Path
    engine: FaceEngine
    strict: bool
    embeddings: dict[str, Embedding] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)

    def embedding(self, name: str) -> Embedding | None:
        if name not in self.embeddings and name not in self.unusable:
            found = self._look(name)
            if isinstance(found, str):
                self.unusable[name] = found
            else:
                self.embeddings[name] = found
        return self.embeddings.get(name)

    def _look(self, name: str) -> Embedding | str:
        """The embedding of the largest face, or the code of what keeps it from being one."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            return "OUTSIDE_THE_FOLDER"
        try:
            pixels = pixels_of(path.read_bytes())
        except OSError:
            return "NOT_READABLE"
        except Refusal as problem:
            return problem.code
        faces = self.engine.detect(pixels)
        problem_found = problem_of(faces, quality_of(pixels, faces[0]) if faces else None)
        if problem_found is not None and (self.strict or problem_found in FATAL):
            return problem_found.value
        return self.engine.embed(pixels, faces[0])


def evaluate(pairs_csv: Path, folder: Path, *, strict: bool = False) -> Iterator[str]:
    """Lines of the report.

    Args:
        strict: leave out every picture the product would not take.

    Raises:
        EvaluationError: the file is no CSV with the columns left, right and same.
        EngineMissing: there are no models.
    """
    pairs, bad = read_pairs(pairs_csv)
    pictures = Pictures(folder, insightface.engine(), strict)
    scores: dict[bool, list[float]] = {True: [], False: []}
    for pair in pairs:
        left, right = pictures.embedding(pair.left), pictures.embedding(pair.right)
        if left is not None and right is not None:
            scores[pair.same].append(cosine(left, right))
    left_out = len(pairs) - len(scores[True]) - len(scores[False])
    yield f"Model {pictures.engine.model}"
    yield f"{len(pairs)} pairs: {len(scores[True])} of one person and {len(scores[False])} of two compared, {left_out} left out"
    yield from _listed("rows that are no pair", [f"line {line}: {reason}" for line, reason in bad])
    total = len(pictures.embeddings) + len(pictures.unusable)
    reasons = ", ".join(f"{count} {reason}" for reason, count in Counter(pictures.unusable.values()).most_common())
    yield f"{total} pictures, {len(pictures.unusable)} without a usable face" + (f": {reasons}" if reasons else "")
    yield from _listed("pictures left out", [f"{name}: {why}" for name, why in sorted(pictures.unusable.items())])
    yield from _spread(scores)
    yield from _table(scores)


def read_pairs(path: Path) -> tuple[list[Pair], list[tuple[int, str]]]:
    """The pairs, and line and reason of each row that is none. Raises EvaluationError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise EvaluationError(f"{path.name} is not readable as UTF-8 text") from problem
    reader = csv.DictReader(text.splitlines(), skipinitialspace=True)
    if not {"left", "right", "same"} <= {(name or "").strip() for name in reader.fieldnames or ()}:
        raise EvaluationError(f"{path.name} needs a first line with the columns left,right,same")
    pairs, bad = [], []
    try:
        for row in reader:
            left, right, same = ((row.get(name) or "").strip() for name in ("left", "right", "same"))
            label = same.lower()
            if not left or not right:
                bad.append((reader.line_num, "left or right is empty"))
            elif label not in YES | NO:
                bad.append((reader.line_num, "same is neither 1 nor 0"))
            else:
                pairs.append(Pair(left, right, label in YES))
    except csv.Error as problem:
        raise EvaluationError(f"{path.name}, line {reader.line_num}: {problem}") from problem
    return pairs, bad


def _listed(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"{len(items)} {title}:"
        yield from (f"  {item}" for item in items[:MOST_LISTED])
        if len(items) > MOST_LISTED:
            yield f"  and {len(items) - MOST_LISTED} more"


def _spread(scores: dict[bool, list[float]]) -> Iterator[str]:
    if scores[True]:
        yield f"Lowest score of one person {min(scores[True]):.3f}"
    if scores[False]:
        yield f"Highest score of two persons {max(scores[False]):.3f}"


def _table(scores: dict[bool, list[float]]) -> Iterator[str]:
    marks = {settings().face_match_from: "match from here", settings().face_mismatch_below: "mismatch below"}
    thresholds = sorted({*STEPS, *marks})
    yield ""
    yield f"{'threshold':>9}  {'false match':>22}  {'false non-match':>22}"
    yield from _rows(rates(scores[True], scores[False], thresholds), marks)


def _rows(measured: Iterable[Rate], marks: dict[float, str]) -> Iterator[str]:
    for rate in measured:
        matches = _share(rate.false_match_rate, rate.false_matches, rate.impostors)
        misses = _share(rate.false_non_match_rate, rate.false_non_matches, rate.genuine)
        mark = marks.get(rate.threshold, "")
        yield f"{rate.threshold:>9.2f}  {matches:>22}  {misses:>22}  {mark}".rstrip()


def _share(rate: float | None, count: int, total: int) -> str:
    return "no such pair" if rate is None else f"{rate:.4%} ({count}/{total})"
