"""What the database itself refuses in oversight, by plain SQL: the agency never learns who raised what is held against it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.oversight import models
from backend.kernel.access.grants import permissions_of
from backend.kernel.access.roles import Role
from backend.kernel.db.models import TenantModel
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY
from tests.factories.city import City, Refused
from tests.factories.disputes import reported
from tests.factories.ledger import open_ledger
from tests.factories.oversight import (
    CENTER,
    CHIEF,
    CITIZEN,
    CONGRESS,
    DEPUTY,
    DEPUTY_2,
    OTHER_UNIT,
    PROSECUTOR,
    UNIT,
    checked,
    do,
    drafted,
    filed,
    raised,
    replied,
    served,
    step,
)
from tests.factories.supervision import act
from tests.kernel.db.test_row_level_security import COUNTY_PATH, as_login

#: Table → column that names the matter.
OF_A_CLUE = {"oversight_clue": "id", "oversight_part": "clue_id", "oversight_log": "clue_id", "oversight_check": "clue_id"}
OF_A_RECOMMENDATION = {
    "oversight_recommendation": "id",
    **dict.fromkeys(("oversight_reply", "oversight_promise", "oversight_rating"), "recommendation_id"),
}
KERNEL = dict.fromkeys(
    ("event", "job", "matter_clock", "paper", "paper_signature", "stored_file", "extension_request", "share", "participant", "access_log",
     "figure_fact", "retention"),
    "matter_id",
)  # fmt: skip
#: Oversight makes no row here: it looks at no face, hands out no link and takes nothing in from outside systems.
ELSEWHERE = {"cockpit_correction", "face_challenge", "face_enrolment", "face_search", "face_template", "gallery_face", "inbound_message", "link"}
MINE = {"oversight_clue", "oversight_part", "oversight_check"}


def purpose_of(role: Role) -> str:
    return ",".join(sorted({permission.split(":", 1)[0] for permission in permissions_of(role)}))


async def scope_of(city: City, phone: str, role: Role) -> Scope:
    person = await city.sign_in(phone)
    return Scope(DbRole.STAFF, (COUNTY,), (COUNTY_PATH,), person=UUID(person.account_id), purpose=purpose_of(role))


async def seen(dsn: str, scope: Scope, matter: dict[str, Any], tables: dict[str, str]) -> set[str]:
    """Tables of which the scope sees a row about the matter."""
    async with as_login(dsn, scope) as connection:
        found = set()
        for table, column in tables.items():
            granted = await connection.fetchval("select has_any_column_privilege($1, 'select')", table)
            if granted and await connection.fetchval(f"select exists (select 1 from {table} where {column} = $1)", UUID(matter["id"])):
                found.add(table)
        return found


async def busy(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case with a row in nearly every table: logged, served, replied to with a promise, checked, rated."""
    clue, row = await served(city)
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    await do(prosecutor, "logInvestigation", id=clue["id"], kind="INQUIRY", text="询问了作坊负责人")
    unit = await city.sign_in(UNIT)
    await step(unit, "askReplyExtension", row, days=10, basis="办法第九条", reason="工程需要工期")
    await step(await city.sign_in(CHIEF), "decideReplyExtension", row, grant=True, opinion="同意")
    row = await replied(city, row, promises=[{"text": "完成管网改造", "dueOn": "2027-10-01"}])
    row = await checked(city, row)
    await do(deputy, "rateRecommendation", id=row["id"], process=5, result=2, words="味道还在")
    await city.work()
    return clue, row


