"""Listen to a Valkey channel for as long as the listener may."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import orjson

from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import not_found
from backend.kernel.graphql.context import Context
from backend.kernel.identity.http import caller_of
from backend.kernel.jobs.queue import valkey
from backend.kernel.notifications.service import matter_channel

R = TypeVar("R")


async def changes(context: Context, matter_id: UUID, read: Callable[[Actor], Awaitable[R | None]]) -> AsyncIterator[R]:
    """The row after each committed change of the matter, until whoever listens may not read it any more.

    Raises:
        Refusal: `NOT_FOUND` when he may not from the start.
    """
    async with open_scope(context.actor.scope):
        if await read(context.actor) is None:
            raise not_found("id")
    async for actor, _ in messages(context, matter_channel(matter_id)):
        # The fields that were asked for are read in the same scope.
        async with open_scope(actor.scope):
            row = await read(actor)
            if row is None:
                return
            yield row


async def messages(context: Context, channel: str) -> AsyncIterator[tuple[Actor, dict[str, Any]]]:
    """Each message with the actor as he is now: the stream ends when the session was revoked."""
    pubsub = valkey().pubsub()
    await pubsub.subscribe(channel)
    try:
        async for message in pubsub.listen():
            if message["type"] != "message":
                continue
            context.session, actor = await caller_of(context.request)
            if actor is None:
                return
            context.caller = actor
            context.forget_loaded()
            yield actor, orjson.loads(message["data"])
    finally:
        await pubsub.unsubscribe(channel)
        await pubsub.aclose()  # type: ignore[no-untyped-call]
