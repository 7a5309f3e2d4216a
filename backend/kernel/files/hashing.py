"""Two digests of every file: SHA-256, and SM3 (GB/T 32905-2016) for Chinese evidence practice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Digests:
    """Lower-case hexadecimal."""

    sha256: str
    sm3: str


class FileHash:
    """Incremental: `update` with each chunk, then `digests`."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = hashlib.new("sm3")
        self.size = 0

    def update(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self._sm3.update(chunk)
        self.size += len(chunk)

    def digests(self) -> Digests:
        return Digests(self._sha256.hexdigest(), self._sm3.hexdigest())


def digests_of(data: bytes) -> Digests:
    file_hash = FileHash()
    file_hash.update(data)
    return file_hash.digests()
