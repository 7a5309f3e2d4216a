"""Existing records from a table with pictures: looked at, corrected, made once, erased."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.files.service import attach
from tests.apps.reunion.test_rights import TOWN_POLICE
from tests.apps.reunion.test_row_level_security import NEXT_PATH, private, staff
from tests.factories import faces
from tests.factories.city import City, Refused
from tests.factories.imports import (
    as_csv,
    as_zip,
    begun,
    by_number,
    found,
    look,
    send,
    sent,
    sought,
    step,
    variant,
)
from tests.factories.ledger import open_ledger
from tests.factories.reunion import CHIEF, CIVIL, NEXT_POLICE, POLICE, STATION
from tests.factories.reunion import look as look_at_case
from tests.factories.supervision import CITIZEN, act, new_phone
from tests.kernel.db.test_row_level_security import COUNTY_PATH, as_login
from tests.kernel.files.people import matter

#: Table → column that names the run.
TABLES = {"reunion_import": "id", "reunion_import_row": "run_id", "reunion_import_picture": "run_id"}
TOWN_PATH = f"{COUNTY_PATH}.331024100"


async def count(database: Any, sql: str, *values: object) -> int:
    async with open_ledger(database.admin_dsn) as raw:
        return int(await raw.fetchval(sql, *values))


def unique() -> str:
    """A name that no other test's case sounds like."""
    return "测" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(uuid4().int)[:9])


async def test_a_table_becomes_cases_with_pictures_in_the_gallery(city: City, database: Any) -> None:
    name, phone = unique(), new_phone()
    rows = [sought("0001", name, 电话=phone, 照片="王.jpg"), sought("0002", unique(), 出生日期="1950-13-40"), sought("0003", unique())]
    pictures = {"王.jpg": variant(faces.astronaut(), 1), "0003/a.jpg": variant(faces.basketball_player(), 2), "nobody.jpg": b"\xff\xd8\xff", "x.txt": b"x"}
    run = await begun(city, rows, pictures)
    assert (run["state"], run["encoding"], run["ignored"]) == ("PREVIEW", "utf-8", [])
    assert run["rowsBy"] == {"total": 3, "unread": 0, "ready": 2, "problems": 1, "repeats": 0, "skipped": 0, "done": 0, "lost": 0}
    assert (run["picturesBy"]["total"], run["picturesBy"]["unclaimed"], run["picturesBy"]["kept"]) == (4, 2, 0)
    seen = by_number(run)
    assert [(each["code"], each["column"]) for each in seen[3]["problems"]] == [("NO_SUCH_MONTH", "born")]
    assert {cell["column"]: cell["text"] for cell in seen[3]["cells"]}["born"] == "1950-13-40"
    run = await step(city, run, "run")
    assert (run["state"], run["rowsBy"]["done"], run["rowsBy"]["problems"]) == ("PREVIEW", 2, 1)
    assert (run["picturesBy"]["kept"], run["picturesBy"]["read"]) == (2, 2)
    police = await city.sign_in(POLICE)
    case = await look_at_case(police, {"id": by_number(run)[2]["caseId"]}, "facts { name bornText bornFrom } basis pictures { state chosen } timeline { edges { node { tag data } } }")
    assert (case["state"], case["basis"], case["facts"]["name"], case["facts"]["bornText"]) == ("BASIS_RECORDED", "STATUTORY_DUTY", name, "约1955年冬")
    assert [each["state"] for each in case["pictures"]] == ["READY"]
    told = {edge["node"]["tag"]: edge["node"]["data"] for edge in case["timeline"]["edges"]}
    assert told["reunion:case:registered"]["imported"] == told["reunion:picture:added"]["imported"] == run["id"]
    assert await count(database, "select count(*) from gallery_face where matter_id = $1 and gallery = 'reunion.missing'", UUID(case["id"])) == 1
    family = await city.sign_in(phone)
    assert (await look_at_case(family, case))["code"] == case["code"]
    done = await step(city, run, "finish")
    assert (done["state"], done["rowsBy"]["skipped"], done["erasedAt"] is not None) == ("DONE", 1, True)
    assert [row["cells"] for row in done["rows"]["nodes"]] == [[], [], []]
    assert by_number(done)[3]["problems"][0]["code"] == "NO_SUCH_MONTH"
    assert await count(database, "select count(*) from reunion_import_row where run_id = $1 and (cells_sealed <> '' or twin_index <> '')", UUID(run["id"])) == 0
    names = "select count(*) from reunion_import_picture where run_id = $1 and name_sealed <> ''"
    assert await count(database, names, UUID(run["id"])) == 2, "only of those that nobody could use"
    await city.pass_time(hours=2)
    assert await count(database, "select count(*) from stored_file where matter_id = $1", UUID(run["id"])) == 0
    # Nothing of the table is in what lasts for ever.
    async with open_ledger(database.admin_dsn) as raw:
        words = await raw.fetchval("select string_agg(data::text, '') from event where matter_id = any ($1)", [UUID(run["id"]), UUID(case["id"])])
    assert name not in words
    assert phone not in words


