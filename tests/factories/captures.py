"""A phone that answers a challenge: films the gestures, lays the frames into one picture, seals and uploads it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from backend.kernel import clock
from backend.kernel.faces import challenges
from backend.kernel.faces.codes import Gesture
from backend.kernel.faces.engine import Pixels
from tests.factories import faces
from tests.factories.city import Person
from tests.kernel.files.sending import upload

#: Two films of one seed are the same film; every capture is a new one.
_SEEDS = count(1)
CHALLENGE = "challenges { id gestures nonce sealKey offline issuedAt expiresAt }"


async def challenge(person: Person, case: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A new challenge of the person's own case; with `ahead` the last of several."""
    query = f"mutation($input: ChallengesInput!) {{ rehabChallenges(input: $input) {{ {CHALLENGE} errors {{ code }} }} }}"
    found = (await person.ask(query, input={"id": case["id"], **fields}))["rehabChallenges"]
    assert not found["errors"], found["errors"]
    return dict(found["challenges"][-1])


async def capture(
    person: Person, asked: Mapping[str, Any], sealed: Mapping[str, str], *, picture: Pixels | None = None,
    frames: list[Pixels] | None = None, at: datetime | None = None, skew: timedelta = timedelta(), sheet: bytes = b"",
    **changes: Any,
) -> dict[str, Any]:  # fmt: skip
    """A CaptureInput. `skew`: how far the phone's clock is ahead; `changes` spoils single fields."""
    if not frames:
        gestures = [Gesture(each) for each in asked["gestures"]]
        frames = faces.burst(faces.astronaut() if picture is None else picture, gestures, seed=next(_SEEDS))
    data = sheet or faces.contact_sheet(frames)
    stored = await upload(person.client, data, purpose="face", name="burst.jpg")
    digest = hashlib.sha256(data).hexdigest()
    captured, received = (at or clock.now()) + skew, datetime.fromisoformat(asked["issuedAt"]) + skew
    given = challenges.Capture(
        challenge_id=asked["id"], columns=faces.COLUMNS, count=len(frames), frame_times_ms=faces.times(len(frames)),
        captured_at=_milliseconds(captured), challenge_received_at=_milliseconds(received), picture_sha256=digest, seal="",
    )  # fmt: skip
    seal = challenges.seal_of(asked["sealKey"], challenges.seal_text(asked["nonce"], given, sealed))
    return {
        "challengeId": asked["id"], "fileId": stored["id"], "columns": given.columns, "count": given.count,
        "frameTimesMs": given.frame_times_ms, "capturedAt": given.captured_at.isoformat(),
        "challengeReceivedAt": given.challenge_received_at.isoformat(), "pictureSha256": digest, "seal": seal, **changes,
    }  # fmt: skip


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def check_in_fields(task_id: str, **fields: Any) -> dict[str, str]:
    """What a check-in seals beside its picture, as the phone writes it."""
    answers = fields.get("answers") or ""
    return {
        "task": task_id, "mood": fields.get("mood") or "", "help": "true" if fields.get("wantsHelp") else "false",
        "answers": hashlib.sha256(answers.encode()).hexdigest() if answers else "",
    }  # fmt: skip
