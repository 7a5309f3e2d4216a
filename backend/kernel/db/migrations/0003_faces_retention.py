from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id


class Migration(migrations.Migration):
    dependencies = [('kernel', '0001_initial'), ('kernel', '0002_security')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FaceChallenge',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('subject_id', fields.UUIDField()),
                ('account_id', fields.UUIDField(null=True)),
                ('purpose', CodeField(generated=False, null=False, unique=False)),
                ('gestures', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('nonce', CodeField(generated=False, null=False, unique=False)),
                ('seal_key', CodeField(generated=False, null=False, unique=False)),
                ('offline', fields.BooleanField(default=False)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('picture_hashes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'face_challenge', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'Gestures to show, once, before `expires_at`.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='FaceEnrolment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('subject_id', fields.UUIDField()),
                ('account_id', fields.UUIDField(null=True)),
                ('state', CodeField(default='PENDING', generated=False, null=False, unique=False)),
                ('consent_version', CodeField(generated=False, null=False, unique=False)),
                ('consent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('proposed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('confirmed_by', fields.UUIDField(null=True)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('renew_by', fields.DateField(null=True)),
                ('sheet_id', fields.UUIDField(null=True)),
                ('portrait_id', fields.UUIDField(null=True)),
                ('problem', CodeField(default='', generated=False, null=False, unique=False)),
            ],
            options={'table': 'face_enrolment', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'One consent to be recognised in one matter; `faces.service.EnrolmentState` has its states.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='FaceTemplate',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('enrolment_id', fields.UUIDField()),
                ('vector', fields.TextField(unique=False)),
                ('model', CodeField(generated=False, null=False, unique=False)),
                ('quality', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'face_template', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'One embedding of one frame. `vector` is sealed to this row and never leaves the process in the clear.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='Retention',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('file_id', fields.UUIDField()),
                ('category', CodeField(generated=False, null=False, unique=False)),
                ('basis', fields.TextField(unique=False)),
                ('erase_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('erased_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'retention', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'Until when a stored file is kept, by which category and on what basis; afterwards, when it was erased.'},
            bases=['TenantModel'],
        ),
        ops.AddField(
            model_name='MatterClock',
            name='subject_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='StoredFile',
            name='app',
            field=CodeField(default='', generated=False, null=False, unique=False),
        ),
    ]
