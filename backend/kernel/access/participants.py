"""Open a matter, and let more people take part in it."""

from __future__ import annotations

from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.models import Participant
from backend.kernel.db.connection import execute
from backend.kernel.db.models import TenantModel, new_id, place_of
from backend.kernel.identity.models import Account


async def open_matter(
    matter_id: UUID, county: str, path: str, account_id: UUID | None, capacity: str, subject_id: UUID | None = None
) -> None:
    """Claim a new matter id, before the matter's first row is written.

    The database function refuses an id that already has a participant, and anybody else's account.
    """
    await execute(
        "select open_matter($1, $2, $3::text::ltree, $4, $5, $6, $7, $8)",
        new_id(), matter_id, path, county, account_id, subject_id, capacity, clock.now(),
    )  # fmt: skip


async def invite(matter: TenantModel, subject_id: UUID, phone_index: str, capacity: str) -> UUID | None:
    """Let whoever signs in with this telephone take part in `matter` (staff and jobs only); repeatable.

    Returns the account, when there is one already.
    """
    account = await Account.filter(phone_index=phone_index).only("id").first() if phone_index else None
    known = await Participant.get_or_none(matter_id=matter.id, subject_id=subject_id)
    if known is None:
        known = await Participant.create(
            **place_of(matter), matter_id=matter.id, account_id=account.id if account else None,
            subject_id=subject_id, phone_index=phone_index, capacity=capacity, created_at=clock.now(),
        )  # fmt: skip
    return known.account_id


async def claim(account_id: UUID, phone_index: str) -> None:
    """Give the account every part that was waiting for its telephone number (identity scope)."""
    await Participant.filter(phone_index=phone_index, account_id__isnull=True).update(account_id=account_id)


async def accounts_of(matter_id: UUID, *, but: UUID | None = None) -> list[UUID]:
    """Accounts that take part in the matter, for telling them something (staff and jobs)."""
    rows = await Participant.filter(matter_id=matter_id, account_id__isnull=False)
    return sorted({row.account_id for row in rows if row.account_id is not None and row.account_id != but})
