"""One photograph with the real engine: whose faces, good enough or not and why, and the embedding of one."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from backend.kernel.errors import Refusal
from backend.kernel.faces import insightface, portraits
from backend.kernel.faces.engine import Pixels
from backend.kernel.faces.matching import cosine
from backend.kernel.faces.portraits import Portrait, embed_portrait, read_portrait
from backend.kernel.files.refusals import FileRefused
from backend.settings import settings
from tests.factories import faces as made
from tests.kernel.faces.test_pictures import png_that_says


def large(frame: Pixels, scale: float = 2) -> Pixels:
    height, width = frame.shape[:2]
    return np.array(Image.fromarray(frame).resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def person() -> made.Portrait:
    return made.portrait(made.basketball_player())


@pytest.fixture(scope="module")
def good(person: made.Portrait) -> Pixels:
    return large(person.frame)


async def read(picture: Pixels) -> Portrait:
    return await read_portrait(made.jpeg(picture, 92))


async def test_a_good_photograph(good: Pixels) -> None:
    portrait = await read(good)
    assert (portrait.chosen, portrait.problem, len(portrait.faces)) == (0, "", 1)
    (face,) = portrait.faces
    assert face.usable
    left, top, right, bottom = face.box
    assert 0 < left < 0.5 < right < 1 and 0 < top < 0.5 < bottom < 1
    assert face.quality["eye_distance"] > 60
    assert all(isinstance(value, float) for value in face.quality.values())


async def test_nobody() -> None:
    assert await read(np.full((480, 360, 3), 128, dtype=np.uint8)) == Portrait(problem="NO_FACE")


async def test_several_people_of_whom_one_is_chosen() -> None:
    data = made.jpeg(made.the_team(), 95)
    portrait = await read_portrait(data)
    assert (portrait.chosen, portrait.problem) == (None, "SEVERAL_FACES")
    assert len(portrait.faces) > 12
    assert {face.problem for face in portrait.faces[:12]} == {"TOO_SMALL"}
    embedded = [await embed_portrait(data, index) for index in range(len(portrait.faces))]
    player = await embed_portrait(made.jpeg(made.basketball_player(), 95), 0)
    assert player is not None
    scores = sorted(cosine(player[0], each[0]) for each in embedded if each is not None)
    assert scores[-1] > settings().face_match_from > scores[-2], "he is among them once"


async def test_somebody_far_behind_is_told_of_and_not_meant(good: Pixels) -> None:
    frame = good.copy()
    frame[40:168, 20:116] = np.array(Image.fromarray(good).resize((96, 128)))
    portrait = await read(frame)
    assert (portrait.chosen, portrait.problem) == (0, "")
    assert [face.problem for face in portrait.faces] == ["", "TOO_SMALL"]


@pytest.mark.parametrize(("scale", "problem"), [(0.7, "TOO_SMALL"), (1.0, "")])
async def test_sixty_pixels_between_the_eyes(person: made.Portrait, scale: float, problem: str) -> None:
    portrait = await read(large(person.frame, scale))
    assert (portrait.chosen, portrait.problem) == (0, problem)


@pytest.mark.parametrize(("share", "problem"), [(0.12, "TOO_DARK"), (3.2, "TOO_BRIGHT")])
async def test_dark_and_bright(good: Pixels, share: float, problem: str) -> None:
    assert (await read(made.darkened(good, share))).problem == problem


@pytest.mark.parametrize(("yaw", "problem"), [(10, ""), (-10, ""), (50, "TURNED_AWAY"), (-50, "TURNED_AWAY")])
async def test_turned_away(person: made.Portrait, yaw: float, problem: str) -> None:
    assert (await read(large(made.turned(person, yaw)))).problem == problem


async def test_blurred(good: Pixels) -> None:
    assert (await read(np.array(Image.fromarray(good).filter(ImageFilter.GaussianBlur(14))))).problem == "BLURRED"


async def test_covered(good: Pixels) -> None:
    (face,) = insightface.engine().detect(good)
    assert (await read(made.covered(good, face, (228, 230, 232)))).problem == "COVERED"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made.jpeg(np.full((480, 360, 3), 90, dtype=np.uint8))[:900], "CORRUPT"),
        (b"", "TYPE_NOT_ALLOWED"),
        (b"%PDF-1.7 ...", "TYPE_NOT_ALLOWED"),
        (b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), "TOO_LARGE"),
        (png_that_says(8000, 6251), "TOO_MANY_PIXELS"),
    ],
    ids=["corrupt", "empty", "pdf", "large", "bomb"],
)
async def test_files_of_no_use(data: bytes, code: str) -> None:
    assert await read_portrait(data) == Portrait(problem=code)
    with pytest.raises(FileRefused) as caught:
        await embed_portrait(data, 0)
    assert caught.value.code == code


@pytest.mark.parametrize("index", [-1, 1, 99])
async def test_a_face_that_is_not_there(good: Pixels, index: int) -> None:
    with pytest.raises(Refusal) as caught:
        await embed_portrait(made.jpeg(good), index)
    assert (caught.value.code, caught.value.data["faces"]) == ("NO_SUCH_FACE", 1)


async def test_the_embedding_names_its_model(good: Pixels) -> None:
    embedded = await embed_portrait(made.jpeg(good), 0)
    assert embedded is not None
    vector, model = embedded
    assert (vector.shape, model) == ((512,), insightface.engine().model)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-4)


async def test_without_models(good: Pixels, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings(), "face_model_dir", str(tmp_path))
    assert await read(good) == Portrait(problem="ENGINE_MISSING")
    assert await embed_portrait(made.jpeg(good), 0) is None


async def test_the_event_loop_goes_on(good: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []

    def remembered(data: bytes, *, embed: bool) -> Portrait:
        names.append(threading.current_thread().name)
        return plain(data, embed=embed)

    plain = portraits._read
    monkeypatch.setattr(portraits, "_read", remembered)
    await asyncio.gather(*(read_portrait(made.jpeg(good), patient=True) for _ in range(2)))
    assert names
    assert all(name.startswith("faces") for name in names)


async def test_the_embedding_on_the_way_is_the_one_asked_for_afterwards(good: Pixels) -> None:
    data = made.jpeg(good)
    read, alone = await read_portrait(data, embed=True), await read_portrait(data)
    asked = await embed_portrait(data, 0)
    assert asked is not None
    assert read.embedding is not None
    assert np.array_equal(read.embedding, asked[0])
    assert read.model == asked[1]
    assert (alone.embedding, alone.faces == read.faces, "embedding" in repr(read)) == (None, True, False)
