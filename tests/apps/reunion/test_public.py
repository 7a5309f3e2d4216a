"""Bulletins on the public wall, tips from citizens, and the family's status link."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import pytest
from PIL import Image

from backend.kernel.files.pictures import small_copy
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.settings import settings
from tests.factories import faces
from tests.factories.city import STRANGER, City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    NEXT_CHIEF,
    NEXT_COUNTY,
    NEXT_POLICE,
    POLICE,
    STATION,
    as_jpeg,
    found,
    look,
    missing,
    pictured,
    step,
)
from tests.factories.supervision import act, new_phone, whose
from tests.kernel.files.sending import upload

WALL = "/open/reunion/bulletins"
BULLETIN: dict[str, Any] = {"ground": "STATUTORY_DUTY", "groundText": "救助管理机构依职责发布寻亲公告", "days": 30, "text": "本人说不清来历,穿蓝布上衣。"}


async def missing_child(city: City) -> dict[str, Any]:
    """A child, reported with its guardian's consent."""
    police, phone = await city.sign_in(NEXT_POLICE), new_phone()
    facts = {"name": "测试小孩", "sex": "MALE", "born": "2019年", "seen": "2026-11-20"}
    given: dict[str, Any] = {"kind": "CHILD", "division": NEXT_COUNTY, "reporterName": "测试家属", "relation": "父亲", "phone": phone, "facts": facts}
    case: dict[str, Any] = (await act(police, "reportMissing", show="case { id code version }", **given))["case"]
    return await step(police, "recordReunionBasis", case, basis="GUARDIAN_CONSENT", text="监护人书面同意")


async def stored(statement: str, row_id: Any) -> Any:
    """One value from the database, whoever may see it."""
    async with open_ledger(settings().database_admin_url) as ledger:
        return await ledger.fetchval(statement, UUID(str(row_id)))


