"""Links that open a page without signing in: the table and its policies."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import IN_STAFF_SCOPE, READ_WRITE, Access, TenantTable, only_for_purpose, selves

TABLE = TenantTable(
    "link",
    staff=Access(READ_WRITE, IN_STAFF_SCOPE),
    # Whoever takes part may have a link of his own matter, and end it.
    selves=selves(),
    others={"shanzhi_relay": Access(("select",), "true")},
    unique=("county, digest",),
    indexes=("(matter_id, county)", "(digest) where ended_at is null"),
    checks={"ends_after_it_starts": "expires_at > issued_at", "digest_only": "digest ~ '^[0-9a-f]{64}$'"},
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_sharing")]

    initial = False

    operations = [
        ops.CreateModel(
            name='Link',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('app', CodeField(generated=False, null=False, unique=False)),
                ('kind', CodeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('subject_id', fields.UUIDField()),
                ('digest', CodeField(generated=False, null=False, unique=False)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'link', 'app': 'kernel', 'pk_attr': 'id', 'table_description': "One link to one thing of a matter. `kind` is the application's word for the page it opens."},
            bases=['TenantModel'],
        ),
        ops.RunSQL(TABLE.statements()),
        ops.RunSQL(only_for_purpose("link", "app")),
    ]
