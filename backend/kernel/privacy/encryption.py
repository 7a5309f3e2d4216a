"""Field encryption: AES-256-GCM envelopes bound to the row they stand in, and a blind index for exact search.

An envelope is `v1:<key id>:<base64url of nonce and ciphertext>`. Its associated data names table, field, row and
county, so that a ciphertext copied into another row does not open there.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION: Final = "v1"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class EncryptionError(Exception):
    """Codes: BAD_KEY, BAD_ENVELOPE, UNKNOWN_KEY, NOT_AUTHENTIC. Never carries plaintext or key material."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        super().__init__(f"{code} {detail}".strip())


@dataclass(frozen=True)
class Place:
    """Where an encrypted value lives."""

    table: str
    field: str
    row_id: str
    county: str

    def associated_data(self) -> bytes:
        return json.dumps([VERSION, self.table, self.field, self.row_id, self.county]).encode()


class KeyRing:
    """Keys by id. New values use `current`; older keys stay until `needs_rotation` finds no value under them.

    `index` names the key that the blind index derives from. It does not follow `current`, because a new key there
    means computing every stored index anew; by default it is the first key given.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str, index: str | None = None) -> None:
        self._keys = dict(keys)
        self.current = current
        index_key = index or next(iter(self._keys), "")
        for key_id in (current, index_key):
            if key_id not in self._keys:
                raise EncryptionError("UNKNOWN_KEY", key_id)
        for key_id, key in self._keys.items():
            if len(key) != KEY_BYTES or not key_id or ":" in key_id:
                raise EncryptionError("BAD_KEY", key_id)
        self._index_key = self._keys[index_key]

    def __repr__(self) -> str:
        return f"KeyRing(keys={sorted(self._keys)}, current={self.current!r})"

    def encrypt(self, plaintext: str, place: Place) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._derived(self.current)).encrypt(
            nonce, plaintext.encode(), place.associated_data()
        )
        return f"{VERSION}:{self.current}:{urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, envelope: str, place: Place) -> str:
        """Raises EncryptionError; a wrong place and a changed byte look the same."""
        key_id, body = _open_envelope(envelope)
        if key_id not in self._keys:
            raise EncryptionError("UNKNOWN_KEY", key_id)
        cipher = AESGCM(self._derived(key_id))
        try:
            return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], place.associated_data()).decode()
        except InvalidTag:
            raise EncryptionError("NOT_AUTHENTIC") from None

    def needs_rotation(self, envelope: str) -> bool:
        return _open_envelope(envelope)[0] != self.current

    def rotate(self, envelope: str, place: Place) -> str:
        """The same plaintext under the current key."""
        return self.encrypt(self.decrypt(envelope, place), place)

    def blind_index(self, value: str, purpose: str) -> str:
        """Hex HMAC-SHA256 for equality search; normalise `value` first. Purposes do not compare with each other."""
        mac = hmac.HMAC(_derive(self._index_key, f"blind-index:{purpose}"), hashes.SHA256())
        mac.update(value.encode())
        return mac.finalize().hex()

    def derived_key(self, purpose: str) -> bytes:
        """Key material of the current key for one purpose; another purpose gives another key."""
        return _derive(self._keys[self.current], f"derived:{purpose}")

    def _derived(self, key_id: str) -> bytes:
        return _derive(self._keys[key_id], "field-encryption")


def _derive(key: bytes, info: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info.encode()).derive(key)


def _open_envelope(envelope: str) -> tuple[str, bytes]:
    version, _, rest = envelope.partition(":")
    key_id, _, encoded = rest.partition(":")
    if version != VERSION or not key_id:
        raise EncryptionError("BAD_ENVELOPE")
    try:
        body = urlsafe_b64decode(encoded)
    except ValueError:
        raise EncryptionError("BAD_ENVELOPE") from None
    if len(body) <= NONCE_BYTES:
        raise EncryptionError("BAD_ENVELOPE")
    return key_id, body