async def published(city: City, *, officer: str = STATION, case: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    case = case or await found(city)
    case = await step(await city.sign_in(officer), "publishBulletin", case, **BULLETIN | fields)
    await city.work()
    return case


async def wall(client: httpx.AsyncClient, case: dict[str, Any], **query: str) -> dict[str, Any] | None:
    """The case's bulletin as a stranger finds it on the wall."""
    row = await stored("select id::text from reunion_bulletin where case_id = $1 order by proposed_at desc", case["id"])
    after: str | None = None
    while True:
        answer = await client.get(WALL, params={**query, **({"after": after} if after else {})})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for item in page["items"]:
            if item["id"] == row:
                return dict(item)
        after = page["after"]
        if after is None:
            return None


async def test_a_stranger_reads_the_least_and_no_more(city: City) -> None:
    case = await pictured(city, STATION, await found(city), faces.basketball_player(), face=0)
    picture = (await look(await city.sign_in(STATION), case, "pictures { id url }"))["pictures"][0]
    await published(city, case=case, ageText="七十来岁", pictureId=picture["id"])
    async with city.client() as stranger:
        shown = await wall(stranger, case)
        assert shown is not None
        assert set(shown) == {
            "id", "side", "minor", "name", "sex", "ageText", "seenText", "placeText", "text", "agency", "phone", "county",
            "pictureUrl", "publishedAt", "expiresAt",
        }  # fmt: skip
        assert (shown["ageText"], shown["phone"], shown["agency"]) == ("七十来岁", "0576-00000061", "仙居县救助管理站")
        copy = await stranger.get(shown["pictureUrl"])
        assert copy.status_code == 200
        assert copy.headers["content-type"] == "image/jpeg"
        assert (await stranger.get(picture["url"])).status_code == 401, "the photograph itself stays where it is"
        assert case["code"] not in str(shown)
        assert (await stranger.get(WALL, params={"side": "SOUGHT"})).json()["items"] != [shown]
        assert await wall(stranger, case, side="FOUND", division="331024") == shown
        assert await wall(stranger, case, division=NEXT_COUNTY) is None
        assert (await stranger.get(f"{WALL}/{uuid4()}")).status_code == 404
    papers = (await look(await city.sign_in(STATION), case, "papers { title }"))["papers"]
    assert "寻亲公告" in [each["title"] for each in papers]


async def test_the_limit_of_a_day_is_met_by_publishing_or_by_refusal(city: City) -> None:
    station = await city.sign_in(STATION)
    shown, kept = await published(city), await found(city)
    await step(station, "forgoBulletin", kept, text="本人不同意公开照片和信息")
    for case in (shown, kept):
        rules = [each["rule"] for each in (await look(station, case, "clocks { rule }"))["clocks"]]
        assert "notice" not in rules
    with pytest.raises(Refused) as refused:
        await step(station, "forgoBulletin", kept, text="再来一次")
    assert refused.value.codes == ["ALREADY_DONE"]


async def test_a_childs_waits_for_the_chief_and_shows_no_face(city: City) -> None:
    case = await pictured(city, NEXT_POLICE, await missing_child(city), faces.basketball_player(), face=0)
    police, chief = await city.sign_in(NEXT_POLICE), await city.sign_in(NEXT_CHIEF)
    picture = (await look(police, case, "pictures { id }"))["pictures"][0]
    with pytest.raises(Refused) as refused:
        await step(police, "publishBulletin", case, **BULLETIN | {"ground": "CONSENT"})
    assert refused.value.codes == ["GUARDIAN_NEEDED"]
    guardian = {"ground": "GUARDIAN_CONSENT", "groundText": "监护人书面同意", "pictureId": picture["id"]}
    await published(city, officer=NEXT_POLICE, case=case, **guardian)
    async with city.client() as stranger:
        assert await wall(stranger, case) is None
        await step(chief, "decideBulletin", case, approve=True, reason="同意发布,照片模糊处理")
        await city.work()
        shown = await wall(stranger, case)
        assert shown is not None
        assert shown["pictureUrl"] is None, "no wall of children's faces"
        alone = (await stranger.get(f"{WALL}/{shown['id']}")).json()
        copy = await stranger.get(alone["pictureUrl"])
        assert copy.status_code == 200
    assert not await faces_in(copy.content)


async def faces_in(data: bytes) -> bool:
    from backend.kernel.faces.portraits import read_portrait

    return bool((await read_portrait(data, patient=True)).faces)


async def test_blurring_throws_the_face_away(city: City) -> None:
    data = as_jpeg(faces.basketball_player())
    assert await faces_in(await small_copy(data, most_edge=640, blurred=False))
    blurred = await small_copy(data, most_edge=640, blurred=True)
    assert not await faces_in(blurred)
    pixels = np.asarray(Image.open(BytesIO(blurred)).convert("L"), dtype=float)
    assert np.abs(np.diff(pixels, axis=1)).max() < 64, "no edge is left to sharpen"


async def test_a_blurred_copy_is_no_look_at_anybody(city: City) -> None:
    case = await pictured(city, NEXT_POLICE, await missing_child(city), faces.basketball_player(), face=0)
    police, chief = await city.sign_in(NEXT_POLICE), await city.sign_in(NEXT_CHIEF)
    url = (await look(police, case, "pictures { url }"))["pictures"][0]["url"]
    blurred = await chief.client.get(f"{url}/blurred")
    assert blurred.status_code == 200
    assert not await faces_in(blurred.content)
    whose_looks = "select count(*) from access_log where what = 'PICTURE' and matter_id = $1"
    assert await stored(whose_looks, case["id"]) == 0
    assert (await chief.client.get(url)).status_code == 200
    assert await stored(whose_looks, case["id"]) == 1
    other = await city.sign_in(STATION)
    assert (await other.client.get(f"{url}/blurred")).status_code == 404
    async with city.client() as stranger:
        assert (await stranger.get(f"{url}/blurred")).status_code == 401


async def test_only_officers_read_which_photograph_a_bulletin_shows(city: City) -> None:
    case = await missing(city)
    family = case["phone"]
    case = await pictured(city, NEXT_POLICE, case, faces.basketball_player(), face=0)
    police = await city.sign_in(NEXT_POLICE)
    picture = (await look(police, case, "pictures { id url }"))["pictures"][0]
    await published(city, officer=NEXT_POLICE, case=case, ground="CONSENT", groundText="家属同意", pictureId=picture["id"])
    for who, seen in ((police, picture["url"]), (await city.sign_in(family), None)):
        (bulletin,) = (await look(who, case, "bulletins { sourceUrl groundText }"))["bulletins"]
        assert bulletin["sourceUrl"] == seen
    async with city.client() as stranger:
        shown = await wall(stranger, case)
    assert shown is not None
    assert picture["url"] not in str(shown)


async def test_the_chief_keeps_one_in_and_nobody_decides_his_own(city: City) -> None:
    case = await missing_child(city)
    await published(city, officer=NEXT_POLICE, case=case, ground="GUARDIAN_CONSENT", groundText="监护人同意")
    chief = await city.sign_in(NEXT_CHIEF)
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(NEXT_POLICE), "decideBulletin", case, approve=True, reason="自己同意")
    assert refused.value.codes == ["NOT_PERMITTED"]
    await step(chief, "decideBulletin", case, approve=False, reason="线索已足够,不必公开")
    with pytest.raises(Refused) as refused:
        await step(chief, "decideBulletin", case, approve=True, reason="又同意")
    assert refused.value.codes == ["ALREADY_DECIDED"]
    shown = (await look(await city.sign_in(NEXT_POLICE), case, "bulletins { state decisionReason }"))["bulletins"]
    assert shown == [{"state": "REFUSED", "decisionReason": "线索已足够,不必公开"}]


