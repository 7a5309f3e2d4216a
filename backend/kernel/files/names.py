"""Names people give their files. They are shown again, never used as a path."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from backend.kernel.files.refusals import FileRefused

MAX_BYTES: Final = 255
RESERVED: Final = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE)
EXTENSIONS: Final = {
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    "audio/mp4": (".m4a", ".mp4", ".aac"),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/wav": (".wav",),
    "audio/webm": (".webm", ".weba"),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "text/csv": (".csv", ".tsv", ".txt"),
}


def safe_name(name: str) -> str:
    """NFC form of a plain file name; raises FileRefused BAD_NAME for paths, control and direction characters,
    device names, and names that are empty, hidden, too long or end in a dot or space."""
    plain = unicodedata.normalize("NFC", name)
    # Cc 控制符、Cf 格式符(含改变显示方向的符号)、Cs 代理项、Zl/Zp 分行分段
    odd = any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in plain)
    if odd or not plain or re.search(r'[/\\:*?"<>|\uff0f\uff3c\u2215\u2044]', plain):
        raise FileRefused("BAD_NAME", "name")
    if plain[0] in ". " or plain[-1] in ". " or RESERVED.fullmatch(plain) or len(plain.encode()) > MAX_BYTES:
        raise FileRefused("BAD_NAME", "name")
    return plain


def name_for(name: str, content_type: str) -> str:
    """`name` with an ending that says what is stored: a photograph sent as .HEIC is kept as a .jpg."""
    endings = EXTENSIONS[content_type]
    if name.lower().endswith(endings):
        return name
    base = re.sub(r"\.[0-9A-Za-z]{1,5}$", "", name).rstrip(". ") or "file"
    while len(base.encode()) > MAX_BYTES - len(endings[0]):
        base = base[:-1]
    return base + endings[0]


def content_disposition(name: str, *, inline: bool) -> str:
    """The header for a download (RFC 6266), with the name in the form of RFC 5987."""
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
