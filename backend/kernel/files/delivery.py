"""How a file is handed out: headers that keep it from doing anything but being shown, and byte ranges."""

from __future__ import annotations

import re
from typing import Final

from backend.kernel.files.names import content_disposition
from backend.kernel.files.sniff import ACCEPTED

RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
SANDBOX: Final = "default-src 'none'; sandbox; frame-ancestors 'self'"


def headers_for(name: str, content_type: str, etag: str) -> dict[str, str]:
    """Pictures, sound and PDF open in the browser; anything else is only saved."""
    return {
        "Content-Disposition": content_disposition(name, inline=content_type in ACCEPTED),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        # 每次都问一遍,才知道现在还许不许看
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie",
        "ETag": etag,
    }


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """`[start, end)` of a single range, empty when it cannot be satisfied; None for any other header (RFC 9110)."""
    found = RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, last = int(found[1]), int(found[2] or size - 1)
    if found[2] and last < start:
        return None
    return start, min(last + 1, size)
