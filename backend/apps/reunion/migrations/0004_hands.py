"""Many hands and care: tables, keys, policies. A helper sees the tasks that name him, and nothing else of any case."""

from functools import partial

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.apps.reunion.enums import AgreedWith, CardCallState, CaseKind, Side, TaskKind, TaskState
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import (
    IS_ME,
    READ_WRITE,
    STAFF,
    Access,
    Reference,
    TenantTable,
    for_purpose,
    only_for_purpose,
)

_of_case = partial(TenantTable.hanging_on, Reference("case_id", "reunion_case"))
STAFF_ERASES = Access(("select", "insert", "update", "delete"), STAFF.using)
IN_OUR_COUNTY = "county = any ((select string_to_array(current_setting('app.counties', true), ','))::bpchar[])"
MINE = f"assignee_account = {IS_ME}"


def of_a_case_we_see(table: str, *columns: str) -> str:
    """Rows that hang on a case whose officers we are, wherever the row itself was placed."""
    return " or ".join(
        f"exists (select 1 from reunion_case c where c.id = {table}.{column} and c.county = {table}.county)" for column in columns
    )


TABLES = [
    _of_case(
        "reunion_hand_task",
        staff=Access(READ_WRITE, f"{IN_OUR_COUNTY} and ({MINE} or {of_a_case_we_see('reunion_hand_task', 'case_id')})"),
        indexes=("(assignee_account, given_at desc, id)", "(county, state)"),
        checks={
            "ends_after_it_starts": "due_at >= given_at",
            "helpers_have_an_account": "(assignee is null) = (assignee_account is null)",
            "done_ones_say_when": "state not in ('DONE', 'VERIFIED') or done_at is not null",
            "settled_ones_say_when": "(state in ('VERIFIED', 'REFUSED', 'CANCELLED')) = (settled_at is not null)",
        },
    ),
    _of_case(
        "reunion_find_link",
        staff=Access(READ_WRITE, f"{IN_OUR_COUNTY} and ({of_a_case_we_see('reunion_find_link', 'case_id', 'other_id')})"),
        references=(Reference("other_id", "reunion_case"),),
        indexes=("(other_id, county)",),
        checks={"two_finds": "other_id <> case_id", "undone_ones_say_who": "(undone_at is null) = (undone_by_name = '')"},
    ),
    _of_case("reunion_next_of_kin", staff=STAFF_ERASES, checks={"telephones_are_sealed": "phone_sealed <> ''"}),
    _of_case(
        "reunion_care_plan",
        staff=STAFF_ERASES,
        unique=("county, case_id", "county, wristband"),
        checks={"wristbands_have_a_number": "wristband <> ''", "guardians_are_named": "agreed_with = 'PERSON' or agreed_name <> ''"},
    ),
    _of_case("reunion_home_card", staff=STAFF_ERASES, checks={"ends_after_it_starts": "expires_at > issued_at"}),
    _of_case(
        "reunion_card_call",
        staff=STAFF_ERASES,
        references=(Reference("card_id", "reunion_home_card", "cascade"),),
        unique=("county, card_id, told_key",),
        indexes=("(card_id, county)", "(county, told_at) where state <> 'CLOSED'"),
        checks={
            "answered_ones_say_who": "state = 'OPEN' or answered_by_name <> ''",
            "closed_ones_say_when": "(state = 'CLOSED') = (closed_at is not null)",
        },
    ),
]
ONE_LINK = (
    "create unique index reunion_find_link_one on reunion_find_link "
    "(county, least(case_id, other_id), greatest(case_id, other_id)) where undone_at is null"
)
_TASKS = "'reunion_tasks' = any ((select string_to_array(current_setting('app.purpose', true), ','))::text[])"
#: Helpers work for the purpose `reunion_tasks`: every other table of a case stays closed to them by its own policy.
HELPERS = [
    (
        "create policy purpose on reunion_hand_task as restrictive for select to shanzhi_staff "
        f"using ({for_purpose(chr(39) + 'reunion' + chr(39))} or ({_TASKS} and {MINE}))"
    ),
    (
        "create policy purpose_of_new on reunion_hand_task as restrictive for insert to shanzhi_staff "
        f"with check ({for_purpose(chr(39) + 'reunion' + chr(39))})"
    ),
    """
    create function reunion_helper_changes() returns trigger language plpgsql as $$
    declare
        mine text[] := array['state', 'accepted_at', 'done_at', 'settled_at', 'result', 'file_id', 'reason'];
        purposes text[] := string_to_array(current_setting('app.purpose', true), ',');
    begin
        if current_setting('role') = 'shanzhi_staff' and not ('reunion' = any (purposes) or '*' = any (purposes))
            and (to_jsonb(old) - mine is distinct from to_jsonb(new) - mine
                or new.state not in ('ACCEPTED', 'DONE', 'REFUSED') or old.state not in ('GIVEN', 'ACCEPTED', 'RETURNED')) then
            raise exception 'not the helper''s to write' using errcode = '42501';
        end if;
        return new;
    end $$
    """,
    (
        "create trigger reunion_helper_changes before update on reunion_hand_task for each row "
        "execute function reunion_helper_changes()"
    ),
]


