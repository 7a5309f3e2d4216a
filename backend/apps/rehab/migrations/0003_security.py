"""Keys, constraints, indexes and row-level security of supervision's tables.

Staff see rows of their place, and only in a role that works in this application. The supervised person sees his own
case; a relative takes part in the same matter and sees nothing of it but his own tasks.
"""

from functools import partial

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import (
    IN_STAFF_SCOPE,
    IS_ME,
    READ_WRITE,
    STAFF_APPENDS,
    Access,
    Reference,
    TenantTable,
    append_only,
    only_for_purpose,
    selves,
)

PERSON = "SUPERVISED"
MINE = selves("case_id", capacity=PERSON)
MINE_TO_READ = selves("case_id", ("select",), PERSON)
MINE_TO_ADD = selves("case_id", ("select", "insert"), PERSON)
MINE_TO_CHANGE = selves("case_id", ("select", "update"), PERSON)
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}


#: `selves`: what a private person may do with rows of his own.
_of_case = partial(TenantTable.hanging_on, Reference("case_id", "rehab_case"), selves=MINE_TO_READ)


#: A relative, like the person, works off his own tasks.
OWN_TASK = "(subject_id, county) in (select p.subject_id, p.county from participant p)"
#: Both counties see a transfer: where it comes from and where it goes.
BOTH_COUNTIES = (
    f"({IN_STAFF_SCOPE}) or from_county = any "
    "((select string_to_array(current_setting('app.counties', true), ','))::text[])"
)

#: Rules of the county hold in its townships too, whose officers see nothing else above themselves.
COUNTY_WIDE = "county = any ((select string_to_array(current_setting('app.counties', true), ','))::bpchar[])"

