"""Many hands: tasks across agencies and helpers, their limits, and how little a helper sees of a case."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY, VILLAGE
from tests.apps.reunion.test_row_level_security import TABLES
from tests.factories import faces
from tests.factories.city import City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CIVIL,
    NEXT_POLICE,
    POLICE,
    STATION,
    as_jpeg,
    found,
    look,
    missing,
    step,
    told,
)
from tests.factories.supervision import CITIZEN, GRID, VILLAGE_OFFICER, act, whose
from tests.kernel.db.test_row_level_security import COUNTY_PATH, GRID_PATH, as_login
from tests.kernel.files.sending import upload

TASK = """id caseId caseCode caseSide caseKind kind state instruction role assignee assigneeAgency givenBy givenByPhone dueAt dueSource
    late result pictureUrl reason actions doneAt settledAt"""
SAID = "请到茶溪村核实是否有走失老人,只问村干部"
NEXT_GRID = "19900000051"


async def helper(person: Person, case: dict[str, Any], role: str) -> str:
    rows = (await person.ask("query($id: ID!, $role: String!) { reunionHelpers(caseId: $id, role: $role) { id name } }",
                             id=case["id"], role=role))["reunionHelpers"]  # fmt: skip
    return str(rows[0]["id"])


async def given(city: City, case: dict[str, Any], role: str = "GRID_WORKER", giver: str = STATION, **fields: Any) -> dict[str, Any]:
    """The newest task of the case, given by the station; to a helper by name."""
    person = await city.sign_in(giver)
    if role in ("GRID_WORKER", "VILLAGE_OFFICER") and "membershipId" not in fields:
        fields["membershipId"] = await helper(person, case, role)
    sent = {"kind": "VISIT_HOME", "instruction": SAID, "role": role, **fields}
    await step(person, "giveReunionTask", case, **sent)
    return dict((await look(person, case, f"tasks {{ {TASK} }}"))["tasks"][0])


async def do(person: Person, command: str, task: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return dict((await act(person, command, show=f"task {{ {TASK} }}", id=task["id"], **fields))["task"])


async def refusal(person: Person, command: str, task: dict[str, Any], **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        await do(person, command, task, **fields)
    return str(refused.value.codes[0])


async def mine(person: Person, *, open: bool = True) -> list[dict[str, Any]]:
    page = await person.ask(f"query($open: Boolean!) {{ reunionTasks(open: $open, first: 50) {{ edges {{ node {{ {TASK} }} }} }} }}", open=open)
    return [edge["node"] for edge in page["reunionTasks"]["edges"]]


async def clocks(ledger: asyncpg.Connection, task: dict[str, Any]) -> list[str]:
    rows = await ledger.fetch("select state from matter_clock where subject_id = $1 order by started_at", UUID(task["id"]))
    return [row["state"] for row in rows]


async def test_a_grid_worker_visits_and_the_station_has_seen_it(city: City, database: Any) -> None:
    case = await found(city)
    task = await given(city, case)
    station, grid = await city.sign_in(STATION), await city.sign_in(GRID)
    assert len(await told(grid, "reunion.task.given", case)) == 1
    (seen,) = [each for each in await mine(grid) if each["id"] == task["id"]]
    assert (seen["caseId"], seen["instruction"], seen["caseCode"]) == (None, SAID, case["code"])
    assert seen["actions"] == ["accept", "refuse"]
    assert seen["givenByPhone"] == "0576-00000061"
    assert "默认" in seen["dueSource"]
    await do(grid, "acceptReunionTask", task)
    stored = await upload(grid.client, as_jpeg(faces.astronaut()), purpose="reunion", name="door.jpg")
    done = await do(grid, "finishReunionTask", task, text="已核实,村里无人走失", fileId=stored["id"])
    assert (done["state"], done["actions"]) == ("DONE", [])
    await city.work()
    assert len(await told(station, "reunion.task.done", case)) == 1
    (whole,) = (await look(station, case, f"tasks {{ {TASK} }}"))["tasks"]
    assert whole["actions"] == ["verify", "return", "cancel"]
    assert (await station.client.get(whole["pictureUrl"])).status_code == 200
    assert (await grid.client.get(whole["pictureUrl"])).status_code == 404, "sent is not kept"
    assert (await do(station, "verifyReunionTask", task))["state"] == "VERIFIED"
    async with open_ledger(database.admin_dsn) as ledger:
        assert await clocks(ledger, task) == ["MET"]
        tags = [row["tag"] for row in await ledger.fetch("select tag from event where data->>'task' = $1 order by seq", task["id"])]
        texts = await ledger.fetchval("select count(*) from event where data::text like '%' || $1 || '%'", SAID[:8])
    assert tags == [f"reunion:task:{what}" for what in ("given", "accepted", "done", "verified")]
    assert texts == 0, "events are for ever"


async def test_not_enough_comes_back_with_a_new_limit_and_a_reason(city: City, database: Any) -> None:
    case = await found(city)
    task = await given(city, case, "VILLAGE_OFFICER")
    station, village = await city.sign_in(STATION), await city.sign_in(VILLAGE_OFFICER)
    await do(village, "acceptReunionTask", task)
    await do(village, "finishReunionTask", task, text="没去成,下周再去")
    # The clock's job has not run yet: the new limit must not be stopped by it.
    back = await do(station, "returnReunionTask", task, reason="请当面核实后再报", days=3)
    await city.work()
    assert (back["state"], back["reason"]) == ("RETURNED", "请当面核实后再报")
    async with open_ledger(database.admin_dsn) as ledger:
        assert await clocks(ledger, task) == ["MET", "RUNNING"]
    assert await refusal(village, "acceptReunionTask", task) == "WRONG_STATE"
    await do(village, "finishReunionTask", task, text="已当面核实")
    await do(station, "verifyReunionTask", task, text="好")
    assert await refusal(station, "returnReunionTask", task, reason="再来一次", days=3) == "WRONG_STATE"


@pytest.mark.parametrize(("days", "code"), [(0, "INVALID"), (31, "INVALID"), (-1, "INVALID")])
async def test_a_new_limit_is_within_a_month(city: City, days: int, code: str) -> None:
    case = await found(city)
    task = await given(city, case)
    grid, station = await city.sign_in(GRID), await city.sign_in(STATION)
    await do(grid, "acceptReunionTask", task)
    await do(grid, "finishReunionTask", task, text="已核实完毕")
    assert await refusal(station, "returnReunionTask", task, reason="请再核实", days=days) == code


async def test_an_agency_is_asked_as_such_and_one_officer_takes_it(city: City) -> None:
    case = await found(city)
    task = await given(city, case, "POLICE_OFFICER", kind="SAMPLE_DNA")
    police, civil = await city.sign_in(POLICE), await city.sign_in(CIVIL)
    assert await refusal(civil, "acceptReunionTask", task) == "NOT_PERMITTED"
    taken = await asyncio.gather(
        *(act(police, "acceptReunionTask", show="task { id }", id=task["id"]) for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(each, Refused) for each in taken) == 1, "two at once"
    await do(police, "finishReunionTask", task, text="已采血,样本编号见送检单")
    assert await refusal(police, "verifyReunionTask", task) == "SELF_CONFIRMED"
    assert (await do(civil, "verifyReunionTask", task))["state"] == "VERIFIED"


async def test_repeated_offline_sends_do_it_once(city: City, database: Any) -> None:
    case = await found(city)
    task = await given(city, case)
    grid = await city.sign_in(GRID)
    key = str(uuid4())
    for _ in range(2):
        await act(grid, "acceptReunionTask", key=key, show="task { state }", id=task["id"])
    async with open_ledger(database.admin_dsn) as ledger:
        sql = "select count(*) from event where tag = 'reunion:task:accepted' and data->>'task' = $1"
        assert await ledger.fetchval(sql, task["id"]) == 1


async def test_a_helper_refuses_with_a_reason_and_the_giver_hears_it(city: City, database: Any) -> None:
    case = await found(city)
    task = await given(city, case)
    grid, station = await city.sign_in(GRID), await city.sign_in(STATION)
    assert await refusal(grid, "refuseReunionTask", task, text="忙") == "TOO_SHORT"
    refused = await do(grid, "refuseReunionTask", task, text="此人不在本网格")
    await city.work()
    assert (refused["state"], refused["actions"]) == ("REFUSED", [])
    assert len(await told(station, "reunion.task.refused", case)) == 1
    async with open_ledger(database.admin_dsn) as ledger:
        assert await clocks(ledger, task) == ["MET"]


async def test_who_was_not_asked_finds_nothing(city: City) -> None:
    case = await found(city)
    task = await given(city, case)
    for phone in (VILLAGE_OFFICER, NEXT_GRID, NEXT_POLICE):
        person = await city.sign_in(phone)
        assert (await person.ask("query($id: ID!) { reunionTask(id: $id) { id } }", id=task["id"]))["reunionTask"] is None
        assert await refusal(person, "acceptReunionTask", task) == "NOT_FOUND", phone
    citizen = await city.sign_in(CITIZEN)
    assert await refusal(citizen, "acceptReunionTask", task) == "NOT_PERMITTED"
    grid = await city.sign_in(GRID)
    for command, fields in (("verifyReunionTask", {}), ("cancelReunionTask", {"text": "不需要了吧"}), ("returnReunionTask", {"reason": "再来", "days": 1})):
        assert await refusal(grid, command, task, **fields) == "NOT_PERMITTED"
    answer = await grid.client.post("/graphql", json={
        "query": "query($id: ID!) { reunionCase(id: $id) { id } }", "variables": {"id": case["id"]}})  # fmt: skip
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"role": "JUDGE"}, "INVALID", "role"), ({"role": "x"}, "INVALID", "role"), ({"role": "GRID_WORKER"}, "REQUIRED", "membershipId"),
        ({"role": "GRID_WORKER", "membershipId": str(uuid4())}, "NOT_FOUND", "membershipId"),
        ({"role": "POLICE_OFFICER", "instruction": "去"}, "TOO_SHORT", "instruction"),
        ({"role": "POLICE_OFFICER", "dueOn": "2020-01-01"}, "INVALID", "dueOn"),
        ({"role": "POLICE_OFFICER", "dueOn": "2036-01-01"}, "INVALID", "dueOn"),
    ],
)  # fmt: skip
async def test_a_task_that_says_nothing_is_refused(city: City, fields: dict[str, Any], code: str, field: str) -> None:
    case, station = await found(city), await city.sign_in(STATION)
    with pytest.raises(Refused) as refused:
        await step(station, "giveReunionTask", case, **{"kind": "VISIT_HOME", "instruction": SAID, **fields})
    assert [(each["code"], each["field"]) for each in refused.value.errors] == [(code, field)]


async def test_another_countys_helper_cannot_be_named(city: City) -> None:
    case, station = await found(city), await city.sign_in(STATION)
    sought = await missing(city)
    theirs = await helper(await city.sign_in(NEXT_POLICE), sought, "GRID_WORKER")
    with pytest.raises(Refused) as refused:
        await step(station, "giveReunionTask", case, kind="OTHER", instruction=SAID, role="GRID_WORKER", membershipId=theirs)
    assert refused.value.codes == ["NOT_FOUND"]


async def test_the_late_are_reminded_first_themselves_then_the_giver_then_his_leader(city: City) -> None:
    case = await found(city, facts={"sex": "MALE", "born": "七十来岁", "marks": "左手一道疤"})
    task = await given(city, case, giver=POLICE, kind="OTHER", dueOn=None)
    grid, police, chief = [await city.sign_in(phone) for phone in (GRID, POLICE, "19900000037")]
    await city.pass_time(days=6, hours=12)
    assert [each["mark"] for each in await told(grid, "reunion.task.mark", case)] == [80]
    assert await told(police, "reunion.task.mark", case) == []
    await city.pass_time(days=2)
    assert {each["mark"] for each in await told(police, "reunion.task.mark", case)} == {100}
    assert await told(chief, "reunion.task.mark", case) == []
    await city.pass_time(days=3)
    assert {each["mark"] for each in await told(chief, "reunion.task.mark", case)} == {103}
    assert [each["late"] for each in await mine(grid) if each["id"] == task["id"]] == [True]


async def test_an_emergency_is_a_matter_of_hours(city: City) -> None:
    child = await found(city, conditions=["CHILD"], facts={"sex": "FEMALE", "born": "六岁左右"})
    grown = await found(city)
    urgent, usual = await given(city, child), await given(city, grown)
    assert urgent["dueAt"] < usual["dueAt"]
    with pytest.raises(Refused) as refused:
        await given(city, child, dueOn="2026-12-24")
    assert refused.value.codes == ["INVALID"]


async def test_a_case_is_not_closed_over_an_open_task_and_a_family_withdraws_all_the_same(city: City, database: Any) -> None:
    sought = await missing(city)
    police, family = await city.sign_in(NEXT_POLICE), await whose(city, sought)
    task = await given(city, sought, giver=NEXT_POLICE)
    async with open_ledger(database.admin_dsn) as ledger:
        await ledger.execute("update reunion_case set state = 'IDENTITY_CONFIRMED' where id = $1", UUID(sought["id"]))
    civil = await city.sign_in("19900000073")
    with pytest.raises(Refused) as refused:
        await step(civil, "closeReunionCase", sought, text="已经找到,结案")
    assert (refused.value.codes, refused.value.errors[0]["data"]) == (["TASKS_OPEN"], {"count": 1})
    await step(family, "withdrawReunionCase", sought, text="人已自己回家")
    await city.work()
    async with open_ledger(database.admin_dsn) as ledger:
        row = await ledger.fetchrow("select state, instruction, result from reunion_hand_task where id = $1", UUID(task["id"]))
        running = await ledger.fetchval("select count(*) from matter_clock where matter_id = $1 and met_at is null", UUID(sought["id"]))
    assert tuple(row) == ("CANCELLED", "", "")
    assert running == 0
    grid = await city.sign_in(NEXT_GRID)
    assert len(await told(grid, "reunion.task.cancelled", sought)) == 1
    assert await told(police, "reunion.task.done", sought) == []


async def test_a_cancelled_task_lets_the_case_close(city: City, database: Any) -> None:
    sought = await missing(city)
    task = await given(city, sought, giver=NEXT_POLICE)
    await do(await city.sign_in(NEXT_POLICE), "cancelReunionTask", task, text="家属已联系上")
    async with open_ledger(database.admin_dsn) as ledger:
        await ledger.execute("update reunion_case set state = 'IDENTITY_CONFIRMED' where id = $1", UUID(sought["id"]))
    closed = await step(await city.sign_in("19900000073"), "closeReunionCase", sought, text="已经找到,结案")
    assert closed["state"] == "CLOSED"


async def test_the_loop_shows_who_took_which_step(city: City) -> None:
    case, station = await found(city), await city.sign_in(STATION)
    await step(station, "recordQuickCheck", case, text="指纹与走失库均无结果")
    loop = (await look(station, case, "loop { step at by unit }"))["loop"]
    assert [each["step"] for each in loop] == ["FOUND", "NOTICE", "CHECK", "SEARCH", "PROOF", "RETURN", "FOLLOW_UP"]
    assert [each["step"] for each in loop if each["at"]] == ["FOUND", "CHECK"]
    assert loop[0]["by"] == "测试救助站"


# ------------------------------------------------------------------------------------- by raw SQL, as a helper


def helping(account: str, purpose: str = "mediation,reunion_tasks", path: str = GRID_PATH) -> Scope:
    return Scope(DbRole.STAFF, (COUNTY,), (path,), person=UUID(account), purpose=purpose)


async def seen(dsn: str, scope: Scope, case: dict[str, Any]) -> set[str]:
    async with as_login(dsn, scope) as connection:
        rows = set()
        for table, column in TABLES.items():
            granted = await connection.fetchval("select has_any_column_privilege($1, 'select')", table)
            if granted and await connection.fetchval(f"select exists (select 1 from {table} where {column} = $1)", UUID(case["id"])):
                rows.add(table)
        return rows


async def test_a_helper_sees_his_task_and_nothing_else_of_the_case_by_raw_sql(city: City, database: Any) -> None:
    # Registered in his own grid's county and in his very grid: the place alone would show him everything.
    for fields in ({}, {"division": f"{VILLAGE}001"}):
        case = await found(city, **fields)
        task = await given(city, case)
        grid = await city.sign_in(GRID)
        await do(grid, "acceptReunionTask", task)
        await do(grid, "finishReunionTask", task, text="已核实完毕")
        await city.work()
        dsn = database.login_dsn
        for path in (GRID_PATH, COUNTY_PATH):
            assert await seen(dsn, helping(grid.account_id, path=path), case) == {"reunion_hand_task"}
        assert await seen(dsn, helping(str(uuid4())), case) == set(), "a colleague of the same grid"
        assert await seen(dsn, helping(grid.account_id, "mediation"), case) == set()
        assert "reunion_hand_task" in await seen(dsn, helping(str(uuid4()), "reunion", COUNTY_PATH), case)


@pytest.mark.parametrize(
    "sql",
    [
        "update reunion_hand_task set instruction = 'x' where id = $1",
        "update reunion_hand_task set state = 'VERIFIED', done_at = now(), settled_at = now() where id = $1",
        "update reunion_hand_task set due_at = due_at + interval '1 year' where id = $1",
        "update reunion_hand_task set assignee_account = gen_random_uuid() where id = $1",
        "delete from reunion_hand_task where id = $1",
        """insert into reunion_hand_task select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).*
           from reunion_hand_task t where id = $1""",
    ],
)
async def test_a_helper_writes_his_part_and_no_more_by_raw_sql(city: City, database: Any, sql: str) -> None:
    case = await found(city)
    task = await given(city, case)
    grid = await city.sign_in(GRID)
    async with as_login(database.login_dsn, helping(grid.account_id)) as connection:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(sql, UUID(task["id"]))
        assert refused.value.sqlstate == "42501"


async def test_a_settled_task_is_not_reopened_by_its_helper(city: City, database: Any) -> None:
    case = await found(city)
    task = await given(city, case)
    grid, station = await city.sign_in(GRID), await city.sign_in(STATION)
    await do(station, "cancelReunionTask", task, text="不需要再去了")
    assert await refusal(grid, "acceptReunionTask", task) == "WRONG_STATE"
    async with as_login(database.login_dsn, helping(grid.account_id)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update reunion_hand_task set state = 'ACCEPTED', settled_at = null where id = $1", UUID(task["id"]))
