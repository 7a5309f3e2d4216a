"""A matter opened to one person: he reads it wherever he works, nobody beside him does, and it ends like any other share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.reunion.models import Case
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import COUNTY
from backend.kernel.sharing import service as sharing
from backend.kernel.sharing.models import Share
from tests.factories.city import City
from tests.factories.ledger import open_ledger
from tests.factories.reunion import found
from tests.kernel.db.test_row_level_security import COUNTY_PATH

MACHINE = system_actor(COUNTY, COUNTY_PATH)
ELSEWHERE = ("331022", "33.3310.331022")


def officer(person: UUID, purpose: str = "reunion", place: tuple[str, str] = ELSEWHERE) -> Scope:
    return Scope(DbRole.STAFF, (place[0],), (place[1],), person=person, purpose=purpose)


async def reads(scope: Scope, case_id: UUID) -> bool:
    async with open_scope(scope):
        return await Case.filter(id=case_id).exists()


async def opened(case_id: UUID, person: UUID | None, for_matter: UUID, **until: float) -> Share | None:
    async with open_scope(MACHINE.scope):
        case = await Case.get(id=case_id)
        return await sharing.open_to(
            case, "reunion", to_county=ELSEWHERE[0], to_path=ELSEWHERE[1], to_account=person, to_matter=for_matter, reason="CROSS_REGION",
            until=clock.now() + timedelta(**(until or {"days": 3})),
        )  # fmt: skip


async def look(scope: Scope, case_id: UUID) -> None:
    async with open_scope(scope):
        await execute(
            "select note_shared_look($1, $2, $3, $4, '测试', 'FACE_EXPERT', 'CASE', '寻亲办理', $5)",
            new_id(), case_id, COUNTY, new_id(), clock.now(),
        )  # fmt: skip


async def test_he_reads_it_and_his_colleagues_do_not(city: City) -> None:
    case = UUID((await found(city))["id"])
    me, matter = uuid4(), uuid4()
    assert await opened(case, me, matter) is not None
    assert await opened(case, me, matter) is None, "opened already"
    assert await reads(officer(me), case)
    assert await reads(officer(me, place=("331083", "33.3310.331083")), case), "wherever he works"
    for other in (officer(uuid4()), officer(me, "mediation"), Scope(DbRole.SELF, person=me)):
        async with open_scope(other):
            if other.role is DbRole.STAFF:
                assert not await Case.filter(id=case).exists()
                assert not await Share.filter(matter_id=case).exists()
    async with open_scope(MACHINE.scope):
        assert await sharing.end(await Case.get(id=case), to_matter=matter) == 1
    assert not await reads(officer(me), case)


async def test_it_ends_with_its_time(city: City) -> None:
    case, me = UUID((await found(city))["id"]), uuid4()
    share = await opened(case, me, uuid4(), hours=1)
    assert share is not None
    now = clock.offset()
    for later, expected in ((timedelta(minutes=59), True), (timedelta(hours=1, seconds=1), False)):
        with clock.shifted(now + later):
            async with open_scope(MACHINE.scope):
                await sharing.expire(MACHINE, str(share.id))
        assert await reads(officer(me), case) is expected


async def test_his_look_leaves_a_line_and_a_colleague_cannot_leave_one(city: City, database: Any) -> None:
    case, me = UUID((await found(city))["id"]), uuid4()
    await opened(case, me, uuid4())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await look(officer(uuid4()), case)
    await look(officer(me), case)
    async with open_ledger(database.admin_dsn) as ledger:
        assert await ledger.fetchval("select count(*) from access_log where matter_id = $1 and account_id = $2", case, me) == 1


async def test_opened_to_a_place_it_is_read_by_the_place(city: City) -> None:
    case = UUID((await found(city))["id"])
    await opened(case, None, uuid4())
    assert await reads(officer(uuid4()), case)
    assert not await reads(officer(uuid4(), place=("331083", "33.3310.331083")), case)