TABLES = [
    TenantTable(
        "rehab_case",
        selves=selves("id", ("select", "update"), PERSON),
        others={**RELAY_FINDS, "shanzhi_owner": Access(("select",), "true")},
        unique=("county, code",),
        indexes=(
            "(county, updated_at desc, id)",
            "(county, state, band)",
            "(name_index, county)",
            "(planned_on) where state in ('IN_PROGRESS', 'BREACH_NOTED', 'SERIOUS_BREACH', 'RELAPSE_FOUND')",
            "(term_to) where ended_at is null",
        ),
        checks={
            "a_term_has_two_ends": "(term_from is null) = (term_to is null) and coalesce(term_to >= term_from, true)",
            "reported_cases_have_a_term": "state in ('ORDERED', 'NOT_REPORTED', 'TERMINATED') or term_to is not null",
            "ended_cases_say_how": "(ended_at is null) = (end_type is null)",
            "position_is_on_earth": "(home_latitude is null) = (home_longitude is null) "
            "and coalesce(home_latitude between -90 and 90 and home_longitude between -180 and 180, true)",
            "fences_have_a_size": "fence_metres between 50 and 100000",
        },
    ),
    _of_case(
        "rehab_link",
        selves=MINE_TO_ADD,
        indexes=("(membership_id, county) where until is null", "(account_id, county) where until is null"),
        checks={
            "ends_after_it_starts": "until >= since",
            "officers_have_a_membership": "(kind in ('PERSON', 'FAMILY')) = (membership_id is null)",
        },
    ),
    _of_case("rehab_agreement", selves=MINE_TO_CHANGE),
    _of_case(
        "rehab_task",
        selves=Access(("select", "update"), OWN_TASK),
        others=RELAY_FINDS,
        indexes=(
            "(membership_id, county, due_at) where state = 'OPEN'",
            "(subject_id, county, due_at) where subject_id is not null",
            "(next_at) where next_at is not null",
            "(county, kind, due_at)",
        ),
        checks={
            "closes_after_it_opens": "due_at > opens_at",
            "a_duty_is_somebodys": "membership_id is null or subject_id is null",
            "done_tasks_say_when": "(state = 'DONE') = (done_at is not null)",
            "excused_tasks_say_why": "(state = 'EXCUSED') = (excuse is not null)",
        },
    ),
    _of_case(
        "rehab_check_in",
        selves=MINE,
        others=RELAY_FINDS,
        references=(Reference("task_id", "rehab_task"),),
        indexes=(
            "(county, received_at) where state = 'IN_REVIEW'",
            "(wait_until) where state in ('CHECKING', 'RETAKE')",
            "(task_id, county)",
        ),
        checks={
            "a_person_decides": "(state in ('REJECTED')) <= (reviewed_by is not null)",
            "position_is_on_earth": "(latitude is null) = (longitude is null) "
            "and coalesce(latitude between -90 and 90 and longitude between -180 and 180, true)",
        },
    ),
    _of_case(
        "rehab_drug_test",
        selves=MINE_TO_CHANGE,
        checks={"two_people": "sampler <> witness", "a_laboratory_is_named": "(result <> 'LAB_POSITIVE') or lab <> ''"},
    ),
    _of_case("rehab_leave", selves=MINE, others=RELAY_FINDS, checks={"ends_after_it_starts": "to_day >= from_day"}),
    _of_case("rehab_request", selves=MINE),
    _of_case(
        "rehab_point_entry",
        staff=STAFF_APPENDS,
        unique=("county, case_id, rule, source_id, fact_on",),
        checks={"causes_are_given": "length(trim(cause)) >= 2"},
    ),
    _of_case(
        "rehab_point_mark",
        staff=STAFF_APPENDS,
        selves=MINE_TO_ADD,
        references=(Reference("entry_id", "rehab_point_entry"),),
        indexes=("(entry_id, county, marked_at)",),
        checks={"confirmed_by_another": "mark <> 'CONFIRMED' or marked_by is distinct from entry_by"},
    ),
    _of_case(
        "rehab_assessment",
        checks={
            "a_person_decides": "state in ('PROPOSED', 'SUPERSEDED') or (decided_by is not null and decided_at is not null "
            "and length(trim(reason)) >= 4)",
            "overrides_end": "cause <> 'OVERRIDE' or override_until is not null",
        },
    ),
    TenantTable(
        "rehab_rule_set",
        # Its townships read them; whose place is the whole county writes them.
        staff=Access(READ_WRITE, COUNTY_WIDE, IN_STAFF_SCOPE),
        selves=Access(("select",), "(county) in (select p.county from participant p where p.capacity = 'SUPERVISED')"),
        unique=("county, version_number",),
        checks={
            "committed_by_two": "(state = 'COMMITTED') = (committed_by is not null) and committed_by is distinct from drafted_by",
            "tried_before_committed": "state <> 'COMMITTED' or dry_run is not null",
        },
    ),
    _of_case(
        "rehab_objection",
        selves=MINE,
        checks={
            "further_review_by_another": "final_by is null or final_by <> decided_by",
            "decided_by_a_person": "state in ('FILED') or decided_by is not null",
        },
    ),
    _of_case(
        "rehab_pass_lookup",
        others={"shanzhi_owner": Access(("select", "insert"), "true")},
        unique=("county, token_hash, officer_id",),
    ),
    _of_case("rehab_whistle", selves=MINE_TO_ADD, checks={"closed_with_a_finding": "(state = 'CLOSED') = (finding is not null)"}),
    _of_case("rehab_breach", checks={"confirmed_by_another": "confirmed_by is null or confirmed_by <> recorded_by"}),
    TenantTable("rehab_transfer", staff=Access(READ_WRITE, BOTH_COUNTIES), others=RELAY_FINDS, indexes=("(from_county, from_case)",)),
]

NAMES = [table.name for table in TABLES]

