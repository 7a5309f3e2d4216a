"""Who may ask, take up, answer and thank; what goes to the board at all; and what the database refuses between counties."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.reunion import rules
from backend.apps.reunion.enums import AssistAddressee, AssistFinding
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import COUNTY, TOWN
from backend.kernel.identity.models import Membership
from tests.apps.mediation.test_lists import statements
from tests.apps.reunion import test_rights
from tests.apps.reunion.test_desk import guest, refused
from tests.apps.reunion.test_rights import ONE, asked, told
from tests.apps.reunion.test_row_level_security import next_staff, staff
from tests.factories import faces
from tests.factories.city import City
from tests.factories.desk import (
    ASSIST,
    HELPER,
    SECOND_HELPER,
    ask,
    desk,
    expert_of,
    hear,
    helping_county,
    invite,
    on_board,
    read,
    reply,
    request_for,
)
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    NEXT_CHIEF,
    NEXT_CIVIL,
    NEXT_COUNTY,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    pictured,
    searched,
    step,
)
from tests.factories.supervision import CITIZEN, GRID, OFFICE, act
from tests.kernel.db.test_row_level_security import COUNTY_PATH, as_login

yesterdays_reviews = test_rights.yesterdays_reviews
TOWN_POLICE = "19900000025"
ASSIST_OF = "query($id: ID!) { reunionAssist(id: $id) { id } }"


# ------------------------------------------------------------------------------------------------------ pure rules


@pytest.mark.parametrize(
    ("abducted", "minor", "agreed", "chief", "code"),
    [
        (False, False, False, False, ""), (False, True, False, False, "GUARDIAN_NEEDED"), (False, True, True, False, ""),
        (False, True, False, True, ""), (True, False, True, False, "CHIEF_NEEDED"), (True, True, True, False, "CHIEF_NEEDED"),
        (True, True, False, True, ""),
    ],
)  # fmt: skip
def test_children_and_the_abducted_are_not_put_on_the_board_by_any_officer(
    abducted: bool, minor: bool, agreed: bool, chief: bool, code: str
) -> None:
    assert rules.board_refusal(abducted=abducted, is_minor=minor, guardian_agreed=agreed, by_chief=chief) == code


def test_on_the_board_only_who_knows_the_person_settles_it() -> None:
    assert [rules.settles(AssistAddressee.BOARD, each) for each in AssistFinding] == [
        each == AssistFinding.KNOWN_HERE for each in AssistFinding
    ]
    assert all(rules.settles(AssistAddressee.COUNTY, each) for each in AssistFinding)


@pytest.mark.parametrize(
    ("born", "years"),
    [((date(1950, 1, 1), date(1959, 12, 31)), (66, 76)), ((date(2026, 11, 1), date(2026, 11, 2)), (0, 0)), ((None, None), None)],
)
def test_an_age_is_the_least_and_the_most_it_may_be(born: tuple[date | None, date | None], years: tuple[int, int] | None) -> None:
    assert rules.age_range(*born, date(2026, 11, 28)) == years


# ---------------------------------------------------------------------------------------------------------- asking


async def test_police_of_the_case_ask_and_nobody_else(city: City) -> None:
    case = await guest(city)
    case = {**case, **await look(await city.sign_in(POLICE), case)}
    given = helping_county(case, NEXT_COUNTY)
    for phone, code in (
        (STATION, "NOT_PERMITTED"), (CIVIL, "NOT_PERMITTED"), (EXPERT, "NOT_FOUND"), (NEXT_POLICE, "NOT_FOUND"), (TOWN_POLICE, "NOT_FOUND"),
        (CITIZEN, "NOT_FOUND"), (GRID, "NOT_PERMITTED"), (OFFICE, "NOT_PERMITTED"),
    ):  # fmt: skip
        codes = await refused(await city.sign_in(phone), "askAssist", **given)
        assert codes in ([code], ["NOT_PERMITTED"]), phone
    assert (await ask(await city.sign_in(CHIEF), case, county=NEXT_COUNTY))["state"] == "OPEN"


async def test_nothing_is_asked_before_the_ground_is_recorded(city: City) -> None:
    station = await city.sign_in(STATION)
    given: dict[str, Any] = {"kind": "AT_STATION", "division": COUNTY, "station": "站", "admittedOn": "2026-11-20", "facts": told()}
    case = (await act(station, "registerFound", show="case { id version }", **given))["case"]
    assert await refused(await city.sign_in(POLICE), "askAssist", **helping_county(case, NEXT_COUNTY)) == ["WRONG_STATE"]


async def test_experts_and_the_board_are_asked_after_a_comparison_that_was_approved(city: City) -> None:
    case = await guest(city)
    police, expert = await city.sign_in(POLICE), await expert_of(city, "331022")
    case = {**case, **await look(police, case)}
    assert await refused(police, "askAssist", **request_for(case, "BOARD")) == ["NO_SEARCH"]
    with pytest.raises(AssertionError, match="NO_SEARCH"):
        await invite(police, case, expert)
    case = await searched(city, case)
    assert (await invite(police, case, expert))["addressee"] == "EXPERT"
    assert (await on_board(police, case))["addressee"] == "BOARD"


async def test_a_child_goes_to_the_board_when_its_guardian_agreed_or_the_chief_asks(city: City) -> None:
    case = await searched(city, await guest(city, born="10岁"))
    assert case["isMinor"]
    police = await city.sign_in(POLICE)
    case = {**case, **await look(police, case)}
    assert await refused(police, "askAssist", **request_for(case, "BOARD")) == ["GUARDIAN_NEEDED"]
    assert (await on_board(await city.sign_in(CHIEF), case))["state"] == "OPEN"


async def test_a_suspected_abduction_is_put_on_the_board_by_the_chief_alone(city: City) -> None:
    case = await searched(city, await guest(city))
    case = await step(await city.sign_in(STATION), "raiseReunionAlarm", case, alarm="ABDUCTION", receipt="110-2026-2")
    assert await refused(await city.sign_in(POLICE), "askAssist", **request_for(case, "BOARD")) == ["CHIEF_NEEDED"]
    assert (await on_board(await city.sign_in(CHIEF), case))["state"] == "OPEN"


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"county": COUNTY}, ["INVALID"]), ({"county": TOWN}, ["INVALID"]), ({"county": "3310"}, ["INVALID"]), ({"county": "999999"}, ["NOT_FOUND"]),
        ({"county": "x' or 1=1"}, ["NOT_FOUND"]), ({"county": None}, ["NOT_FOUND"]), ({"days": 31}, ["INVALID"]), ({"days": 0}, ["INVALID"]),
        ({"days": 1}, ["INVALID"]), ({"question": "  "}, ["REQUIRED"]), ({"question": "问" * 1001}, ["TOO_LONG"]),
        ({"question": "a\u202eb夺"}, ["INVALID"]), ({"legalBasis": ""}, ["REQUIRED"]), ({"purpose": "LOST_RESCUE"}, ["INVALID"]),
        ({"pictures": ["x"]}, ["NOT_FOUND"]), ({"pictures": [str(uuid4())]}, ["NOT_FOUND"]), ({"version": 1}, ["CONFLICT"]),
        ({"id": str(uuid4())}, ["NOT_FOUND"]),
    ],
)  # fmt: skip
async def test_a_request_that_makes_no_sense_is_refused_with_its_field(city: City, fields: dict[str, Any], codes: list[str]) -> None:
    case = await guest(city)
    police = await city.sign_in(POLICE)
    given = helping_county({**case, **await look(police, case)}, NEXT_COUNTY) | fields
    assert await refused(police, "askAssist", **given) == codes


async def test_pictures_are_the_cases_own(city: City) -> None:
    one = await pictured(city, STATION, await guest(city), faces.astronaut(), face=0)
    police = await city.sign_in(POLICE)
    picture = (await look(police, one, "pictures { id }"))["pictures"][0]["id"]
    other = await guest(city)
    given = helping_county({**other, **await look(police, other)}, NEXT_COUNTY, pictures=[picture])
    assert await refused(police, "askAssist", **given) == ["NOT_FOUND"]


async def test_only_a_face_expert_in_office_is_invited(city: City) -> None:
    case = await searched(city, await guest(city))
    police = await city.sign_in(POLICE)
    case = {**case, **await look(police, case)}
    for wrong in (None, "x", str(uuid4()), await _membership_of(city, NEXT_POLICE)):
        assert await refused(police, "askAssist", **request_for(case, "EXPERT", expertId=wrong)) == ["NOT_FOUND"]


async def _membership_of(city: City, phone: str) -> str:
    account = (await city.sign_in(phone)).account_id
    async with open_scope(Scope(DbRole.IDENTITY)):
        return str((await Membership.filter(account_id=UUID(account)).get()).id)


async def test_the_roster_is_for_those_who_may_invite(city: City) -> None:
    query = "{ reunionExperts { id name agencyName level answered thanked division { code } } }"
    roster = await asked(await city.sign_in(POLICE), query)
    assert {"测试人像专家甲", "测试人像专家乙"} <= {each["name"] for each in roster}
    assert [each["level"] for each in roster] == sorted((each["level"] for each in roster), key=["PROVINCE", "CITY", "COUNTY"].index)
    for phone in (STATION, EXPERT, CITIZEN, GRID):
        assert await asked(await city.sign_in(phone), query) == "NOT_PERMITTED"


# -------------------------------------------------------------------------------------------------------- answering


async def test_a_request_to_a_county_is_that_countys_alone(city: City) -> None:
    case = await guest(city)
    request = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    for phone in (HELPER, EXPERT, "19900000051", TOWN_POLICE):
        person = await city.sign_in(phone)
        assert await asked(person, ASSIST_OF, id=request["id"]) in (None, "NOT_PERMITTED"), phone
        assert await asked(person, ONE, id=case["id"]) in (None, "NOT_PERMITTED"), phone
        codes = await refused(person, "answerAssist", id=request["id"], finding="UNSURE", reasons="不详")
        assert codes in (["NOT_FOUND"], ["NOT_PERMITTED"]), phone
    for own in (POLICE, CHIEF):
        assert await refused(await city.sign_in(own), "answerAssist", id=request["id"], finding="UNSURE", reasons="不详") == ["NOT_PERMITTED"]
    for phone in (NEXT_POLICE, NEXT_CHIEF, NEXT_CIVIL):
        assert (await read(await city.sign_in(phone), request, "mayAnswer"))["mayAnswer"]
    await reply(await city.sign_in(NEXT_CIVIL), request, "NOT_KNOWN_HERE", "民政系统无记录")
    assert await refused(await city.sign_in(NEXT_POLICE), "declineAssist", id=request["id"], text="不办") == ["ALREADY_DECIDED"]


async def test_who_is_asked_neither_ends_thanks_nor_works_on_the_case(city: City) -> None:
    case = await guest(city)
    request = await ask(await city.sign_in(POLICE), case, county=NEXT_COUNTY)
    helper = await city.sign_in(NEXT_POLICE)
    assert await refused(helper, "endAssist", id=request["id"], text="不要了") == ["NOT_PERMITTED"]
    answered = await reply(helper, request, "UNSURE", "线索不足")
    codes = await refused(helper, "thankForAssist", replyId=answered["replies"][0]["id"], words="谢谢自己")
    assert codes == ["NOT_PERMITTED"]
    with pytest.raises(AssertionError, match=r"NOT_FOUND|NOT_PERMITTED"):
        await step(helper, "requestFaceSearch", case, purpose="CROSS_REGION", legalBasis="依据", necessity="必要")


async def test_an_answer_fits_who_gives_it_and_says_why(city: City) -> None:
    case = await searched(city, await guest(city))
    police, helper, expert = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE), await city.sign_in(EXPERT)
    of_county, of_expert = await ask(police, case, county=NEXT_COUNTY), await invite(police, case, expert)
    for person, request, finding in ((helper, of_county, "SAME"), (expert, of_expert, "KNOWN_HERE")):
        assert await refused(person, "answerAssist", id=request["id"], finding=finding, reasons="有理由") == ["INVALID"]
        assert await refused(person, "answerAssist", id=request["id"], finding="UNSURE", reasons=" ") == ["REQUIRED"]
    assert await refused(helper, "takeUpAssist", id=of_county["id"]) == ["WRONG_STATE"]


async def test_the_board_is_for_desks_of_other_counties(city: City) -> None:
    case = await searched(city, await guest(city))
    police = await city.sign_in(POLICE)
    request = await on_board(police, case)
    assert await refused(police, "takeUpAssist", id=request["id"]) == ["NOT_PERMITTED"]
    assert await refused(await city.sign_in(TOWN_POLICE), "takeUpAssist", id=request["id"]) == ["NOT_PERMITTED"]
    assert await refused(await city.sign_in(EXPERT), "takeUpAssist", id=request["id"]) == ["NOT_FOUND"]
    assert request["id"] not in [each["id"] for each in await desk(await city.sign_in(EXPERT), "BOARD")]
    assert await refused(await city.sign_in(HELPER), "answerAssist", id=request["id"], finding="UNSURE", reasons="不详") == ["NOT_TAKEN"]
    assert await asked(await city.sign_in(CITIZEN), "{ reunionAssists(scope: BOARD) { edges { node { id } } } }") == "NOT_PERMITTED"


async def test_lists_come_in_pages_and_by_their_limit(city: City) -> None:
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    made = [(await ask(police, await guest(city), county=NEXT_COUNTY))["id"] for _ in range(3)]
    query = """query($s: ReunionAssistScope!, $a: String) { reunionAssists(scope: $s, first: 2, after: $a, open: true) {
        edges { node { id dueAt } } pageInfo { hasNextPage endCursor } } }"""
    for person, scope in ((helper, "TO_US"), (police, "MINE")):
        rows: list[dict[str, Any]] = []
        after = None
        while after is not None or not rows:
            page = (await person.ask(query, s=scope, a=after))["reunionAssists"]
            rows += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        assert set(made) <= {row["id"] for row in rows} and len({row["id"] for row in rows}) == len(rows)
        assert [row["dueAt"] for row in rows] == sorted(row["dueAt"] for row in rows)
    assert made[0] not in [each["id"] for each in await desk(police, "TO_US")]


# ---------------------------------------------------------------------------------------------- the database itself

DESK = ("reunion_assist", "reunion_assist_reply", "reunion_assist_thanks")


async def seen(dsn: str, scope: Any, request: dict[str, Any]) -> set[str]:
    columns = dict(zip(DESK, ("id", "assist_id", "assist_id"), strict=True))
    async with as_login(dsn, scope) as connection:
        return {
            table for table, column in columns.items()
            if await connection.fetchval(f"select exists (select 1 from {table} where {column} = $1)", UUID(request["id"]))
        }  # fmt: skip


async def answered_and_thanked(city: City) -> dict[str, Any]:
    police = await city.sign_in(POLICE)
    request = await ask(police, await guest(city), county=NEXT_COUNTY)
    await reply(await city.sign_in(NEXT_POLICE), request, "KNOWN_HERE", "本县居民")
    await hear(city)
    (row,) = (await read(police, request, "replies { id }"))["replies"]
    await act(police, "thankForAssist", show=ASSIST, replyId=row["id"], words="谢谢")
    await hear(city)
    return {**request, "reply": row["id"]}


async def test_both_counties_read_their_exchange_and_no_third_one_does(city: City, database: Any) -> None:
    request = await answered_and_thanked(city)
    dsn = database.login_dsn
    for scope in (staff(COUNTY_PATH), next_staff()):
        assert await seen(dsn, scope, request) == set(DESK)
    for scope in (
        staff("33.3310.331022", county="331022"), staff(COUNTY_PATH, "rehab"), next_staff("mediation"), next_staff(path="33.3310.331023.331023101"),
        staff(f"{COUNTY_PATH}.{TOWN}"),
    ):  # fmt: skip
        assert await seen(dsn, scope, request) == set(), scope


@pytest.mark.parametrize(
    "sql",
    [
        "update reunion_assist set question = '改成别的问题' where id = '{id}'",
        "update reunion_assist set expires_at = expires_at + interval '1 day' where id = '{id}'",
        "update reunion_assist set to_county = '331022' where id = '{id}'",
        "update reunion_assist_reply set reasons = 'x' where assist_id = '{id}'",
        "update reunion_assist_reply set finding = 'UNSURE' where assist_id = '{id}'",
        "update reunion_assist_reply set assist_id = gen_random_uuid() where assist_id = '{id}'",
        "update reunion_assist_thanks set helper_id = gen_random_uuid() where assist_id = '{id}'",
        "delete from reunion_assist where id = '{id}'",
        "delete from reunion_assist_reply where assist_id = '{id}'",
        "delete from reunion_assist_thanks where assist_id = '{id}'",
        "update share set to_account = null, to_county = '331022' where matter_id = (select case_id from reunion_assist where id = '{id}')",
    ],
)
async def test_neither_county_rewrites_what_was_asked_or_answered(city: City, database: Any, sql: str) -> None:
    request = await answered_and_thanked(city)
    for scope in (next_staff(), staff(COUNTY_PATH)):
        if sql.startswith("update share") and scope.counties == (COUNTY,):
            continue  # its own county ends and opens what is its own
        async with as_login(database.login_dsn, scope) as connection:
            try:
                assert (await connection.execute(sql.format(id=request["id"]))).endswith(" 0"), scope
            except (asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError):
                continue


async def test_nobody_answers_what_he_was_not_asked(city: City, database: Any) -> None:
    request = await ask(await city.sign_in(POLICE), await guest(city), county=NEXT_COUNTY)
    insert = """insert into reunion_assist_reply (id, county, path, assist_id, asker_county, asker_path, by_expert, state, finding, reasons,
        helper_id, helper_name, agency_name, changed_at) values (gen_random_uuid(), $1, $2::text::ltree, $3, $4, $5::text::ltree, $6, 'ANSWERED', 'UNSURE',
        '没有人问过', $7, 'x', 'x', now())"""
    me = uuid4()
    third = staff("33.3310.331022", county="331022", person=me)
    mine, theirs = ("331022", "33.3310.331022"), (NEXT_COUNTY, "33.3310.331023")
    for scope, place, asker, expert in (
        (third, mine, COUNTY, False), (third, mine, COUNTY, True), (third, theirs, COUNTY, False), (next_staff(), theirs, "331022", False),
        (next_staff(), mine, COUNTY, False), (next_staff(), theirs, COUNTY, True), (staff(COUNTY_PATH), (COUNTY, COUNTY_PATH), COUNTY, False),
    ):  # fmt: skip
        async with as_login(database.login_dsn, scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(insert, *place, UUID(request["id"]), asker, COUNTY_PATH, expert, scope.person)


async def test_what_was_opened_to_one_person_is_closed_to_his_whole_county(city: City, database: Any) -> None:
    case = await searched(city, await found(city, facts={**told(), "sex": "MALE"}))
    expert = await expert_of(city, "331022")
    await invite(await city.sign_in(POLICE), case, expert)
    sql = "select exists (select 1 from reunion_case where id = $1), exists (select 1 from share where matter_id = $1)"
    for person, expected in ((UUID(expert.account_id), (True, True)), (uuid4(), (False, False))):
        scope = staff("33.3310.331022", county="331022", person=person)
        async with as_login(database.login_dsn, scope) as connection:
            assert tuple(await connection.fetchrow(sql, UUID(case["id"]))) == expected
    async with as_login(database.login_dsn, staff("33.3310.331022", "mediation", county="331022", person=UUID(expert.account_id))) as connection:
        assert tuple(await connection.fetchrow(sql, UUID(case["id"]))) == (False, False), "in another office he is nobody here"
    assert SECOND_HELPER and (await asked(await city.sign_in(HELPER), ONE, id=case["id"])) is None


async def test_more_requests_need_no_more_statements(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    query = """{ reunionAssists(scope: TO_US, first: 50, open: true) { edges { node { id question isOurs caseCode county { code } toCounty { name }
        clock { dueAt colour why } mayTake mayAnswer replies { id reasons county { name } thanks { words } mayThank } } } } }"""
    police, helper = await city.sign_in(POLICE), await city.sign_in(NEXT_POLICE)
    await ask(police, await guest(city), county=NEXT_COUNTY)
    await helper.ask(query)
    few = await statements(city, NEXT_POLICE, query, monkeypatch)
    for _ in range(3):
        await ask(police, await guest(city), county=NEXT_COUNTY)
    assert await statements(city, NEXT_POLICE, query, monkeypatch) <= few
    assert few <= 12
