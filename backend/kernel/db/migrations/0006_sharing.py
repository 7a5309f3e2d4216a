"""What one county opens to another: the table, its policies, and the files of a matter that was opened."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import IN_STAFF_SCOPE, READ_WRITE, SHARED, Access, TenantTable, only_for_purpose

TO_MY_COUNTY = "to_county = any ((select string_to_array(current_setting('app.counties', true), ','))::text[])"

TABLE = TenantTable(
    "share",
    staff=Access(READ_WRITE, IN_STAFF_SCOPE),
    others={"shanzhi_relay": Access(("select",), "true")},
    indexes=("(matter_id, county)", "(to_county, matter_id) where ended_at is null", "(expires_at) where ended_at is null"),
    checks={"ends_after_it_opens": "expires_at > opened_at", "reason_given": "reason <> ''"},
)
OPENED = [
    f"create policy opened_to_us on share for select to shanzhi_staff using ({TO_MY_COUNTY} and ended_at is null)",
    only_for_purpose("share", "app"),
    f"create policy opened_to_us on stored_file for select to shanzhi_staff using ({SHARED})",
]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_galleries")]

    initial = False

    operations = [
        ops.CreateModel(
            name='Share',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('app', CodeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('to_county', CodeField(generated=False, null=False, unique=False)),
                ('to_matter', fields.UUIDField()),
                ('reason', fields.TextField(unique=False)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'share', 'app': 'kernel', 'pk_attr': 'id', 'table_description': "`matter_id` of this row's county may be read in `to_county`, by those who work on `to_matter`, until it ends."},
            bases=['TenantModel'],
        ),
        ops.RunSQL(TABLE.statements()),
        ops.RunSQL(OPENED),
    ]
