"""Where somebody is, who he is and what he looks like stay in the rows that need them, as long as they need them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
import pytest

from backend.kernel.audit.verification import verify_all
from backend.kernel.db.migrate import as_auditor
from backend.kernel.demonstration import TOWN
from backend.kernel.files.storage import ObjectMissing, file_key, storage, thumbnail_key
from backend.kernel.notifications import push
from tests.apps.reunion import test_rights
from tests.apps.reunion.test_rights import (
    CANDIDATE,
    ONE,
    TIMELINE,
    asked,
    candidate,
    candidates,
    leading,
    pair,
    proven,
    refusal,
    rejected,
    review,
    sought_search,
    told,
)
from tests.factories import faces, hostile
from tests.factories.city import City, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    EXPERT_2,
    NEXT_CHIEF,
    NEXT_CIVIL,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    missing,
    pictured,
    searched,
    step,
)
from tests.factories.sockets import listening
from tests.factories.sockets import read as read_socket
from tests.factories.supervision import CITIZEN, act, whose
from tests.kernel.notifications import test_live

yesterdays_reviews = test_rights.yesterdays_reviews

STATION_NAME, STREET, DIVISION = "仙居县救助管理站", "仙居县环城南路12号", "331024"
NAME, RELATIVE, REPORTER = "测明泉塔", "测龙竹文", "测家属星元"
#: What a clerk writes into each free field. `FREE` are words that belong to a row, in no event.
FREE = {
    "claims": "绝密原话:怕回家", "marks": "绝密特征:右眉断开", "clothes": "绝密衣着:蓝布衫", "circumstances": "绝密经过:桥下发现", "place": "绝密地点:桥洞",
    "alike": "绝密相同:耳廓", "unlike": "绝密不同:鼻梁", "proof": "绝密实验室2026", "asked": "绝密协查内容", "confirm": "绝密认定理由",
}  # fmt: skip
#: And these, the steps' own words.
SAID = {
    "quick": "绝密快查:指纹命中异地", "plan": "绝密计划:送至村口", "wish": "绝密意愿:想见女儿", "id_check": "绝密证件:身份证末四位0016", "place": "绝密交接:村口",
    "follow": "绝密随访:情绪低落服药", "close": "绝密结案:已住院", "contact": "绝密声明:怕父亲打",
}  # fmt: skip
#: Keys of no event and no notification.
KEYS = {"name", "marks", "score", "cosine", "verdict", "likely", "alike", "unlike", "faces", "box", "vector", "phone", "place_text"}


# ------------------------------------------------------------------------------------------- where somebody is

WHERE = """query($id: ID!) { reunionCase(id: $id) { placeText place { code } stranded { station } report { reporterName }
    looks { who } timeline { edges { node { tag data } } } } }"""


async def test_a_seekers_officers_do_not_read_where_a_guest_is_looked_after(city: City) -> None:
    sought, guest = await pair(city, guest={"station": STATION_NAME})
    sought = await sought_search(city, sought)
    for phone in (NEXT_POLICE, NEXT_CHIEF, NEXT_CIVIL):
        person = await city.sign_in(phone)
        seen = await candidate(person, sought, guest, f"{CANDIDATE} other {{ id placeText place {{ code }} stranded {{ station }} {TIMELINE} }}")
        assert seen["other"] | {"id": ""} == {"id": "", "placeText": None, "place": None, "stranded": None, "timeline": {"edges": []}}
        assert STREET not in str(seen)
        assert STATION_NAME not in str(seen)
        opened = await asked(person, WHERE, id=guest["id"])
        assert (opened["placeText"], opened["place"], opened["stranded"], opened["looks"]) == (None, None, None, [])
        events = str(await look(person, sought, TIMELINE))
        inbox = str(await asked(person, "{ inbox(first: 50) { edges { node { kind data matterCode } } } }"))
        for word in (STREET, STATION_NAME, TOWN):
            assert word not in events + inbox
    family = await whose(city, sought)
    assert guest["code"] not in str(await asked(family, "{ inbox(first: 50) { edges { node { kind data matterCode } } } }"))


async def test_the_case_of_a_guest_does_not_name_its_station_to_the_seekers(city: City) -> None:
    sought, guest = await pair(city, guest={"station": STATION_NAME})
    sought = await sought_search(city, sought)
    seen = await candidate(await city.sign_in(NEXT_POLICE), sought, guest, "other { agencyName division { code name } facts { originText } }")
    assert STATION_NAME not in str(seen)


async def test_the_comparison_does_not_tell_a_seeker_where_the_guest_was_found(city: City) -> None:
    facts = told(place=TOWN)
    sought = await missing(city, facts=facts)
    guest = await found(city, facts={**facts, "place": TOWN})
    sought = await sought_search(city, sought)
    seen = await candidate(await city.sign_in(NEXT_POLICE), sought, guest)
    assert [each["code"] for each in seen["comparison"]["fields"] if each["field"] == "PLACE" and each["verdict"] != "BLANK"] == []


async def test_opening_a_report_does_not_tell_its_county_where_a_guest_was_found(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    await searched(city, guest)
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch("select data::text as data from event where matter_id = $1", UUID(sought["id"]))
    assert [row["data"] for row in rows if DIVISION in row["data"]] == []
    assert DIVISION not in str(await look(await city.sign_in(NEXT_POLICE), sought, TIMELINE))


def test_a_family_is_not_told_that_its_report_was_opened_for_a_guest() -> None:
    from backend.apps.reunion.access import FAMILY_TAGS

    assert "reunion:record:opened" not in FAMILY_TAGS


async def test_of_who_refuses_contact_the_report_does_not_learn_the_county(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await leading(city, await searched(city, guest), sought)
    await step(await city.sign_in(STATION), "refuseContact", guest, text="本人不愿与家人联系")
    await proven(city, guest)
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch("select data::text as data from event where matter_id = $1 and tag = 'reunion:identity:confirmed'", UUID(sought["id"]))
    assert rows
    assert [row["data"] for row in rows if guest["code"] in row["data"]] == []


# ---------------------------------------------------------------------------------- who does not want to be found


async def test_an_adult_who_refuses_is_never_found_again_and_not_sent_home(city: City) -> None:
    sought, guest = await pair(city)
    station = await city.sign_in(STATION)
    guest = await step(station, "refuseContact", guest, text="本人不愿与家人联系")
    await city.work()
    sought = await sought_search(city, sought)
    assert sought["state"] == "NO_MATCH"
    assert await candidates(await city.sign_in(NEXT_POLICE), sought) == []
    assert await asked(await city.sign_in(NEXT_POLICE), ONE, id=guest["id"]) is None


async def refusing(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """He was a candidate of the seeker's already when he said no."""
    sought, guest = await pair(city)
    sought = await sought_search(city, sought)
    await step(await city.sign_in(STATION), "refuseContact", guest, text="本人不愿与家人联系")
    await city.pass_time(minutes=2)
    return sought, guest


