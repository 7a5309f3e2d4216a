"""Papers as HTML, .docx and PDF."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.kernel.instruments import render as rendering
from backend.kernel.instruments.fonts import NoCjkFont, choose_typefaces, packaged_fonts
from backend.kernel.instruments.render import RenderFailed, compose, to_docx, to_pdf, to_typst
from backend.kernel.instruments.signatures import SignatureLine, signature_block
from tests.kernel.instruments.samples import PLAIN, Tags, docx_names, docx_part, docx_text, drawing, squeezed
from tests.kernel.instruments.test_template import HOSTILE

ALLOWED_TAGS = {"div", "p", "br", "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td"}
ALLOWED_ATTRIBUTES = {"class", "data-custom-style", "style"}  # pandoc writes the widths of columns as style
ALL_HOSTILE = "\n\n".join(
    [*HOSTILE, "#let x = 1", '#image("/etc/passwd")', "$ sum $", "*b*", "]#text(red)[", '"); evil("']
)
SIGNED = [
    SignatureLine("申请人", "测试甲", datetime(2026, 5, 4, 1, 30, tzinfo=UTC), drawing()),
    SignatureLine("被申请人", "测试乙"),
]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=120) | st.lists(st.sampled_from(HOSTILE), max_size=4).map("\n".join))
def test_no_fact_becomes_html(fact: str) -> None:
    fact = f"起{fact}止"
    tags = Tags(compose(PLAIN, {"fact": fact}).html)
    assert tags.names <= ALLOWED_TAGS
    assert tags.attributes <= ALLOWED_ATTRIBUTES


def test_hostile_facts_show_exactly_as_typed_in_html_and_docx() -> None:
    text = compose(PLAIN, {"fact": ALL_HOSTILE})
    wanted = squeezed(ALL_HOSTILE)
    assert wanted in squeezed(Tags(text.html).text)
    docx = to_docx(text.markdown)
    assert wanted in squeezed(docx_text(docx))
    assert not [name for name in docx_names(docx) if "media" in name]
    assert not list(
        docx_part(docx).iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}hyperlink")
    )


def test_hostile_facts_never_become_typst() -> None:
    source, text, pictures = to_typst(compose(PLAIN, {"fact": ALL_HOSTILE}).markdown)
    assert squeezed(ALL_HOSTILE) in squeezed(text)
    assert not pictures
    # 字面量之外只剩版式自己的调用
    outside = "".join(source.replace("\\\\", "").replace('\\"', "").split('"')[::2])
    for word in ("let", "import", "passwd", "evil", "sum", "script"):
        assert word not in outside
    assert to_pdf(compose(PLAIN, {"fact": ALL_HOSTILE}).markdown).data.startswith(b"%PDF-")


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_printed(fact: str) -> None:
    assert to_pdf(compose(PLAIN, {"fact": f"起{fact}止"}).markdown).data.startswith(b"%PDF-")


def test_the_digest_is_that_of_the_text_people_sign() -> None:
    text = compose(PLAIN, {"fact": "赔偿一千元"})
    assert text.sha256 == hashlib.sha256(text.markdown.encode()).hexdigest()
    assert text.sha256 != compose(PLAIN, {"fact": "赔偿二千元"}).sha256


def test_the_same_paper_gives_the_same_bytes_twice() -> None:
    markdown = compose(PLAIN, {"fact": "赔偿一千元"}).markdown + signature_block(SIGNED, "0" * 64)
    docx = to_docx(markdown)
    assert docx == to_docx(markdown)
    # 文件里没有制作的时刻,过多久再做都一样
    with zipfile.ZipFile(BytesIO(docx)) as package:
        assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1970-01-01T00:00:00Z" in package.read("docProps/core.xml")
    assert to_pdf(markdown).data == to_pdf(markdown).data


def test_signatures_stand_below_with_name_time_and_drawing() -> None:
    text = compose(PLAIN, {"fact": "赔偿一千元"})
    docx = to_docx(text.markdown + signature_block(SIGNED, text.sha256))
    shown = squeezed(docx_text(docx))
    for part in ("申请人", "测试甲", "2026年5月4日9时30分", "被申请人", "测试乙", "未签", text.sha256):
        assert part in shown
    assert len([name for name in docx_names(docx) if name.startswith("word/media/")]) == 1
    _, words, pictures = to_typst(text.markdown + signature_block(SIGNED, text.sha256))
    assert text.sha256 in squeezed(words)
    assert [Image.open(BytesIO(picture)).format for picture in pictures.values()] == ["PNG"]


def test_raw_html_of_a_template_is_text() -> None:
    tags = Tags(rendering.to_html("a <b>b</b>\n\n<script>alert(1)</script>\n"))
    assert tags.names == {"p"}
    assert "<script>alert(1)</script>" in tags.text


def test_a_name_cannot_break_the_table_of_signatures() -> None:
    block = signature_block([SignatureLine("a | b\n\n# x", "| c |\n|---|\n![](x.png)")], "0" * 64)
    tags = Tags(rendering.to_html(block))
    assert tags.names <= ALLOWED_TAGS
    assert "| c | |---| ![](x.png)" in tags.text


def test_a_paper_nobody_signs_has_no_table() -> None:
    assert signature_block([], "0" * 64) == ""


@pytest.mark.parametrize(
    "address", ["/etc/passwd", "file:///etc/passwd", "https://example.invalid/x.png", "x.png"]
)
def test_a_picture_from_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(RenderFailed):
        to_pdf(f"![]({address})\n")


def test_characters_without_a_glyph_are_marked_and_reported() -> None:
    pdf = to_pdf(compose(PLAIN, {"fact": "汉字和\U00013000"}).markdown)
    assert pdf.missing_glyphs == ("\U00013000",)


def test_without_a_chinese_font_there_is_a_clear_refusal() -> None:
    with pytest.raises(NoCjkFont, match="no Chinese font"):
        choose_typefaces(["DejaVu Sans", "Liberation Serif"])


def test_the_fonts_that_come_with_the_product_are_enough() -> None:
    faces = choose_typefaces(["Noto Serif SC", "Noto Sans SC"])
    assert faces.body == ("Noto Serif SC", "Noto Sans SC")
    assert faces.heading[0] == "Noto Sans SC"
    assert choose_typefaces(packaged_fonts().families()).body


def test_a_failing_renderer_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "READER", "nonsense")
    with pytest.raises(RenderFailed, match="nonsense"):
        rendering.to_html("text")
