"""Every plain HTTP route, whoever sends whatever: a clear answer, never an internal error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from backend.kernel.identity import limits
from tests.factories.city import APPLICANT, COUNTY_CENTER, City

BODIES = st.sampled_from(
    (
        b"",
        b"null",
        b"[]",
        b"{}",
        b"7",
        b'"x"',
        b"{",
        b"\xff\xfe",
        b"\x00" * 64,
        b"[" * 2000,
        b'{"a":' * 900,
        b'{"phone": {"$ne": 1}}',
        b'{"membershipId": [1]}',
        b'{"name": "x", "size": -1}',
        b"a=b&c=d",
        b'{"name": "\\u0000", "size": 1e400, "contentType": "image/png", "sha256": ""}',
        b'{"seconds": "nan"}',
        b'{"name": "x.png", "size": 10, "contentType": "image/png", "sha256": "'
        + b"0" * 64
        + b'", "purpose": "\\u0000"}',
        b'{"name": "\\ud800.png", "size": 10, "contentType": "image/png", "sha256": "' + b"0" * 64 + b'"}',
        b"{}" * 300_000,
        "字".encode() * 10_000,
    )
)
HEADERS = st.dictionaries(
    st.sampled_from(
        (
            "content-type",
            "content-length",
            "idempotency-key",
            "upload-offset",
            "range",
            "if-none-match",
            "if-range",
            "x-timestamp",
            "x-signature",
            "cookie",
            "accept",
            "origin",
            "user-agent",
            "x-forwarded-for",
            "accept-language",
        )
    ),
    st.sampled_from(
        (
            "",
            "0",
            "-1",
            "1e9",
            "x" * 5000,
            "bytes=-",
            "bytes=9-1",
            "bytes=0-0,2-3",
            "\u00e9",
            "shanzhi_session=x",
            "*",
            "text/plain",
        )
    ),
    max_size=3,
)
PARAMETERS = st.sampled_from(
    (
        str(uuid4()),
        "x",
        "..",
        "%2e%2e%2f",
        "%00",
        "331024",
        "pdf",
        "docx",
        "%F0%9F%98%80",
        "a" * 3000,
        "'; --",
        "%ED%A0%80",
    )
)
QUERIES = st.sampled_from(
    (
        "",
        "?division=%00",
        "?search=%00",
        "?states=X",
        "?registeredFrom=0001-01-01",
        "?registeredTo=9999-12-31",
        "?mine=%ff",
        "?division=" + "9" * 50,
        "?search=%ED%A0%80",
        "?states=CLOSED&states=CLOSED",
        "?registeredFrom=2026-02-30",
    )
)
METHODS = st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))
BOUNDED = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def routes(city: City) -> Iterator[Route]:
    for route in city.app.routes:
        # /dev/clock would move everybody's time.
        if isinstance(route, Route) and route.path != "/dev/clock":
            yield route


@BOUNDED
@given(data=st.data())
async def test_no_route_breaks(city: City, data: st.DataObject) -> None:
    for route in routes(city):
        path = route.path
        for name in route.param_convertors:
            given_value = data.draw(PARAMETERS)
            path = path.replace(f"{{{name}:uuid}}", given_value).replace(f"{{{name}}}", given_value)
        method = data.draw(st.sampled_from(sorted(route.methods or {"GET"})) | METHODS)
        phone = data.draw(st.sampled_from(("", APPLICANT, COUNTY_CENTER)))
        headers = data.draw(HEADERS)
        client = (await city.sign_in(phone)).client if phone and "sign-out" not in path else city.client()
        body, query = data.draw(BODIES), data.draw(QUERIES)
        if "content-length" in headers:
            headers["content-length"] = (
                headers["content-length"] if headers["content-length"].isdigit() else "5"
            )
        encoded = {key.encode(): value.encode("latin-1") for key, value in headers.items()}
        request: Any = client.build_request(method, path + query, content=body, headers=encoded)
        answer = await client.send(request)
        assert answer.status_code < 500 or answer.json().get("code") == "SMS_FAILED", (
            method,
            path,
            query,
            headers,
            body[:200],
        )


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in vars(limits).copy().items():
        if isinstance(limit, limits.Limit):
            monkeypatch.setattr(limits, name, limits.Limit(limit.name, 10**9, 60))


async def test_what_changes_something_asks_for_our_header(city: City) -> None:
    person = await city.sign_in(APPLICANT)
    del person.client.headers["X-Shanzhi-Client"]
    signed_by_the_sender = {"/intake/hotline/{county}"}
    for route in routes(city):
        for method in sorted((route.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            if route.path in signed_by_the_sender:
                continue
            path = route.path.replace("{file_id:uuid}", str(uuid4())).replace("{session_id}", "x")
            answer = await person.client.request(method, path, content=b"{}")
            assert (answer.status_code, answer.json().get("code")) == (403, "CLIENT_HEADER_MISSING"), (
                method,
                path,
            )


async def test_every_answer_carries_a_request_id_and_the_security_headers(city: City) -> None:
    async with city.client() as client:
        for path in ("/healthz", "/auth/sessions", "/nowhere", "/export/disputes.csv"):
            headers = (await client.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-request-id"]
            assert "default-src 'self'" in headers["content-security-policy"]


async def test_in_production_there_are_no_development_pages(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.settings import Environment
    from backend.settings import settings as configured
    from backend.web import routes as made

    monkeypatch.setattr(configured(), "environment", Environment.PRODUCTION)
    assert [route for route in made() if getattr(route, "path", "").startswith("/dev")] == []
