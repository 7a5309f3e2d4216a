"""Listen to a Valkey channel for as long as the listener may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson

from backend.kernel.access.actor import Actor
from backend.kernel.graphql.context import Context
from backend.kernel.identity.http import caller_of
from backend.kernel.jobs.queue import valkey


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
