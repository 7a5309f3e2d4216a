"""A photograph as a phone takes it: a large JPEG with camera and position in its EXIF data."""

from __future__ import annotations

import io

from PIL import Image

MAKE, GPS = 0x010F, 0x8825


def photograph() -> bytes:
    """About a megabyte, so that it needs several chunks."""
    noise = [Image.effect_noise((1600, 1200), spread) for spread in (40, 50, 60)]
    exif = Image.Exif()
    exif[MAKE] = "Camera"
    exif.get_ifd(GPS).update({1: "N", 2: (28.0, 43.0, 12.0), 3: "E", 4: (120.0, 36.0, 5.0)})
    data = io.BytesIO()
    Image.merge("RGB", noise).save(data, "JPEG", quality=85, exif=exif)
    return data.getvalue()


def has_exif(data: bytes) -> bool:
    """Whether a picture still tells where and with what it was taken."""
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        return MAKE in exif or bool(exif.get_ifd(GPS))


def size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture.size
