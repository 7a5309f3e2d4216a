"""Readers of what a renderer wrote."""

from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

from PIL import Image, ImageDraw

from backend.kernel.instruments.template import Template

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

PLAIN = Template(
    "tested", 1, "---\ntitle: 测试文书\n---\n{{ fact }}\n\n| 项目 |\n|------|\n| {{ fact | inline }} |\n"
)


class Tags(HTMLParser):
    """Names of elements and attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def docx_part(data: bytes, name: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return ElementTree.fromstring(package.read(name))


def docx_text(data: bytes) -> str:
    return "".join(node.text or "" for node in docx_part(data).iter(f"{WORD}t"))


def docx_names(data: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return package.namelist()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def drawing() -> bytes:
    """A signature as a finger draws it, on a transparent ground."""
    made = Image.new("RGBA", (400, 160), (0, 0, 0, 0))
    ImageDraw.Draw(made).line([(10, 140), (150, 20), (220, 120), (390, 30)], fill="black", width=5)
    out = BytesIO()
    made.save(out, "WEBP")
    return out.getvalue()