async def test_who_refuses_is_closed_to_the_county_that_had_found_him(city: City) -> None:
    sought, guest = await refusing(city)
    police = await city.sign_in(NEXT_POLICE)
    assert await asked(police, ONE, id=guest["id"]) is None
    assert (await candidate(police, sought, guest, "other { id }"))["other"] is None


async def test_who_refuses_after_the_return_was_arranged_is_not_handed_over(city: City) -> None:
    sought, guest = await pair(city)
    guest = await proven(city, await leading(city, await searched(city, guest), sought))
    station = await city.sign_in(STATION)
    await step(station, "arrangeReturn", guest, plan="家属来接", wish="愿意")
    await step(station, "refuseContact", guest, text="本人改变主意")
    assert await refusal(station, "handOver", guest, receiver="家属", idCheck="已核对", place="站内") == "NO_CONTACT"


async def test_of_who_refuses_the_family_hears_that_he_is_safe_and_he_is_not_sent_home(city: City) -> None:
    sought, guest = await pair(city)
    guest = await leading(city, await searched(city, guest), sought)
    station = await city.sign_in(STATION)
    await step(station, "refuseContact", guest, text="本人不愿与家人联系")
    guest = await proven(city, guest)
    assert await refusal(station, "arrangeReturn", guest, plan="家属来接", wish="不愿意") == "NO_CONTACT"
    family = await whose(city, sought)
    assert (await look(family, sought))["state"] == "IDENTITY_CONFIRMED"
    next_police = await city.sign_in(NEXT_POLICE)
    opened = await asked(next_police, "query($id: ID!) { reunionCase(id: $id) { placeText place { code } } }", id=guest["id"])
    assert opened in (None, {"placeText": None, "place": None})


# ------------------------------------------------------------------------------- logs, events, notifications


