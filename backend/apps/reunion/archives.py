"""Archives of pictures, read as what a stranger may have made: nothing is unpacked, entries are looked at one by one, and
whatever is odd is named and left alone. Blocking; run it in a thread."""

from __future__ import annotations

import re
import stat
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import error as StructError
from struct import unpack
from typing import IO, Final
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

MOST_ENTRIES: Final = 30_000
#: Bytes of the list of entries; a longer one would fill the memory before anything is looked at.
MOST_LIST: Final = 12 * 1024 * 1024
MOST_TOTAL: Final = 20 * 1024**3
MOST_ENTRY: Final = 20 * 1024 * 1024
#: No photograph shrinks like this.
MOST_RATIO: Final = 100
RATIO_FROM: Final = 256 * 1024
STORED, DEFLATED = 0, 8
ENCRYPTED, UTF8_NAME = 0x1, 0x800
PICTURE: Final = re.compile(r"\.(?:jpe?g|png|webp|heic|heif|gif|jfif)$", re.IGNORECASE)
ARCHIVE: Final = re.compile(r"\.(?:zip|rar|7z|gz|tgz|bz2|xz|tar|cab|iso|jar)$", re.IGNORECASE)
#: What systems leave in folders.
LITTER: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_END, _END_SIZE, _TAIL = b"PK\x05\x06", 22, 65535 + 22
_LOCATOR, _END_64 = b"PK\x06\x07", b"PK\x06\x06"
BROKEN: Final = (BadZipFile, LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError, StructError)


class ArchiveProblem(Exception):
    """The archive as a whole is refused. Codes: CORRUPT, TOO_MANY_ENTRIES, UNPACKS_TOO_LARGE, OVERLAPPING."""

    def __init__(self, code: str, **data: int) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


class EntryProblem(Exception):
    """One entry is refused. Codes: those of `Entry.problem`, and CORRUPT."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Entry:
    """A file inside.

    Attributes:
        number: its place in the archive's list.
        name: path with slashes, for matching and for people; never used as a path.
        problem: ENCRYPTED, LINK, NESTED, BAD_NAME, ENTRY_TOO_LARGE, RATIO, METHOD, NOT_A_PICTURE; empty when it may be read.
    """

    number: int
    name: str
    problem: str = ""


class Archive:
    """An open archive. Its entries can be read from several threads."""

    def __init__(self, file: IO[bytes]) -> None:
        """Raises ArchiveProblem."""
        _look_at_end(file)
        try:
            self._zip = ZipFile(file)
        except BROKEN as problem:
            raise ArchiveProblem("CORRUPT") from problem
        self._infos = self._zip.infolist()

    def entries(self) -> list[Entry]:
        """Every file with what is wrong with it, folders and litter left out. Raises ArchiveProblem."""
        if len(self._infos) > MOST_ENTRIES:
            raise ArchiveProblem("TOO_MANY_ENTRIES", most=MOST_ENTRIES)
        if sum(info.file_size for info in self._infos) > MOST_TOTAL:
            raise ArchiveProblem("UNPACKS_TOO_LARGE")
        end = 0
        for info in sorted(self._infos, key=lambda one: one.header_offset):
            # One lump of data under a thousand names is a bomb.
            if info.header_offset < end:
                raise ArchiveProblem("OVERLAPPING")
            end = info.header_offset + info.compress_size
        found = []
        for number, info in enumerate(self._infos):
            name = name_of(info)
            if not info.is_dir() and not LITTER.search(name):
                found.append(Entry(number, name, _problem(info, name)))
        return found

    def read(self, number: int) -> bytes:
        """The bytes of one entry, however large its header says it is. Raises EntryProblem."""
        if not 0 <= number < len(self._infos):
            raise EntryProblem("CORRUPT")
        info = self._infos[number]
        problem = _problem(info, name_of(info))
        if problem:
            raise EntryProblem(problem)
        try:
            with self._zip.open(info) as file:
                data = file.read(MOST_ENTRY + 1)
        except BROKEN as broken:
            raise EntryProblem("CORRUPT") from broken
        if len(data) > MOST_ENTRY:
            raise EntryProblem("ENTRY_TOO_LARGE")
        if data.startswith(b"PK\x03\x04"):
            raise EntryProblem("NESTED")
        return data


def name_of(info: ZipInfo) -> str:
    """The name as its maker wrote it: without the mark for UTF-8 it is UTF-8 all the same, or GBK, as Chinese systems write it."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_NAME:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding) or name
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def base_of(name: str) -> str:
    """The part of a path that people compare: without folders, case and width do not count."""
    return unicodedata.normalize("NFKC", name.rsplit("/", 1)[-1]).casefold().strip()


