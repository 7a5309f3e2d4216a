"""Bring a database up to date: roles and extensions first, then every application's migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as run_migrations

from backend.kernel.db.connection import credentials
from backend.kernel.db.policy import OWNER
from backend.kernel.db.scope import DbRole

LOGIN = "shanzhi_login"
EXTENSIONS = ("ltree", "pg_trgm", "btree_gist", "vector")

#: Another migration at the same time waits here.
_LOCK = 0x5348414E

#: What narrows reading has to narrow changing: a statement that looks for no column reads nothing. Each restrictive policy for reading
#: has twins for UPDATE, and for DELETE where there is that right, made anew where a migration changed it. A twin remembers its condition's digest: PostgreSQL does not
#: print a condition again as it read it.
_TWINS = """
do $$
declare each record;
begin
    for each in
        with narrow as (
            select p.polrelid::regclass as tab, p.polname as name, r.rolname as role, p.polcmd as cmd,
                pg_get_expr(p.polqual, p.polrelid) as condition, obj_description(p.oid, 'pg_policy') as remembered
            from pg_policy p join pg_roles r on p.polroles = array[r.oid] where not p.polpermissive),
        wanted as (
            select tab, left(verb || 's_' || name, 63) as name, role, md5(condition) as digest, condition, verb
            from narrow cross join unnest(array['update', 'delete']) verb
            where cmd = 'r' and (verb = 'update' or has_table_privilege(role, tab, verb))),
        made as (
            select tab, name, role, remembered as digest from narrow
            where cmd in ('w', 'd') and (name like 'updates\\_%' or name like 'deletes\\_%'))
        select 'drop' as what, tab, name, role, digest, '' as condition, '' as verb from made m
            where not exists (select 1 from wanted w where (w.tab, w.name, w.role, w.digest) = (m.tab, m.name, m.role, m.digest))
        union all
        select 'create', tab, name, role, digest, condition, verb from wanted w
            where not exists (select 1 from made m where (w.tab, w.name, w.role, w.digest) = (m.tab, m.name, m.role, m.digest))
        order by what desc
    loop
        if each.what = 'drop' then
            execute format('drop policy %I on %s', each.name, each.tab);
        else
            execute format('create policy %I on %s as restrictive for %s to %I using (%s)',
                each.name, each.tab, each.verb, each.role, each.condition);
            execute format('comment on policy %I on %s is %L', each.name, each.tab, each.digest);
        end if;
    end loop;
end $$
"""


async def prepare(admin: asyncpg.Connection) -> None:
    """Roles and extensions. Needs CREATEROLE and the database itself, but no superuser; safe to repeat."""
    for role in (OWNER, *DbRole):
        await admin.execute(
            f"do $$ begin create role {role} nologin; exception when duplicate_object then null; end $$"
        )
    await admin.execute(
        f"do $$ begin create role {LOGIN} login noinherit nobypassrls nosuperuser; exception when duplicate_object then null; end $$"
    )
    await admin.execute(f"grant {', '.join(DbRole)} to {LOGIN}")
    if await admin.fetchval("select current_user") != OWNER:
        await admin.execute(f"grant {OWNER} to current_user")
    for extension in EXTENSIONS:
        await admin.execute(f"create extension if not exists {extension}")
    if not await admin.fetchval("select cardinality(show_trgm('纠纷')) > 0"):
        raise RuntimeError("the database's LC_CTYPE does not know Chinese: create it with LC_CTYPE 'C.UTF-8'")
    await admin.execute(f"grant all on schema public to {OWNER}")
    await admin.execute(f"grant usage on schema public to {', '.join(DbRole)}")


def migration_config(admin_dsn: str, apps: Mapping[str, tuple[tuple[str, ...], str]]) -> dict[str, Any]:
    """Tortoise's configuration for migrating as the owner. `apps` = {label: (model modules, migrations)}."""
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {
                    **credentials(admin_dsn),
                    "minsize": 1,
                    "maxsize": 1,
                    # Hundreds of small statements: waiting for the disk once, at the end, is enough.
                    "server_settings": {
                        "role": OWNER, "lock_timeout": "5s", "statement_timeout": "300s", "synchronous_commit": "off"
                    },
                },
            }
        },
        "apps": {
            label: {"models": list(models), "migrations": migrations, "default_connection": "default"}
            for label, (models, migrations) in apps.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def as_owner(admin_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that owns the tables: for imports and verification, never for requests."""
    connection = await asyncpg.connect(**credentials(admin_dsn))
    try:
        await connection.execute(f"set role {OWNER}")
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def as_auditor(admin_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A read-only connection that sees every county's events, for verifying the log."""
    async with as_owner(admin_dsn) as connection:
        await connection.execute("set default_transaction_read_only = on")
        yield connection


async def migrate_all(admin_dsn: str, apps: Mapping[str, tuple[tuple[str, ...], str]]) -> None:
    """Create what is missing and apply what is new."""
    admin = await asyncpg.connect(**credentials(admin_dsn))
    try:
        await admin.execute("select pg_advisory_lock($1)", _LOCK)
        await prepare(admin)
        await run_migrations(config=migration_config(admin_dsn, apps))
        async with as_owner(admin_dsn) as owner:
            await owner.execute(_TWINS)
    finally:
        await Tortoise.close_connections()
        await admin.close()