@pytest.fixture
def every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything there is to log, from the first line."""
    monkeypatch.setenv("SHANZHI_LOG_LEVEL", "DEBUG")
    from backend.settings import settings

    monkeypatch.setattr(settings(), "log_level", "DEBUG")


def secrets(case: dict[str, Any]) -> tuple[str, ...]:
    return (NAME, RELATIVE, REPORTER, case["phone"], *FREE.values())


async def whole_story(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides with pictures, mistakes on the way, home, and after."""
    facts = {"name": NAME, "relatives": [RELATIVE], "marks": FREE["marks"], "clothes": FREE["clothes"], "circumstances": FREE["circumstances"],
             "placeText": FREE["place"], "sex": "MALE"}  # fmt: skip
    sought = await missing(city, facts=facts, reporterName=REPORTER)
    guest = await found(city, facts=facts, claims=FREE["claims"])
    sought = await pictured(city, NEXT_POLICE, sought, faces.astronaut(), face=0)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    await mistakes(city, sought, guest)
    guest = await searched(city, guest)
    experts = [await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)]
    row = await candidate(experts[0], guest, sought)
    for expert in experts:
        await act(expert, "reviewCandidate", show="case { id }", candidateId=row["id"], verdict="SAME", alike=FREE["alike"], unlike=FREE["unlike"])
    police, civil, station = [await city.sign_in(each) for each in (POLICE, CIVIL, STATION)]
    await step(police, "askReunionVerification", guest, text="请核实")
    await step(police, "recordReunionProof", guest, kind="DNA", positive=True, source=FREE["proof"])
    await step(police, "confirmReunionIdentity", guest, text="证据一致")
    guest = await step(civil, "confirmReunionIdentity", guest, text="证据一致")
    await city.pass_time(seconds=90)
    await act(await city.sign_in(NEXT_POLICE), "revealReporter", show="phone", id=sought["id"], reason="约家属采血")
    await step(station, "arrangeReturn", guest, plan="家属来接", wish="愿意")
    await step(station, "handOver", guest, receiver=REPORTER, idCheck="已核对", place="站内")
    await city.pass_time(minutes=3)
    await step(civil, "recordFollowUp", guest, text="情况稳定")
    await look(police, guest, f"facts {{ name marks }} {TIMELINE} candidates {{ {CANDIDATE} }}")
    return sought, guest