@pytest.mark.parametrize("how", ["taken_down", "no_contact", "withdrawn", "expired", "family"])
async def test_it_comes_down_at_once(city: City, how: str) -> None:
    seeking = how == "family"
    case = await (missing(city) if seeking else found(city))
    officer = NEXT_POLICE if seeking else STATION
    case = await pictured(city, officer, case, faces.basketball_player(), face=0)
    person = await city.sign_in(officer)
    picture = (await look(person, case, "pictures { id }"))["pictures"][0]
    await published(city, officer=officer, case=case, pictureId=picture["id"], days=1, **(
        {"ground": "CONSENT", "groundText": "家属同意公开"} if seeking else {}))  # fmt: skip
    async with city.client() as stranger:
        shown = await wall(stranger, case)
        assert shown is not None
        copy = await stored("select public_file from reunion_bulletin where id = $1", shown["id"])
        assert (await stranger.get(shown["pictureUrl"])).status_code == 200
        if how == "taken_down":
            await step(person, "takeDownBulletin", case, text="信息有误")
        elif how == "no_contact":
            await step(person, "refuseContact", case, text="本人明确不愿与家人联系")
        elif how == "withdrawn":
            await step(person, "withdrawReunionCase", case, text="本人要求停止")
        elif how == "family":
            family = await whose(city, case)
            await step(family, "withdrawBulletin", case, text="不再公开")
            await city.work()
        else:
            await city.pass_time(hours=25)
        assert await wall(stranger, case) is None, "in the same moment, not with the next sweep"
        assert (await stranger.get(shown["pictureUrl"])).status_code == 404
    await city.pass_time(seconds=90)
    await city.work()
    await city.pass_time(seconds=90)
    await city.work()
    with pytest.raises(ObjectMissing):
        await storage().get(file_key(copy))


async def test_a_found_child_is_placed_by_no_bulletin_before_its_guardian_agreed(city: City) -> None:
    case = await found(city, conditions=["CHILD"])
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(STATION), "publishBulletin", case, **BULLETIN, placeText="横溪镇车站")
    assert refused.value.codes == ["GUARDIAN_NEEDED"]


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"text": "短"}, ["TOO_SHORT"]),
        ({"text": "长" * 601}, ["TOO_LONG"]),
        ({"groundText": "有职责"}, ["TOO_SHORT"]),
        ({"days": 0}, ["INVALID"]),
        ({"days": 91}, ["INVALID"]),
        ({"pictureId": str(uuid4())}, ["NOT_FOUND"]),
        ({"pictureId": "no id"}, ["NOT_FOUND"]),
    ],
)
async def test_what_is_wrong_is_said(city: City, fields: dict[str, Any], codes: list[str]) -> None:
    case = await found(city)
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(STATION), "publishBulletin", case, **BULLETIN | fields)
    assert refused.value.codes == codes


async def test_one_at_a_time_and_by_its_own_county(city: City) -> None:
    case = await published(city)
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(STATION), "publishBulletin", case, **BULLETIN)
    assert refused.value.codes == ["ALREADY_DONE"]
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(NEXT_POLICE), "publishBulletin", show="case { id }", id=case["id"], version=1, **BULLETIN)
    assert refused.value.codes == ["NOT_FOUND"]
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(CIVIL), "publishBulletin", case, **BULLETIN)
    assert refused.value.codes == ["NOT_PERMITTED"]


