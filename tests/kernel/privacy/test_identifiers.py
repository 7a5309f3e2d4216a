"""Telephone and identity numbers in one form."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.privacy.identifiers import (
    IdentifierRefused,
    id_check_digit,
    is_valid_id_number,
    normalise_id_number,
    normalise_phone,
)


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    region = draw(st.integers(110000, 829999))
    born = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    first = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first + id_check_digit(first)


@pytest.mark.parametrize(
    "text",
    [
        "13800001234",
        " 138-0000-1234 ",
        "+86 138 0000 1234",
        "008613800001234",
        "\uff11\uff13\uff18\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14",
    ],
)
def test_one_mobile_number_however_it_is_typed(text: str) -> None:
    assert normalise_phone(text) == "13800001234"


def test_a_landline_keeps_its_area_code() -> None:
    assert normalise_phone("(0576) 8888 1234") == "057688881234"


@pytest.mark.parametrize(
    "text", ["", "12800001234", "1380000123", "138000012345", "138000O1234", "+1 202 555 0100"]
)
def test_what_is_no_telephone_number_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(IdentifierRefused) as caught:
        normalise_phone(text)
    assert caught.value.code == "PHONE_INVALID"
    assert not text or text not in str(caught.value) + str(caught.value.data)


@given(id_numbers())
def test_a_real_identity_number_is_taken_in_any_spelling(number: str) -> None:
    assert normalise_id_number(f" {number[:6]} {number[6:].lower()} ") == number


@given(id_numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, position: int, shift: int) -> None:
    digit = number[position]
    wrong = "0" if digit == "X" else str((int(digit) + shift) % 10)
    assert not is_valid_id_number(number[:position] + wrong + number[position + 1 :])


@given(id_numbers(), st.integers(0, 15))
def test_two_swapped_digits_are_noticed(number: str, position: int) -> None:
    one, other = number[position], number[position + 1]
    if one != other:
        assert not is_valid_id_number(number[:position] + other + one + number[position + 2 :])


@pytest.mark.parametrize("born", ["20260230", "20261301", "00000101"])
def test_a_day_that_never_was_is_refused(born: str) -> None:
    first = f"331002{born}001"
    with pytest.raises(IdentifierRefused) as caught:
        normalise_id_number(first + id_check_digit(first))
    assert caught.value.code == "ID_NUMBER_INVALID"
