"""The desk between counties: tables, keys, and who reads what of another county's rows. Each county writes its own alone."""

from functools import partial

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.apps.reunion.enums import (
    AssistAddressee,
    AssistFinding,
    AssistState,
    CaseKind,
    Purpose,
    ReplyState,
    Sex,
    Side,
)
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import (
    IN_STAFF_SCOPE,
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
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}


def in_my_place(county: str, path: str) -> str:
    """Columns that name a place inside the officer's own."""
    return (
        f"{county} = any ((select string_to_array(current_setting('app.counties', true), ','))::text[]) "
        f"and {path} <@ (select string_to_array(current_setting('app.scopes', true), ',')::ltree[])"
    )


#: An expert's answer is his own, not his colleagues'. The system blanks it and counts the thanks.
THE_SYSTEM = for_purpose("'*'")
OWN_REPLY = f"({IN_STAFF_SCOPE}) and (not by_expert or helper_id = {IS_ME} or {THE_SYSTEM})"

TABLES = [
    _of_case(
        "reunion_assist",
        others=RELAY_FINDS,
        indexes=(
            "(county, asked_at desc, id)",
            "(to_county, state)",
            "(to_account) where to_account is not null",
            "(due_at, id) where addressee = 'BOARD' and state = 'OPEN'",
            "(expires_at) where state in ('OPEN', 'ANSWERED')",
        ),
        checks={
            "names_whom_it_asks": "(addressee = 'EXPERT') = (to_account is not null) and (addressee = 'BOARD') = (to_path is null)",
            "asks_another_county": "addressee <> 'COUNTY' or to_county <> county",
            "term_of_a_month": "expires_at > asked_at and expires_at <= asked_at + interval '30 days'",
            "ended_ones_say_when": "state in ('OPEN', 'ANSWERED') or ended_at is not null",
            "says_what": "forgotten_at is not null or length(trim(question)) >= 4",
        },
    ),
    TenantTable(
        "reunion_assist_reply",
        staff=Access(READ_WRITE, OWN_REPLY),
        others=RELAY_FINDS,
        unique=("county, assist_id",),
        indexes=("(asker_county, assist_id)", "(assist_id)", "(changed_at)"),
        checks={
            "says_why": "state = 'TAKEN' or forgotten_at is not null or length(trim(reasons)) >= 2",
            "answers_say_what_was_found": "(state = 'ANSWERED') = (finding is not null)",
        },
    ),
    _of_case(
        "reunion_assist_thanks",
        staff=Access(("select", "insert", "update (words)"), STAFF.using),
        others=RELAY_FINDS,
        references=(Reference("assist_id", "reunion_assist"),),
        unique=("county, reply_id",),
        indexes=("(assist_id, county)", "(reply_id)"),
    ),
]
NAMES = [table.name for table in TABLES]
ONE_AT_A_TIME = (
    "create unique index reunion_assist_one on reunion_assist (county, case_id, addressee, to_county, "
    "coalesce(to_account, '00000000-0000-0000-0000-000000000000')) where state = 'OPEN'"
)
#: Read, and only read: by whom it was asked of, from the board by everybody who works here, and by whoever took it up; the
#: answers by whom they answer; thanks by whom they thank; the letter by the county it was sent to.
OPENED = [
    f"create policy asked_of_us on reunion_assist for select to shanzhi_staff using (to_account is null and {in_my_place('to_county', 'to_path')})",
    f"create policy asked_of_me on reunion_assist for select to shanzhi_staff using (to_account = {IS_ME})",
    "create policy on_the_board on reunion_assist for select to shanzhi_staff using (addressee = 'BOARD' and state = 'OPEN')",
    (
        "create policy taken_up on reunion_assist for select to shanzhi_staff "
        "using ((id, county) in (select r.assist_id, r.asker_county from reunion_assist_reply r))"
    ),
    f"create policy answers_us on reunion_assist_reply for select to shanzhi_staff using ({in_my_place('asker_county', 'asker_path')})",
    (
        "create policy thanks_us on reunion_assist_thanks for select to shanzhi_staff "
        f"using (helper_id = {IS_ME} or not by_expert and {in_my_place('helper_county', 'helper_path')})"
    ),
    (
        "create policy letter_to_us on paper for select to shanzhi_staff using (app = 'reunion' and template = 'assist' "
        f"and {for_purpose('app')} and (subject_id, county) in (select a.id, a.county from reunion_assist a "
        "where a.addressee = 'COUNTY' and a.state in ('OPEN', 'ANSWERED')))"
    ),
]