async def test_the_other_side_in_gbk_with_semicolons(city: City) -> None:
    data = as_csv([found("1", 姓名="𠮷田·买买提"), found("2", 入站时间="2026年11月", 状况="不知道")], "gb18030").replace(b",", b";")
    run = await begun(city, data, side="FOUND", phone=STATION, basis="GUARDIAN_CONSENT", text="监护人同意")
    assert run["encoding"] == "gb18030"
    assert [(each["code"], each["column"]) for each in by_number(run)[3]["problems"]] == [("UNKNOWN_WORD", "conditions"), ("NOT_A_DAY", "admittedOn")]
    run = await step(city, run, "run", phone=STATION)
    station = await city.sign_in(STATION)
    case = await look_at_case(station, {"id": by_number(run)[2]["caseId"]}, "facts { name } stranded { conditions }")
    assert (case["facts"]["name"], case["stranded"]["conditions"], case["side"]) == ("𠮷田·买买提", ["DEMENTIA"], "FOUND")


async def test_a_cell_is_corrected_and_the_row_looked_at_anew(city: City) -> None:
    run = await begun(city, [sought("1", unique(), 电话="123"), sought("2", unique())], {"2.jpg": b"\xff\xd8\xff"})
    police, row = await city.sign_in(POLICE), by_number(run)[2]
    assert [(each["code"], each["column"]) for each in row["problems"]] == [("PHONE_INVALID", "phone")]
    fix = {"rowId": row["id"], "version": row["version"], "column": "phone"}
    assert await refused(police, "fixReunionImportCell", **{**fix, "column": "sounds"}, text="x") == ["INVALID"]
    await act(police, "fixReunionImportCell", show="run { id }", **fix, text="13800005555")
    assert await refused(police, "fixReunionImportCell", **fix, text="13800005556") == ["CONFLICT"]
    row = by_number(await look(city, run))[2]
    assert (row["state"], row["problems"]) == ("READY", [])
    await act(police, "fixReunionImportCell", show="run { id }", rowId=row["id"], version=row["version"], column="pictures", text="2.jpg、3.jpg")
    row = by_number(await look(city, run))[2]
    # The picture is another row's already.
    assert (row["pictures"], row["lostPictures"]) == ([], 2)


async def refused(person: Any, command: str, **fields: Any) -> list[str]:
    with pytest.raises(Refused) as problem:
        await act(person, command, show="run { id }", **fields)
    return problem.value.codes


