"""Keys, constraints, indexes and row-level security of reunion's tables; the galleries; and the one look at other counties' facts.

Staff see rows of their place, in a role that works in this application, and records that another county opened for a
candidate. A family sees its own report and nothing of candidates.
"""

from functools import partial

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.apps.reunion.enums import Gallery
from backend.kernel.db.policy import (
    STAFF,
    STAFF_APPENDS,
    Access,
    Reference,
    TenantTable,
    append_only,
    only_for_purpose,
    selves,
    shared,
)
from backend.kernel.faces.galleries import gallery_statements

FAMILY = "REPORTER"
MINE_TO_READ = selves("case_id", ("select",), FAMILY)
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}


#: `selves`: what a private person may do with rows of his own.
_of_case = partial(TenantTable.hanging_on, Reference("case_id", "reunion_case"))


OF_CANDIDATE = (Reference("candidate_id", "reunion_candidate", "cascade"),)

TABLES = [
    TenantTable(
        "reunion_case",
        selves=selves("id", ("select", "update"), FAMILY),
        others={**RELAY_FINDS, "shanzhi_owner": Access(("select",), "true")},
        unique=("county, code",),
        indexes=(
            "(county, updated_at desc, id)",
            "(county, state, side)",
            "using gin (sounds jsonb_path_ops)",
            "(side, born_from) where ended_at is null",
        ),
        checks={
            "kinds_have_a_side": "(side = 'SOUGHT') = (kind in ('ELDERLY', 'CHILD', 'ABDUCTED', 'OTHER_MISSING'))",
            "spans_run_forward": "coalesce(born_to >= born_from, true) and coalesce(when_to >= when_from, true) "
            "and coalesce(height_most >= height_least, true)",
            "searched_on_a_ground": "state in ('REPORTED', 'WITHDRAWN', 'CLOSED') or basis is not null",
            "only_the_ended_have_an_end": "ended_at is null or state in ('CLOSED', 'WITHDRAWN')",
        },
    ),
    _of_case("reunion_missing", selves=MINE_TO_READ, unique=("county, case_id",)),
    _of_case("reunion_stranded", unique=("county, case_id",)),
    _of_case(
        "reunion_picture",
        staff=Access(("select", "insert", "update", "delete"), STAFF.using),
        selves=MINE_TO_READ,
        others={**RELAY_FINDS, "shanzhi_owner": Access(("select",), "true")},
        unique=("county, file_id",),
        checks={"ready_ones_have_a_face": "state <> 'READY' or chosen is not null"},
    ),
    _of_case(
        "reunion_candidate",
        staff=Access(("select", "insert", "update", "delete"), STAFF.using),
        others={**RELAY_FINDS, "shanzhi_owner": Access(("select",), "true")},
        unique=("county, search_id, other_id",),
        indexes=("(county, state)", "(other_id, case_id)"),
        checks={"decided_ones_say_when": "state = 'OPEN' or decided_at is not null", "not_himself": "other_id <> case_id"},
    ),
    _of_case(
        "reunion_review",
        staff=Access(("select", "insert", "delete"), STAFF.using),
        references=OF_CANDIDATE,
        unique=("county, candidate_id, reviewed_by",),
        indexes=("(candidate_id, county)", "(reviewed_by, reviewed_at)"),
        checks={"says_why": "length(trim(alike)) >= 2"},
    ),
    _of_case(
        "reunion_proof",
        staff=STAFF_APPENDS,
        references=(Reference("candidate_id", "reunion_candidate"),),
        indexes=("(candidate_id, county)",),
        checks={"names_a_source": "length(trim(source)) >= 4"},
    ),
    _of_case(
        "reunion_confirmation",
        staff=STAFF_APPENDS,
        references=(Reference("candidate_id", "reunion_candidate"),),
        unique=("county, candidate_id, organ", "county, candidate_id, confirmed_by"),
        checks={"two_organs": "organ in ('POLICE_OFFICER', 'CIVIL_AFFAIRS')"},
    ),
    _of_case("reunion_follow_up", unique=("county, case_id, month",)),
]
NAMES = [table.name for table in TABLES]
#: Read, and only read, where another county opened them.
OPENED = [
    f"create policy opened_to_us on reunion_case for select to shanzhi_staff using ({shared('id')})",
    f"create policy opened_to_us on reunion_picture for select to shanzhi_staff using ({shared('case_id')})",
]

