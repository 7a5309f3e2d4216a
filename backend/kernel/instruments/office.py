"""Office files of papers: made when somebody asks, kept under the digest of everything they are made from."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.storage import RENDERINGS, ObjectMissing, file_key, rendering_key, storage
from backend.kernel.instruments.fonts import NoCjkFont
from backend.kernel.instruments.models import Paper, PaperSignature
from backend.kernel.instruments.render import to_docx, to_pdf
from backend.kernel.instruments.service import readable
from backend.kernel.instruments.signatures import SignatureLine, signature_block

#: Raise it when the layout changes, so that files made before are made anew.
LAYOUT_VERSION: Final = 1
KEPT_FOR: Final = timedelta(days=30)
#: Each rendering keeps a core busy.
_THREADS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="papers")


@dataclass(frozen=True)
class OfficeFile:
    data: bytes
    name: str
    content_type: str
    sha256: str


def _pdf(markdown: str) -> bytes:
    return to_pdf(markdown).data


RENDERERS: Final[dict[str, tuple[str, Callable[[str], bytes]]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
    "pdf": ("application/pdf", _pdf),
}


async def office_file(actor: Actor, paper_id: UUID, kind: str) -> OfficeFile:
    """The paper with the signatures it has now, as `kind` (a key of RENDERERS).

    Raises:
        Refusal: `NOT_FOUND`; `NO_CHINESE_FONT` when this installation cannot make a PDF.
    """
    async with open_scope(actor.scope):
        paper = await readable(actor, paper_id)
        if paper is None:
            raise not_found()
        signatures = await PaperSignature.filter(paper_id=paper.id).order_by("position", "id")
    content_type, _ = RENDERERS[kind]
    data = await _rendered(paper, signatures, kind)
    name = f"{paper.title}{paper.number}.{kind}"
    return OfficeFile(data, name, content_type, hashlib.sha256(data).hexdigest())


async def sweep_renderings(now: datetime) -> None:
    """Let go of files made long ago; asked for again, they are made again."""
    await storage().delete_made_before(RENDERINGS, now - KEPT_FOR)


async def _rendered(paper: Paper, signatures: Sequence[PaperSignature], kind: str) -> bytes:
    shown = [(each.label, each.name, each.signed_at, each.drawing_id) for each in signatures]
    key = rendering_key(hashlib.sha256(repr((LAYOUT_VERSION, kind, paper.markdown, shown)).encode()).digest())
    try:
        return await storage().get(key)
    except ObjectMissing:
        pass
    lines = [await _line(signature) for signature in signatures]
    loop = asyncio.get_running_loop()
    try:
        data = await loop.run_in_executor(_THREADS, _render, kind, paper.markdown, lines, paper.sha256)
    except NoCjkFont as problem:
        raise Refusal("NO_CHINESE_FONT") from problem
    await storage().put(key, data)
    return data


async def _line(signature: PaperSignature) -> SignatureLine:
    drawing = await storage().get(file_key(signature.drawing_id)) if signature.drawing_id else None
    return SignatureLine(signature.label, signature.name, signature.signed_at, drawing)


def _render(kind: str, markdown: str, lines: Sequence[SignatureLine], sha256: str) -> bytes:
    return RENDERERS[kind][1](markdown + signature_block(lines, sha256))