async def test_each_sees_what_is_his_and_nothing_else(city: City, database: Any) -> None:
    clue, row = await busy(city)
    dsn = database.login_dsn
    prosecutor = await scope_of(city, PROSECUTOR, Role.PROSECUTOR)
    assert await seen(dsn, prosecutor, clue, OF_A_CLUE) == set(OF_A_CLUE)
    assert await seen(dsn, prosecutor, row, OF_A_RECOMMENDATION) == set(OF_A_RECOMMENDATION)
    congress = await scope_of(city, CONGRESS, Role.NPC_OFFICE)
    assert await seen(dsn, congress, clue, OF_A_CLUE) == MINE, "the investigation is not the congress's"
    deputy = await scope_of(city, DEPUTY, Role.DEPUTY)
    assert await seen(dsn, deputy, clue, OF_A_CLUE) == MINE
    assert await seen(dsn, deputy, row, OF_A_RECOMMENDATION) == set(OF_A_RECOMMENDATION)
    for phone, role in (
        (DEPUTY_2, Role.DEPUTY), (OTHER_UNIT, Role.SUPERVISED_UNIT), (CENTER, Role.COUNTY_CENTER), (PROSECUTOR, Role.POLICE_OFFICER),
    ):  # fmt: skip
        scope = await scope_of(city, phone, role)
        assert await seen(dsn, scope, clue, OF_A_CLUE | KERNEL) == set(), role
        assert await seen(dsn, scope, row, OF_A_RECOMMENDATION | KERNEL) == set(), role
    citizen = Scope(DbRole.SELF, person=UUID((await city.sign_in(CITIZEN)).account_id))
    abroad = Scope(DbRole.STAFF, ("331023",), ("33.3310.331023",), person=uuid4(), purpose=purpose_of(Role.PROSECUTOR))
    for scope in (citizen, abroad, Scope(DbRole.STAFF, purpose="oversight,oversight_all")):
        assert await seen(dsn, scope, clue, OF_A_CLUE | KERNEL) == set()
        assert await seen(dsn, scope, row, OF_A_RECOMMENDATION | KERNEL) == set()


async def test_the_agency_sees_its_recommendation_and_no_trace_of_the_author(city: City, database: Any) -> None:
    """Every row of every table that the agency's role may read, searched for the author's account, part, name and clue."""
    clue, row = await busy(city)
    author = (await city.sign_in(DEPUTY)).account_id
    unit = await scope_of(city, UNIT, Role.SUPERVISED_UNIT)
    assert await seen(database.login_dsn, unit, clue, OF_A_CLUE | KERNEL) == set()
    assert await seen(database.login_dsn, unit, row, OF_A_RECOMMENDATION) == set(OF_A_RECOMMENDATION)
    assert await seen(database.login_dsn, unit, row, KERNEL) >= {"event", "matter_clock", "paper", "stored_file", "extension_request"}
    #: Who holds which office is public within the administration; none of it says who raised what.
    public = {"account", "membership", "division"}
    async with as_login(database.login_dsn, unit) as connection:
        tables = await connection.fetch(
            "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition "
            "and has_table_privilege(oid, 'select')"
        )
        looked_at = {each["relname"] for each in tables} - public
        assert looked_at >= set(OF_A_CLUE) | set(OF_A_RECOMMENDATION) | {"event", "job", "notification"}
        for table in looked_at:
            for secret in (author, "测试代表甲", "第一小组"):
                # Of a suggestion everybody may know whose it is, and that tells nothing of a clue.
                told = await connection.fetchval(
                    f"select count(*) from {table} t where t::text like '%' || $1 || '%' and coalesce(to_jsonb(t) ->> 'matter_id', "
                    "to_jsonb(t) ->> 'suggestion_id', to_jsonb(t) ->> 'id') not in (select s.id::text from oversight_suggestion s)", secret,
                )  # fmt: skip
                assert told == 0, (table, secret)