#: A family withdraws its report, and changes nothing else of it.
WITHDRAWAL = [
    """
    create function reunion_family_changes() returns trigger language plpgsql as $$
    declare
        mine text[] := array['state', 'version', 'updated_at', 'ended_at'];
    begin
        if current_setting('role') = 'shanzhi_self' and (to_jsonb(old) - mine is distinct from to_jsonb(new) - mine
            or (new.state is distinct from old.state and new.state <> 'WITHDRAWN')) then
            raise exception 'not the family''s to write' using errcode = '42501';
        end if;
        return new;
    end $$
    """,
    (
        "create trigger reunion_family_changes before update on reunion_case for each row "
        "execute function reunion_family_changes()"
    ),
]

#: Facts of the other side, for a search that somebody approved: the people whose faces were found, and those who sound
#: alike or were born about then. Names and marks leave their county only through this, and only to the system.
FACTS = [
    """
    create function reunion_facts(search uuid, county_code text, other_side text, by_face uuid[], keys jsonb, sex_said text,
        from_day date, to_day date, most int, now timestamptz)
    returns table (id uuid, county text, code text, kind text, name text, nicknames jsonb, sex text, born_from date,
        born_to date, height_least int, height_most int, dialect text, origin text, origin_text text, marks text,
        clothes text, relatives jsonb, place text, when_from date, when_to date, changed_at timestamptz, maybe_child boolean, rejected_at timestamptz, taken jsonb)
    language plpgsql stable security definer set search_path = public as $$
    begin
        if current_setting('app.purpose', true) is distinct from '*' then
            raise exception 'only the system compares' using errcode = '42501';
        end if;
        if not exists (select 1 from face_search s where s.id = search and s.county = county_code and s.app = 'reunion'
            and s.county = any (string_to_array(current_setting('app.counties', true), ','))
            and s.state = 'APPROVED' and now < s.expires_at) then
            raise exception 'no approved search' using errcode = '42501';
        end if;
        return query
        with near as (
            select c.id, c.county, 0 as step from reunion_case c where c.id = any (by_face)
            union all
            (select c.id, c.county, 1 from reunion_case c
                where c.side = other_side and c.ended_at is null
                    and c.sounds ?| array(select jsonb_array_elements_text(keys)) limit most)
            union all
            (select c.id, c.county, 2 from reunion_case c
                where c.side = other_side and c.ended_at is null and c.born_from <= to_day and c.born_to >= from_day
                    and (c.sex = sex_said or 'U' in (c.sex, sex_said))
                order by c.updated_at desc limit most)
        ), chosen as (select n.id, n.county, min(n.step) as step from near n group by 1, 2 order by 3 limit most + cardinality(by_face))
        select c.id, c.county::text, c.code, c.kind::text, c.name, c.nicknames, c.sex::text, c.born_from, c.born_to,
            c.height_least, c.height_most, c.dialect, c.origin::text, c.origin_text, c.marks, c.clothes, c.relatives,
            c.place::text, c.when_from, c.when_to, c.facts_at, c.maybe_child,
            -- What the other side's reviewers said of the same pair.
            (select max(r.decided_at) from reunion_candidate r join face_search s on s.id = search and s.county = county_code
                where r.case_id = c.id and r.county = c.county and r.other_id = s.matter_id
                    and r.state in ('DISMISSED', 'DISPROVED')),
            (select jsonb_object_agg(p.file_id, jsonb_build_array(p.taken_from, p.taken_to)) from reunion_picture p
                where p.case_id = c.id and p.county = c.county)
        from chosen join reunion_case c on c.id = chosen.id and c.county = chosen.county
        where c.side = other_side and c.basis is not null and not c.no_contact and c.state = any (array['BASIS_RECORDED',
            'QUICK_CHECK', 'SEARCH_REQUESTED', 'SEARCH_REFUSED', 'SEARCH_APPROVED', 'CANDIDATES', 'LEAD', 'NO_MATCH',
            'VERIFYING', 'PLACED']);
    end $$
    """,
    "revoke execute on function reunion_facts from public",
    "grant execute on function reunion_facts to shanzhi_staff",
]


class Migration(migrations.Migration):
    dependencies = [("reunion", "0001_initial"), ("kernel", "0006_sharing")]

    operations = [
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(OPENED),
        ops.RunSQL(WITHDRAWAL),
        ops.RunSQL(FACTS),
        ops.RunSQL(append_only("reunion_proof") + append_only("reunion_confirmation")),
        ops.RunSQL([statement for gallery in Gallery for statement in gallery_statements(gallery)]),
        ops.RunSQL([only_for_purpose(name, "'reunion'") for name in NAMES]),
    ]
