"""What a file is, judged by its bytes alone, and whether it is secretly a second thing (a polyglot)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from backend.kernel.files.refusals import FileRefused

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/gif"})
VOICE: Final = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm", "audio/wav"})
PAPERS: Final = frozenset({"application/pdf"})
ACCEPTED: Final = PICTURES | VOICE | PAPERS

# 浏览器、手机对同一格式的不同叫法
ALIASES: Final = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/aac": "audio/mp4",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/opus": "audio/ogg",
}

HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
MP4_BRANDS: Final = frozenset(
    {b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6"}
)
MARKUP: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|\?php)[\s>/]", re.IGNORECASE
)
VIDEO_TRACK: Final = re.compile(rb"hdlr.{8}vide", re.DOTALL)
WEBM_VIDEO: Final = re.compile(rb"V_(?:VP8|VP9|AV1|MPEG)")
# 浏览器与 PDF 阅读器只看文件开头这么多字节
SNIFFED_HEAD: Final = 1024
ZIP_END: Final = 65535 + 22


def content_type(data: bytes, declared: str | None = None, accepted: Collection[str] = ACCEPTED) -> str:
    """The media type of an acceptable file.

    Raises FileRefused: TYPE_NOT_ALLOWED, TYPE_MISMATCH when `declared` names another type, POLYGLOT, or CORRUPT
    when the outermost structure is broken off.
    """
    found = _recognise(data)
    if found is None or found not in accepted:
        raise FileRefused("TYPE_NOT_ALLOWED", accepted=sorted(accepted))
    if declared is not None and canonical(declared) != found:
        raise FileRefused("TYPE_MISMATCH", declared=canonical(declared), found=found)
    if _is_polyglot(data, found):
        raise FileRefused("POLYGLOT", found=found)
    return found


def canonical(declared: str) -> str:
    plain = declared.partition(";")[0].strip().lower()
    return ALIASES.get(plain, plain)


def _recognise(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _recognise_iso(data)
    return _recognise_audio(data)


def _recognise_iso(data: bytes) -> str | None:
    brand = data[8:12]
    if brand in HEIC_BRANDS:
        return "image/heic"
    return "audio/mp4" if brand in MP4_BRANDS and not VIDEO_TRACK.search(data) else None


def _recognise_audio(data: bytes) -> str | None:
    head = data[:4096]
    if head.startswith(b"OggS"):
        return "audio/ogg" if b"OpusHead" in head or b"\x01vorbis" in head else None
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return (
            "audio/webm" if re.search(rb"A_(?:OPUS|VORBIS)", head) and not WEBM_VIDEO.search(head) else None
        )
    if head.startswith(b"ID3") or _is_mp3_frame(head):
        return "audio/mpeg"
    return None


def _is_mp3_frame(head: bytes) -> bool:
    """MPEG audio layer III with a legal version, bit rate and sampling rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer == 1 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


def _is_polyglot(data: bytes, found: str) -> bool:
    head = data[:SNIFFED_HEAD]
    if MARKUP.search(head) or (found != "application/pdf" and b"%PDF-" in head):
        return True
    if b"PK\x05\x06" in data[-ZIP_END:] and b"PK\x01\x02" in data:
        return True
    tail = data[_end_of(data, found) :]
    # 手机的动态照片、多图格式会在图后接数据,本身无害,重新编码时丢弃;接上别的文件才是伪装
    return bool(MARKUP.search(tail)) or b"%PDF-" in tail or tail.startswith((b"PK", b"MZ", b"\x7fELF", b"#!"))


def _end_of(data: bytes, found: str) -> int:
    """Offset just past the file's own structure; formats without a stated end reach to the last byte."""
    if found == "image/jpeg":
        return _end_of_jpeg(data)
    if found == "image/png":
        return _end_of_png(data)
    if found in ("image/webp", "audio/wav"):
        # MediaRecorder 录音可能不回填长度
        return min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    if found in ("image/heic", "audio/mp4"):
        return _end_of_iso(data)
    return len(data)


def _end_of_jpeg(data: bytes) -> int:
    """Walk the segments to the end-of-image marker; a picture inside a segment (thumbnail) does not count."""
    offset = 2
    while offset + 4 <= len(data):
        marker = data[offset + 1]
        if data[offset] != 0xFF:
            raise FileRefused("CORRUPT")
        if marker == 0xFF:
            offset += 1
        elif marker == 0xDA:
            offset = _next_marker(data, offset + 2 + int.from_bytes(data[offset + 2 : offset + 4]))
        elif marker == 0xD9:
            return offset + 2
        else:
            offset += 2 + int.from_bytes(data[offset + 2 : offset + 4])
    if data[offset : offset + 2] == b"\xff\xd9":
        return offset + 2
    raise FileRefused("CORRUPT")


def _next_marker(data: bytes, offset: int) -> int:
    """First marker after entropy-coded data; FF00 is a stuffed byte, FFD0 to FFD7 restart the coder."""
    while (offset := data.find(b"\xff", offset)) >= 0 and offset + 1 < len(data):
        following = data[offset + 1]
        if following != 0xFF and following != 0 and not 0xD0 <= following <= 0xD7:
            return offset
        offset += 1 if following == 0xFF else 2
    raise FileRefused("CORRUPT")


def _end_of_png(data: bytes) -> int:
    offset = 8
    while offset + 12 <= len(data):
        kind = data[offset + 4 : offset + 8]
        offset += 12 + int.from_bytes(data[offset : offset + 4])
        if kind == b"IEND":
            return offset
    raise FileRefused("CORRUPT")


def _end_of_iso(data: bytes) -> int:
    """Past the last box with a four-letter type and a size that fits."""
    offset = 0
    while offset + 8 <= len(data):
        size = int.from_bytes(data[offset : offset + 4])
        if size == 1:
            size = int.from_bytes(data[offset + 8 : offset + 16])
        if size == 0:
            return len(data)
        if size < 8 or offset + size > len(data) or not data[offset + 4 : offset + 8].isalnum():
            break
        offset += size
    return offset
