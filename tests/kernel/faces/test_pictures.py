"""Pictures that lie, contact sheets that do not fit, and frames shown a second time."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.kernel.errors import Refusal
from backend.kernel.faces.codes import Gesture
from backend.kernel.faces.engine import Pixels
from backend.kernel.faces.insightface import engine
from backend.kernel.faces.landmarks import pose
from backend.kernel.faces.pictures import face_crop, frames_of, perceptual_hash, pixels_of, shown_before
from tests.factories import faces as made

LEFT, RIGHT, NEARER = Gesture.TURN_LEFT, Gesture.TURN_RIGHT, Gesture.NEARER


def numbered(count: int, width: int = 120, height: int = 160) -> list[Pixels]:
    return [np.full((height, width, 3), 10 + 5 * number, dtype=np.uint8) for number in range(count)]


def png_that_says(width: int, height: int) -> bytes:
    """A small file that announces a large picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        pixels_of(data)
    return caught.value.code


def test_what_is_no_picture_is_refused_with_its_reason() -> None:
    good = made.jpeg(made.astronaut())
    video = b"\x00\x00\x00\x20ftypisom" + bytes(20) + b"hdlr" + bytes(8) + b"vide" + bytes(100)
    assert refused(png_that_says(8000, 6251)) == "TOO_MANY_PIXELS"
    assert refused(video) == "TYPE_NOT_ALLOWED"
    assert refused(good[: len(good) // 2]) == "CORRUPT"
    assert refused(b"") == "TYPE_NOT_ALLOWED"
    assert refused(b"\xff\xd8\xff" + bytes(21 * 1024 * 1024)) == "TOO_LARGE"
    assert refused(b"%PDF-1.7 ...") == "TYPE_NOT_ALLOWED"


def test_a_picture_that_lies_on_its_side_is_set_upright() -> None:
    image = Image.fromarray(made.astronaut()).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    (face,) = engine().detect(pixels_of(out.getvalue()))
    assert face.landmarks[0, 1] < face.landmarks[3, 1]


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (6, 3), (7, 3), (12, 4), (14, 4), (5, 5), (40, 8)])
def test_frames_come_back_in_their_order(count: int, columns: int) -> None:
    frames = frames_of(made.contact_sheet(numbered(count), columns), columns, count)
    assert len(frames) == count
    for number, frame in enumerate(frames):
        assert frame.shape == (160, 120, 3)
        assert abs(float(frame.mean()) - (10 + 5 * number)) < 2


@pytest.mark.parametrize(
    ("count", "columns"), [(12, 3), (12, 6), (8, 4), (0, 0), (4, 5), (-1, 1), (41, 8), (12, 0), (13, 1)]
)
def test_a_grid_that_does_not_fit_is_refused(count: int, columns: int) -> None:
    sheet = made.contact_sheet(numbered(12), 4)
    with pytest.raises(Refusal) as caught:
        frames_of(sheet, columns, count)
    assert caught.value.code == "BAD_SHEET"


def test_frames_too_small_to_tell_anything_are_refused() -> None:
    with pytest.raises(Refusal) as caught:
        frames_of(made.contact_sheet(numbered(6, 60, 80), 3), 3, 6)
    assert caught.value.code == "BAD_SHEET"


def hashes(frames: list[Pixels], quality: int = 85) -> list[str]:
    return [perceptual_hash(frame) for frame in frames_of(made.contact_sheet(frames, 4, quality=quality), 4, len(frames))]


def test_the_same_frames_are_known_again_however_they_are_encoded() -> None:
    burst = made.burst(made.astronaut(), [LEFT, RIGHT, NEARER])
    before = hashes(burst)
    assert all(len(one) == 64 for one in before)
    assert shown_before(hashes(burst, 40), before)
    smaller = [np.array(Image.fromarray(frame).resize((240, 320))) for frame in burst]
    assert shown_before(hashes(smaller), before)
    lighter = [made.darkened(frame, 1.15) for frame in burst]
    assert shown_before(hashes(lighter), before)
    # A few of them among new ones in another order.
    assert shown_before(before[5:] + hashes(made.burst(made.basketball_player(), [LEFT])), before)


def test_another_person_is_not_taken_for_a_repetition() -> None:
    before = hashes(made.burst(made.astronaut(), [LEFT, RIGHT, NEARER]))
    assert not shown_before(hashes(made.burst(made.basketball_player(), [LEFT, RIGHT, NEARER])), before)
    assert not shown_before(before, [])
    assert not shown_before([], before)


def test_the_crop_for_a_person_has_a_face_and_nothing_but_pixels() -> None:
    picture = made.astronaut()
    (face,) = engine().detect(picture)
    crop = face_crop(picture, face)
    with Image.open(BytesIO(crop)) as image:
        assert not image.getexif()
        assert max(image.size) <= 480
    assert len(engine().detect(pixels_of(crop))) == 1


def test_a_film_for_the_fake_camera(tmp_path: Path) -> None:
    burst = made.film(made.astronaut(), [(None, 0.4), (LEFT, 1.2), (None, 0.4)], fps=5)
    assert len(burst) == 10
    rest, turned, again = (pose(engine().detect(burst[number])[0].landmarks)[0] for number in (0, 5, 9))
    assert turned > max(rest, again) + 15
    film = tmp_path / "face.y4m"
    made.write_y4m(film, burst, fps=5)
    head, body = film.read_bytes().split(b"\n", 1)
    assert head == b"YUV4MPEG2 W360 H480 F5:1 Ip A1:1 C420mpeg2"
    frame_bytes = 360 * 480 * 3 // 2
    assert len(body) == len(burst) * (len(b"FRAME\n") + frame_bytes)
    bright = np.frombuffer(body[6 : 6 + 360 * 480], dtype=np.uint8).reshape(480, 360).astype(np.float32)
    grey = np.asarray(Image.fromarray(burst[0]).convert("L"), dtype=np.float32)
    assert float(np.abs(bright - (grey * 219 / 255 + 16)).mean()) < 1
