"""Health, faces and personal data stay in the rows that need them: not in logs, notifications, pushes, addresses, events, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
import pytest

from backend.apps.rehab import enums as e
from backend.kernel import clock
from backend.kernel.faces.codes import FaceOutcome, FaceProblem, LivenessProblem
from backend.kernel.notifications import push
from tests.apps.rehab.test_faces import checked_in, demanded, enrolled
from tests.factories import faces, hostile
from tests.factories.captures import capture, challenge
from tests.factories.city import City, Refused
from tests.factories.ledger import open_ledger
from tests.factories.supervision import (
    CHIEF,
    CITIZEN,
    GRID,
    OFFICE,
    OFFICE_2,
    POLICE,
    WORKER,
    act,
    look,
    new_phone,
    started,
    step,
    whose,
)

NAME, ID_NUMBER, RELATIVE = "测试庚七", "331024199001010016", "测试亲属壬九"
WORDS = {
    "answers": "绝密答案:整夜睡不着", "whistle": "绝密哨声:怕他伤害自己", "closing": "绝密结果:已送医院", "excuse": "绝密理由:怀孕建档",
    "record": "绝密走访:情绪低落", "lab": "绝密质疑:吃了感冒药", "anyway": "绝密补充:刚做过化疗",
}  # fmt: skip
#: Words of the closed sets that say something about health or a face.
TELLING = {
    *e.Mood, *(set(e.TestResult) - {"REFUSED"}), *e.Excuse, *e.WhistleGround, *(set(FaceOutcome) - {"NOT_ENROLLED", "ENGINE_MISSING"}),
    *FaceProblem, *LivenessProblem,
}  # fmt: skip
#: A review has an outcome too; these are its keys in no event.
KEYS = {"mood", "answers", "wants_help", "outcome", "likeness", "vector", "latitude", "longitude", "phone", "result_text"}


@pytest.fixture
def every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything there is to log, from the first line."""
    monkeypatch.setenv("SHANZHI_LOG_LEVEL", "DEBUG")
    from backend.settings import settings

    monkeypatch.setattr(settings(), "log_level", "DEBUG")


def secrets(case: dict[str, Any]) -> tuple[str, ...]:
    return (NAME, RELATIVE, ID_NUMBER, case["phone"], case["relative"], *WORDS.values(), *(each[:4] for each in WORDS.values()))


async def whole_story(city: City) -> dict[str, Any]:
    """Faces, moods, tests, whistles, excuses, a relapse, with mistakes on the way."""
    case = await enrolled(city, name=NAME)
    case["relative"] = new_phone()
    person, worker, office = await whose(city, case), await city.sign_in(WORKER), await city.sign_in(OFFICE)
    await mistakes(city, case)
    found = await checked_in(city, person, case, picture=faces.basketball_player())
    await act(person, "sendCheckInAnyway", checkInId=found["id"], note=WORDS["anyway"])
    await city.work()
    await act(worker, "reviewCheckIn", checkInId=found["id"], accept=False, note="不像本人,请再拍一次")
    await act(person, "submitCheckIn", taskId=await demanded(city, case), mode="NO_FACE", capturedAt=clock.now().isoformat(),
              mood="STRUGGLING", wantsHelp=True, answers=WORDS["answers"], latitude=28.72, longitude=120.6, accuracy=9)  # fmt: skip
    await city.work()
    waiting = (await look(worker, case, "checkIns(first: 1) { id }"))["checkIns"][0]["id"]
    await act(worker, "reviewCheckIn", checkInId=waiting, accept=True, note="电话核实")
    await step(worker, "demandCheckIn", case, reason="请今天报到", hours=1)
    await city.pass_time(hours=2)
    await act(worker, "excuseRehabTask", taskId=await demanded(city, case), excuse="PREGNANCY", reason=WORDS["excuse"])
    await step(worker, "blowWhistle", case, ground="SELF_HARM", text=WORDS["whistle"], called=["POLICE"])
    await step(person, "inviteFamily", case, name=RELATIVE, phone=case["relative"])
    await city.work()
    police = await city.sign_in(POLICE)
    mine = "query($id: ID!) { myRehabTasks(filter: {caseId: $id, kinds: [WHISTLE]}) { edges { node { id } } } }"
    (call,) = (await police.ask(mine, id=case["id"]))["myRehabTasks"]["edges"]
    await act(police, "completeRehabTask", taskId=call["node"]["id"], text=WORDS["record"])
    whistle = (await look(worker, case, "whistles { id }"))["whistles"][0]["id"]
    await act(worker, "closeWhistle", whistleId=whistle, finding="HELPED", text=WORDS["closing"])
    await step(worker, "recordDrugTest", case, kind="URINE", result="ONSITE_POSITIVE", place="白塔镇", witness="测试民警",
               sampleA="A1", sampleB="B1")  # fmt: skip
    test = (await look(worker, case, "tests { id }"))["tests"][0]["id"]
    await act(person, "askLaboratory", testId=test, reason=WORDS["lab"])
    await act(worker, "recordLabResult", testId=test, lab="省检测中心", result="NEGATIVE")
    await act(worker, "revealCaseContact", show="phone idNumber", id=case["id"], reason="核对联系方式")
    await look(office, case, "checkIns { mood answers } tests { result } timeline { edges { node { data } } }")
    await person.ask("mutation($id: ID!) { withdrawFace(id: $id) { errors { code } } }", id=case["id"])
    await city.pass_time(days=3)
    return case


