"""The database catalogue: every tenant table can be distributed by county and is closed by policy."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from backend.kernel.db.connection import credentials

#: Tables without a county: reference data, and rows that belong to an account. Each is named here on purpose.
WITHOUT_COUNTY = {
    "account", "division", "idempotency_record", "passkey", "push_subscription", "tortoise_migrations", "upload",
}  # fmt: skip
#: A county column without row-level security: no application role may touch them. A gallery's search scans
#: `gallery_code`: a trigger alone fills it from `gallery_face`, and without path and B-tree a face takes under 150 bytes.
NOT_FOR_ROLES = {"event_head", "gallery_code"}
#: Carries the county of the office a person holds; a reference table like `account`.
REFERENCE_WITH_COUNTY = {"membership"}


@pytest.fixture
async def catalogue(database: Any) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**credentials(database.admin_dsn))
    yield connection
    await connection.close()


async def tables(catalogue: asyncpg.Connection) -> dict[str, bool]:
    """Table → has a county column. A partition is part of its table."""
    rows = await catalogue.fetch(
        """select c.relname as name, exists (select 1 from pg_attribute a where a.attrelid = c.oid
               and a.attname = 'county' and not a.attisdropped) as county
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p') and n.nspname = 'public' and not c.relispartition"""
    )
    return {row["name"]: row["county"] for row in rows}


async def tenant_tables(catalogue: asyncpg.Connection) -> set[str]:
    found = {name for name, county in (await tables(catalogue)).items() if county}
    return found - NOT_FOR_ROLES - REFERENCE_WITH_COUNTY


async def test_only_named_tables_have_no_county(catalogue: asyncpg.Connection) -> None:
    found = {name for name, county in (await tables(catalogue)).items() if not county}
    assert found == WITHOUT_COUNTY


async def test_what_is_not_for_roles_is_closed_to_every_one_of_them(catalogue: asyncpg.Connection) -> None:
    closed = await catalogue.fetch(
        """select c.relname, acl.grantee::regrole::text as role from pg_class c, aclexplode(c.relacl) acl
           where c.relname = any ($1) or exists (select 1 from pg_inherits i join pg_class parent on parent.oid = i.inhparent
               where i.inhrelid = c.oid and parent.relname = any ($1))""",
        list(NOT_FOR_ROLES),
    )
    assert {row["role"] for row in closed} <= {"shanzhi_owner"}, [dict(row) for row in closed]


async def test_row_level_security_is_forced_with_a_policy_for_each_role_that_may_select(
    catalogue: asyncpg.Connection,
) -> None:
    for table in await tenant_tables(catalogue):
        state = await catalogue.fetchrow(
            "select relrowsecurity, relforcerowsecurity from pg_class where relname = $1", table
        )
        assert tuple(state) == (True, True), table
        policies = {
            row["role"]
            for row in await catalogue.fetch(
                "select unnest(polroles)::regrole::text as role from pg_policy where polrelid = $1::regclass", table
            )
        }
        granted = {
            row["grantee"]
            for row in await catalogue.fetch(
                "select distinct grantee from information_schema.column_privileges where table_name = $1 "
                "and grantee in ('shanzhi_staff', 'shanzhi_self', 'shanzhi_identity', 'shanzhi_relay')",
                table,
            )
        }
        assert granted <= policies, table
        assert "shanzhi_staff" in policies, table


async def test_keys_are_composite_and_contain_the_county(catalogue: asyncpg.Connection) -> None:
    for table in await tenant_tables(catalogue):
        rows = await catalogue.fetch(
            """select i.indisprimary, array(select a.attname::text from unnest(i.indkey) k join pg_attribute a
                   on a.attrelid = i.indrelid and a.attnum = k) as columns
               from pg_index i where i.indrelid = $1::regclass and i.indisunique""",
            table,
        )
        primary = next(row["columns"] for row in rows if row["indisprimary"])
        assert primary == ["id", "county"], table
        for row in rows:
            assert "county" in row["columns"], (table, row["columns"])


async def test_foreign_keys_between_tenant_tables_carry_the_county(catalogue: asyncpg.Connection) -> None:
    tenant = await tenant_tables(catalogue)
    rows = await catalogue.fetch(
        """select conrelid::regclass::text as source, confrelid::regclass::text as target,
                  array(select a.attname::text from unnest(conkey) k join pg_attribute a
                      on a.attrelid = conrelid and a.attnum = k) as columns
           from pg_constraint where contype = 'f'"""
    )
    assert rows
    for row in rows:
        assert row["source"] in tenant, dict(row)
        assert row["target"] in tenant, dict(row)
        assert "county" in row["columns"], dict(row)


async def test_settings_in_policies_are_read_once_per_statement(catalogue: asyncpg.Connection) -> None:
    """Each `current_setting` stands in a scalar sub-select (an InitPlan), never bare in the condition."""
    rows = await catalogue.fetch(
        "select polrelid::regclass::text as name, pg_get_expr(polqual, polrelid) as condition from pg_policy"
    )
    for row in rows:
        for before in (row["condition"] or "").split("current_setting")[:-1]:
            assert re.search(r"SELECT[^)]*$", before), dict(row)
