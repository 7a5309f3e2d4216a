"""What the database itself refuses in the cockpit, by plain SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.kernel.access.grants import permissions_of
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY, TOWN, VILLAGE
from tests.factories import cockpit as c
from tests.factories.city import City
from tests.kernel.db.test_row_level_security import COUNTY_PATH, as_login

TOWN_PATH = f"{COUNTY_PATH}.331024103"
#: Table → column that names the matter.
OF = {
    "scene": {"cockpit_scene": "id", **dict.fromkeys(("cockpit_team_member", "cockpit_milestone", "cockpit_plan_entry", "cockpit_evidence"), "scene_id")},
    "meeting": {"cockpit_meeting": "id", "cockpit_agenda_item": "meeting_id"},
    "task": {"cockpit_action": "id", "cockpit_correction": "matter_id"},
    "problem": {"cockpit_problem": "id"},
    "hazard": {"cockpit_hazard": "id", "cockpit_rectification": "hazard_id"},
}  # fmt: skip
KERNEL = dict.fromkeys(("event", "matter_clock", "paper", "stored_file"), "matter_id")


def purpose_of(role: Role) -> str:
    return ",".join(sorted({permission.split(":", 1)[0] for permission in permissions_of(role)}))


async def scope_of(city: City, phone: str, role: Role, path: str = COUNTY_PATH, *counties: str) -> Scope:
    person = await city.sign_in(phone)
    return Scope(DbRole.STAFF, counties or (COUNTY,), (path,), person=UUID(person.account_id), purpose=purpose_of(role))


async def seen(dsn: str, scope: Scope, matter: dict[str, Any], tables: dict[str, str]) -> set[str]:
    """Tables of which the scope sees a row about the matter."""
    async with as_login(dsn, scope) as connection:
        found = set()
        for table, column in tables.items():
            granted = await connection.fetchval("select has_any_column_privilege($1, 'select')", table)
            if granted and await connection.fetchval(f"select exists (select 1 from {table} where {column} = $1)", UUID(matter["id"])):
                found.add(table)
        return found


async def busy(city: City) -> dict[str, dict[str, Any]]:
    """A row of every kind, each with what hangs on it."""
    office = await city.sign_in(c.OFFICE)
    scene, milestone = await c.planned(city, await c.established(city))
    await c.step(office, "proveScene", scene, kind="USER_TEST", text="试用通过")
    await c.do(office, "writePlan", milestoneId=milestone, day=c.day(), text="开通账号")
    meeting = await c.step(office, "addAgendaItem", await c.called(city), title="研究试点推进")
    task = await c.assigned(city, meetingId=meeting["id"])
    await c.do(await city.sign_in(c.LEADER), "correctTask", id=task["id"], text="责任单位有误")
    problem = await c.reported(city)
    hazard = await c.rectified(city, await c.ordered(city))
    await city.work()
    return {"scene": scene, "meeting": meeting, "task": task, "problem": problem, "hazard": hazard}


async def test_each_sees_what_is_his_and_nothing_else(city: City, database: Any) -> None:
    rows, dsn = await busy(city), database.login_dsn
    office = await scope_of(city, c.OFFICE, Role.PROGRAM_OFFICE)
    for kind, row in rows.items():
        assert await seen(dsn, office, row, OF[kind]) == set(OF[kind]), kind
        assert "event" in await seen(dsn, office, row, KERNEL), kind
    town = await scope_of(city, c.LEADER, Role.TOWN_LEADER, TOWN_PATH)
    assert {kind for kind, row in rows.items() if await seen(dsn, town, row, OF[kind])} == {"task", "problem", "hazard"}
    regulator = await scope_of(city, c.REGULATOR, Role.SECTOR_REGULATOR)
    assert {kind for kind, row in rows.items() if await seen(dsn, regulator, row, OF[kind] | KERNEL)} == {"hazard"}
    finder = await scope_of(city, c.VILLAGE_OFFICER, Role.VILLAGE_OFFICER, f"{TOWN_PATH}.{VILLAGE}")
    assert {kind for kind, row in rows.items() if await seen(dsn, finder, row, OF[kind] | KERNEL)} == {"hazard"}


async def test_others_see_nothing_at_all(city: City, database: Any) -> None:
    rows, dsn = await busy(city), database.login_dsn
    deputy = await scope_of(city, c.DEPUTY, Role.DEPUTY)
    police = await scope_of(city, c.DEPUTY, Role.POLICE_OFFICER)
    citizen = Scope(DbRole.SELF, person=UUID((await city.sign_in(c.CITIZEN)).account_id))
    abroad = Scope(DbRole.STAFF, ("331023",), ("33.3310.331023",), person=uuid4(), purpose=purpose_of(Role.PROGRAM_OFFICE))
    for scope in (deputy, police, citizen, abroad, Scope(DbRole.STAFF, purpose="cockpit,cockpit_all,cockpit_safety")):
        for kind, row in rows.items():
            assert await seen(dsn, scope, row, OF[kind] | KERNEL) == set(), (scope, kind)


async def test_a_citys_rows_are_the_citys(city: City, database: Any) -> None:
    meeting = await c.called(city, by=c.CITY_OFFICE)
    task = await c.assigned(city, by=c.CITY_OFFICE, meetingId=meeting["id"])
    office = await scope_of(city, c.OFFICE, Role.PROGRAM_OFFICE)
    assert await seen(database.login_dsn, office, meeting, OF["meeting"] | KERNEL) == set()
    assert "cockpit_action" in await seen(database.login_dsn, office, task, OF["task"])
    above = await scope_of(city, c.CITY_OFFICE, Role.PROGRAM_OFFICE, "33.3310", "331000", COUNTY)
    assert "cockpit_meeting" in await seen(database.login_dsn, above, meeting, OF["meeting"])
    assert "cockpit_action" in await seen(database.login_dsn, above, task, OF["task"])


async def test_targets_are_seen_below_and_written_in_ones_own_place(city: City, database: Any) -> None:
    await c.do(await city.sign_in(c.CITY_OFFICE), "definePillar", division=c.CITY, kind="TRACK", code="ENFORCEMENT", leadUnit="市综合执法局")
    town = await scope_of(city, c.LEADER, Role.TOWN_LEADER, TOWN_PATH)
    async with as_login(database.login_dsn, town) as connection:
        assert await connection.fetchval("select count(*) from cockpit_pillar where code = 'ENFORCEMENT'") == 1
        assert await connection.execute("update cockpit_pillar set lead_unit = 'x' where code = 'ENFORCEMENT'") == "UPDATE 0"
    deputy = await scope_of(city, c.DEPUTY, Role.DEPUTY)
    async with as_login(database.login_dsn, deputy) as connection:
        assert await connection.fetchval("select count(*) from cockpit_pillar") == 0


async def test_nobody_below_takes_the_citys_targets_away(city: City, database: Any) -> None:
    await targets(city)
    above = await scope_of(city, c.CITY_OFFICE, Role.PROGRAM_OFFICE, "33.3310", "331000", COUNTY)
    office = await scope_of(city, c.OFFICE, Role.PROGRAM_OFFICE)
    grid = await scope_of(city, c.GRID, Role.GRID_WORKER, f"{TOWN_PATH}.{VILLAGE}.{VILLAGE}001")
    for table in ("cockpit_pillar", "cockpit_indicator"):
        move = f"update {table} set county = $1, path = $2::text::ltree, code = 'x' || code where county = '331000'"
        for scope in (office, grid):
            async with as_login(database.login_dsn, scope) as connection:
                assert await connection.fetchval(f"select count(*) from {table} where county = '331000'") > 0
                assert await connection.execute(move, COUNTY, scope.scopes[0]) == "UPDATE 0", (table, scope)
        async with as_login(database.login_dsn, above) as connection:
            assert await connection.execute(f"update {table} set updated_at = now() where county = '331000'") != "UPDATE 0"


async def targets(city: City) -> None:
    """A pillar and a target of the city, and of the county."""
    for phone, division in ((c.CITY_OFFICE, c.CITY), (c.OFFICE, COUNTY)):
        person = await city.sign_in(phone)
        await c.do(person, "definePillar", division=division, kind="TRACK", code="CASE_HANDLING", leadUnit="中级人民法院")
        await c.do(
            person, "setIndicator", division=division, app="mediation", key="satisfaction", name="满意率", ownerUnit="专班", target=0.95,
            better="HIGHER", validFrom=c.day(),
        )  # fmt: skip


#: A change that reads nothing: no condition, no column.
BLIND = {
    **{f"cockpit_{name}": "updated_at = now()" for name in ("scene", "meeting", "action", "problem", "hazard", "pillar", "indicator")},
    "cockpit_milestone": "name = 'x'", "cockpit_team_member": "share = 'x'", "cockpit_plan_entry": "text = 'x'", "cockpit_place": "name = 'x'",
}  # fmt: skip


async def test_who_sees_nothing_changes_nothing_blindly(city: City, database: Any) -> None:
    await busy(city)
    await targets(city)
    await c.do(await city.sign_in(c.REGULATOR), "registerSafetyPlace", division=TOWN, unit="NINE_PLACES", name="测试副食店")
    office = await scope_of(city, c.OFFICE, Role.PROGRAM_OFFICE)
    outsider = await scope_of(city, c.DEPUTY, Role.SUPERVISED_UNIT)
    # In the whole county, with nothing of his own there: hazards are his business, the programme is not.
    officer = replace(await scope_of(city, c.VILLAGE_OFFICER, Role.VILLAGE_OFFICER), person=uuid4())
    for table, change in BLIND.items():
        for scope, allowed in ((office, True), (outsider, False), (officer, table in ("cockpit_hazard", "cockpit_place"))):
            async with as_login(database.login_dsn, scope) as connection:
                done = await connection.execute(f"update {table} set {change}")
            assert (done != "UPDATE 0") == allowed, (table, scope.purpose, done)


async def test_who_has_no_business_there_inserts_nothing(city: City, database: Any) -> None:
    outsider = await scope_of(city, c.DEPUTY, Role.SUPERVISED_UNIT)
    officer = await scope_of(city, c.VILLAGE_OFFICER, Role.VILLAGE_OFFICER)
    honour = (
        "insert into cockpit_honour (id, county, path, name, level, awarded_on, document, files, recorded_at) "
        "values (gen_random_uuid(), $1, $2::text::ltree, 'x', 'CITY', current_date, '', '[]', now())"
    )
    pillar = (
        "insert into cockpit_pillar (id, county, path, kind, code, lead_unit, leader, duty, updated_at) "
        "values (gen_random_uuid(), $1, $2::text::ltree, 'TRACK', 'x', 'x', '', '', now())"
    )
    for scope in (outsider, officer):
        for insert in (honour, pillar):
            async with as_login(database.login_dsn, scope) as connection:
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                    await connection.execute(insert, COUNTY, COUNTY_PATH)
    async with as_login(database.login_dsn, await scope_of(city, c.OFFICE, Role.PROGRAM_OFFICE)) as connection:
        assert [await connection.execute(insert, COUNTY, COUNTY_PATH) for insert in (honour, pillar)] == ["INSERT 0 1"] * 2


async def test_a_finding_that_was_given_stays(city: City, database: Any) -> None:
    hazard = await c.rectified(city, await c.ordered(city))
    rewrite = "update cockpit_rectification set verified = false, finding = 'x', verified_by = $2, verified_at = now() where hazard_id = $1"
    leader = await scope_of(city, c.LEADER, Role.TOWN_LEADER, TOWN_PATH)
    async with as_login(database.login_dsn, leader) as connection:
        assert await connection.execute(rewrite, UUID(hazard["id"]), leader.person) == "UPDATE 1"
    await c.step(await city.sign_in(c.REGULATOR), "verifyHazard", hazard, passed=True, finding="已整改到位")
    async with as_login(database.login_dsn, leader) as connection:
        assert await connection.execute(rewrite, UUID(hazard["id"]), leader.person) == "UPDATE 0"


@pytest.mark.parametrize("table", ["cockpit_evidence", "cockpit_honour", "cockpit_agenda_item", "cockpit_correction"])
async def test_what_was_recorded_stays(product: Any, database: Any, table: str) -> None:
    scope = Scope(DbRole.STAFF, (COUNTY,), (COUNTY_PATH,), person=uuid4(), purpose=purpose_of(Role.PROGRAM_OFFICE))
    for change in (f"update {table} set path = path", f"delete from {table}", f"truncate {table}"):
        async with as_login(database.login_dsn, scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(change)


async def test_nobody_writes_in_anothers_name(city: City, database: Any) -> None:
    hazard = await c.ordered(city)
    regulator = await scope_of(city, c.REGULATOR, Role.SECTOR_REGULATOR)
    async with as_login(database.login_dsn, regulator) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into cockpit_rectification (id, county, path, hazard_id, round, text, files, rectified_by, by_name, rectified_at, finding, "
                "verifier_name) values (gen_random_uuid(), $1, $2::text::ltree, $3, 1, 'x', '[]', gen_random_uuid(), 'x', now(), '', '')",
                COUNTY, COUNTY_PATH, UUID(hazard["id"]),
            )  # fmt: skip
    done = await c.rectified(city, hazard)
    async with as_login(database.login_dsn, regulator) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "update cockpit_rectification set verified = true, verified_at = now(), verified_by = gen_random_uuid() where hazard_id = $1",
                UUID(done["id"]),
            )


async def test_the_rules_hold_without_the_application(city: City, database: Any) -> None:
    hazard = await c.rectified(city, await c.ordered(city))
    officer = await scope_of(city, c.VILLAGE_OFFICER, Role.VILLAGE_OFFICER)
    async with as_login(database.login_dsn, officer) as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "update cockpit_rectification set verified = true, verified_at = now(), verified_by = rectified_by where hazard_id = $1",
                UUID(hazard["id"]),
            )
