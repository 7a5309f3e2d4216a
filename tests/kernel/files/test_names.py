"""Names people give their files."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.files.names import EXTENSIONS, MAX_BYTES, content_disposition, name_for, safe_name
from backend.kernel.files.refusals import FileRefused

kinds = st.sampled_from(sorted(EXTENSIONS))


@pytest.mark.parametrize(
    "name", ["照片.jpg", "IMG_0001.HEIC", "a", "录音 3 (2).m4a", "e\u0301.pdf", "笑脸😀.png"]
)
def test_ordinary_names_are_taken(name: str) -> None:
    assert safe_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".htaccess",
        "../../etc/passwd",
        "a/b.jpg",
        "a\\b.jpg",
        "C:evil.jpg",
        "a\uff0fb.jpg",
        "a\u2215b.jpg",
        "photo.jpg\x00.exe",
        "line\nbreak.jpg",
        "photo\u202egpj.exe",
        "zero\u200bwidth.jpg",
        "half\ud800.jpg",
        "para\u2029graph.jpg",
        "con",
        "LPT1.txt",
        "dot.",
        "space ",
        " space",
        '"quoted".jpg',
        "star*.jpg",
        "x" * 256,
        "字" * 86,
    ],
)
def test_path_tricks_and_odd_characters_are_refused(name: str) -> None:
    with pytest.raises(FileRefused) as caught:
        safe_name(name)
    assert (caught.value.code, caught.value.field) == ("BAD_NAME", "name")


@given(st.text(max_size=300))
def test_a_name_that_is_taken_is_one_harmless_path_part(name: str) -> None:
    try:
        safe = safe_name(name)
    except FileRefused:
        return
    assert not set(safe) & set('/\\:*?"<>|\0\r\n')
    assert safe not in (".", "..")
    assert len(safe.encode()) <= MAX_BYTES
    assert safe_name(safe) == safe


@given(st.text(max_size=200), kinds)
def test_the_ending_says_what_is_stored(name: str, kind: str) -> None:
    try:
        safe = safe_name(name)
    except FileRefused:
        return
    told = name_for(safe, kind)
    assert told.lower().endswith(EXTENSIONS[kind])
    assert len(told.encode()) <= MAX_BYTES
    assert name_for(told, kind) == told


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("IMG_1.JPEG", "image/jpeg", "IMG_1.JPEG"),
        ("签名.png", "image/webp", "签名.webp"),
        ("第1.2 张", "image/jpeg", "第1.2 张.jpg"),
        ("录音", "audio/webm", "录音.webm"),
    ],
)
def test_a_wrong_ending_is_replaced(name: str, kind: str, told: str) -> None:
    assert name_for(name, kind) == told


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.booleans())
def test_no_name_breaks_out_of_its_header(name: str, inline: bool) -> None:
    header = content_disposition(name, inline=inline)
    assert header.isascii()
    assert header.isprintable()
    kind, _, encoded = header.partition("; filename*=UTF-8''")
    assert kind == ("inline" if inline else "attachment")
    assert not set(encoded) & set(';", ')
    assert unquote(encoded) == name
