"""Pictures lose everything but their pixels."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from backend.kernel.files.pictures import DEFAULT_LIMITS, PictureLimits, sanitise
from backend.kernel.files.refusals import FileRefused
from tests.kernel.files.samples import (
    ACCEPTABLE,
    CAMERA,
    LATITUDE,
    LONGITUDE,
    encoded,
    exif,
    heic,
    photograph,
    picture,
)

CODES = {"TYPE_NOT_ALLOWED", "TYPE_MISMATCH", "POLYGLOT", "CORRUPT", "TOO_MANY_PIXELS", "TOO_LARGE"}


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def refused(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> str:
    with pytest.raises(FileRefused) as caught:
        sanitise(data, limits=limits)
    return caught.value.code


def empty_png(width: int, height: int) -> bytes:
    """A few hundred bytes that claim a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("make", [photograph, heic])
def test_what_the_camera_wrote_is_gone_and_told_apart(make: object) -> None:
    assert callable(make)
    data: bytes = make()
    assert CAMERA.encode() in data
    clean = sanitise(data)
    for kept in (clean.data, clean.thumbnail):
        assert not opened(kept).getexif()
        assert CAMERA.encode() not in kept
        assert b"Exif" not in kept
    assert clean.position == pytest.approx((LATITUDE, LONGITUDE), abs=1e-5)
    assert clean.taken_at == datetime(2026, 5, 4, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize("kind", ["JPEG", "GIF"])
def test_comments_are_gone(kind: str) -> None:
    clean = sanitise(encoded(picture(), kind, comment=b"secret comment"))
    for kept in (clean.data, clean.thumbnail):
        assert b"secret" not in kept


def test_texts_of_a_png_are_gone() -> None:
    texts = PngInfo()
    texts.add_text("Author", "secret author")
    texts.add_itxt("XML:com.adobe.xmp", "<x>secret</x>")
    assert b"secret" not in sanitise(encoded(picture(), "PNG", pnginfo=texts)).data


def test_a_colour_profile_is_applied_and_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = sanitise(encoded(picture(), "JPEG", icc_profile=profile))
    assert "icc_profile" not in opened(clean.data).info


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/heic", "image/gif"])
def test_every_kind_of_picture_becomes_a_jpeg(kind: str) -> None:
    clean = sanitise(ACCEPTABLE[kind], declared=kind)
    assert clean.content_type == "image/jpeg"
    assert opened(clean.data).format == "JPEG"
    assert opened(clean.data).size == (clean.width, clean.height) == (320, 200)


def test_transparency_is_kept_as_webp() -> None:
    drawn = picture(mode="RGBA")
    drawn.putalpha(90)
    clean = sanitise(encoded(drawn, "PNG"))
    assert clean.content_type == "image/webp"
    assert opened(clean.data).mode == "RGBA"


def test_a_turned_photograph_is_set_upright() -> None:
    clean = sanitise(photograph(orientation=6))
    assert (clean.width, clean.height) == (200, 320)
    # 顺时针转 90 度:左半的红到了上面
    red, _, blue = opened(clean.data).convert("RGB").getpixel((150, 40))  # type: ignore[misc]
    assert red > 150 > blue


def test_large_pictures_are_made_smaller_and_thumbnails_small() -> None:
    clean = sanitise(
        encoded(picture((1000, 500)), "JPEG"), limits=PictureLimits(max_edge=400, thumbnail_edge=100)
    )
    assert (clean.width, clean.height) == (400, 200)
    assert opened(clean.thumbnail).size == (100, 50)


def test_of_an_animation_the_first_frame_stays() -> None:
    frames = [picture(), Image.new("RGB", (320, 200), "green")]
    clean = sanitise(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert getattr(opened(clean.data), "n_frames", 1) == 1
    assert opened(clean.data).convert("RGB").getpixel((40, 150))[0] > 150  # type: ignore[index]


@pytest.mark.parametrize("size", [(20_000, 20_000), (60_000, 60_000), (8000, 7000)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    assert refused(empty_png(*size)) == "TOO_MANY_PIXELS"


def test_too_many_bytes_are_refused() -> None:
    assert refused(photograph(), PictureLimits(max_bytes=100)) == "TOO_LARGE"


def test_sound_is_no_picture() -> None:
    assert refused(ACCEPTABLE["audio/wav"]) == "TYPE_NOT_ALLOWED"


@pytest.mark.parametrize("kind", ["image/webp", "image/heic", "image/gif", "image/jpeg", "image/png"])
def test_a_truncated_picture_is_refused(kind: str) -> None:
    data = ACCEPTABLE[kind]
    assert refused(data[: len(data) // 2]) == "CORRUPT"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own, about broken metadata
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["image/jpeg", "image/png", "image/webp", "image/gif"]), st.data())
def test_a_damaged_picture_is_cleaned_or_refused_but_never_breaks(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(ACCEPTABLE[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        clean = sanitise(bytes(damaged))
    except FileRefused as refusal:
        assert refusal.code in CODES
    else:
        assert opened(clean.data).format in {"JPEG", "WEBP"}


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "", "2026:13:01 00:00:00"])
def test_a_nonsense_date_is_no_date(taken: str) -> None:
    assert sanitise(photograph(taken=taken)).taken_at is None


@pytest.mark.parametrize(
    ("latitude", "ref"),
    [
        ((91.0, 0.0, 0.0), "N"),
        ((1.0, 2.0), "N"),
        ((28.0, 0.0, 0.0), "X"),
        ((IFDRational(0, 0), 0.0, 0.0), "N"),
    ],
)
def test_a_nonsense_position_is_no_position(latitude: tuple[Any, ...], ref: str) -> None:
    tags = exif()
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] = latitude, ref
    assert sanitise(encoded(picture(), "JPEG", exif=tags)).position is None


def test_the_southern_and_western_hemispheres_count_negative() -> None:
    tags = exif()
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "S", "W"
    assert sanitise(encoded(picture(), "JPEG", exif=tags)).position == pytest.approx(
        (-LATITUDE, -LONGITUDE), abs=1e-5
    )


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert sanitise(photograph()) == sanitise(photograph())
