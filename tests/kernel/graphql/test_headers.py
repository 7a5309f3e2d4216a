"""Security headers follow the public address; a negative page size does not pay for another page."""

from __future__ import annotations

from graphql import parse

from backend.kernel.graphql.limits import cost
from backend.kernel.requests import security_headers


def test_https_is_asked_for_again_and_sockets_go_home_only() -> None:
    plain, secure = security_headers("http://localhost:8000"), security_headers("https://city.example")
    assert "Strict-Transport-Security" not in plain
    assert secure["Strict-Transport-Security"]
    assert "connect-src 'self' ws://localhost:8000" in plain["Content-Security-Policy"]
    assert secure["Content-Security-Policy"].endswith("connect-src 'self' wss://city.example")


def test_a_negative_page_lowers_no_cost() -> None:
    document = parse("query($n: Int) { a: disputes(first: -5000) { x } b: disputes(first: $n) { x } c: disputes(first: 10) { x } }")
    assert cost(document, {"n": -5000}) >= 10
