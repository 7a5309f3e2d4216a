"""Trusted documents: the operations the phone app was built with, known by their SHA-256."""

from __future__ import annotations

from functools import lru_cache

import orjson

from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal
from backend.settings import settings

#: Lets a role send any query in production.
EXPLORE = "kernel:graphql:explore"


@lru_cache(maxsize=1)
def trusted() -> dict[str, str]:
    """SHA-256 → document, as written by the phone app's build."""
    path = settings().trusted_documents
    loaded: dict[str, str] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return loaded


@lru_cache(maxsize=1)
def _texts() -> frozenset[str]:
    return frozenset(trusted().values())


def by_id(document_id: str) -> str:
    """The document. Raises `UNKNOWN_DOCUMENT`: the phone runs another version of the app than the server."""
    try:
        return trusted()[document_id]
    except KeyError:
        raise Refusal("UNKNOWN_DOCUMENT") from None


def require_trusted(query: str, caller: Actor | None) -> None:
    """Raises `UNTRUSTED_DOCUMENT` for a free-form query, in production, from a role that may not explore."""
    if settings().is_development or query in _texts():
        return
    if caller is None or not caller.may(EXPLORE):
        raise Refusal("UNTRUSTED_DOCUMENT")
