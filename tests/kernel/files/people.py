"""Actors of one county, a matter, and HTTP clients that act as they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from backend.kernel.access.actor import ActiveMembership, Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import TenantModel
from backend.kernel.errors import Refusal, unauthenticated
from backend.kernel.http import answer_refusal
from backend.settings import settings

COUNTY, TOWN = "331002", "33.3310.331002.331002001"
NEIGHBOUR_TOWN = "33.3310.331002.331002002"

ClientOf = Callable[[Actor], httpx.AsyncClient]
Serve = Callable[[ModuleType], ClientOf]


def person(name: str = "测试甲") -> Actor:
    return Actor(uuid4(), name)


def officer(path: str = TOWN, *, membership_id: UUID | None = None) -> Actor:
    labels = path.split(".")
    membership = ActiveMembership(
        membership_id or uuid4(), "测试官", Role.MEDIATOR, "调委会", labels[-1], labels[2], path, (labels[2],)
    )
    return Actor(uuid4(), "测试官", membership, frozenset({f"{Matter._meta.app}:matter:read"}))


class Matter(TenantModel):
    """A row of an application, as the kernel sees it; never stored."""

    class Meta:
        table = "tested_matter"
        app = "tested"


def matter(path: str = f"{TOWN}.331002001201") -> Matter:
    return Matter(county=COUNTY, path=path)


@pytest.fixture
def local_storage(product: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of this test's own, beside the product's database."""
    monkeypatch.setattr(settings(), "storage_url", f"file://{tmp_path}")
    return tmp_path


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """The routes of one module, to clients that are signed in as any actor."""
    actors: dict[str, Actor] = {}

    async def required_caller(request: Request) -> tuple[None, Actor]:
        actor = actors.get(request.headers.get("x-actor", ""))
        if actor is None:
            raise unauthenticated()
        return None, actor

    def serve_module(module: ModuleType) -> ClientOf:
        monkeypatch.setattr(module, "required_caller", required_caller)
        transport = httpx.ASGITransport(
            Starlette(routes=module.routes, exception_handlers={Refusal: answer_refusal})
        )

        def client(actor: Actor) -> httpx.AsyncClient:
            actors[str(actor.account_id)] = actor
            headers = {"X-Actor": str(actor.account_id), "X-Shanzhi-Client": "test"}
            return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)

        return client

    return serve_module
