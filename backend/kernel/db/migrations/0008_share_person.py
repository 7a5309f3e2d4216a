"""A matter may be opened to one person instead of a place: nobody beside him reads it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import IS_ME

TO_MY_PLACE = (
    "to_county = any ((select string_to_array(current_setting('app.counties', true), ','))::text[]) "
    "and to_path <@ (select string_to_array(current_setting('app.scopes', true), ',')::ltree[])"
)
OPENED = [
    "drop policy opened_to_us on share",
    f"create policy opened_to_us on share for select to shanzhi_staff using (to_account is null and {TO_MY_PLACE} and ended_at is null)",
    f"create policy opened_to_me on share for select to shanzhi_staff using (to_account = {IS_ME} and ended_at is null)",
    "create index share_person on share (to_account) where ended_at is null and to_account is not null",
]

#: As in 0006, for the person a matter was opened to as well.
LOOKS = """
create or replace function note_shared_look(row_id uuid, matter uuid, county_code text, subject uuid, whose text, role_name text,
    seen text, why text, now timestamptz) returns void
language plpgsql security definer set search_path = public as $$
declare
    person uuid := nullif(current_setting('app.person', true), '')::uuid;
    opened share;
begin
    select * into opened from share s where s.matter_id = matter and s.county = county_code and s.ended_at is null
        and (s.to_account = person or s.to_account is null
            and s.to_county = any (string_to_array(current_setting('app.counties', true), ','))) limit 1;
    if person is null or opened.id is null then
        raise exception 'nothing was opened to this officer' using errcode = '42501';
    end if;
    insert into access_log (id, county, path, matter_id, subject_id, account_id, who, role, what, reason, at)
        select row_id, opened.county, opened.path, matter, subject, person, whose, role_name, seen, why, now
        where not exists (select 1 from access_log a where a.matter_id = matter and a.county = county_code
            and a.account_id = person and a.what = seen and a.reason = why and a.at > now - interval '30 minutes');
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_links")]

    initial = False

    operations = [
        ops.AddField(model_name="Share", name="to_account", field=fields.UUIDField(null=True)),
        ops.RunSQL(OPENED),
        ops.RunSQL([LOOKS]),
    ]
