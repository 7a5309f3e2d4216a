"""Document numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.instruments.numbering import DocumentNumber

prefixes = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=10)


@given(prefixes, st.integers(1000, 9999), st.integers(1, 10**9))
def test_a_number_reads_back_as_itself(prefix: str, year: int, serial: int) -> None:
    number = DocumentNumber(prefix, year, serial)
    assert DocumentNumber.parse(str(number)) == number


def test_the_form_is_that_of_the_standard() -> None:
    assert str(DocumentNumber("海人调", 2026, 7)) == "海人调〔2026〕7号"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "海人调[2026]7号",
        "海人调〔2026〕07号",
        "海人调〔2026〕第7号",
        "海人调〔26〕7号",
        "HRT〔2026〕7号",
        "海〔2026〕7号",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a document number"):
        DocumentNumber.parse(text)


@pytest.mark.parametrize(
    ("prefix", "year", "serial"), [("海", 2026, 1), ("abc", 2026, 1), ("海人", 26, 1), ("海人", 2026, 0)]
)
def test_impossible_numbers_are_refused(prefix: str, year: int, serial: int) -> None:
    with pytest.raises(ValueError, match="must"):
        DocumentNumber(prefix, year, serial)
