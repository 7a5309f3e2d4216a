"""What the database itself refuses in reunion, by plain SQL, whatever the program above it forgets; and what one county opens."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.reunion import models
from backend.apps.reunion.models import cases
from backend.kernel.db.models import TenantModel
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY
from tests.apps.reunion import test_rights
from tests.apps.reunion.test_rights import (
    MACHINE,
    ONE,
    TOWN_POLICE,
    asked,
    candidate,
    leading,
    pair,
    proven,
    rejected,
    searched_again,
    sought_search,
    told,
)
from tests.factories import faces
from tests.factories.city import City
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CASE,
    CHIEF,
    CIVIL,
    NEXT_CIVIL,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    pictured,
    searched,
    step,
)
from tests.factories.supervision import CITIZEN, act, new_phone, whose
from tests.kernel.db.test_row_level_security import COUNTY_PATH, GRID_PATH, as_login

yesterdays_reviews = test_rights.yesterdays_reviews

#: Table → column that names the case.
OF_A_CASE = {
    "reunion_case": "id",
    **{
        model._meta.db_table: "case_id"
        for model in vars(models).values()
        if isinstance(model, type) and issubclass(model, TenantModel) and "case_id" in model._meta.fields
    },
}
#: What the way from a search to the hand-over leaves; the tables of what is asked of others have tests of their own.
BUSY = OF_A_CASE.keys() & {each._meta.db_table for each in vars(cases).values() if isinstance(each, type) and issubclass(each, TenantModel) and each is not TenantModel}
KERNEL = dict.fromkeys(
    ("access_log", "event", "face_search", "job", "matter_clock", "participant", "retention", "share", "stored_file"), "matter_id"
)
TABLES = OF_A_CASE | KERNEL
NEXT_PATH = "33.3310.331023"
FAMILYS = {"reunion_case", "reunion_missing", "reunion_picture"}


def staff(path: str, purpose: str = "reunion", *, county: str = COUNTY, person: UUID | None = None) -> Scope:
    return Scope(DbRole.STAFF, (county,), (path,), person=person or uuid4(), purpose=purpose)


def next_staff(purpose: str = "reunion", path: str = NEXT_PATH) -> Scope:
    return staff(path, purpose, county="331023")


def private(account: str) -> Scope:
    return Scope(DbRole.SELF, person=UUID(account))


async def seen(dsn: str, scope: Scope, case: dict[str, Any]) -> set[str]:
    """Tables of which the scope sees a row about the case."""
    async with as_login(dsn, scope) as connection:
        found = set()
        for table, column in TABLES.items():
            granted = await connection.fetchval("select has_any_column_privilege($1, 'select')", table)
            if granted and await connection.fetchval(f"select exists (select 1 from {table} where {column} = $1)", UUID(case["id"])):
                found.add(table)
        return found


async def busy(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pair, searched from the station's side to the hand-over, with a row in nearly every table of reunion."""
    sought, guest = await pair(city)
    sought = await pictured(city, NEXT_POLICE, sought, faces.astronaut(), face=0)
    guest = await pictured(city, STATION, guest, faces.astronaut(), face=0)
    guest = await leading(city, await searched(city, guest), sought)
    guest = await proven(city, guest)
    station = await city.sign_in(STATION)
    await step(station, "arrangeReturn", guest, plan="家属来接", wish="愿意")
    guest = await step(station, "handOver", guest, receiver="家属", idCheck="已核对", place="站内")
    return sought, guest


async def test_each_sees_what_is_his_and_nothing_else(city: City, database: Any) -> None:
    sought, guest = await busy(city)
    dsn, family = database.login_dsn, await whose(city, sought)
    assert await seen(dsn, staff(COUNTY_PATH), guest) >= BUSY - {"reunion_missing"}
    for scope in (
        staff(COUNTY_PATH, "mediation"), staff(COUNTY_PATH, "rehab"), staff(COUNTY_PATH, ""), staff(GRID_PATH),
        staff(COUNTY_PATH, county="331023"), next_staff(), next_staff("mediation"), Scope(DbRole.STAFF, purpose="reunion"),
        Scope(DbRole.SELF), private(family.account_id), private((await city.sign_in(CITIZEN)).account_id),
    ):  # fmt: skip
        assert await seen(dsn, scope, guest) == set(), scope
    own = await seen(dsn, private(family.account_id), sought)
    assert own & set(OF_A_CASE) == FAMILYS, "nothing of candidates, reviews or proofs is the family's"
    assert own & {"face_search", "job", "share"} == set()


