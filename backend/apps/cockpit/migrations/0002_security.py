"""Keys, constraints, indexes and row-level security of the cockpit's tables.

Who runs the programme (`cockpit_all`) sees it in his place; who finds hazards (`cockpit_safety`) sees those of his place; everybody
with business here sees the tasks and problems that are his own. Structure and targets are seen by whoever lies below them.
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

ALL = for_purpose("'cockpit_all'")
ANY = for_purpose("'cockpit'")
SAFETY = for_purpose("'cockpit_safety'")
ABOVE_ME = "path @> (select string_to_array(current_setting('app.scopes', true), ',')::ltree[])"
#: Set above, it binds below; written only in one's own place.
SEEN_BELOW = Access(READ_WRITE, f"({IN_STAFF_SCOPE}) or {ABOVE_ME}", IN_STAFF_SCOPE)
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}

_of_scene = partial(TenantTable.hanging_on, Reference("scene_id", "cockpit_scene"))
_of_meeting = partial(TenantTable.hanging_on, Reference("meeting_id", "cockpit_meeting"))
NEWEST = "(county, updated_at desc, id)"

TABLES = [
    TenantTable(
        "cockpit_pillar", staff=SEEN_BELOW, unique=("county, path, kind, code",),
    ),
    TenantTable(
        "cockpit_scene",
        unique=("county, code",),
        indexes=(NEWEST,),
        checks={
            "established_ones_have_a_leader": "state in ('PROPOSED', 'REVIEWED', 'RETIRED') or leader_account is not null",
        },
    ),
    _of_scene(
        "cockpit_team_member",
        checks={"leaves_after_joining": "left_at is null or left_at >= joined_at"},
    ),
    _of_scene("cockpit_evidence", staff=STAFF_APPENDS),
    _of_scene(
        "cockpit_milestone",
        checks={"done_ones_have_proof": "(done_on is null) = (proof = '')"},
    ),
    _of_scene(
        "cockpit_plan_entry",
        others=RELAY_FINDS,
        references=(Reference("milestone_id", "cockpit_milestone"),),
        unique=("county, milestone_id, rhythm, day",),
        indexes=("(milestone_id, county)", "(due_at) where state = 'OPEN'"),
        checks={
            "reported_ones_have_a_result": "(reported_at is null) = (result = '')",
            "weeks_begin_on_monday": "rhythm <> 'WEEKLY' or extract(isodow from day) = 1",
            "checked_by_another": "checked_by is null or checked_by <> reported_by",
        },
    ),
    TenantTable(
        "cockpit_honour", staff=STAFF_APPENDS, references=(Reference("scene_id", "cockpit_scene"),), indexes=("(scene_id, county)",),
    ),
    TenantTable(
        "cockpit_indicator",
        staff=SEEN_BELOW,
        unique=("county, path, code, valid_from",),
        checks={"tolerance_is_no_debt": "tolerance >= 0", "a_figure_has_both": "(app = '') = (key = '')"},
    ),
    TenantTable(
        "cockpit_meeting",
        unique=("county, code",),
        indexes=(NEWEST,),
        checks={
            "monthly_ones_say_the_month": "(kind = 'MONTHLY') = (month <> '')",
            "held_ones_have_minutes": "(state = 'HELD') = (held_on is not null and minutes <> '')",
        },
    ),
    _of_meeting(
        "cockpit_agenda_item",
        staff=STAFF_APPENDS,
        references=(Reference("problem_id", "cockpit_problem"),),
        indexes=("(problem_id, county)",),
        checks={
            "a_figure_says_which": "source <> 'FIGURE' or app <> '' and key <> '' and division <> '' and period <> ''",
            "a_problem_is_named": "(source = 'PROBLEM') = (problem_id is not null)",
        },
    ),
    TenantTable(
        "cockpit_action",
        unique=("county, code",),
        indexes=(NEWEST, "(owner_account, county)", "(meeting_id, county)"),
        checks={
            "done_ones_have_a_result": "state not in ('DONE', 'CHECKED') or done_at is not null and result <> ''",
            "checked_by_another": "checked_by is null or checked_by <> owner_account",
        },
    ),
    TenantTable(
        "cockpit_problem",
        references=(Reference("scene_id", "cockpit_scene"),),
        unique=("county, code",),
        indexes=(NEWEST, "(scene_id, county)", "(owner_account, county)"),
        checks={
            "reported_somewhere": "vertical_at is not null or task_force_at is not null",
            "the_vertical_one_says_to_whom": "(vertical_at is null) = (vertical_unit = '')",
            "handled_by_somebody": "state in ('REPORTED', 'REPORTED_TWICE') or owner_account is not null",
        },
    ),
    TenantTable("cockpit_correction", staff=STAFF_APPENDS, indexes=("(matter_id, county)",)),
    TenantTable("cockpit_place", indexes=("(county, unit)",)),
    TenantTable(
        "cockpit_hazard",
        references=(Reference("place_id", "cockpit_place"),),
        unique=("county, code",),
        indexes=(NEWEST, "(county, state)", "(place_id, county)", "(owner_account, county)"),
        checks={
            "graded_by_somebody": "(grade is null) = (graded_by is null)",
            "ordered_ones_have_owner_and_day": "state not in ('RECTIFYING', 'RECTIFIED', 'CLOSED') or owner_account is not null and due_at is not null",
        },
    ),
    TenantTable.hanging_on(
        Reference("hazard_id", "cockpit_hazard"), "cockpit_rectification",
        staff=Access(
            ("select", "insert", "update (verified, finding, verified_by, verifier_name, verified_at)"), IN_STAFF_SCOPE
        ),
        unique=("county, hazard_id, round",),
        checks={
            "verified_by_another": "verified_by is null or verified_by <> rectified_by",
            "verified_ones_say_what_was_found": "(verified is null) = (verified_at is null)",
        },
    ),
]  # fmt: skip


def _only(table: str, condition: str, verb: str = "select", name: str = "reach") -> str:
    word = "with check" if verb == "insert" else "using"
    return f"create policy {name} on {table} as restrictive for {verb} to shanzhi_staff {word} ({condition})"


def _reach(table: str, condition: str, changes: str = "", inserts: str = "") -> list[str]:
    """What an officer reads, changes and inserts: `condition`, unless more is asked for a change or an insert.

    A statement that names no column to look for and returns none reads nothing, so what narrows reading would not narrow it.
    """
    return [
        _only(table, condition),
        _only(table, changes or condition, "update", "reach_update"),
        _only(table, inserts or condition, "insert", "reach_insert"),
    ]


OF_THE_PROGRAMME = (
    "scene", "team_member", "evidence", "milestone", "plan_entry", "honour", "meeting", "agenda_item",
)  # fmt: skip
OWN = f"owner_account = {IS_ME}"
REACHED = (
    "(matter_id, county) in (select a.id, a.county from cockpit_action a union all select p.id, p.county from cockpit_problem p "
    "union all select h.id, h.county from cockpit_hazard h)"
)
#: What is set above is read below, and moved nowhere: the row as it was has to lie in one's own place too.
OF_MY_PLACE = f"{ALL} and {IN_STAFF_SCOPE}"
REACH = [
    *(each for name in ("pillar", "indicator") for each in _reach(f"cockpit_{name}", ANY, OF_MY_PLACE, OF_MY_PLACE)),
    *(each for name in OF_THE_PROGRAMME for each in _reach(f"cockpit_{name}", ALL)),
    *_reach("cockpit_action", f"{ALL} or {ANY} and {OWN}", inserts=ALL),
    *_reach("cockpit_problem", f"{ALL} or {ANY} and ({OWN} or reporter_account = {IS_ME})", inserts=ALL),
    *_reach("cockpit_correction", f"{ANY} and {REACHED}"),
    *_reach("cockpit_place", SAFETY),
    *_reach("cockpit_hazard", f"{SAFETY} or {ANY} and {OWN}", inserts=SAFETY),
    *_reach("cockpit_rectification", "(hazard_id, county) in (select h.id, h.county from cockpit_hazard h)"),
]
#: Evidence, corrections and rectifications are their writer's own; who verifies one says so in his own name, once.
OWN_WORDS = [
    _only("cockpit_evidence", f"recorded_by = {IS_ME}", "insert", "own_words"),
    _only("cockpit_correction", f"written_by = {IS_ME}", "insert", "own_words"),
    _only("cockpit_rectification", f"rectified_by = {IS_ME}", "insert", "own_words"),
    (
        "create policy own_finding on cockpit_rectification as restrictive for update to shanzhi_staff "
        f"using (verified_by is null) with check (verified_by = {IS_ME})"
    ),
]
#: Tables of the kernel that name a matter and its application.
NARROW = [
    _only(table, f"app <> 'cockpit' or not {ANY} or {ALL} or {REACHED}", name="cockpit_reach")
    for table in ("event", "matter_clock", "paper", "stored_file")
]
#: One monthly meeting of a place and month, however many make it at once.
ONE_A_MONTH = (
    "create unique index cockpit_meeting_one_a_month on cockpit_meeting (county, path, month) "
    "where kind = 'MONTHLY' and state <> 'CANCELLED'"
)
#: A figure or a problem stands on an agenda once.
ONCE = [
    "create unique index cockpit_agenda_item_figure on cockpit_agenda_item (county, meeting_id, app, key, division) where source = 'FIGURE'",
    "create unique index cockpit_agenda_item_problem on cockpit_agenda_item (county, meeting_id, problem_id) where source = 'PROBLEM'",
]


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0001_initial"), ("kernel", "0006_sharing")]

    operations = [
        # A table is referred to after it has its composite key.
        *(ops.RunSQL(table.statements()) for table in sorted(TABLES, key=lambda each: each.name == "cockpit_agenda_item")),
        ops.RunSQL(REACH + OWN_WORDS),
        ops.RunSQL(NARROW),
        ops.RunSQL([ONE_A_MONTH, *ONCE]),
        ops.RunSQL([each for name in ("evidence", "honour", "agenda_item", "correction") for each in append_only(f"cockpit_{name}")]),
    ]
