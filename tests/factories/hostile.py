"""Input for every field of the schema: what a client might send, and at any leaf what it never should."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
)
from hypothesis import strategies as st

from backend.schema import sdl

#: A leaf that is left out altogether.
MISSING = object()
#: Words of fields whose values are fixed but typed as text.
WORDS = (
    "WRITTEN",
    "ORAL",
    "AGREED",
    "CONTINUE",
    "FAILED",
    "PERFORMED",
    "PARTLY",
    "UPHELD",
    "DISMISSED",
    "FILED",
    "OBJECTION",
    "UNSATISFIED",
    "PERSON",
    "CD",
    "WD",
    "FORCE_MAJEURE",
    "AGREEMENT_OR_REDIRECT_ON_FILE",
    "PARTIES_TOLD",
)
TEXTS = st.sampled_from(("双方就此事经过多次沟通,说明如下。", "好", *WORDS))
HOSTILE_TEXTS = st.sampled_from(
    (
        "",
        " ",
        "\x00",
        "字\x00字",
        "\ud800",
        "\udfff字",
        "\u202e反",
        "\x1b[2J",
        "字" * 20_001,
        "a" * 100_000,
        "'; drop table event; --",
        "{{ 7 * 7 }}",
        "<script>alert(1)</script>",
        "$1",
        "%s%n",
        "../../etc/passwd",
        "\\",
        "1e309",
        "\ufeff",
        "\U0010ffff",
    )
)
HOSTILE_NUMBERS = st.sampled_from(
    (
        0,
        -1,
        -(2**31),
        2**31 - 1,
        2**31,
        2**63,
        10**400,
        1.5,
        -0.0,
        1e308,
        float("nan"),
        float("inf"),
        -float("inf"),
    )
)
HOSTILE_DATES = st.sampled_from(
    (
        "0001-01-01",
        "9999-12-31",
        "2026-02-30",
        "0000-00-00",
        "2026-13-01",
        "-0001-01-01",
        "今天",
        "20261123",
        "2026-W01-1",
    )
)
HOSTILE_MOMENTS = st.sampled_from(
    (
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-11-23T00:00:00",
        "2026-11-23",
        "24:00",
        "2026-11-23T25:00:00Z",
        "now",
    )
)
#: Free JSON: what no rule set is, with keys, numbers and depths no form sends.
HOSTILE_JSON = st.recursive(
    st.one_of(
        HOSTILE_TEXTS, HOSTILE_NUMBERS, st.sampled_from((None, True, 2**64, -(2**70), 10**400, "rehab.331024"))
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HOSTILE_TEXTS | st.sampled_from(("rules", "bands")), inner, max_size=4),
    max_leaves=12,
)
WRONG_KIND = st.sampled_from((None, True, {}, {"a": 1}, [], [[]], "x", 7, MISSING))


@lru_cache(maxsize=1)
def graphql_schema() -> GraphQLSchema:
    return build_schema(sdl())


def fields(kind: str) -> dict[str, GraphQLField]:
    """Fields of the root type `kind`, `mutation` or `query`."""
    root = graphql_schema().mutation_type if kind == "mutation" else graphql_schema().query_type
    assert root is not None
    return dict(root.fields)


def operation(kind: str, name: str) -> str:
    """A document that calls one field with a variable for each argument and reads every leaf of its answer."""
    field = fields(kind)[name]
    head = ", ".join(f"${key}: {argument.type}" for key, argument in field.args.items())
    call = ", ".join(f"{key}: ${key}" for key in field.args)
    return (
        f"{kind}{f'({head})' if head else ''} {{ {name}{f'({call})' if call else ''} {_selection(field)} }}"
    )


def _selection(field: GraphQLField) -> str:
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    leaves = [
        key
        for key, each in kind.fields.items()
        if not isinstance(get_named_type(each.type), GraphQLObjectType)
    ]
    inner = [
        f"{key} {_selection(each)}"
        for key, each in kind.fields.items()
        if key in ("errors", "edges", "node", "dispute", "signal", "case", "task", "ruleSet", "answer", "tokens", "challenges")
        and key not in leaves
    ]
    return "{ " + " ".join([*leaves, *inner] or ["__typename"]) + " }"


class Known:
    """Ids that exist, by the name of the argument they fit; another one comes now and then."""

    def __init__(self, ids: Mapping[str, Sequence[str]]) -> None:
        self.ids = ids
        every = [each for some in ids.values() for each in some]
        self.others = st.sampled_from([*every, "331024", "00000000-0000-0000-0000-000000000000", "x"])

    def of(self, name: str) -> st.SearchStrategy[str]:
        fitting = self.ids.get(name)
        return st.one_of(*[st.sampled_from(fitting)] * 5, self.others) if fitting else self.others


def arguments(field: GraphQLField, known: Known) -> st.SearchStrategy[dict[str, Any]]:
    """Variables for `operation`."""
    return _object(dict(field.args), known)


def body(query: str, variables: dict[str, Any]) -> bytes:
    """The request as bytes, with escapes, NaN and numbers no JSON library writes by itself."""
    return json.dumps({"query": query, "variables": variables}).encode()


def _many(item: Any) -> list[Any]:
    return [item] * 1000


def _object(wanted: dict[str, Any], known: Known) -> st.SearchStrategy[dict[str, Any]]:
    made = st.fixed_dictionaries({key: _value(each, known, key) for key, each in wanted.items()})
    return made.map(_without_missing)


def _without_missing(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [None if item is MISSING else item for item in value] if isinstance(value, list) else value
        for key, value in values.items()
        if value is not MISSING
    }


def _value(wanted: GraphQLArgument | Any, known: Known, name: str) -> st.SearchStrategy[Any]:
    kind = wanted.type
    if isinstance(kind, GraphQLNonNull):
        return _of_type(kind.of_type, known, name)
    return st.one_of(st.sampled_from((MISSING, None)), _of_type(kind, known, name))


def _of_type(kind: Any, known: Known, name: str) -> st.SearchStrategy[Any]:
    if isinstance(kind, GraphQLList):
        inner = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
        item = _of_type(inner, known, name)
        return st.lists(item, min_size=1, max_size=3) | item.map(_many) | st.just([])
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind.fields, known)
    good, bad = _leaf(kind, known.of(name))
    return st.one_of(*[good] * 10, bad, bad, WRONG_KIND)


def _leaf(kind: Any, known: st.SearchStrategy[str]) -> tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]:
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(sorted(kind.values)), HOSTILE_TEXTS
    return {
        "ID": (known, HOSTILE_TEXTS),
        "String": (TEXTS | known, HOSTILE_TEXTS),
        "Int": (st.integers(0, 12), HOSTILE_NUMBERS),
        "Float": (st.floats(-100, 100), HOSTILE_NUMBERS),
        "JSON": (st.just({}), HOSTILE_JSON),
        "Boolean": (st.booleans(), st.sampled_from(("true", 0, 2))),
        "Date": (st.sampled_from(("2026-11-23", "2026-12-31")), HOSTILE_DATES),
        "DateTime": (st.sampled_from(("2026-11-24T08:00:00Z", "2026-11-24T08:00:00+08:00")), HOSTILE_MOMENTS),
    }[kind.name]
