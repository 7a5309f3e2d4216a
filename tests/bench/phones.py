"""Supervised persons with confirmed faces and open check-ins, made for the measurement, and their phones."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import httpx

from backend.apps.rehab import seed
from backend.apps.rehab.enums import CaseKind
from backend.apps.rehab.inputs import DemandCheckInInput
from backend.apps.rehab.models import Case, CheckIn, Task
from backend.apps.rehab.service import common, duties
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import COUNTY, actor_of, play_as
from backend.kernel.faces import challenges, insightface, judging
from backend.kernel.faces.codes import Gesture
from backend.kernel.faces.models import FaceEnrolment, FaceTemplate
from backend.kernel.identity import service as identity
from backend.kernel.identity import sessions
from backend.kernel.jobs.queue import valkey
from backend.kernel.tenancy.service import county_path
from backend.settings import settings
from tests.factories import faces

GESTURES = tuple(challenges.gestures_drawn_from())
ASK = """mutation($input: ChallengesInput!) { rehabChallenges(input: $input) {
    challenges { id gestures nonce sealKey issuedAt } errors { code } } }"""
SUBMIT = "mutation($input: CheckInInput!) { submitCheckIn(input: $input) { case { id } errors { code field } } }"
CHUNK = 512 * 1024


def sheets() -> dict[tuple[str, ...], bytes]:
    """One film for each order of gestures; what is shown to one person again would be a replay, so each shows one once."""
    picture = faces.astronaut()
    return {
        tuple(order): faces.contact_sheet(faces.burst(picture, list(order))) for order in permutations(GESTURES, 3)
    }


@dataclass
class Phone:
    """One person's phone, signed in."""

    http: httpx.AsyncClient
    case: Case
    task: Task

    async def check_in(self, films: dict[tuple[str, ...], bytes]) -> float:
        """Fetch a challenge, upload, send; seconds until the server has answered the command."""
        asked = (await self._ask(ASK, {"id": str(self.case.id)}))["rehabChallenges"]["challenges"][0]
        film = films[tuple(Gesture(each) for each in asked["gestures"])]
        count = 2 + 4 * len(asked["gestures"])
        digest = hashlib.sha256(film).hexdigest()
        now = clock.now().replace(microsecond=0)
        capture = challenges.Capture(
            asked["id"], faces.COLUMNS, count, faces.times(count), now, datetime.fromisoformat(asked["issuedAt"]), digest, ""
        )
        fields = {"task": str(self.task.id), "mood": "", "help": "false", "answers": ""}
        seal = challenges.seal_of(asked["sealKey"], challenges.seal_text(asked["nonce"], capture, fields))
        started = time.perf_counter()
        file_id = await self._upload(film, digest)
        given = {
            "challengeId": asked["id"], "fileId": file_id, "columns": capture.columns, "count": count,
            "frameTimesMs": capture.frame_times_ms, "capturedAt": now.isoformat(), "challengeReceivedAt": asked["issuedAt"],
            "pictureSha256": digest, "seal": seal,
        }  # fmt: skip
        sent = {"taskId": str(self.task.id), "mode": "ONLINE", "capturedAt": now.isoformat(), "capture": given}
        errors = (await self._ask(SUBMIT, sent))["submitCheckIn"]["errors"]
        if errors:
            raise RuntimeError(str(errors))
        return time.perf_counter() - started

    async def is_judged(self) -> bool:
        """Whether a worker has looked; raises RuntimeError when it saw somebody else."""
        async with open_scope((await _system()).scope):
            row = await CheckIn.filter(task_id=self.task.id).first()
        if row is None or row.state == "CHECKING":
            return False
        if row.outcome != "MATCH":
            raise RuntimeError(f"{row.outcome} {row.problem}")
        return True

    async def _ask(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        answer = await self.http.post("/graphql", json={"query": query, "variables": {"input": given}})
        body = answer.json()
        if body.get("errors"):
            raise RuntimeError(answer.text[:300])
        data: dict[str, Any] = body["data"]
        return data

    async def _upload(self, film: bytes, digest: str) -> str:
        announced = {"name": "burst.jpg", "size": len(film), "contentType": "image/jpeg", "sha256": digest, "purpose": "face"}
        file_id = str((await self.http.post("/files", json=announced)).json()["id"])
        for offset in range(0, len(film), CHUNK):
            headers = {"Upload-Offset": str(offset)}
            await self.http.patch(f"/files/{file_id}", content=film[offset : offset + CHUNK], headers=headers)
        (await self.http.post(f"/files/{file_id}/complete")).raise_for_status()
        return file_id


async def _system() -> Any:
    return system_actor(COUNTY, await county_path(COUNTY))


async def phones(count: int) -> list[Phone]:
    """Each with a case, a confirmed enrolment and an open check-in on demand."""
    cast = {number: await actor_of(number) for number in (seed.POLICE, seed.WORKER)}
    vectors = _vectors()
    return [await _phone(cast, f"1990009{number:04}", vectors) for number in range(count)]


def _vectors() -> list[Any]:
    engine, picture = insightface.engine(), faces.portrait(faces.astronaut()).frame
    return [engine.embed(picture, engine.detect(picture)[0])]


async def _phone(cast: dict[str, Any], number: str, vectors: list[Any]) -> Phone:
    account = await identity.account_of_phone(number, "测试")
    case = await seed.supervised(cast, number, f"测试{number[-4:]}", "331024199001010016", CaseKind.COMMUNITY_TREATMENT, days_ago=5)
    async with open_scope((await _system()).scope):
        row = FaceEnrolment(
            **place_of(case), id=new_id(), matter_id=case.id, subject_id=case.subject_id, account_id=account.id, state="ACTIVE",
            consent_version="2026-11", consent_at=clock.now(), proposed_at=clock.now(), confirmed_at=clock.now(),
            renew_by=common.today() + timedelta(days=300),
        )  # fmt: skip
        await row.save(force_create=True)
        for vector in vectors:
            template_id = new_id()
            await FaceTemplate.create(
                **place_of(case), id=template_id, matter_id=case.id, enrolment_id=row.id, created_at=clock.now(),
                vector=judging.seal_vector(template_id, case.county, vector), model=insightface.engine().model,
            )  # fmt: skip
    demand = DemandCheckInInput(id=str(case.id), reason="测量用任务", hours=4)  # type: ignore[arg-type]
    await play_as(cast[seed.WORKER], duties.demand_check_in, demand)
    async with open_scope((await _system()).scope):
        task = await Task.get(case_id=case.id, source="DEMAND")
    token, _ = await sessions.start(valkey(), account.id, membership_id=None, by="code", device="bench")
    http = httpx.AsyncClient(
        base_url=settings().public_url, headers={"X-Shanzhi-Client": "bench", "Cookie": f"{sessions.COOKIE}={token}"},
        timeout=60, trust_env=False,
    )  # fmt: skip
    return Phone(http, case, task)
