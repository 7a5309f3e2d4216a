"""Layout of official papers after GB/T 9704-2012, for Typst and for Word.

A4; margins 37 mm top, 28 mm left, so that the type area is 156 mm by 225 mm; body 三号 (16 pt) with 28 pt from line
to line, 22 lines a page, first lines indented by two characters; title 二号 (22 pt).
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from functools import cache
from io import BytesIO
from typing import Final
from xml.etree import ElementTree

import pypandoc  # type: ignore[import-untyped]

from backend.kernel.instruments.fonts import Typefaces

WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# 页边距:毫米换算为 1/1440 英寸
TWIPS_PER_MM: Final = 1440 / 25.4
MARGINS_MM: Final = {"top": 37, "right": 26, "bottom": 35, "left": 28}
MARGINS: Final = " ".join(f'w:{side}="{round(mm * TWIPS_PER_MM)}"' for side, mm in MARGINS_MM.items())
SECTION: Final = (
    f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar {MARGINS} w:header="851" w:footer="992" w:gutter="0"/>'
    "</w:sectPr>"
)
ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

PREAMBLE: Final = """\
#set document(date: none)
#set page(paper: "a4", margin: (top: 37mm, left: 28mm, right: 26mm, bottom: 35mm),
  footer: context align(if calc.odd(here().page()) {{ right }} else {{ left }},
    text(size: 14pt)[— #counter(page).display() —]))
#set text(font: ({body}), size: 16pt, lang: "zh", region: "cn", top-edge: 0.8em, bottom-edge: -0.2em)
#set par(leading: 12pt, spacing: 12pt, justify: true, first-line-indent: (amount: 2em, all: true))
#show heading: set block(above: 12pt, below: 12pt)
#show heading: it => block(inset: (left: 2em), text(weight: "regular", size: 16pt, it.body))
#show heading.where(level: 1): set text(font: ({heading}))
#show heading.where(level: 2): set text(font: ({subheading}))
#show table: set par(first-line-indent: 0pt, justify: false)
#show figure: set block(breakable: true)
#set table(stroke: 0.5pt)
#set list(indent: 2em)
#set enum(indent: 2em)
#let horizontalrule = line(length: 100%, stroke: 0.5pt)
#let paper-centred(it) = {{ set par(first-line-indent: 0pt, justify: false); align(center, it) }}
#let paper-organ(it) = paper-centred(text(font: ({title}), size: 26pt, fill: rgb("#e60012"), it))
#let paper-number(it) = {{
  paper-centred(it)
  line(length: 100%, stroke: 1pt + rgb("#e60012"))
}}
#let paper-title(it) = {{
  v(28pt)
  paper-centred(text(font: ({title}), size: 22pt, it))
  v(14pt)
}}
#let paper-signature(it) = {{
  v(28pt)
  set par(first-line-indent: 0pt)
  align(right, pad(right: 4em, it))
}}
#let paper-date(it) = {{ set par(first-line-indent: 0pt); align(right, pad(right: 4em, it)) }}