def match(rows: Iterable[tuple[int, str, list[str]]], names: Mapping[int, str]) -> tuple[dict[int, list[int]], dict[int, list[str]]]:
    """Which pictures belong to which rows, and which names of a row lead nowhere.

    A row that names its pictures gets those. Another one gets every picture whose name, or whose folder, is the row's key,
    or begins with it before anything but a letter or digit: 0012.jpg, 0012-2.jpg, 0012/正面.jpg.

    Args:
        rows: number, key, named files.
        names: picture → path in its archive.
    """
    by_base: dict[str, list[int]] = {}
    by_key: dict[str, list[int]] = {}
    for picture, name in names.items():
        by_base.setdefault(base_of(name), []).append(picture)
        by_base.setdefault(base_of(PICTURE.sub("", name)), []).append(picture)
        folder = name.rsplit("/", 2)[-2] if "/" in name else ""
        for key in {*_keys(base_of(name)), *_keys(base_of(folder))}:
            by_key.setdefault(key, []).append(picture)
    found: dict[int, list[int]] = {}
    lost: dict[int, list[str]] = {}
    for number, key, named in rows:
        mine = [picture for name in named for picture in by_base.get(base_of(name), [])]
        if not named and key:
            mine = by_key.get(base_of(key), [])
        found[number] = list(dict.fromkeys(mine))
        lost[number] = [name for name in named if base_of(name) not in by_base]
    return found, lost


def _keys(base: str) -> set[str]:
    """Everything that `base` begins with, up to something that is no letter or digit, and itself."""
    return {base[: found.start()] for found in re.finditer(r"[^\w]|_|$", base)} - {""}


def _problem(info: ZipInfo, name: str) -> str:
    kind = info.external_attr >> 16
    odd = any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    if odd or name.startswith("/") or ".." in name.split("/") or re.match(r"[a-zA-Z]:", name):
        return "BAD_NAME"
    if kind and stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        return "LINK"
    if ARCHIVE.search(name):
        return "NESTED"
    if not PICTURE.search(name):
        return "NOT_A_PICTURE"
    if info.flag_bits & ENCRYPTED:
        return "ENCRYPTED"
    if info.compress_type not in (STORED, DEFLATED):
        return "METHOD"
    if info.file_size > MOST_ENTRY:
        return "ENTRY_TOO_LARGE"
    if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return "RATIO"
    return ""


def _look_at_end(file: IO[bytes]) -> None:
    """How many entries, and how long their list is, before anything reads it. Raises ArchiveProblem."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = bytes(file.read(_TAIL))
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise ArchiveProblem("CORRUPT")
    entries, length = unpack("<HL", tail[place + 10 : place + 16])
    if entries == 0xFFFF or length == 0xFFFFFFFF:
        entries, length = _end_64(file, tail[max(0, place - 20) : place])
    if entries > MOST_ENTRIES or length > MOST_LIST:
        raise ArchiveProblem("TOO_MANY_ENTRIES", most=MOST_ENTRIES)
    file.seek(0)


def _end_64(file: IO[bytes], locator: bytes) -> tuple[int, int]:
    if len(locator) < 20 or not locator.startswith(_LOCATOR):
        raise ArchiveProblem("CORRUPT")
    file.seek(unpack("<Q", locator[8:16])[0])
    end = bytes(file.read(56))
    if len(end) < 56 or not end.startswith(_END_64):
        raise ArchiveProblem("CORRUPT")
    entries, length = unpack("<QQ", end[32:48])
    return int(entries), int(length)
