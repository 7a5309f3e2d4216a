"""Secrets of a new installation, each a file of its own, readable for nobody else."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEYS = ("field_key", "index_key", "session_key", "intake_key")
PASSWORDS = ("database_admin", "database_login")
VAPID_PRIVATE, VAPID_PUBLIC = "vapid_private_key", "vapid_public_key"


def ensure_secrets(folder: Path) -> None:
    """Make those that are missing; never change one that is there.

    Keys are 32 random bytes in URL-safe base64; the push (VAPID) key is P-256: the private part in PEM, the public
    part as browsers want it, the uncompressed point in URL-safe base64 without padding.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEYS:
        _write_new(folder / name, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    for name in PASSWORDS:
        _write_new(folder / name, secrets.token_hex(24))
    if not (folder / VAPID_PRIVATE).exists() or not (folder / VAPID_PUBLIC).exists():
        _write_push_keys(folder)


def read_secret(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8").strip()


def _write_push_keys(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    for name in (VAPID_PRIVATE, VAPID_PUBLIC):
        (folder / name).unlink(missing_ok=True)
    _write_new(folder / VAPID_PRIVATE, pem.decode())
    _write_new(folder / VAPID_PUBLIC, base64.urlsafe_b64encode(point).rstrip(b"=").decode())


def _write_new(path: Path, text: str) -> None:
    """Written beside and renamed: a full disk leaves no empty secret behind."""
    if path.exists():
        return
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    partial.rename(path)
