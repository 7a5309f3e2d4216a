"""What one county opens to another: the table, its policies, and the files of a matter that was opened."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import IN_STAFF_SCOPE, READ_WRITE, SHARED, Access, TenantTable, only_for_purpose

TO_MY_PLACE = (
    "to_county = any ((select string_to_array(current_setting('app.counties', true), ','))::text[]) "
    "and to_path <@ (select string_to_array(current_setting('app.scopes', true), ',')::ltree[])"
)

TABLE = TenantTable(
    "share",
    staff=Access(READ_WRITE, IN_STAFF_SCOPE),
    others={"shanzhi_relay": Access(("select",), "true"), "shanzhi_owner": Access(("select",), "true")},
    indexes=("(matter_id, county)", "(to_county, matter_id) where ended_at is null", "(expires_at) where ended_at is null"),
    checks={"ends_after_it_opens": "expires_at > opened_at", "reason_given": "reason <> ''"},
)
OPENED = [
    f"create policy opened_to_us on share for select to shanzhi_staff using ({TO_MY_PLACE} and ended_at is null)",
    only_for_purpose("share", "app"),
    f"create policy opened_to_us on stored_file for select to shanzhi_staff using ({SHARED})",
]

#: Whoever reads what was opened to him leaves a line with the person it is about, half an hour apart at the least.
LOOKS = [
    *Access(("select", "insert"), "true").statements("access_log", "shanzhi_owner"),
    """
    create function note_shared_look(row_id uuid, matter uuid, county_code text, subject uuid, whose text, role_name text,
        seen text, why text, now timestamptz) returns void
    language plpgsql security definer set search_path = public as $$
    declare
        person uuid := nullif(current_setting('app.person', true), '')::uuid;
        opened share;
    begin
        select * into opened from share s where s.matter_id = matter and s.county = county_code and s.ended_at is null
            and s.to_county = any (string_to_array(current_setting('app.counties', true), ',')) limit 1;
        if person is null or opened.id is null then
            raise exception 'nothing was opened to this officer' using errcode = '42501';
        end if;
        insert into access_log (id, county, path, matter_id, subject_id, account_id, who, role, what, reason, at)
            select row_id, opened.county, opened.path, matter, subject, person, whose, role_name, seen, why, now
            where not exists (select 1 from access_log a where a.matter_id = matter and a.county = county_code
                and a.account_id = person and a.what = seen and a.reason = why and a.at > now - interval '30 minutes');
    end $$
    """,
    "revoke execute on function note_shared_look from public",
    "grant execute on function note_shared_look to shanzhi_staff",
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
                ('to_path', LTreeField(generated=False, null=False, unique=False)),
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
        ops.RunSQL(LOOKS),
    ]
