"""The pass as a token: signed with Ed25519 under a key of the day, opaque to everybody but the server, good for a minute.

Layout: version (1 byte), key number (4), expiry in Unix seconds (4), nonce (12), sealed reference (20 + tag 16), signature
(64); base64url. A phone with the day's public key can check signature and time; what the reference names only the
server can open. Nothing in it tells what the pass is for.
"""

from __future__ import annotations

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.kernel.privacy import vault

VERSION: Final = 1
GOOD_FOR: Final = timedelta(seconds=60)
#: A new token is shown this often, so that there is always one with time left.
STEP: Final = timedelta(seconds=30)
#: Two phones' clocks may differ by this much.
TOLERANCE: Final = timedelta(seconds=10)
#: Days of public keys given ahead to an officer's phone.
KEYS_AHEAD: Final = 3
_DAY: Final = 86_400
_HEADER: Final = struct.Struct(">BII")
_REFERENCE: Final = struct.Struct(">16sI")
_NONCE, _TAG, _SIGNATURE = 12, 16, 64
LENGTH: Final = _HEADER.size + _NONCE + _REFERENCE.size + _TAG + _SIGNATURE


@dataclass(frozen=True)
class Token:
    """`text` is what the QR code holds; good from `starts_at` to `expires_at`."""

    text: str
    starts_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Opened:
    """What the server reads in a token whose signature is ours."""

    case_id: UUID
    county: str
    starts_at: datetime
    expires_at: datetime

    def is_good(self, at: datetime) -> bool:
        """Neither before its time nor after it."""
        return self.starts_at - TOLERANCE <= at <= self.expires_at


@lru_cache(maxsize=16)
def _signing_key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.derived_key(f"green-pass-signing:{number}"))


def _cipher() -> AESGCM:
    return AESGCM(vault.derived_key("green-pass-reference"))


def key_number(at: datetime) -> int:
    """The key of a day: days since 1970, UTC."""
    return int(at.timestamp()) // _DAY


def public_key(number: int) -> bytes:
    """32 bytes, for checking without a network."""
    return _signing_key(number).public_key().public_bytes_raw()


def issue(county: str, case_id: UUID, starts_at: datetime) -> Token:
    """A token that is good for `GOOD_FOR` from `starts_at`."""
    start = starts_at.replace(microsecond=0)
    expires = start + GOOD_FOR
    number = key_number(start)
    header = _HEADER.pack(VERSION, number, int(expires.timestamp()))
    nonce = os.urandom(_NONCE)
    sealed = _cipher().encrypt(nonce, _REFERENCE.pack(case_id.bytes, int(county)), header)
    body = header + nonce + sealed
    text = urlsafe_b64encode(body + _signing_key(number).sign(body)).decode().rstrip("=")
    return Token(text, start, expires)


def open_token(text: str) -> Opened | None:
    """None for anything that we did not sign, whole and unchanged."""
    if len(text) > 4 * LENGTH:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if len(raw) != LENGTH or urlsafe_b64encode(raw).decode().rstrip("=") != text:
        return None
    body, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    version, number, expiry = _HEADER.unpack(body[: _HEADER.size])
    try:
        _signing_key(number).public_key().verify(signature, body)
        nonce = body[_HEADER.size : _HEADER.size + _NONCE]
        opened = _cipher().decrypt(nonce, body[_HEADER.size + _NONCE :], body[: _HEADER.size])
    except (InvalidSignature, InvalidTag):
        return None
    if version != VERSION:
        return None
    case_id, county = _REFERENCE.unpack(opened)
    expires = datetime.fromtimestamp(expiry, UTC)
    return Opened(UUID(bytes=case_id), f"{county:06}", expires - GOOD_FOR, expires)