"""

Style = tuple[str, str, str]
"""Paragraph properties, run properties and font family, as WordprocessingML."""

EXACT: Final = '<w:spacing w:before="0" w:after="0" w:line="560" w:lineRule="exact"/>'
INDENT: Final = '<w:ind w:firstLine="640" w:firstLineChars="200"/>'
NO_INDENT: Final = '<w:ind w:firstLine="0" w:firstLineChars="0"/>'
CENTRE: Final = '<w:jc w:val="center"/>'
RIGHT: Final = (
    '<w:ind w:firstLine="0" w:firstLineChars="0" w:right="1280" w:rightChars="400"/><w:jc w:val="right"/>'
)
RED: Final = '<w:color w:val="E60012"/>'
STYLES: Final[dict[str, Style]] = {
    "Normal": (EXACT, _SIZE_16 := '<w:sz w:val="32"/><w:szCs w:val="32"/>', "仿宋"),
    "Body Text": (EXACT + INDENT + '<w:jc w:val="both"/>', _SIZE_16, "仿宋"),
    "Compact": (EXACT + NO_INDENT, _SIZE_16, "仿宋"),
    "Organ": (
        '<w:spacing w:before="0" w:after="0"/>' + NO_INDENT + CENTRE,
        RED + '<w:sz w:val="52"/><w:szCs w:val="52"/>',
        "方正小标宋简体",
    ),
    "Number": (
        '<w:pBdr><w:bottom w:val="single" w:sz="8" w:space="8" w:color="E60012"/></w:pBdr>'
        + EXACT
        + NO_INDENT
        + CENTRE,
        _SIZE_16,
        "仿宋",
    ),
    "Title": (
        '<w:spacing w:before="560" w:after="280" w:line="640" w:lineRule="exact"/>' + NO_INDENT + CENTRE,
        '<w:color w:val="000000"/><w:sz w:val="44"/><w:szCs w:val="44"/>',
        "方正小标宋简体",
    ),
    "Heading 1": ("<w:keepNext/>" + EXACT + INDENT, '<w:color w:val="000000"/>' + _SIZE_16, "黑体"),
    "Heading 2": ("<w:keepNext/>" + EXACT + INDENT, '<w:color w:val="000000"/>' + _SIZE_16, "楷体"),
    "Heading 3": ("<w:keepNext/>" + EXACT + INDENT, '<w:color w:val="000000"/>' + _SIZE_16, "仿宋"),
    "Signature": (
        '<w:spacing w:before="560" w:after="0" w:line="560" w:lineRule="exact"/>' + RIGHT,
        _SIZE_16,
        "仿宋",
    ),
    "Date": (EXACT + RIGHT, _SIZE_16, "仿宋"),
}
TABLE_BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def typst_preamble(faces: Typefaces) -> str:
    """Page, fonts and one function for each named part (`paper-organ`, `paper-title`, …)."""

    def listed(families: tuple[str, ...]) -> str:
        return "".join(f'"{family}", ' for family in families)

    return PREAMBLE.format(
        body=listed(faces.body),
        title=listed(faces.title),
        heading=listed(faces.heading),
        subheading=listed(faces.subheading),
    )


@cache
def reference_docx() -> bytes:
    """Pandoc's own reference document with our page and styles put in; made in memory, the same every time."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    plain = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(plain)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/styles.xml":
                content = _with_styles(content)
            elif name == "word/document.xml":
                content = re.sub(rb"<w:sectPr>.*</w:sectPr>", SECTION.encode(), content, flags=re.DOTALL)
            target.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content)
    return out.getvalue()


def _with_styles(content: bytes) -> bytes:
    ElementTree.register_namespace("w", WORD)
    root = ElementTree.fromstring(content)
    present = {_name_of(style): style for style in root.iter(f"{{{WORD}}}style")}
    for name, style in STYLES.items():
        element = present.get(name)
        if element is None:
            element = _new_style(root, name)
        _set_properties(element, style)
    table = present["Table"]
    for properties in table.findall(f"{{{WORD}}}tblPr"):
        table.remove(properties)
    table.append(_xml(f"<w:tblPr><w:tblBorders>{TABLE_BORDERS}</w:tblBorders></w:tblPr>"))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _name_of(style: ElementTree.Element) -> str:
    name = style.find(f"{{{WORD}}}name")
    return "" if name is None else name.get(f"{{{WORD}}}val", "")


def _new_style(root: ElementTree.Element, name: str) -> ElementTree.Element:
    style = _xml(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/></w:style>'
    )
    root.append(style)
    return style


def _set_properties(element: ElementTree.Element, style: Style) -> None:
    paragraph, run, family = style
    for tag in ("pPr", "rPr"):
        for old in element.findall(f"{{{WORD}}}{tag}"):
            element.remove(old)
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{family}"/>'
    element.append(_xml(f"<w:pPr>{paragraph}</w:pPr>"))
    element.append(_xml(f"<w:rPr>{fonts}{run}</w:rPr>"))


def _xml(text: str) -> ElementTree.Element:
    """A WordprocessingML element; `text` is our own, never a user's."""
    opened = re.sub(r"^<([\w:]+)", rf'<\1 xmlns:w="{WORD}"', text, count=1)
    return ElementTree.fromstring(opened)