async def test_whom_a_row_may_repeat_and_what_becomes_of_it(city: City, database: Any) -> None:
    name, number = unique(), f"A{uuid4().hex[:12]}"
    first = await step(city, await begun(city, [sought("1", name, 警情编号=number)]), "run")
    case = by_number(first)[2]["caseId"]
    rows = [
        sought("1", name, 出生日期="1956年1月", 照片="one.jpg"), sought("2", unique(), 警情编号=number), sought("3", name, 性别="女"),
        sought("4", unique(), 出生日期="1940年"), sought("5", "", 出生日期="1940年"),
    ]  # fmt: skip
    rows.append({**rows[3], "编号": "6"})
    run = await begun(city, rows, {"one.jpg": variant(faces.astronaut(), 7)})
    seen = by_number(run)
    assert {number: row["state"] for number, row in seen.items()} == {
        2: "DUPLICATE", 3: "DUPLICATE", 4: "READY", 5: "READY", 6: "READY", 7: "DUPLICATE",
    }  # fmt: skip
    assert [(each["caseId"], each["why"]) for number in (2, 3) for each in seen[number]["repeats"]] == [(case, "PERSON"), (case, "POLICE_CASE")]
    assert [(each["number"], each["why"]) for each in seen[7]["repeats"]] == [(5, "PERSON")]
    police = await city.sign_in(POLICE)
    assert await refused(police, "decideReunionImportRows", id=run["id"], rows=[seen[7]["id"]], choice="ADD") == ["INVALID"]
    assert await refused(police, "decideReunionImportRows", id=run["id"], rows=[seen[2]["id"]], choice="ADD", caseId=str(uuid4())) == ["INVALID"]
    await act(police, "decideReunionImportRows", show="run { id }", id=run["id"], rows=[seen[2]["id"]], choice="ADD")
    await act(police, "decideReunionImportRows", show="run { id }", id=run["id"], rows=[seen[3]["id"]], choice="MAKE")
    await act(police, "decideReunionImportRows", show="run { id }", id=run["id"], choice="SKIP")
    assert by_number(await look(city, run))[7]["state"] == "SKIPPED"
    run = await step(city, run, "run")
    seen = by_number(run)
    assert (run["state"], run["rowsBy"]["done"], seen[2]["caseId"]) == ("DONE", 5, case)
    assert seen[3]["caseId"] != case
    assert len((await look_at_case(police, {"id": case}, "pictures { id }"))["pictures"]) == 1


async def test_the_same_table_twice_at_the_same_time_makes_every_case_once(city: City) -> None:
    rows = [sought(str(number), unique()) for number in range(1, 5)]
    one, other = await begun(city, rows), await begun(city, rows)
    assert other["rowsBy"]["ready"] == 4, "nothing was there when both were looked at"
    one = await step(city, one, "run")
    other = await step(city, other, "run")
    assert (one["state"], one["rowsBy"]["done"]) == ("DONE", 4)
    assert (other["state"], other["rowsBy"]["done"], other["rowsBy"]["repeats"]) == ("PREVIEW", 0, 4)


async def test_the_same_photograph_is_told(city: City) -> None:
    picture = variant(faces.astronaut(), int(uuid4().int % 10**6))
    run = await begun(city, [sought("1", unique()), sought("2", unique())], {"1.jpg": picture, "1-1.jpg": picture, "2.jpg": picture, "2b.jpg": b"\xff\xd8\xff\x00"})
    run = await step(city, run, "run")
    seen = by_number(run)
    mine = seen[2]["caseId"]
    assert seen[2]["pictures"] == [
        {"name": None, "problem": None, "sameAs": None}, {"name": "1-1.jpg", "problem": "SAME_PICTURE", "sameAs": mine},
    ]  # fmt: skip
    assert seen[3]["pictures"] == [{"name": None, "problem": None, "sameAs": mine}], "2b is no picture of 2"
    assert (run["picturesBy"]["kept"], run["picturesBy"]["odd"], run["picturesBy"]["unclaimed"]) == (2, 1, 1)


async def test_children_need_a_guardian_and_old_stays_start_no_clock(city: City, database: Any) -> None:
    rows = [sought("1", unique(), 类型="儿童", 出生日期="2018年5月"), sought("2", unique())]
    run = await begun(city, rows, basis="CONSENT", text="家属单独同意")
    assert [(each["code"], each["column"]) for each in by_number(run)[2]["problems"]] == [("GUARDIAN_NEEDED", "basis")]
    police = await city.sign_in(POLICE)
    await act(police, "reviseReunionImport", show="run { id }", id=run["id"], version=run["version"], basis="GUARDIAN_CONSENT", text="监护人同意")
    await city.work()
    run = await step(city, await look(city, run), "run")
    assert (run["state"], run["rowsBy"]["done"]) == ("DONE", 2)
    child = await look_at_case(police, {"id": by_number(run)[2]["caseId"]})
    assert (child["isMinor"], child["alarm"]) == (True, "MINOR")
    told = "select count(*) from notification where kind = 'reunion.import.emergencies' and matter_id = $1 and data->>'count' = '1'"
    assert await count(database, told, UUID(run["id"])) >= 2, "one message to each officer, however many children"
    assert await count(database, "select count(*) from notification where kind = 'reunion.case.emergency' and matter_id = $1", UUID(child["id"])) == 0
    stays = await begun(city, [found("1", 入站时间="2020-01-02"), found("2")], side="FOUND", phone=STATION)
    stays = await step(city, stays, "run", phone=STATION)
    for number, clocks in ((2, 0), (3, 2)):
        case = UUID(by_number(stays)[number]["caseId"])
        assert await count(database, "select count(*) from matter_clock where matter_id = $1", case) == clocks


