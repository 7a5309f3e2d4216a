"""Facts in a template show as text and never act as anything."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.instruments.template import (
    MissingFact,
    Template,
    TemplateFault,
    clean,
    escape,
    inline,
    unescape,
)

AGREEMENT = """---
organ: {{ organ }}
title: 人民调解协议书
number: {{ number }}
signature: {{ party.name }} / {{ mediator }}
date: {{ day }}
optional: note
---
{{ party.name }}住{{ party.address }}。

{% if note %}
备注:{{ note }}
{% endif %}

{% for term in terms %}
{{ loop.index }}. {{ term.what }},{{ term.sum }}元,{{ term.due }}前。
{% endfor %}
"""

FACTS: dict[str, Any] = {
    "organ": "海门街道人民调解委员会",
    "number": "海人调〔2026〕1号",
    "party": {"name": "测试甲", "address": "测试路1号"},
    "mediator": "测试乙",
    "day": date(2026, 5, 4),
    "terms": [{"what": "赔偿", "sum": Decimal("1200.50"), "due": date(2026, 6, 1)}],
}


def a_template(body: str, head: str = "title: 文书") -> Template:
    return Template("tested", 1, f"---\n{head}\n---\n{body}\n")


def test_a_complete_paper_has_its_parts_in_the_order_of_the_standard() -> None:
    title, markdown = Template("agreement", 1, AGREEMENT).fill(FACTS)
    assert title == "人民调解协议书"
    order = [
        "::: {.organ",
        "::: {.number",
        "::: {.title",
        "测试甲住测试路1号",
        "1. 赔偿",
        "::: {.signature",
        "::: {.date",
    ]
    places = [markdown.index(part) for part in order]
    assert places == sorted(places)
    assert "1200\\.50元" in markdown
    assert "2026年6月1日前" in markdown
    assert "测试甲\\\n测试乙" in markdown
    assert "备注" not in markdown


@pytest.mark.parametrize("name", sorted(FACTS))
@pytest.mark.parametrize("nothing", [None, "", "absent"])
def test_a_missing_fact_is_named(name: str, nothing: str | None) -> None:
    facts = {key: value for key, value in FACTS.items() if key != name}
    if nothing != "absent":
        facts[name] = nothing
    with pytest.raises(MissingFact) as caught:
        Template("agreement", 1, AGREEMENT).fill(facts)
    assert (caught.value.code, caught.value.field) == ("MISSING_FACT", name)


def test_all_missing_facts_are_named_at_once() -> None:
    with pytest.raises(MissingFact) as caught:
        Template("agreement", 1, AGREEMENT).fill({})
    assert caught.value.fields == tuple(sorted(FACTS))


def test_a_missing_part_of_a_fact_is_missing_too() -> None:
    with pytest.raises(MissingFact) as caught:
        Template("agreement", 1, AGREEMENT).fill(FACTS | {"party": {"name": "测试甲", "address": None}})
    assert caught.value.field == "address"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "是"),
        (False, "否"),
        (date(2026, 1, 5), "2026年1月5日"),
        (datetime(2026, 1, 5, 16, 5, tzinfo=UTC), "2026年1月6日0时05分"),
        (3, "3"),
        (Decimal("0.10"), "0.10"),
    ],
)
def test_values_are_written_as_a_chinese_paper_writes_them(value: object, shown: str) -> None:
    assert unescape(a_template("{{ value }}").fill({"value": value})[1]).strip().endswith(shown)


HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "# heading",
    "::: {.title}",
    "<script>alert(1)</script>",
    "![](file:///etc/passwd)",
    "[x](javascript:alert(1))",
    "`code`",
    "$x^2$",
    "| a | b |",
    "---\ntitle: other\n---",
    '#import "x"',
    "\\newpage",
    "1) list",
    "    indented code",
    "~~~\nfenced\n~~~",
    "^sup^ ~sub~ **bold** _it_",
    "&lt;b&gt; &#60;",
    "@cite [^1]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_mark_in_a_fact_is_escaped(text: str) -> None:
    shown = escape(text)
    assert unescape(shown) == " ".join(text.split())
    bare = shown.replace("\\\n", "")
    for place, char in enumerate(bare):
        if char.isascii() and not char.isalnum() and char not in " \\":
            assert bare[place - 1] == "\\"


@given(st.text(max_size=200))
def test_escaping_loses_nothing_but_spacing(text: str) -> None:
    assert unescape(escape(text)) == " ".join(text.split())


@given(st.text(max_size=100))
def test_a_fact_stays_in_its_line(text: str) -> None:
    assert "\n" not in inline(text)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_facts_are_cleaned_of_what_is_no_text(fact: object) -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [text for part in parts for text in texts(part)]

    if fact is not None:
        for text in texts(clean(fact)):
            assert not any(char in text for char in "\x00\x1b\u200b\u202e\ue000\ue001\ufeff")


def test_objects_do_not_reach_a_template() -> None:
    with pytest.raises(TypeError):
        a_template("{{ value }}").fill({"value": object()})


@pytest.mark.parametrize("body", ["{{ value.__class__ }}", "{{ value.__init__.__globals__ }}"])
def test_a_template_cannot_leave_its_sandbox(body: str) -> None:
    with pytest.raises((TemplateFault, MissingFact)):
        a_template(body).fill({"value": "x"})


@pytest.mark.parametrize(
    "source",
    [
        "no head",
        "---\ntitle:\n---\nbody",
        "---\nbody: x\n---\n",
        "---\ntitle: {{ x\n---\n",
        "---\ntitle: t\n---\n{% if %}",
    ],
)
def test_a_wrong_template_is_a_fault_of_ours(source: str) -> None:
    with pytest.raises(TemplateFault):
        Template("tested", 1, source).fill({"x": "x"})
