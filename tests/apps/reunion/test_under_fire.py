"""Commands and jobs of reunion twice, out of order, two at once, killed in the middle, too late."""

from __future__ import annotations

import asyncio
import contextvars
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.apps.reunion.service import common, gallery, pairs, searches
from backend.kernel.db.scope import open_scope
from backend.kernel.faces.portraits import read_portrait
from backend.kernel.files.storage import file_key, storage
from backend.kernel.jobs.runner import run_job
from backend.settings import settings
from tests.apps.rehab.test_faces import clock_forward
from tests.apps.rehab.test_under_fire import outcomes
from tests.apps.reunion import test_rights
from tests.apps.reunion.test_rights import (
    candidate,
    candidates,
    leading,
    like_three,
    pair,
    proven,
    refusal,
    rejected,
    review,
    searched_again,
    sought_search,
    told,
)
from tests.factories import faces
from tests.factories.city import City, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    EXPERT_2,
    NEXT_POLICE,
    POLICE,
    STATION,
    as_jpeg,
    found,
    look,
    missing,
    pictured,
    searched,
    step,
)
from tests.factories.supervision import act, whose
from tests.kernel.files.sending import upload

yesterdays_reviews = test_rights.yesterdays_reviews

SEARCH = {"purpose": "STRANDED_SEARCH", "legalBasis": "依据", "necessity": "快速查询无结果"}


