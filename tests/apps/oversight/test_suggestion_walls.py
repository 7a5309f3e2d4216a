"""Suggestions by plain SQL, two at once, and out of turn: who reads, who writes, and what a hurry may not break."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.oversight.service.common import today
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope
from tests.apps.oversight.test_row_level_security import KERNEL, purpose_of, scope_of, seen
from tests.apps.rehab.test_under_fire import outcomes
from tests.factories.city import City, Refused
from tests.factories.ledger import open_ledger
from tests.factories.oversight import (
    CENTER,
    CITIZEN,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    OTHER_UNIT,
    PROSECUTOR,
    UNIT,
    raised,
)
from tests.factories.suggestions import (
    MEASURES,
    WRITTEN,
    agency,
    answered,
    assigned,
    consulted,
    do,
    look,
    rated,
    reviewed,
    step,
    written,
)
from tests.kernel.db.test_row_level_security import as_login

PARTS = ("assist", "talk", "answer", "opinion")
OF_A_SUGGESTION = {"oversight_suggestion": "id", **dict.fromkeys([f"oversight_{name}" for name in PARTS], "suggestion_id")}
SIGNERS = {"oversight_signer": "suggestion_id"}


async def busy(city: City, **fields: Any) -> dict[str, Any]:
    """A suggestion with a row in nearly every table."""
    row = await assigned(city, await reviewed(city, **fields), OTHER_UNIT)
    return await rated(city, await answered(city, await consulted(city, row)))


async def test_each_sees_what_is_his_and_nothing_else(city: City, database: Any) -> None:
    row = await busy(city, public=False)
    dsn = database.login_dsn
    all_of_it = set(OF_A_SUGGESTION)
    for phone, role in ((DEPUTY, Role.DEPUTY), (CONGRESS, Role.NPC_OFFICE), (PROSECUTOR, Role.PROSECUTOR)):
        assert await seen(dsn, await scope_of(city, phone, role), row, OF_A_SUGGESTION | SIGNERS) == all_of_it | set(SIGNERS), role
    for phone in (UNIT, OTHER_UNIT):
        assert await seen(dsn, await scope_of(city, phone, Role.SUPERVISED_UNIT), row, OF_A_SUGGESTION | SIGNERS) == all_of_it, phone
    for phone, role in ((DEPUTY_2, Role.DEPUTY), (CENTER, Role.COUNTY_CENTER), (CENTER, Role.POLICE_OFFICER)):
        assert await seen(dsn, await scope_of(city, phone, role), row, OF_A_SUGGESTION | SIGNERS | KERNEL) == set(), role
    citizen = Scope(DbRole.SELF, person=UUID((await city.sign_in(CITIZEN)).account_id))
    abroad = Scope(DbRole.STAFF, ("331023",), ("33.3310.331023",), person=uuid4(), purpose=purpose_of(Role.NPC_OFFICE))
    for scope in (citizen, abroad):
        assert await seen(dsn, scope, row, OF_A_SUGGESTION | SIGNERS | KERNEL) == set()


async def test_another_deputy_reads_a_public_one_and_not_what_agencies_tell_each_other(city: City, database: Any) -> None:
    row = await busy(city)
    other = await scope_of(city, DEPUTY_2, Role.DEPUTY)
    assert await seen(database.login_dsn, other, row, OF_A_SUGGESTION | SIGNERS) == {
        "oversight_suggestion", "oversight_answer", "oversight_opinion",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("phone", "role", "sql"),
    [
        (DEPUTY_2, Role.DEPUTY, "update oversight_suggestion set state = 'DONE' where id = $1"),
        (DEPUTY, Role.DEPUTY, "update oversight_assist set text = 'x', given_at = now()"),
        (UNIT, Role.SUPERVISED_UNIT, "update oversight_assist set text = 'x', given_at = now() where suggestion_id = $1"),
    ],
)  # fmt: skip
async def test_what_is_only_read_is_not_changed(city: City, database: Any, phone: str, role: Role, sql: str) -> None:
    row = await assigned(city, await reviewed(city), OTHER_UNIT)
    async with as_login(database.login_dsn, await scope_of(city, phone, role)) as connection:
        assert await connection.execute(sql, *([UUID(row["id"])] if "$1" in sql else [])) == "UPDATE 0"


async def test_a_blind_change_reaches_ones_own_alone(city: City, database: Any) -> None:
    await written(city)
    await written(city, DEPUTY_2)
    async with open_ledger(database.admin_dsn) as ledger:
        own = await ledger.fetchval(
            "select count(distinct suggestion_id) from oversight_signer where account_id = $1", UUID((await city.sign_in(DEPUTY_2)).account_id)
        )
    async with as_login(database.login_dsn, await scope_of(city, DEPUTY_2, Role.DEPUTY)) as connection:
        assert await connection.execute("update oversight_suggestion set version = version") == f"UPDATE {own}"


@pytest.mark.parametrize("table", ["signer", "talk", "answer", "opinion", "progress"])
async def test_whose_word_it_is(city: City, database: Any, table: str) -> None:
    """Nobody writes another one's word: not the helping agency the answer, not the office the rating."""
    row = await busy(city)
    columns = {
        "signer": "account_id, name, leads, signed_at", "talk": "round, form, held_on, people, words, by_name, recorded_at",
        "answer": "round, reply_class, text, measures, leader, contact, files, paper_id, by_name, answered_at",
        "opinion": "round, process, result, words, paper_id, given_at", "progress": "text, by_name, told_at",
    }[table]  # fmt: skip
    values = {
        "signer": "gen_random_uuid(), 'x', false, now()", "talk": "1, 'VISIT', current_date, 'x', 'x', 'x', now()",
        "answer": "1, 'C', 'x', '[]', 'x', 'x', '[]', gen_random_uuid(), 'x', now()", "opinion": "2, 1, 1, 'x', gen_random_uuid(), now()",
        "progress": "'x', 'x', now()",
    }[table]  # fmt: skip
    sql = (
        f"insert into oversight_{table} (id, county, path, suggestion_id, {columns}) "
        f"select gen_random_uuid(), county, path, id, {values} from oversight_suggestion where id = $1"
    )
    writers = [(OTHER_UNIT, Role.SUPERVISED_UNIT), (CONGRESS, Role.NPC_OFFICE), (DEPUTY_2, Role.DEPUTY), (PROSECUTOR, Role.PROSECUTOR)]
    for phone, role in writers:
        async with as_login(database.login_dsn, await scope_of(city, phone, role)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql, UUID(row["id"]))


