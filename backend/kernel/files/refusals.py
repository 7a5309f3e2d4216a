"""The one error of this package."""

from __future__ import annotations

from backend.kernel.errors import Refusal


class FileRefused(Refusal):
    """A file that is not taken. Codes: TOO_LARGE, TOO_MANY_PIXELS, TYPE_NOT_ALLOWED, TYPE_MISMATCH, POLYGLOT,
    CORRUPT, BAD_NAME, DIGEST_MISMATCH."""
