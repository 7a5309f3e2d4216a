"""Tables and archives that a job reads for one purpose: larger than photographs, never shown, and part of nothing else.

An application names in its manifest the purposes it takes them for, and the permission each asks for. What kind it is
says the ending of the name, because browsers know little of CSV; the content has to agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import bulk_permission
from backend.kernel.files.hashing import Digests, FileHash
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.storage import Key, storage
from backend.settings import settings

TABLE: Final = "text/csv"
ARCHIVE: Final = "application/zip"
TYPES: Final = frozenset({TABLE, ARCHIVE})
ENDINGS: Final = {".csv": TABLE, ".tsv": TABLE, ".txt": TABLE, ".zip": ARCHIVE}
#: Of 512 KiB each, with room for a sender of smaller ones.
MAX_CHUNKS: Final = 2400
#: How files begin that people take for a table: workbooks, archives, papers, programs.
NO_TABLES: Final = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF-", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff")
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
ZIP_BEGINS: Final = (b"PK\x03\x04", b"PK\x05\x06")
ZIP_ENDS: Final = b"PK\x05\x06"
#: The end record with the longest comment.
ZIP_TAIL: Final = 65535 + 22


@dataclass(frozen=True)
class Joined:
    """A bulk file as it is stored: byte for byte what was sent."""

    size: int
    digests: Digests


def kind_of(actor: Actor, purpose: str, name: str) -> str:
    """The type of a bulk file announced for `purpose`; empty for a purpose that takes photographs and papers.

    Raises:
        Refusal: `NOT_PERMITTED`.
        FileRefused: `TYPE_NOT_ALLOWED`.
    """
    permission = bulk_permission(purpose)
    if not permission:
        return ""
    actor.require(permission)
    for ending, kind in ENDINGS.items():
        if name.lower().endswith(ending):
            return kind
    raise FileRefused("TYPE_NOT_ALLOWED", "contentType", accepted=sorted(TYPES))


def most_bytes(kind: str) -> int:
    megabytes = settings().bulk_table_megabytes if kind == TABLE else settings().bulk_archive_megabytes
    return megabytes * 1024 * 1024


def join(kind: str, sha256: str, chunks: list[Key], target: Key) -> Joined:
    """Blocking: store the chunks as one object without ever holding more than two of them.

    Raises:
        FileRefused: `DIGEST_MISMATCH`, `TYPE_MISMATCH`, `CORRUPT`; the object may be there then, and is nobody's.
        ObjectMissing: a chunk is gone.
    """
    digest, plain = FileHash(), hashlib.sha256()
    begin, tail = b"", b""

    def parts() -> Iterator[bytes]:
        nonlocal begin, tail
        for key in chunks:
            data = storage().get_in_thread(key)
            if kind == TABLE:
                _check_text(data, begin or data)
            begin = begin or data[:16]
            tail = (tail + data)[-ZIP_TAIL:]
            digest.update(data)
            plain.update(data)
            yield data

    storage().put_parts_in_thread(target, parts())
    if plain.hexdigest() != sha256:
        raise FileRefused("DIGEST_MISMATCH", "sha256")
    if kind == ARCHIVE and not begin.startswith(ZIP_BEGINS):
        raise FileRefused("TYPE_MISMATCH", declared=kind)
    if kind == ARCHIVE and ZIP_ENDS not in tail:
        raise FileRefused("CORRUPT")
    return Joined(digest.size, digest.digests())


def _check_text(data: bytes, begin: bytes) -> None:
    if begin.startswith(NO_TABLES) or (b"\x00" in data and not begin.startswith(UTF16)):
        raise FileRefused("TYPE_MISMATCH", declared=TABLE)
