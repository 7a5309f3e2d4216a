"""What the database itself refuses, whatever the program above it forgets."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY
from tests.factories.city import APPLICANT, City
from tests.factories.disputes import reported
from tests.factories.ledger import open_ledger
from tests.kernel.db.test_row_level_security import COUNTY_PATH, GRID_PATH, SIBLING_PATH, as_login, staff

PAPER = """insert into paper (id, county, path, matter_id, subject_id, app, template, template_version, title, number,
        state, facts, markdown, html, sha256, sm3, created_at)
    values ($1, $2, $3::text::ltree, $4, $4, 'mediation', 't', 1, 'x', '', 'DRAFT', '{}', 'x', 'x', '', '', now())"""
SIGNATURE = """insert into paper_signature (id, county, path, matter_id, paper_id, account_id, name, capacity, label,
        position, signed_sha256) values ($1, $2, $3::text::ltree, $4, $5, $6, 'x', 'x', '', 0, '')"""


async def prepared(dsn: str, matter: str, account: str) -> tuple[UUID, UUID, UUID]:
    """A paper of the matter with one signature of `account` and one of somebody else."""
    paper, own, foreign = uuid4(), uuid4(), uuid4()
    async with open_ledger(dsn) as ledger:
        await ledger.execute(PAPER, paper, COUNTY, COUNTY_PATH, UUID(matter))
        for row, whose in ((own, UUID(account)), (foreign, uuid4())):
            await ledger.execute(SIGNATURE, row, COUNTY, COUNTY_PATH, UUID(matter), paper, whose)
    return paper, own, foreign


async def test_the_text_of_a_paper_stays(city: City, database: Any) -> None:
    me = await city.sign_in(APPLICANT)
    paper, _, _ = await prepared(database.admin_dsn, (await reported(city))["id"], me.account_id)
    async with open_ledger(database.admin_dsn) as ledger:
        await ledger.execute("update paper set state = 'SEALED' where id = $1", paper)
        for change in ("markdown = 'y'", "number = '7'", "facts = '{\"a\": 1}'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ledger.execute(f"update paper set {change} where id = $1", paper)


async def test_a_person_signs_for_himself_only(city: City, database: Any) -> None:
    me = await city.sign_in(APPLICANT)
    _, own, foreign = await prepared(database.admin_dsn, (await reported(city))["id"], me.account_id)
    scope = Scope(DbRole.SELF, person=UUID(me.account_id))
    async with as_login(database.login_dsn, scope) as connection:
        signed = "update paper_signature set label = 'y' where id = $1"
        assert await connection.execute(signed, own) == "UPDATE 1"
        assert await connection.execute(signed, foreign) == "UPDATE 0"
        assert await connection.fetchval("select count(*) from paper_signature where id = $1", foreign) == 1


@pytest.mark.parametrize(("path", "allowed"), [(GRID_PATH, True), (SIBLING_PATH, False)])
async def test_an_officer_opens_matters_in_his_own_place(city: City, database: Any, path: str, allowed: bool) -> None:
    opening = "select open_matter($1, $2, $3::text::ltree, $4, null, null, 'APPLICANT', now())"
    async with as_login(database.login_dsn, staff(GRID_PATH)) as connection:
        if allowed:
            await connection.execute(opening, uuid4(), uuid4(), path, COUNTY)
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(opening, uuid4(), uuid4(), path, COUNTY)


async def test_the_functions_that_see_more_are_closed_to_everybody_else(city: City, database: Any) -> None:
    async with as_login(database.login_dsn, Scope(DbRole.RELAY)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("select own_phone()")
