"""Findings for each demand of a check, when a clue's words were erased, and what a county states that a figure was before."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import STAFF_APPENDS, TenantTable, append_only, for_purpose

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
#: As the tables of 0002: how long a clue's file is kept, and which figures it counts in, is no business of an agency's either.
NARROW = [
    f"create policy oversight_reach on {table} as restrictive for select to shanzhi_staff using "
    f"(not {ANY} or {ALL} or (matter_id, county) in (select c.id, c.county from oversight_clue c union all "
    "select r.id, r.county from oversight_recommendation r))"
    for table in ("figure_fact", "retention")
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
        ops.RunSQL([REACH, *NARROW, *append_only("oversight_baseline")]),
    ]
