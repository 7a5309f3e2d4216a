"""Markdown of a legal paper to HTML, .docx and PDF. Blocking: call from a thread or a job.

Two steps, because two moments: `compose` makes the text that people read and sign (its hash is what they sign);
`to_docx` and `to_pdf` make office files from exactly that text. The same text always gives the same bytes.
"""

from __future__ import annotations

import json
import subprocess
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pypandoc  # type: ignore[import-untyped]
import structlog
import typst

from backend.kernel.files.hashing import digests_of
from backend.kernel.instruments.fonts import choose_typefaces, missing_glyphs, packaged_fonts
from backend.kernel.instruments.layout import reference_docx, typst_preamble
from backend.kernel.instruments.template import PARTS, Template

log = structlog.get_logger(__name__)

READER: Final = (
    "markdown_strict+"
    + "+".join(
        [
            "all_symbols_escapable",
            "escaped_line_breaks",
            "fenced_divs",
            "pipe_tables",
            "startnum",
            "fancy_lists",
            "link_attributes",
        ]
        + [
            "east_asian_line_breaks",
            "blank_before_header",
            "space_in_atx_header",
            "lists_without_preceding_blankline",
        ]
    )
    + "-raw_html"
)
TIMEOUT: Final = 60
DATA_URL: Final = "data:image/png;base64,"
PICTURE_HEIGHT: Final = "12mm"
# 活字排版里缺字时倒放的铅字;看得见的缺字,胜过空方框
GETA_MARK: Final = "〓"

Node = dict[str, Any]


class RenderFailed(RuntimeError):
    """Pandoc or Typst refused our own input; the message is theirs."""


@dataclass(frozen=True)
class Composition:
    """The paper as text; the digests are of the Markdown, in UTF-8. HTML is a fragment without scripts or styles."""

    title: str
    markdown: str
    html: str
    sha256: str
    sm3: str


@dataclass(frozen=True)
class Pdf:
    """`missing_glyphs` are characters no installed font can draw; each stands as 〓 in the file."""

    data: bytes
    missing_glyphs: tuple[str, ...]


@dataclass(frozen=True)
class Rendered:
    """Everything at once; digests as in Composition."""

    markdown: str
    html: str
    docx: bytes
    pdf: bytes
    sha256: str
    sm3: str
    missing_glyphs: tuple[str, ...] = ()


def compose(template: Template, facts: Mapping[str, object]) -> Composition:
    """Raises MissingFact, TemplateFault or RenderFailed."""
    title, markdown = template.fill(facts)
    digests = digests_of(markdown.encode())
    return Composition(title, markdown, to_html(markdown), digests.sha256, digests.sm3)


def render(template: Template, facts: Mapping[str, object]) -> Rendered:
    """Raises MissingFact, TemplateFault, NoCjkFont or RenderFailed."""
    text = compose(template, facts)
    pdf = to_pdf(text.markdown)
    docx = to_docx(text.markdown)
    return Rendered(text.markdown, text.html, docx, pdf.data, text.sha256, text.sm3, pdf.missing_glyphs)


def to_html(markdown: str) -> str:
    return _pandoc(markdown.encode(), READER, "html5").decode()


def to_docx(markdown: str) -> bytes:
    with TemporaryDirectory() as folder:
        reference = Path(folder) / "reference.docx"
        reference.write_bytes(reference_docx())
        return _pandoc(markdown.encode(), READER, "docx", "--reference-doc", str(reference), "--output", "-")


def to_pdf(markdown: str) -> Pdf:
    """Raises NoCjkFont when no Chinese font is installed, RenderFailed when Typst fails."""
    fonts = packaged_fonts()
    faces = choose_typefaces(fonts.families())
    source, text, pictures = to_typst(markdown)
    missing = missing_glyphs(text, faces.body)
    for char in missing:
        source = source.replace(char, GETA_MARK)
    if missing:
        log.warning("paper_glyphs_missing", code_points=[f"U+{ord(char):04X}" for char in missing])
    with TemporaryDirectory() as root:
        for name, picture in pictures.items():
            (Path(root) / name).write_bytes(picture)
        try:
            compiler = typst.Compiler(root=root, font_paths=fonts)
            data = compiler.compile((typst_preamble(faces) + source).encode(), format="pdf", timestamp=0)
        except typst.TypstError as problem:
            raise RenderFailed(problem.message) from problem
    if not isinstance(data, bytes):
        raise RenderFailed("typst made no single file")
    return Pdf(data, missing)


def to_typst(markdown: str) -> tuple[str, str, dict[str, bytes]]:
    """Typst markup of the body, its plain text, and its pictures by file name.

    Text never passes as markup: pandoc sees placeholders, which become Typst string literals afterwards.
    """
    document = json.loads(_pandoc(markdown.encode(), READER, "json"))
    strings: list[str] = []
    pictures: dict[str, bytes] = {}
    for node in _nodes(document["blocks"]):
        if node["t"] == "Str":
            strings.append(node["c"])
            node["c"] = f"\ue000{len(strings) - 1}\ue001"
        elif node["t"] == "Image":
            name = f"picture-{len(pictures)}.png"
            pictures[name] = _embedded_picture(node)
            # 表格里的图照高度排,不受列宽影响
            node |= {"t": "RawInline", "c": ["typst", f'#box(image("{name}", height: {PICTURE_HEIGHT}))']}
    document["blocks"] = [block for top in document["blocks"] for block in _styled(top)]
    source = _pandoc(json.dumps(document).encode(), "json", "typst", "--wrap=none").decode()
    for index, string in enumerate(strings):
        source = source.replace(f"\ue000{index}\ue001", f"#{_literal(string)};")
    return source, "".join(strings), pictures


def _embedded_picture(image: Node) -> bytes:
    """A paper carries its pictures in itself; anything else would be a request to somewhere."""
    url: str = image["c"][2][0]
    if not url.startswith(DATA_URL):
        raise RenderFailed("a picture must be embedded")
    return b64decode(url.removeprefix(DATA_URL))


def _nodes(tree: object) -> Iterator[Node]:
    if isinstance(tree, dict):
        if "t" in tree:
            yield tree
        for child in tree.values():
            yield from _nodes(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from _nodes(child)


def _styled(block: Node) -> list[Node]:
    """A named part of the paper becomes a call of the layout function with that name."""
    if block["t"] != "Div":
        return [block]
    (_, classes, _), content = block["c"]
    names = [name for name in classes if name in PARTS]
    if not names:
        return [block]
    opening = {"t": "RawBlock", "c": ["typst", f"#paper-{names[0]}["]}
    return [opening, *content, {"t": "RawBlock", "c": ["typst", "]"]}]


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _pandoc(data: bytes, reader: str, writer: str, *options: str) -> bytes:
    """Sandboxed: pandoc reads no file but those named in `options`."""
    command = [pypandoc.get_pandoc_path(), "--sandbox", "--from", reader, "--to", writer, *options]
    try:
        # SOURCE_DATE_EPOCH:同样的文字得到同样的字节
        result = subprocess.run(
            command,
            input=data,
            capture_output=True,
            check=True,
            timeout=TIMEOUT,
            env={"SOURCE_DATE_EPOCH": "0"},
        )
    except subprocess.CalledProcessError as problem:
        raise RenderFailed(problem.stderr.decode(errors="replace").strip()) from problem
    except subprocess.TimeoutExpired as problem:
        raise RenderFailed(f"pandoc took over {TIMEOUT} s") from problem
    return result.stdout
