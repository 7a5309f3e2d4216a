"""Looking into a complete upload."""

from __future__ import annotations

import hashlib

import pytest

from backend.kernel.files.examine import Examined, examine, examine_now
from backend.kernel.files.hashing import FileHash, digests_of
from backend.kernel.files.refusals import FileRefused
from tests.kernel.files.samples import ACCEPTABLE, photograph


def examined(data: bytes, declared: str = "") -> Examined:
    return examine_now(data, declared, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("kind", sorted(kind for kind in ACCEPTABLE if not kind.startswith("image/")))
def test_sound_and_paper_are_kept_as_they_are(kind: str) -> None:
    found = examined(ACCEPTABLE[kind], kind)
    assert (found.data, found.content_type, found.thumbnail) == (ACCEPTABLE[kind], kind, None)


def test_the_digests_are_those_of_what_is_kept() -> None:
    found = examined(photograph())
    assert found.digests.sha256 == hashlib.sha256(found.data).hexdigest()
    assert found.digests.sha256 != hashlib.sha256(photograph()).hexdigest()


async def test_bytes_that_changed_on_the_way_are_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        await examine(photograph, declared_type="", declared_sha256="0" * 64)
    assert caught.value.code == "DIGEST_MISMATCH"


def test_a_wrongly_announced_picture_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        examined(photograph(), "image/png")
    assert caught.value.code == "TYPE_MISMATCH"


def test_sm3_matches_the_example_of_the_standard() -> None:
    # GB/T 32905-2016 附录 A.1
    assert digests_of(b"abc").sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_hashing_in_pieces_is_hashing_the_whole() -> None:
    pieces = FileHash()
    for start in range(0, len(photograph()), 777):
        pieces.update(photograph()[start : start + 777])
    assert pieces.digests() == digests_of(photograph())
    assert pieces.size == len(photograph())
