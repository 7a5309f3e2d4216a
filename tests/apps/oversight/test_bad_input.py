"""Whatever is sent to oversight, by whomever: a well-formed refusal with code and field, never an internal error, no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kernel.identity import limits
from tests.apps.rehab.test_bad_input import BOUNDED, OF_A_FIELD, refusals
from tests.factories import hostile
from tests.factories.city import City, Refused
from tests.factories.disputes import reported
from tests.factories.ledger import digest, open_ledger
from tests.factories.oversight import (
    CENTER,
    CHIEF,
    CITIZEN,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    OTHER_UNIT,
    PROSECUTOR,
    RAISED,
    UNIT,
    checked,
    do,
    filed,
    raised,
    replied,
    served,
)
from tests.factories.parts import of_others
from tests.factories.suggestions import answered, assigned, rated, reviewed
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import upload

MUTATIONS, QUERIES = (
    sorted(name for name in hostile.fields(kind) if name not in of_others("oversight", kind) and name in of_others("mediation", kind))
    for kind in ("mutation", "query")
)  # fmt: skip
PEOPLE = ("", DEPUTY, DEPUTY_2, CONGRESS, PROSECUTOR, CHIEF, UNIT, CENTER, CITIZEN)


@dataclass
class Town:
    """A city in the middle of its work."""

    city: City
    ledger: asyncpg.Connection
    known: hostile.Known

    async def send(self, phone: str, content: bytes) -> Any:
        client = (await self.city.sign_in(phone)).client if phone else self.city.client()
        return await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
async def town(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    await reported(city)
    await raised(city)
    _, row = await served(city)
    row = await checked(city, await replied(city, row, promises=[{"text": "完成管网改造", "dueOn": "2027-10-01"}]))
    await do(await city.sign_in(DEPUTY), "rateRecommendation", id=row["id"], process=4, result=4, words="满意")
    case = await filed(city)
    await do(await city.sign_in(CONGRESS), "proposeJointSupervision", subject="联合督办一项", basis="各级监督法", form="REPORT", clues=[case["id"]])
    await assigned(city, await reviewed(city), OTHER_UNIT)
    await rated(city, await answered(city))
    for phone in PEOPLE[1:]:
        await city.sign_in(phone)
    async with open_ledger(database.admin_dsn) as ledger:
        yield Town(city, ledger, hostile.Known(await existing(ledger)))


async def existing(ledger: asyncpg.Connection) -> dict[str, list[str]]:
    """Ids by the name of the argument that takes them."""
    tables = {
        "clueId": ("oversight_clue",), "into": ("oversight_clue",), "recommendationId": ("oversight_recommendation",),
        "promiseId": ("oversight_promise",), "ratingId": ("oversight_rating",), "checkId": ("oversight_check",), "paperId": ("paper",), "matterId": ("mediation_dispute",),
        "id": ("oversight_clue", "oversight_recommendation", "oversight_suggestion", "oversight_lesson", "oversight_joint"), "suggestionId": ("oversight_suggestion",),
        "unit": ("membership",), "assistUnits": ("membership",), "deputy": ("membership", "account"),
    }  # fmt: skip
    made = {
        name: [row["id"] for table in some for row in await ledger.fetch(f"select id::text from {table} order by id desc limit 20")]
        for name, some in tables.items()
    }
    assert all(made.values()), made
    return {**made, "division": ["331024", "331023"], "app": ["mediation", "rehab"], "figure": ["handling_days", "lead_to_case", "joint_total"]}


async def attack(town: Town, kind: str, name: str, data: st.DataObject) -> None:
    variables = data.draw(hostile.arguments(hostile.fields(kind)[name], town.known))
    phone = data.draw(st.sampled_from(PEOPLE))
    before = await digest(town.ledger)
    refused = refusals(await town.send(phone, hostile.body(hostile.operation(kind, name), variables)))
    if refused or kind == "query":
        after = await digest(town.ledger)
        assert {table for table in after if after[table] != before.get(table)} == set(), (name, refused)
    for error in refused:
        if error.get("code") in OF_A_FIELD:
            assert error["field"], (name, error)


def test_every_mutation_of_oversight_is_attacked() -> None:
    assert len(MUTATIONS) == 55
    assert {"raiseSuggestion", "answerSuggestion", "raiseClue", "handOverMatter", "recordOnSiteCheck", "rateRecommendation", "finishJointSupervision"} <= set(MUTATIONS)


@settings(BOUNDED, max_examples=10)
@given(data=st.data())
async def test_a_mutation_refuses_by_type_and_leaves_no_trace(town: Town, data: st.DataObject) -> None:
    for name in MUTATIONS:
        await attack(town, "mutation", name, data)


@settings(BOUNDED, max_examples=8)
@given(data=st.data())
async def test_a_query_refuses_by_type_and_changes_nothing(town: Town, data: st.DataObject) -> None:
    for name in QUERIES:
        await attack(town, "query", name, data)


@pytest.mark.parametrize(("changes", "field"), [
    ({"title": "短"}, "title"), ({"title": "字" * 81}, "title"), ({"content": ""}, "content"), ({"content": "字" * 5001}, "content"),
    ({"division": "x"}, "division"), ({"division": "331023"}, "division"), ({"division": ""}, "division"), ({"placeText": "字" * 201}, "placeText"),
    ({"fileIds": ["x"] * 10}, "fileIds"), ({"fileIds": ["x"]}, "fileIds.0"), ({"fileIds": [str(uuid4())]}, "fileIds.0"), ({"title": "标题\x00里有空字符"}, "title"),
])  # fmt: skip
async def test_a_clue_says_what_is_wrong_with_it(city: City, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        await do(await city.sign_in(DEPUTY), "raiseClue", **{**RAISED, **changes})
    assert [error["field"] for error in refused.value.errors] == [field]


async def test_pictures_of_others_or_meant_for_something_else_are_refused(city: City) -> None:
    deputy, other = await city.sign_in(DEPUTY), await city.sign_in(DEPUTY_2)
    mine, elsewhere, theirs = [
        (await upload(person.client, photograph(), purpose=purpose, name="x.jpg"))["id"]
        for person, purpose in ((deputy, "oversight"), (deputy, "reunion"), (other, "oversight"))
    ]
    for wrong in (elsewhere, theirs):
        with pytest.raises(Refused) as refused:
            await do(deputy, "raiseClue", **{**RAISED, "fileIds": [wrong]})
        assert [error["field"] for error in refused.value.errors] == ["fileIds.0"]
    clue = await do(deputy, "raiseClue", **{**RAISED, "fileIds": [mine]})
    seen = (await deputy.ask("query($id: ID!) { oversightClue(id: $id) { files { url } } }", id=clue["id"]))["oversightClue"]["files"]
    assert (await deputy.client.get(seen[0]["url"])).status_code == 200
    assert (await other.client.get(seen[0]["url"])).status_code == 404
    assert (await (await city.sign_in(UNIT)).client.get(seen[0]["url"])).status_code == 404


async def test_words_to_search_by_are_words_and_no_sql(city: City) -> None:
    clue = await raised(city)
    prosecutor = await city.sign_in(PROSECUTOR)
    query = "query($f: OversightClueFilter) { oversightClues(first: 100, filter: $f) { edges { node { id } } } }"
    for text in ("' or true --", "%", "\\", "字" * 5000, "\x1b[2J"):
        answer = await prosecutor.client.post("/graphql", json={"query": query, "variables": {"f": {"search": text}}})
        assert "INTERNAL" not in answer.text, text
    rows = (await prosecutor.ask(query, f={"search": "' or true --"}))["oversightClues"]["edges"]
    assert clue["id"] not in str(rows)
