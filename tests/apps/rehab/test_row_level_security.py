"""What the database itself refuses in supervision, by plain SQL, whatever the program above it forgets."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.apps.rehab import models
from backend.kernel import clock
from backend.kernel.db.models import TenantModel
from backend.kernel.db.scope import DbRole, Scope
from backend.kernel.demonstration import COUNTY
from tests.apps.rehab.test_faces import demanded
from tests.factories.city import City
from tests.factories.ledger import open_ledger
from tests.factories.supervision import (
    CITIZEN,
    OFFICE,
    PATROL,
    WORKER,
    act,
    green,
    look,
    new_phone,
    started,
    step,
    whose,
)
from tests.kernel.db.test_row_level_security import COUNTY_PATH, GRID_PATH, SIBLING_PATH, as_login

#: Table → column that names the case.
OF_A_CASE = {
    "rehab_case": "id",
    **{
        model._meta.db_table: "case_id"
        for model in vars(models).values()
        if isinstance(model, type) and issubclass(model, TenantModel) and "case_id" in model._meta.fields
    },
}
KERNEL = dict.fromkeys(
    (
        "access_log", "event", "face_challenge", "face_enrolment", "face_template", "job", "matter_clock", "paper",
        "paper_signature", "participant", "retention", "stored_file",
    ),
    "matter_id",
)  # fmt: skip
TABLES = OF_A_CASE | KERNEL


def staff(path: str, purpose: str, *, county: str = COUNTY, person: UUID | None = None) -> Scope:
    return Scope(DbRole.STAFF, (county,), (path,), person=person or uuid4(), purpose=purpose)


def private(account: str) -> Scope:
    return Scope(DbRole.SELF, person=UUID(account))


async def seen(dsn: str, scope: Scope, case: dict[str, Any]) -> set[str]:
    """Tables of which the scope sees a row about the case."""
    async with as_login(dsn, scope) as connection:
        found = set()
        for table, column in TABLES.items():
            granted = await connection.fetchval("select has_any_column_privilege($1, 'select')", table)
            if granted and await connection.fetchval(
                f"select exists (select 1 from {table} where {column} = $1)", UUID(case["id"])
            ):
                found.add(table)
        return found


async def busy(city: City, database: Any) -> dict[str, Any]:
    """A case with a row in every table of supervision and of the kernel that hangs on a case."""
    case = await green(city)
    person, worker, office = await whose(city, case), await city.sign_in(WORKER), await city.sign_in(OFFICE)
    await step(person, "consentToFace", case, consentVersion="2026-11", agreed=True)
    task = await demanded(city, case)
    await act(person, "submitCheckIn", taskId=task, mode="NO_FACE", capturedAt=clock.now().isoformat(), mood="LOW")
    day = str(clock.now().astimezone(clock.LOCAL).date())
    await step(worker, "recordDrugTest", case, kind="URINE", result="ONSITE_POSITIVE", place="白塔镇", witness="测试民警",
               sampleA="A1", sampleB="B1")  # fmt: skip
    await step(person, "fileLeave", case, fromDay=day, toDay=day, place="杭州", reason="看病")
    await step(person, "fileRehabRequest", case, kind="WORK", text="想学电工")
    await step(worker, "recordPoints", case, rule="course_done", factOn=day, cause="参加课程", evidence=["CERTIFICATE"])
    entry = (await look(office, case, "entries { id }"))["entries"][0]["id"]
    await step(office, "confirmPoints", case, entryIds=[entry], confirm=True, reason="证书已核")
    await step(person, "objectToRehab", case, target="ENTRY", targetId=entry, grounds="应当记两次")
    await step(worker, "blowWhistle", case, ground="OUT_OF_CONTACT", text="三天联系不上", called=["GRID"])
    await step(worker, "noteBreach", case, kind="DUTY_MISSED", fact="未参加课程", clause="第三条", heard="本人称忘记了")
    done = await person.ask("mutation($id: ID!) { showPass(id: $id) { tokens { text } } }", id=case["id"])
    await act(await city.sign_in(PATROL), "verifyPass", show="answer { valid }", reason="路面例行检查",
              token=done["showPass"]["tokens"][0]["text"])  # fmt: skip
    await step(person, "inviteFamily", case, name="测试己六", phone=case.setdefault("relative", new_phone()))
    await city.work()
    await city.sign_in(case["relative"])
    async with open_ledger(database.admin_dsn) as ledger:
        for table, columns, values in (
            ("stored_file", "subject_id, app, name, content_type, size, sha256, sm3, has_thumbnail, created_at",
             "$1, 'rehab', 'x', 'image/jpeg', 1, '', '', false, now()"),
            ("face_template", "enrolment_id, vector, model, quality, created_at",
             "(select id from face_enrolment where matter_id = $1 limit 1), 'v1:sealed', 'm', '{}', now()"),
            ("face_challenge", "subject_id, purpose, gestures, nonce, seal_key, offline, issued_at, expires_at, picture_hashes",
             "(select subject_id from rehab_case where id = $1), 'VERIFY', '[]', 'n', 'k', false, now(), now() + interval '1 day', '[]'"),
            ("retention", "file_id, category, basis, erase_at", "$1, 'MATCH', 'x', now()"),
        ):  # fmt: skip
            await ledger.execute(
                f"insert into {table} (id, county, path, matter_id, {columns}) select gen_random_uuid(), county, path, id, {values} "
                "from rehab_case where id = $1", UUID(case["id"]),
            )  # fmt: skip
    return case


async def test_each_sees_what_is_his_and_nothing_else(city: City, database: Any) -> None:
    case = await busy(city, database)
    dsn = database.login_dsn
    person, relative = await whose(city, case), await city.sign_in(case["relative"])
    assert await seen(dsn, staff(COUNTY_PATH, "mediation,rehab"), case) == set(TABLES)
    assert await seen(dsn, staff(GRID_PATH, "rehab"), case) == set(TABLES)
    for scope in (
        staff(COUNTY_PATH, "mediation"), staff(GRID_PATH, "mediation"), staff(COUNTY_PATH, ""), staff("33.3310", "reunion"),
        staff(SIBLING_PATH, "rehab"), staff("33.3310.331023", "rehab", county="331023"),
        # The path of one county with the name of another: both have to fit.
        staff(COUNTY_PATH, "rehab", county="331023"), Scope(DbRole.STAFF, purpose="rehab"), Scope(DbRole.SELF),
        private((await city.sign_in(CITIZEN)).account_id),
    ):  # fmt: skip
        assert await seen(dsn, scope, case) == set(), scope
    own = await seen(dsn, private(person.account_id), case)
    assert set(OF_A_CASE) - own == {"rehab_whistle"}, "what officers blow among each other is not his"
    assert {"event", "access_log", "face_template", "paper"} <= own
    assert await seen(dsn, private(relative.account_id), case) == {"participant"}


async def test_a_relative_sees_his_own_task_what_he_did_and_its_pictures(city: City, database: Any) -> None:
    case = await busy(city, database)
    relative = await city.sign_in(case["relative"])
    async with open_ledger(database.admin_dsn) as ledger:
        link = await ledger.fetchval(
            "select id from rehab_link where case_id = $1 and kind = 'FAMILY'", UUID(case["id"])
        )
        task = await ledger.fetchval(
            """insert into rehab_task (id, county, path, case_id, case_code, kind, link, subject_id, assignee, source, plan_key,
                   opens_at, due_at, why, state, reminded, late, record_sealed)
               select gen_random_uuid(), county, path, id, code, 'FAMILY_CARE', 'FAMILY', $2, '', 'CASE', '', now() - interval '1 day',
                   now() + interval '3 days', '{}', 'OPEN', 0, false, '' from rehab_case where id = $1 returning id""",
            UUID(case["id"]), link,
        )  # fmt: skip
    await act(relative, "completeRehabTask", show="task { state }", taskId=str(task), text="一起吃饭,状态不错")
    async with as_login(database.login_dsn, private(relative.account_id)) as connection:
        tags = await connection.fetch("select tag, actor_id from event where matter_id = $1", UUID(case["id"]))
        assert {(row["tag"], str(row["actor_id"])) for row in tags} == {("rehab:task:done", relative.account_id)}
        assert await connection.fetchval("select array_agg(id) from rehab_task") == [task]


#: What nobody writes about himself. `{case}` is the case's id, `{me}` the account.
FORBIDDEN = {
    "a band": "update rehab_case set band = 'B' where id = '{case}'",
    "a state": "update rehab_case set state = 'EXITED', ended_at = now(), end_type = 'ABSTINENT' where id = '{case}'",
    "a term": "update rehab_case set term_to = term_to - 300 where id = '{case}'",
    "a place of living": "update rehab_case set home_latitude = 30, fence_metres = 100000 where id = '{case}'",
    "a case": "insert into rehab_case select (c).* from (select c from rehab_case c where id = '{case}') x",
    "a late task": "update rehab_task set due_at = due_at + interval '9 days' where case_id = '{case}'",
    "an excuse": "update rehab_task set state = 'EXCUSED', excuse = 'MEDICAL' where case_id = '{case}'",
    "no task": "update rehab_task set state = 'CANCELLED' where case_id = '{case}'",
    "a new task": "insert into rehab_task select (t).* from (select t from rehab_task t limit 1) x",
    "an accepted check-in": "update rehab_check_in set state = 'ACCEPTED' where case_id = '{case}'",
    "an outcome": "update rehab_check_in set outcome = 'MATCH' where case_id = '{case}'",
    "a likeness": "update rehab_check_in set score = 0.99 where case_id = '{case}'",
    "a finished check-in": """insert into rehab_check_in (id, county, path, case_id, task_id, mode, state, captured_at, received_at,
        skew_seconds, place_hint, wants_help, answers_sealed, burst, outcome, problem, attempts, sent_anyway, review_note)
        select gen_random_uuid(), county, path, case_id, task_id, mode, 'ACCEPTED', now(), now(), 0, 'INSIDE', false, '', '{{}}',
        'MATCH', '', 1, false, '' from rehab_check_in where case_id = '{case}' limit 1""",
    "a test result": "update rehab_drug_test set result = 'NEGATIVE' where case_id = '{case}'",
    "a leave granted": "update rehab_leave set state = 'ACKNOWLEDGED', decided_by = '{me}' where case_id = '{case}'",
    "a longer leave": "update rehab_leave set to_day = to_day + 30 where case_id = '{case}'",
    "a request granted": "update rehab_request set state = 'GRANTED' where case_id = '{case}'",
    "an answer": "update rehab_request set answer = '同意' where case_id = '{case}'",
    "an objection upheld": "update rehab_objection set state = 'UPHELD', decided_by = '{me}' where case_id = '{case}'",
    "an agreement's text": "update rehab_agreement set test_plan = '不检测' where case_id = '{case}'",
    "a link": "update rehab_link set until = now() where case_id = '{case}' and kind = 'DRUG_WORKER'",
    "an officer": """insert into rehab_link (id, county, path, case_id, kind, membership_id, phone_index, name, agency_name,
        duty_phone, since) select gen_random_uuid(), county, path, id, 'POLICE', gen_random_uuid(), '', 'x', '', '', now()
        from rehab_case where id = '{case}'""",
    "points": """insert into rehab_point_entry (id, county, path, case_id, rule, rule_version, points, fact_on, cause, evidence,
        excuse, source_kind, source_id, recorded_at) select gen_random_uuid(), county, path, id, 'stage_passed', 1, 5, current_date,
        'xx', '[]', '', 'OTHER', id, now() from rehab_case where id = '{case}'""",
    "other points": "update rehab_point_entry set points = 100 where case_id = '{case}'",
    "no points": "delete from rehab_point_entry where case_id = '{case}'",
    "a mark taken back": "delete from rehab_point_mark where case_id = '{case}'",
    "another mark": "update rehab_point_mark set mark = 'REVOKED' where case_id = '{case}'",
    "a look-up gone": "delete from rehab_pass_lookup where case_id = '{case}'",
    "a look gone": "delete from access_log where matter_id = '{case}'",
    "an event": "update event set data = '{{}}' where matter_id = '{case}'",
    "an assessment": "update rehab_assessment set to_band = 'C2' where case_id = '{case}'",
    "rules": "update rehab_rule_set set data = '{{}}'",
    "a breach": "update rehab_breach set dropped_at = now() where case_id = '{case}'",
    "another's file": "delete from stored_file where matter_id = '{case}'",
    "a vector": "select vector from face_template where matter_id = '{case}'",
    "a pass verified": """select rehab_look_up_pass(gen_random_uuid(), gen_random_uuid(), '{case}', '331024', 'h', 'x', 'x', 'x',
        now(), false, true, now())""",
}  # fmt: skip
MARK = """insert into rehab_point_mark (id, county, path, case_id, entry_id, mark, marked_by, by_name, entry_by, reason, marked_at)
    select gen_random_uuid(), county, path, case_id, id, '{mark}', {by}, '', {entry_by}, '', now()
    from rehab_point_entry where case_id = '{case}' and rule = '{rule}'"""
EVENT = """insert into event (id, county, path, app, tag, matter_id, from_state, to_state, actor_id, actor_name, actor_role, unit,
        occurred_at, data) select gen_random_uuid(), county, path, 'rehab', 'rehab:band:decided', id, state, state, {by}, '', '{role}',
        '', now(), '{{}}' from rehab_case where id = '{case}'"""


async def refused(dsn: str, scope: Scope, sql: str) -> bool:
    """Whether the statement fails or changes nothing."""
    async with as_login(dsn, scope) as connection:
        try:
            return await connection.execute(sql) in ("UPDATE 0", "DELETE 0", "INSERT 0 0")
        except (asyncpg.InsufficientPrivilegeError, asyncpg.UniqueViolationError):
            return True


async def test_a_person_writes_nothing_that_an_officer_or_the_system_says(city: City, database: Any) -> None:
    case = await busy(city, database)
    me = (await whose(city, case)).account_id
    statements = {name: sql.format(case=case["id"], me=me) for name, sql in FORBIDDEN.items()}
    for mark in ("CONFIRMED", "UPHELD", "REVOKED"):
        statements[f"mark {mark}"] = MARK.format(
            mark=mark, case=case["id"], by=f"'{me}'", entry_by="null", rule="course_done"
        )
    statements["contested by another"] = MARK.format(
        mark="CONTESTED", case=case["id"], by=f"'{uuid4()}'", entry_by="null", rule="course_done"
    )
    statements["contested again"] = MARK.format(
        mark="CONTESTED", case=case["id"], by=f"'{me}'", entry_by="null", rule="course_done"
    )
    for by, role in ((f"'{me}'", "ANTI_DRUG_OFFICE"), (f"'{uuid4()}'", "PERSON"), ("null", "SYSTEM")):
        statements[f"event {role}"] = EVENT.format(case=case["id"], by=by, role=role)
    scope = private(me)
    assert [name for name, sql in statements.items() if not await refused(database.login_dsn, scope, sql)] == []


async def test_a_person_may_have_his_templates_deleted(city: City, database: Any) -> None:
    case = await busy(city, database)
    async with as_login(database.login_dsn, private((await whose(city, case)).account_id)) as connection:
        assert await connection.execute("delete from face_template where matter_id = $1", UUID(case["id"])) == "DELETE 1"


async def test_no_officer_reads_a_vector_erases_a_file_or_verifies_beside_his_duty(city: City, database: Any) -> None:
    case = await busy(city, database)
    officer = staff(COUNTY_PATH, "rehab")
    for sql in (
        "select vector from face_template",
        "select * from face_template",
        f"select vector from face_vectors((select array_agg(id) from face_enrolment where matter_id = '{case['id']}'))",
        f"select erase_stored_file(f.id, f.county, now() + interval '9 years') from stored_file f where matter_id = '{case['id']}'",
    ):
        assert await refused(database.login_dsn, officer, sql), sql
    assert await refused(
        database.login_dsn, staff(COUNTY_PATH, "mediation"), FORBIDDEN["a pass verified"].format(case=case["id"])
    )
    async with as_login(database.login_dsn, staff(COUNTY_PATH, "*")) as job:
        vectors = await job.fetch(
            "select vector from face_vectors((select array_agg(id) from face_enrolment where matter_id = $1))", UUID(case["id"])
        )
    assert [row["vector"] for row in vectors] == ["v1:sealed"]


async def test_the_ledger_marks_and_look_ups_only_grow_whoever_asks(city: City, database: Any) -> None:
    await busy(city, database)
    async with open_ledger(database.admin_dsn) as ledger:
        for table in ("rehab_point_entry", "rehab_point_mark", "rehab_pass_lookup", "access_log"):
            assert await ledger.fetchval(f"select count(*) from {table}") > 0
            for sql in (f"update {table} set county = county", f"delete from {table}", f"truncate {table} cascade"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                    await ledger.execute(sql)


async def test_nobody_confirms_his_own_line_by_naming_another(city: City, database: Any) -> None:
    case = await started(city)
    worker = await city.sign_in(WORKER)
    day = str(clock.now().astimezone(clock.LOCAL).date())
    await step(worker, "recordPoints", case, rule="course_done", factOn=day, cause="参加课程", evidence=["CERTIFICATE"])
    mark = MARK.format(
        mark="CONFIRMED", case=case["id"], by=f"'{worker.account_id}'", entry_by=f"'{uuid4()}'", rule="course_done"
    )
    async with as_login(database.login_dsn, staff(COUNTY_PATH, "rehab", person=UUID(worker.account_id))) as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="confirmed_by_another"):
            await connection.execute(mark)


@pytest.mark.parametrize("change", ["band = 'C2'", "state = 'ISOLATION_ORDERED', ended_at = now(), end_type = 'ISOLATION'"])
async def test_the_system_decides_neither_a_band_nor_isolation(city: City, database: Any, change: str) -> None:
    case = await started(city)
    sql = f"update rehab_case set {change} where id = '{case['id']}'"
    for purpose in ("*", "rehab"):
        machine = Scope(DbRole.STAFF, (COUNTY,), (COUNTY_PATH,), purpose=purpose)
        assert await refused(database.login_dsn, machine, sql)
    assert not await refused(database.login_dsn, staff(COUNTY_PATH, "rehab"), sql)


async def test_committed_rules_stay_and_townships_write_none(city: City, database: Any) -> None:
    row = """insert into rehab_rule_set (id, county, path, version_number, state, data, approval_no, note, effective_from, drafted_by,
        drafted_by_name, drafted_at, committed_by_name) values ($1, '331024', $2::text::ltree, $3, 'DRAFT', '{{}}', 'x', '', '2099-01-01',
        $1, 'x', now(), '')"""
    row = row.replace("{{}}", "{}")
    one = uuid4()
    async with as_login(database.login_dsn, staff(GRID_PATH, "rehab")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(row, one, COUNTY_PATH, 999)
    async with as_login(database.login_dsn, staff(COUNTY_PATH, "rehab")) as connection:
        await connection.execute(row, one, COUNTY_PATH, 999)
        await connection.execute(
            "update rehab_rule_set set state = 'COMMITTED', committed_by = $2, committed_at = now(), dry_run = '{}' where id = $1",
            one, uuid4(),
        )  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update rehab_rule_set set data = '{\"a\": 1}' where id = $1", one)
