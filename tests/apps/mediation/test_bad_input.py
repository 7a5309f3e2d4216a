"""Whatever is sent, by whomever: the answer is well-formed, never an internal error, and a refusal leaves no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.kernel.identity import limits
from tests.factories import hostile
from tests.factories.city import APPLICANT, COUNTY_CENTER, DISPATCHER, MEDIATOR, City
from tests.factories.disputes import assigned, drafted, reported
from tests.factories.ledger import digest, open_ledger

PEOPLE = ("", APPLICANT, MEDIATOR, DISPATCHER, COUNTY_CENTER)
#: The database is one for all examples, so an example is not repeated smaller.
BOUNDED = settings(
    deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@dataclass
class Town:
    """A city in the middle of its work."""

    city: City
    ledger: asyncpg.Connection
    ids: list[str]

    async def send(self, phone: str, content: bytes) -> httpx.Response:
        client = (await self.city.sign_in(phone)).client if phone else self.city.client()
        return await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
async def town(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    ledger = await open_ledger(database.admin_dsn)
    disputes = [await reported(city), await assigned(city), await drafted(city)]
    rows = await ledger.fetch(
        """select id::text from membership union all select id::text from mediation_party where dispute_id = any ($1)
           union all select id::text from matter_clock where matter_id = any ($1)
           union all select id::text from paper where matter_id = any ($1)""",
        [each["id"] for each in disputes],
    )
    yield Town(city, ledger, [*(each["id"] for each in disputes), *(row["id"] for row in rows)])
    await ledger.close()


def refusals(answer: httpx.Response) -> list[dict[str, Any]]:
    """What was refused; fails when the answer is not one a client can deal with."""
    assert answer.status_code in (200, 400, 413), answer.text[:500]
    content = answer.json()
    if answer.status_code == 413:
        return [content]
    found = []
    for error in content.get("errors", []):
        assert error.get("extensions", {}).get("code") != "INTERNAL", content
        found.append(error)
    for payload in (content.get("data") or {}).values():
        found += payload.get("errors", []) if isinstance(payload, dict) else []
    return found


async def attack(town: Town, kind: str, name: str, data: st.DataObject) -> None:
    variables = data.draw(hostile.arguments(hostile.fields(kind)[name], town.ids))
    phone = data.draw(st.sampled_from(PEOPLE))
    before = await digest(town.ledger)
    refused = refusals(await town.send(phone, hostile.body(hostile.operation(kind, name), variables)))
    if refused or kind == "query":
        assert await digest(town.ledger) == before, refused
    for error in refused:
        if error.get("code") in ("INVALID", "REQUIRED", "TOO_LONG", "TOO_SHORT", "TOO_MANY"):
            assert error["field"], error


MUTATIONS, QUERIES = sorted(hostile.fields("mutation")), sorted(hostile.fields("query"))


@settings(BOUNDED, max_examples=12 * len(MUTATIONS))
@given(data=st.data(), name=st.sampled_from(MUTATIONS))
async def test_a_mutation_refuses_by_type_and_leaves_no_trace(town: Town, data: st.DataObject, name: str) -> None:
    await attack(town, "mutation", name, data)


@settings(BOUNDED, max_examples=12 * len(QUERIES))
@given(data=st.data(), name=st.sampled_from(QUERIES))
async def test_a_query_refuses_by_type_and_changes_nothing(town: Town, data: st.DataObject, name: str) -> None:
    await attack(town, "query", name, data)