RULES = [
    "create unique index rehab_one_link on rehab_link (county, case_id, kind) where until is null and kind <> 'FAMILY'",
    "create unique index rehab_planned_once on rehab_task (county, case_id, plan_key) where plan_key <> ''",
    "create unique index rehab_one_proposal on rehab_assessment (county, case_id) where state = 'PROPOSED'",
    "create unique index rehab_one_agreement on rehab_agreement (county, case_id) where withdrawn_at is null",
    "create unique index rehab_one_objection on rehab_objection (county, target_id) where state in ('FILED', 'FURTHER_REVIEW')",
    "create unique index rehab_one_open_case on rehab_case (county, phone_index, name_index) where ended_at is null",
    "create unique index rehab_said_once on rehab_point_mark (county, entry_id, mark) where mark <> 'UPHELD'",
    # Who recorded a line is the line's to say: nobody confirms his own by naming another.
    """
    create function rehab_mark_names_recorder() returns trigger language plpgsql as $$
    begin
        new.entry_by := (select e.recorded_by from rehab_point_entry e where e.id = new.entry_id and e.county = new.county);
        return new;
    end $$
    """,
    (
        "create trigger rehab_mark_names_recorder before insert on rehab_point_mark for each row "
        "execute function rehab_mark_names_recorder()"
    ),
    # Rules that were committed stay as they were: lines name them for years.
    (
        "create trigger rehab_rules_stay before update on rehab_rule_set for each row when (old.state <> 'DRAFT') "
        "execute function refuse_change()"
    ),
]

#: What a person adds of his own, and in which state: nothing that an officer or the system says.
ADDS = {
    "rehab_check_in": "state in ('CHECKING', 'IN_REVIEW') and reviewed_by is null and outcome = '' and score is null",
    "rehab_leave": "state = 'FILED' and decided_by is null",
    "rehab_link": "kind = 'FAMILY' and account_id is null",
    "rehab_objection": "state = 'FILED' and decided_by is null and final_by is null",
    # A person may contest a line of his ledger, and nothing else of it.
    "rehab_point_mark": f"mark = 'CONTESTED' and marked_by = {IS_ME}",
    "rehab_request": "state = 'FILED' and decided_by is null",
    "rehab_whistle": f"state = 'OPEN' and blown_by = {IS_ME}",
}
#: Columns a person changes in rows of his own, and the steps of `state` he takes.
CHANGES = {
    "rehab_agreement": ("effective_at", ""),
    "rehab_case": ("state,version,updated_at", "REPORTED>AGREED"),
    "rehab_drug_test": ("lab_asked_at,lab_reason", ""),
    "rehab_leave": ("state,returned_at,extend_to,extend_reason", "FILED>WITHDRAWN,ACKNOWLEDGED>RETURNED"),
    "rehab_objection": ("state,further_grounds,further_at", "DISMISSED>FURTHER_REVIEW"),
    "rehab_request": ("state", "FILED>WITHDRAWN,IN_HAND>WITHDRAWN"),
    "rehab_task": ("state,done_at,done_by,late,next_at,record_sealed", "OPEN>DONE,MISSED>DONE"),
}
PERSONS = [
    *(
        f"create policy adds_his_own on {table} as restrictive for insert to shanzhi_self with check ({check})"
        for table, check in ADDS.items()
    ),
    # What officers blow among each other is not the person's to read.
    f"create policy reads_his_own on rehab_whistle as restrictive for select to shanzhi_self using (blown_by = {IS_ME})",
    """
    create function rehab_person_changes() returns trigger language plpgsql as $$
    declare
        mine text[] := string_to_array(tg_argv[0], ',');
        was jsonb := to_jsonb(old);
        will jsonb := to_jsonb(new);
    begin
        if current_setting('role') = 'shanzhi_self' and (was - mine is distinct from will - mine or (
            was->>'state' is distinct from will->>'state'
            and not (was->>'state') || '>' || (will->>'state') = any (string_to_array(tg_argv[1], ',')))) then
            raise exception 'not the person''s to write' using errcode = '42501';
        end if;
        return new;
    end $$
    """,
    *(
        f"create trigger rehab_person_changes before update on {table} for each row "
        f"execute function rehab_person_changes('{columns}', '{steps}')"
        for table, (columns, steps) in CHANGES.items()
    ),
    # What the system found out about a face, and what an officer decided, are not the person's to write.
    """
    create function rehab_own_check_in() returns trigger language plpgsql as $$
    begin
        if current_setting('role') = 'shanzhi_self' and (
            new.state in ('ACCEPTED', 'REJECTED') or old.state in ('ACCEPTED', 'REJECTED') or new.reviewed_by is not null
            or (new.outcome <> '' and new.outcome is distinct from old.outcome) or new.score is distinct from old.score) then
            raise exception 'the outcome of a check-in is not the person''s to write' using errcode = '42501';
        end if;
        return new;
    end $$
    """,
    "create trigger rehab_own_check_in before update on rehab_check_in for each row execute function rehab_own_check_in()",
]

