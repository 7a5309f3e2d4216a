"""Pictures for the engine: decoded with the limits of uploads, contact sheets cut into frames, frames compared."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageOps

from backend.kernel.errors import Refusal
from backend.kernel.faces.codes import MOST_FRAMES
from backend.kernel.faces.engine import DetectedFace, Pixels
from backend.kernel.files.pictures import DEFAULT_LIMITS, FORMATS, PictureLimits
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.sniff import PICTURES, content_type

#: Frames of a contact sheet: portrait, width by height.
FRAME_SHAPE: Final = (3, 4)
#: How far a frame's shape may be off, as a share: a sheet is scaled to whole pixels on its way.
SHAPE_TOLERANCE: Final = 0.02
LEAST_FRAME_WIDTH: Final = 120
#: Rows and columns of brightness differences in a perceptual hash: 256 bits.
HASH_EDGE: Final = 16
#: Bits two hashes of the same frame may differ in. Encoded anew, scaled or lightened it was at most 10; a phone held
#: some per cent of the frame's width elsewhere makes it 50.
SAME_FRAME_BITS: Final = 12
#: Kept around a face for the person who looks at it, as a share of its box.
CROP_MARGIN: Final = 0.6
CROP_EDGE: Final = 480


def pixels_of(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Pixels:
    """The picture, upright, RGB. Blocking. Size and pixels are checked before anything is decoded.

    Raises:
        FileRefused: TOO_LARGE, TYPE_NOT_ALLOWED (a video, for instance), POLYGLOT, TOO_MANY_PIXELS, CORRUPT.
    """
    if len(data) > limits.max_bytes:
        raise FileRefused("TOO_LARGE", limit=limits.max_bytes, size=len(data))
    kind = FORMATS[content_type(data, None, PICTURES)]
    try:
        with Image.open(BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > limits.max_pixels:
                raise FileRefused("TOO_MANY_PIXELS", limit=limits.max_pixels)
            image.thumbnail((limits.max_edge, limits.max_edge))
            # Most are upright and RGB already: a copy of every pixel each time is time the models could have.
            upright = image if image.getexif().get(ExifTags.Base.Orientation, 1) == 1 else ImageOps.exif_transpose(image)
            return np.array(upright if upright.mode == "RGB" else upright.convert("RGB"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused("TOO_MANY_PIXELS", limit=limits.max_pixels) from None
    # Pillow's decoders answer broken files with any of these.
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, RuntimeError) as problem:
        raise FileRefused("CORRUPT") from problem


def frames_of(data: bytes, columns: int, count: int) -> list[Pixels]:
    """The frames of a contact sheet: `count` of them in rows of `columns`, left to right, top to bottom. Blocking.

    The last row may be filled up with anything.

    Raises:
        FileRefused: as `pixels_of`.
        Refusal: `BAD_SHEET` when columns and count make no grid of 3:4 frames of this picture.
    """
    if not 1 <= columns <= count <= MOST_FRAMES:
        raise Refusal("BAD_SHEET", columns=columns, count=count)
    sheet = pixels_of(data)
    rows = -(-count // columns)
    height, width = sheet.shape[0] / rows, sheet.shape[1] / columns
    shape = width / height / (FRAME_SHAPE[0] / FRAME_SHAPE[1])
    if abs(shape - 1) > SHAPE_TOLERANCE or width < LEAST_FRAME_WIDTH:
        raise Refusal("BAD_SHEET", columns=columns, count=count)
    return [
        np.ascontiguousarray(
            sheet[
                round(row * height) : round((row + 1) * height), round(column * width) : round((column + 1) * width)
            ]
        )
        for row, column in (divmod(number, columns) for number in range(count))
    ]


def perceptual_hash(frame: Pixels) -> str:
    """64 hex digits that stay nearly the same when the frame is scaled or encoded anew (a difference hash)."""
    small = Image.fromarray(frame).convert("L").resize((HASH_EDGE + 1, HASH_EDGE), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.int16)
    return np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes().hex()


def shown_before(hashes: Sequence[str], earlier: Sequence[str]) -> bool:
    """Whether at least half of these frames are among the earlier ones.

    A camera never takes the same frame twice: noise, hands and breath change it. Frames that hardly differ among
    themselves count once, so that a flat wall behind a still start proves nothing.
    """
    distinct = _distinct(hashes)
    again = sum(1 for one in distinct if any(_bits_between(one, other) <= SAME_FRAME_BITS for other in earlier))
    return 2 * again >= len(distinct) > 0


def face_crop(frame: Pixels, face: DetectedFace) -> bytes:
    """JPEG of the face with some margin, for a person to look at; nothing but pixels is in it."""
    left, top, right, bottom = face.box
    across, down = (right - left) * CROP_MARGIN, (bottom - top) * CROP_MARGIN
    height, width = frame.shape[:2]
    box = (max(0, left - across), max(0, top - down), min(width, right + across), min(height, bottom + down))
    image = Image.fromarray(frame).crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]
    image.thumbnail((CROP_EDGE, CROP_EDGE))
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _distinct(hashes: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for one in hashes:
        if all(_bits_between(one, other) > SAME_FRAME_BITS for other in kept):
            kept.append(one)
    return kept


def _bits_between(one: str, other: str) -> int:
    if len(one) != len(other):
        return 4 * max(len(one), len(other))
    return (int(one, 16) ^ int(other, 16)).bit_count()