async def test_another_county_sees_the_case_its_pictures_and_their_files_and_no_more_once_they_are_opened(
    city: City, database: Any
) -> None:
    sought, guest = await pair(city)
    sought = await pictured(city, NEXT_POLICE, sought, faces.astronaut(), face=0)
    dsn = database.login_dsn
    assert await seen(dsn, staff(COUNTY_PATH), sought) == set()
    await searched(city, guest)
    opened = {"reunion_case", "reunion_picture", "share", "stored_file"}
    assert await seen(dsn, staff(COUNTY_PATH), sought) == opened
    for scope in (staff(COUNTY_PATH, "mediation"), staff(COUNTY_PATH, "rehab"), staff("33.3310.331022", county="331022")):
        assert await seen(dsn, scope, sought) == set(), scope
    for sql in (
        "update reunion_case set name = 'x' where id = $1", "delete from reunion_picture where case_id = $1",
        "update reunion_picture set state = 'UNUSABLE' where case_id = $1", "update share set expires_at = now() + interval '9 years' where matter_id = $1",
        "update share set ended_at = null where matter_id = $1", "delete from stored_file where matter_id = $1",
    ):  # fmt: skip
        async with as_login(dsn, staff(COUNTY_PATH)) as connection:
            try:
                assert (await connection.execute(sql, UUID(sought["id"]))).endswith(" 0"), sql
            except asyncpg.InsufficientPrivilegeError:
                continue
    await city.pass_time(days=31)
    assert await seen(dsn, staff(COUNTY_PATH), sought) == set(), "the share has ended"
    police = await city.sign_in(POLICE)
    row = await candidate(police, guest, sought, "id pictureUrl other { id }")
    assert (row["pictureUrl"], row["other"]) == (None, None)
    assert await asked(police, ONE, id=sought["id"]) is None


async def test_what_was_opened_is_read_and_nothing_is_done_with_it(city: City) -> None:
    sought, guest = await pair(city)
    await searched(city, guest)
    show = """id facts { name circumstances dnaRef } report { phoneMasked } candidates { id } searches { id } looks { who } basisText
        quickCheck clocks { id } followUps { month } canReveal availableActions { name } timeline(first: 50) { edges { node { tag data } } }"""
    for phone in (POLICE, CHIEF, CIVIL, STATION):
        opened = await look(await city.sign_in(phone), sought, show)
        assert opened["facts"] == {"name": opened["facts"]["name"], "circumstances": None, "dnaRef": None}
        assert (opened["report"], opened["candidates"], opened["searches"], opened["looks"]) == (None, [], [], [])
        assert (opened["basisText"], opened["quickCheck"], opened["clocks"], opened["canReveal"]) == (None, None, [], False)
        assert (opened["availableActions"], opened["timeline"]["edges"]) == ([], [])
        listed = await asked(await city.sign_in(phone), "{ reunionCases(first: 100) { edges { node { id } } } }")
        assert sought["id"] not in str(listed)


async def test_only_those_who_work_on_the_candidate_read_what_was_opened(city: City) -> None:
    sought, guest = await pair(city)
    await searched(city, guest)
    town = await city.sign_in(TOWN_POLICE)
    assert await asked(town, ONE, id=guest["id"]) is None
    assert await asked(town, ONE, id=sought["id"]) is None


