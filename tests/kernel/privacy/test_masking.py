"""What a person without need sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.privacy.masking import mask_address, mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800001234", "138****1234"), ("057688881234", "057*****1234"), ("12345", "*****"), ("", "")],
)
def test_phone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_id_number_hides_birth_date_and_order() -> None:
    assert mask_id_number("33100219900307123X") == "331*************3X"


@pytest.mark.parametrize(
    ("name", "masked"), [("", ""), ("测", "*"), ("测甲", "测*"), ("测试甲", "测*甲"), ("测试试乙", "测**乙")]
)
def test_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省台州市椒江区海门街道东门巷3号", "浙江省台州市椒江区海门街道****"),
        ("台州市临海市杜桥镇后洋村8号", "台州市临海市杜桥镇****"),
        ("东门巷3号", "****"),
        ("", ""),
    ],
)
def test_address_ends_with_the_township(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@given(st.text(alphabet="浙江省台州市椒临海区县镇乡街道村路巷号0123456789", max_size=40))
def test_a_masked_address_is_a_beginning_of_the_real_one_and_never_the_whole(address: str) -> None:
    masked = mask_address(address)
    if address:
        assert masked.endswith("****")
        kept = masked.removesuffix("****")
        assert address.startswith(kept)
        assert kept != address


@given(st.text(min_size=1, max_size=30))
def test_a_number_keeps_its_length_and_hides_something(text: str) -> None:
    for mask in (mask_phone, mask_id_number):
        masked = mask(text)
        assert len(masked) == len(text)
        assert masked.count("*") >= len(text) / 4


@given(st.text(min_size=1, max_size=20))
def test_a_name_shows_two_characters_at_most(name: str) -> None:
    assert len(mask_name(name)) == len(name)
    shown = [char for char, real in zip(mask_name(name), name, strict=True) if char == real and real != "*"]
    assert len(shown) <= 2