async def mistakes(city: City, case: dict[str, Any]) -> None:
    """Refusals of all kinds: none of them repeats what was sent."""
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    told: list[Any] = []
    for who, name, fields in (
        (person, "submitCheckIn", {"taskId": case["id"], "mode": "NO_FACE", "capturedAt": "2026-01-01T00:00:00Z", "answers": WORDS["answers"]}),
        (person, "fileLeave", {"id": case["id"], "fromDay": "0001-01-01", "toDay": "0001-01-01", "place": NAME, "reason": WORDS["excuse"]}),
        (person, "inviteFamily", {"id": case["id"], "name": RELATIVE, "phone": case["phone"]}),
        (person, "inviteFamily", {"id": case["id"], "name": RELATIVE, "phone": case["relative"][:9]}),
        (worker, "blowWhistle", {"id": case["id"], "ground": "SELF_HARM", "text": WORDS["whistle"] * 300, "called": ["POLICE"]}),
        (worker, "revealCaseContact", {"id": case["id"], "reason": "查"}),
        (await city.sign_in(CITIZEN), "revealCaseContact", {"id": case["id"], "reason": WORDS["record"]}),
        (await city.sign_in(GRID), "excuseRehabTask", {"taskId": case["id"], "excuse": "PREGNANCY", "reason": WORDS["excuse"]}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await act(who, name, show="phone" if name == "revealCaseContact" else "", **fields)
        told += refused.value.errors
    given = {"kind": "VOLUNTARY", "name": NAME, "phone": case["phone"], "idNumber": ID_NUMBER, "division": "331024103279001"}
    for wrong in ({}, {"idNumber": ID_NUMBER[:-1] + "9"}, {"phone": "1990000"}):
        with pytest.raises(Refused) as refused:
            await act(await city.sign_in(POLICE), "registerRehabCase", **given | wrong)
        told += refused.value.errors
    # A variable of the wrong kind is refused before any command of ours sees it.
    query = hostile.operation("mutation", "submitCheckIn")
    for variables in ({"input": {"answers": [WORDS["answers"]]}}, {"input": {"mood": WORDS["answers"], "taskId": case["phone"]}}):
        await person.client.post("/graphql", json={"query": query, "variables": variables})
    await person.client.get(f"/files/{case['phone']}?name={NAME}")
    await person.client.get(f"/nowhere/{ID_NUMBER}")
    assert [word for word in secrets(case) if word in str(told)] == []


async def test_no_line_of_the_log_tells_who_how_he_is_or_what_he_looks_like(
    every_line: None, capsys: pytest.CaptureFixture[str], city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await whole_story(city)
    await failures(city, case, monkeypatch)
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() + captured.out.splitlines() if not line.startswith("DEV-CODE ")]
    assert any('"request"' in line for line in lines)
    assert any("job.failed" in line for line in lines)
    assert any("request.failed" in line or "graphql" in line for line in lines)
    assert [(word, line) for line in lines for word in secrets(case) if word in line] == []
    assert [line for line in lines if "v1:" in line] == [], "sealed words have no business in a log either"
    telling = [f'"{word}"' for word in TELLING]
    assert [line for line in lines if any(word in line for word in telling)] == []
    assert case["id"] not in str([line for line in lines if '"route"' in line]), "addresses are logged as patterns"


async def failures(city: City, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A command and a job that break on what they hold in their hands."""
    from backend.apps.rehab.service import common

    def breaks(*given: Any, **named: Any) -> str:
        raise ValueError(f"{NAME} {given} {named}")

    person = await whose(city, case)
    task = await demanded(city, case)
    with monkeypatch.context() as broken:
        broken.setattr(common, "seal", breaks)
        query = hostile.operation("mutation", "submitCheckIn")
        given = {"taskId": task, "mode": "NO_FACE", "capturedAt": clock.now().isoformat(), "answers": WORDS["answers"]}
        answer = await person.client.post("/graphql", json={"query": query, "variables": {"input": given}})
        assert [word for word in secrets(case) if word in answer.text] == []
        assert "INTERNAL" in answer.text
    await act(person, "submitCheckIn", **given)
    with monkeypatch.context() as broken:
        broken.setattr(common, "tell", breaks)
        await city.work()


def flat(value: Any) -> Iterator[tuple[str, Any]]:
    """(key, leaf) of every leaf of JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, None
            yield from ((key, leaf) for _, leaf in flat(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from flat(inner)
    else:
        yield "", value


async def test_events_notifications_jobs_and_keys_tell_nothing_either(city: City, database: Any) -> None:
    case = await whole_story(city)
    async with open_ledger(database.admin_dsn) as ledger:
        for what, sql in {
            "event": "select tag as name, data::text as text from event where matter_id = $1",
            "notification": "select kind as name, data::text || matter_code as text from notification where matter_id = $1",
            "job": "select name, args::text || last_error || dedupe as text from job where matter_id = $1",
            "upload": "select 'upload' as name, name || purpose as text from upload where $1::uuid is not null",
            "file": "select 'file' as name, name as text from stored_file where matter_id = $1",
            "look": "select what as name, reason || who as text from access_log where matter_id = $1",
            "key": "select command as name, key || request_hash as text from idempotency_record where $1::uuid is not null",
        }.items():
            rows = await ledger.fetch(sql, UUID(case["id"]))
            found = [(what, row["name"], word) for row in rows for word in secrets(case) if word in row["text"]]
            assert found == []
        assert await ledger.fetchval("select count(*) from event where matter_id = $1", UUID(case["id"])) > 30
        rows = await ledger.fetch(
            "select tag as name, data::text as data from event where matter_id = $1 union all "
            "select kind, data::text from notification where matter_id = $1", UUID(case["id"]),
        )  # fmt: skip
    told = [(row["name"], key, leaf) for row in rows for key, leaf in flat(orjson.loads(row["data"]))]
    assert [each for each in told if each[1] in KEYS] == []
    assert [each for each in told if each[1] != "mode" and str(each[2]) in TELLING] == []
    assert {name for name, key, _ in told if key == "score"} <= {"rehab:band:decided", "rehab:band:declined"}


async def test_what_was_wrong_with_a_picture_is_in_no_event_and_no_notification(city: City, database: Any) -> None:
    case = await started(city)
    person = await whose(city, case)
    await step(person, "consentToFace", case, consentVersion="2026-11", agreed=True)
    row = (await look(person, case, "enrolment { id }"))["enrolment"]
    asked = await challenge(person, case, enrol=True)
    still = await capture(person, asked, {"enrolment": row["id"]}, frames=faces.still(faces.astronaut()))
    await step(person, "enrolFace", case, capture=still)
    await city.work()
    assert (await look(person, case, "enrolment { problem }"))["enrolment"]["problem"] in {*LivenessProblem, *FaceProblem}
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch(
            "select tag as name, data::text as text from event where matter_id = $1 union all "
            "select kind, data::text from notification where matter_id = $1", UUID(case["id"]),
        )  # fmt: skip
    found = [(row["name"], word) for row in rows for word in {*LivenessProblem, *FaceProblem} if f'"{word}"' in row["text"]]
    assert found == []


async def test_a_push_carries_a_kind_and_a_code_that_say_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    payloads: list[dict[str, Any]] = []

    async def delivered(_: str, payload: str) -> None:
        payloads.append(orjson.loads(payload))

    monkeypatch.setattr(push, "_deliver", delivered)
    case = await whole_story(city)
    mine = [each for each in payloads if each["matter"] == case["id"]]
    assert len(mine) > 20
    assert {tuple(sorted(each)) for each in mine} == {("code", "kind", "matter")}
    assert {each["code"] for each in mine} == {case["code"]}
    assert [word for word in (*secrets(case), *TELLING) if word in str(mine)] == []


async def test_addresses_and_codes_are_made_of_ids_only(city: City) -> None:
    case = await enrolled(city, name=NAME)
    worker = await city.sign_in(WORKER)
    seen = await look(worker, case, "enrolment { portraitUrl } papers { pdfUrl docxUrl } links { phone }")
    urls = [seen["enrolment"]["portraitUrl"], *[paper[kind] for paper in seen["papers"] for kind in ("pdfUrl", "docxUrl")]]
    for url in urls:
        assert url.startswith(("/files/", "/papers/"))
        assert UUID(url.split("/")[2].split(".")[0])
    assert case["code"].count("-") == 2
    for word in ("rehab", "drug", "jiedu", case["phone"][-4:], "DU", "XD"):
        assert word not in case["code"].split("-")[0]
    for phone in (CHIEF, OFFICE_2):
        assert case["phone"] not in str(await look(await city.sign_in(phone), case, "phoneMasked name code"))
