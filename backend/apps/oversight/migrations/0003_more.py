"""Findings for each demand of a check, when a clue's words and its investigation's were erased, and what a county states that a
figure was before."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import IS_ME, STAFF_APPENDS, Access, TenantTable, append_only, for_purpose

BASELINE = TenantTable(
    "oversight_baseline",
    staff=STAFF_APPENDS,
    indexes=("(county, figure, stated_at desc)",),
    checks={"runs_forward": "first_on <= last_on", "no_less_than_nothing": "days >= 0"},
)
ALL = for_purpose("'oversight_all'")
ANY = for_purpose("'oversight'")
#: Figures are read by whoever sees the place; an agency or a deputy sees none.
REACH = f"create policy reach on oversight_baseline as restrictive for select to shanzhi_staff using ({ALL})"
#: Whoever sees the figures says what they were, in his own name; never an agency, whatever place it sees.
OWN_WORDS = (
    "create policy own_words on oversight_baseline as restrictive for insert to shanzhi_staff with check "
    f"({ALL} and stated_by = {IS_ME})"
)
#: As the tables of 0002: how long a clue's file is kept, and which figures it counts in, is no business of an agency's either.
NARROW = [
    f"create policy oversight_reach on {table} as restrictive for select to shanzhi_staff using "
    f"(not {ANY} or {ALL} or (matter_id, county) in (select c.id, c.county from oversight_clue c union all "
    "select r.id, r.county from oversight_recommendation r))"
    for table in ("figure_fact", "retention")
]
#: The path as text: a restored backup does not find the comparison of paths in a trigger.
_WRITTEN = ("id", "county", "path::text", "clue_id", "kind", "written_by", "by_name", "written_at")
#: What was logged of a clue goes when the clue's words go. Still append-only otherwise: a line may be emptied, and by the system alone.
EMPTIED = [
    *Access(("select", "update"), "true").statements("oversight_log", "shanzhi_owner"),
    "drop trigger oversight_log_append_only on oversight_log",
    "create trigger oversight_log_append_only before delete on oversight_log for each row execute function refuse_change()",
    (
        "create trigger oversight_log_only_emptied before update on oversight_log for each row when (new.text <> '' or "
        f"new.files <> '[]'::jsonb or ({', '.join(f'old.{name}' for name in _WRITTEN)}) is distinct from "
        f"({', '.join(f'new.{name}' for name in _WRITTEN)})) execute function refuse_change()"
    ),
    """
    create function oversight_empty_log(clue uuid, county_code text) returns void
    language plpgsql security definer set search_path = public as $$
    begin
        if current_setting('app.purpose', true) is distinct from '*'
            or not coalesce(county_code = any (string_to_array(current_setting('app.counties', true), ',')), false) then
            raise exception 'only the system of this county erases' using errcode = '42501';
        end if;
        if not exists (select 1 from oversight_clue c where c.id = clue and c.county = county_code and c.erased_at is not null) then
            raise exception 'this clue is still kept' using errcode = '42501';
        end if;
        update oversight_log set text = '', files = '[]' where clue_id = clue and county = county_code;
    end $$
    """,
    "revoke execute on function oversight_empty_log from public",
    "grant execute on function oversight_empty_log to shanzhi_staff",
]


class Migration(migrations.Migration):
    dependencies = [("oversight", "0002_security"), ("kernel", "0010_figures")]

    initial = False

    operations = [
        ops.AddField(
            model_name="SiteCheck", name="points",
            field=fields.JSONField(default=list, db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="Clue", name="erased_at", field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)
        ),
        ops.CreateModel(
            name="Baseline",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("county", CountyField(generated=False, null=False, unique=False)),
                ("path", LTreeField(generated=False, null=False, unique=False)),
                ("figure", CodeField(generated=False, null=False, unique=False)),
                ("days", fields.FloatField()),
                ("first_on", fields.DateField()),
                ("last_on", fields.DateField()),
                ("source", fields.TextField(unique=False)),
                ("by", fields.UUIDField(source_field="stated_by")),
                ("at", fields.DatetimeField(source_field="stated_at", auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "oversight_baseline", "app": "oversight", "pk_attr": "id",
                "table_description": "One statement; the newest of a figure counts. Append-only.",
            },
            bases=["TenantModel"],
        ),
        ops.RunSQL(BASELINE.statements()),
        ops.RunSQL([REACH, OWN_WORDS, *NARROW, *append_only("oversight_baseline")]),
        ops.RunSQL(EMPTIED),
    ]
