"""Normal forms of telephone and identity numbers, so that equal numbers compare and index equal."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from backend.kernel.errors import Refusal

# 中国大陆手机号;座机:区号加号码
PHONE: Final = re.compile(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}")
ID_NUMBER: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_DIGITS: Final = "10X98765432"


class IdentifierRefused(Refusal):
    """Codes: PHONE_INVALID, ID_NUMBER_INVALID. The number itself is never part of the error."""


def normalise_phone(text: str) -> str:
    """Digits only, without +86: a mobile number or a landline with area code. Raises IdentifierRefused."""
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)86", "", digits)
    if not PHONE.fullmatch(digits):
        raise IdentifierRefused("PHONE_INVALID")
    return digits


def normalise_id_number(text: str) -> str:
    """18 characters, capital X. Raises IdentifierRefused, also for a wrong date or check digit."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if not is_valid_id_number(number):
        raise IdentifierRefused("ID_NUMBER_INVALID")
    return number


def is_valid_id_number(number: str) -> bool:
    """Form, birth date and check digit of an 18-character citizen identity number (GB 11643-1999)."""
    if not ID_NUMBER.fullmatch(number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return id_check_digit(number[:17]) == number[17]


def id_check_digit(first_17: str) -> str:
    """ISO 7064 MOD 11-2."""
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, first_17, strict=True))
    return ID_CHECK_DIGITS[total % 11]
