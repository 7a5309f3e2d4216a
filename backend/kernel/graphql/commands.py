"""Run one command of `service.py` for a mutation: one transaction, once per idempotency key, errors as data."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar
from uuid import UUID

import orjson
import strawberry

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import current, open_scope
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError, user_errors
from backend.kernel.graphql.text import refuse_hostile
from backend.kernel.identity import limits
from backend.kernel.jobs.queue import valkey

R = TypeVar("R")
I = TypeVar("I")  # the input


class HasId(Protocol):
    """A result that a replay can find again."""

    id: UUID


async def run_command(
    info: Info,
    work: Callable[[Actor, I], Awaitable[R]],
    request: I,
    reload: Callable[[Actor, UUID], Awaitable[R]] | None = None,
    *,
    field: str = "",
) -> tuple[R | None, list[UserError]]:
    """The command's result, or the refusals.

    Args:
        work: the service function; its name is the command's name.
        reload: finds the first result again when the client repeats its idempotency key.
        field: the argument's name, for a command whose request is a bare value.
    """
    context = info.context
    try:
        actor = context.actor
        await limits.count(valkey(), limits.COMMANDS_BY_ACCOUNT, str(actor.account_id))
        refuse_hostile(request, field)
        # What an earlier command of the same operation answered may have been read in the scope around us.
        await current().pause()
        async with open_scope(actor.scope):
            result = await _once(actor, context.idempotency_key, work, request, reload)
    except (Refusal, Refusals) as problem:
        return None, user_errors(problem)
    context.forget_loaded()
    return result, []


def command_field(
    work: Callable[[Actor, I], Awaitable[R]],
    kind: type,
    payload: type,
    answer: Callable[[R | None, list[UserError]], Any],
    reload: Callable[[Actor, UUID], Awaitable[R]],
) -> Any:
    """A mutation field for a command that takes one input of `kind`; `answer` makes its `payload`."""

    async def resolve(info: Info, input: Any) -> Any:
        row, errors = await run_command(info, work, input, reload)
        return answer(row, errors)

    resolve.__annotations__ = {"info": Info, "input": kind, "return": payload}
    return strawberry.mutation(resolver=resolve, description=(work.__doc__ or "").split("\n\n")[0])


async def _once(
    actor: Actor,
    key: str,
    work: Callable[[Actor, I], Awaitable[R]],
    request: I,
    reload: Callable[[Actor, UUID], Awaitable[R]] | None,
) -> R:
    if not key or reload is None:
        return await work(actor, request)
    if len(key) > 100:
        raise Refusal("INVALID", "idempotencyKey")
    command = work.__name__
    digest = _digest(request)
    # Two requests with one key at once: the second insert waits here for the first to commit or roll back.
    made = await execute(
        "insert into idempotency_record (id, account_id, key, command, request_hash, created_at) "
        "values ($1, $2, $3, $4, $5, $6) on conflict (account_id, key) do nothing",
        new_id(), actor.account_id, key, command, digest, clock.now(),
    )  # fmt: skip
    if made.endswith(" 0"):
        return await _first_result(actor, key, command, digest, reload)
    result = await work(actor, request)
    await execute(
        "update idempotency_record set result_id = $3 where account_id = $1 and key = $2",
        actor.account_id, key, getattr(result, "id", None),
    )  # fmt: skip
    return result


async def _first_result(
    actor: Actor, key: str, command: str, digest: str, reload: Callable[[Actor, UUID], Awaitable[R]]
) -> R:
    rows = await fetch(
        "select command, request_hash, result_id from idempotency_record where account_id = $1 and key = $2",
        actor.account_id,
        key,
    )
    if not rows or (rows[0]["command"], rows[0]["request_hash"]) != (command, digest):
        raise Refusal("IDEMPOTENCY_MISMATCH")
    return await reload(actor, rows[0]["result_id"])


def _digest(request: Any) -> str:
    is_input = dataclasses.is_dataclass(request) and not isinstance(request, type)
    plain = dataclasses.asdict(request) if is_input else request
    text = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()
