"""A private person tries every command there is, with a well-formed form: refused by type, never by an accident in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    build_schema,
)

from backend.schema import sdl
from tests.factories.city import STRANGER, City

SCALARS: dict[str, Callable[[], Any]] = {"ID": lambda: str(uuid4()), "String": lambda: "十个字以上的一段说明文字", "Int": lambda: 1, "Float": lambda: 1.0, "Boolean": lambda: True,
           "Date": lambda: "2026-11-20", "DateTime": lambda: "2026-11-20T08:00:00Z", "JSON": dict}  # fmt: skip
SCHEMA = build_schema(sdl())
MUTATIONS = SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}
WITH_INPUT = sorted(name for name, field in MUTATIONS.items() if set(field.args) == {"input"})


def filled(kind: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return filled(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [filled(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {name: filled(field.type) for name, field in kind.fields.items()}
    return SCALARS[kind.name]()


@pytest.mark.parametrize("name", WITH_INPUT)
async def test_a_command_refuses_by_type(city: City, name: str) -> None:
    person = await city.sign_in(STRANGER)
    kind = MUTATIONS[name].args["input"].type
    query = f"mutation($input: {kind}) {{ {name}(input: $input) {{ errors {{ code }} }} }}"
    answer = await person.client.post("/graphql", json={"query": query, "variables": {"input": filled(kind)}})
    assert "INTERNAL" not in answer.text, answer.text
