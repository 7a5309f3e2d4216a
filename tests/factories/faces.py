"""Bursts of a face that turns, comes nearer and blinks, rendered from one picture of it, as a phone would film them.

The pictures are those that installed packages ship. A head is an ellipsoid with a nose; the picture is laid over it and
the head is turned. That moves the landmarks as a real head does, which is what liveness looks at; it is no proof of
how real people fare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from math import cos, radians, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance

from backend.kernel.faces import insightface
from backend.kernel.faces.availability import model_folder
from backend.kernel.faces.codes import Gesture
from backend.kernel.faces.engine import DetectedFace, Landmarks, Pixels

#: A phone's frame.
WIDTH, HEIGHT = 360, 480
#: Share of the frame's width that lies between the eyes.
EYES = 0.2
YAW = 50.0
NEARER = 1.4
FRAME_MS = 450
COLUMNS = 4


def astronaut() -> Pixels:
    folder = find_spec("skimage")
    assert folder is not None and folder.origin is not None
    return _picture(Path(folder.origin).parent / "data" / "astronaut.png")


def basketball_player() -> Pixels:
    return _shipped("yaoming.jpg")


def the_team() -> Pixels:
    """Many faces, one of them the basketball player's."""
    return _shipped("players.jpg")


def the_board() -> Pixels:
    """Three grown-ups, none of them in another picture."""
    return _shipped("gdp.jpg")


def _shipped(name: str) -> Pixels:
    folder = model_folder()
    assert folder is not None
    return _picture(folder / name)