async def test_a_narrower_place_sees_nothing_of_what_was_opened_to_the_county(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    await searched(city, guest)
    assert await seen(database.login_dsn, staff(GRID_PATH), sought) == set()


async def test_a_record_opened_in_its_own_county_is_in_no_other_towns_list(city: City) -> None:
    sought, guest = await pair_at_home(city)
    await searched(city, guest)
    town = await city.sign_in(TOWN_POLICE)
    assert sought["id"] not in str(await asked(town, "{ reunionCases(first: 100) { edges { node { id name } } } }"))


async def pair_at_home(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides in one county."""
    facts, police, phone = told(), await city.sign_in(POLICE), new_phone()
    report: dict[str, Any] = {"kind": "ELDERLY", "division": COUNTY, "reporterName": "测试家属", "relation": "儿子", "phone": phone, "facts": facts}
    sought = (await act(police, "reportMissing", show=f"case {{ {CASE} }}", **report))["case"]
    sought = await step(police, "recordReunionBasis", {**sought, "phone": phone}, basis="CONSENT", text="家属单独同意")
    return sought, await found(city, facts=facts)


async def test_a_share_ends_with_the_candidate_it_was_opened_for(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    await city.pass_time(minutes=10)
    assert await seen(database.login_dsn, staff(COUNTY_PATH), sought) == set()


async def test_a_share_ends_with_the_case_it_was_opened_for(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    await step(await city.sign_in(STATION), "withdrawReunionCase", guest, text="本人撤回同意")
    await city.pass_time(minutes=10)
    assert await seen(database.login_dsn, staff(COUNTY_PATH), sought) == set()


async def test_a_later_search_opens_the_record_again(city: City) -> None:
    facts = told()
    sought, guest = await pair(city, facts)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    await city.pass_time(days=31)
    await step(await city.sign_in(NEXT_POLICE), "correctReunionFacts", sought, facts={**facts, "sex": "MALE", "clothes": "蓝色工装裤"})
    assert await searched_again(city, guest) == [sought["code"]]
    await city.pass_time(seconds=30)
    rows = (await look(await city.sign_in(POLICE), guest, "candidates { state other { id } }"))["candidates"]
    assert [each["other"] is not None for each in rows if each["state"] == "OPEN"] == [True]


async def test_another_countys_reading_leaves_a_line_too(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    sought = await pictured(city, NEXT_POLICE, sought, faces.astronaut(), face=0)
    await searched(city, guest)
    expert = await city.sign_in(POLICE)
    await look(expert, sought, "facts { name marks }")
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetchval(
            "select count(*) from access_log where account_id = $1 and (matter_id = $2 or subject_id = $2 or reason like '%' || $3 || '%')",
            UUID(expert.account_id), UUID(sought["id"]), sought["code"],
        )  # fmt: skip
    assert rows > 0


# ------------------------------------------------------------------------------------------- what nobody writes

FAMILYS_FORBIDDEN = {
    "a name": "update reunion_case set name = 'x', version = version + 1 where id = '{case}'",
    "a closed case": "update reunion_case set state = 'CLOSED', ended_at = now() where id = '{case}'",
    "no refusal": "update reunion_case set no_contact = not no_contact where id = '{case}'",
    "a guardian's word": "update reunion_case set guardian_agreed = true where id = '{case}'",
    "a case": "insert into reunion_case select (c).* from (select c from reunion_case c where id = '{case}') x",
    "no case": "delete from reunion_case where id = '{case}'",
    "another telephone": "update reunion_missing set phone_sealed = '' where case_id = '{case}'",
    "no picture": "delete from reunion_picture where case_id = '{case}'",
    "another face": "update reunion_picture set chosen = 1 where case_id = '{case}'",
    "a candidate": "update reunion_candidate set state = 'CONFIRMED' where case_id = '{case}'",
    "a review": "delete from reunion_review where case_id = '{case}'",
    "a proof": "update reunion_proof set positive = true where case_id = '{case}'",
    "a search": "update face_search set state = 'APPROVED' where matter_id = '{case}'",
    "a share": "update share set expires_at = now() where matter_id = '{case}'",
    "an event": "update event set data = '{{}}' where matter_id = '{case}'",
}  # fmt: skip
#: What no officer writes or reads either.
STAFFS_FORBIDDEN = {
    "proof changed": "update reunion_proof set positive = not positive where case_id = '{case}'",
    "proof gone": "delete from reunion_proof where case_id = '{case}'",
    "confirmation changed": "update reunion_confirmation set organ = 'CIVIL_AFFAIRS' where case_id = '{case}'",
    "confirmation gone": "delete from reunion_confirmation where case_id = '{case}'",
    "review changed": "update reunion_review set verdict = 'SAME' where case_id = '{case}'",
    "no case": "delete from reunion_case where id = '{case}'",
    "a request reworded": "update face_search set purpose = 'X' where matter_id = '{case}'",
    "a longer approval": "update face_search set expires_at = expires_at + interval '1 day' where matter_id = '{case}'",
    "his own approval": "update face_search set decided_by = requested_by, state = 'APPROVED' where matter_id = '{case}'",
    "faces": "select id from gallery_face",
    "a face": "insert into gallery_face (id, county, path, gallery, matter_id, subject_id, file_id, model, vector, quality, created_at) "
    "select gen_random_uuid(), county, path, 'reunion.found', id, id, id, 'm', array_fill(0.1::real, array[512])::halfvec, '{{}}', now() "
    "from reunion_case where id = '{case}'",
    "codes": "select * from gallery_code",
    "a vector": "select vector from gallery_face",
    "facts of others": "select * from reunion_facts((select id from face_search where matter_id = '{case}' limit 1), '331024', 'SOUGHT', "
    "'{{}}', '[\"ce\"]', 'U', null, null, 10, now())",
    "a comparison": "select * from search_gallery((select id from face_search where matter_id = '{case}' limit 1), '331024', "
    "array_fill(0.1::real, array[512])::halfvec, 'm', 10, now())",
    "a look gone": "delete from access_log where matter_id = '{case}'",
}  # fmt: skip


async def refused(dsn: str, scope: Scope, sql: str) -> bool:
    """Whether the statement fails, changes nothing or finds nothing."""
    async with as_login(dsn, scope) as connection:
        try:
            return await connection.execute(sql) in ("UPDATE 0", "DELETE 0", "INSERT 0 0", "SELECT 0")
        except (
            asyncpg.InsufficientPrivilegeError, asyncpg.UniqueViolationError, asyncpg.CheckViolationError, asyncpg.RaiseError,
            asyncpg.RestrictViolationError,
        ):  # fmt: skip
            return True


async def test_a_family_writes_nothing_but_its_withdrawal(city: City, database: Any) -> None:
    sought, _ = await busy(city)
    me = (await whose(city, sought)).account_id
    statements = {name: sql.format(case=sought["id"]) for name, sql in FAMILYS_FORBIDDEN.items()}
    assert [name for name, sql in statements.items() if not await refused(database.login_dsn, private(me), sql)] == []


async def test_no_officer_rewrites_proofs_reviews_or_requests_or_looks_into_a_gallery(city: City, database: Any) -> None:
    _, guest = await busy(city)
    statements = {name: sql.format(case=guest["id"]) for name, sql in STAFFS_FORBIDDEN.items()}
    scope = staff(COUNTY_PATH)
    assert [name for name, sql in statements.items() if not await refused(database.login_dsn, scope, sql)] == []


async def test_the_system_itself_sees_no_facts_without_an_approved_search_of_its_county(city: City, database: Any) -> None:
    _, guest = await busy(city)
    await city.pass_time(hours=1)
    sql = "select * from reunion_facts($1, $2, 'SOUGHT', '{}', '[\"ce\"]', 'U', null, null, 10, now() + interval '3 days')"
    async with open_ledger(database.admin_dsn) as ledger:
        search = await ledger.fetchval("select id from face_search where matter_id = $1", UUID(guest["id"]))
    for identifier, county in ((search, COUNTY), (uuid4(), COUNTY), (search, "331023")):
        async with as_login(database.login_dsn, MACHINE.scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(sql, identifier, county)


async def test_the_seekers_county_reads_of_a_guest_what_was_opened_and_writes_nothing(city: City, database: Any) -> None:
    sought, guest = await pair(city)
    await sought_search(city, sought)
    assert await seen(database.login_dsn, next_staff(), guest) == {"reunion_case", "share"}
    person = await city.sign_in(NEXT_CIVIL)
    assert (await look(person, guest, "stranded { station } placeText"))["stranded"] is None
