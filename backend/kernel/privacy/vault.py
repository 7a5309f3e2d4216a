"""The installation's key ring, opened once per process, and the columns it protects."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from functools import lru_cache
from uuid import UUID

from backend.kernel.privacy.encryption import KeyRing, Place
from backend.settings import settings

#: Reference tables have no county; their ciphertexts are bound to this one.
NO_COUNTY = "000000"


@lru_cache(maxsize=1)
def _ring() -> KeyRing:
    keys = {"1": _key("field_key"), "index": _key("index_key")}
    return KeyRing(keys, current="1", index="index")


def _key(name: str) -> bytes:
    return urlsafe_b64decode(settings().secret(name))


def seal(table: str, field: str, row_id: UUID, value: str, county: str = NO_COUNTY) -> str:
    """Encrypt `value` for one column of one row; empty stays empty."""
    return _ring().encrypt(value, Place(table, field, str(row_id), county)) if value else ""


def unseal(table: str, field: str, row_id: UUID, sealed: str, county: str = NO_COUNTY) -> str:
    """The plain value. Raises EncryptionError for a ciphertext that belongs elsewhere."""
    return _ring().decrypt(sealed, Place(table, field, str(row_id), county)) if sealed else ""


def phone_index(phone: str) -> str:
    """For finding a normalised telephone number without storing it."""
    return _ring().blind_index(phone, "phone") if phone else ""


def name_index(name: str) -> str:
    """For counting how often the same name stands in different matters."""
    return _ring().blind_index("".join(name.split()), "name") if name else ""


def draw(text: str) -> bytes:
    """Bytes that nobody can foretell and that are the same every time: for drawing days and orders."""
    return bytes.fromhex(_ring().blind_index(text, "draw"))


def derived_key(purpose: str) -> bytes:
    """32 bytes of key material for one named purpose and period, never stored."""
    return _ring().derived_key(purpose)
