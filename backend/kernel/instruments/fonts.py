"""Fonts for official papers: the ones GB/T 9704-2012 asks for where installed, else the open ones we depend on.

The package pylopdf-fonts-zh-cn carries Noto Serif SC and Noto Sans SC (SIL Open Font Licence 1.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import typst
from PIL import ImageFont

# 正文仿宋、标题小标宋、一级标题黑体、二级标题楷体;没有就用宋体类、黑体类开源字体
SERIF_FALLBACK: Final = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC")
SANS_FALLBACK: Final = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")
BODY: Final = ("FangSong_GB2312", "FangSong", "STFangsong", *SERIF_FALLBACK, *SANS_FALLBACK)
TITLE: Final = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", *SERIF_FALLBACK, *SANS_FALLBACK)
HEADING: Final = ("SimHei", "STHeiti", *SANS_FALLBACK, *SERIF_FALLBACK)
SUBHEADING: Final = ("KaiTi_GB2312", "KaiTi", "STKaiti", *SERIF_FALLBACK, *SANS_FALLBACK)
NOT_A_CHARACTER: Final = "\U0010fffe"


class NoCjkFont(RuntimeError):
    """No font with Chinese glyphs is installed; a PDF would show empty boxes."""

    def __init__(self, searched: Iterable[str]) -> None:
        self.searched = tuple(searched)
        super().__init__(
            "no Chinese font found (searched: " + ", ".join(self.searched) + "); "
            "install the Python package pylopdf-fonts-zh-cn or a system font such as Noto Serif CJK SC"
        )


@dataclass(frozen=True)
class Typefaces:
    """Family names by use, best first; every list holds only families that exist."""

    body: tuple[str, ...]
    title: tuple[str, ...]
    heading: tuple[str, ...]
    subheading: tuple[str, ...]


@cache
def packaged_fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=_packaged_directories()
    )


def choose_typefaces(families: Iterable[str]) -> Typefaces:
    """Raises NoCjkFont."""
    present = frozenset(families)

    def kept(wanted: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(family for family in wanted if family in present)

    if not kept(BODY):
        raise NoCjkFont(BODY)
    body = kept(BODY)
    return Typefaces(body, kept(TITLE) or body, kept(HEADING) or body, kept(SUBHEADING) or body)


def missing_glyphs(text: str, families: Iterable[str]) -> tuple[str, ...]:
    """Visible characters of `text` that none of the families can draw, in order of appearance."""
    faces = [face for family in families if (face := _face(family)) is not None]
    visible = (char for char in dict.fromkeys(text) if not char.isspace())
    return tuple(char for char in visible if not any(_draws(face, char) for face in faces))


def _packaged_directories() -> list[str]:
    try:
        return [str(files("pylopdf_fonts_zh_cn"))]
    except ModuleNotFoundError:
        # 系统里也许有合适的字体;没有时 choose_typefaces 会说明
        return []


@cache
def _face(family: str) -> ImageFont.FreeTypeFont | None:
    for info in packaged_fonts().fonts():
        if info.family == family and info.style == "normal" and info.path:
            return ImageFont.truetype(info.path, 24, index=info.index, layout_engine=ImageFont.Layout.BASIC)
    return None


@cache
def _draws(face: ImageFont.FreeTypeFont, char: str) -> bool:
    # 缺字时 FreeType 画出 .notdef 方框,与一个必定没有的码位画得一样
    return bytes(face.getmask(char)) != bytes(face.getmask(NOT_A_CHARACTER))
