"""Bulletins and tips as GraphQL shows them to those who sign in; the wall itself is plain HTTP (`http.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import strawberry
from strawberry import ID

from backend.apps.reunion import enums as e
from backend.apps.reunion import models
from backend.apps.reunion.service import common
from backend.kernel.files.models import StoredFile
from backend.kernel.files.service import file_url, thumbnail_url
from backend.kernel.graphql.errors import UserError
from backend.kernel.privacy.masking import mask_phone


@strawberry.type(description="What the public is asked; why, and who answers for it, is for the officers of the case.")
class ReunionBulletin:
    id: ID
    state: e.BulletinState
    minor: bool
    name: str | None
    age_text: str | None
    seen_text: str | None
    place_text: str | None
    text: str
    phone: str
    picture_url: str | None
    source_url: str | None = strawberry.field(
        description="For the officers of the case: the photograph of which strangers get a small copy, blurred for a minor."
    )
    published_at: datetime | None
    expires_at: datetime
    ground: e.BasisKind | None
    ground_text: str | None
    proposed_by: str | None
    decided_by: str | None
    decision_reason: str | None
    ended_at: datetime | None
    end_reason: e.BulletinEnd | None

    @classmethod
    def of(cls, row: models.Bulletin, *, whole: bool) -> ReunionBulletin:
        inside: dict[str, Any] = dict.fromkeys(
            ("source_url", "ground", "ground_text", "proposed_by", "decided_by", "decision_reason", "ended_at", "end_reason")
        )
        if whole:
            inside = {
                "source_url": file_url(row.picture_id) if row.picture_id else None, "ground": row.ground, "ground_text": row.ground_text, "proposed_by": row.proposed_by_name,
                "decided_by": row.decided_by_name or None, "decision_reason": row.decision_reason or None,
                "ended_at": row.ended_at, "end_reason": row.end_reason,
            }  # fmt: skip
        return cls(
            id=ID(str(row.id)), state=row.state, minor=row.minor, name=row.name or None, age_text=row.age_text or None,
            seen_text=row.seen_text or None, place_text=row.place_text or None, text=row.text, phone=row.phone,
            picture_url=picture_url(row) if row.state == e.BulletinState.PUBLISHED else None,
            published_at=row.published_at, expires_at=row.expires_at, **inside,
        )  # fmt: skip


def picture_url(row: models.Bulletin) -> str | None:
    return f"/open/reunion/bulletins/{row.id}/picture" if row.public_file else None


@strawberry.type
class ReunionTipPicture:
    url: str
    thumbnail_url: str | None


@strawberry.type(description="What a citizen says he saw. To him it is his own; officers see his number masked.")
class ReunionTip:
    id: ID
    text: str
    place: str | None
    latitude: float | None
    longitude: float | None
    phone_masked: str | None
    pictures: list[ReunionTipPicture]
    picture_count: int
    left_at: datetime
    verdict: e.TipVerdict | None
    note: str | None
    answered_by: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, row: models.Tip, files: Sequence[StoredFile], *, whole: bool) -> ReunionTip:
        place = orjson.loads(_plain(row, "place") or "{}")
        return cls(
            id=ID(str(row.id)), text=_plain(row, "text"), place=place.get("text") or None, latitude=place.get("latitude"),
            longitude=place.get("longitude"), phone_masked=mask_phone(_plain(row, "phone")) or None,
            pictures=[
                ReunionTipPicture(url=file_url(each.id), thumbnail_url=thumbnail_url(each.id, exists=each.has_thumbnail))
                for each in files
            ],
            picture_count=row.picture_count, left_at=row.left_at, verdict=row.verdict, note=row.note or None if whole else None,
            answered_by=row.answered_by_name or None if whole else None, answered_at=row.answered_at,
        )  # fmt: skip


def _plain(row: models.Tip, name: str) -> str:
    return common.unseal("tip", name, row.id, getattr(row, f"{name}_sealed"), row.county)


@strawberry.type
class ReunionTipPayload:
    tip: ReunionTip | None
    errors: list[UserError]


@strawberry.type
class ReunionTipPhonePayload:
    phone: str | None
    errors: list[UserError]


@strawberry.type(description="A link is shown once; what stands behind its `#` is never sent to the server by a browser.")
class ReunionStatusLinkPayload:
    path: str | None
    errors: list[UserError]