async def test_a_shielded_name_is_the_procuratorates_even_against_the_congress(city: City, database: Any) -> None:
    clue = await raised(city, DEPUTY_2, shielded=True)
    account = (await city.sign_in(DEPUTY_2)).account_id
    congress = await scope_of(city, CONGRESS, Role.NPC_OFFICE)
    prosecutor = await scope_of(city, PROSECUTOR, Role.PROSECUTOR)
    assert "oversight_part" not in await seen(database.login_dsn, congress, clue, OF_A_CLUE)
    assert "oversight_part" in await seen(database.login_dsn, prosecutor, clue, OF_A_CLUE)
    async with as_login(database.login_dsn, prosecutor) as connection:
        events = await connection.fetch("select actor_id, actor_name from event where matter_id = $1", UUID(clue["id"]))
        assert events
        assert {(each["actor_id"], each["actor_name"]) for each in events} == {(None, "")}
    async with as_login(database.login_dsn, congress) as connection:
        for table in ("event", "job", "stored_file", "matter_clock"):
            told = f"select count(*) from {table} t where t.matter_id = $2 and t::text like '%' || $1 || '%'"
            assert await connection.fetchval(told, account, UUID(clue["id"])) == 0, table


async def test_a_draft_is_not_served(city: City, database: Any) -> None:
    row = await drafted(city, await filed(city))
    for phone, role in ((UNIT, Role.SUPERVISED_UNIT), (DEPUTY, Role.DEPUTY), (CONGRESS, Role.NPC_OFFICE)):
        scope = await scope_of(city, phone, role)
        assert await seen(database.login_dsn, scope, row, OF_A_RECOMMENDATION) == set(), role


async def test_an_agency_makes_itself_no_part(city: City, database: Any) -> None:
    """It knows the clue's id from the recommendation; that opens nothing."""
    clue, _ = await served(city)
    unit = await scope_of(city, UNIT, Role.SUPERVISED_UNIT)
    async with as_login(database.login_dsn, unit) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into oversight_part (id, county, path, clue_id, account_id, membership_id, name, kind, shielded, joined_at) "
                "values (gen_random_uuid(), $1, $2::text::ltree, $3, $4, $4, 'x', 'SUPPORTER', false, now())",
                COUNTY, COUNTY_PATH, UUID(clue["id"]), unit.person,
            )  # fmt: skip
    async with as_login(database.login_dsn, unit) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from oversight_alike($1)", COUNTY)


async def test_what_is_written_down_stays(city: City, database: Any) -> None:
    await busy(city)
    for table in ("oversight_log", "oversight_reply", "oversight_meeting", "oversight_clue", "oversight_recommendation"):
        async with as_login(database.login_dsn, await scope_of(city, PROSECUTOR, Role.PROSECUTOR)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"delete from {table}")


async def test_nobody_puts_words_into_anothers_mouth(city: City, database: Any) -> None:
    """The agency changes no rating and gives none; the procuratorate writes no reply; neither changes what a check found."""
    _, row = await busy(city)
    unit, prosecutor = await scope_of(city, UNIT, Role.SUPERVISED_UNIT), await scope_of(city, PROSECUTOR, Role.PROSECUTOR)
    rating = (
        "insert into oversight_rating (id, county, path, recommendation_id, part_id, round, process, result, words, answer, rated_at) "
        "select gen_random_uuid(), county, path, recommendation_id, part_id, 2, 5, 5, 'x', '', now() from oversight_rating where recommendation_id = $1"
    )
    reply = (
        "insert into oversight_reply (id, county, path, recommendation_id, round, reply_class, text, measures, files, paper_id, replied_by, by_name, replied_at) "
        "select gen_random_uuid(), county, path, recommendation_id, 2, 'A', 'x', measures, files, paper_id, replied_by, 'x', now() from oversight_reply where recommendation_id = $1"
    )
    for scope, sql in (
        (unit, rating), (prosecutor, rating), (prosecutor, reply),
        (unit, "update oversight_rating set process = 5 where recommendation_id = $1"),
        (prosecutor, "update oversight_check set verdict = 'NOT' where recommendation_id = $1"),
        (unit, "update oversight_promise set due_on = due_on + 365 where recommendation_id = $1"),
    ):  # fmt: skip
        async with as_login(database.login_dsn, scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql, UUID(row["id"]))
    async with as_login(database.login_dsn, unit) as connection:
        assert await connection.execute(reply, UUID(row["id"])) == "INSERT 0 1", "the agency's own words"


