"""Bulletins and tips: tables, keys, policies. A published bulletin is for everybody; it falls with its case, by the database itself."""

from functools import partial

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.apps.reunion.enums import BasisKind, BulletinEnd, BulletinState, Sex, Side, TipVerdict
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import STAFF, Access, Reference, TenantTable, of_my_matters, only_for_purpose

_of_case = partial(TenantTable.hanging_on, Reference("case_id", "reunion_case"))
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}
STAFF_ERASES = Access(("select", "insert", "update", "delete"), STAFF.using)

#: What strangers may read of a bulletin, and what a tip has to name. Who wrote it, why and about which picture is not theirs.
FOR_EVERYBODY = (
    "id, county, path, case_id, state, side, minor, name, sex, age_text, seen_text, place_text, text, agency, phone, public_file, "
    "published_at, expires_at"
)
OWN_TIP = of_my_matters("id", "TIPSTER")

TABLES = [
    _of_case(
        "reunion_bulletin",
        staff=STAFF_ERASES,
        selves=Access((f"select ({FOR_EVERYBODY})",), "state = 'PUBLISHED'"),
        others={**RELAY_FINDS, "shanzhi_owner": Access(("select", "update"), "true")},
        indexes=("(published_at desc, id) where state = 'PUBLISHED'", "(expires_at) where state = 'PUBLISHED'"),
        checks={
            "ground_given": "length(trim(ground_text)) >= 2",
            "published_ones_say_when": "state <> 'PUBLISHED' or published_at is not null",
            "ended_ones_say_why": "state <> 'ENDED' or (ended_at is not null and end_reason is not null)",
            "guardians_speak_for_minors": "not minor or ground <> 'CONSENT'",
        },
    ),
    _of_case(
        "reunion_tip",
        staff=STAFF_ERASES,
        selves=Access(
            ("select", "insert"),
            OWN_TIP,
            f"{OWN_TIP} and exists (select 1 from reunion_bulletin b where b.id = bulletin_id and b.county = reunion_tip.county "
            "and b.case_id = reunion_tip.case_id)",
        ),
        indexes=("(account_id, left_at desc)",),
        checks={"answered_ones_say_when": "verdict is null or answered_at is not null"},
    ),
]
ONE_AT_A_TIME = (
    "create unique index reunion_bulletin_one on reunion_bulletin (county, case_id) where state in ('PROPOSED', 'PUBLISHED')"
)
#: Somebody who was found, who does not want contact, or whose report was taken back is on no wall any more: in the same
#: transaction, whoever made the change.
FALLS = [
    """
    create function reunion_bulletin_falls() returns trigger language plpgsql security definer set search_path = public as $$
    begin
        if new.no_contact or new.state <> all (array['BASIS_RECORDED', 'QUICK_CHECK', 'SEARCH_REQUESTED', 'SEARCH_REFUSED',
            'SEARCH_APPROVED', 'CANDIDATES', 'LEAD', 'NO_MATCH', 'VERIFYING', 'PLACED']) then
            update reunion_bulletin set state = 'ENDED', ended_at = new.updated_at, end_reason = case when new.state in
                ('IDENTITY_CONFIRMED', 'RETURN_ARRANGED', 'RETURNED', 'FOLLOWING') then 'FOUND' else 'OVER' end
            where case_id = new.id and county = new.county and state in ('PROPOSED', 'PUBLISHED');
        end if;
        return null;
    end $$
    """,
    (
        "create trigger reunion_bulletin_falls after update on reunion_case for each row when (old.state is distinct from new.state "
        "or old.no_contact is distinct from new.no_contact) execute function reunion_bulletin_falls()"
    ),
]


class Migration(migrations.Migration):
    dependencies = [("reunion", "0004_hands")]

    initial = False

    operations = [
        ops.CreateModel(
            name='Bulletin',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('state', fields.CharEnumField(description='PROPOSED: PROPOSED\nPUBLISHED: PUBLISHED\nREFUSED: REFUSED\nENDED: ENDED', enum_type=BulletinState, max_length=12)),
                ('side', fields.CharEnumField(description='SOUGHT: SOUGHT\nFOUND: FOUND', enum_type=Side, max_length=8)),
                ('minor', fields.BooleanField()),
                ('ground', fields.CharEnumField(description='CONSENT: CONSENT\nGUARDIAN_CONSENT: GUARDIAN_CONSENT\nSTATUTORY_DUTY: STATUTORY_DUTY', enum_type=BasisKind, max_length=20)),
                ('ground_text', fields.TextField(unique=False)),
                ('name', fields.TextField(default='', unique=False)),
                ('sex', fields.CharEnumField(description='MALE: M\nFEMALE: F\nUNKNOWN: U', enum_type=Sex, max_length=1)),
                ('age_text', fields.TextField(default='', unique=False)),
                ('seen_text', fields.TextField(default='', unique=False)),
                ('place_text', fields.TextField(default='', unique=False)),
                ('text', fields.TextField(unique=False)),
                ('agency', fields.TextField(unique=False)),
                ('phone', fields.TextField(unique=False)),
                ('picture_id', fields.UUIDField(null=True)),
                ('public_file', fields.UUIDField(null=True)),
                ('proposed_by', fields.UUIDField()),
                ('proposed_by_name', fields.TextField(unique=False)),
                ('proposed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_by_name', fields.TextField(default='', unique=False)),
                ('decision_reason', fields.TextField(default='', unique=False)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('end_reason', fields.CharEnumField(null=True, description='EXPIRED: EXPIRED\nFOUND: FOUND\nOVER: OVER\nOFFICER: OFFICER\nFAMILY: FAMILY', enum_type=BulletinEnd, max_length=12)),
            ],
            options={'table': 'reunion_bulletin', 'app': 'reunion', 'pk_attr': 'id', 'table_description': '寻亲公告/寻人启事: the least that strangers need to recognise somebody. One at a time to a case.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Tip',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('case_id', fields.UUIDField()),
                ('bulletin_id', fields.UUIDField()),
                ('account_id', fields.UUIDField()),
                ('text_sealed', fields.TextField(unique=False)),
                ('place_sealed', fields.TextField(default='', unique=False)),
                ('phone_sealed', fields.TextField(default='', unique=False)),
                ('picture_count', fields.IntField(default=0)),
                ('left_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('verdict', fields.CharEnumField(null=True, description='USEFUL: USEFUL\nKNOWN: KNOWN\nNOT_THE_PERSON: NOT_THE_PERSON\nCANNOT_CHECK: CANNOT_CHECK', enum_type=TipVerdict, max_length=16)),
                ('note', fields.TextField(default='', unique=False)),
                ('answered_by_name', CodeField(default='', generated=False, null=False, unique=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_tip', 'app': 'reunion', 'pk_attr': 'id', 'table_description': '线索: what a citizen says he saw. A matter of its own, so that he follows it and nothing else.'},
            bases=['TenantModel'],
        ),
        ops.AddField(model_name='Case', name='notice_refused', field=fields.TextField(default='', db_default='', unique=False)),
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(ONE_AT_A_TIME),
        ops.RunSQL(FALLS),
        ops.RunSQL([only_for_purpose(table.name, "'reunion'") for table in TABLES]),
    ]