async def test_stop_and_go_on(city: City) -> None:
    run = await begun(city, [sought(str(number), unique()) for number in range(3)])
    run = await step(city, run, "run", work=False)
    assert run["state"] == "RUNNING"
    run = await step(city, run, "stop")
    assert (run["state"], run["rowsBy"]["done"]) == ("STOPPED", 0)
    run = await step(city, run, "run")
    assert (run["state"], run["rowsBy"]["done"]) == ("DONE", 3)
    with pytest.raises(Refused) as problem:
        await step(city, run, "run")
    assert problem.value.codes == ["WRONG_STATE"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("姓名,性别\n王,男\n".encode(), "MISSING_COLUMNS"), ('姓名\n"王\n'.encode(), "BROKEN_QUOTES"), (b"a,b\n1,2\n", "NO_HEADERS"),
        ("姓名\n".encode() + b"\xff\xff\n", "ENCODING"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_a_table_that_cannot_be_read_fails_with_a_reason_and_is_replaced(city: City, data: bytes, problem: str) -> None:
    run = await begun(city, data)
    assert (run["state"], run["problem"], run["rowsBy"]["total"]) == ("FAILED", problem, 0)
    police = await city.sign_in(POLICE)
    table = await sent(police, as_csv([sought("1", unique())]), "更正.csv")
    await act(police, "reviseReunionImport", show="run { id }", id=run["id"], version=run["version"], tableId=table)
    await city.work()
    assert (await look(city, run))["rowsBy"]["ready"] == 1


async def test_a_broken_archive_names_itself(city: City) -> None:
    police = await city.sign_in(POLICE)
    good = await sent(police, as_zip({"1.jpg": b"\xff\xd8\xff"}), "一.zip")
    broken = as_zip({"1.jpg": b"\xff\xd8\xff"}).replace(b"PK\x01\x02", b"XX\x01\x02")
    run = await begun(city, [sought("1", unique())], archiveIds=[good, await sent(police, broken, "二.zip")])
    assert (run["state"], run["problem"], run["problemData"]) == ("FAILED", "CORRUPT", {"archive": 2})


async def test_odd_pictures_are_left_with_their_reason(city: City) -> None:
    inner = as_zip({"a.jpg": b"\xff\xd8\xff"})
    run = await begun(city, [sought("1", unique()), sought("2", unique(), 照片="无.jpg")], {"1.jpg": b"\xff\xd8\xff\xe0 broken", "1-2.jpg": inner, "1-3.zip": inner, "1-4.jpg": b"%PDF-1.4"})
    run = await step(city, run, "run")
    assert (run["state"], run["rowsBy"]["done"], run["rowsBy"]["lost"]) == ("DONE", 2, 1)
    problems = {each["name"]: each["problem"] for each in by_number(run)[2]["pictures"]}
    assert problems == {"1.jpg": "CORRUPT", "1-2.jpg": "NESTED", "1-3.zip": "NESTED", "1-4.jpg": "NOT_A_PICTURE"}
    await city.pass_time(days=8)
    assert [each["name"] for each in by_number(await look(city, run))[2]["pictures"]] == [None] * 4


# ---------------------------------------------------------------------------------------------------------- who may


@pytest.mark.parametrize("phone", [CHIEF, CIVIL, CITIZEN])
async def test_another_role_neither_sends_nor_sees(city: City, phone: str) -> None:
    run = await begun(city, [sought("1", unique())])
    other = await city.sign_in(phone)
    answer = await send(other.client, b"a", "a.csv")
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")
    body = (await other.client.post("/graphql", json={"query": "{ reunionImports { edges { node { id } } } }"})).json()
    assert body["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"
    assert await refused(other, "runReunionImport", id=run["id"], version=run["version"]) == ["NOT_PERMITTED"]
    assert await refused(other, "fixReunionImportCell", rowId=by_number(run)[2]["id"], version=1, column="name", text="x") == ["NOT_PERMITTED"]


@pytest.mark.parametrize("phone", [NEXT_POLICE, TOWN_POLICE])
async def test_another_place_finds_nothing(city: City, phone: str) -> None:
    run = await begun(city, [sought("1", unique())])
    other = await city.sign_in(phone)
    assert (await other.ask("query($id: ID!) { reunionImport(id: $id) { id } }", id=run["id"]))["reunionImport"] is None
    for command, fields in (
        ("runReunionImport", {"id": run["id"], "version": 1}), ("finishReunionImport", {"id": run["id"], "version": 1}),
        ("decideReunionImportRows", {"id": run["id"], "choice": "SKIP"}), ("reviseReunionImport", {"id": run["id"], "version": 1}),
        ("fixReunionImportCell", {"rowId": by_number(run)[2]["id"], "version": 1, "column": "name", "text": "x"}),
    ):  # fmt: skip
        assert await refused(other, command, **fields) == ["NOT_FOUND"], command


async def test_rows_of_another_place_are_problems(city: City) -> None:
    run = await begun(city, [sought("1", unique(), 区划代码="331023"), sought("2", unique(), 区划代码="99")])
    assert [[(each["code"], each["column"]) for each in row["problems"]] for row in run["rows"]["nodes"]] == [[("NOT_FOUND", "division")]] * 2


async def test_the_police_officer_who_left_makes_no_cases(city: City, database: Any) -> None:
    run = await step(city, await begun(city, [sought("1", unique())]), "run", work=False)
    async with open_ledger(database.admin_dsn) as raw:
        member = await raw.fetchval("select membership_id from reunion_import where id = $1", UUID(run["id"]))
        await raw.execute("update membership set ended_at = now() - interval '1 day' where id = $1", member)
        try:
            await city.work()
            state = await raw.fetchrow("select state, problem from reunion_import where id = $1", UUID(run["id"]))
        finally:
            await raw.execute("update membership set ended_at = null where id = $1", member)
    assert tuple(state) == ("STOPPED", "CLERK_GONE")


# ------------------------------------------------------------------------------------------------------------ files


async def test_a_table_is_never_a_picture_and_never_another_matters(city: City) -> None:
    police = await city.sign_in(POLICE)
    table, archive = await sent(police, as_csv([sought("1")]), "a.csv"), await sent(police, as_zip({}), "a.zip")
    run = await begun(city, [sought("1", unique())])
    case = by_number(await step(city, run, "run"))[2]["caseId"]
    for upload in (table, archive):
        with pytest.raises(Refused) as problem:
            await act(police, "addReunionPicture", show="case { id }", id=case, fileId=upload)
        assert problem.value.codes == ["INVALID"]
        owner = Actor(UUID(police.account_id), "")
        async with open_scope(owner.scope):
            # An application that takes files of any purpose does not take these.
            with pytest.raises(Refusal, match="INVALID"):
                await attach(owner, [UUID(upload)], matter())
    shown = await police.client.get(f"/files/{table}")
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert await refused(police, "createReunionImport", side="SOUGHT", division="331024", basis="STATUTORY_DUTY", text="依法履行寻亲职责补录", tableId=archive, archiveIds=[]) == ["INVALID"]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"PK\x03\x04 workbook", "a.csv", "TYPE_MISMATCH"), (b"a\x00b", "a.csv", "TYPE_MISMATCH"), (b"MZ", "a.csv", "TYPE_MISMATCH"),
        (b"no archive", "a.zip", "TYPE_MISMATCH"), (b"PK\x03\x04 cut off", "a.zip", "CORRUPT"), (b"x", "a.xlsx", "TYPE_NOT_ALLOWED"),
        (b"x", "../a.csv", "BAD_NAME"),
    ],
)  # fmt: skip
async def test_what_is_neither_table_nor_archive(city: City, data: bytes, name: str, code: str) -> None:
    police = await city.sign_in(POLICE)
    answer = await send(police.client, data, name)
    assert answer.json()["code"] == code


