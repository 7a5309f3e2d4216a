"""A supervised person, an officer, a job, and bursts they send: on the real database with the real engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.access.participants import open_matter
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.faces import service
from backend.kernel.faces.challenges import Capture, seal_of, seal_text
from backend.kernel.faces.codes import ChallengePurpose, Gesture
from backend.kernel.faces.engine import Pixels
from backend.kernel.faces.models import FaceChallenge, FaceEnrolment
from backend.kernel.faces.outcomes import Judgement
from tests.factories import faces as made
from tests.kernel.files.people import COUNTY, Matter, matter, officer, person

FIELDS = {"mood": "GOOD", "note": "家里都好 = 100%"}
VERIFY, ENROL = ChallengePurpose.VERIFY, ChallengePurpose.ENROL


@dataclass
class Case:
    """One person in one matter."""

    matter: Matter = field(default_factory=matter)
    person: Actor = field(default_factory=person)
    officer: Actor = field(default_factory=officer)
    subject_id: UUID = field(default_factory=new_id)

    @property
    def job(self) -> Actor:
        return system_actor(COUNTY, f"33.3310.{COUNTY}")

    async def open(self) -> Case:
        async with open_scope(self.officer.scope):
            await open_matter(
                self.matter.id, self.matter.county, self.matter.path, self.person.account_id, "OWNER", self.subject_id
            )
        return self

    async def challenge(self, purpose: ChallengePurpose = VERIFY, **options: Any) -> FaceChallenge:
        async with open_scope(self.person.scope):
            (fresh,) = await service.new_challenges(self.person, self.matter, self.subject_id, purpose, **options)
        return fresh

    async def take(
        self, capture: Capture, *, fields: dict[str, str] | None = None, actor: Actor | None = None, **options: Any
    ) -> service.Taken:
        who = actor or self.person
        async with open_scope(who.scope):
            return await service.take_challenge(
                who, self.matter, self.subject_id, capture, FIELDS if fields is None else fields, **options
            )

    async def used(self, purpose: ChallengePurpose = VERIFY) -> FaceChallenge:
        challenge = await self.challenge(purpose)
        return (await self.take(captured(challenge, b"any"), purpose=purpose)).challenge

    async def judge(self, picture: bytes, challenge: FaceChallenge | None = None, **changes: Any) -> Judgement:
        """As the worker does."""
        asked = challenge or await self.used()
        sheet: dict[str, Any] = {"columns": made.COLUMNS, "count": 14, "frame_times_ms": made.times(14), **changes}
        async with open_scope(self.job.scope):
            row = await FaceChallenge.get(id=asked.id)
            return await service.judge(self.matter, self.subject_id, row, picture, **sheet)

    async def enrol(self, picture: Pixels, *, accept: bool = True, seed: int = 7) -> FaceEnrolment:
        enrolment = await self.proposed()
        challenge = await self.used(ENROL)
        judged = await self.read(enrolment, challenge, sheet_for(challenge, picture, seed=seed))
        assert judged.outcome == "MATCH", judged.problem
        async with open_scope(self.officer.scope):
            return await service.confirm_enrolment(self.officer, enrolment, accept=accept)

    async def proposed(self) -> FaceEnrolment:
        async with open_scope(self.person.scope):
            return await service.propose_enrolment(
                self.person, self.matter, self.subject_id, consent_version="face-1"
            )

    async def read(self, enrolment: FaceEnrolment, challenge: FaceChallenge, sheet: bytes) -> Judgement:
        async with open_scope(self.job.scope):
            row = await FaceChallenge.get(id=challenge.id)
            return await service.read_enrolment(enrolment, row, sheet, made.COLUMNS, 14, made.times(14))

    async def enrolment(self, enrolment: FaceEnrolment) -> FaceEnrolment:
        async with open_scope(self.officer.scope):
            return await FaceEnrolment.get(id=enrolment.id)


def gestures_of(challenge: FaceChallenge) -> list[Gesture]:
    return [Gesture(name) for name in challenge.gestures]


def frames_for(challenge: FaceChallenge, picture: Pixels, *, seed: int = 1) -> list[Pixels]:
    return made.burst(picture, gestures_of(challenge), seed=seed)


def sheet_for(challenge: FaceChallenge, picture: Pixels, *, seed: int = 1) -> bytes:
    return made.contact_sheet(frames_for(challenge, picture, seed=seed))


def captured(
    challenge: FaceChallenge,
    picture: bytes,
    *,
    fields: dict[str, str] | None = None,
    phone_ahead: timedelta = timedelta(),
    after: timedelta = timedelta(),
    times: Sequence[int] = (0, 450, 900),
) -> Capture:
    """What a phone sends whose clock is `phone_ahead` of ours, `after` this long with the challenge."""
    received: datetime = challenge.issued_at + phone_ahead
    draft = Capture(
        str(challenge.id), 3, len(times), list(times), received + after, received, made.sha256(picture), ""
    )
    seal = seal_of(challenge.seal_key, seal_text(challenge.nonce, draft, FIELDS if fields is None else fields))
    return Capture(**{**draft.__dict__, "seal": seal})


def soon(**by: float) -> datetime:
    return clock.now() + timedelta(**by)
