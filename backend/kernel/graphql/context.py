"""What resolvers share during one operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import strawberry
from starlette.requests import HTTPConnection
from strawberry.dataloader import DataLoader

from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.errors import unauthenticated
from backend.kernel.identity.http import caller_of
from backend.kernel.identity.sessions import Session

K = TypeVar("K")
V = TypeVar("V")

#: Loads values for keys, in the order of the keys.
BatchLoad = Callable[[Actor, Sequence[K]], Awaitable[Sequence[V]]]

NOBODY = Scope(DbRole.SELF)


@dataclass
class Context:
    """Per operation: who asks, on which connection, and one dataloader per batch function."""

    request: HTTPConnection
    request_id: str
    session: Session | None = None
    caller: Actor | None = None
    _loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The signed-in actor. Raises `UNAUTHENTICATED`."""
        if self.caller is None:
            raise unauthenticated()
        return self.caller

    @property
    def scope(self) -> Scope:
        """What reads of this operation may see; without a session no tenant row."""
        return self.caller.scope if self.caller else NOBODY

    @property
    def idempotency_key(self) -> str:
        return self.request.headers.get("idempotency-key", "")

    async def load(self, batch: BatchLoad[K, V], key: K) -> V:
        """`batch`'s value for `key`, gathered with the other keys asked for at the same moment."""
        return await self._loader(batch).load(key)

    async def load_many(self, batch: BatchLoad[K, V], keys: Sequence[K]) -> list[V]:
        """As `load`, for several keys."""
        return await self._loader(batch).load_many(keys)

    def _loader(self, batch: BatchLoad[K, V]) -> DataLoader[K, V]:
        if batch not in self._loaders:

            async def load(keys: list[K]) -> Sequence[V]:
                return await batch(self.actor, keys)

            self._loaders[batch] = DataLoader(load_fn=load)
        return self._loaders[batch]

    def forget_loaded(self) -> None:
        """Drop what was loaded before a command changed it."""
        self._loaders.clear()


async def context_of(connection: HTTPConnection) -> Context:
    """A new context for one operation of a request or socket."""
    session, actor = await caller_of(connection)
    return Context(connection, connection.scope.get("request_id", ""), session, actor)


Info = strawberry.Info[Context, None]
