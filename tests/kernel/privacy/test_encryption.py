"""Field encryption and the blind index."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.privacy.encryption import EncryptionError, KeyRing, Place

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = KeyRing({"2025": OLD, "2026": NEW}, current="2026")
PLACE = Place("party", "phone", "01a2", "331002")
texts = st.text(max_size=200)
elsewhere = st.sampled_from(
    [
        replace(PLACE, table="account"),
        replace(PLACE, field="name"),
        replace(PLACE, row_id="01a3"),
        replace(PLACE, county="331003"),
    ]
)


def code_of(envelope: str, place: Place = PLACE, ring: KeyRing = RING) -> str:
    with pytest.raises(EncryptionError) as caught:
        ring.decrypt(envelope, place)
    return caught.value.code


@given(texts)
def test_what_was_sealed_opens_again_in_its_place(text: str) -> None:
    assert RING.decrypt(RING.encrypt(text, PLACE), PLACE) == text


@given(texts, elsewhere)
def test_an_envelope_moved_to_another_place_does_not_open(text: str, place: Place) -> None:
    assert code_of(RING.encrypt(text, PLACE), place) == "NOT_AUTHENTIC"


@given(texts, st.data())
def test_one_changed_bit_is_noticed(text: str, data: st.DataObject) -> None:
    head, _, encoded = RING.encrypt(text, PLACE).rpartition(":")
    body = bytearray(urlsafe_b64decode(encoded))
    position = data.draw(st.integers(0, len(body) * 8 - 1))
    body[position // 8] ^= 1 << position % 8
    assert code_of(f"{head}:{urlsafe_b64encode(bytes(body)).decode()}") == "NOT_AUTHENTIC"


@given(st.text(min_size=6, max_size=50))
def test_equal_texts_get_different_envelopes_that_show_nothing(text: str) -> None:
    one, other = RING.encrypt(text, PLACE), RING.encrypt(text, PLACE)
    assert one != other
    assert text not in one
    assert re.fullmatch(r"v1:2026:[A-Za-z0-9_=-]+", one)


@given(texts)
def test_an_old_envelope_opens_until_it_is_rotated(text: str) -> None:
    old = KeyRing({"2025": OLD}, current="2025").encrypt(text, PLACE)
    assert RING.needs_rotation(old)
    assert RING.decrypt(old, PLACE) == text
    fresh = RING.rotate(old, PLACE)
    assert not RING.needs_rotation(fresh)
    assert KeyRing({"2026": NEW}, current="2026").decrypt(fresh, PLACE) == text


def test_a_key_that_was_taken_away_is_named_as_missing() -> None:
    assert code_of(
        KeyRing({"2025": OLD}, current="2025").encrypt("x", PLACE), ring=KeyRing({"2026": NEW}, "2026")
    ) == ("UNKNOWN_KEY")


@pytest.mark.parametrize(
    "envelope", ["", "plain text", "v2:2026:AAAA", "v1::AAAA", "v1:2026:AAAA", "v1:2026:A"]
)
def test_what_is_no_envelope_is_refused_as_such(envelope: str) -> None:
    assert code_of(envelope) == "BAD_ENVELOPE"


@given(texts, texts)
def test_the_blind_index_tells_equal_from_different_within_one_purpose(one: str, other: str) -> None:
    assert (RING.blind_index(one, "phone") == RING.blind_index(other, "phone")) == (one == other)
    assert RING.blind_index(one, "phone") != RING.blind_index(one, "id-number")


def test_the_blind_index_outlives_a_new_current_key() -> None:
    before = KeyRing({"2025": OLD}, current="2025")
    assert RING.blind_index("13800000000", "phone") == before.blind_index("13800000000", "phone")
    named = KeyRing({"2025": OLD, "2026": NEW}, current="2026", index="2026")
    assert named.blind_index("13800000000", "phone") != before.blind_index("13800000000", "phone")


@pytest.mark.parametrize(
    ("keys", "current", "code"),
    [
        ({}, "2026", "UNKNOWN_KEY"),
        ({"2025": OLD}, "2026", "UNKNOWN_KEY"),
        ({"2026": b"short"}, "2026", "BAD_KEY"),
        ({"a:b": OLD}, "a:b", "BAD_KEY"),
    ],
)
def test_a_bad_key_ring_is_refused(keys: dict[str, bytes], current: str, code: str) -> None:
    with pytest.raises(EncryptionError) as caught:
        KeyRing(keys, current)
    assert caught.value.code == code


def test_neither_the_ring_nor_its_errors_show_keys_or_texts() -> None:
    envelope = RING.encrypt("13800000000", PLACE)
    with pytest.raises(EncryptionError) as caught:
        RING.decrypt(envelope, replace(PLACE, row_id="other"))
    shown = repr(RING) + str(caught.value)
    assert "13800000000" not in shown
    assert OLD.hex() not in shown
    assert repr(OLD) not in shown
