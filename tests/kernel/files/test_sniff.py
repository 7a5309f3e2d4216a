"""What a file is, by its bytes, and whether it is a second thing as well."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.sniff import ACCEPTED, content_type
from tests.kernel.files.samples import ACCEPTABLE, PDF, encoded, mp4, photograph, picture

CODES = {"TYPE_NOT_ALLOWED", "TYPE_MISMATCH", "POLYGLOT", "CORRUPT"}
SCRIPT = b"<script>alert(1)</script>"


def refused(data: bytes, declared: str | None = None) -> str:
    with pytest.raises(FileRefused) as caught:
        content_type(data, declared)
    return caught.value.code


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("readme.txt", "harmless to look at")
    return out.getvalue()


def test_there_is_a_sample_of_every_accepted_type() -> None:
    assert set(ACCEPTABLE) == ACCEPTED


@pytest.mark.parametrize("kind", sorted(ACCEPTABLE))
def test_every_accepted_type_is_recognised(kind: str) -> None:
    assert content_type(ACCEPTABLE[kind]) == kind
    assert content_type(ACCEPTABLE[kind], kind) == kind


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("image/jpg", "image/jpeg"),
        ("IMAGE/JPEG", "image/jpeg"),
        ("image/heif", "image/heic"),
        ("audio/webm;codecs=opus", "audio/webm"),
        ("audio/x-m4a", "audio/mp4"),
    ],
)
def test_other_names_of_a_type_are_understood(declared: str, kind: str) -> None:
    assert content_type(ACCEPTABLE[kind], declared) == kind


def test_a_type_that_was_not_announced_is_refused() -> None:
    assert refused(photograph(), "image/png") == "TYPE_MISMATCH"
    assert refused(PDF, "image/jpeg") == "TYPE_MISMATCH"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"plain text",
        SCRIPT,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        archive(),
        b"MZ" + bytes(200),
        b"\x7fELF" + bytes(200),
        b"BM" + bytes(200),
        encoded(picture(), "TIFF"),
        mp4(b"isom", b"vide"),
        b"\x1a\x45\xdf\xa3" + b"V_VP9 A_OPUS",
        b"RIFF\x00\x00\x00\x00AVI ",
    ],
)
def test_other_types_are_refused(data: bytes) -> None:
    assert refused(data) == "TYPE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "kind", ["image/jpeg", "image/png", "image/webp", "image/heic", "audio/mp4", "audio/wav"]
)
@pytest.mark.parametrize("tail", [SCRIPT, PDF, archive(), b"MZ\x90", b"\x7fELF\x02", b"#!/bin/sh\n"])
def test_a_second_file_behind_the_first_is_found(kind: str, tail: bytes) -> None:
    assert refused(ACCEPTABLE[kind] + tail) == "POLYGLOT"


@pytest.mark.parametrize("kind", sorted(ACCEPTABLE))
@pytest.mark.parametrize("gap", [b"", bytes(100)])
def test_an_archive_at_the_end_is_found_in_any_type(kind: str, gap: bytes) -> None:
    assert refused(ACCEPTABLE[kind] + gap + archive()) == "POLYGLOT"


def test_markup_in_the_head_of_a_picture_is_found() -> None:
    commented = encoded(picture(), "JPEG", comment=SCRIPT)
    assert refused(commented) == "POLYGLOT"
    assert refused(encoded(picture(), "GIF", comment=b"<html><body>")) == "POLYGLOT"


def test_harmless_bytes_behind_a_picture_are_let_through() -> None:
    assert content_type(photograph() + bytes(3000)) == "image/jpeg"


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_picture_that_breaks_off_is_corrupt(kind: str, share: float) -> None:
    data = ACCEPTABLE[kind]
    assert refused(data[: int(len(data) * share)]) == "CORRUPT"


@given(st.binary(max_size=300), st.sampled_from([b"", *(data[:40] for data in ACCEPTABLE.values())]))
def test_any_bytes_get_an_answer_or_a_refusal(data: bytes, head: bytes) -> None:
    try:
        assert content_type(head + data) in ACCEPTED
    except FileRefused as refusal:
        assert refusal.code in CODES
