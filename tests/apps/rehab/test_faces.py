"""Check-ins with a face, from consent to a human's decision, with the real engine and pictures that packages ship."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.kernel import clock
from backend.kernel.faces import service
from backend.settings import settings
from tests.factories import faces
from tests.factories.captures import capture, challenge, check_in_fields
from tests.factories.city import City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.supervision import POLICE, WORKER, act, look, started, step, whose
from tests.kernel.files.sending import upload

CHECK_INS = "checkIns(first: 1) { id state mode outcome problem score attempts portraitUrl enrolledUrl capturedAt sentAnyway }"


async def enrolled(city: City, **fields: Any) -> dict[str, Any]:
    """A supervised person whose face was enrolled and confirmed by a human."""
    case = await started(city, **fields)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await step(person, "consentToFace", case, consentVersion="2026-11", agreed=True)
    row = (await look(person, case, "enrolment { id state }"))["enrolment"]
    asked = await challenge(person, case, enrol=True)
    await step(person, "enrolFace", case, capture=await capture(person, asked, {"enrolment": row["id"]}))
    await city.work()
    row = (await look(worker, case, "enrolment { id state problem portraitUrl }"))["enrolment"]
    assert row["problem"] is None
    assert (await worker.client.get(row["portraitUrl"])).status_code == 200
    await step(worker, "confirmFace", case, enrolmentId=row["id"], accept=True)
    return case


async def demanded(city: City, case: dict[str, Any]) -> str:
    """An open check-in task of the person's."""
    worker, person = await city.sign_in(WORKER), await whose(city, case)
    found = await person.ask("{ myRehabTasks(filter: {kinds: [CHECK_IN]}) { edges { node { id } } } }")
    if not found["myRehabTasks"]["edges"]:
        await step(worker, "demandCheckIn", case, reason="请今天报到", hours=4)
        await city.work()
        found = await person.ask("{ myRehabTasks(filter: {kinds: [CHECK_IN]}) { edges { node { id } } } }")
    return str(found["myRehabTasks"]["edges"][0]["node"]["id"])


async def checked_in(
    city: City, person: Person, case: dict[str, Any], *, ahead: bool = False, later: timedelta = timedelta(), **made: Any
) -> dict[str, Any]:
    """A check-in with a face, judged; with `later` it is sent that long after it was made."""
    task = await demanded(city, case)
    asked = await challenge(person, case, ahead=ahead)
    made.setdefault("at", clock.now())
    taken = await capture(person, asked, check_in_fields(task), **made)
    if later:
        await clock_forward(later)
    await act(person, "submitCheckIn", taskId=task, mode="OFFLINE" if ahead else "ONLINE",
              capturedAt=taken["capturedAt"], capture=taken)  # fmt: skip
    await city.work()
    return await newest(city, case)


async def clock_forward(by: timedelta) -> None:
    from backend.kernel.jobs.queue import valkey

    await clock.move(valkey(), by)


async def newest(city: City, case: dict[str, Any]) -> dict[str, Any]:
    return dict((await look(await city.sign_in(WORKER), case, CHECK_INS))["checkIns"][0])


async def test_a_live_face_at_home_is_taken_at_once(city: City) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    found = await checked_in(city, person, case)
    assert (found["state"], found["outcome"], found["mode"]) == ("ACCEPTED", "MATCH", "ONLINE")
    assert found["score"] > 0.4
    mine = (await look(person, case, "checkIns(first: 1) { state outcome score }"))["checkIns"][0]
    assert mine == {"state": "ACCEPTED", "outcome": None, "score": None}