# -------------------------------------------------------------------------------------------------------- tips

TIP: dict[str, Any] = {"text": "早上在横溪菜场看见一位老人,左手有疤", "place": "横溪菜场门口", "latitude": 28.84, "longitude": 120.73, "phone": "19900000003"}


async def left(city: City, case: dict[str, Any], **fields: Any) -> tuple[Person, dict[str, Any]]:
    async with city.client() as stranger:
        shown = await wall(stranger, case)
    assert shown is not None
    citizen = await city.sign_in(STRANGER)
    tip = await act(citizen, "leaveTip", show="tip { id text place verdict pictureCount }", bulletinId=shown["id"], **TIP | fields)
    await city.work()
    return citizen, tip["tip"]


async def test_a_tip_reaches_the_officers_and_its_answer_the_citizen(city: City) -> None:
    case = await published(city)
    citizen = await city.sign_in(STRANGER)
    photo = await upload(citizen.client, as_jpeg(faces.basketball_player()), purpose="reunion_tip")
    citizen, tip = await left(city, case, fileIds=[photo["id"]])
    station, police = await city.sign_in(STATION), await city.sign_in(POLICE)
    show = "tips { id text place latitude phoneMasked pictures { url } note verdict }"
    (seen,) = (await look(station, case, show))["tips"]
    assert (seen["text"], seen["latitude"], seen["phoneMasked"]) == (TIP["text"], 28.84, "199****0003")
    assert (await police.client.get(seen["pictures"][0]["url"])).status_code == 200
    assert (await citizen.client.get(seen["pictures"][0]["url"])).status_code == 200
    for other in (NEXT_POLICE, CHIEF):
        assert (await (await city.sign_in(other)).client.get(seen["pictures"][0]["url"])).status_code == 404
    told = "select count(*) from notification where kind = 'reunion.tip.received' and matter_id = $1"
    assert await stored(told, case["id"]) >= 2, "station and police"
    phone = await act(station, "revealTip", show="phone", tipId=tip["id"], reason="核实位置")
    assert phone["phone"] == "19900000003"
    await act(station, "answerTip", show="case { id }", tipId=tip["id"], verdict="USEFUL", note="已派人去看")
    with pytest.raises(Refused) as refused:
        await act(police, "answerTip", show="case { id }", tipId=tip["id"], verdict="KNOWN")
    assert refused.value.codes in (["ALREADY_DECIDED"], ["WRONG_STATE"])
    mine = (await citizen.ask("{ myTips { id text verdict note answeredBy pictures { url } } }"))["myTips"]
    assert (mine[0]["verdict"], mine[0]["note"], mine[0]["answeredBy"]) == ("USEFUL", None, None), "what officers note stays inside"
    heard = "select account_id::text from notification where kind = 'reunion.tip.answered' and matter_id = $1"
    assert await stored(heard, tip["id"]) == citizen.account_id


async def test_a_citizen_learns_nothing_of_the_case(city: City) -> None:
    case = await published(city)
    citizen, tip = await left(city, case)
    for wanted in (case["id"], tip["id"]):
        assert (await citizen.ask("query($id: ID!) { reunionCase(id: $id) { id } }", id=wanted))["reunionCase"] is None
    other = await city.sign_in("19900000001")
    assert tip["id"] not in str((await other.ask("{ myTips { id } }"))["myTips"])


async def test_after_it_came_down_nobody_asks_any_more(city: City) -> None:
    case = await published(city)
    async with city.client() as stranger:
        shown = await wall(stranger, case)
    assert shown is not None
    await step(await city.sign_in(STATION), "takeDownBulletin", case, text="信息有误")
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(STRANGER), "leaveTip", show="tip { id }", bulletinId=shown["id"], **TIP)
    assert refused.value.codes == ["NOT_FOUND"]


