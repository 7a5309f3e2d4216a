"""Archives of pictures: bombs, lies, links, locks and odd names; nothing is unpacked that was not looked at."""

from __future__ import annotations

import random
import stat
import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.apps.reunion import archives
from backend.apps.reunion.archives import Archive, ArchiveProblem, EntryProblem

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 4


def packed(*files: tuple[str | ZipInfo, bytes], method: int = ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def problems(data: bytes) -> dict[str, str]:
    return {entry.name: entry.problem for entry in Archive(BytesIO(data)).entries()}


def refused(data: bytes) -> str:
    with pytest.raises(ArchiveProblem) as problem:
        Archive(BytesIO(data)).entries()
    return problem.value.code


def info(name: str, **fields: Any) -> ZipInfo:
    made = ZipInfo(name)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def test_a_thousand_bombs_are_named_and_none_goes_off() -> None:
    zeros = b"\0" * (2 * 1024 * 1024)
    data = packed(*((f"{number}.jpg", zeros) for number in range(1000)))
    assert len(data) < 4 * 1024 * 1024
    archive = Archive(BytesIO(data))
    assert {entry.problem for entry in archive.entries()} == {"RATIO"}
    with pytest.raises(EntryProblem) as problem:
        archive.read(999)
    assert problem.value.code == "RATIO"


def test_what_stands_in_an_archive_besides_pictures() -> None:
    link = info("link.jpg", external_attr=(stat.S_IFLNK | 0o777) << 16)
    data = packed(
        ("a.jpg", PICTURE), (link, b"/etc/passwd"), ("inner.zip", packed(("b.jpg", PICTURE))), ("../up.jpg", PICTURE), ("/abs.jpg", PICTURE),
        ("C:/x.jpg", PICTURE), ("run.exe", b"MZ"), ("__MACOSX/._a.jpg", b""), ("x/Thumbs.db", b""), ("x/.DS_Store", b""), ("folder/", b""),
        ("deep/er/b.JPEG", PICTURE), ("huge.jpg", random.Random(1).randbytes(archives.MOST_ENTRY + 1)),
    )  # fmt: skip
    assert problems(data) == {
        "a.jpg": "", "link.jpg": "LINK", "inner.zip": "NESTED", "../up.jpg": "BAD_NAME", "/abs.jpg": "BAD_NAME", "C:/x.jpg": "BAD_NAME",
        "run.exe": "NOT_A_PICTURE", "deep/er/b.JPEG": "", "huge.jpg": "ENTRY_TOO_LARGE",
    }  # fmt: skip


def test_locked_entries_and_strange_methods() -> None:
    locked = bytearray(packed(("a.jpg", PICTURE)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + place] |= 1
    assert problems(bytes(locked)) == {"a.jpg": "ENCRYPTED"}
    assert problems(packed(("a.jpg", PICTURE), method=ZIP_BZIP2)) == {"a.jpg": "METHOD"}


def test_a_size_that_lies_is_read_no_further_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRY", 10_000)
    data = bytearray(packed(("a.jpg", random.Random(1).randbytes(20_000))))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + place
        data[at : at + 4] = struct.pack("<I", 9_000)
    archive = Archive(BytesIO(bytes(data)))
    assert [entry.problem for entry in archive.entries()] == [""]
    with pytest.raises(EntryProblem) as problem:
        archive.read(0)
    assert problem.value.code in ("CORRUPT", "ENTRY_TOO_LARGE")


def test_one_lump_under_many_names_is_a_bomb() -> None:
    data = packed(("a.jpg", PICTURE), ("b.jpg", PICTURE))
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 4)
    patched = bytearray(data)
    # The second entry's data are the first one's.
    patched[second + 42 : second + 46] = struct.pack("<I", 0)
    assert refused(bytes(patched)) in ("OVERLAPPING", "CORRUPT")


def test_a_list_of_entries_that_would_fill_the_memory_is_not_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 5_000_000, 5_000_000, 230_000_000, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert refused(end64 + locator + end) == "TOO_MANY_ENTRIES"
    many = BytesIO()
    with ZipFile(many, "w", ZIP_STORED) as archive:
        for number in range(archives.MOST_ENTRIES + 1):
            archive.writestr(f"{number}.jpg", b"")
    assert refused(many.getvalue()) == "TOO_MANY_ENTRIES"


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive", b"PK\x05\x06", packed(("a.jpg", PICTURE))[:-30]])
def test_half_an_archive_is_corrupt(data: bytes) -> None:
    assert refused(data) == "CORRUPT"


@settings(max_examples=300)
@given(st.data())
def test_no_damage_does_more_than_a_problem(data: st.DataObject) -> None:
    good = packed(("a.jpg", PICTURE), ("王/b.jpg", PICTURE * 3), ("c.png", b""))
    broken = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        archive = Archive(BytesIO(bytes(broken)))
        for entry in archive.entries():
            try:
                assert len(archive.read(entry.number)) <= archives.MOST_ENTRY
            except EntryProblem as problem:
                assert problem.code.isupper()
    except ArchiveProblem as refusal:
        assert refusal.code in {"CORRUPT", "TOO_MANY_ENTRIES", "UNPACKS_TOO_LARGE", "OVERLAPPING"}


def raw_named(name: bytes) -> bytes:
    """An archive whose maker wrote the name in bytes of his own and set no mark."""
    body, crc = zlib.compress(PICTURE)[2:-4], zlib.crc32(PICTURE)
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(body), len(PICTURE), len(name), 0) + name + body
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(body), len(PICTURE), len(name), 0, 0, 0, 0, 0, 0)
    return head + entry + name + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry) + len(name), len(head), 0)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("name", ["张伟/正面.jpg", "𠮷田.jpg", "0012-2.jpg"])
def test_names_as_chinese_systems_write_them(encoding: str, name: str) -> None:
    archive = Archive(BytesIO(raw_named(name.encode(encoding))))
    assert [(entry.name, entry.problem) for entry in archive.entries()] == [(name, "")]
    assert archive.read(0) == PICTURE


def test_which_picture_is_whose() -> None:
    names = dict(enumerate(["a/0012.jpg", "0012-2.JPG", "00123.jpg", "0013/正面.jpg", "王五.png", "0014_x.jpg", "lost.jpg"]))
    rows = [(2, "0012", []), (3, "0013", []), (4, "", ["王五.PNG", "nobody.jpg"]), (5, "0014", ["王五"]), (6, "", [])]
    found, lost = archives.match(rows, names)
    assert found == {2: [0, 1], 3: [3], 4: [4], 5: [4], 6: []}
    assert lost == {2: [], 3: [], 4: ["nobody.jpg"], 5: [], 6: []}
