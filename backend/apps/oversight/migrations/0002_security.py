"""Keys, constraints, indexes and row-level security of oversight's tables.

The procuratorate and the congress (`oversight_all`) see their place. Everybody else with business here sees only what he has a part
in, and an agency only what is addressed to it and served. Whoever raised a clue stands in `oversight_part` alone, which no agency
reads; nor does it read events, papers or files of the clue's own matter.
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
    for_purpose,
)

ALL = for_purpose("'oversight_all'")
ANY = for_purpose("'oversight'")
CASES = for_purpose("'oversight_case'")
DEPUTY = for_purpose("'oversight_deputy'")
SOURCE = for_purpose("'oversight_source'")
MINE = f"(id, county) in (select p.clue_id, p.county from oversight_part p where p.account_id = {IS_ME})"
#: An agency's officers, by the name of the agency they hold office in: of a place that contains the matter's, a city's bureau too.
ADDRESSED = (
    "exists (select 1 from membership m where m.role = 'SUPERVISED_UNIT' and m.agency_name = oversight_recommendation.unit_name "
    f"and oversight_recommendation.path <@ m.path and m.account_id = {IS_ME} and (m.ended_at is null or m.ended_at > now()))"
)
OF_A_CLUE = "(clue_id, county) in (select c.id, c.county from oversight_clue c)"
OF_A_RECOMMENDATION = "(recommendation_id, county) in (select r.id, r.county from oversight_recommendation r)"

_of_clue = partial(TenantTable.hanging_on, Reference("clue_id", "oversight_clue"))
_of_recommendation = partial(TenantTable.hanging_on, Reference("recommendation_id", "oversight_recommendation"))
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}
#: A person takes part himself, or the procuratorate and the congress see to it; never an agency.
JOINS = f"{IN_STAFF_SCOPE} and ({ALL} or account_id = {IS_ME} and ({DEPUTY} or {SOURCE}))"


def _only_columns(*columns: str) -> Access:
    """Written once; afterwards these columns alone may be filled."""
    return Access(("select", "insert", f"update ({', '.join(columns)})"), IN_STAFF_SCOPE)


TABLES = [
    TenantTable(
        "oversight_clue",
        others={**RELAY_FINDS, "shanzhi_owner": Access(("select",), "true")},
        unique=("county, code",),
        indexes=("(county, updated_at desc, id)", "(county, state, field)"),
        checks={
            "merged_ones_say_where": "(state = 'MERGED') = (merged_into is not null)",
            "cases_have_a_type": "state not in ('CASE_FILED', 'SUED', 'CLOSED') or case_type is not null",
            "not_into_itself": "merged_into <> id",
        },
    ),
    _of_clue(
        "oversight_part",
        staff=Access(READ_WRITE, IN_STAFF_SCOPE, JOINS),
        unique=("county, clue_id, account_id",),
        indexes=("(account_id, clue_id, county)",),
    ),
    _of_clue("oversight_log", staff=STAFF_APPENDS),
    TenantTable(
        "oversight_recommendation",
        others=RELAY_FINDS,
        references=(Reference("clue_id", "oversight_clue"),),
        unique=("county, code",),
        indexes=("(clue_id, county)", "(county, updated_at desc, id)", "(unit_name, county)"),
        checks={
            "served_ones_were_approved": "state in ('DRAFTED', 'WITHDRAWN') or approved_by is not null",
            "approved_by_another": "approved_by is null or approved_by <> drafted_by",
            "one_rework": "round in (1, 2)",
        },
    ),
    _of_recommendation("oversight_reply", staff=STAFF_APPENDS),
    _of_recommendation(
        "oversight_promise",
        staff=_only_columns("state", "finding", "checked_by", "checked_at"),
        checks={"checked_ones_say_when": "(state = 'OPEN') = (checked_at is null)"},
    ),
    _of_recommendation(
        "oversight_rating",
        staff=_only_columns("answer", "answered_at"),
        references=(Reference("part_id", "oversight_part"),),
        unique=("county, recommendation_id, part_id, round",),
        indexes=("(part_id, county)",),
        checks={"one_to_five": "process between 1 and 5 and result between 1 and 5"},
    ),
    _of_clue(
        "oversight_check",
        staff=_only_columns("done_at", "withdrawn", "withdrawn_reason"),
        references=(Reference("recommendation_id", "oversight_recommendation"),),
        indexes=("(recommendation_id, county)",),
        checks={"two_people": "prosecutor_account <> deputy_account"},
    ),
    TenantTable(
        "oversight_joint",
        unique=("county, code",),
        checks={"agreed_by_another": "agreed_by is null or agreed_by <> proposed_by"},
    ),
    _of_clue(
        "oversight_joint_item",
        references=(Reference("project_id", "oversight_joint"),),
        unique=("county, project_id, clue_id",),
    ),
    TenantTable.hanging_on(Reference("project_id", "oversight_joint"), "oversight_meeting", staff=STAFF_APPENDS),
]  # fmt: skip


def _only(table: str, condition: str) -> str:
    return f"create policy reach on {table} as restrictive for select to shanzhi_staff using ({condition})"


REACH = [
    _only("oversight_clue", f"{ALL} or ({ANY} or {SOURCE}) and {MINE}"),
    # A shielded name: the procuratorate, which must be able to ask, and its bearer.
    _only("oversight_part", f"account_id = {IS_ME} or {ALL} and (not shielded or {CASES})"),
    _only("oversight_log", CASES),
    _only(
        "oversight_recommendation",
        # A draft is the procuratorate's.
        f"{CASES} or served_at is not null and ({ALL} or {ANY} and ({ADDRESSED} or {OF_A_CLUE}))",
    ),
    _only("oversight_reply", OF_A_RECOMMENDATION),
    _only("oversight_promise", OF_A_RECOMMENDATION),
    _only("oversight_rating", OF_A_RECOMMENDATION),
    _only("oversight_check", f"{ALL} or {ANY} and {OF_A_CLUE}"),
    *(_only(name, ALL) for name in ("oversight_joint", "oversight_joint_item", "oversight_meeting")),
]

#: A reply is the addressed agency's, a rating its deputy's own: nobody else writes one, whatever he may read.
OWN_WORDS = [
    (
        "create policy own_words on oversight_reply as restrictive for insert to shanzhi_staff with check "
        f"((recommendation_id, county) in (select id, county from oversight_recommendation where {ADDRESSED}))"
    ),
    (
        "create policy own_words on oversight_rating as restrictive for insert to shanzhi_staff with check "
        f"((part_id, county) in (select p.id, p.county from oversight_part p where p.account_id = {IS_ME}))"
    ),
]

#: Tables of the kernel that name a matter. Roles that see all, and those without business here, are told apart once a statement.
OF_A_MATTER = (
    "access_log", "event", "extension_request", "job", "matter_clock", "paper", "paper_signature", "participant", "share",
    "stored_file",
)  # fmt: skip
REACHED = (
    "(matter_id, county) in (select c.id, c.county from oversight_clue c union all "
    "select r.id, r.county from oversight_recommendation r)"
)
NARROW = [
    f"create policy oversight_reach on {table} as restrictive for select to shanzhi_staff using "
    f"(not {ANY} or {ALL} or {REACHED})"
    for table in OF_A_MATTER
]
#: An investigation's files and the papers of drafts stay with the procuratorate.
INVESTIGATION = [
    (
        "create policy oversight_log_files on stored_file as restrictive for select to shanzhi_staff using "
        f"(app <> 'oversight' or {CASES} or subject_id = matter_id or (subject_id, county) in "
        "(select k.id, k.county from oversight_check k))"
    )
]

#: What other deputies raised, as far as joining needs it: title and place, never content or author.
ALIKE = [
    """
    create function oversight_alike(county_code text) returns table (id uuid, code text, title text, field text, path text,
        supporters int, state text)
    language plpgsql stable security definer set search_path = public as $$
    begin
        if not coalesce(county_code = any (string_to_array(current_setting('app.counties', true), ','))
            and string_to_array(current_setting('app.purpose', true), ',') && array['oversight_deputy', 'oversight_all', '*'], false) then
            raise exception 'not a deputy of this county' using errcode = '42501';
        end if;
        return query select c.id, c.code, c.title, c.field::text, c.path::text, c.supporters, c.state::text from oversight_clue c
            where c.county = county_code and c.state in ('SUBMITTED', 'ACCEPTED', 'ASSESSED', 'CASE_FILED', 'SUED')
            order by c.updated_at desc limit 500;
    end $$
    """,
    "revoke execute on function oversight_alike from public",
    "grant execute on function oversight_alike to shanzhi_staff",
]


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_initial"), ("kernel", "0006_sharing")]

    operations = [
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(REACH + OWN_WORDS),
        ops.RunSQL(NARROW + INVESTIGATION),
        ops.RunSQL(ALIKE),
        ops.RunSQL([each for name in ("log", "reply", "meeting") for each in append_only(f"oversight_{name}")]),
    ]
