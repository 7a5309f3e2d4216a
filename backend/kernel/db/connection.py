"""The Tortoise client of the product: every statement goes through the current scope's connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

import asyncpg
import orjson
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import ConnectionWrapper
from tortoise.connection import get_connection

from backend.kernel.db.scope import OpenScope, current, take_connections_from
from backend.settings import settings


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("ltree", encoder=str, decoder=str, schema="public", format="text")


class _InScope:
    """What Tortoise expects of a transaction, inside a scope that already is one."""

    def __init__(self, client: ScopedClient) -> None:
        self.client = client

    async def __aenter__(self) -> ScopedClient:
        return self.client

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class ScopedClient(AsyncpgDBClient):
    """Tortoise's asyncpg client, with the connection taken from the current scope."""

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        return await asyncpg.create_pool(None, init=_prepare, **kwargs)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        scope: Any = current()
        return scope  # type: ignore[no-any-return]  # OpenScope is the async context manager Tortoise wants

    def _in_transaction(self) -> Any:
        return _InScope(self)

    async def pool(self) -> asyncpg.Pool:
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        assert self._pool is not None
        return self._pool


client_class = ScopedClient


async def pool() -> asyncpg.Pool:
    """This process's connection pool, as the login role."""
    client = get_connection("default")
    assert isinstance(client, ScopedClient)
    return await client.pool()


take_connections_from(pool)


def tortoise_config(database_url: str, models: Mapping[str, Iterable[str]], *, pool_size: int) -> dict[str, Any]:
    """Tortoise's configuration for `models` = {application label: model modules}."""
    return {
        "connections": {
            "default": {
                "engine": "backend.kernel.db.connection",
                "credentials": {**credentials(database_url), "minsize": 1, "maxsize": pool_size},
            }
        },
        "apps": {
            label: {"models": list(modules), "default_connection": "default"}
            for label, modules in models.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def credentials(database_url: str) -> dict[str, Any]:
    """asyncpg's parameters out of a DSN; `host` may be a socket directory (`?host=/dir`)."""
    from urllib.parse import parse_qs, unquote, urlsplit

    parts = urlsplit(database_url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    port = query.get("port") or parts.port or 5432
    return {
        "host": query.get("host") or parts.hostname or "localhost",
        "port": int(port),
        "user": query.get("user") or unquote(parts.username or ""),
        "password": query.get("password") or unquote(parts.password or "") or None,
        "database": parts.path.lstrip("/"),
    }


@asynccontextmanager
async def connected(models: Mapping[str, Iterable[str]], *, durable: bool = True) -> AsyncIterator[None]:
    """Tortoise, initialised for the life of the block. Without `durable` commits do not wait for the disk."""
    config = tortoise_config(settings().database_url, models, pool_size=settings().pool_size)
    if not durable:
        config["connections"]["default"]["credentials"]["server_settings"] = {"synchronous_commit": "off"}
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


async def fetch(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of a hand-written statement in the current scope."""
    async with current() as connection:
        return [dict(row) for row in await connection.fetch(sql, *values)]


async def execute(sql: str, *values: Any) -> str:
    """Run a hand-written statement in the current scope; returns PostgreSQL's command tag."""
    async with current() as connection:
        tag: str = await connection.execute(sql, *values)
        return tag


def as_json(value: Any) -> str:
    """JSON text for a `jsonb` parameter."""
    return orjson.dumps(value, default=str).decode()


__all__ = ["OpenScope", "ScopedClient", "as_json", "client_class", "connected", "execute", "fetch", "pool"]