class Migration(migrations.Migration):
    dependencies = [("reunion", "0003_desk")]

    initial = False

    operations = [
        ops.CreateModel(
            name='CardCall',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('card_id', fields.UUIDField()),
                ('key', fields.UUIDField(source_field='told_key')),
                ('state', fields.CharEnumField(description='OPEN: OPEN\nANSWERED: ANSWERED\nCLOSED: CLOSED', enum_type=CardCallState, max_length=10)),
                ('told_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('place_sealed', fields.TextField(default='', unique=False)),
                ('phone_sealed', fields.TextField(default='', unique=False)),
                ('answered_by_name', fields.TextField(default='', unique=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.TextField(default='', unique=False)),
                ('new_case', fields.UUIDField(null=True)),
            ],
            options={'table': 'reunion_card_call', 'app': 'reunion', 'pk_attr': 'id', 'table_description': "Somebody stands beside a card's bearer and told us. Erased with the case."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='CarePlan',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('needs', fields.TextField(unique=False)),
                ('measures', fields.TextField(unique=False)),
                ('agreed_with', fields.CharEnumField(description='PERSON: PERSON\nGUARDIAN: GUARDIAN', enum_type=AgreedWith, max_length=10)),
                ('agreed_name', fields.TextField(default='', unique=False)),
                ('lives_alone', fields.BooleanField(default=False)),
                ('wristband', fields.TextField(null=True, unique=False)),
                ('review_on', fields.DateField()),
                ('written_by_name', fields.TextField(unique=False)),
                ('written_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_care_plan', 'app': 'reunion', 'pk_attr': 'id', 'table_description': 'What somebody needs so that he does not get lost again, as agreed with him or his guardian.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='FindLink',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('other_id', fields.UUIDField()),
                ('reason', fields.TextField(unique=False)),
                ('linked_by_name', fields.TextField(unique=False)),
                ('linked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_by_name', fields.TextField(default='', unique=False)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('undo_reason', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'reunion_find_link', 'app': 'reunion', 'pk_attr': 'id', 'table_description': "A human's word that two finds were of the same person. Taken back, it stays with the reason."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='HandTask',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('case_code', CodeField(generated=False, null=False, unique=False)),
                ('case_side', fields.CharEnumField(description='SOUGHT: SOUGHT\nFOUND: FOUND', enum_type=Side, max_length=8)),
                ('case_kind', fields.CharEnumField(description='ELDERLY: ELDERLY\nCHILD: CHILD\nABDUCTED: ABDUCTED\nOTHER_MISSING: OTHER_MISSING\nAT_STATION: AT_STATION\nIN_HOSPITAL: IN_HOSPITAL\nON_STREET: ON_STREET\nDECEASED: DECEASED', enum_type=CaseKind, max_length=16)),
                ('emergency', fields.BooleanField(default=False)),
                ('kind', fields.CharEnumField(description='SAMPLE_DNA: SAMPLE_DNA\nHEALTH_CHECK: HEALTH_CHECK\nVISIT_HOME: VISIT_HOME\nCHECK_HOUSEHOLD: CHECK_HOUSEHOLD\nESCORT: ESCORT\nPLACE: PLACE\nFOLLOW_UP_VISIT: FOLLOW_UP_VISIT\nOTHER: OTHER', enum_type=TaskKind, max_length=16)),
                ('state', fields.CharEnumField(description='GIVEN: GIVEN\nACCEPTED: ACCEPTED\nDONE: DONE\nRETURNED: RETURNED\nVERIFIED: VERIFIED\nREFUSED: REFUSED\nCANCELLED: CANCELLED', enum_type=TaskState, max_length=12)),
                ('instruction', fields.TextField(unique=False)),
                ('role', CodeField(generated=False, null=False, unique=False)),
                ('assignee', fields.UUIDField(null=True)),
                ('assignee_account', fields.UUIDField(null=True)),
                ('assignee_name', fields.TextField(default='', unique=False)),
                ('assignee_agency', fields.TextField(default='', unique=False)),
                ('given_by', fields.UUIDField()),
                ('given_by_account', fields.UUIDField()),
                ('given_by_role', CodeField(generated=False, null=False, unique=False)),
                ('given_by_name', fields.TextField(unique=False)),
                ('given_by_agency', fields.TextField(default='', unique=False)),
                ('given_by_phone', fields.TextField(default='', unique=False)),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('rule', CodeField(generated=False, null=False, unique=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('result', fields.TextField(default='', unique=False)),
                ('file_id', fields.UUIDField(null=True)),
                ('reason', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'reunion_hand_task', 'app': 'reunion', 'pk_attr': 'id', 'table_description': "One thing that an agency or a helper is asked to do. `path` is the helper's place."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='HomeCard',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('agency_name', fields.TextField(unique=False)),
                ('duty_phone', fields.TextField(unique=False)),
                ('issued_by_name', fields.TextField(unique=False)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_home_card', 'app': 'reunion', 'pk_attr': 'id', 'table_description': "A card in a coat pocket: who to call, and nothing about its bearer. The kernel's link opens it."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='NextOfKin',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('name', fields.TextField(unique=False)),
                ('relation', fields.TextField(unique=False)),
                ('phone_sealed', fields.TextField(unique=False)),
                ('added_by_name', fields.TextField(unique=False)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_next_of_kin', 'app': 'reunion', 'pk_attr': 'id', 'table_description': 'Whom to call. Erased with the case.'},
            bases=['TenantModel'],
        ),
        ops.AddField(
            model_name='Case',
            name='retry_told_on',
            field=fields.DateField(null=True),
        ),
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(ONE_LINK),
        ops.RunSQL([only_for_purpose(table.name, "'reunion'") for table in TABLES if table.name != "reunion_hand_task"]),
        ops.RunSQL(HELPERS),
    ]
