"""Byte ranges and headers of downloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.files.delivery import byte_range, headers_for
from backend.kernel.files.sniff import ACCEPTED


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-", (10, 100)),
        ("bytes=-30", (70, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=90-500", (90, 100)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_a_single_range_is_understood_and_anything_else_means_the_whole(
    header: str, span: tuple[int, int] | None
) -> None:
    assert byte_range(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_range_outside_the_file_is_empty(header: str) -> None:
    span = byte_range(header, 100)
    assert span is not None
    assert span[0] >= span[1]


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 200))
def test_a_range_cuts_as_python_does(start: int, last: int, size: int) -> None:
    span = byte_range(f"bytes={start}-{last}", size)
    whole = bytes(number % 251 for number in range(size))
    if span is not None:
        assert whole[span[0] : span[1]] == whole[start : last + 1]
    else:
        assert last < start


@pytest.mark.parametrize("kind", [*sorted(ACCEPTED), "text/html", "application/msword"])
def test_only_what_is_safe_to_show_opens_in_the_browser(kind: str) -> None:
    headers = headers_for("名.x", kind, '"1"')
    assert headers["Content-Disposition"].startswith("inline" if kind in ACCEPTED else "attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("private")
    assert "sandbox" in headers["Content-Security-Policy"]
