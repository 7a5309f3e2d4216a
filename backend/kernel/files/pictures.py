"""Pictures are decoded and encoded anew, so that nothing but pixels survives."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageOps

from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.sniff import PICTURES, content_type

pillow_heif.register_heif_opener()

FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/gif": "GIF",
}
LOCAL: Final = ZoneInfo("Asia/Shanghai")
QUALITY: Final = 85
#: Longer edge in pixels that is left of a blurred picture: fewer than a face is recognised by.
BLURRED_EDGE: Final = 12


@dataclass(frozen=True)
class PictureLimits:
    """Bytes of the file, pixels after decoding, longest edges of the picture kept and of its thumbnail."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 50_000_000
    max_edge: int = 4096
    thumbnail_edge: int = 320


@dataclass(frozen=True)
class SanitisedPicture:
    """`position` is (latitude, longitude) in degrees WGS 84; keep it only if the person agreed."""

    data: bytes
    width: int
    height: int
    content_type: str
    thumbnail: bytes
    position: tuple[float, float] | None
    taken_at: datetime | None


DEFAULT_LIMITS: Final = PictureLimits()


def sanitise(
    data: bytes, *, limits: PictureLimits = DEFAULT_LIMITS, declared: str | None = None
) -> SanitisedPicture:
    """Blocking, run it in a thread. Raises FileRefused; size and pixels are checked before anything is decoded.

    The result is JPEG, or WebP where there is transparency; of an animation the first frame stays.
    """
    if len(data) > limits.max_bytes:
        raise FileRefused("TOO_LARGE", limit=limits.max_bytes, size=len(data))
    found = content_type(data, declared, PICTURES)
    try:
        with Image.open(BytesIO(data), formats=[FORMATS[found]]) as image:
            if image.width * image.height > limits.max_pixels:
                raise FileRefused("TOO_MANY_PIXELS", limit=limits.max_pixels)
            image.load()
            exif = image.getexif()
            pixels = _upright_srgb(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused("TOO_MANY_PIXELS", limit=limits.max_pixels) from None
    # Pillow 的解码器对坏文件会抛出这几种异常
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, RuntimeError) as problem:
        raise FileRefused("CORRUPT") from problem
    pixels.thumbnail((limits.max_edge, limits.max_edge))
    small = pixels.copy()
    small.thumbnail((limits.thumbnail_edge, limits.thumbnail_edge))
    kind, encoded = _encode(pixels)
    return SanitisedPicture(
        encoded, pixels.width, pixels.height, kind, _encode(small)[1], _position(exif), _taken_at(exif)
    )


async def small_copy(data: bytes, *, most_edge: int, blurred: bool) -> bytes:
    """A JPEG of a picture that was sanitised before, no longer than `most_edge`.

    Blurred, a dozen or two of broad patches are left: that there is somebody, and nothing of who.
    """
    return await asyncio.to_thread(_small_copy, data, most_edge, blurred)


def _small_copy(data: bytes, most_edge: int, blurred: bool) -> bytes:
    with Image.open(BytesIO(data), formats=["JPEG", "WEBP"]) as image:
        made = image.convert("RGB")
    made.thumbnail((most_edge, most_edge))
    if blurred:
        size = made.size
        # What is thrown away here is in no later copy: sharpening it again finds nothing.
        made.thumbnail((BLURRED_EDGE, BLURRED_EDGE), Image.Resampling.BOX)
        made = made.resize(size, Image.Resampling.BICUBIC)
    return _encode(made)[1]


def _upright_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    transparent = upright.has_transparency_data
    if profile and upright.mode in ("RGB", "CMYK"):
        upright = _to_srgb(upright, profile)
    return upright.convert("RGBA" if transparent else "RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        # 色彩配置坏了不等于图坏了:按 sRGB 看
        return image
    return converted or image


def _encode(image: Image.Image) -> tuple[str, bytes]:
    # 只取像素:新建的图不带任何元数据
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    out = BytesIO()
    if image.mode == "RGBA":
        clean.save(out, "WEBP", quality=QUALITY)
        return "image/webp", out.getvalue()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return "image/jpeg", out.getvalue()


def _position(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), 90)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _degrees(parts: object, hemisphere: object, limit: float) -> float | None:
    """Degrees, minutes and seconds as one signed number; None for anything a camera would not write."""
    if not isinstance(parts, tuple) or len(parts) != 3 or hemisphere not in ("N", "S", "E", "W"):
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(-value if hemisphere in ("S", "W") else value, 6)


def _taken_at(exif: Image.Exif) -> datetime | None:
    """Aware; a camera that states no offset is taken to run on Chinese time."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    taken, offset = details.get(ExifTags.Base.DateTimeOriginal), details.get(ExifTags.Base.OffsetTimeOriginal)
    if not isinstance(taken, str):
        return None
    try:
        if isinstance(offset, str) and offset.strip("\0 "):
            return datetime.strptime(f"{taken} {offset}".replace("\0", ""), "%Y:%m:%d %H:%M:%S %z")
        return datetime.strptime(taken.rstrip("\0"), "%Y:%m:%d %H:%M:%S").replace(tzinfo=LOCAL)
    except ValueError:
        return None