async def mistakes(city: City, sought: dict[str, Any], guest: dict[str, Any]) -> None:
    """Refusals of all kinds: none of them repeats what was sent."""
    police, station = await city.sign_in(POLICE), await city.sign_in(STATION)
    said: list[Any] = []
    for who, name, fields in (
        (station, "recordQuickCheck", {"id": guest["id"], "version": 0, "text": FREE["claims"]}),
        (station, "correctReunionFacts", {"id": guest["id"], "version": guest["version"], "facts": {"name": NAME * 40, "marks": FREE["marks"] * 300}}),
        (station, "correctReunionFacts", {"id": guest["id"], "version": 0, "facts": {"name": NAME, "born": FREE["marks"]}}),
        (police, "recordReunionProof", {"id": guest["id"], "version": 0, "kind": "DNA", "positive": True, "source": FREE["proof"]}),
        (await city.sign_in(CITIZEN), "revealReporter", {"id": sought["id"], "reason": FREE["claims"]}),
        (police, "reportMissing", {"kind": "ELDERLY", "division": DIVISION, "reporterName": REPORTER, "relation": RELATIVE, "phone": sought["phone"][:9],
                                   "facts": {"name": NAME, "height": FREE["marks"]}}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await act(who, name, show="phone" if name == "revealReporter" else "case { id }", **fields)
        said += refused.value.errors
    query = hostile.operation("mutation", "registerFound")
    for variables in ({"input": {"claims": [FREE["claims"]]}}, {"input": {"kind": FREE["claims"], "station": sought["phone"]}}):
        await station.client.post("/graphql", json={"query": query, "variables": variables})
    await station.client.get(f"/files/{sought['phone']}?name={NAME}")
    assert [word for word in secrets(sought) if word in str(said)] == []


async def test_no_line_of_the_log_tells_who_where_or_what_he_looks_like(
    every_line: None, capsys: pytest.CaptureFixture[str], city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought, guest = await whole_story(city)
    await failures(city, sought, monkeypatch)
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() + captured.out.splitlines() if not line.startswith("DEV-CODE ")]
    assert any('"request"' in line for line in lines)
    assert any("job.failed" in line for line in lines)
    assert [(word, line) for line in lines for word in (*secrets(sought), *(each[:4] for each in FREE.values())) if word in line] == []
    assert [line for line in lines if "v1:" in line] == []
    assert [line for line in lines if '"cosine"' in line or '"score"' in line or '"vector"' in line] == []
    assert guest["id"] not in str([line for line in lines if '"route"' in line])


async def failures(city: City, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A command and a job that break on what they hold in their hands."""
    from backend.apps.reunion.service import common, searches

    def breaks(*given: Any, **named: Any) -> str:
        raise ValueError(f"{NAME} {given} {named}")

    station = await city.sign_in(STATION)
    with monkeypatch.context() as broken:
        broken.setattr(common, "seal", breaks)
        query = hostile.operation("mutation", "registerFound")
        given = {"kind": "AT_STATION", "division": DIVISION, "station": STATION_NAME, "admittedOn": "2026-11-20", "claims": FREE["claims"], "facts": {"name": NAME}}
        answer = await station.client.post("/graphql", json={"query": query, "variables": {"input": given}})
        assert [word for word in secrets(case) if word in answer.text] == []
        assert "INTERNAL" in answer.text
    _, guest = await pair(city, {"name": NAME, "marks": FREE["marks"]})
    with monkeypatch.context() as broken:
        broken.setattr(searches, "_keep", breaks)
        broken.setattr(searches, "_hand_over", breaks)
        await searched(city, guest)


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


TOLD = {
    "event": "select tag as name, data::text as text from event where matter_id = $1",
    "notification": "select kind as name, data::text || matter_code as text from notification where matter_id = $1",
    "job": "select name, args::text || last_error || dedupe as text from job where matter_id = $1",
    "file": "select 'file' as name, name as text from stored_file where matter_id = $1",
    "look": "select what as name, reason || who as text from access_log where matter_id = $1",
    "share": "select 'share' as name, reason as text from share where matter_id = $1",
    "key": "select command as name, key || request_hash as text from idempotency_record where $1::uuid is not null",
}


async def test_events_notifications_jobs_and_keys_tell_nothing_either(city: City, database: Any) -> None:
    sought, guest = await whole_story(city)
    async with open_ledger(database.admin_dsn) as ledger:
        for case in (sought, guest):
            for what, sql in TOLD.items():
                rows = await ledger.fetch(sql, UUID(case["id"]))
                assert [(what, row["name"], word) for row in rows for word in secrets(sought) if word in row["text"]] == []
            rows = await ledger.fetch(
                "select tag as name, data::text as data from event where matter_id = $1 union all "
                "select kind, data::text from notification where matter_id = $1", UUID(case["id"]),
            )  # fmt: skip
            told_keys = {(row["name"], key) for row in rows for key, _ in flat(orjson.loads(row["data"])) if key in KEYS}
            assert told_keys == set()


async def test_what_officers_say_of_a_persons_health_papers_and_wishes_is_in_no_event(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    station, civil = await city.sign_in(STATION), await city.sign_in(CIVIL)
    await step(station, "recordQuickCheck", guest, text=SAID["quick"])
    await step(await city.sign_in(POLICE), "requestFaceSearch", guest, purpose="STRANDED_SEARCH", legalBasis="依据", necessity="需要")
    await step(await city.sign_in(CHIEF), "decideFaceSearch", guest, approve=True, reason="同意")
    await city.pass_time(seconds=30)
    guest = await proven(city, await leading(city, {**guest, "side": "FOUND"}, sought))
    await step(station, "arrangeReturn", guest, plan=SAID["plan"], wish=SAID["wish"])
    await step(station, "handOver", guest, receiver="家属", idCheck=SAID["id_check"], place=SAID["place"])
    await step(civil, "recordFollowUp", guest, text=SAID["follow"])
    await step(civil, "closeReunionCase", guest, text=SAID["close"])
    _, other = await pair(city)
    await step(station, "refuseContact", other, text=SAID["contact"])
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch("select tag, data::text as data from event where matter_id = any ($1)", [UUID(guest["id"]), UUID(other["id"])])
    assert sorted({(row["tag"], name) for row in rows for name, word in SAID.items() if word in row["data"]}) == []


async def test_a_push_carries_a_kind_and_a_code_that_say_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    payloads: list[dict[str, Any]] = []

    async def delivered(_: str, payload: str) -> None:
        payloads.append(orjson.loads(payload))

    monkeypatch.setattr(push, "_deliver", delivered)
    sought, guest = await whole_story(city)
    mine = [each for each in payloads if each["matter"] in (sought["id"], guest["id"])]
    assert len(mine) > 5
    assert {tuple(sorted(each)) for each in mine} == {("code", "kind", "matter")}
    assert {each["code"] for each in mine} == {sought["code"], guest["code"]}
    assert [word for word in secrets(sought) if word in str(mine)] == []


async def test_addresses_and_codes_are_made_of_ids_only(city: City) -> None:
    sought, guest = await pair(city)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    for picture in (await look(await city.sign_in(STATION), guest, "pictures { url }"))["pictures"]:
        assert picture["url"].startswith("/files/")
        assert UUID(picture["url"].split("/")[2])
    for case in (sought, guest):
        county, year, letters = case["code"].split("-")
        assert (len(county), len(year), len(letters)) == (6, 2, 5)


# -------------------------------------------------------------------------------------------------- what is erased


async def files_of(database: Any, case: dict[str, Any]) -> list[UUID]:
    async with open_ledger(database.admin_dsn) as ledger:
        return [row["id"] for row in await ledger.fetch("select id from stored_file where matter_id = $1", UUID(case["id"]))]


async def stored(file_id: UUID) -> bool:
    for key in (file_key(file_id), thumbnail_key(file_id)):
        try:
            await storage().get(key)
        except ObjectMissing:
            continue
        return True
    return False


GONE_AT_ONCE = {
    "faces": "select count(*) from gallery_face where matter_id = $1",
    "codes": "select count(*) from gallery_code c where not exists (select 1 from gallery_face g where g.id = c.face_id) and $1::uuid is not null",
    "shares": "select count(*) from share where matter_id = $1 and ended_at is null",
    "candidates": "select count(*) from reunion_candidate where case_id = $1 and state <> 'CONFIRMED'",
    "clocks": "select count(*) from matter_clock where matter_id = $1 and met_at is null",
}  # fmt: skip


async def left(database: Any, case: dict[str, Any], statements: dict[str, str]) -> dict[str, int]:
    async with open_ledger(database.admin_dsn) as ledger:
        counted = {name: await ledger.fetchval(sql, UUID(case["id"])) for name, sql in statements.items()}
    return {name: number for name, number in counted.items() if number}


async def chains_are_whole(database: Any) -> None:
    async with as_auditor(database.admin_dsn) as auditor:
        problems = {county: found async for county, _, found in verify_all(auditor)}
    assert {DIVISION, "331023"} <= set(problems)
    assert all(found == [] for found in problems.values()), problems


@pytest.mark.parametrize("who", [NEXT_POLICE, STATION])
async def test_what_was_withdrawn_is_erased_at_once_and_its_pictures_after_thirty_days(city: City, database: Any, who: str) -> None:
    sought, guest = await pair(city)
    sought = await pictured(city, NEXT_POLICE, sought, faces.astronaut(), face=0)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    await searched(city, guest)
    case = sought if who == NEXT_POLICE else guest
    (file_id,) = await files_of(database, case)
    assert await stored(file_id)
    assert set(await left(database, case, GONE_AT_ONCE)) >= {"faces"}
    await step(await city.sign_in(who), "withdrawReunionCase", case, text="撤回同意")
    await city.work()
    assert await left(database, case, GONE_AT_ONCE) == {}
    officer = await city.sign_in(POLICE if who == NEXT_POLICE else NEXT_POLICE)
    assert (await officer.client.get(f"/files/{file_id}")).status_code == 404
    await city.pass_time(days=29)
    assert await stored(file_id)
    await city.pass_time(days=2)
    await city.pass_time(hours=2)
    assert not await stored(file_id)
    for phone in (who, POLICE, NEXT_POLICE, sought["phone"]):
        for url in (f"/files/{file_id}", f"/files/{file_id}/thumbnail"):
            assert (await (await city.sign_in(phone)).client.get(url)).status_code == 404
    async with open_ledger(database.admin_dsn) as ledger:
        assert await ledger.fetchval("select count(*) from stored_file where id = $1", file_id) == 0
        assert await ledger.fetchval("select count(*) from upload where id = $1", file_id) == 0
        tombstones = await ledger.fetch("select data::text as data from event where tag = 'kernel:file:erased' and data->>'file' = $1", str(file_id))
    assert len(tombstones) == 1
    await chains_are_whole(database)


async def test_home_again_nothing_is_left_to_look_at(city: City, database: Any) -> None:
    sought, guest = await whole_story(city)
    ids = [*await files_of(database, sought), *await files_of(database, guest)]
    await step(await city.sign_in(CIVIL), "closeReunionCase", guest, text="完成")
    await city.work()
    for case in (sought, guest):
        assert await left(database, case, GONE_AT_ONCE) == {}
    await city.pass_time(days=31)
    await city.pass_time(hours=2)
    assert [each for each in ids if await stored(each)] == []
    assert await files_of(database, sought) + await files_of(database, guest) == []
    await chains_are_whole(database)


REMOVE = "mutation($id: ID!) { removeReunionPicture(pictureId: $id) { errors { code } } }"


async def test_a_picture_taken_away_is_shown_to_nobody(city: City) -> None:
    _, guest = await pair(city)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    station = await city.sign_in(STATION)
    (picture,) = (await look(station, guest, "pictures { id url }"))["pictures"]
    assert (await station.ask(REMOVE, id=picture["id"]))["removeReunionPicture"]["errors"] == []
    assert (await station.client.get(picture["url"])).status_code == 404


async def test_a_picture_taken_away_is_gone_with_the_next_sweep(city: City, database: Any) -> None:
    _, guest = await pair(city)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    station = await city.sign_in(STATION)
    (picture,) = (await look(station, guest, "pictures { id url }"))["pictures"]
    assert (await station.ask(REMOVE, id=picture["id"]))["removeReunionPicture"]["errors"] == []
    await city.work()
    await city.pass_time(minutes=1)
    assert await left(database, guest, {"faces": GONE_AT_ONCE["faces"]}) == {}
    assert not await stored(UUID(picture["url"].rsplit("/", 1)[-1]))
    assert (await station.client.get(picture["url"])).status_code == 404
    again = (await station.ask(REMOVE, id=picture["id"]))["removeReunionPicture"]["errors"]
    assert again == [{"code": "NOT_FOUND"}]


async def test_no_box_of_a_face_outlives_its_picture(city: City, database: Any) -> None:
    _, guest = await pair(city)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    await step(await city.sign_in(STATION), "withdrawReunionCase", guest, text="撤回同意")
    await city.work()
    await city.pass_time(days=31)
    await city.pass_time(hours=2)
    sql = "select count(*) from reunion_picture where case_id = $1 and jsonb_array_length(faces) > 0"
    assert await left(database, guest, {"boxes": sql}) == {}


async def test_a_withdrawn_persons_marks_do_not_stay_with_another_county(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    await searched(city, guest)
    await step(await city.sign_in(NEXT_POLICE), "withdrawReunionCase", sought, text="家属撤回")
    await city.work()
    await city.pass_time(days=31)
    sql = "select count(*) from reunion_candidate where other_id = $1 and comparison::text like '%右眉%'"
    assert await left(database, sought, {"marks": sql}) == {}


async def test_rejected_candidates_go_a_week_after_their_review(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    await city.pass_time(days=8)
    await city.pass_time(hours=2)
    sql = "select count(*) from reunion_candidate where case_id = $1 and (cosine is not null or comparison <> '{}')"
    assert await left(database, guest, {"candidates": sql}) == {}


# ------------------------------------------------------------------------------------------------------------ live

address = test_live.address
WATCHED = """subscription($id: ID!) { reunionCaseChanged(id: $id) { id state candidates { score cosine likely rank reviewCount reviews { verdict } }
    timeline(first: 5) { edges { node { tag data } } } } }"""


async def test_who_watches_a_case_learns_no_verdict_before_his_own(city: City, address: str) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    first, second = await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    row = await candidate(first, guest, sought)
    async with listening(address, second, WATCHED, id=guest["id"]) as ws:
        await review(first, row, "SAME")
        message = await read_socket(ws)
    seen = message["payload"]["data"]["reunionCaseChanged"]
    assert seen["candidates"] == [{"score": None, "cosine": None, "likely": None, "rank": None, "reviewCount": 1, "reviews": []}]
    assert "SAME" not in str(seen["timeline"])


@pytest.mark.parametrize("phone", [CITIZEN, NEXT_POLICE, "19900000025"])
async def test_what_one_may_not_read_one_may_not_watch(city: City, address: str, phone: str) -> None:
    _, guest = await pair(city)
    async with listening(address, await city.sign_in(phone), WATCHED, id=guest["id"]) as ws:
        assert "NOT_FOUND" in str(await read_socket(ws))