#: What was asked stays word for word until it is forgotten; state and what was heard go on.
ASKED = (
    "id", "county", "path", "case_id", "addressee", "to_county", "to_path", "to_account", "purpose", "legal_basis", "emergency", "asked_by",
    "asked_at", "due_at", "expires_at",
)  # fmt: skip
WORD_FOR_WORD = [
    (
        "create trigger reunion_assist_text before update on reunion_assist for each row "
        # As text: a backup is put back without the schema in which ltree's comparison lives.
        f"when (({', '.join(f'old.{name}::text' for name in ASKED)}) is distinct from ({', '.join(f'new.{name}::text' for name in ASKED)}) "
        "or new.forgotten_at is null and (old.question, old.pictures) is distinct from (new.question, new.pictures)) "
        "execute function refuse_change()"
    ),
    # A reply belongs to a request that its writer can see and that waits for him; given, it stays as it is.
    """
    create function reunion_reply_fits() returns trigger language plpgsql as $$
    declare
        person uuid := nullif(current_setting('app.person', true), '')::uuid;
    begin
        if tg_op = 'INSERT' and not exists (select 1 from reunion_assist a where a.id = new.assist_id and a.county = new.asker_county
            and a.path = new.asker_path and a.state = 'OPEN' and case a.addressee
                when 'COUNTY' then not new.by_expert and new.county = a.to_county
                when 'EXPERT' then new.by_expert and a.to_account = person
                else not new.by_expert and new.county <> a.county and new.state = 'TAKEN' end) then
            raise exception 'nobody asked for this' using errcode = '42501';
        end if;
        if tg_op = 'UPDATE' and ((old.id, old.county, old.path, old.assist_id, old.asker_county, old.asker_path, old.by_expert)
            is distinct from (new.id, new.county, new.path, new.assist_id, new.asker_county, new.asker_path, new.by_expert)
            or old.state <> 'TAKEN' and ((old.state, old.finding, old.helper_id, old.changed_at)
                is distinct from (new.state, new.finding, new.helper_id, new.changed_at)
                or old.reasons <> new.reasons and new.forgotten_at is null)) then
            raise exception 'a given answer stays' using errcode = '42501';
        end if;
        return new;
    end $$
    """,
    (
        "create trigger reunion_reply_fits before insert or update on reunion_assist_reply for each row "
        "execute function reunion_reply_fits()"
    ),
]