async def test_limits_and_digests_of_large_files(city: City) -> None:
    police = await city.sign_in(POLICE)
    too_large = await send(police.client, b"x", "a.zip", size=300 * 1024 * 1024)
    assert (too_large.json()["code"], too_large.json()["data"]["limit"]) == ("TOO_LARGE", 256 * 1024 * 1024)
    assert (await send(police.client, b"x", "a.csv", size=30 * 1024 * 1024)).json()["code"] == "TOO_LARGE"
    assert (await send(police.client, b"x", "a.csv", sha256="0" * 64)).json()["code"] == "DIGEST_MISMATCH"
    assert (await send(police.client, b"a,b", "a.csv", purpose="reunion", contentType="text/csv")).json()["code"] == "TYPE_NOT_ALLOWED"
    large = as_zip({"1.jpg": BytesIO(bytes(3 * 1024 * 1024)).getvalue()})
    assert (await send(police.client, large, "a.zip")).status_code == 200


# ------------------------------------------------------------------------------------------------------- the database


async def test_the_database_shows_a_clerks_table_to_nobody_else(city: City, database: Any) -> None:
    run = await begun(city, [sought("1", unique(), 照片="1.jpg")], {"1.jpg": b"\xff\xd8\xff"})
    police = await city.sign_in(POLICE)
    ours = {table: f"select count(*) from {table} where {column} = $1" for table, column in TABLES.items()}
    for scope, least in (
        (staff(COUNTY_PATH), 1), (staff(COUNTY_PATH, "mediation"), 0), (staff(COUNTY_PATH, ""), 0), (staff(TOWN_PATH), 0),
        (staff(NEXT_PATH, county="331023"), 0),
    ):  # fmt: skip
        async with as_login(database.login_dsn, scope) as connection:
            assert [await connection.fetchval(sql, UUID(run["id"])) for sql in ours.values()] == [least] * 3, scope
    for sql in ours.values():
        async with as_login(database.login_dsn, private(police.account_id)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval(sql, UUID(run["id"]))
    async with as_login(database.login_dsn, staff(NEXT_PATH, county="331023")) as connection:
        for table in ours:
            assert await connection.execute(f"update {table} set path = path where county = '331024'") == "UPDATE 0"


async def test_what_a_clerk_typed_is_sealed_to_its_row(city: City, database: Any) -> None:
    run = await begun(city, [sought("1", unique()), sought("2", unique())], {"1.jpg": b"\xff\xd8\xff"})
    async with open_ledger(database.admin_dsn) as raw:
        rows = await raw.fetch("select id, cells_sealed from reunion_import_row where run_id = $1 order by number", UUID(run["id"]))
        text = str([dict(row) for row in rows]) + str([dict(row) for row in await raw.fetch("select * from reunion_import_picture where run_id = $1", UUID(run["id"]))])
        assert "1.jpg" not in text
        assert "测试家属" not in text
        await raw.execute("update reunion_import_row set cells_sealed = $2 where id = $1", rows[1]["id"], rows[0]["cells_sealed"])
        with pytest.raises(AssertionError, match="INTERNAL"):
            await look(city, run)


async def test_a_table_nobody_goes_on_with_is_erased(city: City) -> None:
    run = await begun(city, [sought("1", unique())])
    await city.pass_time(days=6)
    assert (await look(city, run))["state"] == "PREVIEW"
    await city.pass_time(days=2)
    run = await look(city, run)
    assert (run["state"], run["erasedAt"] is not None, run["rows"]["nodes"][0]["cells"]) == ("DONE", True, [])
    police = await city.sign_in(POLICE)
    assert await refused(police, "runReunionImport", id=run["id"], version=run["version"]) == ["WRONG_STATE"]


async def test_hostile_cells_are_problems_and_harm_nothing(city: City) -> None:
    rows = [
        sought("1", "a\x00b".replace("\x00", "\x07")), sought("2", "\u202eabc"), sought("3", "<script>alert(1)</script>"),
        sought("4", "'; drop table reunion_case; --"), sought("5", "=1+1"), sought("6", "x" * 500), sought("7", unique(), 出生日期="明年"),
    ]  # fmt: skip
    run = await begun(city, rows)
    seen = by_number(run)
    problems = {number - 1: [(each["code"], each["column"]) for each in row["problems"]] for number, row in seen.items()}
    assert problems[1] == problems[2] == [("INVALID", "name")]
    assert problems[3] == problems[4] == problems[5] == []
    assert problems[6] == [("TOO_LONG", "name")]
    assert [column for _, column in problems[7]] == ["born"]
    police = await city.sign_in(POLICE)
    fix = {"rowId": seen[4]["id"], "version": seen[4]["version"], "column": "name"}
    assert await refused(police, "fixReunionImportCell", **fix, text="\u202e") == ["INVALID"]
