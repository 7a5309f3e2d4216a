"""With an erased file goes what its sender's upload still says of it: name, digest, where and when it was taken."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import Access

ERASE = [
    *Access(("select", "delete"), "true").statements("upload", "shanzhi_owner"),
    """
    create or replace function erase_stored_file(file uuid, county_code text, now timestamptz) returns void
    language plpgsql security definer set search_path = public as $$
    begin
        if current_setting('app.purpose', true) is distinct from '*' then
            raise exception 'only the system erases' using errcode = '42501';
        end if;
        if not exists (select 1 from retention r where r.file_id = file and r.county = county_code
            and r.erased_at is null and r.erase_at <= now) then
            raise exception 'this file is still kept' using errcode = '42501';
        end if;
        delete from stored_file where id = file and county = county_code;
        delete from upload where id = file;
    end $$
    """,
]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0008_share_person")]

    initial = False

    operations = [ops.RunSQL(ERASE)]
