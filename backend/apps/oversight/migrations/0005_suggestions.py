"""Deputies' suggestions and what hangs on them; 0006 secures the tables."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.apps.oversight.enums import Field, ReplyClass, Session, SuggestionState, TalkForm
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id


class Migration(migrations.Migration):
    dependencies = [('oversight', '0004_position')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Answer',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('suggestion_id', fields.UUIDField()),
                ('round', fields.IntField()),
                ('reply_class', fields.CharEnumField(description='A: A\nB: B\nC: C', enum_type=ReplyClass, max_length=1)),
                ('text', fields.TextField(unique=False)),
                ('measures', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('planned_on', fields.DateField(null=True)),
                ('leader', fields.TextField(unique=False)),
                ('contact', fields.TextField(unique=False)),
                ('files', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('paper_id', fields.UUIDField()),
                ('by_name', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(source_field='answered_at', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_answer', 'app': 'oversight', 'pk_attr': 'id', 'table_description': '答复函, point by point; one a round, and one more when a plan was fulfilled. Append-only.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='AssistOpinion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('suggestion_id', fields.UUIDField()),
                ('unit_name', fields.TextField(unique=False)),
                ('text', fields.TextField(default='', unique=False)),
                ('by_name', fields.TextField(default='', unique=False)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('at', fields.DatetimeField(source_field='given_at', null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_assist', 'app': 'oversight', 'pk_attr': 'id', 'table_description': 'What an assisting agency says to the main one, within a month. Asked for once; filled in once.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Opinion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('suggestion_id', fields.UUIDField()),
                ('round', fields.IntField()),
                ('process', fields.IntField()),
                ('result', fields.IntField()),
                ('words', fields.TextField(unique=False)),
                ('paper_id', fields.UUIDField()),
                ('at', fields.DatetimeField(source_field='given_at', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_opinion', 'app': 'oversight', 'pk_attr': 'id', 'table_description': '征询意见表: how the leading deputy found the handling and what came of it. One a round; append-only.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Progress',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('suggestion_id', fields.UUIDField()),
                ('text', fields.TextField(unique=False)),
                ('by_name', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(source_field='told_at', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_progress', 'app': 'oversight', 'pk_attr': 'id', 'table_description': 'What was done of a plan in the meantime, told at least once a year. Append-only.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Signer',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('suggestion_id', fields.UUIDField()),
                ('account_id', fields.UUIDField()),
                ('name', fields.TextField(unique=False)),
                ('leads', fields.BooleanField(default=False)),
                ('clue_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(source_field='signed_at', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_signer', 'app': 'oversight', 'pk_attr': 'id', 'table_description': 'A deputy who raised a suggestion or signed it. Append-only.\n\nThe clue it grew from stands here: an agency reads suggestions and no signers, and must not learn who raised a clue.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Suggestion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('code', CodeField(generated=False, null=False, unique=False)),
                ('version', fields.IntField(default=1)),
                ('state', fields.CharEnumField(description='RAISED: RAISED\nREFUSED: REFUSED\nWITHDRAWN: WITHDRAWN\nREVIEWED: REVIEWED\nASSIGNED: ASSIGNED\nRETURNED: RETURNED\nREASSIGNED: REASSIGNED\nHANDLING: HANDLING\nCONSULTED: CONSULTED\nREPLIED: REPLIED\nRATED: RATED\nREHANDLING: REHANDLING\nTRACKED: TRACKED\nDONE: DONE', enum_type=SuggestionState, max_length=12)),
                ('session', fields.CharEnumField(description='MEETING: MEETING\nRECESS: RECESS', enum_type=Session, max_length=8)),
                ('field', fields.CharEnumField(description='ENVIRONMENT: ENVIRONMENT\nFOOD_DRUG: FOOD_DRUG\nSTATE_PROPERTY: STATE_PROPERTY\nLAND: LAND\nWORK_SAFETY: WORK_SAFETY\nMINORS: MINORS\nWOMEN: WOMEN\nACCESSIBILITY: ACCESSIBILITY\nPERSONAL_INFORMATION: PERSONAL_INFORMATION\nHERITAGE: HERITAGE\nMARTYRS: MARTYRS\nGOVERNANCE: GOVERNANCE\nJUSTICE: JUSTICE\nOTHER: OTHER', enum_type=Field, max_length=24)),
                ('title', fields.TextField(unique=False)),
                ('text', fields.TextField(unique=False)),
                ('points', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('public', fields.BooleanField(default=True)),
                ('files', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('lead_account', fields.UUIDField()),
                ('lead_name', fields.TextField(unique=False)),
                ('co_signers', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('main_unit', fields.TextField(default='', unique=False)),
                ('assist_units', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('wide', fields.BooleanField(default=False)),
                ('contact', fields.TextField(default='', unique=False)),
                ('reason', fields.TextField(default='', unique=False)),
                ('round', fields.IntField(default=1)),
                ('reply_class', fields.CharEnumField(null=True, description='A: A\nB: B\nC: C', enum_type=ReplyClass, max_length=1)),
                ('planned_on', fields.DateField(null=True)),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('assigned_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('replied_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_suggestion', 'app': 'oversight', 'pk_attr': 'id', 'table_description': "代表建议. `main_unit` answers; each of `assist_units` gives it an opinion. Names of agencies, as their officers' memberships say."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Talk',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('suggestion_id', fields.UUIDField()),
                ('round', fields.IntField()),
                ('form', fields.CharEnumField(description='MEETING: MEETING\nVISIT: VISIT\nSITE: SITE\nTELEPHONE: TELEPHONE', enum_type=TalkForm, max_length=12)),
                ('held_on', fields.DateField()),
                ('people', fields.TextField(unique=False)),
                ('words', fields.TextField(unique=False)),
                ('by_name', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(source_field='recorded_at', auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_talk', 'app': 'oversight', 'pk_attr': 'id', 'table_description': 'The agency spoke with the deputies before it replied. Append-only.'},
            bases=['TenantModel'],
        ),
    ]
