"""Opaque sessions in Valkey, with a device list and revocation.

The cookie holds a random token; Valkey knows only its SHA-256. Keys: `session:<hash>` (the session) and
`sessions:<account>` (hashes of the account's sessions).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from redis.asyncio import Redis

from backend.kernel import clock

COOKIE = "shanzhi_session"
#: A session ends this long after its last use.
IDLE = timedelta(days=14)
#: However much it is used, a session ends this long after the signing in.
LONGEST = timedelta(days=90)
#: `last_seen_at` is written at most this often.
TOUCH = timedelta(minutes=5)


@dataclass(frozen=True)
class Session:
    """One signed-in device.

    Attributes:
        id: hash of the token; safe to show in the device list.
        membership_id: empty when acting as a private person.
        by: how the person signed in, `code` or `passkey`.
    """

    id: str
    account_id: str
    membership_id: str
    by: str
    device: str
    created_at: str
    last_seen_at: str
    stepped_up_at: str = ""

    @property
    def account(self) -> UUID:
        return UUID(self.account_id)

    @property
    def stepped_up(self) -> datetime | None:
        return datetime.fromisoformat(self.stepped_up_at) if self.stepped_up_at else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _store(valkey: Redis, session: Session, *, new: bool = False) -> None:
    """Write the session; one that was revoked meanwhile stays revoked."""
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.set(f"session:{session.id}", orjson.dumps(asdict(session)), ex=IDLE, xx=not new)
        pipe.sadd(f"sessions:{session.account_id}", session.id)
        pipe.expire(f"sessions:{session.account_id}", IDLE)
        await pipe.execute()


async def start(
    valkey: Redis, account_id: UUID, *, membership_id: UUID | None, by: str, device: str
) -> tuple[str, Session]:
    """A new session; returns the token for the cookie and the session."""
    token = secrets.token_urlsafe(32)
    now = clock.now().isoformat()
    session = Session(
        id=_hash(token), account_id=str(account_id), membership_id=str(membership_id or ""), by=by,
        device=device[:120], created_at=now, last_seen_at=now, stepped_up_at=now if by == "passkey" else "",
    )  # fmt: skip
    await _store(valkey, session, new=True)
    return token, session


async def find(valkey: Redis, token: str) -> Session | None:
    """The session of a cookie, or None when it has ended or was revoked."""
    raw = await valkey.get(f"session:{_hash(token)}") if token else None
    if raw is None:
        return None
    session = Session(**orjson.loads(raw))
    if clock.now() - datetime.fromisoformat(session.created_at) > LONGEST:
        await revoke(valkey, session.account, session.id)
        return None
    if clock.now() - datetime.fromisoformat(session.last_seen_at) > TOUCH:
        session = replace(session, last_seen_at=clock.now().isoformat())
        await _store(valkey, session)
    return session


async def change(valkey: Redis, session: Session, **changes: str) -> Session:
    """Store the session with `changes`."""
    changed = replace(session, **changes)
    await _store(valkey, changed)
    return changed


async def of_account(valkey: Redis, account_id: UUID) -> list[Session]:
    """The account's living sessions, last used first."""
    ids = await valkey.smembers(f"sessions:{account_id}")
    raws = await valkey.mget([f"session:{session_id}" for session_id in ids]) if ids else []
    found = [Session(**orjson.loads(raw)) for raw in raws if raw]
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


async def revoke(valkey: Redis, account_id: UUID, session_id: str) -> bool:
    """End one session of the account; False when it is not one of its own."""
    if not await valkey.srem(f"sessions:{account_id}", session_id):
        return False
    await valkey.delete(f"session:{session_id}")
    return True