def _picture(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


@dataclass(frozen=True, eq=False)
class Portrait:
    """A frame with one face in its middle, looking into the camera."""

    frame: Pixels
    landmarks: Landmarks


@lru_cache(maxsize=16)
def _portrait(data: bytes, shape: tuple[int, int, int], number: int) -> Portrait:
    picture = np.frombuffer(data, dtype=np.uint8).reshape(shape)
    face = insightface.engine().detect(picture)[number]
    scale = EYES * WIDTH / max(1.0, float(np.linalg.norm(face.landmarks[1] - face.landmarks[0])))
    middle = face.landmarks.mean(axis=0)
    left, top = middle - np.array([WIDTH / 2, HEIGHT * 0.48]) / scale
    box = (float(left), float(top), float(left + WIDTH / scale), float(top + HEIGHT / scale))
    # Beyond its edges the picture goes on as its edges are: a black border would be the strongest line of the frame.
    margin = max(0, *(round(edge) + 1 for edge in (-box[0], -box[1], box[2] - shape[1], box[3] - shape[0])))
    wide = Image.fromarray(np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
    moved = (box[0] + margin, box[1] + margin, box[2] + margin, box[3] + margin)
    frame = np.array(wide.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=moved))
    return Portrait(frame, ((face.landmarks - (left, top)) * scale).astype(np.float32))


def portrait(picture: Pixels, number: int = 0) -> Portrait:
    """As a phone would frame the picture's largest face, or another one by size."""
    return _portrait(picture.tobytes(), picture.shape, number)


def burst(picture: Pixels, gestures: Sequence[Gesture], *, number: int = 0, seed: int = 1) -> list[Pixels]:
    """Two frames at rest, then four for each gesture: on the way, there, on the way back, at rest.

    Each seed holds the phone a little differently: two bursts of one seed are the same film.
    """
    face = portrait(picture, number)
    steps: list[tuple[Gesture | None, float]] = [(None, 0.0)] * 2
    for gesture in gestures:
        steps += [(gesture, 0.5), (gesture, 1.0), (gesture, 0.5), (None, 0.0)]
    hand = np.random.default_rng(seed)
    scale, middle = float(hand.uniform(1.03, 1.12)), (float(hand.uniform(0, WIDTH)), float(hand.uniform(0, HEIGHT)))
    return [held(zoomed(shown(face, gesture, share), scale, middle), hand) for gesture, share in steps]


def film(
    picture: Pixels, steps: Sequence[tuple[Gesture | None, float]], *, number: int = 0, fps: int = 10, seed: int = 1
) -> list[Pixels]:
    """Each gesture for so many seconds: a third on the way, a third there, a third on the way back; None rests.

    Chromium opens the film of its fake camera when a page asks for the camera: what a page does before its burst goes
    in as rest.
    """
    face, hand = portrait(picture, number), np.random.default_rng(seed)
    frames = []
    for gesture, seconds in steps:
        count = max(1, round(seconds * fps))
        for place in range(count):
            way = 3 * (place + 0.5) / count
            # In fifths, so that each is rendered once.
            share = round(5 * min(1.0, way, 3 - way)) / 5 if gesture else 0.0
            frames.append(held(shown(face, gesture, share), hand))
    return frames


def still(picture: Pixels, count: int = 14, *, seed: int = 1) -> list[Pixels]:
    """The same picture before a phone that is held in a hand."""
    hand = np.random.default_rng(seed)
    return [held(portrait(picture).frame, hand) for _ in range(count)]


def times(count: int) -> list[int]:
    return [1000 + FRAME_MS * number for number in range(count)]


@lru_cache(maxsize=64)
def shown(face: Portrait, gesture: Gesture | None, share: float) -> Pixels:
    """The portrait making this share of a gesture."""
    if gesture is Gesture.TURN_LEFT:
        return turned(face, YAW * share)
    if gesture is Gesture.TURN_RIGHT:
        return turned(face, -YAW * share)
    if gesture is Gesture.NEARER:
        return zoomed(face.frame, 1 + (NEARER - 1) * share, tuple(face.landmarks.mean(axis=0)))
    return blinked(face) if gesture is Gesture.BLINK and share == 1.0 else face.frame


def turned(face: Portrait, yaw: float) -> Pixels:
    """The head turned by `yaw` degrees to the person's own left; the background stays."""
    height, width = face.frame.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    depth, inside = _head(face.landmarks, columns, rows)
    middle = float(face.landmarks[:, 0].mean())
    angle = radians(yaw)
    shift = inside * ((columns - middle) * (cos(angle) - 1) + depth * sin(angle))
    targets = np.maximum.accumulate(columns + shift, axis=1)
    out = np.empty_like(face.frame)
    for row in range(height):
        source = np.interp(np.arange(width), targets[row], columns[row])
        for channel in range(3):
            out[row, :, channel] = np.interp(source, columns[row], face.frame[row, :, channel])
    return out


def _head(
    points: Landmarks, columns: NDArray[np.float64], rows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Depth in front of the axis the head turns on, and how much of the turn each pixel takes part in."""
    eyes = float(np.linalg.norm(points[1] - points[0]))
    x, y = (float(value) for value in points.mean(axis=0))
    away = ((columns - x) / (1.5 * eyes)) ** 2 + ((rows - y) / (2.0 * eyes)) ** 2
    skull = 0.9 * eyes * np.sqrt(np.clip(1 - away, 0, 1))
    nose_x, nose_y = (float(value) for value in points[2])
    bump = ((columns - nose_x) / (0.3 * eyes)) ** 2 + ((rows - nose_y + 0.1 * eyes) / (0.45 * eyes)) ** 2
    return skull + 0.45 * eyes * np.exp(-bump), np.clip((1.15 - away) / 0.3, 0, 1)


def zoomed(frame: Pixels, scale: float, middle: tuple[float, float]) -> Pixels:
    height, width = frame.shape[:2]
    x, y = middle
    box = (x - x / scale, y - y / scale, x + (width - x) / scale, y + (height - y) / scale)
    image = Image.fromarray(frame).resize((width, height), Image.Resampling.BICUBIC, box=box)
    return np.array(image)


def blinked(face: Portrait) -> Pixels:
    """Lids in the colour of the skin below, with a line where they meet."""
    image = Image.fromarray(face.frame)
    draw = ImageDraw.Draw(image)
    eyes = float(np.linalg.norm(face.landmarks[1] - face.landmarks[0]))
    for x, y in face.landmarks[:2].astype(float):
        patch = face.frame[int(y + 0.24 * eyes) : int(y + 0.32 * eyes), int(x - 0.1 * eyes) : int(x + 0.1 * eyes)]
        skin = np.median(patch.reshape(-1, 3), axis=0)
        lid, line = (tuple(int(value * shade) for value in skin) for shade in (0.95, 0.35))
        draw.ellipse((x - 0.24 * eyes, y - 0.13 * eyes, x + 0.24 * eyes, y + 0.12 * eyes), fill=lid)
        arc = (x - 0.2 * eyes, y - 0.06 * eyes, x + 0.2 * eyes, y + 0.08 * eyes)
        draw.arc(arc, 10, 170, fill=line, width=max(1, int(0.025 * eyes)))
    return np.array(image)


def held(frame: Pixels, hand: np.random.Generator) -> Pixels:
    """As a hand-held camera takes it: shifted, a little lighter or darker, with noise."""
    down, across = (int(value) for value in hand.integers(-4, 5, 2))
    moved = np.roll(frame, (down, across), axis=(0, 1)).astype(np.float32)
    noisy = moved * hand.uniform(0.96, 1.04) + hand.normal(0, 3, moved.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def tilted(frame: Pixels, corners: Sequence[tuple[float, float]]) -> Pixels:
    """The frame as a flat picture whose corners (from top left, clockwise, as shares of width and height) are here."""
    height, width = frame.shape[:2]
    rows, target = [], []
    for (x, y), (u, v) in zip([(0, 0), (1, 0), (1, 1), (0, 1)], corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
        target += [x, y]
    a, b, c, d, e, f, g, h = np.linalg.solve(np.array(rows), np.array(target, dtype=np.float64))
    # From shares to pixels on both sides.
    data = (a, b * width / height, c * width, d * height / width, e, f * height, g / width, h / height)
    image = Image.fromarray(frame).transform(
        (width, height), Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128)
    )
    return np.array(image)


def darkened(frame: Pixels, share: float) -> Pixels:
    return np.array(ImageEnhance.Brightness(Image.fromarray(frame)).enhance(share))


def covered(frame: Pixels, face: DetectedFace, colour: tuple[int, int, int]) -> Pixels:
    """Mouth and nose behind a mask."""
    image = Image.fromarray(frame)
    (left, eye), (right, _), (nose_x, nose_y), _, (_, mouth) = face.landmarks.astype(float)
    eyes = right - left
    outline = [(left - 0.35 * eyes, nose_y - 0.2 * eyes), (nose_x, eye + 0.3 * eyes), (right + 0.35 * eyes, nose_y - 0.2 * eyes)]
    outline += [(right + 0.3 * eyes, mouth + 0.2 * eyes), (nose_x, mouth + 0.7 * eyes), (left - 0.3 * eyes, mouth + 0.2 * eyes)]
    ImageDraw.Draw(image).polygon(outline, fill=colour)
    return np.array(image)


def contact_sheet(frames: Sequence[Pixels], columns: int = COLUMNS, *, quality: int = 85) -> bytes:
    """JPEG of the frames, left to right, top to bottom; the rest of the last row is grey."""
    height, width = frames[0].shape[:2]
    rows = -(-len(frames) // columns)
    sheet = np.full((rows * height, columns * width, 3), 128, dtype=np.uint8)
    for number, frame in enumerate(frames):
        row, column = divmod(number, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = frame
    return jpeg(sheet, quality)


def jpeg(picture: Pixels, quality: int = 85) -> bytes:
    out = BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality)
    return out.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_y4m(path: Path, frames: Iterable[Pixels], fps: int = 10) -> None:
    """A film for Chromium's fake camera (`--use-file-for-fake-video-capture`); it starts anew at its end.

    Frames have one even size.
    """
    with path.open("wb") as film:
        for number, frame in enumerate(frames):
            height, width = frame.shape[:2]
            if number == 0:
                film.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420mpeg2\n".encode())
            bright, blue, red = Image.fromarray(frame).convert("YCbCr").split()
            film.write(b"FRAME\n" + _studio(bright, 219, 16))
            for colour in (blue, red):
                film.write(_studio(colour.resize((width // 2, height // 2), Image.Resampling.BOX), 224, 16))


def _studio(plane: Image.Image, span: int, least: int) -> bytes:
    """Full range, as JPEG has it, to the range of video."""
    values = np.asarray(plane, dtype=np.float32) * (span / 255) + least
    return bytes(np.rint(values).astype(np.uint8).tobytes())
