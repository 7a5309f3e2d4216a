"""Files made for tests: pictures drawn by Pillow, sound and PDF as short as their formats allow."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageDraw

pillow_heif.register_heif_opener()

CAMERA = "Pinhole 9"
LATITUDE, LONGITUDE = 28.656386, 121.420757


def picture(size: tuple[int, int] = (320, 200), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, with a diagonal, so that turning it shows."""
    drawn = Image.new(mode, size, (0, 0, 200, 255)[: len(mode)])
    draw = ImageDraw.Draw(drawn)
    draw.rectangle((0, 0, size[0] // 2, size[1]), fill=(200, 0, 0, 255)[: len(mode)])
    draw.line((0, 0, *size), fill=(255, 255, 255, 255)[: len(mode)], width=3)
    return drawn


def exif(*, orientation: int = 1, position: bool = True, taken: str = "2026:05:04 08:30:00") -> Image.Exif:
    """What a telephone writes into a photograph."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = CAMERA
    made[ExifTags.Base.Orientation] = orientation
    details = made.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = taken
    if position:
        gps = made.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", degrees(LATITUDE)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", degrees(LONGITUDE)
    return made


def degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 3)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photograph(**changes: Any) -> bytes:
    """A JPEG as it comes from a telephone."""
    return encoded(picture(), "JPEG", exif=exif(**changes), quality=90)


def heic() -> bytes:
    return encoded(picture(), "HEIF", exif=exif().tobytes(), quality=80)


def mp4(brand: bytes = b"M4A ", track: bytes = b"soun") -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return (8 + len(body)).to_bytes(4) + kind + body

    handler = box(b"hdlr", bytes(8) + track + bytes(13))
    return box(b"ftyp", brand + bytes(4) + b"isom") + box(b"moov", handler) + box(b"mdat", bytes(64))


def wav() -> bytes:
    body = b"WAVEfmt " + (16).to_bytes(4, "little") + bytes(16) + b"data" + bytes(4) + bytes(32)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(64)
WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01" + bytes(40) + b"A_OPUS" + bytes(64)
MP3 = b"\xff\xfb\x90\x64" + bytes(413)

ACCEPTABLE: Mapping[str, bytes] = {
    "application/pdf": PDF,
    "audio/mp4": mp4(),
    "audio/mpeg": MP3,
    "audio/ogg": OGG,
    "audio/wav": wav(),
    "audio/webm": WEBM,
    "image/gif": encoded(picture(), "GIF"),
    "image/heic": heic(),
    "image/jpeg": photograph(),
    "image/png": encoded(picture(), "PNG"),
    "image/webp": encoded(picture(), "WEBP"),
}
