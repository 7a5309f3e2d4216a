"""Templates of legal papers: Markdown with a head, filled with facts that cannot act as Markdown or code.

A template is text. Its head, between two `---` lines, has `key: value` lines; the body is pandoc Markdown. Both are
Jinja in a sandbox. Head keys: `title` (required), `organ`, `number`, `signature` (lines joined by ` / `), `date`,
and `optional`, the comma-separated facts that may be absent. In table cells and headings write `{{ fact | inline }}`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from backend.kernel.errors import Refusal

HEAD: Final = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
PARTS: Final = ("organ", "number", "title", "signature", "date")
LOCAL: Final = ZoneInfo("Asia/Shanghai")
# 每个 ASCII 标点前加反斜杠:pandoc 的 all_symbols_escapable 保证原样显示
PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


class TemplateFault(ValueError):
    """The template itself is wrong: a programming error, not the reader's."""


class MissingFact(Refusal):
    """`field` is the first of the missing `fields`; code MISSING_FACT."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        super().__init__("MISSING_FACT", self.fields[0], fields=list(self.fields))


class _Required(StrictUndefined):
    """Names the missing fact instead of quoting Jinja's sentence."""

    def _fail_with_undefined_error(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise MissingFact([self._undefined_name or ""])

    __iter__ = __str__ = __len__ = __bool__ = __eq__ = __ne__ = __hash__ = _fail_with_undefined_error


@dataclass(frozen=True)
class Template:
    """`id` and `version` name it in the record of a paper; `source` is its text. Raises TemplateFault on first use."""

    id: str
    version: int
    source: str

    @cached_property
    def head(self) -> dict[str, str]:
        return _split(self.source)[0]

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Facts that must be given, sorted."""
        optional = {name.strip() for name in self.head.get("optional", "").split(",")}
        try:
            used = meta.find_undeclared_variables(_environment().parse(self.source))
        except TemplateError as problem:
            raise TemplateFault(f"{self.id}: {problem}") from problem
        return tuple(sorted(used - optional))

    def fill(self, facts: Mapping[str, object]) -> tuple[str, str]:
        """Plain title and the complete Markdown. Raises MissingFact or TemplateFault."""
        known = {name: clean(fact) for name, fact in facts.items() if fact is not None}
        missing = [name for name in self.required if known.get(name) in (None, "", [], {})]
        if missing:
            raise MissingFact(missing)
        head, body = _split(self.source)
        optional = {name.strip(): None for name in head.pop("optional", "").split(",") if name.strip()}
        values = {**optional, **known}
        try:
            parts = {
                key: _environment().from_string(text).render(values).strip() for key, text in head.items()
            }
            filled = _environment().from_string(body).render(values)
        except TemplateError as problem:
            raise TemplateFault(f"{self.id}: {problem}") from problem
        return unescape(parts["title"]), _compose(parts, filled)


def escape(text: str) -> str:
    """User text as Markdown that shows exactly that text; line breaks stay line breaks."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\\\n".join(PUNCTUATION.sub(r"\\\1", line) for line in lines if line)


def unescape(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace("\\\n", " ")


def inline(value: object) -> str:
    """One line, for table cells and headings."""
    return " ".join(_show(value).split())


def clean(fact: object) -> object:
    """Facts as plain data: no objects reach the sandbox, no control characters reach the paper.

    Absent parts of a mapping are dropped, so that using one names it as missing.
    """
    if isinstance(fact, str):
        # 控制符、格式符、私用区、未定义码位都不是文字;换行除外
        return "".join(
            char
            for char in fact
            if char in "\n\r\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        )
    if isinstance(fact, Mapping):
        return {str(key): clean(value) for key, value in fact.items() if value is not None}
    if isinstance(fact, Sequence):
        return [clean(value) for value in fact if value is not None]
    if isinstance(fact, bool | int | float | Decimal | date):
        return fact
    raise TypeError(f"a fact must be plain data, not {type(fact).__name__}")


def _show(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = value.astimezone(LOCAL)
        return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02}分"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return "" if value is None else str(value)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=_Required,
        finalize=lambda value: value if isinstance(value, _Required) else escape(_show(value)),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = inline
    return environment


def _split(source: str) -> tuple[dict[str, str], str]:
    found = HEAD.match(source.replace("\r\n", "\n"))
    if found is None:
        raise TemplateFault("a template starts with a head between two --- lines")
    head: dict[str, str] = {}
    for line in filter(str.strip, found[1].split("\n")):
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in (*PARTS, "optional"):
            raise TemplateFault(f"unknown head line: {line}")
        head[key.strip()] = value.strip()
    if not head.get("title"):
        raise TemplateFault("a template needs a title")
    return head, found[2]


def _compose(parts: Mapping[str, str], body: str) -> str:
    """Order of GB/T 9704: organ, number, title, body, signature, date. Styles are named in the .docx as well."""

    def block(key: str) -> list[str]:
        text = parts.get(key, "")
        shown = "\\\n".join(text.split(" / ")) if key == "signature" else text
        return [f'::: {{.{key} custom-style="{key.capitalize()}"}}\n{shown}\n:::'] if text else []

    before = [*block("organ"), *block("number"), *block("title")]
    after = [*block("signature"), *block("date")]
    return "\n\n".join([*before, body.strip(), *after]) + "\n"
