"""Accounts, memberships and the actor behind a session."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access import participants
from backend.kernel.access.actor import ActiveMembership, Actor
from backend.kernel.access.grants import permissions_of
from backend.kernel.access.roles import Role
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.errors import Refusal
from backend.kernel.identity.models import Account, Membership
from backend.kernel.identity.sessions import Session
from backend.kernel.privacy import vault
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import counties_below
from backend.settings import settings

IDENTITY = Scope(DbRole.IDENTITY)

#: An actor is read again after this long, so an ended membership stops working within it.
_ACTOR_SECONDS = 10.0
_actors: dict[tuple[str, str], tuple[float, Actor]] = {}


async def account_of_phone(phone: str, name: str = "") -> Account:
    """The account of a verified telephone number, made when there is none; claims waiting parts in matters.

    Raises:
        Refusal: `ACCOUNT_DISABLED`.
    """
    async with open_scope(IDENTITY):
        index = vault.phone_index(phone)
        account = await Account.get_or_none(phone_index=index)
        if account is None:
            account_id = new_id()
            sealed = vault.seal("account", "phone", account_id, phone)
            account, _ = await Account.get_or_create(
                phone_index=index,
                defaults={"id": account_id, "phone": sealed, "display_name": name, "created_at": clock.now()},
            )
        if account.disabled_at is not None:
            raise Refusal("ACCOUNT_DISABLED")
        await participants.claim(account.id, index)
        return account


async def add_membership(
    account: Account, *, role: Role, name: str, agency: str, division: Division, force: str = "", duty_phone: str = "",
    active_from: datetime | None = None,
) -> Membership:  # fmt: skip
    """Let the account act in `role` over `division` (identity scope), from now or from `active_from`."""
    return await Membership.create(
        account_id=account.id, name=name, role=role, agency_name=agency, division=division.code,
        county=division.county, path=division.path, force=force, duty_phone=duty_phone,
        active_from=active_from or clock.now(),
    )  # fmt: skip


async def memberships_of(account_id: UUID) -> list[Membership]:
    """Memberships in force, oldest first."""
    now = clock.now()
    rows = await Membership.filter(account_id=account_id, active_from__lte=now).order_by("active_from", "id")
    return [row for row in rows if row.ended_at is None or row.ended_at > now]


async def first_membership(account_id: UUID, by: str) -> Membership | None:
    """What a new session acts as: the oldest membership, if the way of signing in is good enough for staff."""
    async with open_scope(IDENTITY):
        memberships = await memberships_of(account_id)
    return memberships[0] if memberships and may_act_as_staff(by) else None


async def is_officer(account_id: UUID) -> bool:
    """Whether the account has a membership that has not ended, also one that has yet to begin."""
    async with open_scope(IDENTITY):
        rows = await Membership.filter(account_id=account_id)
    return any(row.ended_at is None or row.ended_at > clock.now() for row in rows)


async def find_account(phone: str) -> Account | None:
    """The account of a normalised telephone number."""
    async with open_scope(IDENTITY):
        return await Account.get_or_none(phone_index=vault.phone_index(phone))


def may_act_as_staff(by: str) -> bool:
    """Staff use a passkey. In the demonstration city a one-time code is enough."""
    return by == "passkey" or settings().demo


async def switch_membership(session: Session, membership_id: UUID | None) -> None:
    """Check that the session may act as `membership_id` (None = privately).

    Raises:
        Refusal: `NOT_FOUND` when it is not the account's, `PASSKEY_REQUIRED` after sign-in by code.
    """
    if membership_id is None:
        return
    async with open_scope(IDENTITY):
        own = {row.id for row in await memberships_of(session.account)}
    if membership_id not in own:
        raise Refusal("NOT_FOUND", "membershipId")
    if not may_act_as_staff(session.by):
        raise Refusal("PASSKEY_REQUIRED")


async def actor_of(session: Session) -> Actor | None:
    """The actor behind a session; None when account or membership has ended."""
    key = (session.id, session.membership_id)
    cached = _actors.get(key)
    if cached and time.monotonic() - cached[0] < _ACTOR_SECONDS:
        return _with_step_up(cached[1], session.stepped_up)
    if len(_actors) > 10_000:
        _actors.clear()
    actor = await _read_actor(session)
    if actor is not None:
        _actors[key] = (time.monotonic(), actor)
        return _with_step_up(actor, session.stepped_up)
    return None


def _with_step_up(actor: Actor, at: datetime | None) -> Actor:
    return replace(actor, stepped_up_at=at)


async def _read_actor(session: Session) -> Actor | None:
    async with open_scope(IDENTITY):
        account = await Account.get_or_none(id=session.account)
        if account is None or account.disabled_at is not None:
            return None
        if not session.membership_id:
            return Actor(account.id, account.display_name, permissions=permissions_of(Role.PERSON))
        memberships = {str(row.id): row for row in await memberships_of(account.id)}
        membership = memberships.get(session.membership_id)
        if membership is None:
            return None
        return Actor(
            account.id,
            account.display_name or membership.name,
            await active(membership),
            permissions_of(membership.role),
        )


async def active(membership: Membership) -> ActiveMembership:
    """A membership as an actor carries it."""
    return ActiveMembership(
        id=membership.id, name=membership.name, role=membership.role, agency_name=membership.agency_name,
        division=membership.division, county=membership.county, path=membership.path,
        counties=await counties_below(membership.path),
    )  # fmt: skip


async def own_phone(account_id: UUID) -> str:
    """The telephone number of the current scope's person, who is `account_id`, in the same transaction."""
    (row,) = await fetch("select own_phone() as sealed")
    return vault.unseal("account", "phone", account_id, row["sealed"] or "")


async def own_passkey_count() -> int:
    """How many passkeys the current scope's person has."""
    (row,) = await fetch("select own_passkey_count() as count")
    count: int = row["count"]
    return count


async def rename(account_id: UUID, name: str) -> None:
    """The name the account shows; 1 to 40 characters."""
    name = name.strip()
    if not 1 <= len(name) <= 40:
        raise Refusal("INVALID", "displayName")
    async with open_scope(IDENTITY):
        await Account.filter(id=account_id).update(display_name=name)
    forget_actors()


def forget_actors() -> None:
    """Drop cached actors of this process, after a change that must show at once."""
    _actors.clear()
