"""A scope holds one connection at the most, and nobody who holds one waits for another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from backend.kernel.db.connection import fetch
from backend.kernel.db.scope import DbRole, NestedScope, Scope, open_scope
from tests.factories.city import APPLICANT, City, Person

RELAY = Scope(DbRole.RELAY)
RENAME_TWICE = """mutation { one: renameAccount(displayName: "测试甲一") { ok }
    two: renameAccount(displayName: "测试甲一") { ok } }"""


async def test_a_second_connection_is_refused_while_one_is_held(city: City) -> None:
    async with open_scope(RELAY):
        async with open_scope(RELAY):
            await fetch("select 1")
        await fetch("select 1")
        with pytest.raises(NestedScope):
            async with open_scope(RELAY):
                pass


async def test_a_paused_scope_frees_its_connection_and_goes_on(city: City) -> None:
    async with open_scope(RELAY) as outer:
        await fetch("select 1")
        await outer.pause()
        assert outer.connection is None
        assert len(await fetch("select 1")) == 1


async def test_a_person_reads_his_own_telephone_number_in_his_own_transaction(city: City) -> None:
    from backend.kernel.identity.service import own_passkey_count, own_phone

    me = await city.sign_in(APPLICANT)
    async with open_scope(replace(RELAY, role=DbRole.SELF, person=UUID(me.account_id))):
        assert await own_phone(UUID(me.account_id)) == APPLICANT
        assert await own_passkey_count() == 0


async def test_more_commands_at_once_than_connections_all_end(city: City) -> None:
    me: Person = await city.sign_in(APPLICANT)
    answers = await asyncio.wait_for(asyncio.gather(*(me.ask(RENAME_TWICE) for _ in range(15))), 20)
    assert all(answer["one"]["ok"] and answer["two"]["ok"] for answer in answers)