async def requested(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pair whose search waits for the chief."""
    sought, guest = await pair(city)
    await step(await city.sign_in(STATION), "recordQuickCheck", guest, text="无结果")
    return sought, await step(await city.sign_in(POLICE), "requestFaceSearch", guest, **SEARCH)


async def state(city: City, case: dict[str, Any]) -> str:
    return str((await look(await city.sign_in(NEXT_POLICE if case["side"] == "SOUGHT" else POLICE), case))["state"])


async def count(database: Any, sql: str, case: dict[str, Any]) -> int:
    async with open_ledger(database.admin_dsn) as raw:
        return int(await raw.fetchval(sql, UUID(case["id"])))


# ------------------------------------------------------------------------------------------------- two at once


async def test_two_reviewers_at_the_same_instant_are_two_reviews(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    first, second = await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    row = await candidate(first, guest, sought)
    assert await outcomes(review(first, row), review(second, row)) == ["DONE", "DONE"]
    assert await state(city, guest) == "LEAD"
    assert await count(database, "select count(*) from event where matter_id = $1 and tag = 'reunion:candidate:lead'", guest) == 1


async def test_one_reviewer_twice_at_the_same_instant_is_one_review(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    first = await city.sign_in(EXPERT)
    row = await candidate(first, guest, sought)
    assert await outcomes(*(review(first, row) for _ in range(3))) == ["DONE", "INVOLVED_BEFORE", "INVOLVED_BEFORE"]
    assert await count(database, "select count(*) from reunion_review where case_id = $1", guest) == 1


async def test_two_decide_one_search_and_one_is_told_that_it_changed(city: City, database: Any) -> None:
    _, guest = await requested(city)
    chief = await city.sign_in(CHIEF)
    given = {"id": guest["id"], "version": (await look(chief, guest))["version"], "reason": "意见"}
    ends = await outcomes(*(act(chief, "decideFaceSearch", show="case { id }", approve=each, **given) for each in (True, False, True)))
    assert ends == ["CONFLICT", "CONFLICT", "DONE"]
    assert await count(database, "select count(*) from event where matter_id = $1 and tag in ('reunion:search:approved', 'reunion:search:refused')", guest) == 1


async def test_approve_and_withdraw_at_once_and_one_of_them_holds(city: City, database: Any) -> None:
    _, guest = await requested(city)
    chief, station = await city.sign_in(CHIEF), await city.sign_in(STATION)
    given = {"id": guest["id"], "version": (await look(chief, guest))["version"]}
    assert await outcomes(
        act(chief, "decideFaceSearch", show="case { id }", approve=True, reason="同意", **given),
        act(station, "withdrawReunionCase", show="case { id }", text="本人撤回", **given),
    ) == ["CONFLICT", "DONE"]  # fmt: skip
    await city.work()
    assert await state(city, guest) in ("WITHDRAWN", "CANDIDATES")


async def test_two_organs_at_once_are_asked_again_and_end_in_one_identity(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await leading(city, await searched(city, guest), sought)
    police, civil = await city.sign_in(POLICE), await city.sign_in(CIVIL)
    await step(police, "recordReunionProof", guest, kind="DNA", positive=True, source="省厅实验室 2026-0001")
    given = {"id": guest["id"], "version": (await look(police, guest))["version"], "text": "证据一致"}
    ends = await outcomes(*(act(each, "confirmReunionIdentity", show="case { id }", **given) for each in (police, civil, police)))
    assert ends == ["CONFLICT", "CONFLICT", "DONE"]
    for person in (police, civil):
        try:
            await step(person, "confirmReunionIdentity", guest, text="证据一致")
        except Refused as problem:
            assert problem.codes[0] in ("ALREADY_DECIDED", "WRONG_STATE")
    assert await state(city, guest) == "IDENTITY_CONFIRMED"
    assert await count(database, "select count(*) from reunion_confirmation where case_id = $1", guest) == 2


async def test_both_sides_search_each_other_and_confirm(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    sought = await sought_search(city, sought)
    guest, sought = await leading(city, guest, sought), await leading(city, sought, guest)
    guest = await proven(city, guest)
    assert (guest["state"], await state(city, sought)) == ("IDENTITY_CONFIRMED", "IDENTITY_CONFIRMED")
    police = await city.sign_in(NEXT_POLICE)
    assert await refusal(police, "recordReunionProof", sought, kind="DNA", positive=True, source="实验室") == "WRONG_STATE"


async def test_one_missing_person_is_not_two_guests(city: City) -> None:
    facts = told()
    sought, one = await pair(city, facts)
    other = await found(city, facts=facts)
    one = await leading(city, await searched(city, one), sought)
    other = await leading(city, await searched(city, other), sought)
    assert (await proven(city, one))["state"] == "IDENTITY_CONFIRMED"
    police, civil = await city.sign_in(POLICE), await city.sign_in(CIVIL)
    with pytest.raises(Refused):
        await step(police, "recordReunionProof", other, kind="DNA", positive=True, source="省厅实验室 2026-0002")
        await step(police, "confirmReunionIdentity", other, text="证据一致")
        await step(civil, "confirmReunionIdentity", other, text="证据一致")


async def test_a_withdrawn_report_is_no_candidate_any_more(city: City) -> None:
    sought, guest = await pair(city)
    guest = await leading(city, await searched(city, guest), sought)
    await step(await city.sign_in(NEXT_POLICE), "withdrawReunionCase", sought, text="家属撤回")
    await city.pass_time(minutes=2)
    police = await city.sign_in(POLICE)
    rows = [each["state"] for each in await candidates(police, guest) if each["otherCode"] == sought["code"]]
    assert rows in ([], ["DISMISSED"])


# ------------------------------------------------------------------------------------------ twice, out of order


async def test_a_command_sent_again_with_its_key_is_done_once(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    station, police = await city.sign_in(STATION), await city.sign_in(POLICE)
    one = {"id": guest["id"], "version": (await look(station, guest))["version"], "text": "无结果"}
    for _ in range(2):
        await act(station, "recordQuickCheck", key="quick-check-of-a-guest", show="case { id state }", **one)
    two = {"id": guest["id"], "version": (await look(police, guest))["version"], **SEARCH}
    answers = [await act(police, "requestFaceSearch", key="search-of-a-guest", show="case { state }", **two) for _ in range(2)]
    assert answers[0] == answers[1]
    assert await count(database, "select count(*) from face_search where matter_id = $1", guest) == 1
    await step(await city.sign_in(CHIEF), "decideFaceSearch", guest, approve=True, reason="同意")
    await city.work()
    expert = await city.sign_in(EXPERT)
    row = await candidate(expert, guest, sought)
    given = {"candidateId": row["id"], "verdict": "SAME", "alike": "眉眼"}
    for _ in range(2):
        await act(expert, "reviewCandidate", key="review-of-a-guest", show="case { id }", **given)
    with pytest.raises(Refused) as refused:
        await act(expert, "reviewCandidate", key="review-of-a-guest", show="case { id }", **{**given, "verdict": "DIFFERENT", "unlike": "耳朵"})
    assert refused.value.codes != ["INTERNAL"]
    assert await count(database, "select count(*) from reunion_review where case_id = $1", guest) == 1


async def test_steps_out_of_order_are_refused(city: City) -> None:
    _, guest = await pair(city)
    people = {phone: await city.sign_in(phone) for phone in (STATION, POLICE, CHIEF, CIVIL)}
    for phone, command, fields in (
        (STATION, "recordReunionBasis", {"basis": "STATUTORY_DUTY", "text": "依救助管理职责查询身份信息"}), (POLICE, "requestFaceSearch", SEARCH),
        (CHIEF, "decideFaceSearch", {"approve": True, "reason": "同意"}), (POLICE, "askReunionVerification", {"text": "请核实"}),
        (POLICE, "recordReunionProof", {"kind": "DNA", "positive": True, "source": "实验室"}), (CIVIL, "confirmReunionIdentity", {"text": "证据一致"}),
        (STATION, "arrangeReturn", {"plan": "来接", "wish": "愿意"}), (STATION, "handOver", {"receiver": "某", "idCheck": "已核", "place": "站内"}),
        (CIVIL, "recordFollowUp", {"text": "情况好"}), (CIVIL, "placePerson", {"text": "同意落户"}), (CIVIL, "closeReunionCase", {"text": "结束"}),
    ):  # fmt: skip
        assert await refusal(people[phone], command, guest, **fields) == "WRONG_STATE", command
    await step(people[STATION], "withdrawReunionCase", guest, text="本人撤回")
    for command in ("withdrawReunionCase", "recordQuickCheck", "refuseContact"):
        assert await refusal(people[STATION], command, guest, text="再来一次") == "WRONG_STATE", command


async def test_a_case_does_not_close_before_anybody_looked_how_he_fares(city: City) -> None:
    sought, guest = await pair(city)
    guest = await proven(city, await leading(city, await searched(city, guest), sought))
    station = await city.sign_in(STATION)
    await step(station, "arrangeReturn", guest, plan="家属来接", wish="愿意")
    await step(station, "handOver", guest, receiver="家属", idCheck="已核对", place="站内")
    await refusal(await city.sign_in(CIVIL), "closeReunionCase", guest, text="完成")


async def disproved(city: City) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The best of three was a lead that DNA disproved after the approval had ended; the others were never decided."""
    reports, guest = await like_three(city)
    guest = await leading(city, await searched(city, guest), reports[2])
    async with open_ledger(settings().database_admin_url) as ledger:
        await ledger.execute("update face_search set state = 'DONE' where matter_id = $1", UUID(guest["id"]))
    police = await city.sign_in(POLICE)
    guest = await step(police, "recordReunionProof", guest, kind="DNA", positive=False, source="省厅实验室 2026-0009")
    assert guest["state"] == "NO_MATCH"
    return guest, reports


async def test_what_is_left_of_an_old_search_does_not_end_a_new_one(city: City) -> None:
    guest, _ = await disproved(city)
    await searched_again(city, guest)
    experts = [await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)]
    rows = await candidates(experts[0], guest)
    newest = rows[0]["searchId"]
    for row in [each for each in rows if each["searchId"] != newest and each["state"] == "OPEN"]:
        for expert in experts:
            try:
                await review(expert, row, "DIFFERENT")
            except Refused as problem:
                assert problem.codes[0] in ("NOT_FOUND", "WRONG_STATE")
    open_ones = [each for each in await candidates(await city.sign_in(POLICE), guest) if each["searchId"] == newest and each["state"] == "OPEN"]
    assert open_ones
    assert await state(city, guest) == "CANDIDATES"