#: Bands and isolation are decided by a named person (`domain.md` 1.12): the system's transactions carry no person.
DECIDED = [
    """
    create function rehab_decided_by_a_person() returns trigger language plpgsql as $$
    begin
        if current_setting('role') = 'shanzhi_staff' and coalesce(current_setting('app.person', true), '') = '' then
            raise exception 'a person decides' using errcode = '42501';
        end if;
        return new;
    end $$
    """,
    (
        "create trigger rehab_decided_by_a_person before update on rehab_case for each row "
        "when (old.band <> new.band or (old.state <> new.state and new.state = 'ISOLATION_ORDERED')) "
        "execute function rehab_decided_by_a_person()"
    ),
]

#: A relative takes part in the same matter as the person; of what the kernel keeps about it he sees what he did himself.
NOT_A_RELATIVES = "(matter_id, county) not in (select p.matter_id, p.county from participant p where p.capacity = 'FAMILY')"
RELATIVES = [
    f"create policy no_relatives on {table} as restrictive for select to shanzhi_self using ({NOT_A_RELATIVES}{own})"
    for table, own in {
        "access_log": "",
        "event": f" or actor_id = {IS_ME}",
        "matter_clock": "",
        "paper": "",
        "paper_signature": "",
        "stored_file": " or (subject_id, county) in (select t.id, t.county from rehab_task t)",
    }.items()
]

#: An officer on duty verifies a pass of any place: yes or no comes back, a look-up stays with the case, nothing else is seen.
LOOK_UP = [
    """
    create function rehab_look_up_pass(row_id uuid, job_id uuid, target uuid, county_code text, hash text, officer_name text,
        agency text, why text, seen_at timestamptz, was_offline boolean, in_time boolean, now timestamptz) returns boolean
    language plpgsql security definer set search_path = public as $$
    declare found rehab_case; valid boolean; officer uuid; written int;
    begin
        officer := nullif(current_setting('app.person', true), '')::uuid;
        if officer is null then
            raise exception 'an officer looks in person' using errcode = '42501';
        end if;
        if 'rehab' <> all (coalesce(string_to_array(current_setting('app.purpose', true), ','), '{}')) then
            raise exception 'not a purpose of this officer' using errcode = '42501';
        end if;
        select * into found from rehab_case where id = target and county = county_code;
        if not found.id = target or found.id is null then
            return false;
        end if;
        valid := in_time and found.band = 'C2' and found.state = 'IN_PROGRESS'
            and (seen_at at time zone 'Asia/Shanghai')::date <= found.term_to;
        insert into rehab_pass_lookup (id, county, path, case_id, token_hash, officer_id, officer, agency_name, reason,
                answer, offline, looked_at, logged_at)
            values (row_id, county_code, found.path, target, hash, officer, officer_name, agency, why, valid, was_offline,
                seen_at, now)
            on conflict (county, token_hash, officer_id) do nothing;
        get diagnostics written = row_count;
        if written > 0 then
            insert into job (id, county, path, name, args, dedupe, matter_id, state, run_at, attempts, last_error, created_at)
            values (job_id, county_code, found.path, 'rehab.pass_looked_at', jsonb_build_object('lookup_id', row_id), '',
                target, 'PENDING', now, 0, '', now);
        end if;
        return valid;
    end $$
    """,
    "revoke execute on function rehab_look_up_pass from public",
    "grant execute on function rehab_look_up_pass to shanzhi_staff",
]


class Migration(migrations.Migration):
    dependencies = [("rehab", "0002_more"), ("kernel", "0004_faces_security")]

    operations = [
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(RULES),
        ops.RunSQL(PERSONS),
        ops.RunSQL(DECIDED),
        ops.RunSQL(RELATIVES),
        ops.RunSQL(LOOK_UP),
        ops.RunSQL(append_only("rehab_point_entry") + append_only("rehab_point_mark") + append_only("rehab_pass_lookup")),
        ops.RunSQL([only_for_purpose(name, "'rehab'") for name in NAMES]),
    ]
