"""The import of existing records: its runs, their rows and pictures. A clerk's table is nobody's but his colleagues' of the place."""

from functools import partial

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.apps.reunion.enums import BasisKind, CaseKind, ImportRowState, ImportState, RepeatChoice, Side
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import STAFF, Access, Reference, TenantTable, only_for_purpose

#: Rows of a table that was replaced are deleted, and so is what a run leaves behind.
STAFF_ERASES = Access(("select", "insert", "update", "delete"), STAFF.using)
_of_run = partial(TenantTable.hanging_on, Reference("run_id", "reunion_import"))

TABLES = [
    TenantTable(
        "reunion_import",
        others={"shanzhi_relay": Access(("select",), "true")},
        indexes=("(county, created_at desc, id)", "(state, updated_at) where erased_at is null"),
        checks={
            "has_a_ground": "length(trim(basis_text)) >= 2",
            "ended_ones_say_when": "(state = 'DONE') <= (ended_at is not null)",
        },
    ),
    _of_run(
        "reunion_import_row",
        staff=STAFF_ERASES,
        references=(Reference("case_id", "reunion_case"),),
        unique=("county, run_id, number",),
        indexes=(
            "(run_id, state, number)",
            "(run_id, twin_index, number) where twin_index <> ''",
            "(run_id, police_index, number) where police_index <> ''",
        ),
        checks={
            "done_ones_have_a_case": "(state = 'DONE') = (case_id is not null)",
            "added_ones_have_a_target": "choice is distinct from 'ADD' or target_id is not null",
        },
    ),
    _of_run(
        "reunion_import_picture",
        staff=STAFF_ERASES,
        references=(Reference("row_id", "reunion_import_row", "cascade"),),
        others={"shanzhi_relay": Access(("select (run_id, county, name_sealed)",), "true")},
        unique=("county, run_id, archive_id, number",),
        indexes=("(row_id, county)", "(picture_id) where picture_id is not null"),
    ),
]
NAMES = [table.name for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("reunion", "0005_public")]

    initial = False

    operations = [
        ops.CreateModel(
            name='ImportPicture',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('run_id', fields.UUIDField()),
                ('row_id', fields.UUIDField(null=True)),
                ('archive_id', fields.UUIDField()),
                ('number', fields.IntField()),
                ('name_sealed', fields.TextField(default='', unique=False)),
                ('problem', CodeField(default='', generated=False, null=False, unique=False)),
                ('same_as', fields.UUIDField(null=True)),
                ('picture_id', fields.UUIDField(null=True)),
            ],
            options={'table': 'reunion_import_picture', 'app': 'reunion', 'pk_attr': 'id', 'table_description': 'One file of an archive; without a row it belongs to nobody in the table.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='ImportRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('run_id', fields.UUIDField()),
                ('number', fields.IntField()),
                ('version', fields.IntField(default=1)),
                ('state', fields.CharEnumField(description='NEW: NEW\nREADY: READY\nPROBLEM: PROBLEM\nDUPLICATE: DUPLICATE\nSKIPPED: SKIPPED\nDONE: DONE', enum_type=ImportRowState, max_length=12)),
                ('cells_sealed', fields.TextField(default='', unique=False)),
                ('broken', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('problems', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('repeats', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('twin_index', CodeField(default='', generated=False, null=False, unique=False)),
                ('police_index', CodeField(default='', generated=False, null=False, unique=False)),
                ('choice', fields.CharEnumField(null=True, description='SKIP: SKIP\nMAKE: MAKE\nADD: ADD', enum_type=RepeatChoice, max_length=8)),
                ('target_id', fields.UUIDField(null=True)),
                ('lost_pictures', fields.IntField(default=0)),
                ('case_id', fields.UUIDField(null=True)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_import_row', 'app': 'reunion', 'pk_attr': 'id', 'table_description': 'One row of the table: what is wrong with it, whom it may repeat, what became of it.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='ImportRun',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('version', fields.IntField(default=1)),
                ('side', fields.CharEnumField(description='SOUGHT: SOUGHT\nFOUND: FOUND', enum_type=Side, max_length=8)),
                ('state', fields.CharEnumField(description='READING: READING\nPREVIEW: PREVIEW\nRUNNING: RUNNING\nSTOPPED: STOPPED\nDONE: DONE\nFAILED: FAILED', enum_type=ImportState, max_length=8)),
                ('kind', fields.CharEnumField(null=True, description='ELDERLY: ELDERLY\nCHILD: CHILD\nABDUCTED: ABDUCTED\nOTHER_MISSING: OTHER_MISSING\nAT_STATION: AT_STATION\nIN_HOSPITAL: IN_HOSPITAL\nON_STREET: ON_STREET\nDECEASED: DECEASED', enum_type=CaseKind, max_length=16)),
                ('station', fields.TextField(default='', unique=False)),
                ('basis', fields.CharEnumField(description='CONSENT: CONSENT\nGUARDIAN_CONSENT: GUARDIAN_CONSENT\nSTATUTORY_DUTY: STATUTORY_DUTY', enum_type=BasisKind, max_length=20)),
                ('basis_text', fields.TextField(unique=False)),
                ('guardian_agreed', fields.BooleanField(default=False)),
                ('table_id', fields.UUIDField()),
                ('archive_ids', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('columns', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('ignored', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('encoding', CodeField(default='', generated=False, null=False, unique=False)),
                ('problem', CodeField(default='', generated=False, null=False, unique=False)),
                ('problem_data', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('membership_id', fields.UUIDField()),
                ('account_id', fields.UUIDField()),
                ('clerk_name', fields.TextField(unique=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('erased_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reunion_import', 'app': 'reunion', 'pk_attr': 'id', 'table_description': "One table of one side's records, with archives of pictures, and one legal ground for all of them."},
            bases=['TenantModel'],
        ),
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL([only_for_purpose(name, "'reunion'") for name in NAMES]),
        # A report that is known already.
        ops.RunSQL(
            ["create index reunion_missing_police on reunion_missing (county, police_case_no) where police_case_no <> ''"]
        ),
        # The same photograph, byte for byte, in two cases of a county.
        ops.RunSQL(["create index stored_file_reunion_same on stored_file (county, sha256) where app = 'reunion'"]),
    ]
