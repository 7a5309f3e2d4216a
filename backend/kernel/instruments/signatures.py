"""The signatures under a rendered paper. They are not part of the text that is signed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from textwrap import wrap
from typing import Final

from PIL import Image

from backend.kernel.instruments.template import escape, inline

#: Longest edge of a drawing in an office file, in pixels; it is printed 12 mm high.
DRAWING_EDGE: Final = 600
HEADER: Final = "| 身份 | 姓名 | 签名 | 签署时间 |\n|------|------|----------|----------|"
NOTE: Final = "以上签名所签的是本文书正文,正文的 SHA-256 摘要为 {sha256}。"


@dataclass(frozen=True)
class SignatureLine:
    """One signature, given or still to be given; `drawing` is a picture of any kind Pillow reads."""

    label: str
    name: str
    signed_at: datetime | None = None
    drawing: bytes | None = None


def signature_block(lines: Sequence[SignatureLine], sha256: str) -> str:
    """Markdown to put under the paper; empty when it needs no signature."""
    if not lines:
        return ""
    rows = "\n".join(_row(line) for line in lines)
    # 分成几段,才能换行
    digest = " ".join(wrap(sha256, 16))
    return f"\n{HEADER}\n{rows}\n\n{NOTE.format(sha256=digest)}\n"


def _row(line: SignatureLine) -> str:
    drawn = f"![](data:image/png;base64,{_png(line.drawing)}){{height=12mm}}" if line.drawing else ""
    cells = (_text(line.label), _text(line.name), drawn, _text(line.signed_at) if line.signed_at else "未签")
    return f"| {' | '.join(cells)} |"


def _text(value: object) -> str:
    return escape(inline(value))


def _png(drawing: bytes) -> str:
    """Word shows PNG but no WebP."""
    with Image.open(BytesIO(drawing)) as image:
        image.thumbnail((DRAWING_EDGE, DRAWING_EDGE))
        out = BytesIO()
        image.convert("RGBA").save(out, "PNG", optimize=True)
    return b64encode(out.getvalue()).decode()
