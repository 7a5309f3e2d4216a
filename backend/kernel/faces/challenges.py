"""Challenges: issued ahead, answered once, sealed by the phone. Every function runs in the caller's transaction.

The seal binds what the phone captured, where and when it says it was, and the answers given with it, to one challenge.
It keeps a sheet from being sent under another challenge and a waiting entry of the outbox from being changed on its
way. It does not prove the phone's clock or the camera: the phone knows the key.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.errors import Refusal, not_found
from backend.kernel.faces.codes import GESTURES_ASKED, MOST_FRAMES, TURNS, ChallengePurpose, Gesture
from backend.kernel.faces.models import FaceChallenge
from backend.settings import settings

#: Challenges of one person that wait to be used: a phone keeps some for days without network.
MOST_UNUSED: Final = 6


@dataclass(frozen=True)
class Capture:
    """What the phone says about a burst.

    Attributes:
        columns, count: grid of the contact sheet, and frames in it.
        frame_times_ms: of each frame, since any instant of the phone's choice.
        captured_at: phone's clock at the last frame.
        challenge_received_at: phone's clock when the challenge arrived; with the time of issue it gives the skew.
        picture_sha256: of the sheet's bytes as the phone sent them, lower-case hex.
        seal: HMAC-SHA256 of `seal_text`, lower-case hex.
    """

    challenge_id: str
    columns: int
    count: int
    frame_times_ms: list[int]
    captured_at: datetime
    challenge_received_at: datetime
    picture_sha256: str
    seal: str


@dataclass(frozen=True)
class Taken:
    """A challenge that is used now. `captured_at` is by our clock; the phone's was `skew_seconds` ahead of it."""

    challenge: FaceChallenge
    captured_at: datetime
    skew_seconds: float


async def new_challenges(
    actor: Actor,
    matter: TenantModel,
    subject_id: UUID,
    purpose: ChallengePurpose,
    *,
    count: int = 1,
    offline: bool = False,
) -> list[FaceChallenge]:
    """Fresh challenges; the oldest unused ones beyond MOST_UNUSED end now.

    Raises:
        Refusal: `INVALID` on `count`.
    """
    if not 1 <= count <= MOST_UNUSED:
        raise Refusal("INVALID", "count", least=1, most=MOST_UNUSED)
    await _one_at_a_time(subject_id)
    now = clock.now()
    ends = now + (
        timedelta(hours=settings().face_offline_hours)
        if offline
        else timedelta(minutes=settings().face_online_minutes)
    )
    await _end_oldest(matter, subject_id, now, keep=MOST_UNUSED - count)
    return [
        await FaceChallenge.create(
            **place_of(matter), matter_id=matter.id, subject_id=subject_id, account_id=actor.account_id,
            purpose=purpose, gestures=draw_gestures(gestures_drawn_from()), nonce=secrets.token_hex(32),
            seal_key=secrets.token_urlsafe(32), offline=offline, issued_at=now, expires_at=ends,
        )
        for _ in range(count)
    ]  # fmt: skip


def gestures_drawn_from() -> list[Gesture]:
    """The setting. Raises ValueError for an unknown gesture."""
    return [Gesture(name.strip()) for name in settings().face_gestures.split(",") if name.strip()]


def draw_gestures(pool: Sequence[Gesture]) -> list[Gesture]:
    """Three distinct gestures in random order, a turn among them.

    Raises:
        ValueError: the pool has fewer than three, or no turn.
    """
    distinct = sorted(set(pool))
    if len(distinct) < GESTURES_ASKED or not TURNS & set(distinct):
        raise ValueError("a challenge takes three distinct gestures and one of them a turn")
    while True:
        drawn = secrets.SystemRandom().sample(distinct, GESTURES_ASKED)
        if TURNS & set(drawn):
            return drawn