async def test_the_agency_does_not_learn_from_a_suggestion_whose_clue_it_was(city: City, database: Any) -> None:
    clue = await raised(city)
    row = await busy(city, clueId=clue["id"])
    async with as_login(database.login_dsn, await scope_of(city, UNIT, Role.SUPERVISED_UNIT)) as connection:
        tables = await connection.fetch(
            "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition "
            "and has_table_privilege(oid, 'select')"
        )
        for table in [each["relname"] for each in tables]:
            told = await connection.fetchval(f"select count(*) from {table} t where t::text like '%' || $1 || '%'", clue["id"])
            assert told == 0, table
    shielded = await raised(city, shielded=True)
    row = await written(city, clueId=shielded["id"])
    assert (await look(await city.sign_in(CONGRESS), row, "clue { code }"))["clue"] is None, "a shield holds here too"


async def test_a_suggestion_sent_twice_is_one(city: City) -> None:
    deputy = await city.sign_in(DEPUTY)
    key = str(uuid4())
    first = await do(deputy, "raiseSuggestion", key=key, **WRITTEN)
    assert (await do(deputy, "raiseSuggestion", key=key, **WRITTEN))["id"] == first["id"]
    with pytest.raises(Refused) as refused:
        await do(deputy, "raiseSuggestion", key=key, **{**WRITTEN, "title": "完全不同的另一件建议"})
    assert refused.value.codes == ["IDEMPOTENCY_MISMATCH"]


async def test_two_taps_of_signing_are_one_name(city: City) -> None:
    row = await written(city)
    other = await city.sign_in(DEPUTY_2)
    ends = await outcomes(*(do(other, "signSuggestion", id=row["id"]) for _ in range(3)))
    assert ends == ["ALREADY_DONE", "ALREADY_DONE", "DONE"]
    assert (await look(other, row))["coSigners"] == ["测试代表乙"]


async def test_signing_while_it_is_assigned(city: City) -> None:
    """Either the name stands under it before it goes out, or it is refused; never a name without its place in the list."""
    row = await reviewed(city)
    unit = await agency(city, row, UNIT)
    office, other = await city.sign_in(CONGRESS), await city.sign_in(DEPUTY_2)
    given = {"id": row["id"], "version": row["version"], "unit": unit, "opinion": "请办理"}
    ends = await outcomes(do(other, "signSuggestion", id=row["id"]), do(office, "assignSuggestion", **given))
    seen_now = await look(other, row, "isMine")
    assert seen_now["isMine"] == (seen_now["coSigners"] == ["测试代表乙"])
    assert "DONE" in ends


async def test_two_answers_at_once_and_one_counts(city: City, database: Any) -> None:
    row = await consulted(city)
    unit = await city.sign_in(UNIT)
    given = {
        "id": row["id"], "version": row["version"], "replyClass": "C", "text": "经研究暂不具备条件,留作参考。", "measures": MEASURES,
        "leader": "测试局长",
    }  # fmt: skip
    assert await outcomes(*(do(unit, "answerSuggestion", **given) for _ in range(3))) == ["CONFLICT", "CONFLICT", "DONE"]
    async with open_ledger(database.admin_dsn) as ledger:
        assert await ledger.fetchval("select count(*) from oversight_answer where suggestion_id = $1", UUID(row["id"])) == 1
    deputy = await city.sign_in(DEPUTY)
    version = (await look(deputy, row))["version"]
    rating = {"id": row["id"], "version": version, "process": 1, "result": 1, "words": "不满意"}
    assert await outcomes(*(do(deputy, "rateSuggestion", **rating) for _ in range(3))) == ["CONFLICT", "CONFLICT", "DONE"]
    assert (await look(deputy, row))["round"] == 2


async def test_a_helping_agency_speaks_once(city: City) -> None:
    row = await assigned(city, await reviewed(city), OTHER_UNIT)
    helper = await city.sign_in(OTHER_UNIT)
    ends = await outcomes(*(do(helper, "assistWithSuggestion", id=row["id"], text=f"我局第{n}次意见") for n in range(3)))
    assert ends == ["ALREADY_DONE", "ALREADY_DONE", "DONE"]
    assert len((await look(helper, row, "assists { text }"))["assists"]) == 1


async def test_hostile_text_stays_text(city: City) -> None:
    words = "<script>alert(1)</script> {{ 7*7 }} \\input{/etc/passwd}"
    row = await written(city, text=f"站台没有坡道 {words}")
    seen_now = await look(await city.sign_in(CONGRESS), row, "text papers { number }")
    assert words in seen_now["text"]
    row = await assigned(city, await reviewed(city, row))
    unit = await city.sign_in(UNIT)
    row = await step(unit, "takeUpSuggestion", row, text=words[:150])
    await step(unit, "consultOnSuggestion", row, form="VISIT", heldOn=str(today()), people=words, words=words)
