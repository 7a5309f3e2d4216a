"""The GraphQL edge: limits, trusted documents, the guard, masked errors, idempotency, hostile text."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from backend.kernel.graphql import documents
from backend.kernel.graphql.text import refuse_hostile
from backend.settings import settings
from tests.factories.city import APPLICANT, DISPATCHER, City, Refused
from tests.factories.disputes import report, reported

VIEWER = "{ viewer { accountId } }"


async def send(city: City, body: dict[str, Any], phone: str = APPLICANT, **headers: str) -> Any:
    person = await city.sign_in(phone)
    return await person.client.post("/graphql", json=body, headers=headers)


async def codes(city: City, query: str) -> list[str]:
    answer = (await send(city, {"query": query})).json()
    return [
        str(error.get("extensions", {}).get("code", error["message"])) for error in answer.get("errors", [])
    ]


async def test_too_deep(city: City) -> None:
    query = "{ disputes(first: 1) { edges { node { " + "relations { dispute { id } } " * 1 + "} } } }"
    assert await codes(city, query) == []
    deep = '{ division(code: "33") { ' + "ancestors { " * 12 + "code" + " }" * 12 + " } }"
    assert "exceed" in (await codes(city, deep))[0].lower() or (await codes(city, deep))


async def test_too_many_aliases(city: City) -> None:
    query = "{ " + " ".join(f"a{n}: viewer {{ accountId }}" for n in range(20)) + " }"
    assert await codes(city, query)


async def test_too_expensive(city: City) -> None:
    query = "{ disputes(first: 100) { edges { node { timeline(first: 100) { edges { node { id } } } } } } }"
    assert await codes(city, query) == ["TOO_EXPENSIVE"]


async def test_too_many_tokens(city: City) -> None:
    query = "{ viewer { " + "accountId " * 5000 + "} }"
    assert await codes(city, query)


async def test_a_page_size_out_of_bounds_is_refused(city: City) -> None:
    for first in (0, -1, 101):
        assert await codes(city, f"{{ disputes(first: {first}) {{ edges {{ cursor }} }} }}") == ["INVALID"]
    assert await codes(city, '{ disputes(first: 5, after: "###") { edges { cursor } } }') == ["INVALID"]


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-23T00:00:00", "x", 7]
)
async def test_a_cursor_nobody_was_given_is_refused(city: City, moment: Any) -> None:
    made = json.dumps([moment, "01a205e0-552e-75b8-a54f-b35fae049bf0"]).encode()
    cursor = base64.urlsafe_b64encode(made).decode().rstrip("=")
    assert await codes(city, f'{{ disputes(after: "{cursor}") {{ edges {{ cursor }} }} }}') == ["INVALID"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["registeredFrom", "registeredTo"])
async def test_a_day_outside_any_calendar_is_refused(city: City, name: str, day: str) -> None:
    assert await codes(city, f'{{ disputes(filter: {{{name}: "{day}"}}) {{ edges {{ cursor }} }} }}') == [
        "INVALID"
    ]


async def test_requests_of_other_sites_are_refused(city: City) -> None:
    person = await city.sign_in(APPLICANT)
    answer = await person.client.post("/graphql", json={"query": VIEWER}, headers={"X-Shanzhi-Client": ""})
    assert answer.status_code == 200, "the header is there, whatever it says"
    del person.client.headers["X-Shanzhi-Client"]
    answer = await person.client.post("/graphql", json={"query": VIEWER})
    assert (answer.status_code, answer.json()["code"]) == (403, "CLIENT_HEADER_MISSING")


async def test_both_paths_answer_without_a_redirect(city: City) -> None:
    person = await city.sign_in(APPLICANT)
    answer = await person.client.post("/graphql", json={"query": VIEWER})
    assert answer.status_code == 200
    answer = await person.client.post("/graphql/", json={"query": VIEWER})
    assert answer.status_code == 200


async def test_a_trusted_document_goes_by_its_hash_and_nothing_else_in_production(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.sha256(VIEWER.encode()).hexdigest()
    monkeypatch.setattr(documents, "trusted", lambda: {digest: VIEWER})
    monkeypatch.setattr(documents, "_texts", lambda: frozenset({VIEWER}))
    monkeypatch.setattr(settings(), "environment", "production")
    assert (await send(city, {"documentId": digest})).json()["data"]["viewer"]
    unknown = await send(city, {"documentId": "0" * 64})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "UNKNOWN_DOCUMENT")
    assert await codes(city, "{ viewer { displayName } }") == ["UNTRUSTED_DOCUMENT"]


async def test_an_unexpected_error_is_masked_and_its_id_is_in_the_log(
    capsys: pytest.CaptureFixture[str], city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: Any) -> str:
        raise ValueError("secret 19900000001")

    monkeypatch.setattr("backend.kernel.identity.service.own_phone", breaks)
    answer = await send(city, {"query": "{ viewer { phoneMasked } }"})
    (error,) = answer.json()["errors"]
    assert error["message"] == "INTERNAL"
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    logged = capsys.readouterr().err
    assert answer.headers["x-request-id"] in logged
    assert "ValueError" in logged
    assert "secret" not in logged and "19900000001" not in logged
    assert "secret" not in answer.text


async def test_without_a_session_reads_are_refused_and_the_viewer_is_null(city: City) -> None:
    async with city.client() as nobody:
        answer = (await nobody.post("/graphql", json={"query": "{ viewer { accountId } }"})).json()
        assert answer == {"data": {"viewer": None}}
        answer = (await nobody.post("/graphql", json={"query": "{ disputes { edges { cursor } } }"})).json()
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_repeated_key_gives_the_first_result(city: City) -> None:
    applicant = await city.sign_in(APPLICANT)
    first = await applicant.do("reportDispute", key="k-1", **report())
    again = await applicant.do("reportDispute", key="k-1", **report())
    assert again["id"] == first["id"]
    with pytest.raises(Refused) as refused:
        await applicant.do("reportDispute", key="k-1", **report(statement="另外一件完全不同的事情。"))
    assert refused.value.codes == ["IDEMPOTENCY_MISMATCH"]
    # Another account's keys are its own.
    other = await city.sign_in("19900000003")
    assert (await other.do("reportDispute", key="k-1", **report()))["id"] != first["id"]


async def test_a_failed_command_does_not_use_the_key_up(city: City) -> None:
    applicant = await city.sign_in(APPLICANT)
    with pytest.raises(Refused):
        await applicant.do("reportDispute", key="k-2", **report(statement="短"))
    assert (await applicant.do("reportDispute", key="k-2", **report()))["state"] == "REGISTERED"


async def test_the_base_version_decides(city: City) -> None:
    dispute = await reported(city)
    dispatcher = await city.sign_in(DISPATCHER)
    with pytest.raises(Refused) as refused:
        await dispatcher.do(
            "triageDispute", id=dispute["id"], version=dispute["version"] - 1, category="NEIGHBOUR",
            severity="SIMPLE", route="MEDIATION", violence=False, duplicatesChecked=True,
        )  # fmt: skip
    assert refused.value.errors == [
        {"code": "CONFLICT", "field": "version", "data": {"current": dispute["version"]}}
    ]


@pytest.mark.parametrize("search", ["a\x00b", "a\ud800b", "\u202eabc"])
async def test_a_read_refuses_such_text_too(city: City, search: str) -> None:
    query = "query($search: String!) { divisions(search: $search) { code } }"
    content = json.dumps({"query": query, "variables": {"search": search}})
    person = await city.sign_in(APPLICANT)
    answer = await person.client.post(
        "/graphql", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.json()["errors"][0]["extensions"] == {"code": "INVALID", "field": "search", "data": {}}
    assert await codes(city, '{ divisions(search: "a\\u0000b") { code } }') == ["INVALID"]


async def test_a_variable_of_the_wrong_type_is_refused_with_its_field_and_not_quoted(city: City) -> None:
    query = "mutation($input: RateInput!) { rateDispute(input: $input) { errors { code } } }"
    answer = await send(city, {"query": query, "variables": {"input": {"id": "x", "process": "19900000001"}}})
    assert "19900000001" not in answer.text
    found = [(each["message"], each["extensions"]["field"]) for each in answer.json()["errors"]]
    assert sorted(found) == [("INVALID", "process"), ("REQUIRED", "result")]


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\u202eabc", "x\x1bz"])
def test_text_no_person_types_is_refused(text: str) -> None:
    from backend.kernel.errors import Refusals

    with pytest.raises(Refusals):
        refuse_hostile(text)