async def test_a_case_with_a_disproved_lead_can_be_forgotten(city: City, database: Any) -> None:
    guest, _ = await disproved(city)
    await step(await city.sign_in(STATION), "withdrawReunionCase", guest, text="本人撤回")
    await city.work()
    assert await count(database, "select count(*) from event where matter_id = $1 and tag = 'reunion:case:forgotten'", guest) == 1


async def test_an_approval_that_was_not_used_in_its_time_ends(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, guest = await requested(city)
    await clock_forward_days(31)
    chief = await city.sign_in(CHIEF)
    assert await refusal(chief, "decideFaceSearch", guest, approve=True, reason="同意") in ("EXPIRED", "WRONG_STATE")
    await city.work()
    await city.pass_time(minutes=2)
    assert await state(city, guest) == "QUICK_CHECK"
    guest = await step(await city.sign_in(POLICE), "requestFaceSearch", guest, **SEARCH)

    async def nothing(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(searches, "_probes", nothing)
        await step(chief, "decideFaceSearch", guest, approve=True, reason="同意")
        await city.work()
    assert await state(city, guest) == "SEARCH_APPROVED"
    await clock_forward_days(31)
    await city.work()
    await city.pass_time(minutes=2)
    assert await state(city, guest) == "QUICK_CHECK", "run too late, it does not look any more"
    assert await count(database, "select count(*) from reunion_candidate where case_id = $1", guest) == 0


def at_the_same_time(work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """`work` as another process does it: beside the transaction of whoever calls this."""
    outside = contextvars.copy_context()

    async def run() -> Any:
        async def alone() -> Any:
            return await work()

        return await asyncio.create_task(alone(), context=outside)

    return run


async def clock_forward_days(days: int) -> None:
    from datetime import timedelta

    await clock_forward(timedelta(days=days))


# ------------------------------------------------------------------------------------------ killed in the middle


async def test_a_search_killed_between_looking_and_listing_looks_again(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sought, guest = await requested(city)

    async def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as crash:
        crash.setattr(searches, "_hand_over", dies)
        await step(await city.sign_in(CHIEF), "decideFaceSearch", guest, approve=True, reason="同意")
        await city.work()
    assert await count(database, "select count(*) from reunion_candidate where case_id = $1", guest) == 0
    assert await count(database, "select count(*) from face_search where matter_id = $1 and state = 'APPROVED'", guest) == 1
    await city.pass_time(seconds=30)
    assert await state(city, guest) == "CANDIDATES"
    rows = await candidates(await city.sign_in(EXPERT), guest)
    assert [each["otherCode"] for each in rows] == [sought["code"]]


async def test_a_case_withdrawn_before_its_search_ran_is_not_compared(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, guest = await requested(city)
    await step(await city.sign_in(CHIEF), "decideFaceSearch", guest, approve=True, reason="同意")
    await step(await city.sign_in(STATION), "withdrawReunionCase", guest, text="本人撤回")
    await city.pass_time(minutes=2)
    assert await state(city, guest) == "WITHDRAWN"
    assert await count(database, "select count(*) from reunion_candidate where case_id = $1", guest) == 0
    assert await count(database, "select count(*) from face_search where matter_id = $1 and state = 'DONE'", guest) == 0


async def test_a_report_withdrawn_while_it_is_looked_for_is_not_listed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    sought, guest = await requested(city)
    plain, police = searches._probes, await city.sign_in(NEXT_POLICE)
    withdraw = at_the_same_time(lambda: step(police, "withdrawReunionCase", sought, text="家属撤回"))

    async def meanwhile(case: Any) -> Any:
        if str(case.id) == guest["id"]:
            await withdraw()
        return await plain(case)

    monkeypatch.setattr(searches, "_probes", meanwhile)
    await step(await city.sign_in(CHIEF), "decideFaceSearch", guest, approve=True, reason="同意")
    await city.work()
    assert await state(city, guest) == "NO_MATCH"


async def uploaded(city: City, officer: str, case: dict[str, Any]) -> None:
    """A photograph whose face nobody looked for yet."""
    person = await city.sign_in(officer)
    stored = await upload(person.client, as_jpeg(faces.basketball_player()), purpose="reunion", name="photo.jpg")
    await step(person, "addReunionPicture", case, fileId=stored["id"])


async def test_what_happens_while_a_picture_is_read_is_not_undone(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    _, guest = await pair(city)
    station = await city.sign_in(STATION)
    await uploaded(city, STATION, guest)
    withdraw = at_the_same_time(lambda: step(station, "withdrawReunionCase", guest, text="本人撤回"))

    async def meanwhile(data: bytes, *, patient: bool = False, embed: bool = False) -> Any:
        await withdraw()
        return await read_portrait(data, patient=patient, embed=embed)

    with monkeypatch.context() as slow:
        slow.setattr(gallery, "read_portrait", meanwhile)
        await city.work()
    assert await state(city, guest) == "WITHDRAWN"


async def test_a_picture_whose_reading_was_killed_is_read_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    _, guest = await pair(city)
    await uploaded(city, STATION, guest)

    async def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as crash:
        crash.setattr(common, "note", dies)
        await city.work()
    show = "pictures { state faces { problem } }"
    assert (await look(await city.sign_in(STATION), guest, show))["pictures"][0]["state"] == "READING"
    await city.pass_time(seconds=30)
    (picture,) = (await look(await city.sign_in(STATION), guest, show))["pictures"]
    assert (picture["state"] != "READING", len(picture["faces"])) == (True, 1)


async def two_pictures(city: City) -> tuple[dict[str, Any], list[UUID]]:
    _, guest = await pair(city)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    guest = await pictured(city, STATION, guest, faces.basketball_player(), face=0)
    seen = await look(await city.sign_in(STATION), guest, "pictures { state url }")
    assert {each["state"] for each in seen["pictures"]} == {"READY"}
    return guest, [UUID(each["url"].rsplit("/", 1)[-1]) for each in seen["pictures"]]


@pytest.mark.parametrize("what", ["missing", "corrupt"])
async def test_a_search_runs_with_the_pictures_that_are_left(city: City, what: str) -> None:
    guest, (file_id, _) = await two_pictures(city)
    await step(await city.sign_in(STATION), "recordQuickCheck", guest, text="无结果")
    await step(await city.sign_in(POLICE), "requestFaceSearch", guest, **SEARCH)
    if what == "missing":
        await storage().delete(file_key(file_id))
    else:
        await storage().put(file_key(file_id), b"\xff\xd8\xff" + b"x" * 500)
    await step(await city.sign_in(CHIEF), "decideFaceSearch", guest, approve=True, reason="同意")
    await city.work()
    assert await state(city, guest) in ("CANDIDATES", "NO_MATCH")


async def test_one_missing_object_keeps_no_face_in_or_out_of_the_gallery(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, guest = await pair(city)
    await uploaded(city, STATION, guest)
    await uploaded(city, STATION, guest)
    station = await city.sign_in(STATION)
    with monkeypatch.context() as later:
        later.setattr(gallery, "ask", lambda case: asyncio.sleep(0))
        await city.work()
        seen = (await look(station, guest, "pictures { id url }"))["pictures"]
        for each in seen:
            await act(station, "chooseReunionFace", show="case { id }", pictureId=each["id"], face=0)
    await storage().delete(file_key(UUID(seen[0]["url"].rsplit("/", 1)[-1])))
    from backend.apps.reunion.models import Case
    from tests.apps.reunion.test_rights import MACHINE

    async with open_scope(MACHINE.scope):
        await gallery.ask(await Case.get(id=guest["id"]))
    await city.work()
    assert await count(database, "select count(*) from gallery_face where matter_id = $1", guest) == 1


async def test_every_job_of_reunion_can_be_done_again(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each job first dies after its work, then is done, then is handed over once more."""
    from backend.worker import handlers

    seen: dict[str, int] = defaultdict(int)
    plain = handlers()

    def dying(name: str, work: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def run(*args: Any, **given: Any) -> None:
            seen[name] += 1
            await work(*args, **given)
            if seen[name] == 1:
                raise RuntimeError("killed")

        return run

    monkeypatch.setattr("backend.worker.handlers", lambda: {name: dying(name, work) for name, work in plain.items()})
    sought, guest = await pair(city)
    await uploaded(city, NEXT_POLICE, sought)
    for _ in range(3):
        await city.pass_time(seconds=20)
    (picture,) = (await look(await city.sign_in(NEXT_POLICE), sought, "pictures { id }"))["pictures"]
    await act(await city.sign_in(NEXT_POLICE), "chooseReunionFace", show="case { id }", pictureId=picture["id"], face=0)
    for _ in range(3):
        await city.pass_time(seconds=20)
    guest = await searched(city, guest)
    for _ in range(3):
        await city.pass_time(seconds=20)
    guest = await proven(city, await leading(city, guest, sought))
    for _ in range(3):
        await city.pass_time(seconds=40)
    station, civil = await city.sign_in(STATION), await city.sign_in(CIVIL)
    await step(station, "arrangeReturn", guest, plan="家属来接", wish="愿意")
    await step(station, "handOver", guest, receiver="家属", idCheck="已核对", place="站内")
    for _ in range(3):
        await city.pass_time(minutes=2)
    await step(civil, "recordFollowUp", guest, text="情况稳定")
    await step(civil, "closeReunionCase", guest, text="完成")
    for _ in range(3):
        await city.pass_time(days=11)
    jobs = {name for name in seen if name.startswith("reunion.")}
    assert jobs >= {"reunion.read_picture", "reunion.keep_gallery", "reunion.run_search", "reunion.open_record", "reunion.be_found",
                    "reunion.close_pair", "reunion.forget"}  # fmt: skip
    for case in (sought, guest):
        await nothing_left_and_nothing_twice(database, plain, case)


async def nothing_left_and_nothing_twice(database: Any, handlers: Any, case: dict[str, Any]) -> None:
    async with open_ledger(database.admin_dsn) as raw:
        done = await raw.fetch("select id::text, county from job where matter_id = $1 and state = 'DONE'", UUID(case["id"]))
        waiting = await raw.fetch("select name from job where matter_id = $1 and state <> 'DONE' and name like 'reunion.%'", UUID(case["id"]))
        assert [row["name"] for row in waiting] == []
        before = await raw.fetch("select tag, count(*) from event where matter_id = $1 group by 1 order by 1", UUID(case["id"]))
        for row in done:
            assert await run_job(handlers, row["id"], row["county"]) == "GONE"
        assert await raw.fetch("select tag, count(*) from event where matter_id = $1 group by 1 order by 1", UUID(case["id"])) == before
        once = {row["tag"]: row["count"] for row in before}
        # Other tests' guests may have found this report too: once for each of them.
        opened = await raw.fetch("select to_matter, count(*) from share where matter_id = $1 group by 1", UUID(case["id"]))
        assert once.get("reunion:record:opened", 0) == sum(row["count"] for row in opened) == len(opened)
        for tag in ("identity:confirmed", "case:closed", "case:forgotten", "search:done"):
            assert once.get(f"reunion:{tag}", 0) <= 1, tag


async def test_jobs_about_what_is_not_there_any_more_do_nothing(city: City) -> None:
    from tests.apps.reunion.test_rights import MACHINE

    nobody = str(uuid4())
    for work, given in (
        (gallery.read, {"picture_id": nobody}), (gallery.keep, {"case_id": nobody}), (searches.run, {"search_id": nobody}),
        (searches.lapse, {"case_id": nobody}),
        (pairs.open_record, {"case_id": nobody, "to_county": "331023", "to_path": "33.3310.331023", "to_case": nobody, "purpose": "x"}),
    ):  # fmt: skip
        async with open_scope(MACHINE.scope):
            await work(MACHINE, **given)


async def test_a_family_withdraws_its_report_in_any_state(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    await leading(city, await searched(city, guest), sought)
    family = await whose(city, sought)
    sought = await step(family, "withdrawReunionCase", sought, text="我们不再寻找了")
    assert sought["state"] == "WITHDRAWN"
    await city.work()
    assert await count(database, "select count(*) from share where matter_id = $1 and ended_at is null", sought) == 0
    assert await count(database, "select count(*) from gallery_face where matter_id = $1", sought) == 0


async def test_pairs_are_told_once_however_often_the_sweep_looks(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    await proven(city, await leading(city, await searched(city, guest), sought))
    for _ in range(3):
        await city.pass_time(seconds=60)
    assert await count(database, "select count(*) from event where matter_id = $1 and tag = 'reunion:identity:confirmed'", sought) == 1
    assert await count(database, "select count(*) from notification where matter_id = $1 and kind = 'reunion.case.closed'", sought) == 0


# ------------------------------------------------------------------------------------- an approval that still stands


async def again(city: City) -> None:
    """Time for the sweep that looks again, and for what it found."""
    await city.pass_time(minutes=2)
    await city.pass_time(seconds=30)


async def test_somebody_new_is_found_while_the_approval_stands_and_nobody_twice(city: City) -> None:
    facts = told()
    sought, guest = await pair(city, facts)
    guest = await searched(city, guest)
    for _ in range(2):
        await again(city)
    assert [each["otherCode"] for each in await candidates(await city.sign_in(POLICE), guest)] == [sought["code"]]
    newer = await missing(city, facts=facts)
    for _ in range(2):
        await again(city)
    rows = await candidates(await city.sign_in(POLICE), guest)
    assert sorted(each["otherCode"] for each in rows) == sorted((sought["code"], newer["code"]))


async def test_nobody_is_looked_for_again_once_the_case_or_the_approval_ended(city: City, database: Any) -> None:
    for ending in ("withdrawn", "expired"):
        facts = told()
        sought, guest = await pair(city, facts)
        guest = await searched(city, guest)
        await rejected(city, guest, sought)
        if ending == "withdrawn":
            await step(await city.sign_in(STATION), "withdrawReunionCase", guest, text="本人撤回")
        else:
            await clock_forward_days(31)
        before = await count(database, "select count(*) from reunion_candidate where case_id = $1", guest)
        await missing(city, facts=facts)
        await again(city)
        left = await count(database, "select count(*) from reunion_candidate where case_id = $1", guest)
        assert left == (0 if ending == "withdrawn" else before), ending
        await step(await city.sign_in(NEXT_POLICE), "withdrawReunionCase", sought, text="家属撤回")


async def test_what_two_people_rejected_is_not_listed_again_by_the_standing_approval(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    await step(await city.sign_in(NEXT_POLICE), "recordQuickCheck", sought, text="无结果")
    await missing(city, facts=told())
    await again(city)
    assert await state(city, guest) == "NO_MATCH"