def test_every_table_is_looked_at_here() -> None:
    tables = {model._meta.db_table for model in vars(models).values() if isinstance(model, type) and issubclass(model, TenantModel)}
    joint = {"oversight_joint", "oversight_joint_item", "oversight_meeting"}
    # `test_suggestion_walls.py`, `test_lessons.py`
    suggestions = {"oversight_suggestion", *(f"oversight_{name}" for name in ("signer", "assist", "talk", "answer", "opinion", "progress"))}
    assert tables == set(OF_A_CLUE) | set(OF_A_RECOMMENDATION) | joint | suggestions | {"oversight_baseline", "oversight_lesson"}


async def test_no_table_of_the_kernel_that_names_a_matter_was_forgotten(city: City, database: Any) -> None:
    """Inboxes show everybody his own; every other one is narrowed."""
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch(
            """select c.relname as name, exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'oversight_reach') as narrowed
               from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'matter_id' and not a.attisdropped
               where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition
                   and has_any_column_privilege('shanzhi_staff', c.oid, 'select')"""
        )
    assert {row["name"] for row in rows if not row["narrowed"]} - ELSEWHERE == {"notification"}
    assert {row["name"] for row in rows if row["narrowed"]} == set(KERNEL)


async def test_joint_projects_are_both_sides_affair(city: City, database: Any) -> None:
    clue = await filed(city)
    congress = await city.sign_in(CONGRESS)
    project = await do(congress, "proposeJointSupervision", subject="溪流污染督办", basis="各级人大常委会监督法", form="REPORT", clues=[clue["id"]])
    tables = {"oversight_joint": "id", "oversight_joint_item": "project_id", "event": "matter_id"}
    assert await seen(database.login_dsn, await scope_of(city, CHIEF, Role.CHIEF_PROSECUTOR), project, tables) == set(tables)
    for phone, role in ((DEPUTY, Role.DEPUTY), (UNIT, Role.SUPERVISED_UNIT)):
        assert await seen(database.login_dsn, await scope_of(city, phone, role), project, tables) == set(), role


async def test_of_a_dispute_nothing_about_anybody_goes_over(city: City, database: Any) -> None:
    """What is about its people, word by word, stands nowhere in the clue's rows, and the grant opens no table of the dispute."""
    dispute: dict[str, Any] = await reported(city)
    center = await city.sign_in(CENTER)
    given = {"app": "mediation", "matterId": dispute["id"], "field": "GOVERNANCE", "title": "同类纠纷反复发生", "reason": "可能存在监管缺位,需要核查"}
    clue = await do(center, "handOverMatter", **given)
    with pytest.raises(Refused) as refused:
        await do(center, "handOverMatter", **given)
    assert refused.value.codes == ["ALREADY_DONE"]
    async with open_ledger(database.admin_dsn) as ledger:
        (share,) = await ledger.fetch("select * from share where to_matter = $1", UUID(clue["id"]))
        assert (share["app"], str(share["matter_id"]), share["ended_at"]) == ("mediation", dispute["id"], None)
        names = [row["name"] for row in await ledger.fetch("select name from mediation_party where dispute_id = $1", UUID(dispute["id"]))]
        (words,) = await ledger.fetch("select statement from mediation_dispute where id = $1", UUID(dispute["id"]))
        assert names
        for table, column in (OF_A_CLUE | KERNEL).items():
            for secret in (*names, words["statement"]):
                told = f"select count(*) from {table} t where t.{column} = $1 and t::text like '%' || $2 || '%'"
                assert await ledger.fetchval(told, UUID(clue["id"]), secret) == 0, (table, secret)
    prosecutor = await scope_of(city, PROSECUTOR, Role.PROSECUTOR)
    assert await seen(database.login_dsn, prosecutor, dispute, {"mediation_dispute": "id", "mediation_party": "dispute_id"} | KERNEL) == set()
    assert await seen(database.login_dsn, await scope_of(city, CENTER, Role.COUNTY_CENTER), clue, OF_A_CLUE) == {"oversight_clue", "oversight_part"}


