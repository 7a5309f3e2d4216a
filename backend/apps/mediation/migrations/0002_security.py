"""Keys, constraints, indexes and row-level security of mediation's tables."""

from functools import partial

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import Access, Reference, TenantTable, selves

MINE = selves("dispute_id")
MINE_TO_READ = selves("dispute_id", ("select",))
MINE_TO_ADD = selves("dispute_id", ("select", "insert"))


#: `selves`: what a private person may do with rows of his own.
_of_dispute = partial(TenantTable.hanging_on, Reference("dispute_id", "mediation_dispute"), selves=MINE)


TABLES = [
    TenantTable(
        "mediation_dispute",
        selves=selves("id"),
        others={"shanzhi_relay": Access(("select (id, county)",), "true")},
        unique=("county, code",),
        references=(Reference("merged_into", "mediation_dispute"),),
        indexes=(
            "(county, updated_at desc, id)",
            "(county, registered_at desc, id)",
            "(county, state, due_at)",
            "using gin ((title || ' ' || statement || ' ' || code) gin_trgm_ops)",
        ),
        checks={
            "closed_disputes_say_how": "(state = 'CLOSED') = (closed_at is not null and close_type is not null)",
            "merged_disputes_say_where": "(state = 'MERGED') = (merged_into is not null)",
            "position_is_on_earth": "(latitude is null) = (longitude is null) "
            "and coalesce(latitude between -90 and 90 and longitude between -180 and 180, true)",
            "at_least_one_person": "people_involved between 1 and 100000",
            "triaged_disputes_have_weight": "severity is not null or state in ('REGISTERED', 'MERGED')",
        },
    ),
    _of_dispute("mediation_party", selves=MINE_TO_ADD, indexes=("(name_index, county)", "(phone_index) where phone_index <> ''")),
    _of_dispute(
        "mediation_responsibility",
        selves=MINE_TO_ADD,
        indexes=("(membership_id, county) where until is null",),
        checks={"ends_after_it_starts": "until >= since"},
    ),
    _of_dispute("mediation_team_member", indexes=("(membership_id, county) where left_at is null",)),
    _of_dispute("mediation_session", selves=MINE_TO_READ),
    _of_dispute(
        "mediation_attendance",
        selves=selves("dispute_id", ("select", "update")),
        references=(Reference("session_id", "mediation_session"), Reference("party_id", "mediation_party")),
        unique=("county, session_id, party_id",),
    ),
    _of_dispute(
        "mediation_agreement",
        others={"shanzhi_relay": Access(("select (id, county, effective_at, withdrawn_at)",), "true")},
        checks={"window_opens_with_effect": "(confirm_until is null) = (effective_at is null)"},
    ),
    _of_dispute(
        "mediation_instalment",
        selves=MINE_TO_READ,
        others={"shanzhi_relay": Access(("select",), "true")},
        references=(Reference("agreement_id", "mediation_agreement"),),
        unique=("county, agreement_id, position",),
        indexes=("(county, due) where performed_at is null",),
    ),
    _of_dispute(
        "mediation_rating",
        selves=MINE_TO_ADD,
        references=(Reference("party_id", "mediation_party"),),
        unique=("county, dispute_id, party_id, round",),
    ),
    _of_dispute("mediation_supervision_notice", selves=MINE_TO_READ, unique=("county, clock_id, level",)),
    _of_dispute("mediation_relation", selves=MINE_TO_ADD, unique=("county, dispute_id, other_id",)),
    _of_dispute("mediation_return_visit", selves=MINE_TO_READ),
    _of_dispute("mediation_objection", selves=MINE_TO_ADD),
    TenantTable("mediation_signal", unique=("county, key",), indexes=("(county, raised_at desc, id)",)),
    TenantTable("mediation_briefing", others={"shanzhi_relay": Access(("select",), "true")}, unique=("county, division, week_from",)),
    _of_dispute(
        "mediation_score_entry",
        selves=None,
        unique=("county, key",),
        indexes=("(county, unit, quarter)",),
    ),
]

OWN_ATTENDANCE = (
    "create policy own_attendance on mediation_attendance as restrictive for update to shanzhi_self "
    "using (party_id in (select p.subject_id from participant p))"
)
#: Papers about officials' own work, or about what was asked of another party, do not reach a person by any way.
STAFF_PAPERS = (
    "create policy mediation_staff_papers on paper as restrictive for select to shanzhi_self "
    "using (not (app = 'mediation' and template in ('return_visit', 'supervision_notice')))"
)
ONE_RESPONSIBLE = (
    "create unique index mediation_one_responsible on mediation_responsibility (county, dispute_id) where until is null"
)
ONE_AGREEMENT = (
    "create unique index mediation_one_agreement on mediation_agreement (county, dispute_id) where withdrawn_at is null"
)
#: Who would have to stand aside; the numbers are keyed hashes, so nobody can ask for one he does not have on file.
ACCOUNTS_WITH_PHONES = """
create function accounts_with_phones(indexes text[]) returns setof uuid
language sql stable security definer set search_path = public as $$
    select id from account where phone_index = any (indexes)
$$
"""
ACCOUNTS_WITH_PHONES_RIGHTS = (
    "revoke all on function accounts_with_phones from public",
    "grant execute on function accounts_with_phones to shanzhi_staff, shanzhi_self",
)


class Migration(migrations.Migration):
    dependencies = [("mediation", "0001_initial"), ("kernel", "0002_security")]

    operations = [
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL([OWN_ATTENDANCE, STAFF_PAPERS, ONE_RESPONSIBLE, ONE_AGREEMENT]),
        ops.RunSQL([ACCOUNTS_WITH_PHONES, *ACCOUNTS_WITH_PHONES_RIGHTS]),
    ]
