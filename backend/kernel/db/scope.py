"""One request or job = one transaction = one scope.

A scope is what the database lets through: role, counties, subtrees, person. It is opened lazily with the
first statement, in one round trip with `BEGIN`, and every Tortoise query made inside `open_scope` runs in it.
Outside a scope Tortoise has no connection at all.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

#: Nobody waits longer for a connection than a person waits for an answer.
ACQUIRE_SECONDS = 10


class DbRole(StrEnum):
    """Database roles; each has its own policy on every table it may touch."""

    STAFF = "shanzhi_staff"  # rows whose path lies inside one of the scopes
    SELF = "shanzhi_self"  # rows of matters in which the person takes part
    IDENTITY = "shanzhi_identity"  # accounts, memberships, passkeys: before anybody is signed in
    RELAY = "shanzhi_relay"  # the outbox, for handing jobs to the queue


@dataclass(frozen=True)
class Scope:
    """Who asks, as the database sees it.

    Attributes:
        counties: six-digit codes.
        scopes: ltree paths of the subtrees that may be seen.
        person: account id, for rows that belong to a person.
        purpose: names of the applications whose rows an officer may see at all, with commas; `*` for the system.
    """

    role: DbRole
    counties: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    person: UUID | None = None
    purpose: str = ""

    def opening_sql(self) -> str:
        """`BEGIN`, role and settings as one simple query. Only validated literals go in."""
        for county in self.counties:
            _must_match(r"\d{6}", county)
        for path in self.scopes:
            _must_match(r"\d+(\.\d+)*", path)
        _must_match(r"\*|[a-z0-9_,]*", self.purpose)
        return (
            f"BEGIN; SET LOCAL ROLE {self.role}; "
            f"SELECT set_config('app.counties', '{','.join(self.counties)}', true), "
            f"set_config('app.scopes', '{','.join(self.scopes)}', true), "
            f"set_config('app.person', '{self.person or ''}', true), "
            f"set_config('app.purpose', '{self.purpose}', true)"
        )


def _must_match(pattern: str, value: str) -> None:
    if not re.fullmatch(pattern, value):
        raise ValueError("a scope takes codes and paths only")


AfterCommit = Callable[[], Awaitable[None]]


@dataclass
class OpenScope:
    """A scope with its connection, once the first statement asked for one."""

    scope: Scope
    pool: asyncpg.Pool
    connection: Any = None
    statements: int = 0
    after_commit: list[AfterCommit] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> Any:
        await self.lock.acquire()
        try:
            if self.connection is None:
                connection = await self.pool.acquire(timeout=ACQUIRE_SECONDS)
                try:
                    await connection.execute(self.scope.opening_sql())
                except BaseException:
                    await self.pool.release(connection)
                    raise
                self.connection = connection
        except BaseException:
            self.lock.release()
            raise
        self.statements += 1
        return self.connection

    async def __aexit__(self, *_: object) -> None:
        self.lock.release()

    async def pause(self) -> None:
        """Give the connection back in the middle of a reading scope; its next statement takes another."""
        async with self.lock:
            await self.end("COMMIT")

    async def end(self, sql: str) -> None:
        """Finish the transaction and give the connection back."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            tag = await connection.execute(sql)
        finally:
            await self.pool.release(connection)
        if tag != sql:
            # PostgreSQL answers COMMIT of a failed transaction with ROLLBACK: never report that as done.
            raise RuntimeError(f"{sql} ended in {tag}")


_pool: Callable[[], Awaitable[asyncpg.Pool]] | None = None


def take_connections_from(pool: Callable[[], Awaitable[asyncpg.Pool]]) -> None:
    """Where scopes get their connections; `connection` says so when it is imported."""
    global _pool
    _pool = pool


_current: ContextVar[OpenScope | None] = ContextVar("scope", default=None)


class NoScope(RuntimeError):
    """A query was made outside any scope: a programming error, never a way to see rows."""


class NestedScope(RuntimeError):
    """A second connection was wanted while holding one: enough of those at once wait for each other for ever."""


def current() -> OpenScope:
    """The scope this code runs in.

    Raises:
        NoScope: there is none.
    """
    scope = _current.get()
    if scope is None:
        raise NoScope("open a scope before touching the database")
    return scope


def after_commit(callback: AfterCommit) -> None:
    """Run `callback` when the current scope has committed; forget it when it rolls back."""
    current().after_commit.append(callback)


@asynccontextmanager
async def open_scope(scope: Scope) -> AsyncIterator[OpenScope]:
    """Run the block in one transaction under `scope`: commit at its end, roll back on any error.

    Raises:
        NestedScope: the scope around it has a connection already.
    """
    outer = _current.get()
    if outer is not None and outer.connection is not None:
        raise NestedScope("finish the outer scope first, or do it in the same transaction")
    assert _pool is not None, "backend.kernel.db.connection was not imported"
    opened = OpenScope(scope, await _pool())
    token = _current.set(opened)
    try:
        yield opened
    except BaseException:
        _current.reset(token)
        await asyncio.shield(opened.end("ROLLBACK"))
        raise
    _current.reset(token)
    await asyncio.shield(opened.end("COMMIT"))
    for callback in opened.after_commit:
        await callback()
