"""The kernel's part of Query, Mutation and Subscription: who am I, divisions, inbox, pushes, papers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import UUID

import strawberry
from strawberry import ID
from tortoise.expressions import Q

from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.graphql.commands import run_command
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.live import messages
from backend.kernel.graphql.pages import Connection, newest_first
from backend.kernel.graphql.types import Division, Membership, Notification, OkPayload, Paper
from backend.kernel.identity import service as identity
from backend.kernel.identity.models import Membership as MembershipRow
from backend.kernel.instruments.service import readable as readable_paper
from backend.kernel.notifications import service as notifications
from backend.kernel.notifications.models import Notification as NotificationRow
from backend.kernel.privacy.masking import mask_phone
from backend.kernel.tenancy.models import Division as DivisionRow
from backend.kernel.tenancy.models import Level
from backend.kernel.tenancy.service import LONGEST_CODE
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.validation import as_id


@strawberry.type(description="The signed-in account and what it acts as.")
class Viewer:
    account_id: ID
    display_name: str
    permissions: list[str]
    actor: strawberry.Private[Actor]

    @strawberry.field
    async def phone_masked(self) -> str | None:
        return mask_phone(await identity.own_phone(UUID(self.account_id))) or None

    @strawberry.field
    async def unread_count(self) -> int:
        return await NotificationRow.filter(account_id=self.actor.account_id, read_at__isnull=True).count()

    @strawberry.field
    async def passkey_count(self) -> int:
        return await identity.own_passkey_count()

    @strawberry.field
    async def memberships(self) -> list[Membership]:
        rows = await identity.memberships_of(UUID(self.account_id))
        return [Membership.of(row) for row in rows]

    @strawberry.field
    async def active(self) -> Membership | None:
        if self.actor.membership is None:
            return None
        row = await MembershipRow.get_or_none(id=self.actor.membership.id)
        return Membership.of(row) if row else None


@strawberry.type
class KernelQuery:
    @strawberry.field(description="Null when nobody is signed in.")
    async def viewer(self, info: Info) -> Viewer | None:
        actor = info.context.caller
        if actor is None or actor.account_id is None:
            return None
        return Viewer(
            account_id=ID(str(actor.account_id)), display_name=actor.display_name,
            permissions=sorted(actor.permissions), actor=actor,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info, code: str) -> Division | None:
        row = await find_division(code)
        return Division.of(row) if row else None

    @strawberry.field(description="Divisions below `parent`, or found by name; those that ended are left out.")
    async def divisions(
        self, info: Info, parent: str | None = None, search: str | None = None, level: Level | None = None,
        first: int = 100,
    ) -> list[Division]:  # fmt: skip
        query = DivisionRow.filter(valid_to__isnull=True)
        if search and search.strip():
            query = query.filter(Q(full_name__icontains=search.strip()[:60]))
        if parent is not None:
            query = query.filter(parent=parent[:LONGEST_CODE])
        if level is not None:
            query = query.filter(level=level)
        return [Division.of(row) for row in await query.order_by("code").limit(min(max(first, 1), 200))]

    @strawberry.field
    async def inbox(
        self, info: Info, first: int = 20, after: str | None = None, unread_only: bool = False
    ) -> Connection[Notification]:
        query = NotificationRow.filter(account_id=info.context.actor.account_id)
        if unread_only:
            query = query.filter(read_at__isnull=True)
        page = await newest_first(query, by="created_at", first=first, after=after)
        return page.connection(Notification.of)

    @strawberry.field
    async def paper(self, info: Info, id: ID) -> Paper | None:
        try:
            row = await readable_paper(info.context.actor, as_id(id))
        except Refusal:
            return None
        return Paper.of(row) if row else None


@strawberry.type
class KernelMutation:
    @strawberry.mutation
    async def mark_notifications_read(self, info: Info, ids: list[ID]) -> OkPayload:
        async def mark(actor: Actor, wanted: list[ID]) -> None:
            if len(wanted) > 200:
                raise Refusal("TOO_MANY", "ids", most=200)
            await notifications.mark_read(actor, [as_id(each, "ids") for each in wanted])

        _, errors = await run_command(info, mark, ids, field="ids")
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation
    async def save_push_subscription(self, info: Info, endpoint: str, p256dh: str, auth: str) -> OkPayload:
        async def save(actor: Actor, given: dict[str, str]) -> None:
            await notifications.subscribe(actor, **given)

        _, errors = await run_command(info, save, {"endpoint": endpoint, "p256dh": p256dh, "auth": auth})
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation
    async def remove_push_subscription(self, info: Info, endpoint: str) -> OkPayload:
        _, errors = await run_command(info, notifications.unsubscribe, endpoint, field="endpoint")
        return OkPayload(ok=not errors, errors=errors)

    @strawberry.mutation(description="The name this account shows to others.")
    async def rename_account(self, info: Info, display_name: str) -> OkPayload:
        async def rename(actor: Actor, name: str) -> None:
            assert actor.account_id is not None
            await identity.rename(actor.account_id, name)

        _, errors = await run_command(info, rename, display_name, field="displayName")
        return OkPayload(ok=not errors, errors=errors)


@strawberry.type
class KernelSubscription:
    @strawberry.subscription(description="New notifications of the signed-in account, as they come.")
    async def inbox(self, info: Info) -> AsyncGenerator[Notification, None]:
        channel = notifications.inbox_channel(str(info.context.actor.account_id))
        async for actor, message in messages(info.context, channel):
            async with open_scope(actor.scope):
                row = await NotificationRow.get_or_none(id=UUID(message["id"]))
            if row is not None:
                yield Notification.of(row)