async def test_twice_with_one_key_is_one_tip_and_a_flood_is_refused(city: City) -> None:
    case = await published(city)
    async with city.client() as stranger:
        shown = await wall(stranger, case)
    assert shown is not None
    citizen = await city.sign_in("19900000002")
    tips = [await act(citizen, "leaveTip", key="one-tip", show="tip { id }", bulletinId=shown["id"], **TIP) for _ in range(2)]
    assert tips[0] == tips[1]
    with pytest.raises(Refused) as refused:
        for _ in range(20):
            await act(citizen, "leaveTip", show="tip { id }", bulletinId=shown["id"], **TIP)
    assert refused.value.codes == ["TOO_MANY"]
    with pytest.raises(Refused) as refused:
        await act(citizen, "leaveTip", show="tip { id }", bulletinId=shown["id"], **TIP | {"text": "看", "latitude": 91.0, "phone": "1"})
    assert set(refused.value.codes) >= {"TOO_SHORT", "INVALID"}


async def test_words_and_numbers_are_sealed_and_go_with_the_case(city: City) -> None:
    case = await published(city)
    _, tip = await left(city, case)
    row = await stored("select t::text from reunion_tip t where id = $1", tip["id"])
    assert not any(str(secret) in row for secret in (TIP["text"], TIP["place"], TIP["phone"], TIP["latitude"]))
    await step(await city.sign_in(STATION), "withdrawReunionCase", case, text="本人要求停止")
    await city.work()
    assert await stored("select count(*) from reunion_tip where case_id = $1", case["id"]) == 0
    assert await stored("select count(*) from reunion_bulletin where case_id = $1", case["id"]) == 0


# ------------------------------------------------------------------------------------------------ status link


async def linked(person: Person, case: dict[str, Any]) -> str:
    made = await act(person, "issueStatusLink", show="path", id=case["id"])
    path, _, token = made["path"].partition("#")
    assert path == "/reunion/status"
    return str(token)


async def opened(city: City, token: Any, **more: Any) -> httpx.Response:
    async with city.client() as stranger:
        return await stranger.post("/open/reunion/status", json={"token": token, **more})


async def test_the_family_reads_how_far_it_is_without_signing_in(city: City) -> None:
    case = await missing(city)
    token = await linked(await city.sign_in(NEXT_POLICE), case)
    answer = await opened(city, token)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["code"], said["state"], said["phone"]) == (case["code"], "BASIS_RECORDED", "0576-00000071")
    assert "reunion:basis:recorded" in [each["tag"] for each in said["steps"]]
    assert not any(word in answer.text for word in ("测试老人", "测试家属", case["phone"], case["id"]))
    newer = await linked(await whose(city, case), case)
    assert (await opened(city, token)).status_code == 404, "the older link opens nothing any more"
    assert (await opened(city, newer)).status_code == 200
    await act(await whose(city, case), "endStatusLink", show="case { id }", id=case["id"])
    assert (await opened(city, newer)).status_code == 404


async def test_candidates_are_no_news_for_a_family(city: City) -> None:
    case = await missing(city)
    token = await linked(await city.sign_in(NEXT_POLICE), case)
    await stored("update reunion_case set state = 'CANDIDATES' where id = $1", case["id"])
    assert (await opened(city, token)).json()["state"] == "SEARCH_APPROVED"


@pytest.mark.parametrize("token", ["", "x", "A" * 32, None, 5, ["A" * 32], "A" * 40, "\x00" * 32])
async def test_wrong_links_all_look_alike(city: City, token: Any) -> None:
    answer = await opened(city, token)
    assert answer.status_code in (404, 400)
    assert "reunion" not in answer.text
    if answer.status_code == 404:
        assert answer.json() == {"code": "NOT_FOUND", "field": "token", "data": {}}


async def test_a_withdrawn_report_is_no_news_either_and_old_links_die(city: City) -> None:
    case = await missing(city)
    token = await linked(await city.sign_in(NEXT_POLICE), case)
    await step(await whose(city, case), "withdrawReunionCase", case, text="已回家")
    assert (await opened(city, token)).status_code == 404
    other = await missing(city)
    token = await linked(await city.sign_in(NEXT_POLICE), other)
    await city.pass_time(days=181)
    assert (await opened(city, token)).status_code == 404


async def test_who_was_found_has_no_status_link(city: City) -> None:
    case = await found(city)
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(STATION), "issueStatusLink", show="path", id=case["id"])
    assert refused.value.codes == ["NOT_PERMITTED"]


async def test_guessing_is_slow(city: City) -> None:
    async with city.client() as stranger:
        codes = [
            (await stranger.post("/open/reunion/status", json={"token": f"{number:032}"})).status_code for number in range(62)
        ]
    assert codes[:60] == [404] * 60
    assert codes[-1] == 429
