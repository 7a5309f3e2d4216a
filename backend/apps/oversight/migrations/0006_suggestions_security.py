"""Keys, constraints, indexes and row-level security of suggestions.

The congress and the procuratorate (`oversight_all`) see their place; a deputy what he signed and what is public; an agency what was
assigned to it, to answer or to help. What hangs on a suggestion is written by whoever it is the word of.
"""

from functools import partial

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import (
    IN_STAFF_SCOPE,
    IS_ME,
    STAFF_APPENDS,
    Access,
    Reference,
    TenantTable,
    append_only,
    for_purpose,
)

ALL = for_purpose("'oversight_all'")
ANY = for_purpose("'oversight'")
DEPUTY = for_purpose("'oversight_deputy'")
#: By the name of the agency: of a place that contains the matter's, a city's bureau too.
_MY_AGENCIES = (
    f"membership m where m.role = 'SUPERVISED_UNIT' and m.account_id = {IS_ME} and (m.ended_at is null or m.ended_at > now()) "
    "and {table}.path <@ m.path"
)
MINE = f"(oversight_suggestion.id, oversight_suggestion.county) in (select s.suggestion_id, s.county from oversight_signer s where s.account_id = {IS_ME})"
_OF_SUGGESTION = _MY_AGENCIES.format(table="oversight_suggestion")
MAIN = f"exists (select 1 from {_OF_SUGGESTION} and m.agency_name = oversight_suggestion.main_unit)"
ASSISTING = f"exists (select 1 from {_OF_SUGGESTION} and oversight_suggestion.assist_units ? m.agency_name)"
WORKS_ON = f"{ALL} or {ANY} and ({MINE} or assigned_at is not null and ({MAIN} or {ASSISTING}))"
OF_A_SUGGESTION = "(suggestion_id, county) in (select s.id, s.county from oversight_suggestion s)"
OF_MY_AGENCY = (
    f"exists (select 1 from {_MY_AGENCIES.format(table='oversight_assist')} and m.agency_name = oversight_assist.unit_name)"
)

_of_suggestion = partial(TenantTable.hanging_on, Reference("suggestion_id", "oversight_suggestion"))
ONE_TO_FIVE = {"one_to_five": "process between 1 and 5 and result between 1 and 5"}

TABLES = [
    TenantTable(
        "oversight_suggestion",
        unique=("county, code",),
        indexes=("(county, updated_at desc, id)",),
        checks={
            "assigned_ones_have_a_unit": "(assigned_at is null) = (main_unit = '')",
            "one_rehandling": "round in (1, 2)",
            "plans_have_a_day": "reply_class is distinct from 'B' or planned_on is not null",
            "at_an_end": "(state in ('REFUSED', 'WITHDRAWN', 'DONE')) = (ended_at is not null)",
        },
    ),
    _of_suggestion(
        "oversight_signer",
        staff=STAFF_APPENDS,
        references=(Reference("clue_id", "oversight_clue"),),
        unique=("county, suggestion_id, account_id",),
        indexes=("(account_id, suggestion_id, county)", "(clue_id, county)"),
    ),
    _of_suggestion(
        "oversight_assist",
        staff=Access(("select", "insert", "update (text, by_name, given_at)"), IN_STAFF_SCOPE),
        unique=("county, suggestion_id, unit_name",),
        checks={"given_ones_say_something": "(given_at is null) = (text = '')"},
    ),
    _of_suggestion("oversight_talk", staff=STAFF_APPENDS),
    _of_suggestion("oversight_answer", staff=STAFF_APPENDS),
    _of_suggestion(
        "oversight_opinion", staff=STAFF_APPENDS, unique=("county, suggestion_id, round",), checks=ONE_TO_FIVE
    ),
    _of_suggestion("oversight_progress", staff=STAFF_APPENDS),
]


def _only(table: str, condition: str, verb: str = "select") -> str:
    word = "with check" if verb == "insert" else "using"
    return f"create policy reach_{verb} on {table} as restrictive for {verb} to shanzhi_staff {word} ({condition})"


def _of_whom(condition: str) -> str:
    return f"(suggestion_id, county) in (select id, county from oversight_suggestion where {condition})"


REACH = [
    _only("oversight_suggestion", f"{WORKS_ON} or {DEPUTY} and public and state not in ('REFUSED', 'WITHDRAWN')"),
    _only("oversight_suggestion", WORKS_ON, "update"),
    _only("oversight_suggestion", f"{DEPUTY} and lead_account = {IS_ME}", "insert"),
    _only("oversight_signer", f"{ALL} or account_id = {IS_ME}"),
    _only("oversight_signer", f"{DEPUTY} and account_id = {IS_ME}", "insert"),
    *(_only(f"oversight_{name}", OF_A_SUGGESTION) for name in ("answer", "opinion", "progress")),
    # What agencies tell each other, and what was spoken of: for those who work on it.
    *(_only(f"oversight_{name}", _of_whom(WORKS_ON)) for name in ("assist", "talk")),
    _only("oversight_assist", ALL, "insert"),
    # Once.
    _only("oversight_assist", f"given_at is null and {OF_MY_AGENCY}", "update") + f" with check ({OF_MY_AGENCY})",
    *(_only(f"oversight_{name}", _of_whom(MAIN), "insert") for name in ("talk", "answer", "progress")),
    _only("oversight_opinion", _of_whom(f"lead_account = {IS_ME}"), "insert"),
]

#: As 0002 and 0003 narrowed the kernel's tables, with suggestions beside clues and recommendations.
OF_A_MATTER = (
    "access_log", "event", "extension_request", "figure_fact", "job", "matter_clock", "paper", "paper_signature", "participant",
    "retention", "share", "stored_file",
)  # fmt: skip
REACHED = (
    "(matter_id, county) in (select c.id, c.county from oversight_clue c union all "
    "select r.id, r.county from oversight_recommendation r union all select s.id, s.county from oversight_suggestion s)"
)
NARROW = [
    statement
    for table in OF_A_MATTER
    for statement in (
        f"drop policy oversight_reach on {table}",
        f"create policy oversight_reach on {table} as restrictive for select to shanzhi_staff using (not {ANY} or {ALL} or {REACHED})",
    )
]


class Migration(migrations.Migration):
    dependencies = [("oversight", "0005_suggestions")]

    operations = [
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(REACH + NARROW),
        ops.RunSQL(
            [each for name in ("signer", "talk", "answer", "opinion", "progress") for each in append_only(f"oversight_{name}")]
        ),
    ]