async def test_what_a_figure_was_is_read_by_whoever_sees_the_place_and_changed_by_nobody(city: City, database: Any) -> None:
    congress = await city.sign_in(CONGRESS)
    given: dict[str, Any] = {"figure": "handling_days", "days": 62, "firstOn": "2025-01-01", "lastOn": "2025-12-31", "source": "县检察院年度统计"}
    row = dict((await act(congress, "stateOversightBaseline", show="baseline { id }", **given))["baseline"])
    table = {"oversight_baseline": "id"}
    for phone, role in ((CONGRESS, Role.NPC_OFFICE), (CHIEF, Role.CHIEF_PROSECUTOR), (PROSECUTOR, Role.PROGRAM_OFFICE)):
        assert await seen(database.login_dsn, await scope_of(city, phone, role), row, table) == set(table), role
    for phone, role in ((DEPUTY, Role.DEPUTY), (UNIT, Role.SUPERVISED_UNIT), (CENTER, Role.COUNTY_CENTER)):
        assert await seen(database.login_dsn, await scope_of(city, phone, role), row, table) == set(), role
    async with as_login(database.login_dsn, await scope_of(city, CONGRESS, Role.NPC_OFFICE)) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update oversight_baseline set days = 90")


async def test_what_a_figure_was_is_said_in_ones_own_name_and_by_no_agency(city: City, database: Any) -> None:
    stated = (
        "insert into oversight_baseline (id, county, path, figure, days, first_on, last_on, source, stated_by, stated_at) "
        "values (gen_random_uuid(), $1, $2::text::ltree, 'handling_days', 1, '2025-01-01', '2025-12-31', 'x', $3, now())"
    )
    congress, unit, deputy = [
        await scope_of(city, phone, role)
        for phone, role in ((CONGRESS, Role.NPC_OFFICE), (UNIT, Role.SUPERVISED_UNIT), (DEPUTY, Role.DEPUTY))
    ]
    for scope, by in ((unit, unit), (unit, congress), (deputy, deputy), (congress, unit)):
        async with as_login(database.login_dsn, scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(stated, COUNTY, COUNTY_PATH, by.person)
    async with as_login(database.login_dsn, congress) as connection:
        assert await connection.execute(stated, COUNTY, COUNTY_PATH, congress.person) == "INSERT 0 1"


async def test_an_investigation_is_emptied_by_the_system_alone_and_of_what_is_erased(city: City, database: Any) -> None:
    clue = await filed(city)
    await do(await city.sign_in(PROSECUTOR), "logInvestigation", id=clue["id"], kind="INQUIRY", text="询问作坊负责人某某")
    prosecutor = await scope_of(city, PROSECUTOR, Role.PROSECUTOR)
    system = Scope(DbRole.STAFF, (COUNTY,), (COUNTY_PATH,), purpose="*")
    elsewhere = Scope(DbRole.STAFF, ("331023",), ("33.3310.331023",), purpose="*")
    empty, matter = "select oversight_empty_log($1, $2)", UUID(clue["id"])
    for scope in (prosecutor, system, elsewhere):
        async with as_login(database.login_dsn, scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(empty, matter, COUNTY)
    async with open_ledger(database.admin_dsn) as ledger:
        await ledger.execute("update oversight_clue set erased_at = now() where id = $1", matter)
        for change in ("text = 'x'", "by_name = '', text = '', files = '[]'", "text = '', files = '[\"x\"]'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ledger.execute(f"update oversight_log set {change} where clue_id = $1", matter)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ledger.execute("delete from oversight_log where clue_id = $1", matter)
    for scope in (prosecutor, elsewhere):
        async with as_login(database.login_dsn, scope) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(empty, matter, COUNTY)
    async with as_login(database.login_dsn, system) as connection:
        await connection.execute(empty, matter, COUNTY)
        assert await connection.fetchval("select text from oversight_log where clue_id = $1", matter) == ""
