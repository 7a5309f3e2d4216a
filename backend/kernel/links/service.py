"""Hand out a link, end it, find what it opens. The caller writes the event."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.db.models import TenantModel, new_id, place_of
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.links.models import Link

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")


async def issue(matter: TenantModel, kind: str, *, until: datetime, subject_id: UUID | None = None) -> str:
    """A new link, shown this once; an earlier one of the same kind to the same thing opens nothing any more.

    Returns 192 random bits as text. It belongs behind the `#` of an address: what stands there is never sent to a server.
    """
    subject = subject_id or matter.id
    await end(matter, kind, subject_id=subject)
    token = secrets.token_urlsafe(24)
    await Link.create(
        **place_of(matter), id=new_id(), app=matter._meta.app or "", kind=kind, matter_id=matter.id, subject_id=subject,
        digest=_digest(token), issued_at=clock.now(), expires_at=until,
    )  # fmt: skip
    return token


async def living(matter_id: UUID, kind: str, *, subject_id: UUID | None = None) -> Link | None:
    """The link of this kind that opens something now: that there is one, not the link itself."""
    rows = Link.filter(matter_id=matter_id, kind=kind, ended_at__isnull=True, expires_at__gt=clock.now())
    return await (rows.filter(subject_id=subject_id) if subject_id else rows).first()


async def end(matter: TenantModel, kind: str | None = None, *, subject_id: UUID | None = None) -> int:
    """Links of the matter open nothing any more; returns how many did."""
    rows = Link.filter(matter_id=matter.id, ended_at__isnull=True)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    return await rows.update(ended_at=clock.now())


async def find(token: str, app: str, kind: str) -> Link | None:
    """What the link opens. None for a wrong, an ended and an expired one alike (outside any scope with a connection)."""
    if not TOKEN.fullmatch(token):
        return None
    async with open_scope(Scope(DbRole.RELAY)):
        return await Link.filter(
            digest=_digest(token), app=app, kind=kind, ended_at__isnull=True, expires_at__gt=clock.now()
        ).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
