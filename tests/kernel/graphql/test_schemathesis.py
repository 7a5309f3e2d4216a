"""Documents that Schemathesis makes from the schema, with values of its own written into them.

Its own runner drives an application in a thread; ours lives in the test's event loop, so only its generator is used.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

from backend.kernel.identity import limits
from backend.schema import sdl
from tests.factories.city import APPLICANT, COUNTY_CENTER, City
from tests.factories.ledger import digest, open_ledger

BOUNDED = settings(
    max_examples=120,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


#: What an officer may send as the data of a rule set: anything.
schemathesis.graphql.scalar(
    "JSON",
    st.recursive(
        st.one_of(st.booleans().map(nodes.Boolean), st.integers().map(nodes.Int), st.text().map(nodes.String)),
        lambda inner: st.lists(inner, max_size=3).map(nodes.List),
        max_leaves=5,
    ),
)


@lru_cache(maxsize=1)
def operations() -> list[Any]:
    """Every field of Query and Mutation."""
    found = [
        made.ok()
        for made in schemathesis.graphql.from_file(sdl()).get_all_operations()
        if isinstance(made, Ok)
    ]
    assert len(found) > 50
    return found


@BOUNDED
@given(data=st.data())
async def test_made_documents_get_well_formed_answers(city: City, database: Any, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(operations()).flatmap(lambda operation: operation.as_strategy()))
    client = (await city.sign_in(data.draw(st.sampled_from((APPLICANT, COUNTY_CENTER))))).client
    async with open_ledger(database.admin_dsn) as ledger:
        before = await digest(ledger)
        answer = await client.post("/graphql", json={"query": case.body})
        assert answer.status_code in (200, 400, 413), (case.body, answer.text)
        content = answer.json()
        codes = [error.get("extensions", {}).get("code") for error in content.get("errors", [])]
        assert "INTERNAL" not in codes, (case.body, content)
        payloads = [payload for payload in (content.get("data") or {}).values() if isinstance(payload, dict)]
        if codes or any(payload.get("errors") for payload in payloads):
            assert await digest(ledger) == before, case.body


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