async def take_challenge(
    actor: Actor,
    matter: TenantModel,
    subject_id: UUID,
    capture: Capture,
    sealed_fields: Mapping[str, str],
    *,
    purpose: ChallengePurpose = ChallengePurpose.VERIFY,
) -> Taken:
    """Use a challenge up for this capture.

    The caller compares `capture.picture_sha256` with what the upload was announced with, and writes the audit event.

    Args:
        sealed_fields: what else the phone sealed, by name.
        purpose: what the challenge must have been issued for.

    Raises:
        Refusal: `NOT_FOUND` on `challengeId` for anything but the actor's own of this person, matter and purpose;
            `CHALLENGE_USED`, `CHALLENGE_EXPIRED`, `SEAL_BROKEN`; and as `check_capture`.
    """
    challenge = await _locked(actor, matter, subject_id, capture.challenge_id)
    if challenge.purpose != purpose:
        raise not_found("challengeId")
    if challenge.used_at is not None:
        raise Refusal("CHALLENGE_USED", "challengeId")
    check_capture(capture)
    expected = seal_of(challenge.seal_key, seal_text(challenge.nonce, capture, sealed_fields))
    if not hmac.compare_digest(expected.encode(), capture.seal.lower().encode(errors="replace")):
        raise Refusal("SEAL_BROKEN", "seal")
    captured_at, skew = corrected_time(challenge.issued_at, clock.now(), capture)
    if captured_at > challenge.expires_at:
        raise Refusal("CHALLENGE_EXPIRED", "challengeId")
    challenge.used_at = clock.now()
    await challenge.save(update_fields=["used_at"])
    return Taken(challenge, captured_at, skew)


def check_capture(capture: Capture) -> None:
    """Raises `BAD_SHEET` for numbers no contact sheet has, `INVALID` for instants no phone's clock shows."""
    if not 1 <= capture.columns <= capture.count <= MOST_FRAMES or len(capture.frame_times_ms) != capture.count:
        raise Refusal("BAD_SHEET", "count")
    for name, moment in (
        ("capturedAt", capture.captured_at),
        ("challengeReceivedAt", capture.challenge_received_at),
    ):
        if moment.tzinfo is None or not 1970 <= moment.year <= 2200:
            raise Refusal("INVALID", name)


def seal_text(nonce: str, capture: Capture, sealed_fields: Mapping[str, str]) -> str:
    """The canonical text of a capture, which the phone and we compute alike.

    Lines joined by a line feed, without one at the end: nonce; captured_at as JavaScript's `Date.toISOString` writes it
    (UTC, three digits of milliseconds, `Z`); picture_sha256; count in decimal; then one line `key=value` for each
    sealed field in ascending order of the keys, which are ASCII and hold no `=`.

    Raises:
        Refusal: `SEAL_BROKEN` for a value with a line end: it could imitate another field.
    """
    if any("\n" in value for value in sealed_fields.values()):
        raise Refusal("SEAL_BROKEN", "seal")
    lines = [nonce, _iso(capture.captured_at), capture.picture_sha256, str(capture.count)]
    return "\n".join([*lines, *(f"{key}={sealed_fields[key]}" for key in sorted(sealed_fields))])


def seal_of(seal_key: str, text: str) -> str:
    """Hex HMAC-SHA256 of the UTF-8 text under the key's bytes; the key is given in base64url."""
    key = urlsafe_b64decode(seal_key + "=" * (-len(seal_key) % 4))
    return hmac.new(key, text.encode(errors="replace"), sha256).hexdigest()


def corrected_time(issued_at: datetime, now: datetime, capture: Capture) -> tuple[datetime, float]:
    """When it was by our clock, between issue and now; and by how many seconds the phone's clock was ahead."""
    skew = capture.challenge_received_at - issued_at
    return min(max(capture.captured_at - skew, issued_at), now), skew.total_seconds()


def _iso(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


async def _one_at_a_time(subject_id: UUID) -> None:
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"face_challenge:{subject_id}")


async def _end_oldest(matter: TenantModel, subject_id: UUID, now: datetime, *, keep: int) -> None:
    """End the unused challenges but the `keep` newest, by making them expire."""
    waiting = FaceChallenge.filter(
        matter_id=matter.id, subject_id=subject_id, used_at__isnull=True, expires_at__gt=now
    )
    for challenge in await waiting.order_by("-issued_at", "-id").offset(keep):
        # An end is after its beginning, also when both fall into one instant.
        challenge.expires_at = max(now, challenge.issued_at + timedelta(microseconds=1))
        await challenge.save(update_fields=["expires_at"])


async def _locked(actor: Actor, matter: TenantModel, subject_id: UUID, challenge_id: str) -> FaceChallenge:
    try:
        wanted = UUID(challenge_id)
    except ValueError:
        raise not_found("challengeId") from None
    challenge = await FaceChallenge.filter(
        id=wanted, matter_id=matter.id, subject_id=subject_id, account_id=actor.account_id
    ).select_for_update().first()  # fmt: skip
    if challenge is None:
        raise not_found("challengeId")
    return challenge