class Migration(migrations.Migration):
    dependencies = [("reunion", "0002_security"), ("kernel", "0008_share_person")]

    initial = False

    operations = [
        ops.CreateModel(
            name='Assist',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('case_code', CodeField(generated=False, null=False, unique=False)),
                ('addressee', fields.CharEnumField(description='COUNTY: COUNTY\nEXPERT: EXPERT\nBOARD: BOARD', enum_type=AssistAddressee, max_length=8)),
                ('to_county', CodeField(default='', generated=False, null=False, unique=False)),
                ('to_path', LTreeField(null=True, generated=False, unique=False)),
                ('to_account', fields.UUIDField(null=True)),
                ('to_name', fields.TextField(default='', unique=False)),
                ('to_agency', fields.TextField(default='', unique=False)),
                ('purpose', fields.CharEnumField(description='STRANDED_SEARCH: STRANDED_SEARCH\nLOST_RESCUE: LOST_RESCUE\nVAGRANT_AID: VAGRANT_AID\nCROSS_REGION: CROSS_REGION', enum_type=Purpose, max_length=20)),
                ('legal_basis', fields.TextField(unique=False)),
                ('question', fields.TextField(unique=False)),
                ('pictures', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('side', fields.CharEnumField(description='SOUGHT: SOUGHT\nFOUND: FOUND', enum_type=Side, max_length=8)),
                ('kind', fields.CharEnumField(description='ELDERLY: ELDERLY\nCHILD: CHILD\nABDUCTED: ABDUCTED\nOTHER_MISSING: OTHER_MISSING\nAT_STATION: AT_STATION\nIN_HOSPITAL: IN_HOSPITAL\nON_STREET: ON_STREET\nDECEASED: DECEASED', enum_type=CaseKind, max_length=16)),
                ('sex', fields.CharEnumField(description='MALE: M\nFEMALE: F\nUNKNOWN: U', enum_type=Sex, max_length=1)),
                ('born_from', fields.DateField(null=True)),
                ('born_to', fields.DateField(null=True)),
                ('emergency', fields.BooleanField(default=False)),
                ('state', fields.CharEnumField(description='OPEN: OPEN\nANSWERED: ANSWERED\nDECLINED: DECLINED\nEXPIRED: EXPIRED\nCLOSED: CLOSED', enum_type=AssistState, max_length=12)),
                ('asked_by', fields.UUIDField()),
                ('asked_by_name', fields.TextField(unique=False)),
                ('agency_name', fields.TextField(unique=False)),
                ('duty_phone', fields.TextField(default='', unique=False)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('end_text', fields.TextField(default='', unique=False)),
                ('heard', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('forgotten_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_assist', 'app': 'reunion', 'pk_attr': 'id', 'table_description': '协查: one county asks another, an invited expert, or whoever takes it up from the board.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='AssistReply',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('assist_id', fields.UUIDField()),
                ('asker_county', CodeField(generated=False, null=False, unique=False)),
                ('asker_path', LTreeField(generated=False, null=False, unique=False)),
                ('by_expert', fields.BooleanField(default=False)),
                ('state', fields.CharEnumField(description='TAKEN: TAKEN\nANSWERED: ANSWERED\nDECLINED: DECLINED', enum_type=ReplyState, max_length=12)),
                ('finding', fields.CharEnumField(null=True, description='SAME: SAME\nDIFFERENT: DIFFERENT\nKNOWN_HERE: KNOWN_HERE\nNOT_KNOWN_HERE: NOT_KNOWN_HERE\nUNSURE: UNSURE', enum_type=AssistFinding, max_length=16)),
                ('reasons', fields.TextField(default='', unique=False)),
                ('helper_id', fields.UUIDField()),
                ('helper_name', fields.TextField(unique=False)),
                ('agency_name', fields.TextField(unique=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('thanked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('forgotten_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_assist_reply', 'app': 'reunion', 'pk_attr': 'id', 'table_description': 'What a helper found, with his reasons: read by the officers of the case, and no proof and no review of anything.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='AssistThanks',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('assist_id', fields.UUIDField()),
                ('reply_id', fields.UUIDField()),
                ('helper_county', CodeField(generated=False, null=False, unique=False)),
                ('helper_path', LTreeField(generated=False, null=False, unique=False)),
                ('helper_id', fields.UUIDField()),
                ('by_expert', fields.BooleanField(default=False)),
                ('words', fields.TextField(unique=False)),
                ('thanked_by', fields.UUIDField()),
                ('thanked_by_name', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(source_field='thanked_at', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_assist_thanks', 'app': 'reunion', 'pk_attr': 'id', 'table_description': "The asking county's thanks for one reply, which the helper reads."},
            bases=['TenantModel'],
        ),
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL([ONE_AT_A_TIME, *OPENED, *WORD_FOR_WORD]),
        ops.RunSQL([only_for_purpose(name, "'reunion'") for name in NAMES]),
    ]
