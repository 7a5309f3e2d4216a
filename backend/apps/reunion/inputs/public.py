"""What clients send about bulletins, tips and status links."""

from __future__ import annotations

import strawberry
from strawberry import ID

from backend.apps.reunion.enums import BasisKind, TipVerdict


@strawberry.input
class PublishBulletinInput:
    """`ground` is why the public may be asked; a picture needs none of its own, and a minor's is shown blurred."""

    id: ID
    version: int
    ground: BasisKind
    ground_text: str
    text: str
    days: int
    name: str | None = None
    age_text: str | None = None
    seen_text: str | None = None
    place_text: str | None = None
    picture_id: ID | None = None


@strawberry.input
class DecideBulletinInput:
    id: ID
    version: int
    approve: bool
    reason: str


@strawberry.input
class LeaveTipInput:
    bulletin_id: ID
    text: str
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = strawberry.field(default=None, description="For questions; empty: nobody calls.")
    file_ids: list[ID] | None = None


@strawberry.input
class AnswerTipInput:
    tip_id: ID
    verdict: TipVerdict
    note: str | None = strawberry.field(default=None, description="For colleagues; the citizen hears the verdict.")


@strawberry.input
class RevealTipInput:
    tip_id: ID
    reason: str


@strawberry.input
class StatusLinkInput:
    id: ID
