"""Row-level security by raw SQL, as the application's login role sees the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.kernel.db.connection import credentials
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY, VILLAGE
from tests.factories.city import APPLICANT, STRANGER, City
from tests.factories.disputes import reported

COUNTY_PATH = f"33.3310.{COUNTY}"
GRID_PATH = f"{COUNTY_PATH}.331024103.{VILLAGE}.{VILLAGE}001"
SIBLING_PATH = f"{COUNTY_PATH}.331024103.{VILLAGE}.{VILLAGE}002"


@asynccontextmanager
async def as_login(dsn: str, scope: Scope | None = None) -> AsyncIterator[asyncpg.Connection]:
    """A raw connection of the login role, with a scope opened or without one."""
    connection = await asyncpg.connect(**credentials(dsn))
    try:
        if scope is not None:
            await connection.execute(scope.opening_sql())
        yield connection
    finally:
        await connection.close()


def staff(*paths: str, county: str = COUNTY, purpose: str = "mediation") -> Scope:
    return Scope(DbRole.STAFF, (county,), paths, purpose=purpose)


async def visible(dsn: str, scope: Scope, dispute_id: str, table: str = "mediation_dispute", column: str = "id") -> int:
    async with as_login(dsn, scope) as connection:
        count: int = await connection.fetchval(f"select count(*) from {table} where {column} = $1", UUID(dispute_id))
        return count


async def test_no_scope_is_an_error_and_no_row(city: City, database: Any) -> None:
    async with as_login(database.login_dsn) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from mediation_dispute")


async def test_staff_role_without_settings_sees_no_row(city: City, database: Any) -> None:
    await reported(city)
    async with as_login(database.login_dsn) as connection:
        await connection.execute("begin; set local role shanzhi_staff")
        assert await connection.fetchval("select count(*) from mediation_dispute") == 0


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (staff(GRID_PATH), 1),
        (staff(COUNTY_PATH), 1),
        (staff("33.3310"), 1),
        (staff(SIBLING_PATH), 0),
        (staff(f"{COUNTY_PATH}.331024100"), 0),
        (staff("33.3310.331023", county="331023"), 0),
        # The path of one county with the name of another: both have to fit.
        (staff(COUNTY_PATH, county="331023"), 0),
        (Scope(DbRole.SELF, person=UUID(int=1)), 0),
        (Scope(DbRole.SELF), 0),
    ],
)
async def test_a_dispute_is_seen_from_its_own_place_only(
    city: City, database: Any, scope: Scope, seen: int
) -> None:
    dispute = await reported(city)
    for table, column in (
        ("mediation_dispute", "id"),
        ("mediation_responsibility", "dispute_id"),
        ("event", "matter_id"),
    ):
        assert min(1, await visible(database.login_dsn, scope, dispute["id"], table, column)) == seen


async def test_a_person_sees_his_own_dispute_and_nobody_elses(city: City, database: Any) -> None:
    dispute = await reported(city)
    for phone, seen in ((APPLICANT, 1), (STRANGER, 0)):
        account = UUID((await city.sign_in(phone)).account_id)
        scope = Scope(DbRole.SELF, person=account)
        assert await visible(database.login_dsn, scope, dispute["id"]) == seen


async def test_a_person_cannot_write_himself_into_a_matter(city: City, database: Any) -> None:
    dispute = await reported(city)
    stranger = UUID((await city.sign_in(STRANGER)).account_id)
    async with as_login(database.login_dsn, Scope(DbRole.SELF, person=stranger)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "select open_matter(gen_random_uuid(), $1, $2::text::ltree, $3, $4, null, 'APPLICANT', now())",
                UUID(dispute["id"]), GRID_PATH, COUNTY, stranger,
            )  # fmt: skip
    async with as_login(database.login_dsn, Scope(DbRole.SELF, person=stranger)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into participant (id, county, path, matter_id, account_id, phone_index, capacity, created_at) "
                "values (gen_random_uuid(), $1, $2::text::ltree, $3, $4, '', 'APPLICANT', now())",
                COUNTY, GRID_PATH, UUID(dispute["id"]), stranger,
            )  # fmt: skip


async def test_staff_cannot_write_outside_their_place(city: City, database: Any) -> None:
    dispute = await reported(city)
    async with as_login(database.login_dsn, staff(SIBLING_PATH)) as connection:
        changed = await connection.execute(
            "update mediation_dispute set title = 'x' where id = $1", UUID(dispute["id"])
        )
        assert changed == "UPDATE 0"
    async with as_login(database.login_dsn, staff(GRID_PATH)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "update mediation_dispute set path = $2::text::ltree where id = $1", UUID(dispute["id"]), SIBLING_PATH
            )


async def test_events_can_be_neither_changed_nor_deleted(city: City, database: Any) -> None:
    dispute = await reported(city)
    for statement in (
        "update event set tag = 'x' where matter_id = $1",
        "delete from event where matter_id = $1",
    ):
        async with as_login(database.login_dsn, staff(COUNTY_PATH)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement, UUID(dispute["id"]))
        connection = await asyncpg.connect(**credentials(database.admin_dsn))
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await connection.execute(statement, UUID(dispute["id"]))
        finally:
            await connection.close()


async def test_the_login_role_owns_nothing_and_inherits_nothing(database: Any) -> None:
    connection = await asyncpg.connect(**credentials(database.admin_dsn))
    try:
        row = await connection.fetchrow(
            "select rolinherit, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
            "(select count(*) from pg_class where relowner = r.oid) as owned from pg_roles r "
            "where rolname = 'shanzhi_login'"
        )
    finally:
        await connection.close()
    assert not any(row.values())


@pytest.mark.parametrize("value", ["1'; drop table event; --", "33 ", "331024,331023", "a"])
def test_a_scope_takes_codes_and_paths_only(value: str) -> None:
    with pytest.raises(ValueError, match="codes and paths"):
        Scope(DbRole.STAFF, (value,), ("33",)).opening_sql()
    with pytest.raises(ValueError, match="codes and paths"):
        Scope(DbRole.STAFF, ("331024",), (value,)).opening_sql()


async def test_what_narrows_reading_narrows_changing(city: City, database: Any) -> None:
    """An UPDATE without any condition reads nothing: without twins of the policies for reading it would reach every row of the place."""
    await reported(city)
    async with as_login(database.admin_dsn) as owner:
        alone = await owner.fetch(
            """select p.polrelid::regclass::text || ' ' || verb || ' ' || p.polname as policy
               from pg_policy p join pg_roles r on p.polroles = array[r.oid] cross join unnest(array['update', 'delete']) verb
               where not p.polpermissive and p.polcmd = 'r' and (verb = 'update' or has_table_privilege(r.rolname, p.polrelid, verb))
                   and not exists (select 1 from pg_policy c where c.polrelid = p.polrelid and not c.polpermissive
                       and c.polcmd = case verb when 'update' then 'w' else 'd' end and c.polroles = p.polroles
                       and c.polname = verb || 's_' || p.polname
                       and obj_description(c.oid, 'pg_policy') = md5(pg_get_expr(p.polqual, p.polrelid)))"""
        )
    assert [row["policy"] for row in alone] == []
    for table in ("matter_clock", "paper", "stored_file", "mediation_dispute"):
        async with as_login(database.login_dsn, staff(COUNTY_PATH, purpose="no_application")) as connection:
            assert await connection.execute(f"update {table} set path = path") == "UPDATE 0", table
        async with as_login(database.login_dsn, staff(COUNTY_PATH)) as connection:
            changed = await connection.execute(f"update {table} set path = path")
            assert changed != "UPDATE 0" or table in ("paper", "stored_file"), table
            await connection.execute("rollback")
