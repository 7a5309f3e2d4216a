"""One still photograph: whose faces are in it, which of them are good enough to compare, and the embedding of one.

numpy and the models load with the first photograph, not with this module.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from backend.kernel.errors import Refusal
from backend.kernel.faces.codes import FaceOutcome, FaceProblem
from backend.kernel.faces.pool import pool
from backend.kernel.files.refusals import FileRefused

if TYPE_CHECKING:
    from backend.kernel.faces.engine import DetectedFace, Embedding, Pixels

#: What a photograph must have to be compared with strangers: pixels between the eyes, and degrees of yaw (`domain.md` 2.6).
#: Roll is undone before comparing. Pitch keeps its usual limit: from five points it is off by nearly 30 degrees for some
#: people who look straight into the camera.
LEAST_EYE_DISTANCE: Final = 60.0
MOST_TURNED: Final = 30.0
#: Faces told of one photograph, largest first: more than a family's, fewer than a stadium's.
MOST_FACES: Final = 40


@dataclass(frozen=True)
class PortraitFace:
    """A face of the photograph.

    Attributes:
        box: left, top, right, bottom as shares of the upright picture's width and height.
        quality: numbers as `engine.Quality` names them. No biometric data.
        problem: why it is of no use; empty when it is good enough.
    """

    box: tuple[float, float, float, float]
    quality: dict[str, float]
    problem: str

    @property
    def usable(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class Portrait:
    """What is to be seen.

    Attributes:
        faces: largest first; an index into them is what `embed_portrait` takes.
        chosen: the only face that can be meant; None when there is none, or several among which a person chooses.
        problem: a FaceProblem of the picture or of the chosen face, the code of a refused file, or ENGINE_MISSING; empty
            when the chosen face is good enough.
        embedding: of the chosen face, when it was asked for and the face is good enough; `model` made it. It lives as long
            as this value, and never goes into a log.
    """

    faces: tuple[PortraitFace, ...] = field(default=())
    chosen: int | None = None
    problem: str = ""
    embedding: Embedding | None = field(default=None, repr=False, compare=False)
    model: str = ""


async def read_portrait(data: bytes, *, patient: bool = False, embed: bool = False) -> Portrait:
    """Every face with its quality. Files of no use and missing models are answers, never errors.

    Args:
        embed: with the embedding of the chosen face, for whoever would ask for it next: decoding and finding the faces
            again costs as much as the embedding.

    Raises:
        Refusal: `FACES_BUSY`, unless `patient` (for jobs).
    """
    return await pool().run(lambda: _read(data, embed=embed), patient=patient)


async def embed_portrait(data: bytes, index: int, *, patient: bool = False) -> tuple[Embedding, str] | None:
    """The embedding of the face with this number in `read_portrait`, and the model that made it; None without models.

    Whether the face is good enough is for the caller to have asked: of the dead and of children long gone there may be
    no better picture.

    Raises:
        Refusal: `NO_SUCH_FACE`; `FACES_BUSY`, unless `patient` (for jobs).
        FileRefused: as `pictures.pixels_of`.
    """
    return await pool().run(lambda: _embed(data, index), patient=patient)


def _read(data: bytes, *, embed: bool) -> Portrait:
    from backend.kernel.faces import insightface
    from backend.kernel.faces.engine import EngineMissing
    from backend.kernel.faces.pictures import pixels_of
    from backend.kernel.faces.quality import rivals

    try:
        picture = pixels_of(data)
        engine = insightface.engine()
        found = engine.detect(picture)[:MOST_FACES]
    except FileRefused as refused:
        return Portrait(problem=refused.code)
    except EngineMissing:
        return Portrait(problem=FaceOutcome.ENGINE_MISSING.value)
    if not found:
        return Portrait(problem=FaceProblem.NO_FACE.value)
    faces = tuple(_look_at(picture, face) for face in found)
    if len(rivals(found)) > 1:
        return Portrait(faces, None, FaceProblem.SEVERAL_FACES.value)
    if embed and faces[0].usable:
        return Portrait(faces, 0, "", engine.embed(picture, found[0]), engine.model)
    return Portrait(faces, 0, faces[0].problem)


def _embed(data: bytes, index: int) -> tuple[Embedding, str] | None:
    from backend.kernel.faces import insightface
    from backend.kernel.faces.engine import EngineMissing
    from backend.kernel.faces.pictures import pixels_of

    picture = pixels_of(data)
    try:
        engine = insightface.engine()
    except EngineMissing:
        return None
    found = engine.detect(picture)[:MOST_FACES]
    if not 0 <= index < len(found):
        raise Refusal("NO_SUCH_FACE", "face", faces=len(found))
    return engine.embed(picture, found[index]), engine.model


def _look_at(picture: Pixels, face: DetectedFace) -> PortraitFace:
    from backend.kernel.faces.quality import QualityThresholds, problem_of, quality_of

    demanded = QualityThresholds(eye_distance=LEAST_EYE_DISTANCE, yaw=MOST_TURNED)
    quality = quality_of(picture, face)
    problem = problem_of([face], quality, demanded)
    height, width = picture.shape[:2]
    left, top, right, bottom = face.box
    return PortraitFace(
        (left / width, top / height, right / width, bottom / height),
        {name: round(value, 3) for name, value in asdict(quality).items()},
        problem.value if problem else "",
    )
