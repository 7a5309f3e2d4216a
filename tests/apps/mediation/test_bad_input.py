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
from tests.factories.disputes import DETAIL, assigned, drafted, mediating, reported
from tests.factories.ledger import digest, open_ledger
from tests.factories.parts import of_others

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
    known: hostile.Known

    async def send(self, phone: str, content: bytes) -> httpx.Response:
        client = (await self.city.sign_in(phone)).client if phone else self.city.client()
        return await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
async def town(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    async with open_ledger(database.admin_dsn) as ledger:
        yield Town(city, ledger, hostile.Known(await existing(ledger, await disputes_under_way(city))))


async def disputes_under_way(city: City) -> list[str]:
    """One just reported, one assigned, one drafted, and one in which everything one can ask for was asked for."""
    busy = await mediating(city)
    mediator, applicant = await city.sign_in(MEDIATOR), await city.sign_in(APPLICANT)
    detail = (await mediator.ask(DETAIL, id=busy["id"]))["dispute"]
    busy = await mediator.do(
        "scheduleSession",
        id=busy["id"],
        version=detail["version"],
        startsAt="2027-01-04T02:00:00Z",
        place="村委会",
    )
    await mediator.do(
        "askExtension",
        clockId=detail["clock"]["id"],
        length=5,
        unit="CD",
        basis="经双方同意",
        reason="等待鉴定结论",
    )
    await applicant.do("fileObjection", id=busy["id"], grounds="对办理进度有异议")
    await city.pass_time(days=8)
    return [
        busy["id"],
        *[made["id"] for made in (await reported(city), await assigned(city), await drafted(city))],
    ]


async def existing(ledger: asyncpg.Connection, disputes: list[str]) -> dict[str, list[str]]:
    """Ids by the name of the argument that takes them."""
    tables = {
        "partyId": "mediation_party where dispute_id = any ($1)", "clockId": "matter_clock where matter_id = any ($1)",
        "sessionId": "mediation_session where dispute_id = any ($1)", "paperId": "paper where matter_id = any ($1)",
        "requestId": "extension_request where matter_id = any ($1)",
        "objectionId": "mediation_objection where dispute_id = any ($1)",
        "noticeId": "mediation_supervision_notice where dispute_id = any ($1)",
        "entryId": "mediation_score_entry where dispute_id = any ($1)",
        "responsible": "membership where $1::uuid[] is not null",
    }  # fmt: skip
    found = {
        name: [row["id"] for row in await ledger.fetch(f"select id::text from {table}", disputes)]
        for name, table in tables.items()
    }
    assert all(found.values()), found
    matters = dict.fromkeys(("id", "disputeId", "matterId", "mergeInto", "relatedTo"), disputes)
    members = dict.fromkeys(("mediator", "mediators", "members", "replacement"), found["responsible"])
    codes = ["331024103279001", "331024103", "331024"]
    places = dict.fromkeys(("division", "code", "parent"), codes)
    return {**found, **matters, **members, **places, "attended": found["partyId"]}


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
    variables = data.draw(hostile.arguments(hostile.fields(kind)[name], town.known))
    phone = data.draw(st.sampled_from(PEOPLE))
    before = await digest(town.ledger)
    refused = refusals(await town.send(phone, hostile.body(hostile.operation(kind, name), variables)))
    if refused or kind == "query":
        assert await digest(town.ledger) == before, refused
    for error in refused:
        if error.get("code") in ("INVALID", "REQUIRED", "TOO_LONG", "TOO_SHORT", "TOO_MANY"):
            assert error["field"], error


MUTATIONS, QUERIES = (
    sorted(set(hostile.fields(kind)) - of_others("mediation", kind)) for kind in ("mutation", "query")
)


@settings(BOUNDED, max_examples=8 * len(MUTATIONS))
@given(data=st.data(), name=st.sampled_from(MUTATIONS))
async def test_a_mutation_refuses_by_type_and_leaves_no_trace(
    town: Town, data: st.DataObject, name: str
) -> None:
    await attack(town, "mutation", name, data)


@settings(BOUNDED, max_examples=8 * len(QUERIES))
@given(data=st.data(), name=st.sampled_from(QUERIES))
async def test_a_query_refuses_by_type_and_changes_nothing(
    town: Town, data: st.DataObject, name: str
) -> None:
    await attack(town, "query", name, data)