async def test_another_face_is_the_persons_choice_and_then_a_humans_decision(city: City) -> None:
    case = await enrolled(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    found = await checked_in(city, person, case, picture=faces.basketball_player())
    assert (found["state"], found["outcome"]) == ("RETAKE", "MISMATCH")
    score_before = (await look(person, case, "score { score }"))["score"]
    asked = await challenge(person, case)
    again = await capture(person, asked, {"checkIn": found["id"]}, picture=faces.basketball_player())
    await act(person, "retakeCheckIn", checkInId=found["id"], capture=again)
    await city.work()
    assert (await newest(city, case))["attempts"] == 2
    await act(person, "sendCheckInAnyway", checkInId=found["id"], note="刚做过手术,脸肿")
    await city.work()
    queue = await worker.ask("{ rehabReviewQueue { edges { node { id portraitUrl enrolledUrl sentAnyway answers } } } }")
    (waiting,) = [e["node"] for e in queue["rehabReviewQueue"]["edges"] if e["node"]["id"] == found["id"]]
    assert waiting["sentAnyway"]
    assert "刚做过手术,脸肿" in waiting["answers"]
    for url in (waiting["portraitUrl"], waiting["enrolledUrl"]):
        assert (await worker.client.get(url)).headers["content-type"] == "image/jpeg"
    await act(worker, "reviewCheckIn", checkInId=found["id"], accept=True, note="视频核实,本人")
    seen = await look(person, case, "score { score } band looks { what who } checkIns(first: 1) { state }")
    assert seen["checkIns"][0]["state"] == "ACCEPTED"
    assert (seen["score"], seen["band"]) == (score_before, "B")
    assert "PICTURE" in [each["what"] for each in seen["looks"]]


async def test_not_accepted_means_once_more_and_costs_nothing(city: City) -> None:
    case = await enrolled(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    found = await checked_in(city, person, case, picture=faces.basketball_player())
    await act(person, "sendCheckInAnyway", checkInId=found["id"])
    await act(worker, "reviewCheckIn", checkInId=found["id"], accept=False, note="不像本人,请再拍一次")
    again = await checked_in(city, person, case)
    assert again["state"] == "ACCEPTED"
    assert (await look(person, case, "score { score }"))["score"] == {"score": 60.0}


async def test_offline_it_counts_from_when_it_was_made_whatever_the_phones_clock_says(city: City) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    before = clock.now()
    found = await checked_in(city, person, case, ahead=True, later=timedelta(hours=6), skew=timedelta(days=400))
    assert (found["state"], found["mode"], found["outcome"]) == ("ACCEPTED", "OFFLINE", "MATCH")
    assert abs(datetime.fromisoformat(found["capturedAt"]) - before) < timedelta(minutes=1)


async def test_a_still_picture_a_replay_and_a_broken_seal_are_refused(city: City) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    found = await checked_in(city, person, case, frames=faces.still(faces.astronaut()))
    assert (found["state"], found["outcome"]) == ("RETAKE", "NOT_LIVE")
    task_fields = {"checkIn": found["id"]}
    used = await challenge(person, case)
    taken = await capture(person, used, task_fields)
    for spoiled, code in (
        ({"seal": "0" * 64}, "SEAL_BROKEN"),
        ({"pictureSha256": "0" * 64}, "SEAL_BROKEN"),
        ({"capturedAt": (clock.now() + timedelta(seconds=5)).isoformat()}, "SEAL_BROKEN"),
        ({"count": 0}, "BAD_SHEET"),
        ({"challengeId": found["id"]}, "NOT_FOUND"),
    ):
        with pytest.raises(Refused) as refused:
            await act(person, "retakeCheckIn", checkInId=found["id"], capture={**taken, **spoiled})
        assert refused.value.codes == [code]
    await act(person, "retakeCheckIn", checkInId=found["id"], capture=taken)
    await city.work()
    assert (await newest(city, case))["state"] == "ACCEPTED"
    other = await demanded(city, case)
    with pytest.raises(Refused) as refused:
        fresh = await capture(person, used, check_in_fields(other))
        await act(person, "submitCheckIn", taskId=other, mode="ONLINE", capturedAt=fresh["capturedAt"], capture=fresh)
    assert refused.value.codes == ["CHALLENGE_USED"]


async def test_an_expired_challenge_is_refused(city: City) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    task = await demanded(city, case)
    asked = await challenge(person, case)
    await clock_forward(timedelta(minutes=10))
    late = await capture(person, asked, check_in_fields(task))
    with pytest.raises(Refused) as refused:
        await act(person, "submitCheckIn", taskId=task, mode="ONLINE", capturedAt=late["capturedAt"], capture=late)
    assert refused.value.codes == ["CHALLENGE_EXPIRED"]


async def test_withdrawn_consent_deletes_templates_and_leaves_a_way_without_a_face(city: City, database: Any) -> None:
    case = await enrolled(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    portrait = (await look(worker, case, "enrolment { portraitUrl }"))["enrolment"]["portraitUrl"]
    async with open_ledger(database.admin_dsn) as ledger:
        count = "select count(*) from face_template where matter_id = $1"
        assert await ledger.fetchval(count, case["id"]) >= 3
        vectors = await ledger.fetch("select vector from face_template where matter_id = $1", case["id"])
        assert all(row["vector"].startswith("v1:") for row in vectors)
        await person.ask("mutation($id: ID!) { withdrawFace(id: $id) { errors { code } } }", id=case["id"])
        assert await ledger.fetchval(count, case["id"]) == 0
    # The job says that nothing keeps the pictures any more, the next sweep erases them.
    await city.work()
    await city.work()
    assert (await worker.client.get(portrait)).status_code == 404
    task = await demanded(city, case)
    await act(person, "submitCheckIn", taskId=task, mode="NO_FACE", capturedAt=clock.now().isoformat(),
              noFaceReason="NO_CONSENT")  # fmt: skip
    await city.work()
    assert (await newest(city, case))["state"] == "IN_REVIEW"


async def test_without_models_the_product_runs_and_check_ins_wait_for_a_human(
    city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    monkeypatch.setenv("FACE_MODEL_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        ready = await city.client().get("/readyz")
        assert (ready.status_code, ready.json()["faces"]) == (200, "missing")
        found = await checked_in(city, person, case)
        assert (found["state"], found["outcome"]) == ("IN_REVIEW", "ENGINE_MISSING")
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def test_a_worker_killed_while_it_looks_loses_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    real = service.judge
    calls = []

    async def killed(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError("killed")
        return await real(*given)

    monkeypatch.setattr(service, "judge", killed)
    found = await checked_in(city, person, case)
    assert found["state"] == "CHECKING"
    await city.pass_time(seconds=30)
    assert (await newest(city, case))["state"] == "ACCEPTED"
    assert len(calls) == 2


async def test_pictures_are_kept_by_outcome_and_then_erased(city: City) -> None:
    case = await enrolled(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    found = await checked_in(city, person, case)
    assert (await worker.client.get(found["portraitUrl"])).status_code == 200
    await city.pass_time(days=8)
    city.people.clear()
    worker = await city.sign_in(WORKER)
    assert (await worker.client.get(found["portraitUrl"])).status_code == 404


async def test_a_video_and_a_huge_picture_never_become_a_capture(city: City) -> None:
    case = await enrolled(city)
    person = await whose(city, case)
    video = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 4000
    with pytest.raises(AssertionError, match="TYPE"):
        await upload(person.client, video, purpose="face", name="burst.jpg")


async def test_the_police_link_may_confirm_but_only_the_person_captures(city: City) -> None:
    case = await enrolled(city)
    police = await city.sign_in(POLICE)
    answer = await police.client.post("/graphql", json={
        "query": "mutation($input: ChallengesInput!) { rehabChallenges(input: $input) { challenges { id } errors { code } } }",
        "variables": {"input": {"id": case["id"]}},
    })  # fmt: skip
    assert answer.json()["data"]["rehabChallenges"]["errors"][0]["code"] == "NOT_PERMITTED"
