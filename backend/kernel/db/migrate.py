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
    finally:
        await Tortoise.close_connections()
        await admin.close()
